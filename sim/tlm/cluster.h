// A53s without their pipelines: MMU and L1s of each core, the L2 they share, broadcast maintenance; out of it leads one
// ACE master.
//
// A decided payload only finds its time here. One that is not is decided by a cluster model of the module's own, whose
// tables are read through `out`: that is how another platform uses it, with an access_extension on each payload. This
// header is all that it needs to include:
//
//     #include "sim/tlm/cluster.h"
//
//     struct config config;                                    // outlives all that follows
//     params_default(&config);                                 // the ZynqMP's numbers; params_set changes one,
//     stagewalk::context shared(config);                       // params_check says whether they fit
//     stagewalk::cluster a53("a53", shared, 2);
//
//     a53.in[0].bind(...), a53.in[1].bind(...);                // initiators, one a core
//     a53.out.bind(memory.socket);                             // whoever has all memory, tables included
//     a53.write_sysreg(0, SYSREG_TTBR0_EL1, root);             // as the core's MSR would
//
//     stagewalk::carrier<stagewalk::access_extension> load;    // in an SC_THREAD of the initiator
//     load.extension.access.kind = ACCESS_LOAD;
//     load.extension.access.el = 1;
//     stagewalk::payload_set(load.payload, tlm::TLM_READ_COMMAND, va, bytes, 8);
//     socket->b_transport(load.payload, delay);                // adds to delay; bytes are read where it led:
//     if (load.payload.is_response_ok() && load.extension.fault.type == FAULT_NONE)
//         use(load.extension.pa, load.extension.type.result);
//
// Times: a delay is added to, in whole cycles of config.clock_mhz each rounded to the time resolution; times need not
// be multiples of a cycle. A micro-TLB hit on a line that L1 holds adds nothing, for that is part of any instruction;
// what an instruction takes beyond memory is the initiator's affair. It may run ahead of the kernel by a quantum.
//
// Memory: function first. Translation reads its tables as they stand when the access comes, by transport_dbg; from a
// target that does not offer it by b_transport, whose time is not counted: such a target sees each descriptor and each
// access that the caches keep once more, and must not wait. A store's data is in memory when the call returns: the
// caches keep tags, never data, so that other masters see it and lines are always right. What comes out of `out` in
// time: fills (reads of 64 bytes), write-backs (writes of 64 bytes of what is there already), descriptors (reads of 8
// bytes), and accesses that no cache keeps, as they are or in two parts where they cross a page. Targets add to the
// delay. One that waits instead holds the core up for all of it, what a buffer would hide included.
//
// All names are in the namespace stagewalk; those of the C models are not, and some are the same: `struct ::cluster` is
// the model, stagewalk::cluster the module. A `using namespace stagewalk` makes them ambiguous.
#pragma once

#include "sim/tlm/dvm.h"
#include "sim/tlm/l1.h"
#include "sim/tlm/l2.h"
#include "sim/tlm/mmu.h"

#include <memory>
#include <vector>

namespace stagewalk {

class cluster : public sc_core::sc_module, private decider {
  public:
    // An access of more bytes gets TLM_BURST_ERROR_RESPONSE. One may cross a 4 KB page: it is two translations, and
    // when either faults nothing moves.
    static constexpr unsigned access_bytes_max = 64;

    // TLB maintenance in time; a socket of it may be left unbound.
    using maintenance_socket =
        tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

    sc_core::sc_vector<tlm::tlm_target_socket<>> in;    // accesses of each core, by VA; one is over before the next
    sc_core::sc_vector<maintenance_socket> maintenance; // of each core, with a maintenance_extension
    tlm::tlm_initiator_socket<> out;                    // memory

    // With so many cores, 1 to CORES_MAX, each `in` of which is to be bound. The configuration may have fewer: the
    // others are not there, and their accesses get TLM_GENERIC_ERROR_RESPONSE. The context stays the caller's.
    cluster(const sc_core::sc_module_name &name, context &shared, unsigned cores);
    ~cluster() override;

    // Starts over at reset with empty caches, between accesses.
    void restart();

    // A core's MMU, for mmu::translate; core < cores.
    mmu &mmu_at(unsigned core)
    {
        return m_mmu[core];
    }

    // The machine's registers, maintenance and counters, for those whose payloads are decided here; core < CORES_MAX;
    // at any time, before elaboration ends too. At reset all registers are zero: no stage is on. Nothing here takes
    // time.
    void write_sysreg(unsigned core, enum sysreg reg, std::uint64_t value);
    const struct sysregs &registers(unsigned core); // for tlbi_make
    // Carries out maintenance, a broadcast one at all cores. Its time is that of a transaction on `maintenance`.
    void invalidate(unsigned core, const struct tlbi &op);
    // Since reset, by enum count. Those of instructions, records and barriers stay zero.
    const struct counts &counts(unsigned core);
    // PAR_EL1 is written unless it aborts.
    struct at_result execute_at(unsigned core, const struct at_request &at);

  private:
    struct answer {
        struct outcome outcome;
        std::vector<struct traffic_item> lines;
    };

    context &m_shared;
    std::unique_ptr<struct ::cluster> m_model; // NULL until it is needed
    std::vector<answer> m_answer;              // of each core's access at work
    sc_core::sc_vector<mmu> m_mmu;
    sc_core::sc_vector<l1> m_l1;
    l2 m_l2;
    dvm m_dvm;

    struct ::cluster &model();
    static bool read64(void *self, pa_t pa, std::uint64_t *value);
    tlm::tlm_response_status check(unsigned core, const tlm::tlm_generic_payload &payload,
                                   const access_extension &access) const override;
    void decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access) override;
    void took(unsigned core, const access_extension &access) override;
};

} // namespace stagewalk
