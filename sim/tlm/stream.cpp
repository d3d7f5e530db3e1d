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

    w = {};
    w.head = from;
    w.head.outcome = nullptr;
    w.head.traffic = nullptr;
    w.steps = m_steps.put(nullptr, 0);
    if (o) {
        w.first = static_cast<std::uint16_t>(o->x.steps.count);
        w.second = static_cast<std::uint16_t>(o->pages > 1 ? o->second.count : 0);
        struct step both[2 * sizeof o->x.steps.step / sizeof *o->x.steps.step];
        std::copy_n(o->x.steps.step, w.first, both);
        std::copy_n(o->second.step, w.second, both + w.first);
        w.steps = m_steps.put(both, w.first + w.second);
        w.pages = o->pages;
        w.missed = o->missed;
        w.walked = o->walked;
        w.fault = o->x.fault;
    }
    w.items = static_cast<std::uint16_t>(from.traffic ? from.traffic->count : 0);
    w.traffic = m_traffic.put(from.traffic ? from.traffic->item : nullptr, w.items);
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
