// Copies in, and the ring.
#include "sim/tlm/stream.h"

namespace stagewalk {

// The next free place; the ring grows when there is none.
work &stream::slot()
{
    const auto size = static_cast<unsigned>(m_ring.size());

    if (m_count == size) { // the free places are to come after the last work
        std::vector<work> grown(size == 0 ? 64 : 2u * size);
        for (unsigned i = 0; i < m_count; i++)
            grown[i] = std::move(m_ring[(m_first + i) & (size - 1)]);
        m_ring = std::move(grown);
        m_first = 0;
    }
    return m_ring[(m_first + m_count) & (m_ring.size() - 1)];
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
    work &w = slot();

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

void stream::pop()
{
    const work &w = front();

    m_steps.drop(w.steps + w.first + w.second);
    m_traffic.drop(w.traffic + w.items);
    m_first = (m_first + 1) & (static_cast<unsigned>(m_ring.size()) - 1);
    m_count--;
}

void stream::clear()
{
    m_first = m_count = 0;
    m_steps.clear();
    m_traffic.clear();
}

} // namespace stagewalk
