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

void stream::push(const engine_work &from)
{
    work &w = slot();
    const struct outcome *o = from.outcome;

    w.head = from;
    w.head.outcome = nullptr;
    w.head.traffic = nullptr;
    w.steps.clear();
    w.traffic.clear();
    w.pages = w.missed = w.walked = w.first = 0;
    w.fault = {};
    if (o) {
        w.first = o->x.steps.count;
        w.steps.assign(o->x.steps.step, o->x.steps.step + w.first);
        if (o->pages > 1)
            w.steps.insert(w.steps.end(), o->second.step, o->second.step + o->second.count);
        w.pages = o->pages;
        w.missed = o->missed;
        w.walked = o->walked;
        w.fault = o->x.fault;
    }
    if (from.traffic)
        w.traffic.assign(from.traffic->item, from.traffic->item + from.traffic->count);
    m_count++;
}

void stream::pop()
{
    m_first = (m_first + 1) & (static_cast<unsigned>(m_ring.size()) - 1);
    m_count--;
}

void stream::clear()
{
    m_first = m_count = 0;
}

} // namespace stagewalk
