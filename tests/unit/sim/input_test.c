/* What a file is, told without taking anything of it. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/input.h"
#include "traces/snapshot.h"

#define SIGNATURE "\x89SWT\r\n\x1a\n12345678"

static void a_file_is_told(void **state)
{
    struct fixture_file f = fixture_file(SIGNATURE, strlen(SIGNATURE));

    (void)state;
    assert_true(input_is_trace(f.path));
    assert_false(snapshot_is(f.path));
    fixture_close(f);
}

/* Else a script in a pipe would be read from its middle. */
static void nothing_is_taken_of_a_pipe(void **state)
{
    struct fixture_file f = fixture_pipe(SIGNATURE, strlen(SIGNATURE));
    char bytes[sizeof SIGNATURE] = "";

    (void)state;
    assert_false(input_is_trace(f.path));
    assert_false(snapshot_is(f.path));
    assert_int_equal(read(f.fd, bytes, sizeof bytes), strlen(SIGNATURE));
    assert_string_equal(bytes, SIGNATURE);
    fixture_close(f);
}

static void a_name_does_for_what_is_not_there(void **state)
{
    (void)state;
    assert_true(input_is_trace("/nowhere/x.swt"));
    assert_false(input_is_trace("/nowhere/x.sw"));
    assert_false(input_is_trace("-"));
    assert_true(input_is_trace("generate:zipf"));
    assert_false(input_is_trace("generate"));
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "a file is told", a_file_is_told, NULL);
    rows_add_test(&all, "nothing is taken of a pipe", nothing_is_taken_of_a_pipe, NULL);
    rows_add_test(&all, "a name does for what is not there", a_name_does_for_what_is_not_there, NULL);
    return rows_run(&all, "sim/input");
}
