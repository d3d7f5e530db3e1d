/* `stagewalk replay`: traces in; latency, memory types and mismatches out. */
#include "sim/commands.h"
#include "sim/html/page.h"
#include "sim/options.h"
#include "sim/replay/report.h"
#include "sim/replay/report_detail.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/tlm/engine.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
    printf("usage: stagewalk replay [options] TRACE...\n"
           "\n"
           "Replays traces (.swt, or a format of others; - is standard input) through the modelled MMU and\n"
           "caches, each on a machine of its own, and reports translation latency and the memory types that\n"
           "result.\n"
           "Exit status: 0 all well, 1 something compared has mismatched, 2 a trace cannot be replayed or an\n"
           "output cannot be written.\n"
           "\n"
           "  --verify              compare physical addresses, faults and AT results with those of the trace\n"
           "  --ignore tlbi|tabw    leave out TLB maintenance or changes of table words: what a negative control\n"
           "                        does to see that --verify notices\n"
           "  --recover             replay a damaged trace up to its damage\n"
           "  --format FORMAT       what TRACE is read as, else its content tells; `list` prints all there are\n"
           "  --xen PRESET          a trace without tables gets Linux's on demand, in this Xen's dom0, or with\n"
           "                        --config FILE in that domU; --domain, --dom0-mem and --dtb are as for `map`\n"
           "  --memory SNAPSHOT     table pages that the trace does not carry are those of a core or ELF image\n"
           "  --top N               tell which N pages of code and of data make translation slow, for each VMID\n"
           "  --elf FILE[@BIAS][,vmid=N|el2][,asid=N]\n"
           "                        by function and data object, as the symbols of this ELF file name them;\n"
           "                        BIAS is added to its addresses. May be repeated; --top is 10 then\n"
           "  --show N              tell the first N mismatches of each trace on standard error (10)\n"
           "\n"
           "  --engine tlm|fast     tlm: SystemC carries time, and cores that share the L2, the interconnect and\n"
           "                        DDR wait for each other; fast: each core as if alone. Without it tlm for a\n"
           "                        trace of several cores, fast for one of a single core\n"
           "  --quantum NS          tlm: how far a core may run ahead of the others (1000); 0 is exact, slower\n"
           "  --order free|trace    tlm: free, each core in its own time (the default); trace, one record after\n"
           "                        the other and nothing at once: the cycles of fast\n"
           "  --vcd FILE            tlm: what each walker does, as signals, for GTKWave\n"
           "  --timeline FILE       tlm: walks and queues as a Chrome trace, for ui.perfetto.dev\n"
           "  --tarmac FILE         the replay as Tarmac text of Fast Models: IT, MR, MW, R, E, TTW, TLB and\n"
           "                        WALKCACHE lines; opcodes and data, which no trace has, are zeros\n");
    options_print_help(OPTION_COMMON);
    printf("\n"
           "--records: one CSV row an access, of one trace; --csv: every counter of every core; --json: the\n"
           "whole report; --html: that in charts and tables, and what went on over time and in the address\n"
           "spaces. With one of them on standard output, the report for people goes to standard error.\n"
           "\n"
           "Examples:\n"
           "  stagewalk replay --verify traces/samples/zcu102-dom0.swt\n"
           "  stagewalk replay -q --json report.json --records accesses.csv traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay -q --html report.html traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay --timeline walks.json --vcd walks.vcd traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay --xen xen-4.17 traces/samples/foreign/pages.lackey.gz\n"
           "  stagewalk replay --tarmac - -q traces/samples/zcu102-domU.swt | grep -e ' TTW ' -e ' TLB '\n"
           "  stagewalk replay --elf vmlinux@0x1f0000,vmid=2 --elf app@0xaaaae0000000,asid=7 guest.swt\n"
           "  stagewalk replay -C mmu.main_tlb.entries=1024 -C cost.ddr=150 traces/samples/zcu102-dom0.swt\n");
}

/* The engine, as the command line has it; NULL: not said. */
struct engine_words {
    const char *engine, *order, *vcd, *timeline;
    uint64_t quantum;
};

enum output { OUT_RECORDS, OUT_TARMAC, OUT_CSV, OUT_JSON, OUT_HTML, OUT_VCD, OUT_TIMELINE, OUT_COUNT };

static const char *const output_names[OUT_COUNT] = { "records", "tarmac", "csv", "json", "html", "vcd", "timeline" };

/* Everything a call of the command works with. */
struct job {
    struct options options;
    struct replay_request request;
    const char *path[OUT_COUNT];    /* NULL: not asked for */
    struct out_file out[OUT_COUNT]; /* all zero: not open */
    FILE *people;                   /* where the report for people goes */
    struct symbols *symbols;
    json_t *reports;
    json_t *shown; /* of --html, one for each trace: its report and what else a page shows */
};

/* Returns 0, or 2 after a message. */
static int check_files(struct job *job, char **operands, int count)
{
    static const enum output of_one[] = { OUT_RECORDS, OUT_TARMAC, OUT_VCD, OUT_TIMELINE };

    for (size_t i = 0; count > 1 && i < sizeof of_one / sizeof *of_one; i++) {
        if (job->path[of_one[i]])
            return say_error("replay: --%s wants one trace, not %d: it does not say which trace it is of",
                             output_names[of_one[i]], count);
    }
    for (int i = 0; i < OUT_COUNT; i++) {
        for (int k = i + 1; k < OUT_COUNT; k++) {
            if (job->path[i] && job->path[k] && out_file_same(job->path[i], job->path[k]))
                return say_error("replay: --%s and --%s both write to '%s'", output_names[i], output_names[k],
                                 job->path[i]);
        }
    }
    for (int k = 0; k < OUT_COUNT; k++) {
        if (trace_input_check_output(job->request.input, job->path[k]) != 0 ||
            (job->request.memory && result_file_check_input(job->path[k], job->request.memory) != 0))
            return 2;
    }
    for (int i = 0; i < count; i++) {
        if (*operands[i] == '\0')
            return say_error("replay: empty file name");
        for (int k = 0; k < OUT_COUNT; k++) {
            if (result_file_check_input(job->path[k], operands[i]) != 0)
                return 2;
        }
    }
    return 0;
}

/* All of them, before any work: a name that cannot be written costs no replay. */
static bool open_outputs(struct job *job, struct trace_error *err)
{
    job->people = stdout;
    for (int k = 0; k < OUT_COUNT; k++) {
        if (!job->path[k])
            continue;
        if (!out_file_open(&job->out[k], job->path[k], err))
            return false;
        if (job->out[k].stream == stdout)
            job->people = stderr;
    }
    if (job->path[OUT_RECORDS])
        job->request.records = &job->out[OUT_RECORDS];
    if (job->path[OUT_TARMAC])
        job->request.tarmac = &job->out[OUT_TARMAC];
    job->request.vcd = job->out[OUT_VCD].stream;
    job->request.timeline = job->out[OUT_TIMELINE].stream;
    if (job->path[OUT_CSV])
        fprintf(job->out[OUT_CSV].stream, "trace,core,counter,number,value\n");
    return true;
}

/* One report stands for itself; several are an array. */
static bool write_json(struct job *job, struct trace_error *err)
{
    struct out_file *out = &job->out[OUT_JSON];
    json_t *root = job->reports;
    char *text;
    bool good;

    if (json_array_size(root) == 1)
        root = json_incref(json_array_get(root, 0));
    else
        root = json_pack("{s:s, s:O}", "schema", "stagewalk/replay-set/1", "reports", root);
    text = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    if (!text)
        return error_set(err, "%s: out of memory", out->path);
    good = out_file_write(out, text, strlen(text), err) && out_file_write(out, "\n", 1, err);
    free(text);
    return good;
}

static bool write_page(struct job *job, struct trace_error *err)
{
    json_t *page = json_pack("{s:s, s:O}", "page", "replay", "traces", job->shown);
    bool good = page && page_print(job->out[OUT_HTML].stream, page);

    json_decref(page);
    return good || error_set(err, "%s: out of memory", job->out[OUT_HTML].path);
}

/* Gives all output files their names, or takes all back. Returns the exit status. */
static int finish(struct job *job, int status, struct trace_error *err)
{
    bool good = status != 2 && (!job->path[OUT_JSON] || write_json(job, err));

    good = good && (!job->path[OUT_HTML] || write_page(job, err));
    good = good && out_file_commit_all(job->out, OUT_COUNT, err);
    for (int k = 0; k < OUT_COUNT; k++)
        out_file_discard(&job->out[k]);
    json_decref(job->reports);
    json_decref(job->shown);
    symbols_free(job->symbols);
    return good ? status : result_file_refuse(err);
}

/* How many mismatches --show has left out. */
static void tell_more(const struct replay *r)
{
    const struct verify *v = &r->verify;
    uint64_t all = v->pa_mismatched + v->types_mismatched + v->faults_mismatched + v->at_mismatched;

    if (r->mismatches_told > 0 && all > r->mismatches_told)
        say_error("%s: and %" PRIu64 " more", r->request->path, all - r->mismatches_told);
}

/* Keeps what --json and --html are made of. Returns false when there is no memory. */
static bool keep_json(struct job *job, const struct replay *r)
{
    json_t *whole = job->path[OUT_JSON] || job->path[OUT_HTML] ? report_json(r) : NULL;
    bool good = !job->path[OUT_JSON] || json_array_append(job->reports, whole) == 0;

    if (good && job->path[OUT_HTML])
        good = json_array_append_new(job->shown,
                                     json_pack("{s:O?, s:o}", "report", whole, "detail", report_detail_json(r))) == 0;
    json_decref(whole);
    return good;
}

/* Returns false when there is no memory for the report. */
static bool report(struct job *job, const struct replay *r)
{
    if (!job->options.quiet)
        report_text(job->people, r);
    else if (!replay_agrees(r))
        report_mismatches(job->people, r);
    if (job->path[OUT_CSV])
        report_csv(job->out[OUT_CSV].stream, r);
    return keep_json(job, r);
}

/* Rows could not be written: *err is to say why. */
static void find_reason(struct job *job, struct trace_error *err)
{
    static const enum output rows[] = { OUT_RECORDS, OUT_TARMAC };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct out_file *out = &job->out[rows[i]];

        if (out->stream && ferror(out->stream)) {
            out_file_commit(out, err);
            return;
        }
    }
}

static int replay_one(struct job *job, const char *path, struct trace_error *err)
{
    struct replay *r;
    int status;

    job->request.path = path;
    r = replay_trace(&job->request, err);
    if (!r) {
        find_reason(job, err);
        return 2;
    }
    tell_more(r);
    status = replay_agrees(r) ? 0 : 1;
    if (!report(job, r)) {
        error_set(err, "%s: out of memory", path);
        status = 2;
    }
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

/* Words to numbers, and what goes with what. Returns 0, or 2 after a message. */
static int parse_engine(struct job *job, const struct engine_words *words)
{
    struct replay_request *q = &job->request;
    bool fast = words->engine && strcmp(words->engine, "fast") == 0;

    if (words->engine && !fast && strcmp(words->engine, "tlm") != 0)
        return say_error("replay: --engine wants tlm or fast, not '%s'", words->engine);
    if (words->order && strcmp(words->order, "free") != 0 && strcmp(words->order, "trace") != 0)
        return say_error("replay: --order wants free or trace, not '%s'", words->order);
    if (words->quantum > ENGINE_QUANTUM_MAX)
        return say_error("replay: --quantum wants 0 to %d ns, not %" PRIu64, ENGINE_QUANTUM_MAX, words->quantum);
    if (fast && (words->order || words->vcd || words->timeline))
        return say_error("replay: --order, --vcd and --timeline are of --engine tlm: fast knows no time");
    q->trace_order = words->order && strcmp(words->order, "trace") == 0;
    q->quantum_ns = words->quantum;
    q->engine = fast                                                             ? REPLAY_FAST
                : words->engine || words->order || words->vcd || words->timeline ? REPLAY_TLM
                                                                                 : REPLAY_AUTO;
    job->path[OUT_VCD] = words->vcd;
    job->path[OUT_TIMELINE] = words->timeline;
    return 0;
}

/* Reads the symbols before any trace. Returns false with *err. */
static bool read_symbols(struct job *job, const char *const elf[], struct trace_error *err)
{
    if (!elf[0])
        return true;
    job->symbols = symbols_new();
    if (!job->symbols)
        return error_set(err, "out of memory");
    for (size_t i = 0; elf[i]; i++) {
        if (!symbols_add(job->symbols, elf[i], err))
            return false;
        for (int k = 0; k < OUT_COUNT; k++) {
            if (job->path[k] && out_file_replaces(job->path[k], symbols_file(job->symbols, i)))
                return error_set(err, "%.150s: is also an input", job->path[k]);
        }
    }
    job->request.symbols = job->symbols;
    return true;
}

static int replay_operands(struct job *job, const char *const elf[], char **operands, int count)
{
    struct trace_error err = { "" };
    int status = 0;

    job->path[OUT_RECORDS] = job->options.records;
    job->path[OUT_CSV] = job->options.csv;
    job->path[OUT_JSON] = job->options.json;
    job->path[OUT_HTML] = job->options.html;
    job->request.detail = job->options.html != NULL;
    if (page_check(job->options.html) != 0 || check_files(job, operands, count) != 0)
        return 2;
    job->reports = json_array();
    job->shown = json_array();
    job->request.config = &job->options.config;
    if (!open_outputs(job, &err) || !read_symbols(job, elf, &err))
        return finish(job, 2, &err);
    for (int i = 0; i < count && status != 2; i++) {
        int one;

        if (i > 0 && !job->options.quiet)
            fputc('\n', job->people);
        one = replay_one(job, operands[i], &err);
        status = one > status ? one : status;
    }
    return finish(job, status, &err);
}

int cmd_replay(int argc, char **argv)
{
    struct job job = { .request.progress = true };
    struct engine_words words = { .quantum = 1000 };
    const char *ignore = NULL;
    uint64_t show = 10, top = UINT64_MAX;
    const char *elf[SYMBOLS_FILES_MAX + 1] = { NULL };
    struct trace_input in = { NULL };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),
                                       { "verify", .flag = &job.request.verify },
                                       { "ignore", .text = &ignore },
                                       { "recover", .flag = &job.request.recover },
                                       { "show", .number = &show },
                                       { "engine", .text = &words.engine },
                                       { "quantum", .number = &words.quantum },
                                       { "order", .text = &words.order },
                                       { "vcd", .text = &words.vcd },
                                       { "timeline", .text = &words.timeline },
                                       { "tarmac", .text = &job.path[OUT_TARMAC] },
                                       { "memory", .text = &job.request.memory },
                                       { "top", .number = &top },
                                       { "elf", .list = elf, .list_max = SYMBOLS_FILES_MAX } };
    const struct option_set set = { OPTION_COMMON, own, sizeof own / sizeof *own };
    int first = options_parse(&job.options, argc, argv, &set);

    if (first < 0)
        return 2;
    if (job.options.help) {
        print_help();
        return 0;
    }
    if (trace_input_listed(&in))
        return 0;
    if (first == argc)
        return say_error("replay: no trace given; `stagewalk replay --help` shows how");
    if (!parse_ignore(ignore, &job.request.ignore))
        return say_error("replay: --ignore wants tlbi or tabw, not '%s'", ignore);
    if (parse_engine(&job, &words) != 0)
        return 2;
    if (top != UINT64_MAX && top > HOT_TOP_MAX)
        return say_error("replay: --top wants 0 to %d, not %" PRIu64, HOT_TOP_MAX, top);
    job.request.top = top != UINT64_MAX ? (unsigned)top : elf[0] ? 10 : 0;
    job.request.mismatches_shown = show > 1000000 ? 1000000 : (unsigned)show;
    job.request.progress = !job.options.quiet;
    job.request.threads = ahead_processors();
    job.request.input = &in;
    return replay_operands(&job, elf, argv + first, argc - first);
}
