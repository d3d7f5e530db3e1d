// The cluster used by another platform: a model of its own decides.
#include "sim/tlm/cluster.h"

namespace stagewalk {

struct ::cluster &cluster::model()
{
    if (!m_model) {
        m_model = std::make_unique<struct ::cluster>();
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

const struct sysregs &cluster::registers(unsigned core)
{
    return model().core[core].mmu.regs;
}

struct at_result cluster::execute_at(unsigned core, const struct at_request &at)
{
    struct at_result result;

    cluster_at(&model(), core, &at, &m_answer[core].outcome, &result);
    return result;
}

tlm::tlm_response_status cluster::check(unsigned core, const tlm::tlm_generic_payload &payload,
                                        const access_extension &access) const
{
    if (core >= m_shared.config().cores)
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    return payload.get_data_length() > access_bytes_max ? tlm::TLM_BURST_ERROR_RESPONSE : access_check(payload, access);
}

// The part of an access in its second page, and what is left of the first.
static void split(const struct outcome &o, access_extension &access)
{
    const unsigned first = 0x1000 - static_cast<unsigned>(access.access.va.v & 0xFFF);

    access.next_pa = o.second_pa;
    if (access.parts == 0)
        return;
    access.part[0].bytes = first;
    access.part[1] = { o.second_pa.v, access.access.size - first, o.second_cached };
    access.parts = 2;
}

// The answer is kept for each core, since the next one's may come while this one's targets wait.
void cluster::decide(unsigned core, const tlm::tlm_generic_payload &payload, access_extension &access)
{
    struct outcome &o = m_answer[core].outcome;
    const struct traffic &lines = model().memsys.traffic;

    access_from(payload, access);
    cluster_access(m_model.get(), core, &access.access, &o);
    access_to(o.x, access);
    if (o.x.fault.type != FAULT_NONE)
        access.exception = o.exception;
    else if (o.pages > 1)
        split(o, access);
    access.core = core;
    access.fetches = o.fetches;
    access.pages = o.pages;
    access.missed = o.missed;
    access.walked = o.walked;
    access.steps[0] = { o.x.steps.step, o.x.steps.count };
    access.steps[1] = { o.second.step, o.second.count };
    m_answer[core].lines.assign(lines.item, lines.item + lines.count);
    access.traffic = { m_answer[core].lines.data(), lines.count };
}

void cluster::took(unsigned core, const access_extension &access)
{
    struct charge charge =
        access_charge(access, m_shared.waited_by(core, ASKER_XLAT), m_shared.waited_by(core, ASKER_LINE));

    // a micro-TLB look-up is hidden in the access
    charge.stall = charge.xlat[0] + charge.xlat[1] + charge.lines - access.pages * m_shared.price().utlb;
    charge_count(m_model.get(), core, &charge);
}

} // namespace stagewalk
