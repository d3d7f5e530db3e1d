/* A machine over a snapshot: what is read from the file, what is written in front of it, which registers are known and
 * from where, and what the tables in it map. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/snapshot_made.h"
#include "tests/unit/traces/trace_fixture.h"

#include "platforms/linux/linux_map.h"
#include "platforms/zynqmp/params.h"
#include "sim/map/table_leaves.h"
#include "sim/snapshot/snapshot_state.h"

static struct elf_made made;
static struct snapshot_state state_of;
static struct config config;

/* A machine over what has been made. */
static struct machine *over(void)
{
    static struct fixture_file f; /* messages name its path later */
    struct trace_error err;
    struct machine *m;

    f = fixture_file(made.bytes, made.count);
    params_default(&config);
    m = machine_new(&config);
    if (!snapshot_state_read(&state_of, m, f.path, &err))
        fail_msg("%s", err.text);
    fixture_close(f);
    return m;
}

static uint64_t word_at(struct machine *m, uint64_t pa)
{
    const struct mem_port *port = &m->cluster.core[3].mmu.mem;
    uint64_t word;

    assert_true(mem_read64(port, PA(pa), &word));
    return word;
}

/* ---- Memory ---- */

static void written_in_front(void **state)
{
    struct machine *m;
    uint64_t table[MADE_TABLE_BYTES / 8];

    (void)state;
    made_tables(table);
    made_image(&made);
    m = over();
    assert_true(machine_holds(m, PA(MADE_TABLES)));
    assert_false(machine_holds(m, PA(0x40300000)));
    assert_int_equal(word_at(m, MADE_TABLES), table[0]);
    assert_null(machine_write64(m, PA(MADE_TABLES + 8), 0x1234));
    assert_int_equal(word_at(m, MADE_TABLES), table[0]); /* the rest of the page has come along */
    assert_int_equal(word_at(m, MADE_TABLES + 8), 0x1234);
    assert_int_equal(m->phys.count, 1);
    assert_null(machine_write64(m, PA(0x50000000), 7));
    assert_int_equal(word_at(m, 0x50000000), 7);
    assert_int_equal(word_at(m, 0x50000008), 0);
    assert_int_equal(m->phys.absent_reads, 0);
    assert_int_equal(word_at(m, 0x60000000), 0);
    assert_int_equal(m->phys.absent_reads, 1);
    machine_restart(m, &config); /* keeps memory */
    assert_int_equal(word_at(m, MADE_TABLES), table[0]);
    machine_reset(m, &config); /* forgets it */
    assert_int_equal(word_at(m, MADE_TABLES), 0);
    machine_free(m);
}

static void zeroed(void **state)
{
    struct machine *m;
    uint64_t table[MADE_TABLE_BYTES / 8];

    (void)state;
    made_tables(table);
    made_image(&made);
    m = over();
    assert_null(machine_zero(m, PA(MADE_TABLES + 0x1208), 0xDF8)); /* up to the end of the second page */
    assert_int_equal(word_at(m, MADE_TABLES + 0x1200), table[512 + 64]);
    assert_int_equal(word_at(m, MADE_TABLES + 0x1208), 0);
    assert_int_equal(word_at(m, MADE_TABLES + 0x2000), table[1024]);
    assert_null(machine_zero(m, PA(MADE_TABLES), 0x40000000));
    assert_int_equal(word_at(m, MADE_TABLES + 0x2000), 0);
    assert_non_null(machine_zero(m, PA(0), 0x40000008));
    machine_free(m);
}

/* More pages than are kept: each is still what the file has. */
static void many_pages(void **state)
{
    static uint64_t page[2][512];
    struct machine *m;

    (void)state;
    page[0][0] = 1;
    page[1][0] = 2;
    made_begin(&made, ET_EXEC, EM_AARCH64);
    made_segment(&made, PT_LOAD, 0x1000, page[0], 4096, 4096);
    made_segment(&made, PT_LOAD, 0x1000 + 4096 * BACKING_PAGES, page[1], 4096, 4096);
    made_end(&made);
    m = over();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(word_at(m, 0x1000), 1);
        assert_int_equal(word_at(m, 0x1000 + 4096 * BACKING_PAGES), 2);
    }
    machine_free(m);
}

static void moved(void **state)
{
    struct machine *m;
    uint64_t table[MADE_TABLE_BYTES / 8];

    (void)state;
    made_tables(table);
    made_xen(&made);
    m = over();
    assert_true(backing_move(m->backing, 0x40000000, 0x800000000, 0x81000));
    assert_true(backing_move(m->backing, 0x40081000, 0x900000000, 0x1000));
    assert_int_equal(word_at(m, 0x800080000), table[0]);
    assert_int_equal(word_at(m, 0x900000000 + 0x200), table[512 + 64]);
    assert_int_equal(word_at(m, 0x800082000), 0);
    assert_int_equal(word_at(m, MADE_TABLES), 0);
    assert_false(machine_holds(m, PA(MADE_TABLES)));
    for (unsigned i = 2; i < BACKING_MOVES_MAX; i++)
        assert_true(backing_move(m->backing, 0, 0, 0));
    assert_false(backing_move(m->backing, 0, 0, 0));
    machine_free(m);
}

/* ---- Registers ---- */

static const struct info_row {
    const char *name, *info;
    uint64_t ttbr1, tcr, mair; /* 0: not known */
    const char *refused;
} info_rows[] = {
    { "6.1, 39 bits", MADE_KERNEL_INFO, 0x40080000, 0x72B5593519, 0x40044FFFF, NULL },
    { "4.19, 48 bits, before TCR_EL1_T1SZ",
      "OSRELEASE=4.19.0\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=ffff000009080000\nNUMBER(VA_BITS)=48\n"
      "NUMBER(kimage_voffset)=0xfffeffffc9000000\n",
      0x40080000, 0x32B5103510, 0xBBFF440C0400, NULL },
    { "64 KB pages",
      "PAGESIZE=65536\nSYMBOL(swapper_pg_dir)=ffff000009080000\nNUMBER(VA_BITS)=48\n"
      "NUMBER(kimage_voffset)=0xfffeffffc9000000",
      0x40080000, 0x72F5507510, 0x40044FFFF, NULL },
    { "16 KB pages",
      "PAGESIZE=16384\nSYMBOL(swapper_pg_dir)=ffff000009080000\nNUMBER(VA_BITS)=48\n"
      "NUMBER(kimage_voffset)=0xfffeffffc9000000\n",
      0, 0, 0, "PAGESIZE=16384, but the A53 has pages of 4 KB and 64 KB" },
    { "no kimage_voffset", "SYMBOL(swapper_pg_dir)=ffff000009080000\nNUMBER(VA_BITS)=48\n", 0, 0, 0, NULL },
    { "no size", "SYMBOL(swapper_pg_dir)=ffff000009080000\nNUMBER(kimage_voffset)=0xfffeffffc9000000\n", 0, 0, 0,
      NULL },
    { "no place", "SYMBOL(swapper_pg_dir)=ffff000009080000\nNUMBER(VA_BITS)=48\nNUMBER(kimage_voffset)=0x1\n", 0, 0, 0,
      "no place and size of tables" },
    { "no text at all", "", 0, 0, 0, NULL },
};

static void check_info(void **state)
{
    const struct info_row *row = *state;
    struct fixture_file f;
    struct trace_error err;
    struct machine *m;
    const uint64_t *v;

    made_core(&made, row->info);
    params_default(&config);
    m = machine_new(&config);
    f = fixture_file(made.bytes, made.count);
    assert_int_equal(snapshot_state_read(&state_of, m, f.path, &err), row->refused == NULL);
    if (row->refused && !strstr(err.text, row->refused))
        fail_msg("not '%s' in: %s", row->refused, err.text);
    v = m->cluster.core[2].mmu.regs.v;
    assert_int_equal(v[SYSREG_TTBR1_EL1], row->ttbr1);
    assert_int_equal(v[SYSREG_TCR_EL1], row->tcr);
    assert_int_equal(v[SYSREG_MAIR_EL1], row->mair);
    assert_int_equal(state_of.known[2][SYSREG_TTBR1_EL1], row->ttbr1 != 0);
    fixture_close(f);
    machine_free(m);
}

static void user_has_the_last_word(void **state)
{
    static const char *const regs[] = { "TTBR1_EL1=0x1000", "MAIR_EL1=0xff", NULL };
    struct access a = { .va = VA(MADE_KERNEL), .el = 1 };
    struct trace_error err;
    struct machine *m;

    (void)state;
    made_xen(&made);
    m = over();
    assert_true(snapshot_state_finish(&state_of, regs, &err));
    assert_int_equal(m->cluster.core[0].mmu.regs.v[SYSREG_TTBR1_EL1], 0x1000);
    assert_int_equal(m->cluster.core[0].mmu.regs.v[SYSREG_MAIR_EL1], 0xFF);
    assert_int_equal(m->cluster.core[0].mmu.regs.v[SYSREG_SCTLR_EL1], 0x34D5D91D);
    assert_int_equal(m->cluster.core[1].mmu.regs.v[SYSREG_SCTLR_EL1], 0x1005); /* this one's is assumed */
    assert_true(snapshot_state_serves(&state_of, 0, &a, &err));
    assert_false(snapshot_state_serves(&state_of, 1, &a, &err));
    assert_non_null(strstr(err.text, "--reg TCR_EL1=0x..."));
    assert_null(strstr(err.text, "--reg TTBR1_EL1=0x..."));
    machine_free(m);
}

/* ---- Leaves ---- */

struct seen {
    uint64_t bytes, leaves, end;
    const struct linux_map *map;
};

/* Each leaf is what the region of Linux's map says that was made a table. */
static bool compare(void *context, const struct table_leaf *l)
{
    struct seen *s = context;
    const struct vmap_region *r = vmap_find(&s->map->vmap, l->va >> 63 ? TREE_UPPER : TREE_LOWER, l->va);
    struct memattr attr;
    unsigned rights;

    assert_non_null(r);
    assert_true(l->va >= s->end);
    s->end = l->va + l->bytes - 1;
    assert_int_equal(l->fault, FAULT_NONE);
    assert_int_equal(l->ipa, r->ipa + (l->va - r->va));
    assert_int_equal(l->pa, l->ipa);
    assert_true(l->va + l->bytes - r->va <= r->bytes);
    attr = vmap_attr(&s->map->vmap, r);
    assert_int_equal(l->s1.attr, attr.attr);
    rights = perm_rights_el10(l->perm_s1, false);
    assert_int_equal(rights, vmap_rights(&s->map->vmap, r));
    s->bytes += l->bytes;
    s->leaves++;
    return true;
}

static void linux_tables(void **state)
{
    static const struct linux_bank ram = { 0x40000000, 128 << 20 }, device = { 0xFF000000, 0x3000 };
    static const struct linux_bank code = { 0x44000000, 0x5000 };
    struct linux_image image = LINUX_IMAGE_USUAL;
    const struct linux_options o = { .without_mte = true };
    struct linux_map map;
    struct vmap_tables tables;
    struct vmap_register reg[VMAP_REGISTERS];
    struct seen seen = { .map = &map };
    struct machine *m;
    uint64_t va, bytes = 0;

    (void)state;
    params_default(&config);
    m = machine_new(&config);
    image.ipa = ram.ipa;
    linux_map_init(&map, linux_preset_by_name("linux-6.1-48"), &o);
    assert_int_equal(linux_map_kernel(&map, &image), LINUX_MAP_OK);
    assert_int_equal(linux_map_ram(&map, &ram, 1), LINUX_MAP_OK);
    assert_int_equal(linux_map_ioremap(&map, PROT_IOREMAP, &device, &va), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&map, PROT_USER_TEXT, &code, 0x400000), LINUX_MAP_OK);
    assert_int_equal(vmap_build(&map.vmap, &tables, 0x47000000, 4 << 20), STAGE1_OK);
    for (size_t i = 0; i < tables.pool.count; i++)
        assert_null(machine_write_page(m, PA(0x47000000 + 0x1000 * i), tables.pool.page[i]));
    vmap_registers(&map.vmap, &tables, 1, reg);
    for (unsigned i = 0; i < VMAP_REGISTERS; i++)
        mmu_write_sysreg(&m->cluster.core[0].mmu, (enum sysreg)reg[i].reg, reg[i].value);
    for (unsigned half = 0; half < 2; half++) {
        struct table_leaves t = { &m->cluster.core[0].mmu, REGIME_EL10, half, TABLE_WALKS_MAX };

        assert_true(table_leaves_each(&t, compare, &seen));
        t.walks_max = 3;
        assert_false(table_leaves_each(&t, compare, &(struct seen){ .map = &map }));
    }
    for (size_t i = 0; i < map.vmap.count; i++)
        bytes += map.vmap.region[i].tree == TREE_TRAMPOLINE ? 0 : map.vmap.region[i].bytes;
    assert_int_equal(seen.bytes, bytes);
    vmap_tables_free(&tables);
    linux_map_free(&map);
    machine_free(m);
}

static bool count_leaf(void *context, const struct table_leaf *l)
{
    uint64_t *n = context;

    assert_true(l->bytes > 0);
    return ++*n < 5000;
}

/* A table that is its own next table maps without end: the walks are counted. */
static void circle(void **state)
{
    struct table_leaves t = { .regime = REGIME_EL10, .walks_max = 100000 };
    struct machine *m;
    uint64_t n = 0;

    (void)state;
    params_default(&config);
    m = machine_new(&config);
    for (uint64_t i = 0; i < 512; i++)
        assert_null(machine_write64(m, PA(0x1000 + 8 * i), 0x1403));
    mmu_write_sysreg(&m->cluster.core[0].mmu, SYSREG_TTBR0_EL1, 0x1000);
    mmu_write_sysreg(&m->cluster.core[0].mmu, SYSREG_TCR_EL1, 0x200803510);
    mmu_write_sysreg(&m->cluster.core[0].mmu, SYSREG_SCTLR_EL1, 0x1005);
    t.mmu = &m->cluster.core[0].mmu;
    assert_true(table_leaves_each(&t, count_leaf, &n)); /* the handler has had enough */
    assert_int_equal(n, 5000);
    t.walks_max = 4000;
    n = 0;
    assert_false(table_leaves_each(&t, count_leaf, &n));
    assert_int_equal(n, 4000);
    machine_free(m);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "what is written is in front", written_in_front, NULL);
    rows_add_test(&all, "zeroed", zeroed, NULL);
    rows_add_test(&all, "more pages than are kept", many_pages, NULL);
    rows_add_test(&all, "moved", moved, NULL);
    rows_add(&all, check_info, ROWS_OF(info_rows));
    rows_add_test(&all, "the user has the last word", user_has_the_last_word, NULL);
    rows_add_test(&all, "leaves of Linux's tables", linux_tables, NULL);
    rows_add_test(&all, "a circle", circle, NULL);
    return rows_run(&all, "sim/snapshot_state");
}
