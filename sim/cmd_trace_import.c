/* stagewalk trace import: traces of raw captures. */
#include "sim/cmd_trace.h"

#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/import.h"
#include "traces/text_utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char import_help[] =
    "usage: stagewalk trace import [options] DIR\n"
    "\n"
    "Makes a packed trace of a raw capture: DIR/trace.bin and DIR/tables.bin, each plain or as .gz.\n"
    "Exit status: 0 all well, 2 the capture cannot be read or the output cannot be written.\n"
    "\n"
    "  --source TEXT      a line on where the trace comes from, at most 127 bytes of UTF-8; default: the\n"
    "                     name of DIR\n"
    "  -o, --output FILE  write to FILE; default: standard output\n"
    "  -h, --help         this text\n"
    "\n"
    "Example:\n"
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

int cmd_trace_import(int argc, char **argv)
{
    const char *output = NULL, *source = NULL;
    const struct option_spec own[] = { { "output", 'o', .text = &output }, { "source", .text = &source } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    char name[4096];
    struct trace_error err;
    struct trace_writer *w;
    int status;
    const char *dir = cmd_trace_operand(argc, argv, &set, import_help, &status);

    if (!dir)
        return status;
    name_of(dir, name, sizeof name);
    if (!is_outside(output, dir) || !source_fits(source ? source : name, source))
        return 2;
    output = cmd_trace_output(output);
    if (!output)
        return 2;
    w = trace_create(output, source ? source : name, &err);
    if (!w)
        return result_file_refuse(&err);
    if (!import_capture(dir, w, &err)) {
        trace_discard(w);
        return result_file_refuse(&err);
    }
    return trace_commit(w, &err) ? 0 : result_file_refuse(&err);
}
