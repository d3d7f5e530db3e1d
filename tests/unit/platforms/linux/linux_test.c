/* Registers of the presets bit by bit, what options change of them, and what each index of MAIR_EL1 stands for. */
#include "models/arch/regime.h"
#include "platforms/linux/linux.h"
#include "tests/unit/models/rows.h"

/* Values as they stand in the sources and in dumps of registers, less what an A53 has as RES0. */
struct register_row {
    const char *name;
    uint64_t mair, tcr, sctlr;
    unsigned lower, upper;
};

// clang-format off
static const struct register_row register_rows[] = {
    { "linux-4.x-39", 0x0000BBFF440C0400, 0x32B5193519, 0x34D5D91D, 39, 39 },
    { "linux-4.x-48", 0x0000BBFF440C0400, 0x32B5103510, 0x34D5D91D, 48, 48 },
    { "linux-6.1-39", 0x000000040044FFFF, 0x72B5593519, 0x34D4D91D, 39, 39 },
    { "linux-6.1-48", 0x000000040044FFFF, 0x72B5503510, 0x34D4D91D, 48, 48 },
    { "bare-metal",   0x000000BB0400FF44, 0x0285800518, 0x00061025, 40, 0 },
    { "off",          0,                  0,            0x00C50078, 0,  0 },
};
// clang-format on

static void check_registers(void **state)
{
    const struct register_row *row = *state;
    const struct linux_preset *p = linux_preset_by_name(row->name);
    struct vmap l;
    struct vmap_register reg[VMAP_REGISTERS];
    static const enum sysreg order[VMAP_REGISTERS] = { SYSREG_MAIR_EL1, SYSREG_TCR_EL1, SYSREG_TTBR0_EL1,
                                                       SYSREG_TTBR1_EL1, SYSREG_SCTLR_EL1 };
    const uint64_t want[VMAP_REGISTERS] = { row->mair, row->tcr, 0, 0, row->sctlr };

    assert_non_null(p);
    assert_int_equal(p->lower_bits, row->lower);
    assert_int_equal(p->upper_bits, row->upper);
    linux_vmap(&l, p, &(struct linux_options){ 0 });
    vmap_registers(&l, NULL, 1, reg);
    for (size_t i = 0; i < VMAP_REGISTERS; i++) {
        assert_int_equal(reg[i].reg, order[i]);
        assert_int_equal(reg[i].value, want[i]);
    }
}

/* The fields of TCR_EL1 say what the preset says of itself. */
static void check_fields(void **state)
{
    const struct register_row *row = *state;
    struct sysregs regs = { 0 };
    struct regime r;

    if (row->lower == 0)
        return;
    regs.v[SYSREG_TCR_EL1] = row->tcr;
    regs.v[SYSREG_SCTLR_EL1] = row->sctlr;
    r = regime_decode(&regs, REGIME_EL10);
    assert_true(r.stage1_on && !r.data_nc1 && !r.fetch_nc1 && !r.wxn && !r.align_check);
    assert_int_equal(r.s1[0].granule_bits, 12);
    assert_int_equal(r.s1[0].ia_bits, row->lower);
    assert_int_equal(r.s1[0].oa_bits, 40);
    assert_int_equal(r.s1[0].start_level, row->lower == 39 ? 1 : 0);
    assert_int_equal(r.s1[0].walk.attr, ATTR_NORMAL_WB_RAWA);
    assert_int_equal(r.s1[0].walk.sh, row->upper ? SH_ISH : SH_NSH);
    assert_int_equal(r.s1[1].refused, row->upper ? FAULT_NONE : FAULT_TRANSLATION);
    if (row->upper) {
        assert_int_equal(r.s1[1].granule_bits, 12);
        assert_int_equal(r.s1[1].ia_bits, row->upper);
        assert_int_equal(r.s1[1].walk.sh, SH_ISH);
        assert_true(bit(row->tcr, TCR_EL1_AS));
    }
}

struct index_row {
    const char *name;
    const char *preset;
    enum linux_type type;
    unsigned index; /* or LINUX_NO_INDEX */
    const char *attr;
};

// clang-format off
static const struct index_row index_rows[] = {
    { "6.1 NORMAL",        "linux-6.1-48", LINUX_NORMAL,        0, "Normal-WB" },
    { "6.1 NORMAL_TAGGED", "linux-6.1-48", LINUX_NORMAL_TAGGED, 1, "Normal-WB" },
    { "6.1 NORMAL_NC",     "linux-6.1-48", LINUX_NORMAL_NC,     2, "Normal-NC" },
    { "6.1 nGnRnE",        "linux-6.1-48", LINUX_DEVICE_nGnRnE, 3, "Device-nGnRnE" },
    { "6.1 nGnRE",         "linux-6.1-48", LINUX_DEVICE_nGnRE,  4, "Device-nGnRE" },
    { "6.1 no WT",         "linux-6.1-48", LINUX_NORMAL_WT,     LINUX_NO_INDEX, NULL },
    { "6.1 no GRE",        "linux-6.1-48", LINUX_DEVICE_GRE,    LINUX_NO_INDEX, NULL },
    { "4.x nGnRnE",        "linux-4.x-39", LINUX_DEVICE_nGnRnE, 0, "Device-nGnRnE" },
    { "4.x nGnRE",         "linux-4.x-39", LINUX_DEVICE_nGnRE,  1, "Device-nGnRE" },
    { "4.x GRE",           "linux-4.x-39", LINUX_DEVICE_GRE,    2, "Device-GRE" },
    { "4.x NORMAL_NC",     "linux-4.x-39", LINUX_NORMAL_NC,     3, "Normal-NC" },
    { "4.x NORMAL",        "linux-4.x-39", LINUX_NORMAL,        4, "Normal-WB" },
    { "4.x NORMAL_WT",     "linux-4.x-39", LINUX_NORMAL_WT,     5, "Normal-WT" },
    { "4.x no TAGGED",     "linux-4.x-39", LINUX_NORMAL_TAGGED, LINUX_NO_INDEX, NULL },
};
// clang-format on

static void check_index(void **state)
{
    const struct index_row *row = *state;
    const struct linux_preset *p = linux_preset_by_name(row->preset);

    assert_int_equal(p->index[row->type], row->index);
    if (row->attr)
        assert_string_equal(attr_name(attr_decode_mair(p->mair_el1 >> 8 * row->index & 0xFF, SH_ISH)), row->attr);
}

static uint64_t value_of(const struct vmap *l, const struct vmap_tables *t, unsigned el, enum sysreg reg)
{
    struct vmap_register all[VMAP_REGISTERS];

    vmap_registers(l, t, el, all);
    for (size_t i = 0; i < VMAP_REGISTERS; i++) {
        if (all[i].reg == reg)
            return all[i].value;
    }
    return ~0ULL;
}

/* Roots come first from the pool: lower, upper, trampoline. The ASID is where TCR_EL1.A1 says. */
static void asids(void **state)
{
    struct linux_options o = { .asid = 0x1234 };
    struct vmap l;
    struct vmap_tables t;

    (void)state;
    linux_vmap(&l, linux_preset_by_name("linux-4.x-39"), &o);
    assert_int_equal(vmap_build(&l, &t, 0x41000000, 0x10000), STAGE1_OK);
    assert_int_equal(value_of(&l, &t, 1, SYSREG_TTBR0_EL1), 0x1234000041000000);
    assert_int_equal(value_of(&l, &t, 1, SYSREG_TTBR1_EL1), 0x41001000);
    vmap_tables_free(&t);
    linux_vmap(&l, linux_preset_by_name("linux-6.1-48"), &o);
    assert_int_equal(vmap_build(&l, &t, 0x41000000, 0x10000), STAGE1_OK);
    assert_int_equal(value_of(&l, &t, 0, SYSREG_TTBR0_EL1), 0x41000000);
    assert_int_equal(value_of(&l, &t, 0, SYSREG_TTBR1_EL1), 0x1234000041001000);
    vmap_tables_free(&t);
    o.kpti = true;
    linux_vmap(&l, linux_preset_by_name("linux-6.1-48"), &o);
    assert_int_equal(vmap_build(&l, &t, 0x41000000, 0x10000), STAGE1_OK);
    assert_int_equal(value_of(&l, &t, 1, SYSREG_TTBR1_EL1), 0x1234000041001000);
    assert_int_equal(value_of(&l, &t, 0, SYSREG_TTBR1_EL1), 0x1235000041002000);
    vmap_tables_free(&t);
}

static void options(void **state)
{
    const struct linux_preset *six = linux_preset_by_name("linux-6.1-48"), *four = linux_preset_by_name("linux-4.x-39");
    struct vmap l;

    (void)state;
    linux_vmap(&l, six, &(struct linux_options){ .without_mte = true });
    assert_int_equal(l.tcr_el1, 0x32B5503510);
    linux_vmap(&l, linux_preset_by_name("linux-6.1-39"), &(struct linux_options){ .without_mte = true });
    assert_int_equal(l.tcr_el1, 0x32B5593519);
    assert_null(linux_options_refused(six, &(struct linux_options){ .kpti = true, .asid = 2, .linear_blocks = true }));
    assert_non_null(linux_options_refused(six, &(struct linux_options){ .kpti = true, .asid = 3 }));
    assert_null(linux_options_refused(four, &(struct linux_options){ .asid = 3 }));
    assert_non_null(linux_options_refused(four, &(struct linux_options){ .kpti = true }));
    assert_non_null(linux_options_refused(four, &(struct linux_options){ .without_mte = true }));
    assert_non_null(linux_options_refused(four, &(struct linux_options){ .linear_blocks = true }));
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(linux_preset_at(0)->name, "linux-6.1-48");
    assert_null(linux_preset_by_name("linux-5.4"));
    for (size_t i = 0; linux_preset_at(i); i++)
        assert_ptr_equal(linux_preset_by_name(linux_preset_at(i)->name), linux_preset_at(i));
    assert_null(linux_preset_at(6));
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_registers, ROWS_OF(register_rows));
    rows_add(&all, check_fields, ROWS_OF(register_rows));
    rows_add(&all, check_index, ROWS_OF(index_rows));
    rows_add_test(&all, "ASIDs", asids, NULL);
    rows_add_test(&all, "options", options, NULL);
    rows_add_test(&all, "names", names, NULL);
    return rows_run(&all, "linux/linux");
}
