// Works handed to a thread of its own, which times them while the caller goes on deciding: function needs no time.
//
// What the caller does reaches the thread in that order, in parcels, so that what comes of it is the same to the cycle.
// Memory is bounded: a caller who is too far ahead waits.
#pragma once

#include "sim/tlm/stream.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace stagewalk {

// Cycles that each core has worked since its last work.
struct since_last {
    std::uint64_t cycles[CORES_MAX];
};

// Who times. Neither throws.
class taker {
  public:
    virtual ~taker() = default;
    // Their items lie at their places of these.
    virtual void take(work *works, std::size_t count, const struct step *steps, const struct traffic_item *traffic) = 0;
    virtual void take_run(const since_last &since) = 0;
};

class aside {
  public:
    // Throws std::system_error when there is no thread to be had.
    explicit aside(taker &by);
    // Waits until all is taken.
    ~aside();

    aside(const aside &) = delete;
    aside &operator=(const aside &) = delete;

    void post(const engine_work &from);
    void run(const since_last &since);

  private:
    static constexpr unsigned ring = 16, parcel_works = 512, wakes = 4; // [choice]

    // Items that come one after the other and go all at once; their storage stays.
    template <typename item> class pile {
      public:
        std::size_t count() const
        {
            return m_count;
        }
        item *all()
        {
            return m_items.data();
        }
        item *add(unsigned count)
        {
            if (m_count + count > m_items.size())
                m_items.resize(2 * (m_count + count));
            m_count += count;
            return m_items.data() + (m_count - count);
        }
        void clear()
        {
            m_count = 0;
        }

      private:
        std::vector<item> m_items;
        std::size_t m_count = 0;
    };

    struct batch_end {
        std::size_t works; // so many before it
        since_last since;
    };
    struct parcel {
        pile<work> works;
        pile<struct step> steps;
        pile<struct traffic_item> traffic;
        pile<batch_end> ends;
    };

    taker &m_by;
    parcel m_parcel[ring];
    parcel *m_at = m_parcel; // the caller's
    std::mutex m_lock;
    std::condition_variable m_arrived, m_room;
    unsigned m_filled = 0, m_emptied = 0; // parcels so far; under the lock, as is:
    bool m_last = false;
    std::thread m_thread;

    void hand_over();
    unsigned arrived();
    void empty(int caller_cpu);
    void empty_one(parcel &p);
};

} // namespace stagewalk
