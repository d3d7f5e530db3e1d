/* Ratios and intervals against values worked out by hand, and against what they promise: to cover. */
#include "sim/replay/estimate.h"

#include "tests/unit/models/rows.h"

#include <math.h>

static void assert_near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within))
        fail_msg("%.9g, should be %.9g", got, want);
}

/* [tables of Student's distribution, two-sided 5 %] */
static const struct student_row {
    const char *name;
    size_t freedom;
    double t;
} students[] = {
    { "1 degree", 1, 12.706 },     { "2 degrees", 2, 4.303 },   { "10 degrees", 10, 2.228 },
    { "11 degrees", 11, 2.201 },   { "20 degrees", 20, 2.086 }, { "60 degrees", 60, 2.000 },
    { "120 degrees", 120, 1.980 }, { "many", 1000000, 1.960 },
};

static void student_is_as_tables_have_it(void **state)
{
    const struct student_row *row = *state;

    assert_near(estimate_student(row->freedom), row->t, 0.0006);
}

/* Residuals y - 2 z are -1 1 -1 1 -1 1: no skewness, variance 6 / 5, kurtosis 1; z is 3 on average. */
static void by_hand(void **state)
{
    static const double y[] = { 5, 7, 3, 5, 7, 9 }, z[] = { 3, 3, 2, 2, 4, 4 };
    struct estimate e = estimate_ratio(y, z, 6, 0.25);
    double half = 2.5706 * sqrt(6.0 / 5 * 0.75 / 6) / 3;

    (void)state;
    assert_true(e.bounded);
    assert_near(e.value, 2, 1e-12);
    assert_near(e.low, 2 - half, 1e-6);
    assert_near(e.high, 2 + half, 1e-6);
}

static void what_is_always_the_same_is_known(void **state)
{
    static const double y[] = { 2, 4, 6, 8, 10 }, z[] = { 1, 2, 3, 4, 5 };
    struct estimate e = estimate_ratio(y, z, 5, 0.05);

    (void)state;
    assert_true(e.bounded);
    assert_near(e.low, 2, 1e-12);
    assert_near(e.high, 2, 1e-12);
}

/* Windows without an event, and with: four of them tell nothing of how many there might have been. */
static const struct few_row {
    const char *name;
    size_t count;
    double y[8], z[8];
    bool bounded;
    double value;
} few[] = {
    { "no windows", 0, { 0 }, { 0 }, false, 0 },
    { "one window", 1, { 1 }, { 2 }, false, 0.5 },
    { "nothing asked for", 6, { 0 }, { 0 }, false, 0 },
    { "no event", 6, { 0 }, { 1, 1, 1, 1, 1, 1 }, false, 0 },
    { "four events", 6, { 1, 1, 1, 1 }, { 1, 1, 1, 1, 2, 2 }, false, 0.5 },
    { "five events", 6, { 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 3, 3 }, true, 0.5 },
};

static void too_little_has_no_interval(void **state)
{
    const struct few_row *row = *state;
    struct estimate e = estimate_ratio(row->y, row->z, row->count, 0.05);

    assert_int_equal(e.bounded, row->bounded);
    assert_near(e.value, row->value, 1e-12);
    assert_true(e.low <= e.value && e.value <= e.high);
}

static uint64_t random_state;

static double uniform(void)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (double)(random_state >> 11) / 9007199254740992.0;
}

static double even(void)
{
    return uniform();
}

static double rare(void)
{
    return uniform() < 0.05 ? 1 : 0;
}

static double rare_and_costly(void)
{
    return uniform() < 0.05 ? -30 * log(1 - uniform()) : 0;
}

/* Brute force: a population of 20 windows a stratum, one drawn of each, again and again. `most`: no interval covers
 * always, but one that is as wide as that tells nothing. */
static const struct cover_row {
    const char *name;
    double (*draw)(void);
    unsigned strata;
    double least, most;
} covers[] = {
    { "even", even, 200, 0.93, 0.97 },
    { "rare", rare, 400, 0.92, 0.985 },
    { "rare and costly", rare_and_costly, 400, 0.92, 0.99 },
    { "rare and costly, many", rare_and_costly, 2000, 0.93, 0.98 },
};

#define TRIES 1000
#define SLOTS 20

static void covers_as_often_as_it_says(void **state)
{
    const struct cover_row *row = *state;
    static double all[2000][SLOTS], y[2000], z[2000];
    double sum = 0;
    unsigned covered = 0;

    random_state = 42;
    for (unsigned i = 0; i < row->strata; i++) {
        z[i] = 10;
        for (unsigned k = 0; k < SLOTS; k++)
            sum += all[i][k] = row->draw();
    }
    for (unsigned n = 0; n < TRIES; n++) {
        struct estimate e;

        for (unsigned i = 0; i < row->strata; i++)
            y[i] = all[i][(unsigned)(uniform() * SLOTS)];
        e = estimate_ratio(y, z, row->strata, 1.0 / SLOTS);
        covered += e.low <= sum / row->strata / SLOTS / 10 && sum / row->strata / SLOTS / 10 <= e.high;
    }
    if (covered < row->least * TRIES || covered > row->most * TRIES)
        fail_msg("%u of %u intervals cover", covered, TRIES);
}

/* Six windows of 3 on average: half the interval is t times the root of two such sums' variance, by the sum. Residuals
 * are those of by_hand. */
static void again_by_hand(void **state)
{
    static const double y[] = { 5, 7, 3, 5, 7, 9 }, z[] = { 3, 3, 2, 2, 4, 4 };
    struct estimate e = estimate_again(y, z, 6), none = estimate_again(y, z, 1);
    double half = 2.5706 * sqrt(2 * 6) / 18;

    (void)state;
    assert_true(e.bounded);
    assert_near(e.value, 2, 1e-12);
    assert_near(e.low, 2 - half, 1e-5);
    assert_near(e.high, 2 + half, 1e-5);
    assert_false(none.bounded);
}

/* Windows that take 10 alone, a few of them longer: limits of a Poisson mean [Garwood: 3.689 for none, 7.225 for
 * two]. */
static const struct longer_row {
    const char *name;
    double extra[5];
    size_t count;
    double value, high;
} longer[] = {
    { "none took longer", { 0 }, 40, 1, 1 + 3.689 * 10 / 400 },
    { "two took a little longer", { 1, 3 }, 40, 1.01, 1 + 7.225 * 10 / 400 },
    { "two took much longer", { 30, 50 }, 40, 1.2, 1 + 7.225 * 40 / 400 },
};

static void few_that_took_longer(void **state)
{
    const struct longer_row *row = *state;
    double y[40], z[40];
    struct estimate e;

    for (size_t i = 0; i < 40; i++) {
        z[i] = 10;
        y[i] = 10 + (i < 5 ? row->extra[i] : 0);
    }
    e = estimate_longer(y, z, row->count, 0.05);
    assert_true(e.bounded);
    assert_near(e.value, row->value, 1e-12);
    assert_near(e.low, 1, 1e-12);
    assert_near(e.high, row->high, 1e-12);
    y[2] = y[3] = y[4] = y[5] = y[6] = 15;
    e = estimate_longer(y, z, row->count, 0.05);
    assert_near(e.high, estimate_ratio(y, z, row->count, 0.05).high, 0);
    e = estimate_longer(y, z, 4, 0.05);
    assert_false(e.bounded);
}

static void scaled_and_exact(void **state)
{
    struct estimate e = estimate_scaled((struct estimate){ 2, 1, 4, true }, 10), x = estimate_exact(3),
                    sum = estimate_sum(e, (struct estimate){ 100, 90, 105, true });

    (void)state;
    assert_near(e.value, 20, 0);
    assert_near(e.low, 10, 0);
    assert_near(e.high, 40, 0);
    assert_true(e.bounded && x.bounded && sum.bounded);
    assert_near(sum.value, 120, 0);
    assert_near(sum.low, 100, 0);
    assert_near(sum.high, 145, 0);
    assert_false(estimate_sum(e, (struct estimate){ 1, 1, 1, false }).bounded);
    assert_true(x.low >= 3 && x.high <= 3);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, student_is_as_tables_have_it, ROWS_OF(students));
    rows_add_test(&all, "by hand", by_hand, NULL);
    rows_add_test(&all, "what is always the same is known", what_is_always_the_same_is_known, NULL);
    rows_add(&all, too_little_has_no_interval, ROWS_OF(few));
    rows_add(&all, covers_as_often_as_it_says, ROWS_OF(covers));
    rows_add_test(&all, "again, by hand", again_by_hand, NULL);
    rows_add(&all, few_that_took_longer, ROWS_OF(longer));
    rows_add_test(&all, "scaled and exact", scaled_and_exact, NULL);
    return rows_run(&all, "estimate");
}
