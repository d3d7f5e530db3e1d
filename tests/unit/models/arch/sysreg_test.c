/* Encodings and names of the registers, and where their fields lie, transcribed from the book a second time. */
#include "models/arch/sysreg.h"
#include "tests/unit/models/rows.h"

struct reg_row {
    const char *name;
    enum sysreg reg;
    uint8_t op0, op1, crn, crm, op2; /* [Arm: D24.2, "Accessing the register"] */
    bool steers;
};

// clang-format off
static const struct reg_row reg_rows[] = {
    { "SCTLR_EL1",      SYSREG_SCTLR_EL1,      3, 0, 1,  0, 0, true  },
    { "CPACR_EL1",      SYSREG_CPACR_EL1,      3, 0, 1,  0, 2, false },
    { "TTBR0_EL1",      SYSREG_TTBR0_EL1,      3, 0, 2,  0, 0, true  },
    { "TTBR1_EL1",      SYSREG_TTBR1_EL1,      3, 0, 2,  0, 1, true  },
    { "TCR_EL1",        SYSREG_TCR_EL1,        3, 0, 2,  0, 2, true  },
    { "SPSR_EL1",       SYSREG_SPSR_EL1,       3, 0, 4,  0, 0, false },
    { "ELR_EL1",        SYSREG_ELR_EL1,        3, 0, 4,  0, 1, false },
    { "SP_EL0",         SYSREG_SP_EL0,         3, 0, 4,  1, 0, false },
    { "ESR_EL1",        SYSREG_ESR_EL1,        3, 0, 5,  2, 0, false },
    { "FAR_EL1",        SYSREG_FAR_EL1,        3, 0, 6,  0, 0, false },
    { "PAR_EL1",        SYSREG_PAR_EL1,        3, 0, 7,  4, 0, false },
    { "MAIR_EL1",       SYSREG_MAIR_EL1,       3, 0, 10, 2, 0, true  },
    { "AMAIR_EL1",      SYSREG_AMAIR_EL1,      3, 0, 10, 3, 0, false },
    { "VBAR_EL1",       SYSREG_VBAR_EL1,       3, 0, 12, 0, 0, false },
    { "CONTEXTIDR_EL1", SYSREG_CONTEXTIDR_EL1, 3, 0, 13, 0, 1, false }, /* the ASID is in TTBRn_EL1 */
    { "TPIDR_EL1",      SYSREG_TPIDR_EL1,      3, 0, 13, 0, 4, false },
    { "VPIDR_EL2",      SYSREG_VPIDR_EL2,      3, 4, 0,  0, 0, false },
    { "VMPIDR_EL2",     SYSREG_VMPIDR_EL2,     3, 4, 0,  0, 5, false },
    { "SCTLR_EL2",      SYSREG_SCTLR_EL2,      3, 4, 1,  0, 0, true  },
    { "HCR_EL2",        SYSREG_HCR_EL2,        3, 4, 1,  1, 0, true  },
    { "TTBR0_EL2",      SYSREG_TTBR0_EL2,      3, 4, 2,  0, 0, true  },
    { "TCR_EL2",        SYSREG_TCR_EL2,        3, 4, 2,  0, 2, true  },
    { "VTTBR_EL2",      SYSREG_VTTBR_EL2,      3, 4, 2,  1, 0, true  },
    { "VTCR_EL2",       SYSREG_VTCR_EL2,       3, 4, 2,  1, 2, true  },
    { "SPSR_EL2",       SYSREG_SPSR_EL2,       3, 4, 4,  0, 0, false },
    { "ELR_EL2",        SYSREG_ELR_EL2,        3, 4, 4,  0, 1, false },
    { "ESR_EL2",        SYSREG_ESR_EL2,        3, 4, 5,  2, 0, false },
    { "FAR_EL2",        SYSREG_FAR_EL2,        3, 4, 6,  0, 0, false },
    { "HPFAR_EL2",      SYSREG_HPFAR_EL2,      3, 4, 6,  0, 4, false },
    { "MAIR_EL2",       SYSREG_MAIR_EL2,       3, 4, 10, 2, 0, true  },
    { "AMAIR_EL2",      SYSREG_AMAIR_EL2,      3, 4, 10, 3, 0, false },
    { "VBAR_EL2",       SYSREG_VBAR_EL2,       3, 4, 12, 0, 0, false },
    { "TPIDR_EL2",      SYSREG_TPIDR_EL2,      3, 4, 13, 0, 2, false },
    { "CNTVOFF_EL2",    SYSREG_CNTVOFF_EL2,    3, 4, 14, 0, 3, false },
};
// clang-format on

static uint32_t encoding_of(const struct reg_row *r)
{
    return (uint32_t)(r->op0 << 14 | r->op1 << 11 | r->crn << 7 | r->crm << 3 | r->op2);
}

static void check_reg(void **state)
{
    const struct reg_row *row = *state;

    assert_string_equal(sysreg_name(row->reg), row->name);
    assert_int_equal(sysreg_by_name(row->name), row->reg);
    assert_int_equal(sysreg_by_encoding(encoding_of(row)), row->reg);
    assert_int_equal(sysreg_steers_translation(row->reg), row->steers);
}

/* No two registers share a name or an encoding, and no encoding outside the list is one. */
static void encodings_are_unique(void **state)
{
    unsigned found = 0;

    (void)state;
    assert_int_equal(sizeof reg_rows / sizeof *reg_rows, SYSREG_COUNT);
    for (uint32_t e = 0; e < 1u << 16; e++)
        found += sysreg_by_encoding(e) != SYSREG_COUNT;
    assert_int_equal(found, SYSREG_COUNT);
    assert_int_equal(sysreg_by_encoding(UINT32_MAX), SYSREG_COUNT);
    for (int i = 0; i < SYSREG_COUNT; i++)
        assert_int_equal(sysreg_by_name(sysreg_name((enum sysreg)i)), i);
}

struct no_name_row {
    const char *name;
    const char *text;
};

static const struct no_name_row no_name_rows[] = {
    { "no name", "" },           { "a register of EL3", "TCR_EL3" },    { "small letters", "tcr_el1" },
    { "a name's start", "TCR" }, { "a name and more", "TCR_EL1_T0SZ" }, { "a space behind", "TCR_EL1 " },
};

static void check_no_name(void **state)
{
    const struct no_name_row *row = *state;

    assert_int_equal(sysreg_by_name(row->text), SYSREG_COUNT);
}

/* The fields the models read of a register: msb and lsb as defined, then as the book has them. */

struct field {
    const char *name, *reg;
    unsigned msb, lsb;
};

struct field_row {
    const char *name;
    struct field f;
    unsigned msb, lsb;
};

// clang-format off
#define BITS(reg, symbol, msb, lsb) { reg " " #symbol, { #symbol, reg, symbol }, msb, lsb }
#define BIT(reg, symbol, n) { reg " " #symbol, { #symbol, reg, symbol, symbol }, n, n }

static const struct field_row field_rows[] = {
    BIT("SCTLR_ELx", SCTLR_M, 0),               BIT("SCTLR_ELx", SCTLR_A, 1),
    BIT("SCTLR_ELx", SCTLR_C, 2),               BIT("SCTLR_ELx", SCTLR_I, 12),
    BIT("SCTLR_ELx", SCTLR_WXN, 19),            BIT("SCTLR_ELx", SCTLR_EE, 25),
    BITS("TCR_EL1", TCR_EL1_T0SZ, 5, 0),        BIT("TCR_EL1", TCR_EL1_EPD0, 7),
    BITS("TCR_EL1", TCR_EL1_IRGN0, 9, 8),       BITS("TCR_EL1", TCR_EL1_ORGN0, 11, 10),
    BITS("TCR_EL1", TCR_EL1_SH0, 13, 12),       BITS("TCR_EL1", TCR_EL1_TG0, 15, 14),
    BITS("TCR_EL1", TCR_EL1_T1SZ, 21, 16),      BIT("TCR_EL1", TCR_EL1_A1, 22),
    BIT("TCR_EL1", TCR_EL1_EPD1, 23),           BITS("TCR_EL1", TCR_EL1_IRGN1, 25, 24),
    BITS("TCR_EL1", TCR_EL1_ORGN1, 27, 26),     BITS("TCR_EL1", TCR_EL1_SH1, 29, 28),
    BITS("TCR_EL1", TCR_EL1_TG1, 31, 30),       BITS("TCR_EL1", TCR_EL1_IPS, 34, 32),
    BIT("TCR_EL1", TCR_EL1_AS, 36),             BIT("TCR_EL1", TCR_EL1_TBI0, 37),
    BIT("TCR_EL1", TCR_EL1_TBI1, 38),
    /* the fields that TCR_EL2 and VTCR_EL2 share with TCR_EL1, under their own registers */
    BITS("TCR_EL2", TCR_EL1_T0SZ, 5, 0),        BITS("TCR_EL2", TCR_EL1_IRGN0, 9, 8),
    BITS("TCR_EL2", TCR_EL1_ORGN0, 11, 10),     BITS("TCR_EL2", TCR_EL1_SH0, 13, 12),
    BITS("TCR_EL2", TCR_EL1_TG0, 15, 14),       BITS("TCR_EL2", TCR_EL2_PS, 18, 16),
    BIT("TCR_EL2", TCR_EL2_TBI, 20),
    BITS("VTCR_EL2", TCR_EL1_T0SZ, 5, 0),       BITS("VTCR_EL2", VTCR_EL2_SL0, 7, 6),
    BITS("VTCR_EL2", TCR_EL1_IRGN0, 9, 8),      BITS("VTCR_EL2", TCR_EL1_ORGN0, 11, 10),
    BITS("VTCR_EL2", TCR_EL1_SH0, 13, 12),      BITS("VTCR_EL2", TCR_EL1_TG0, 15, 14),
    BITS("VTCR_EL2", VTCR_EL2_PS, 18, 16),
    BITS("TTBRn_EL1", TTBR_BADDR, 47, 0),       BITS("TTBRn_EL1", TTBR_ASID, 63, 48),
    BITS("VTTBR_EL2", TTBR_BADDR, 47, 0),       BITS("VTTBR_EL2", VTTBR_VMID, 55, 48),
    BIT("HCR_EL2", HCR_VM, 0),                  BIT("HCR_EL2", HCR_PTW, 2),
    BIT("HCR_EL2", HCR_FB, 9),                  BIT("HCR_EL2", HCR_DC, 12),
    BIT("HCR_EL2", HCR_TGE, 27),                BIT("HCR_EL2", HCR_CD, 32),
    BIT("HCR_EL2", HCR_ID, 33),
    BITS("ESR_ELx", ESR_EC, 31, 26),            BIT("ESR_ELx", ESR_IL, 25),
    BIT("ESR_ELx", ESR_FnV, 10),                BIT("ESR_ELx", ESR_EA, 9),
    BIT("ESR_ELx", ESR_CM, 8),                  BIT("ESR_ELx", ESR_S1PTW, 7),
    BIT("ESR_ELx", ESR_WnR, 6),                 BITS("ESR_ELx", ESR_FSC, 5, 0),
};
// clang-format on

static void check_field(void **state)
{
    const struct field_row *row = *state;

    assert_int_equal(row->f.msb, row->msb);
    assert_int_equal(row->f.lsb, row->lsb);
}

static void fields_do_not_overlap(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof field_rows / sizeof *field_rows; i++) {
        for (size_t k = i + 1; k < sizeof field_rows / sizeof *field_rows; k++) {
            const struct field *a = &field_rows[i].f, *b = &field_rows[k].f;

            if (strcmp(a->reg, b->reg) == 0 && a->msb >= b->lsb && b->msb >= a->lsb)
                fail_msg("%s: %s overlaps %s", a->reg, a->name, b->name);
        }
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_reg, ROWS_OF(reg_rows));
    rows_add_test(&all, "encodings and names are unique", encodings_are_unique, NULL);
    rows_add(&all, check_no_name, ROWS_OF(no_name_rows));
    rows_add(&all, check_field, ROWS_OF(field_rows));
    rows_add_test(&all, "fields of a register do not overlap", fields_do_not_overlap, NULL);
    return rows_run(&all, "arch/sysreg");
}
