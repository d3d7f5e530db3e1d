/* stagewalk params: what can be set with -C, and how sure anybody is of it. */
#include "sim/commands.h"

#include "platforms/zynqmp/params.h"
#include "sim/options.h"
#include "sim/replay/report.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/suggest.h"

#include <csv.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define CELL_BYTES 32
#define HINT_BYTES 128
#define COLUMN_COUNT 6

/* What to list: the parameters of this configuration that are among the operands (all when there are none). */
struct listing {
    const struct config *config;
    char *const *patterns; /* ends in NULL */
    bool guesses_only;
};

static void print_help(void)
{
    puts("usage: stagewalk params [options] [PATTERN...]\n"
         "\n"
         "Lists every parameter that -C sets: key, value, default, range, unit, and where the default is\n"
         "from. A source that says [choice] was chosen among what the documents allow, [guess] was found in\n"
         "none of them. PATTERN is a part of a key, or a whole key with * and ?.\n"
         "Exit status: 0 all well, 2 a wrong command line or an output that could not be written.\n");
    options_print_help(OPTION_MACHINE | OPTION_JSON | OPTION_CSV);
    puts("  --guesses             only those whose source is a [guess]\n"
         "  --counters            list the counters of a report instead: PMU event number, name, meaning\n"
         "\n"
         "With --json or --csv the table itself is not printed.\n"
         "\n"
         "Examples:\n"
         "  stagewalk params tlb\n"
         "  stagewalk params -C cost.ddr=200 'cost.*'\n"
         "  stagewalk params --guesses --json guesses.json\n"
         "  stagewalk params --counters");
}

static bool is_guess(const struct param *p)
{
    return strstr(p->source, "[guess]") != NULL;
}

static bool matches(const struct param *p, const char *pattern)
{
    if (strpbrk(pattern, "*?["))
        return fnmatch(pattern, p->key, 0) == 0;
    return strstr(p->key, pattern) != NULL;
}

static bool is_listed(const struct listing *l, const struct param *p)
{
    if (l->guesses_only && !is_guess(p))
        return false;
    for (char *const *pattern = l->patterns; *pattern; pattern++) {
        if (matches(p, *pattern))
            return true;
    }
    return !l->patterns[0];
}

/* Writes a value as -C takes it. Returns text. */
static const char *value_text(const struct param *p, uint32_t value, char text[CELL_BYTES])
{
    const char *word = params_word(p, value);

    if (word)
        snprintf(text, CELL_BYTES, "%s", word);
    else
        snprintf(text, CELL_BYTES, "%u", value);
    return text;
}

static const char *range_text(const struct param *p, char text[CELL_BYTES])
{
    size_t at = 0;

    if (!params_word(p, p->min)) {
        snprintf(text, CELL_BYTES, "%u..%u", p->min, p->max);
        return text;
    }
    for (uint32_t i = p->min; i <= p->max && at < CELL_BYTES; i++)
        at += (size_t)snprintf(text + at, CELL_BYTES - at, "%s%s", i > p->min ? "|" : "", params_word(p, i));
    return text;
}

/* ---- The table ---- */

struct row {
    const char *cells[COLUMN_COUNT];
    char value[CELL_BYTES], initial[CELL_BYTES], range[CELL_BYTES];
};

static void fill_row(struct row *row, const struct listing *l, const struct param *p)
{
    row->cells[0] = p->key;
    row->cells[1] = value_text(p, params_get(l->config, p), row->value);
    row->cells[2] = value_text(p, p->value, row->initial);
    row->cells[3] = range_text(p, row->range);
    row->cells[4] = p->unit;
    row->cells[5] = p->source;
}

static const char *const titles[COLUMN_COUNT] = { "key", "value", "default", "range", "unit", "source" };

static void print_row(const char *const cells[COLUMN_COUNT], const int widths[COLUMN_COUNT])
{
    /* numbers to the right, words to the left */
    printf("%-*s  %*s  %*s  %-*s  %-*s  %s\n", widths[0], cells[0], widths[1], cells[1], widths[2], cells[2], widths[3],
           cells[3], widths[4], cells[4], cells[5]);
}

static void print_table(const struct listing *l)
{
    size_t count;
    const struct param *params = params_table(&count);
    int widths[COLUMN_COUNT];
    struct row row;

    for (size_t c = 0; c < COLUMN_COUNT; c++)
        widths[c] = (int)strlen(titles[c]);
    for (size_t i = 0; i < count; i++) {
        fill_row(&row, l, &params[i]);
        for (size_t c = 0; c < COLUMN_COUNT && is_listed(l, &params[i]); c++) {
            if ((int)strlen(row.cells[c]) > widths[c])
                widths[c] = (int)strlen(row.cells[c]);
        }
    }
    print_row(titles, widths);
    for (size_t i = 0; i < count; i++) {
        fill_row(&row, l, &params[i]);
        if (is_listed(l, &params[i]))
            print_row(row.cells, widths);
    }
}

/* ---- For scripts ---- */

static bool print_csv(FILE *stream, const void *context)
{
    const struct listing *l = context;
    size_t count;
    const struct param *params = params_table(&count);
    struct row row;

    fputs("key,value,default,range,unit,source\n", stream);
    for (size_t i = 0; i < count; i++) {
        if (!is_listed(l, &params[i]))
            continue;
        fill_row(&row, l, &params[i]);
        for (size_t c = 0; c < COLUMN_COUNT - 1; c++)
            fprintf(stream, "%s,", row.cells[c]);
        csv_fwrite(stream, row.cells[COLUMN_COUNT - 1], strlen(row.cells[COLUMN_COUNT - 1]));
        putc('\n', stream);
    }
    return true;
}

static json_t *json_param(const struct listing *l, const struct param *p)
{
    json_t *o =
        json_pack("{s:s, s:o, s:o, s:s, s:s, s:b}", "key", p->key, "value", report_param(p, params_get(l->config, p)),
                  "default", report_param(p, p->value), "unit", p->unit, "source", p->source, "guess", is_guess(p));

    if (params_word(p, p->min)) {
        json_t *choices = json_array();

        for (uint32_t i = p->min; i <= p->max; i++)
            json_array_append_new(choices, json_string(params_word(p, i)));
        json_object_set_new(o, "choices", choices);
    } else {
        json_object_update_new(o, json_pack("{s:I, s:I}", "min", (json_int_t)p->min, "max", (json_int_t)p->max));
    }
    return o;
}

static json_t *json_listing(const struct listing *l)
{
    size_t count;
    const struct param *params = params_table(&count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        if (is_listed(l, &params[i]) && json_array_append_new(list, json_param(l, &params[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return json_pack("{s:s, s:s, s:o}", "schema", "stagewalk/params/1", "platform", "zynqmp", "parameters", list);
}

/* Returns 0, or 2 after a message about a pattern that matches no key at all. */
static int check_patterns(char *const *patterns)
{
    size_t count;
    const struct param *params = params_table(&count);

    for (; *patterns; patterns++) {
        struct suggest near;
        char hint[HINT_BYTES];
        bool found = false;

        suggest_init(&near, *patterns);
        for (size_t i = 0; i < count; i++) {
            found = found || matches(&params[i], *patterns);
            suggest_offer(&near, params[i].key);
        }
        if (!found)
            return say_error("no parameter matches '%s'%s", *patterns, suggest_text(&near, hint, sizeof hint));
    }
    return 0;
}

static void print_counters(void)
{
    printf("%-8s %-24s %s\n", "event", "counter",
           "meaning; events from 0x1000 on are this model's own, no A53 has them");
    for (int i = 0; i < COUNT_COUNT; i++) {
        const struct count_row *row = count_row((enum count)i);

        printf("0x%02x%*s %-24s %s\n", row->number, row->number < 0x1000 ? 4 : 2, "", row->name, row->text);
    }
}

int cmd_params(int argc, char **argv)
{
    bool guesses = false, counters = false;
    const struct option_spec own[] = { { "guesses", .flag = &guesses }, { "counters", .flag = &counters } };
    const struct option_set set = { OPTION_MACHINE | OPTION_JSON | OPTION_CSV, own, sizeof own / sizeof *own };
    struct options o;
    int first = options_parse(&o, argc, argv, &set);
    int status = 0;

    if (first < 0)
        return 2;
    if (o.help) {
        print_help();
        return 0;
    }
    if (counters) {
        if (o.json || o.csv || guesses || first < argc)
            return say_error(
                "params: --counters lists all counters, as a table for people, and goes with nothing else");
        print_counters();
        return 0;
    }
    struct listing l = { .config = &o.config, .patterns = argv + first, .guesses_only = guesses };

    if (check_patterns(l.patterns) != 0)
        return 2;
    if (o.json)
        status = result_file_json(o.json, json_listing(&l));
    if (o.csv && status == 0)
        status = result_file_print(o.csv, print_csv, &l);
    if (!o.json && !o.csv)
        print_table(&l);
    return status;
}
