// A53s without their pipelines: MMU and L1s of each core, the L2 they share, broadcast maintenance; out of it leads one
// ACE master.
//
// A decided payload only finds its time here. One that is not is decided by a cluster model of the module's own, whose
// tables are read through `out`: that is how another platform uses it, with an access_extension on each payload.
#pragma once

#include "sim/tlm/dvm.h"
#include "sim/tlm/l1.h"
#include "sim/tlm/l2.h"
#include "sim/tlm/mmu.h"

#include <memory>

namespace stagewalk {

class cluster : public sc_core::sc_module, private decider {
  public:
    sc_core::sc_vector<tlm::tlm_target_socket<>> in;          // accesses of each core, by VA
    sc_core::sc_vector<tlm::tlm_target_socket<>> maintenance; // its TLB maintenance, with a maintenance_extension
    tlm::tlm_initiator_socket<> out;                          // memory

    // With so many cores, each of which is to be bound; the configuration may have fewer.
    cluster(const sc_core::sc_module_name &name, context &shared, unsigned cores);
    ~cluster() override;

    void restart();

    // The machine's registers, maintenance and counters, for those whose payloads are decided here. Maintenance is
    // carried out at once; its time is that of a transaction on `maintenance`.
    void write_sysreg(unsigned core, enum sysreg reg, std::uint64_t value);
    void invalidate(unsigned core, const struct tlbi &op);
    const struct counts &counts(unsigned core);

  private:
    context &m_shared;
    std::unique_ptr<struct ::cluster> m_model; // NULL until it is needed
    std::unique_ptr<struct outcome> m_outcome;
    sc_core::sc_vector<mmu> m_mmu;
    sc_core::sc_vector<l1> m_l1;
    l2 m_l2;
    dvm m_dvm;

    struct ::cluster &model();
    static bool read64(void *self, pa_t pa, std::uint64_t *value);
    void decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access) override;
    void took(unsigned core, const access_extension &access) override;
};

} // namespace stagewalk
