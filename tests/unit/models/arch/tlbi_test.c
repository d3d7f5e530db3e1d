/* Which operation drops which entry: every operation against every kind of entry, as a picture. */
#include "models/arch/tlbi.h"
#include "tests/unit/models/rows.h"

/* Every operation is issued with VMID 1, ASID 7 and this address, as VA or as IPA. */
#define ADDRESS 0x0000000012345000ULL
#define OTHER 0x0000000056789000ULL

#define EL10_LEAF .regime = REGIME_EL10, .stages = TLB_STAGE1 | TLB_STAGE2, .holds = TLB_HOLDS_LEAF, .valid = true
#define EL10_TABLE .regime = REGIME_EL10, .stages = TLB_STAGE1 | TLB_STAGE2, .holds = TLB_HOLDS_TABLE, .valid = true
#define EL10_STAGE2                                                                                                    \
    .regime = REGIME_EL10, .stages = TLB_STAGE2, .holds = TLB_HOLDS_STAGE2, .valid = true, .global = true
#define EL2_LEAF .regime = REGIME_EL2, .stages = TLB_STAGE1, .holds = TLB_HOLDS_LEAF, .valid = true, .global = true
#define EL2_TABLE .regime = REGIME_EL2, .stages = TLB_STAGE1, .holds = TLB_HOLDS_TABLE, .valid = true
#define PAGE(a) .va = (a), .size_bits = 12, .from_bits = 12
#define MB2(a) .va = (a) & ~0x1FFFFFULL, .size_bits = 21, .from_bits = 21

/* The columns of the matrix, in groups. */
static const struct tlb_tag entries[] = {
    /* leaves: at the address nG own ASID, nG other ASID, global, other VMID; elsewhere nG, global; stage 1 off */
    { EL10_LEAF, PAGE(ADDRESS), .asid = 7, .vmid = 1 },
    { EL10_LEAF, PAGE(ADDRESS), .asid = 8, .vmid = 1 },
    { EL10_LEAF, PAGE(ADDRESS), .asid = 7, .vmid = 1, .global = true },
    { EL10_LEAF, PAGE(ADDRESS), .asid = 7, .vmid = 2 },
    { EL10_LEAF, PAGE(OTHER), .asid = 7, .vmid = 1 },
    { EL10_LEAF, PAGE(OTHER), .asid = 7, .vmid = 1, .global = true },
    { .regime = REGIME_EL10, .stages = TLB_STAGE2, .valid = true, PAGE(ADDRESS), .vmid = 1, .global = true },
    /* stage-1 tables: own ASID, other ASID, other VMID, elsewhere */
    { EL10_TABLE, MB2(ADDRESS), .asid = 7, .vmid = 1 },
    { EL10_TABLE, MB2(ADDRESS), .asid = 8, .vmid = 1 },
    { EL10_TABLE, MB2(ADDRESS), .asid = 7, .vmid = 2 },
    { EL10_TABLE, MB2(OTHER), .asid = 7, .vmid = 1 },
    /* stage 2: own VMID, other VMID, elsewhere */
    { EL10_STAGE2, PAGE(ADDRESS), .vmid = 1 },
    { EL10_STAGE2, PAGE(ADDRESS), .vmid = 2 },
    { EL10_STAGE2, PAGE(OTHER), .vmid = 1 },
    /* EL2: leaf, leaf elsewhere, table, table elsewhere */
    { EL2_LEAF, PAGE(ADDRESS) },
    { EL2_LEAF, PAGE(OTHER) },
    { EL2_TABLE, MB2(ADDRESS) },
    { EL2_TABLE, MB2(OTHER) },
};

#define ENTRIES (sizeof entries / sizeof *entries)

/* [Arm: D8.17.5, C5.5]. '#' must go, '.' stays. IPAS2 operations need not touch combined entries, nor stage-1 ones
 * stage-2-only entries; the model does not [Arm: R_LGSCG, C5.5.13]. */
struct matrix_row {
    const char *name;
    enum tlbi_op op;
    const char *want; /* leaves tables stage 2 EL2 */
};

// clang-format off
static const struct matrix_row matrix_rows[] = {
    /*                              nG7 nG8 G vm2 nG-else G-else s1-off */
    { "VMALLE1",    TLBI_VMALLE1,    "###.### ##.# ... ...." },
    { "VAE1",       TLBI_VAE1,       "#.#...# #... ... ...." }, /* globals too [Arm: C5.5 TLBI VAE1] */
    { "ASIDE1",     TLBI_ASIDE1,     "#...#.. #..# ... ...." }, /* never globals [Arm: C5.5 TLBI ASIDE1] */
    { "VAAE1",      TLBI_VAAE1,      "###...# ##.. ... ...." },
    { "VALE1",      TLBI_VALE1,      "#.#...# .... ... ...." },
    { "VAALE1",     TLBI_VAALE1,     "###...# .... ... ...." },
    { "IPAS2E1",    TLBI_IPAS2E1,    "....... .... #.. ...." },
    { "IPAS2LE1",   TLBI_IPAS2LE1,   "....... .... #.. ...." },
    { "ALLE1",      TLBI_ALLE1,      "####### #### ### ...." }, /* every VMID */
    { "VMALLS12E1", TLBI_VMALLS12E1, "###.### ##.# #.# ...." },
    { "ALLE2",      TLBI_ALLE2,      "....... .... ... ####" },
    { "VAE2",       TLBI_VAE2,       "....... .... ... #.#." },
    { "VALE2",      TLBI_VALE2,      "....... .... ... #..." },
    { "ALLE3",      TLBI_ALLE3,      "....... .... ... ...." },
    { "VAE3",       TLBI_VAE3,       "....... .... ... ...." },
    { "VALE3",      TLBI_VALE3,      "....... .... ... ...." },
};
// clang-format on

static void check_matrix(void **state)
{
    const struct matrix_row *row = *state;
    struct tlbi t = { .op = (uint8_t)row->op, .vmid = 1, .asid = 7, .va = ADDRESS };
    char got[32];
    size_t i = 0, column = 0;

    for (; row->want[i] != '\0'; i++) {
        assert_true(i < sizeof got - 1);
        got[i] = row->want[i] == ' ' ? ' ' : tlbi_matches(&t, &entries[column++]) ? '#' : '.';
    }
    got[i] = '\0';
    assert_int_equal(column, ENTRIES);
    assert_string_equal(got, row->want);
    for (column = 0; column < ENTRIES; column++) {
        struct tlb_tag gone = entries[column];

        gone.valid = false;
        assert_false(tlbi_matches(&t, &gone));
    }
}

/* By-address operations reach an entry from any address of the block it was cut from [Arm: R_LGSCG]. */
struct piece_row {
    const char *name;
    uint64_t va;
    uint8_t size_bits, from_bits;
    uint64_t address;
    bool want;
};

// clang-format off
static const struct piece_row piece_rows[] = {
    { "page: below",                            0x00200000, 12, 12, 0x001FF000, false },
    { "page: at",                               0x00200000, 12, 12, 0x00200000, true  },
    { "page: above",                            0x00200000, 12, 12, 0x00201000, false },
    { "64 KB page: last of the page before",    0x00200000, 16, 16, 0x001FF000, false },
    { "64 KB page: bits [15:12] are ignored",   0x00200000, 16, 16, 0x0020F000, true  }, /* [Arm: C5.5 TLBI VAE1] */
    { "64 KB page: first of the next",          0x00200000, 16, 16, 0x00210000, false },
    { "2 MB block: first page",                 0x00200000, 21, 21, 0x00200000, true  },
    { "2 MB block: last page",                  0x00200000, 21, 21, 0x003FF000, true  },
    { "2 MB block: first page of the next",     0x00200000, 21, 21, 0x00400000, false },
    { "4 KB cut from 2 MB, far end of it",      0x00200000, 12, 21, 0x003FF000, true  },
    { "4 KB cut from 2 MB, beyond",             0x00200000, 12, 21, 0x00400000, false },
    { "4 KB cut from 64 KB, inside",            0x00203000, 12, 16, 0x0020F000, true  },
    { "512 MB cut from 1 GB, its own half",     0x40000000, 29, 30, 0x5FFFF000, true  },
    { "512 MB cut from 1 GB, the other half",   0x40000000, 29, 30, 0x7FFFF000, true  }, /* [Arm: R_LGSCG] */
    { "512 MB cut from 1 GB, beyond",           0x40000000, 29, 30, 0x80000000, false },
    { "a larger entry than its source",         0x40000000, 29, 21, 0x5FFFF000, true  },
};
// clang-format on

static void check_piece(void **state)
{
    const struct piece_row *row = *state;
    struct tlb_tag leaf = { EL10_LEAF, .va = row->va, .size_bits = row->size_bits, .from_bits = row->from_bits,
                            .vmid = 1 };
    struct tlb_tag stage2 = { EL10_STAGE2, .va = row->va, .size_bits = row->size_bits, .from_bits = row->from_bits,
                              .vmid = 1 };
    struct tlbi t = { .vmid = 1, .va = row->address };

    t.op = TLBI_VAE1;
    assert_int_equal(tlbi_matches(&t, &leaf), row->want);
    t.op = TLBI_VAALE1;
    assert_int_equal(tlbi_matches(&t, &leaf), row->want);
    t.op = TLBI_IPAS2E1;
    assert_int_equal(tlbi_matches(&t, &stage2), row->want);
    t.op = TLBI_VMALLE1; /* regardless of the address */
    assert_true(tlbi_matches(&t, &leaf));
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_matrix, ROWS_OF(matrix_rows));
    rows_add(&all, check_piece, ROWS_OF(piece_rows));
    return rows_run(&all, "arch/tlbi");
}
