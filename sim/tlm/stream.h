// What one core still has to be timed: works in the order of the trace, kept without their callers' memory.
#pragma once

#include "sim/tlm/engine.h"
#include "sim/tlm/extension.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stagewalk {

// Copies a few items; nearly always there is none, or one.
template <typename item> inline void copy_few(item *to, const item *from, unsigned count)
{
    if (count == 1)
        *to = *from;
    else if (count > 1)
        std::copy_n(from, count, to);
}

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
    item *at(std::uint64_t place)
    {
        return m_item + (place & m_mask);
    }
    const item *at(std::uint64_t place) const
    {
        return m_item + (place & m_mask);
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
    item *m_item = nullptr;    // they,
    std::uint64_t m_mask = 0;  // and what makes a place of a number
    std::uint64_t m_begin = 0, m_end = 0;

    // What is left free of the storage where the rest of it is too short.
    std::uint64_t padding(unsigned count) const
    {
        const std::uint64_t rest = m_mask + 1 - (m_end & m_mask);

        return count > rest ? rest : 0;
    }
    bool fits(unsigned count) const
    {
        return m_item && m_end + padding(count) + count - m_begin <= m_mask + 1;
    }
    // A lot that does not cross the storage's end does not cross that of twice as much.
    void grow()
    {
        std::vector<item> grown(m_items.empty() ? 1024 : 2 * m_items.size());

        for (std::uint64_t i = m_begin; i < m_end && m_item; i++)
            grown[i & (grown.size() - 1)] = m_item[i & m_mask];
        m_items = std::move(grown);
        m_item = m_items.data();
        m_mask = m_items.size() - 1;
    }
};

// A work; its items lie in the stream's lots.
struct work {
    std::uint64_t before, token;        // as in engine_work
    std::uint64_t steps, traffic;       // places
    std::uint16_t first, second, items; // steps of the first page's translation, then of the second's; of traffic
    std::uint8_t kind, core, access, probes;
    bool broadcast, all;
    std::uint8_t pages, missed, walked;
};

// Its items, wherever they are.
struct work_items {
    const struct step *first, *second;
    const struct traffic_item *traffic;
};

// Everything but the places.
inline void work_set(work &w, const engine_work &from)
{
    const struct outcome *const o = from.outcome;

    w.before = from.before;
    w.token = from.token;
    w.first = o ? static_cast<std::uint16_t>(o->x.steps.count) : std::uint16_t{ 0 };
    w.second = o && o->pages > 1 ? static_cast<std::uint16_t>(o->second.count) : std::uint16_t{ 0 };
    w.items = from.traffic ? static_cast<std::uint16_t>(from.traffic->count) : std::uint16_t{ 0 };
    w.kind = from.kind;
    w.core = from.core;
    w.access = from.access;
    w.probes = from.probes;
    w.broadcast = from.broadcast;
    w.all = from.all;
    w.pages = o ? o->pages : std::uint8_t{ 0 };
    w.missed = o ? o->missed : std::uint8_t{ 0 };
    w.walked = o ? o->walked : std::uint8_t{ 0 };
}

inline work_items work_items_of(const engine_work &from)
{
    const struct outcome *const o = from.outcome;

    return { o ? o->x.steps.step : nullptr, o ? o->second.step : nullptr, from.traffic ? from.traffic->item : nullptr };
}

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
        return m_work[m_first];
    }
    const struct step *steps(const work &w) const
    {
        return m_steps.at(w.steps);
    }
    const struct traffic_item *traffic(const work &w) const
    {
        return m_traffic.at(w.traffic);
    }
    void push(const work &from, const work_items &items);
    void pop()
    {
        const work &w = front();

        m_steps.drop(w.steps + w.first + w.second);
        m_traffic.drop(w.traffic + w.items);
        m_first = (m_first + 1) & m_mask;
        m_count--;
    }
    void clear();

  private:
    std::vector<work> m_ring; // a power of two of places, or none
    work *m_work = nullptr;   // they
    unsigned m_mask = 0;      // what makes a place of a number
    unsigned m_first = 0, m_count = 0;
    lots<struct step> m_steps;
    lots<struct traffic_item> m_traffic;

    void grow();
};

} // namespace stagewalk
