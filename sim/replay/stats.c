/* Rows by key, and percentiles. */
#include "sim/replay/stats.h"

#include <string.h>

const char *stats_kind_name(enum latency_kind kind)
{
    static const char *const names[LATENCY_KIND_COUNT] = { "fetch", "load", "store" };
    return names[kind];
}

uint64_t stats_count(const struct latency *l)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < LATENCY_BINS; i++)
        count += l->bin[i];
    return count;
}

uint64_t stats_sum(const struct latency *l)
{
    uint64_t sum = l->long_sum;

    for (uint32_t i = 0; i < LATENCY_BINS - 1; i++)
        sum += i * l->bin[i];
    return sum;
}

void stats_latency(struct latency *l, uint32_t cycles, uint64_t times)
{
    if (cycles > l->max)
        l->max = cycles;
    if (cycles < LATENCY_BINS - 1) {
        l->bin[cycles] += times;
    } else {
        l->bin[LATENCY_BINS - 1] += times;
        l->long_sum += cycles * times;
    }
}

void stats_latency_add(struct latency *to, const struct latency *from)
{
    to->long_sum += from->long_sum;
    to->max = from->max > to->max ? from->max : to->max;
    for (uint32_t i = 0; i < LATENCY_BINS; i++)
        to->bin[i] += from->bin[i];
}

void stats_domain_add_costs(struct domain *to, const struct domain *from)
{
    static_assert(sizeof *to == 5 * sizeof(uint64_t), "three of five are costs");
    to->cycles += from->cycles;
    to->xlat_wait += from->xlat_wait;
    to->line_wait += from->line_wait;
}

uint32_t stats_percentile(const struct latency *l, double fraction)
{
    uint64_t seen = 0, count = stats_count(l);

    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < LATENCY_BINS - 1; i++) {
        seen += l->bin[i];
        if ((double)seen >= fraction * (double)count)
            return i;
    }
    return l->max;
}

static uint32_t hash(const void *key, size_t bytes)
{
    uint64_t h = 0xCBF29CE484222325ULL; /* FNV-1a */
    const uint8_t *p = key;

    for (size_t i = 0; i < bytes; i++)
        h = (h ^ p[i]) * 0x100000001B3ULL;
    return (uint32_t)(h >> 32);
}

uint32_t stats_type_row(struct stats *s, const struct mem_type *type)
{
    uint32_t i = hash(type, sizeof *type) & (TYPE_ROWS - 1);

    for (uint32_t tries = 0; tries < TYPE_ROWS; tries++, i = (i + 1) & (TYPE_ROWS - 1)) {
        if (s->type[i].count == 0)
            s->type[i].type = *type;
        if (memcmp(&s->type[i].type, type, sizeof *type) == 0)
            return i;
    }
    return TYPE_ROWS;
}

void stats_fault(struct stats *s, const struct fault *f, const struct access *a, unsigned el)
{
    struct fault_key key = { f->type, f->stage, f->level, f->s1ptw, (uint8_t)el, a->el, a->kind, 0 };
    uint32_t i = hash(&key, sizeof key) & (FAULT_ROWS - 1);

    for (uint32_t tries = 0; tries < FAULT_ROWS; tries++, i = (i + 1) & (FAULT_ROWS - 1)) {
        if (s->fault[i].count == 0)
            s->fault[i].key = key;
        if (memcmp(&s->fault[i].key, &key, sizeof key) == 0) {
            s->fault[i].count++;
            return;
        }
    }
    s->faults_lost++;
}
