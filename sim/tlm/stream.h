// What one core still has to be timed: works in the order of the trace, kept without their callers' memory.
#pragma once

#include "sim/tlm/engine.h"
#include "sim/tlm/extension.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stagewalk {

// Items that come in lots and go in the same order, each lot in one piece; places are numbered on and on.
template <typename item> class lots {
  public:
    // Makes room for a lot. Returns its place.
    std::uint64_t make(unsigned count)
    {
        if (count == 0)
            return m_end;
        while (!fits(count))
            grow();
        m_end += padding(count) + count;
        return m_end - count;
    }
    // Puts items into a lot, at a place in it.
    void put(std::uint64_t place, const item *from, unsigned count)
    {
        item *const to = m_items.data() + (place & (size() - 1));

        for (unsigned i = 0; i < count; i++) // not many
            to[i] = from[i];
    }
    const item *at(std::uint64_t place) const
    {
        return m_items.data() + (place & (size() - 1));
    }
    // All before a place go.
    void drop(std::uint64_t place)
    {
        m_begin = place;
    }
    void clear()
    {
        m_begin = m_end;
    }

  private:
    std::vector<item> m_items; // a power of two of places, or none
    std::uint64_t m_begin = 0, m_end = 0;

    std::uint64_t size() const
    {
        return m_items.size();
    }
    // What is left free of the storage where the rest of it is too short.
    std::uint64_t padding(unsigned count) const
    {
        const std::uint64_t rest = size() - (m_end & (size() - 1));

        return count > rest ? rest : 0;
    }
    bool fits(unsigned count) const
    {
        return size() > 0 && m_end + padding(count) + count - m_begin <= size();
    }
    // A lot that does not cross the storage's end does not cross that of twice as much.
    void grow()
    {
        std::vector<item> grown(size() == 0 ? 1024 : 2 * size());

        for (std::uint64_t i = m_begin; i < m_end && size() > 0; i++)
            grown[i & (grown.size() - 1)] = m_items[i & (size() - 1)];
        m_items = std::move(grown);
    }
};

// A work; its items lie in the stream's lots.
struct work {
    std::uint64_t before, token;        // as in engine_work
    std::uint64_t steps, traffic;       // places
    std::uint16_t first, second, items; // steps of the first page's translation, then of the second's; of traffic
    std::uint8_t kind, access, probes;
    bool broadcast, all;
    std::uint8_t pages, missed, walked;
};

// Works in a ring whose storage is used again and again.
class stream {
  public:
    bool empty() const
    {
        return m_count == 0;
    }
    unsigned count() const
    {
        return m_count;
    }
    const work &front() const
    {
        return m_ring[m_first];
    }
    const struct step *steps(const work &w) const
    {
        return m_steps.at(w.steps);
    }
    const struct traffic_item *traffic(const work &w) const
    {
        return m_traffic.at(w.traffic);
    }
    void push(const engine_work &from);
    void pop();
    void clear();

  private:
    std::vector<work> m_ring; // a power of two of places
    unsigned m_first = 0, m_count = 0;
    lots<struct step> m_steps;
    lots<struct traffic_item> m_traffic;

    work &slot();
    void keep_steps(work &w, const struct outcome &o);
};

} // namespace stagewalk
