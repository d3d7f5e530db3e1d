/* Formatting messages for the user. */
#include "traces/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct trace_error *err, const char *format, ...)
{
    va_list args;

    if (!err)
        return false;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}
