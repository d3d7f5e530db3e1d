/* What Xen is told by the device tree, read back with libfdt. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "tools/capture/tree.h"

#include <libfdt.h>

#define BYTES_MAX 131072

static uint8_t blob[BYTES_MAX];

/* Writes a small board: a GIC-400 whose GICC and GICV have so many bytes, and /chosen when wanted. */
static const char *write_board(uint32_t window, bool chosen)
{
    const char *path = fixture_path("board.dtb");
    const fdt32_t reg[16] = { 0, cpu_to_fdt32(0xf9010000), 0, cpu_to_fdt32(0x10000),    0, cpu_to_fdt32(0xf9020000),
                              0, cpu_to_fdt32(window),     0, cpu_to_fdt32(0xf9040000), 0, cpu_to_fdt32(0x20000),
                              0, cpu_to_fdt32(0xf9060000), 0, cpu_to_fdt32(window) };
    int node;
    FILE *f;

    assert_int_equal(fdt_create_empty_tree(blob, sizeof blob), 0);
    node = fdt_add_subnode(blob, 0, "interrupt-controller@f9010000");
    assert_true(node > 0);
    assert_int_equal(fdt_setprop_string(blob, node, "compatible", "arm,gic-400"), 0);
    assert_int_equal(fdt_setprop(blob, node, "reg", reg, sizeof reg), 0);
    if (chosen)
        assert_true(fdt_add_subnode(blob, 0, "chosen") > 0);
    assert_int_equal(fdt_pack(blob), 0);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(blob, 1, fdt_totalsize(blob), f), fdt_totalsize(blob));
    fclose(f);
    return path;
}

/* Changes the board; the result is in `blob`. */
static void change(const char *path, const struct tree_request *request)
{
    const char *to = fixture_path("xen.dtb");
    struct trace_error err = { "" };
    struct out_file out;
    FILE *f;

    assert_true(out_file_open(&out, to, &err));
    assert_true(tree_write(&out, path, request, &err));
    assert_true(out_file_commit(&out, &err));
    memset(blob, POISON, sizeof blob);
    f = fopen(to, "rb");
    assert_non_null(f);
    assert_true(fread(blob, 1, sizeof blob, f) > 0);
    fclose(f);
    assert_int_equal(fdt_check_header(blob), 0);
    unlink(to);
    unlink(path);
}

static const void *property(const char *path, const char *name, int *length)
{
    int node = fdt_path_offset(blob, path);

    return node < 0 ? NULL : fdt_getprop(blob, node, name, length);
}

static void has_text(const char *path, const char *name, const char *text)
{
    int length = 0;
    const char *got = property(path, name, &length);

    assert_non_null(got);
    assert_string_equal(got, text);
    assert_int_equal(length, strlen(text) + 1);
}

static void has_pair(const char *path, const char *name, uint64_t first, uint64_t second)
{
    int length = 0;
    const fdt64_t *got = property(path, name, &length);

    assert_non_null(got);
    assert_int_equal(length, 16);
    assert_int_equal(fdt64_ld(got), first);
    assert_int_equal(fdt64_ld(got + 1), second);
}

static const struct tree_request both = {
    .xen_arguments = "dom0_mem=512M",
    .dom0 = { .arguments = "console=hvc0", .kernel = { 0x20000000, 100 }, .initrd = { 0x22000000, 200 } },
    .domu = { .arguments = "console=ttyAMA0",
              .kernel = { 0x24000000, 300 },
              .initrd = { 0x26000000, 400 },
              .memory_kib = 262144,
              .cpus = 2 },
};

static void check_both(void **state)
{
    static const bool with_chosen[] = { true, false };

    (void)state;
    for (int i = 0; i < 2; i++) {
        int length = 0;
        const fdt64_t *memory;

        change(write_board(0x20000, with_chosen[i]), &both);
        has_text("/chosen", "xen,xen-bootargs", "dom0_mem=512M");
        has_text("/chosen", "xen,dom0-bootargs", "console=hvc0");
        has_pair("/chosen/kernel@0", "reg", 0x20000000, 100);
        has_pair("/chosen/ramdisk@0", "reg", 0x22000000, 200);
        assert_non_null(property("/chosen/kernel@0", "compatible", &length));
        assert_int_equal(
            fdt_stringlist_contains(property("/chosen/kernel@0", "compatible", &length), length, "multiboot,kernel"),
            1);
        assert_int_equal(
            fdt_stringlist_contains(property("/chosen/ramdisk@0", "compatible", &length), length, "multiboot,ramdisk"),
            1);
        has_text("/chosen/domU1", "compatible", "xen,domain");
        memory = property("/chosen/domU1", "memory", &length);
        assert_int_equal(length, 8);
        assert_int_equal(fdt64_ld(memory), 262144);
        assert_int_equal(fdt32_ld(property("/chosen/domU1", "cpus", &length)), 2);
        assert_non_null(property("/chosen/domU1", "vpl011", &length));
        has_pair("/chosen/domU1/kernel@0", "reg", 0x24000000, 300);
        has_text("/chosen/domU1/kernel@0", "bootargs", "console=ttyAMA0");
        has_pair("/chosen/domU1/ramdisk@0", "reg", 0x26000000, 400);
    }
}

static void check_one(void **state)
{
    struct tree_request request = both;

    (void)state;
    request.domu.arguments = NULL;
    change(write_board(0x20000, true), &request);
    assert_true(fdt_path_offset(blob, "/chosen/domU1") < 0);
    request = both;
    request.dom0.arguments = NULL;
    change(write_board(0x20000, true), &request);
    assert_true(fdt_path_offset(blob, "/chosen/kernel@0") < 0);
    assert_true(fdt_path_offset(blob, "/chosen/domU1/kernel@0") > 0);
}

struct gic_row {
    const char *name;
    uint32_t window, gicc, gicc_bytes, gicv, gicv_bytes;
};

static const struct gic_row gic_rows[] = {
    { "pages repeated to 64 KB: the 8 KB in their middle", 0x20000, 0xf902f000, 0x2000, 0xf906f000, 0x2000 },
    { "8 KB stay as they are", 0x2000, 0xf9020000, 0x2000, 0xf9060000, 0x2000 },
};

static void check_gic(void **state)
{
    const struct gic_row *row = *state;
    const fdt32_t *reg;
    int length = 0;

    change(write_board(row->window, true), &both);
    reg = property("/interrupt-controller@f9010000", "reg", &length);
    assert_int_equal(length, 64);
    assert_int_equal(fdt32_ld(reg + 1), 0xf9010000);
    assert_int_equal(fdt32_ld(reg + 3), 0x10000);
    assert_int_equal(fdt32_ld(reg + 5), row->gicc);
    assert_int_equal(fdt32_ld(reg + 7), row->gicc_bytes);
    assert_int_equal(fdt32_ld(reg + 9), 0xf9040000);
    assert_int_equal(fdt32_ld(reg + 13), row->gicv);
    assert_int_equal(fdt32_ld(reg + 15), row->gicv_bytes);
}

static void check_bad(void **state)
{
    const char *path = fixture_path("bad.dtb"), *to = fixture_path("xen.dtb");
    struct trace_error err = { "" };
    struct out_file out;
    FILE *f = fopen(path, "wb");

    (void)state;
    assert_non_null(f);
    fputs("no device tree, but long enough to be taken for the head of one at first sight", f);
    fclose(f);
    assert_true(out_file_open(&out, to, &err));
    assert_false(tree_write(&out, path, &both, &err));
    assert_non_null(strstr(err.text, "bad.dtb"));
    assert_false(tree_write(&out, "/nonexistent.dtb", &both, &err));
    assert_non_null(strstr(err.text, "/nonexistent.dtb: cannot read"));
    out_file_discard(&out);
    assert_int_not_equal(access(to, F_OK), 0);
    unlink(path);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "dom0 and a domU", check_both, NULL);
    rows_add_test(&r, "one without the other", check_one, NULL);
    rows_add(&r, check_gic, ROWS_OF(gic_rows));
    rows_add_test(&r, "what is no device tree", check_bad, NULL);
    return rows_run(&r, "tree");
}
