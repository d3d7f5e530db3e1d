// Cycles and times.
#include "sim/tlm/context.h"

#include <algorithm>

namespace stagewalk {

context::context(const struct config &config) : m_config(&config)
{
    restart(config);
}

// [choice: a cycle is a whole number of the kernel's time units, so that no sum of them is ever rounded: 833.333 ps for
// 1200 MHz when the unit is 1 fs]
void context::restart(const struct config &config, cycles_t lead)
{
    m_config = &config;
    m_cycle = sc_core::sc_time(1000.0 / config.clock_mhz, sc_core::SC_NS);
    if (m_cycle == sc_core::SC_ZERO_TIME || m_unit_is_cycle)
        m_cycle = sc_core::sc_get_time_resolution();
    m_cycle_is_unit = m_cycle.value() == 1;
    m_per_unit = 1.0 / static_cast<double>(m_cycle.value());
    m_held = false;
    take_apart(sc_core::sc_time_stamp());
    m_short.clear();
    while (m_short.size() < short_delays)
        m_short.push_back(sc_core::sc_time::from_value(m_short.size() * m_cycle.value()));
    m_start = m_latest = now() + lead;
    m_waits = {};
    for (unsigned core = 0; core < CORES_MAX; core++)
        forget_waited(core);
}

void context::take_apart(const sc_core::sc_time &stamp) const
{
    m_stamp = stamp;
    m_now = stamp.value() / m_cycle.value();
    m_rest = stamp.value() - m_now * m_cycle.value();
}

void context::waited(const request &who, cycles_t at, const struct busy_wait &wait, cycles_t until)
{
    if (!who.posted && wait.start > at)
        m_waited[who.core][who.asker] += waits_add(&m_waits, who.resource, who.asker, who.core, &wait);
    for (observer *o : observers)
        o->queued(who.resource, who.core, since_start(at), since_start(until));
}

cycles_t context::wait_until(const request &who, cycles_t at, cycles_t free, unsigned owner)
{
    struct busy_wait wait {};

    if (free <= at || m_nobody_waits)
        return at;
    wait.start = free;
    wait.by[owner] = static_cast<std::uint32_t>(std::min<cycles_t>(free - at, UINT32_MAX));
    waited(who, at, wait, free);
    return free;
}

// A request that others have come before, or that somebody watches.
cycles_t context::take_among(struct busy &calendar, const request &who, cycles_t at, std::uint32_t length)
{
    struct busy_wait wait {};

    wait.start = at;
    if (!m_nobody_waits) {
        forget_past(calendar);
        wait = busy_take(&calendar, at, length, who.core);
    }
    ends(wait.start + length);
    if (wait.start > at || !observers.empty())
        waited(who, at, wait, wait.start + length);
    return wait.start;
}

} // namespace stagewalk
