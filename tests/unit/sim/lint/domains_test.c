/* Configurations with a mistake each, and their neighbours without: what is told of a world. */
#include "sim/lint/domains.h"
#include "tests/temp_file.h"
#include "tests/unit/sim/lint/found.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CONFIGS 3

struct row {
    const char *name;
    const char *preset;
    const char *config[CONFIGS]; /* what follows name, kernel and memory in the xl.cfg of each domU; NULL: no more */
    struct found want[FOUND_MAX];
};

#define F(code, severity, n)                                                                                           \
    {                                                                                                                  \
        code, severity, n                                                                                              \
    }
#define TYPE_WARNING F(LINT_MISMATCHED_TYPE, LINT_WARNING, 1)
#define SHARED F(LINT_DEVICE_SHARED, LINT_WARNING, 1)
#define AS_DEVICE F(LINT_RAM_AS_DEVICE, LINT_WARNING, 1)
#define XEN_OWNED F(LINT_XEN_OWNED, LINT_ERROR, 1)

static const struct row rows[] = {
    { "dom0 by the page's words", "seed", { NULL }, { { 0 } } },
    { "dom0 of 4.8.0", "xen-4.8.0", { NULL }, { { 0 } } },
    { "dom0 of 4.8.1", "xen-4.8.1", { NULL }, { { 0 } } },
    { "dom0 of 4.17", "xen-4.17", { NULL }, { { 0 } } },
    { "dom0 of 2019.1", "xlnx-2019.1", { NULL }, { { 0 } } },
    { "dom0 of 2020.2", "xlnx-2020.2", { NULL }, { { 0 } } },
    /* dom0 by the page's words maps GICV too, cached */
    { "a guest by the page's words", "seed", { "" }, { F(LINT_MISMATCHED_TYPE, LINT_NOTE, 1) } },
    { "two guests of 4.8.0", "xen-4.8.0", { "", "" }, { { 0 } } },
    { "two guests of 4.17", "xen-4.17", { "", "" }, { { 0 } } },
    { "two guests of 2020.2", "xlnx-2020.2", { "", "" }, { { 0 } } },
    { "a device that dom0 keeps", "xen-4.17", { "iomem=[\"0xff0a0,1\"]" }, { TYPE_WARNING, SHARED } },
    { "a device that dom0 keeps, as Device", "xen-4.8.0", { "iomem=[\"0xff0a0,1\"]" }, { SHARED } },
    { "a device of two guests",
      "xen-4.8.0",
      { "iomem=[\"0xff0a0,1\"]", "iomem=[\"0xff0a0,1\"]" },
      { F(LINT_DEVICE_SHARED, LINT_WARNING, 2) } },
    { "RAM of nobody", "xen-4.17", { "iomem=[\"0x70000,1@0x38070\"]" }, { AS_DEVICE } },
    { "RAM of nobody, for Xilinx", "xlnx-2020.2", { "iomem=[\"0x70000,1@0x38070\"]" }, { AS_DEVICE } },
    { "RAM of nobody, as memory", "xlnx-2020.2", { "iomem=[\"0x70000,1@0x38070,memory\"]" }, { { 0 } } },
    { "RAM of nobody, in two types",
      "xlnx-2020.2",
      { "iomem=[\"0x70000,1@0x38070,memory\"]", "iomem=[\"0x70000,1@0x38070\"]" },
      { F(LINT_MISMATCHED_TYPE, LINT_ERROR, 1), AS_DEVICE } },
    { "RAM of nobody, twice in one guest",
      "xlnx-2020.2",
      { "iomem=[\"0x70000,1@0x38070,memory\", \"0x70000,1@0x38071\"]" },
      { F(LINT_MISMATCHED_TYPE, LINT_ERROR, 1), AS_DEVICE } },
    { "dom0's RAM, as memory",
      "xlnx-2020.2",
      { "iomem=[\"0x40000,1@0x38070,memory\"]" },
      { F(LINT_FOREIGN_RAM, LINT_ERROR, 1) } },
    { "dom0's RAM, Outer Shareable",
      "xlnx-2019.1",
      { "iomem=[\"0x40000,1@0x38070,memory\"]" },
      { F(LINT_FOREIGN_RAM, LINT_ERROR, 1), F(LINT_MISMATCHED_SHAREABILITY, LINT_WARNING, 1) } },
    { "dom0's RAM, as Device",
      "xen-4.17",
      { "iomem=[\"0x40000,1@0x38070\"]" },
      { F(LINT_FOREIGN_RAM, LINT_ERROR, 1), F(LINT_MISMATCHED_TYPE, LINT_ERROR, 1) } },
    { "GICD", "xen-4.17", { "iomem=[\"0xf9010,1\"]" }, { XEN_OWNED } },
    { "GICH", "xen-4.17", { "iomem=[\"0xf9040,1\"]" }, { XEN_OWNED } },
    { "an SMMU", "xen-4.17", { "iomem=[\"0xfd800,10\"]" }, { XEN_OWNED } },
    { "Xen's console", "xen-4.17", { "iomem=[\"0xff000,1\"]" }, { XEN_OWNED } },
    { "nothing there", "xen-4.17", { "iomem=[\"0xf0000,1\"]" }, { F(LINT_NOTHING_THERE, LINT_WARNING, 1) } },
    { "nothing behind a device",
      "xen-4.8.0",
      { "iomem=[\"0xff0a0,2\"]" },
      { SHARED, F(LINT_NOTHING_THERE, LINT_WARNING, 1) } },
    { "programmable logic", "xen-4.17", { "iomem=[\"0xa0000,10\"]" }, { F(LINT_NOTHING_THERE, LINT_NOTE, 1) } },
    { "256 MB of nothing",
      "xen-4.17",
      { "iomem=[\"0x100000,10000@0x100000\"]" },
      { F(LINT_NOTHING_THERE, LINT_WARNING, 1) } },
    { "over its own RAM",
      "xen-4.8.0",
      { "iomem=[\"0xa0000,1@0x40000\"]" },
      { F(LINT_REGION_OVERLAP, LINT_ERROR, 1), F(LINT_NOTHING_THERE, LINT_NOTE, 1) } },
    { "over its GICD",
      "xen-4.8.0",
      { "iomem=[\"0xa0000,1@0x3001\"]" },
      { F(LINT_REGION_OVERLAP, LINT_WARNING, 1), F(LINT_NOTHING_THERE, LINT_NOTE, 1) } },
    { "one over another",
      "xen-4.8.0",
      { "iomem=[\"0xa0000,2@0x50000\", \"0xa0010,1@0x50001\"]" },
      { F(LINT_REGION_OVERLAP, LINT_WARNING, 1), F(LINT_NOTHING_THERE, LINT_NOTE, 2) } },
    { "the same twice",
      "xen-4.8.0",
      { "iomem=[\"0xa0000,1@0x50000\", \"0xa0000,1@0x50000\"]" },
      { F(LINT_NOTHING_THERE, LINT_NOTE, 2) } },
    { "a part of it again",
      "xen-4.8.0",
      { "iomem=[\"0xa0000,2@0x50000\", \"0xa0001,1@0x50001\"]" },
      { F(LINT_NOTHING_THERE, LINT_NOTE, 2) } },
    { "the same, one page further",
      "xen-4.8.0",
      { "iomem=[\"0xa0000,2@0x50000\", \"0xa0000,1@0x50001\"]" },
      { F(LINT_REGION_OVERLAP, LINT_WARNING, 1), F(LINT_NOTHING_THERE, LINT_NOTE, 2) } },
    { "a key that does nothing",
      "xen-4.17",
      { "iomen=[\"0xa0000,1\"]\nextra=\"quiet\"" },
      { F(LINT_SETTING_IGNORED, LINT_NOTE, 2) } },
};

static void write_config(const char *text, unsigned number, char path[TEMP_PATH_BYTES])
{
    FILE *f = temp_stream(path);

    assert_non_null(f);
    fprintf(f, "name=\"guest%u\"\nkernel=\"Image\"\nmemory=256\n%s\n", number, text);
    assert_int_equal(fclose(f), 0);
}

static void check(void **state)
{
    const struct row *row = *state;
    char path[CONFIGS][TEMP_PATH_BYTES];
    struct world_request q = { .preset = xen_preset_by_name(row->preset) };
    struct world *w = calloc(1, sizeof *w);
    struct trace_error why = { "" };
    struct lint_report r;

    assert_non_null(w);
    for (unsigned i = 0; i < CONFIGS && row->config[i]; i++) {
        write_config(row->config[i], i, path[i]);
        q.config[i] = path[i];
    }
    if (!world_open(w, &q, &why))
        fail_msg("%s", why.text);
    lint_report_init(&r, LINT_KEPT);
    assert_true(lint_domains(w, &r));
    found_check(&r, row->want);
    lint_report_free(&r);
    world_close(w);
    free(w);
    for (unsigned i = 0; i < CONFIGS && q.config[i]; i++)
        unlink(path[i]);
}

/* What no configuration of today leads to: regions by hand on a board by hand. */
static void check_ram(void **state)
{
    static struct world w;
    struct domain_region ram = {
        .ipa = 0x1000, .pa = 0x100000, .bytes = 0x200000, .kind = REGION_RAM, .type = P2M_RAM_RW
    };
    struct lint_domain d = { .world = &w, .domain = &w.domain[0], .label = "dom0" };
    struct lint_report r;

    (void)state;
    d.report = &r;
    w.count = 1;
    domain_init(&w.domain[0].map, xen_preset_at(0), "dom0", 1);
    assert_non_null(domain_add(&w.domain[0].map, &ram));
    w.board.ram_count = 2; /* two banks that touch, not sorted */
    w.board.ram[0] = (struct board_range){ 0x200000, 0x100000 };
    w.board.ram[1] = (struct board_range){ 0, 0x200000 };
    lint_report_init(&r, LINT_KEPT);
    lint_regions(&d);
    found_check(&r, (const struct found[FOUND_MAX]){ { 0 } });
    w.board.ram[0].bytes -= 0x1000;
    lint_regions(&d);
    found_check(&r, (const struct found[FOUND_MAX]){ F(LINT_RAM_OUTSIDE_BOARD, LINT_ERROR, 1) });
    assert_non_null(strstr(r.finding[0].detail, "0x2ff000"));
    lint_report_free(&r);
    domain_free(&w.domain[0].map);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add_test(&all, "RAM that the board has not", check_ram, NULL);
    return rows_run(&all, "sim/lint/domains");
}
