/* stagewalk trace cat and pack: between packed traces and text. */
#include "sim/trace/cmd_trace.h"

#include "sim/result_file.h"
#include "traces/out_file.h"
#include "traces/text.h"

#include <inttypes.h>
#include <stdio.h>

#define BATCH 512

static const char cat_help[] =
    "usage: stagewalk trace cat [options] TRACE\n"
    "\n"
    "Prints a packed trace as text: table pages, then a line for each record. `trace pack` makes the same\n"
    "trace of it.\n"
    "Exit status: 0 all well, 2 the trace cannot be read or the output cannot be written.\n"
    "\n"
    "  --records FROM:TO  print only these records, counted from 0, and no table pages; what lies\n"
    "                     before FROM is not checked\n"
    "  -n, --number       end each line with the record's number, as a comment\n"
    "  --recover          print the intact part of a damaged trace\n" TRACE_INPUT_HELP
    "  -o, --output FILE  write to FILE; default: standard output\n"
    "  -q, --quiet        no progress bar\n"
    "  -h, --help         this text\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace cat --records :20 zcu102-dom0.swt\n"
    "  stagewalk trace cat -n zcu102-dom0.swt | grep ' exc '\n"
    "  stagewalk trace cat dom0.swt | sed 's/^0 el/3 el/' | stagewalk trace pack -o core3.swt -\n";

static const char pack_help[] =
    "usage: stagewalk trace pack [options] TEXT\n"
    "\n"
    "Makes a packed trace of text such as `trace cat` prints, plain or gzipped. traces/TEXT.md\n"
    "describes it.\n"
    "Exit status: 0 all well, 2 the text is no trace or the output cannot be written.\n"
    "\n"
    "  -o, --output FILE  write to FILE; default: standard output\n"
    "  -q, --quiet        no progress bar\n"
    "  -h, --help         this text\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace pack -o small.swt small.txt\n"
    "  stagewalk trace cat zcu102-dom0.swt | stagewalk trace pack - | cmp - zcu102-dom0.swt\n";

struct cat {
    struct trace_reader *reader;
    struct out_file out;
    struct trace_range range;
    bool pages, number, quiet;
    struct progress bar;
};

static bool cat_pages(struct cat *c)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;
    int got;

    text_put_head(c->out.stream, trace_get_info(c->reader)->source);
    while ((got = trace_read_page(c->reader, &pa, page)) > 0)
        if (c->pages)
            text_put_page(c->out.stream, pa, page);
    return got == 0;
}

/* Stops early when nobody reads what is printed. */
static bool cat_records(struct cat *c)
{
    struct trace_rec recs[BATCH];
    uint64_t index = trace_skip(c->reader, c->range.from);
    int got = 0;

    while (index < c->range.to && !ferror(c->out.stream) && (got = trace_read(c->reader, recs, BATCH)) > 0) {
        for (int i = 0; i < got && index < c->range.to; i++, index++) {
            text_put_record(c->out.stream, &recs[i]);
            if (c->number)
                fprintf(c->out.stream, "  # %" PRIu64, index);
            fputc('\n', c->out.stream);
        }
        progress_step(&c->bar, trace_bytes_done(c->reader), trace_bytes_total(c->reader), index);
    }
    return got >= 0;
}

static int cat_all(struct cat *c, const char *output)
{
    struct trace_error err;
    bool good;

    if (!out_file_open(&c->out, output, &err))
        return result_file_refuse(&err);
    cmd_trace_begin(&c->bar, trace_get_path(c->reader), output, c->quiet);
    good = cat_pages(c) && cat_records(c);
    progress_end(&c->bar);
    if (!good) {
        out_file_discard(&c->out);
        return result_file_refuse(trace_get_error(c->reader));
    }
    cmd_trace_warn_recovered(c->reader);
    return out_file_commit(&c->out, &err) ? 0 : result_file_refuse(&err);
}

int cmd_trace_cat(int argc, char **argv)
{
    struct cat c = { .number = false };
    const char *output = NULL, *records = NULL;
    bool recover = false;
    struct trace_input in = { NULL };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),
                                       { "output", 'o', .text = &output },
                                       { "records", .text = &records },
                                       { "number", 'n', .flag = &c.number },
                                       { "quiet", 'q', .flag = &c.quiet },
                                       { "recover", .flag = &recover } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    int status;
    const struct cmd_trace_line line = { &set, &in, cat_help };
    const char *path = cmd_trace_operand(argc, argv, &line, &status);

    if (!path)
        return status;
    c.pages = !records;
    if (!cmd_trace_range(records, &c.range) || !cmd_trace_output_fits(output, path) ||
        trace_input_check_output(&in, output) != 0)
        return 2;
    c.reader = cmd_trace_open(&in, path, recover);
    if (!c.reader)
        return 2;
    status = cat_all(&c, output ? output : "-");
    trace_input_tell_skips(c.reader);
    trace_close(c.reader);
    return status;
}

int cmd_trace_pack(int argc, char **argv)
{
    const char *output = NULL;
    bool quiet = false;
    const struct option_spec own[] = { { "output", 'o', .text = &output }, { "quiet", 'q', .flag = &quiet } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    struct trace_error err;
    struct progress bar;
    struct trace_watch watch = cmd_trace_watch(&bar);
    int status;
    bool good;
    const struct cmd_trace_line line = { &set, NULL, pack_help };
    const char *path = cmd_trace_operand(argc, argv, &line, &status);

    if (!path)
        return status;
    if (!cmd_trace_output_fits(output, path))
        return 2;
    output = cmd_trace_output(output);
    if (!output)
        return 2;
    cmd_trace_begin(&bar, path, output, quiet);
    good = text_pack(path, output, &watch, &err);
    progress_end(&bar);
    return good ? 0 : result_file_refuse(&err);
}
