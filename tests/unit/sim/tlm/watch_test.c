/* Watching a replay: the VCD and the timeline are well-formed, agree with the report and with each other, and change
 * nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"
#include "tests/temp_file.h"
#include "tests/unit/sim/tlm/read_timeline.h"
#include "tests/unit/sim/tlm/read_vcd.h"
#include "traces/cut.h"

#define DOMU "traces/samples/zcu102-domU.swt"

static char beginning[TEMP_PATH_BYTES]; /* of the sample: for what a whole replay need not show again */

static int write_beginning(void **state)
{
    struct trace_error err = { "" };
    int fd = temp_file(beginning);
    struct trace_reader *r = trace_open(DOMU, 0, &err);
    struct trace_writer *w = trace_create(beginning, "a cut", &err);
    struct cut_request first = { .to = 500000, .marker_from = CUT_NO_MARKER, .marker_to = CUT_NO_MARKER };
    bool good = fd >= 0 && r && w && cut_records(r, w, &first, &err) && trace_commit(w, &err);

    (void)state;
    trace_close(r);
    close(fd);
    return good ? 0 : -1;
}

static int remove_beginning(void **state)
{
    (void)state;
    return unlink(beginning);
}

static FILE *temporary(void)
{
    FILE *f = temp_unnamed();

    assert_non_null(f);
    return f;
}

static struct replay *replay(struct replay_request *q, const char *utlb)
{
    static struct config config;
    struct trace_error err = { "" };
    struct replay *r;
    char why[256];

    params_default(&config);
    assert_null(params_set(&config, "cost.utlb", utlb, why, sizeof why));
    if (!q->path)
        q->path = DOMU;
    q->config = &config;
    q->engine = REPLAY_TLM;
    r = replay_trace(q, &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

static uint64_t counted(const struct replay *r, enum count c)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < CORES_MAX; i++)
        sum += r->machine->cluster.core[i].mmu.count.v[c];
    return sum;
}

static void timeline_is_the_report(const struct replay *r, const struct timeline *t)
{
    for (unsigned i = 0; i < CORES_MAX; i++)
        assert_int_equal(t->walk_cycles[i], r->machine->cluster.core[i].mmu.count.v[COUNT_WALK_CYCLES]);
    assert_true(t->walks > 500);
    assert_true(t->ats <= counted(r, COUNT_AT));
    assert_true(t->ats > 0 || r->request->path == beginning); /* which has none that walks */
    assert_int_equal(t->fetches, counted(r, COUNT_WALK_FETCH));
    assert_true(fabs((double)t->walk_ns - (double)(counted(r, COUNT_WALK_CYCLES) - t->walks * t->utlb) * t->cycle_ns) <
                1.001 * (double)t->walks);
}

/* Watching changes nothing. */
static void unwatched_is_the_same(const struct replay *seen, const char *utlb)
{
    struct replay_request plain = *seen->request;
    struct replay *unseen;

    plain.vcd = plain.timeline = NULL;
    unseen = replay(&plain, utlb);

    assert_memory_equal(&seen->stats, &unseen->stats, sizeof seen->stats);
    assert_memory_equal(&seen->waits, &unseen->waits, sizeof seen->waits);
    for (unsigned i = 0; i < CORES_MAX; i++)
        assert_memory_equal(&seen->machine->cluster.core[i].mmu.count, &unseen->machine->cluster.core[i].mmu.count,
                            sizeof(struct counts));
    replay_free(unseen);
}

/* Replays with both outputs and reads them. q: order and quantum; utlb: cycles of a micro-TLB look-up. */
static void watch(struct replay_request *q, const char *utlb)
{
    struct watched *of_vcd = calloc(2, sizeof *of_vcd), *of_timeline = of_vcd + 1;
    struct timeline t = { .told = of_timeline, .utlb = (unsigned)strtoul(utlb, NULL, 10) };
    struct replay *r;

    q->vcd = temporary();
    q->timeline = temporary();
    r = replay(q, utlb);
    rewind(q->timeline);
    read_timeline(q->timeline, &t);
    timeline_is_the_report(r, &t);
    for (unsigned i = RESOURCE_L2; i <= RESOURCE_DDR; i++)
        assert_true(t.counter[i].most > 0);
    rewind(q->vcd);
    read_vcd(q->vcd, of_vcd);
    assert_memory_equal(of_vcd, of_timeline, sizeof *of_vcd);
    assert_int_equal(of_vcd->misses[0], counted(r, COUNT_MAIN_TLB_REFILL));
    assert_int_equal(of_vcd->misses[1], counted(r, COUNT_WALK_CACHE_REFILL));
    assert_int_equal(of_vcd->misses[2], counted(r, COUNT_IPA_CACHE_REFILL));
    unwatched_is_the_same(r, utlb);
    free(of_vcd);
    replay_free(r);
    fclose(q->vcd);
    fclose(q->timeline);
}

static void outputs_agree(void **state)
{
    (void)state;
    watch(&(struct replay_request){ .quantum_ns = 1000 }, "0");
}

static void outputs_agree_in_trace_order(void **state)
{
    (void)state;
    watch(&(struct replay_request){ .quantum_ns = 1000, .trace_order = true, .path = beginning }, "0");
}

/* Cores far ahead of each other, whose ends lie beyond the last horizon; a micro-TLB that takes time, which counts and
 * goes on beside the access. */
static void outputs_agree_far_ahead(void **state)
{
    (void)state;
    watch(&(struct replay_request){ .quantum_ns = 1000000, .path = beginning }, "2");
}

/* A copy of the sample with damage in its middle. */
static void write_damaged(int fd)
{
    static char bytes[1 << 20];
    FILE *whole = fopen(DOMU, "rb");
    size_t n;

    assert_non_null(whole);
    n = fread(bytes, 1, sizeof bytes, whole);
    fclose(whole);
    assert_in_range(n, 1, sizeof bytes - 1);
    bytes[n / 2] ^= 1;
    assert_int_equal(write(fd, bytes, n), n);
}

/* A replay that breaks off leaves watchers behind, whose files are closed; the next one must not know them. */
static void a_replay_given_up_is_forgotten(void **state)
{
    char path[TEMP_PATH_BYTES];
    struct config config;
    struct replay_request q = {
        .vcd = temporary(), .timeline = temporary(), .path = path, .config = &config, .engine = REPLAY_TLM
    };
    struct replay_request plain = { .quantum_ns = 1000 };
    struct trace_error err = { "" };
    int fd = temp_file(path);

    (void)state;
    assert_true(fd >= 0);
    write_damaged(fd);
    close(fd);
    params_default(&config);
    assert_null(replay_trace(&q, &err));
    unlink(path);
    assert_true(ftell(q.timeline) > 4096 && ftell(q.vcd) > 4096); /* it was under way */
    fclose(q.vcd);
    fclose(q.timeline);
    replay_free(replay(&plain, "0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_agree),
        cmocka_unit_test(outputs_agree_in_trace_order),
        cmocka_unit_test(outputs_agree_far_ahead),
        cmocka_unit_test(a_replay_given_up_is_forgotten),
    };

    return cmocka_run_group_tests(tests, write_beginning, remove_beginning);
}
