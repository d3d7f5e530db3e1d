/* TLBI instructions: names, opcodes, operands, who may execute them, when they are broadcast. */
#include "models/arch/tlbi.h"
#include "tests/unit/models/rows.h"

/* op0 = 1, CRn = 8 [Arm: C5.5, D8.17.5] */
struct op_row {
    const char *name;
    enum tlbi_op op;
    uint8_t op1, crm_is, crm, op2;
    bool operand;
    uint8_t lowest_el;
};

// clang-format off
static const struct op_row op_rows[] = {
    { "VMALLE1",    TLBI_VMALLE1,    0, 3, 7, 0, false, 1 },
    { "VAE1",       TLBI_VAE1,       0, 3, 7, 1, true,  1 },
    { "ASIDE1",     TLBI_ASIDE1,     0, 3, 7, 2, true,  1 },
    { "VAAE1",      TLBI_VAAE1,      0, 3, 7, 3, true,  1 },
    { "VALE1",      TLBI_VALE1,      0, 3, 7, 5, true,  1 },
    { "VAALE1",     TLBI_VAALE1,     0, 3, 7, 7, true,  1 },
    { "IPAS2E1",    TLBI_IPAS2E1,    4, 0, 4, 1, true,  2 },
    { "IPAS2LE1",   TLBI_IPAS2LE1,   4, 0, 4, 5, true,  2 },
    { "ALLE2",      TLBI_ALLE2,      4, 3, 7, 0, false, 2 },
    { "VAE2",       TLBI_VAE2,       4, 3, 7, 1, true,  2 },
    { "ALLE1",      TLBI_ALLE1,      4, 3, 7, 4, false, 2 },
    { "VALE2",      TLBI_VALE2,      4, 3, 7, 5, true,  2 },
    { "VMALLS12E1", TLBI_VMALLS12E1, 4, 3, 7, 6, false, 2 },
    { "ALLE3",      TLBI_ALLE3,      6, 3, 7, 0, false, 3 },
    { "VAE3",       TLBI_VAE3,       6, 3, 7, 1, true,  3 },
    { "VALE3",      TLBI_VALE3,      6, 3, 7, 5, true,  3 },
};
// clang-format on

static uint32_t opcode_of(unsigned op1, unsigned crm, unsigned op2, unsigned xt)
{
    return 0xD5080000u | op1 << 16 | 8u << 12 | crm << 8 | op2 << 5 | xt;
}

static void check_decode(uint32_t opcode, enum tlbi_op want, bool broadcast_wanted)
{
    enum tlbi_op op;
    bool broadcast = !broadcast_wanted;

    memset(&op, POISON, sizeof op);
    assert_true(tlbi_decode_opcode(opcode, &op, &broadcast));
    assert_int_equal(op, want);
    assert_int_equal(broadcast, broadcast_wanted);
}

static void check_op(void **state)
{
    const struct op_row *row = *state;
    char name[16];
    bool broadcast = true;

    check_decode(opcode_of(row->op1, row->crm, row->op2, 31), row->op, false);
    check_decode(opcode_of(row->op1, row->crm_is, row->op2, 31), row->op, true);
    check_decode(opcode_of(row->op1, row->crm, row->op2, 0), row->op, false);
    assert_int_equal(tlbi_has_operand(row->op), row->operand);
    assert_int_equal(tlbi_has_address(row->op), row->operand && row->op != TLBI_ASIDE1);
    assert_int_equal(tlbi_lowest_el(row->op), row->lowest_el);
    assert_string_equal(tlbi_name(row->op), row->name);
    assert_int_equal(tlbi_by_name(row->name, &broadcast), row->op);
    assert_false(broadcast);
    strcat(strcpy(name, row->name), "IS");
    assert_int_equal(tlbi_by_name(name, &broadcast), row->op);
    assert_true(broadcast);
}

/* Of all SYS instructions with CRn = 8, exactly the 32 of the table are TLBI of v8.0. */
static void no_other_opcode(void **state)
{
    unsigned found = 0;

    (void)state;
    assert_int_equal(sizeof op_rows / sizeof *op_rows, TLBI_OP_COUNT);
    for (unsigned n = 0; n < 8 * 16 * 8; n++) {
        enum tlbi_op op;
        bool broadcast;

        found += tlbi_decode_opcode(opcode_of(n >> 7, n >> 3 & 15, n & 7, 31), &op, &broadcast);
    }
    assert_int_equal(found, 32);
}

struct other_row {
    const char *name;
    uint32_t opcode;
};

static const struct other_row other_rows[] = {
    { "AT S1E1R", 0xD5087800 },
    { "IC IALLU", 0xD508751F },
    { "SYSL with CRn 8", 0xD528871F },
    { "MSR with CRn 8", 0xD518871F },
    { "DSB ISH", 0xD5033B9F },
    { "TLBI VMALLE1OS is v8.4", 0xD508811F },
    { "TLBI RVAE1 is v8.4", 0xD5088620 },
    { "zero", 0 },
    { "all ones", 0xFFFFFFFF },
};

static void check_other(void **state)
{
    const struct other_row *row = *state;
    enum tlbi_op op;
    bool broadcast;

    assert_false(tlbi_decode_opcode(row->opcode, &op, &broadcast));
}

struct name_row {
    const char *name;
    const char *text;
};

static const struct name_row name_rows[] = {
    { "no name: empty", "" },
    { "no name: VA", "VA" },
    { "no name: small letters", "vae1" },
    { "no name: VAE1OS", "VAE1OS" },
    { "no name: VAE1I", "VAE1I" },
    { "no name: VAE1ISX", "VAE1ISX" },
    { "no name: IS", "IS" },
    { "no name: VAE1 with space", "VAE1 " },
};

static void check_name(void **state)
{
    const struct name_row *row = *state;
    bool broadcast;

    assert_int_equal(tlbi_by_name(row->text, &broadcast), TLBI_OP_COUNT);
}

/* Operands: VA ops [43:0] = VA[55:12], [63:48] = ASID; IPA ops [35:0] = IPA[47:12] [Arm: C5.5] */
struct operand_row {
    const char *name;
    enum tlbi_op op;
    uint64_t xt, va;
    uint16_t asid;
};

// clang-format off
static const struct operand_row operand_rows[] = {
    { "VAE1: low address and ASID",       TLBI_VAE1,    0x1234000000012345ULL, 0x0000000012345000ULL, 0x1234 },
    { "VAE1: bits [47:44] are RES0",      TLBI_VAE1,    0x0000F00000012345ULL, 0x0000000012345000ULL, 0 },
    { "VAE1: VA[55] clear",               TLBI_VAE1,    0x000007FFFFFFFFFFULL, 0x007FFFFFFFFFF000ULL, 0 },
    { "VAE1: VA[63:56] follow VA[55]",    TLBI_VAE1,    0x0000080000000000ULL, 0xFF80000000000000ULL,
      0 }, /* [Arm: R_JGGKN] */
    { "VAALE1: kernel address",           TLBI_VAALE1,  0x00000FFFFFFFFFFFULL, 0xFFFFFFFFFFFFF000ULL, 0 },
    { "VAE2: bits [47:44] are RES0",      TLBI_VAE2,    0x0000F00000012345ULL, 0x0000000012345000ULL, 0 },
    { "VAE2: low address",                TLBI_VAE2,    0x0000000000012345ULL, 0x0000000012345000ULL, 0 },
    { "IPAS2E1: 40-bit IPA",              TLBI_IPAS2E1, 0x000000000FFFFFFFULL, 0x000000FFFFFFF000ULL, 0 },
    { "IPAS2E1: IPA[47:12]",              TLBI_IPAS2E1, 0x0000000FFFFFFFFFULL, 0x0000FFFFFFFFF000ULL, 0 },
    { "IPAS2E1: the rest is RES0",        TLBI_IPAS2E1, 0x0000FFF000000001ULL, 0x0000000000001000ULL, 0 },
};
// clang-format on

static void check_operand(void **state)
{
    const struct operand_row *row = *state;
    struct sysregs regs = { 0 };
    struct tlbi t;

    regs.v[SYSREG_VTTBR_EL2] = 0xFF42000000000000ULL;
    t = tlbi_make(row->op, false, row->xt, 2, &regs);
    assert_int_equal(t.op, row->op);
    assert_int_equal(t.va, row->va);
    assert_int_equal(t.asid, row->asid);
    assert_int_equal(t.vmid, 0x42); /* of VTTBR_EL2 at execution, at EL2 too */
}

struct fb_row {
    const char *name;
    uint64_t hcr;
    uint8_t el;
    bool broadcast, want;
};

static const struct fb_row fb_rows[] = {
    { "local at EL1", 0, 1, false, false },
    { "IS at EL1", 0, 1, true, true },
    { "local at EL1 under FB is IS", 1 << 9, 1, false, true }, /* [Arm: HCR_EL2.FB] */
    { "IS at EL1 under FB", 1 << 9, 1, true, true },
    { "local at EL2: FB is EL1's", 1 << 9, 2, false, false },
    { "TGE ignores FB", 1 << 9 | 1 << 27, 1, false, false }, /* [Arm: HCR_EL2.TGE] */
    { "IS at EL2", 0, 2, true, true },
};

static void check_fb(void **state)
{
    const struct fb_row *row = *state;
    struct sysregs regs = { 0 };

    regs.v[SYSREG_HCR_EL2] = row->hcr;
    assert_int_equal(tlbi_make(TLBI_VAE1, row->broadcast, 0, row->el, &regs).broadcast, row->want);
    assert_int_equal(tlbi_make(TLBI_VMALLE1, row->broadcast, 0, row->el, &regs).broadcast, row->want);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_op, ROWS_OF(op_rows));
    rows_add_test(&all, "no other opcode is a TLBI", no_other_opcode, NULL);
    rows_add(&all, check_other, ROWS_OF(other_rows));
    rows_add(&all, check_name, ROWS_OF(name_rows));
    rows_add(&all, check_operand, ROWS_OF(operand_rows));
    rows_add(&all, check_fb, ROWS_OF(fb_rows));
    return rows_run(&all, "arch/tlbi decode");
}
