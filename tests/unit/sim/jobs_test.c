/* The pool: order, every way to fail, bounds, and that nothing is left behind. */
#include "tests/unit/sim/jobs_seen.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>

#define BIG ((size_t)9 << 20)

/* The later a piece, the sooner it ends. */
static int backwards(void *context, size_t piece, FILE *result)
{
    (void)context;
    usleep(piece < 8 ? (8 - (unsigned)piece) * 4000 : 0);
    printf("out %zu\n", piece);
    fprintf(stderr, "err %zu\n", piece);
    printf("more %zu\n", piece);
    fprintf(result, "result %zu", piece);
    return (int)piece * 3;
}

static const struct order_row {
    const char *name;
    size_t count;
    unsigned at_once;
} orders[] = {
    { "no pieces", 0, 4 },
    { "one piece, one process", 1, 1 },
    { "one piece, many processes", 1, JOBS_AT_ONCE_MAX },
    { "as many pieces as processes", 8, 8 },
    { "more pieces than processes", 33, 4 },
    { "more processes than pieces", 5, 16 },
    { "one process after the other", 6, 1 },
};

static void results_and_texts_come_in_order(void **state)
{
    const struct order_row *row = *state;
    struct seen s = { .count = 0 };
    const struct jobs jobs = { .count = row->count,
                               .at_once = row->at_once,
                               .context = &s,
                               .work = backwards,
                               .take = take,
                               .progress = progress };
    char want_out[4096] = "", want_err[4096] = "", text[64], *out_text, *err_text;
    struct capture out = capture_start(stdout), err = capture_start(stderr);

    jobs_seen_run(&jobs);
    err_text = capture_end(&err);
    out_text = capture_end(&out);
    assert_int_equal(s.count, row->count);
    for (size_t i = 0; i < row->count; i++) {
        assert_int_equal(s.order[i], i);
        assert_int_equal(s.end[i], JOB_RETURNED);
        assert_int_equal(s.status[i], 3 * i);
        snprintf(text, sizeof text, "result %zu", i);
        assert_string_equal(s.text[i], text);
        snprintf(want_out + strlen(want_out), sizeof want_out - strlen(want_out), "out %zu\nmore %zu\n", i, i);
        snprintf(want_err + strlen(want_err), sizeof want_err - strlen(want_err), "err %zu\n", i);
    }
    assert_string_equal(out_text, want_out);
    assert_string_equal(err_text, want_err);
    assert_true(row->count == 0 || (s.told > 0 && s.state.ended == row->count && s.state.share == 1));
    free(out_text);
    free(err_text);
}

static int taken[2]; /* a pipe: something has been taken */

/* Piece 0 ends when another one has been taken, or after ten seconds. */
static int the_first_waits(void *context, size_t piece, FILE *result)
{
    struct pollfd another = { .fd = taken[0], .events = POLLIN };

    (void)context;
    (void)result;
    return piece == 0 && poll(&another, 1, 10000) != 1;
}

static bool take_and_tell(void *context, const struct job_result *result)
{
    assert_int_equal(write(taken[1], "", 1), 1);
    return take(context, result);
}

static void as_they_come_the_first_to_end_is_first(void **state)
{
    struct seen s = { .count = 0 };
    const struct jobs jobs = {
        .count = 8, .at_once = 8, .as_they_come = true, .context = &s, .work = the_first_waits, .take = take_and_tell
    };
    struct capture out = capture_start(stdout), err = capture_start(stderr);
    bool there[8] = { false };

    (void)state;
    assert_int_equal(pipe(taken), 0);
    jobs_seen_run(&jobs);
    free(capture_end(&err));
    free(capture_end(&out));
    close(taken[0]);
    close(taken[1]);
    assert_int_equal(s.count, 8);
    for (size_t i = 0; i < 8; i++)
        there[s.order[i]] = true;
    for (size_t i = 0; i < 8; i++)
        assert_true(there[i]);
    assert_int_not_equal(s.order[0], 0);
    assert_int_equal(s.status[0], 0);
}

/* ---- Failures ---- */

enum failure { RETURNS, EXITS, EXITS_AT_ONCE, CRASHES, KILLED, NO_MEMORY, TOO_MUCH, LEAVES_HALF, FAILURES };

static int fail_by(void *context, size_t piece, FILE *result)
{
    const struct rlimit none = { 0, 0 };

    (void)context;
    setrlimit(RLIMIT_CORE, &none);
    fputs("kept", result);
    switch ((enum failure)piece) {
    case EXITS:
        exit(7); /* what the caller has buffered must not be printed here */
    case EXITS_AT_ONCE:
        _exit(0);
    case CRASHES:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case KILLED:
        raise(SIGKILL);
        break;
    case NO_MEMORY:
        return JOBS_NO_MEMORY;
    case TOO_MUCH:
        for (int i = 0; i < 2000; i++)
            fputc('x', result);
        break;
    case LEAVES_HALF:
        fflush(result);
        raise(SIGTERM);
        break;
    case RETURNS:
    case FAILURES:
        break;
    }
    return 1;
}

static const struct failure_row {
    const char *name;
    enum failure how;
    enum job_end end;
    int status;
    const char *text, *reason;
} failures[] = {
    { "returns", RETURNS, JOB_RETURNED, 1, "kept", "has ended with status 1" },
    { "calls exit", EXITS, JOB_EXITED, 7, "", "has left with exit status 7 before its end" },
    { "calls _exit(0)", EXITS_AT_ONCE, JOB_EXITED, 0, "", "has left with exit status 0 before its end" },
    { "crashes", CRASHES, JOB_KILLED, SIGSEGV, "", "has been killed by signal 11 (Segmentation fault)" },
    { "is killed", KILLED, JOB_KILLED, SIGKILL, "", "(Killed), as happens when the machine is out of memory" },
    { "has no memory", NO_MEMORY, JOB_OUT_OF_MEMORY, JOBS_NO_MEMORY, "", "is out of memory" },
    { "has too large a result", TOO_MUCH, JOB_TOO_MUCH, 0, "", "has a larger result than there is room for" },
    { "is ended with half a result", LEAVES_HALF, JOB_KILLED, SIGTERM, "", "signal 15 (Terminated)" },
};

/* All at once: one does not hurt the others. */
static void a_failure_is_a_value(void **state)
{
    const struct failure_row *row = *state;
    struct seen s = { .count = 0 };
    const struct jobs jobs = {
        .count = FAILURES, .at_once = 3, .result_max = 1000, .context = &s, .work = fail_by, .take = take
    };
    struct job_result r = { .piece = row->how };
    char reason[JOBS_REASON_BYTES], *text;
    struct capture out = capture_start(stdout);

    fputs("once", stdout);
    jobs_seen_run(&jobs);
    text = capture_end(&out);
    assert_string_equal(text, "once");
    free(text);
    assert_int_equal(s.count, FAILURES);
    assert_int_equal(s.end[row->how], row->end);
    assert_int_equal(s.status[row->how], row->status);
    assert_string_equal(s.text[row->how], row->text);
    assert_int_equal(s.end[RETURNS], JOB_RETURNED);
    r.end = s.end[row->how];
    r.status = s.status[row->how];
    assert_says(job_reason(&r, reason), row->reason);
}

static void no_process_to_be_had_is_a_value(void **state)
{
    struct seen s = { .count = 0 };
    const struct jobs jobs = { .count = 3, .at_once = 2, .context = &s, .work = fail_by, .take = take };
    struct rlimit old, few;
    char reason[JOBS_REASON_BYTES];
    int lowest = dup(STDERR_FILENO);

    (void)state;
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    few = (struct rlimit){ (rlim_t)lowest + 1, old.rlim_max }; /* a pipe wants two */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_true(jobs_run(&jobs, NULL));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_no_child();
    assert_int_equal(s.count, 3);
    for (int i = 0; i < 3; i++) {
        const struct job_result r = { .end = s.end[i], .status = s.status[i] };

        assert_int_equal(s.end[i], JOB_NOT_STARTED);
        assert_string_equal(job_reason(&r, reason), "cannot be begun: Too many open files");
    }
}

/* ---- Much ---- */

/* Far more than a pipe holds, of everything; the first piece is the last to print. */
static int much(void *context, size_t piece, FILE *result)
{
    static char block[4096];

    (void)context;
    memset(block, 'a' + (int)piece, sizeof block);
    if (piece == 0)
        usleep(50000);
    for (size_t i = 0; i < BIG / sizeof block; i++) {
        fwrite(block, 1, sizeof block, stdout);
        fwrite(block, 1, sizeof block, result);
        jobs_tell(i, BIG / sizeof block, i);
    }
    return 0;
}

static void big_results_and_texts_arrive_whole(void **state)
{
    struct seen s = { .count = 0 };
    const struct jobs jobs = {
        .count = 5, .at_once = 5, .context = &s, .work = much, .take = take, .progress = progress
    };
    struct capture out = capture_start(stdout);
    char *text;

    (void)state;
    jobs_seen_run(&jobs);
    text = capture_end(&out);
    assert_int_equal(strlen(text), 5 * BIG);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(s.bytes[i], BIG);
        assert_int_equal(text[i * BIG], 'a' + i);
        assert_int_equal(text[(i + 1) * BIG - 1], 'a' + i);
    }
    free(text);
}

static int endless(void *context, size_t piece, FILE *result)
{
    (void)context;
    (void)result;
    if (piece > 0)
        pause(); /* until a signal ends it */
    return 0;
}

static void when_no_more_is_wanted_the_others_are_ended(void **state)
{
    struct seen s = { .stop_at = 1 };
    const struct jobs jobs = { .count = 10, .at_once = 4, .context = &s, .work = endless, .take = take };

    (void)state;
    jobs_seen_run(&jobs);
    assert_int_equal(s.count, 1);
}

static const struct count_row {
    const char *name;
    uint64_t asked;
    size_t pieces;
    unsigned want; /* 0: refused */
} counts[] = {
    { "as asked", 3, 10, 3 },
    { "never more than pieces", 8, 2, 2 },
    { "one for no pieces", 8, 0, 1 },
    { "the most", JOBS_AT_ONCE_MAX, 1000, JOBS_AT_ONCE_MAX },
    { "too many", JOBS_AT_ONCE_MAX + 1, 1000, 0 },
    { "0: the processors, one piece", 0, 1, 1 },
};

static void what_j_means(void **state)
{
    const struct count_row *row = *state;
    struct capture err = capture_start(stderr);
    unsigned got = jobs_at_once(row->asked, row->pieces);
    char *text = capture_end(&err);

    assert_int_equal(got, row->want);
    assert_says(text, row->want ? "" : "-j wants 0 to 256, not 257");
    free(text);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, results_and_texts_come_in_order, ROWS_OF(orders));
    rows_add_test(&r, "as they come the first to end is first", as_they_come_the_first_to_end_is_first, NULL);
    rows_add(&r, a_failure_is_a_value, ROWS_OF(failures));
    rows_add_test(&r, "no process to be had is a value", no_process_to_be_had_is_a_value, NULL);
    rows_add_test(&r, "big results and texts arrive whole", big_results_and_texts_arrive_whole, NULL);
    rows_add_test(&r, "when no more is wanted the others are ended", when_no_more_is_wanted_the_others_are_ended, NULL);
    rows_add(&r, what_j_means, ROWS_OF(counts));
    return rows_run(&r, "jobs");
}
