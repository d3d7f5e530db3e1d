/* Where dom0's RAM lies: the layouts that real boards printed, and what the rule makes of other memory. */
#include "platforms/xen/dom0_ram.h"
#include "platforms/xen/heap.h"
#include "tests/unit/models/rows.h"

#include <inttypes.h>
#include <stdio.h>

#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)

struct ram_row {
    const char *name, *preset;
    uint64_t mem;
    struct board_range ram[3]; /* none: a ZCU102's */
    struct board_range module;
    const char *banks; /* or, from '!' on, a part of the message */
    size_t chunks;     /* 0: not asked */
    uint64_t missing;
};

// clang-format off
static const struct ram_row ram_rows[] = {
    { "1 GB on a ZCU102 [Xen: boot log, 4.13]", "xen-4.17", GB(1), {{0}}, {0}, "20000000-60000000", 2, 0 },
    { "1500 MB on a ZCU102 [Xen: boot log, 4.14]", "xen-4.17", MB(1500), {{0}}, {0}, "20000000-7c000000 7e000000-7fc00000", 8, 0 },
    { "1500 MB, Xilinx's 4.13", "xlnx-2020.2", MB(1500), {{0}}, {0}, "20000000-7c000000 7e000000-7fc00000", 8, 0 },
    { "1 GB, Xilinx's 4.11: Xen has moved", "xlnx-2019.1", GB(1), {{0}}, {0}, "20000000-60000000", 2, 0 },
    { "4.8 goes where a whole gigabyte is", "xen-4.8.0", GB(1), {{0}}, {0}, "800000000-840000000", 1, 0 },
    { "4.8: 1500 MB, from the end of blocks", "xen-4.8.0", MB(1500), {{0}}, {0}, "800000000-840000000 85e400000-87c000000", 7, 0 },
    { "4.8: 512 MB are found low", "xen-4.8.1", MB(512), {{0}}, {0}, "20000000-40000000", 1, 0 },

    { "512 MB", "xen-4.17", MB(512), {{0}}, {0}, "20000000-40000000", 1, 0 },
    { "256 MB: the lowest that are free", "xen-4.17", MB(256), {{0}}, {0}, "10000000-20000000", 1, 0 },
    { "128 MB", "xen-4.17", MB(128), {{0}}, {0}, "8000000-10000000", 1, 0 },
    { "128 MB, a module there: the end of the next", "xen-4.17", MB(128), {{0}}, { 0x8000000, MB(1) }, "18000000-20000000", 1, 0 },
    { "130 MB: the rest from the highest below 4 GB", "xen-4.17", MB(130), {{0}}, {0}, "8000000-10000000 7fc00000-7fe00000", 2, 0 },
    { "100 MB is no power of two: no bank below 4 GB", "xen-4.17", MB(100), {{0}}, {0}, "875c00000-87c000000", 3, 0 },
    { "100 MB: 4.8 gives up", "xen-4.8.0", MB(100), {{0}}, {0}, "!xen-4.8.0 finds no first bank", 0, 0 },
    { "64 MB is", "xen-4.17", MB(64), {{0}}, { 0x4000000, MB(1) }, "c000000-10000000", 1, 0 },

    { "a gigabyte at 1 GB", "xen-4.17", GB(1), {{ 0, GB(3) }}, {0}, "40000000-80000000", 1, 0 },
    { "a page less", "xen-4.17", GB(1), {{ 0, GB(2) - 4096 }, { GB(32), GB(1) }}, {0}, "20000000-60000000", 2, 0 },
    { "a page more", "xen-4.17", GB(1), {{ 0, GB(2) + 4096 }, { GB(32), GB(1) }}, {0}, "40000000-80000000", 1, 0 },
    { "the first gigabyte is never whole", "xen-4.17", GB(1), {{ 0, GB(1) }, { GB(32), GB(2) }}, {0}, "8000000-40000000 870000000-878000000", 4, 0 },
    { "banks that overlap are one", "xen-4.17", GB(1), {{ GB(1), GB(1) }, { GB(1) + MB(512), GB(1) }, { 0, MB(256) }}, {0}, "40000000-80000000", 1, 0 },
    { "too small to begin before bank 0", "xen-4.17", MB(608), {{ MB(128), MB(64) }, { MB(512), MB(512) }, { GB(2), MB(64) }}, {0}, "!no memory for 98304 KB", 0, 0 },
    { "so 4.14 does without", "xlnx-2020.2", MB(608), {{ MB(128), MB(64) }, { MB(512), MB(512) }, { GB(2), MB(64) }}, {0}, "20000000-40000000", 1, MB(96) },
    { "128 MB may begin there", "xen-4.17", MB(640), {{ MB(128), MB(128) }, { MB(512), MB(512) }, { GB(2), MB(64) }}, {0}, "8000000-10000000 20000000-40000000", 2, 0 },
    { "more than there is", "xen-4.17", GB(5), {{0}}, {0}, "!dom0_mem: xen-4.17 finds no memory for", 0, 0 },

    { "nothing", "xen-4.17", 0, {{0}}, {0}, "!no multiple of 4 KB", 0, 0 },
    { "half a page", "xen-4.17", GB(1) + 2048, {{0}}, {0}, "!no multiple of 4 KB", 0, 0 },
    { "more than 40 bits", "xen-4.17", GB(1024) + 4096, {{0}}, {0}, "!no multiple of 4 KB", 0, 0 },
    { "no RAM below 4 GB for Xen", "xen-4.17", GB(1), {{ GB(32), GB(2) }}, {0}, "!no RAM below 4 GB", 0, 0 },
};
// clang-format on

static void write_banks(const struct dom0_ram *r, char *text, size_t bytes)
{
    size_t at = 0;

    text[0] = 0;
    for (size_t i = 0; i < r->bank_count && at < bytes; i++)
        at += (size_t)snprintf(text + at, bytes - at, "%s%" PRIx64 "-%" PRIx64, i ? " " : "", r->bank[i].base,
                               r->bank[i].base + r->bank[i].bytes);
}

static bool find(struct dom0_ram *r, const char *preset, const struct board *b, uint64_t mem, uint64_t xen_pa)
{
    return dom0_ram_find(r, xen_preset_by_name(preset), b, &(struct dom0_options){ mem, xen_pa }, NULL);
}

static void check_ram(void **state)
{
    const struct ram_row *row = *state;
    static struct board b;
    static struct dom0_ram r;
    struct trace_error err = { "" };
    char banks[256];
    struct dom0_options o = { row->mem, DOM0_XEN_ANYWHERE };
    bool found;

    memset(&r, POISON, sizeof r);
    assert_true(board_zcu102(&b));
    if (row->ram[0].bytes) {
        memcpy(b.ram, row->ram, sizeof row->ram);
        b.ram_count = row->ram[2].bytes ? 3 : row->ram[1].bytes ? 2 : 1;
    }
    if (row->module.bytes)
        assert_true(board_take(&b, row->module, BOARD_OF_MODULE));
    found = dom0_ram_find(&r, xen_preset_by_name(row->preset), &b, &o, &err);
    board_free(&b);
    if (row->banks[0] == '!') {
        assert_false(found);
        assert_non_null(strstr(err.text, row->banks + 1));
        return;
    }
    assert_true(found);
    write_banks(&r, banks, sizeof banks);
    assert_string_equal(banks, row->banks);
    assert_int_equal(r.missing, row->missing);
    if (row->chunks)
        assert_int_equal(r.chunk_count, row->chunks);
}

/* Xen's own place: where logs show it, where 4.8 moves to, where the caller says. */
static void xen_itself(void **state)
{
    static struct board b;
    static struct dom0_ram r;

    (void)state;
    assert_true(board_zcu102(&b));
    assert_true(find(&r, "xen-4.17", &b, GB(1), DOM0_XEN_ANYWHERE));
    assert_int_equal(r.xen_pa, 0x4200000);
    assert_true(find(&r, "xen-4.8.1", &b, GB(1), DOM0_XEN_ANYWHERE));
    assert_int_equal(r.xen_pa, 0x7FC00000);
    assert_true(find(&r, "xen-4.17", &b, GB(1), 0x30000000));
    assert_int_equal(r.chunk[0].base, 0x40000000); /* the next that is whole; the halves left and right follow */
    assert_int_equal(r.bank[0].base, 0x20000000);
    assert_int_equal(r.bank[0].bytes, MB(256));
    assert_int_equal(r.bank[1].bytes, MB(768));
    assert_false(find(&r, "xen-4.17", &b, GB(1), GB(1024)));
    board_free(&b);
}

/* Below /reserved-memory: 4.13 leaves it alone, 4.8 gives it to dom0. */
static void reserved_memory(void **state)
{
    static struct board b;
    static struct dom0_ram r;

    (void)state;
    assert_true(board_zcu102(&b));
    assert_true(board_take(&b, (struct board_range){ 0x30000000, MB(1) }, BOARD_OF_RESERVED));
    assert_true(find(&r, "xlnx-2020.2", &b, MB(512), DOM0_XEN_ANYWHERE));
    assert_int_equal(r.bank[0].base, 0x40000000);
    assert_true(find(&r, "xlnx-2019.1", &b, MB(512), DOM0_XEN_ANYWHERE));
    assert_int_equal(r.bank[0].base, 0x20000000);
    board_free(&b);
}

static void heap_gives_and_takes(void **state)
{
    struct heap h;

    (void)state;
    memset(&h, POISON, sizeof h);
    heap_init(&h);
    assert_true(heap_add(&h, 0, 0x10800));          /* pages 1 to 15 */
    assert_int_equal(h.count, 4);                   /* 1, 2-3, 4-7, 8-15 */
    assert_int_equal(heap_take(&h, 0, 13), 0x1000); /* below 8 KB */
    assert_int_equal(heap_take(&h, 0, 13), HEAP_NONE);
    assert_int_equal(heap_take(&h, 0, 64), 0xF000); /* the end of the highest */
    assert_int_equal(heap_take(&h, 0, 64), 0xE000); /* of the smallest there */
    assert_int_equal(heap_take(&h, 3, 64), HEAP_NONE);
    assert_true(heap_release(&h, 0xE000, 0));
    assert_true(heap_release(&h, 0xF000, 0));
    assert_int_equal(heap_take(&h, 3, 64), 0x8000); /* whole again */
    assert_int_equal(heap_take(&h, 2, 15), 0x4000);
    assert_int_equal(heap_take(&h, 1, 15), 0x2000);
    assert_int_equal(h.count, 0);
    heap_free_all(&h);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_ram, ROWS_OF(ram_rows));
    rows_add_test(&all, "Xen itself", xen_itself, NULL);
    rows_add_test(&all, "reserved memory", reserved_memory, NULL);
    rows_add_test(&all, "heap", heap_gives_and_takes, NULL);
    return rows_run(&all, "xen/dom0_ram");
}
