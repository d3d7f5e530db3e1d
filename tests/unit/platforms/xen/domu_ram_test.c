/* A guest's RAM: how it is split into banks and pieces, and in which sizes it is mapped. */
#include "tests/unit/platforms/xen/domu_fixture.h"

struct split_row {
    const char *name;
    enum domu_builder builder;
    uint64_t mb, low, high; /* MB in RAM0 and RAM1 */
    size_t of_1g, of_2m;    /* leaves in RAM0 */
};

// clang-format off
static const struct split_row split_rows[] = {
    { "1 MB", DOMU_BY_XL, 1, 1, 0, 0, 0 },
    { "1023 MB: 511 times 2 MB and 1 MB in 4 KB", DOMU_BY_XL, 1023, 1023, 0, 0, 511 },
    { "1024 MB: one block", DOMU_BY_XL, 1024, 1024, 0, 1, 0 },
    { "1026 MB", DOMU_BY_XL, 1026, 1026, 0, 1, 1 },
    { "3072 MB fill bank 0", DOMU_BY_XL, 3072, 3072, 0, 3, 0 }, /* [Xen: GUEST_RAM0_SIZE] */
    { "3073 MB", DOMU_BY_XL, 3073, 3072, 1, 3, 0 },
    { "4096 MB", DOMU_BY_XL, 4096, 3072, 1024, 3, 0 },
    { "3071 MB", DOMU_BY_XL, 3071, 3071, 0, 2, 511 },
    { "at boot: 3072 MB", DOMU_DOM0LESS, 3072, 3072, 0, 3, 0 },
    { "at boot: 3073 MB", DOMU_DOM0LESS, 3073, 3072, 1, 3, 0 },
    { "at boot: 1023 MB", DOMU_DOM0LESS, 1023, 1023, 0, 0, 511 },
};
// clang-format on

static void check_split(void **state)
{
    const struct split_row *row = *state;
    size_t count[4];

    start("xen-4.17", row->builder, MB(row->mb));
    give(GB(32), GB(6));
    build();
    assert_int_equal(bytes_of(REGION_RAM, 0x40000000, 0xC0000000), MB(row->low));
    assert_int_equal(bytes_of(REGION_RAM, 0x200000000, 0xFE00000000), MB(row->high));
    count_leaves(0x40000000, MB(row->low), count);
    assert_int_equal(count[0], 0);
    assert_int_equal(count[1], row->of_1g);
    assert_int_equal(count[2], row->of_2m);
    assert_int_equal(count[3], (row->low - 1024 * row->of_1g - 2 * row->of_2m) * 256);
    finish();
}

struct boot_row {
    const char *name;
    uint64_t kb;
    uint64_t chunk_kb[6];
};

// clang-format off
static const struct boot_row boot_rows[] = {
    { "80000 KB", 80000, { 65536, 8192, 4096, 2048, 128 } },
    { "4 KB", 4, { 4 } },
    { "2 MB and 4 KB", 2052, { 2048, 4 } },
    { "3 GB: 1 GB is the largest", 3145728, { 1048576, 1048576, 1048576 } },
};
// clang-format on

/* Each chunk is mapped by itself, so that an odd one at the end does not spoil the others' sizes. */
static void check_boot(void **state)
{
    const struct boot_row *row = *state;
    size_t n = 0;

    start("xen-4.17", DOMU_DOM0LESS, KB(row->kb));
    give(0, GB(8));
    build();
    for (size_t i = 0; i < d.count; i++) {
        if (d.region[i].kind == REGION_RAM)
            assert_int_equal(d.region[i].bytes, KB(row->chunk_kb[n++]));
    }
    assert_int_equal(row->chunk_kb[n], 0);
    if (row->kb == 80000) {
        size_t count[4];

        count_leaves(0x40000000, KB(80000), count);
        assert_int_equal(count[2], 39);
        assert_int_equal(count[3], 32);
    }
    finish();
}

/* No gigabyte is free in one piece: 2 MB all the way, though both halves are large. */
static void fragmented(void **state)
{
    size_t count[4];

    (void)state;
    start("xen-4.17", DOMU_BY_XL, MB(1024));
    give(MB(512), MB(768)); /* an aligned gigabyte begins in neither */
    give(MB(2560), MB(512));
    build();
    count_leaves(0x40000000, MB(1024), count);
    assert_int_equal(count[2], 512);
    assert_int_equal(bytes_of(REGION_RAM, 0x40000000, MB(1024)), MB(1024));
    assert_int_equal(p2m_find(&p, 0x40000000).desc & 0xFFFFFFF000, MB(512));
    assert_int_equal(p2m_find(&p, 0x40000000 + MB(768)).desc & 0xFFFFFFF000, MB(2560));
    finish();
}

/* An odd end of the host's memory is used up in 4 KB; what comes after is aligned again. */
static void odd_pieces(void **state)
{
    size_t count[4];

    (void)state;
    start("xen-4.17", DOMU_BY_XL, MB(4));
    host.pool.order = RAM_IN_ORDER;
    give(MB(16) + KB(4), MB(2) - KB(4));
    give(MB(32) + KB(4), KB(4));
    give(MB(64), MB(16));
    build();
    count_leaves(0x40000000, MB(4), count);
    assert_int_equal(count[2], 1);
    assert_int_equal(count[3], 512);
    assert_int_equal(p2m_find(&p, 0x40000000).desc & 0xFFFFFFF000, MB(16) + KB(4));
    assert_int_equal(p2m_find(&p, 0x401FF000).desc & 0xFFFFFFF000, MB(32) + KB(4));
    assert_int_equal(p2m_find(&p, 0x40200000).desc & 0xFFFFFFF000, MB(64));
    finish();
}

/* Without direct-map, static memory goes into the banks one behind the other. */
static void static_memory(void **state)
{
    static const struct ram_range ranges[] = { { 0x30000000, MB(16) }, { 0x10000000, GB(3) } };

    (void)state;
    start("xen-4.17", DOMU_DOM0LESS, GB(3) + MB(16));
    set_static(ranges, 2);
    build();
    assert_int_equal(p2m_find(&p, 0x40000000).desc & 0xFFFFFFF000, 0x30000000);
    assert_int_equal(p2m_find(&p, 0x41000000).desc & 0xFFFFFFF000, 0x10000000);
    assert_int_equal(p2m_find(&p, 0xFFE00000).desc & 0xFFFFFFF000, 0x10000000 + 0xBEE00000);
    assert_int_equal(p2m_find(&p, 0x200000000).desc & 0xFFFFFFF000, 0x10000000 + 0xBF000000);
    assert_int_equal(bytes_of(REGION_RAM, 0x200000000, GB(1)), MB(16));
    finish();
}

struct bad_row {
    const char *name;
    enum domu_builder builder;
    uint64_t ram_bytes, pool_bytes;
    unsigned vcpus;
    const char *text;
};

// clang-format off
static const struct bad_row bad_rows[] = {
    { "no RAM", DOMU_BY_XL, 0, MB(16), 1, "0 bytes of RAM" },
    { "half a page", DOMU_BY_XL, 2048, MB(16), 1, "2048 bytes of RAM: it must be a multiple of 4 KB" },
    { "more than the banks hold", DOMU_BY_XL, GB(1020), MB(16), 1, "a guest's banks hold 1043456 MB" },
    { "no host memory", DOMU_BY_XL, MB(2), 0, 1, "not enough host memory: 2048 KB of RAM are still to come, 0 KB" },
    { "not enough", DOMU_BY_XL, MB(32), MB(16), 1, "16384 KB of RAM are still to come, 0 KB are left" },
    { "not enough at boot", DOMU_DOM0LESS, MB(32), MB(16), 1, "16384 KB of RAM are still to come" },
    { "none left for the toolstack", DOMU_BY_XL, MB(16), MB(16), 1, "the magic page of 4 KB, \"console\"" },
    { "no vCPU", DOMU_BY_XL, MB(2), MB(16), 0, "0 vCPUs" },
    { "nine vCPUs", DOMU_BY_XL, MB(2), MB(16), 9, "9 vCPUs: a GICv2 serves 1 to 8" },
};
// clang-format on

static void check_bad(void **state)
{
    const struct bad_row *row = *state;

    start("xen-4.17", row->builder, row->ram_bytes);
    config.vcpus = row->vcpus;
    if (row->pool_bytes)
        give(MB(16), row->pool_bytes);
    assert_false(domu_build(&d, &config, &host, 2, &err));
    assert_non_null(strstr(err.text, row->text));
    domu_config_free(&config);
    domain_free(&d);
}

static void static_sum(void **state)
{
    static const struct ram_range ranges[] = { { 0x30000000, MB(16) } };

    (void)state;
    start("xen-4.17", DOMU_DOM0LESS, MB(32));
    set_static(ranges, 1);
    assert_false(domu_build(&d, &config, &host, 2, &err));
    assert_non_null(strstr(err.text, "memory is 32768 KB, but xen,static-mem sums up to 16384 KB"));
    domu_config_free(&config);
    domain_free(&d);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_split, ROWS_OF(split_rows));
    rows_add(&all, check_boot, ROWS_OF(boot_rows));
    rows_add_test(&all, "no free gigabyte", fragmented, NULL);
    rows_add_test(&all, "odd pieces of host memory", odd_pieces, NULL);
    rows_add_test(&all, "static memory", static_memory, NULL);
    rows_add(&all, check_bad, ROWS_OF(bad_rows));
    rows_add_test(&all, "static memory of another size", static_sum, NULL);
    return rows_run(&all, "xen/domu_ram");
}
