/* The reasons, rule by rule. */
#include "tests/unit/models/rows.h"

#include "sim/merge/merge_explain.h"

static const struct row {
    const char *name;
    struct merge_inputs in;
    const char *rule, *text;
} rows[] = {
    { "Device wins from stage 1", { 0x04, 3, 0xf, 3 }, "type", "stage 1 decides: Device wins over Normal" },
    { "Device wins from stage 2", { 0xff, 3, 0x1, 2 }, "type", "stage 2 decides: Device wins over Normal" },
    { "the stricter Device is stage 1's", { 0x00, 0, 0x1, 0 }, "type", "stage 1 decides: the more restrictive" },
    { "the stricter Device is stage 2's", { 0x0c, 0, 0x2, 0 }, "type", "stage 2 decides: the more restrictive" },
    { "the same Device", { 0x08, 0, 0x2, 0 }, "type", "both stages say Device-nGRE" },
    { "Normal", { 0xff, 0, 0xf, 0 }, "type", "both stages say Normal" },
    { "inner: the same", { 0xff, 0, 0xf, 0 }, "inner", "both stages say WB" },
    { "inner: stage 1's", { 0xfb, 0, 0xf, 0 }, "inner", "stage 1 decides: WT wins over WB" },
    { "inner: stage 2's", { 0xff, 0, 0xd, 0 }, "inner", "stage 2 decides: NC wins over WB" },
    { "outer: stage 1's", { 0x4f, 0, 0xb, 0 }, "outer", "stage 1 decides: NC wins over WT" },
    { "outer: stage 2's", { 0xff, 0, 0xb, 0 }, "outer", "stage 2 decides: WT wins over WB" },
    { "hints are stage 1's", { 0xff, 0, 0xb, 0 }, "hints", "stage 1's" },
    { "no hints without a cache", { 0xff, 0, 0x5, 0 }, "hints", "none" },
    { "Device is forced", { 0xff, 0, 0x1, 0 }, "shareability", "forced to osh: so is all Device memory" },
    { "Non-cacheable is forced", { 0x44, 0, 0xf, 0 }, "shareability", "forced to osh: the result is Non-cacheable" },
    { "Non-cacheable as a result only is, too", { 0xf4, 0, 0x7, 0 }, "shareability", "forced to osh: the result" },
    { "Non-cacheable in one half is not", { 0xf4, 3, 0xf, 3 }, "shareability", "both stages say ish; not forced" },
    { "shareability is stage 1's",
      { 0xff, 2, 0xf, 3 },
      "shareability",
      "stage 1 decides: osh wins over ish; not forced" },
    { "shareability is stage 2's",
      { 0xff, 0, 0xf, 3 },
      "shareability",
      "stage 2 decides: ish wins over nsh; not forced" },
    { "a reserved SH is as nsh", { 0xff, 1, 0xf, 0 }, "shareability", "both stages say nsh; not forced" },
    { "cached", { 0xff, 3, 0xf, 3 }, "A53", "cached in L1 and L2" },
    { "not cached: WT", { 0xbb, 3, 0xf, 3 }, "A53", "not cached: only what is inner and outer Write-Back" },
    { "not cached: Device", { 0x00, 3, 0xf, 3 }, "A53", "not cached: Device" },
    { "a reserved MAIR byte", { 0xf0, 0, 0xf, 0 }, "reserved", "[choice] MAIR byte 0xf0 acts as 0xf4" },
    { "a reserved stage-1 SH", { 0xff, 1, 0xf, 0 }, "reserved", "[choice] stage-1 SH 0b01 acts as nsh" },
    { "a reserved MemAttr", { 0xff, 0, 0x8, 0 }, "reserved", "[choice] MemAttr 0x8 acts as Normal-" },
    { "a reserved stage-2 SH", { 0xff, 0, 0xf, 1 }, "reserved", "[choice] stage-2 SH 0b01 acts as nsh" },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct merge_reason reasons[MERGE_REASONS_MAX];
    size_t count;

    memset(reasons, POISON, sizeof reasons);
    count = merge_explain(row->in, reasons);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(reasons[i].rule, row->rule) == 0) {
            if (strncmp(reasons[i].text, row->text, strlen(row->text)) != 0)
                fail_msg("%s", reasons[i].text);
            return;
        }
    }
    fail_msg("no reason for %s", row->rule);
}

/* Every input has its reasons, of which none is cut short. */
static void every_input_is_explained(void **state)
{
    struct sweep s = { 0, 0 };
    struct merge_reason reasons[MERGE_REASONS_MAX];

    (void)state;
    for (unsigned i = 0; i < 256 * 4 * 16 * 4; i++) {
        struct merge_inputs in = { (uint8_t)(i >> 8), i >> 6 & 3, i >> 2 & 15, i & 3 };
        unsigned want = memattr_is_device(merge_result(in)) ? 3 : 6;
        size_t count;

        want += (unsigned)(!attr_mair_is_legal(in.mair) + !attr_stage2_is_legal(in.memattr) + (in.s1_sh == 1) +
                           (in.s2_sh == 1));
        memset(reasons, 0, sizeof reasons);
        count = merge_explain(in, reasons);
        for (size_t j = 0; j < count; j++)
            sweep_point(&s, strlen(reasons[j].text) < MERGE_REASON_BYTES - 1, true, "%u: %s", i, reasons[j].text);
        sweep_point(&s, count, want, "%u: reasons", i);
    }
    assert_int_equal(s.wrong, 0);
}

/* What stage 1 says where there is no stage 2. */
static const struct alone_row {
    const char *name;
    uint8_t mair, sh;
    const char *rule, *text;
} alone_rows[] = {
    { "alone: type", 0xff, 3, "type", "stage 1 alone decides" },
    { "alone: Normal", 0xff, 3, "shareability", "stage 1 alone decides" },
    { "alone: Device is forced", 0x04, 0, "shareability", "forced to osh: so is all Device memory" },
    { "alone: Non-cacheable is forced", 0x44, 3, "shareability", "forced to osh: the result is Non-cacheable" },
    { "alone: cached", 0xff, 0, "A53", "cached in L1 and L2" },
    { "alone: not cached", 0xbb, 0, "A53", "not cached" },
    { "alone: a reserved byte", 0xf0, 0, "reserved", "[choice] MAIR byte 0xf0 acts as 0xf4" },
    { "alone: a reserved SH", 0xff, 1, "reserved", "[choice] stage-1 SH 0b01 acts as nsh" },
};

static void check_alone(void **state)
{
    const struct alone_row *row = *state;
    struct merge_reason reasons[MERGE_REASONS_MAX];
    size_t count;

    memset(reasons, POISON, sizeof reasons);
    count = merge_explain_alone(row->mair, row->sh, reasons);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(reasons[i].rule, row->rule) == 0) {
            assert_int_equal(strncmp(reasons[i].text, row->text, strlen(row->text)), 0);
            return;
        }
    }
    fail_msg("no reason for %s", row->rule);
}

static void json_says_what_the_text_says(void **state)
{
    const struct merge_inputs in = { 0xff, 3, 0x1, 1 };
    json_t *o = merge_explain_json(in);
    const char *schema, *attr, *sh, *type;
    int reserved1, reserved2, cached;

    (void)state;
    assert_int_equal(json_unpack(o, "{s:s, s:{s:b}, s:{s:b}, s:{s:s, s:s, s:s, s:b}}", "schema", &schema, "stage1",
                                 "reserved", &reserved1, "stage2", "reserved", &reserved2, "result", "type", &type,
                                 "attr", &attr, "sh", &sh, "cached", &cached),
                     0);
    assert_string_equal(schema, "stagewalk/merge/1");
    assert_false(reserved1);
    assert_true(reserved2);
    assert_string_equal(type, "Device-nGnRE");
    assert_string_equal(attr, "0x04");
    assert_string_equal(sh, "osh");
    assert_false(cached);
    assert_int_equal(json_array_size(json_object_get(o, "reasons")), 4);
    json_decref(o);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    rows_add(&r, check_alone, ROWS_OF(alone_rows));
    rows_add_test(&r, "every input is explained", every_input_is_explained, NULL);
    rows_add_test(&r, "JSON says what the text says", json_says_what_the_text_says, NULL);
    return rows_run(&r, "merge_explain");
}
