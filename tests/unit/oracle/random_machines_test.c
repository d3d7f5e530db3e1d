/* Thousands of random machines, each asked some hundred questions: the cluster must answer as the naive walker does,
 * which has no TLB, after no more maintenance than the book asks for.
 *
 *     STAGEWALK_SEED=N STAGEWALK_MACHINES=COUNT[@FIRST] random_machines_test
 *
 * A machine that fails is lived again, and its script written to $TMPDIR for `stagewalk run`. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platforms/zynqmp/params.h"
#include "tests/oracle/random_steps.h"
#include "tests/oracle/random_tally.h"
#include "tests/unit/models/rounds.h"
#include "traces/temp_dir.h"

enum { MACHINES = SLOW_BUILD ? 2000 : 20000, SEED = 53 };

static struct random_machine machine;
static struct random_tally tally;
static bool alive; /* within a machine's life: an assertion or a signal ends the test there */

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

/* The first machine, after the @ in STAGEWALK_MACHINES. */
static unsigned long first_machine(void)
{
    const char *text = getenv("STAGEWALK_MACHINES"), *at = text ? strchr(text, '@') : NULL;

    return at ? strtoul(at + 1, NULL, 0) : 0;
}

static int set_up(void **state)
{
    struct config config;

    (void)state;
    params_default(&config);
    machine.tally = &tally;
    machine.model = machine_new(&config);
    return machine.model ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (alive)
        print_error("died in machine %lu of seed %" PRIu64 "\n", machine.index, machine.seed);
    machine_free(machine.model);
    oracle_memory_reset(&machine.memory);
    return 0;
}

/* Lives the machine again with its script open. */
static void write_script(uint64_t seed, unsigned long index)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/stagewalk-random-%" PRIu64 "-%lu.sw", temp_dir_base(), seed, index);
    machine.script = fopen(path, "w");
    if (!machine.script) {
        print_error("cannot write %s\n", path);
        return;
    }
    random_live(&machine, seed, index);
    fclose(machine.script);
    machine.script = NULL;
    print_error("script: %s\n", path);
}

static void answers_are_the_naive_walkers(void **state)
{
    const uint64_t seed = setting("STAGEWALK_SEED", SEED), count = setting("STAGEWALK_MACHINES", MACHINES);
    const unsigned long first = first_machine();
    unsigned failures = 0;

    (void)state;
    print_message("seed %" PRIu64 ", %" PRIu64 " machines from %lu\n", seed, count, first);
    for (unsigned long i = first; i < first + count && failures < 5; i++) {
        alive = true;
        if (random_live(&machine, seed, i))
            continue;
        failures++;
        print_error("machine %lu of seed %" PRIu64 ": %s\n", i, seed, machine.failure);
        write_script(seed, i);
    }
    alive = false;
    random_tally_print(&tally, stdout);
    assert_int_equal(failures, 0);
    if (count >= 2000 && random_tally_lacks(&tally))
        fail_msg("no machine has seen %s", random_tally_lacks(&tally));
}

int main(void)
{
    const struct CMUnitTest rows[] = { cmocka_unit_test(answers_are_the_naive_walkers) };

    return cmocka_run_group_tests(rows, set_up, tear_down);
}
