/* An exploration as data. */
#include "sim/explore/analyse.h"
#include "sim/explore/explore.h"
#include "sim/result_file.h"
#include "sim/version.h"

#include <stdlib.h>
#include <string.h>

/* NULL of nothing is JSON's null. */
static json_t *value(enum metric m, double v)
{
    if (isnan(v))
        return json_null();
    return metric_row(m)->digits > 0 ? json_real(v) : json_integer((json_int_t)v);
}

/* A value of a knob: numbers as numbers. */
static json_t *knob_value(const struct knob *k, const char *text)
{
    if (k->param && strcmp(k->param->unit, "policy") != 0)
        return json_integer((json_int_t)strtoull(text, NULL, 10));
    return json_string(text);
}

static json_t *knobs_array(const struct space *s)
{
    json_t *knobs = json_array();

    for (size_t i = 0; i < s->knob_count; i++) {
        const struct knob *k = &s->knob[i];
        json_t *values = json_array();

        for (size_t v = 0; v < k->listed; v++)
            json_array_append_new(values, knob_value(k, k->value[v]));
        json_array_append_new(knobs,
                              json_pack("{s:s, s:s, s:s, s:o}", "key", k->key, "of", k->param ? "hardware" : "layout",
                                        "unit", k->param ? k->param->unit : "word", "values", values));
    }
    return knobs;
}

static json_t *metrics_array(void)
{
    json_t *metrics = json_array();

    for (int m = 0; m < METRIC_COUNT; m++) {
        const struct metric_row *row = metric_row((enum metric)m);

        json_array_append_new(metrics,
                              json_pack("{s:s, s:s, s:s, s:s}", "name", row->name, "unit", row->unit, "better",
                                        metric_wants_more((enum metric)m) ? "more" : "less", "text", row->text));
    }
    return metrics;
}

static json_t *domains_object(const char *text)
{
    json_t *domains = json_object();

    while (text && *text) {
        size_t name = strcspn(text, "="), length = strcspn(text, " ");
        char key[16];

        snprintf(key, sizeof key, "%.*s", (int)(name < 15 ? name : 15), text);
        if (name < length)
            json_object_set_new(domains, key, json_integer((json_int_t)strtoull(text + name + 1, NULL, 10)));
        text += length + (text[length] == ' ');
    }
    return domains;
}

static json_t *point_object(const struct explore *e, size_t p)
{
    const struct point_result *r = &e->results[p];
    json_t *knobs = json_object(), *metrics = json_object(), *point;
    char *name = NULL;
    size_t bytes;
    FILE *out = open_memstream(&name, &bytes);

    if (out) {
        space_print_point(&e->space, p, out);
        fclose(out);
    }
    for (size_t i = 0; i < e->space.knob_count; i++)
        json_object_set_new(knobs, e->space.knob[i].key, knob_value(&e->space.knob[i], space_value(&e->space, p, i)));
    for (int m = 0; m < METRIC_COUNT; m++)
        json_object_set_new(metrics, metric_row((enum metric)m)->name, value((enum metric)m, r->value[m]));
    point = json_pack("{s:I, s:s*, s:b, s:o, s:s, s:s*, s:o, s:o}", "number", (json_int_t)space_number(&e->space, p),
                      "name", name, "baseline", (int)(p == e->space.baseline), "knobs", knobs, "status",
                      point_status_name(r->status), "reason", r->reason[0] ? r->reason : NULL, "metrics", metrics,
                      "translation_cycles_by_domain", domains_object(r->domains));
    free(name);
    return point;
}

static json_t *points_array(const struct explore *e)
{
    json_t *points = json_array();

    for (size_t p = 0; p < e->space.points; p++)
        json_array_append_new(points, point_object(e, p));
    return points;
}

/* The points by rank. */
static json_t *ranking_array(const struct explore *e)
{
    json_t *ranking = json_array();
    size_t *order = calloc(e->space.points, sizeof *order);
    size_t good = order ? analyse_order(&e->space, e->results, e->sort, order) : 0;

    for (size_t i = 0; i < good; i++)
        json_array_append_new(ranking, json_integer((json_int_t)space_number(&e->space, order[i])));
    free(order);
    return ranking;
}

/* Each front that there is, from the cheapest point to the fastest. */
static json_t *fronts_array(const struct explore *e)
{
    static const enum metric costs[] = { METRIC_TABLE_BYTES, METRIC_STORAGE_BITS };
    size_t n = e->space.points, *order = calloc(n, sizeof *order);
    bool *on = calloc(n, sizeof *on);
    json_t *fronts = json_array();

    for (size_t c = 0; c < sizeof costs / sizeof *costs && order && on; c++) {
        json_t *points;
        size_t good;

        if (!analyse_varies(e->results, n, costs[c]) || !analyse_front(e->results, n, costs[c], on))
            continue;
        points = json_array();
        good = analyse_order(&e->space, e->results, costs[c], order);
        for (size_t i = 0; i < good; i++) {
            if (on[order[i]])
                json_array_append_new(points, json_integer((json_int_t)space_number(&e->space, order[i])));
        }
        json_array_append_new(fronts, json_pack("{s:s, s:s, s:o}", "latency", metric_row(METRIC_MEAN)->name, "cost",
                                                metric_row(costs[c])->name, "points", points));
    }
    free(order);
    free(on);
    return fronts;
}

static json_t *effect_object(const struct space *s, const struct effects *f, size_t i)
{
    const struct knob *k = &s->knob[i];
    const struct effect *effect = &f->knob[i];
    json_t *values = json_array();

    for (size_t v = 0; v < k->listed; v++)
        json_array_append_new(values,
                              json_pack("{s:o, s:o, s:I}", "value", knob_value(k, k->value[v]), "mean",
                                        isnan(effect->value[v].mean) ? json_null() : json_real(effect->value[v].mean),
                                        "points", (json_int_t)effect->value[v].points));
    return json_pack("{s:s, s:f, s:o, s:o}", "key", k->key, "share", effect->share, "best",
                     knob_value(k, k->value[effect->best]), "values", values);
}

/* What each knob does to latency, to all cycles, and to what the points are sorted by. */
static json_t *effects_array(const struct explore *e)
{
    const enum metric of[] = { METRIC_MEAN, METRIC_CPU_CYCLES, e->sort };
    size_t count = e->sort == METRIC_MEAN || e->sort == METRIC_CPU_CYCLES ? 2 : 3;
    json_t *all = json_array();

    for (size_t i = 0; i < count; i++) {
        struct effects f;
        json_t *knobs;

        if (!analyse_effects(&e->space, e->results, of[i], &f))
            continue;
        knobs = json_array();
        for (size_t k = 0; k < e->space.knob_count && f.points > 0; k++)
            json_array_append_new(knobs, effect_object(&e->space, &f, f.rank[k]));
        json_array_append_new(all, json_pack("{s:s, s:I, s:o}", "metric", metric_row(of[i])->name, "points",
                                             (json_int_t)f.points, "knobs", knobs));
        analyse_free(&f);
    }
    return all;
}

static json_t *advice(const struct explore *e)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    json_t *said;

    if (!out)
        return NULL;
    explore_advise(e, out);
    fclose(out);
    said = text ? json_string(text) : NULL;
    free(text);
    return said;
}

json_t *explore_json(const struct explore *e)
{
    return json_pack("{s:s, s:{s:s, s:s}, s:s, s:o, s:s, s:b, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema",
                     "stagewalk/explore/1", "program", "name", "stagewalk", "version", STAGEWALK_VERSION, "platform",
                     "zynqmp", "trace", result_file_text(e->layouts.trace), "engine", e->engine_name, "interrupted",
                     (int)e->interrupted, "sorted_by", metric_row(e->sort)->name, "baseline",
                     (json_int_t)space_number(&e->space, e->space.baseline), "knobs", knobs_array(&e->space), "metrics",
                     metrics_array(), "points", points_array(e), "ranking", ranking_array(e), "fronts", fronts_array(e),
                     "effects", effects_array(e), "advice", advice(e));
}
