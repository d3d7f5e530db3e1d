/* Raw captures: each type of record to its operation, each mistake to a message with its place. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/import.h"
#include "traces/pack_format.h"

#include <sys/stat.h>
#include <zlib.h>

#define MSR_TTBR0_EL1 0xd5182005u
#define ENCODING_SCTLR_EL1 REC_SYSREG(3, 0, 1, 0, 0)
#define ENCODING_TTBR0_EL1 REC_SYSREG(3, 0, 2, 0, 0)
#define ENCODING_SP_EL0 REC_SYSREG(3, 0, 4, 1, 0)

/* A raw record: type, cpu, el, a, b, va, pa, value; CTX and EXC have more behind. */
struct raw {
    uint8_t type, cpu, el, a;
    uint32_t b;
    uint64_t va, pa, value;
    uint64_t extra[20];
};

static size_t put_raw(uint8_t *to, const struct raw *r)
{
    unsigned extra = r->type == 4 ? 20 : r->type == 6 ? 4 : 0;

    to[0] = r->type;
    to[1] = r->cpu;
    to[2] = r->el;
    to[3] = r->a;
    pack_put32(to + 4, r->b);
    pack_put64(to + 8, r->va);
    pack_put64(to + 16, r->pa);
    pack_put64(to + 24, r->value);
    for (unsigned i = 0; i < extra; i++)
        pack_put64(to + 32 + 8 * i, r->extra[i]);
    return 32 + 8 * extra;
}

static void write_part(const char *name, const void *bytes, size_t count)
{
    const char *path = fixture_path(name);
    gzFile f = gzopen(path, strstr(name, ".gz") ? "wb" : "wbT");

    assert_non_null(f);
    assert_int_equal(gzwrite(f, bytes, (unsigned)count), count);
    gzclose(f);
}

static void remove_parts(void)
{
    static const char *const names[] = { "trace.bin", "trace.bin.gz", "tables.bin", "tables.bin.gz", "out.swt" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(fixture_path(names[i]));
}

/* Imports what lies in the test's directory. Returns success; the trace is out.swt. */
static bool import(struct trace_error *err)
{
    struct trace_writer *w = trace_create(fixture_path("out.swt"), "a test", err);

    assert_non_null(w);
    err->text[0] = '\0';
    if (import_capture(fixture_path(""), w, NULL, err))
        return trace_commit(w, err);
    trace_discard(w);
    return false;
}

static struct fixture_trace import_raws(const struct raw *raws, size_t count)
{
    uint8_t bytes[8192];
    size_t at = 0;
    struct trace_error err;
    struct fixture_trace t;

    for (size_t i = 0; i < count; i++)
        at += put_raw(bytes + at, &raws[i]);
    write_part("trace.bin.gz", bytes, at);
    write_part("tables.bin.gz", "", 0);
    if (!import(&err))
        fail_msg("%s", err.text);
    t = fixture_read(fixture_path("out.swt"), 0);
    assert_false(t.failed);
    remove_parts();
    return t;
}

/* A context in which register i of the list holds 100 + i. */
static struct raw context(uint8_t cpu)
{
    struct raw r = { .type = 4, .cpu = cpu, .el = 1 };

    for (unsigned i = 0; i < 20; i++)
        r.extra[i] = 100 + i;
    return r;
}

static const struct type {
    const char *name;
    struct raw raw;
    struct trace_rec want;
} types[] = {
    { "fetch",
      { 1, 0, 2, 0, 7, 0x8000, 0x4000, 0, { 0 } },
      { .op = REC_FETCH, .el = 2, .n = 7, .va = 0x8000, .pa = 0x4000 } },
    { "load",
      { 2, 0, 1, 0x03, 8, 0x123, 0x5123, 0, { 0 } },
      { .op = REC_LOAD, .el = 1, .size_log2 = 3, .n = 8, .va = 0x123, .pa = 0x5123 } },
    { "store", { 2, 0, 0, 0x10, 0, 0x10, 0x10, 0, { 0 } }, { .op = REC_STORE, .va = 0x10, .pa = 0x10 } },
    { "device",
      { 2, 0, 1, 0x32, 0, 0x10, 0x10, 0, { 0 } },
      { .op = REC_STORE, .el = 1, .size_log2 = 2, .flags = REC_MMIO, .va = 0x10, .pa = 0x10 } },
    { "LDTR",
      { 2, 0, 1, 0x41, 0, 0x10, 0x10, 0, { 0 } },
      { .op = REC_LOAD, .el = 1, .size_log2 = 1, .flags = REC_UNPRIV, .va = 0x10, .pa = 0x10 } },
    { "PA unknown",
      { 2, 0, 1, 0x80, 0, 0x10, 0x77, 0, { 0 } },
      { .op = REC_LOAD, .el = 1, .flags = REC_PA_UNKNOWN, .va = 0x10 } },
    { "TLBI",
      { 5, 0, 1, 0, 0xd50883a5, 0, 0, 0x55, { 0 } },
      { .op = REC_SYS, .el = 1, .n = 0xd50883a5, .value = 0x55 } },
    { "ERET", { 5, 0, 2, 0, 0xd69f03e0, 0, 0, 0, { 0 } }, { .op = REC_SYS, .el = 2, .n = 0xd69f03e0 } },
    { "DC ZVA", { 5, 0, 0, 1, 0xd50b7423, 0x40, 0x1040, 0, { 0 } }, { .op = REC_ZVA, .va = 0x40, .pa = 0x1040 } },
    { "MRS PAR_EL1", { 5, 0, 1, 0, 0xd5387409, 0, 0, 0x809, { 0 } }, { .op = REC_PAR, .el = 1, .value = 0x809 } },
    { "MSR",
      { 5, 0, 1, 0, MSR_TTBR0_EL1, 0, 0, 0x9000, { 0 } },
      { .op = REC_MSR, .el = 1, .n = ENCODING_TTBR0_EL1, .value = 0x9000 } },
    { "exception",
      { 6, 0, 2, 0, 0x400, 0xfa, 0xf0, 0x93000045, { 1, 2, 3, 0 } },
      { .op = REC_EXC,
        .el = 2,
        .n = 0x400,
        .va = 0xfa,
        .pa = 0xf0,
        .value = 0x93000045,
        .elr = 1,
        .spsr = 2,
        .par = 3 } },
    { "table word", { 8, 0, 0, 0, 0, 0, 0x1008, 0x703, { 0 } }, { .op = REC_TABW, .pa = 0x1008, .value = 0x703 } },
};

static void a_type_becomes_its_operation(void **state)
{
    const struct type *row = *state;
    struct raw raws[] = { context(0), row->raw };
    struct fixture_trace t = import_raws(raws, 2);

    assert_int_equal(t.count, 21);
    assert_true(fixture_same(&t.recs[20], &row->want));
    fixture_free(&t);
}

static void a_zva_that_faulted_is_dropped(void **state)
{
    struct raw raws[] = { context(0), { .type = 5, .b = 0xd50b7420, .a = 0 } };
    struct fixture_trace t = import_raws(raws, 2);

    (void)state;
    assert_int_equal(t.count, 20);
    fixture_free(&t);
}

/* The first context of each core tells all, each later one only what changed; an MSR counts as known. */
static void contexts_become_changes(void **state)
{
    struct raw msr = { .type = 5, .el = 1, .b = MSR_TTBR0_EL1, .value = 0x9000 };
    struct raw trapped = context(0), done = context(0), raws[6];
    struct fixture_trace t;

    (void)state;
    done.extra[1] = 0x9000;
    done.extra[19] = 7;
    raws[0] = context(0);
    raws[1] = context(1);
    raws[2] = msr;
    raws[3] = done;    /* TTBR0_EL1 is as the MSR said: only SP_EL0 is news */
    raws[4] = trapped; /* and now neither is */
    raws[5] = trapped;
    t = import_raws(raws, 6);
    assert_int_equal(t.count, 20 + 20 + 1 + 1 + 2);
    assert_int_equal(t.recs[0].n, ENCODING_SCTLR_EL1);
    assert_int_equal(t.recs[0].value, 100);
    assert_int_equal(t.recs[19].n, ENCODING_SP_EL0);
    assert_int_equal(t.recs[20].core, 1);
    assert_int_equal(t.recs[41].n, ENCODING_SP_EL0);
    assert_int_equal(t.recs[41].value, 7);
    assert_int_equal(t.recs[42].n, ENCODING_TTBR0_EL1);
    assert_int_equal(t.recs[42].value, 101);
    assert_int_equal(t.recs[43].n, ENCODING_SP_EL0);
    fixture_free(&t);
}

static void tables_become_pages(void **state)
{
    uint8_t bytes[2 * (8 + TRACE_PAGE_BYTES)] = { 0 }, start_bytes[192];
    struct raw start = context(0);
    struct trace_error err;
    struct fixture_trace t;

    (void)state;
    pack_put64(bytes, 0x80000);
    bytes[8 + 5] = 9;
    pack_put64(bytes + 8 + TRACE_PAGE_BYTES, 0x7f000);
    write_part("tables.bin", bytes, sizeof bytes);
    write_part("trace.bin", start_bytes, put_raw(start_bytes, &start));
    assert_true(import(&err));
    t = fixture_read(fixture_path("out.swt"), 0);
    assert_int_equal(t.pages, 2);
    assert_int_equal(t.count, 20);
    fixture_free(&t);
    remove_parts();
}

/* The name is what the message must say. The record stands after a context of core 0, so at byte 192. */
static const struct mistake {
    const char *name;
    struct raw raw;
} mistakes[] = {
    { "unknown type", { .type = 0 } },
    { "unknown type", { .type = 3 } },
    { "unknown type", { .type = 9 } },
    { "core number is not below 8", { .type = 8, .cpu = 8 } },
    { "core number is not below 8", { .type = 4, .cpu = 255 } },
    { "exception level is above 3", { .type = 1, .el = 4, .b = 1 } },
    { "access on a core whose registers are not known yet", { .type = 1, .cpu = 1, .b = 1 } },
    { "PA and VA differ", { .type = 1, .b = 1, .va = 0x1004, .pa = 0x2000 } },
    { "PA and VA differ", { .type = 2, .va = 0x1001, .pa = 0x2000 } },
    { "fetched run is empty", { .type = 1 } },
    { "fetched run is empty or leaves", { .type = 1, .b = 2, .va = 0xffc, .pa = 0xffc } },
    { "fetch address is not 4-byte", { .type = 1, .b = 1, .va = 2, .pa = 2 } },
    { "access of more than 64 bytes", { .type = 2, .a = 7 } },
    { "instruction offset", { .type = 2, .b = 6 } },
    { "DC ZVA address", { .type = 5, .b = 0xd50b7420, .a = 1, .va = 8, .pa = 8 } },
    { "DC ZVA neither", { .type = 5, .b = 0xd50b7420, .a = 2 } },
    { "not a vector offset", { .type = 6, .b = 0x401 } },
    { "table word", { .type = 8, .pa = 12 } },
};

static void a_mistake_is_named(void **state)
{
    const struct mistake *row = *state;
    struct raw start = context(0);
    uint8_t bytes[1024];
    size_t at = put_raw(bytes, &start);
    struct trace_error err;

    at += put_raw(bytes + at, &row->raw);
    write_part("tables.bin.gz", "", 0);
    write_part("trace.bin.gz", bytes, at);
    assert_false(import(&err));
    assert_contains(err.text, "/trace.bin.gz: record at byte 192: ");
    assert_contains(err.text, row->name);
    assert_int_not_equal(access(fixture_path("out.swt"), F_OK), 0);
    remove_parts();
}

/* The name is what the message must say. */
static const struct truncation {
    const char *name;
    size_t bytes; /* of 192 + 64 + 32 */
} truncations[] = {
    { "record at byte 0 wants 32 bytes, the file ends after 1", 1 },
    { "record at byte 0 lacks its last 160 bytes", 32 },
    { "rest of a record at byte 32 wants 160 bytes, the file ends after 159", 191 },
    { "record at byte 192 wants 32 bytes, the file ends after 1", 193 },
    { "record at byte 192 lacks its last 32 bytes", 224 },
    { "rest of a record at byte 224 wants 32 bytes, the file ends after 31", 255 },
    { "record at byte 256 wants 32 bytes, the file ends after 31", 287 },
};

static void a_truncation_is_named(void **state)
{
    const struct truncation *row = *state;
    struct raw raws[] = { context(0), { .type = 6 }, { .type = 8 } };
    struct trace_error err;
    uint8_t bytes[1024];
    size_t at = 0;

    for (int i = 0; i < 3; i++)
        at += put_raw(bytes + at, &raws[i]);
    write_part("tables.bin", "", 0);
    write_part("trace.bin", bytes, row->bytes);
    assert_false(import(&err));
    assert_contains(err.text, row->name);
    remove_parts();
}

static void bad_tables_are_named(void **state)
{
    uint8_t bytes[2 * (8 + TRACE_PAGE_BYTES)] = { 0 };
    struct trace_error err;

    (void)state;
    write_part("trace.bin", "", 0);
    write_part("tables.bin", bytes, sizeof bytes - 1);
    assert_false(import(&err));
    assert_contains(err.text,
                    "tables.bin: truncated: table page at byte 4104 wants 4104 bytes, the file ends after 4103");
    pack_put64(bytes + 8 + TRACE_PAGE_BYTES, 0x1004);
    write_part("tables.bin", bytes, sizeof bytes);
    assert_false(import(&err));
    assert_contains(err.text, "tables.bin: table page at byte 4104: address 0x1004 is not 4 KB aligned");
    remove_parts();
}

static void missing_and_damaged_files_are_named(void **state)
{
    struct raw start = context(0);
    uint8_t bytes[8192], *packed;
    struct trace_error err;
    size_t count;

    (void)state;
    assert_false(import(&err));
    assert_contains(err.text, "neither tables.bin nor tables.bin.gz is there: not a raw capture");
    write_part("tables.bin.gz", "", 0);
    assert_false(import(&err));
    assert_contains(err.text, "neither trace.bin nor trace.bin.gz is there");
    put_raw(bytes, &start);
    write_part("trace.bin.gz", bytes, 192);
    packed = fixture_bytes(fixture_path("trace.bin.gz"), &count);
    unlink(fixture_path("trace.bin.gz"));
    write_part("trace.bin", packed, count / 2);
    assert_false(import(&err));
    assert_contains(err.text, "trace.bin: cannot read at byte ");
    free(packed);
    remove_parts();
}

static void a_capture_without_records_is_refused(void **state)
{
    struct raw dropped = { .type = 5, .b = 0xd50b7420, .a = 0 };
    struct trace_error err;
    uint8_t bytes[192];

    (void)state;
    write_part("tables.bin", "", 0);
    write_part("trace.bin", "", 0);
    assert_false(import(&err));
    assert_contains(err.text, "/trace.bin: no records");
    write_part("trace.bin", bytes, put_raw(bytes, &dropped));
    assert_false(import(&err));
    assert_contains(err.text, "/trace.bin: no records");
    remove_parts();
}

static void a_file_in_both_forms_is_refused(void **state)
{
    struct trace_error err;

    (void)state;
    write_part("tables.bin", "", 0);
    write_part("trace.bin", "", 0);
    write_part("trace.bin.gz", "", 0);
    assert_false(import(&err));
    assert_contains(err.text, ": both trace.bin and trace.bin.gz are there");
    remove_parts();
}

static void what_cannot_be_opened_or_read_says_why(void **state)
{
    struct trace_error err;
    struct trace_writer *w = trace_create("/dev/null", "a test", &err);

    (void)state;
    assert_false(import_capture("/nonexistent", w, NULL, &err));
    assert_string_equal(err.text, "/nonexistent: cannot open: No such file or directory");
    assert_false(import_capture("LICENSE", w, NULL, &err));
    assert_string_equal(err.text, "LICENSE: cannot open: Not a directory");
    assert_int_equal(mkdir(fixture_path("tables.bin"), 0700), 0);
    assert_false(import_capture(fixture_path(""), w, NULL, &err));
    assert_contains(err.text, "tables.bin: cannot read at byte 0: Is a directory");
    rmdir(fixture_path("tables.bin"));
    trace_discard(w);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, a_type_becomes_its_operation, ROWS_OF(types));
    rows_add_test(&r, "a ZVA that faulted is dropped", a_zva_that_faulted_is_dropped, NULL);
    rows_add_test(&r, "contexts become changes", contexts_become_changes, NULL);
    rows_add_test(&r, "tables become pages", tables_become_pages, NULL);
    rows_add(&r, a_mistake_is_named, ROWS_OF(mistakes));
    rows_add(&r, a_truncation_is_named, ROWS_OF(truncations));
    rows_add_test(&r, "bad tables are named", bad_tables_are_named, NULL);
    rows_add_test(&r, "missing and damaged files are named", missing_and_damaged_files_are_named, NULL);
    rows_add_test(&r, "a capture without records is refused", a_capture_without_records_is_refused, NULL);
    rows_add_test(&r, "a file in both forms is refused", a_file_in_both_forms_is_refused, NULL);
    rows_add_test(&r, "what cannot be opened or read says why", what_cannot_be_opened_or_read_says_why, NULL);
    return rows_run(&r, "import") + rmdir(fixture_path(""));
}
