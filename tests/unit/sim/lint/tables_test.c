/* Both stages of a machine: rights, types and tables where they meet, and the registers that say how. */
#include "platforms/zynqmp/params.h"
#include "sim/lint/tables.h"
#include "tests/unit/sim/lint/found.h"

#define NO_EXECUTE (1ULL << 53 | 1ULL << 54) /* PXN, UXN */
#define LEAF (1ULL << 10 | 3ULL << 8 | 3)    /* AF, Inner Shareable, a page */
#define READ_ONLY (2ULL << 6)
#define EL0 (1ULL << 6)
#define INDEX(n) ((uint64_t)(n) << 2) /* 0 Write-Back, 1 Device-nGnRE, 2 Non-cacheable */
#define MAIR 0x4404FFULL

/* Stage 2: IPA 0 to 1 GB as RAM 1:1, but the pages at 0x200000 and 0x201000 as the row has it. */
#define S2_ROOT 0x48000000ULL
#define S2_RAM 0x7FFULL
#define S2_DEVICE (0x6C7ULL | 1ULL << 54)
#define S2_NO_EXECUTE (S2_RAM | 1ULL << 54)
/* Stage 1, tables at 0x100000: VA 0 and 0x1000 as the row has it. */
#define S1_ROOT 0x100000ULL

enum { STAGE1 = 1, STAGE2 = 2, PTW = 4, WXN = 8, TABLE_AT_2M = 16, TWO_CORES = 32 };

struct row {
    const char *name;
    unsigned on;
    uint64_t s1[2]; /* leaves without LEAF, which lead to 0x200000, 0x201000; 0: none */
    uint64_t s2[2]; /* leaves for these */
    struct found want[FOUND_MAX];
};

#define BOTH (STAGE1 | STAGE2)
#define W(code, n)                                                                                                     \
    {                                                                                                                  \
        code, LINT_WARNING, n                                                                                          \
    }
#define N(code, n)                                                                                                     \
    {                                                                                                                  \
        code, LINT_NOTE, n                                                                                             \
    }
#define E(code, n)                                                                                                     \
    {                                                                                                                  \
        code, LINT_ERROR, n                                                                                            \
    }
#define DATA (0x200000 | NO_EXECUTE)
#define DEVICE (DATA | INDEX(1))

static const struct row rows[] = {
    { "all off", 0, { DATA }, { S2_RAM }, { { 0 } } },
    { "data", STAGE1, { DATA }, { 0 }, { { 0 } } },
    { "data of both", BOTH, { DATA }, { S2_RAM }, { { 0 } } },
    { "code", BOTH, { 0x200000 | READ_ONLY | 1ULL << 54 }, { S2_RAM }, { { 0 } } },
    { "W+X at EL1", STAGE1, { 0x200000 | 1ULL << 54 }, { 0 }, { W(LINT_WRITABLE_EXECUTABLE, 1) } },
    { "W+X at EL1, under stage 2", BOTH, { 0x200000 | 1ULL << 54 }, { S2_RAM }, { W(LINT_WRITABLE_EXECUTABLE, 1) } },
    { "W+X at EL1, not at stage 2", BOTH, { 0x200000 | 1ULL << 54 }, { S2_NO_EXECUTE }, { { 0 } } },
    { "W+X at EL1, WXN", STAGE1 | WXN, { 0x200000 | 1ULL << 54 }, { 0 }, { { 0 } } },
    { "W+X at EL0", STAGE1, { 0x200000 | EL0 | 1ULL << 53 }, { 0 }, { W(LINT_WRITABLE_EXECUTABLE, 1) } },
    { "code of EL0", STAGE1, { 0x200000 | EL0 | READ_ONLY | 1ULL << 53 }, { 0 }, { { 0 } } },
    { "EL0 executes what EL1 writes", STAGE1, { 0x200000 | 1ULL << 53 }, { 0 }, { N(LINT_EL0_EXECUTES_KERNEL, 1) } },
    { "a device", BOTH, { DEVICE }, { S2_DEVICE }, { { 0 } } },
    { "an executable device", STAGE1, { 0x200000 | INDEX(1) | 1ULL << 54 }, { 0 }, { W(LINT_EXECUTABLE_DEVICE, 1) } },
    { "an executable device, not at stage 2", BOTH, { 0x200000 | INDEX(1) }, { S2_DEVICE }, { { 0 } } },
    { "executable at stage 2, stage 1 off", STAGE2, { 0 }, { 0x6C7 }, { W(LINT_EXECUTABLE_DEVICE, 1) } },
    { "RAM at stage 2, stage 1 off", STAGE2, { 0 }, { S2_RAM }, { { 0 } } },
    { "overruled", BOTH, { DATA }, { S2_DEVICE }, { W(LINT_OVERRULED, 1) } },
    { "overruled, Non-cacheable", BOTH, { DATA | INDEX(2) }, { S2_DEVICE }, { W(LINT_OVERRULED, 1) } },
    { "an alias", STAGE1, { DATA, DATA }, { 0 }, { { 0 } } },
    { "an alias, NC", STAGE1, { DATA, DATA | INDEX(2) }, { 0 }, { W(LINT_MISMATCHED_TYPE, 1) } },
    { "an alias, Device", STAGE1, { DATA, DEVICE }, { 0 }, { W(LINT_MISMATCHED_TYPE, 1) } },
    { "an alias, one beside the other", STAGE1, { DATA, (DATA | INDEX(2)) + 0x1000 }, { 0 }, { { 0 } } },
    { "an alias by stage 2",
      BOTH,
      { DATA, (DATA | INDEX(2)) + 0x1000 },
      { S2_RAM, S2_RAM - 0x1000 },
      { W(LINT_MISMATCHED_TYPE, 1) } },
    { "a table in RAM", BOTH | PTW | TABLE_AT_2M, { DATA + 0x1000 }, { S2_RAM, S2_RAM }, { { 0 } } },
    { "a table in Device memory, PTW",
      BOTH | PTW | TABLE_AT_2M,
      { DATA + 0x1000 },
      { S2_DEVICE, S2_RAM },
      { E(LINT_TABLE_IN_DEVICE, 1) } },
    { "a table in Device memory", BOTH | TABLE_AT_2M, { DATA + 0x1000 }, { S2_DEVICE, S2_RAM }, { { 0 } } },
    { "a table that is not mapped",
      BOTH | TABLE_AT_2M,
      { DATA + 0x1000 },
      { 0, S2_RAM },
      { W(LINT_TABLE_NOT_THERE, 1) } },
    { "two cores, the same tables",
      STAGE1 | TWO_CORES,
      { 0x200000 | 1ULL << 54 },
      { 0 },
      { W(LINT_WRITABLE_EXECUTABLE, 1) } },
};

static void put(struct machine *m, uint64_t pa, uint64_t word)
{
    assert_null(machine_write64(m, PA(pa), word));
}

static void set(struct machine *m, unsigned cores, enum sysreg reg, uint64_t value)
{
    for (unsigned i = 0; i < cores; i++)
        mmu_write_sysreg(&m->cluster.core[i].mmu, reg, value);
}

/* The lowest 2 MB is a block, the next is of pages; the rest of the GB is not there. */
static void build_stage2(struct machine *m, const struct row *row)
{
    put(m, S2_ROOT, (S2_ROOT + 0x2000) | 3);
    put(m, S2_ROOT + 0x2000, S2_RAM & ~2ULL);
    put(m, S2_ROOT + 0x2008, (S2_ROOT + 0x3000) | 3);
    for (unsigned i = 0; i < 2; i++) {
        if (row->s2[i])
            put(m, S2_ROOT + 0x3000 + 8 * i, row->s2[i] + 0x200000 + 0x1000 * i);
    }
}

static void build_stage1(struct machine *m, const struct row *row)
{
    uint64_t last = row->on & TABLE_AT_2M ? 0x200000 : S1_ROOT + 0x2000;

    put(m, S1_ROOT, (S1_ROOT + 0x1000) | 3);
    put(m, S1_ROOT + 0x1000, last | 3);
    for (unsigned i = 0; i < 2; i++) {
        if (row->s1[i])
            put(m, last + 8 * i, row->s1[i] | LEAF);
    }
}

static struct machine *machine_of(const struct row *row)
{
    unsigned cores = row->on & TWO_CORES ? 2 : 1;
    struct machine *m;
    struct config config;

    params_default(&config);
    m = machine_new(&config);
    assert_non_null(m);
    build_stage1(m, row);
    build_stage2(m, row);
    set(m, cores, SYSREG_MAIR_EL1, MAIR);
    set(m, cores, SYSREG_TCR_EL1, 25 | 1ULL << 23 | 2ULL << 30 | 2ULL << 32); /* 39 bits, EPD1 */
    set(m, cores, SYSREG_TTBR0_EL1, S1_ROOT);
    set(m, cores, SYSREG_VTCR_EL2, 0x80023558);
    set(m, cores, SYSREG_VTTBR_EL2, 1ULL << 48 | S2_ROOT);
    set(m, cores, SYSREG_HCR_EL2, 1ULL << 31 | (row->on & STAGE2 ? 1 : 0) | (row->on & PTW ? 4 : 0));
    if (row->on & STAGE1)
        set(m, cores, SYSREG_SCTLR_EL1, 1 | 1ULL << 2 | 1ULL << 12 | (row->on & WXN ? 1ULL << 19 : 0));
    return m;
}

static void look(struct machine *m, struct lint_report *r)
{
    struct tables *t = lint_tables_new("test", r);

    assert_non_null(t);
    for (unsigned i = 0; i < m->cluster.config.cores; i++)
        lint_tables_core(t, m, i);
    lint_tables_end(t);
}

static void check(void **state)
{
    const struct row *row = *state;
    struct machine *m = machine_of(row);
    struct lint_report r;

    lint_report_init(&r, LINT_KEPT);
    look(m, &r);
    found_check(&r, row->want);
    lint_report_free(&r);
    machine_free(m);
}

/* One run of stage 1 over two of stage 2: a finding is where it is. */
static void check_place(void **state)
{
    static const struct row row = { "", BOTH, { DATA, DATA + 0x1000 }, { S2_RAM, S2_DEVICE }, { { 0 } } };
    struct machine *m = machine_of(&row);
    struct lint_report r;

    (void)state;
    lint_report_init(&r, LINT_KEPT);
    look(m, &r);
    assert_int_equal(r.count, 1);
    assert_string_equal(r.finding[0].place, "test core 0 EL1&0 VA 0x1000 (4 KB)");
    assert_string_equal(r.finding[0].detail, "stage 1 says Normal-WB, stage 2 at IPA 0x201000 Device-nGnRE");
    lint_report_free(&r);
    machine_free(m);
}

/* ---- Registers ---- */

struct register_row {
    const char *name;
    enum sysreg reg;
    uint64_t value;
    struct found want[FOUND_MAX];
};

#define BAD(n) E(LINT_RESERVED_REGISTER, n)
#define TCR_REST (2ULL << 30 | 2ULL << 32)

static const struct register_row register_rows[] = {
    { "as they should be", SYSREG_TCR_EL1, 25 | 25ULL << 16 | TCR_REST, { { 0 } } },
    { "T0SZ 15", SYSREG_TCR_EL1, 15 | 25ULL << 16 | TCR_REST, { BAD(1) } },
    { "T0SZ 16", SYSREG_TCR_EL1, 16 | 25ULL << 16 | TCR_REST, { { 0 } } },
    { "T0SZ 39", SYSREG_TCR_EL1, 39 | 25ULL << 16 | TCR_REST, { { 0 } } },
    { "T0SZ 40", SYSREG_TCR_EL1, 40 | 25ULL << 16 | TCR_REST, { BAD(1) } },
    { "T0SZ 0, EPD0", SYSREG_TCR_EL1, 1ULL << 7 | 25ULL << 16 | TCR_REST, { { 0 } } },
    { "T1SZ 0", SYSREG_TCR_EL1, 25 | TCR_REST, { BAD(1) } },
    { "TG0 16 KB", SYSREG_TCR_EL1, 25 | 2ULL << 14 | 25ULL << 16 | TCR_REST, { BAD(1) } },
    { "TG0 reserved", SYSREG_TCR_EL1, 25 | 3ULL << 14 | 25ULL << 16 | TCR_REST, { BAD(1) } },
    { "TG1 reserved", SYSREG_TCR_EL1, 25 | 25ULL << 16 | 2ULL << 32, { BAD(1) } },
    { "IPS 5", SYSREG_TCR_EL1, 25 | 25ULL << 16 | 2ULL << 30 | 5ULL << 32, { { 0 } } },
    { "IPS 6", SYSREG_TCR_EL1, 25 | 25ULL << 16 | 2ULL << 30 | 6ULL << 32, { BAD(1) } },
    { "TTBR0 beyond the output", SYSREG_TTBR0_EL1, 1ULL << 40, { E(LINT_ADDRESS_SIZE, 1) } },
    { "VTCR of Xen", SYSREG_VTCR_EL2, 0x80023558, { { 0 } } },
    { "VTCR.T0SZ 23", SYSREG_VTCR_EL2, 0x80023557, { BAD(1) } },
    { "VTCR.SL0 2", SYSREG_VTCR_EL2, 0x80023598, { BAD(1) } },
    { "VTCR.SL0 3", SYSREG_VTCR_EL2, 0x800235D8, { BAD(1) } },
    { "VTCR.SL0 0 of 40 bits", SYSREG_VTCR_EL2, 0x80023518, { BAD(1) } },
    { "VTCR.TG0 16 KB", SYSREG_VTCR_EL2, 0x8002B558, { BAD(1) } },
    { "VTCR.PS 7", SYSREG_VTCR_EL2, 0x80073558, { BAD(1) } },
    { "VTTBR beyond 40 bits", SYSREG_VTTBR_EL2, 1ULL << 44, { E(LINT_ADDRESS_SIZE, 1) } },
    { "TCR_EL2.T0SZ 0", SYSREG_TCR_EL2, 2ULL << 16, { BAD(1) } },
    { "TCR_EL2.PS 6", SYSREG_TCR_EL2, 25 | 6ULL << 16, { BAD(1) } },
};

static void check_register(void **state)
{
    const struct register_row *row = *state;
    struct sysregs regs = { { 0 } };
    struct lint_report r;

    regs.v[SYSREG_SCTLR_EL1] = regs.v[SYSREG_SCTLR_EL2] = regs.v[SYSREG_HCR_EL2] = 1;
    regs.v[SYSREG_TCR_EL1] = 25 | 25ULL << 16 | TCR_REST;
    regs.v[SYSREG_TCR_EL2] = 25 | 2ULL << 16;
    regs.v[SYSREG_VTCR_EL2] = 0x80023558;
    regs.v[row->reg] = row->value;
    lint_report_init(&r, LINT_KEPT);
    lint_registers(&regs, "test", &r);
    found_check(&r, row->want);
    lint_report_free(&r);
    regs.v[SYSREG_SCTLR_EL1] = regs.v[SYSREG_SCTLR_EL2] = regs.v[SYSREG_HCR_EL2] = 0; /* what is off does not matter */
    lint_report_init(&r, LINT_KEPT);
    lint_registers(&regs, "test", &r);
    found_check(&r, (const struct found[FOUND_MAX]){ { 0 } });
    lint_report_free(&r);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add_test(&all, "the place of a part of a run", check_place, NULL);
    rows_add(&all, check_register, ROWS_OF(register_rows));
    return rows_run(&all, "sim/lint/tables");
}
