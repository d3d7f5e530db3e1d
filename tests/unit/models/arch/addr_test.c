/* Bit fields and their edges: the first and the last bit of 64, and fields of 1 and of 64 bits. */
#include "models/arch/addr.h"
#include "tests/unit/models/rows.h"

#define X 0xFEDCBA9876543210ULL

struct bits_row {
    const char *name;
    uint64_t x;
    unsigned msb, lsb;
    uint64_t want;
};

static const struct bits_row bits_rows[] = {
    { "bits [63:0] are all", X, 63, 0, X },
    { "bits [62:0] leave out the top one", X, 62, 0, 0x7EDCBA9876543210ULL },
    { "bits [63:1]", X, 63, 1, 0x7F6E5D4C3B2A1908ULL },
    { "bits [0:0] clear", X, 0, 0, 0 },
    { "bits [4:4] set", X, 4, 4, 1 },
    { "bits [63:63]", X, 63, 63, 1 },
    { "bits [62:62]", X & ~(1ULL << 62), 62, 62, 0 },
    { "bits [63:60]", X, 63, 60, 0xF },
    { "bits [3:0]", X, 3, 0, 0 },
    { "bits [7:4]", X, 7, 4, 1 },
    { "bits [47:12] of a descriptor", 0xFFFF123456789FFFULL, 47, 12, 0x123456789ULL },
    { "bits [31:0]", X, 31, 0, 0x76543210 },
    { "bits [32:31] across the middle", 0x180000000ULL, 32, 31, 3 },
    { "bits of zero", 0, 63, 0, 0 },
};

static void check_bits(void **state)
{
    const struct bits_row *row = *state;

    assert_int_equal(bits(row->x, row->msb, row->lsb), row->want);
}

struct one_row {
    const char *name;
    uint64_t x;
    unsigned n;
    uint64_t want;
};

static const struct one_row bit_rows[] = {
    { "bit 0 clear", ~1ULL, 0, 0 },          { "bit 0 set", 1, 0, 1 },
    { "bit 1 beside a set bit 0", 1, 1, 0 }, { "bit 62 below a set bit 63", 1ULL << 63, 62, 0 },
    { "bit 63 set", 1ULL << 63, 63, 1 },     { "bit 63 clear", ~0ULL >> 1, 63, 0 },
};

static void check_bit(void **state)
{
    const struct one_row *row = *state;

    assert_int_equal(bit(row->x, row->n), row->want);
}

static const struct one_row mask_rows[] = {
    { "mask of 0 bits", 0, 0, 0 },
    { "mask of 1 bit", 0, 1, 1 },
    { "mask of 12 bits", 0, 12, 0xFFF },
    { "mask of 62 bits", 0, 62, 0x3FFFFFFFFFFFFFFFULL },
    { "mask of 63 bits", 0, 63, 0x7FFFFFFFFFFFFFFFULL },
    { "mask of 64 bits", 0, 64, ~0ULL },
};

static void check_mask(void **state)
{
    const struct one_row *row = *state;

    assert_int_equal(low_mask(row->n), row->want);
}

static const struct one_row align_rows[] = {
    { "align by 0 bits", X, 0, X },
    { "align by 12 bits: below", 0x1FFF, 12, 0x1000 },
    { "align by 12 bits: at", 0x2000, 12, 0x2000 },
    { "align by 12 bits: above", 0x2001, 12, 0x2000 },
    { "align by 63 bits", X, 63, 1ULL << 63 },
    { "align by 64 bits", X, 64, 0 },
};

static void check_align(void **state)
{
    const struct one_row *row = *state;

    assert_int_equal(align_down(row->x, row->n), row->want);
}

static const struct one_row extend_rows[] = {
    { "extend from bit 55: below", 0x007FFFFFFFFFFFFFULL, 55, 0x007FFFFFFFFFFFFFULL },
    { "extend from bit 55: at", 0x0080000000000000ULL, 55, 0xFF80000000000000ULL },
    { "extend from bit 55: above", 0x0080000000000001ULL, 55, 0xFF80000000000001ULL },
    { "extend from bit 55 drops a tag over a clear bit", 0xAB00000000001234ULL, 55, 0x1234 },
    { "extend from bit 55 drops a tag over a set bit", 0x0080000000001234ULL, 55, 0xFF80000000001234ULL },
    { "extend from bit 63 is the identity", X, 63, X },
    { "extend from bit 62", 0x4000000000000000ULL, 62, 0xC000000000000000ULL },
    { "extend from bit 0 set", 1, 0, ~0ULL },
    { "extend from bit 0 clear", 2, 0, 0 },
    { "extend from bit 31", 0x80000000, 31, 0xFFFFFFFF80000000ULL },
    { "extend from bit 47", 0x0000800000000000ULL, 47, 0xFFFF800000000000ULL },
};

static void check_extend(void **state)
{
    const struct one_row *row = *state;

    assert_int_equal(sign_extend(row->x, row->n), row->want);
}

/* Every field of every width and place, against the definition bit by bit. */
static void every_field(void **state)
{
    struct sweep s = { 0 };

    (void)state;
    for (unsigned msb = 0; msb < 64; msb++) {
        for (unsigned lsb = 0; lsb <= msb; lsb++) {
            uint64_t want = 0;

            for (unsigned i = lsb; i <= msb; i++)
                want |= (uint64_t)bit(X, i) << (i - lsb);
            sweep_point(&s, bits(X, msb, lsb), want, "bits [%u:%u]", msb, lsb);
        }
    }
    sweep_end(&s, 64 * 65 / 2);
}

static void address_types(void **state)
{
    (void)state;
    assert_int_equal(VA(X).v, X);
    assert_int_equal(IPA(X).v, X);
    assert_int_equal(PA(X).v, X);
    assert_int_equal(sizeof(va_t), 8);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_bits, ROWS_OF(bits_rows));
    rows_add(&all, check_bit, ROWS_OF(bit_rows));
    rows_add(&all, check_mask, ROWS_OF(mask_rows));
    rows_add(&all, check_align, ROWS_OF(align_rows));
    rows_add(&all, check_extend, ROWS_OF(extend_rows));
    rows_add_test(&all, "every field of 64 bits", every_field, NULL);
    rows_add_test(&all, "an address type holds its number", address_types, NULL);
    return rows_run(&all, "arch/addr");
}
