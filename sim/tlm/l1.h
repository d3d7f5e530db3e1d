// One core's L1 caches in time: what hits is done here, what misses goes out to the L2.
//
// Where a line is has been decided with the access; this shell finds when it comes. The models keep no data: memory always
// has it. Where an initiator brings some, it is moved by debug transport, once its time is known, or with the access
// itself past the caches. What lies in two pages goes to two places.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>

namespace stagewalk {

class l1 : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<l1> in;     // the core's accesses, by PA
    tlm_utils::simple_target_socket<l1> walk;   // its descriptor fetches
    tlm_utils::simple_initiator_socket<l1> out; // lines, and what no cache keeps

    l1(const sc_core::sc_module_name &name, context &shared, unsigned core);

    void restart();

  private:
    context &m_shared;
    static constexpr unsigned linefills_max = 8; // of data, a core [A53: 7.2, Table 7-5]
    static constexpr unsigned passes_max = 4; // past the caches, a core [A53: 7.2, Table 7-5: 4 reads; writes choice]

    carrier<line_extension> m_line;
    unsigned char m_data[1u << CACHE_LINE_BITS];
    std::array<cycles_t, linefills_max> m_filled{}; // ring: when each buffer has its line
    std::array<cycles_t, passes_max> m_passed{};    // the same for accesses past the caches
    unsigned m_next_pass = 0;
    unsigned m_next = 0;

    void access(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void fetch(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    unsigned debug(tlm::tlm_generic_payload &payload);

    void wanted(tlm::tlm_generic_payload &payload, const access_extension &access, sc_core::sc_time &delay);
    void fill(tlm::tlm_generic_payload &payload, const struct traffic_item &item, sc_core::sc_time &delay);
    void past(tlm::tlm_generic_payload &payload, const access_part *part, const struct traffic_item &item,
              sc_core::sc_time &delay);
    void given_up(const access_extension &access, sc_core::sc_time &delay);
    void move(tlm::tlm_generic_payload &payload, const access_extension &access);
    cycles_t send(tlm::tlm_generic_payload &payload, const struct traffic_item &item, sc_core::sc_time &delay);
};

} // namespace stagewalk
