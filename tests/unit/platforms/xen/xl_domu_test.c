/* What the keys of an xl configuration mean for the guest's map, by preset, and what is said of wrong ones. */
#include "platforms/xen/xl_domu.h"
#include "tests/unit/platforms/xen/xl_fixture.h"

#define MB(n) ((uint64_t)(n) << 20)

static struct xl_domu x;
static struct trace_error err;

static bool read_text(const char *text, const char *preset, struct fixture_file *f)
{
    memset(&x, POISON, sizeof x);
    memset(&err, 0, sizeof err);
    *f = fixture_file(text, strlen(text));
    assert_non_null(xen_preset_by_name(preset));
    return xl_domu_read(&x, f->path, xen_preset_by_name(preset), &err);
}

static void finish(struct fixture_file f)
{
    xl_domu_free(&x);
    fixture_close(f);
}

/* The example of Xen's own tree for the ZynqMP's GEM3 [Xen: passthrough.txt@4.17.0:130], in xl's form. */
static void whole_file(void **state)
{
    static const char text[] = "# a guest with an Ethernet controller\n"
                               "name = \"domU-net\"\n"
                               "kernel = \"/boot/Image\"\n"
                               "memory = 256\n"
                               "vcpus = 2\n"
                               "iomem = [ \"0xff0e0,1\",\n"
                               "          \"0xa0000,1000@0x50000\" ]\n"
                               "irqs = [ 95, \"95\" ]\n"
                               "dtdev = [ \"/amba/ethernet@ff0e0000\" ]\n"
                               "vuart = \"sbsa_uart\"\n"
                               "gic_version = \"v2\"\n"
                               "disk = [ \"phy:/dev/ram0,xvda,w\" ]\n"
                               "memmory = 512\n";
    struct fixture_file f;
    const struct domu_passthrough *p;

    (void)state;
    if (!read_text(text, "xen-4.17", &f))
        fail_msg("%s", err.text);
    assert_string_equal(x.domu.name, "domU-net");
    assert_int_equal(x.domu.builder, DOMU_BY_XL);
    assert_int_equal(x.domu.ram_bytes, MB(256));
    assert_non_null(strstr(x.domu.ram_source, ":4: memory"));
    assert_int_equal(x.domu.vcpus, 2);
    assert_true(x.domu.vuart);
    assert_int_equal(x.domu.passthrough_count, 2);
    p = x.domu.passthrough;
    assert_int_equal(p[0].ipa, 0xFF0E0000);
    assert_int_equal(p[0].pa, 0xFF0E0000);
    assert_int_equal(p[0].bytes, 0x1000);
    assert_int_equal(p[0].type, P2M_MMIO_DIRECT_DEV);
    assert_string_equal(p[0].name, "iomem 0xff0e0,1");
    assert_int_equal(p[1].ipa, 0x50000000);
    assert_int_equal(p[1].pa, 0xA0000000);
    assert_int_equal(p[1].bytes, MB(16));
    assert_non_null(strstr(p[1].source, ":7: iomem"));
    assert_int_equal(x.irq_count, 2);
    assert_int_equal(x.irq[0], 95);
    assert_string_equal(xlcfg_find(&x.cfg, "kernel")->value->text, "/boot/Image");
    assert_string_equal(xl_domu_ignored(&x, 0)->key, "disk");
    assert_string_equal(xl_domu_ignored(&x, 1)->key, "memmory");
    assert_null(xl_domu_ignored(&x, 2));
    finish(f);
}

struct memory_row {
    const char *name, *preset, *text;
    uint64_t mb;
};

// clang-format off
static const struct memory_row memory_rows[] = {
    { "decimal", "xen-4.17", "memory=256\n", 256 },
    { "octal after a leading 0", "xen-4.17", "memory=0256\n", 174 },
    { "hexadecimal", "xen-4.17", "memory=0x100\n", 256 },
    { "a string", "xen-4.17", "memory=\"256\"\n", 256 },
    { "none: libxl's default", "xen-4.17", "vcpus=1\n", 32 },
    { "the last one counts", "xen-4.17", "memory=256\nmemory=512\n", 512 },
    { "4.8: maxmem is for later", "xen-4.8.0", "memory=256\nmaxmem=512\n", 256 },
    { "4.17: a guest begins with maxmem", "xen-4.17", "memory=256\nmaxmem=512\n", 512 },
    { "maxmem alone", "xen-4.17", "maxmem=512\n", 512 },
    { "4.8: maxmem alone", "xen-4.8.0", "maxmem=512\n", 32 },
};

struct type_row {
    const char *name, *text;
    enum p2m_type type;
};

static const struct type_row type_rows[] = {
    { "seed", "iomem=[\"1,1\"]\n", P2M_MMIO_DIRECT_DEV },
    { "xen-4.8.0", "iomem=[\"1,1@2\"]\n", P2M_MMIO_DIRECT_DEV },
    { "xen-4.17", "iomem=[\"1,1@2\"]\n", P2M_MMIO_DIRECT_DEV },
    { "xlnx-2019.1", "iomem=[\"1,1@2\"]\n", P2M_MMIO_DIRECT_DEV },
    { "xlnx-2019.1", "iomem=[\"1,1@2,devmem\"]\n", P2M_MMIO_DIRECT_DEV },
    { "xlnx-2019.1", "iomem=[\"1,1@2,memory\"]\n", P2M_MMIO_DIRECT_C }, /* [xlnx-xen: p2m.c@xilinx-v2019.1:1071] */
    { "xlnx-2020.2", "iomem=[\"1,1@2,memory\"]\n", P2M_RAM_RW },        /* [xlnx-xen: p2m.c@xilinx-v2020.2:1346] */
};

struct bad_row {
    const char *name, *preset, *text, *message;
};

static const struct bad_row bad_rows[] = {
    { "memory is no number", "xen-4.17", "memory=\"256M\"\n", "1:12: not a number" },
    { "memory is a list", "xen-4.17", "memory=[256]\n", "1:1: `memory' is a list" },
    { "no memory", "xen-4.17", "memory=0\n", "1:8: memory is 0, but should be 1 to 1048576" },
    { "negative memory", "xen-4.17", "memory=\"-1\"\n", "1:9: memory is -1" },
    { "maxmem below memory", "xen-4.17", "memory=256\nmaxmem=128\n", "2:8: maxmem is 128 MB, less than memory, 256 MB" },
    { "too many vCPUs for a GICv2", "xen-4.17", "vcpus=9\n", "1:7: vcpus is 9, but should be 1 to 8" },
    { "iomem is no list", "xen-4.17", "iomem=\"1,1\"\n", "1:1: `iomem' is a single value, but should be a list" },
    { "iomem: a blank at the end", "xen-4.17", "iomem=[\"1,1\",\n\t\"1,1 \"]\n", "2:6: iomem: expected `@' or the end" },
    { "iomem: an address", "xen-4.17", "iomem=['0xff0e0000,1']\n", "1:9: iomem: beyond 2^40 bytes: numbers of 4 KB" },
    { "iomem: a number is read as such", "xen-4.17", "iomem=[0xff0e0]\n", "1:15: iomem: expected `,'" },
    { "iomem: cacheable upstream", "xen-4.17", "iomem=[\"1,1@2,memory\"]\n",
      "1:14: iomem: this version's xl knows no third field: choose a preset of Xilinx's tree" },
    { "iomem: lists in a list", "xen-4.17", "iomem=[[\"1,1\"]]\n", "1:8: `iomem' is a list of strings" },
    { "irqs are decimal", "xen-4.17", "irqs=[0x5f]\n", "1:8: irqs are decimal numbers" },
    { "irqs: the device tree's number", "xen-4.17", "irqs=[31]\n", "1:7: irq 31 is no SPI: 32 to 1019" },
    { "irqs: beyond the GIC", "xen-4.17", "irqs=[1020]\n", "1:7: irq 1020 is no SPI" },
    { "irqs: nothing", "xen-4.17", "irqs=[\"\"]\n", "1:8: irqs are decimal numbers" },
    { "GICv3", "xen-4.17", "gic_version=\"v3\"\n", "1:14: a ZynqMP's GIC-400" },
    { "no such vuart", "xen-4.17", "vuart=\"ns16550\"\n", "1:8: the only vuart is" },
    { "kernel is a list", "xen-4.17", "kernel=[\"a\"]\n", "1:1: `kernel' is a list" },
    { "dtdev is none", "xen-4.17", "dtdev=\"/a\"\n", "1:1: `dtdev' is a single value" },
    { "no grammar", "xen-4.17", "memory\n", "1:7: expected `='" },
};
// clang-format on

static void check_memory(void **state)
{
    const struct memory_row *row = *state;
    struct fixture_file f;

    if (!read_text(row->text, row->preset, &f))
        fail_msg("%s", err.text);
    assert_int_equal(x.domu.ram_bytes, MB(row->mb));
    finish(f);
}

static void check_type(void **state)
{
    const struct type_row *row = *state;
    struct fixture_file f;

    if (!read_text(row->text, row->name, &f))
        fail_msg("%s", err.text);
    assert_int_equal(x.domu.passthrough[0].type, row->type);
    finish(f);
}

static void check_bad(void **state)
{
    const struct bad_row *row = *state;
    struct fixture_file f;

    assert_false(read_text(row->text, row->preset, &f));
    assert_complaint(err.text, f.path, row->message, row->text);
    finish(f);
}

/* 4.8's xl has no vuart: it does not look at the key. */
static void keys_of_other_versions(void **state)
{
    struct fixture_file f;

    (void)state;
    assert_true(read_text("vuart=\"sbsa_uart\"\n", "xen-4.8.0", &f));
    assert_false(x.domu.vuart);
    assert_string_equal(xl_domu_ignored(&x, 0)->key, "vuart");
    finish(f);
}

/* Escapes can put anything into a string. */
static void names_can_be_shown(void **state)
{
    struct fixture_file f;

    (void)state;
    assert_true(
        read_text("name=\"a\\n\\a0123456789012345678901234567890123456789\"\niomem=[\"\\t1,1\"]\n", "xen-4.17", &f));
    assert_string_equal(x.domu.name, "a??0123456789012345678901234567");
    assert_string_equal(x.domu.passthrough[0].name, "iomem ?1,1");
    finish(f);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "a whole file", whole_file, NULL);
    rows_add(&all, check_memory, ROWS_OF(memory_rows));
    rows_add(&all, check_type, ROWS_OF(type_rows));
    rows_add(&all, check_bad, ROWS_OF(bad_rows));
    rows_add_test(&all, "keys of other versions", keys_of_other_versions, NULL);
    rows_add_test(&all, "names can be shown", names_can_be_shown, NULL);
    return rows_run(&all, "xen/xl_domu");
}
