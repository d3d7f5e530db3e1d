/* Misses, snoops and write-backs. */
#include "models/cluster/memsys.h"

#include <assert.h>
#include <string.h>

const char *memsys_level_name(enum mem_level level)
{
    static const char *const names[LEVEL_COUNT] = { "L1D", "L2", "memory" };
    return names[level];
}

/* One core's L1 of a kind. */
static void init_l1(struct memsys *s, unsigned core, unsigned fetch)
{
    const struct cache_config *config = fetch ? &s->config->l1i : &s->config->l1d;
    enum count lookups = fetch ? COUNT_L1I_CACHE : COUNT_L1D_CACHE;

    assert(config->bytes >> CACHE_LINE_BITS <= L1_LINES_MAX);
    cache_init(&s->l1[fetch][core], config, s->l1_line[fetch][core], s->l1_use[fetch][core]);
    s->port[core][fetch] = (struct l1_port){ .memo = NULL,
                                             .cache = &s->l1[fetch][core],
                                             .lookups = &s->count[core]->v[lookups],
                                             .core = (uint8_t)core,
                                             .fetch = fetch };
}

void memsys_init(struct memsys *s, const struct config *config, struct counts *count[CORES_MAX])
{
    s->config = config;
    for (unsigned i = 0; i < CORES_MAX; i++) {
        s->count[i] = count[i];
        init_l1(s, i, 0);
        init_l1(s, i, 1);
    }
    cache_init(&s->l2, &config->l2, s->l2_line, s->l2_use);
    memset(s->held, 0, sizeof s->held);
    s->traffic.count = 0;
}

/* Puts a line into the L2. What gives up its place dirty leaves the cluster. */
static void fill_l2(struct memsys *s, unsigned core, uint64_t pa, unsigned flags)
{
    struct counts *n = s->count[core];
    uint64_t victim = cache_fill(&s->l2, pa, flags);

    if (victim & LINE_DIRTY) {
        traffic_add(&s->traffic,
                    (struct traffic_item){ .pa = align_down(victim, CACHE_LINE_BITS), .kind = TRAFFIC_WRITE_BACK });
        n->v[COUNT_L2D_CACHE_WB]++;
        n->v[COUNT_EXT_MEM_REQ]++;
    }
}

/* The L2, looked up after an L1 miss, allocates what it does not have [choice: A53's L2 may allocate data on eviction
 * from L1 only]. */
static enum mem_level ask_l2(struct memsys *s, unsigned core, uint64_t pa)
{
    struct counts *n = s->count[core];

    n->v[COUNT_L2D_CACHE]++;
    if (cache_find(&s->l2, pa))
        return LEVEL_L2;
    n->v[COUNT_L2D_CACHE_REFILL]++;
    n->v[COUNT_EXT_MEM_REQ]++;
    fill_l2(s, core, pa, 0);
    return LEVEL_MEMORY;
}

/* A dirty line that leaves an L1 goes to the L2. */
static void write_back(struct memsys *s, unsigned core, uint64_t line)
{
    uint64_t pa = align_down(line, CACHE_LINE_BITS), *below = cache_peek(&s->l2, pa);

    traffic_add(&s->traffic, (struct traffic_item){ .pa = pa, .kind = TRAFFIC_EVICT });
    s->count[core]->v[COUNT_L1D_CACHE_WB]++;
    if (below)
        *below |= LINE_DIRTY;
    else
        fill_l2(s, core, pa, LINE_DIRTY);
}

/* A line of a core's L1 is no longer what it was. */
static void forget(const struct l1_port *p, uint64_t line)
{
    if (line != 0 && p->memo)
        memo_drop_line(p->memo, line);
}

static uint64_t *held_at(struct memsys *s, uint64_t pa)
{
    return &s->held[pa >> CACHE_LINE_BITS & (SNOOP_PLACES - 1)];
}

/* A core's L1D has one line more, or less. */
static void hold(struct memsys *s, unsigned core, uint64_t pa)
{
    static_assert(CORES_MAX <= 4 && L1_LINES_MAX < 1 << 16, "a count of each core in a word");
    *held_at(s, pa) += 1ULL << 16 * core;
}

static void release(struct memsys *s, unsigned core, uint64_t line)
{
    *held_at(s, line) -= 1ULL << 16 * core;
}

/* A core that has the line is asked for it. */
static void snoop_hit(struct memsys *s, unsigned core, uint64_t *line, unsigned wants)
{
    s->count[core]->v[COUNT_EXT_SNOOP]++;
    if (*line & LINE_DIRTY)
        write_back(s, core, *line);
    forget(&s->port[core][0], *line);
    if (wants) {
        release(s, core, *line);
        cache_drop(&s->l1[0][core], line);
    } else {
        *line &= ~(uint64_t)(LINE_DIRTY | LINE_UNIQUE);
    }
}

/* snoop of cores that may have the line: what `held` has of them is not zero. */
static bool snoop_those(struct memsys *s, uint64_t held, uint64_t pa, unsigned wants)
{
    bool found = false;

    for (unsigned i; held != 0; held &= ~(0xFFFFULL << 16 * i)) {
        uint64_t *line;

        i = (unsigned)__builtin_ctzll(held) / 16;
        line = cache_peek(&s->l1[0][i], pa);
        if (line)
            snoop_hit(s, i, line, wants);
        found |= line != NULL;
    }
    return found;
}

/* Looks into the L1D of the cores but `core` (CORES_MAX: of all); a reader leaves them a shared line, a writer none.
 * Returns whether one had it. */
static inline bool snoop(struct memsys *s, unsigned core, uint64_t pa, unsigned wants)
{
    const uint64_t own = core < CORES_MAX ? 0xFFFFULL << 16 * core : 0, held = *held_at(s, pa) & ~own;

    return held != 0 && snoop_those(s, held, pa, wants);
}

void memsys_own(struct memsys *s, unsigned core, uint64_t *line)
{
    uint64_t pa = align_down(*line, CACHE_LINE_BITS);

    if (!(*line & LINE_UNIQUE)) {
        traffic_add(&s->traffic, (struct traffic_item){ .pa = pa, .kind = TRAFFIC_CLAIM });
        snoop(s, core, pa, MEMSYS_WRITE);
    }
    *line |= MEMSYS_WRITE;
}

/* A line that another L1 has comes from there, through the SCU, at the price of an L2 hit [choice]; the L2 is looked up
 * beside it and not filled. */
static enum mem_level take_shared(struct memsys *s, unsigned core)
{
    s->count[core]->v[COUNT_L2D_CACHE]++;
    return LEVEL_L2;
}

static enum mem_level data_miss(struct memsys *s, unsigned core, uint64_t pa, unsigned wants)
{
    bool shared = snoop(s, core, pa, wants);
    enum mem_level level = shared ? take_shared(s, core) : ask_l2(s, core, pa);
    uint64_t victim = cache_fill(&s->l1[0][core], pa, wants ? wants : shared ? 0 : LINE_UNIQUE);

    s->count[core]->v[COUNT_L1D_CACHE_REFILL]++;
    hold(s, core, pa);
    if (victim != 0)
        release(s, core, victim);
    forget(&s->port[core][0], victim);
    if (victim & LINE_DIRTY)
        write_back(s, core, victim);
    return level;
}

enum mem_level memsys_miss(struct memsys *s, const struct l1_port *p, uint64_t pa, unsigned wants)
{
    if (!p->fetch)
        return data_miss(s, p->core, pa, wants);
    s->count[p->core]->v[COUNT_L1I_CACHE_REFILL]++;
    forget(p, cache_fill(p->cache, pa, 0));
    return snoop(s, CORES_MAX, pa, MEMSYS_READ) ? take_shared(s, p->core) : ask_l2(s, p->core, pa);
}

void memsys_uncached(struct memsys *s, unsigned core)
{
    s->count[core]->v[COUNT_EXT_MEM_REQ]++;
    s->count[core]->v[COUNT_EXT_MEM_REQ_NC]++;
}

void memsys_note(struct memsys *s, uint64_t pa, enum mem_level level, bool waits)
{
    traffic_add(&s->traffic,
                (struct traffic_item){ .pa = pa, .kind = TRAFFIC_FILL, .found = (uint8_t)level, .waits = waits });
}

void memsys_pass(struct memsys *s, unsigned core, uint64_t pa, bool waits)
{
    memsys_uncached(s, core);
    traffic_add(&s->traffic, (struct traffic_item){ .pa = pa, .kind = TRAFFIC_UNCACHED, .waits = waits });
}
