/* Of many points the page has those that are worth a look. */
#include "tests/unit/models/rows.h"

#include "sim/html/page_explore.h"

static const struct many_row {
    const char *name;
    int points, baseline, broken; /* one in so many is broken; 0: none */
    size_t shown;                 /* with 2 on a front, of the lowest rank */
} many[] = {
    { "few", 10, 3, 0, 10 },
    { "as many as there may be", PAGE_POINTS, 0, 0, PAGE_POINTS },
    { "one more", PAGE_POINTS + 1, 0, 0, PAGE_POINTS + 1 }, /* it is on the front */
    { "many", 10000, 0, 0, PAGE_POINTS + 2 },               /* the baseline is the first by rank */
    { "a baseline of low rank", 10000, 5000, 0, PAGE_POINTS + 3 },
    { "broken ones", 10000, 0, 10, PAGE_POINTS + 2 + 50 },
};

static json_t *report_of(const struct many_row *row)
{
    json_t *points = json_array(), *ranking = json_array(), *front = json_array();

    for (int i = 0; i < row->points; i++) {
        bool broken = row->broken && i > 0 && i < row->points - 2 && i % row->broken == 0;

        json_array_append_new(points, json_pack("{s:i, s:b, s:s}", "number", i, "baseline", i == row->baseline,
                                                "status", broken ? "impossible" : "ok"));
        if (!broken)
            json_array_append_new(ranking, json_integer(i));
        if (i >= row->points - 2)
            json_array_append_new(front, json_integer(i));
    }
    return json_pack("{s:o, s:o, s:[{s:o}]}", "points", points, "ranking", ranking, "fronts", "points", front);
}

static void worth_a_look(void **state)
{
    const struct many_row *row = *state;
    json_t *report = report_of(row), *whole = json_deep_copy(report), *shown;
    size_t left;

    shown = page_explore_report(report, &left);
    assert_int_equal(json_array_size(json_object_get(shown, "points")), row->shown);
    assert_int_equal(left, (size_t)row->points - row->shown);
    assert_true(json_equal(report, whole));
    json_decref(shown);
    json_decref(report);
    json_decref(whole);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, worth_a_look, ROWS_OF(many));
    return rows_run(&all, "sim/html/page_explore");
}
