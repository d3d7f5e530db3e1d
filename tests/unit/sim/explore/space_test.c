/* Spaces: what may be written, which points it makes, in which order, and what is refused where. */
#include "tests/unit/models/rows.h"

#include "sim/explore/space.h"

#include <stdio.h>
#include <stdlib.h>

#define POINTS 100

static struct space space_of_defaults(void)
{
    struct config config;
    struct space s;

    params_default(&config);
    memset(&s, POISON, sizeof s);
    space_init(&s, &config);
    return s;
}

/* All points as text, a line each: the number, a mark for the baseline, and KEY=VALUE. The caller frees it. */
static char *points_text(const struct space *s)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    for (size_t p = 0; p < s->points; p++) {
        fprintf(out, "%zu%s ", space_number(s, p), p == s->baseline ? "*" : "");
        space_print_point(s, p, out);
        putc('\n', out);
    }
    assert_int_equal(fclose(out), 0);
    return text;
}

/* Reads `text` as a file. */
static bool read_text(struct space *s, const char *text, struct trace_error *err)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    bool good;

    assert_non_null(in);
    good = strncmp(text, "# space", 7) == 0 ? space_read(s, in, "file", err) : space_read_points(s, in, "file", err);
    fclose(in);
    return good;
}

#define TIMES_8(text) text text text text text text text text
#define LONG TIMES_8(TIMES_8(TIMES_8("0123456789abcdef")))

static const struct row {
    const char *name;
    const char *words[4];
    const char *file;   /* of a space when it begins with "# space", else of points; NULL: none */
    const char *points; /* or, when it begins with !, the message */
} rows[] = {
    { "a list, the baseline in it",
      { "mmu.main_tlb.entries=512,128" },
      NULL,
      "1* mmu.main_tlb.entries=512\n2 mmu.main_tlb.entries=128\n" },
    { "the baseline not in it",
      { "mmu.main_tlb.entries=64,128" },
      NULL,
      "0* mmu.main_tlb.entries=512\n1 mmu.main_tlb.entries=64\n2 mmu.main_tlb.entries=128\n" },
    { "a range of entries doubles",
      { "mmu.walk_cache.entries=32..64" },
      NULL,
      "1 mmu.walk_cache.entries=32\n2* mmu.walk_cache.entries=64\n" },
    { "a range ends before what it does not meet",
      { "mmu.walk_cache.entries=64..255" },
      NULL,
      "1* mmu.walk_cache.entries=64\n2 mmu.walk_cache.entries=128\n" },
    { "a range of cycles counts", { "cost.l1d=2..4" }, NULL, "1 cost.l1d=2\n2* cost.l1d=3\n3 cost.l1d=4\n" },
    { "a factor", { "cost.ddr=20..180*3" }, NULL, "1 cost.ddr=20\n2 cost.ddr=60\n3* cost.ddr=180\n" },
    { "a step", { "cost.ddr=100..180+40" }, NULL, "1 cost.ddr=100\n2 cost.ddr=140\n3* cost.ddr=180\n" },
    { "a range of one", { "cost.ddr=100..100,180" }, NULL, "1 cost.ddr=100\n2* cost.ddr=180\n" },
    { "a range beside values", { "cost.l2=9,13..14" }, NULL, "1 cost.l2=9\n2 cost.l2=13\n3* cost.l2=14\n" },
    { "policies", { "cache.l2.policy=rr,lru" }, NULL, "1 cache.l2.policy=rr\n2* cache.l2.policy=lru\n" },
    { "bytes in K and M, one spelling",
      { "cache.l2.bytes=512K,0x100000" },
      NULL,
      "1 cache.l2.bytes=524288\n2* cache.l2.bytes=1048576\n" },
    { "the last knob changes first",
      { "cost.l1d=3,4", "cost.l2=14,15" },
      NULL,
      "1* cost.l1d=3 cost.l2=14\n2 cost.l1d=3 cost.l2=15\n3 cost.l1d=4 cost.l2=14\n4 cost.l1d=4 cost.l2=15\n" },
    { "one value is of the base", { "cost.l1d=4", "cost.l2=14,15" }, NULL, "1* cost.l2=14\n2 cost.l2=15\n" },
    { "one word of a layout is a knob", { "stage2=2M" }, NULL, "0* stage2=as-captured\n1 stage2=2M\n" },
    { "names of one layout", { "stage2=4K,blocks" }, NULL, "0* stage2=as-captured\n1 stage2=pages\n2 stage2=blocks\n" },
    { "no is as captured", { "contiguous1=yes,no" }, NULL, "1 contiguous1=yes\n2* contiguous1=as-captured\n" },
    { "a file of a space",
      { NULL },
      "# space\n\n cost.l1d = 3, 4 # of a load\nstage1=blocks\n",
      "0* cost.l1d=3 stage1=as-captured\n1 cost.l1d=3 stage1=blocks\n2 cost.l1d=4 stage1=blocks\n" },
    { "points as words",
      { NULL },
      "cost.l1d=4 stage2=2M\nstage2=2M\n\ncost.l2=9 # last\n",
      "0* cost.l1d=3 stage2=as-captured cost.l2=14\n1 cost.l1d=4 stage2=2M cost.l2=14\n"
      "2 cost.l1d=3 stage2=2M cost.l2=14\n3 cost.l1d=3 stage2=as-captured cost.l2=9\n" },
    { "points as CSV",
      { NULL },
      "cost.l1d, cost.l2\r\n3,14\r\n4 ,15",
      "1* cost.l1d=3 cost.l2=14\n2 cost.l1d=4 cost.l2=15\n" },
    { "points after one value of the base", { "cost.ddr=100" }, "cost.l2\n9", "0* cost.l2=14\n1 cost.l2=9\n" },

    { "no knob", { "cost.ddr=100" }, NULL, "!nothing to explore: no knob has more than one value" },
    { "nothing at all", { NULL }, NULL, "!nothing to explore: no knob has more than one value" },
    { "an unknown key",
      { "mmu.main_tlb.entry=1,2" },
      NULL,
      "!unknown knob 'mmu.main_tlb.entry'; did you mean 'mmu.main_tlb.entries'?" },
    { "an unknown word of a layout", { "stag2=2M" }, NULL, "!unknown knob 'stag2'; did you mean 'stage2'?" },
    { "no =", { "cost.ddr" }, NULL, "!'cost.ddr' wants KEY=VALUES, as in mmu.main_tlb.entries=128,512" },
    { "no key", { "=1" }, NULL, "!'=1' wants KEY=VALUES, as in mmu.main_tlb.entries=128,512" },
    { "no value", { "cost.ddr=" }, NULL, "!cost.ddr: a value is missing beside a comma, or behind =" },
    { "a value missing", { "cost.ddr=1,,2" }, NULL, "!cost.ddr: a value is missing beside a comma, or behind =" },
    { "no value behind the last comma",
      { "cost.ddr=1," },
      NULL,
      "!cost.ddr: a value is missing beside a comma, or behind =" },
    { "a value twice", { "cost.ddr=180,0xb4" }, NULL, "!cost.ddr: the value 0xb4 is there twice" },
    { "a value out of range", { "cost.l1d=3,1001" }, NULL, "!cost.l1d wants a number from 0 to 1000, not '1001'" },
    { "no number", { "cost.l1d=3,three" }, NULL, "!cost.l1d wants a number from 0 to 1000, not 'three'" },
    { "K of what has no bytes", { "cost.ddr=1K,2" }, NULL, "!cost.ddr wants a number from 0 to 100000, not '1K'" },
    { "no policy", { "cache.l2.policy=lru,fifo" }, NULL, "!cache.l2.policy wants rr, random or lru, not 'fifo'" },
    { "a range of policies",
      { "cache.l2.policy=rr..lru" },
      NULL,
      "!cache.l2.policy: 'rr..lru' is no range; it wants two numbers, as in 64..1024 or 64..1024*4" },
    { "a range without end",
      { "cost.l2=1.." },
      NULL,
      "!cost.l2: '1..' is no range; it wants two numbers, as in 64..1024 or 64..1024*4" },
    { "a range backwards", { "cost.l2=2..1" }, NULL, "!cost.l2: '2..1' ends before it begins" },
    { "a range that stays", { "cost.l2=1..9*1" }, NULL, "!cost.l2: '1..9*1' stays where it begins" },
    { "a range that stays at 0", { "cost.l2=0..9*2" }, NULL, "!cost.l2: '0..9*2' stays where it begins" },
    { "a range without steps", { "cost.l2=1..9+0" }, NULL, "!cost.l2: '1..9+0' stays where it begins" },
    { "a step without a number", { "cost.l2=1..9+" }, NULL, "!cost.l2: '1..9+': a number is to follow * or +" },
    { "more behind a range", { "cost.l2=1..9+1x" }, NULL, "!cost.l2: '1..9+1x': nothing is to follow '1..9+1'" },
    { "a range too long", { "mmu.main_tlb.seed=0..4000000000" }, NULL, "!mmu.main_tlb.seed: more than 1024 values" },
    { "a key twice",
      { "cost.l2=1,2", "cost.l2=3,4" },
      NULL,
      "!'cost.l2' is given twice; put all its values into one list" },
    { "too many points",
      { "mmu.main_tlb.seed=0..100" },
      NULL,
      "!these knobs make more than 100 points; give fewer values, or --max-points more" },
    { "a file names its line",
      { NULL },
      "# space\n\ncost.l2=1,2\ncost.l3=1\n",
      "!file:4: unknown knob 'cost.l3'; did you mean 'cost.l2'?" },
    { "points: unknown key", { NULL }, "cost.l3\n1\n", "!file:1: unknown knob 'cost.l3'; did you mean 'cost.l2'?" },
    { "points: too few cells", { NULL }, "cost.l2,cost.ddr\n1\n", "!file:2: 1 cells, not 2 as in the first row" },
    { "points: too many cells", { NULL }, "cost.l2\n1,2\n", "!file:2: 2 cells, not 1 as in the first row" },
    { "points: a column twice", { NULL }, "cost.l2,cost.l2\n", "!file:1: two columns are 'cost.l2'" },
    { "points: a key twice", { NULL }, "cost.l2=1 cost.l2=2\n", "!file:1: cost.l2 is there twice" },
    { "points: a list", { NULL }, "cost.l2=1,2\n", "!file:1: cost.l2 wants a number from 0 to 1000, not '1,2'" },
    { "points: no word", { NULL }, "cost.l2=1\ncost.l2\n", "!file:2: 'cost.l2' wants KEY=VALUE" },
    { "points: a point twice", { NULL }, "cost.l2=1\ncost.l2=2\ncost.l2=0x1\n", "!points 1 and 3 are the same" },
    { "points: none", { NULL }, "cost.l2\n", "!file: no points in it" },
    { "a file whose last line has no end",
      { NULL },
      "# space\ncost.l2=1,2",
      "0* cost.l2=14\n1 cost.l2=1\n2 cost.l2=2\n" },
    { "a line too long", { NULL }, "# space\n" LONG "\n", "!file:2: the line has more than 8191 bytes" },
    { "points: nothing", { NULL }, "#\n", "!file: no points in it" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct space s = space_of_defaults();
    struct trace_error err = { "" };
    bool good = true;

    for (size_t i = 0; i < 4 && row->words[i] && good; i++)
        good = space_add(&s, row->words[i], &err);
    good = good && (!row->file || read_text(&s, row->file, &err)) && space_close(&s, POINTS, &err);
    if (row->points[0] == '!') {
        assert_string_equal(err.text, row->points + 1);
        assert_false(good);
    } else {
        char *text;

        assert_string_equal(err.text, "");
        assert_true(good);
        text = points_text(&s);
        assert_string_equal(text, row->points);
        free(text);
    }
    space_free(&s);
}

/* What stands behind a NUL is not passed over. */
static void a_nul(void **state)
{
    static const char *const texts[] = { "cost.l2=1,2\n\0cost.ddr=1,2\n", "cost.l2=1,2\ncost.ddr=1\0,2\n",
                                         "cost.l2=1,2\ncost.ddr=1,2\0,3" };
    static const size_t bytes[] = { 26, 26, 27 };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct space s = space_of_defaults();
        FILE *in = fmemopen((void *)(uintptr_t)texts[i], bytes[i], "r");
        struct trace_error err = { "" };

        assert_non_null(in);
        assert_false(space_read(&s, in, "file", &err));
        assert_string_equal(err.text, "file:2: a NUL byte: this is no text");
        fclose(in);
        space_free(&s);
    }
}

/* The order of a product against counting by hand; every point is found by its values, wherever it is looked for
 * first. */
static void product(void **state)
{
    static const char *const words[] = { "cost.l1d=1..3", "cost.l2=1..4", "cost.ddr=1..5" };
    struct space s = space_of_defaults();
    struct trace_error err;
    struct sweep sweep = { 0 };
    size_t p = 1;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(space_add(&s, words[i], &err));
    assert_true(space_close(&s, POINTS, &err));
    for (uint32_t a = 1; a <= 3; a++) {
        for (uint32_t b = 1; b <= 4; b++) {
            for (uint32_t c = 1; c <= 5; c++, p++) {
                const char *values[3];
                struct config config;
                char why[200];

                assert_null(space_config(&s, p, &config, why, sizeof why));
                for (size_t i = 0; i < 3; i++)
                    values[i] = space_value(&s, p, i);
                sweep_point(&sweep, space_find(&s, values, p * 7 % 61), p, "find of point %zu", p);
                sweep_point(&sweep, config.price.l1d * 100 + config.price.l2 * 10 + config.price.memory[MEM_DDR],
                            a * 100 + b * 10 + c, "point %zu", p);
            }
        }
    }
    assert_int_equal(s.points, p);
    sweep_end(&sweep, 120);
    space_free(&s);
}

static void impossible(void **state)
{
    struct space s = space_of_defaults();
    struct trace_error err;
    struct config config;
    char why[200];

    (void)state;
    assert_true(space_add(&s, "mmu.main_tlb.entries=96,512", &err));
    assert_true(space_close(&s, POINTS, &err));
    assert_non_null(space_config(&s, 0, &config, why, sizeof why));
    assert_string_equal(why, "mmu.main_tlb: 96 entries or lines in 4 ways do not make a power of two of sets");
    assert_null(space_config(&s, 1, &config, why, sizeof why));
    space_free(&s);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    rows_add_test(&r, "a NUL", a_nul, NULL);
    rows_add_test(&r, "a product, counted by hand", product, NULL);
    rows_add_test(&r, "a machine that cannot be", impossible, NULL);
    return rows_run(&r, "space");
}
