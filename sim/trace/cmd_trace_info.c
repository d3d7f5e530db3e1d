/* stagewalk trace info: what a trace says of itself. */
#include "sim/trace/cmd_trace.h"

#include "sim/generate/generate.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/trace/trace_survey.h"
#include "traces/ahead.h"
#include "traces/processors.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: stagewalk trace info [options] TRACE\n"
    "\n"
    "Prints where a packed trace comes from, how many records of each kind it holds, and who\n"
    "ran: by VMID, exception level and core, with the pieces of VA space that were touched, TLB\n"
    "maintenance, exceptions and aborts.\n"
    "Exit status: 0 all well, 2 the trace cannot be read or the output cannot be written.\n"
    "\n"
    "  --json FILE        write one JSON object instead; - is standard output\n"
    "  --brief            only what the end of the file tells\n"
    "  --check            with --brief: read and check the whole trace all the same\n"
    "  --recover          count the intact part of a damaged trace\n" TRACE_INPUT_HELP
    "  -q, --quiet        no progress bar\n"
    "  -h, --help         this text\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace info zcu102-dom0.swt\n"
    "  stagewalk trace info --json - zcu102-dom0.swt | jq .records\n";

static const char *const op_names[REC_OP_COUNT] = {
    [REC_FETCH] = "fetches",           [REC_LOAD] = "loads",          [REC_STORE] = "stores",  [REC_ZVA] = "zva",
    [REC_SYS] = "system_instructions", [REC_MSR] = "register_writes", [REC_PAR] = "par_reads", [REC_EXC] = "exceptions",
    [REC_TABW] = "table_writes",
};

/* Returns false after a message. `survey` may be NULL. */
static bool read_to_the_end(struct trace_reader *r, struct survey *survey, struct progress *bar)
{
    unsigned threads = processors_count();
    struct ahead *ahead = threads > 1 ? ahead_start(r, threads) : NULL;
    struct dense_block *own = ahead ? NULL : malloc(sizeof *own);
    const struct dense_block *block = own;
    uint64_t bytes, records = 0;
    int got;

    if (!ahead && !own)
        return say_error("%s: out of memory", trace_get_path(r)) == 0;
    while ((got = ahead ? ahead_next(ahead, &block, &bytes) : trace_read_dense(r, own)) > 0) {
        for (uint32_t i = 0; survey && i < block->count; i++) {
            const struct trace_rec rec = dense_get(block, i);

            survey_add(survey, &rec);
        }
        records += (uint64_t)got;
        progress_step(bar, ahead ? bytes : trace_bytes_done(r), trace_bytes_total(r), records);
    }
    ahead_stop(ahead);
    free(own);
    progress_end(bar);
    if (got < 0)
        say_error("%s", trace_get_error(r)->text);
    return got == 0;
}

/* What is generated is no bytes, but accesses. */
static uint64_t bytes_of(const struct trace_reader *r, const char *path)
{
    return generate_is_named(path) ? 0 : trace_bytes_total(r);
}

static void print_text(const struct trace_reader *r, const char *path)
{
    const struct trace_info *info = trace_get_info(r);
    struct trace_skip skip;

    printf("trace:                %s\n", path);
    printf("source:               %s\n", info->source);
    printf("cores:                %u:", info->cores);
    for (unsigned core = 0; core < TRACE_CORES_MAX; core++)
        if (info->core_mask >> core & 1)
            printf(" %u", core);
    printf("\ntable pages:          %" PRIu64 "\n", info->pages);
    printf("records:              %" PRIu64 "\n", info->records);
    for (int op = 0; op < REC_OP_COUNT; op++)
        printf("  %-19s %" PRIu64 "\n", op_names[op], info->op_count[op]);
    printf("instructions run:     %" PRIu64 "\n", info->instructions);
    if (bytes_of(r, path))
        printf("bytes:                %" PRIu64 "\n", bytes_of(r, path));
    if (strcmp(trace_get_format(r), "swt") != 0)
        printf("format:               %s\n", trace_get_format(r));
    for (size_t i = 0; trace_get_skip(r, i, &skip); i++)
        printf("skipped:              %" PRIu64 ": %s (first: %s %" PRIu64 ")\n", skip.count, skip.why, skip.unit,
               skip.first);
}

static void set_number(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

/* Returns NULL when out of memory. */
static json_t *json_info(const struct trace_reader *r, const char *path)
{
    const struct trace_info *info = trace_get_info(r);
    json_t *all, *cores = json_array(), *ops = json_object(), *skipped = json_array();
    struct trace_skip skip;

    for (int core = 0; core < TRACE_CORES_MAX; core++)
        if (info->core_mask >> core & 1)
            json_array_append_new(cores, json_integer(core));
    for (int op = 0; op < REC_OP_COUNT; op++)
        set_number(ops, op_names[op], info->op_count[op]);
    all = json_pack("{s:s, s:o, s:o, s:o}", "schema", "stagewalk/trace-info/1", "path", result_file_text(path),
                    "source", result_file_text(info->source), "cores", cores);
    set_number(all, "pages", info->pages);
    set_number(all, "records", info->records);
    json_object_set_new(all, "by_operation", ops);
    set_number(all, "instructions_run", info->instructions);
    set_number(all, "bytes", bytes_of(r, path));
    json_object_set_new(all, "format", json_string(trace_get_format(r)));
    for (size_t i = 0; trace_get_skip(r, i, &skip); i++)
        json_array_append_new(skipped,
                              json_pack("{s:s, s:I, s:s, s:I}", "why", skip.why, "count", (json_int_t)skip.count,
                                        "unit", skip.unit, "first", (json_int_t)skip.first));
    json_object_set_new(all, "skipped", skipped);
    json_object_set_new(all, "recovered", json_boolean(trace_recovered(r)));
    return all;
}

/* Reads what has to be read, and tells. `survey` is NULL with --brief: the end of a file tells all then; a pipe has to
 * be read, and so has a file whose end cannot be trusted. Returns the exit status. */
static int tell(struct trace_reader *r, const char *json, struct survey *survey, bool whole, struct progress *bar)
{
    const char *path = trace_get_path(r);
    bool ok = (trace_totals_known(r) && !whole && !survey) || read_to_the_end(r, survey, bar);
    json_t *object;

    cmd_trace_warn_recovered(r);
    if (!ok)
        return 2;
    if (json) {
        object = json_info(r, path);
        if (survey)
            trace_survey_json(object, survey);
        return result_file_json(json, object);
    }
    print_text(r, path);
    if (survey)
        trace_survey_print(stdout, survey);
    return 0;
}

int cmd_trace_info(int argc, char **argv)
{
    const char *json = NULL;
    bool brief = false, check = false, recover = false, quiet = false;
    struct trace_input in = { NULL };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),         { "json", .text = &json },
                                       { "brief", .flag = &brief },     { "check", .flag = &check },
                                       { "recover", .flag = &recover }, { "quiet", 'q', .flag = &quiet } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    int status;
    const struct cmd_trace_line line = { &set, &in, help };
    const char *path = cmd_trace_operand(argc, argv, &line, &status);
    struct trace_reader *r;
    struct survey *survey;
    struct progress bar;

    if (!path)
        return status;
    if (json && *json == '\0')
        return say_error("--json: empty file name");
    if (result_file_check_input(json, path) != 0)
        return 2;
    r = cmd_trace_open(&in, path, recover);
    if (!r)
        return 2;
    survey = malloc(sizeof *survey);
    if (survey) {
        survey_init(survey);
        progress_begin(&bar, !quiet, path);
        status = tell(r, json, brief ? NULL : survey, check || recover, &bar);
        survey_free(survey);
    } else {
        status = say_error("%s: out of memory", path);
    }
    free(survey);
    trace_close(r);
    return status;
}
