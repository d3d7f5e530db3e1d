// So many things of a kind that can be under way at once: buffers for lines, messages. One more waits for the first.
#pragma once

#include "sim/tlm/observer.h"

#include <array>

namespace stagewalk {

template <unsigned count> class slots {
  public:
    void restart()
    {
        m_done = {};
        m_next = 0;
    }
    // When the next thing can begin at the earliest.
    cycles_t free() const
    {
        return m_done[m_next];
    }
    // It has begun, and ends so.
    void taken_until(cycles_t done)
    {
        m_done[m_next] = done;
        m_next = (m_next + 1) % count;
    }

  private:
    std::array<cycles_t, count> m_done{}; // a ring: they are taken to end in the order in which they begin [choice]
    unsigned m_next = 0;
};

} // namespace stagewalk
