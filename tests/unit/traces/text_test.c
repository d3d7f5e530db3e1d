/* Trace text: what is printed reads back the same, and what is wrong is pointed at. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/text.h"

#include <zlib.h>

/* Prints a whole trace to a string. The caller frees it. */
static char *print_trace(const char *path)
{
    struct trace_error err;
    struct trace_reader *r = trace_open(path, 0, &err);
    uint8_t page[TRACE_PAGE_BYTES];
    struct trace_rec rec;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    uint64_t pa;

    assert_non_null(r);
    assert_non_null(out);
    text_put_head(out, trace_get_info(r)->source);
    while (trace_read_page(r, &pa, page) > 0)
        text_put_page(out, pa, page);
    while (trace_read(r, &rec, 1) > 0) {
        text_put_record(out, &rec);
        fputc('\n', out);
    }
    trace_close(r);
    fclose(out);
    return text;
}

static void print_record(const struct trace_rec *rec, char *text, size_t size)
{
    FILE *out = fmemopen(text, size, "w");

    assert_non_null(out);
    text_put_record(out, rec);
    fclose(out);
}

/* Packs text to out.swt. */
static bool pack(const char *text, struct trace_error *err)
{
    struct fixture_file f = fixture_file(text, strlen(text));
    bool ok = text_pack(f.path, fixture_path("out.swt"), NULL, err);

    fixture_close(f);
    return ok;
}

static void assert_same_bytes(const char *a, const char *b)
{
    size_t x_count, y_count;
    uint8_t *x = fixture_bytes(a, &x_count), *y = fixture_bytes(b, &y_count);

    assert_int_equal(x_count, y_count);
    assert_memory_equal(x, y, x_count);
    free(x);
    free(y);
}

static const struct line {
    const char *name; /* as it is printed */
    struct trace_rec rec;
} lines[] = {
    { "0 el1 fetch va=0xffff800008010000 pa=0x40210000 n=5",
      { .op = REC_FETCH, .el = 1, .n = 5, .va = 0xffff800008010000, .pa = 0x40210000 } },
    { "0 el1 load  va=0x10 pa=0x1010 size=8 at=0x1c",
      { .op = REC_LOAD, .el = 1, .size_log2 = 3, .n = 28, .va = 0x10, .pa = 0x1010 } },
    { "3 el0 store va=0x10 pa=0x1010 size=1 at=0x0 mmio unpriv",
      { .op = REC_STORE, .core = 3, .flags = REC_MMIO | REC_UNPRIV, .va = 0x10, .pa = 0x1010 } },
    { "0 el0 store va=0x10 pa=? size=64 at=0x0",
      { .op = REC_STORE, .flags = REC_PA_UNKNOWN, .va = 0x10, .size_log2 = 6 } },
    { "0 el0 zva   va=0x40 pa=0x1040", { .op = REC_ZVA, .va = 0x40, .pa = 0x1040 } },
    { "0 el1 sys   opcode=0xd50883a5 x=0x55  # TLBI VALE1IS",
      { .op = REC_SYS, .el = 1, .n = 0xd50883a5, .value = 0x55 } },
    { "0 el2 sys   opcode=0xd50c78b6 x=0x1000  # AT S12E1W",
      { .op = REC_SYS, .el = 2, .n = 0xd50c78b6, .value = 0x1000 } },
    { "0 el2 sys   opcode=0xd69f03e0 x=0x0  # ERET", { .op = REC_SYS, .el = 2, .n = 0xd69f03e0 } },
    { "0 el0 sys   opcode=0xd5033fdf x=0x0  # ISB", { .op = REC_SYS, .n = 0xd5033fdf } },
    { "0 el0 sys   opcode=0x1 x=0x0", { .op = REC_SYS, .n = 1 } },
    { "0 el1 msr   reg=TTBR0_EL1 value=0x9000",
      { .op = REC_MSR, .el = 1, .n = REC_SYSREG(3, 0, 2, 0, 0), .value = 0x9000 } },
    { "0 el1 msr   reg=S2_7_C15_C14_3 value=0x1",
      { .op = REC_MSR, .el = 1, .n = REC_SYSREG(2, 7, 15, 14, 3), .value = 1 } },
    { "0 el2 par   value=0x80b", { .op = REC_PAR, .el = 2, .value = 0x80b } },
    { "0 el2 exc   vector=0x400 esr=0x1 far=0x2 hpfar=0x3 elr=0x4 spsr=0x5 par=0x6",
      { .op = REC_EXC, .el = 2, .n = 0x400, .value = 1, .va = 2, .pa = 3, .elr = 4, .spsr = 5, .par = 6 } },
    { "0 el0 tabw  pa=0x40001008 value=0x703", { .op = REC_TABW, .pa = 0x40001008, .value = 0x703 } },
};

static void a_line_reads_as_documented(void **state)
{
    const struct line *row = *state;
    struct trace_error err = { "" };
    struct fixture_trace t;
    char text[256];

    print_record(&row->rec, text, sizeof text);
    assert_string_equal(text, row->name);
    snprintf(text, sizeof text, "trace 1\nsource a test\n%s\n", row->name);
    if (!pack(text, &err))
        fail_msg("%s", err.text);
    t = fixture_read(fixture_path("out.swt"), 0);
    assert_int_equal(t.count, 1);
    assert_true(fixture_same(&t.recs[0], &row->rec));
    fixture_free(&t);
    unlink(fixture_path("out.swt"));
}

/* Pages and records of every kind and extreme: packed, printed, packed again. */
static void a_trace_survives_as_text(void **state)
{
    static struct trace_rec recs[3000];
    const char *in = fixture_path("in.swt"), *out = fixture_path("out.swt");
    struct trace_error err = { "" };
    uint64_t seed = 11;
    char *text;

    (void)state;
    for (size_t i = 0; i < 3000; i++)
        recs[i] = fixture_record((enum rec_op)(fixture_random(&seed) % REC_OP_COUNT), &seed);
    fixture_write(in, recs, 3000, 5);
    text = print_trace(in);
    if (!pack(text, &err))
        fail_msg("%s", err.text);
    assert_same_bytes(in, out);
    free(text);
    unlink(in);
    unlink(out);
}

static void gzipped_text_is_read(void **state)
{
    const char *path = fixture_path("text.gz");
    const char *text = "trace 1\nsource x\n0 el0 par value=7\n";
    gzFile f = gzopen(path, "wb");
    struct trace_error err = { "" };
    struct fixture_trace t;

    (void)state;
    assert_int_equal(gzwrite(f, text, (unsigned)strlen(text)), strlen(text));
    gzclose(f);
    assert_true(text_pack(path, fixture_path("out.swt"), NULL, &err));
    t = fixture_read(fixture_path("out.swt"), 0);
    assert_int_equal(t.count, 1);
    fixture_free(&t);
    unlink(path);
    unlink(fixture_path("out.swt"));
}

/* What a person may write otherwise than the program prints. */
static void hands_have_freedom(void **state)
{
    static const char *const texts[] = {
        "trace 1\nsource x\n0 el0 load size=2 at=4 pa=0x14 va=20 mmio\n",
        "\n# a comment\ntrace 1 # the format\n\nsource x\n\n\t0  el0\tload va=0X14 pa=20 size=2 mmio at=0x4 # why\n",
        "trace 1\r\nsource x\r\n0 el0 load va=0x0000000014 pa=0x14 size=0x2 at=0x4 mmio\r\n\r\n",
        "trace 1\nsource x\n0 el0 load va=0x14 pa=0x14 size=2 at=0x4 mmio",
    };
    const struct trace_rec want = { .op = REC_LOAD, .flags = REC_MMIO, .size_log2 = 1, .n = 4, .va = 0x14, .pa = 0x14 };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct trace_error err = { "" };
        struct fixture_trace t;

        if (!pack(texts[i], &err))
            fail_msg("%s", err.text);
        t = fixture_read(fixture_path("out.swt"), 0);
        assert_int_equal(t.count, 1);
        assert_true(fixture_same(&t.recs[0], &want));
        fixture_free(&t);
    }
    unlink(fixture_path("out.swt"));
}

static void pages_are_read(void **state)
{
    struct trace_error err = { "" };
    uint8_t page[TRACE_PAGE_BYTES], want[TRACE_PAGE_BYTES] = { 0 };
    struct trace_reader *r;
    uint64_t pa;

    (void)state;
    want[0x18] = 3;
    want[0x20] = 4;
    want[0xff8] = 9;
    assert_true(
        pack("trace 1\nsource x\npage pa=0x7000\n +0x18 3 4\n +0xff8 0x9\npage pa=0x3000\n0 el0 par value=1\n", &err));
    r = trace_open(fixture_path("out.swt"), 0, &err);
    assert_non_null(r);
    assert_int_equal(trace_read_page(r, &pa, page), 1);
    assert_int_equal(pa, 0x7000);
    assert_memory_equal(page, want, sizeof page);
    assert_int_equal(trace_read_page(r, &pa, page), 1);
    assert_int_equal(pa, 0x3000);
    assert_int_equal(trace_read_page(r, &pa, page), 0);
    trace_close(r);
    unlink(fixture_path("out.swt"));
}

/* Line 3 is the one with the mistake, or 4 when there are two. */
static const struct mistake {
    const char *name; /* the line, or two */
    unsigned column;
    const char *words;
} mistakes[] = {
    { "load va=0x10", 1, "neither a record" },
    { "0 load va=0x10", 3, "el0, el1, el2 or el3" },
    { "0 el4 par value=1", 3, "el0, el1, el2 or el3" },
    { "0", 2, "el0, el1, el2 or el3" },
    { "8 el1 par value=1", 1, "number is above 7" },
    { "0x el1 par value=1", 1, "not a number" },
    { "0 el1", 6, "operation missing" },
    { "0 el1 laod va=0x10", 7, "unknown operation" },
    { "0 el1 load va=0x10 size=8 at=0", 11, "pa= is missing" },
    { "0 el1 load va=0x10 pa=0x1g size=8 at=0", 23, "not a number" },
    { "0 el1 load va=0x10000000000000000 pa=0x10 size=8 at=0", 15, "does not fit 64 bits" },
    { "0 el1 load va=18446744073709551616 pa=0x10 size=8 at=0", 15, "does not fit 64 bits" },
    { "0 el1 load va= pa=0x10 size=8 at=0", 15, "number missing" },
    { "0 el1 load va pa=0x10 size=8 at=0", 12, "value missing: va=..." },
    { "0 el1 load va=-1 pa=0x10 size=8 at=0", 15, "not a number" },
    { "0 el1 load va=1 va=1 pa=1 size=8 at=0", 17, "given twice" },
    { "0 el1 load va=1 pa=1 size=3 at=0", 27, "not a power of two" },
    { "0 el1 load va=1 pa=1 size=128 at=0", 27, "number is above 64" },
    { "0 el1 load va=1 pa=1 size=0 at=0", 27, "not a power of two" },
    { "0 el1 load va=1 pa=1 size=8 at=2", 7, "instruction offset" },
    { "0 el1 load va=1 pa=1 size=8 at=0x100000000", 32, "number is above 4294967295" },
    { "0 el1 load va=1 pa=1 size=8 at=0 mmoi", 34, "load has no such key" },
    { "0 el1 load va=1 pa=1 size=8 at=0 value=1", 34, "load has no such key" },
    { "0 el1 par value=1 mmio", 19, "par has no such key" },
    { "0 el1 tabw pa=? value=1", 15, "not a number" },
    { "0 el1 fetch va=0x10 pa=0x10 n=0", 7, "fetched run is empty" },
    { "0 el1 msr reg=TTBR7_EL1 value=0", 15, "not a system register" },
    { "0 el1 msr reg=S1_0_C1_C1_0 value=0", 15, "not a system register" },
    { "0 el1 msr reg=S3_0_C16_C1_0 value=0", 15, "not a system register" },
    { "0 el1 msr reg=S3_0_C1_C1_0_ value=0", 15, "not a system register" },
    { "page", 5, "pa=... of the page" },
    { "page pa=0x1008", 9, "not 4 KB aligned" },
    { "page pa=0x1000 x", 16, "the line should end here" },
    { "  +0x000 0x1", 3, "no page before them" },
    { "page pa=0x1000\n  +0x001 0x1", 4, "not 8-byte aligned" },
    { "page pa=0x1000\n  +0x1000 0x1", 4, "number is above 4088" },
    { "page pa=0x1000\n  +0xff8 1 2", 12, "beyond the page" },
    { "page pa=0x1000\n  +", 4, "number missing" },
    { "0 el1 par value=1\npage pa=0x1000\n0 el1 par value=1", 0, "after the first record" },
    { "0 el1 par \1", 11, "control character" },
};

static void a_mistake_is_pointed_at(void **state)
{
    const struct mistake *row = *state;
    struct trace_error err = { "" };
    char text[256], place[64];

    snprintf(text, sizeof text, "trace 1\nsource x\n%s\n", row->name);
    snprintf(place, sizeof place, ":%d:%u: ", strchr(row->name, '\n') ? 4 : 3, row->column);
    assert_false(pack(text, &err));
    assert_contains(err.text, row->words);
    if (row->column)
        assert_contains(err.text, place);
    assert_int_not_equal(access(fixture_path("out.swt"), F_OK), 0);
}

static const struct head {
    const char *name; /* the whole text */
    const char *words;
} heads[] = {
    { "", "not a trace text: its first line is `trace 1`" },
    { "# nothing\n", "not a trace text" },
    { "set one\n", ":1:1: not a trace text" },
    { "trace\n", ":1:6: number missing" },
    { "trace 2\n", ":1:7: version 2 of trace text: this program reads version 1" },
    { "trace 1 2\n", ":1:9: unexpected" },
    { "trace 1\n", "`source` and a line of text" },
    { "trace 1\n0 el0 par value=1\n", ":2:1: `source` and a line" },
};

static void a_bad_head_is_refused(void **state)
{
    const struct head *row = *state;
    struct trace_error err = { "" };

    assert_false(pack(row->name, &err));
    assert_contains(err.text, row->words);
}

static void the_caret_stands_under_the_mistake(void **state)
{
    struct trace_error err = { "" };
    char text[400], long_line[300];

    (void)state;
    assert_false(pack("trace 1\nsource x\n0 el1 load va=0x1g pa=1\n", &err));
    assert_contains(err.text, ":3:15: not a number\n  0 el1 load va=0x1g pa=1\n                ^~~~");
    assert_false(pack("trace 1\nsource x\n\t0 el1\tload x\n", &err));
    assert_contains(err.text, ":3:13: load has no such key\n  \t0 el1\tload x\n  \t     \t     ^");
    /* Of a long line the part around the mistake is shown. */
    memset(long_line, ' ', sizeof long_line);
    memcpy(long_line, "0 el1 load", 10);
    snprintf(text, sizeof text, "trace 1\nsource x\n%.280swrong\n", long_line);
    assert_false(pack(text, &err));
    assert_contains(err.text, ":3:281: load has no such key\n");
    assert_contains(err.text, "wrong\n                                                              ^~~~~");
}

static void long_lines_are_refused(void **state)
{
    char text[20000];
    struct trace_error err = { "" };

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "trace 1\nsource x\n", 17);
    text[sizeof text - 1] = '\0';
    assert_false(pack(text, &err));
    assert_contains(err.text, ":3:1: line of more than 16384 bytes");
}

int main(void)
{
    static struct rows r;

    rows_add(&r, a_line_reads_as_documented, ROWS_OF(lines));
    rows_add_test(&r, "a trace survives as text", a_trace_survives_as_text, NULL);
    rows_add_test(&r, "gzipped text is read", gzipped_text_is_read, NULL);
    rows_add_test(&r, "hands have freedom", hands_have_freedom, NULL);
    rows_add_test(&r, "pages are read", pages_are_read, NULL);
    rows_add(&r, a_mistake_is_pointed_at, ROWS_OF(mistakes));
    rows_add(&r, a_bad_head_is_refused, ROWS_OF(heads));
    rows_add_test(&r, "the caret stands under the mistake", the_caret_stands_under_the_mistake, NULL);
    rows_add_test(&r, "long lines are refused", long_lines_are_refused, NULL);
    return rows_run(&r, "text") + rmdir(fixture_path(""));
}
