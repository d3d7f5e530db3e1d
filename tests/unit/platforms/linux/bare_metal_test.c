/* The BSP's map: block by block, through the walker, and what its blocks do to the A53's TLBs. */
#include "platforms/linux/bare_metal.h"

#include "models/arch/perm.h"
#include "platforms/linux/linux.h"
#include "tests/unit/platforms/linux/machine.h"

#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)
#define POOL 0x10000ULL
#define ZCU102_LOW 0x7FF00000ULL /* DDR_0 of its hardware design: the last 1 MB is kept for others */

static struct machine machine;
static struct vmap v;
static struct vmap_tables t;

static void start(void)
{
    linux_vmap(&v, linux_preset_by_name("bare-metal"), &(struct linux_options){ 0 });
    assert_true(bare_metal_map(&v, ZCU102_LOW, GB(2)));
    assert_int_equal(vmap_build(&v, &t, POOL, MB(1)), STAGE1_OK);
    machine_start(&machine);
    machine_copy(&machine, POOL, t.pool.page, t.pool.count);
    machine_registers(&machine, &v, &t, 1);
}

static void stop(void)
{
    vmap_tables_free(&t);
    vmap_free(&v);
}

struct block_row {
    const char *name;
    uint64_t va;
    uint64_t desc; /* 0: a fault */
    unsigned level;
};

#define MEMORY 0x0000000000000605ULL
#define DEVICE 0x0060000000000409ULL

// clang-format off
static const struct block_row block_rows[] = {
    { "DDR, the first",             0x0000000000, 0x0000000000 | MEMORY, 2 },
    { "DDR, the last whole block",  0x007FC00000, 0x007FC00000 | MEMORY, 2 },
    { "DDR, the block cut short",   0x007FE00000, 0,                     2 },
    { "PL, the first",              0x0080000000, 0x0080000000 | DEVICE, 2 },
    { "PCIe low, the last",         0x00EFE00000, 0x00EFE00000 | DEVICE, 2 },
    { "reserved above PCIe",        0x00F0000000, 0,                     2 },
    { "CoreSight",                  0x00F8000000, 0x00F8000000 | DEVICE, 2 },
    { "GIC",                        0x00F9000000, 0x00F9000000 | DEVICE, 2 },
    { "reserved above the GIC",     0x00F9200000, 0,                     2 },
    { "FPD slaves",                 0x00FD000000, 0x00FD000000 | DEVICE, 2 },
    { "LPD slaves",                 0x00FF000000, 0x00FF000000 | DEVICE, 2 },
    { "CSU, PMU",                   0x00FFC00000, 0x00FFC00000 | DEVICE, 2 },
    { "TCM, OCM",                   0x00FFE00000, 0x00FFE00000 | MEMORY, 2 },
    { "reserved above 4 GB",        0x0100000000, 0,                     1 },
    { "PL above 16 GB",             0x0400000000, 0x0400000000 | DEVICE, 1 },
    { "PCIe, the last",             0x07C0000000, 0x07C0000000 | DEVICE, 1 },
    { "DDR high, the first",        0x0800000000, 0x0800000000 | MEMORY, 1 },
    { "DDR high, the last",         0x0840000000, 0x0840000000 | MEMORY, 1 },
    { "DDR high, beyond",           0x0880000000, 0,                     1 },
    { "PL above 64 GB",             0x1000000000, 0x1000000000 | DEVICE, 1 },
    { "PCIe high, second L1 table", 0x8000000000, 0x8000000000 | DEVICE, 1 },
    { "reserved at the top",        0xC000000000, 0,                     1 },
};
// clang-format on

static void check_block(void **state)
{
    const struct block_row *row = *state;
    struct stage1_leaf leaf;

    start();
    leaf = stage1_find(&t.tree[TREE_LOWER], row->va);
    assert_int_equal(leaf.level, row->level);
    assert_int_equal(leaf.desc, row->desc);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, row->va + 0x1230),
                     row->desc ? FAULT_NONE : FAULT_TRANSLATION);
    if (row->desc) {
        bool device = (row->desc & ~0xFFFFFFF000ULL) == DEVICE;

        assert_int_equal(machine.x.pa.v, row->va + 0x1230);
        assert_string_equal(attr_name(machine.x.type.result), device ? "Device-nGnRnE" : "Normal-WB");
        assert_int_equal(machine.x.type.result.sh, SH_OSH);
        assert_int_equal(machine_access(&machine, ACCESS_FETCH, 1, row->va), device ? FAULT_PERMISSION : FAULT_NONE);
        assert_int_equal(machine_access(&machine, ACCESS_LOAD, 0, row->va), FAULT_PERMISSION);
        assert_int_equal(machine_access(&machine, ACCESS_STORE, 1, row->va), FAULT_NONE);
    } else {
        assert_int_equal(machine.x.fault.level, row->level);
    }
    stop();
}

/* Tables: level 0, two of level 1, four of level 2, as in the BSP's source. */
static void table_pages(void **state)
{
    (void)state;
    start();
    assert_int_equal(t.pool.count, 7);
    assert_int_equal(t.pool.page[0][0] & 3, 3);
    assert_int_equal(t.pool.page[0][1] & 3, 3);
    assert_int_equal(t.pool.page[0][2], 0);
    stop();
}

static unsigned entries(const struct tlb *tlb)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < TLB_SIZES; i++)
        sum += tlb->present[i];
    return sum;
}

/* A block of 1 GB is kept in pieces of 512 MB: the second half takes a walk of its own [A53: 5.2.2]. */
static void gigabytes_in_halves(void **state)
{
    (void)state;
    start();
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, GB(32)), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_WALK);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, GB(32) + MB(511)), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_TLB);
    assert_int_equal(machine.x.pa.v, GB(32) + MB(511));
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, GB(32) + MB(512)), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_WALK);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, GB(32) + MB(1023)), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_TLB);
    assert_int_equal(entries(&machine.mmu.main_tlb), 2);
    stop();
}

/* 2 MB are kept whole. */
static void two_megabytes(void **state)
{
    (void)state;
    start();
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, MB(4)), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_WALK);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, MB(6) - 4), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_TLB);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, MB(6)), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_WALK);
    stop();
}

/* Blocks never fill the walk cache: it points to tables of pages alone [A53: 5.2.4]. */
static void walk_cache_stays_empty(void **state)
{
    (void)state;
    start();
    for (size_t i = 0; i < sizeof block_rows / sizeof *block_rows; i++) {
        machine_access(&machine, ACCESS_LOAD, 1, block_rows[i].va);
        machine_access(&machine, ACCESS_FETCH, 1, block_rows[i].va);
    }
    assert_true(entries(&machine.mmu.main_tlb) > 10);
    assert_int_equal(entries(&machine.mmu.walk_cache), 0);
    stop();
}

/* Bytes of DDR: none, of whole blocks, more than there can be. */
static void ddr_sizes(void **state)
{
    static const struct {
        uint64_t low, high, low_mapped, high_mapped;
    } row[] = {
        { 0, 0, 0, 0 }, { MB(2) - 1, GB(1) - 1, 0, 0 }, { MB(2), GB(1), MB(2), GB(1) }, { GB(4), GB(64), GB(2), GB(32) }
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct vmap_region *low, *high;

        linux_vmap(&v, linux_preset_by_name("bare-metal"), &(struct linux_options){ 0 });
        assert_true(bare_metal_map(&v, row[i].low, row[i].high));
        low = vmap_find(&v, TREE_LOWER, 0);
        high = vmap_find(&v, TREE_LOWER, GB(32));
        assert_int_equal(low ? low->bytes : 0, row[i].low_mapped);
        assert_int_equal(high ? high->bytes : 0, row[i].high_mapped);
        vmap_free(&v);
    }
}

static void told(void **state)
{
    const struct vmap_region *r;

    (void)state;
    linux_vmap(&v, linux_preset_by_name("bare-metal"), &(struct linux_options){ 0 });
    assert_true(bare_metal_map(&v, GB(2), GB(2)));
    r = vmap_find(&v, TREE_LOWER, 0xF9010000);
    assert_string_equal(r->name, "GIC");
    assert_string_equal(r->prot, "Device");
    assert_string_equal(attr_name(vmap_attr(&v, r)), "Device-nGnRnE");
    assert_int_equal(vmap_rights(&v, r), RIGHT_R1 | RIGHT_W1);
    r = vmap_find(&v, TREE_LOWER, 0x1000);
    assert_string_equal(attr_name(vmap_attr(&v, r)), "Normal-WB");
    assert_int_equal(vmap_rights(&v, r), RIGHT_R1 | RIGHT_W1 | RIGHT_X1 | RIGHT_X0);
    vmap_free(&v);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_block, ROWS_OF(block_rows));
    rows_add_test(&all, "table pages", table_pages, NULL);
    rows_add_test(&all, "1 GB in two halves", gigabytes_in_halves, NULL);
    rows_add_test(&all, "2 MB whole", two_megabytes, NULL);
    rows_add_test(&all, "blocks never fill the walk cache", walk_cache_stays_empty, NULL);
    rows_add_test(&all, "bytes of DDR", ddr_sizes, NULL);
    rows_add_test(&all, "regions told", told, NULL);
    return rows_run(&all, "linux/bare_metal");
}
