// What all shells of one cluster share: its numbers, the length of a cycle, who waited for whom, who watches.
#pragma once

#include "sim/tlm/observer.h"

#include <systemc>

#include <vector>

namespace stagewalk {

class context {
  public:
    // The kernel stays so many cycles behind the cores, so that a fetch can begin while a long wait that was timed before
    // it is still on [choice: longer waits than this are not looked behind].
    static constexpr cycles_t lookback = 1024;

    explicit context(const struct config &config);

    context(const context &) = delete;
    context &operator=(const context &) = delete;

    // Starts over, now, with a configuration that must stay where it is.
    void restart(const struct config &config);

    const struct config &config() const
    {
        return *m_config;
    }
    const struct prices &price() const
    {
        return m_config->price;
    }
    const struct occupancy &busy() const
    {
        return m_config->busy;
    }

    // The kernel's time in cycles, and what a delay makes of it; a delay of so many cycles.
    cycles_t now() const;
    cycles_t at(const sc_core::sc_time &delay) const;
    sc_core::sc_time delay(cycles_t cycles) const;

    // Takes a resource for a request that comes at `at`. Returns when it begins. `posted`: nobody waits for it, so its
    // wait is not told.
    struct request {
        enum resource resource;
        enum asker asker;
        unsigned core;
        bool posted;
    };
    cycles_t take(struct busy &calendar, const request &who, cycles_t at, std::uint32_t length);
    // The same for what is free from a time on. Returns the later of both.
    cycles_t wait_until(const request &who, cycles_t at, cycles_t free, unsigned owner);
    // The same for what has been found to wait otherwise.
    void waited(const request &who, cycles_t at, const struct busy_wait &wait, cycles_t until);

    // The end of all that has been begun.
    cycles_t latest() const
    {
        return m_latest;
    }
    void ends(cycles_t when);

    const struct waits &waits() const
    {
        return m_waits;
    }
    // What the access at work has waited so far, by asker; whoever makes one sets it to zero.
    std::uint32_t waited_by(enum asker asker) const
    {
        return m_waited[asker];
    }
    void forget_waited();

    std::vector<observer *> observers;
    // 0 for the cycle in which the start came, where it began earlier.
    cycles_t since_start(cycles_t when) const
    {
        return when > m_start ? when - m_start : 0;
    }

  private:
    const struct config *m_config;
    sc_core::sc_time m_cycle;
    struct waits m_waits {};
    std::uint32_t m_waited[ASKER_COUNT] = {};
    cycles_t m_start = 0, m_latest = 0;
};

} // namespace stagewalk
