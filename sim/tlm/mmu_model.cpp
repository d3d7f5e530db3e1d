// One translation, as the shells want it.
#include "sim/tlm/mmu_model.h"

namespace stagewalk {

mmu_model::mmu_model(const context &shared, tlm::tlm_initiator_socket<> &tables) : m_shared(shared), m_tables(tables)
{
    mmu_init(&m_model, &shared.config().mmu, { this, &mmu_model::read64 });
}

bool mmu_model::read64(void *self, pa_t pa, std::uint64_t *value)
{
    return payload_read64(static_cast<mmu_model *>(self)->m_tables, pa.v, *value);
}

tlm::tlm_response_status mmu_model::check(unsigned, const tlm::tlm_generic_payload &payload,
                                          const access_extension &access) const
{
    return access_crosses(payload, access) ? tlm::TLM_BURST_ERROR_RESPONSE : access_check(payload, access);
}

void mmu_model::decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access)
{
    access_from(payload, access);
    mmu_translate(&m_model, &access.access, &m_xlat);
    access_to(m_xlat, access);
    if (m_xlat.fault.type != FAULT_NONE)
        access.exception =
            syndrome_of_fault(&m_xlat.fault, &access.access, m_model.regime[regime_of_el(access.access.el)].tge);
    access.core = core;
    access.pages = 1;
    access.missed = m_xlat.hit != HIT_UTLB;
    access.walked = access.fetches = 0;
    access.steps[0] = { m_xlat.steps.step, m_xlat.steps.count };
    access.steps[1] = {};
    access.traffic = {};
    for (unsigned i = 0; i < m_xlat.steps.count; i++) {
        struct step &step = m_xlat.steps.step[i];

        step.found = LEVEL_MEMORY; // no caches here: whoever is bound to the socket says how long it takes
        access.walked |= step.kind != STEP_TLB;
        access.fetches += step.kind == STEP_FETCH;
        if (step.kind == STEP_FETCH)
            mmu_count_fetch(&m_model, &step);
    }
}

void mmu_model::took(unsigned core, const access_extension &access)
{
    m_model.count.v[COUNT_WALK_CYCLES] += access.walked ? access.xlat[0] : 0;
    m_model.count.v[COUNT_XLAT_CYCLES] += access.missed ? access.xlat[0] : 0;
    m_model.count.v[COUNT_XLAT_WAIT] += m_shared.waited_by(core, ASKER_XLAT);
}

} // namespace stagewalk
