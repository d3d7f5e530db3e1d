/* The grammar of xl's configuration files: what is read of each text, and where an error is shown. */
#include "platforms/xen/xlcfg.h"
#include "tests/unit/platforms/xen/xl_fixture.h"

static struct xlcfg cfg;
static struct trace_error err;

static bool read_text(const char *text, struct fixture_file *f)
{
    memset(&cfg, POISON, sizeof cfg);
    memset(&err, 0, sizeof err);
    *f = fixture_file(text, strlen(text));
    return xlcfg_read(&cfg, f->path, &err);
}

/* Prints all settings as `key=value` or `key=[value|value]`, a list in a list as `*`. */
static void print_all(char *to, size_t bytes)
{
    FILE *out = fmemopen(to, bytes, "w");

    assert_non_null(out);
    for (size_t i = 0; i < cfg.count; i++) {
        const struct xlcfg_setting *s = &cfg.setting[i];

        fprintf(out, "%s%s=%s", i ? " " : "", s->key, s->is_list ? "[" : "");
        for (size_t j = 0; j < s->count; j++)
            fprintf(out, "%s%s", j ? "|" : "", s->value[j].text ? s->value[j].text : "*");
        fprintf(out, "%s", s->is_list ? "]" : "");
    }
    fputc('\0', out);
    fclose(out);
}

struct good_row {
    const char *name, *text, *read;
};

// clang-format off
static const struct good_row good_rows[] = {
    { "nothing", "", "" },
    { "only comments", "# a\n\n  # b\n", "" },
    { "a string and a number", "name = \"dom\"\nmemory = 256\n", "name=dom memory=256" },
    { "single quotes", "name='it is \"quoted\"'\n", "name=it is \"quoted\"" },
    { "the other quote, escaped quotes", "a=\"it's \\\"so\\\"\"\n", "a=it's \"so\"" },
    { "escapes", "a=\"1\\t2\\\\3\"\n", "a=1\t2\\3" },
    { "no newline at the end", "memory=256", "memory=256" },
    { "semicolons", "a=1;b=2;;c=3\n;\n", "a=1 b=2 c=3" },
    { "a comment behind a value", "a=1 # one\nb=2#two\n", "a=1 b=2" },
    { "a comment ends the file [choice]", "a=1\n# two", "a=1" },
    { "lines end in carriage returns [choice]", "a=1\r\nb=\"2\"\r\n", "a=1 b=2" },
    { "# in a string is no comment", "a=\"1 # 2\"\n", "a=1 # 2" },
    { "a list", "l = [ \"a\", 'b', 3 ]\n", "l=[a|b|3]" },
    { "an empty list", "l=[]\n", "l=[]" },
    { "a comma at the end", "l=[1,2,]\n", "l=[1|2]" },
    { "a list on many lines", "l=[\n\n  \"a\"\n ,\n\"b\"   # two\n, # three\n]\n", "l=[a|b]" },
    { "lists in a list", "l=[\"a\",[\"b\",[1,[]]],\"c\"]\n", "l=[a|*|c]" },
    { "a later assignment wins", "a=1\nb=2\na=[3]\n", "a=[3] b=2" },
    { "+= of lists", "l=[1]\nl+=[2,3]\nl+=[]\n", "l=[1|2|3]" },
    { "+= of strings", "s=\"a\"\ns+='b'\n", "s=ab" },
    { "+= to nothing", "l+=[1]\n", "l=[1]" },
    { "= after +=", "l=[1]\nl+=[2]\nl=[3]\n", "l=[3]" },
    { "names", "a_1.b=1\nab9=2\n", "a_1.b=1 ab9=2" },
    { "a number is a word", "a=0xff0e0\nb=1e5\n", "a=0xff0e0 b=1e5" },
};

struct bad_row {
    const char *name, *text, *message;
};

static const struct bad_row bad_rows[] = {
    { "no value", "memory =\n", "1:9: expected a string, a number or `[', not the end of the line" },
    { "no assignment", "a=1\nmemory 256\n", "2:8: expected `=' or `+=', not a number" },
    { "a value without a name", "= 256\n", "1:1: expected a name, not `='" },
    { "two on a line", "a=1 b=2\n", "1:5: expected the end of the line or `;', not a name" },
    { "a name in capitals", "\tMemory=1\n", "1:2: xl's names are of small letters" },
    { "a unit", "memory=256M\n", "1:11: xl's numbers have no units" },
    /* NUMBER is [0-9][0-9a-fx]*, so a capital ends it [Xen: libxlu_cfg_l.l@4.17.0:53]. */
    { "hexadecimal in capitals", "a=0x1F00\n", "1:6: xl's numbers have no units, and hexadecimal digits" },
    { "a negative number", "memory=-1\n", "1:8: xl knows no `-' outside of a string" },
    { "a point", "memory=3.5\n", "1:9: xl knows no `.' outside of a string" },
    { "Python", "name = str(1)\n", "1:8: expected a string, a number or `[', not a name" },
    { "a string that does not end", "a=1\nname = \"dom\nb=2\n", "2:8: this string does not end on its line" },
    { "a backslash at the end", "name = \"dom\\\n", "1:8: this string does not end on its line" },
    { "no such escape", "a=\"x\\q\"\n", "1:5: xl does not read this escape" },
    { "hexadecimal escapes do not work", "a=\"\\x41\"\n", "1:4: xl does not read this escape" },
    { "octal escapes do not work", "a=\"\\101\"\n", "1:4: xl does not read this escape" },
    { "a list that does not end", "l=[\n\"a\",\n\"b\"\n", "3:4: expected `,' or `]', not the end of the file" },
    { "a list that does not even begin", "l=[", "1:4: expected a value or `]', not the end of the file" },
    { "no comma", "l=[\n \"a\"\n \"b\"]\n", "3:2: expected `,' or `]', not a string" },
    { "two commas", "l=[1,,2]\n", "1:6: expected a value or `]', not `,'" },
    { "a comma first", "l=[,1]\n", "1:4: expected a value or `]', not `,'" },
    { "a semicolon in a list", "l=[1;2]\n", "1:5: expected `,' or `]', not `;'" },
    { "a wrong list in a list", "l=[\"a\",\n  [1 2]]\n", "2:6: expected `,' or `]', not a number" },
    { "a list added to a string", "a=1\nb=2\na += [3]\n", "3:1: `a' on line 1 is a string: a list cannot be added" },
    { "a string added to a list", "a=[1]\na += \"3\"\n", "2:1: `a' on line 1 is a list: a string cannot be added" },
    { "a sign that nobody knows", "a=1\n  @b=2\n", "2:3: neither a name, a number, a string" },
};
// clang-format on

static void check_good(void **state)
{
    const struct good_row *row = *state;
    struct fixture_file f;
    char all[512];

    if (!read_text(row->text, &f))
        fail_msg("%s", err.text);
    print_all(all, sizeof all);
    assert_string_equal(all, row->read);
    xlcfg_free(&cfg);
    fixture_close(f);
}

static void check_bad(void **state)
{
    const struct bad_row *row = *state;
    struct fixture_file f;

    assert_false(read_text(row->text, &f));
    assert_complaint(err.text, f.path, row->message, row->text);
    xlcfg_free(&cfg);
    fixture_close(f);
}

struct number_row {
    const char *name, *text;
    long value;
    const char *message; /* NULL: it is a number */
};

// clang-format off
static const struct number_row number_rows[] = {
    { "m=256", "m=256\n", 256, NULL },
    { "m=010", "m=010\n", 8, NULL }, /* octal [Xen: strtol of base 0, libxlu_cfg.c@4.17.0] */
    { "m=0x10", "m=0x10\n", 16, NULL },
    { "m=\"12\"", "m=\"12\"\n", 12, NULL },
    { "m=\" 12\"", "m=\" 12\"\n", 12, NULL },
    { "m=\"-5\"", "m=\"-5\"\n", -5, NULL },
    { "m=0", "m=0\n", 0, NULL },
    { "m=9223372036854775807", "m=9223372036854775807\n", INT64_MAX, NULL },
    { "m=9223372036854775808", "m=9223372036854775808\n", 0, "1:3: this number is out of range" },
    { "m=08", "m=08\n", 0, "1:4: not a number" },
    { "m=1f", "m=1f\n", 0, "1:4: not a number" },
    { "m=\"12 \"", "m=\"12 \"\n", 0, "1:6: not a number" },
    { "m=\"\"", "m=\"\"\n", 0, "1:4: not a number" },
    { "m=\"1<tab>2\"", "m=\"1\\t2\"\n", 0, "1:3: not a number" }, /* with an escape, the string as a whole */
    { "m=0x", "m=0x\n", 0, "1:4: not a number" },
    { "m=[1]", "m=[1]\n", 0, "1:1: `m' is a list, but should be a single value" },
    { "m=1; m+=2", "m=1\nm+=2\n", 0, "2:1: `m' is a number, to which xl cannot add by +=" },
    { "m+=2", "m+=2\n", 0, "1:1: `m' is a number" },
};
// clang-format on

static void check_number(void **state)
{
    const struct number_row *row = *state;
    struct fixture_file f;
    long value;

    assert_true(read_text(row->text, &f));
    if (row->message) {
        assert_false(xlcfg_long(&cfg, xlcfg_find(&cfg, "m"), &value, &err));
        assert_complaint(err.text, f.path, row->message, row->text);
    } else {
        assert_true(xlcfg_long(&cfg, xlcfg_find(&cfg, "m"), &value, &err));
        assert_int_equal(value, row->value);
    }
    xlcfg_free(&cfg);
    fixture_close(f);
}

static void lists(void **state)
{
    static const char text[] = "a=1\nb=[1,\n [2]]\n";
    struct fixture_file f;

    (void)state;
    assert_true(read_text(text, &f));
    assert_null(xlcfg_find(&cfg, "c"));
    assert_false(xlcfg_check_list(&cfg, xlcfg_find(&cfg, "a"), &err));
    assert_complaint(err.text, f.path, "1:1: `a' is a single value, but should be a list", text);
    assert_false(xlcfg_check_list(&cfg, xlcfg_find(&cfg, "b"), &err));
    assert_complaint(err.text, f.path, "3:2: `b' is a list of strings, not of lists", text);
    xlcfg_free(&cfg);
    fixture_close(f);
}

/* Text of `count` times a piece between a head and a tail. The caller frees it. */
static char *repeated(const char *head, const char *piece, size_t count, const char *tail)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    fputs(head, out);
    while (count-- > 0)
        fputs(piece, out);
    fputs(tail, out);
    fclose(out);
    return text;
}

static void check_refused(char *text, const char *what)
{
    struct fixture_file f;

    assert_false(read_text(text, &f));
    assert_non_null(strstr(err.text, what));
    xlcfg_free(&cfg);
    fixture_close(f);
    free(text);
}

static void limits(void **state)
{
    char name[16];
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    for (int i = 0; i <= XLCFG_SETTINGS_MAX; i++) {
        snprintf(name, sizeof name, "a%d=1\n", i);
        fputs(name, out);
    }
    fclose(out);
    check_refused(text, "more than 1024 names");
    check_refused(repeated("l=[", "1,\n", XLCFG_VALUES_MAX + 1, "]\n"), "more than 65536 values");
    check_refused(repeated("l=", "[", 100, "\n"), "more than 32 deep");
    check_refused(repeated("", "s+=\"0123456789abcdef0123456789abcdef0123456789abcdef\"\n", 400, ""),
                  "the string becomes too long");
    check_refused(repeated("", "# 0123456789abcdef0123456789abcdef0123456789abcdef\n", 30000, ""), "more than 1 MB");
    check_refused(strdup("\xff\xfe"), "neither a name");
    check_refused(strdup("a=\"1\001\"\n"), ":1:5: control character");
    assert_false(xlcfg_read(&cfg, "/nowhere/domu.cfg", &err));
    assert_non_null(strstr(err.text, "/nowhere/domu.cfg: cannot open"));
    xlcfg_free(&cfg);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_good, ROWS_OF(good_rows));
    rows_add(&all, check_bad, ROWS_OF(bad_rows));
    rows_add(&all, check_number, ROWS_OF(number_rows));
    rows_add_test(&all, "what should be a list", lists, NULL);
    rows_add_test(&all, "limits", limits, NULL);
    return rows_run(&all, "xen/xlcfg");
}
