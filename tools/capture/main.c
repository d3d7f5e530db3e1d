/* What capture.sh needs beside QEMU: archives, device trees, and traces of what the plugin has recorded. */
#include "sim/options.h"
#include "tools/capture/archive.h"
#include "tools/capture/convert.h"
#include "tools/capture/tree.h"
#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 32

static const char usage[] =
    "usage: capture archive [--initrd FILE] -o OUT NAME=FILE...   an initrd, and files laid over it\n"
    "       capture tree --xen ARGS [options] -o OUT BOARD.dtb    a device tree for Xen\n"
    "         --dom0 ARGS --dom0-kernel PA,BYTES --dom0-initrd PA,BYTES\n"
    "         --domu ARGS --domu-kernel PA,BYTES --domu-initrd PA,BYTES --domu-kib N --domu-cpus N\n"
    "       capture convert --source TEXT -o OUT.swt DIR          a trace of DIR/raw.bin and DIR/ram.img\n"
    "\n"
    "tools/capture/capture.sh --help tells how to capture.\n";

static int help(void)
{
    fputs(usage, stdout);
    return 0;
}

static int fail(const char *text)
{
    fprintf(stderr, "capture: %s\n", text);
    return 2;
}

/* Returns 0 once the file has its name, else 2 after a message. */
static int finish(bool ok, struct out_file *out, struct trace_error *err)
{
    if (ok && out_file_commit(out, err))
        return 0;
    if (!ok)
        out_file_discard(out);
    return fail(err->text);
}

/* Each operand is NAME=FILE. Returns how many, -1 after a message. */
static int take_files(char **operand, int count, struct archive_file *files)
{
    for (int i = 0; i < count; i++) {
        char *equals = strchr(operand[i], '=');

        if (!equals || i == FILES_MAX) {
            fail("operands are NAME=FILE, at most 32");
            return -1;
        }
        *equals = '\0';
        files[i] = (struct archive_file){ .name = operand[i], .path = equals + 1 };
    }
    return count;
}

static int run_archive(int argc, char **argv)
{
    const char *initrd = NULL, *output = NULL;
    const struct option_spec own[] = { { "initrd", .text = &initrd }, { "output", 'o', .text = &output } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    struct archive_file files[FILES_MAX];
    struct out_file out;
    struct trace_error err;
    struct options o;
    int first = options_parse(&o, argc, argv, &set), count;

    if (first < 0 || o.help)
        return first < 0 ? 2 : help();
    if (!output)
        return fail(usage);
    count = take_files(argv + first, argc - first, files);
    if (count < 0)
        return 2;
    if (!out_file_open(&out, output, &err))
        return fail(err.text);
    return finish(archive_write(&out, initrd, files, (size_t)count, &err), &out, &err);
}

/* Reads PA,BYTES; NULL is a module that is not there. Returns false after a message. */
static bool take_module(const char *text, struct tree_module *m)
{
    char *end;

    if (!text)
        return true;
    errno = 0;
    m->pa = strtoull(text, &end, 0);
    if (*end == ',' && end != text) {
        m->bytes = strtoull(end + 1, &end, 0);
        if (*end == '\0' && errno == 0 && m->bytes != 0)
            return true;
    }
    fprintf(stderr, "capture: %s: not PA,BYTES\n", text);
    return false;
}

static int run_tree(int argc, char **argv)
{
    struct tree_request request = { .domu.cpus = 1, .domu.memory_kib = 262144 };
    const char *output = NULL, *kernel[2] = { 0 }, *initrd[2] = { 0 };
    const struct option_spec own[] = {
        { "xen", .text = &request.xen_arguments },     { "dom0", .text = &request.dom0.arguments },
        { "dom0-kernel", .text = &kernel[0] },         { "dom0-initrd", .text = &initrd[0] },
        { "domu", .text = &request.domu.arguments },   { "domu-kernel", .text = &kernel[1] },
        { "domu-initrd", .text = &initrd[1] },         { "domu-kib", .number = &request.domu.memory_kib },
        { "domu-cpus", .number = &request.domu.cpus }, { "output", 'o', .text = &output },
    };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    struct out_file out;
    struct trace_error err;
    struct options o;
    int first = options_parse(&o, argc, argv, &set);

    if (first < 0 || o.help)
        return first < 0 ? 2 : help();
    if (!output || !request.xen_arguments || first != argc - 1)
        return fail(usage);
    if (!take_module(kernel[0], &request.dom0.kernel) || !take_module(initrd[0], &request.dom0.initrd) ||
        !take_module(kernel[1], &request.domu.kernel) || !take_module(initrd[1], &request.domu.initrd))
        return 2;
    if (!out_file_open(&out, output, &err))
        return fail(err.text);
    return finish(tree_write(&out, argv[first], &request, &err), &out, &err);
}

static int run_convert(int argc, char **argv)
{
    const char *output = NULL, *source = "a capture";
    const struct option_spec own[] = { { "source", .text = &source }, { "output", 'o', .text = &output } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    struct convert_result result;
    struct trace_error err;
    struct trace_writer *w;
    struct options o;
    int first = options_parse(&o, argc, argv, &set);

    if (first < 0 || o.help)
        return first < 0 ? 2 : help();
    if (!output || first != argc - 1)
        return fail(usage);
    w = trace_create(output, source, &err);
    if (!w)
        return fail(err.text);
    if (!convert_capture(argv[first], w, &result, &err)) {
        trace_discard(w);
        return fail(err.text);
    }
    if (!trace_commit(w, &err))
        return fail(err.text);
    printf("capture: %" PRIu64 " records, %" PRIu64 " loads and stores, %" PRIu64 " table pages, %" PRIu64
           " changes of their words\n",
           result.records, result.accesses, result.pages, result.changes);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "archive") == 0)
        return run_archive(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "tree") == 0)
        return run_tree(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "convert") == 0)
        return run_convert(argc - 1, argv + 1);
    return argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) ? help() : fail(usage);
}
