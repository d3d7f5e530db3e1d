/* The parts of `stagewalk trace`, and what they share. argv[0] is the part's name. */
#pragma once

#include "sim/options.h"
#include "sim/progress.h"
#include "sim/trace/trace_input.h"
#include "traces/reader.h"
#include "traces/watch.h"

int cmd_trace_info(int argc, char **argv);
int cmd_trace_cat(int argc, char **argv);
int cmd_trace_pack(int argc, char **argv);
int cmd_trace_import(int argc, char **argv);
int cmd_trace_cut(int argc, char **argv);
int cmd_trace_relayout(int argc, char **argv);
int cmd_trace_generate(int argc, char **argv);

struct trace_range {
    uint64_t from, to; /* [from, to), counted from 0 */
};

/* Reads FROM:TO, where either may be missing; NULL is everything. Returns false after a message. */
bool cmd_trace_range(const char *text, struct trace_range *range);

/* The command line of a part that takes one operand. */
struct cmd_trace_line {
    const struct option_set *set;
    const struct trace_input *in; /* NULL: the part reads no trace */
    const char *help;
};

/* Parses, prints the help text when it was asked for. Returns the operand, or NULL with *status set to what the part is
 * to return. `in`, unless NULL, may ask for the list of formats. */
const char *cmd_trace_operand(int argc, char **argv, const struct cmd_trace_line *line, int *status);

/* Opens a trace, with or without --recover. Returns NULL after a message. */
struct trace_reader *cmd_trace_open(const struct trace_input *in, const char *path, bool recover);

/* Warns when the trace was damaged and only its beginning was read. */
void cmd_trace_warn_recovered(const struct trace_reader *r);

/* Returns false after a message: that the name of the output (NULL: none given) is empty, or that it would replace what
 * is read as `input`. */
bool cmd_trace_output_fits(const char *output, const char *input);

/* Returns `path`, or standard output when it is NULL; NULL after a message when that would fill a terminal with
 * bytes. */
const char *cmd_trace_output(const char *path);

/* Begins a bar for a part that writes to `output` ("-": standard output), unless it is to be quiet. Nor is there one
 * beside text that goes to a terminal, and when a pipe takes the output: who reads that may have the terminal for
 * itself. */
void cmd_trace_begin(struct progress *bar, const char *name, const char *output, bool quiet);

/* Who moves the bar. */
struct trace_watch cmd_trace_watch(struct progress *bar);
