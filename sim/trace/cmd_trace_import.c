/* stagewalk trace import: traces of raw captures, and of formats of others. */
#include "sim/trace/cmd_trace.h"

#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/import.h"
#include "traces/text_utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BATCH 512

static const char import_help[] =
    "usage: stagewalk trace import [options] DIR|FILE\n"
    "\n"
    "Makes a packed trace of a raw capture, DIR/trace.bin and DIR/tables.bin, each plain or as .gz; or of\n"
    "a trace in a format of others, FILE, plain or gzipped (traces/FOREIGN.md).\n"
    "Exit status: 0 all well, 2 the input cannot be read or the output cannot be written.\n"
    "\n"
    "  --source TEXT      a line on where the trace comes from, at most 127 bytes of UTF-8; default: the\n"
    "                     name of DIR, format and name of FILE\n" TRACE_INPUT_HELP
    "  -o, --output FILE  write to FILE; default: standard output\n"
    "  -q, --quiet        no progress bar\n"
    "  -h, --help         this text\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace import -o sort.swt sort.lackey.gz\n"
    "  xz -dc sort.champsimtrace.xz | stagewalk trace import --xen xen-4.17 -o sort.swt -\n"
    "  stagewalk trace import --source 'Xen 4.17, Linux 6.1' -o dom0.swt captures/zcu102-dom0\n";

/* The last part of a path, or the path itself when it has none. */
static void name_of(const char *path, char *name, size_t bytes)
{
    size_t end = strlen(path), start;

    while (end > 1 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/';)
        start--;
    snprintf(name, bytes, "%.*s", (int)(end - start), path + start);
}

/* Returns false after a message. */
static bool source_fits(const char *source, const char *named)
{
    const char *problem = text_utf8_source_problem(source);

    if (problem && named)
        say_error("--source: %s", problem);
    else if (problem)
        say_error("the name of the directory does not do: %s; give one with --source TEXT", problem);
    return !problem;
}

/* Returns false after a message: the output is a file of the capture. */
static bool is_outside(const char *output, const char *dir)
{
    static const char *const parts[] = { "trace.bin", "trace.bin.gz", "tables.bin", "tables.bin.gz" };
    char path[4096];

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, parts[i]);
        if (!cmd_trace_output_fits(output, path))
            return false;
    }
    return true;
}

/* What is to be made. */
struct made {
    const char *output, *source;
    bool quiet;
};

/* Copies all of a trace. Returns false with *err. */
static bool copy(struct trace_reader *r, struct trace_writer *w, struct progress *bar, struct trace_error *err)
{
    uint8_t page[TRACE_PAGE_BYTES];
    struct trace_rec recs[BATCH];
    uint64_t pa, records = 0;
    int got;

    while ((got = trace_read_page(r, &pa, page)) > 0)
        if (!trace_write_page(w, pa, page, err))
            return false;
    while (got == 0 && (got = trace_read(r, recs, BATCH)) > 0) {
        for (int i = 0; i < got; i++)
            if (!trace_write(w, &recs[i], err))
                return false;
        records += (uint64_t)got;
        progress_step(bar, trace_bytes_done(r), trace_bytes_total(r), records);
        got = 0;
    }
    if (got < 0)
        *err = *trace_get_error(r);
    return got == 0;
}

/* Gives the output its name when all is there. Returns the exit status. */
static int finish(struct trace_writer *w, bool good, struct trace_error *err)
{
    if (good)
        return trace_commit(w, err) ? 0 : result_file_refuse(err);
    trace_discard(w);
    return result_file_refuse(err);
}

static int import_file(const struct trace_input *in, const char *path, const struct made *made)
{
    const char *output = made->output, *source = made->source;
    struct trace_error err;
    struct progress bar;
    struct trace_reader *r;
    struct trace_writer *w;
    bool good;
    int status;

    if (!cmd_trace_output_fits(output, path) || trace_input_check_output(in, output) != 0 ||
        (source && !source_fits(source, source)))
        return 2;
    output = cmd_trace_output(output);
    r = output ? cmd_trace_open(in, path, false) : NULL;
    if (!r)
        return 2;
    w = trace_create(output, source ? source : trace_get_info(r)->source, &err);
    cmd_trace_begin(&bar, path, output, made->quiet);
    good = w && copy(r, w, &bar, &err);
    progress_end(&bar);
    status = w ? finish(w, good, &err) : result_file_refuse(&err);
    trace_input_tell_skips(r);
    trace_close(r);
    return status;
}

static int import_dir(const char *dir, const struct made *made)
{
    const char *output = made->output, *source = made->source;
    char name[4096];
    struct trace_error err;
    struct trace_writer *w;
    struct progress bar;
    struct trace_watch watch = cmd_trace_watch(&bar);
    bool good;

    name_of(dir, name, sizeof name);
    if (!is_outside(output, dir) || !source_fits(source ? source : name, source))
        return 2;
    output = cmd_trace_output(output);
    if (!output)
        return 2;
    w = trace_create(output, source ? source : name, &err);
    if (!w)
        return result_file_refuse(&err);
    cmd_trace_begin(&bar, dir, output, made->quiet);
    good = import_capture(dir, w, &watch, &err);
    progress_end(&bar);
    return finish(w, good, &err);
}

int cmd_trace_import(int argc, char **argv)
{
    struct made made = { NULL };
    struct trace_input in = { NULL };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),
                                       { "output", 'o', .text = &made.output },
                                       { "source", .text = &made.source },
                                       { "quiet", 'q', .flag = &made.quiet } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    const struct cmd_trace_line line = { &set, &in, import_help };
    struct stat st;
    int status;
    const char *path = cmd_trace_operand(argc, argv, &line, &status);

    if (!path)
        return status;
    if (strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)))
        return import_file(&in, path, &made);
    if (in.format || in.xen)
        return say_error("trace import: --format and --xen are for a file, '%s' is none", path);
    return import_dir(path, &made);
}
