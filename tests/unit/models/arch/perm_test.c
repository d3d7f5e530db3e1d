/* Who may do what, against the printed tables: every combination of the bits, written out. */
#include "models/arch/perm.h"
#include "tests/unit/models/rows.h"

/* Rights as a picture: "RWX rwx" is EL1's and EL0's, '-' what is missing. */
static unsigned rights_of_picture(const char *p)
{
    static const struct {
        char letter;
        unsigned right;
    } place[7] = { { 'R', RIGHT_R1 }, { 'W', RIGHT_W1 }, { 'X', RIGHT_X1 }, { ' ', 0 },
                   { 'r', RIGHT_R0 }, { 'w', RIGHT_W0 }, { 'x', RIGHT_X0 } };
    unsigned rights = 0;

    for (unsigned i = 0; i < 7; i++) {
        assert_true(p[i] == place[i].letter || p[i] == '-');
        if (p[i] == place[i].letter)
            rights |= place[i].right;
    }
    return rights;
}

/* [Arm: Table D8-65; A.g: Table D4-33]; the four pictures are for UXN PXN = 00, 01, 10, 11 */
struct el10_row {
    const char *name; /* WXN, AP[2:1] */
    bool wxn;
    unsigned ap;
    const char *want[4];
};

// clang-format off
static const struct el10_row el10_rows[] = {
    { "WXN 0, AP 00: EL1 writes",         0, 0, { "RWX --x", "RW- --x", "RWX ---", "RW- ---" } }, /* EL0 execute-only */
    { "WXN 0, AP 01: both write",         0, 1, { "RW- rwx", "RW- rwx", "RW- rw-", "RW- rw-" } }, /* forces PXN */
    { "WXN 0, AP 10: EL1 reads",          0, 2, { "R-X --x", "R-- --x", "R-X ---", "R-- ---" } },
    { "WXN 0, AP 11: both read",          0, 3, { "R-X r-x", "R-- r-x", "R-X r--", "R-- r--" } },
    { "WXN 1, AP 00: EL1 writes",         1, 0, { "RW- --x", "RW- --x", "RW- ---", "RW- ---" } },
    { "WXN 1, AP 01: both write",         1, 1, { "RW- rw-", "RW- rw-", "RW- rw-", "RW- rw-" } },
    { "WXN 1, AP 10: EL1 reads",          1, 2, { "R-X --x", "R-- --x", "R-X ---", "R-- ---" } },
    { "WXN 1, AP 11: both read",          1, 3, { "R-X r-x", "R-- r-x", "R-X r--", "R-- r--" } },
};
// clang-format on

static unsigned s1_bits(unsigned ap, unsigned uxn, unsigned pxn)
{
    return (ap & 1 ? PERM_S1_EL0 : 0u) | (ap & 2 ? PERM_S1_READ_ONLY : 0u) | (uxn ? PERM_S1_UXN : 0u) |
           (pxn ? PERM_S1_PXN : 0u);
}

static void check_el10(void **state)
{
    const struct el10_row *row = *state;

    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(perm_rights_el10(s1_bits(row->ap, i >> 1, i & 1), row->wxn), rights_of_picture(row->want[i]));
}

/* [Arm: D8.4 "EL2 translation regime"]; the two pictures are for XN = 0, 1 */
struct el2_row {
    const char *name; /* WXN, AP[2] */
    bool wxn;
    unsigned ap2;
    const char *want[2];
};

static const struct el2_row el2_rows[] = {
    { "EL2: WXN 0, AP[2] 0", 0, 0, { "RWX ---", "RW- ---" } },
    { "EL2: WXN 0, AP[2] 1", 0, 1, { "R-X ---", "R-- ---" } },
    { "EL2: WXN 1, AP[2] 0", 1, 0, { "RW- ---", "RW- ---" } },
    { "EL2: WXN 1, AP[2] 1", 1, 1, { "R-X ---", "R-- ---" } },
};

/* AP[1] and PXN mean nothing in EL2: every value of them gives the same. */
static void check_el2(void **state)
{
    const struct el2_row *row = *state;

    for (unsigned xn = 0; xn < 2; xn++) {
        for (unsigned ignored = 0; ignored < 4; ignored++) {
            unsigned s1 = s1_bits(row->ap2 << 1 | (ignored & 1), xn, ignored >> 1);

            assert_int_equal(perm_rights_el2(s1, row->wxn), rights_of_picture(row->want[xn]));
        }
    }
}

/* [Arm: Tables D8-76, D8-77; A.g: Tables D4-31, D4-35] */
struct s2_row {
    const char *name;
    unsigned s2;
    const char *want;
};

static const struct s2_row s2_rows[] = {
    { "S2AP 00, XN 0: executable though not readable", 0, "--X --x" }, /* [Arm: Table D8-77] */
    { "S2AP 01, XN 0", PERM_S2_READ, "R-X r-x" },
    { "S2AP 10, XN 0: write-only", PERM_S2_WRITE, "-WX -wx" },
    { "S2AP 11, XN 0", PERM_S2_READ | PERM_S2_WRITE, "RWX rwx" },
    { "S2AP 00, XN 1", PERM_S2_XN, "--- ---" },
    { "S2AP 01, XN 1", PERM_S2_XN | PERM_S2_READ, "R-- r--" },
    { "S2AP 10, XN 1", PERM_S2_XN | PERM_S2_WRITE, "-W- -w-" },
    { "S2AP 11, XN 1", PERM_S2_XN | PERM_S2_READ | PERM_S2_WRITE, "RW- rw-" },
};

static void check_s2(void **state)
{
    const struct s2_row *row = *state;

    assert_int_equal(perm_rights_stage2(row->s2), rights_of_picture(row->want));
}

struct need_row {
    const char *name;
    enum access_kind kind;
    uint8_t el, unpriv;
    unsigned want;
};

// clang-format off
static const struct need_row need_rows[] = {
    { "fetch at EL0",           ACCESS_FETCH,       0, 0, RIGHT_X0 },
    { "fetch at EL1",           ACCESS_FETCH,       1, 0, RIGHT_X1 },
    { "fetch at EL2",           ACCESS_FETCH,       2, 0, RIGHT_X1 },
    { "load at EL0",            ACCESS_LOAD,        0, 0, RIGHT_R0 },
    { "load at EL1",            ACCESS_LOAD,        1, 0, RIGHT_R1 },
    { "LDTR at EL1",            ACCESS_LOAD,        1, 1, RIGHT_R0 },
    { "load at EL2",            ACCESS_LOAD,        2, 0, RIGHT_R1 },
    { "LDTR at EL2",            ACCESS_LOAD,        2, 1, RIGHT_R1 }, /* [Arm: LDTR] */
    { "store at EL0",           ACCESS_STORE,       0, 0, RIGHT_W0 },
    { "store at EL1",           ACCESS_STORE,       1, 0, RIGHT_W1 },
    { "STTR at EL1",            ACCESS_STORE,       1, 1, RIGHT_W0 },
    { "store at EL2",           ACCESS_STORE,       2, 0, RIGHT_W1 },
    { "DC ZVA at EL0",          ACCESS_ZVA,         0, 0, RIGHT_W0 },
    { "DC ZVA at EL1",          ACCESS_ZVA,         1, 0, RIGHT_W1 },
    { "DC CVAC at EL0",         ACCESS_CACHE_READ,  0, 0, RIGHT_R0 }, /* [Arm: D8.15.3] */
    { "DC CVAC at EL1",         ACCESS_CACHE_READ,  1, 0, 0 },        /* [Arm: D8.15.3] */
    { "DC CVAC at EL2",         ACCESS_CACHE_READ,  2, 0, 0 },
    { "DC IVAC at EL1",         ACCESS_CACHE_WRITE, 1, 0, RIGHT_W1 }, /* [Arm: D8.15.3] */
    { "DC IVAC at EL2",         ACCESS_CACHE_WRITE, 2, 0, RIGHT_W1 },
    { "AT S1E0R",               ACCESS_AT_READ,     0, 0, RIGHT_R0 },
    { "AT S1E1R",               ACCESS_AT_READ,     1, 0, RIGHT_R1 },
    { "AT S1E0W",               ACCESS_AT_WRITE,    0, 0, RIGHT_W0 },
    { "AT S1E1W",               ACCESS_AT_WRITE,    1, 0, RIGHT_W1 },
    { "AT S1E2W",               ACCESS_AT_WRITE,    2, 0, RIGHT_W1 },
};
// clang-format on

static void check_need(void **state)
{
    const struct need_row *row = *state;
    struct access a = { .size = 1, .kind = (uint8_t)row->kind, .el = row->el, .unpriv = row->unpriv };

    assert_int_equal(perm_needed(&a), row->want);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_el10, ROWS_OF(el10_rows));
    rows_add(&all, check_el2, ROWS_OF(el2_rows));
    rows_add(&all, check_s2, ROWS_OF(s2_rows));
    rows_add(&all, check_need, ROWS_OF(need_rows));
    return rows_run(&all, "arch/perm");
}
