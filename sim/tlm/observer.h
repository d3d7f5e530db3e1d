// What whoever watches the machine is told: each translation with the times of its steps, and how long each request
// stood at a shared resource. Watching changes nothing.
//
// Cores run ahead of each other, so reports come nearly but not quite in the order of their times; `horizon` says what
// time nothing will come before any more. Times are in core cycles since the engine's start.
#pragma once

#include "sim/tlm/models.h"

#include <vector>

namespace stagewalk {

using cycles_t = std::uint64_t;

// One step of a translation, from when it was begun (after any wait) to when it was done.
struct observed_step {
    struct step step;
    cycles_t from, to;
};

// One translation beyond a micro-TLB. Its steps follow each other; gaps are waits and the walker's own work.
struct observed_xlat {
    unsigned core;
    enum access_kind kind; // ACCESS_FETCH: of the instruction side; ACCESS_AT_...: an AT, no part of any latency
    bool walked;           // more than a look at the main TLB: its cycles count in WALK_CYCLES, unless it is an AT
    cycles_t from, to;     // waits included
    cycles_t cycles;       // to - from, and the micro-TLB's look-up, which goes on beside the access
    std::vector<observed_step> steps;
};

// Where requests of different cores meet; the others are a core's own.
constexpr enum resource shared_resources[] = { RESOURCE_L2,  RESOURCE_CCI, RESOURCE_DDR_BANK, RESOURCE_DDR,
                                               RESOURCE_OCM, RESOURCE_PL,  RESOURCE_DEVICE,   RESOURCE_DVM };

constexpr bool resource_is_shared(enum resource resource)
{
    for (enum resource r : shared_resources) {
        if (r == resource)
            return true;
    }
    return false;
}

class observer {
  public:
    virtual ~observer() = default;
    virtual void translated(const observed_xlat &xlat) = 0;
    // A request of a core stood at a resource, waiting or served.
    virtual void queued(enum resource resource, unsigned core, cycles_t from, cycles_t to) = 0;
    // Nothing will come that begins before this time.
    virtual void horizon(cycles_t now) = 0;
    // The machine has come to rest; the last call.
    virtual void finish(cycles_t end) = 0;
};

} // namespace stagewalk
