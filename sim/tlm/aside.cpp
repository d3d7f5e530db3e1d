// A ring of parcels.
#include "sim/tlm/aside.h"

#include "traces/processors.h"

namespace stagewalk {

aside::aside(taker &by) : m_by(by)
{
    const int here = processors_here();

    m_thread = std::thread([this, here] { empty(here); });
}

aside::~aside()
{
    {
        const std::lock_guard<std::mutex> held(m_lock);
        m_filled++; // what there is of it
        m_last = true;
    }
    m_arrived.notify_one();
    m_thread.join();
}

void aside::post(const engine_work &from)
{
    const work_items items = work_items_of(from);
    work w = work_of(from);

    w.steps = m_at->steps.size();
    w.traffic = m_at->traffic.size();
    m_at->steps.insert(m_at->steps.end(), items.first, items.first + w.first);
    m_at->steps.insert(m_at->steps.end(), items.second, items.second + w.second);
    m_at->traffic.insert(m_at->traffic.end(), items.traffic, items.traffic + w.items);
    m_at->works.push_back(w);
    if (m_at->works.size() == parcel_works)
        hand_over();
}

void aside::run(const since_last &since)
{
    m_at->ends.push_back({ m_at->works.size(), since });
    if (m_at->ends.size() == parcel_works)
        hand_over();
}

// The next parcel is the one that has been empty for longest.
void aside::hand_over()
{
    std::unique_lock<std::mutex> held(m_lock);

    m_filled++;
    if (m_filled - m_emptied >= wakes)
        m_arrived.notify_one();
    m_room.wait(held, [this] { return m_filled - m_emptied < ring; });
    m_at = &m_parcel[m_filled % ring];
}

// Waits for parcels. Returns how many there are; 0 in the end.
unsigned aside::arrived()
{
    std::unique_lock<std::mutex> held(m_lock);

    m_arrived.wait(held, [this] { return m_filled - m_emptied >= wakes || m_last; });
    return m_filled - m_emptied;
}

void aside::empty(int caller_cpu)
{
    const unsigned processors = processors_count();

    processors_leave(caller_cpu, processors > 2 ? processors - 2 : 0); // the first others read the trace
    for (unsigned count; (count = arrived()) > 0;) {
        for (unsigned at = m_emptied; count > 0; at++, count--) {
            empty_one(m_parcel[at % ring]);

            const std::lock_guard<std::mutex> held(m_lock);
            m_emptied++;
            if (m_filled - m_emptied <= ring / 2) // to be woken for each would take the caller's time
                m_room.notify_one();
        }
    }
}

void aside::empty_one(parcel &p)
{
    std::size_t next = 0;
    const auto take_until = [&](std::size_t end) {
        for (; next < end; next++) {
            work &w = p.works[next];
            const struct step *const steps = p.steps.data() + w.steps;

            m_by.take(w, { steps, steps + w.first, p.traffic.data() + w.traffic });
        }
    };

    for (const batch_end &end : p.ends) {
        take_until(end.works);
        m_by.take_run(end.since);
    }
    take_until(p.works.size());
    p.works.clear();
    p.steps.clear();
    p.traffic.clear();
    p.ends.clear();
}

} // namespace stagewalk
