/* Stage-1 faults of walks: every kind at every level, and which of two comes first [Arm: D8.15.4]. */
#include "tests/unit/models/fault_rows.h"

static struct guest g;

// clang-format off
#define AT_LEVEL(n, set, clear) { { '1', GUEST_VA, n, set, clear } }
#define REPLACED(n, desc) { { '1', GUEST_VA, n, desc, ~0ULL } }

static const struct fault_row rows[] = {
    { "nothing spoiled",                        LOAD_1(GUEST_VA), FINE },
    /* Translation [Arm: Tables D8-48, D8-49] */
    { "level 0 invalid",                        LOAD_1(GUEST_VA), AT_LEVEL(0, 0, 1), STAGE1(TRANSLATION, 0) },
    { "level 1 invalid",                        LOAD_1(GUEST_VA), AT_LEVEL(1, 0, 1), STAGE1(TRANSLATION, 1) },
    { "level 2 invalid",                        LOAD_1(GUEST_VA), AT_LEVEL(2, 0, 1), STAGE1(TRANSLATION, 2) },
    { "level 3 invalid",                        LOAD_1(GUEST_VA), AT_LEVEL(3, 0, 1), STAGE1(TRANSLATION, 3) },
    { "invalid: all other bits are ignored",    LOAD_1(GUEST_VA), REPLACED(2, ~1ULL), STAGE1(TRANSLATION, 2) },
    { "block at level 0",                       LOAD_1(GUEST_VA), AT_LEVEL(0, D_AF, 2), STAGE1(TRANSLATION, 0) },
    { "01 at level 3",                          LOAD_1(GUEST_VA), AT_LEVEL(3, 0, 2), STAGE1(TRANSLATION, 3) },
    /* Address size: IPS is 40 bits [Arm: R_BFHQH] */
    { "level 0 table at 2^40",                  LOAD_1(GUEST_VA), AT_LEVEL(0, 1ULL << 40, 0), STAGE1(ADDRESS_SIZE, 0) },
    { "level 1 table at 2^40",                  LOAD_1(GUEST_VA), AT_LEVEL(1, 1ULL << 40, 0), STAGE1(ADDRESS_SIZE, 1) },
    { "level 2 table at 2^47",                  LOAD_1(GUEST_VA), AT_LEVEL(2, 1ULL << 47, 0), STAGE1(ADDRESS_SIZE, 2) },
    { "page at 2^40",                           LOAD_1(GUEST_VA), AT_LEVEL(3, 1ULL << 40, 0), STAGE1(ADDRESS_SIZE, 3) },
    { "2 MB block at 2^40",                     LOAD_1(GUEST_VA), REPLACED(2, 1ULL << 40 | S1_LEAF | D_BLOCK),
      STAGE1(ADDRESS_SIZE, 2) },
    { "IPS 36 bits: page at 2^36",              LOAD_1(GUEST_VA), AT_LEVEL(3, 1ULL << 36, 0),
      { { SYSREG_TCR_EL1, 1ULL << 32, 7ULL << 32 } }, STAGE1(ADDRESS_SIZE, 3) },
    { "IPS 32 bits: level 1 table at 2^32",     LOAD_1(GUEST_VA), AT_LEVEL(1, 1ULL << 32, 0),
      { { SYSREG_TCR_EL1, 0, 7ULL << 32 } }, STAGE1(ADDRESS_SIZE, 1) },
    { "address size before access flag",        LOAD_1(GUEST_VA), AT_LEVEL(3, 1ULL << 40, D_AF),
      STAGE1(ADDRESS_SIZE, 3) }, /* [Arm: D8.15.4] */
    /* Access flag: leaves only [Arm: D8.5.1.1] */
    { "page without AF",                        LOAD_1(GUEST_VA), AT_LEVEL(3, 0, D_AF), STAGE1(ACCESS_FLAG, 3) },
    { "2 MB block without AF",                  LOAD_1(GUEST_VA), REPLACED(2, GUEST_DATA | D_BLOCK),
      STAGE1(ACCESS_FLAG, 2) },
    { "1 GB block without AF",                  LOAD_1(GUEST_VA), REPLACED(1, GUEST_RAM | D_BLOCK),
      STAGE1(ACCESS_FLAG, 1) },
    { "access flag before permission",          STORE_1(GUEST_VA), AT_LEVEL(3, D_AP(2), D_AF),
      STAGE1(ACCESS_FLAG, 3) }, /* [Arm: D8.15.4] */
    { "access flag before alignment",           STORE_1(GUEST_VA + 1), AT_LEVEL(3, D_INDEX(1), D_AF),
      STAGE1(ACCESS_FLAG, 3) }, /* [Arm: D8.15.4] */
    /* Permission, at the leaf's level whoever forbids it [Arm: R_CSRQR] */
    { "store to a read-only page",              STORE_1(GUEST_VA), AT_LEVEL(3, D_AP(2), 0), STAGE1(PERMISSION, 3) },
    { "store to a read-only 2 MB block",        STORE_1(GUEST_VA),
      REPLACED(2, GUEST_DATA | S1_LEAF | D_AP(2) | D_BLOCK), STAGE1(PERMISSION, 2) },
    { "load of a read-only page",               LOAD_1(GUEST_VA), AT_LEVEL(3, D_AP(2), 0), FINE },
    { "APTable of level 0 forbids writing",     STORE_1(GUEST_VA), AT_LEVEL(0, 2ULL << 61, 0),
      STAGE1(PERMISSION, 3) }, /* [Arm: R_CSRQR] */
    { "APTable of level 2 forbids EL0",         ACCESS_LOAD, 0, GUEST_VA,
      { { '1', GUEST_VA, 2, 1ULL << 61, 0 }, { '1', GUEST_VA, 3, D_AP(1), 0 } }, STAGE1(PERMISSION, 3) },
    { "APTable 01 is nothing to EL1",           STORE_1(GUEST_VA),
      { { '1', GUEST_VA, 2, 1ULL << 61, 0 }, { '1', GUEST_VA, 3, D_AP(1), 0 } }, FINE },
    { "APTable 01: the effective AP decides",     FETCH_1(GUEST_VA),
      { { '1', GUEST_VA, 2, 1ULL << 61, 0 }, { '1', GUEST_VA, 3, D_AP(1), 0 } }, FINE }, /* [Arm: Table D8-65] */
    { "EL0-writable is not EL1-executable",     FETCH_1(GUEST_VA), AT_LEVEL(3, D_AP(1), 0),
      STAGE1(PERMISSION, 3) }, /* [Arm: Table D8-65] */
    { "PXNTable",                               FETCH_1(GUEST_VA), AT_LEVEL(1, 1ULL << 59, 0), STAGE1(PERMISSION, 3) },
    { "UXNTable is nothing to EL1",             FETCH_1(GUEST_VA), AT_LEVEL(1, 1ULL << 60, 0), FINE },
    { "UXNTable, EL0",                          ACCESS_FETCH, 0, GUEST_VA, AT_LEVEL(1, 1ULL << 60, 0),
      STAGE1(PERMISSION, 3) },
    { "EL0 load of EL1's page",                 ACCESS_LOAD, 0, GUEST_VA, STAGE1(PERMISSION, 3) },
    { "EL0 fetch of EL1's page",                ACCESS_FETCH, 0, GUEST_VA, FINE }, /* execute-only [Arm: Table D8-65] */
    { "WXN",                                    FETCH_1(GUEST_VA), .reg = { { SYSREG_SCTLR_EL1, 1ULL << 19, 0 } },
      STAGE1(PERMISSION, 3) },
    { "fetch from Device",                      FETCH_1(GUEST_VA), AT_LEVEL(3, D_INDEX(1), 0),
      STAGE1(PERMISSION, 3) }, /* [choice] of check.h */
    /* Alignment */
    { "unaligned, Normal",                      STORE_1(GUEST_VA + 1), FINE },
    { "unaligned, Device",                      STORE_1(GUEST_VA + 1), AT_LEVEL(3, D_INDEX(1), 0),
      STAGE1(ALIGNMENT, 0) }, /* [Arm: B2.10.2] */
    { "unaligned, Device, before permission",   STORE_1(GUEST_VA + 1), AT_LEVEL(3, D_INDEX(1) | D_AP(2), 0),
      STAGE1(ALIGNMENT, 0) }, /* [Arm: D8.15.4] */
    { "unaligned, SCTLR_EL1.A",                 LOAD_1(GUEST_VA + 4), .reg = { { SYSREG_SCTLR_EL1, 2, 0 } },
      STAGE1(ALIGNMENT, 0) },
    { "SCTLR_EL1.A comes before the walk",      LOAD_1(GUEST_VA + 4), AT_LEVEL(0, 0, 1),
      { { SYSREG_SCTLR_EL1, 2, 0 } }, STAGE1(ALIGNMENT, 0) }, /* [Arm: D8.15.4 step 1] */
    { "SCTLR_EL1.A comes before the range",     LOAD_1((1ULL << 48) + 4), .reg = { { SYSREG_SCTLR_EL1, 2, 0 } },
      STAGE1(ALIGNMENT, 0) },
    { "DC ZVA to Device",                       ACCESS_ZVA, 1, GUEST_VA, AT_LEVEL(3, D_INDEX(2), 0), FINE },
    { "DC ZVA to Device-GRE",                   ACCESS_ZVA, 1, GUEST_VA, AT_LEVEL(3, D_INDEX(5), 0),
      STAGE1(ALIGNMENT, 0) }, /* [Arm: DC ZVA] */
    /* Level 0, without a look at any table */
    { "TTBR0 at 2^40",                          LOAD_1(GUEST_VA), .reg = { { SYSREG_TTBR0_EL1, 1ULL << 40, 0 } },
      STAGE1(ADDRESS_SIZE, 0) }, /* [Arm: R_CVSBH] */
    { "EPD0",                                   LOAD_1(GUEST_VA), .reg = { { SYSREG_TCR_EL1, 1ULL << 7, 0 } },
      STAGE1(TRANSLATION, 0) },
    { "EPD0 before TTBR0",                      LOAD_1(GUEST_VA),
      .reg = { { SYSREG_TCR_EL1, 1ULL << 7, 0 }, { SYSREG_TTBR0_EL1, 1ULL << 40, 0 } }, STAGE1(TRANSLATION, 0) },
    { "EPD1",                                   LOAD_1(0xFFFFFF8000000000ULL), STAGE1(TRANSLATION, 0) },
    { "T0SZ 40",                                LOAD_1(0x1000), .reg = { { SYSREG_TCR_EL1, 40, 63 } },
      STAGE1(TRANSLATION, 0) },
    { "48 bits: below the end",                 LOAD_1(0x0000FFFFFFFFFFF8ULL),
      STAGE1(TRANSLATION, 0) }, /* an invalid descriptor */
    { "48 bits: at the end",                    LOAD_1(0x0001000000000000ULL),
      STAGE1(TRANSLATION, 0) }, /* [Arm: R_VZZSZ] */
    { "a tag without TBI",                      LOAD_1(0xAB00000000000000ULL | GUEST_VA), STAGE1(TRANSLATION, 0) },
    { "a tag with TBI",                         LOAD_1(0xAB00000000000000ULL | GUEST_VA),
      .reg = { { SYSREG_TCR_EL1, 1ULL << 37, 0 } }, FINE },
    { "a tag with TBI, VA[55:48] count",        LOAD_1(0xAB01000000000000ULL | GUEST_VA),
      .reg = { { SYSREG_TCR_EL1, 1ULL << 37, 0 } }, STAGE1(TRANSLATION, 0) },
    /* External abort on the descriptor itself: stage 1, of its level, not S1PTW [Arm: D8.15.4.1] */
    { "external abort at level 0",              LOAD_1(GUEST_VA), .no_ram = { '1', GUEST_VA, 0 },
      STAGE1(EXTERNAL_ON_WALK, 0) },
    { "external abort at level 3",              LOAD_1(GUEST_VA), .no_ram = { '1', GUEST_VA, 3 },
      STAGE1(EXTERNAL_ON_WALK, 3) },
};

/* 39 bits, start at level 1 */
static const struct fault_row small_rows[] = {
    { "39 bits: nothing spoiled",               LOAD_1(GUEST_VA), FINE },
    { "39 bits: below the end",                 LOAD_1(0x7FFFFFFFF8ULL),
      STAGE1(TRANSLATION, 1) }, /* an invalid descriptor */
    { "39 bits: at the end",                    LOAD_1(0x8000000000ULL), STAGE1(TRANSLATION, 0) }, /* [Arm: R_VZZSZ] */
    { "39 bits: above the end",                 LOAD_1(0x8000001000ULL), STAGE1(TRANSLATION, 0) },
    { "39 bits: TTBR0 at 2^40 is still level 0", LOAD_1(GUEST_VA), .reg = { { SYSREG_TTBR0_EL1, 1ULL << 40, 0 } },
      STAGE1(ADDRESS_SIZE, 0) }, /* [Arm: R_CVSBH] */
    { "upper half: below the start",            LOAD_1(0xFFFFFF7FFFFFFFF8ULL),
      .reg = { { SYSREG_TCR_EL1, 0, TCR_EPD1 } }, STAGE1(TRANSLATION, 0) },
    { "upper half: at the start",               LOAD_1(0xFFFFFF8000000000ULL),
      .reg = { { SYSREG_TCR_EL1, 0, TCR_EPD1 }, { SYSREG_TTBR1_EL1, UPPER_ROOT, 0 } }, STAGE1(TRANSLATION, 1) },
    { "upper half: at the end",                 LOAD_1(0xFFFFFFFFFFFFFFF8ULL),
      .reg = { { SYSREG_TCR_EL1, 0, TCR_EPD1 }, { SYSREG_TTBR1_EL1, UPPER_ROOT, 0 } }, STAGE1(TRANSLATION, 1) },
    { "between the halves",                     LOAD_1(0x0080000000000000ULL),
      .reg = { { SYSREG_TCR_EL1, 1ULL << 37, TCR_EPD1 } }, STAGE1(TRANSLATION, 0) },
    { "1 GB block, unaligned OA bits are RES0", LOAD_1(GUEST_VA),
      { { '1', GUEST_VA, 1, GUEST_RAM | 0x3F000 | S1_LEAF | D_BLOCK, ~0ULL } }, FINE },
};
// clang-format on

static void check(void **state)
{
    static const struct shape usual = { 0 };

    fault_check(&g, &usual, *state);
}

static void check_small(void **state)
{
    static const struct shape small = { .t0sz = 25 };

    fault_check(&g, &small, *state);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add(&all, check_small, ROWS_OF(small_rows));
    return rows_run(&all, "mmu/walk, stage-1 faults");
}
