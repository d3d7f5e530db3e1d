/* Stage-2 faults, on the access and on the stage-1 walk, and which of two faults comes first [Arm: D8.15.4]. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;

// clang-format off
#define DATA(...) { { '2', GUEST_DATA, __VA_ARGS__ } } /* level, set, clear */
#define TABLE(...) { { '2', __VA_ARGS__ } } /* IPA, level, set, clear */
#define OF_S1(...) { '1', GUEST_VA, __VA_ARGS__ }
#define OF_S2(...) { '2', __VA_ARGS__ }
#define DEVICE_LEAF D_MEMATTR(1), D_MEMATTR(0xF)
#define PTW (1ULL << 2)

static const struct fault_row rows[] = {
    /* On the access itself: the IPA is the access's */
    { "data page invalid",                        LOAD_1(GUEST_VA + 0x678), DATA(3, 0, 1),
      STAGE2(TRANSLATION, 3, GUEST_DATA + 0x678) },
    { "data's level 2 invalid",                   LOAD_1(GUEST_VA), DATA(2, 0, 1), STAGE2(TRANSLATION, 2, GUEST_DATA) },
    { "01 at level 3",                            LOAD_1(GUEST_VA), DATA(3, 0, 2), STAGE2(TRANSLATION, 3, GUEST_DATA) },
    { "data page without AF",                     LOAD_1(GUEST_VA), DATA(3, 0, D_AF),
      STAGE2(ACCESS_FLAG, 3, GUEST_DATA) },
    { "2 MB block without AF",                    LOAD_1(GUEST_VA), DATA(2, GUEST_PA(GUEST_DATA) | D_BLOCK, ~0ULL),
      STAGE2(ACCESS_FLAG, 2, GUEST_DATA) },
    { "data page at 2^40",                        LOAD_1(GUEST_VA), DATA(3, 1ULL << 40, 0),
      STAGE2(ADDRESS_SIZE, 3, GUEST_DATA) },
    { "level 2 table at 2^40",                    LOAD_1(GUEST_VA), DATA(2, 1ULL << 40, 0),
      STAGE2(ADDRESS_SIZE, 2, GUEST_DATA) },
    { "PS 32 bits: data page at 2^32",            LOAD_1(GUEST_VA), DATA(3, 1ULL << 32, 0),
      { { SYSREG_VTCR_EL2, 0, 7ULL << 16 } }, STAGE2(ADDRESS_SIZE, 3, GUEST_DATA) },
    { "address size before access flag",          LOAD_1(GUEST_VA), DATA(3, 1ULL << 40, D_AF),
      STAGE2(ADDRESS_SIZE, 3, GUEST_DATA) }, /* [Arm: D8.15.4] */
    { "store to a read-only page",                STORE_1(GUEST_VA), DATA(3, 0, D_AP(2)),
      STAGE2(PERMISSION, 3, GUEST_DATA) },
    { "load of a write-only page",                LOAD_1(GUEST_VA), DATA(3, 0, D_AP(1)),
      STAGE2(PERMISSION, 3, GUEST_DATA) },
    { "store to a write-only page",               STORE_1(GUEST_VA), DATA(3, 0, D_AP(1)), FINE },
    { "fetch of an XN page",                      FETCH_1(GUEST_VA), DATA(3, D_UXN, 0),
      STAGE2(PERMISSION, 3, GUEST_DATA) },
    { "fetch of a page without S2AP",             FETCH_1(GUEST_VA), DATA(3, 0, D_AP(3)),
      FINE }, /* needs no read [Arm: Table D8-77] */
    { "fetch, bit 53 is RES0",                    FETCH_1(GUEST_VA), DATA(3, 1ULL << 53, 0),
      FINE }, /* [Arm: Table D8-53] */
    { "fetch from Device",                        FETCH_1(GUEST_VA), DATA(3, DEVICE_LEAF),
      STAGE2(PERMISSION, 3, GUEST_DATA) }, /* [choice] of check.h */
    { "unaligned, Device",                        LOAD_1(GUEST_VA + 1), DATA(3, DEVICE_LEAF),
      STAGE2(ALIGNMENT, 0, GUEST_DATA + 1) }, /* [Arm: B2.10.2] */
    { "unaligned, Device, before permission",     STORE_1(GUEST_VA + 1),
      DATA(3, D_MEMATTR(1), D_MEMATTR(0xF) | D_AP(2)), STAGE2(ALIGNMENT, 0, GUEST_DATA + 1) },
    { "DC ZVA to Device",                         ACCESS_ZVA, 1, GUEST_VA, DATA(3, DEVICE_LEAF),
      STAGE2(ALIGNMENT, 0, GUEST_DATA) },
    { "NSTable, APTable mean nothing here",       STORE_1(GUEST_VA), DATA(2, 0x1FULL << 59, 0),
      FINE }, /* [Arm: Table D8-50] */
    { "table's low bits are IGNORED, as Xen's",   STORE_1(GUEST_VA), DATA(2, 0x77CULL | 0x7FULL << 52, 0), FINE },
    /* Stage 1 first [Arm: D8.4.3, D8.15.4 step 8] */
    { "stage-1 permission before stage 2",        STORE_1(GUEST_VA),
      { OF_S2(GUEST_DATA, 3, 0, 1), OF_S1(3, D_AP(2), 0) }, STAGE1(PERMISSION, 3) },
    { "stage-1 alignment before stage 2",         STORE_1(GUEST_VA + 1),
      { OF_S2(GUEST_DATA, 3, 0, 1), OF_S1(3, D_INDEX(1), 0) }, STAGE1(ALIGNMENT, 0) },
    { "stage-1 access flag before stage 2",       LOAD_1(GUEST_VA),
      { OF_S2(GUEST_DATA, 3, 0, 1), OF_S1(3, 0, D_AF) }, STAGE1(ACCESS_FLAG, 3) },
    { "Device at both: stage 1 refuses",          LOAD_1(GUEST_VA + 1),
      { OF_S2(GUEST_DATA, 3, DEVICE_LEAF), OF_S1(3, D_INDEX(1), 0) }, STAGE1(ALIGNMENT, 0) }, /* [Arm: B2.10.2] */
    /* On the walk: S1PTW, stage 2's level, the descriptor's IPA [Arm: D8.15.4.1] */
    { "walk: root's page invalid",                LOAD_1(GUEST_VA), TABLE(TABLE_L0, 3, 0, 1),
      ON_WALK(TRANSLATION, 3, TABLE_L0) },
    { "walk: level 1 table's page invalid",       LOAD_1(GUEST_VA), TABLE(TABLE_L1, 3, 0, 1),
      ON_WALK(TRANSLATION, 3, DESC_L1) },
    { "walk: level 2 table's page invalid",       LOAD_1(GUEST_VA), TABLE(TABLE_L2, 3, 0, 1),
      ON_WALK(TRANSLATION, 3, DESC_L2) },
    { "walk: level 3 table's page invalid",       LOAD_1(GUEST_VA), TABLE(TABLE_L3, 3, 0, 1),
      ON_WALK(TRANSLATION, 3, TABLE_L3) },
    { "walk: of a store",                         STORE_1(GUEST_VA), TABLE(TABLE_L3, 3, 0, 1),
      ON_WALK(TRANSLATION, 3, TABLE_L3) },
    { "walk: of a fetch",                         FETCH_1(GUEST_VA), TABLE(TABLE_L3, 3, 0, 1),
      ON_WALK(TRANSLATION, 3, TABLE_L3) },
    { "walk: stage-2 level 1 invalid",            LOAD_1(GUEST_VA), TABLE(TABLE_L0, 1, 0, 1),
      ON_WALK(TRANSLATION, 1, TABLE_L0) },
    { "walk: stage-2 level 2 invalid",            LOAD_1(GUEST_VA), TABLE(TABLE_L0, 2, 0, 1),
      ON_WALK(TRANSLATION, 2, TABLE_L0) },
    { "walk: table's page without AF",            LOAD_1(GUEST_VA), TABLE(TABLE_L2, 3, 0, D_AF),
      ON_WALK(ACCESS_FLAG, 3, DESC_L2) },
    { "walk: table's page at 2^40",               LOAD_1(GUEST_VA), TABLE(TABLE_L2, 3, 1ULL << 40, 0),
      ON_WALK(ADDRESS_SIZE, 3, DESC_L2) },
    { "walk: unreadable table's page",            LOAD_1(GUEST_VA), TABLE(TABLE_L1, 3, 0, D_AP(3)),
      ON_WALK(PERMISSION, 3, DESC_L1) },
    { "walk: write-only table's page, a store",   STORE_1(GUEST_VA), TABLE(TABLE_L3, 3, 0, D_AP(1)),
      ON_WALK(PERMISSION, 3, TABLE_L3) }, /* a data read [A.g: D4.2.10] */
    { "walk: read-only table's page, a store",    STORE_1(GUEST_VA), TABLE(TABLE_L3, 3, 0, D_AP(2)),
      FINE }, /* a data read [A.g: D4.2.10] */
    { "walk: XN table's page, a fetch",           FETCH_1(GUEST_VA), TABLE(TABLE_L3, 3, D_UXN, 0),
      FINE }, /* XN is not for walks [A.g: D4.2.10] */
    { "walk: Device table's page",                LOAD_1(GUEST_VA), TABLE(TABLE_L2, 3, DEVICE_LEAF), FINE },
    { "walk: Device table's page, a fetch",       FETCH_1(GUEST_VA), TABLE(TABLE_L2, 3, DEVICE_LEAF), FINE },
    { "walk: Device table's page, PTW",           LOAD_1(GUEST_VA), TABLE(TABLE_L2, 3, DEVICE_LEAF),
      { { SYSREG_HCR_EL2, PTW, 0 } }, ON_WALK(PERMISSION, 3, DESC_L2) }, /* [Arm: HCR_EL2.PTW] */
    { "walk: Normal table's page, PTW",           LOAD_1(GUEST_VA), .reg = { { SYSREG_HCR_EL2, PTW, 0 } }, FINE },
    { "Device data, PTW is for walks",            LOAD_1(GUEST_VA), DATA(3, DEVICE_LEAF),
      { { SYSREG_HCR_EL2, PTW, 0 } }, FINE },
    { "walk: stage 2 before what the table says", LOAD_1(GUEST_VA), { OF_S1(2, 0, 1), OF_S2(TABLE_L2, 3, 0, 1) },
      ON_WALK(TRANSLATION, 3, DESC_L2) }, /* [Arm: D8.15.4 step 4] */
    { "an upper level before a walk fault below", LOAD_1(GUEST_VA), { OF_S1(1, 0, 1), OF_S2(TABLE_L2, 3, 0, 1) },
      STAGE1(TRANSLATION, 1) },
    /* Registers: level 0, and the first need is the root's [Arm: D8.15.4 steps 2, 3] */
    { "VTTBR at 2^40",                            LOAD_1(GUEST_VA), .reg = { { SYSREG_VTTBR_EL2, 1ULL << 40, 0 } },
      ON_WALK(ADDRESS_SIZE, 0, TABLE_L0) },
    { "SL0 2",                                    LOAD_1(GUEST_VA), .reg = { { SYSREG_VTCR_EL2, 2 << 6, 3 << 6 } },
      ON_WALK(TRANSLATION, 0, TABLE_L0) }, /* [A.g: Table D4-6] */
    { "SL0 3",                                    LOAD_1(GUEST_VA), .reg = { { SYSREG_VTCR_EL2, 3 << 6, 0 } },
      ON_WALK(TRANSLATION, 0, TABLE_L0) },
    { "SL0 0 with 40 bits",                       LOAD_1(GUEST_VA), .reg = { { SYSREG_VTCR_EL2, 0, 3 << 6 } },
      ON_WALK(TRANSLATION, 0, TABLE_L0) },
    { "T0SZ 23: IPA beyond the A53's PA",         LOAD_1(GUEST_VA), .reg = { { SYSREG_VTCR_EL2, 23, 63 } },
      ON_WALK(TRANSLATION, 0, TABLE_L0) }, /* [A.g: D4.2.2] */
    { "39-bit IPA: table below the end",          LOAD_1(GUEST_VA), { OF_S1(0, 0x7FFFFFF003ULL, ~0ULL) },
      { { SYSREG_VTCR_EL2, 25, 63 } }, ON_WALK(TRANSLATION, 1, 0x7FFFFFF240ULL) },
    { "39-bit IPA: table at the end",             LOAD_1(GUEST_VA), { OF_S1(0, 0x8000000003ULL, ~0ULL) },
      { { SYSREG_VTCR_EL2, 25, 63 } }, ON_WALK(TRANSLATION, 0, 0x8000000240ULL) }, /* [Arm: R_BZHGM] */
    { "39-bit IPA: data below the end",           LOAD_1(GUEST_VA),
      { OF_S1(3, 0x7FFFFFF000ULL | S1_LEAF | D_PAGE, ~0ULL) }, { { SYSREG_VTCR_EL2, 25, 63 } },
      STAGE2(TRANSLATION, 1, 0x7FFFFFF000ULL) },
    { "39-bit IPA: data at the end",              LOAD_1(GUEST_VA),
      { OF_S1(3, 0x8000000000ULL | S1_LEAF | D_PAGE, ~0ULL) }, { { SYSREG_VTCR_EL2, 25, 63 } },
      STAGE2(TRANSLATION, 0, 0x8000000000ULL) }, /* no Address size fault [Arm: R_BZHGM] */
    /* External aborts on stage 2's own descriptors: stage 2 [Arm: D8.15.4.1] */
    { "external abort on stage 2, walk",          LOAD_1(GUEST_VA), .no_ram = { '2', TABLE_L0, 1 },
      ON_WALK(EXTERNAL_ON_WALK, 1, TABLE_L0) },
    { "external abort on stage 2, access",        LOAD_1(GUEST_VA), .no_ram = { '2', GUEST_DATA, 3 },
      STAGE2(EXTERNAL_ON_WALK, 3, GUEST_DATA) },
};

/* Stage 1 off: the VA is the IPA */
#define M_OFF { SYSREG_SCTLR_EL1, 0, 1 }

static const struct fault_row off_rows[] = {
    { "off: fetch",                               FETCH_1(GUEST_DATA), .reg = { M_OFF }, FINE },
    { "off: aligned load",                        LOAD_1(GUEST_DATA + 8), .reg = { M_OFF }, FINE },
    { "off: unaligned load",                      LOAD_1(GUEST_DATA + 4), .reg = { M_OFF },
      STAGE1(ALIGNMENT, 0) }, /* Device-nGnRnE [Arm: R_WFZPW] */
    { "off: unaligned load, DC",                  LOAD_1(GUEST_DATA + 4),
      .reg = { M_OFF, { SYSREG_HCR_EL2, 1 << 12, 0 } }, FINE },
    { "off: not mapped by stage 2",               LOAD_1(0x5008), .reg = { M_OFF }, STAGE2(TRANSLATION, 1, 0x5008) },
    { "off: below 2^40",                          LOAD_1(0xFFFFFFFFF8ULL), .reg = { M_OFF },
      STAGE2(TRANSLATION, 1, 0xFFFFFFFFF8ULL) },
    { "off: at 2^40",                             LOAD_1(0x10000000000ULL), .reg = { M_OFF },
      STAGE1(ADDRESS_SIZE, 0) }, /* [Arm: R_CVSBH] */
    { "off: above 2^40",                          LOAD_1(0x10000000008ULL), .reg = { M_OFF }, STAGE1(ADDRESS_SIZE, 0) },
    { "off: upper half",                          LOAD_1(0xFFFFFF8000000000ULL), .reg = { M_OFF },
      STAGE1(ADDRESS_SIZE, 0) },
    { "off: a tag",                               LOAD_1(0xAB00000000000000ULL | GUEST_DATA), .reg = { M_OFF },
      STAGE1(ADDRESS_SIZE, 0) },
    { "off: a tag with TBI",                      LOAD_1(0xAB00000000000000ULL | GUEST_DATA),
      .reg = { M_OFF, { SYSREG_TCR_EL1, 1ULL << 37, 0 } }, FINE }, /* [Arm: R_KYBQL] */
    { "off: 39-bit IPA, below",                   LOAD_1(0x7FFFFFFFF8ULL),
      .reg = { M_OFF, { SYSREG_VTCR_EL2, 25, 63 } }, STAGE2(TRANSLATION, 1, 0x7FFFFFFFF8ULL) },
    { "off: 39-bit IPA, at",                      LOAD_1(0x8000000000ULL),
      .reg = { M_OFF, { SYSREG_VTCR_EL2, 25, 63 } }, STAGE2(TRANSLATION, 0, 0x8000000000ULL) }, /* [Arm: R_BZHGM] */
    { "off by DC: EPD0 means nothing",            LOAD_1(GUEST_DATA),
      .reg = { { SYSREG_HCR_EL2, 1 << 12, 0 }, { SYSREG_TCR_EL1, 1 << 7, 0 } }, FINE },
    { "off by TGE: EL0 load",                     ACCESS_LOAD, 0, GUEST_DATA,
      .reg = { { SYSREG_HCR_EL2, 1 << 27, 0 } }, FINE },
};
// clang-format on

static void check(void **state)
{
    static const struct shape usual = { 0 };

    fault_check(&g, &usual, *state);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add(&all, check, ROWS_OF(off_rows));
    return rows_run(&all, "mmu/walk, stage-2 faults");
}
