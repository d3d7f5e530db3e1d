/* What the registers make of a regime: each control bit, ASID and VMID, tags and halves of a VA, the attributes that
 * the controls put in place of the descriptors'. */
#include "models/arch/regime.h"
#include "tests/unit/models/rows.h"

#define B(n) (1ULL << (n))

/* A regime's flags as a picture, one letter each, '-' for false. */
static const char flag_letters[] = "12DTPWAciCIbB";

static void picture_of(const struct regime *r, char picture[sizeof flag_letters])
{
    const bool flag[] = { r->stage1_on,   r->stage2_on, r->default_cacheable, r->tge,      r->ptw,       r->wxn,
                          r->align_check, r->data_nc1,  r->fetch_nc1,         r->data_nc2, r->fetch_nc2, r->tbi[0],
                          r->tbi[1] };

    for (size_t i = 0; i < sizeof flag; i++)
        picture[i] = flag[i] ? flag_letters[i] : '-';
    picture[sizeof flag_letters - 1] = '\0';
}

/* Two registers, and what the flags of both regimes become: 1 stage 1 on, 2 stage 2 on, D DC, T TGE, P PTW, W WXN, A
 * SCTLR.A, c SCTLR.C 0, i SCTLR.I 0, C CD, I ID, b TBI of the lower half, B of the upper. */
struct control_row {
    const char *name;
    enum sysreg reg[2];
    uint64_t value[2];
    const char *el10, *el2;
};

// clang-format off
#define SCTLR1(x) { SYSREG_SCTLR_EL1 }, { x }
#define HCR(x) { SYSREG_HCR_EL2 }, { x }
#define BOTH(sctlr, hcr) { SYSREG_SCTLR_EL1, SYSREG_HCR_EL2 }, { sctlr, hcr }

static const struct control_row control_rows[] = {
    { "reset",                     SCTLR1(0),                    "-------ci----", "-------ci----" },
    { "SCTLR_EL1.M",               SCTLR1(B(0)),                 "1------ci----", "-------ci----" },
    { "SCTLR_EL1.A",               SCTLR1(B(1)),                 "------Aci----", "-------ci----" },
    { "SCTLR_EL1.C",               SCTLR1(B(2)),                 "--------i----", "-------ci----" },
    { "SCTLR_EL1.I",               SCTLR1(B(12)),                "-------c-----", "-------ci----" },
    { "SCTLR_EL1.WXN",             SCTLR1(B(19)),                "-----W-ci----", "-------ci----" },
    { "SCTLR_EL1.EE alone",        SCTLR1(B(25)),                "-------ci----", "-------ci----" },
    { "SCTLR_EL2.M",               { SYSREG_SCTLR_EL2 }, { B(0) },  "-------ci----", "1------ci----" },
    { "SCTLR_EL2.A",               { SYSREG_SCTLR_EL2 }, { B(1) },  "-------ci----", "------Aci----" },
    { "SCTLR_EL2.C",               { SYSREG_SCTLR_EL2 }, { B(2) },  "-------ci----", "--------i----" },
    { "SCTLR_EL2.I",               { SYSREG_SCTLR_EL2 }, { B(12) }, "-------ci----", "-------c-----" },
    { "SCTLR_EL2.WXN",             { SYSREG_SCTLR_EL2 }, { B(19) }, "-------ci----", "-----W-ci----" },
    { "HCR_EL2.VM",                HCR(B(0)),                    "-2-----ci----", "-------ci----" },
    { "HCR_EL2.PTW",               HCR(B(2)),                    "----P--ci----", "-------ci----" },
    { "HCR_EL2.FB is TLBI's",      HCR(B(9)),                    "-------ci----", "-------ci----" },
    { "HCR_EL2.DC acts as VM",     HCR(B(12)),                   "-2D----ci----",
      "-------ci----" }, /* [Arm: R_LBPTY] */
    { "HCR_EL2.TGE",               HCR(B(27)),                   "---T---ci----", "-------ci----" },
    { "HCR_EL2.CD",                HCR(B(32)),                   "-------ciC---", "-------ci----" },
    { "HCR_EL2.ID",                HCR(B(33)),                   "-------ci-I--", "-------ci----" },
    { "HCR_EL2.MIOCNCE is absent", HCR(B(38)),                   "-------ci----", "-------ci----" },
    { "M and VM",                  BOTH(B(0), B(0)),             "12-----ci----", "-------ci----" },
    { "DC turns stage 1 off",      BOTH(B(0), B(12)),            "-2D----ci----",
      "-------ci----" }, /* [Arm: HCR_EL2.DC] */
    { "TGE turns stage 1 off",     BOTH(B(0), B(27)),            "---T---ci----",
      "-------ci----" }, /* [Arm: HCR_EL2.TGE] */
    { "TGE leaves stage 2 on",     BOTH(B(0), B(27) | B(0)),     "-2-T---ci----", "-------ci----" },
    { "TGE ignores PTW",           BOTH(B(0), B(27) | B(2)),     "---T---ci----",
      "-------ci----" }, /* [Arm: HCR_EL2.TGE] */
    { "TCR_EL1.TBI0",              { SYSREG_TCR_EL1 }, { B(37) },   "-------ci--b-", "-------ci----" },
    { "TCR_EL1.TBI1",              { SYSREG_TCR_EL1 }, { B(38) },   "-------ci---B", "-------ci----" },
    { "TCR_EL2.TBI",               { SYSREG_TCR_EL2 }, { B(20) },   "-------ci----", "-------ci--b-" },
};
// clang-format on

static void check_control(void **state)
{
    const struct control_row *row = *state;
    struct sysregs regs = { 0 };
    struct regime el10, el2;
    char picture[sizeof flag_letters];

    for (unsigned i = 0; i < 2; i++)
        regs.v[row->reg[i]] |= row->value[i];
    el10 = regime_decode(&regs, REGIME_EL10);
    el2 = regime_decode(&regs, REGIME_EL2);
    picture_of(&el10, picture);
    assert_string_equal(picture, row->el10);
    picture_of(&el2, picture);
    assert_string_equal(picture, row->el2);
    assert_int_equal(el10.id, REGIME_EL10);
    assert_int_equal(el2.id, REGIME_EL2);
}

struct asid_row {
    const char *name;
    uint64_t tcr;
    uint16_t asid;
};

static const struct asid_row asid_rows[] = {
    { "AS 0, A1 0: low byte of TTBR0's", 0, 0x0034 }, /* [Arm: I_BZXYN] */
    { "AS 0, A1 1: low byte of TTBR1's", B(22), 0x0078 },
    { "AS 1, A1 0: TTBR0's", B(36), 0x1234 },
    { "AS 1, A1 1: TTBR1's", B(36) | B(22), 0x5678 }, /* for both halves */
};

static void check_asid(void **state)
{
    const struct asid_row *row = *state;
    struct sysregs regs = { 0 };
    struct regime r;

    regs.v[SYSREG_TTBR0_EL1] = 0x1234000000001000ULL;
    regs.v[SYSREG_TTBR1_EL1] = 0x5678000000001000ULL;
    regs.v[SYSREG_TCR_EL1] = row->tcr;
    regs.v[SYSREG_VTTBR_EL2] = 0xFFAB000000000000ULL; /* VMID is 8 bits, [63:56] RES0 in v8.0 */
    regs.v[SYSREG_MAIR_EL1] = 0x1122334455667788ULL;
    regs.v[SYSREG_MAIR_EL2] = 0x8877665544332211ULL;
    r = regime_decode(&regs, REGIME_EL10);
    assert_int_equal(r.asid, row->asid);
    assert_int_equal(r.vmid, 0xAB); /* with stage 2 off too [Arm: R_QNPQX] */
    assert_int_equal(r.mair, 0x1122334455667788ULL);
    r = regime_decode(&regs, REGIME_EL2);
    assert_int_equal(r.asid, 0);
    assert_int_equal(r.vmid, 0);
    assert_int_equal(r.mair, 0x8877665544332211ULL);
}

struct va_row {
    const char *name;
    enum regime_id regime;
    uint64_t va;
    unsigned half;
    uint64_t canonical;
    bool ok, ok_tbi0, ok_tbi1; /* without TBI, with the lower half's, with the upper half's */
};

// clang-format off
static const struct va_row va_rows[] = {
    { "EL1: low address",            REGIME_EL10, 0x0000000000001000ULL, 0, 0x0000000000001000ULL, 1, 1, 1 },
    { "EL1: highest of low half",    REGIME_EL10, 0x007FFFFFFFFFFFFFULL, 0, 0x007FFFFFFFFFFFFFULL, 1, 1, 1 },
    { "EL1: tagged low address",     REGIME_EL10, 0xAB00000000001000ULL, 0, 0x0000000000001000ULL, 0, 1, 0 },
    { "EL1: FF over a low address",  REGIME_EL10, 0xFF00000000001000ULL, 0, 0x0000000000001000ULL, 0, 1, 0 },
    { "EL1: high address",           REGIME_EL10, 0xFFFF800000001000ULL, 1, 0xFFFF800000001000ULL, 1, 1, 1 },
    { "EL1: lowest of high half",    REGIME_EL10, 0xFF80000000000000ULL, 1, 0xFF80000000000000ULL, 1, 1, 1 },
    { "EL1: tagged high address",    REGIME_EL10, 0xABFF800000001000ULL, 1, 0xFFFF800000001000ULL, 0, 0, 1 },
    { "EL1: 00 over a high address", REGIME_EL10, 0x00FF800000001000ULL, 1, 0xFFFF800000001000ULL, 0, 0,
      1 }, /* VA[55] selects [Arm: R_VZZSZ] */
    { "EL2: low address",            REGIME_EL2,  0x0000000000001000ULL, 0, 0x0000000000001000ULL, 1, 1, 1 },
    { "EL2: tagged",                 REGIME_EL2,  0xAB00000000001000ULL, 0, 0x0000000000001000ULL, 0, 1, 0 },
    { "EL2: bit 55 is no half",      REGIME_EL2,  0x0080000000001000ULL, 0, 0x0080000000001000ULL, 1, 1, 1 },
};
// clang-format on

static void check_va(void **state)
{
    const struct va_row *row = *state;
    struct regime r = { .id = (uint8_t)row->regime };

    assert_int_equal(regime_half(&r, VA(row->va)), row->half);
    assert_int_equal(regime_canonical_va(&r, VA(row->va)), row->canonical);
    assert_int_equal(regime_tag_ok(&r, VA(row->va)), row->ok);
    r.tbi[0] = true;
    assert_int_equal(regime_tag_ok(&r, VA(row->va)), row->ok_tbi0);
    r.tbi[0] = false;
    r.tbi[1] = true;
    assert_int_equal(regime_tag_ok(&r, VA(row->va)), row->ok_tbi1);
}

/* [Arm: R_WFZPW, SCTLR_EL1.C, SCTLR_EL1.I; A.g: D4.2.8]; sctlr and hcr, then byte and sh of a data access and a fetch.
 * The leaf says Write-Back ish. */
struct attr_row {
    const char *name;
    uint64_t sctlr, hcr;
    uint8_t leaf;
    struct memattr data, fetch;
};

// clang-format off
static const struct attr_row attr_rows[] = {
    { "off, I 0",              0,                    0,     0xFF, { 0x00, SH_OSH }, { 0x44, SH_OSH } },
    { "off, I 1",              B(12),                0,     0xFF, { 0x00, SH_OSH },
      { 0xAA, SH_OSH } }, /* [Arm: R_WFZPW] */
    { "off, C 1",              B(2),                 0,     0xFF, { 0x00, SH_OSH }, { 0x44, SH_OSH } },
    { "off, DC: C, I ignored", 0,                    B(12), 0xFF, { 0xFF, SH_NSH },
      { 0xFF, SH_NSH } }, /* [Arm: R_WFZPW] */
    { "on, DC, C and I 1",     B(0) | B(2) | B(12),  B(12), 0xFF, { 0xFF, SH_NSH }, { 0xFF, SH_NSH } },
    { "on, TGE: as off",       B(0) | B(2) | B(12),  B(27), 0xFF, { 0x00, SH_OSH }, { 0xAA, SH_OSH } },
    { "on, C and I 1",         B(0) | B(2) | B(12),  0,     0xFF, { 0xFF, SH_ISH }, { 0xFF, SH_ISH } },
    { "on, C 0",               B(0) | B(12),         0,     0xFF, { 0x44, SH_OSH }, { 0xFF, SH_ISH } },
    { "on, I 0",               B(0) | B(2),          0,     0xFF, { 0xFF, SH_ISH }, { 0x44, SH_OSH } },
    { "on, C 0, Device stays", B(0),                 0,     0x04, { 0x04, SH_OSH }, { 0x04, SH_OSH } },
};
// clang-format on

static void check_attr(void **state)
{
    const struct attr_row *row = *state;
    struct memattr leaf = attr_decode_mair(row->leaf, SH_ISH), data, fetch;
    struct sysregs regs = { 0 };
    struct regime r;

    regs.v[SYSREG_SCTLR_EL1] = row->sctlr;
    regs.v[SYSREG_HCR_EL2] = row->hcr;
    r = regime_decode(&regs, REGIME_EL10);
    fetch = attr_effective(regime_stage1_attr(&r, leaf, ACCESS_FETCH));
    assert_int_equal(fetch.attr, row->fetch.attr);
    assert_int_equal(fetch.sh, row->fetch.sh);
    for (int kind = ACCESS_LOAD; kind < ACCESS_KIND_COUNT; kind++) { /* an AT is a data access [Arm: D8.2.13] */
        data = attr_effective(regime_stage1_attr(&r, leaf, (enum access_kind)kind));
        assert_int_equal(data.attr, row->data.attr);
        assert_int_equal(data.sh, row->data.sh);
    }
}

/* HCR_EL2.CD and ID on stage 2's own, and SCTLR.C on the walk [Arm: HCR_EL2.CD, HCR_EL2.ID, S1Walk]. */
static void stage2_and_walk(void **state)
{
    struct memattr wb = attr_decode_stage2(0xF, SH_ISH), device = attr_decode_stage2(1, SH_OSH);
    struct sysregs regs = { 0 };
    struct regime r;

    (void)state;
    regs.v[SYSREG_TCR_EL1] = 25 | 1 << 8 | 1 << 10 | 3 << 12;
    regs.v[SYSREG_SCTLR_EL1] = B(0) | B(2);
    regs.v[SYSREG_HCR_EL2] = B(0) | B(32);
    r = regime_decode(&regs, REGIME_EL10);
    assert_int_equal(regime_stage2_attr(&r, wb, ACCESS_LOAD).attr, 0x44);
    assert_int_equal(regime_stage2_attr(&r, wb, ACCESS_FETCH).attr, 0xFF);
    assert_int_equal(regime_stage2_attr(&r, device, ACCESS_STORE).attr, 0x04);
    assert_int_equal(regime_walk_attr(&r, &r.s1[0]).attr, 0xFF);
    regs.v[SYSREG_SCTLR_EL1] = B(0) | B(12);
    regs.v[SYSREG_HCR_EL2] = B(0) | B(33);
    r = regime_decode(&regs, REGIME_EL10);
    assert_int_equal(regime_stage2_attr(&r, wb, ACCESS_LOAD).attr, 0xFF);
    assert_int_equal(regime_stage2_attr(&r, wb, ACCESS_FETCH).attr, 0x44);
    assert_int_equal(regime_walk_attr(&r, &r.s1[0]).attr, 0x44);
    assert_int_equal(regime_walk_attr(&r, &r.s1[0]).sh, SH_OSH);
}

static void regime_of_levels(void **state)
{
    (void)state;
    assert_int_equal(regime_of_el(0), REGIME_EL10);
    assert_int_equal(regime_of_el(1), REGIME_EL10);
    assert_int_equal(regime_of_el(2), REGIME_EL2);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_control, ROWS_OF(control_rows));
    rows_add(&all, check_asid, ROWS_OF(asid_rows));
    rows_add(&all, check_va, ROWS_OF(va_rows));
    rows_add(&all, check_attr, ROWS_OF(attr_rows));
    rows_add_test(&all, "stage 2's controls, and the walk's", stage2_and_walk, NULL);
    rows_add_test(&all, "regimes of exception levels", regime_of_levels, NULL);
    return rows_run(&all, "arch/regime");
}
