/* How commands open a trace: a packed one, one in a format of others, with tables on demand where it has none, or a
 * pattern that is generated (sim/generate/generate.h), by its words in place of a path:
 * "generate:zipf,footprint=64M,seed=7". All three are one reader to whoever reads on. */
#pragma once

#include "sim/options.h"
#include "traces/reader.h"

/* What the command line says of the input; NULL: not said. */
struct trace_input {
    const char *format; /* --format: the name, or "list" */
    const char *xen, *domain, *dom0_mem, *dtb, *config;
};

/* Their rows for a command's table of options. */
#define TRACE_INPUT_OPTIONS(in)                                                                                        \
    { "format", .text = &(in).format }, { "xen", .text = &(in).xen }, { "domain", .text = &(in).domain },              \
        { "dom0-mem", .text = &(in).dom0_mem }, { "dtb", .text = &(in).dtb },                                          \
    {                                                                                                                  \
        "config", .text = &(in).config                                                                                 \
    }

/* Their lines in a help text. */
#define TRACE_INPUT_HELP                                                                                               \
    "  --format FORMAT    what TRACE is read as, else its content tells; `list` prints all there are\n"                \
    "  --xen PRESET       a trace without tables gets Linux's on demand, in this Xen's dom0, or with\n"                \
    "                     --config FILE in that domU; --domain, --dom0-mem, --dtb are as for `map`\n"

/* True when --format list was asked for: the list has been printed. */
bool trace_input_listed(const struct trace_input *in);

/* Returns 0, or 2 after a message: that the output would replace a file that these words name. NULL: no output. */
int trace_input_check_output(const struct trace_input *in, const char *output);

/* Opens a trace; `in` NULL: nothing was said. Returns NULL with *err. */
struct trace_reader *trace_input_open(const struct trace_input *in, const char *path, unsigned flags,
                                      struct trace_error *err);

/* Tells on standard error what was skipped so far, by reason. */
void trace_input_tell_skips(const struct trace_reader *r);
