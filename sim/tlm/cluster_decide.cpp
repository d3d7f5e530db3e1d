// The cluster used by another platform: a model of its own decides.
#include "sim/tlm/cluster.h"

namespace stagewalk {

struct ::cluster &cluster::model()
{
    if (!m_model) {
        m_model = std::make_unique<struct ::cluster>();
        m_outcome = std::make_unique<struct outcome>();
        cluster_init(m_model.get(), &m_shared.config(), { this, &cluster::read64 });
    }
    return *m_model;
}

bool cluster::read64(void *self, pa_t pa, std::uint64_t *value)
{
    return payload_read64(static_cast<cluster *>(self)->out, pa.v, *value);
}

void cluster::write_sysreg(unsigned core, enum sysreg reg, std::uint64_t value)
{
    mmu_write_sysreg(&model().core[core].mmu, reg, value);
}

void cluster::invalidate(unsigned core, const struct tlbi &op)
{
    cluster_tlbi(&model(), core, &op);
}

const struct counts &cluster::counts(unsigned core)
{
    return model().core[core].mmu.count;
}

void cluster::decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access)
{
    struct outcome &o = *(model(), m_outcome);

    access_from(payload, access);
    cluster_access(m_model.get(), core, &access.access, &o);
    access_to(o.x, access);
    access.exception = o.exception;
    access.fetches = o.fetches;
    access.pages = o.pages;
    access.missed = o.missed;
    access.walked = o.walked;
    access.steps[0] = { o.x.steps.step, o.x.steps.count };
    access.steps[1] = { o.second.step, o.second.count };
    access.traffic = { m_model->memsys.traffic.item, m_model->memsys.traffic.count };
}

void cluster::took(unsigned core, const access_extension &access)
{
    struct charge charge {};

    charge.kind = access.access.kind;
    charge.missed = static_cast<std::uint8_t>(access.missed);
    charge.walked = static_cast<std::uint8_t>(access.walked);
    charge.xlat[0] = access.xlat[0];
    charge.xlat[1] = access.pages > 1 ? access.xlat[1] : 0;
    charge.xlat_wait = m_shared.waited_by(ASKER_XLAT);
    charge.lines = access.lines;
    charge.line_wait = m_shared.waited_by(ASKER_LINE);
    charge.stall = charge.xlat[0] + charge.xlat[1] + charge.lines;
    charge_count(m_model.get(), core, &charge);
}

} // namespace stagewalk
