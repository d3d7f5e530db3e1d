/* Raw captures into traces: what walks read is carried along, what changes is told in time, and no byte is trusted. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "tools/capture/convert.h"
#include "tools/capture/raw.h"

#define RAM_BYTES 0x20000u
#define ROOT 0x1000u  /* stage 1, level 1; leads to */
#define TABLE 0x2000u /* level 2, and to */
#define LEAVES 0x3000u
#define DATA 0x10000u             /* VA 0 leads here, VA 0x1000 to LEAVES itself, VA 0x2000 to the page after DATA */
#define PAGE 0x743u               /* a page that EL0 too may read and write */
#define TCR 0x0000000000803519ull /* 39 bits below, 4 KB; nothing above */
#define EVENTS_MAX 16

#define DC_ZVA 0xd50b7420u
#define TLBI_VMALLE1 0xd508871fu
#define AT_S1E1R 0xd5087800u

static uint64_t ram[RAM_BYTES / 8];

struct event {
    struct raw_record r;
    uint64_t high;
    uint64_t words[RAW_CONTEXT_COUNT];
};

static void fill_ram(void)
{
    memset(ram, 0, sizeof ram);
    ram[ROOT / 8] = TABLE | 3;
    ram[TABLE / 8] = LEAVES | 3;
    ram[LEAVES / 8] = DATA | PAGE;
    ram[LEAVES / 8 + 1] = LEAVES | PAGE;
    ram[LEAVES / 8 + 2] = (DATA + 0x1000) | PAGE;
}

static void write_file(const char *name, const void *bytes, size_t count)
{
    FILE *f = fopen(fixture_path(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    fclose(f);
}

static size_t put_event(uint8_t *to, const struct event *e)
{
    const struct raw_record high = { .type = RAW_HIGH, .value = e->high };
    size_t count = e->r.type == RAW_CONTEXT ? RAW_CONTEXT_COUNT : e->r.type == RAW_EXCEPTION ? RAW_EXCEPTION_WORDS : 0;
    size_t at = sizeof e->r;

    memcpy(to, &e->r, sizeof e->r);
    memcpy(to + at, e->words, 8 * count);
    at += 8 * count;
    if (e->r.type == RAW_DATA && (e->r.a & RAW_SIZE) == 4 && e->high) {
        memcpy(to + at, &high, sizeof high);
        at += sizeof high;
    }
    return at;
}

/* Converts the events with the RAM above, less the last `cut` bytes. Returns what came out, or a failure's message. */
static struct fixture_trace convert(const struct event *events, size_t count, size_t cut)
{
    uint8_t bytes[EVENTS_MAX * 256];
    struct raw_head head = { .magic = RAW_MAGIC, .ram_bytes = RAM_BYTES };
    size_t used = sizeof head;
    struct convert_result result;
    struct fixture_trace t = { .failed = true };
    struct trace_error err = { "" };
    struct trace_writer *w;

    memcpy(bytes, &head, sizeof head);
    for (size_t i = 0; i < count; i++)
        used += put_event(bytes + used, &events[i]);
    write_file("raw.bin", bytes, used - cut);
    write_file("ram.img", ram, sizeof ram);
    w = trace_create(fixture_path("out.swt"), "a test", &err);
    assert_non_null(w);
    if (convert_capture(fixture_path(""), w, &result, &err)) {
        assert_true(trace_commit(w, &err));
        t = fixture_read(fixture_path("out.swt"), 0);
        assert_false(t.failed);
        assert_int_equal(t.pages, result.pages);
        assert_int_equal(t.count, result.records);
    } else {
        trace_discard(w);
        memcpy(t.message, err.text, sizeof t.message);
    }
    unlink(fixture_path("raw.bin"));
    unlink(fixture_path("ram.img"));
    unlink(fixture_path("out.swt"));
    return t;
}

#define CONTEXT                                                                                                        \
    {                                                                                                                  \
        .r = { .type = RAW_CONTEXT }, .words = {                                                                       \
            [RAW_SCTLR_EL1] = 1,                                                                                       \
            [RAW_TTBR0_EL1] = ROOT,                                                                                    \
            [RAW_TCR_EL1] = TCR,                                                                                       \
            [RAW_MAIR_EL1] = 0xff                                                                                      \
        }                                                                                                              \
    }
#define STORE(at, to, what)                                                                                            \
    {                                                                                                                  \
        .r = { RAW_DATA, 0, 1, RAW_STORE | 3, 8, (at), (to), (what) }                                                  \
    }
#define LOAD(at, to)                                                                                                   \
    {                                                                                                                  \
        .r = { RAW_DATA, 0, 1, 3, 8, (at), (to) }                                                                      \
    }
#define ZVA(level, at)                                                                                                 \
    {                                                                                                                  \
        .r = { RAW_SYSTEM, 0, (level), 0, DC_ZVA, .value = (at) }                                                      \
    }

struct row {
    const char *name;
    struct event events[EVENTS_MAX];
    unsigned pages;  /* that the trace carries */
    const char *ops; /* of the records after the first registers: Fetch, Load, Store, Zva, sYs, Msr, Par, Exc, Tabw */
    uint64_t pa, value; /* of the last T */
};

// clang-format off
static const struct row rows[] = {
    { "a walk's pages are carried along", { CONTEXT, LOAD(0x8, DATA + 8) }, 3, "L" },
    { "a fetch walks too", { CONTEXT, { .r = { RAW_FETCH, 0, 1, 0, 2, 0x10, DATA + 0x10 } } }, 3, "F" },
    { "without stage 1 nothing is read", { { .r = { .type = RAW_CONTEXT } }, LOAD(DATA, DATA) }, 0, "L" },
    { "a changed word is told when read next, and once",
      { CONTEXT, STORE(0x1000, LEAVES, DATA | PAGE | 1ull << 55), STORE(0x1ff8, LEAVES + 0xff8, 7),
        LOAD(0x2000, DATA + 0x1000), LOAD(0x0, DATA), LOAD(0x0, DATA) },
      3, "SSLTLL", LEAVES, DATA | PAGE | 1ull << 55 },
    { "one that gets its old value again is not",
      { CONTEXT, STORE(0x1000, LEAVES, 5), STORE(0x1000, LEAVES, DATA | PAGE), LOAD(0x0, DATA) }, 3, "SSL" },
    { "part of a word", { CONTEXT, { .r = { RAW_DATA, 0, 1, RAW_STORE | 0, 0, 0x1006, LEAVES + 6, 0x80 } },
        LOAD(0x0, DATA) }, 3, "STL", LEAVES, DATA | PAGE | 0x80ull << 48 },
    { "the upper half of a pair", { CONTEXT,
        { .r = { RAW_DATA, 0, 1, RAW_STORE | 4, 0, 0x1008, LEAVES + 8, LEAVES | PAGE }, .high = 0x4000 | PAGE },
        LOAD(0x2000, 0x4000) }, 3, "STL", LEAVES + 16, 0x4000 | PAGE },
    { "beyond the end of a page", { CONTEXT,
        { .r = { RAW_DATA, 0, 1, RAW_STORE | 3, 0, 0xffc, DATA + 0xffc, (0x11000ull | PAGE) << 32 } },
        LOAD(0x0, 0x11000) }, 3, "STL", LEAVES, 0x11000 | PAGE },
    { "a store to a device changes no RAM", { CONTEXT,
        { .r = { RAW_DATA, 0, 1, RAW_STORE | RAW_DEVICE | 3, 0, 0x1000, LEAVES, 0 } }, LOAD(0x0, DATA) }, 3, "SL" },
    { "DC ZVA zeroes a table", { CONTEXT, ZVA(1, 0x1010), LOAD(0x0, DATA) }, 3, "ZTL", LEAVES, 0 },
    { "DC ZVA at EL0 only with DZE", { CONTEXT, ZVA(0, 0x1010), LOAD(0x0, DATA) }, 3, "L" },
    { "with it", { CONTEXT,
        { .r = { .type = RAW_CONTEXT }, .words = { [RAW_SCTLR_EL1] = 0x4001, [RAW_TTBR0_EL1] = ROOT,
                                                   [RAW_TCR_EL1] = TCR, [RAW_MAIR_EL1] = 0xff } },
        ZVA(0, 0x1010), LOAD(0x0, DATA) }, 3, "MZTL", LEAVES, 0 },
    { "DC ZVA that faults is none", { CONTEXT, ZVA(1, 0x5000), LOAD(0x0, DATA) }, 3, "L" },
    { "an AT reads tables", { CONTEXT, { .r = { RAW_SYSTEM, 0, 1, 0, AT_S1E1R, .value = 0x2000 } },
        { .r = { RAW_PAR, 0, 1, .value = 0x11000 } } }, 3, "YP" },
    { "a TLBI does not", { CONTEXT, { .r = { RAW_SYSTEM, 0, 1, 0, TLBI_VMALLE1 } } }, 0, "Y" },
    { "an abort's address is walked", { CONTEXT,
        { .r = { RAW_EXCEPTION, 0, 1, 0, 0x200, 0x5000, 0, 0x96000007 }, .words = { 0, 0x3c5 } } }, 3, "E" },
    { "an interrupt's is not", { CONTEXT,
        { .r = { RAW_EXCEPTION, 0, 1, 0, 0x280, 0x5000, 0, 0x5a000000 }, .words = { 0, 0x3c5 } } }, 0, "E" },
    { "of registers only what is new", { CONTEXT,
        { .r = { .type = RAW_CONTEXT },
          .words = { [RAW_SCTLR_EL1] = 1, [RAW_TTBR0_EL1] = ROOT, [RAW_TCR_EL1] = TCR, [RAW_MAIR_EL1] = 0xff,
                     [RAW_VBAR_EL1] = 0x800 } } },
      0, "M" },
};
// clang-format on

static size_t event_count(const struct row *row)
{
    size_t n = 0;

    while (n < EVENTS_MAX && row->events[n].r.type)
        n++;
    return n;
}

static void check_row(void **state)
{
    static const char letters[] = "FLSZYMPET";
    const struct row *row = *state;
    struct fixture_trace t;
    char ops[64] = "";
    const struct trace_rec *told = NULL;

    fill_ram();
    t = convert(row->events, event_count(row), 0);
    assert_string_equal(t.message, "");
    assert_int_equal(t.pages, row->pages);
    for (size_t i = RAW_CONTEXT_COUNT; i < t.count; i++) {
        ops[i - RAW_CONTEXT_COUNT] = letters[t.recs[i].op];
        told = t.recs[i].op == REC_TABW ? &t.recs[i] : told;
    }
    assert_string_equal(ops, row->ops);
    assert_int_equal(told != NULL, strchr(row->ops, 'T') != NULL);
    if (told) {
        assert_int_equal(told->pa, row->pa);
        assert_int_equal(told->value, row->value);
    }
    fixture_free(&t);
}

/* Pages are as they were when the window opened, whatever was stored since. */
static void check_start(void **state)
{
    const struct event events[] = { CONTEXT, STORE(0x1000, LEAVES, 0), LOAD(0x2000, DATA + 0x1000) };
    struct fixture_trace before, after;

    (void)state;
    fill_ram();
    after = convert(events, 3, 0);
    before = convert((const struct event[]){ CONTEXT, LOAD(0x2000, DATA + 0x1000) }, 2, 0);
    assert_int_equal(before.pages, 3);
    assert_int_equal(before.page_sum, after.page_sum);
    fixture_free(&before);
    fixture_free(&after);
}

struct bad_row {
    const char *name;
    struct event events[3];
    size_t cut;
    const char *says;
};

// clang-format off
static const struct bad_row bad_rows[] = {
    { "nothing recorded", { { .r = { 0 } } }, 0, "recorded nothing" },
    { "no head", { { .r = { 0 } } }, 1, "does not begin as" },
    { "cut short", { CONTEXT, LOAD(0, DATA) }, 1, "truncated" },
    { "a context cut short", { CONTEXT }, 160, "what belongs behind it is missing" },
    { "a type that is none", { CONTEXT, { .r = { 99, 0, 1 } } }, 0, "unknown type" },
    { "core 8", { CONTEXT, { .r = { RAW_FETCH, 8, 1, 0, 1 } } }, 0, "core number" },
    { "level 4", { CONTEXT, { .r = { RAW_FETCH, 0, 4, 0, 1 } } }, 0, "exception level" },
    { "32 bytes at once", { CONTEXT, { .r = { RAW_DATA, 0, 1, 5 } } }, 0, "more than 16 bytes" },
    { "an upper half of nothing", { CONTEXT, { .r = { RAW_HIGH, 0, 1 } } }, 0, "of no access" },
    { "a pair without its upper half", { CONTEXT, { .r = { RAW_DATA, 0, 1, 4 } }, LOAD(0, DATA) }, 0, "is missing" },
    { "an access before the registers", { LOAD(0, DATA) }, 0, "not known yet" },
    { "an AT before the registers", { { .r = { RAW_SYSTEM, 0, 1, 0, AT_S1E1R } } }, 0, "not known yet" },
    { "a PA that does not fit", { CONTEXT, LOAD(0, DATA + 8) }, 0, "low 12 bits" },
    { "a run of nothing", { CONTEXT, { .r = { RAW_FETCH, 0, 1, 0, 0, 0, DATA } } }, 0, "run is empty" },
};
// clang-format on

static void check_bad(void **state)
{
    const struct bad_row *row = *state;
    size_t count = 0;
    struct fixture_trace t;

    while (count < 3 && row->events[count].r.type)
        count++;
    fill_ram();
    t = convert(row->events, count, row->cut);
    assert_true(t.failed);
    assert_non_null(strstr(t.message, "raw.bin"));
    if (!strstr(t.message, row->says))
        fail_msg("says: %s", t.message);
    fixture_free(&t);
}

/* RAM that is not of the raw.bin beside it. */
static void check_other_ram(void **state)
{
    struct raw_head head = { .magic = RAW_MAGIC, .ram_bytes = RAM_BYTES + 4096 };
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(fixture_path("out.swt"), "a test", &err);
    struct convert_result result;

    (void)state;
    assert_non_null(w);
    write_file("raw.bin", &head, sizeof head);
    write_file("ram.img", ram, sizeof ram);
    assert_false(convert_capture(fixture_path(""), w, &result, &err));
    assert_non_null(strstr(err.text, "ram.img: has 131072 bytes"));
    unlink(fixture_path("ram.img"));
    assert_false(convert_capture(fixture_path(""), w, &result, &err));
    assert_non_null(strstr(err.text, "ram.img: cannot open"));
    unlink(fixture_path("raw.bin"));
    assert_false(convert_capture(fixture_path(""), w, &result, &err));
    assert_non_null(strstr(err.text, "raw.bin: cannot open"));
    trace_discard(w);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check_row, ROWS_OF(rows));
    rows_add(&r, check_bad, ROWS_OF(bad_rows));
    rows_add_test(&r, "pages are as they were at the start", check_start, NULL);
    rows_add_test(&r, "RAM of another capture, or none", check_other_ram, NULL);
    return rows_run(&r, "convert");
}
