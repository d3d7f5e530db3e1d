/* `stagewalk run`: scripts in, answers compared or written into them. */
#include "sim/commands.h"
#include "sim/options.h"
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

static int run_one(struct run_request *request, bool annotate, bool quiet)
{
    struct run_result result;
    struct trace_error err;

    if (!(annotate ? run_annotated(request, &result, &err) : run_script(request, &result, &err)))
        return result_file_refuse(&err);
    if (annotate)
        return 0;
    if (!quiet || result.differences > 0)
        printf("%s: %" PRIu64 " statements, %" PRIu64 " answers compared, %" PRIu64 " differ\n", request->path,
               result.statements, result.answers, result.differences);
    return result.differences > 0;
}

int cmd_run(int argc, char **argv)
{
    bool annotate = false;
    const char *engine = NULL;
    const struct option_spec own[] = { { "annotate", .flag = &annotate }, { "engine", .text = &engine } };
    const struct option_set set = { OPTION_MACHINE | OPTION_QUIET, own, sizeof own / sizeof *own };
    struct options o;
    int first = options_parse(&o, argc, argv, &set), status = 0;

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
    for (int i = first; i < argc; i++) {
        if (*argv[i] == '\0')
            return say_error("run: empty file name");
        struct run_request request = { .path = argv[i],
                                       .config = &o.config,
                                       .tlm = engine && strcmp(engine, "tlm") == 0,
                                       .report = annotate ? NULL : stdout };
        int one = run_one(&request, annotate, o.quiet);

        if (one > status)
            status = one;
        if (one == 2)
            break;
    }
    return status;
}
