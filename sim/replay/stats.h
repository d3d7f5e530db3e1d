/* What a replay gathers beside the models' own counters: latencies, memory types, domains, faults. */
#pragma once

#include "models/cluster/cluster.h"

/* Latencies up to here have a bin of their own; longer ones share the last. The longest nested walk, 19 fetches from
 * memory, takes some 4000 cycles with the default prices. */
#define LATENCY_BINS 8192

struct latency {
    uint64_t long_sum; /* cycles of those in the last bin */
    uint32_t max;
    uint64_t bin[LATENCY_BINS];
};

enum latency_kind { LATENCY_FETCH, LATENCY_LOAD, LATENCY_STORE, LATENCY_KIND_COUNT };

/* Returns "fetch", "load" or "store". */
const char *stats_kind_name(enum latency_kind kind);

/* Returns how many accesses there were, and how many cycles they took. */
uint64_t stats_count(const struct latency *l);
uint64_t stats_sum(const struct latency *l);

/* Returns the smallest latency that at least `fraction` of the accesses do not exceed; 0 without accesses. */
uint32_t stats_percentile(const struct latency *l, double fraction);

/* Who translates: a VMID of EL1&0, or the hypervisor at EL2. */
#define DOMAIN_EL2 256
#define DOMAIN_COUNT 257

struct domain {
    uint64_t accesses, cycles, walks;
    uint64_t xlat_wait, line_wait; /* cycles by which others made translations and lines later */
};

/* One combination of what the stages said and what came of it. */
struct type_row {
    struct mem_type type;
    uint64_t count;
};

#define TYPE_ROWS 4096 /* a power of two; what does not fit goes to types_lost */

struct fault_key {
    uint8_t type, stage, level, s1ptw; /* of struct fault */
    uint8_t el, from_el;               /* taken to, taken from */
    uint8_t kind;                      /* enum access_kind */
    uint8_t zero;
};

struct fault_row {
    struct fault_key key;
    uint64_t count;
};

#define FAULT_ROWS 1024 /* as TYPE_ROWS */

struct stats {
    struct latency latency[LATENCY_KIND_COUNT];
    struct domain domain[DOMAIN_COUNT];
    struct type_row type[TYPE_ROWS];
    uint32_t type_hint[2]; /* row found last, data and fetches */
    uint64_t types_lost;
    struct fault_row fault[FAULT_ROWS];
    uint64_t faults_lost;
};

/* Returns the row of a memory type, made if need be; TYPE_ROWS when there is no room. */
uint32_t stats_type_row(struct stats *s, const struct mem_type *type);

/* Counts the memory type an access got. */
static inline void stats_type(struct stats *s, const struct mem_type *type, bool fetch)
{
    uint32_t i = s->type_hint[fetch];

    if (__builtin_expect(__builtin_memcmp(&s->type[i].type, type, sizeof *type) != 0, 0)) {
        i = stats_type_row(s, type);
        if (i == TYPE_ROWS) {
            s->types_lost++;
            return;
        }
        s->type_hint[fetch] = i;
    }
    s->type[i].count++;
}

/* Counts a translation latency, so many times. */
void stats_latency(struct latency *l, uint32_t cycles, uint64_t times);

/* Adds latencies that have been counted elsewhere. */
void stats_latency_add(struct latency *to, const struct latency *from);

/* Adds what works cost a domain, as they were settled elsewhere; accesses and walks are counted where they are made. */
void stats_domain_add_costs(struct domain *to, const struct domain *from);

/* Counts a fault of an access. */
void stats_fault(struct stats *s, const struct fault *f, const struct access *a, unsigned el);
