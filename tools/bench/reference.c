/* `reference`: the loop that `make bench` holds every rate against, so that a figure of one machine says something on
 * another, or on the same one an hour later.
 *
 * It does the least that has the shape of an A53's look-up: a micro-TLB a side and core, 10 entries, fully associative;
 * a main TLB a core, 512 entries, 4 ways [A53: 5.2]; a walk of one price, and no tables. It knows no registers, ASIDs,
 * maintenance, permissions, memory types, caches or sizes but 4 KB: what the simulator is for. So its rate is no goal,
 * and is no bound either: it searches as a text book does, where the program may know better. */
#include "traces/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MICRO_ENTRIES 10
#define MAIN_WAYS 4
#define MAIN_SETS 128
#define HIT_CYCLES 0
#define MAIN_CYCLES 2
#define WALK_CYCLES 60
#define SIDES (2 * TRACE_CORES_MAX) /* core * 2, + 1 for instructions */

#define LOOKUPS_MAX (4u << 20) /* kept of a trace: 36 MB */
#define SYNTHETIC (1u << 20)
#define SECONDS_LEAST 0.15
#define KEY_EL2 (1ull << 63)

struct micro {
    uint64_t key[MICRO_ENTRIES];
    unsigned next;
};

struct main_tlb {
    uint64_t key[MAIN_SETS][MAIN_WAYS];
    uint8_t next[MAIN_SETS];
};

struct machine {
    struct micro micro[SIDES];
    struct main_tlb main[TRACE_CORES_MAX];
    uint64_t cycles, micro_hits, main_hits, walks;
};

struct lookups {
    uint64_t *key; /* VA >> 12, KEY_EL2 */
    uint8_t *side;
    size_t count;
};

static void machine_init(struct machine *m)
{
    memset(m, 0, sizeof *m);
    for (unsigned i = 0; i < SIDES; i++)
        memset(m->micro[i].key, 0xff, sizeof m->micro[i].key);
    for (unsigned i = 0; i < TRACE_CORES_MAX; i++)
        memset(m->main[i].key, 0xff, sizeof m->main[i].key);
}

/* Returns the cycles of what the micro-TLB does not have; the main TLB has it then. */
static unsigned main_lookup(struct machine *m, struct main_tlb *t, uint64_t key)
{
    const size_t set = key % MAIN_SETS;

    for (unsigned way = 0; way < MAIN_WAYS; way++) {
        if (t->key[set][way] == key) {
            m->main_hits++;
            return MAIN_CYCLES;
        }
    }
    m->walks++;
    t->key[set][t->next[set]++ % MAIN_WAYS] = key;
    return WALK_CYCLES;
}

static unsigned lookup(struct machine *m, unsigned side, uint64_t key)
{
    struct micro *u = &m->micro[side];

    for (unsigned i = 0; i < MICRO_ENTRIES; i++) {
        if (u->key[i] == key) {
            m->micro_hits++;
            return HIT_CYCLES;
        }
    }
    u->key[u->next] = key;
    u->next = u->next + 1 == MICRO_ENTRIES ? 0 : u->next + 1;
    return main_lookup(m, &m->main[side / 2], key);
}

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Looks everything up, again and again until enough time has passed, and prints the rates by wall clock and by CPU
 * time. */
static void run(const char *name, const struct lookups *l)
{
    static struct machine m;
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID), done;
    double seconds;

    machine_init(&m);
    do {
        for (size_t i = 0; i < l->count; i++)
            m.cycles += lookup(&m, l->side[i], l->key[i]);
        seconds = now(CLOCK_MONOTONIC) - wall;
    } while (seconds < SECONDS_LEAST);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    done = (double)(m.micro_hits + m.main_hits + m.walks);
    printf("%-9s %8.2f %8.2f   M lookups/s by wall clock, by CPU time; micro-TLB %.2f %%, main TLB %.2f %%, walks %.2f "
           "%%; "
           "%.2f cycles each\n",
           name, done / seconds / 1e6, done / cpu / 1e6, 100 * (double)m.micro_hits / done,
           100 * (double)m.main_hits / done, 100 * (double)m.walks / done, (double)m.cycles / done);
}

static void add(struct lookups *l, const struct dense *d)
{
    const uint32_t what = d->what, op = what & 3, el = what >> DENSE_EL & 3, core = what >> DENSE_CORE & 7;

    if (dense_is_odd(what) || l->count == LOOKUPS_MAX)
        return;
    l->key[l->count] = d->va >> 12 | (el == 2 ? KEY_EL2 : 0);
    l->side[l->count++] = (uint8_t)(2 * core + (op == REC_FETCH));
}

/* Reads a trace, in this thread alone, and keeps its look-ups; prints how fast it was inflated and decoded. */
static bool decode(struct lookups *l, struct trace_reader *r)
{
    static struct dense_block block;
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa, records = 0;
    double wall, cpu;
    int got;

    while ((got = trace_read_page(r, &pa, page)) > 0)
        continue;
    wall = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    while (got >= 0 && (got = trace_read_dense(r, &block)) > 0) {
        records += (uint64_t)got;
        for (uint32_t i = 0; i < block.count; i++)
            add(l, &block.rec[i]);
    }
    if (got < 0)
        return false;
    printf("%-9s %8.2f %8.2f   M records/s\n", "decode", (double)records / (now(CLOCK_MONOTONIC) - wall) / 1e6,
           (double)records / (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e6);
    return true;
}

/* A mix for which no trace is needed: of four records two are runs of instructions, one goes on in the data, and one
 * leads into 64 pages, or, one in 16, into 4096. */
static void make_synthetic(struct lookups *l)
{
    uint64_t state = 1, code = 0, data = 0;

    for (size_t i = 0; i < SYNTHETIC; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull; /* [choice: any generator would do] */
        const uint64_t random = state >> 33;
        const unsigned kind = i % 4;

        if (kind < 2)
            code = random % 32 ? code : random / 32 % 128;
        else
            data = kind == 2 ? data + (random % 64 == 0) : random / 16 % (random % 16 ? 64 : 4096);
        l->key[i] = kind < 2 ? 0x400 + code : 0xaaaa000 + data % 4096;
        l->side[i] = kind < 2;
    }
    l->count = SYNTHETIC;
}

static int report(struct lookups *l, const char *path)
{
    struct trace_error err;
    struct trace_reader *r = trace_open(path, 0, &err);
    bool good = r && decode(l, r);

    if (r && !good)
        err = *trace_get_error(r);
    trace_close(r);
    if (good && l->count == 0)
        snprintf(err.text, sizeof err.text, "%s: has no access to look up", path);
    if (!good || l->count == 0) {
        fprintf(stderr, "reference: %s\n", err.text);
        return 2;
    }
    run("trace", l);
    make_synthetic(l);
    run("synthetic", l);
    return 0;
}

int main(int argc, char **argv)
{
    struct lookups l = { .key = malloc(LOOKUPS_MAX * sizeof *l.key), .side = malloc(LOOKUPS_MAX) };
    int status = 2;

    if (argc != 2)
        fprintf(stderr,
                "usage: reference TRACE\nPrints the rates of the benchmarks' reference loop, and of reading TRACE.\n");
    else if (!l.key || !l.side)
        fprintf(stderr, "reference: no memory for %u look-ups\n", LOOKUPS_MAX);
    else
        status = report(&l, argv[1]);
    free(l.key);
    free(l.side);
    return status;
}
