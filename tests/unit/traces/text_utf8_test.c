/* The source text of a trace, on its three ways: written, read, and out of a trace text. */
#include "tests/unit/traces/trace_fixture.h"
#include "traces/pack_format.h"
#include "traces/text.h"
#include "traces/text_utf8.h"

#include <zlib.h>

static void characters_have_their_length(void **state)
{
    static const struct {
        const char *text;
        size_t bytes;
    } rows[] = {
        { "", 0 },
        { "a", 1 },
        { "\x7f", 1 },
        { "\x80", 0 },
        { "\xc1\xbf", 0 },
        { "\xc2\x80", 2 },
        { "\xdf\xbf", 2 },
        { "\xe0\x9f\xbf", 0 },
        { "\xe0\xa0\x80", 3 },
        { "\xed\x9f\xbf", 3 },
        { "\xed\xa0\x80", 0 },
        { "\xee\x80\x80", 3 },
        { "\xef\xbf\xbf", 3 },
        { "\xf0\x8f\xbf\xbf", 0 },
        { "\xf0\x90\x80\x80", 4 },
        { "\xf4\x8f\xbf\xbf", 4 },
        { "\xf4\x90\x80\x80", 0 },
        { "\xf0\x90\x80", 0 },
        { "\xff", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(text_utf8_bytes(rows[i].text), rows[i].bytes);
}

/* Exactly what is given, or not at all. */
static void source_texts_are_kept_or_refused(void **state)
{
    static const char longest[] = "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
                                  "123456789 123456789 123456789 123456789 1234567X";
    static const struct {
        const char *text, *says; /* NULL: kept */
    } rows[] = {
        { "", NULL },
        { "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", NULL },
        { longest + 1, NULL },
        { longest, "out.swt: source text of more than 127 bytes" },
        { "two\nlines", "out.swt: control character in the source text" },
        { "\x7f", "control character" },
        { "\xc2\x9b", "control character" },
        { "caf\xe9", "out.swt: source text is not UTF-8" },
        { "\xc0\x80", "not UTF-8" },
        { "\xed\xa0\x80", "not UTF-8" },
        { "\xf4\x90\x80\x80", "not UTF-8" },
        { "\xe2\x82", "not UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = fixture_path("out.swt");
        struct trace_error err = { "" };
        struct trace_writer *w = trace_create(path, rows[i].text, &err);
        struct trace_reader *r;

        assert_int_equal(w == NULL, rows[i].says != NULL);
        if (rows[i].says) {
            assert_contains(err.text, rows[i].says);
            continue;
        }
        assert_true(trace_commit(w, &err));
        r = trace_open(path, 0, &err);
        assert_non_null(r);
        assert_string_equal(trace_get_info(r)->source, rows[i].text);
        trace_close(r);
        unlink(path);
    }
}

/* A header as another program might write it. */
static void a_reader_refuses_other_source_texts(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = { { "caf\xe9", "header damaged at byte 16: source text is not UTF-8" },
                 { "a\nb!", "header damaged at byte 16: control character in the source text" },
                 { "a\0b!", "header damaged at byte 16: control character in the source text" } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t head[PACK_HEAD_BYTES + 8] = PACK_MAGIC;
        struct trace_error err = { "" };
        struct fixture_file f;

        pack_put32(head + 8, PACK_VERSION);
        pack_put32(head + 12, 4);
        memcpy(head + PACK_HEAD_BYTES, rows[i].text, 4);
        pack_put32(head + PACK_HEAD_BYTES + 4, (uint32_t)crc32(0, head, PACK_HEAD_BYTES + 4));
        f = fixture_file(head, sizeof head);
        assert_null(trace_open(f.path, 0, &err));
        assert_contains(err.text, rows[i].says);
        fixture_close(f);
    }
}

static void a_text_with_another_source_is_refused_with_its_place(void **state)
{
    const char *text = "trace 1\nsource  caf\xe9\n";
    struct fixture_file f = fixture_file(text, strlen(text));
    struct trace_error err = { "" };

    (void)state;
    assert_false(text_pack(f.path, "/dev/null", NULL, &err));
    assert_contains(err.text, ":2:9: source text is not UTF-8");
    fixture_close(f);
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(fixture_path(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_have_their_length),
        cmocka_unit_test(source_texts_are_kept_or_refused),
        cmocka_unit_test(a_reader_refuses_other_source_texts),
        cmocka_unit_test(a_text_with_another_source_is_refused_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
