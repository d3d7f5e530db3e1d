/* What comes out: statistics of each pattern, its switches, and the very bytes. */
#include "tests/unit/models/rows.h"

#include "models/arch/barrier.h"
#include "sim/generate/generate.h"

#include <stdio.h>
#include <zlib.h>

#define USER_DATA (64ULL << 30)
#define TTBR0_EL1 REC_SYSREG(3, 0, 2, 0, 0)
#define TTBR1_EL1 REC_SYSREG(3, 0, 2, 0, 1)
#define VTTBR_EL2 REC_SYSREG(3, 4, 2, 1, 0)
#define TLBI_VMALLE1 0xD508871Fu
#define TLBI_VMALLS12E1 0xD50C87DFu
#define TLBI_VMALLS12E1IS 0xD50C83DFu
#define RECORDS 400000

static struct trace_rec rec[RECORDS];
static size_t count;

static struct trace_reader *open_words(const char *words)
{
    struct trace_error err = { "" };
    struct trace_reader *r;
    char name[256];

    snprintf(name, sizeof name, "generate:%s", words);
    r = generate_open(name, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

/* Reads all records, odd numbers of them at a time. */
static void read_words(const char *words)
{
    struct trace_reader *r = open_words(words);
    int got;

    for (count = 0; (got = trace_read(r, rec + count, 37)) > 0; count += (size_t)got)
        assert_true(count + 74 < RECORDS);
    assert_int_equal(got, 0);
    for (size_t i = 0; i < count; i++)
        assert_null(record_problem(&rec[i]));
    trace_close(r);
}

static bool is_data(const struct trace_rec *r)
{
    return (r->op == REC_LOAD || r->op == REC_STORE) && r->el == 0;
}

/* The offset of the i-th access of a core, or -1. */
static uint64_t nth(unsigned core, size_t n)
{
    for (size_t i = 0; i < count; i++)
        if (is_data(&rec[i]) && rec[i].core == core && n-- == 0)
            return rec[i].va - USER_DATA;
    return UINT64_MAX;
}

static size_t tally(enum rec_op op, uint32_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += rec[i].op == op && rec[i].n == n;
    return found;
}

/* ---- Walks ------------------------------------------------------------------------------------------------------- */

static void sequential_is_in_order(void **state)
{
    (void)state;
    read_words("sequential,footprint=8K,size=16,accesses=1300,cores=2");
    for (size_t i = 0; i < 600; i++) {
        assert_int_equal(nth(0, i), i * 16 % 8192);
        assert_int_equal(nth(1, i), (4096 + i * 16) % 8192);
    }
}

static void stride_is_exact(void **state)
{
    (void)state;
    read_words("strided,footprint=64K,stride=4160,accesses=100");
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(nth(0, i), i % 16 * 4160);
    assert_int_equal(nth(0, 100), UINT64_MAX);
}

static void chase_visits_each_node_once(void **state)
{
    static unsigned visits[4096];
    size_t near = 0;

    (void)state;
    read_words("chase,footprint=256K,accesses=12288");
    memset(visits, 0, sizeof visits);
    for (size_t i = 0, at = 0; i < count; i++) {
        if (!is_data(&rec[i]))
            continue;
        assert_int_equal((rec[i].va - USER_DATA) % 64, 0);
        visits[(rec[i].va - USER_DATA) / 64]++;
        if (++at % 4096 != 0)
            continue;
        for (size_t k = 0; k < 4096; k++) /* after each cycle all nodes alike */
            assert_int_equal(visits[k], at / 4096);
    }
    for (size_t i = 0; i < 1000; i++)
        near += nth(0, i + 1) - nth(0, i) == 64;
    assert_true(near < 5);
}

static void random_is_uniform(void **state)
{
    double seen[16] = { 0 }, chi = 0, stores = 0;

    (void)state;
    read_words("random,footprint=1M,accesses=64000,write=25");
    for (size_t i = 0; i < count; i++) {
        if (!is_data(&rec[i]))
            continue;
        seen[(rec[i].va - USER_DATA) >> 16]++;
        stores += rec[i].op == REC_STORE;
    }
    for (int i = 0; i < 16; i++)
        chi += (seen[i] - 4000) * (seen[i] - 4000) / 4000;
    assert_true(chi < 45);
    assert_true(stores > 15500 && stores < 16500);
}

/* Of 1024 pages by alpha 1, the hottest has 1 in 7.5; and the ten hottest lie far from each other. */
static void zipf_has_hot_pages_anywhere(void **state)
{
    static double seen[1024];
    double most = 0;
    size_t hot[10] = { 0 }, neighbours = 0;

    (void)state;
    read_words("zipf,footprint=4M,alpha=1,accesses=100000");
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < count; i++)
        if (is_data(&rec[i]))
            seen[(rec[i].va - USER_DATA) >> 12]++;
    for (int k = 0; k < 10; k++) {
        for (size_t p = 0; p < 1024; p++)
            if (seen[p] > seen[hot[k]])
                hot[k] = p;
        most = k == 0 ? seen[hot[k]] : most;
        /* rank k + 1 has the first one's share by k + 1 */
        assert_true(seen[hot[k]] > most / (k + 1) * 0.9 && seen[hot[k]] < most / (k + 1) * 1.1);
        neighbours += k > 0 && hot[k] - hot[k - 1] + 1 <= 2;
        seen[hot[k]] = 0;
    }
    assert_true(most > 13318 * 0.97 && most < 13318 * 1.03); /* 100000 / H(1024) */
    assert_true(neighbours < 2);
}

static void stencil_reads_neighbours(void **state)
{
    static const int64_t plane[] = { 0, -1, 1, -10, 10, 100 }, space[] = { 0, -1, 1, -5, 5, -25, 25, 125 };

    (void)state;
    read_words("stencil,n=10,accesses=768"); /* twice through the 64 points inside */
    for (size_t p = 0; p < 128; p++) {
        int64_t at = (int64_t)((p / 8 % 8 + 1) * 10 + p % 8 + 1);

        for (size_t i = 0; i < 6; i++)
            assert_int_equal(nth(0, 6 * p + i), 8 * (at + plane[i]));
    }
    read_words("stencil,n=5,dims=3,accesses=216");
    for (size_t p = 0; p < 27; p++) {
        int64_t at = (int64_t)((p / 9 + 1) * 25 + (p / 3 % 3 + 1) * 5 + p % 3 + 1);

        for (size_t i = 0; i < 8; i++)
            assert_int_equal(nth(0, 8 * p + i), 8 * (at + space[i]));
    }
}

static void instructions_are_as_many(void **state)
{
    uint64_t n = 0;

    (void)state;
    read_words("random,instructions=7,code=8K,accesses=9001");
    for (size_t i = 0; i < count; i++)
        n += rec[i].op == REC_FETCH ? rec[i].n : 0;
    assert_int_equal(n, 7 * 9001);
    for (size_t i = 0; i < count; i++)
        assert_true(rec[i].op != REC_FETCH || rec[i].va - 0x400000 < 8192);
}

/* ---- What breaks them -------------------------------------------------------------------------------------------- */

static void interrupts_come_in_time(void **state)
{
    size_t exceptions[3] = { 0 }, mmio = 0, own = 0;

    (void)state;
    read_words("interrupts,every=100,burst=10,accesses=5000,footprint=64K");
    for (size_t i = 0; i < count; i++) {
        exceptions[rec[i].op == REC_EXC ? rec[i].el : 0] += rec[i].op == REC_EXC;
        mmio += (rec[i].flags & REC_MMIO) != 0;
        own += rec[i].size_log2 == 3 && rec[i].el == 1 && rec[i].op != REC_FETCH;
    }
    assert_int_equal(exceptions[1], 50);
    assert_int_equal(exceptions[2], 50);
    assert_int_equal(mmio, 50 * 5);
    assert_int_equal(own, 50 * 10);
    assert_int_equal(tally(REC_SYS, OPCODE_ERET), 100);
}

/* Six processes on two cores, three a core; ASIDs 1 to 4, two of which the cores keep: each two switches all are taken
 * back, and both cores empty their TLBs before they switch next. */
static void contexts_switch_and_take_asids_back(void **state)
{
    size_t flushes, asid_max = 0;

    (void)state;
    read_words("contexts,processes=6,cores=2,every=20,accesses=4000");
    assert_int_equal(tally(REC_MSR, TTBR0_EL1), 2 + 2 * 200); /* the reserved root, and the new one */
    assert_int_equal(tally(REC_MSR, TTBR1_EL1), 4 + 200);
    assert_int_equal(tally(REC_SYS, TLBI_VMALLE1), 0);
    read_words("contexts,processes=6,cores=2,asids=4,every=20,accesses=4000");
    flushes = tally(REC_SYS, TLBI_VMALLE1);
    assert_true(flushes >= 100 && flushes <= 200);
    for (size_t i = 0; i < count; i++)
        if (rec[i].op == REC_MSR && rec[i].n == TTBR1_EL1 && rec[i].value >> 48 > asid_max)
            asid_max = rec[i].value >> 48;
    assert_int_equal(asid_max, 4);
}

/* No two processes run by one ASID between two flushes of a core. */
static void an_asid_is_one_process(void **state)
{
    uint64_t root[4][256] = { { 0 } }, asid[4] = { 0 };

    (void)state;
    read_words("contexts,processes=11,cores=4,asids=6,every=10,accesses=20000");
    for (size_t i = 0; i < count; i++) {
        unsigned c = rec[i].core;

        if (rec[i].op == REC_SYS && rec[i].n == TLBI_VMALLE1)
            memset(root[c], 0, sizeof root[c]);
        if (rec[i].op == REC_MSR && rec[i].n == TTBR1_EL1)
            asid[c] = rec[i].value >> 48;
        if (rec[i].op != REC_MSR || rec[i].n != TTBR0_EL1 || i + 2 >= count || rec[i + 2].op != REC_SYS ||
            rec[i + 3].n != REC_SYSREG(3, 0, 13, 0, 1))
            continue;
        assert_true(root[c][asid[c]] == 0 || root[c][asid[c]] == rec[i].value);
        root[c][asid[c]] = rec[i].value;
    }
    assert_true(asid[0] && asid[1] && asid[2] && asid[3]);
}

static void worlds_switch(void **state)
{
    uint64_t vmids = 0;

    (void)state;
    read_words("worlds,guests=5,every=50,accesses=5000,footprint=64K");
    assert_int_equal(tally(REC_MSR, VTTBR_EL2), 1 + 100);
    assert_int_equal(tally(REC_SYS, TLBI_VMALLS12E1), 0); /* one vCPU of each guest a core */
    for (size_t i = 0; i < count; i++)
        vmids |= rec[i].op == REC_MSR && rec[i].n == VTTBR_EL2 ? 1ULL << (rec[i].value >> 48) : 0;
    assert_int_equal(vmids, 0x3E);
    read_words("worlds,guests=2,vcpus=2,every=50,accesses=400,footprint=64K");
    /* 0.0 1.0 0.1* 1.1* 0.0* 1.0* 0.1* 1.1* 0.0*: another vCPU of the guest each time but the first */
    assert_int_equal(tally(REC_MSR, VTTBR_EL2), 1 + 8);
    assert_int_equal(tally(REC_SYS, TLBI_VMALLS12E1), 7);
}

/* Both sides see one buffer; it is written whole, then read whole. */
static void dma_is_one_buffer(void **state)
{
    uint64_t base = UINT64_MAX, next = 0;
    size_t unmapped = 0, mapped = 0, of[2] = { 0 };

    (void)state;
    read_words("dma,footprint=8K,remap=2,accesses=20480");
    for (size_t i = 0; i < count; i++) {
        unmapped += rec[i].op == REC_TABW && rec[i].value == 0;
        mapped += rec[i].op == REC_TABW && rec[i].value != 0;
        if ((rec[i].op != REC_LOAD && rec[i].op != REC_STORE) || rec[i].el != 1 || rec[i].size_log2 != 3)
            continue;
        base = base == UINT64_MAX ? rec[i].pa : base;
        assert_int_equal(rec[i].op, next / 8192 % 2 ? REC_LOAD : REC_STORE);
        assert_int_equal(rec[i].core, next / 8192 % 2 ? 0 : 1);
        assert_int_equal(rec[i].pa, base + next % 8192);
        of[rec[i].core]++;
        next += 8;
    }
    assert_int_equal(of[0], 10240);
    assert_int_equal(of[1], 10240);
    assert_int_equal(unmapped, 4 * 2); /* 10 rounds, the last of which ends all: 4 times, 2 pages */
    assert_int_equal(mapped, 4 * 2);
    assert_int_equal(tally(REC_SYS, TLBI_VMALLS12E1IS), 4);
}

/* ---- The same everywhere ----------------------------------------------------------------------------------------- */

static uLong crc_number(uLong crc, uint64_t x)
{
    Bytef bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (Bytef)(x >> 8 * i);
    return crc32(crc, bytes, 8);
}

static const struct pin_row {
    const char *name, *words;
    uint32_t crc; /* of all pages and records */
} pins[] = {
    { "sequential is pinned", "sequential,accesses=3000,write=40", 0x47C63EAC },
    { "strided is pinned", "strided,accesses=3000", 0x278732EF },
    { "random is pinned", "random,accesses=3000", 0xD3EABF0A },
    { "chase is pinned", "chase,footprint=1M,accesses=3000", 0xA35C5299 },
    { "zipf is pinned", "zipf,accesses=3000", 0x6902AB3D },
    { "stencil is pinned", "stencil,accesses=3000", 0xBD2C1ECF },
    { "interrupts are pinned", "interrupts,accesses=3000,every=200", 0xE3F0844F },
    { "contexts are pinned", "contexts,accesses=3000,every=100,asids=3", 0x8C28AF99 },
    { "worlds are pinned", "worlds,accesses=3000,every=100,cores=2,vcpus=4", 0x225534E7 },
    { "dma is pinned", "dma,accesses=3000,footprint=8K,remap=1", 0x98D60A9E },
};

static void bytes_are_pinned(void **state)
{
    const struct pin_row *row = *state;
    struct trace_reader *r = open_words(row->words);
    uint8_t page[TRACE_PAGE_BYTES];
    uLong crc = 0;
    uint64_t pa;

    while (trace_read_page(r, &pa, page) > 0)
        crc = crc32(crc_number(crc, pa), page, sizeof page);
    for (struct trace_rec one; trace_read(r, &one, 1) == 1;) {
        one = record_canonical(&one);
        crc = crc_number(crc, (uint64_t)one.op << 32 | (uint64_t)one.core << 24 | (uint64_t)one.el << 16 |
                                  (uint64_t)one.flags << 8 | one.size_log2);
        crc = crc_number(crc_number(crc_number(crc_number(crc, one.n), one.va), one.pa), one.value);
    }
    trace_close(r);
    if (crc != row->crc)
        fail_msg("0x%08lX", crc);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "sequential is in order", sequential_is_in_order, NULL);
    rows_add_test(&r, "a stride is exact", stride_is_exact, NULL);
    rows_add_test(&r, "a chase visits each node once a cycle", chase_visits_each_node_once, NULL);
    rows_add_test(&r, "random is uniform", random_is_uniform, NULL);
    rows_add_test(&r, "zipf has hot pages anywhere", zipf_has_hot_pages_anywhere, NULL);
    rows_add_test(&r, "a stencil reads neighbours", stencil_reads_neighbours, NULL);
    rows_add_test(&r, "instructions are as many as asked for", instructions_are_as_many, NULL);
    rows_add_test(&r, "interrupts come in time", interrupts_come_in_time, NULL);
    rows_add_test(&r, "contexts switch and take ASIDs back", contexts_switch_and_take_asids_back, NULL);
    rows_add_test(&r, "an ASID is one process", an_asid_is_one_process, NULL);
    rows_add_test(&r, "worlds switch", worlds_switch, NULL);
    rows_add_test(&r, "dma is one buffer", dma_is_one_buffer, NULL);
    rows_add(&r, bytes_are_pinned, ROWS_OF(pins));
    return rows_run(&r, "sim/generate");
}
