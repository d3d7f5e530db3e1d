/* Domains of a device tree in a world: who is built, where their RAM lies, what is passed, who is asked about; and what
 * is refused. `stagewalk map` tells them. */
#include "tests/temp_file.h"
#include "tests/unit/platforms/xen/tree_fixture.h"
#include "tests/unit/sim/capture.h"

#include "sim/commands.h"
#include "sim/map/world.h"

#include <unistd.h>

#define GUEST "platforms/xen/examples/shared-page.cfg"
#define STATIC_BASE 0x30000000u
#define STATIC_BYTES 0x10000000u

static char board[TEMP_PATH_BYTES], devices[TEMP_PATH_BYTES];

static void write_blob(char path[TEMP_PATH_BYTES], const struct dtree *t)
{
    FILE *f = temp_stream(path);

    assert_non_null(f);
    assert_int_equal(fwrite(t->blob, 1, t->bytes, f), t->bytes);
    assert_int_equal(fclose(f), 0);
}

static void add_domain(struct tree *t, const char *name, uint32_t kb)
{
    tree_node(t, name);
    tree_text(t, "compatible", "xen,domain");
    tree_list(t, "memory", &(struct tree_cells){ 2, { 0, kb } });
    tree_cell(t, "cpus", 1);
}

/* domU1 has a module of devices, domU2 RAM of its own at a base, mapped directly. */
static void add_domains(struct tree *t, uint32_t static_base)
{
    tree_node(t, "chosen");
    tree_cell(t, "#address-cells", 1);
    tree_cell(t, "#size-cells", 1);
    add_domain(t, "domU1", 128 << 10);
    tree_node(t, "module@43000000");
    tree_text(t, "compatible", "multiboot,device-tree");
    tree_end_node(t);
    tree_end_node(t);
    add_domain(t, "domU2", STATIC_BYTES >> 10);
    tree_flag(t, "direct-map");
    tree_list(t, "xen,static-mem", &(struct tree_cells){ 2, { static_base, STATIC_BYTES } });
    tree_end_node(t);
    tree_end_node(t);
}

static void write_board(uint32_t static_base)
{
    static struct tree t;
    struct dtree blob;

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
    add_domains(&t, static_base);
    blob = tree_end(&t, "board.dtb");
    write_blob(board, &blob);
}

static void write_devices(void)
{
    static struct tree t;
    struct dtree blob;

    tree_begin(&t);
    tree_node(&t, "passthrough");
    tree_cell(&t, "#address-cells", 1);
    tree_cell(&t, "#size-cells", 1);
    tree_node(&t, "serial@ff010000");
    tree_text(&t, "xen,path", "/axi/serial@ff010000");
    tree_list(&t, "xen,reg", &(struct tree_cells){ 3, { 0xFF010000, 0x1000, 0x10000000 } });
    tree_end_node(&t);
    tree_end_node(&t);
    blob = tree_end(&t, "devices.dtb");
    write_blob(devices, &blob);
}

/* BOARD and DEVICES stand for the files. */
static void fill_in(const char *line, char out[512])
{
    static const struct {
        const char *word, *path;
    } files[] = { { "BOARD", board }, { "DEVICES", devices } };
    size_t at = 0;

    while (*line && at < 400) {
        bool found = false;

        for (size_t i = 0; i < 2 && !found; i++) {
            size_t length = strlen(files[i].word);

            found = strncmp(line, files[i].word, length) == 0;
            if (found) {
                at += (size_t)snprintf(out + at, 512 - at, "%s", files[i].path);
                line += length;
            }
        }
        if (!found)
            out[at++] = *line++;
    }
    out[at] = '\0';
}

static const struct row {
    const char *name; /* the command line */
    int status;
    const char *out, *err;
} rows[] = {
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain list", 0,
      "domU1                               2    128 MB       4  Xen, of the device tree\n"
      "domU2                               3    256 MB       4  Xen, of the device tree\n",
      "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain list --json -", 0, "\"built_by\": \"Xen, of the device",
      "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD", 0, "dom0 under xen-4.17", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain dom0", 0, "dom0 under xen-4.17", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU", 0, "domU1 under xen-4.17", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU1", 0,
      "note: domU1 has a module of devices, which are not shown: --pass domU1=FILE", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU1 --json -", 0,
      "\"notes\": [\n    \"domU1 has a module of devices", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU1 --pass domU1=DEVICES", 0,
      "0x0010000000 0x00ff010000      4 KB  iomem    mmio_direct_dev Device-nGnRE osh RW-  ", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU2", 0,
      "0x0030000000 0x0030000000    256 MB  RAM      ram_rw  ", "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU2", 0, "0x00f9020000 0x00f906f000      8 KB  GICC  ",
      "" },
    { "map --xen xen-4.17 --dom0-mem 512M --dtb BOARD --domain domU3", 2, "",
      "--domain domU3: there is no such domain" },
    { "map --xen xen-4.17 --domain domU", 2, "", "--domain domU: there is no such domain" },
    { "map --xen xen-4.8.1 --dtb BOARD", 2, "", "xen,static-mem: the preset xen-4.8.1 does not know it" },
    { "map --xen xen-4.17 --dtb BOARD --pass domU9=DEVICES", 2, "", "--pass domU9=" },
    { "map --xen xen-4.17 --dtb BOARD --pass domU1", 2, "", "NAME=FILE is wanted" },
    { "map --xen xen-4.17 --pass domU1=DEVICES", 2, "", "NAME of a domain in the device tree (--dtb)" },
    { "map --xen xen-4.17 --dtb BOARD --pass domU2=DEVICES", 2, "", "domain domU2 has no \"multiboot,device-tree\"" },
    { "map --xen xen-4.17 --dtb BOARD --pass domU1=DEVICES --pass domU1=DEVICES", 2, "", "or is given two" },
    { "map --xen xen-4.17 --dtb BOARD --pass domU1=Makefile", 2, "", "Makefile: not a device tree blob" },
    { "map --domain list --leaves", 2, "", "--domain list goes with none of" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct capture_result r;
    char line[512];

    fill_in(row->name, line);
    r = capture_command(cmd_map, line);
    assert_says(r.err, row->err);
    assert_says(r.out, row->out);
    assert_int_equal(r.status, row->status);
    capture_free(&r);
}

static struct world *open_world(const struct world_request *q)
{
    struct world *w = calloc(1, sizeof *w);
    struct trace_error err = { "" };

    assert_non_null(w);
    if (!world_open(w, q, &err))
        fail_msg("%s", err.text);
    return w;
}

/* Returns how many pairs of RAM regions two domains have, and fails when one of them overlaps. */
static unsigned apart(const struct xen_domain *a, const struct xen_domain *b)
{
    unsigned pairs = 0;

    for (size_t m = 0; m < a->count; m++) {
        for (size_t n = 0; n < b->count; n++) {
            const struct domain_region *x = &a->region[m], *y = &b->region[n];

            if (x->kind != REGION_RAM || y->kind != REGION_RAM)
                continue;
            pairs++;
            if (x->pa < y->pa + y->bytes && y->pa < x->pa + x->bytes)
                fail_msg("%s and %s both have RAM at 0x%llx", a->name, b->name, (unsigned long long)x->pa);
        }
    }
    return pairs;
}

/* The RAM of no two domains of the board overlaps. */
static void no_two_share_ram(void **state)
{
    const struct world_request q = {
        .preset = xen_preset_by_name("xen-4.17"), .dtb = board, .dom0_mem = "256M", .config = { NULL }
    };
    struct world *w = open_world(&q);
    unsigned pairs = 0;

    (void)state;
    assert_int_equal(w->count, 3);
    for (size_t i = 0; i < w->count; i++) {
        for (size_t j = 0; j < i; j++)
            pairs += apart(&w->domain[i].map, &w->domain[j].map);
    }
    assert_true(pairs >= 3);
    world_close(w);
    free(w);
}

/* Static memory where there is no RAM. */
static void static_memory_is_ram(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct world_request q = { .preset = xen_preset_by_name("xen-4.17"), .dom0_mem = "256M" };
    struct trace_error err = { "" };

    (void)state;
    unlink(board);
    write_board(0xC0000000);
    q.dtb = board;
    assert_non_null(w);
    assert_false(world_open(w, &q, &err));
    assert_non_null(strstr(err.text, "is in no RAM of the board"));
    world_close(w);
    free(w);
}

int main(void)
{
    static struct rows all;
    int status;

    write_board(STATIC_BASE);
    write_devices();
    rows_add(&all, check, ROWS_OF(rows));
    rows_add_test(&all, "no two share RAM", no_two_share_ram, NULL);
    rows_add_test(&all, "static memory is RAM", static_memory_is_ram, NULL);
    status = rows_run(&all, "sim/world dom0less");
    unlink(board);
    unlink(devices);
    return status;
}
