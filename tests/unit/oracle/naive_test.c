/* What the oracle files do not ask of the naive walker: the EL2 regime, alignment, DC ZVA, a disabled stage 1, AT at
 * EL1, routing, the edges of the size fields, and the attributes of the walk itself. Expected values are the book's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/oracle/combine_rules.h"
#include "tests/oracle/naive.h"
#include "tests/oracle/oracle_memory.h"

/* The map under test. Stage 1 (4 KB, T0SZ 16, root at IPA 0x10000) maps VA page n to IPA 0x80000 + n pages for n < 8,
 * page n with MAIR index n. Stage 2 (4 KB, T0SZ 24, SL0 1, root at PA 0x40000) maps the first 2 MB to PA + 4 GB in 4 KB
 * pages, and IPA 1 GB.. as one block of Device-nGnRE. */
enum { S1_ROOT = 0x10000, S1_L3 = 0x13000, S2_ROOT = 0x40000, S2_L3 = 0x43000, IPA_PAGES = 0x80000 };
#define HIGH 0x100000000ull
#define S1_PAGE 0x743ull /* valid, AF, inner shareable, EL0 read/write */
#define S2_PAGE 0x7ffull /* valid, AF, inner shareable, read/write, Normal write-back */

static struct oracle_memory memory;
static struct naive_machine m;

static int set_up(void **state)
{
    (void)state;
    oracle_memory_reset(&memory);
    memset(&m, 0, sizeof m);
    m.read64 = oracle_memory_read;
    m.ctx = &memory;
    m.regs.sctlr_el1 = 0x1005;                                                /* I, C, M */
    m.regs.tcr_el1 = 2ull << 32 | 3 << 12 | 1 << 10 | 1 << 8 | 1u << 23 | 16; /* IPS 40, SH0 ish, WB, EPD1, T0SZ 16 */
    m.regs.ttbr0_el1 = S1_ROOT;
    m.regs.mair_el1 = 0xff | 0x04 << 8 | 0x44 << 16 | 0xf7ull << 24; /* index 0 WB, 1 nGnRE, 2 NC, 3 mixed */
    m.regs.hcr_el2 = 1u << 31 | 1;
    m.regs.vtcr_el2 = 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 1 << 6 | 24;
    m.regs.vttbr_el2 = S2_ROOT;
    oracle_memory_write(&memory, HIGH | S1_ROOT, 0x11003);
    oracle_memory_write(&memory, HIGH | 0x11000, 0x12003);
    oracle_memory_write(&memory, HIGH | 0x12000, S1_L3 | 3);
    for (uint64_t n = 0; n < 8; n++)
        oracle_memory_write(&memory, (HIGH | S1_L3) + 8 * n, (IPA_PAGES + 0x1000 * n) | S1_PAGE | n << 2);
    oracle_memory_write(&memory, S2_ROOT, 0x42003);
    oracle_memory_write(&memory, S2_ROOT + 8, 0x1c0000000 | 0x7c5); /* MemAttr 1: Device-nGnRE */
    oracle_memory_write(&memory, 0x42000, S2_L3 | 3);
    for (uint64_t n = 0; n < 512; n++)
        oracle_memory_write(&memory, S2_L3 + 8 * n, (HIGH + 0x1000 * n) | S2_PAGE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    oracle_memory_reset(&memory);
    return 0;
}

static struct naive_result access_at(enum naive_kind kind, unsigned el, uint64_t va, uint64_t size)
{
    const struct naive_access access = { .kind = kind, .el = el, .va = va, .size = size };
    struct naive_result r;

    memset(&r, 0xa5, sizeof r);
    naive_access(&m, &access, &r);
    return r;
}

static struct naive_at_result at(enum naive_at_op op, unsigned el, uint64_t va)
{
    struct naive_at_result r;

    memset(&r, 0xa5, sizeof r);
    naive_at(&m, op, el, va, &r);
    return r;
}

static void assert_ok(struct naive_result r, uint64_t pa, unsigned attr, unsigned sh)
{
    assert_true(r.ok);
    assert_int_equal(r.pa, pa);
    assert_int_equal(r.attr, attr);
    assert_int_equal(r.sh, sh);
}

static void assert_taken(struct naive_result r, unsigned el, uint64_t esr)
{
    assert_false(r.ok);
    assert_int_equal(r.exception.esr, esr);
    assert_int_equal(r.exception.el, el);
}

static void two_stage_walk_reads_19_descriptors(void **state)
{
    const struct naive_result r = access_at(NAIVE_LOAD, 1, 0x123, 1);

    (void)state;
    assert_ok(r, HIGH | 0x80123, 0xff, COMBINE_ISH);
    assert_int_equal(r.ipa, 0x80123);
    assert_int_equal(r.s1_reads, 4);
    assert_int_equal(r.s2_reads, 15); /* (4 + 1) * 3 */
    assert_int_equal(r.reads[3].stage, 1);
    assert_int_equal(r.reads[3].pa, HIGH | S1_ROOT);
    assert_int_equal(r.s1_level, 3);
    assert_int_equal(r.s2_level, 3);
}

static void unaligned_faults_at_the_first_stage_that_says_device(void **state)
{
    struct naive_result r;

    (void)state;
    assert_ok(access_at(NAIVE_LOAD, 1, 0x1004, 4), HIGH | 0x81004, 0x04, COMBINE_OSH);
    assert_taken(access_at(NAIVE_LOAD, 1, 0x1002, 4), 1, 0x96000021);
    assert_taken(access_at(NAIVE_STORE, 0, 0x1002, 4), 1, 0x92000061);
    assert_taken(access_at(NAIVE_ZVA, 0, 0x1000, 0), 1, 0x92000061);
    assert_true(access_at(NAIVE_LOAD, 1, 0x0001, 8).ok);
    oracle_memory_write(&memory, S2_L3 + 8 * 0x80, (HIGH + 0x80000) | 0x7cf); /* MemAttr 3: GRE */
    r = access_at(NAIVE_LOAD, 1, 0x0001, 8);
    assert_taken(r, 2, 0x92000021);
    assert_false(r.exception.hpfar_valid);
    assert_taken(access_at(NAIVE_ZVA, 1, 0x0000, 0), 2, 0x92000061);
}

static void sctlr_a_comes_before_the_walk(void **state)
{
    (void)state;
    m.regs.sctlr_el1 |= 2;
    assert_taken(access_at(NAIVE_LOAD, 1, 0x400000000001, 2), 1, 0x96000021);
    assert_true(access_at(NAIVE_ZVA, 1, 0, 0).ok);
}

static void fetch_from_device_follows_the_choice_per_stage(void **state)
{
    (void)state;
    oracle_memory_write(&memory, (HIGH | S1_L3) + 8, IPA_PAGES | 0x703 | 1 << 2); /* stage 1: EL1 only, index 1 */
    oracle_memory_write(&memory, HIGH | S1_L3, 0x40000000 | 0x703);               /* stage 2: Device */
    assert_taken(access_at(NAIVE_FETCH, 1, 0x1000, 4), 1, 0x8600000f);
    assert_taken(access_at(NAIVE_FETCH, 1, 0x0000, 4), 2, 0x8200000d);
    m.device_fetch = NAIVE_DEVICE_FETCH_IS_NC;
    assert_ok(access_at(NAIVE_FETCH, 1, 0x1000, 4), HIGH | IPA_PAGES, 0x44, COMBINE_OSH);
    assert_ok(access_at(NAIVE_FETCH, 1, 0x0000, 4), 0x1c0000000, 0x44, COMBINE_OSH);
}

static void stage1_off_is_flat_with_fixed_attributes(void **state)
{
    (void)state;
    m.regs.sctlr_el1 = 0;
    m.regs.hcr_el2 = 0;
    assert_ok(access_at(NAIVE_LOAD, 1, 0xffffffffff, 1), 0xffffffffff, 0x00, COMBINE_OSH);
    assert_taken(access_at(NAIVE_LOAD, 1, 0x10000000000, 1), 1, 0x96000000);
    assert_taken(access_at(NAIVE_LOAD, 1, 0x5500000000001000, 1), 1, 0x96000000);
    m.regs.tcr_el1 |= 1ull << 37; /* TBI0 */
    assert_ok(access_at(NAIVE_LOAD, 1, 0x5500000000001000, 1), 0x1000, 0x00, COMBINE_OSH);
    assert_ok(access_at(NAIVE_FETCH, 1, 0x1000, 4), 0x1000, 0x44, COMBINE_OSH);
    m.regs.sctlr_el1 = 0x1000;
    assert_ok(access_at(NAIVE_FETCH, 1, 0x1000, 4), 0x1000, 0xaa, COMBINE_OSH);
    m.regs.hcr_el2 = 1u << 12; /* DC: stage 1 off whatever SCTLR says, stage 2 on */
    m.regs.sctlr_el1 = 0x1001;
    assert_ok(access_at(NAIVE_LOAD, 0, 0x1000, 4), HIGH | 0x1000, 0xff, COMBINE_ISH);
}

static void tge_turns_stage1_off_and_takes_its_faults_to_el2(void **state)
{
    (void)state;
    m.regs.hcr_el2 = 1u << 27;
    assert_ok(access_at(NAIVE_LOAD, 0, 0x1000, 4), 0x1000, 0x00, COMBINE_OSH);
    assert_taken(access_at(NAIVE_FETCH, 0, 0x10000000000, 4), 2, 0x82000000);
}

static void el2_regime_has_one_stage_and_one_half(void **state)
{
    (void)state;
    m.regs.sctlr_el2 = 0x1005;
    m.regs.tcr_el2 = 2 << 16 | 32; /* 32-bit input, level 1 start */
    m.regs.ttbr0_el2 = 0x50000;
    m.regs.mair_el2 = 0xbb;
    oracle_memory_write(&memory, 0x50000, 0x80000701);              /* AP 0: EL2 may all the same */
    oracle_memory_write(&memory, 0x50008, 0xc0000781 | 3ull << 53); /* read-only, XN, PXN */
    assert_ok(access_at(NAIVE_STORE, 2, 0x1234, 4), 0x80001234, 0xbb, COMBINE_ISH);
    assert_ok(access_at(NAIVE_LOAD, 2, 0x40000000, 4), 0xc0000000, 0xbb, COMBINE_ISH);
    assert_taken(access_at(NAIVE_STORE, 2, 0x40000000, 4), 2, 0x9600004d);
    assert_taken(access_at(NAIVE_FETCH, 2, 0x40000000, 4), 2, 0x8600000d);
    assert_taken(access_at(NAIVE_LOAD, 2, 0x100000000, 4), 2, 0x96000004);
    assert_taken(access_at(NAIVE_LOAD, 2, 0xffffffff00000000, 4), 2, 0x96000004);
    m.regs.sctlr_el2 |= 1 << 19; /* WXN */
    assert_taken(access_at(NAIVE_FETCH, 2, 0x1234, 4), 2, 0x8600000d);
    assert_int_equal(at(NAIVE_AT_S1E2W, 2, 0x1234).par, 0xbb00000080001b80);
    assert_int_equal(at(NAIVE_AT_S1E2W, 2, 0x40000000).par, 0x81b);
}

static void at_reports_a_stage2_fault_on_the_walk_by_el(void **state)
{
    struct naive_at_result r;

    (void)state;
    oracle_memory_write(&memory, S2_L3 + 8 * 0x12, 0); /* the stage-1 level-2 table */
    assert_int_equal(at(NAIVE_AT_S1E1R, 2, 0x123).par, 0xb0f);
    r = at(NAIVE_AT_S1E1R, 1, 0x123);
    assert_false(r.has_par);
    assert_int_equal(r.exception.el, 2);
    assert_int_equal(r.exception.esr, 0x920001c7);
    assert_int_equal(r.exception.far, 0x123);
    assert_true(r.exception.hpfar_valid);
    assert_int_equal(r.exception.hpfar, 0x120);
    assert_true(at(NAIVE_AT_S12E1R, 1, 0).undefined);
    assert_true(at(NAIVE_AT_S1E2R, 1, 0).undefined);
}

static void at_takes_an_external_abort_where_it_belongs(void **state)
{
    struct naive_at_result r;

    (void)state;
    assert_true(oracle_memory_add_range(&memory, S2_ROOT, 0x10000)); /* stage-2 tables only */
    r = at(NAIVE_AT_S1E1W, 1, 0);
    assert_int_equal(r.exception.esr, 0x96000154);
    assert_int_equal(r.exception.el, 1);
    memory.ranges[0].bytes = 0x2000; /* root only */
    r = at(NAIVE_AT_S1E1W, 1, 0);
    assert_int_equal(r.exception.esr, 0x920001d6);
    assert_int_equal(r.exception.el, 2);
    assert_false(r.exception.hpfar_valid);
}

static void vtcr_is_legal_exactly_as_printed(void **state)
{
    static const struct {
        unsigned tg0, sl0, first, last;
    } legal[] = { { 0, 0, 30, 39 }, { 0, 1, 24, 33 }, { 0, 2, 1, 0 }, { 0, 3, 1, 0 },
                  { 1, 0, 31, 39 }, { 1, 1, 24, 34 }, { 1, 2, 1, 0 }, { 1, 3, 1, 0 } };

    (void)state;
    m.regs.sctlr_el1 = 0;
    m.regs.vttbr_el2 = 0x1000000; /* empty tables: a legal walk faults at its first level */
    for (unsigned i = 0; i < sizeof legal / sizeof legal[0]; i++) {
        for (unsigned t0sz = 0; t0sz < 64; t0sz++) {
            const bool is_legal = t0sz >= legal[i].first && t0sz <= legal[i].last;
            const unsigned start = (legal[i].tg0 == 1 ? 3 : 2) - legal[i].sl0;

            m.regs.vtcr_el2 = 2u << 16 | legal[i].tg0 << 14 | legal[i].sl0 << 6 | t0sz;
            assert_int_equal(access_at(NAIVE_LOAD, 1, 0, 1).fault.status, is_legal ? 4 + start : 4);
        }
    }
}

static void walk_attributes_obey_ptw_cd_and_c(void **state)
{
    struct naive_result r = access_at(NAIVE_LOAD, 1, 0, 1);

    (void)state;
    assert_int_equal(r.reads[0].attr, 0xff);
    assert_int_equal(r.reads[0].sh, COMBINE_ISH);
    assert_int_equal(r.reads[3].attr, 0xff);
    assert_int_equal(r.reads[3].sh, COMBINE_ISH);
    m.regs.hcr_el2 |= 1ull << 32; /* CD */
    r = access_at(NAIVE_FETCH, 0, 0, 4);
    assert_int_equal(r.reads[0].attr, 0x44);
    assert_int_equal(r.reads[3].attr, 0x44);
    assert_int_equal(r.attr, 0xff); /* a fetch is ID's affair */
    m.regs.hcr_el2 = 1;
    m.regs.sctlr_el1 &= ~4ull;
    r = access_at(NAIVE_LOAD, 1, 0, 1);
    assert_int_equal(r.reads[0].attr, 0xff); /* SCTLR_EL1.C does not reach stage-2 walks */
    assert_int_equal(r.reads[3].attr, 0x44);
    oracle_memory_write(&memory, S2_L3 + 8 * 0x10, (HIGH + 0x10000) | 0x7c3); /* root table in Device memory */
    assert_int_equal(access_at(NAIVE_LOAD, 1, 0, 1).reads[3].attr, 0x44);
    m.regs.hcr_el2 |= 4; /* PTW */
    r = access_at(NAIVE_FETCH, 1, 0, 4);
    assert_taken(r, 2, 0x8200008f);
    assert_int_equal(r.exception.hpfar, 0x100);
}

static void hpfar_is_unknown_for_a_permission_fault_of_the_access(void **state)
{
    struct naive_result r;

    (void)state;
    oracle_memory_write(&memory, S2_L3 + 8 * 0x80, (HIGH + 0x80000) | 0x77f); /* read-only */
    r = access_at(NAIVE_STORE, 0, 0, 4);
    assert_taken(r, 2, 0x9200004f);
    assert_false(r.exception.hpfar_valid);
    oracle_memory_write(&memory, S2_L3 + 8 * 0x80, 0);
    r = access_at(NAIVE_STORE, 0, 0, 4);
    assert_taken(r, 2, 0x92000047);
    assert_true(r.exception.hpfar_valid);
    assert_int_equal(r.exception.hpfar, 0x800);
}

static void sctlr_el2_ee_turns_stage2_tables_and_only_those(void **state)
{
    (void)state;
    m.regs.sctlr_el2 = 1u << 25;
    assert_taken(access_at(NAIVE_LOAD, 1, 0, 1), 2, 0x92000085);
    oracle_memory_write(&memory, S2_ROOT, __builtin_bswap64(HIGH | 0x7fd)); /* one 1 GB block does as well */
    assert_ok(access_at(NAIVE_LOAD, 1, 0, 1), HIGH | IPA_PAGES, 0xff, COMBINE_ISH);
    m.regs.sctlr_el1 |= 1u << 25;
    assert_taken(access_at(NAIVE_LOAD, 1, 0, 1), 1, 0x96000004);
}

static void unprivileged_access_uses_el0_permissions_at_el1_only(void **state)
{
    struct naive_access a = { .kind = NAIVE_STORE, .el = 1, .unpriv = true, .va = 0, .size = 4 };
    struct naive_result r;

    (void)state;
    oracle_memory_write(&memory, HIGH | S1_L3, IPA_PAGES | 0x703); /* EL1 only */
    naive_access(&m, &a, &r);
    assert_taken(r, 1, 0x9600004f);
    a.unpriv = false;
    naive_access(&m, &a, &r);
    assert_true(r.ok);
}

/* [choice: SH 0b01 is kept as written where nothing overrides it, and acts as Non-shareable beside another stage] */
static void reserved_sh_shows_where_stage1_decides_alone(void **state)
{
    (void)state;
    oracle_memory_write(&memory, (HIGH | S1_L3) + 8 * 0, (IPA_PAGES + 0x0000) | 0x543 | 0 << 2); /* SH 01, WB */
    oracle_memory_write(&memory, (HIGH | S1_L3) + 8 * 1, (IPA_PAGES + 0x1000) | 0x543 | 1 << 2); /* Device */
    oracle_memory_write(&memory, (HIGH | S1_L3) + 8 * 2, (IPA_PAGES + 0x2000) | 0x543 | 2 << 2); /* NC */
    oracle_memory_write(&memory, S2_L3 + 8 * 0x80, (HIGH + 0x80000) | 0x4ff);                    /* SH 00 */
    assert_int_equal(at(NAIVE_AT_S1E1R, 2, 0x0000).par >> 7 & 3, COMBINE_SH_RESERVED);
    assert_int_equal(at(NAIVE_AT_S1E1R, 2, 0x1000).par >> 7 & 3, COMBINE_OSH);
    assert_int_equal(at(NAIVE_AT_S1E1R, 2, 0x2000).par >> 7 & 3, COMBINE_OSH);
    assert_int_equal(at(NAIVE_AT_S12E1R, 2, 0x0000).par >> 7 & 3, COMBINE_NSH);
    oracle_memory_write(&memory, S2_L3 + 8 * 0x80, (HIGH + 0x80000) | 0x5ff); /* SH 01 at stage 2 as well */
    assert_ok(access_at(NAIVE_LOAD, 1, 0, 1), HIGH | 0x80000, 0xff, COMBINE_NSH);
    m.regs.sctlr_el1 &= ~4ull; /* C: now Non-cacheable */
    assert_int_equal(at(NAIVE_AT_S1E1R, 2, 0x0000).par >> 7 & 3, COMBINE_OSH);
}

/* [choice: MemAttr xx00 acts as inner Write-Back] */
static void reserved_memattr_is_inner_write_back(void **state)
{
    static const struct {
        unsigned memattr, attr;
    } rows[] = { { 0x4, 0x4f }, { 0x8, 0xbf }, { 0xc, 0xff } };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        oracle_memory_write(&memory, S2_L3 + 8 * 0x80, (HIGH + 0x80000) | 0x7c3 | rows[i].memattr << 2);
        assert_ok(access_at(NAIVE_LOAD, 1, 0, 1), HIGH | 0x80000, rows[i].attr, COMBINE_ISH);
    }
}

static void combination_tables_agree_over_every_legal_row(void **state)
{
    (void)state;
    assert_int_equal(combine_rules_self_check(), 229 * 3 * 13 * 3);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest rows[] = {
        ROW(two_stage_walk_reads_19_descriptors),
        ROW(unaligned_faults_at_the_first_stage_that_says_device),
        ROW(sctlr_a_comes_before_the_walk),
        ROW(fetch_from_device_follows_the_choice_per_stage),
        ROW(stage1_off_is_flat_with_fixed_attributes),
        ROW(tge_turns_stage1_off_and_takes_its_faults_to_el2),
        ROW(el2_regime_has_one_stage_and_one_half),
        ROW(at_reports_a_stage2_fault_on_the_walk_by_el),
        ROW(at_takes_an_external_abort_where_it_belongs),
        ROW(vtcr_is_legal_exactly_as_printed),
        ROW(walk_attributes_obey_ptw_cd_and_c),
        ROW(hpfar_is_unknown_for_a_permission_fault_of_the_access),
        ROW(sctlr_el2_ee_turns_stage2_tables_and_only_those),
        ROW(unprivileged_access_uses_el0_permissions_at_el1_only),
        ROW(reserved_sh_shows_where_stage1_decides_alone),
        ROW(reserved_memattr_is_inner_write_back),
        ROW(combination_tables_agree_over_every_legal_row),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
