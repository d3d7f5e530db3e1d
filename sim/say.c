/* Messages to standard error. */
#include "sim/say.h"

#include "sim/progress.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_BYTES 4096

int say_error(const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c; c++) {
        if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
            *c = '?';
    }
    progress_hide();
    fflush(stdout); /* what was printed before the error also stands before it */
    fprintf(stderr, "stagewalk: %s\n", text);
    return 2;
}
