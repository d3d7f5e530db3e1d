/* Points by what is known of them in the report itself. */
#include "sim/html/page_explore.h"

#include <string.h>

#define BROKEN_SHOWN 50

/* Sets a mark for the number of each point that is to be shown. */
static bool mark(json_t *marks, const json_t *numbers, size_t most)
{
    const json_t *number;
    size_t i;
    bool good = true;

    json_array_foreach(numbers, i, number)
    {
        char key[32];

        if (i >= most)
            break;
        snprintf(key, sizeof key, "%lld", (long long)json_integer_value(number));
        good = good && json_object_set_new(marks, key, json_true()) == 0;
    }
    return good;
}

static bool is_marked(const json_t *marks, const json_t *point)
{
    char key[32];

    snprintf(key, sizeof key, "%lld", (long long)json_integer_value(json_object_get(point, "number")));
    return json_object_get(marks, key) || json_is_true(json_object_get(point, "baseline"));
}

static json_t *chosen(const json_t *points, const json_t *marks)
{
    json_t *few = json_array();
    const json_t *point;
    size_t i, broken = 0;

    json_array_foreach(points, i, point)
    {
        const char *status = json_string_value(json_object_get(point, "status"));
        bool without = !status || strcmp(status, "ok") != 0;

        if (is_marked(marks, point) || (without && broken++ < BROKEN_SHOWN))
            json_array_append(few, (json_t *)point); /* a reference more is all that changes */
    }
    return few;
}

json_t *page_explore_report(const json_t *report, size_t *left)
{
    const json_t *points = json_object_get(report, "points"), *fronts = json_object_get(report, "fronts"), *front;
    json_t *copy = json_copy((json_t *)report), *marks = json_object(), *few = NULL;
    bool good = copy && marks && mark(marks, json_object_get(report, "ranking"), PAGE_POINTS);
    size_t i;

    *left = 0;
    json_array_foreach(fronts, i, front) good = good && mark(marks, json_object_get(front, "points"), PAGE_POINTS);
    if (good && json_array_size(points) > PAGE_POINTS) {
        few = chosen(points, marks);
        good = few && json_object_set(copy, "points", few) == 0;
        *left = json_array_size(points) - json_array_size(few);
    }
    json_decref(few);
    json_decref(marks);
    if (good)
        return copy;
    json_decref(copy);
    return NULL;
}

int page_explore(const char *json, const char *html, json_t *report)
{
    size_t left = 0;
    json_t *shown = html && report ? page_explore_report(report, &left) : NULL;

    if (html && report && !shown) {
        json_decref(report);
        report = NULL; /* for the message */
    }
    return page_results(&(struct page_result){ .json = json,
                                               .html = html,
                                               .page = "explore",
                                               .report = report,
                                               .shown = shown,
                                               .word = "points_left_off",
                                               .value = json_integer((json_int_t)left) });
}
