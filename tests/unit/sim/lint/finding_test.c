/* The catalogue is whole; the report counts all, keeps what it may, and says what it has not kept. */
#include "sim/lint/finding.h"
#include "tests/unit/models/rows.h"

#include <stdlib.h>

static void check_catalogue(void **state)
{
    (void)state;
    for (int i = 0; i < LINT_CODE_COUNT; i++) {
        const struct lint_rule *rule = lint_rule((enum lint_code)i);

        assert_non_null(rule->name);
        assert_true(rule->severity < LINT_SEVERITY_COUNT);
        assert_true(strlen(rule->title) > 10 && strlen(rule->title) < 100);
        assert_true(strlen(rule->reason) > 20 && strlen(rule->remedy) > 20);
        assert_true(strspn(rule->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(rule->name));
        assert_int_equal(lint_code_by_name(rule->name), i); /* unique, too */
    }
    assert_int_equal(lint_code_by_name("no-such-rule"), LINT_CODE_COUNT);
    assert_int_equal(lint_severity_by_name("error"), LINT_ERROR);
    assert_int_equal(lint_severity_by_name("fatal"), LINT_SEVERITY_COUNT);
}

/* Returns what is printed of a report; to be freed. */
static char *printed(const struct lint_report *r)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&text, &bytes);

    assert_non_null(f);
    lint_report_print(f, r);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void check_bounds(void **state)
{
    struct lint_report r;
    char *text;

    (void)state;
    memset(&r, POISON, sizeof r);
    lint_report_init(&r, 2);
    for (int i = 0; i < 1000; i++)
        lint_find(&r, LINT_CONTIGUOUS, "here", "number %d", i);
    lint_find_as(&r, LINT_CONTIGUOUS, LINT_NOTE, "there", "a milder one");
    assert_int_equal(r.count, 3);
    assert_int_equal(lint_report_count(&r, LINT_ERROR), 1000);
    assert_int_equal(lint_report_count(&r, LINT_WARNING), 0);
    assert_int_equal(lint_report_count(&r, LINT_NOTE), 1);
    text = printed(&r);
    assert_non_null(strstr(text, "here: number 1\n"));
    assert_null(strstr(text, "here: number 2\n"));
    assert_non_null(strstr(text, "  and 998 more\n"));
    assert_non_null(strstr(text, "1000 errors, 0 warnings, 1 note\n"));
    free(text);
    lint_report_free(&r);
    assert_int_equal(r.count, 0);
    lint_report_free(&r);
}

static void check_silence(void **state)
{
    struct lint_report r;

    (void)state;
    lint_report_init(&r, LINT_KEPT);
    r.silent[LINT_LIMIT] = true;
    lint_find(&r, LINT_LIMIT, "here", "not told");
    lint_find(&r, LINT_CONTIGUOUS, "here", "told");
    assert_int_equal(r.count, 1);
    assert_int_equal(lint_report_count(&r, LINT_WARNING), 0);
    assert_int_equal(lint_report_count(&r, LINT_ERROR), 1);
    lint_report_free(&r);
}

/* Names are somebody's file: no control characters, and no more than a line. */
static void check_texts(void **state)
{
    struct lint_report r;
    char lengthy[3000];
    json_t *json;

    (void)state;
    memset(lengthy, 'x', sizeof lengthy);
    lengthy[sizeof lengthy - 1] = '\0';
    lint_report_init(&r, LINT_KEPT);
    lint_find(&r, LINT_LIMIT, "a\nb\x1b", "c\xff%s", "\x7f");
    lint_find(&r, LINT_LIMIT, lengthy, "%s", lengthy);
    assert_string_equal(r.finding[0].place, "a?b?");
    assert_string_equal(r.finding[0].detail, "c\xff?");
    assert_int_equal(strlen(r.finding[1].place), LINT_PLACE_BYTES - 1);
    assert_int_equal(strlen(r.finding[1].detail), LINT_DETAIL_BYTES - 1);
    json = lint_report_json(&r);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "stagewalk/lint/1");
    assert_int_equal(json_integer_value(json_object_get(json, "warnings")), 2);
    assert_int_equal(json_array_size(json_object_get(json, "findings")), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json_object_get(json, "findings"), 0), "detail")), "c??");
    json_decref(json);
    lint_report_free(&r);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "the catalogue is whole", check_catalogue, NULL);
    rows_add_test(&all, "all counted, the first kept", check_bounds, NULL);
    rows_add_test(&all, "silent rules", check_silence, NULL);
    rows_add_test(&all, "texts fit to be shown", check_texts, NULL);
    return rows_run(&all, "sim/lint/finding");
}
