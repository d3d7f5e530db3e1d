/* Signals: what is asked for an end gives what it has, and nobody outlives the pool. */
#include "tests/unit/sim/jobs_seen.h"

#include "sim/interrupt.h"

#include <signal.h>
#include <sys/prctl.h>

static void on_signal(int number)
{
    if (!interrupt_take(number))
        _exit(99);
}

/* Ends when it is asked to, and says so. */
static int until_asked(void *context, size_t piece, FILE *result)
{
    const pid_t *whom = context;

    if (piece == 1) {
        usleep(20000);
        kill(*whom, SIGINT);
    }
    while (!interrupt_asked())
        usleep(1000);
    fputs("so far", result);
    return 5;
}

struct interrupted {
    pid_t self;
    struct seen seen;
};

static bool take_interrupted(void *context, const struct job_result *r)
{
    return take(&((struct interrupted *)context)->seen, r);
}

static void interrupted_pieces_give_what_they_have(void **state)
{
    struct interrupted all = { .self = getpid() };
    const struct jobs jobs = {
        .count = 5, .at_once = 2, .context = &all, .work = until_asked, .take = take_interrupted
    };
    struct sigaction old, action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

    (void)state;
    sigaction(SIGINT, &action, &old);
    interrupt_watch(true);
    jobs_seen_run(&jobs);
    assert_int_equal(interrupt_asked(), SIGINT);
    interrupt_watch(false);
    sigaction(SIGINT, &old, NULL);
    assert_int_equal(all.seen.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(all.seen.order[i], i);
        assert_int_equal(all.seen.end[i], i < 2 ? JOB_RETURNED : JOB_NOT_WANTED);
        assert_string_equal(all.seen.text[i], i < 2 ? "so far" : "");
    }
}

/* Tells who it is, then waits for its end. */
static int waits_for_its_end(void *context, size_t piece, FILE *result)
{
    const int *tell = context;
    pid_t self = getpid();

    (void)piece;
    (void)result;
    if (write(*tell, &self, sizeof self) != sizeof self)
        return 1;
    for (;;)
        pause();
}

static bool take_nothing(void *context, const struct job_result *r)
{
    (void)context;
    (void)r;
    return true;
}

static const struct death_row {
    const char *name;
    int number;
    bool watches;
} deaths[] = {
    { "SIGKILL", SIGKILL, false },
    { "SIGINT", SIGINT, false },
    { "SIGTERM", SIGTERM, false },
    { "SIGKILL while it watches", SIGKILL, true },
};

/* The pool in a process of its own, which dies; the test becomes the parent of what is left of it. */
static void children_die_with_the_parent(void **state)
{
    const struct death_row *row = *state;
    int ends[2], status;
    pid_t parent, child[3];

    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe(ends), 0);
    parent = fork();
    if (parent == 0) {
        const struct jobs jobs = {
            .count = 3, .at_once = 3, .context = &ends[1], .work = waits_for_its_end, .take = take_nothing
        };

        interrupt_watch(row->watches);
        jobs_run(&jobs, NULL);
        _exit(0);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(read(ends[0], &child[i], sizeof child[i]), sizeof child[i]);
    assert_int_equal(kill(parent, row->number), 0);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_int_equal(WTERMSIG(status), row->number);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_true(WIFSIGNALED(status));
    }
    assert_no_child();
    close(ends[0]);
    close(ends[1]);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "interrupted pieces give what they have", interrupted_pieces_give_what_they_have, NULL);
    rows_add(&r, children_die_with_the_parent, ROWS_OF(deaths));
    return rows_run(&r, "jobs_signals");
}
