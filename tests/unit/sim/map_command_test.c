/* `stagewalk map` as a user meets it. */
#include "tests/temp_file.h"
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/commands.h"
#include "sim/map/world.h"

#include <jansson.h>

static const struct row {
    const char *name; /* the command line */
    int status;
    const char *out, *err;
} rows[] = {
    { "map --help", 0, "usage: stagewalk map [options] [SNAPSHOT]\n", "" },
    { "map --xen list", 0, "xen-4.8.0    RAM Inner Shareable; ", "" },
    { "map x y", 2, "", "map takes one operand, a snapshot" },
    { "map /nowhere/core", 2, "", "/nowhere/core: cannot open" },
    { "map Makefile", 2, "", "Makefile: byte 0: not an ELF file" },
    { "map --reg TTBR1_EL1=0", 2, "", "--reg goes with a snapshot" },
    { "map --diff xen-4.17 x", 2, "", "a snapshot has its own tables: no --diff" },
    { "map --linux 6.1 x", 2, "", "a snapshot has its own tables" },
    { "map --cpu 4 x", 2, "", "--cpu wants 0 to 3, not 4" },
    { "map --el 3 x", 2, "", "--el wants 1 or 2, not 3" },
    { "map ", 2, "", "empty file name" },
    { "map --json Makefile Makefile", 2, "", "is also an input" },
    { "map --json Makefile --config ./Makefile", 2, "", "Makefile: is also an input" },
    { "map --json Makefile --dtb Makefile", 2, "", "Makefile: is also an input" },
    { "map --json Makefile --pass domU1=Makefile", 2, "", "Makefile: is also an input" },
    { "map --xen xen-4.71 x", 2, "", "unknown preset 'xen-4.71'" },
    { "map --xen xen-4.71", 2, "", "unknown preset 'xen-4.71'; did you mean 'xen-4.17'?" },
    { "map --xen other", 2, "", "unknown preset 'other'" },
    { "map --diff nothing", 2, "", "unknown preset 'nothing'" },
    { "map --dom0-mem 1X", 2, "", "--dom0-mem wants a size such as 1G" },
    { "map --dom0-mem 0", 2, "", "--dom0-mem wants a size such as 1G" },
    { "map --xen xen-4.17 --dom0-mem 100G", 2, "", "dom0" },
    { "map --dtb /nowhere/board.dtb", 2, "", "/nowhere/board.dtb" },
    { "map --dtb Makefile", 2, "", "Makefile" },
    { "map --html x --diff seed", 2, "", "--diff goes with neither --leaves, --json nor --html" },
    { "map --html x --domain list", 2, "", "--domain list has no page" },
    { "map --leaves --diff seed", 2, "", "--diff goes with neither --leaves, --json nor --html" },
    { "map", 0, "dom0 under seed: ", "" },
    { "map --xen xen-4.17", 0,
      "0x0020000000 0x0020000000    512 MB  RAM      ram_rw          Normal-WB ish RWX           0   256 ", "" },
    { "map --xen xen-4.17", 0, "0x00f9020000 0x00f9060000    128 KB  GICC     mmio_direct_dev Device-nGnRE osh RW-  ",
      "" },
    { "map --xen xen-4.17", 0, "\n8 leaves of 1 GB, 712 of 2 MB, 339 of 4 KB; tables: 60 KB\n", "" },
    { "map --xen xen-4.17 --leaves", 0,
      "0x0600000000 0x0600000000      1 GB     1 0x02c00006000006fd mmio_direct_c   Normal-WB osh RW-\n", "" },
    { "map --xen xen-4.17 --config platforms/xen/examples/shared-page.cfg", 0,
      "0x0038070000 0x0070000000      4 KB  iomem    mmio_direct_dev Device-nGnRE osh RW-  ", "" },
    { "map --xen xen-4.17 --config platforms/xen/examples/shared-page.cfg", 0,
      "0x0040000000 0x0800000000      1 GB  RAM      ram_rw          Normal-WB ish RWX           1     0      0  ",
      "" },
    { "map --config platforms/xen/examples/shared-page.cfg", 0,
      "  Normal-WB osh RWX           1     0      0  RAM bank 0 ", "" },
    { "map --xen xen-4.17 --config platforms/xen/examples/shared-page-memory.cfg", 2, "",
      "platforms/xen/examples/shared-page-memory.cfg:7:29: iomem: this version's xl knows no third field" },
    { "map --xen xlnx-2019.1 --diff xlnx-2020.2 --config platforms/xen/examples/shared-page-memory.cfg", 0,
      "0x0038070000      4 KB  0x0070000000 Normal-WB osh RW-         0x0070000000 Normal-WB ish RWX ", "" },
    { "map --config /nowhere/guest.cfg", 2, "", "/nowhere/guest.cfg" },
    { "map --xen xen-4.8.0 --config platforms/xen/examples/passthrough.cfg --config /nowhere/2.cfg", 2, "",
      "/nowhere/2.cfg" },
    { "map --xen xen-4.17 --config platforms/xen/examples/shared-page.cfg --linux 6.1 --va-bits 39", 0,
      "0xffffffc00a015000 0x0038070000 0x0070000000      4 KB  Device-nGnRE osh   Device-nGnRE osh      --- rw-    0   "
      "  "
      "0       1  ioremap 0x38070000: PROT_DEVICE_nGnRE [",
      "" },
    { "map --xen seed --config platforms/xen/examples/shared-page.cfg --linux 4.x --leaves", 0,
      "\n0xffffffc001800000 0x0041800000 0x0001800000      2 MB     2 0x00e8000041800711 Normal-WB ish ", "" },
    { "map --config platforms/xen/examples/shared-page.cfg --linux 6.1 --kpti", 0,
      "while EL0 runs, entry trampoline: PAGE_KERNEL_ROX", "" },
    { "map --config platforms/xen/examples/shared-page.cfg --bare-metal", 0, "not mapped at stage 2 --x rwx", "" },
    { "map --domain none --bare-metal", 0, "bare-metal in zcu102 under no Xen\n", "" },
    { "map --xen none --linux 4.x", 0, "0xffffff8008080000 0x0000080000 0x0000080000 ", "" },
    { "map --linux 4.x --diff xen-4.8.0", 0, "Normal-WB osh         --- r-x  0x0800080000 Normal-WB ish ", "" },
    { "map --linux 4.x --xen xen-4.8.0 --diff xen-4.8.0", 0, "\n0 differences\n", "" },
    { "map --linux 6.1 --json -", 0, "\"schema\": \"stagewalk/map-stage1/1\"", "" },
    { "map --linux 5.0", 2, "", "there is Linux 6.1 and 4.x, each with 39 or 48 bits of VA" },
    { "map --linux 6.1 --va-bits 42", 2, "", "there is Linux 6.1 and 4.x, each with 39 or 48 bits of VA" },
    { "map --linux 6.1 --va-bits 295", 2, "", "there is Linux 6.1 and 4.x, each with 39 or 48 bits of VA" },
    { "map --linux 4.x --kpti", 2, "", "linux-4.x-39: only Linux 6.1 can unmap the kernel" },
    { "map --linux 6.1 --bare-metal", 2, "", "either a Linux or bare metal" },
    { "map --bare-metal --va-bits 39", 2, "", "there is Linux 6.1 and 4.x" },
    { "map --va-bits 39", 2, "", "VA bits and options are a Linux's" },
    { "map --domain none", 2, "", "--domain none has stage 1 alone" },
    { "map --domain none --linux 6.1 --xen seed", 2, "", "--domain none is without Xen" },
    { "map --xen none --domain dom0", 2, "", "without Xen there is no domain dom0" },
    { "map --linux 6.1 --domain list", 2, "", "--domain list goes with none of" },
    { "map --xen xen-4.17 --diff xen-4.17", 0, "\n0 differences, 0 B in all\n", "" },
    { "map --xen seed --diff xen-4.8.0", 0,
      "0x0800000000      1 GB  0x0800000000 Normal-WB osh RWX         0x0800000000 Normal-WB ish RWX         RAM bank "
      "0\n",
      "" },
    { "map --xen xen-4.8.0 --diff xen-4.8.1", 0,
      "0x00c0000000    128 MB  0x00c0000000 Device-nGnRE osh RW-      0x00c0000000 Normal-WB osh RW-  ", "" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct capture_result r = capture_command(cmd_map, row->name);

    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    capture_free(&r);
}

static void json(void **state)
{
    struct capture_result r = capture_command(cmd_map, "map --xen xen-4.17 --json -");
    json_t *root = json_loads(r.out, 0, NULL), *region;
    unsigned ram = 0;
    size_t i;

    (void)state;
    assert_int_equal(r.status, 0);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "schema")), "stagewalk/map/1");
    json_array_foreach(json_object_get(root, "regions"), i, region)
    {
        if (strcmp(json_string_value(json_object_get(region, "kind")), "RAM") != 0)
            continue;
        ram++;
        assert_string_equal(json_string_value(json_object_get(region, "ipa")),
                            json_string_value(json_object_get(region, "pa")));
        assert_int_equal(json_integer_value(json_array_get(json_object_get(region, "leaves"), 1)), 256);
    }
    assert_int_equal(ram, 2);
    json_decref(root);
    capture_free(&r);
}

/* What an xl.cfg has and the map does not depend on is told, by file and line. */
static void ignored_settings_are_told(void **state)
{
    static const char cfg[] = "name = \"g\"\nmemory = 64\nvpcus = 2\ndevice_tree = \"x.dtb\"\nextra = \"a\"\n";
    char path[TEMP_PATH_BYTES], line[256], want[256];
    int fd = temp_file(path);
    struct capture_result r;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, cfg, strlen(cfg)), strlen(cfg));
    assert_int_equal(close(fd), 0);
    snprintf(line, sizeof line, "map --config %s", path);
    r = capture_command(cmd_map, line);
    assert_int_equal(r.status, 0);
    snprintf(want, sizeof want, "\n\nnote: %s:3: vpcus has no effect on the map\n", path);
    assert_says(r.out, want);
    snprintf(want, sizeof want, "note: %s:5: extra has no effect on the map\n\n", path);
    assert_says(r.out, want);
    capture_free(&r);
    snprintf(line, sizeof line, "map --json - --config %s", path);
    r = capture_command(cmd_map, line);
    snprintf(want, sizeof want, "\"%s:3: vpcus has no effect on the map\",", path);
    assert_says(r.out, want);
    assert_null(strstr(r.out, "device_tree has"));
    capture_free(&r);
    unlink(path);
}

struct size_row {
    const char *name;
    uint64_t want; /* 0: refused */
};

static const struct size_row size_rows[] = {
    { "1G", 1ULL << 30 },
    { "1500m", 1500ULL << 20 },
    { "4k", 4096 },
    { "0x1000", 4096 },
    { "4096", 4096 },
    { "4097", 0 },
    { "", 0 },
    { "G", 0 },
    { "-1G", 0 },
    { "1GB", 0 },
    { "1T", 0 },
    { "17179869184G", 0 },
    { "0", 0 },
    { " 1G", 0 },
    { "1.5G", 0 },
};

static void check_size(void **state)
{
    const struct size_row *row = *state;
    uint64_t bytes = 0;

    assert_int_equal(world_parse_size(row->name, &bytes), row->want != 0);
    if (row->want)
        assert_int_equal(bytes, row->want);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check, ROWS_OF(rows));
    rows_add(&all, check_size, ROWS_OF(size_rows));
    rows_add_test(&all, "json", json, NULL);
    rows_add_test(&all, "ignored settings are told", ignored_settings_are_told, NULL);
    return rows_run(&all, "sim/map command");
}
