// One core's MMU in time: an access comes in by its VA and goes out by its PA; descriptors are fetched on a road of
// their own.
//
// What a translation does is decided by the C models, before any time passes; this shell finds when. Payloads that do
// not come decided are decided by whoever the MMU belongs to, or by a model of its own, whose descriptors are read
// through `walk`: that is how another platform uses it by itself.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/mmu_model.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>

namespace stagewalk {

class mmu : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<mmu> in;      // accesses by VA, each with an access_extension
    tlm_utils::simple_initiator_socket<mmu> walk; // descriptor fetches by PA
    tlm_utils::simple_initiator_socket<mmu> out;  // accesses by PA
    tlm_utils::simple_target_socket<mmu> dvm;     // the time of TLB maintenance at this core

    // One that decides for itself takes what stays in a 4 KB page; what does not gets TLM_BURST_ERROR_RESPONSE.
    mmu(const sc_core::sc_module_name &name, context &shared, unsigned core, decider *by = nullptr);

    void restart();

    // The machine's registers, maintenance and counters, for one that decides for itself.
    void write_sysreg(enum sysreg reg, std::uint64_t value);
    void invalidate(const struct tlbi &op);
    const struct counts &counts();

  private:
    context &m_shared;
    const unsigned m_core;
    struct busy m_port;
    cycles_t m_walker_free = 0;       // when the walk that was timed last ends
    std::unique_ptr<mmu_model> m_own; // NULL until it is needed
    decider *m_by;
    carrier<line_extension> m_fetch;
    unsigned char m_word[8];
    observed_xlat m_seen;

    void transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void maintain(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    mmu_model &own();

    void forward(tlm::tlm_generic_payload &payload, access_extension &access, sc_core::sc_time &delay);
    cycles_t translate(const access_extension &access, unsigned page, cycles_t begin);
    cycles_t look_up(const struct step &step, cycles_t at, std::uint32_t latency);
    cycles_t fetch(const struct step &step, cycles_t at);
    void observe(const struct step &step, cycles_t from, cycles_t to);
    void tell(const access_extension &access, unsigned page, cycles_t begin, cycles_t end);
};

} // namespace stagewalk
