// A heap by time, emptied a cycle at once.
#include "sim/tlm/signals.h"

#include <utility>

namespace stagewalk {

signals::signals(std::vector<std::uint64_t> initial) : m_value(std::move(initial)), m_was(m_value) {}

void signals::set(cycles_t when, unsigned signal, std::uint64_t value)
{
    m_later.push({ when, m_order++, value, signal, false });
}

void signals::add(cycles_t when, unsigned signal, int by)
{
    m_later.push({ when, m_order++, static_cast<std::uint64_t>(static_cast<std::int64_t>(by)), signal, true });
}

// All of the earliest time.
void signals::settle()
{
    const cycles_t when = m_later.top().when;

    m_touched.clear();
    while (!m_later.empty() && m_later.top().when == when) {
        const told &t = m_later.top();

        m_value[t.signal] = t.adds ? m_value[t.signal] + t.value : t.value;
        m_touched.push_back(t.signal);
        m_later.pop();
    }
    for (unsigned signal : m_touched) {
        if (m_value[signal] != m_was[signal])
            m_settled.push_back({ when, signal, m_value[signal] });
        m_was[signal] = m_value[signal];
    }
}

bool signals::next(cycles_t before, change &found)
{
    while (m_settled.empty() && !m_later.empty() && m_later.top().when < before)
        settle();
    if (m_settled.empty())
        return false;
    found = m_settled.front();
    m_settled.pop_front();
    return true;
}

} // namespace stagewalk
