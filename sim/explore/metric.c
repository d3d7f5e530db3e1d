/* The names of what is measured, and results as text. */
#include "sim/explore/metric.h"

#include "sim/suggest.h"
#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_BITS 114 /* [A53: 6.7, Table 6-16] */
#define LINE_BITS (64 * 8 + 32)
#define VALUE_MAX 9007199254740992.0 /* 2^53: whole numbers up to there are exact */

static const struct metric_row rows[METRIC_COUNT] = {
#define X(id, name, unit, digits, text) { name, unit, digits, text },
    METRIC_LIST(X)
#undef X
};

const struct metric_row *metric_row(enum metric m)
{
    return &rows[m];
}

enum metric metric_find(const char *name, struct trace_error *err)
{
    struct suggest near;
    char hint[128];
    int m = 0;

    while (m < METRIC_COUNT && strcmp(rows[m].name, name) != 0)
        m++;
    if (m < METRIC_COUNT)
        return (enum metric)m;
    suggest_init(&near, name);
    for (m = 0; m < METRIC_COUNT; m++)
        suggest_offer(&near, rows[m].name);
    if (near.best)
        suggest_text(&near, hint, sizeof hint);
    else
        snprintf(hint, sizeof hint, "; the columns of --csv are what there is");
    error_set(err, "unknown metric '%.64s'%s", name, hint);
    return METRIC_COUNT;
}

bool metric_wants_more(enum metric m)
{
    return m == METRIC_REACH_BYTES || m == METRIC_MAPPED_BYTES;
}

static const char *const status_names[POINT_STATUS_COUNT] = { "open", "ok", "mismatch", "impossible", "failed" };

const char *point_status_name(enum point_status s)
{
    return status_names[s];
}

void point_result_init(struct point_result *r, enum point_status status)
{
    memset(r, 0, sizeof *r);
    r->status = status;
    for (int m = 0; m < METRIC_COUNT; m++)
        r->value[m] = NAN;
}

void point_result_free(struct point_result *r)
{
    free(r->domains);
    r->domains = NULL;
}

void point_result_explain(struct point_result *r, const char *reason)
{
    snprintf(r->reason, sizeof r->reason, "%s", reason);
    for (char *at = r->reason; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f || *at == '"')
            *at = ' ';
    }
}

void point_result_write(const struct point_result *r, FILE *out)
{
    fprintf(out, "%s", status_names[r->status]);
    for (int m = 0; m < METRIC_COUNT; m++) {
        if (isnan(r->value[m]))
            putc(',', out);
        else
            fprintf(out, ",%.*f", rows[m].digits, r->value[m]);
    }
    fprintf(out, ",%s,", r->domains ? r->domains : "");
    if (r->reason[0])
        fprintf(out, "\"%s\"", r->reason);
}

void point_result_write_names(FILE *out)
{
    fprintf(out, "status");
    for (int m = 0; m < METRIC_COUNT; m++)
        fprintf(out, ",%s", rows[m].name);
    fprintf(out, ",domains,reason");
}

/* A number as point_result_write writes it, and in no other way. */
static bool read_value(const char *cell, int digits, double *value)
{
    char again[64];
    char *end;

    *value = NAN;
    if (*cell == '\0')
        return true;
    if (*cell < '0' || *cell > '9' || strlen(cell) > 32)
        return false;
    *value = strtod(cell, &end);
    snprintf(again, sizeof again, "%.*f", digits, *value);
    return *end == '\0' && *value <= VALUE_MAX && strcmp(again, cell) == 0;
}

static bool are_domains(const char *text)
{
    static const char allowed[] = "vmidel0123456789= ";

    return strlen(text) < POINT_DOMAINS_BYTES && strspn(text, allowed) == strlen(text);
}

bool point_result_read(struct point_result *r, const char *const cell[POINT_RESULT_CELLS], struct trace_error *err)
{
    int status = POINT_OK;

    point_result_init(r, POINT_OPEN);
    while (status < POINT_STATUS_COUNT && strcmp(cell[0], status_names[status]) != 0)
        status++;
    if (status == POINT_STATUS_COUNT)
        return error_set(err, "status '%.32s' is none of ok, mismatch, impossible and failed", cell[0]);
    for (int m = 0; m < METRIC_COUNT; m++) {
        if (!read_value(cell[1 + m], rows[m].digits, &r->value[m]))
            return error_set(err, "%s: '%.32s' is no number as it is written there", rows[m].name, cell[1 + m]);
    }
    if (status == POINT_OK && isnan(r->value[METRIC_MEAN]))
        return error_set(err, "mean: a point that is ok has one");
    if (!are_domains(cell[METRIC_COUNT + 1]))
        return error_set(err, "domains: '%.32s' is no list of them", cell[METRIC_COUNT + 1]);
    if (strlen(cell[METRIC_COUNT + 2]) >= POINT_REASON_BYTES)
        return error_set(err, "reason: longer than one is");
    r->status = (enum point_status)status;
    if (cell[METRIC_COUNT + 1][0] && !(r->domains = strdup(cell[METRIC_COUNT + 1])))
        return error_set(err, "out of memory");
    point_result_explain(r, cell[METRIC_COUNT + 2]);
    return strcmp(r->reason, cell[METRIC_COUNT + 2]) == 0 || error_set(err, "reason: has bytes that none has");
}

void point_result_round(struct point_result *r)
{
    for (int m = 0; m < METRIC_COUNT; m++) {
        char text[400];

        if (isnan(r->value[m]))
            continue;
        snprintf(text, sizeof text, "%.*f", rows[m].digits, r->value[m]);
        r->value[m] = strtod(text, NULL);
    }
}

static uint64_t cache_bits(const struct cache_config *c)
{
    return (uint64_t)(c->bytes >> CACHE_LINE_BITS) * LINE_BITS;
}

uint64_t metric_storage_bits(const struct config *config)
{
    const struct mmu_config *mmu = &config->mmu;
    uint64_t entries = mmu->iutlb.entries + mmu->dutlb.entries + mmu->main_tlb.entries + mmu->walk_cache.entries +
                       mmu->ipa_cache.entries;

    return config->cores * (entries * ENTRY_BITS + cache_bits(&config->l1i) + cache_bits(&config->l1d)) +
           cache_bits(&config->l2);
}
