/* What kind of access asks for what: direction, maintenance, alignment, whose permissions. */
#include "models/arch/access.h"
#include "tests/unit/models/rows.h"

struct kind_row {
    const char *name;
    enum access_kind kind;
    bool writes, maintenance;
    bool aligns; /* can be unaligned at all */
};

// clang-format off
static const struct kind_row kind_rows[] = {
    { "fetch",                      ACCESS_FETCH,       false, false, false },
    { "load",                       ACCESS_LOAD,        false, false, true  },
    { "store",                      ACCESS_STORE,       true,  false, true  },
    { "DC ZVA",                     ACCESS_ZVA,         true,  false, false },
    { "DC CVAC, CVAU, CIVAC, IVAU", ACCESS_CACHE_READ,  false, true,  false }, /* [Arm: D8.15.3] */
    { "DC IVAC",                    ACCESS_CACHE_WRITE, true,  true,  false }, /* [Arm: D8.15.3] */
    { "AT ..R",                     ACCESS_AT_READ,     false, true,  false }, /* [Arm: D8.2.13] */
    { "AT ..W",                     ACCESS_AT_WRITE,    true,  true,  false }, /* [Arm: D8.2.13] */
};
// clang-format on

static void check_kind(void **state)
{
    const struct kind_row *row = *state;
    struct access a = { .va = VA(0x1001), .size = 8, .kind = (uint8_t)row->kind };

    assert_int_equal(access_writes(row->kind), row->writes);
    assert_int_equal(access_is_maintenance(row->kind), row->maintenance);
    assert_int_equal(access_is_unaligned(&a), row->aligns);
}

struct align_row {
    const char *name;
    uint64_t va;
    uint32_t size;
    uint8_t straddles;
    bool unaligned;
};

static const struct align_row align_rows[] = {
    { "a byte is always aligned", 0x1FFF, 1, 0, false },
    { "2 bytes: below", 0x0FFF, 2, 0, true },
    { "2 bytes: at", 0x1000, 2, 0, false },
    { "2 bytes: above", 0x1001, 2, 0, true },
    { "4 bytes at 2", 0x1002, 4, 0, true },
    { "8 bytes: below", 0x1007, 8, 0, true },
    { "8 bytes: at", 0x1008, 8, 0, false },
    { "8 bytes: above", 0x1009, 8, 0, true },
    { "8 bytes at 4", 0x1004, 8, 0, true },
    { "16 bytes at 8", 0x1008, 16, 0, true },
    { "16 bytes at 16", 0x1010, 16, 0, false },
    { "a part of a split access, aligned itself", 0x2000, 4, 1, true },
};

static void check_align(void **state)
{
    const struct align_row *row = *state;
    struct access a = { .va = VA(row->va), .size = row->size, .kind = ACCESS_LOAD, .straddles = row->straddles };

    assert_int_equal(access_is_unaligned(&a), row->unaligned);
    a.kind = ACCESS_STORE;
    assert_int_equal(access_is_unaligned(&a), row->unaligned);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_kind, ROWS_OF(kind_rows));
    rows_add(&all, check_align, ROWS_OF(align_rows));
    return rows_run(&all, "arch/access");
}
