/* dom0's stage-2 tables as a real Xen 4.17 had built them, captured on QEMU's ZCU102, against those built here. */
#include "platforms/xen/dom0.h"
#include "platforms/xen/p2m.h"
#include "tests/unit/models/rows.h"

#include <stdlib.h>

#define CAPTURE "traces/samples/zcu102-dom0.swt"
#define VTTBR_EL2 REC_SYSREG(3, 4, 2, 1, 0)
#define VTCR_EL2 REC_SYSREG(3, 4, 2, 1, 2)
#define HCR_EL2 REC_SYSREG(3, 4, 1, 1, 0)
#define ADDRESS 0x0000FFFFFFFFF000ULL
#define PAGES_MAX 1024
#define XEN_HEAP 0x7E000000ULL /* and above: frame table, tables, shared_info, grant table */

static struct {
    uint64_t pa;
    uint64_t word[512];
} page[PAGES_MAX];
static size_t page_count;
static uint64_t vttbr, vtcr, hcr;

static void read_capture(void)
{
    struct trace_reader *r = trace_open(CAPTURE, 0, NULL);
    struct trace_rec rec[64];
    uint64_t pa;
    int count;

    assert_non_null(r);
    while (page_count < PAGES_MAX && trace_read_page(r, &pa, (uint8_t *)page[page_count].word) > 0)
        page[page_count++].pa = pa;
    while (vttbr == 0 && (count = trace_read(r, rec, 64)) > 0) {
        for (int i = 0; i < count; i++) {
            if (rec[i].op != REC_MSR)
                continue;
            hcr = rec[i].n == HCR_EL2 && (rec[i].value & 1) ? rec[i].value : hcr;
            vtcr = rec[i].n == VTCR_EL2 ? rec[i].value : vtcr;
            vttbr = rec[i].n == VTTBR_EL2 && rec[i].value >> 48 == DOM0_VMID ? rec[i].value : vttbr;
        }
    }
    trace_close(r);
}

static const uint64_t *find_page(uint64_t pa)
{
    for (size_t i = 0; i < page_count; i++) {
        if (page[i].pa == pa)
            return page[i].word;
    }
    return NULL;
}

/* As it was: RAM and GIC windows that QEMU is given, the modules' places, dom0_mem=512M. */
static void build(struct xen_domain *d, struct dom0_ram *ram)
{
    static struct board b;
    struct dom0_options o = { .mem = 512ULL << 20, .xen_pa = DOM0_XEN_ANYWHERE };

    assert_true(board_zcu102(&b));
    b.ram_count = 1;
    b.ram[0] = (struct board_range){ 0, 0x80000000 };
    b.gicc = (struct board_range){ 0xF902F000, 0x2000 };
    b.gicv = (struct board_range){ 0xF906F000, 0x2000 };
    assert_true(board_take(&b, (struct board_range){ 0x20000000, 0x08000000 }, BOARD_OF_MODULE));
    domain_init(d, xen_preset_by_name("xen-4.17"), "dom0", DOM0_VMID);
    assert_true(dom0_build(d, &b, &o, ram, NULL));
    board_free(&b);
}

struct compared {
    const struct p2m *p;
    struct sweep sweep;
    unsigned of_heap, gicc;
};

/* A leaf of the capture. Linux's shared_info has taken a block of RAM apart: the level is not compared where that is
 * why. */
static void compare(struct compared *c, uint64_t ipa, uint64_t desc, unsigned level)
{
    struct p2m_leaf ours = p2m_find(c->p, ipa);
    const struct xen_preset *x = c->p->preset;
    uint64_t pa = (ours.desc & 0xFFFFFFF000 & ~(ours.bytes - 1)) + (ipa - ours.ipa);

    if ((desc & ADDRESS) >= XEN_HEAP && (desc & ADDRESS) < 0x80000000) {
        c->of_heap++;
        return;
    }
    c->gicc += (desc & ADDRESS) >= 0xF9000000;
    sweep_point(&c->sweep, ours.desc ? xen_preset_leaf(x, xen_preset_type_of(x, ours.desc), pa, level) : 0, desc,
                "IPA %#llx, level %u", (unsigned long long)ipa, level);
}

static void walk(struct compared *c, uint64_t table, unsigned level, uint64_t ipa)
{
    const uint64_t *word = find_page(table);

    for (unsigned i = 0; word && i < 512; i++) {
        uint64_t at = ipa + ((uint64_t)i << (12 + 9 * (3 - level)));

        if (!(word[i] & 1))
            continue;
        if (level < 3 && (word[i] & 2))
            walk(c, word[i] & ADDRESS, level + 1, at);
        else
            compare(c, at, word[i], level);
    }
}

static void as_captured(void **state)
{
    static struct dom0_ram ram;
    struct xen_domain d;
    struct p2m p;
    struct compared c = { .p = &p };

    (void)state;
    read_capture();
    assert_int_equal(vttbr >> 48, DOM0_VMID);
    build(&d, &ram);
    assert_int_equal(d.preset->vtcr_el2, vtcr);
    assert_int_equal(d.preset->hcr_el2, hcr);
    assert_int_equal(ram.bank_count, 1);
    assert_int_equal(ram.bank[0].base, 0x40000000);
    assert_int_equal(p2m_init(&p, d.preset, 0x7FE00000), P2M_OK);
    assert_int_equal(p2m_map_domain(&p, &d), P2M_OK);
    walk(&c, vttbr & ADDRESS, 1, 0);
    walk(&c, (vttbr & ADDRESS) + 4096, 1, 1ULL << 39);
    assert_int_equal(c.sweep.wrong, 0);
    assert_true(c.sweep.points >= 30);
    assert_true(c.gicc >= 1);
    assert_true(c.of_heap <= 2);
    p2m_free(&p);
    domain_free(&d);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "as captured", as_captured, NULL);
    return rows_run(&all, "xen/dom0_capture");
}
