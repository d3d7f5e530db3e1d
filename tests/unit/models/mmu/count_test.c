/* The counters' names and PMU numbers, as the A53 and Linux have them. */
#include "models/mmu/count.h"

#include "tests/unit/models/rows.h"

/* [A53: 12.9, Table 12-28] and Linux's arch/arm64/cortex-a53 event files */
struct event_row {
    const char *name;
    enum count count;
    uint32_t number;
};

static const struct event_row event_rows[] = {
    { "L1I_CACHE_REFILL", COUNT_L1I_CACHE_REFILL, 0x01 },
    { "L1I_TLB_REFILL", COUNT_L1I_TLB_REFILL, 0x02 },
    { "L1D_CACHE_REFILL", COUNT_L1D_CACHE_REFILL, 0x03 },
    { "L1D_CACHE", COUNT_L1D_CACHE, 0x04 },
    { "L1D_TLB_REFILL", COUNT_L1D_TLB_REFILL, 0x05 },
    { "LD_RETIRED", COUNT_LD_RETIRED, 0x06 },
    { "ST_RETIRED", COUNT_ST_RETIRED, 0x07 },
    { "INST_RETIRED", COUNT_INST_RETIRED, 0x08 },
    { "EXC_TAKEN", COUNT_EXC_TAKEN, 0x09 },
    { "EXC_RETURN", COUNT_EXC_RETURN, 0x0A },
    { "CID_WRITE_RETIRED", COUNT_CID_WRITE_RETIRED, 0x0B },
    { "UNALIGNED_LDST_RETIRED", COUNT_UNALIGNED_LDST_RETIRED, 0x0F },
    { "CPU_CYCLES", COUNT_CPU_CYCLES, 0x11 },
    { "MEM_ACCESS", COUNT_MEM_ACCESS, 0x13 },
    { "L1I_CACHE", COUNT_L1I_CACHE, 0x14 },
    { "L1D_CACHE_WB", COUNT_L1D_CACHE_WB, 0x15 },
    { "L2D_CACHE", COUNT_L2D_CACHE, 0x16 },
    { "L2D_CACHE_REFILL", COUNT_L2D_CACHE_REFILL, 0x17 },
    { "L2D_CACHE_WB", COUNT_L2D_CACHE_WB, 0x18 },
    { "EXC_IRQ", COUNT_EXC_IRQ, 0x86 },
    { "EXC_FIQ", COUNT_EXC_FIQ, 0x87 },
    { "EXT_MEM_REQ", COUNT_EXT_MEM_REQ, 0xC0 },
    { "EXT_MEM_REQ_NC", COUNT_EXT_MEM_REQ_NC, 0xC1 },
    { "EXT_SNOOP", COUNT_EXT_SNOOP, 0xC8 },
    { "IC_DEP_STALL", COUNT_IC_DEP_STALL, 0xE1 },
    { "IUTLB_DEP_STALL", COUNT_IUTLB_DEP_STALL, 0xE2 },
    { "LD_DEP_STALL", COUNT_LD_DEP_STALL, 0xE7 },
};

static void check_event(void **state)
{
    const struct event_row *row = *state;

    assert_string_equal(count_row(row->count)->name, row->name);
    assert_int_equal(count_row(row->count)->number, row->number);
}

/* Names and numbers are unique, our own numbers are out of the PMU's reach, and every row says what it counts. */
static void rows_are_apart(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT_COUNT; i++) {
        const struct count_row *a = count_row((enum count)i);

        assert_true(a->text[0] != '\0');
        if ((size_t)i >= sizeof event_rows / sizeof *event_rows)
            assert_true(a->number >= 0x1000);
        for (int k = i + 1; k < COUNT_COUNT; k++) {
            assert_string_not_equal(a->name, count_row((enum count)k)->name);
            assert_int_not_equal(a->number, count_row((enum count)k)->number);
        }
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_event, ROWS_OF(event_rows));
    rows_add_test(&all, "names and numbers are unique", rows_are_apart, NULL);
    return rows_run(&all, "mmu/count");
}
