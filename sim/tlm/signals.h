// Signals whose changes are told nearly but not quite in the order of their times, brought into that order.
//
// A change is kept until time has passed it; what a signal is at the end of a cycle is its value in that cycle, so that
// what comes and goes within one is not seen. What is kept lies beyond the horizon, nothing else.
#pragma once

#include "sim/tlm/observer.h"

#include <deque>
#include <queue>
#include <vector>

namespace stagewalk {

class signals {
  public:
    // The value of a signal that says nothing.
    static constexpr std::uint64_t none = ~std::uint64_t{ 0 };

    struct change {
        cycles_t when;
        unsigned signal;
        std::uint64_t value;
    };

    explicit signals(std::vector<std::uint64_t> initial);

    // From then on a signal has a value, or has so much more (which may be negative). Of two for one signal and time
    // the one that came later counts.
    void set(cycles_t when, unsigned signal, std::uint64_t value);
    void add(cycles_t when, unsigned signal, int by);

    // Takes the next change that comes before a time: by time, one for each signal that is not what it was. False:
    // there is none. Afterwards nothing may come for an earlier time than that.
    bool next(cycles_t before, change &found);

  private:
    struct told {
        cycles_t when;
        std::uint64_t order, value;
        unsigned signal;
        bool adds;

        bool operator>(const told &other) const
        {
            return when != other.when ? when > other.when : order > other.order;
        }
    };

    std::vector<std::uint64_t> m_value, m_was;
    std::priority_queue<told, std::vector<told>, std::greater<>> m_later;
    std::vector<unsigned> m_touched;
    std::deque<change> m_settled; // of one time
    std::uint64_t m_order = 0;

    void settle();
};

} // namespace stagewalk
