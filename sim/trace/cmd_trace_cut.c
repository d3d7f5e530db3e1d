/* stagewalk trace cut: traces of parts of other traces. */
#include "sim/trace/cmd_trace.h"

#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/cut.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: stagewalk trace cut [options] TRACE\n"
    "\n"
    "Makes a packed trace of some records of another. It stands on its own: table pages and registers\n"
    "are as they were before its first record. What the TLBs held then is not in a trace, so a replay of\n"
    "the part begins with empty ones. At least one option must say what is wanted; what several say must\n"
    "all hold.\n"
    "Exit status: 0 all well, 2 the trace cannot be read or the output cannot be written.\n"
    "\n"
    "Which stretch:\n"
    "  --records FROM:TO  the records, counted from 0; either may be missing\n"
    "  --marker FROM[:TO] from where the guest executed HINT #FROM (0 to 127) to where it did HINT #TO\n"
    "\n"
    "Which accesses of it (registers, tables and TLB maintenance stay, whoever's they are):\n"
    "  --core LIST        of these cores, as in 0,2\n"
    "  --vmid LIST        of EL0 and EL1 of these VMIDs\n"
    "  --el LIST          at these exception levels\n"
    "  --va FROM:TO       to addresses from FROM to before TO, with the instructions that made them\n"
    "\n"
    "  --recover          take what is intact of a damaged trace\n" TRACE_INPUT_HELP
    "  -o, --output FILE  write to FILE, which may be TRACE itself; default: standard output\n"
    "  -q, --quiet        no progress bar\n"
    "  -h, --help         this text\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace cut --records :100000 -o first.swt zcu102-dom0.swt\n"
    "  stagewalk trace cut --vmid 2 --el 0 -o processes.swt zcu102-domU.swt\n"
    "  stagewalk trace cut --va 0xffff800000000000:0xffffffffffffffff -o kernel.swt zcu102-domU.swt\n"
    "  stagewalk trace cut --records : --recover -o saved.swt damaged.swt\n";

/* What the command line says, as text. */
struct words {
    const char *records, *marker, *core, *vmid, *el, *va;
};

/* Reads a number of a list or range at *at, and moves past it. */
static bool take(const char **at, uint64_t max, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(*at, &end, 0);
    if (end == *at || **at == '-' || **at == '+' || **at == ' ' || errno != 0 || *value > max)
        return false;
    *at = end;
    return true;
}

/* Reads a list of numbers up to `max`: bit n of byte n / 8 for each. Returns false after a message. */
static bool read_list(const char *option, const char *text, unsigned max, uint8_t *set)
{
    const char *at = text;
    uint64_t n;

    do {
        if (!take(&at, max, &n)) {
            say_error("--%s %s: wants numbers from 0 to %u with commas between them", option, text, max);
            return false;
        }
        set[n / 8] |= (uint8_t)(1u << n % 8);
    } while (*at++ == ',');
    if (at[-1] == '\0')
        return true;
    say_error("--%s %s: wants numbers from 0 to %u with commas between them", option, text, max);
    return false;
}

static bool read_marker(const char *text, struct cut_request *q)
{
    const char *at = text;
    uint64_t from, to;

    if (!take(&at, CUT_MARKER_MAX, &from))
        goto refuse;
    q->marker_from = (int)from;
    if (*at == ':') {
        at++;
        if (!take(&at, CUT_MARKER_MAX, &to))
            goto refuse;
        q->marker_to = (int)to;
    }
    if (*at == '\0')
        return true;
refuse:
    say_error("--marker %s: wants FROM or FROM:TO, numbers of HINT instructions from 0 to %d", text, CUT_MARKER_MAX);
    return false;
}

static bool read_va(const char *text, struct cut_filter *f)
{
    const char *at = text;

    if (take(&at, UINT64_MAX, &f->va_from) && *at++ == ':' && take(&at, UINT64_MAX, &f->va_end) && *at == '\0' &&
        f->va_from < f->va_end)
        return true;
    say_error("--va %s: wants FROM:TO with FROM below TO, as in 0x400000:0x500000", text);
    return false;
}

/* Returns false after a message. */
static bool read_words(const struct words *w, struct cut_request *q)
{
    struct trace_range range = { 0, UINT64_MAX };
    uint8_t cores = 0, els = 0;

    *q = (struct cut_request){ .marker_from = CUT_NO_MARKER, .marker_to = CUT_NO_MARKER };
    if (!w->records && !w->marker && !w->core && !w->vmid && !w->el && !w->va) {
        say_error("trace cut: nothing says what is wanted: --records FROM:TO, --marker, --core, --vmid, --el or --va");
        return false;
    }
    if ((w->records && !cmd_trace_range(w->records, &range)) || (w->marker && !read_marker(w->marker, q)) ||
        (w->core && !read_list("core", w->core, TRACE_CORES_MAX - 1, &cores)) ||
        (w->vmid && !read_list("vmid", w->vmid, 255, q->filter.vmids)) || (w->el && !read_list("el", w->el, 3, &els)) ||
        (w->va && !read_va(w->va, &q->filter)))
        return false;
    q->from = range.from;
    q->to = range.to;
    q->filter.cores = cores;
    q->filter.els = els;
    q->filter.by_vmid = w->vmid != NULL;
    return true;
}

/* Returns the exit status. */
static int cut(struct trace_reader *r, const char *output, struct cut_request *q, bool quiet)
{
    struct trace_error err;
    struct trace_writer *w = trace_create(output, trace_get_info(r)->source, &err);
    struct progress bar;
    struct trace_watch watch = cmd_trace_watch(&bar);
    bool good;

    if (!w)
        return result_file_refuse(&err);
    cmd_trace_begin(&bar, trace_get_path(r), output, quiet);
    q->watch = &watch;
    good = cut_records(r, w, q, &err);
    progress_end(&bar);
    if (!good) {
        trace_discard(w);
        return result_file_refuse(&err);
    }
    cmd_trace_warn_recovered(r);
    return trace_commit(w, &err) ? 0 : result_file_refuse(&err);
}

int cmd_trace_cut(int argc, char **argv)
{
    const char *output = NULL;
    bool recover = false, quiet = false;
    struct words w = { NULL };
    struct trace_input in = { NULL };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),           { "output", 'o', .text = &output },
                                       { "records", .text = &w.records }, { "marker", .text = &w.marker },
                                       { "core", .text = &w.core },       { "vmid", .text = &w.vmid },
                                       { "el", .text = &w.el },           { "va", .text = &w.va },
                                       { "recover", .flag = &recover },   { "quiet", 'q', .flag = &quiet } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    struct cut_request q;
    struct trace_reader *r;
    int status;
    const struct cmd_trace_line line = { &set, &in, help };
    const char *path = cmd_trace_operand(argc, argv, &line, &status);

    if (!path)
        return status;
    if (output && *output == '\0')
        return say_error("-o: empty file name");
    if (trace_input_check_output(&in, output) != 0)
        return 2;
    if (!read_words(&w, &q))
        return 2;
    output = cmd_trace_output(output);
    if (!output)
        return 2;
    r = cmd_trace_open(&in, path, recover);
    if (!r)
        return 2;
    status = cut(r, output, &q, quiet);
    trace_input_tell_skips(r);
    trace_close(r);
    return status;
}
