// The model of an MMU that is used by itself: it decides, and reads its descriptors from whatever is bound to a socket.
#pragma once

#include "sim/tlm/context.h"
#include "sim/tlm/decider.h"

namespace stagewalk {

class mmu_model : public decider {
  public:
    // Context and socket must outlive the model.
    mmu_model(const context &shared, tlm::tlm_initiator_socket<> &tables);

    mmu_model(const mmu_model &) = delete;
    mmu_model &operator=(const mmu_model &) = delete;

    struct ::mmu &model()
    {
        return m_model;
    }

    tlm::tlm_response_status check(unsigned core, const tlm::tlm_generic_payload &payload,
                                   const access_extension &access) const override;
    void decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access) override;
    void took(unsigned core, const access_extension &access) override;

  private:
    const context &m_shared;
    tlm::tlm_initiator_socket<> &m_tables;
    struct ::mmu m_model;
    struct xlat m_xlat;

    static bool read64(void *self, pa_t pa, std::uint64_t *value);
};

} // namespace stagewalk
