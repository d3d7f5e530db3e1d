/* Fronts, effects and orders against the definitions, point by point. */
#include "tests/unit/models/rows.h"

#include "sim/explore/analyse.h"

#include <stdio.h>
#include <stdlib.h>

#define POINTS_MAX 80
#define ROUNDS 300

static uint64_t dice_state;

static unsigned dice(unsigned sides)
{
    dice_state = dice_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(dice_state >> 33) % sides;
}

/* A space of three knobs, and results of small whole numbers, so that there are many equals; some points are not ok. */
static void make(struct space *s, struct point_result *r)
{
    static const char *const words[] = { "cost.l1d=1..3", "cost.l2=1..4", "cost.ddr=1..5" };
    struct config config;
    struct trace_error err;

    params_default(&config);
    space_init(s, &config);
    for (size_t i = 0; i < 3; i++)
        assert_true(space_add(s, words[i], &err));
    assert_true(space_close(s, POINTS_MAX, &err));
    for (size_t p = 0; p < s->points; p++) {
        point_result_init(&r[p], dice(8) > 0 ? POINT_OK : POINT_IMPOSSIBLE);
        r[p].value[METRIC_MEAN] = dice(9);
        r[p].value[METRIC_TABLE_BYTES] = dice(9);
        r[p].value[METRIC_REACH_BYTES] = dice(9) > 0 ? dice(9) : (double)NAN;
    }
}

static bool dominates(const struct point_result *a, const struct point_result *b)
{
    double x = a->value[METRIC_MEAN], y = b->value[METRIC_MEAN];
    double cx = a->value[METRIC_TABLE_BYTES], cy = b->value[METRIC_TABLE_BYTES];

    return a->status == POINT_OK && x <= y && cx <= cy && (x < y || cx < cy);
}

static void front(void **state)
{
    struct sweep sweep = { 0 };

    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct point_result r[POINTS_MAX];
        bool on[POINTS_MAX];
        struct space s;

        dice_state = round;
        make(&s, r);
        assert_true(analyse_front(r, s.points, METRIC_TABLE_BYTES, on));
        for (size_t p = 0; p < s.points; p++) {
            bool best = r[p].status == POINT_OK;

            for (size_t q = 0; q < s.points; q++)
                best = best && !dominates(&r[q], &r[p]);
            sweep_point(&sweep, on[p], best, "round %u point %zu", round, p);
        }
        space_free(&s);
    }
    sweep_end(&sweep, ROUNDS * 61);
}

struct mean {
    double of;
    size_t count;
};

/* The mean of a metric over the points whose value of a knob is this; NULL: any. */
static struct mean mean_of(const struct space *s, const struct point_result *r, enum metric m, size_t knob,
                           const char *value)
{
    struct mean mean = { 0, 0 };

    for (size_t p = 1; p < s->points; p++) { /* 0 is the baseline */
        if (r[p].status != POINT_OK || isnan(r[p].value[m]) || (value && strcmp(space_value(s, p, knob), value) != 0))
            continue;
        mean.of += r[p].value[m];
        mean.count++;
    }
    mean.of = mean.count > 0 ? mean.of / (double)mean.count : (double)NAN;
    return mean;
}

static void check_effects(const struct space *s, const struct point_result *r, enum metric m)
{
    struct effects e;
    struct mean all = mean_of(s, r, m, 0, NULL);
    double mean = all.of, total = 0;

    for (size_t p = 1; p < s->points; p++) {
        if (r[p].status == POINT_OK && !isnan(r[p].value[m]))
            total += (r[p].value[m] - mean) * (r[p].value[m] - mean);
    }
    memset(&e, POISON, sizeof e);
    assert_true(analyse_effects(s, r, m, &e));
    assert_int_equal(e.points, all.count);
    for (size_t i = 0; i < s->knob_count; i++) {
        double between = 0, best = NAN;

        for (size_t v = 0; v < s->knob[i].listed; v++) {
            struct mean own = mean_of(s, r, m, i, s->knob[i].value[v]);
            double of = own.of;

            assert_int_equal(e.knob[i].value[v].points, own.count);
            if (own.count == 0) {
                assert_true(isnan(e.knob[i].value[v].mean));
                continue;
            }
            assert_true(fabs(e.knob[i].value[v].mean - of) < 1e-9);
            between += (double)own.count * (of - mean) * (of - mean);
            best = isnan(best) ? of : metric_wants_more(m) ? fmax(best, of) : fmin(best, of);
        }
        assert_true(fabs(e.knob[i].share - between / total) < 1e-9);
        assert_true(fabs(e.knob[i].value[e.knob[i].best].mean - best) < 1e-9);
        if (i > 0)
            assert_true(e.knob[e.rank[i - 1]].share >= e.knob[e.rank[i]].share);
    }
    analyse_free(&e);
}

static void effects(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct point_result r[POINTS_MAX];
        struct space s;

        dice_state = round;
        make(&s, r);
        assert_true(s.outside);
        check_effects(&s, r, METRIC_MEAN);
        check_effects(&s, r, METRIC_REACH_BYTES);
        space_free(&s);
    }
}

/* In a full product of what adds up, the shares add up to 1. */
static void shares(void **state)
{
    struct point_result r[POINTS_MAX];
    struct effects e;
    struct space s;

    (void)state;
    make(&s, r);
    for (size_t p = 0; p < s.points; p++) {
        r[p].status = POINT_OK;
        r[p].value[METRIC_MEAN] = strtod(space_value(&s, p, 0), NULL) + 10 * strtod(space_value(&s, p, 2), NULL);
    }
    assert_true(analyse_effects(&s, r, METRIC_MEAN, &e));
    assert_true(fabs(e.knob[0].share + e.knob[2].share - 1) < 1e-9);
    assert_true(e.knob[1].share < 1e-9);
    assert_int_equal(e.rank[0], 2);
    assert_int_equal(e.rank[1], 0);
    analyse_free(&e);
    space_free(&s);
}

static void order(void **state)
{
    static const enum metric of[] = { METRIC_MEAN, METRIC_REACH_BYTES };

    (void)state;
    for (unsigned round = 0; round < 2 * ROUNDS; round++) {
        enum metric m = of[round % 2];
        double sign = metric_wants_more(m) ? -1 : 1;
        struct point_result r[POINTS_MAX];
        size_t place[POINTS_MAX], good, ok = 0;
        bool seen[POINTS_MAX] = { false };
        struct space s;

        dice_state = round;
        make(&s, r);
        good = analyse_order(&s, r, m, place);
        for (size_t p = 0; p < s.points; p++)
            ok += r[p].status == POINT_OK && !isnan(r[p].value[m]);
        assert_int_equal(good, ok);
        for (size_t i = 0; i < s.points; i++) {
            assert_false(seen[place[i]]);
            seen[place[i]] = true;
            if (i == 0 || i >= good)
                continue;
            assert_true(sign * r[place[i - 1]].value[m] <= sign * r[place[i]].value[m]);
            if (r[place[i - 1]].value[m] == r[place[i]].value[m])
                assert_true(place[i - 1] < place[i]);
        }
        space_free(&s);
    }
}

static void cheapest(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct point_result r[POINTS_MAX];
        struct space s;
        double least = INFINITY;
        size_t best;

        dice_state = round;
        make(&s, r);
        for (size_t p = 0; p < s.points; p++) {
            r[p].value[METRIC_MEAN] += 1;
            if (r[p].status == POINT_OK)
                least = fmin(least, r[p].value[METRIC_MEAN]);
        }
        best = analyse_cheapest(&s, r, METRIC_TABLE_BYTES, 1.0);
        assert_true(best < s.points);
        for (size_t p = 0; p < s.points; p++) {
            if (r[p].status == POINT_OK && r[p].value[METRIC_MEAN] <= 2 * least)
                assert_true(r[best].value[METRIC_TABLE_BYTES] <= r[p].value[METRIC_TABLE_BYTES]);
        }
        assert_true(r[best].status == POINT_OK && r[best].value[METRIC_MEAN] <= 2 * least);
        for (size_t p = 0; p < s.points; p++)
            r[p].status = POINT_FAILED;
        assert_int_equal(analyse_cheapest(&s, r, METRIC_TABLE_BYTES, 1.0), s.points);
        space_free(&s);
    }
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "the front is whom nobody dominates", front, NULL);
    rows_add_test(&r, "effects by definition", effects, NULL);
    rows_add_test(&r, "shares of what adds up", shares, NULL);
    rows_add_test(&r, "orders", order, NULL);
    rows_add_test(&r, "the cheapest that is nearly the best", cheapest, NULL);
    return rows_run(&r, "analyse");
}
