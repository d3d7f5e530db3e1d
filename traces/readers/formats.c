/* One line a format, in the order in which they are asked: those with the plainest
 * mark first. */
#include "traces/readers/formats.h"

#include <string.h>

static const struct reader_format *const formats[] = {
    &drmemtrace_format,  &csv_format,      &tarmac_format, &execlog_format, &lackey_format, &drmemtrace_view_format,
    &perf_script_format, &champsim_format, NULL,
};

const struct reader_format *formats_at(size_t i)
{
    const struct reader_format *const *at = formats;

    while (*at && i > 0) {
        at++;
        i--;
    }
    return *at;
}

const struct reader_format *formats_by_name(const char *name)
{
    for (const struct reader_format *const *at = formats; *at; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

const struct reader_format *formats_by_content(const char *head, size_t bytes)
{
    for (const struct reader_format *const *at = formats; *at; at++)
        if ((*at)->likely(head, bytes))
            return *at;
    return NULL;
}
