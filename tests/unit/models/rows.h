/* Tables as cmocka tests: each row becomes a test of its own, under its own name, and each point of a sweep that comes
 * out wrong is named. Knows nothing of what is tested. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROWS_MAX 1024
#define POISON 0xcd

/* The last three arguments of rows_add for an array of rows. */
#define ROWS_OF(table) (table), sizeof(table) / sizeof *(table), sizeof *(table)

struct rows {
    struct CMUnitTest test[ROWS_MAX];
    size_t count;
};

/* Adds one test. */
static inline void rows_add_test(struct rows *r, const char *name, CMUnitTestFunction check, const void *state)
{
    assert_true(r->count < ROWS_MAX);
    r->test[r->count++] = (struct CMUnitTest){ name, check, NULL, NULL, (void *)(uintptr_t)state };
}

/* Adds one test for each of `count` rows, `stride` bytes apart. A row is a struct whose first member is its name;
 * `check` finds it in *state. */
static inline void rows_add(struct rows *r, CMUnitTestFunction check, const void *table, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        const char *row = (const char *)table + i * stride, *name;

        memcpy(&name, row, sizeof name);
        rows_add_test(r, name, check, row);
    }
}

/* Runs them all. Returns main's exit status. */
static inline int rows_run(const struct rows *r, const char *name)
{
    return _cmocka_run_group_tests(name, r->test, r->count, NULL, NULL) != 0;
}

/* A sweep: many points in one test. Starts at zero. */
struct sweep {
    unsigned points, wrong;
};

/* Compares one point; the rest names it as for printf. Says so at once when it is wrong, up to a screenful. */
__attribute__((format(printf, 4, 5))) static inline void sweep_point(struct sweep *s, uint64_t got, uint64_t want,
                                                                     const char *format, ...)
{
    va_list ap;

    s->points++;
    if (got == want || s->wrong++ >= 20)
        return;
    va_start(ap, format);
    vprint_error(format, ap);
    va_end(ap);
    print_error(": %#llx, should be %#llx\n", (unsigned long long)got, (unsigned long long)want);
}

/* Fails the test if any point was wrong, or if there were not as many as there should have been. */
static inline void sweep_end(const struct sweep *s, unsigned points)
{
    assert_int_equal(s->wrong, 0);
    assert_int_equal(s->points, points);
}
