// What one core still has to be timed: works in the order of the trace, kept without their callers' memory.
#pragma once

#include "sim/tlm/engine.h"
#include "sim/tlm/extension.h"

#include <vector>

namespace stagewalk {

// A work that owns what it needs.
struct work {
    engine_work head{};
    std::vector<struct step> steps; // of the first page's translation, then of the second's
    unsigned first = 0;             // how many are the first's
    std::vector<struct traffic_item> traffic;
    unsigned pages = 0, missed = 0, walked = 0;
    struct fault fault {};
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
    void push(const engine_work &from);
    void pop();
    void clear();

  private:
    std::vector<work> m_ring; // a power of two of places
    unsigned m_first = 0, m_count = 0;

    work &slot();
};

} // namespace stagewalk
