/* What comes of Linux's attributes over Xen's, cell by cell, as the program tells it: `stagewalk merge` of the words
 * that both write, and `stagewalk explain` of a script in which Linux maps a page so that a version of Xen has mapped
 * so. */
#include "tests/temp_file.h"
#include "tests/unit/platforms/xen/tree_fixture.h"
#include "tests/unit/sim/capture.h"

#include "models/arch/ttw.h"
#include "platforms/linux/linux_map.h"
#include "sim/commands.h"
#include "sim/map/map_view.h"
#include "sim/map/world_words.h"

#include <inttypes.h>
#include <jansson.h>

#define MB(n) ((uint64_t)(n) << 20)
#define WORDS_BYTES 512
#define NAME_BYTES 128

/* Who has such pages. 4.17 has no Non-cacheable ones: they are 4.8.0's, of an mmio-sram of its dom0. */
static const struct column {
    const char *name, *words;
    enum p2m_type type;
} columns[] = {
    { "ram_rw of 4.17", "xen=xen-4.17 config=platforms/xen/examples/shared-page.cfg", P2M_RAM_RW },
    { "mmio_direct_c of 4.17", "xen=xen-4.17 domain=dom0", P2M_MMIO_DIRECT_C },
    { "mmio_direct_dev of 4.17", "xen=xen-4.17 config=platforms/xen/examples/shared-page.cfg", P2M_MMIO_DIRECT_DEV },
    { "mmio_direct_nc of 4.8.0", "xen=xen-4.8.0 domain=dom0 dtb=%s", P2M_MMIO_DIRECT_NC },
    { "ram_rw of Xilinx's words", "xen=seed config=platforms/xen/examples/shared-page.cfg", P2M_RAM_RW },
};

#define COLUMNS (sizeof columns / sizeof *columns)

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
static const struct attribute_row {
    const char *name;
    enum linux_prot prot;
    const char *preset;
    const char *cell[COLUMNS];
} attribute_rows[] = {
    { "NORMAL 0xff",    PROT_KERNEL,      SIX,  { WB_ISH, WB_OSH, nGnRE,  NC_OSH, WB_OSH } },
    { "NORMAL_NC 0x44", PROT_IOREMAP_WC,  SIX,  { NC_OSH, NC_OSH, nGnRE,  NC_OSH, NC_OSH } },
    { "nGnRE 0x04",     PROT_IOREMAP,     SIX,  { nGnRE,  nGnRE,  nGnRE,  nGnRE,  nGnRE } },
    { "nGnRnE 0x00",    PROT_IOREMAP_NP,  SIX,  { nGnRnE, nGnRnE, nGnRnE, nGnRnE, nGnRnE } },
    { "NORMAL 0xff",    PROT_KERNEL,      FOUR, { WB_ISH, WB_OSH, nGnRE,  NC_OSH, WB_OSH } },
    { "NORMAL_NC 0x44", PROT_IOREMAP_WC,  FOUR, { NC_OSH, NC_OSH, nGnRE,  NC_OSH, NC_OSH } },
    { "nGnRE 0x04",     PROT_IOREMAP,     FOUR, { nGnRE,  nGnRE,  nGnRE,  nGnRE,  nGnRE } },
    { "nGnRnE 0x00",    PROT_IOREMAP_NP,  FOUR, { nGnRnE, nGnRnE, nGnRnE, nGnRnE, nGnRnE } },
    { "GRE 0x0c",       PROT_IOREMAP_GRE, FOUR, { GRE,    GRE,    nGnRE,  GRE,    GRE } },
    { "WT 0xbb",        PROT_IOREMAP_WT,  FOUR, { WT_ISH, WT_OSH, nGnRE,  NC_OSH, WT_OSH } },
};
// clang-format on

#define ATTRIBUTES (sizeof attribute_rows / sizeof *attribute_rows)

struct cell {
    const struct attribute_row *row;
    const struct column *column;
    const char *want;
};

static struct cell cells[ATTRIBUTES * COLUMNS];
static char names[2 * ATTRIBUTES * COLUMNS][NAME_BYTES];
static char board_path[TEMP_PATH_BYTES];

/* A board with an mmio-sram, written once. */
static void write_board(void)
{
    static struct tree t;
    struct dtree blob;
    FILE *f;

    tree_begin(&t);
    tree_text(&t, "compatible", "xlnx,zynqmp");
    tree_cell(&t, "#address-cells", 1);
    tree_cell(&t, "#size-cells", 1);
    tree_node(&t, "memory@0");
    tree_text(&t, "device_type", "memory");
    tree_list(&t, "reg", &(struct tree_cells){ 2, { 0, 0x7FF00000 } });
    tree_end_node(&t);
    tree_node(&t, "interrupt-controller@f9010000");
    tree_text(&t, "compatible", "arm,gic-400");
    tree_cell(&t, "#interrupt-cells", 3);
    tree_list(&t, "reg",
              &(struct tree_cells){
                  8, { 0xF9010000, 0x10000, 0xF9020000, 0x20000, 0xF9040000, 0x20000, 0xF9060000, 0x20000 } });
    tree_end_node(&t);
    tree_node(&t, "sram@fffc0000");
    tree_text(&t, "compatible", "mmio-sram");
    tree_list(&t, "reg", &(struct tree_cells){ 2, { 0xFFFC0000, 0x40000 } });
    tree_end_node(&t);
    blob = tree_end(&t, "board.dtb");
    f = temp_stream(board_path);
    assert_non_null(f);
    assert_int_equal(fwrite(blob.blob, 1, blob.bytes, f), blob.bytes);
    assert_int_equal(fclose(f), 0);
}

static void column_words(const struct column *c, char words[WORDS_BYTES])
{
    const char *path = strstr(c->words, "%s");

    snprintf(words, WORDS_BYTES, "%.*s%s", path ? (int)(path - c->words) : WORDS_BYTES - 1, c->words,
             path ? board_path : "");
}

/* The domain of a column, as a script will have it too. */
static struct world *open_world(const struct column *c)
{
    struct world *w = calloc(1, sizeof *w);
    char words[WORDS_BYTES], why[256];
    struct trace_error problem = { "" };
    struct world_request q;
    bool asked;

    assert_non_null(w);
    column_words(c, words);
    assert_null(world_words_parse(words, &q, &asked, why, sizeof why));
    assert_true(asked);
    if (!world_open(w, &q, &problem))
        fail_msg("%s", problem.text);
    return w;
}

static void close_world(struct world *w)
{
    world_close(w);
    free(w);
}

/* Finds where the domain has so much of a p2m type. */
static uint64_t find_ipa(const struct world *w, enum p2m_type type, uint64_t bytes)
{
    const struct xen_domain *d = &w->asked->map;

    for (size_t i = 0; i < d->count; i++) {
        if (d->region[i].type == type && d->region[i].bytes >= bytes)
            return d->region[i].ipa;
    }
    fail_msg("%s has nothing of %s", d->name, p2m_type_name(type));
    return 0;
}

static void map_page(struct linux_map *m, const struct attribute_row *row, uint64_t ipa, uint64_t *va)
{
    linux_map_init(m, linux_preset_by_name(row->preset), &(struct linux_options){ .asid = 2 });
    assert_int_equal(linux_map_ioremap(m, row->prot, &(struct linux_bank){ ipa, 0x1000 }, va), LINUX_MAP_OK);
}

/* Both commands have an object "result" with type and sh. */
static void assert_result(struct capture_result *r, const char *want)
{
    json_t *root = json_loads(r->out, 0, NULL);
    const char *type, *sh;
    char got[64];

    assert_string_equal(r->err, "");
    assert_int_equal(r->status, 0);
    assert_int_equal(json_unpack(root, "{s:{s:s, s:s}}", "result", "type", &type, "sh", &sh), 0);
    snprintf(got, sizeof got, "%s %s", type, sh);
    assert_string_equal(got, want);
    json_decref(root);
    capture_free(r);
}

/* The words: stage 1's byte of MAIR_EL1 and SH of Linux's leaf; stage 2's MemAttr and SH of the leaf that Xen's tables
 * have at the page. */
static void check_merge(void **state)
{
    static const char *const sh[] = { "nsh", "0b01", "osh", "ish" };
    const struct cell *c = *state;
    struct world *w = open_world(c->column);
    uint64_t ipa = find_ipa(w, c->column->type, 0x1000), leaf2 = p2m_find(&w->asked->p2m, ipa).desc, leaf1, va;
    struct capture_result r;
    struct linux_map m;
    char line[128];

    map_page(&m, c->row, ipa, &va);
    leaf1 = m.vmap.region[0].leaf;
    snprintf(line, sizeof line, "merge --json - 0x%02x/%s 0x%x/%s",
             (unsigned)(m.vmap.mair_el1 >> 8 * bits(leaf1, DESC_AttrIndx) & 0xFF), sh[bits(leaf1, DESC_SH)],
             (unsigned)bits(leaf2, DESC_MemAttr), sh[bits(leaf2, DESC_SH)]);
    assert_non_null(strstr(line, strrchr(c->row->name, ' ') + 1));
    linux_map_free(&m);
    close_world(w);
    r = capture_command(cmd_merge, line);
    assert_result(&r, c->want);
}

/* Linux's tables as statements of a script: the words that are not 0. */
static void write_tables(FILE *f, const struct world *w, const struct vmap_tables *t)
{
    for (size_t i = 0; i < t->pool.count; i++) {
        uint64_t ipa = t->pool.base + 0x1000 * i;
        struct map_stretch s = map_stretch_at(&w->asked->p2m, ipa, ipa + 0x1000);

        assert_true(s.mapped);
        for (unsigned word = 0; word < STAGE1_PAGE_WORDS; word++) {
            if (t->pool.page[i][word])
                fprintf(f, "mem 0x%" PRIx64 " 0x%" PRIx64 "\n", s.pa + 8 * (uint64_t)word, t->pool.page[i][word]);
        }
    }
}

/* Writes a script that Linux's page stands in. Returns its VA. */
static uint64_t write_script(const struct cell *c, FILE *f)
{
    struct world *w = open_world(c->column);
    uint64_t ipa = find_ipa(w, c->column->type, 0x1000), tables = find_ipa(w, P2M_RAM_RW, MB(64)) + MB(32), va;
    struct vmap_register reg[VMAP_REGISTERS];
    char words[WORDS_BYTES];
    struct vmap_tables t;
    struct linux_map m;

    map_page(&m, c->row, ipa, &va);
    assert_int_equal(vmap_build(&m.vmap, &t, tables, MB(2)), STAGE1_OK);
    column_words(c->column, words);
    fprintf(f, "platform zynqmp %s\n", words);
    write_tables(f, w, &t);
    vmap_registers(&m.vmap, &t, 1, reg);
    for (unsigned i = 0; i < VMAP_REGISTERS; i++)
        fprintf(f, "reg %s 0x%" PRIx64 "\n", sysreg_name((enum sysreg)reg[i].reg), reg[i].value);
    vmap_tables_free(&t);
    linux_map_free(&m);
    close_world(w);
    return va;
}

static void check_explain(void **state)
{
    const struct cell *c = *state;
    char path[TEMP_PATH_BYTES], line[256];
    FILE *f = temp_stream(path);
    struct capture_result r;
    uint64_t va;

    assert_non_null(f);
    va = write_script(c, f);
    assert_int_equal(fclose(f), 0);
    snprintf(line, sizeof line, "explain --json - %s 0x%" PRIx64, path, va);
    r = capture_command(cmd_explain, line);
    unlink(path);
    assert_result(&r, c->want);
}

static void add_cell(struct rows *all, size_t i, const struct cell *c)
{
    cells[i] = *c;
    snprintf(names[2 * i], NAME_BYTES, "merge: %s of %s over %s = %s", c->row->name, c->row->preset, c->column->name,
             c->want);
    snprintf(names[2 * i + 1], NAME_BYTES, "explain: %s of %s over %s = %s", c->row->name, c->row->preset,
             c->column->name, c->want);
    rows_add_test(all, names[2 * i], check_merge, &cells[i]);
    rows_add_test(all, names[2 * i + 1], check_explain, &cells[i]);
}

int main(void)
{
    static struct rows all;
    int status;

    write_board();
    for (size_t i = 0; i < ATTRIBUTES * COLUMNS; i++) {
        const struct attribute_row *row = &attribute_rows[i / COLUMNS];
        const struct column *column = &columns[i % COLUMNS];

        add_cell(&all, i, &(struct cell){ row, column, row->cell[i % COLUMNS] });
    }
    status = rows_run(&all, "sim/Linux by Xen");
    unlink(board_path);
    return status;
}
