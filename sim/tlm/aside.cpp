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
    parcel &p = *m_at;
    work &w = *p.works.add(1);

    work_set(w, from);
    w.steps = p.steps.count();
    w.traffic = p.traffic.count();
    if (w.pages) {
        copy_few(p.steps.add(w.first), from.outcome->x.steps.step, w.first);
        copy_few(p.steps.add(w.second), from.outcome->second.step, w.second);
    }
    if (w.items)
        copy_few(p.traffic.add(w.items), from.traffic->item, w.items);
    if (p.works.count() == parcel_works)
        hand_over();
}

void aside::run(const since_last &since)
{
    *m_at->ends.add(1) = { m_at->works.count(), since };
    if (m_at->ends.count() == parcel_works)
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

    for (std::size_t i = 0; i < p.ends.count(); i++) {
        const batch_end &end = p.ends.all()[i];

        m_by.take(p.works.all() + next, end.works - next, p.steps.all(), p.traffic.all());
        m_by.take_run(end.since);
        next = end.works;
    }
    m_by.take(p.works.all() + next, p.works.count() - next, p.steps.all(), p.traffic.all());
    p.works.clear();
    p.steps.clear();
    p.traffic.clear();
    p.ends.clear();
}

} // namespace stagewalk
