/* The ZynqMP's address map: in order, without overlap or gap over 40 bits, and each place of the class it should have.
 * */
#include "platforms/zynqmp/map.h"
#include "tests/unit/models/rows.h"

static void sorted_and_whole(void **state)
{
    const struct region *map;
    uint32_t count = 0;
    uint64_t end = 0;

    (void)state;
    map = zynqmp_map(&count);
    assert_true(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(map[i].base, end);
        assert_true(map[i].bytes > 0);
        assert_true(map[i].mem_class < MEM_CLASS_COUNT);
        assert_non_null(map[i].name);
        end = map[i].base + map[i].bytes;
    }
    assert_int_equal(end, 1ULL << 40); /* [A53: 4.3.21] PARange */
}

/* [UG1085: system addresses] [embeddedsw: translation_table.S]: first and last byte of each range */
struct range_row {
    const char *name;
    uint64_t first, last;
    enum mem_class want;
};

// clang-format off
static const struct range_row range_rows[] = {
    { "DDR low",         0x0000000000, 0x007FFFFFFF, MEM_DDR },
    { "PL, 32 bits",     0x0080000000, 0x00BFFFFFFF, MEM_PL },
    { "QSPI",            0x00C0000000, 0x00DFFFFFFF, MEM_DEVICE },
    { "PCIe low",        0x00E0000000, 0x00EFFFFFFF, MEM_DEVICE },
    { "reserved",        0x00F0000000, 0x00F7FFFFFF, MEM_NONE },
    { "CoreSight",       0x00F8000000, 0x00F8FFFFFF, MEM_DEVICE },
    { "GIC",             0x00F9000000, 0x00F90FFFFF, MEM_DEVICE },
    { "GICV",            0x00F9060000, 0x00F907FFFF, MEM_DEVICE },
    { "reserved",        0x00F9200000, 0x00FCFFFFFF, MEM_NONE },
    { "FPD slaves",      0x00FD000000, 0x00FDFFFFFF, MEM_DEVICE },
    { "LPD slaves",      0x00FE000000, 0x00FFBFFFFF, MEM_DEVICE },
    { "UART0",           0x00FF000000, 0x00FF000FFF, MEM_DEVICE },
    { "CSU, PMU",        0x00FFC00000, 0x00FFDFFFFF, MEM_DEVICE },
    { "OCM",             0x00FFFC0000, 0x00FFFFFFFF, MEM_OCM },
    { "reserved, 12 GB", 0x0100000000, 0x03FFFFFFFF, MEM_NONE },
    { "PL, 36 bits",     0x0400000000, 0x05FFFFFFFF, MEM_PL },
    { "PCIe, 36 bits",   0x0600000000, 0x07FFFFFFFF, MEM_DEVICE },
    { "DDR high",        0x0800000000, 0x0FFFFFFFFF, MEM_DDR },
    { "PL, 40 bits",     0x1000000000, 0x7FFFFFFFFF, MEM_PL },
    { "PCIe, 40 bits",   0x8000000000, 0xBFFFFFFFFF, MEM_DEVICE },
    { "reserved, top",   0xC000000000, 0xFFFFFFFFFF, MEM_NONE },
};
// clang-format on

static void check_range(void **state)
{
    const struct range_row *row = *state;
    const struct region *first, *last, *map;
    uint32_t count;

    map = zynqmp_map(&count);
    first = price_region_of(map, count, row->first);
    last = price_region_of(map, count, row->last);
    assert_non_null(first);
    assert_ptr_equal(first, last);
    assert_int_equal(first->mem_class, row->want);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "sorted, without gap or overlap, 40 bits", sorted_and_whole, NULL);
    rows_add(&all, check_range, ROWS_OF(range_rows));
    return rows_run(&all, "zynqmp/map");
}
