/* Stage-1 leaves bit by bit, as Linux writes them; those marked are in the tables of the captured 6.1 kernels. */
#include "platforms/linux/linux_prot.h"
#include "tests/unit/models/rows.h"

#define NONE 0

struct leaf_row {
    const char *name;
    enum linux_prot prot;
    uint64_t page_6_1, page_4; /* page descriptors of address 0; NONE: the version has no such type */
};

// clang-format off
static const struct leaf_row leaf_rows[] = {
    { "PAGE_KERNEL",         PROT_KERNEL,        0x00E8000000000703, 0x00E8000000000713 }, /* captured */
    { "PAGE_KERNEL tagged",  PROT_KERNEL_LINEAR, 0x00E8000000000707, 0x00E8000000000713 }, /* captured */
    { "PAGE_KERNEL_RO",      PROT_KERNEL_RO,     0x00E0000000000783, 0x00E0000000000793 }, /* captured */
    { "PAGE_KERNEL_ROX",     PROT_KERNEL_ROX,    0x00C0000000000783, 0x00C0000000000793 }, /* captured */
    { "PROT_DEVICE_nGnRE",   PROT_IOREMAP,       0x0068000000000713, 0x00E8000000000707 }, /* captured */
    { "PROT_DEVICE_nGnRnE",  PROT_IOREMAP_NP,    0x006800000000070F, 0x00E8000000000703 },
    { "PROT_NORMAL_NC",      PROT_IOREMAP_WC,    0x006800000000070B, 0x00E800000000070F },
    { "PROT_NORMAL_WT",      PROT_IOREMAP_WT,    NONE,               0x00E8000000000717 },
    { "MT_DEVICE_GRE",       PROT_IOREMAP_GRE,   NONE,               0x00E800000000070B },
    { "pgprot_dmacoherent",  PROT_DMA_COHERENT,  0x00E800000000070B, 0x00E800000000070F }, /* captured */
    { "PAGE_SHARED",         PROT_USER,          0x00E8000000000F43, 0x00E8000000000F53 }, /* captured */
    { "PAGE_READONLY",       PROT_USER_RO,       0x0060000000000FC3, 0x0060000000000FD3 }, /* captured */
    { "PAGE_READONLY_EXEC",  PROT_USER_TEXT,     0x0020000000000FC3, 0x0020000000000FD3 }, /* captured */
    { "pgprot_noncached",    PROT_DEV_MEM,       0x01E8000000000F4F, 0x01E8000000000F43 },
    { "pgprot_writecombine", PROT_DEV_MEM_SYNC,  0x01E8000000000F4B, 0x01E8000000000F4F },
};
// clang-format on

static void check_version(const struct leaf_row *row, const char *preset, uint64_t page)
{
    const struct linux_preset *p = linux_preset_by_name(preset);
    bool user = linux_prot_is_user(row->prot);

    assert_string_equal(linux_prot_name(row->prot), row->name);
    assert_int_equal(linux_prot_known(p, row->prot), page != NONE);
    if (page == NONE)
        return;
    assert_int_equal(linux_prot_leaf(p, row->prot, false) | 3, page);
    assert_int_equal(linux_prot_leaf(p, row->prot, true) | 3, page | 1 << 11);
    assert_int_equal(user, (page & 1 << 6) != 0);
}

static void check_leaf(void **state)
{
    const struct leaf_row *row = *state;

    check_version(row, "linux-6.1-48", row->page_6_1);
    check_version(row, "linux-6.1-39", row->page_6_1);
    check_version(row, "linux-4.x-39", row->page_4);
    check_version(row, "linux-4.x-48", row->page_4);
}

/* Captured too: 0x18..3 above the linear map, 0x10..3 above the kernel, 0x08..3 above processes. */
static void tables(void **state)
{
    const struct linux_preset *six = linux_preset_by_name("linux-6.1-48"), *four = linux_preset_by_name("linux-4.x-48");

    (void)state;
    assert_int_equal(linux_prot_table(six, PROT_KERNEL_LINEAR), 0x1800000000000000);
    assert_int_equal(linux_prot_table(six, PROT_KERNEL_ROX), 0x1000000000000000);
    assert_int_equal(linux_prot_table(six, PROT_IOREMAP), 0x1000000000000000);
    assert_int_equal(linux_prot_table(six, PROT_USER_TEXT), 0x0800000000000000);
    for (unsigned prot = 0; prot < PROT_COUNT; prot++)
        assert_int_equal(linux_prot_table(four, (enum linux_prot)prot), 0);
}

static void of_no_linux(void **state)
{
    (void)state;
    for (unsigned prot = 0; prot < PROT_COUNT; prot++) {
        assert_false(linux_prot_known(linux_preset_by_name("bare-metal"), (enum linux_prot)prot));
        assert_false(linux_prot_known(linux_preset_by_name("off"), (enum linux_prot)prot));
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_leaf, ROWS_OF(leaf_rows));
    rows_add_test(&all, "table descriptors", tables, NULL);
    rows_add_test(&all, "presets that are no Linux", of_no_linux, NULL);
    return rows_run(&all, "linux/linux_prot");
}
