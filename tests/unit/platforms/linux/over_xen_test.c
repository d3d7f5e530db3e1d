/* What comes of Linux's attributes over Xen's p2m types, cell by cell: by combining them, as `stagewalk merge` does,
 * and by a walk of both stages, a page that Linux maps so on a page that Xen maps so. */
#include "platforms/linux/linux_map.h"
#include "platforms/xen/p2m.h"
#include "tests/unit/platforms/linux/machine.h"

#include <stdio.h>

#define MB(n) ((uint64_t)(n) << 20)
#define TABLES_IPA 0x40200000ULL /* RAM that holds stage 1's tables */
#define TABLES_PA 0x60200000ULL
#define PAGE_IPA 0x48000000ULL /* what is mapped both ways */
#define PAGE_PA 0xA0000000ULL
#define STAGE2 0x70000000ULL
#define NAME_BYTES 112

static struct machine machine;

/* A kind of mapping of Linux's, and the type and shareability over each p2m type. Device memory is Outer Shareable
 * always; so is what is Non-cacheable [Arm: Tables D8-97, D8-98, D8-103]. */
struct attribute_row {
    const char *name;
    enum linux_prot prot;
    const char *preset;
    const char *cell[4];
};

static const struct {
    const char *name;
    enum p2m_type type;
} columns[4] = {
    { "ram_rw", P2M_RAM_RW },
    { "mmio_direct_c", P2M_MMIO_DIRECT_C },
    { "mmio_direct_dev", P2M_MMIO_DIRECT_DEV },
    { "mmio_direct_nc", P2M_MMIO_DIRECT_NC },
};

#define SIX "linux-6.1-48"
#define FOUR "linux-4.x-39"

#define WB_ISH "Normal-WB ish"
#define WB_OSH "Normal-WB osh"
#define WT_ISH "Normal-WT ish"
#define WT_OSH "Normal-WT osh"
#define NC_OSH "Normal-NC osh"
#define nGnRE "Device-nGnRE osh"
#define nGnRnE "Device-nGnRnE osh"
#define GRE "Device-GRE osh"

// clang-format off
static const struct attribute_row attribute_rows[] = {
    { "NORMAL 0xff",    PROT_KERNEL,      SIX,  { WB_ISH, WB_OSH, nGnRE,  NC_OSH } },
    { "NORMAL_NC 0x44", PROT_IOREMAP_WC,  SIX,  { NC_OSH, NC_OSH, nGnRE,  NC_OSH } },
    { "nGnRE 0x04",     PROT_IOREMAP,     SIX,  { nGnRE,  nGnRE,  nGnRE,  nGnRE } },
    { "nGnRnE 0x00",    PROT_IOREMAP_NP,  SIX,  { nGnRnE, nGnRnE, nGnRnE, nGnRnE } },
    { "NORMAL 0xff",    PROT_KERNEL,      FOUR, { WB_ISH, WB_OSH, nGnRE,  NC_OSH } },
    { "NORMAL_NC 0x44", PROT_IOREMAP_WC,  FOUR, { NC_OSH, NC_OSH, nGnRE,  NC_OSH } },
    { "nGnRE 0x04",     PROT_IOREMAP,     FOUR, { nGnRE,  nGnRE,  nGnRE,  nGnRE } },
    { "nGnRnE 0x00",    PROT_IOREMAP_NP,  FOUR, { nGnRnE, nGnRnE, nGnRnE, nGnRnE } },
    { "GRE 0x0c",       PROT_IOREMAP_GRE, FOUR, { GRE,    GRE,    nGnRE,  GRE } },
    { "WT 0xbb",        PROT_IOREMAP_WT,  FOUR, { WT_ISH, WT_OSH, nGnRE,  NC_OSH } },
};
// clang-format on

#define ATTRIBUTES (sizeof attribute_rows / sizeof *attribute_rows)

struct cell {
    const struct attribute_row *row;
    unsigned column;
    const char *xen, *want;
};

static char names[2 * 4 * 2 * ATTRIBUTES][NAME_BYTES];
static struct cell cells[2 * 4 * ATTRIBUTES];
static size_t cell_count, name_count;

static void assert_result(struct memattr got, const char *want)
{
    char text[64];

    snprintf(text, sizeof text, "%s %s", attr_name(got), attr_sh_name(got.sh));
    assert_string_equal(text, want);
}

/* Puts the one page into a map; *va is where. */
static void map_page(struct linux_map *m, const struct attribute_row *row, uint64_t *va)
{
    const struct linux_bank page = { PAGE_IPA, 0x1000 };

    linux_map_init(m, linux_preset_by_name(row->preset), &(struct linux_options){ .asid = 2 });
    assert_int_equal(linux_map_ioremap(m, row->prot, &page, va), LINUX_MAP_OK);
}

static void check_combined(void **state)
{
    const struct cell *c = *state;
    struct p2m_attr s2 = xen_preset_attr(xen_preset_by_name(c->xen), columns[c->column].type);
    struct linux_map m;
    struct memattr s1;
    uint64_t va;

    map_page(&m, c->row, &va);
    s1 = vmap_attr(&m.vmap, &m.vmap.region[0]);
    assert_result(attr_combine(s1, attr_decode_stage2(s2.memattr, s2.sh)), c->want);
    linux_map_free(&m);
}

/* The stage 2 of a domain: RAM for the tables, and the page as the column has it. */
static void start_stage2(const struct cell *c)
{
    const struct xen_preset *x = xen_preset_by_name(c->xen);
    struct p2m p;

    assert_int_equal(p2m_init(&p, x, STAGE2), P2M_OK);
    assert_int_equal(p2m_map(&p, TABLES_IPA, TABLES_PA, MB(2), P2M_RAM_RW), P2M_OK);
    assert_int_equal(p2m_map(&p, PAGE_IPA, PAGE_PA, 0x1000, columns[c->column].type), P2M_OK);
    machine_copy(&machine, STAGE2, p.page, p.count);
    mmu_write_sysreg(&machine.mmu, SYSREG_VTCR_EL2, x->vtcr_el2);
    mmu_write_sysreg(&machine.mmu, SYSREG_VTTBR_EL2, p2m_vttbr(&p, 2));
    mmu_write_sysreg(&machine.mmu, SYSREG_HCR_EL2, x->hcr_el2);
    p2m_free(&p);
}

/* Every fetch of the walk is of tables in RAM. */
static void assert_walks_cached(const struct cell *c)
{
    const char *sh = strcmp(c->xen, "seed") == 0 ? "osh" : "ish";

    for (unsigned i = 0; i < machine.x.steps.count; i++) {
        const struct step *s = &machine.x.steps.step[i];

        if (s->kind != STEP_FETCH || s->stage != 1)
            continue;
        assert_string_equal(attr_name(s->attr), "Normal-WB");
        assert_string_equal(attr_sh_name(s->attr.sh), sh);
    }
}

static void check_walk(void **state)
{
    const struct cell *c = *state;
    struct linux_map m;
    struct vmap_tables t;
    uint64_t va;

    map_page(&m, c->row, &va);
    assert_int_equal(vmap_build(&m.vmap, &t, TABLES_IPA, MB(2)), STAGE1_OK);
    machine_start(&machine);
    machine_copy(&machine, TABLES_PA, t.pool.page, t.pool.count);
    machine_registers(&machine, &m.vmap, &t, 1);
    start_stage2(c);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, va + 0x128), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_WALK);
    assert_int_equal(machine.x.ipa.v, PAGE_IPA + 0x128);
    assert_int_equal(machine.x.pa.v, PAGE_PA + 0x128);
    assert_result(machine.x.type.result, c->want);
    assert_walks_cached(c);
    assert_int_equal(machine_access(&machine, ACCESS_STORE, 1, va), FAULT_NONE);
    assert_result(machine.x.type.result, c->want);
    vmap_tables_free(&t);
    linux_map_free(&m);
}

/* Adds a cell both ways, under names that tell it whole. */
static void add_cell(struct rows *all, const struct attribute_row *row, unsigned column, const char *xen,
                     const char *want)
{
    static const struct {
        const char *how;
        CMUnitTestFunction check;
    } ways[2] = { { "merged", check_combined }, { "walked", check_walk } };
    struct cell *c = &cells[cell_count++];

    *c = (struct cell){ .row = row, .column = column, .xen = xen, .want = want };
    for (unsigned i = 0; i < 2; i++) {
        char *name = names[name_count++];

        snprintf(name, NAME_BYTES, "%s: %s of %s over %s of %s = %s", ways[i].how, row->name, row->preset,
                 columns[column].name, xen, want);
        rows_add_test(all, name, ways[i].check, c);
    }
}

/* With the words of Xilinx's page RAM is Outer Shareable; of the whole table only cached RAM changes. */
static const char *seed_cell(const char *cell, unsigned column)
{
    if (column != 0)
        return cell;
    return strcmp(cell, WB_ISH) == 0 ? WB_OSH : strcmp(cell, WT_ISH) == 0 ? WT_OSH : cell;
}

int main(void)
{
    static struct rows all;

    for (size_t i = 0; i < ATTRIBUTES; i++) {
        const struct attribute_row *row = &attribute_rows[i];

        for (unsigned column = 0; column < 4; column++) {
            add_cell(&all, row, column, strcmp(row->preset, SIX) == 0 ? "xen-4.17" : "xen-4.8.1", row->cell[column]);
            add_cell(&all, row, column, "seed", seed_cell(row->cell[column], column));
        }
    }
    return rows_run(&all, "linux/over_xen");
}
