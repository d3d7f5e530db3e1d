/* HCR_EL2 in words. */
#include "sim/map/hcr_text.h"

#include "tests/unit/models/rows.h"

static const struct row {
    const char *name;
    uint64_t hcr;
    const char *text;
} rows[] = {
    { "nothing", 0, "" },
    { "lowest bit", 1, "VM" },
    { "highest bit that ARMv8.0 has", 1ULL << 33, "ID" },
    { "beyond", 1ULL << 34, "" },
    { "a field of two bits", 3ULL << 10, "BSU=3" },
    { "Xen 4.17", 0x807C663F, "VM SWIO PTW FMO IMO AMO FB BSU=1 TWI TWE TID3 TSC TIDCP TACR TSW RW" },
    { "all", UINT64_MAX,
      "VM SWIO PTW FMO IMO AMO VF VI VSE FB BSU=3 DC TWI TWE TID0 TID1 TID2 TID3 TSC TIDCP TACR TSW TPC TPU TTLB TVM "
      "TGE "
      "TDZ HCD TRVM RW CD ID" },
};

static void test_text(void **state)
{
    const struct row *row = *state;
    char text[HCR_TEXT_BYTES];

    memset(text, POISON, sizeof text);
    assert_string_equal(hcr_text(row->hcr, text), row->text);
}

int main(void)
{
    struct rows tests = { .count = 0 };

    rows_add(&tests, test_text, ROWS_OF(rows));
    return rows_run(&tests, "hcr_text");
}
