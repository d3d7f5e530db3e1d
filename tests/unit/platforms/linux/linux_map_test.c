/* Where Linux maps what and in which leaves: for the image of the sample traces, exactly as the captured kernel has
 * it. */
#include "models/arch/perm.h"
#include "platforms/linux/linux_map.h"
#include "tests/unit/models/rows.h"

#define MB(n) ((uint64_t)(n) << 20)
#define RAM 0x40000000ULL
#define RAM_BYTES MB(128)
#define POOL 0x47000000ULL
#define CONTIGUOUS (1ULL << 52)

static struct linux_map m;
static struct vmap_tables t;

static void start(const char *preset, struct linux_options o)
{
    struct linux_image image = LINUX_IMAGE_USUAL;
    const struct linux_bank ram = { RAM, RAM_BYTES };

    memset(&m, POISON, sizeof m);
    image.ipa = RAM;
    linux_map_init(&m, linux_preset_by_name(preset), &o);
    assert_int_equal(linux_map_kernel(&m, &image), LINUX_MAP_OK);
    assert_int_equal(linux_map_ram(&m, &ram, 1), LINUX_MAP_OK);
}

static void build(void)
{
    assert_int_equal(vmap_build(&m.vmap, &t, POOL, MB(4)), STAGE1_OK);
    assert_null(t.failed);
}

static void stop(void)
{
    vmap_tables_free(&t);
    linux_map_free(&m);
}

/* Leaves of one kind in a row, as captured or by the rule. */
struct run_row {
    const char *name;
    const char *preset;
    uint64_t va, ipa;
    size_t leaves;
    unsigned level;
    uint64_t attributes;
    bool blocks; /* of the linear map */
};

// clang-format off
static const struct run_row run_rows[] = {
    { "captured: text, pages",       "linux-6.1-48", 0xFFFF800008010000, 0x40010000,  496, 3, 0x00D0000000000783, 0 },
    { "captured: text, blocks",      "linux-6.1-48", 0xFFFF800008200000, 0x40200000,    5, 2, 0x00C0000000000781, 0 },
    { "captured: text, last pages",  "linux-6.1-48", 0xFFFF800008C00000, 0x40C00000,  256, 3, 0x00D0000000000783, 0 },
    { "captured: rodata, pages",     "linux-6.1-48", 0xFFFF800008D00000, 0x40D00000,  256, 3, 0x00E0000000000783, 0 },
    { "captured: rodata, blocks",    "linux-6.1-48", 0xFFFF800008E00000, 0x40E00000,    4, 2, 0x00E0000000000781, 0 },
    { "captured: rodata, the end",   "linux-6.1-48", 0xFFFF800009600000, 0x41600000,   96, 3, 0x00E0000000000783, 0 },
    { "captured: data, pages",       "linux-6.1-48", 0xFFFF800009CB0000, 0x41CB0000,  336, 3, 0x00F8000000000703, 0 },
    { "captured: data, a block",     "linux-6.1-48", 0xFFFF800009E00000, 0x41E00000,    1, 2, 0x00E8000000000701, 0 },
    { "captured: data, the end",     "linux-6.1-48", 0xFFFF80000A000000, 0x42000000,   16, 3, 0x00F8000000000703, 0 },
    { "captured: alias, blocks",     "linux-6.1-48", 0xFFFF000000200000, 0x40200000,   10, 2, 0x00E0000000000781, 0 },
    { "captured: alias, the end",    "linux-6.1-48", 0xFFFF000001600000, 0x41600000,   96, 3, 0x00E0000000000783, 0 },
    { "captured: linear map behind", "linux-6.1-48", 0xFFFF000001660000, 0x41660000,  416, 3, 0x00E8000000000707, 0 },
    { "linear map, first pages",     "linux-6.1-48", 0xFFFF000000000000, 0x40000000,   16, 3, 0x00E8000000000707, 0 },
    { "linear map, all in pages",    "linux-6.1-48", 0xFFFF000001800000, 0x41800000, 1024, 3, 0x00E8000000000707, 0 },
    { "rodata=on: pages before",     "linux-6.1-48", 0xFFFF000001660000, 0x41660000,  416, 3, 0x00F8000000000707, 1 },
    { "rodata=on: blocks",           "linux-6.1-48", 0xFFFF000001800000, 0x41800000,    4, 2, 0x00E8000000000705, 1 },
    { "rodata=on: groups of blocks", "linux-6.1-48", 0xFFFF000002000000, 0x42000000,   48, 2, 0x00F8000000000705, 1 },
    { "39-bit text",                 "linux-6.1-39", 0xFFFFFFC008010000, 0x40010000,  496, 3, 0x00D0000000000783, 0 },
    { "39-bit linear map",           "linux-6.1-39", 0xFFFFFF8000000000, 0x40000000,   16, 3, 0x00E8000000000707, 0 },
    { "4.x text",                    "linux-4.x-39", 0xFFFFFF8008080000, 0x40080000,  384, 3, 0x00D0000000000793, 0 },
    { "4.x linear map, pages",       "linux-4.x-39", 0xFFFFFFC000000000, 0x40000000,  128, 3, 0x00F8000000000713, 0 },
    { "4.x linear map, blocks",      "linux-4.x-39", 0xFFFFFFC002000000, 0x42000000,   48, 2, 0x00F8000000000711, 0 },
    { "4.x 48-bit text",             "linux-4.x-48", 0xFFFF000008080000, 0x40080000,  384, 3, 0x00D0000000000793, 0 },
    { "4.x 48-bit linear map",       "linux-4.x-48", 0xFFFF800000000000, 0x40000000,  128, 3, 0x00F8000000000713, 0 },
};
// clang-format on

static void check_run(void **state)
{
    const struct run_row *row = *state;

    start(row->preset, (struct linux_options){ .linear_blocks = row->blocks });
    build();
    for (size_t i = 0; i < row->leaves; i++) {
        uint64_t step = i << (row->level == 2 ? 21 : 12);
        struct stage1_leaf leaf = stage1_find(&t.tree[TREE_UPPER], row->va + step);

        assert_int_equal(leaf.level, row->level);
        assert_int_equal(leaf.va, row->va + step);
        assert_int_equal(leaf.desc, (row->ipa + step) | row->attributes);
    }
    stop();
}

/* What is of use at boot alone, the image's head and guard pages are not mapped. */
static void holes(void **state)
{
    static const uint64_t va[] = { 0xFFFF800008000000, 0xFFFF800009660000, 0xFFFF800009CAF000, 0xFFFF80000A010000 };

    (void)state;
    start("linux-6.1-48", (struct linux_options){ 0 });
    build();
    for (size_t i = 0; i < sizeof va / sizeof *va; i++) {
        assert_int_equal(stage1_find(&t.tree[TREE_UPPER], va[i]).desc, 0);
        assert_null(vmap_find(&m.vmap, TREE_UPPER, va[i]));
    }
    stop();
}

/* The table that maps the alias of text stands under one of the linear map's own: who made a table named it. */
static void table_attributes(void **state)
{
    uint64_t root_entry, linear;

    (void)state;
    start("linux-6.1-48", (struct linux_options){ 0 });
    build();
    root_entry = t.pool.page[t.tree[TREE_UPPER].root][0];
    linear = t.pool.page[(size_t)((root_entry & 0xFFFFFFFFF000) - POOL) >> 12][0];
    assert_int_equal(root_entry >> 59, 3);
    assert_int_equal(linear >> 59, 3);
    assert_int_equal(t.pool.page[t.tree[TREE_UPPER].root][256] >> 59, 2);
    stop();
}

struct ioremap_row {
    const char *name;
    struct linux_bank what;
    uint64_t align;
    unsigned level;
};

// clang-format off
static const struct ioremap_row ioremap_rows[] = {
    { "UART: a page",                 { 0xFF000000, 0x1000 },   0x1000,     3 },
    { "GICD: 64 KB",                  { 0xF9010000, 0x10000 },  0x10000,    3 },
    { "12 KB: to the next power",     { 0xFF0E0000, 0x3000 },   0x4000,     3 },
    { "PL: 16 MB in blocks",          { 0xA0000000, MB(16) },   MB(16),     2 },
    { "PL: not aligned, in pages",    { 0xA0010000, MB(2) },    MB(2),      3 },
    { "PCIe: 1 GB",                   { 0x600000000, MB(1024) }, MB(1024),  1 },
    { "2 GB: aligned to 1 GB only",   { 0x600000000, MB(2048) }, MB(1024),  1 },
};
// clang-format on

static void check_ioremap(void **state)
{
    const struct ioremap_row *row = *state;
    uint64_t va, next;
    struct linux_bank page = { 0xFF010000, 0x1000 };
    struct stage1_leaf leaf;

    start("linux-6.1-48", (struct linux_options){ 0 });
    assert_int_equal(linux_map_ioremap(&m, PROT_IOREMAP, &row->what, &va), LINUX_MAP_OK);
    assert_int_equal(linux_map_ioremap(&m, PROT_IOREMAP, &page, &next), LINUX_MAP_OK);
    build();
    assert_true(va > 0xFFFF80000A010000);
    assert_int_equal(va % row->align, 0);
    assert_int_equal(next, va + row->what.bytes + 0x1000); /* behind a guard page */
    leaf = stage1_find(&t.tree[TREE_UPPER], va);
    assert_int_equal(leaf.level, row->level);
    assert_int_equal(leaf.desc, row->what.ipa | (row->level == 3 ? 0x0068000000000713 : 0x0068000000000711));
    assert_int_equal(stage1_find(&t.tree[TREE_UPPER], va + row->what.bytes).desc, 0);
    stop();
}

/* Regions can be told to people: attribute and rights are read back from what the leaf says. */
static void told(void **state)
{
    const struct linux_bank uart = { 0xFF000000, 0x1000 }, code = { RAM + MB(64), 0x4000 };
    const struct vmap_region *r;
    uint64_t va;

    (void)state;
    start("linux-6.1-48", (struct linux_options){ 0 });
    assert_int_equal(linux_map_ioremap(&m, PROT_IOREMAP, &uart, &va), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&m, PROT_USER_TEXT, &code, 0x400000), LINUX_MAP_OK);
    r = vmap_find(&m.vmap, TREE_UPPER, va);
    assert_string_equal(r->name, "ioremap 0xff000000");
    assert_string_equal(r->prot, "PROT_DEVICE_nGnRE");
    assert_string_equal(attr_name(vmap_attr(&m.vmap, r)), "Device-nGnRE");
    assert_int_equal(vmap_rights(&m.vmap, r), RIGHT_R1 | RIGHT_W1);
    r = vmap_find(&m.vmap, TREE_LOWER, 0x403FFF);
    assert_string_equal(r->name, "process");
    assert_int_equal(vmap_rights(&m.vmap, r), RIGHT_R0 | RIGHT_X0 | RIGHT_R1);
    r = vmap_find(&m.vmap, TREE_UPPER, 0xFFFF800008010000);
    assert_string_equal(r->name, "kernel text");
    assert_string_equal(r->source, "Linux: mmu.c map_kernel");
    assert_string_equal(attr_name(vmap_attr(&m.vmap, r)), "Normal-WB");
    assert_string_equal(attr_sh_name(vmap_attr(&m.vmap, r).sh), "ish");
    assert_int_equal(vmap_rights(&m.vmap, r), RIGHT_R1 | RIGHT_X1);
    assert_null(vmap_find(&m.vmap, TREE_LOWER, 0x404000));
    assert_string_equal(vmap_tree_name(TREE_TRAMPOLINE), "trampoline");
    linux_map_free(&m);
}

static void several_banks(void **state)
{
    const struct linux_bank ram[] = { { RAM, MB(64) }, { 0x800000000, MB(32) } };

    (void)state;
    start("linux-6.1-48", (struct linux_options){ 0 });
    linux_map_free(&m);
    linux_map_init(&m, linux_preset_by_name("linux-6.1-48"), &(struct linux_options){ 0 });
    assert_int_equal(linux_map_ram(&m, ram, 2), LINUX_MAP_OK);
    build();
    assert_int_equal(linux_map_linear_va(&m, 0x800000000), 0xFFFF0007C0000000);
    assert_int_equal(stage1_find(&t.tree[TREE_UPPER], 0xFFFF0007C0000000).desc, 0x800000000 | 0x00E8000000000707);
    assert_int_equal(linux_map_ram(&m, ram, LINUX_BANKS_MAX + 1), LINUX_MAP_FULL);
    stop();
}

/* A region that overlaps, or is of another half, is named. */
static void refused(void **state)
{
    const struct linux_bank what = { RAM + MB(64), 0x1000 };

    (void)state;
    start("linux-6.1-39", (struct linux_options){ 0 });
    assert_int_equal(linux_map_user(&m, PROT_USER, &what, 0x1000), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&m, PROT_USER, &what, 0x1000), LINUX_MAP_OK);
    assert_int_equal(vmap_build(&m.vmap, &t, POOL, MB(4)), STAGE1_OVERLAP);
    assert_ptr_equal(t.failed, &m.vmap.region[m.vmap.count - 1]);
    vmap_tables_free(&t);
    m.vmap.region[m.vmap.count - 1].va = 1ULL << 39;
    assert_int_equal(vmap_build(&m.vmap, &t, POOL, MB(4)), STAGE1_OUTSIDE);
    vmap_tables_free(&t);
    assert_int_equal(vmap_build(&m.vmap, &t, POOL, 0x4000), STAGE1_POOL_FULL);
    stop();
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_run, ROWS_OF(run_rows));
    rows_add(&all, check_ioremap, ROWS_OF(ioremap_rows));
    rows_add_test(&all, "holes", holes, NULL);
    rows_add_test(&all, "attributes of tables", table_attributes, NULL);
    rows_add_test(&all, "regions told", told, NULL);
    rows_add_test(&all, "several banks", several_banks, NULL);
    rows_add_test(&all, "what is refused", refused, NULL);
    return rows_run(&all, "linux/linux_map");
}
