/* One line a format, in the order in which they are asked: those with the plainest
 * mark first. */
#include "traces/readers/formats.h"

#include <string.h>

static const struct reader_format *const formats[] = {
    &drmemtrace_format, &csv_format, &lackey_format, &drmemtrace_view_format, &perf_script_format, &champsim_format,
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

const struct reader_format *formats_at(size_t i)
{
    return i < FORMAT_COUNT ? formats[i] : NULL;
}

const struct reader_format *formats_by_name(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const struct reader_format *formats_by_content(const char *head, size_t bytes)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i]->likely(head, bytes))
            return formats[i];
    return NULL;
}
