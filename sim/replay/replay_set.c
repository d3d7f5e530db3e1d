/* Traces one after the other, or some at once; and what became of their outputs. */
#include "sim/replay/replay_set.h"

#include "sim/html/page.h"
#include "sim/interrupt.h"
#include "sim/jobs.h"
#include "sim/replay/replay_set_one.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

static const char *const output_names[OUT_COUNT] = { "records", "tarmac", "csv", "json", "html", "vcd", "timeline" };

/* Returns 0, or 2 after a message. */
static int check_files(const struct replay_set *set, int count)
{
    static const enum replay_output of_one[] = { OUT_RECORDS, OUT_TARMAC, OUT_VCD, OUT_TIMELINE };

    for (size_t i = 0; count > 1 && i < sizeof of_one / sizeof *of_one; i++) {
        if (set->path[of_one[i]])
            return say_error("replay: --%s wants one trace, not %d: it does not say which trace it is of",
                             output_names[of_one[i]], count);
    }
    for (int i = 0; i < OUT_COUNT; i++) {
        for (int k = i + 1; k < OUT_COUNT; k++) {
            if (set->path[i] && set->path[k] && out_file_same(set->path[i], set->path[k]))
                return say_error("replay: --%s and --%s both write to '%s'", output_names[i], output_names[k],
                                 set->path[i]);
        }
    }
    for (int k = 0; k < OUT_COUNT; k++) {
        if (trace_input_check_output(set->request.input, set->path[k]) != 0 ||
            (set->request.memory && result_file_check_input(set->path[k], set->request.memory) != 0))
            return 2;
    }
    for (int i = 0; i < count; i++) {
        if (*set->trace[i] == '\0')
            return say_error("replay: empty file name");
        for (int k = 0; k < OUT_COUNT; k++) {
            if (result_file_check_input(set->path[k], set->trace[i]) != 0)
                return 2;
        }
    }
    return 0;
}

/* All of them, before any work: a name that cannot be written costs no replay. */
static bool open_outputs(struct replay_set *set, struct trace_error *err)
{
    for (int k = 0; k < OUT_COUNT; k++) {
        if (!set->path[k])
            continue;
        if (!out_file_open(&set->out[k], set->path[k], err))
            return false;
        set->people_apart |= set->out[k].stream == stdout;
    }
    if (set->path[OUT_RECORDS])
        set->request.records = &set->out[OUT_RECORDS];
    if (set->path[OUT_TARMAC])
        set->request.tarmac = &set->out[OUT_TARMAC];
    set->request.vcd = set->out[OUT_VCD].stream;
    set->request.timeline = set->out[OUT_TIMELINE].stream;
    if (set->path[OUT_CSV])
        fprintf(set->out[OUT_CSV].stream, "trace,core,counter,number,value\n");
    return true;
}

/* Reads the symbols before any trace. Returns false with *err. */
static bool read_symbols(struct replay_set *set, struct trace_error *err)
{
    if (!set->elf[0])
        return true;
    set->symbols = symbols_new();
    if (!set->symbols)
        return error_set(err, "out of memory");
    for (size_t i = 0; set->elf[i]; i++) {
        if (!symbols_add(set->symbols, set->elf[i], err))
            return false;
        for (int k = 0; k < OUT_COUNT; k++) {
            if (set->path[k] && out_file_replaces(set->path[k], symbols_file(set->symbols, i)))
                return error_set(err, "%.150s: is also an input", set->path[k]);
        }
    }
    set->request.symbols = set->symbols;
    return true;
}

bool replay_set_keep(struct replay_set *set, json_t *json)
{
    json_t *report = json_object_get(json, "report");

    return (!set->path[OUT_JSON] || json_array_append(set->reports, report) == 0) &&
           (!set->path[OUT_HTML] || json_array_append(set->shown, json) == 0);
}

/* ---- The end ---- */

/* One report stands for itself; several are an array. */
static bool write_json(struct replay_set *set, struct trace_error *err)
{
    struct out_file *out = &set->out[OUT_JSON];
    json_t *root = set->reports;
    char *text;
    bool good;

    if (json_array_size(root) == 1)
        root = json_incref(json_array_get(root, 0));
    else
        root = json_pack("{s:s, s:b, s:O}", "schema", "stagewalk/replay-set/1", "interrupted", (int)set->interrupted,
                         "reports", root);
    text = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    if (!text)
        return error_set(err, "%s: out of memory", out->path);
    good = out_file_write(out, text, strlen(text), err) && out_file_write(out, "\n", 1, err);
    free(text);
    return good;
}

static bool write_page(struct replay_set *set, struct trace_error *err)
{
    json_t *page = json_pack("{s:s, s:O}", "page", "replay", "traces", set->shown);
    bool good = page && page_print(set->out[OUT_HTML].stream, page);

    json_decref(page);
    return good || error_set(err, "%s: out of memory", set->out[OUT_HTML].path);
}

/* What cannot say of itself that it is a part gets a name that does. */
static bool set_aside(struct replay_set *set, struct trace_error *err)
{
    for (int k = 0; k < OUT_COUNT; k++) {
        if (k == OUT_JSON || !set->out[k].target)
            continue;
        if (!out_file_rename(&set->out[k], ".interrupted", err))
            return false;
        say_error("--%s goes to %s", output_names[k], set->out[k].path);
    }
    return true;
}

/* Gives all output files their names, or takes all back. Returns the exit status. */
static int finish(struct replay_set *set, int status, struct trace_error *err)
{
    bool good = status != 2 && (!set->path[OUT_JSON] || write_json(set, err));

    good = good && (!set->path[OUT_HTML] || write_page(set, err));
    good = good && (!set->interrupted || set_aside(set, err)) && out_file_commit_all(set->out, OUT_COUNT, err);
    for (int k = 0; k < OUT_COUNT; k++)
        out_file_discard(&set->out[k]);
    json_decref(set->reports);
    json_decref(set->shown);
    symbols_free(set->symbols);
    return good ? status : result_file_refuse(err);
}

/* ---- The whole ---- */

static int one_by_one(struct replay_set *set, int count, struct trace_error *err)
{
    int status = 0;

    for (int i = 0; i < count && status != 2 && !interrupt_asked(); i++) {
        json_t *json = NULL;
        int one = replay_set_one(set, (size_t)i, set->out[OUT_CSV].stream, &json, err);

        if (json && !replay_set_keep(set, json)) {
            error_set(err, "%s: out of memory", set->trace[i]);
            one = 2;
        }
        json_decref(json);
        set->replayed++;
        status = one > status ? one : status;
    }
    return status;
}

/* Standard input is one: who reads it twice does so one after the other. */
static bool can_share(char *const trace[], int count)
{
    int standard = 0;

    for (int i = 0; i < count; i++)
        standard += strcmp(trace[i], "-") == 0;
    return standard < 2;
}

int replay_set_run(struct replay_set *set, char *const trace[], int count)
{
    struct trace_error err = { "" };
    int status;

    set->trace = trace;
    if (page_check(set->path[OUT_HTML]) != 0 || check_files(set, count) != 0)
        return 2;
    set->reports = json_array();
    set->shown = json_array();
    if (!open_outputs(set, &err) || !read_symbols(set, &err))
        return finish(set, 2, &err);
    if (set->at_once > 1 && count > 1 && can_share(trace, count))
        status = replay_set_jobs(set, (size_t)count, &err);
    else
        status = one_by_one(set, count, &err);
    if (interrupt_asked() && set->replayed < (size_t)count && status != 2) {
        set->interrupted = true;
        say_error("interrupted: %zu of %d traces have not been replayed", (size_t)count - set->replayed, count);
    }
    return finish(set, status, &err);
}
