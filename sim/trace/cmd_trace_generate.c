/* stagewalk trace generate: traces of patterns, without a capture. */
#include "sim/trace/cmd_trace.h"

#include "sim/generate/generate.h"
#include "sim/result_file.h"
#include "sim/say.h"

#include <stdio.h>
#include <string.h>

#define BATCH 512

static const char help[] =
    "usage: stagewalk trace generate [options] PATTERN[,KEY=VALUE...]\n"
    "\n"
    "Makes a whole trace of a pattern of accesses: registers, tables of both stages, code that runs, what\n"
    "an OS and Xen do around it, and the PA of each access. The same words make the same bytes, anywhere.\n"
    "`replay` and whatever else reads traces take it without a file, too: generate:PATTERN[,KEY=VALUE...].\n"
    "Exit status: 0 all well, 2 the words make no sense or the output cannot be written.\n"
    "\n"
    "  --list             print each pattern with its keys, their values and defaults\n"
    "  -o, --output FILE  write to FILE; default, and -: standard output\n"
    "  -q, --quiet        no progress bar\n"
    "  -h, --help         this text\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace generate zipf,footprint=256M,alpha=1.1,write=30 -o zipf.swt\n"
    "  stagewalk trace generate contexts,processes=16,asids=8,every=500,cores=4 -o storm.swt\n"
    "  stagewalk replay --verify generate:worlds,guests=6,every=2000\n"
    "  stagewalk trace cat --records :40 generate:dma\n";

/* Writes all of it. Returns false with *err. */
static bool copy(struct trace_reader *r, struct trace_writer *w, struct progress *bar, struct trace_error *err)
{
    uint8_t page[TRACE_PAGE_BYTES];
    struct trace_rec recs[BATCH];
    uint64_t pa;
    int got;

    while (trace_read_page(r, &pa, page) > 0)
        if (!trace_write_page(w, pa, page, err))
            return false;
    while ((got = trace_read(r, recs, BATCH)) > 0) {
        for (int i = 0; i < got; i++)
            if (!trace_write(w, &recs[i], err))
                return false;
        progress_step(bar, trace_bytes_done(r), trace_bytes_total(r), trace_get_info(r)->records);
    }
    return true;
}

static int generate(const char *name, const char *output, bool quiet)
{
    struct trace_error err;
    struct trace_reader *r = generate_open(name, &err);
    struct trace_writer *w;
    struct progress bar;
    bool good = false;

    if (!r)
        return result_file_refuse(&err);
    w = trace_create(output, trace_get_info(r)->source, &err);
    if (w) {
        cmd_trace_begin(&bar, "generate", output, quiet);
        good = copy(r, w, &bar, &err);
        progress_end(&bar);
        if (good)
            good = trace_commit(w, &err);
        else
            trace_discard(w);
    }
    trace_close(r);
    return w && good ? 0 : result_file_refuse(&err);
}

int cmd_trace_generate(int argc, char **argv)
{
    const char *output = NULL, *words;
    bool list = false;
    struct options options;
    const struct option_spec own[] = { { "output", 'o', .text = &output }, { "list", .flag = &list } };
    const struct option_set set = { OPTION_QUIET, own, sizeof own / sizeof *own };
    char name[sizeof GENERATE_PREFIX + 4096];
    int first = options_parse(&options, argc, argv, &set);

    if (first < 0)
        return 2;
    if (options.help || list) {
        if (options.help)
            fputs(help, stdout);
        else
            generate_list();
        return 0;
    }
    if (argc - first != 1)
        return say_error("trace generate: wants one pattern with its words, no blanks between, not %d; "
                         "`stagewalk trace generate --list` lists them",
                         argc - first);
    words = argv[first] + (generate_is_named(argv[first]) ? strlen(GENERATE_PREFIX) : 0);
    if (output && *output == '\0')
        return say_error("-o: empty file name");
    output = cmd_trace_output(output);
    if (!output)
        return 2;
    if (snprintf(name, sizeof name, "%s%s", GENERATE_PREFIX, words) >= (int)sizeof name)
        return say_error("trace generate: a pattern of more than 4096 letters");
    return generate(name, output, options.quiet);
}
