// One work after the other.
#include "sim/tlm/core.h"

#include <algorithm>

namespace stagewalk {

core::core(const sc_core::sc_module_name &name, context &shared, feeder &from, unsigned index)
    : sc_module(name), out("out"), dvm("dvm"), m_shared(shared), m_from(from), m_index(index), m_fed("fed"),
      m_wake("wake")
{
    m_access.extension.core = m_op.extension.core = index;
    m_access.extension.decided = true;
    m_look_up.kind = STEP_TLB;
    m_look_up.hit = true;
    SC_HAS_PROCESS(core);
    SC_METHOD(step);
    sensitive << m_fed << m_wake;
    dont_initialize();
}

void core::restart(bool trace_order, cycles_t quantum)
{
    m_stream.clear();
    m_fed.cancel();
    m_wake.cancel();
    m_trace_order = trace_order;
    m_quantum = quantum;
    m_begun = false;
    m_worked = m_wait_at = 0;
    m_local = m_fetch_free = m_wait_from = m_maintained = m_shared.latest();
}

void core::push(const work &w, const work_items &items)
{
    if (m_stream.empty())
        m_fed.notify(sc_core::SC_ZERO_TIME);
    m_stream.push(w, items);
}

// The instructions before a work. A core that had nothing to do was idle until now.
void core::begin(const work &w)
{
    m_local = std::max(m_local, m_trace_order ? m_shared.latest() : m_shared.now() + context::lookback) + w.before;
    m_worked += w.before;
    m_begun = true;
}

void core::step()
{
    m_shared.hold();
    work_on(m_shared.now() + context::lookback);
    m_shared.let_go();
}

// Does works until there is none, or one that begins beyond the quantum.
void core::work_on(cycles_t from)
{
    while (!m_stream.empty()) {
        const work &w = m_stream.front();

        if (!m_begun)
            begin(w);
        if (m_local > from + m_quantum) {
            m_wake.notify(m_shared.delay(m_local - from));
            return;
        }
        perform(w);
        m_shared.ends(m_local); // the instructions before a work take time, whether it does or not
        m_begun = false;
        m_stream.pop();
    }
    m_from.starved(m_index);
}

// A choice that no branch is guessed for: fetches and data, waits and none come in no order.
static cycles_t either(bool first, cycles_t a, cycles_t b)
{
    return b ^ ((a ^ b) & (cycles_t{ 0 } - first));
}

// The front end asks for an instruction when one so many before it is issued [guess: fetch_ahead]: earlier than now,
// and while an older access waits.
cycles_t core::fetch_begins() const
{
    const cycles_t ahead = m_shared.config().fetch_ahead;

    if (m_trace_order || ahead == 0)
        return m_local;
    const cycles_t wanted = m_wait_at + ahead; // up to this position the last wait is in between
    const bool in_between = wanted > m_worked;
    const cycles_t before = m_wait_from - std::min(m_wait_from, wanted - m_worked);
    const cycles_t at = either(in_between, std::min(m_local, before), m_local - ahead);
    return std::min(m_local, std::max({ at, m_fetch_free, m_shared.now() }));
}

// An access whose page the main TLB grants and whose lines are there, from a time on. Returns its end.
cycles_t core::refill(const work &w, cycles_t from)
{
    access_extension &access = m_access.extension;

    m_look_up.probes = w.probes;
    access.steps[0] = { &m_look_up, 1 };
    access.pages = access.missed = 1;
    access.walked = 0;
    access.xlat[1] = access.lines = 0;
    return m_mmu->translate(access, from);
}

// Any other access, as one that is decided.
cycles_t core::send(const work &w, cycles_t from)
{
    access_extension &access = m_access.extension;

    access.pages = w.pages;
    access.missed = w.missed;
    access.walked = w.walked;
    access.steps[0] = { m_stream.steps(w), w.first };
    access.steps[1] = { m_stream.steps(w) + w.first, w.second };
    access.traffic = { m_stream.traffic(w), w.items };
    access.xlat[0] = access.xlat[1] = access.lines = 0;
    if (w.items == 0)
        return m_mmu->translate(access, from);

    sc_core::sc_time delay = m_shared.delay(from - m_shared.now());
    payload_set(m_access.payload, tlm::TLM_IGNORE_COMMAND, 0, nullptr, 1);
    out->b_transport(m_access.payload, delay);
    return m_shared.at(delay);
}

struct charge core::access(const work &w)
{
    const bool fetch = w.access == ACCESS_FETCH;
    const cycles_t from = either(fetch, fetch_begins(), m_local);

    m_access.extension.access.kind = w.access;
    m_shared.forget_waited(m_index);
    const cycles_t end = w.kind == WORK_REFILL ? refill(w, from) : send(w, from);
    struct charge charge = access_charge(m_access.extension, m_shared.waited_by(m_index, ASKER_XLAT),
                                         m_shared.waited_by(m_index, ASKER_LINE));
    if (w.kind == WORK_AT) // no access, and counted by itself
        charge.missed = charge.walked = 0;
    const cycles_t on = std::max(end, m_local);
    charge.stall = static_cast<std::uint32_t>(on - m_local);
    m_fetch_free = either(fetch, end, m_fetch_free);
    m_wait_from = either(fetch, m_wait_from, m_local);
    m_wait_at = either(fetch, m_wait_at, m_worked);
    m_local = on;
    m_shared.ends(on);
    return charge;
}

void core::maintain(const work &w)
{
    sc_core::sc_time delay = m_shared.delay(m_local - m_shared.now());

    m_op.extension.broadcast = w.broadcast;
    m_op.extension.all = w.all;
    payload_set(m_op.payload, tlm::TLM_IGNORE_COMMAND, 0, nullptr, 1);
    dvm->b_transport(m_op.payload, delay);
    if (m_shared.at(delay) > m_maintained) {
        m_maintained = m_shared.at(delay);
        m_slowest = m_op.extension.slowest;
    }
}

struct charge core::barrier()
{
    struct charge charge {};
    const cycles_t from = m_local;

    charge.kind = ACCESS_KIND_COUNT;
    m_local = m_shared.wait_until({ RESOURCE_DVM, ASKER_DSB, m_index, false }, from, m_maintained, m_slowest);
    charge.dvm_wait = charge.stall = static_cast<std::uint32_t>(m_local - from);
    return charge;
}

void core::perform(const work &w)
{
    switch (static_cast<enum work_kind>(w.kind)) {
    case WORK_ACCESS:
    case WORK_REFILL:
    case WORK_AT:
        m_from.told(m_index, w.token, access(w));
        return;
    case WORK_TLBI:
        maintain(w);
        return;
    case WORK_DSB:
        m_from.told(m_index, w.token, barrier());
        return;
    case WORK_RUN:
        return;
    case WORK_SYNC: // nothing younger has been fetched
        m_fetch_free = std::max(m_fetch_free, m_local);
        return;
    }
}

} // namespace stagewalk
