/* Guest layouts, window by window, as the public headers of both versions have them. */
#include "platforms/xen/layout.h"
#include "tests/unit/models/rows.h"

struct window_row {
    const char *name;
    enum layout_window window;
    struct layout_range in_4_8, in_4_17;
};

// clang-format off
/* [Xen: public/arch-arm.h@4.8.0:394, public/arch-arm.h@4.17.0:394] */
static const struct window_row window_rows[] = {
    { "virtio-mmio", LAYOUT_VIRTIO_MMIO, { 0, 0 }, { 0x02000000, 0x100000 } },
    { "GICD", LAYOUT_GICD, { 0x03001000, 0x1000 }, { 0x03001000, 0x1000 } },
    { "GICC", LAYOUT_GICC, { 0x03002000, 0x2000 }, { 0x03002000, 0x2000 } },
    { "vPCI ECAM", LAYOUT_VPCI_ECAM, { 0, 0 }, { 0x10000000, 0x10000000 } },
    { "ACPI", LAYOUT_ACPI, { 0x20000000, 0x2000000 }, { 0x20000000, 0x2000000 } },
    { "PL011", LAYOUT_PL011, { 0, 0 }, { 0x22000000, 0x1000 } },
    { "vPCI memory", LAYOUT_VPCI_MEM, { 0, 0 }, { 0x23000000, 0x10000000 } },
    { "grant table", LAYOUT_GNTTAB, { 0x38000000, 0x1000000 }, { 0x38000000, 0x1000000 } },
    { "magic pages", LAYOUT_MAGIC, { 0x39000000, 0x1000000 }, { 0x39000000, 0x1000000 } },
    { "RAM0", LAYOUT_RAM0, { 0x40000000, 0xc0000000 }, { 0x40000000, 0xc0000000 } },
    { "vPCI prefetch", LAYOUT_VPCI_PREFETCH, { 0, 0 }, { 0x100000000, 0x100000000 } },
    { "RAM1", LAYOUT_RAM1, { 0x200000000, 0xfe00000000 }, { 0x200000000, 0xfe00000000 } },
};
// clang-format on

static void check_window(void **state)
{
    const struct window_row *row = *state;
    const struct layout_range *old = &xen_layout(xen_preset_by_name("xen-4.8.0"))->window[row->window];
    const struct layout_range *new = &xen_layout(xen_preset_by_name("xen-4.17"))->window[row->window];

    assert_string_equal(layout_window_name(row->window), row->name);
    assert_int_equal(old->base, row->in_4_8.base);
    assert_int_equal(old->bytes, row->in_4_8.bytes);
    assert_int_equal(new->base, row->in_4_17.base);
    assert_int_equal(new->bytes, row->in_4_17.bytes);
}

/* In every preset the windows are sorted, apart from each other and below 2^40, and the magic pages fit. */
static void all_presets(void **state)
{
    (void)state;
    for (size_t i = 0; xen_preset_at(i); i++) {
        const struct xen_layout *layout = xen_layout(xen_preset_at(i));
        uint64_t end = 0;

        for (unsigned w = 0; w < LAYOUT_WINDOW_COUNT; w++) {
            const struct layout_range *r = &layout->window[w];

            if (r->bytes == 0)
                continue;
            assert_in_range(r->base, end, 1ULL << 40);
            end = r->base + r->bytes;
            assert_in_range(end, 0, 1ULL << 40);
        }
        assert_non_null(layout->magic_page[0]);
    }
    assert_string_equal(xen_layout(xen_preset_by_name("seed"))->version, "4.8");
    assert_string_equal(xen_layout(xen_preset_by_name("xlnx-2020.2"))->version, "4.11");
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_window, ROWS_OF(window_rows));
    rows_add_test(&all, "all presets", all_presets, NULL);
    return rows_run(&all, "xen/layout");
}
