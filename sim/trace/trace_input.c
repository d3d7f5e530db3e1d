/* Words to a request; which traces want tables. */
#include "sim/trace/trace_input.h"

#include "sim/generate/generate.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/trace/demand.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool trace_input_listed(const struct trace_input *in)
{
    const char *name, *what;

    if (!in->format || strcmp(in->format, "list") != 0)
        return false;
    printf("%-16s %s\n", "swt", "packed traces (traces/FORMAT.md)");
    for (size_t i = 0; (name = trace_format_at(i, &what)); i++)
        printf("%-16s %s\n", name, what);
    return true;
}

int trace_input_check_output(const struct trace_input *in, const char *output)
{
    if (in->dtb && result_file_check_input(output, in->dtb) != 0)
        return 2;
    return in->config ? result_file_check_input(output, in->config) : 0;
}

/* Returns false with *err. */
static bool read_world(const struct trace_input *in, struct world_request *q, struct trace_error *err)
{
    *q = (struct world_request){
        .dtb = in->dtb, .dom0_mem = in->dom0_mem, .config = { in->config }, .domain = in->domain
    };
    if (in->xen && in->domain && strcmp(in->domain, "none") == 0)
        return error_set(err, "--domain none is what there is without --xen");
    if (in->xen) {
        q->preset = xen_preset_by_name(in->xen);
        return q->preset ||
               error_set(err, "--xen %.60s: unknown preset; `stagewalk map --xen list` lists them", in->xen);
    }
    return !(in->domain || in->dtb || in->dom0_mem || in->config) ||
           error_set(err, "--domain, --dom0-mem, --dtb and --config want --xen PRESET too");
}

struct trace_reader *trace_input_open(const struct trace_input *in, const char *path, unsigned flags,
                                      struct trace_error *err)
{
    static const struct trace_input nothing = { NULL };
    struct world_request world;
    struct trace_reader *r;

    if (!in)
        in = &nothing;
    if (generate_is_named(path) && (in->format || in->xen)) {
        error_set(err, "%.150s: --%s is for files; the pattern's own words say what it is", path,
                  in->format ? "format" : "xen");
        return NULL;
    }
    if (!read_world(in, &world, err))
        return NULL;
    if (generate_is_named(path))
        return generate_open(path, err);
    r = trace_open_as(path, in->format, flags, err);
    if (!r)
        return NULL;
    if (trace_wants_tables(r) && demand_filter(r, &world, err))
        return r;
    if (!trace_wants_tables(r) && !in->xen)
        return r;
    if (!trace_wants_tables(r))
        error_set(err, "%.150s: has its own tables: --xen is for traces without", trace_get_path(r));
    trace_close(r);
    return NULL;
}

void trace_input_tell_skips(const struct trace_reader *r)
{
    struct trace_skip skip;

    for (size_t i = 0; trace_get_skip(r, i, &skip); i++)
        say_error("%s: skipped %" PRIu64 ": %s (first: %s %" PRIu64 ")", trace_get_path(r), skip.count, skip.why,
                  skip.unit, skip.first);
}
