/* `stagewalk explore`: a trace on many machines and under many layouts; what each costs, and what that comes from. */
#include "sim/commands.h"
#include "sim/explore/explore.h"
#include "sim/explore/explore_mpi.h"
#include "sim/explore/join.h"
#include "sim/html/page_explore.h"
#include "sim/interrupt.h"
#include "sim/jobs.h"
#include "sim/options.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/tlm/engine.h"
#include "traces/error.h"
#include "traces/out_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WORDS_MAX 64
#define POINTS_DEFAULT 10000

static void print_help(void)
{
    printf("usage: stagewalk explore [options] TRACE\n"
           "       stagewalk explore --merge -o FILE PART...\n"
           "\n"
           "Replays a trace at every point of a space of hardware parameters and page-table layouts, and tells\n"
           "what translation costs at each, which points are worth their tables and storage, what each knob\n"
           "does, and what the best gains over the baseline: the trace as captured, the machine as it is.\n"
           "Exit status: 0 all well, also when points were impossible; 1 a point did not verify or has failed,\n"
           "or not all were replayed; 2 bad input, or no point could be measured.\n"
           "\n"
           "  -C, --parameter KEY=VALUES\n"
           "                        a parameter's values: V,V,... or LO..HI, LO..HI*FACTOR, LO..HI+STEP; one\n"
           "                        alone is set at all points. Bytes may end in K or M\n"
           "  --layout KEY=VALUES   words of `trace relayout`: stage1=pages,blocks,linear-blocks\n"
           "                        stage2=pages,2M,blocks,xen contiguous1=yes tables=ddr,ocm ...; as-captured\n"
           "                        is a value of each\n"
           "  --space FILE          lines KEY=VALUES of either kind\n"
           "  --points FILE         these points instead of all combinations: CSV with keys in its first row, or\n"
           "                        words KEY=VALUE, a point a line\n"
           "  --max-points N        refuse to begin with more (10000)\n"
           "  --engine tlm|fast     fast (the default): each core as if alone, so that a difference is the\n"
           "                        knob's and not of who meets whom; tlm: cores in time. Hits and misses agree\n"
           "  --quantum NS          tlm: how far a core may run ahead of the others (1000)\n"
           "  -j, --jobs N          processes at once (0: one a processor). No result depends on it\n"
           "  --part K/N            the K-th of N shares of the points, and the baseline\n"
           "  --merge               join the --csv files of all parts in the one that -o names\n"
           "  -o, --output FILE     with --merge\n"
           "  --keep DIR            keep the rewritten traces, named by their layouts; under mpirun over several\n"
           "                        machines a directory that all of them see\n"
           "  --sort METRIC         rank by a column of --csv (mean)\n"
           "  --show N              rows of the table (20)\n"
           "  -p, --platform NAME   zynqmp, the default and the only one\n");
    printf("%s", TRACE_INPUT_HELP);
    options_print_help(OPTION_JSON | OPTION_CSV | OPTION_HTML | OPTION_QUIET);
    printf("\n"
           "--csv FILE has one row a point. Finished points are kept beside it in FILE.partial, and whoever runs\n"
           "the same command again goes on from there. SIGINT prints what is done.\n"
           "\n"
           "Examples:\n"
           "  stagewalk explore -C mmu.main_tlb.entries=128..1024 traces/samples/zcu102-domU.swt\n"
           "  stagewalk explore --layout stage1=as-captured,pages,blocks --layout stage2=pages,2M,blocks \\\n"
           "                    --csv layouts.csv --html layouts.html guest.swt\n"
           "  stagewalk explore --space space.txt --part 2/8 --csv part2.csv guest.swt\n"
           "  stagewalk explore --merge -o all.csv part*.csv\n"
           "  mpirun -n 16 stagewalk explore --space space.txt --csv all.csv guest.swt\n");
}

/* The command line. */
struct words {
    const char *params[WORDS_MAX + 1], *layouts[WORDS_MAX + 1];
    const char *space, *points, *engine, *part, *output, *keep, *sort, *platform;
    uint64_t max_points, quantum, jobs, show;
    bool merge;
};

/* ---- The space; each returns 0, or 2 after a message ---- */

static int add_words(struct space *s, const char *const *words, const char *option)
{
    struct trace_error err = { "" };

    for (size_t i = 0; words[i]; i++) {
        if (!space_add(s, words[i], &err))
            return say_error("%s %s: %s", option, words[i], err.text);
    }
    return 0;
}

static int read_file(struct space *s, const char *path,
                     bool (*read)(struct space *, FILE *, const char *, struct trace_error *))
{
    struct trace_error err = { "" };
    FILE *in = fopen(path, "r");
    bool good;

    if (!in)
        return say_error("%s: cannot be read: %s", path, strerror(errno));
    good = read(s, in, path, &err);
    fclose(in);
    return good ? 0 : say_error("%s", err.text);
}

static int make_space(struct space *s, const struct words *w, const struct config *base)
{
    struct trace_error err = { "" };
    uint64_t max = w->max_points < SPACE_POINTS_MAX ? w->max_points : SPACE_POINTS_MAX;

    space_init(s, base);
    if (add_words(s, w->params, "-C") != 0 || add_words(s, w->layouts, "--layout") != 0)
        return 2;
    if (w->space && read_file(s, w->space, space_read) != 0)
        return 2;
    if (w->points && s->knob_count > 0)
        return say_error("explore: --points lists all points: give %s there, too", s->knob[0].key);
    if (w->points && read_file(s, w->points, space_read_points) != 0)
        return 2;
    return space_close(s, max, &err) ? 0 : say_error("explore: %s", err.text);
}

static int parse_part(struct explore *e, const char *text)
{
    char *end;

    e->part = e->parts = 1;
    if (!text)
        return 0;
    e->part = strtoull(text, &end, 10);
    e->parts = *end == '/' && end[1] >= '0' && end[1] <= '9' ? strtoull(end + 1, &end, 10) : 0;
    if (*text < '0' || *text > '9' || *end != '\0' || e->part < 1 || e->part > e->parts || e->parts > SPACE_POINTS_MAX)
        return say_error("explore: --part wants K/N, as 2/8, not '%s'", text);
    return 0;
}

static int parse_engine(struct explore *e, const struct words *w)
{
    bool tlm = w->engine && strcmp(w->engine, "tlm") == 0;

    if (w->engine && !tlm && strcmp(w->engine, "fast") != 0)
        return say_error("explore: --engine wants tlm or fast, not '%s'", w->engine);
    if (w->quantum > ENGINE_QUANTUM_MAX)
        return say_error("explore: --quantum wants 0 to %d ns, not %" PRIu64, ENGINE_QUANTUM_MAX, w->quantum);
    e->request.engine = tlm ? REPLAY_TLM : REPLAY_FAST;
    e->request.quantum_ns = w->quantum;
    e->engine_name = tlm ? "tlm" : "fast";
    return 0;
}

static int parse_words(struct explore *e, const struct words *w)
{
    struct trace_error err = { "" };

    if (w->platform && strcmp(w->platform, "zynqmp") != 0)
        return say_error("unknown platform '%s'; there is only zynqmp", w->platform);
    e->sort = w->sort ? metric_find(w->sort, &err) : METRIC_MEAN;
    if (e->sort == METRIC_COUNT)
        return say_error("explore: --sort: %s", err.text);
    e->rows_shown = w->show;
    e->request.verify = true;
    return parse_part(e, w->part) != 0 || parse_engine(e, w) != 0 ? 2 : 0;
}

/* ---- The trace ---- */

/* No output may replace what is read. */
static int check_outputs(const struct words *w, const struct options *o, const char *trace)
{
    const char *outputs[] = { o->csv, o->json, o->html }, *inputs[] = { trace, w->space, w->points };

    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++) {
            if (inputs[k] && result_file_check_input(outputs[i], inputs[k]) != 0)
                return 2;
        }
    }
    return 0;
}

static int check_trace(const struct explore *e, const struct options *o, const char *path)
{
    const char *outputs[] = { o->csv, o->json, o->html };
    struct trace_error err = { "" };
    struct trace_reader *reader;
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return say_error("%s: is no regular file; a trace is read once for each point", path);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        if (trace_input_check_output(e->request.input, outputs[i]) != 0)
            return 2;
    }
    reader = trace_input_open(e->request.input, path, 0, &err);
    if (!reader)
        return say_error("%s", err.text);
    trace_close(reader);
    return 0;
}

/* ---- Running and telling ---- */

static int open_keep(struct explore *e, const char *csv)
{
    struct trace_error err = { "" };

    if (!csv)
        return 0;
    e->keep = (struct keep){ .space = &e->space, .path = csv };
    rows_head_of(&e->keep.head, &e->space);
    if (!explore_fingerprint(e, &e->keep.head.fingerprint, &err))
        return say_error("%s", err.text);
    e->keeping = true;
    if (!keep_open(&e->keep, e->results, &err))
        return say_error("%s", err.text);
    if (e->keep.taken > 0 && e->progress)
        fprintf(stderr, "stagewalk: %zu of %zu points are there from before\n", e->keep.taken, e->space.points);
    return 0;
}

/* The exit status of what came out. */
static int judge(const struct explore *e)
{
    size_t good = 0, bad = 0, open = 0;
    const char *why = "";

    for (size_t p = 0; p < e->space.points; p++) {
        enum point_status s = e->results[p].status;

        good += s == POINT_OK;
        bad += s == POINT_MISMATCH || s == POINT_FAILED;
        open += s == POINT_OPEN && explore_wants(e, p);
        if (s == POINT_IMPOSSIBLE)
            why = e->results[p].reason;
    }
    if (open > 0 && e->keeping && e->keep.side)
        say_error("interrupted: %zu points are not replayed; the same command goes on from %s", open, e->keep.side);
    else if (open > 0)
        say_error("interrupted: %zu points are not replayed", open);
    if (good == 0 && bad == 0 && open == 0)
        return say_error("explore: no point could be measured: %s", why);
    return bad > 0 || open > 0;
}

static int tell(struct explore *e, const struct options *o)
{
    bool by_stdout = (o->csv && strcmp(o->csv, "-") == 0) || (o->json && strcmp(o->json, "-") == 0) ||
                     (o->html && strcmp(o->html, "-") == 0);
    struct trace_error err = { "" };

    if (e->keeping && !e->interrupted && !keep_finish(&e->keep, e->results, &err))
        return result_file_refuse(&err);
    if ((o->json || o->html) && page_explore(o->json, o->html, explore_json(e)) != 0)
        return 2;
    if (!o->quiet)
        explore_print(e, by_stdout ? stderr : stdout);
    return judge(e);
}

static int explore_trace(struct explore *e, const struct options *o, const char *trace)
{
    struct trace_error err = { "" };

    if (page_check(o->html) != 0 || check_trace(e, o, trace) != 0 || open_keep(e, o->csv) != 0)
        return 2;
    interrupt_watch(true);
    if (!explore_run(e, &err))
        return say_error("explore: %s", err.text);
    return tell(e, o);
}

/* Rank 0, or the only process, explores; others replay for it. */
static int run(struct explore *e, const struct options *o, const char *trace)
{
    struct trace_error err = { "" };
    int rank, status = 0;

    e->results = calloc(e->space.points, sizeof *e->results);
    e->layouts.trace = trace;
    e->layouts.input = e->request.input;
    if (!e->results || !layouts_find(&e->layouts, &e->space, &err))
        return say_error("out of memory");
    for (size_t p = 0; p < e->space.points; p++)
        point_result_init(&e->results[p], POINT_OPEN);
    rank = explore_mpi_begin(&err);
    if (rank < 0)
        return say_error("explore: %s", err.text);
    if (rank == 0)
        status = explore_trace(e, o, trace);
    else
        explore_mpi_serve(e);
    explore_mpi_end();
    return status;
}

static void release(struct explore *e)
{
    if (e->keeping)
        keep_close(&e->keep);
    for (size_t p = 0; e->results && p < e->space.points; p++)
        point_result_free(&e->results[p]);
    free(e->results);
    layouts_free(&e->layouts);
    space_free(&e->space);
}

static int merge(const struct words *w, char **parts, int count)
{
    struct trace_error err = { "" };

    if (!w->output)
        return say_error("explore: --merge wants the file that it makes: -o FILE");
    if (count == 0)
        return say_error("explore: --merge wants the parts' files");
    for (int i = 0; i < count; i++) {
        if (result_file_check_input(w->output, parts[i]) != 0)
            return 2;
    }
    return join_files(parts, (size_t)count, w->output, &err) ? 0 : result_file_refuse(&err);
}

int cmd_explore(int argc, char **argv)
{
    struct words w = { .max_points = POINTS_DEFAULT, .quantum = 1000, .show = 20 };
    struct trace_input in = { NULL };
    struct explore e = { .request.input = &in };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),
                                       { "parameter", 'C', .list = w.params, .list_max = WORDS_MAX },
                                       { "layout", .list = w.layouts, .list_max = WORDS_MAX },
                                       { "space", .text = &w.space },
                                       { "points", .text = &w.points },
                                       { "max-points", .number = &w.max_points },
                                       { "engine", .text = &w.engine },
                                       { "quantum", .number = &w.quantum },
                                       { "jobs", 'j', .number = &w.jobs },
                                       { "part", .text = &w.part },
                                       { "merge", .flag = &w.merge },
                                       { "output", 'o', .text = &w.output },
                                       { "keep", .text = &w.keep },
                                       { "sort", .text = &w.sort },
                                       { "show", .number = &w.show },
                                       { "platform", 'p', .text = &w.platform } };
    const struct option_set set = { OPTION_JSON | OPTION_CSV | OPTION_HTML | OPTION_QUIET, own,
                                    sizeof own / sizeof *own };
    struct options options;
    int first = options_parse(&options, argc, argv, &set), status;

    if (first < 0)
        return 2;
    if (options.help) {
        print_help();
        return 0;
    }
    if (trace_input_listed(&in))
        return 0;
    if (w.merge)
        return merge(&w, argv + first, argc - first);
    if (argc - first != 1)
        return say_error("explore: one trace is wanted, not %d; `stagewalk explore --help` shows how", argc - first);
    if (parse_words(&e, &w) != 0 || check_outputs(&w, &options, argv[first]) != 0)
        return 2;
    e.progress = !options.quiet;
    e.layouts.directory = w.keep;
    status = make_space(&e.space, &w, &options.config);
    e.at_once = status == 0 ? jobs_at_once(w.jobs, e.space.points) : 0;
    if (e.at_once > 0)
        status = run(&e, &options, argv[first]);
    else
        status = 2;
    release(&e);
    return status;
}
