/* What a descriptor is and says, at each level of each granule, and what tables force on the leaves below them. */
#include "models/arch/perm.h"
#include "models/arch/ttw.h"
#include "tests/unit/models/rows.h"

static struct ttw_params geometry(unsigned granule_bits)
{
    return (struct ttw_params){ .stage = 1, .granule_bits = (uint8_t)granule_bits, .ia_bits = 48, .oa_bits = 40 };
}

/* [Arm: D8.3.1, Tables D8-48, D8-49; A.g: D4.3.1, D4.3.2]; bits[1:0] = 00, 01, 10, 11: i invalid, t table, l leaf */
struct type_row {
    const char *name;
    unsigned granule_bits, level;
    const char *want;
    unsigned level_bits; /* log2 of what an entry maps */
};

static const struct type_row type_rows[] = {
    { "4 KB level 0: no blocks", 12, 0, "iiit", 39 },  { "4 KB level 1: 1 GB", 12, 1, "ilit", 30 },
    { "4 KB level 2: 2 MB", 12, 2, "ilit", 21 },       { "4 KB level 3: pages", 12, 3, "iiil", 12 },
    { "64 KB level 1: no blocks", 16, 1, "iiit", 42 }, { "64 KB level 2: 512 MB", 16, 2, "ilit", 29 },
    { "64 KB level 3: pages", 16, 3, "iiil", 16 },
};

static void check_type(void **state)
{
    const struct type_row *row = *state;
    struct ttw_params p = geometry(row->granule_bits);

    assert_int_equal(ttw_level_bits(&p, row->level), row->level_bits);
    for (uint64_t low = 0; low < 4; low++) {
        enum desc_type want = row->want[low] == 't' ? DESC_TABLE : row->want[low] == 'l' ? DESC_LEAF : DESC_INVALID;

        /* for both stages, whatever the other bits */
        for (unsigned stage = 1; stage <= 2; stage++) {
            p.stage = (uint8_t)stage;
            assert_int_equal(ttw_desc_type(&p, row->level, low), want);
            assert_int_equal(ttw_desc_type(&p, row->level, ~3ULL | low), want);
        }
    }
}

/* Output addresses of a descriptor with all address and attribute bits set [Arm: Tables D8-16, D8-17, D8-26, D8-27] */
struct oa_row {
    const char *name;
    unsigned granule_bits, level;
    enum desc_type type;
    uint64_t want;
};

static const struct oa_row oa_rows[] = {
    { "4 KB table", 12, 1, DESC_TABLE, 0x0000FFFFFFFFF000ULL },
    { "4 KB page", 12, 3, DESC_LEAF, 0x0000FFFFFFFFF000ULL },
    { "2 MB block", 12, 2, DESC_LEAF, 0x0000FFFFFFE00000ULL },
    { "1 GB block", 12, 1, DESC_LEAF, 0x0000FFFFC0000000ULL },
    { "64 KB table ignores [15:12]", 16, 2, DESC_TABLE, 0x0000FFFFFFFF0000ULL }, /* [Arm: R_WDZFC] */
    { "64 KB page", 16, 3, DESC_LEAF, 0x0000FFFFFFFF0000ULL },
    { "512 MB block", 16, 2, DESC_LEAF, 0x0000FFFFE0000000ULL },
};

static void check_oa(void **state)
{
    const struct oa_row *row = *state;
    struct ttw_params p = geometry(row->granule_bits);

    assert_int_equal(ttw_desc_oa(&p, row->level, row->type, ~0ULL), row->want);
}

/* [Arm: OAOutOfRange] */
struct range_row {
    const char *name;
    uint8_t oa_bits;
    uint64_t oa;
    bool out;
};

static const struct range_row range_rows[] = {
    { "32 bits: below", 32, 0xFFFFF000, false },    { "32 bits: at", 32, 0x100000000, true },
    { "32 bits: above", 32, 0x100001000, true },    { "36 bits: below", 36, 0xFFFFFF000, false },
    { "36 bits: at", 36, 0x1000000000, true },      { "36 bits: above", 36, 0x8000000000, true },
    { "40 bits: below", 40, 0xFFFFFFF000, false },  { "40 bits: at", 40, 0x10000000000, true },
    { "40 bits: above", 40, 0x800000000000, true },
};

static void check_range(void **state)
{
    const struct range_row *row = *state;
    struct ttw_params p = geometry(12);

    p.oa_bits = row->oa_bits;
    assert_int_equal(ttw_oa_out_of_range(&p, row->oa), row->out);
}

/* Where the descriptor of an address is: at the first level all index bits count, below it one table's. */
struct address_row {
    const char *name;
    unsigned granule_bits, start, root_bits, level;
    uint64_t table, ia, want;
};

static const struct address_row address_rows[] = {
    { "4 KB level 0", 12, 0, 9, 0, 0x1000, 0x0000FF8000000000ULL, 0x1FF8 },
    { "4 KB level 1", 12, 0, 9, 1, 0x1000, 0x0000007FC0000000ULL, 0x1FF8 },
    { "4 KB level 2", 12, 0, 9, 2, 0x1000, 0x000000003FE00000ULL, 0x1FF8 },
    { "4 KB level 3", 12, 0, 9, 3, 0x1000, 0x00000000001FF000ULL, 0x1FF8 },
    { "higher bits do not count below the first level", 12, 0, 9, 3, 0x1000, 0xFFFFFFFFFFE01FFFULL, 0x1008 },
    { "two concatenated tables", 12, 1, 10, 1, 0x2000, 0x000000FFC0000000ULL, 0x3FF8 }, /* [Arm: R_HRSBS] */
    { "sixteen concatenated tables", 12, 2, 13, 2, 0x10000, 0x00000003FFE00000ULL, 0x1FFF8 },
    { "a first level of two entries", 12, 1, 1, 1, 0x10, 0x0000000040000000ULL, 0x18 },
    { "a first level of two entries, upper half", 12, 1, 1, 1, 0x10, 0xFFFFFFFF80000000ULL, 0x10 },
    { "64 KB level 2", 16, 2, 13, 2, 0x10000, 0x000003FFE0000000ULL, 0x1FFF8 },
    { "64 KB level 3", 16, 2, 13, 3, 0x10000, 0x000000001FFF0000ULL, 0x1FFF8 },
    { "64 KB, sixteen concatenated tables", 16, 3, 17, 3, 0x100000, 0x00000001FFFF0000ULL, 0x1FFFF8 },
};

static void check_address(void **state)
{
    const struct address_row *row = *state;
    struct ttw_params p = geometry(row->granule_bits);

    p.start_level = (uint8_t)row->start;
    p.root_bits = (uint8_t)row->root_bits;
    assert_int_equal(ttw_desc_address(&p, row->level, row->table, row->ia), row->want);
}

/* [Arm: Table D8-64; A.g: Table D4-32] and UXNTable, PXNTable: what a table forces on a leaf with AP 01 (both write),
 * UXN and PXN clear, and on one with all bits set. EL2's leaves have no EL0 and no PXN. */
struct table_row {
    const char *name;
    uint64_t table;
    unsigned open10, open2; /* what becomes of the leaf that allows all: EL1&0, EL2 */
};

#define RO PERM_S1_READ_ONLY

static const struct table_row table_rows[] = {
    { "no table attribute", 0, PERM_S1_EL0, 0 },
    { "APTable 01: not EL0", 1ULL << 61, 0, 0 },
    { "APTable 10: no writes", 2ULL << 61, RO | PERM_S1_EL0, RO },
    { "APTable 11: both", 3ULL << 61, RO, RO },
    { "UXNTable", 1ULL << 60, PERM_S1_EL0 | PERM_S1_UXN, PERM_S1_UXN },
    { "PXNTable", 1ULL << 59, PERM_S1_EL0 | PERM_S1_PXN, 0 },
    { "NSTable is for Secure state", 1ULL << 63, PERM_S1_EL0, 0 },
    { "all of them", 0x1FULL << 59, RO | PERM_S1_UXN | PERM_S1_PXN, RO | PERM_S1_UXN },
    { "ignored bits [58:52] and [11:2]", 0x7FULL << 52 | 0x3FF << 2, PERM_S1_EL0, 0 },
};

static void check_table(void **state)
{
    const struct table_row *row = *state;
    uint64_t open = 1ULL << 6, shut = 3ULL << 53 | 2ULL << 6;

    for (unsigned el10 = 0; el10 < 2; el10++) {
        struct table_attr t = { 0 };
        unsigned all = el10 ? RO | PERM_S1_UXN | PERM_S1_PXN : RO | PERM_S1_UXN;

        ttw_table_attr_add(&t, row->table, el10);
        assert_int_equal(ttw_leaf_perm_s1(open, t, el10), el10 ? row->open10 : row->open2);
        assert_int_equal(ttw_leaf_perm_s1(shut, t, el10), all);
        ttw_table_attr_add(&t, 0, el10); /* what a table above forces, one below does not lift */
        assert_int_equal(ttw_leaf_perm_s1(open, t, el10), el10 ? row->open10 : row->open2);
    }
}

/* Every leaf under every table: AP[2] and the XN bits are ORed, AP[1] is masked [A.g: D4.2.10 TranslationTableWalk]. */
static void every_leaf_under_every_table(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    for (unsigned tables = 0; tables < 16; tables++) {
        struct table_attr t = { 0 };

        ttw_table_attr_add(&t, (uint64_t)tables << 59, true); /* APTable, UXNTable, PXNTable as bits 3:2, 1, 0 */
        for (unsigned leaf = 0; leaf < 16; leaf++) {
            uint64_t desc = (uint64_t)(leaf >> 2) << 6 | (uint64_t)(leaf >> 1 & 1) << 54 | (uint64_t)(leaf & 1) << 53;
            unsigned want = 0;

            want |= (leaf | tables) & 8 ? (unsigned)PERM_S1_READ_ONLY : 0;
            want |= (leaf & ~tables) & 4 ? (unsigned)PERM_S1_EL0 : 0;
            want |= (leaf | tables) & 2 ? (unsigned)PERM_S1_UXN : 0;
            want |= (leaf | tables) & 1 ? (unsigned)PERM_S1_PXN : 0;
            sweep_point(&s, ttw_leaf_perm_s1(desc, t, true), want, "leaf %x under %x", leaf, tables);
        }
    }
    sweep_end(&s, 256);
}

struct s2_row {
    const char *name;
    uint64_t desc;
    unsigned want;
};

static const struct s2_row s2_rows[] = {
    { "S2AP 00", 0, 0 },
    { "S2AP 01: read", 1 << 6, PERM_S2_READ },
    { "S2AP 10: write", 2 << 6, PERM_S2_WRITE },
    { "S2AP 11", 3 << 6, PERM_S2_READ | PERM_S2_WRITE },
    { "XN", 1ULL << 54, PERM_S2_XN },
    { "bit 53 is RES0 in v8.0", 1ULL << 53, 0 }, /* [Arm: Table D8-53] XNX is v8.2 */
    { "all other bits", ~(3ULL << 6 | 1ULL << 54), 0 },
};

static void check_s2(void **state)
{
    const struct s2_row *row = *state;

    assert_int_equal(ttw_leaf_perm_s2(row->desc), row->want);
}

/* Where the fields lie [Arm: Tables D8-50, D8-52, D8-53]; MemAttr shares [5:2] with NS and AttrIndx on purpose. */
static void fields(void **state)
{
    const uint64_t x = 0xFEDCBA9876543210ULL;

    (void)state;
    assert_int_equal(bits(x, DESC_APTable), x >> 61 & 3);
    assert_int_equal(bits(x, DESC_SH), x >> 8 & 3);
    assert_int_equal(bits(x, DESC_AP), x >> 6 & 3);
    assert_int_equal(bits(x, DESC_AttrIndx), x >> 2 & 7);
    assert_int_equal(bits(x, DESC_MemAttr), x >> 2 & 15);
    assert_int_equal(DESC_NSTable, 63);
    assert_int_equal(DESC_UXNTable, 60);
    assert_int_equal(DESC_PXNTable, 59);
    assert_int_equal(DESC_UXN, 54);
    assert_int_equal(DESC_PXN, 53);
    assert_int_equal(DESC_NS, 5);
    assert_int_equal(DESC_nG, 11);
    assert_int_equal(DESC_AF, 10);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_type, ROWS_OF(type_rows));
    rows_add(&all, check_oa, ROWS_OF(oa_rows));
    rows_add(&all, check_range, ROWS_OF(range_rows));
    rows_add(&all, check_address, ROWS_OF(address_rows));
    rows_add(&all, check_table, ROWS_OF(table_rows));
    rows_add_test(&all, "every leaf under every table", every_leaf_under_every_table, NULL);
    rows_add(&all, check_s2, ROWS_OF(s2_rows));
    rows_add_test(&all, "fields of descriptors", fields, NULL);
    return rows_run(&all, "arch/ttw descriptors");
}
