/* `stagewalk replay`: traces in; latency, memory types and mismatches out. */
#include "sim/commands.h"
#include "sim/options.h"
#include "sim/report.h"
#include "sim/say.h"

#include <string.h>

static void print_help(void)
{
    printf(
        "usage: stagewalk replay [options] TRACE...\n"
        "\n"
        "Replays packed traces (.swt; - is standard input) through the modelled MMU and caches, each on a machine of\n"
        "its own, and reports translation latency and the memory types that result.\n"
        "Exit status: 0 all well, 1 something compared has mismatched, 2 a trace cannot be replayed.\n"
        "\n"
        "  --verify            compare physical addresses, faults and AT results with what the trace recorded\n"
        "  --ignore WHAT       leave out tlbi (TLB maintenance) or tabw (changes of table words): what a negative\n"
        "                      control does to see that --verify notices\n"
        "  --recover           replay a damaged trace up to its damage\n"
        "  --show N            tell the first N mismatches of each trace on standard error (10)\n");
    options_print_help(OPTION_COMMON);
    printf("\n"
           "  --records: one CSV row an access; --csv: every counter of every core; --json: the whole report\n"
           "\n"
           "Examples:\n"
           "  stagewalk replay --verify traces/samples/zcu102-dom0.swt\n"
           "  stagewalk replay -q --json report.json --records accesses.csv traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay -C mmu.main_tlb.entries=1024 -C cost.ddr=150 traces/samples/zcu102-dom0.swt\n");
}

/* Everything a call of the command works with. */
struct job {
    struct options options;
    struct replay_request request;
    struct out_file records;
    struct out_file csv;
    json_t *reports;
};

static bool open_outputs(struct job *job, struct trace_error *err)
{
    if (job->options.records) {
        if (!out_file_open(&job->records, job->options.records, err))
            return false;
        job->request.records = &job->records;
    }
    if (job->options.csv) {
        if (!out_file_open(&job->csv, job->options.csv, err)) {
            job->options.csv = NULL;
            return false;
        }
        fprintf(job->csv.stream, "trace,core,counter,number,value\n");
    }
    return true;
}

/* One report stands for itself; several are an array. */
static bool write_json(struct job *job, struct trace_error *err)
{
    struct out_file out;
    json_t *root = job->reports;
    char *text;
    bool good;

    if (json_array_size(root) == 1)
        root = json_incref(json_array_get(root, 0));
    else
        root = json_pack("{s:s, s:O}", "schema", "stagewalk/replay-set/1", "reports", root);
    text = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    if (!text || !out_file_open(&out, job->options.json, err)) {
        free(text);
        return false;
    }
    good = out_file_write(&out, text, strlen(text), err) && out_file_write(&out, "\n", 1, err);
    free(text);
    if (good)
        return out_file_commit(&out, err);
    out_file_discard(&out);
    return false;
}

/* Gives all output files their names, or takes all back. */
static int finish(struct job *job, int status, struct trace_error *err)
{
    bool good = status != 2;

    if (job->request.records) {
        if (!good)
            out_file_discard(&job->records);
        else if (!out_file_commit(&job->records, err))
            good = false;
    }
    if (job->options.csv) {
        if (!good)
            out_file_discard(&job->csv);
        else if (!out_file_commit(&job->csv, err))
            good = false;
    }
    if (good && job->options.json && !write_json(job, err))
        good = false;
    json_decref(job->reports);
    return good ? status : say_error("%s", err->text);
}

static int replay_one(struct job *job, const char *path, struct trace_error *err)
{
    struct replay *r;
    int status;

    job->request.path = path;
    r = replay_trace(&job->request, err);
    if (!r)
        return 2;
    if (!job->options.quiet)
        report_text(stdout, r);
    if (job->options.csv)
        report_csv(job->csv.stream, r);
    if (job->options.json)
        json_array_append_new(job->reports, report_json(r));
    status = replay_agrees(r) ? 0 : 1;
    replay_free(r);
    return status;
}

static bool parse_ignore(const char *what, unsigned *ignore)
{
    if (!what)
        return true;
    if (strcmp(what, "tlbi") == 0)
        *ignore = REPLAY_IGNORE_TLBI;
    else if (strcmp(what, "tabw") == 0)
        *ignore = REPLAY_IGNORE_TABW;
    else
        return false;
    return true;
}

static int replay_operands(struct job *job, char **operands, int count)
{
    struct trace_error err = { "" };
    int status = 0;

    job->reports = json_array();
    job->request.config = &job->options.config;
    if (!open_outputs(job, &err))
        return finish(job, 2, &err);
    for (int i = 0; i < count && status != 2; i++) {
        int one = replay_one(job, operands[i], &err);

        if (i > 0 && !job->options.quiet && one != 2)
            printf("\n");
        status = one > status ? one : status;
    }
    return finish(job, status, &err);
}

int cmd_replay(int argc, char **argv)
{
    struct job job = { .request.progress = true };
    const char *ignore = NULL;
    uint64_t show = 10;
    const struct option_spec own[] = { { "verify", .flag = &job.request.verify },
                                       { "ignore", .text = &ignore },
                                       { "recover", .flag = &job.request.recover },
                                       { "show", .number = &show } };
    const struct option_set set = { OPTION_COMMON, own, sizeof own / sizeof *own };
    int first = options_parse(&job.options, argc, argv, &set);

    if (first < 0)
        return 2;
    if (job.options.help) {
        print_help();
        return 0;
    }
    if (first == argc)
        return say_error("replay: no trace given; `stagewalk replay --help` shows how");
    if (!parse_ignore(ignore, &job.request.ignore))
        return say_error("replay: --ignore wants tlbi or tabw, not '%s'", ignore);
    job.request.mismatches_shown = show > 1000000 ? 1000000 : (unsigned)show;
    job.request.progress = !job.options.quiet;
    return replay_operands(&job, argv + first, argc - first);
}
