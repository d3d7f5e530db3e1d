/* One line on its way through the caches of a cluster, as a picture: each core's L1D, then the L2. In an L1D '-' is
 * invalid, 's' shared, 'u' unique, 'M' dirty (and so unique); in the L2 '-', 'c' clean, 'd' dirty. */
#include "models/cluster/memsys.h"
#include "tests/unit/models/rows.h"

#define LINE 0x1000ULL

static struct config config;
static struct memsys m;
static struct counts counts[CORES_MAX];

/* L1s of `l1` lines, an L2 of `l2` lines, all one set, least recently used. */
static void start(uint32_t l1, uint32_t l2, uint32_t cores)
{
    struct counts *count[CORES_MAX];

    memset(&config, 0, sizeof config);
    config.cores = cores;
    config.l1i = config.l1d = (struct cache_config){ l1 * 64, l1, REPL_LRU, 0 };
    config.l2 = (struct cache_config){ l2 * 64, l2, REPL_LRU, 0 };
    memset(&m, POISON, sizeof m);
    memset(counts, 0, sizeof counts);
    for (unsigned i = 0; i < CORES_MAX; i++)
        count[i] = &counts[i];
    memsys_init(&m, &config, count);
}

static char l1_letter(unsigned core, uint64_t pa)
{
    const uint64_t *l = cache_peek(&m.l1[0][core], pa);

    if (!l)
        return '-';
    if (*l & LINE_DIRTY)
        return *l & LINE_UNIQUE ? 'M' : '?';
    return *l & LINE_UNIQUE ? 'u' : 's';
}

static void picture_of(uint64_t pa, char picture[CORES_MAX + 3])
{
    const uint64_t *l2 = cache_peek(&m.l2, pa);

    for (unsigned i = 0; i < CORES_MAX; i++)
        picture[i] = l1_letter(i, pa);
    picture[CORES_MAX] = ' ';
    picture[CORES_MAX + 1] = !l2 ? '-' : *l2 & LINE_DIRTY ? 'd' : 'c';
    picture[CORES_MAX + 2] = '\0';
}

/* A core loads, stores or fetches; where it was found; the picture after. */
struct visit {
    unsigned core;
    char kind; /* 'L', 'S', 'I' */
    enum mem_level level;
    const char *picture;
};

struct story_row {
    const char *name;
    struct visit visits[6];
    unsigned snoops, write_backs; /* of all cores: EXT_SNOOP, L1D_CACHE_WB */
};

#define L1 LEVEL_L1
#define L2 LEVEL_L2
#define MEMORY LEVEL_MEMORY

// clang-format off
static const struct story_row story_rows[] = {
    { "a load: memory, then L1", { { 0, 'L', MEMORY, "u--- c" }, { 0, 'L', L1, "u--- c" } }, 0, 0 },
    { "a store after a load: no word to others", { { 0, 'L', MEMORY, "u--- c" }, { 0, 'S', L1, "M--- c" } }, 0, 0 },
    { "a store: unique and dirty at once", { { 2, 'S', MEMORY, "--M- c" }, { 2, 'S', L1, "--M- c" } }, 0, 0 },
    { "two readers share", { { 0, 'L', MEMORY, "u--- c" }, { 1, 'L', L2, "ss-- c" }, { 0, 'L', L1, "ss-- c" } }, 1, 0 },
    { "three readers share", { { 0, 'L', MEMORY, "u--- c" }, { 1, 'L', L2, "ss-- c" }, { 3, 'L', L2, "ss-s c" } },
      3, 0 },
    { "a writer among readers: unique",
      { { 0, 'L', MEMORY, "u--- c" }, { 1, 'L', L2, "ss-- c" }, { 0, 'S', L1, "M--- c" } }, 2, 0 },
    { "a reader after a writer: written back", { { 0, 'S', MEMORY, "M--- c" }, { 1, 'L', L2, "ss-- d" } }, 1, 1 },
    { "the writer again: unique again",
      { { 0, 'S', MEMORY, "M--- c" }, { 1, 'L', L2, "ss-- d" }, { 0, 'S', L1, "M--- d" } }, 2, 1 },
    { "a writer after a writer",
      { { 0, 'S', MEMORY, "M--- c" }, { 3, 'S', L2, "---M d" }, { 0, 'S', L2, "M--- d" } }, 2, 2 },
    { "a fetch is no data",
      { { 0, 'I', MEMORY, "---- c" }, { 0, 'I', L1, "---- c" }, { 1, 'I', L2, "---- c" }, { 0, 'L', L2, "u--- c" } },
      0, 0 },
};
// clang-format on

static enum mem_level visit(const struct visit *v, uint64_t pa)
{
    return memsys_access(&m, &m.port[v->core][v->kind == 'I'], pa, v->kind == 'S' ? MEMSYS_WRITE : MEMSYS_READ);
}

static enum mem_level load(unsigned core, uint64_t pa)
{
    return memsys_access(&m, &m.port[core][0], pa, MEMSYS_READ);
}

static enum mem_level store(unsigned core, uint64_t pa)
{
    return memsys_access(&m, &m.port[core][0], pa, MEMSYS_WRITE);
}

static enum mem_level fetch(unsigned core, uint64_t pa)
{
    return memsys_access(&m, &m.port[core][1], pa, MEMSYS_READ);
}

static uint64_t total(enum count c)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < CORES_MAX; i++)
        n += counts[i].v[c];
    return n;
}

static void check_story(void **state)
{
    const struct story_row *row = *state;

    start(4, 16, 4);
    for (unsigned i = 0; i < 6 && row->visits[i].picture; i++) {
        char picture[CORES_MAX + 3];

        assert_int_equal(visit(&row->visits[i], LINE + 8 * i), row->visits[i].level);
        picture_of(LINE, picture);
        assert_string_equal(picture, row->visits[i].picture);
    }
    assert_int_equal(total(COUNT_EXT_SNOOP), row->snoops);
    assert_int_equal(total(COUNT_L1D_CACHE_WB), row->write_backs);
}

/* A dirty line that leaves an L1 makes the L2's dirty; a clean one leaves without a word. */
static void eviction_from_l1(void **state)
{
    char picture[CORES_MAX + 3];

    (void)state;
    start(2, 16, 4);
    store(0, 0x1000);
    load(0, 0x2000);
    load(0, 0x3000); /* 0x1000 goes */
    picture_of(0x1000, picture);
    assert_string_equal(picture, "---- d");
    assert_int_equal(counts[0].v[COUNT_L1D_CACHE_WB], 1);
    load(0, 0x4000); /* 0x2000 goes */
    picture_of(0x2000, picture);
    assert_string_equal(picture, "---- c");
    assert_int_equal(counts[0].v[COUNT_L1D_CACHE_WB], 1);
    assert_int_equal(load(0, 0x1000), LEVEL_L2);
    assert_int_equal(counts[0].v[COUNT_L1D_CACHE], 5);
    assert_int_equal(counts[0].v[COUNT_L1D_CACHE_REFILL], 5);
    assert_int_equal(counts[0].v[COUNT_L2D_CACHE], 5);
    assert_int_equal(counts[0].v[COUNT_L2D_CACHE_REFILL], 4);
    assert_int_equal(counts[0].v[COUNT_EXT_MEM_REQ], 4);
}

/* A dirty line that leaves the L2 to make room for a refill goes to memory: two requests. */
static void eviction_from_l2(void **state)
{
    (void)state;
    start(1, 2, 4);
    store(0, 0x1000);
    load(0, 0x2000);  /* writes 0x1000 back to the L2 */
    fetch(0, 0x3000); /* the L2's 0x1000, dirty, goes */
    assert_int_equal(counts[0].v[COUNT_L1D_CACHE_WB], 1);
    assert_int_equal(counts[0].v[COUNT_L2D_CACHE_WB], 1);
    assert_int_equal(counts[0].v[COUNT_EXT_MEM_REQ], 3 + 1);
}

/* A line written back to an L2 that has lost it may push out a dirty one: that leaves the cluster as well. */
static void write_back_evicts(void **state)
{
    (void)state;
    start(2, 2, 4);
    store(0, 0x1000);
    store(0, 0x2000);
    fetch(0, 0x3000);
    fetch(0, 0x4000); /* the L2 has 0x3000, 0x4000 */
    load(0, 0x5000);  /* 0x1000 is written back: the L2 has 0x5000 and 0x1000, dirty */
    assert_int_equal(counts[0].v[COUNT_L2D_CACHE_WB], 0);
    load(0, 0x6000); /* 0x2000 is written back: 0x1000 goes to memory */
    assert_int_equal(counts[0].v[COUNT_L1D_CACHE_WB], 2);
    assert_int_equal(counts[0].v[COUNT_L2D_CACHE_WB], 1);
    assert_int_equal(counts[0].v[COUNT_EXT_MEM_REQ], 6 + 1); /* six lines came, one went */
}

/* A line that only another L1 has comes from there: no request leaves the cluster [UG1085: L2 Memory Subsystem]. */
static void line_from_another_l1(void **state)
{
    (void)state;
    start(2, 2, 4);
    load(0, LINE);
    fetch(0, 0x3000);
    fetch(0, 0x4000); /* the L2 has lost it */
    assert_null(cache_peek(&m.l2, LINE));
    assert_int_equal(load(1, LINE), LEVEL_L2); /* the price of one [choice] of memsys.c */
    assert_int_equal(counts[0].v[COUNT_EXT_SNOOP], 1);
    assert_int_equal(counts[1].v[COUNT_L2D_CACHE], 1); /* looked up beside the SCU's tags */
    assert_int_equal(counts[1].v[COUNT_EXT_MEM_REQ], 0);
}

/* What no cache keeps leaves the cluster each time. */
static void uncached(void **state)
{
    (void)state;
    start(2, 2, 4);
    memsys_uncached(&m, 1);
    memsys_uncached(&m, 1);
    assert_int_equal(counts[1].v[COUNT_EXT_MEM_REQ], 2);
    assert_int_equal(counts[1].v[COUNT_EXT_MEM_REQ_NC], 2);
    assert_int_equal(counts[1].v[COUNT_L1D_CACHE], 0);
    assert_int_equal(counts[0].v[COUNT_EXT_MEM_REQ], 0);
}

/* Each core has its L1I. */
static void fetches(void **state)
{
    (void)state;
    start(2, 4, 4);
    assert_int_equal(fetch(0, LINE), LEVEL_MEMORY);
    assert_int_equal(fetch(0, LINE + 60), LEVEL_L1);
    assert_int_equal(fetch(0, LINE + 64), LEVEL_MEMORY);
    assert_int_equal(fetch(1, LINE), LEVEL_L2);
    assert_int_equal(counts[0].v[COUNT_L1I_CACHE], 3);
    assert_int_equal(counts[0].v[COUNT_L1I_CACHE_REFILL], 2);
    assert_int_equal(counts[1].v[COUNT_L1I_CACHE], 1);
    assert_int_equal(counts[1].v[COUNT_L1I_CACHE_REFILL], 1);
    assert_int_equal(total(COUNT_L1D_CACHE), 0);
}

static void level_names(void **state)
{
    (void)state;
    assert_string_equal(memsys_level_name(LEVEL_L1), "L1D");
    assert_string_equal(memsys_level_name(LEVEL_L2), "L2");
    assert_string_equal(memsys_level_name(LEVEL_MEMORY), "memory");
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add_test(&all, "a dirty line leaves the L1", eviction_from_l1, NULL);
    rows_add_test(&all, "a dirty line leaves the L2", eviction_from_l2, NULL);
    rows_add_test(&all, "a write-back pushes a dirty line out", write_back_evicts, NULL);
    rows_add_test(&all, "a line from another L1", line_from_another_l1, NULL);
    rows_add_test(&all, "uncached accesses", uncached, NULL);
    rows_add_test(&all, "instruction fetches", fetches, NULL);
    rows_add_test(&all, "names of levels", level_names, NULL);
    return rows_run(&all, "cluster/memsys");
}
