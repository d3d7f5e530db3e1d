/* Captured guests under other tables: every PA, fault and AT result is as recorded, through the modelled TLBs. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "platforms/zynqmp/params.h"
#include "sim/commands.h"
#include "sim/explore/relayout.h"
#include "sim/interrupt.h"
#include "sim/replay/replay.h"

#define DOM0 "traces/samples/zcu102-dom0.swt"
#define DOMU "traces/samples/zcu102-domU.swt"

/* Rewrites a trace. Returns the status; the message is in *err. */
static enum relayout_status rewrite(const char *path, const char *words, const char *output,
                                    struct relayout_result *result, struct trace_error *err)
{
    struct relayout_request q = { .path = path, .output = output };
    char why[LAYOUT_WHY_BYTES] = "";

    layout_default(&q.layout);
    if (!layout_words(&q.layout, words, why))
        fail_msg("%s", why);
    return relayout_trace(&q, result, err);
}

static struct replay *verify(const char *path)
{
    struct config config;
    struct replay_request q = { .path = path, .config = &config, .verify = true, .engine = REPLAY_FAST };
    struct trace_error err = { "" };
    struct replay *r;

    params_default(&config);
    q.mismatches_shown = 3;
    r = replay_trace(&q, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static const struct sample_row {
    const char *name; /* the words */
    const char *path;
} sample_rows[] = {
    { "as-captured", DOM0 },
    { "stage1=pages stage2=pages", DOM0 },
    { "stage1=blocks stage2=blocks contiguous1=yes contiguous2=yes ahead=yes", DOM0 },
    { "stage1=linear-blocks stage2=2M ipa_bits=36 walks=uncached", DOMU },
    { "stage2=xen ipa_bits=32 start2=1", DOMU },
    { "stage1=pages stage2=blocks holes=cover tables=0x70000000", DOMU },
};

static void a_sample_stays_what_it_was(void **state)
{
    const struct sample_row *row = *state;
    const char *path = fixture_path("new.swt");
    struct replay *old = verify(row->path), *r;
    struct relayout_result result;
    struct trace_error err;

    if (rewrite(row->path, row->name, path, &result, &err) != RELAYOUT_DONE)
        fail_msg("%s", err.text);
    r = verify(path);
    assert_true(replay_agrees(r));
    assert_int_equal(result.unsupported, 0);
    assert_int_equal(result.records, r->info.records);
    assert_int_equal(r->verify.pa_compared, old->verify.pa_compared);
    assert_int_equal(r->verify.faults_compared, old->verify.faults_compared);
    assert_int_equal(r->verify.at_compared, old->verify.at_compared);
    assert_memory_equal(r->stats.type, old->stats.type, sizeof r->stats.type);
    relayout_free(&result);
    replay_free(old);
    replay_free(r);
    unlink(path);
}

static const struct refused_row {
    const char *name; /* the words */
    const char *path;
    const char *why;
} refused_rows[] = {
    { "granule1=64K", DOM0, "64 KB granule: stage 1 maps less than a page of it alike at VA 0x" },
    { "granule2=64K", DOM0, "64 KB granule: stage 2 maps less than a page of it alike at IPA 0x" },
    { "granule1=16K", DOM0, "the A53 has no 16 KB granule" },
    { "ipa_bits=31", DOMU, "IPAs of 31 bits are too few for IPA 0x" },
    { "va_bits=39", DOMU, "VAs of 39 bits are too few for VA 0x" },
    { "tables=ocm", DOM0, "the tables do not fit into the 256 KB at 0xfffc0000" },
    { "tables=0x90000000", DOM0, "tables outside memory" },
    { "tables=0x40000000", DOM0, "the trace uses memory there" },
    { "tables=0x800000000 ipa_bits=32", DOM0, "is above the IPA size of 32 bits" },
    { "ipa_bits=25 start2=1", DOM0, "no table of 4 KB granule can begin so for 25 bits" },
};

static void an_impossible_layout_is_refused(void **state)
{
    const struct refused_row *row = *state;
    const char *path = fixture_path("new.swt");
    struct relayout_result result;
    struct trace_error err;

    assert_int_equal(rewrite(row->path, row->name, path, &result, &err), RELAYOUT_REFUSED);
    assert_says(err.text, row->why);
    assert_null(result.context);
    assert_int_not_equal(access(path, F_OK), 0);
    relayout_free(&result);
}

static void the_first_signal_ends_it(void **state)
{
    const char *path = fixture_path("new.swt");
    struct relayout_result result;
    struct trace_error err;

    (void)state;
    interrupt_watch(true);
    assert_true(interrupt_take(SIGTERM));
    assert_int_equal(rewrite(DOM0, "stage1=pages", path, &result, &err), RELAYOUT_FAILED);
    interrupt_watch(false);
    assert_string_equal(err.text, "interrupted");
    assert_int_not_equal(access(path, F_OK), 0);
    relayout_free(&result);
}

static const struct command_row {
    const char *name;
    int status;
    const char *out, *err;
} command_rows[] = {
    { "trace relayout --help", 0, "Examples:\n", "" },
    { "trace relayout " DOM0, 2, "", "-o FILE says where the new trace goes" },
    { "trace relayout -o " DOM0 " --dtb " DOM0 " " DOM0, 2, "", "is also an input" },
    { "trace relayout -o /dev/null --json " DOM0 " " DOM0, 2, "", "is also an input" },
    { "trace relayout -o /dev/null --stage1 big " DOM0, 2, "", "--stage1=big: wants one of as-captured pages" },
    { "trace relayout -o /dev/null --layout start2=9 " DOM0, 2, "", "--layout: start2=9: wants a number from 0 to 3" },
    { "trace relayout -o /dev/null --layout tables=ocm " DOM0, 2, "", DOM0 ": tables=ocm is impossible: the tables" },
    { "trace relayout -o /dev/null -", 2, "", "-: is read twice" },
    { "trace relayout -o /dev/null nowhere", 2, "", "nowhere: cannot open" },
    { "trace relayout -o /dev/full " DOM0, 2, "", "/dev/full: cannot write" },
    { "trace relayout -o /dev/null --stage1 blocks " DOM0, 0, "layout:  stage1=blocks\n", "" },
    { "trace relayout -o /dev/null --json - -q --layout holes=cover,stage2=blocks " DOM0, 0,
      "\"schema\": \"stagewalk/relayout/1\"", "" },
};

static void a_command_does_it(void **state)
{
    const struct command_row *row = *state;
    struct capture_result r = capture_command(cmd_trace, row->name);

    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    capture_free(&r);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, a_sample_stays_what_it_was, ROWS_OF(sample_rows));
    rows_add(&r, an_impossible_layout_is_refused, ROWS_OF(refused_rows));
    rows_add_test(&r, "the first signal ends it", the_first_signal_ends_it, NULL);
    rows_add(&r, a_command_does_it, ROWS_OF(command_rows));
    return rows_run(&r, "relayout") + rmdir(fixture_path(""));
}
