/* --tarmac: what is written is read back as what was replayed, with both engines. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"
#include "sim/replay/replay_type.h"
#include "tests/temp_file.h"
#include "tests/unit/models/rows.h"

#include <stdlib.h>
#include <unistd.h>

#define SAMPLE "traces/samples/zcu102-domU.swt"
#define RECORDS 60000

/* What a core did, in words of at most 8 bytes, as the writer splits accesses: sums that do not mind that an
 * instruction and its data stand in other orders. PAs are --verify's affair. */
struct road {
    uint64_t va_sum[TRACE_CORES_MAX], count[TRACE_CORES_MAX], instructions[TRACE_CORES_MAX];
    uint64_t events; /* of the kinds that come through */
};

static void walk_record(struct road *road, const struct trace_rec *rec)
{
    uint32_t bytes = rec->op == REC_FETCH ? 4 * rec->n : rec->op == REC_ZVA ? 64 : 1u << rec->size_log2;
    uint32_t piece = rec->op == REC_FETCH ? 4 : bytes < 8 ? bytes : 8;
    uint64_t weight = rec->op == REC_FETCH ? 3 : rec->op == REC_LOAD ? 5 : 7;

    road->events += rec->op == REC_EXC || rec->op == REC_PAR || rec->op == REC_MSR;
    if (rec->op > REC_ZVA)
        return;
    if (rec->op == REC_FETCH)
        road->instructions[rec->core] += rec->n;
    for (uint32_t i = 0; i < bytes; i += piece) {
        road->va_sum[rec->core] += (rec->va + i) * weight;
        road->count[rec->core]++;
    }
}

/* Walks the first records of a trace, 0 for all. */
static void walk(struct road *road, const char *path, uint64_t records)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open(path, 0, &err);
    uint8_t page[TRACE_PAGE_BYTES];
    struct trace_rec rec;
    uint64_t pa;

    *road = (struct road){ .events = 0 };
    if (!r)
        fail_msg("%s", err.text);
    while (trace_read_page(r, &pa, page) > 0)
        continue;
    for (uint64_t i = 0; (records == 0 || i < records) && trace_read(r, &rec, 1) > 0; i++)
        walk_record(road, &rec);
    trace_close(r);
}

static struct replay *replay(const char *path, enum replay_engine engine, struct out_file *out)
{
    static struct config config;
    struct trace_error err = { "" };
    struct replay_request q = { .path = path,
                                .config = &config,
                                .verify = true,
                                .engine = engine,
                                .quantum_ns = 1000,
                                .mismatches_shown = 5,
                                .part = out ? REPLAY_FIRST : REPLAY_WHOLE,
                                .records_max = RECORDS,
                                .tarmac = out };
    struct replay *r;

    params_default(&config);
    r = replay_trace(&q, &err);
    if (!r)
        fail_msg("%s", err.text);
    assert_true(replay_agrees(r));
    return r;
}

static void comes_back(enum replay_engine engine)
{
    struct road there, back;
    struct out_file out;
    struct trace_error err = { "" };
    char path[TEMP_PATH_BYTES];
    int fd = temp_file(path);
    struct replay *r;

    assert_true(fd >= 0);
    close(fd);
    assert_true(out_file_open(&out, path, &err));
    replay_free(replay(SAMPLE, engine, &out));
    assert_true(out_file_commit(&out, &err));
    walk(&there, SAMPLE, RECORDS);
    walk(&back, path, 0);
    for (unsigned i = 0; i < TRACE_CORES_MAX; i++) {
        assert_int_equal(back.instructions[i], there.instructions[i]);
        assert_int_equal(back.count[i], there.count[i]);
        assert_true(back.va_sum[i] == there.va_sum[i]);
    }
    assert_true(back.events > there.events); /* exceptions' registers are lines of their own */
    r = replay(path, engine, NULL);
    assert_true(r->verify.pa_compared > RECORDS / 2);
    assert_true(r->verify.faults_compared > 0);
    replay_free(r);
    unlink(path);
}

static void comes_back_from_fast(void **state)
{
    (void)state;
    comes_back(REPLAY_FAST);
}

static void comes_back_from_tlm(void **state)
{
    (void)state;
    comes_back(REPLAY_TLM);
}

#define NORMAL REC_TYPE_NORMAL
#define SH(sh) (REC_TYPE_SH | (sh) << 8)

static const struct type {
    const char *name;
    uint16_t told;
    struct memattr result;
    bool agrees;
} types[] = {
    { "nothing told", 0, { 0xFF, SH_ISH }, true },
    { "Normal alone", NORMAL, { 0x44, SH_OSH }, true },
    { "Normal, but Device", NORMAL, { 0x04, SH_OSH }, false },
    { "Device, the same", REC_TYPE_DEVICE | 0x04, { 0x04, SH_OSH }, true },
    { "Device, another", REC_TYPE_DEVICE | 0x04, { 0x00, SH_OSH }, false },
    { "Device, but Normal", REC_TYPE_DEVICE, { 0xFF, SH_ISH }, false },
    { "inner WB", NORMAL | REC_TYPE_INNER | 0xF, { 0x4F, SH_ISH }, true },
    { "inner WB, without a hint", NORMAL | REC_TYPE_INNER | 0xF, { 0x4E, SH_ISH }, true },
    { "inner WB, but WT", NORMAL | REC_TYPE_INNER | 0xF, { 0xFB, SH_ISH }, false },
    { "inner NC, but WB", NORMAL | REC_TYPE_INNER | 0x4, { 0xFF, SH_ISH }, false },
    { "outer WT", NORMAL | REC_TYPE_OUTER | 0xA0, { 0xBF, SH_ISH }, true },
    { "outer WT, but NC", NORMAL | REC_TYPE_OUTER | 0xA0, { 0x4F, SH_ISH }, false },
    { "ISH", NORMAL | SH(SH_ISH), { 0xFF, SH_ISH }, true },
    { "ISH, but NSH", NORMAL | SH(SH_ISH), { 0xFF, SH_NSH }, false },
    { "ISH of Non-cacheable", NORMAL | SH(SH_ISH), { 0x44, SH_OSH }, true },
    { "ISH of outer Non-cacheable alone", NORMAL | SH(SH_ISH), { 0x4F, SH_OSH }, false },
};

static void type_agrees(void **state)
{
    const struct type *row = *state;

    assert_int_equal(replay_type_agrees(row->told, row->result), row->agrees);
}

/* A line of RTL's with another type than results is a mismatch, one with the same is none. */
static void types_are_verified(void **state)
{
    static const char *const lines[] = { "nGnRnE OSH", "NM ISH IWBRWA" };

    (void)state;
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        char path[TEMP_PATH_BYTES];
        struct replay_request q = { .path = path, .verify = true, .engine = REPLAY_FAST };
        static struct config config;
        struct trace_error err = { "" };
        FILE *text = temp_stream(path);
        struct replay *r;

        assert_non_null(text);
        fprintf(text, "Tarmac Text Rev 3t\n1 ns ES (00001000:f9400000) O el1h_ns: LDR\n");
        for (unsigned i = 0; i < 2; i++) /* the second one hits the micro-TLB */
            fprintf(text, "   LD 00002000 ........ ........ 00000000 00000000 NS:00002000 %s\n", lines[wrong]);
        fclose(text);
        params_default(&config);
        q.config = &config;
        r = replay_trace(&q, &err);
        assert_non_null(r);
        assert_int_equal(r->verify.types_compared, 2);
        assert_int_equal(r->verify.types_mismatched, 2 * wrong);
        assert_int_equal(replay_agrees(r), !wrong);
        replay_free(r);
        unlink(path);
    }
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "what fast writes comes back", comes_back_from_fast, NULL);
    rows_add_test(&r, "what tlm writes comes back", comes_back_from_tlm, NULL);
    rows_add(&r, type_agrees, ROWS_OF(types));
    rows_add_test(&r, "types are verified", types_are_verified, NULL);
    return rows_run(&r, "tarmac_out");
}
