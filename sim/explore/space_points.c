/* From knobs to points. */
#include "sim/explore/space.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A copy of the points' choices, knob_count of each, with room in front for the baseline. */
static uint16_t *room_for(const struct space *s, size_t points, struct trace_error *err)
{
    uint16_t *choice = calloc((points + 1) * s->knob_count, sizeof *choice);

    if (!choice)
        error_set(err, "out of memory");
    return choice;
}

/* All combinations, the last knob changing first. */
static bool multiply(struct space *s, size_t max, struct trace_error *err)
{
    size_t points = 1;

    for (size_t i = 0; i < s->knob_count; i++) {
        points *= s->knob[i].count; /* at most POINTS_MAX * VALUES_MAX */
        if (points > max)
            return error_set(err, "these knobs make more than %zu points; give fewer values, or --max-points more",
                             max);
    }
    s->choice = room_for(s, points, err);
    if (!s->choice)
        return false;
    for (size_t p = 0; p < points; p++) {
        size_t rest = p;

        for (size_t i = s->knob_count; i-- > 0; rest /= s->knob[i].count)
            s->choice[(p + 1) * s->knob_count + i] = (uint16_t)(rest % s->knob[i].count);
    }
    s->points = points;
    return true;
}

/* Finds the value that the base has, adding it where it is missing. */
static bool find_base(struct space *s, uint16_t *base, struct trace_error *err)
{
    for (size_t i = 0; i < s->knob_count; i++) {
        struct knob *k = &s->knob[i];
        char text[32];
        uint32_t value = k->param ? params_get(&s->base, k->param) : 0;
        int index;

        if (!k->param)
            snprintf(text, sizeof text, SPACE_CAPTURED);
        else if (strcmp(k->param->unit, "policy") == 0)
            snprintf(text, sizeof text, "%s", repl_name((enum repl_policy)value));
        else
            snprintf(text, sizeof text, "%" PRIu32, value);
        index = space_value_index(s, k, text, err);
        if (index < 0)
            return false;
        base[i] = (uint16_t)index;
    }
    return true;
}

/* The listed points with the knobs that there are, the base's value where none was chosen. */
static bool gather(struct space *s, const uint16_t *base, size_t max, struct trace_error *err)
{
    uint16_t *choice;

    if (s->points > max)
        return error_set(err, "%zu points are more than %zu; --max-points allows more", s->points, max);
    choice = room_for(s, s->points, err);
    for (size_t p = 0; choice && p < s->points; p++) {
        for (size_t i = 0; i < s->knob_count; i++) {
            uint16_t c = s->choice[p * SPACE_KNOBS_MAX + i];

            choice[(p + 1) * s->knob_count + i] = c == SPACE_BASE ? base[i] : c;
            if (c == SPACE_BASE && s->knob[i].listed <= base[i])
                s->knob[i].listed = (size_t)base[i] + 1;
        }
    }
    free(s->choice);
    s->choice = choice;
    return choice != NULL;
}

struct place {
    const uint16_t *choice;
    size_t count, number;
};

static int by_choice(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = memcmp(x->choice, y->choice, x->count * sizeof *x->choice);

    return order ? order : x->number < y->number ? -1 : 1;
}

static bool check_twice(const struct space *s, struct trace_error *err)
{
    struct place *place = calloc(s->points, sizeof *place);
    bool good = true;

    if (!place)
        return error_set(err, "out of memory");
    for (size_t p = 0; p < s->points; p++)
        place[p] = (struct place){ &s->choice[(p + 1) * s->knob_count], s->knob_count, p + 1 };
    qsort(place, s->points, sizeof *place, by_choice);
    for (size_t p = 1; p < s->points && good; p++) {
        if (memcmp(place[p - 1].choice, place[p].choice, s->knob_count * sizeof *s->choice) == 0)
            good = error_set(err, "points %zu and %zu are the same", place[p - 1].number, place[p].number);
    }
    free(place);
    return good;
}

bool space_close(struct space *s, size_t max, struct trace_error *err)
{
    uint16_t base[SPACE_KNOBS_MAX];
    size_t bytes = s->knob_count * sizeof *s->choice;

    if (s->knob_count == 0)
        return error_set(err, "nothing to explore: no knob has more than one value");
    if ((!s->listed && !multiply(s, max, err)) || !find_base(s, base, err) ||
        (s->listed && (!gather(s, base, max, err) || !check_twice(s, err))))
        return false;
    for (size_t p = 1; p <= s->points; p++) {
        if (memcmp(&s->choice[p * s->knob_count], base, bytes) == 0)
            s->baseline = p;
    }
    s->outside = s->baseline == 0;
    if (s->outside) {
        memcpy(s->choice, base, bytes);
        s->points++;
    } else {
        memmove(s->choice, s->choice + s->knob_count, s->points * bytes);
        s->baseline--;
    }
    return true;
}

size_t space_number(const struct space *s, size_t point)
{
    return point + !s->outside;
}

const char *space_value(const struct space *s, size_t point, size_t knob)
{
    return s->knob[knob].value[s->choice[point * s->knob_count + knob]];
}

static bool is_at(const struct space *s, size_t point, const char *const *values)
{
    for (size_t i = 0; i < s->knob_count; i++) {
        if (strcmp(space_value(s, point, i), values[i]) != 0)
            return false;
    }
    return true;
}

size_t space_find(const struct space *s, const char *const *values, size_t hint)
{
    size_t p = 0;

    if (hint < s->points && is_at(s, hint, values))
        return hint;
    while (p < s->points && !is_at(s, p, values))
        p++;
    return p;
}

const char *space_config(const struct space *s, size_t point, struct config *config, char *why, size_t why_bytes)
{
    *config = s->base;
    for (size_t i = 0; i < s->knob_count; i++) {
        if (s->knob[i].param && params_set(config, s->knob[i].key, space_value(s, point, i), why, why_bytes))
            return why;
    }
    return params_check(config, why, why_bytes);
}

const char *space_layout(const struct space *s, size_t point, struct layout *layout, char why[LAYOUT_WHY_BYTES])
{
    layout_default(layout);
    for (size_t i = 0; i < s->knob_count; i++) {
        const char *value = space_value(s, point, i);
        char word[128];

        if (s->knob[i].param || strcmp(value, SPACE_CAPTURED) == 0)
            continue;
        snprintf(word, sizeof word, "%s=%s", s->knob[i].key, value);
        if (!layout_word(layout, word, why))
            return why;
    }
    return layout_possible(layout, why) ? NULL : why;
}

void space_print_point(const struct space *s, size_t point, FILE *out)
{
    for (size_t i = 0; i < s->knob_count; i++)
        fprintf(out, "%s%s=%s", i > 0 ? " " : "", s->knob[i].key, space_value(s, point, i));
}
