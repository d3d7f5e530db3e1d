/* One core's time. */
#include "sim/replay/sample_own.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/* The front end asks for an instruction when one so many before it is issued, and while an older access waits. */
static uint64_t fetch_begins(const struct sample_own *o, uint32_t ahead)
{
    uint64_t at = less(o->now, ahead);

    if (ahead == 0)
        return o->now;
    if (o->done < o->data_at + ahead)
        at = less(o->data_from, o->data_at + ahead - o->done);
    return least(o->now, at > o->fetch_free ? at : o->fetch_free);
}

uint32_t sample_own_wait(struct sample_own *o, const struct charge *charge, uint64_t done, uint32_t ahead)
{
    bool fetch = charge->kind == ACCESS_FETCH;
    uint64_t xlat = charge->xlat[0] + charge->xlat[1], from, end, wait = 0;

    o->now += done - o->done;
    o->done = done;
    from = fetch ? fetch_begins(o, ahead) : o->now;
    if (charge->walked) {
        wait = less(o->walker_free, from);
        o->walker_free = from + wait + xlat;
    }
    end = from + wait + xlat + charge->lines;
    if (fetch) {
        o->fetch_free = end;
    } else {
        o->data_from = o->now;
        o->data_at = done;
    }
    o->now = end > o->now ? end : o->now;
    return (uint32_t)wait;
}
