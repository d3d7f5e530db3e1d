/* `stagewalk run`: scripts in, answers compared or written into them. */
#include "sim/commands.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/progress.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/script/run.h"
#include "traces/out_file.h"

#include <inttypes.h>
#include <string.h>

static void print_help(void)
{
    printf("usage: stagewalk run [options] SCRIPT...\n"
           "\n"
           "Runs scripts (.sw, plain or gzipped; - is standard input) and compares every answer after `=>`.\n"
           "The first Ctrl-C or SIGTERM ends the run and tells how far it came, the second ends the program at\n"
           "once. With --annotate the first does: a script has all of its answers, or stays as it was.\n"
           "Exit status: 0 all answers agree, 1 some differ, 2 a script cannot be run.\n"
           "\n"
           "  --engine tlm|fast     tlm: cycles come from the SystemC machine; fast, the default: prices added\n"
           "                        up. Each statement ends before the next begins, so both give the same\n"
           "  --annotate            rewrite each script in place with the answers as they are; a bare `=>`\n"
           "                        gets those that say most (with -: the script goes to standard output)\n");
    options_print_help(OPTION_MACHINE | OPTION_QUIET);
    printf("\n"
           "Examples:\n"
           "  stagewalk run tests/golden/nested-walk.sw\n"
           "  stagewalk run --annotate mine.sw\n"
           "  stagewalk run -C mmu.main_tlb.entries=1024 mine.sw\n"
           "  printf 'load el1 0x1000 8 =>\\n' | stagewalk run --annotate -\n");
}

/* Runs one script, writing its annotated copy to its own place when all of it could be run. */
static bool run_annotated(struct run_request *request, struct run_result *result, struct trace_error *err)
{
    struct out_file out;

    if (!out_file_open(&out, request->path, err))
        return false;
    request->annotated = out.stream;
    request->in_place = strcmp(request->path, "-") != 0;
    if (run_script(request, result, err))
        return out_file_commit(&out, err);
    out_file_discard(&out);
    return false;
}

/* The scripts of a command line. */
struct scripts {
    struct run_request request; /* of the one at hand */
    bool annotate, quiet;
};

static int run_one(struct scripts *all)
{
    struct run_request *request = &all->request;
    bool annotate = all->annotate, quiet = all->quiet;
    struct run_result result;
    struct trace_error err;

    if (!(annotate ? run_annotated(request, &result, &err) : run_script(request, &result, &err)))
        return result_file_refuse(&err);
    request->bar_done++;
    request->bar_before += result.statements;
    progress_step(request->bar, request->bar_done, request->bar_total, request->bar_before);
    if (annotate)
        return 0;
    if (result.interrupted)
        say_error("%s: interrupted after %" PRIu64 " statements", request->path, result.statements);
    progress_hide();
    if (!quiet || result.differences > 0 || result.interrupted)
        printf("%s: %" PRIu64 " statements, %" PRIu64 " answers compared, %" PRIu64 " differ%s\n", request->path,
               result.statements, result.answers, result.differences, result.interrupted ? "; interrupted" : "");
    return result.differences > 0;
}

/* Returns the exit status. */
static int run_all(struct scripts *all, char **path, int count)
{
    struct progress bar;
    int status = 0;

    progress_begin(&bar, !all->quiet, "run");
    bar.unit = "statements";
    all->request.bar = &bar;
    all->request.bar_total = count > 1 ? (uint64_t)count : 0; /* how long a script is, only its end tells */
    for (int i = 0; i < count && status != 2; i++) {
        int one;

        if (interrupt_asked()) {
            say_error("interrupted: %d of %d scripts have not been run", count - i, count);
            break;
        }
        if (*path[i] == '\0') {
            status = say_error("run: empty file name");
            break;
        }
        all->request.path = path[i];
        one = run_one(all);
        status = one > status ? one : status;
    }
    progress_end(&bar);
    all->request.bar = NULL;
    return status;
}

int cmd_run(int argc, char **argv)
{
    struct scripts all = { .annotate = false };
    const char *engine = NULL;
    const struct option_spec own[] = { { "annotate", .flag = &all.annotate }, { "engine", .text = &engine } };
    const struct option_set set = { OPTION_MACHINE | OPTION_QUIET, own, sizeof own / sizeof *own };
    struct options o;
    int first = options_parse(&o, argc, argv, &set);

    if (first < 0)
        return 2;
    if (o.help) {
        print_help();
        return 0;
    }
    if (first == argc)
        return say_error("run: no script given; `stagewalk run --help` shows how");
    if (engine && strcmp(engine, "fast") != 0 && strcmp(engine, "tlm") != 0)
        return say_error("run: --engine wants tlm or fast, not '%s'", engine);
    all.request = (struct run_request){ .config = &o.config,
                                        .tlm = engine && strcmp(engine, "tlm") == 0,
                                        .report = all.annotate ? NULL : stdout };
    all.quiet = o.quiet;
    interrupt_watch(!all.annotate); /* what is annotated is whole or not there */
    return run_all(&all, argv + first, argc - first);
}
