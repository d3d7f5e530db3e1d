/* A packed trace is known by its signature. */
#include "sim/input.h"

#include <stdio.h>
#include <string.h>

#define SIGNATURE "\x89SWT\r\n\x1a\n" /* traces/FORMAT.md */
#define SIGNATURE_BYTES 8

bool input_is_trace(const char *path)
{
    char head[SIGNATURE_BYTES];
    size_t bytes = strlen(path);
    FILE *in = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
    bool is;

    if (!in)
        return bytes > 4 && strcmp(path + bytes - 4, ".swt") == 0;
    is = fread(head, 1, sizeof head, in) == sizeof head && memcmp(head, SIGNATURE, sizeof head) == 0;
    fclose(in);
    return is || (bytes > 4 && strcmp(path + bytes - 4, ".swt") == 0);
}
