// One core's L1 caches in time: what hits is done here, what misses goes out to the L2.
//
// Where a line is has been decided with the access; this shell finds when it comes. The models keep no data: memory
// always has it. Where an initiator brings some, it is moved by debug transport, once its time is known, or with the
// access itself past the caches. What lies in two pages goes to two places.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/extension.h"
#include "sim/tlm/slots.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

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
    carrier<line_extension> m_line;
    unsigned char m_data[1u << CACHE_LINE_BITS];
    slots<8> m_fills;  // lines of data [A53: 7.2, Table 7-5]
    slots<4> m_passes; // accesses past the caches: reads [A53: 7.2, Table 7-5]; as many writes [choice]

    void access(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void fetch(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    unsigned debug(tlm::tlm_generic_payload &payload);

    unsigned wanted(tlm::tlm_generic_payload &payload, const access_extension &access, sc_core::sc_time &delay);
    template <unsigned count> void wait_for(const slots<count> &buffers, sc_core::sc_time &delay);
    void fill(tlm::tlm_generic_payload &payload, const struct traffic_item &item, sc_core::sc_time &delay);
    void past(tlm::tlm_generic_payload &payload, const access_part *part, const struct traffic_item &item,
              sc_core::sc_time &delay);
    void given_up(const access_extension &access, sc_core::sc_time &delay);
    void move(tlm::tlm_generic_payload &payload, const access_extension &access);
    cycles_t send(tlm::tlm_generic_payload &payload, const struct traffic_item &item, sc_core::sc_time &delay);
};

} // namespace stagewalk
