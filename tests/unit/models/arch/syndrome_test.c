/* Outcomes as registers: where an exception goes, every bit of its ESR, when HPFAR_EL2 is written, PAR_EL1's layout. */
#include "models/arch/syndrome.h"
#include "tests/unit/models/rows.h"

#define IL (1u << 25)
#define EC(x) ((uint32_t)(x) << 26)
#define CM (1u << 8)
#define S1PTW (1u << 7)
#define WnR (1u << 6)

static const struct fault translation1 = { .type = FAULT_TRANSLATION, .stage = 1, .level = 2 };
static const struct fault translation2 = { .type = FAULT_TRANSLATION, .stage = 2, .level = 3, .ipa = { 0x40001230 } };
static const struct fault on_walk = {
    .type = FAULT_TRANSLATION, .stage = 2, .level = 3, .s1ptw = true, .ipa = { 0x40001230 }
};

struct esr_row {
    const char *name;
    const struct fault *fault;
    enum access_kind kind;
    uint8_t el;
    bool tge;
    uint8_t to;
    uint32_t esr;
};

/* Routing [Arm: AArch64.DataAbort]; EC 0x20, 0x21 Instruction Abort, 0x24, 0x25 Data Abort, from a lower or the same
 * level; DFSC 0x06 translation level 2, 0x07 level 3 [Arm: D24.2.46] */
// clang-format off
static const struct esr_row esr_rows[] = {
    { "load at EL0, stage 1",             &translation1, ACCESS_LOAD,        0, 0, 1, EC(0x24) | IL | 0x06 },
    { "load at EL1, stage 1",             &translation1, ACCESS_LOAD,        1, 0, 1, EC(0x25) | IL | 0x06 },
    { "load at EL2, stage 1",             &translation1, ACCESS_LOAD,        2, 0, 2, EC(0x25) | IL | 0x06 },
    { "load at EL0, stage 1, TGE",        &translation1, ACCESS_LOAD,        0, 1, 2,
      EC(0x24) | IL | 0x06 }, /* [Arm: HCR_EL2.TGE] */
    { "store at EL0, stage 1",            &translation1, ACCESS_STORE,       0, 0, 1, EC(0x24) | IL | WnR | 0x06 },
    { "store at EL1, stage 1",            &translation1, ACCESS_STORE,       1, 0, 1, EC(0x25) | IL | WnR | 0x06 },
    { "DC ZVA at EL0, stage 1",           &translation1, ACCESS_ZVA,         0, 0, 1, EC(0x24) | IL | WnR | 0x06 },
    { "fetch at EL0, stage 1",            &translation1, ACCESS_FETCH,       0, 0, 1, EC(0x20) | IL | 0x06 },
    { "fetch at EL1, stage 1",            &translation1, ACCESS_FETCH,       1, 0, 1, EC(0x21) | IL | 0x06 },
    { "fetch at EL2, stage 1",            &translation1, ACCESS_FETCH,       2, 0, 2, EC(0x21) | IL | 0x06 },
    { "load at EL0, stage 2",             &translation2, ACCESS_LOAD,        0, 0, 2, EC(0x24) | IL | 0x07 },
    { "load at EL1, stage 2",             &translation2, ACCESS_LOAD,        1, 0, 2, EC(0x24) | IL | 0x07 },
    { "store at EL1, stage 2",            &translation2, ACCESS_STORE,       1, 0, 2, EC(0x24) | IL | WnR | 0x07 },
    { "fetch at EL1, stage 2",            &translation2, ACCESS_FETCH,       1, 0, 2, EC(0x20) | IL | 0x07 },
    { "load, stage 2 on the walk",        &on_walk,      ACCESS_LOAD,        1, 0, 2, EC(0x24) | IL | S1PTW | 0x07 },
    { "store, stage 2 on the walk",       &on_walk,      ACCESS_STORE,       1, 0, 2,
      EC(0x24) | IL | S1PTW | WnR | 0x07 }, /* the instruction's direction [Arm: D24.2.46] */
    { "fetch, stage 2 on the walk",       &on_walk,      ACCESS_FETCH,       1, 0, 2,
      EC(0x20) | IL | S1PTW | 0x07 }, /* [Arm: D8.15.4.1] */
    { "DC CVAC at EL0: CM forces WnR",    &translation1, ACCESS_CACHE_READ,  0, 0, 1,
      EC(0x24) | IL | CM | WnR | 0x06 }, /* [Arm: D24.2.46] */
    { "DC IVAC at EL1",                   &translation1, ACCESS_CACHE_WRITE, 1, 0, 1, EC(0x25) | IL | CM | WnR | 0x06 },
    { "DC CVAC at EL1, stage 2",          &translation2, ACCESS_CACHE_READ,  1, 0, 2, EC(0x24) | IL | CM | WnR | 0x07 },
    { "AT S1E1R at EL1, walk's stage 2",  &on_walk,      ACCESS_AT_READ,     1, 0, 2,
      EC(0x24) | IL | CM | S1PTW | WnR | 0x07 }, /* [Arm: D8.2.13] */
};
// clang-format on

static void check_esr(void **state)
{
    const struct esr_row *row = *state;
    struct access a = { .va = VA(0xAB00FFFF12345678ULL), .size = 8, .kind = (uint8_t)row->kind, .el = row->el };
    struct exception e = syndrome_of_fault(row->fault, &a, row->tge);

    assert_int_equal(e.el, row->to);
    assert_int_equal(e.esr, row->esr);
    assert_int_equal(e.far, a.va.v); /* with its tag [Arm: FAR_ELx] */
}

/* The fault status codes stand in the lowest six bits and touch no other. */
static void every_status(void **state)
{
    struct access a = { .va = VA(0), .size = 1, .kind = ACCESS_LOAD, .el = 1 };
    struct sweep s = { 0 };

    (void)state;
    for (int type = FAULT_ADDRESS_SIZE; type < FAULT_TYPE_COUNT; type++) {
        for (unsigned level = 0; level < 4; level++) {
            struct fault one = fault_stage1((enum fault_type)type, level);

            sweep_point(&s, syndrome_of_fault(&one, &a, false).esr & ~0x200u, EC(0x25) | IL | fault_status(&one),
                        "%s level %u", fault_name((enum fault_type)type), level); /* EA is IMPLEMENTATION DEFINED */
        }
    }
    sweep_end(&s, 6 * 4);
}

/* [Arm: IPAValid, D24.2.76]: stage 1; stage 2 on the access; stage 2 on the walk */
struct hpfar_row {
    const char *name;
    enum fault_type type;
    bool access, walk;
};

static const struct hpfar_row hpfar_rows[] = {
    { "HPFAR of a translation fault", FAULT_TRANSLATION, true, true },
    { "HPFAR of an address size fault", FAULT_ADDRESS_SIZE, true, true },
    { "HPFAR of an access flag fault", FAULT_ACCESS_FLAG, true, true },
    { "HPFAR of a permission fault: only on the walk", FAULT_PERMISSION, false, true }, /* [Arm: D24.2.76] */
    { "HPFAR of an external abort: never", FAULT_EXTERNAL_ON_WALK, false, false },
    { "HPFAR of an alignment fault: never", FAULT_ALIGNMENT, false, false },
};

static void check_hpfar(void **state)
{
    const struct hpfar_row *row = *state;
    struct access a = { .va = VA(0x1000), .size = 1, .kind = ACCESS_LOAD, .el = 1 };
    struct fault f = fault_stage1(row->type, 1);
    struct exception e = syndrome_of_fault(&f, &a, false);

    assert_false(e.hpfar_valid);
    f = fault_stage2(row->type, 1, IPA(0xFFFFFFFFFFULL));
    e = syndrome_of_fault(&f, &a, false);
    assert_int_equal(e.hpfar_valid, row->access);
    if (row->access)
        assert_int_equal(e.hpfar, 0xFFFFFFF0ULL); /* IPA[39:12] in HPFAR[31:4] */
    f.s1ptw = true;
    e = syndrome_of_fault(&f, &a, false);
    assert_int_equal(e.hpfar_valid, row->walk);
}

struct hpfar_ipa_row {
    const char *name;
    uint64_t ipa, hpfar;
};

static const struct hpfar_ipa_row hpfar_ipa_rows[] = {
    { "HPFAR: the lowest page", 0x0FFF, 0 },
    { "HPFAR: the second page", 0x1000, 0x10 },
    { "HPFAR: IPA[47]", 0x800000000000ULL, 0x8000000000ULL },
    { "HPFAR: all 48 bits", 0xFFFFFFFFFFFFULL, 0xFFFFFFFFF0ULL },
};

static void check_hpfar_ipa(void **state)
{
    const struct hpfar_ipa_row *row = *state;
    struct access a = { .va = VA(0x1000), .size = 1, .kind = ACCESS_LOAD, .el = 1 };
    struct fault f = fault_stage2(FAULT_TRANSLATION, 0, IPA(row->ipa));

    assert_int_equal(syndrome_of_fault(&f, &a, false).hpfar, row->hpfar);
}

/* [Arm: D24.2.142]; bit 11 RES1, bit 9 NS written as 1 */
struct par_row {
    const char *name;
    uint64_t pa;
    struct memattr attr;
    uint64_t want;
};

// clang-format off
static const struct par_row par_rows[] = {
    { "PAR: Write-Back ish",              0x12345678,       { 0xFF, SH_ISH }, 0xFF00000012345B80ULL },
    { "PAR: Write-Back nsh",              0x12345000,       { 0xFF, SH_NSH }, 0xFF00000012345A00ULL },
    { "PAR: Write-Back osh",              0x12345000,       { 0xFF, SH_OSH }, 0xFF00000012345B00ULL },
    { "PAR: the last page of 40 bits",    0xFFFFFFFFFFULL,  { 0xFF, SH_ISH }, 0xFF0000FFFFFFFB80ULL },
    { "PAR: no address bit above 47",     1ULL << 48 | 0x1000, { 0xFF, SH_ISH }, 0xFF00000000001B80ULL },
    { "PAR: Device is osh",               0x1000,           { 0x04, SH_NSH },
      0x0400000000001B00ULL }, /* [Arm: PAR_EL1.SH] */
    { "PAR: Non-cacheable is osh",        0x1000,           { 0x44, SH_ISH },
      0x4400000000001B00ULL }, /* [Arm: PAR_EL1.SH] */
    { "PAR: iNC/oWB keeps its sh",        0x1000,           { 0xF4, SH_NSH }, 0xF400000000001A00ULL },
    { "PAR: address 0, nGnRnE",           0,                { 0x00, SH_OSH }, 0x0000000000000B00ULL },
};
// clang-format on

static void check_par(void **state)
{
    const struct par_row *row = *state;

    assert_int_equal(syndrome_par_ok(PA(row->pa), row->attr), row->want);
}

struct par_fault_row {
    const char *name;
    struct fault fault;
    uint64_t want;
};

// clang-format off
static const struct par_fault_row par_fault_rows[] = {
    { "PAR: stage-1 translation level 0",     { FAULT_TRANSLATION, 1, 0, false, { 0 } },      0x809 },
    { "PAR: stage-1 translation level 3",     { FAULT_TRANSLATION, 1, 3, false, { 0 } },      0x80F },
    { "PAR: stage-1 permission level 3",      { FAULT_PERMISSION, 1, 3, false, { 0 } },       0x81F },
    { "PAR: stage-1 address size level 0",    { FAULT_ADDRESS_SIZE, 1, 0, false, { 0 } },     0x801 },
    { "PAR: stage-1 access flag level 1",     { FAULT_ACCESS_FLAG, 1, 1, false, { 0 } },      0x813 },
    { "PAR: stage-2 translation level 2",     { FAULT_TRANSLATION, 2, 2, false, { 0x1000 } }, 0xA0D },
    { "PAR: stage-2 permission level 3",      { FAULT_PERMISSION, 2, 3, false, { 0x1000 } },  0xA1F },
    { "PAR: stage 2 on the walk, level 1",    { FAULT_TRANSLATION, 2, 1, true, { 0x1000 } },  0xB0B },
    { "PAR: stage-2 permission on the walk",  { FAULT_PERMISSION, 2, 3, true, { 0x1000 } },   0xB1F },
};
// clang-format on

static void check_par_fault(void **state)
{
    const struct par_fault_row *row = *state;

    assert_int_equal(syndrome_par_fault(&row->fault), row->want);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_esr, ROWS_OF(esr_rows));
    rows_add_test(&all, "every status code in ESR", every_status, NULL);
    rows_add(&all, check_hpfar, ROWS_OF(hpfar_rows));
    rows_add(&all, check_hpfar_ipa, ROWS_OF(hpfar_ipa_rows));
    rows_add(&all, check_par, ROWS_OF(par_rows));
    rows_add(&all, check_par_fault, ROWS_OF(par_fault_rows));
    return rows_run(&all, "arch/syndrome");
}
