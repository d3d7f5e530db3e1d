/* `stagewalk explain` as a user meets it: exit status, output, messages. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/commands.h"

#include <jansson.h>

#define SCRIPT "tests/golden/explain/iomem.sw"
#define TRACE "traces/samples/zcu102-domU.swt"

static const struct row {
    const char *line;
    int status;
    const char *out, *err;
} rows[] = {
    { "explain " SCRIPT " 0x0", 0, "PA 0x7f000000, Device-nGnRE osh\n", "" },
    { "explain " SCRIPT " 0", 0, "at VA 0x0", "" },
    { "explain --cpu 3 " SCRIPT " 0x0", 0, "core 3, EL1", "" },
    { "explain --kind fetch " SCRIPT " 0x0", 1, "permission fault of stage 1", "" },
    { "explain --kind fetch --el 0 " SCRIPT " 0x0", 1, "permission fault of stage 2", "" },
    { "explain --el 2 " SCRIPT " 0x1000", 0, "SCTLR_EL2          0x0  stage 1 is off", "" },
    { "explain --size 4 " SCRIPT " 0x4", 0, "PA 0x7f000004", "" },
    { "explain " SCRIPT " 0x4", 1, "stage 2 says Device, where what is not aligned", "" },
    { "explain " SCRIPT " 0xffc", 1, "this is its first part, of 4 bytes; the other begins at VA 0x1000", "" },
    { "explain --xen seed " SCRIPT " 0x1000", 0, "p2m type 5 (p2m_mmio_direct_c", "" },
    { "explain --json - " SCRIPT " 0x0", 0, "\"schema\": \"stagewalk/explain/1\"", "" },
    { "explain --json - --kind fetch " SCRIPT " 0x0", 1, "\"outcome\": \"fault\"", "" },
    { "explain --el 0 --kind fetch " TRACE " 0x53cd8c", 0, "PA 0x5b50fd8c, Normal-WB ish", "" },
    { "explain --el 0 " TRACE " 0xffffdd3bb0c0", 0, "PA 0x417cb0c0, Normal-WB ish", "" },
    { "explain --cpu 1 --el 0 --kind fetch " TRACE " 0x4000b0", 0, "as core 1 begins, before record 10299", "" },
    { "explain --at 0 " TRACE " 0x0", 1, "after record 0", "" },
    { "explain " TRACE " 0xffff000000000000", 1, "invalid (its page is not in the", "" },
    { "explain --cpu 1 --kind store --size 4 --at 29900 " TRACE " 0xffff800008005f00", 1,
      "emulates  the GIC distributor of a domU", "" },
    { "explain --help", 0, "Examples:\n", "" },
    { "explain", 2, "", "explain wants SCRIPT, TRACE or SNAPSHOT, and a VA" },
    { "explain " SCRIPT, 2, "", "explain wants SCRIPT, TRACE or SNAPSHOT, and a VA" },
    { "explain " SCRIPT " 0 0", 2, "", "explain wants SCRIPT, TRACE or SNAPSHOT, and a VA" },
    { "explain " SCRIPT " here", 2, "", "the VA 'here' is not a number" },
    { "explain " SCRIPT " 0x", 2, "", "the VA '0x' is not a number" },
    { "explain " SCRIPT " 0x10000000000000000", 2, "", "is not a number; wants 0x... or decimal, up to 64 bits" },
    { "explain --cpu 4 " SCRIPT " 0", 2, "", "no core 4: cluster.cores is 4, so --cpu wants 0 to 3" },
    { "explain --cpu 2 -C cluster.cores=2 " SCRIPT " 0", 2, "", "so --cpu wants 0 to 1" },
    { "explain --el 3 " SCRIPT " 0", 2, "", "--el wants 0, 1 or 2, not 3" },
    { "explain --kind peek " SCRIPT " 0", 2, "", "--kind wants load, store or fetch, not 'peek'" },
    { "explain --size 3 " SCRIPT " 0", 2, "", "--size wants 1, 2, 4" },
    { "explain --size 128 " SCRIPT " 0", 2, "", "--size wants 1, 2, 4" },
    { "explain --kind fetch " SCRIPT " 0x2", 2, "", "wants a multiple of 4" },
    { "explain --xen xen-4.18 " SCRIPT " 0", 2, "", "no preset 'xen-4.18'; did you mean 'xen-4.17'?" },
    { "explain --xen nonsense " SCRIPT " 0", 2, "", "`stagewalk explain --help` lists them" },
    { "explain --at 1 " SCRIPT " 0", 2, "", "--at goes with a packed trace (.swt)" },
    { "explain --at x " TRACE " 0", 2, "", "--at wants the number of a record, not 'x'" },
    { "explain --at 2000000 " TRACE " 0", 2, "", "it has 2000000 records, so --at wants 0 to 1999999" },
    { "explain --cpu 3 traces/samples/zcu102-dom0.swt 0", 2, "", "core 3 does nothing in it" },
    { "explain --cpu 1 --at 100 " TRACE " 0", 2, "", "core 1 has no registers yet after record 100" },
    { "explain nowhere.sw 0", 2, "", "nowhere.sw" },
    { "explain nowhere.swt 0", 2, "", "nowhere.swt" },
    { "explain tests/golden/bad/unknown-register.sw 0", 2, "", "unknown-register.sw:" },
    { "explain --json " SCRIPT " " SCRIPT " 0", 2, "", "is also an input" },
};

static void check_command(void **state)
{
    const struct row *row = *state;
    struct capture_result r = capture_command(cmd_explain, row->line);

    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    assert_int_equal(r.status, row->status);
    capture_free(&r);
}

static void the_last_record_is_one_to_ask_after(void **state)
{
    struct capture_result r = capture_command(cmd_explain, "explain --at 1999999 --el 2 " TRACE " 0x200000");

    (void)state;
    assert_says(r.err, "");
    assert_says(r.out, "after record 1999999");
    assert_int_equal(r.status, 0);
    capture_free(&r);
}

/* The JSON has what a program asks for, under names that stay. */
static void json_is_data(void **state)
{
    struct capture_result r = capture_command(cmd_explain, "explain --json - --kind fetch --el 0 " SCRIPT " 0x0");
    json_t *root = json_loads(r.out, 0, NULL), *fault = json_object_get(root, "fault");
    const char *esr, *hex;
    int level, s1ptw, fetches;

    (void)state;
    assert_non_null(root);
    assert_int_equal(json_unpack(fault, "{s:s, s:i, s:b}", "esr", &esr, "level", &level, "s1ptw", &s1ptw), 0);
    assert_string_equal(esr, "0x8200000f");
    assert_int_equal(level, 3);
    assert_false(s1ptw);
    assert_int_equal(json_unpack(root, "{s:{s:i}}", "cost", "walk_fetches", &fetches), 0);
    assert_int_equal(fetches, 9);
    assert_int_equal(json_array_size(json_object_get(root, "fetches")), 9);
    assert_int_equal(json_unpack(json_array_get(json_object_get(root, "fetches"), 8), "{s:s}", "descriptor", &hex), 0);
    assert_string_equal(hex, "0x1c000007f0006c7");
    json_decref(root);
    capture_free(&r);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check_command, ROWS_OF(rows));
    rows_add_test(&r, "the last record is one to ask after", the_last_record_is_one_to_ask_after, NULL);
    rows_add_test(&r, "JSON is data", json_is_data, NULL);
    return rows_run(&r, "explain_command");
}
