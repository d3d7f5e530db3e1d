/* The page: whatever stands in the data, no byte of it can end the element it stands in; and what is read back is what
 * was put in. */
#include "tests/temp_file.h"
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/html/page.h"

static const struct text_row {
    const char *text; /* its own name */
} texts[] = {
    { "plain" },
    { "</script><script>window.hostile = 1</script>" },
    { "<!-- <script>" },
    { "]]> &lt; &amp; & > <" },
    { "\"quotes\" and \\ and \t" },
    { "\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x98\x80" }, /* a line separator, which ends a line of JavaScript */
};

/* Returns what is printed; the caller frees it. */
static char *print(const json_t *data)
{
    FILE *out = temp_unnamed();
    char *text;
    long bytes;

    assert_true(page_print(out, data));
    bytes = ftell(out);
    rewind(out);
    text = calloc((size_t)bytes + 1, 1);
    assert_int_equal(fread(text, 1, (size_t)bytes, out), bytes);
    fclose(out);
    return text;
}

/* Where the data begin: page_text.S may be empty, or not. */
static const char *data_of(const char *page)
{
    const char *element = strstr(page, "id=\"data\">");

    return element ? element + strlen("id=\"data\">") : page;
}

static void is_contained(void **state)
{
    const struct text_row *row = *state;
    json_t *data = json_pack("{s:s, s:{s:i}}", "page", row->text, row->text, "n", 1), *back;
    char *page = print(data);
    const char *from = data_of(page);
    json_error_t error;

    for (const char *c = from; *c && strncmp(c, "</script>", 9) != 0 && *c != '\n'; c++)
        assert_true(*c != '<' && *c != '>' && *c != '&' && (unsigned char)*c < 0x80);
    back = json_loads(from, JSON_DISABLE_EOF_CHECK, &error);
    assert_non_null(back);
    assert_true(json_equal(back, data));
    json_decref(back);
    json_decref(data);
    free(page);
}

static void no_path_is_no_page(void **state)
{
    (void)state;
    assert_int_equal(page_check(NULL), 0);
}

static int results(const char *json, const char *html, json_t *report)
{
    return page_results(&(struct page_result){
        .json = json, .html = html, .page = "lint", .report = report, .word = "inputs", .value = json_array() });
}

static void a_file_is_whole_or_not_there(void **state)
{
    const char *path = fixture_path("page.html");
    struct capture c = capture_start(stderr);
    char *said;

    (void)state;
    remove(path);
    assert_int_equal(results(NULL, path, NULL), 2);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(results(path, "/nowhere/page.html", json_object()), 2);
    assert_int_equal(access(path, F_OK), -1); /* the report is not there without its page */
    assert_int_equal(results(NULL, path, json_object()), 0);
    assert_int_equal(access(path, F_OK), 0);
    said = capture_end(&c);
    assert_non_null(strstr(said, "out of memory"));
    assert_non_null(strstr(said, "/nowhere/page.html"));
    free(said);
    remove(path);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, is_contained, ROWS_OF(texts));
    rows_add_test(&all, "no path is no page", no_path_is_no_page, NULL);
    rows_add_test(&all, "a file is whole or not there", a_file_is_whole_or_not_there, NULL);
    return rows_run(&all, "sim/html/page");
}
