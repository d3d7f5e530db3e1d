/* The command line, on top of getopt_long. */
#include "sim/options.h"

#include "platforms/zynqmp/params.h"
#include "sim/say.h"
#include "sim/suggest.h"
#include "traces/out_file.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMON_COUNT 8
#define ALL_MAX (COMMON_COUNT + OPTION_OWN_MAX)
#define KEY_BYTES 128
#define CODE_BASE 256 /* beyond any letter: what getopt returns for an option that has none */

static FILE *told; /* where options_tell wants them; or NULL */

enum common_code { CODE_JSON = CODE_BASE, CODE_CSV, CODE_RECORDS, CODE_HTML, CODE_OWN };

static const struct common_option {
    const char *name;
    int code;       /* its letter, or enum common_code */
    unsigned group; /* 0: always */
    int argument;
    const char *help;
} common_options[COMMON_COUNT] = {
    { "platform", 'p', OPTION_MACHINE, required_argument, "  -p, --platform zynqmp the board; there is only one" },
    { NULL, 'C', OPTION_MACHINE, required_argument,
      "  -C KEY=VALUE          set a parameter; `stagewalk params` lists them" },
    { "json", CODE_JSON, OPTION_JSON, required_argument,
      "  --json FILE           write the result as JSON; - is standard output" },
    { "csv", CODE_CSV, OPTION_CSV, required_argument,
      "  --csv FILE            write the result as CSV; - is standard output" },
    { "records", CODE_RECORDS, OPTION_RECORDS, required_argument,
      "  --records FILE        write a CSV row for each access; - is standard output" },
    { "html", CODE_HTML, OPTION_HTML, required_argument,
      "  --html FILE           write the result as a page to look at: charts and tables, in one file" },
    { "quiet", 'q', OPTION_QUIET, no_argument, "  -q, --quiet           say only what is wrong" },
    { "help", 'h', 0, no_argument, "  -h, --help            this text" },
};

/* The options of one parse in getopt's terms. */
struct table {
    struct option options[ALL_MAX + 1];
    const char *names[ALL_MAX]; /* for messages: of those without a long name, too */
    int codes[ALL_MAX], arguments[ALL_MAX];
    size_t count, long_count;
    char letters[2 * ALL_MAX + 2];
};

static void table_add(struct table *t, const char *name, int code, int argument)
{
    if (name)
        t->options[t->long_count++] = (struct option){ .name = name, .has_arg = argument, .val = code };
    t->names[t->count] = name;
    t->arguments[t->count] = argument;
    t->codes[t->count++] = code;
    if (code < CODE_BASE) {
        size_t end = strlen(t->letters);

        t->letters[end] = (char)code;
        if (argument == required_argument)
            t->letters[end + 1] = ':';
    }
}

static void table_fill(struct table *t, const struct option_set *set)
{
    assert(set->own_count <= OPTION_OWN_MAX);
    memset(t, 0, sizeof *t);
    t->letters[0] = ':'; /* getopt tells a missing value from an unknown option */
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        const struct common_option *c = &common_options[i];

        if (!c->group || (set->common & c->group))
            table_add(t, c->name, c->code, c->argument);
    }
    for (size_t i = 0; i < set->own_count; i++) {
        const struct option_spec *own = &set->own[i];

        assert(!!own->flag + !!own->text + !!own->number + !!own->list == 1);
        table_add(t, own->name, own->letter ? own->letter : CODE_OWN + (int)i,
                  own->flag ? no_argument : required_argument);
    }
}

void options_tell(FILE *out)
{
    told = out;
}

static void table_tell(const struct table *t, FILE *out)
{
    for (size_t i = 0; i < t->count; i++) {
        const char *letter = t->codes[i] < CODE_BASE ? strchr(t->letters, t->codes[i]) : NULL;

        if (letter)
            fprintf(out, "-%c%s", *letter, t->names[i] ? ", " : "");
        if (t->names[i])
            fprintf(out, "--%s", t->names[i]);
        fputs(t->arguments[i] == required_argument ? " VALUE\n" : "\n", out);
    }
    fputc('\n', out);
}

static bool known_code(const struct table *t, int code)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->codes[i] == code)
            return true;
    }
    return false;
}

/* Writes "--json" or "-C". Returns text. */
static const char *code_text(const struct table *t, int code, char text[KEY_BYTES])
{
    snprintf(text, KEY_BYTES, "-%c", code);
    for (size_t i = 0; i < t->count; i++) {
        if (t->codes[i] == code && t->names[i])
            snprintf(text, KEY_BYTES, "--%s", t->names[i]);
    }
    return text;
}

static int unknown_option(const struct table *t, const char *written)
{
    struct suggest near;
    char hint[KEY_BYTES], word[KEY_BYTES];

    snprintf(word, sizeof word, "%.*s", (int)strcspn(written + 2, "="), written + 2);
    suggest_init(&near, word);
    for (size_t i = 0; i < t->long_count; i++)
        suggest_offer(&near, t->options[i].name);
    if (near.best)
        snprintf(hint, sizeof hint, "; did you mean '--%s'?", near.best);
    else
        snprintf(hint, sizeof hint, "; --help lists the options");
    return say_error("unknown option '--%s'%s", word, hint);
}

/* Says what getopt did not like: it returned `answer`, which is '?' or ':'. */
static int refuse(const struct table *t, int answer, char *const *argv)
{
    char text[KEY_BYTES];

    if (answer == ':')
        return say_error("%s wants a value", code_text(t, optopt, text));
    if (optopt == 0)
        return unknown_option(t, argv[optind - 1]);
    if (known_code(t, optopt))
        return say_error("%s takes no value", code_text(t, optopt, text));
    return say_error("unknown option '-%c'; --help lists the options", optopt);
}

static int unknown_key(const char *key, const char *written)
{
    struct suggest near;
    size_t count;
    char hint[KEY_BYTES];
    const struct param *params = params_table(&count);

    suggest_init(&near, key);
    for (size_t i = 0; i < count; i++)
        suggest_offer(&near, params[i].key);
    if (near.best)
        suggest_text(&near, hint, sizeof hint);
    else
        snprintf(hint, sizeof hint, "; `stagewalk params` lists them");
    return say_error("-C %s: unknown parameter '%s'%s", written, key, hint);
}

static bool key_exists(const char *key)
{
    size_t count;
    const struct param *params = params_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(params[i].key, key) == 0)
            return true;
    }
    return false;
}

/* Each of the following returns 0, or 2 after a message. */

static int set_parameter(struct config *config, const char *written)
{
    const char *equals = strchr(written, '=');
    char key[KEY_BYTES], why[KEY_BYTES * 2];

    if (!equals || equals == written)
        return say_error("-C %s: wants KEY=VALUE, as in -C mmu.main_tlb.entries=1024", written);
    snprintf(key, sizeof key, "%.*s", (int)(equals - written), written);
    if (!key_exists(key))
        return unknown_key(key, written);
    if (params_set(config, key, equals + 1, why, sizeof why))
        return say_error("-C %s: %s", written, why);
    return 0;
}

static int set_number(uint64_t *number, const char *name, const char *written)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(written, &end, 0);
    if (*written < '0' || *written > '9' || *end != '\0' || errno != 0)
        return say_error("--%s wants a number, not '%s'", name, written);
    *number = value;
    return 0;
}

static int set_platform(const char *name)
{
    if (strcmp(name, "zynqmp") != 0)
        return say_error("unknown platform '%s'; there is only zynqmp", name);
    return 0;
}

static int add_to_list(const struct option_spec *own, const char *written)
{
    size_t count = 0;

    while (own->list[count])
        count++;
    if (count == own->list_max)
        return say_error("--%s is given more than %zu times", own->name, own->list_max);
    own->list[count] = written;
    own->list[count + 1] = NULL;
    return 0;
}

static int set_own(const struct option_spec *own, const char *written)
{
    if (own->number)
        return set_number(own->number, own->name, written);
    if (own->list)
        return add_to_list(own, written);
    if (own->flag)
        *own->flag = true;
    else
        *own->text = written;
    return 0;
}

static int set_option(struct options *o, int code, const char *written, const struct option_set *set)
{
    for (size_t i = 0; i < set->own_count; i++) {
        if (code == (set->own[i].letter ? set->own[i].letter : CODE_OWN + (int)i))
            return set_own(&set->own[i], written);
    }
    switch (code) {
    case 'p':
        return set_platform(written);
    case 'C':
        return set_parameter(&o->config, written);
    case CODE_JSON:
        o->json = written;
        return 0;
    case CODE_CSV:
        o->csv = written;
        return 0;
    case CODE_RECORDS:
        o->records = written;
        return 0;
    case CODE_HTML:
        o->html = written;
        return 0;
    case 'q':
        o->quiet = true;
        return 0;
    default:
        o->help = true;
        return 0;
    }
}

/* What no single option says: parameters that do not fit each other, two outputs in one file. */
static int check_all(const struct options *o)
{
    const struct {
        const char *name, *path;
    } outputs[] = { { "--json", o->json }, { "--csv", o->csv }, { "--records", o->records }, { "--html", o->html } };
    const size_t count = sizeof outputs / sizeof *outputs;
    char why[KEY_BYTES * 2];

    if (params_check(&o->config, why, sizeof why))
        return say_error("-C: %s", why);
    for (size_t i = 0; i < count; i++) {
        if (outputs[i].path && *outputs[i].path == '\0')
            return say_error("%s: empty file name", outputs[i].name);
        for (size_t j = i + 1; j < count; j++) {
            if (outputs[i].path && outputs[j].path && out_file_same(outputs[i].path, outputs[j].path))
                return say_error("%s and %s both write to '%s'", outputs[i].name, outputs[j].name, outputs[i].path);
        }
    }
    return 0;
}

int options_parse(struct options *o, int argc, char **argv, const struct option_set *set)
{
    struct table table;
    int code;

    memset(o, 0, sizeof *o);
    params_default(&o->config);
    table_fill(&table, set);
    if (told)
        table_tell(&table, told);
    optind = 0; /* glibc: start afresh */
    opterr = 0;
    while ((code = getopt_long(argc, argv, table.letters, table.options, NULL)) != -1) {
        if (code == '?' || code == ':') {
            refuse(&table, code, argv);
            return -1;
        }
        if (set_option(o, code, optarg, set) != 0)
            return -1;
        if (o->help)
            return optind;
    }
    return check_all(o) == 0 ? optind : -1;
}

void options_print_help(unsigned common)
{
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        if (!common_options[i].group || (common & common_options[i].group))
            puts(common_options[i].help);
    }
}
