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

void stream::push(const work &from, const work_items &items)
{
    if (m_count == m_ring.size())
        grow();
    work &w = m_work[(m_first + m_count) & m_mask];

    w = from;
    w.steps = m_steps.make(w.first + w.second);
    if (w.pages) {
        copy_few(m_steps.at(w.steps), items.first, w.first);
        copy_few(m_steps.at(w.steps + w.first), items.second, w.second);
    }
    w.traffic = m_traffic.make(w.items);
    copy_few(m_traffic.at(w.traffic), items.traffic, w.items);
    m_count++;
}

void stream::clear()
{
    m_first = m_count = 0;
    m_steps.clear();
    m_traffic.clear();
}

} // namespace stagewalk
