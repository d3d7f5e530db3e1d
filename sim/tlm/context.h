// What all shells of one cluster share: its numbers, the length of a cycle, who waited for whom, who watches.
//
// Made before the first module, by whoever builds the platform, and kept until the last is gone. It fixes the length of
// a cycle in units of the time resolution, so that sc_set_time_resolution comes before it.
#pragma once

#include "sim/tlm/observer.h"

#include <systemc>

#include <vector>

namespace stagewalk {

class context {
  public:
    // The kernel stays so many cycles behind the cores, so that a fetch can begin while a long wait that was timed
    // before it is still on [choice: longer waits than this are not looked behind].
    static constexpr cycles_t lookback = 1024;
    static constexpr cycles_t short_delays = 2 * lookback;
    // A calendar that is so long is rid of what is over [choice: it stays in a few cache lines, and is seldom moved].
    static constexpr unsigned kept_spans = BUSY_SPANS / 4;

    // The configuration stays the caller's and is read all the time: it must outlive the context and not change. A
    // platform's numbers come from params_default, params_set and params_check.
    explicit context(const struct config &config);

    context(const context &) = delete;
    context &operator=(const context &) = delete;

    // Starts over with a configuration that must stay where it is; what is done begins in so many cycles from now.
    void restart(const struct config &config, cycles_t lead = 0);
    // Lets one unit of the kernel's time stand for a cycle from the next restart on: for a kernel that is the engine's
    // alone, where time would otherwise end after 18446 s at 1 fs.
    void count_in_cycles()
    {
        m_unit_is_cycle = true;
    }
    // Whether everything is done before the next thing begins: then a resource is never found taken, not even by what
    // the same access has left behind.
    void let_nobody_wait(bool so)
    {
        m_nobody_waits = so;
    }

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

    // The kernel's time in cycles, rounded down, and what a delay makes of it, rounded to the nearest.
    cycles_t now() const
    {
        if (!m_held)
            note_now(sc_core::sc_time_stamp());
        return m_now;
    }
    const sc_core::sc_time &time() const
    {
        return m_held ? m_stamp : sc_core::sc_time_stamp();
    }
    // Until let_go, time does not pass: for a process of the engine's, whose targets do not wait, so that the kernel
    // need not be asked each time.
    void hold()
    {
        note_now(sc_core::sc_time_stamp());
        m_held = true;
    }
    void let_go()
    {
        m_held = false;
    }
    cycles_t at(const sc_core::sc_time &delay) const
    {
        const cycles_t whole = now();

        if (m_cycle_is_unit)
            return whole + delay.value();
        return whole + static_cast<cycles_t>(static_cast<double>(delay.value() + m_rest) * m_per_unit + 0.5);
    }
    // A delay of so many cycles; the delay until a cycle, now if that is past; what is left, as a delay from now, of so
    // many cycles after a time of the kernel's: a target that waits makes now a later one.
    sc_core::sc_time delay(cycles_t cycles) const
    {
        return cycles < m_short.size() ? m_short[cycles] : sc_core::sc_time::from_value(cycles * m_cycle.value());
    }
    sc_core::sc_time until(cycles_t cycle) const
    {
        return from_now(delay(cycle));
    }
    sc_core::sc_time remaining(const sc_core::sc_time &from, cycles_t cycles) const
    {
        return from_now(from + delay(cycles));
    }

    // Takes a resource for a request that comes at `at`. Returns when it begins. `posted`: nobody waits for it, so its
    // wait is not told.
    struct request {
        enum resource resource;
        enum asker asker;
        unsigned core;
        bool posted;
    };
    cycles_t take(struct busy &calendar, const request &who, cycles_t at, std::uint32_t length)
    {
        if (m_nobody_waits || !observers.empty() || !busy_append(&calendar, at, length, who.core))
            return take_among(calendar, who, at, length);
        forget_past(calendar);
        ends(at + length);
        return at;
    }
    // The same for what is free from a time on. Returns the later of both.
    cycles_t wait_until(const request &who, cycles_t at, cycles_t free, unsigned owner);
    // The same for what has been found to wait otherwise.
    void waited(const request &who, cycles_t at, const struct busy_wait &wait, cycles_t until);

    // The end of all that has been begun.
    cycles_t latest() const
    {
        return m_latest;
    }
    void ends(cycles_t when)
    {
        m_latest = when > m_latest ? when : m_latest;
    }

    const struct waits &waits() const
    {
        return m_waits;
    }
    // What the access at work of a core has waited so far, in cycles by asker; whoever makes one sets it to zero.
    std::uint32_t waited_by(unsigned core, enum asker asker) const
    {
        return m_waited[core][asker];
    }
    void forget_waited(unsigned core)
    {
        for (std::uint32_t &cycles : m_waited[core])
            cycles = 0;
    }

    // Who watches; they stay the caller's.
    std::vector<observer *> observers;
    // 0 for the cycle in which the start came, where it began earlier.
    cycles_t since_start(cycles_t when) const
    {
        return when > m_start ? when - m_start : 0;
    }

  private:
    const struct config *m_config;
    sc_core::sc_time m_cycle;
    double m_per_unit = 0; // cycles in one unit of the kernel's time

    // The kernel's time, taken apart once: whole cycles and the units that are left.
    mutable sc_core::sc_time m_stamp;
    mutable sc_core::sc_time::value_type m_rest = 0;
    mutable cycles_t m_now = 0;
    bool m_held = false;
    void note_now(const sc_core::sc_time &stamp) const
    {
        if (stamp != m_stamp)
            take_apart(stamp);
    }
    void take_apart(const sc_core::sc_time &stamp) const;
    std::vector<sc_core::sc_time> m_short; // the delay of each number of cycles below short_delays
    // Nothing will be asked for what is over; a short calendar may keep it.
    void forget_past(struct busy &calendar) const
    {
        if (calendar.count >= kept_spans && calendar.span[0].to <= now())
            busy_forget(&calendar, now());
    }
    cycles_t take_among(struct busy &calendar, const request &who, cycles_t at, std::uint32_t length);
    struct waits m_waits {};
    std::uint32_t m_waited[CORES_MAX][ASKER_COUNT] = {};
    cycles_t m_start = 0, m_latest = 0;
    bool m_nobody_waits = false, m_unit_is_cycle = false;
    bool m_cycle_is_unit = false; // by whatever resolution
    sc_core::sc_time from_now(const sc_core::sc_time &when) const
    {
        return when > time() ? when - time() : sc_core::SC_ZERO_TIME;
    }
};

} // namespace stagewalk
