/* Messages to standard error. */
#include "sim/say.h"

#include "sim/progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_BYTES 4096

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

int say_error(const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c; c++) {
        if (is_control(*c) && *c != '\n' && *c != '\t')
            *c = '?';
    }
    progress_hide();
    fflush(stdout); /* what was printed before the error also stands before it */
    fprintf(stderr, "stagewalk: %s\n", text);
    return 2;
}

void say_unwritten(const char *path)
{
    static const char head[] = "stagewalk: interrupted: ", end[] = " is not written\n";
    char text[MESSAGE_BYTES];
    size_t length = sizeof head - 1;

    memcpy(text, head, length);
    for (; *path && length < sizeof text - sizeof end; path++)
        text[length++] = is_control(*path) ? '?' : *path;
    memcpy(text + length, end, sizeof end);
    length += sizeof end - 1;
    if (write(STDERR_FILENO, text, length) < 0)
        return; /* nobody is left to be told */
}
