/* The caches of the cluster: L1I and L1D of each core, the L2 they share, snoops between them. Tags only. */
#pragma once

#include "models/cluster/config.h"
#include "models/cluster/traffic.h"
#include "models/mmu/memo.h"

enum mem_level { LEVEL_L1, LEVEL_L2, LEVEL_MEMORY, LEVEL_COUNT };

/* Returns "L1D", "L2" or "memory". */
const char *memsys_level_name(enum mem_level level);

/* One L1 as its core sees it: what the path of every access asks for, in one place. */
struct l1_port {
    struct cache *cache;
    uint64_t *lookups; /* the counter of its look-ups */
    uint8_t core;
    bool fetch;        /* the instruction cache */
    struct memo *memo; /* to be told which lines go, or are no longer the core's own; NULL: nobody has said anything */
};

#define SNOOP_PLACES 4096

struct memsys {
    const struct config *config;
    uint64_t
        held[SNOOP_PLACES]; /* by the lowest bits of a line's number: of each core 16 bits, how many such lines its L1D
                                    holds. The host's short cut past snoops that find nothing, no part of the model */
    struct counts *count[CORES_MAX];   /* where each core's events go */
    struct l1_port port[CORES_MAX][2]; /* data, instruction */
    struct traffic traffic;            /* of the access at work; whoever makes one empties it first */
    struct cache l1[2][CORES_MAX], l2; /* L1: data, instruction */
    uint64_t l1_line[2][CORES_MAX][L1_LINES_MAX], l1_use[2][CORES_MAX][L1_LINES_MAX];
    uint64_t l2_line[CACHE_LINES_MAX], l2_use[CACHE_LINES_MAX];
};

/* Starts with empty caches; core i counts in count[i]. */
void memsys_init(struct memsys *s, const struct config *config, struct counts *count[CORES_MAX]);

/* What an access wants of its L1 line: nothing but that it is there, or to write it. */
enum { MEMSYS_READ = 0, MEMSYS_WRITE = LINE_DIRTY | LINE_UNIQUE };

/* memsys_access beyond an L1 hit. */
enum mem_level memsys_miss(struct memsys *s, const struct l1_port *p, uint64_t pa, unsigned wants);

/* memsys_access of a line that the core's L1D holds, but not as wanted: other cores lose it. */
void memsys_own(struct memsys *s, unsigned core, uint64_t *line);

/* An access that no cache keeps: Device, Non-cacheable and what the A53 downgrades to it [A53: 7.5]. It is counted, not
 * written down. */
void memsys_uncached(struct memsys *s, unsigned core);

/* Writes down where a line was found that an access of its own wanted. */
void memsys_note(struct memsys *s, uint64_t pa, enum mem_level level, bool waits);

/* Counts and writes down an access that no cache keeps. */
void memsys_pass(struct memsys *s, unsigned core, uint64_t pa, bool waits);

/* One cached access of a line through one of s->port. Returns where it was found. */
static inline enum mem_level memsys_access(struct memsys *s, const struct l1_port *p, uint64_t pa, unsigned wants)
{
    uint64_t *line = cache_find(p->cache, pa);

    ++*p->lookups;
    if (__builtin_expect(!line, 0))
        return memsys_miss(s, p, pa, wants);
    if (__builtin_expect((~*line & wants) != 0, 0))
        memsys_own(s, p->core, line);
    return LEVEL_L1;
}
