/* Records through the coder and back, without a file: every operation, every extreme, every block boundary. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/pack_decode.h"
#include "traces/pack_encode.h"

struct coder {
    struct pack_encoder encoder;
    struct pack_decoder decoder;
    uint8_t payload[PACK_RAW_MAX + PACK_SLACK];
};

static struct coder *coder_new(void)
{
    struct coder *c = malloc(sizeof *c);

    assert_non_null(c);
    memset(c, 0xa5, sizeof *c);
    pack_encode_init(&c->encoder);
    return c;
}

static void coder_free(struct coder *c)
{
    pack_encode_free(&c->encoder);
    free(c);
}

static size_t encode_all(struct coder *c, const struct trace_rec *recs, size_t count)
{
    pack_encode_restart(&c->encoder);
    for (size_t i = 0; i < count; i++) {
        assert_null(record_problem(&recs[i]));
        assert_true(pack_encode(&c->encoder, &recs[i]));
    }
    return pack_encode_payload(&c->encoder, c->payload);
}

/* Decodes up to cap records, as pack_decode, into full ones. */
static int decode(struct pack_decoder *d, struct trace_rec *recs, int cap)
{
    static struct dense_block block;
    int n;

    memset(&block, 0xa5, sizeof block);
    block.count = block.odd_count = 0;
    n = pack_decode(d, &block, cap);
    assert_true(n < 0 || block.count == (uint32_t)n);
    for (int i = 0; i < n; i++) {
        recs[i] = dense_get(&block, (uint32_t)i);
        if (!dense_is_odd(block.rec[i].what) && recs[i].flags & REC_PA_UNKNOWN)
            assert_int_equal(block.rec[i].page, 0);
    }
    return n;
}

/* Encodes, decodes in batches of `batch`, compares. */
static void check_round_trip(const struct trace_rec *recs, size_t count, int batch)
{
    struct coder *c = coder_new();
    size_t bytes = encode_all(c, recs, count), done = 0;
    struct trace_rec got[600];
    int n;

    assert_true(pack_decode_start(&c->decoder, c->payload, bytes, (uint32_t)count));
    while ((n = decode(&c->decoder, got, batch)) > 0) {
        for (int i = 0; i < n; i++)
            if (!fixture_same(&got[i], &recs[done + (size_t)i]))
                fail_msg("record %zu, operation %d differs", done + (size_t)i, recs[done + (size_t)i].op);
        done += (size_t)n;
    }
    assert_int_equal(n, 0);
    assert_int_equal(done, count);
    coder_free(c);
}

static void each_operation_survives(void **state)
{
    struct trace_rec recs[400];
    uint64_t seed = 1;

    (void)state;
    for (int op = 0; op < REC_OP_COUNT; op++) {
        for (int i = 0; i < 400; i++)
            recs[i] = fixture_record((enum rec_op)op, &seed);
        check_round_trip(recs, 400, 64);
    }
}

static void mixed_operations_survive(void **state)
{
    static struct trace_rec recs[20000];
    uint64_t seed = 2;

    (void)state;
    for (size_t i = 0; i < 20000; i++)
        recs[i] = fixture_record((enum rec_op)(fixture_random(&seed) % REC_OP_COUNT), &seed);
    for (int batch = 1; batch <= 512; batch *= 8)
        check_round_trip(recs, 20000, batch);
}

static void expected_stretches_survive(void **state)
{
    static struct trace_rec recs[5000];
    size_t count = fixture_story(recs, 5000);

    (void)state;
    for (int batch = 1; batch <= 600; batch += 37)
        check_round_trip(recs, count, batch);
}

/* A loop whose records are all expected, in one page, one of which is not of the kind that fits a dense record. */
static const struct care {
    const char *name;
    uint64_t run_pa, data_pa;
    uint8_t run_flags, data_flags;
} cares[] = {
    { "expected: a run without PA", 0, 0x3008, REC_PA_UNKNOWN, 0 },
    { "expected: a load without PA", 0x3000, 0, 0, REC_PA_UNKNOWN },
    { "expected: far up", 1ull << 45, 1ull << 45 | 8, 0, 0 },
    { "expected: all of it", 1ull << 45, 0, 0, REC_PA_UNKNOWN },
    { "expected: nothing of it", 0x3000, 0x3008, 0, 0 },
};

static void care_is_taken(void **state)
{
    const struct care *row = *state;
    struct trace_rec recs[400];
    struct coder *c = coder_new();

    for (size_t i = 0; i < 400; i++) {
        recs[i] =
            (struct trace_rec){ .op = REC_FETCH, .n = 4, .va = 0x1000, .pa = row->run_pa, .flags = row->run_flags };
        if (i % 2 == 1)
            recs[i] = (struct trace_rec){
                .op = REC_LOAD, .n = 4, .size_log2 = 3, .va = 0x1008, .pa = row->data_pa, .flags = row->data_flags
            };
    }
    check_round_trip(recs, 400, 64);
    assert_in_range(encode_all(c, recs, 400), 1, 100); /* nearly all are expected */
    coder_free(c);
}

/* One field at its extreme, all others at rest. */
static const struct extreme {
    const char *name;
    struct trace_rec rec;
} extremes[] = {
    { "run of one at zero", { .op = REC_FETCH, .n = 1 } },
    { "run of a whole page", { .op = REC_FETCH, .n = 1024, .va = 0x1000, .pa = 0x2000 } },
    { "last instruction", { .op = REC_FETCH, .n = 1, .va = ~3ull, .pa = ~3ull } },
    { "PA offset differs", { .op = REC_FETCH, .n = 1, .va = 0x1000, .pa = 0x2004 } },
    { "odd PA of a fetch", { .op = REC_FETCH, .n = 1, .va = 0x1000, .pa = 0x2001 } },
    { "fetch without PA", { .op = REC_FETCH, .n = 3, .va = 0x1000, .flags = REC_PA_UNKNOWN } },
    { "last byte", { .op = REC_LOAD, .va = ~0ull, .pa = ~0ull } },
    { "last instruction of a run", { .op = REC_LOAD, .n = 4092 } },
    { "64 bytes", { .op = REC_STORE, .size_log2 = 6, .n = 4 } },
    { "all flags", { .op = REC_STORE, .flags = 7, .va = 0x123 } },
    { "device", { .op = REC_STORE, .flags = REC_MMIO, .va = 0xf9010000, .pa = 0xf9010000 } },
    { "unprivileged", { .op = REC_LOAD, .flags = REC_UNPRIV, .va = 0x8, .pa = 0x1008 } },
    { "last block of 64", { .op = REC_ZVA, .va = ~63ull, .pa = ~63ull } },
    { "ZVA without PA", { .op = REC_ZVA, .va = 64, .flags = REC_PA_UNKNOWN } },
    { "ZVA with another offset", { .op = REC_ZVA, .va = 64, .pa = 65 } },
    { "all-ones opcode", { .op = REC_SYS, .n = ~0u, .value = ~0ull } },
    { "last register", { .op = REC_MSR, .n = 0xffff, .value = ~0ull } },
    { "first register", { .op = REC_MSR, .n = 0x8000, .core = 7, .el = 3 } },
    { "all-ones PAR", { .op = REC_PAR, .value = ~0ull } },
    { "exception, all ones",
      { .op = REC_EXC,
        .el = 3,
        .n = 0x780,
        .va = ~0ull,
        .pa = ~0ull,
        .value = ~0ull,
        .elr = ~0ull,
        .spsr = ~0ull,
        .par = ~0ull } },
    { "exception, all zero", { .op = REC_EXC } },
    { "last table word", { .op = REC_TABW, .pa = ~7ull, .value = ~0ull } },
};

/* Twice, and with something else between, so that each is also met as expected. */
static void an_extreme_survives(void **state)
{
    const struct extreme *row = *state;
    const struct trace_rec other = { .op = REC_FETCH, .n = 2, .va = 64 };
    const struct trace_rec recs[] = { row->rec, row->rec, other, row->rec, other, row->rec };

    check_round_trip(recs, sizeof recs / sizeof *recs, 2);
}

/* The coding of version 1, byte for byte; the first two bytes of the file are the number of records. */
static void the_coding_has_not_changed(void **state)
{
    static struct trace_rec recs[160];
    struct coder *c = coder_new();
    size_t want_bytes, count = fixture_story(recs, 160), bytes = encode_all(c, recs, count);
    uint8_t *want = fixture_bytes("tests/fuzz/seeds/swt/records.payload", &want_bytes);

    (void)state;
    assert_int_equal(want[0] | want[1] << 8, count);
    assert_int_equal(bytes, want_bytes - 2);
    assert_memory_equal(c->payload, want + 2, bytes);
    free(want);
    coder_free(c);
}

static void fields_without_meaning_come_back_zero(void **state)
{
    struct coder *c = coder_new();
    struct trace_rec rec = {
        .op = REC_PAR, .flags = 7, .size_log2 = 200, .n = 9, .va = 1, .pa = 2, .value = 3, .elr = 4
    };
    const struct trace_rec want = { .op = REC_PAR, .value = 3 };
    struct trace_rec got;
    size_t bytes = encode_all(c, &rec, 1);

    (void)state;
    memset(&got, 0xa5, sizeof got);
    assert_true(pack_decode_start(&c->decoder, c->payload, bytes, 1));
    assert_int_equal(decode(&c->decoder, &got, 1), 1);
    assert_true(fixture_same(&got, &want));
    coder_free(c);
}

static void a_block_closes_in_time(void **state)
{
    struct coder *c = coder_new();
    uint64_t seed = 3;
    size_t bytes;

    (void)state;
    pack_encode_restart(&c->encoder);
    while (!pack_encode_full(&c->encoder)) {
        struct trace_rec rec = fixture_record(REC_EXC, &seed);

        rec.value = rec.va = rec.pa = rec.elr = rec.spsr = rec.par = ~0ull;
        assert_true(pack_encode(&c->encoder, &rec));
    }
    bytes = pack_encode_payload(&c->encoder, c->payload);
    assert_true(bytes <= PACK_RAW_MAX);
    assert_true(bytes > PACK_RAW_MAX - 4096);
    assert_true(c->encoder.count < PACK_BLOCK_RECORDS);
    coder_free(c);
}

/* A payload with any byte changed decodes to records that keep their promises, or to a problem. */
static void changed_payloads_stay_valid(void **state)
{
    static struct trace_rec recs[300];
    size_t count = fixture_story(recs, 300);
    struct coder *c = coder_new();
    size_t bytes = encode_all(c, recs, count);
    struct trace_rec got[300];

    (void)state;
    for (size_t at = 0; at < bytes; at++) {
        uint8_t kept = c->payload[at];

        for (int change = 1; change < 256; change++) {
            int n;

            c->payload[at] = (uint8_t)(kept ^ change);
            n = pack_decode_start(&c->decoder, c->payload, bytes, (uint32_t)count) ? 0 : -1;
            if (n == 0)
                n = decode(&c->decoder, got, 300);
            assert_true(n > 0 || c->decoder.problem);
            for (int i = 0; i < n; i++)
                assert_null(record_problem(&got[i]));
        }
        c->payload[at] = kept;
    }
    coder_free(c);
}

/* The rule for valid records, at its boundaries. */
static const struct validity {
    const char *name;
    const char *problem; /* NULL: none */
    struct trace_rec rec;
} validities[] = {
    { "last operation", NULL, { .op = REC_TABW } },
    { "operation above the last", "unknown operation", { .op = REC_OP_COUNT } },
    { "core 7", NULL, { .op = REC_PAR, .core = 7 } },
    { "core 8", "core number", { .op = REC_PAR, .core = 8 } },
    { "EL3", NULL, { .op = REC_PAR, .el = 3 } },
    { "EL4", "exception level", { .op = REC_PAR, .el = 4 } },
    { "all flags are known", NULL, { .op = REC_LOAD, .flags = 15 } },
    { "flag 16 is not", "unknown flags", { .op = REC_LOAD, .flags = 16 } },
    { "memory type of a store", NULL, { .op = REC_STORE, .flags = REC_TYPE_KNOWN } },
    { "memory type of a fetch", "memory type", { .op = REC_FETCH, .flags = REC_TYPE_KNOWN, .n = 1 } },
    { "memory type of a ZVA", "memory type", { .op = REC_ZVA, .flags = REC_TYPE_KNOWN } },
    { "access of 64 bytes", NULL, { .op = REC_LOAD, .size_log2 = 6 } },
    { "access of 128 bytes", "more than 64 bytes", { .op = REC_LOAD, .size_log2 = 7 } },
    { "instruction at 4092", NULL, { .op = REC_LOAD, .n = 4092 } },
    { "instruction at 4096", "instruction offset", { .op = REC_LOAD, .n = 4096 } },
    { "instruction at 2", "instruction offset", { .op = REC_STORE, .n = 2 } },
    { "fetch at 2", "4-byte aligned", { .op = REC_FETCH, .va = 2, .n = 1 } },
    { "run of nothing", "run is empty", { .op = REC_FETCH } },
    { "run up to the page's end", NULL, { .op = REC_FETCH, .va = 0xffc, .n = 1 } },
    { "run beyond the page's end", "leaves its 4 KB page", { .op = REC_FETCH, .va = 0xffc, .n = 2 } },
    { "run of a page", NULL, { .op = REC_FETCH, .va = 0x1000, .n = 1024 } },
    { "run of more than a page", "leaves its 4 KB page", { .op = REC_FETCH, .va = 0x1000, .n = 1025 } },
    { "run whose length wraps", "leaves its 4 KB page", { .op = REC_FETCH, .va = 0x1000, .n = 0x40000001 } },
    { "ZVA at 64", NULL, { .op = REC_ZVA, .va = 64 } },
    { "ZVA at 32", "64-byte aligned", { .op = REC_ZVA, .va = 32 } },
    { "first register", NULL, { .op = REC_MSR, .n = 0x8000 } },
    { "before the first register", "system register", { .op = REC_MSR, .n = 0x7fff } },
    { "after the last register", "system register", { .op = REC_MSR, .n = 0x18000 } },
    { "last vector", NULL, { .op = REC_EXC, .n = 0x780 } },
    { "after the last vector", "vector offset", { .op = REC_EXC, .n = 0x800 } },
    { "between vectors", "vector offset", { .op = REC_EXC, .n = 0x40 } },
    { "table word at 8", NULL, { .op = REC_TABW, .pa = 8 } },
    { "table word at 4", "8-byte aligned", { .op = REC_TABW, .pa = 4 } },
};

static void validity_is_known(void **state)
{
    const struct validity *row = *state;
    const char *problem = record_problem(&row->rec);

    if (!row->problem)
        assert_null(problem);
    else if (!problem)
        fail_msg("no problem found, not even \"%s\"", row->problem);
    else
        assert_contains(problem, row->problem);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "each operation survives", each_operation_survives, NULL);
    rows_add_test(&r, "mixed operations survive", mixed_operations_survive, NULL);
    rows_add_test(&r, "expected stretches survive", expected_stretches_survive, NULL);
    rows_add(&r, care_is_taken, ROWS_OF(cares));
    rows_add(&r, an_extreme_survives, ROWS_OF(extremes));
    rows_add_test(&r, "the coding has not changed", the_coding_has_not_changed, NULL);
    rows_add_test(&r, "a block closes in time", a_block_closes_in_time, NULL);
    rows_add_test(&r, "fields without meaning come back zero", fields_without_meaning_come_back_zero, NULL);
    rows_add_test(&r, "changed payloads stay valid", changed_payloads_stay_valid, NULL);
    rows_add(&r, validity_is_known, ROWS_OF(validities));
    return rows_run(&r, "pack_code");
}
