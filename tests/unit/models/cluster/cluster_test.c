/* What happens between cores and at page ends: TLB maintenance local and broadcast, accesses that cross a page,
 * exceptions as registers, AT. */
#include "tests/unit/models/cluster/machine.h"

static struct machine m;
static const struct shape usual = { 0 };

#define P(n) (GUEST_VA + 0x1000ULL * (n))

static enum xlat_hit hit_of(unsigned core, uint64_t va)
{
    machine_cycles(&m, core, ACCESS_LOAD, va);
    return (enum xlat_hit)m.o.x.hit;
}

/* Both cores hold the page in all TLBs; core 0 executes the operation. What each finds afterwards. */
struct tlbi_row {
    const char *name;
    enum tlbi_op op;
    bool broadcast;
    uint32_t cores;
    enum xlat_hit core0, core1;
    unsigned received, dropped1;
};

// clang-format off
static const struct tlbi_row tlbi_rows[] = {
    { "VALE1 is local",             TLBI_VALE1,      false, 2, HIT_WALK_CACHE, HIT_UTLB,       0, 0 },
    { "VALE1IS reaches both",       TLBI_VALE1,      true,  2, HIT_WALK_CACHE, HIT_WALK_CACHE, 1, 1 },
    { "VMALLS12E1 is local",        TLBI_VMALLS12E1, false, 2, HIT_WALK,       HIT_UTLB,       0, 0 },
    { "VMALLS12E1IS reaches both",  TLBI_VMALLS12E1, true,  2, HIT_WALK,       HIT_WALK,       1, 7 },
    { "ALLE2IS empties micro-TLBs", TLBI_ALLE2,      true,  2, HIT_TLB,        HIT_TLB,        1,
      0 }, /* [A53: 5.2.1] */
    { "ALLE2 of one core alone",    TLBI_ALLE2,      false, 2, HIT_TLB,        HIT_UTLB,       0, 0 },
    { "a core that is not there",   TLBI_ALLE1,      true,  1, HIT_WALK,       HIT_UTLB,       0, 0 },
};
// clang-format on

static void check_tlbi(void **state)
{
    const struct tlbi_row *row = *state;
    struct tlbi op = { .op = (uint8_t)row->op, .broadcast = row->broadcast, .vmid = 1, .asid = 7, .va = GUEST_VA };

    machine_start(&m, &usual);
    m.cluster.config.cores = row->cores;
    machine_cycles(&m, 0, ACCESS_LOAD, GUEST_VA);
    machine_cycles(&m, 1, ACCESS_LOAD, GUEST_VA);
    cluster_tlbi(&m.cluster, 0, &op);
    assert_int_equal(hit_of(0, GUEST_VA), row->core0);
    assert_int_equal(hit_of(1, GUEST_VA), row->core1);
    assert_int_equal(machine_count(&m, 0, COUNT_TLBI), 1);
    assert_int_equal(machine_count(&m, 0, COUNT_TLBI_RECEIVED), 0);
    assert_int_equal(machine_count(&m, 1, COUNT_TLBI), 0);
    assert_int_equal(machine_count(&m, 1, COUNT_TLBI_RECEIVED), row->received);
    assert_int_equal(machine_count(&m, 1, COUNT_TLBI_DROPPED), row->dropped1);
}

/* Accesses at the end of P(0); P(1) is mapped to another frame, P(2) is not mapped. The main TLB holds both.
 * Prices: micro-TLB 0, main TLB 2. */
struct cross_row {
    const char *name;
    enum access_kind kind;
    uint64_t va;
    uint32_t size;
    uint32_t cycles;
    unsigned refills; /* of the data micro-TLB; not asked for fetches */
    enum fault_type fault;
    uint64_t far;
};

// clang-format off
static const struct cross_row cross_rows[] = {
    { "ends at the page's end",          ACCESS_LOAD,  P(0) + 0xFF8, 8,  2, 1, FAULT_NONE, 0 },
    { "crosses by a byte",               ACCESS_LOAD,  P(0) + 0xFF9, 8,  4, 2, FAULT_NONE, 0 },
    { "starts with the last byte",       ACCESS_STORE, P(0) + 0xFFF, 2,  4, 2, FAULT_NONE, 0 },
    { "starts behind the end",           ACCESS_LOAD,  P(1),         8,  2, 1, FAULT_NONE, 0 },
    { "a pair crosses",                  ACCESS_LOAD,  P(0) + 0xFF8, 16, 4, 2, FAULT_NONE, 0 },
    { "the second page faults",          ACCESS_LOAD,  P(1) + 0xFFC, 8,  2 + 2 + 10 + 3, 2, FAULT_TRANSLATION,
      P(2) }, /* P(1)'s look-up, then a walk */
    { "the first page faults",           ACCESS_LOAD,  P(0) - 4,     8,  0, 1, FAULT_TRANSLATION, P(0) - 4 },
    { "a DC ZVA stays in its block",     ACCESS_ZVA,   P(1) + 0xFF0, 64, 2, 1, FAULT_NONE,
      0 }, /* [Arm: DC ZVA] */
};
// clang-format on

static void check_cross(void **state)
{
    const struct cross_row *row = *state;

    machine_start(&m, &usual);
    guest_map1(&m.guest, P(1), GUEST_DATA + 0x3000, 3, S1_LEAF);
    machine_cycles(&m, 0, ACCESS_FETCH, P(0)); /* into the main TLB, but no data micro-TLB */
    machine_cycles(&m, 0, ACCESS_FETCH, P(1));
    machine_access_size(&m, 0, row->kind, row->va, row->size);
    assert_int_equal(m.o.x.fault.type, row->fault);
    if (row->cycles)
        assert_int_equal(m.o.cycles, row->cycles);
    assert_int_equal(machine_count(&m, 0, COUNT_L1D_TLB_REFILL), row->refills);
    if (row->fault != FAULT_NONE)
        assert_int_equal(m.o.exception.far, row->far);
    else
        assert_int_equal(m.o.x.pa.v & 0xFFF, row->va & 0xFFF); /* of its first byte */
}

/* The outcome is the first page's, also when the second page's entry takes the first one's place in the micro-TLB. */
static void cross_keeps_first_entry(void **state)
{
    (void)state;
    machine_start(&m, &usual);
    for (unsigned i = 1; i < 12; i++)
        guest_map1(&m.guest, P(i), GUEST_DATA + 0x1000ULL * i, 3, S1_LEAF | (i == 10 ? D_INDEX(2) : 0));
    machine_cycles(&m, 0, ACCESS_LOAD, P(9)); /* the next victim: round robin of ten, and ten pages */
    for (unsigned i = 0; i < 9; i++)
        machine_cycles(&m, 0, ACCESS_LOAD, P(i));
    machine_access_size(&m, 0, ACCESS_LOAD, P(9) + 0xFFC, 8); /* P(10), Non-cacheable, takes P(9)'s place */
    assert_int_equal(m.o.x.fault.type, FAULT_NONE);
    assert_int_equal(m.o.x.pa.v, GUEST_PA(GUEST_DATA) + 0x9FFC);
    assert_int_equal(m.o.x.type.result.attr, 0xFF); /* P(9)'s */
}

/* Each part of an access that crosses goes to its own line, and to no other. */
static void cross_touches_two_lines(void **state)
{
    uint64_t first = GUEST_PA(GUEST_DATA) + 0xFC0, second = GUEST_PA(GUEST_DATA) + 0x3000, before;

    (void)state;
    machine_start(&m, &usual);
    guest_map1(&m.guest, P(1), GUEST_DATA + 0x3000, 3, S1_LEAF);
    machine_cycles(&m, 0, ACCESS_LOAD, P(0) + 0x100);
    machine_cycles(&m, 0, ACCESS_LOAD, P(1) + 0x100);
    before = machine_count(&m, 0, COUNT_L1D_CACHE);
    machine_access_size(&m, 0, ACCESS_STORE, P(0) + 0xFFA, 8);
    assert_int_equal(machine_count(&m, 0, COUNT_L1D_CACHE), before + 2);
    assert_true(*machine_l1d(&m, 0, first) & LINE_DIRTY);
    assert_true(*machine_l1d(&m, 0, second) & LINE_DIRTY);
    machine_access_size(&m, 0, ACCESS_LOAD, P(0) + 0x1F8, 16); /* two lines of one page */
    assert_int_equal(machine_count(&m, 0, COUNT_L1D_CACHE), before + 4);
    machine_access_size(&m, 0, ACCESS_LOAD, P(0) + 0x1F8, 8); /* the end of one */
    assert_int_equal(machine_count(&m, 0, COUNT_L1D_CACHE), before + 5);
}

/* The short way: what a micro-TLB grants is done, anything else is left alone, for cluster_access to do. */
struct hit_row {
    const char *name;
    enum access_kind kind;
    unsigned el;
    uint64_t va;
    uint32_t size;
    bool done;
};

// clang-format off
static const struct hit_row hit_rows[] = {
    { "hit: granted",                 ACCESS_LOAD,  1, P(0) + 8,     8,  true  },
    { "hit: a store",                 ACCESS_STORE, 1, P(0) + 8,     8,  true  },
    { "hit: unaligned is for a look", ACCESS_LOAD,  1, P(0) + 9,     8,  false },
    { "hit: DC ZVA",                  ACCESS_ZVA,   1, P(0),         1,  true  },
    { "hit: not permitted",           ACCESS_LOAD,  0, P(0),         8,  false },
    { "hit: crosses a page",          ACCESS_LOAD,  1, P(0) + 0xFFC, 8,  false },
    { "hit: another page",            ACCESS_LOAD,  1, P(1),         8,  false },
    { "hit: a fetch, D side filled",  ACCESS_FETCH, 1, P(0),         4,  false },
};
// clang-format on

static void check_hit(void **state)
{
    const struct hit_row *row = *state;
    struct plain a = { .va = row->va, .size = row->size, .odd = (uint16_t)(row->size - 1) };
    struct counts before;

    machine_start(&m, &usual);
    machine_cycles(&m, 0, ACCESS_LOAD, P(0));
    before = m.cluster.core[0].mmu.count;
    assert_int_equal(cluster_hit(&m.cluster, &m.cluster.lane[LANE(0, row->el, row->kind)], a).entry != NULL, row->done);
    before.v[COUNT_L1D_CACHE] += row->done;
    assert_memory_equal(&m.cluster.core[0].mmu.count, &before, sizeof before);
}

/* Both halves of an access that crosses into Device memory are unaligned, whatever their own size [Arm: B2.10.2]. */
static void cross_into_device(void **state)
{
    (void)state;
    machine_start(&m, &usual);
    guest_map1(&m.guest, P(1), GUEST_DATA + 0x1000, 3, S1_LEAF | D_INDEX(1));
    machine_access_size(&m, 0, ACCESS_STORE, P(0) + 0xFFC, 8);
    assert_int_equal(m.o.x.fault.type, FAULT_ALIGNMENT);
    assert_int_equal(m.o.exception.esr & 0x3F, 0x21);
    assert_int_equal(m.o.exception.el, 1);
}

/* Exceptions as the core takes them: which level's ESR, FAR, and whether HPFAR_EL2 is written. */
struct exception_row {
    const char *name;
    enum access_kind kind;
    uint64_t va;
    struct edit spoil;
    struct reg_edit reg;
    unsigned el;
    uint64_t esr, hpfar; /* hpfar ~0: not written */
};

// clang-format off
#define NO_EDIT { 0 }
#define NO_REG { SYSREG_SCTLR_EL1, 0, 0 }
#define TBI0 { SYSREG_TCR_EL1, 1ULL << 37, 0 }
#define KEPT (~0ULL)

static const struct exception_row exception_rows[] = {
    { "stage 1: EL1's registers",          ACCESS_LOAD,  P(5) + 8,    NO_EDIT,                          NO_REG, 1,
      0x96000007, KEPT },
    { "stage 1, a store",                  ACCESS_STORE, P(5),        NO_EDIT,                          NO_REG, 1,
      0x96000047, KEPT },
    { "stage 1, a fetch",                  ACCESS_FETCH, P(5),        NO_EDIT,                          NO_REG, 1,
      0x86000007, KEPT },
    { "stage 2: EL2's, and the IPA",       ACCESS_LOAD,  P(0) + 8,    { '2', GUEST_DATA, 3, 0, 1 },     NO_REG, 2,
      0x92000007, GUEST_DATA >> 8 },
    { "stage 2, a fetch",                  ACCESS_FETCH, P(0),        { '2', GUEST_DATA, 3, 0, 1 },     NO_REG, 2,
      0x82000007, GUEST_DATA >> 8 },
    { "stage 2, access flag",              ACCESS_STORE, P(0),        { '2', GUEST_DATA, 3, 0, D_AF },  NO_REG, 2,
      0x9200004B, GUEST_DATA >> 8 },
    { "stage 2 on the walk",               ACCESS_LOAD,  P(0),        { '2', TABLE_L2, 3, 0, 1 },       NO_REG, 2,
      0x92000087, TABLE_L2 >> 8 },
    { "stage 2 on the walk of a store",    ACCESS_STORE, P(0),        { '2', TABLE_L2, 3, 0, 1 },       NO_REG, 2,
      0x920000C7, TABLE_L2 >> 8 },
    { "stage 2 on the walk of a fetch",    ACCESS_FETCH, P(0),        { '2', TABLE_L2, 3, 0, 1 },       NO_REG, 2,
      0x82000087, TABLE_L2 >> 8 },
    { "stage 2, permission: IPA unknown",  ACCESS_STORE, P(0),        { '2', GUEST_DATA, 3, 0, D_AP(2) }, NO_REG, 2,
      0x9200004F, KEPT }, /* [Arm: D24.2.76] */
    { "stage 2, permission on the walk",   ACCESS_LOAD,  P(0),        { '2', TABLE_L2, 3, 0, D_AP(3) }, NO_REG, 2,
      0x9200008F, TABLE_L2 >> 8 }, /* [Arm: D24.2.76] */
    { "FAR keeps the tag",                 ACCESS_LOAD,  0xAB00000000000000ULL | P(5), NO_EDIT,         TBI0,   1,
      0x96000007, KEPT }, /* [Arm: FAR_ELx] */
    { "TGE: stage-1 faults go to EL2",     ACCESS_LOAD,  1ULL << 40,  NO_EDIT, { SYSREG_HCR_EL2, 1 << 27, 0 },  2,
      0x92000000, KEPT },
};
// clang-format on

static void check_exception(void **state)
{
    const struct exception_row *row = *state;
    const uint64_t *v = m.cluster.core[1].mmu.regs.v;
    bool el2 = row->el == 2;

    machine_start(&m, &usual);
    fault_edit(&m.guest, &row->spoil);
    guest_reg_set(&m.guest, row->reg.reg, row->reg.set);
    machine_registers(&m);
    mmu_write_sysreg(&m.cluster.core[1].mmu, SYSREG_HPFAR_EL2, 0x5555);
    machine_access_size(&m, 1, row->kind, row->va, row->kind == ACCESS_FETCH ? 4 : 8);
    assert_int_not_equal(m.o.x.fault.type, FAULT_NONE);
    assert_int_equal(v[SYSREG_ESR_EL1] | v[SYSREG_ESR_EL2], 0); /* described, not taken */
    cluster_take(&m.cluster, 1, &m.o.exception);
    assert_int_equal(v[el2 ? SYSREG_ESR_EL2 : SYSREG_ESR_EL1], row->esr);
    assert_int_equal(v[el2 ? SYSREG_FAR_EL2 : SYSREG_FAR_EL1], row->va);
    assert_int_equal(v[el2 ? SYSREG_ESR_EL1 : SYSREG_ESR_EL2], 0);
    assert_int_equal(v[el2 ? SYSREG_FAR_EL1 : SYSREG_FAR_EL2], 0);
    assert_int_equal(v[SYSREG_HPFAR_EL2], row->hpfar == KEPT ? 0x5555 : row->hpfar);
    assert_int_equal(machine_count(&m, 1, COUNT_EXC_TAKEN), 1);
    assert_int_equal(m.cluster.core[0].mmu.regs.v[SYSREG_ESR_EL1], 0);
}

/* AT: PAR_EL1 is written, or left alone when it aborts; its walk goes through the caches and costs what it costs. */
static void at(void **state)
{
    struct at_request request = { .op = AT_S12E1R, .el = 2, .va = VA(GUEST_VA) };
    const uint64_t *v = m.cluster.core[0].mmu.regs.v;
    struct edit spoil = { '2', TABLE_L3, 3, 0, 1 };
    struct at_result result;

    (void)state;
    machine_start(&m, &usual);
    memset(&m.o, POISON, sizeof m.o);
    cluster_at(&m.cluster, 0, &request, &m.o, &result);
    assert_int_equal(v[SYSREG_PAR_EL1], 0xFF00000008000B80ULL);
    assert_int_equal(m.o.fetches, 19);
    assert_int_equal(charge_at(&m.cluster, &m.o).stall,
                     10 + 18 * 2 + 9 * 194 + 10 * 3); /* no TLB, no IPA cache is asked */
    assert_int_equal(machine_count(&m, 0, COUNT_XLAT_CYCLES), 0);
    cluster_at(&m.cluster, 0, &request, &m.o, &result);
    assert_int_equal(charge_at(&m.cluster, &m.o).stall, 10 + 18 * 2 + 19 * 3); /* the lines are in L1D now */
    fault_edit(&m.guest, &spoil);
    request = (struct at_request){ .op = AT_S1E1R, .el = 1, .va = VA(GUEST_VA) };
    cluster_at(&m.cluster, 0, &request, &m.o, &result);
    assert_true(result.aborts);
    assert_int_equal(v[SYSREG_PAR_EL1], 0xFF00000008000B80ULL);
    assert_int_equal(m.o.exception.el, 2);
    assert_int_equal(m.o.exception.esr & 0x1FF, 0x1C7); /* CM, S1PTW, WnR, translation level 3 */
}

/* The access's own line goes through the caches of its core by the type it got. */
static void data_in_caches(void **state)
{
    (void)state;
    machine_start(&m, &usual);
    guest_map1(&m.guest, P(1), GUEST_DATA + 0x1000, 3, S1_LEAF | D_INDEX(2));
    guest_map1(&m.guest, P(2), GUEST_DATA + 0x2000, 3, S1_LEAF | D_INDEX(3));
    machine_cycles(&m, 0, ACCESS_STORE, P(0) + 0x40);
    assert_true(*cache_peek(&m.cluster.memsys.l1[0][0], GUEST_PA(GUEST_DATA) + 0x40) & LINE_DIRTY);
    machine_cycles(&m, 0, ACCESS_FETCH, P(0) + 0x80);
    assert_non_null(cache_peek(&m.cluster.memsys.l1[1][0], GUEST_PA(GUEST_DATA) + 0x80));
    assert_null(cache_peek(&m.cluster.memsys.l1[0][0], GUEST_PA(GUEST_DATA) + 0x80));
    machine_cycles(&m, 0, ACCESS_LOAD, P(1)); /* Non-cacheable */
    assert_null(cache_peek(&m.cluster.memsys.l1[0][0], GUEST_PA(GUEST_DATA) + 0x1000));
    machine_cycles(&m, 0, ACCESS_LOAD, P(2)); /* Write-Through is not kept [A53: 7.5] */
    assert_null(cache_peek(&m.cluster.memsys.l1[0][0], GUEST_PA(GUEST_DATA) + 0x2000));
    assert_int_equal(machine_count(&m, 0, COUNT_EXT_MEM_REQ_NC), 2);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_tlbi, ROWS_OF(tlbi_rows));
    rows_add(&all, check_cross, ROWS_OF(cross_rows));
    rows_add_test(&all, "crossing keeps the first page's entry", cross_keeps_first_entry, NULL);
    rows_add_test(&all, "crossing touches two lines", cross_touches_two_lines, NULL);
    rows_add(&all, check_hit, ROWS_OF(hit_rows));
    rows_add_test(&all, "crossing into Device memory", cross_into_device, NULL);
    rows_add(&all, check_exception, ROWS_OF(exception_rows));
    rows_add_test(&all, "AT", at, NULL);
    rows_add_test(&all, "data in the caches", data_in_caches, NULL);
    return rows_run(&all, "cluster/cluster");
}
