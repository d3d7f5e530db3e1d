/* One core's time, cycle by cycle, worked out by hand. */
#include "sim/replay/sample_own.h"

#include "tests/unit/models/rows.h"

#define FETCH ACCESS_FETCH
#define LOAD ACCESS_LOAD

/* Two works: a first one that begins at cycle 100, and another `apart` instructions later. */
static const struct own_row {
    const char *name;
    uint8_t first, second; /* enum access_kind */
    bool first_walks, second_walks;
    uint32_t apart, ahead;
    uint32_t wait; /* of the second */
} owns[] = {
    { "a fetch begins before the load it follows has walked", LOAD, FETCH, true, true, 7, 8, 51 },
    { "a nearer one asks earlier", LOAD, FETCH, true, true, 5, 8, 53 },
    { "one that is asked for when that is done does not wait", LOAD, FETCH, true, true, 8, 8, 0 },
    { "without running ahead it comes after", LOAD, FETCH, true, true, 1, 0, 0 },
    { "no walk, no waiting", LOAD, FETCH, true, false, 1, 8, 0 },
    { "for no walk nobody waits", LOAD, FETCH, false, true, 1, 8, 0 },
    { "loads come one after the other", LOAD, LOAD, true, true, 0, 8, 0 },
    { "fetches, too", FETCH, FETCH, true, true, 1, 8, 0 },
};

static struct charge charge_of(uint8_t kind, bool walks)
{
    return (struct charge){ .kind = kind, .missed = 1, .walked = walks, .xlat = { 50 } };
}

static void second_waits(void **state)
{
    const struct own_row *row = *state;
    struct charge first = charge_of(row->first, row->first_walks), second = charge_of(row->second, row->second_walks);
    struct sample_own own = { 0 };

    assert_int_equal(sample_own_wait(&own, &first, 100, row->ahead), 0);
    assert_int_equal(sample_own_wait(&own, &second, 100 + row->apart, row->ahead), row->wait);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, second_waits, ROWS_OF(owns));
    return rows_run(&all, "sample_own");
}
