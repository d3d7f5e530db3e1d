/* The calendar of a shared resource: gaps found, waits told by owner, and a naive calendar that agrees. */
#include "models/cost/busy.h"
#include "tests/unit/models/rows.h"

static struct busy b;

/* Requests one after the other: when it comes, how long, whose; when it begins and for whom it waits how long. */
struct request {
    uint64_t at;
    uint32_t cycles, owner;
    uint64_t start;
    uint32_t by[BUSY_OWNERS];
};

struct story_row {
    const char *name;
    struct request requests[5];
};

// clang-format off
static const struct story_row story_rows[] = {
    { "free", { { 10, 4, 0, 10, { 0 } }, { 14, 4, 1, 14, { 0 } } } },
    { "one cycle too early", { { 10, 4, 0, 10, { 0 } }, { 13, 4, 1, 14, { 1 } } } },
    { "at the same time", { { 10, 4, 0, 10, { 0 } }, { 10, 4, 1, 14, { 4 } } } },
    { "behind two", { { 10, 4, 0, 10, { 0 } }, { 10, 4, 1, 14, { 4 } }, { 12, 4, 2, 18, { 2, 4 } } } },
    { "earlier, asked later: the gap before", { { 100, 4, 0, 100, { 0 } }, { 10, 4, 1, 10, { 0 } } } },
    { "the gap fits exactly", { { 100, 4, 0, 100, { 0 } }, { 96, 4, 1, 96, { 0 } } } },
    { "the gap is one too short", { { 100, 4, 0, 100, { 0 } }, { 97, 4, 1, 104, { 7 } } } },
    { "a gap between two", { { 100, 4, 0, 100, { 0 } }, { 108, 4, 1, 108, { 0 } }, { 101, 4, 2, 104, { 3 } } } },
    { "for itself", { { 10, 4, 3, 10, { 0 } }, { 10, 4, 3, 14, { 0, 0, 0, 4 } } } },
    { "nothing wanted, at once", { { 10, 4, 0, 10, { 0 } }, { 14, 0, 1, 14, { 0 } } } },
    { "nothing wanted, but taken", { { 10, 4, 0, 10, { 0 } }, { 11, 0, 1, 14, { 3 } } } },
};
// clang-format on

static void check_story(void **state)
{
    const struct story_row *row = *state;

    memset(&b, POISON, sizeof b);
    busy_init(&b);
    for (const struct request *r = row->requests; r < row->requests + 5 && (r->cycles || r->at); r++) {
        struct busy_wait w = busy_take(&b, r->at, r->cycles, r->owner);

        assert_int_equal(w.start, r->start);
        assert_memory_equal(w.by, r->by, sizeof w.by);
    }
}

#define TIMES 4096

/* Which owner has each cycle, plus 1: the same, cycle by cycle. */
static uint8_t taken[TIMES];

static struct busy_wait naive_take(uint64_t at, uint32_t cycles, uint32_t owner)
{
    struct busy_wait w = { .start = at };

    for (;;) {
        uint32_t run = 0;

        while (run < cycles && !taken[w.start + run])
            run++;
        if (run == cycles)
            break;
        w.by[taken[w.start + run] - 1] += run; /* the gap is waited through for the one behind it */
        w.start += run;
        for (; taken[w.start]; w.start++)
            w.by[taken[w.start] - 1]++;
    }
    memset(taken + w.start, (int)owner + 1, cycles);
    return w;
}

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void agrees_with_cycles(void **state)
{
    uint32_t seed = 1;
    struct sweep s = { 0 };

    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        memset(taken, 0, sizeof taken);
        busy_init(&b);
        for (unsigned i = 0; i < 100; i++) {
            uint64_t at = dice(&seed) % 1000;
            uint32_t cycles = 1 + dice(&seed) % 9, owner = dice(&seed) % BUSY_OWNERS;
            struct busy_wait is = busy_take(&b, at, cycles, owner), want = naive_take(at, cycles, owner);

            sweep_point(&s, is.start, want.start, "round %u request %u: start", round, i);
            for (unsigned k = 0; k < BUSY_OWNERS; k++)
                sweep_point(&s, is.by[k], want.by[k], "round %u request %u: by core %u", round, i, k);
        }
    }
    sweep_end(&s, 200 * 100 * (1 + BUSY_OWNERS));
}

/* What is over is forgotten, what is not is kept. */
static void forgets(void **state)
{
    (void)state;
    busy_init(&b);
    busy_take(&b, 10, 4, 0);
    busy_take(&b, 20, 4, 1);
    busy_forget(&b, 13);
    assert_int_equal(b.count, 2);
    busy_forget(&b, 14);
    assert_int_equal(b.count, 1);
    assert_int_equal(busy_find(&b, 10, 4).start, 10);
    assert_int_equal(busy_find(&b, 20, 4).start, 24);
}

/* More than it can keep: what is booked stays booked, gaps at the old end are lost. */
static void nothing_booked_is_lost(void **state)
{
    (void)state;
    busy_init(&b);
    for (uint64_t i = 0; i < 3 * BUSY_SPANS; i++)
        busy_take(&b, 10 * i, 4, i % BUSY_OWNERS);
    assert_true(b.count <= BUSY_SPANS);
    for (uint32_t i = 1; i < b.count; i++)
        assert_true(b.span[i - 1].to <= b.span[i].from);
    for (uint64_t i = 0; i < 3 * BUSY_SPANS; i++)
        assert_true(busy_find(&b, 10 * i, 4).start >= 10 * i + 4);
    assert_int_equal(busy_find(&b, 10 * 3 * BUSY_SPANS, 4).start, 10 * 3 * BUSY_SPANS);
}

/* A backlog of many owners, far in the future: the next one comes behind all of it. */
static void a_backlog_is_waited_for(void **state)
{
    (void)state;
    busy_init(&b);
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(busy_take(&b, 0, 60, i % 2).start, 60 * i);
    assert_int_equal(busy_take(&b, 0, 60, 3).start, 60000);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add_test(&all, "agrees with a calendar of cycles", agrees_with_cycles, NULL);
    rows_add_test(&all, "forgets what is over", forgets, NULL);
    rows_add_test(&all, "nothing booked is lost", nothing_booked_is_lost, NULL);
    rows_add_test(&all, "a backlog is waited for", a_backlog_is_waited_for, NULL);
    return rows_run(&all, "cost/busy");
}
