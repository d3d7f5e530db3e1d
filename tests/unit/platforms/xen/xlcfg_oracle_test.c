/* Our reader of xl's configuration files against Xen's own, libxlutil: the same random texts are taken and refused, and
 * mean the same. The library is loaded while the test runs, so that the build does not need it. */
#include "platforms/xen/xlcfg.h"
#include "tests/unit/platforms/xen/xl_fixture.h"

#include <dlfcn.h>

#define TEXTS 50000
#define TEXT_BYTES 256

/* As libxlutil.h declares them. */
struct judge {
    void *library;
    void *(*init)(FILE *report, const char *name);
    int (*read)(void *cfg, const char *text, int length);
    int (*get_string)(const void *cfg, const char *key, const char **value, int quiet);
    int (*get_long)(const void *cfg, const char *key, long *value, int quiet);
    int (*get_list)(const void *cfg, const char *key, void **list, int *count, int quiet);
    const char *(*get_item)(const void *list, int i);
    void (*destroy)(void *cfg);
};

/* Of LeakSanitizer, where it watches: libxlutil loses memory of what it refuses. Our reader is watched. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static struct judge judge;
static FILE *report; /* what it says of errors */

static void *find(const char *name)
{
    void *function = dlsym(judge.library, name);

    if (!function)
        fail_msg("libxlutil has no %s", name);
    return function;
}

/* Returns false, having said why, when there is no library. */
static bool load(void)
{
    judge.library = dlopen("libxlutil.so", RTLD_NOW);
    if (!judge.library) {
        print_message("skipped: libxlutil.so cannot be loaded (Debian: libxen-dev): %s\n", dlerror());
        return false;
    }
    judge.init = (void *(*)(FILE *, const char *))find("xlu_cfg_init");
    judge.read = (int (*)(void *, const char *, int))find("xlu_cfg_readdata");
    judge.get_string = (int (*)(const void *, const char *, const char **, int))find("xlu_cfg_get_string");
    judge.get_long = (int (*)(const void *, const char *, long *, int))find("xlu_cfg_get_long");
    judge.get_list = (int (*)(const void *, const char *, void **, int *, int))find("xlu_cfg_get_list");
    judge.get_item = (const char *(*)(const void *, int))find("xlu_cfg_get_listitem");
    judge.destroy = (void (*)(void *))find("xlu_cfg_destroy");
    report = fopen("/dev/null", "w");
    assert_non_null(report);
    return true;
}

static uint64_t dice_state = 0x9E3779B97F4A7C15;

static unsigned dice(unsigned sides)
{
    dice_state ^= dice_state << 13;
    dice_state ^= dice_state >> 7;
    dice_state ^= dice_state << 17;
    return (unsigned)(dice_state >> 32) % sides;
}

static const char *const pieces[] = {
    "a",      "bc_1",  "d.e",   "=",  "=",  "=",  "+=",    "1",     "0x1f",     "010",
    "09",     "1e",    "[",     "[",  "]",  "]",  ",",     ",",     ";",        "\n",
    "\n",     "\n",    " ",     "\t", "\"", "'",  "\"x\"", "'y z'", "\"\"",     "\"\\\"\"",
    "\"12\"", "# c\n", "# c\"", "\\", "A",  "-1", "1.5",   "@",     "\xc3\xa9", "\"\\t\\q\"",
};
static const char *const sentences[] = {
    "a=1\n",       "a=\"x\"\n",       "a='\\'y\\t'\n", "a=[\"x\",\n",   "\"y\",]\n",
    "]\n",         "bc_1=2;",         "a+=[\"z\"]\n",  "a+=\"z\"\n",    "a = [ 1,'2',[3,],[] ]\n",
    "a += [\n]\n", "d.e=[[\"a\"]]\n", "a+=4\n",        "bc_1=\"07\"\n", " # [\n",
    "\n;\n",
};

static const char *any_of(const char *const *list, size_t bytes)
{
    return list[dice((unsigned)(bytes / sizeof *list))];
}

/* Words and sentences of which many neighbours make sense; with a newline at the end, as the two differ without. */
static void make_text(char text[TEXT_BYTES])
{
    unsigned count = 1 + dice(10), words = dice(3);
    size_t length = 0;

    while (count-- > 0) {
        const char *piece = dice(4) < words ? any_of(pieces, sizeof pieces) : any_of(sentences, sizeof sentences);

        if (length + strlen(piece) + 2 > TEXT_BYTES)
            break;
        memcpy(text + length, piece, strlen(piece) + 1);
        length += strlen(piece);
    }
    memcpy(text + length, "\n", 2);
}

static void compare_list(const void *theirs, const struct xlcfg_setting *s, const char *text)
{
    void *list;
    int count;

    if (judge.get_list(theirs, s->key, &list, &count, 1) != 0)
        fail_msg("`%s' is no list: %s", s->key, text);
    assert_int_equal(count, s->count);
    for (int i = 0; i < count; i++) {
        const char *item = judge.get_item(list, i), *ours = s->value[i].text;

        if (!item || !ours)
            assert_ptr_equal(item, ours);
        else
            assert_string_equal(item, ours);
    }
}

static void compare_single(const struct xlcfg *c, const void *theirs, const struct xlcfg_setting *s, const char *text)
{
    struct trace_error err;
    const char *value;
    long number, ours = 0;
    bool is_number = judge.get_long(theirs, s->key, &number, 1) == 0;

    if (judge.get_string(theirs, s->key, &value, 1) != 0)
        fail_msg("`%s' is no string: %s", s->key, text);
    assert_string_equal(s->value->text, value);
    assert_int_equal(xlcfg_long(c, s, &ours, &err), is_number);
    if (is_number)
        assert_int_equal(ours, number);
}

/* Reads a text as libxlutil does. Returns true when it takes it. */
static bool judge_reads(void *theirs, const char *text)
{
    int result;

    if (__lsan_disable)
        __lsan_disable();
    result = judge.read(theirs, text, (int)strlen(text));
    if (__lsan_enable)
        __lsan_enable();
    return result == 0;
}

/* Returns true when both took it. */
static bool compare(const char *text)
{
    struct fixture_file f = fixture_file(text, strlen(text));
    void *theirs = judge.init(report, "text");
    struct xlcfg ours;
    struct trace_error err = { "" };
    bool taken = xlcfg_read(&ours, f.path, &err);

    if (judge_reads(theirs, text) != taken)
        fail_msg("%s by us (%s): %s", taken ? "taken" : "refused", err.text, text);
    for (size_t i = 0; taken && i < ours.count; i++) {
        const struct xlcfg_setting *s = &ours.setting[i];

        if (s->is_list)
            compare_list(theirs, s, text);
        else
            compare_single(&ours, theirs, s, text);
    }
    judge.destroy(theirs);
    xlcfg_free(&ours);
    fixture_close(f);
    return taken;
}

static void random_texts(void **state)
{
    unsigned taken = 0;

    (void)state;
    if (!load())
        skip();
    for (unsigned i = 0; i < TEXTS; i++) {
        char text[TEXT_BYTES];

        make_text(text);
        taken += compare(text);
    }
    print_message("%u random texts, of which both took %u\n", TEXTS, taken);
    assert_in_range(taken, TEXTS / 10, TEXTS);
    fclose(report);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "random texts", random_texts, NULL);
    return rows_run(&all, "xen/xlcfg against libxlutil");
}
