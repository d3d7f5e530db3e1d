/* stagewalk trace: looks at traces and makes them. */
#include "sim/trace/cmd_trace.h"

#include "sim/commands.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct part {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} parts[] = {
    { "info", cmd_trace_info, "what a trace holds" },
    { "cat", cmd_trace_cat, "print a trace as text" },
    { "pack", cmd_trace_pack, "make a trace of text" },
    { "import", cmd_trace_import, "make a trace of a raw capture, or of one in a format of others" },
    { "cut", cmd_trace_cut, "make a trace of a part of another" },
    { "relayout", cmd_trace_relayout, "make a trace for another page-table layout with the same effect" },
    { "generate", cmd_trace_generate, "make a trace of a pattern of accesses, without a capture" },
};

#define PART_COUNT (sizeof parts / sizeof *parts)

static int help(void)
{
    puts("usage: stagewalk trace COMMAND [options] ...\n"
         "\n"
         "Looks at traces and makes them.\n"
         "Exit status: 0 all well, 2 bad input or an output that could not be written.\n");
    for (size_t i = 0; i < PART_COUNT; i++)
        printf("  %-9s %s\n", parts[i].name, parts[i].help);
    puts("\n`stagewalk help trace COMMAND` tells more. A file named - is standard input or output.\n"
         "traces/FORMAT.md describes the packed format (.swt), traces/TEXT.md the text, traces/FOREIGN.md the\n"
         "formats of others, which info, cat, cut and import read too: `stagewalk trace --format list`.");
    return 0;
}

int cmd_trace(int argc, char **argv)
{
    struct suggest near;
    char hint[64];

    if (argc < 2)
        return say_error("trace: a command is missing; `stagewalk trace --help` lists them");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help();
    if (strcmp(argv[1], "--format") == 0 && argc == 3 && trace_input_listed(&(struct trace_input){ .format = argv[2] }))
        return 0;
    suggest_init(&near, argv[1]);
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (strcmp(argv[1], parts[i].name) == 0)
            return parts[i].run(argc - 1, argv + 1);
        suggest_offer(&near, parts[i].name);
    }
    if (!near.best)
        return say_error("trace: unknown command '%s'; `stagewalk trace --help` lists them", argv[1]);
    return say_error("trace: unknown command '%s'%s", argv[1], suggest_text(&near, hint, sizeof hint));
}

/* Reads a decimal number at *at, if there is one, and moves past it. */
static bool take_number(const char **at, uint64_t *value)
{
    uint64_t v = 0;

    if (strspn(*at, "0123456789") == 0)
        return true;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        unsigned digit = (unsigned)(**at - '0');

        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *value = v;
    return true;
}

bool cmd_trace_range(const char *text, struct trace_range *range)
{
    const char *at = text ? text : ":";

    *range = (struct trace_range){ 0, UINT64_MAX };
    if (take_number(&at, &range->from) && *at++ == ':' && take_number(&at, &range->to) && *at == '\0' &&
        range->from < range->to)
        return true;
    say_error("--records %s: wants FROM:TO with FROM below TO, as in 1000:2000, 1000: or :2000", text);
    return false;
}

const char *cmd_trace_operand(int argc, char **argv, const struct cmd_trace_line *line, int *status)
{
    struct options options;
    int first = options_parse(&options, argc, argv, line->set);

    *status = 2;
    if (first < 0)
        return NULL;
    if (options.help) {
        fputs(line->help, stdout);
        *status = 0;
        return NULL;
    }
    if (line->in && trace_input_listed(line->in)) {
        *status = 0;
        return NULL;
    }
    if (argc - first == 1 && *argv[first] != '\0')
        return argv[first];
    if (argc - first == 1) {
        say_error("trace %s: empty file name", argv[0]);
        return NULL;
    }
    say_error("trace %s: wants one operand, not %d; `stagewalk trace %s --help` shows examples", argv[0], argc - first,
              argv[0]);
    return NULL;
}

struct trace_reader *cmd_trace_open(const struct trace_input *in, const char *path, bool recover)
{
    struct trace_error err;
    struct trace_reader *r = trace_input_open(in, path, recover ? TRACE_RECOVER : 0, &err);

    if (!r)
        result_file_refuse(&err);
    return r;
}

void cmd_trace_warn_recovered(const struct trace_reader *r)
{
    if (trace_recovered(r))
        say_error("%s; read up to there", trace_get_error(r)->text);
}

bool cmd_trace_output_fits(const char *output, const char *input)
{
    if (output && *output == '\0')
        say_error("-o: empty file name");
    else
        return result_file_check_input(output, input) == 0;
    return false;
}

const char *cmd_trace_output(const char *path)
{
    if (path)
        return path;
    if (!isatty(STDOUT_FILENO))
        return "-";
    say_error("a packed trace is no text for a terminal: name a file with -o FILE");
    return NULL;
}

static bool stdout_is_file(void)
{
    struct stat st;

    return fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
}

void cmd_trace_begin(struct progress *bar, const char *name, const char *output, bool quiet)
{
    progress_begin(bar, !quiet && (strcmp(output, "-") != 0 || stdout_is_file()), name);
}

static void step(void *context, uint64_t done, uint64_t total, uint64_t records)
{
    progress_step(context, done, total, records);
}

struct trace_watch cmd_trace_watch(struct progress *bar)
{
    return (struct trace_watch){ .step = step, .context = bar };
}
