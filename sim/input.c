/* A packed trace is known by its signature. */
#include "sim/input.h"

#include "sim/generate/generate.h"
#include "traces/pack_format.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What a pipe has given is gone: who reads it as what it is would miss its begin. */
static bool is_regular(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool input_is_trace(const char *path)
{
    char head[PACK_MAGIC_BYTES];
    size_t bytes = strlen(path);
    FILE *in;
    bool is;

    if (generate_is_named(path))
        return true;
    in = strcmp(path, "-") != 0 && is_regular(path) ? fopen(path, "rb") : NULL;
    if (!in)
        return bytes > 4 && strcmp(path + bytes - 4, ".swt") == 0;
    is = fread(head, 1, sizeof head, in) == sizeof head && memcmp(head, PACK_MAGIC, sizeof head) == 0;
    fclose(in);
    return is || (bytes > 4 && strcmp(path + bytes - 4, ".swt") == 0);
}
