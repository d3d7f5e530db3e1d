/* `stagewalk lint`: worlds, scripts and traces in, findings out. */
#include "sim/commands.h"
#include "sim/html/page.h"
#include "sim/input.h"
#include "sim/interrupt.h"
#include "sim/lint/beginnings.h"
#include "sim/lint/domains.h"
#include "sim/lint/tables.h"
#include "sim/lint/upkeep_report.h"
#include "sim/map/world_words.h"
#include "sim/options.h"
#include "sim/preset_option.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/suggest.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
    puts("usage: stagewalk lint [options] [SCRIPT|TRACE...]\n"
         "\n"
         "Finds mapping mistakes. Of a configuration - a board, a Xen, dom0 and domUs - what the domains'\n"
         "regions and stage-2 tables show: one address with two memory types, devices given twice, RAM as\n"
         "Device memory, overlaps, what is not there. Of a script at its end, or a trace as each core\n"
         "begins, what both stages' tables and the registers show: W+X, executable devices, tables in\n"
         "Device memory, aliases, reserved encodings, misused contiguous bits. And on the way whether the\n"
         "TLBs are kept right: break-before-make, TLBIs that are missing, too narrow or without barriers.\n"
         "Without SCRIPT and TRACE, and with any of the next five options, the configuration is looked at.\n"
         "The first Ctrl-C or SIGTERM ends the search and tells what was found until then, marked as such; the\n"
         "second ends the program at once.\n"
         "Exit status: 0 nothing found that --fail-on names, 1 something, 2 bad input.\n"
         "\n"
         "  --xen PRESET          the version of Xen, as for map; --xen list lists them\n"
         "  --dtb FILE            the board's device tree blob; without it a ZCU102\n"
         "  --dom0-mem SIZE       as on Xen's command line: 1G (default), 1500M\n"
         "  --config FILE         an xl.cfg: a domU beside dom0; may be given 16 times\n"
         "  --pass NAME=FILE      the device tree blob of a domain of the device tree, as for map\n"
         "  --fail-on note|warning|error\n"
         "                        exit status 1 from there on (warning)\n"
         "  --only CODE,...       look for these alone\n"
         "  --ignore CODE,...     do not tell of these\n"
         "  --max N               findings told of each rule (20); all are counted\n"
         "  --list                print all rules, each with its reason and remedy");
    options_print_help(OPTION_MACHINE | OPTION_JSON | OPTION_HTML | OPTION_QUIET);
    puts("\n"
         "Examples:\n"
         "  stagewalk lint --xen xen-4.17 --config guest.cfg --config other.cfg\n"
         "  stagewalk lint --fail-on error --ignore device-shared --config guest.cfg\n"
         "  stagewalk lint tests/golden/nested-walk.sw traces/samples/zcu102-domU.swt\n"
         "  stagewalk lint -q --json findings.json --html findings.html --dtb board.dtb");
}

/* The command line: NULL is what was not given. */
struct words {
    struct options common;
    const char *xen, *fail_on, *only, *ignore;
    uint64_t max;
    bool list;
    struct world_request world;
    json_t *inputs; /* paths of what is looked at, beside the configuration */
};

/* ---- What is looked at; each returns 0, or 2 after a message ---- */

static int lint_world(const struct world_request *q, struct lint_report *r)
{
    struct world *w = calloc(1, sizeof *w);
    struct trace_error err = { "" };
    int status = 0;

    if (!w)
        return say_error("lint: out of memory");
    if (!world_open(w, q, &err))
        status = say_error("%s", err.text);
    else if (!lint_domains(w, r))
        status = say_error("lint: out of memory");
    world_close(w);
    free(w);
    return status;
}

/* What it does on its way, and all cores as it leaves them. */
static int lint_script(const char *path, const struct config *config, struct lint_report *r)
{
    struct machine *m;
    struct trace_error err;
    struct tables *t;

    if (!upkeep_report_script(path, config, r, &m, &err))
        return result_file_refuse(&err);
    if (r->interrupted) { /* tables that are half made have mistakes which nobody has made */
        machine_free(m);
        return 0;
    }
    t = lint_tables_new(path, r);
    for (unsigned i = 0; t && i < m->cluster.config.cores; i++)
        lint_tables_core(t, m, i);
    lint_tables_end(t);
    machine_free(m);
    return t ? 0 : say_error("lint: out of memory");
}

struct looked_at {
    struct tables *tables;
    unsigned cores;
};

static void look_at_core(void *context, const struct machine *m, unsigned core)
{
    struct looked_at *l = context;

    lint_tables_core(l->tables, m, core);
    l->cores++;
}

/* Each core, as it begins: the tables may be others then. And all that the trace does. */
static int lint_trace(const char *path, const struct options *o, struct lint_report *r)
{
    const struct upkeep_request course = { .path = path, .config = &o->config, .progress = !o->quiet };
    struct looked_at looked_at = { .tables = lint_tables_new(path, r) };
    const struct beginnings_request q = {
        .path = path, .config = &o->config, .progress = !o->quiet, .begins = look_at_core, .context = &looked_at
    };
    struct trace_error err;
    bool good;

    if (!looked_at.tables)
        return say_error("lint: out of memory");
    good = beginnings_visit(&q, &err);
    lint_tables_end(looked_at.tables);
    if (!good)
        return result_file_refuse(&err);
    if (interrupt_asked()) {
        r->interrupted = true;
        say_error("%s: interrupted while the cores' beginnings were looked for", path);
        return 0;
    }
    if (!looked_at.cores)
        return say_error("%s: no core does anything in it; `stagewalk trace info` lists the cores", path);
    return upkeep_report_trace(&course, r, &err) ? 0 : result_file_refuse(&err);
}

/* ---- What is told ---- */

/* Silences the rules of a list; with --only all but these. */
static int choose(const char *option, const char *list, bool only, struct lint_report *r)
{
    char *copy, *rest, *word, hint[128];
    struct suggest near;
    int status = 0;

    if (!list)
        return 0;
    rest = copy = strdup(list);
    if (!copy)
        return say_error("lint: out of memory");
    for (int i = 0; only && i < LINT_CODE_COUNT; i++)
        r->silent[i] = true;
    while (status == 0 && (word = strtok_r(rest, ", ", &rest))) {
        enum lint_code code = lint_code_by_name(word);

        if (code < LINT_CODE_COUNT) {
            r->silent[code] = !only;
            continue;
        }
        suggest_init(&near, word);
        for (int i = 0; i < LINT_CODE_COUNT; i++)
            suggest_offer(&near, lint_rule((enum lint_code)i)->name);
        status = say_error("lint: %s: no rule '%s'%s", option, word,
                           near.best ? suggest_text(&near, hint, sizeof hint) : "; --list prints them");
    }
    free(copy);
    return status;
}

/* Prints the report. Returns the exit status. */
static int tell(const struct words *w, enum lint_severity fail_on, const struct lint_report *r)
{
    const struct options *o = &w->common;
    bool to_stdout = (o->json && strcmp(o->json, "-") == 0) || (o->html && strcmp(o->html, "-") == 0);

    if (r->lost)
        return say_error("lint: out of memory");
    if (!w->common.quiet && !to_stdout)
        lint_report_print(stdout, r);
    if ((o->json || o->html) && page_results(&(struct page_result){ .json = o->json,
                                                                    .html = o->html,
                                                                    .page = "lint",
                                                                    .report = lint_report_json(r),
                                                                    .word = "inputs",
                                                                    .value = json_incref(w->inputs) }) != 0)
        return 2;
    for (int severity = (int)fail_on; severity < LINT_SEVERITY_COUNT; severity++) {
        if (lint_report_count(r, (enum lint_severity)severity) > 0)
            return 1;
    }
    return 0;
}

/* ---- The command ---- */

static bool asks_for_world(const struct words *w)
{
    return w->xen || w->world.dtb || w->world.dom0_mem || w->world.config[0] || w->world.pass[0];
}

static int lint_all(struct words *w, int count, char **path, struct lint_report *r)
{
    int status = 0;

    if (world_words_check_output(&w->world, w->common.json) != 0 ||
        world_words_check_output(&w->world, w->common.html) != 0)
        return 2;
    if (choose("--only", w->only, true, r) != 0 || choose("--ignore", w->ignore, false, r) != 0)
        return 2;
    if (count == 0 || asks_for_world(w)) {
        w->world.preset = preset_option("lint", w->xen);
        status = w->world.preset ? lint_world(&w->world, r) : 2;
    }
    for (int i = 0; i < count && status == 0; i++) {
        if (interrupt_asked()) {
            r->interrupted = true;
            say_error("interrupted: %d of %d inputs have not been looked at", count - i, count);
            break;
        }
        if (*path[i] == '\0')
            return say_error("lint: empty file name");
        status = result_file_check_input(w->common.json, path[i]);
        if (status == 0)
            status = result_file_check_input(w->common.html, path[i]);
        json_array_append_new(w->inputs, result_file_text(path[i]));
        if (status == 0)
            status = input_is_trace(path[i]) ? lint_trace(path[i], &w->common, r)
                                             : lint_script(path[i], &w->common.config, r);
    }
    return status;
}

static int lint(struct words *w, int count, char **path)
{
    enum lint_severity fail_on = w->fail_on ? lint_severity_by_name(w->fail_on) : LINT_WARNING;
    struct lint_report r;
    int status;

    if (fail_on == LINT_SEVERITY_COUNT)
        return say_error("lint: --fail-on wants note, warning or error, not '%s'", w->fail_on);
    if (w->max > LINT_KEPT_MAX)
        return say_error("lint: --max wants at most %d", LINT_KEPT_MAX);
    if (page_check(w->common.html) != 0)
        return 2;
    lint_report_init(&r, w->max);
    interrupt_watch(true);
    w->inputs = json_array();
    status = lint_all(w, count, path, &r);
    if (status == 0)
        status = tell(w, fail_on, &r);
    lint_report_free(&r);
    json_decref(w->inputs);
    return status;
}

int cmd_lint(int argc, char **argv)
{
    struct words w = { .max = LINT_KEPT };
    const struct option_spec own[] = { { "xen", .text = &w.xen },
                                       { "dtb", .text = &w.world.dtb },
                                       { "dom0-mem", .text = &w.world.dom0_mem },
                                       { "config", .list = w.world.config, .list_max = WORLD_DOMUS_MAX },
                                       { "pass", .list = w.world.pass, .list_max = WORLD_DOMUS_MAX },
                                       { "fail-on", .text = &w.fail_on },
                                       { "only", .text = &w.only },
                                       { "ignore", .text = &w.ignore },
                                       { "max", .number = &w.max },
                                       { "list", .flag = &w.list } };
    const struct option_set set = { OPTION_MACHINE | OPTION_JSON | OPTION_HTML | OPTION_QUIET, own,
                                    sizeof own / sizeof *own };
    int first = options_parse(&w.common, argc, argv, &set);

    if (first < 0)
        return 2;
    if (w.common.help) {
        print_help();
        return 0;
    }
    if (w.list) {
        lint_catalogue_print(stdout);
        return 0;
    }
    if (w.xen && strcmp(w.xen, "list") == 0) {
        preset_option_list();
        return 0;
    }
    return lint(&w, argc - first, argv + first);
}
