/* The queue between a foreign trace and who reads it. */
#include "tests/unit/models/rows.h"

#include "traces/readers/runs.h"

/* Runs of two records behind a single one: the queue is never empty after 64 have been taken. */
static void the_queue_does_not_grow(void **state)
{
    static struct runs runs;
    struct trace_rec recs[64];
    uint64_t given = 0;

    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        struct foreign_access fetch = {
            .op = REC_FETCH, .flags = REC_PA_UNKNOWN, .bytes = 4, .va = 0x1000 + i % 2 * 16
        };
        struct foreign_access load = { .op = REC_LOAD, .flags = REC_PA_UNKNOWN, .bytes = 8, .va = 8 * i };

        assert_true(runs_fetch(&runs, &fetch));
        assert_true(i == 0 || runs_data(&runs, &load));
        if (runs.queue.count - runs.queue.at < 64)
            continue;
        assert_int_equal(runs_take(&runs, recs, 64), 64);
        for (int k = 0; k < 64; k++, given++)
            if (recs[k].op == REC_LOAD)
                assert_int_equal(recs[k].va, 8 * (given / 2));
    }
    assert_true(runs.queue.room <= 1024);
    runs_free(&runs);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "the queue does not grow", the_queue_does_not_grow, NULL);
    return rows_run(&r, "traces/readers/runs");
}
