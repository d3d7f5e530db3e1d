// The steps of a translation, one after the other.
#include "sim/tlm/mmu.h"

#include <algorithm>

namespace stagewalk {

mmu::mmu(const sc_core::sc_module_name &name, context &shared, unsigned core, decider *by)
    : sc_module(name), in("in"), walk("walk"), out("out"), dvm("dvm"), m_shared(shared), m_core(core),
      m_by(by), m_word{}, m_seen{}
{
    in.register_b_transport(this, &mmu::transport);
    dvm.register_b_transport(this, &mmu::maintain);
    if (core >= CORES_MAX)
        SC_REPORT_FATAL("/stagewalk/mmu", "core is to be below CORES_MAX");
    m_fetch.extension.core = core;
    m_fetch.extension.asker = ASKER_XLAT;
    restart();
}

void mmu::restart()
{
    busy_init(&m_port);
    m_walker_free = 0;
    m_own.reset();
    m_seen.steps.clear();
}

mmu_model &mmu::own()
{
    if (!m_own)
        m_own = std::make_unique<mmu_model>(m_shared, walk);
    return *m_own;
}

void mmu::write_sysreg(enum sysreg reg, std::uint64_t value)
{
    mmu_write_sysreg(&own().model(), reg, value);
}

void mmu::invalidate(const struct tlbi &op)
{
    own().model().count.v[COUNT_TLBI]++;
    mmu_tlbi(&own().model(), &op);
}

struct at_result mmu::execute_at(const struct at_request &at)
{
    struct xlat x;
    struct at_result result;

    mmu_at(&own().model(), &at, &x, &result);
    if (!result.aborts)
        write_sysreg(SYSREG_PAR_EL1, result.par);
    return result;
}

const struct sysregs &mmu::registers()
{
    return own().model().regs;
}

const struct counts &mmu::counts()
{
    return own().model().count;
}

void mmu::observe(const struct step &step, cycles_t from, cycles_t to)
{
    m_seen.steps.push_back({ step, m_shared.since_start(from), m_shared.since_start(to) });
}

void mmu::tell(const access_extension &access, unsigned page, cycles_t begin, cycles_t end)
{
    if (access.steps[page].count == 0)
        return;
    m_seen.core = m_core;
    m_seen.kind = static_cast<enum access_kind>(access.access.kind);
    m_seen.walked = access.walked >> page & 1;
    m_seen.from = m_shared.since_start(begin);
    m_seen.to = m_shared.since_start(end);
    m_seen.cycles = access.xlat[page];
    for (observer *o : m_shared.observers)
        o->translated(m_seen);
    m_seen.steps.clear();
}

// A look at one of the arrays, which share a RAM [A53: 6.7]: one read a page size.
cycles_t mmu::look_up(const struct step &step, cycles_t at, std::uint32_t latency)
{
    const std::uint32_t reads = std::min<std::uint32_t>(step.probes, latency);
    const cycles_t begin = m_shared.take(m_port, { RESOURCE_TLB_RAM, ASKER_XLAT, m_core, false }, at, reads);

    if (is_watched())
        observe(step, begin, begin + latency);
    return begin + latency;
}

// A descriptor fetch, wherever its line is.
cycles_t mmu::fetch(const struct step &step, cycles_t at)
{
    sc_core::sc_time delay = m_shared.until(at);

    m_fetch.extension.found = static_cast<enum mem_level>(step.found);
    payload_set(m_fetch.payload, tlm::TLM_READ_COMMAND, step.address, m_word, sizeof m_word);
    walk->b_transport(m_fetch.payload, delay);
    if (is_watched())
        observe(step, at, m_shared.at(delay));
    return m_shared.at(delay);
}

// One page's translation: everything in the order in which it was done. The walker does one walk at a time, and with it
// one Non-cacheable fetch [A53: 7.2, Table 7-5].
cycles_t mmu::translate_page(const steps_view &steps, cycles_t begin)
{
    const struct prices &price = m_shared.price();
    cycles_t at = begin, walk_from = 0;
    unsigned fetches = 0;

    for (unsigned i = 0; i < steps.count; i++) {
        const struct step &step = steps.step[i];
        std::uint32_t own = 0;

        if (step.kind != STEP_TLB && walk_from == 0) {
            at = walk_from =
                m_shared.wait_until({ RESOURCE_WALKER, ASKER_XLAT, m_core, false }, at, m_walker_free, m_core);
            own = price.walk;
        }
        if (step.kind != STEP_FETCH)
            at = look_up(step, at, price_lookup(&price, &step) + own);
        else
            at = fetch(step, at + own + (fetches++ ? price.level : 0));
    }
    if (walk_from != 0) {
        m_walker_free = at;
        m_shared.ends(at);
    }
    return at;
}

cycles_t mmu::translate(access_extension &access, cycles_t begin)
{
    // a micro-TLB look-up is hidden in the access; an AT makes none
    const bool is_at = access.access.kind == ACCESS_AT_READ || access.access.kind == ACCESS_AT_WRITE;
    const std::uint32_t hidden = is_at ? 0 : m_shared.price().utlb;

    for (unsigned page = 0; page < access.pages; page++) {
        const cycles_t end = translate_page(access.steps[page], begin);
        access.xlat[page] = static_cast<std::uint32_t>(end - begin) + hidden;
        if (is_watched())
            tell(access, page, begin, end);
        begin = end;
    }
    return begin;
}

// A target's offer of direct access is for its own addresses, not for those of the initiator.
void mmu::forward(tlm::tlm_generic_payload &payload, access_extension &access, sc_core::sc_time &delay)
{
    const cycles_t at = m_shared.at(delay);
    const std::uint64_t va = payload.get_address();

    payload.set_address(access.parts ? access.part[0].pa : access.pa.v);
    out->b_transport(payload, delay);
    payload.set_address(va);
    payload.set_dmi_allowed(false);
    access.lines = static_cast<std::uint32_t>(m_shared.at(delay) - at);
}

void mmu::transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    access_extension *access = payload.get_extension<access_extension>();
    decider *by = access && !access->decided ? m_by ? m_by : &own() : nullptr;
    const tlm::tlm_response_status status = by       ? by->check(m_core, payload, *access)
                                            : access ? tlm::TLM_OK_RESPONSE
                                                     : tlm::TLM_GENERIC_ERROR_RESPONSE;

    payload.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE)
        return;
    if (by) {
        m_shared.forget_waited(m_core);
        by->decide(m_core, payload, *access);
    }

    const sc_core::sc_time from = m_shared.time() + delay;
    const cycles_t begin = m_shared.at(delay);
    delay = m_shared.remaining(from, translate(*access, begin) - begin);
    access->lines = 0;
    // one that faults in its second page has been where the first one led
    const bool goes_on =
        access->fault.type == FAULT_NONE && !access_is_maintenance(static_cast<enum access_kind>(access->access.kind));
    // one of the program's, without data, has nothing to do where all its lines are
    const bool only_time = access->decided && payload.get_data_ptr() == nullptr;
    if ((goes_on && !only_time) || access->traffic.count > 0)
        forward(payload, *access, delay);
    if (by)
        by->took(m_core, *access);
}

// Maintenance takes the TLB RAM, so that a look-up behind it is later [A53: 5.2.2].
void mmu::maintain(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const struct occupancy &busy = m_shared.busy();
    const maintenance_extension *extension = payload.get_extension<maintenance_extension>();
    if (!extension || extension->core >= CORES_MAX) {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    const maintenance_extension &op = *extension;
    const std::uint32_t length = op.all ? busy.tlbi_all : busy.tlbi_va;
    const cycles_t at = m_shared.at(delay);
    const cycles_t begin = m_shared.take(m_port, { RESOURCE_TLB_RAM, ASKER_XLAT, op.core, true }, at, length);

    delay += m_shared.delay(begin + length - at);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

} // namespace stagewalk
