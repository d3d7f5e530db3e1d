// Copies in, and the ring.
#include "sim/tlm/stream.h"

namespace stagewalk {

work work_of(const engine_work &from)
{
    work w;

    w.before = from.before;
    w.token = from.token;
    w.steps = w.traffic = 0;
    w.first = w.second = w.items = 0;
    w.kind = from.kind;
    w.core = from.core;
    w.access = from.access;
    w.probes = from.probes;
    w.broadcast = from.broadcast;
    w.all = from.all;
    w.pages = w.missed = w.walked = 0;
    if (from.outcome) {
        w.first = static_cast<std::uint16_t>(from.outcome->x.steps.count);
        w.second = static_cast<std::uint16_t>(from.outcome->pages > 1 ? from.outcome->second.count : 0);
        w.pages = from.outcome->pages;
        w.missed = from.outcome->missed;
        w.walked = from.outcome->walked;
    }
    if (from.traffic)
        w.items = static_cast<std::uint16_t>(from.traffic->count);
    return w;
}

work_items work_items_of(const engine_work &from)
{
    const struct outcome *o = from.outcome;

    return { o ? o->x.steps.step : nullptr, o ? o->second.step : nullptr, from.traffic ? from.traffic->item : nullptr };
}

// The free places are to come after the last work.
void stream::grow()
{
    std::vector<work> grown(m_ring.empty() ? 64 : 2 * m_ring.size());

    for (unsigned i = 0; i < m_count; i++)
        grown[i] = m_work[(m_first + i) & m_mask];
    m_ring = std::move(grown);
    m_work = m_ring.data();
    m_mask = static_cast<unsigned>(m_ring.size()) - 1;
    m_first = 0;
}

void stream::push(const work &from, const work_items &items)
{
    if (m_count == m_ring.size())
        grow();
    work &w = m_work[(m_first + m_count) & m_mask];

    w = from;
    w.steps = m_steps.make(w.first + w.second);
    if (w.pages) {
        m_steps.put(w.steps, items.first, w.first);
        m_steps.put(w.steps + w.first, items.second, w.second);
    }
    w.traffic = m_traffic.make(w.items);
    m_traffic.put(w.traffic, items.traffic, w.items);
    m_count++;
}

void stream::clear()
{
    m_first = m_count = 0;
    m_steps.clear();
    m_traffic.clear();
}

} // namespace stagewalk
