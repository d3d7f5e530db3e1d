// One core's MMU in time: an access comes in by its VA and goes out by its PA; descriptors are fetched on a road of
// their own.
//
// What a translation does is decided by the C models, before any time passes; this shell finds when. Payloads that do
// not come decided are decided by whoever the MMU belongs to, or by a model of its own, whose descriptors are read
// through `walk`: that is how another platform uses it by itself.
//
// By itself it has no caches: each descriptor fetch is a transaction of 8 bytes on `walk`, and each access one on
// `out`, with the initiator's own payload, whose data the target moves. Both take what the targets say, and they may
// wait. What an MMU by itself refuses beyond the list in extension.h: TLM_BURST_ERROR_RESPONSE for an access that does
// not stay in its 4 KB page.
//
// `in`, `walk` and `out` are to be bound, `dvm` may be. An access is over before the next one begins. There is no
// transport_dbg by VA and no DMI: what is granted to one access is not granted to the next.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/mmu_model.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>

namespace stagewalk {

class mmu : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<mmu> in;           // accesses by VA, each with an access_extension
    tlm_utils::simple_initiator_socket<mmu> walk;      // descriptor fetches by PA
    tlm_utils::simple_initiator_socket<mmu> out;       // accesses by PA
    tlm_utils::simple_target_socket_optional<mmu> dvm; // the time of TLB maintenance at this core

    // `core` says under which number the context knows it: below CORES_MAX, and no other's of the same context.
    mmu(const sc_core::sc_module_name &name, context &shared, unsigned core, decider *by = nullptr);

    // Starts over at reset, between accesses.
    void restart();

    // Times the translations of a decided access, from `begin`. Returns their end. For an initiator of the program's
    // own: a transaction on `in` comes to the same where there is neither data nor a line to move.
    cycles_t translate(access_extension &access, cycles_t begin);

    // The machine's registers, maintenance and counters, for one that decides for itself; at any time, before
    // elaboration ends too. At reset all registers are zero: no stage is on. Nothing here takes time.
    void write_sysreg(enum sysreg reg, std::uint64_t value);
    const struct sysregs &registers();                        // for tlbi_make
    void invalidate(const struct tlbi &op);                   // its time is that of a transaction on `dvm`
    const struct counts &counts();                            // since reset, by enum count; those of records stay zero
    struct at_result execute_at(const struct at_request &at); // PAR_EL1 is written unless it aborts

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
    cycles_t translate_page(const steps_view &steps, cycles_t begin);
    cycles_t look_up(const struct step &step, cycles_t at, std::uint32_t latency);
    cycles_t fetch(const struct step &step, cycles_t at);
    bool is_watched() const
    {
        return !m_shared.observers.empty();
    }
    void observe(const struct step &step, cycles_t from, cycles_t to);
    void tell(const access_extension &access, unsigned page, cycles_t begin, cycles_t end);
};

} // namespace stagewalk
