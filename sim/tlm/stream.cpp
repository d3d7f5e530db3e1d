// Copies in, and the ring.
#include "sim/tlm/stream.h"

namespace stagewalk {

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

void stream::keep_steps(work &w, const struct outcome &o)
{
    w.pages = o.pages;
    w.missed = o.missed;
    w.walked = o.walked;
    w.first = static_cast<std::uint16_t>(o.x.steps.count);
    w.second = static_cast<std::uint16_t>(o.pages > 1 ? o.second.count : 0);
    w.steps = m_steps.make(w.first + w.second);
    m_steps.put(w.steps, o.x.steps.step, w.first);
    m_steps.put(w.steps + w.first, o.second.step, w.second);
}

void stream::push(const engine_work &from)
{
    if (m_count == m_ring.size())
        grow();
    work &w = m_work[(m_first + m_count) & m_mask];

    w.before = from.before;
    w.token = from.token;
    w.kind = from.kind;
    w.access = from.access;
    w.probes = from.probes;
    w.broadcast = from.broadcast;
    w.all = from.all;
    w.first = w.second = w.items = 0;
    w.pages = w.missed = w.walked = 0;
    w.steps = m_steps.make(0);
    if (from.outcome)
        keep_steps(w, *from.outcome);
    if (from.traffic)
        w.items = static_cast<std::uint16_t>(from.traffic->count);
    w.traffic = m_traffic.make(w.items);
    if (w.items)
        m_traffic.put(w.traffic, from.traffic->item, w.items);
    m_count++;
}

void stream::clear()
{
    m_first = m_count = 0;
    m_steps.clear();
    m_traffic.clear();
}

} // namespace stagewalk
