/* Files and directories that a test makes for itself: below $TMPDIR, or /tmp. Whoever makes one removes it. */
#pragma once

#include "traces/temp_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEMP_PATH_BYTES 200

/* A name to be completed by mkstemp or mkdtemp, which refuse one that has not all had room. */
static inline void temp_template(char path[TEMP_PATH_BYTES])
{
    snprintf(path, TEMP_PATH_BYTES, "%s/stagewalk-test-XXXXXX", temp_dir_base());
}

/* Makes an empty file. Returns it opened, -1 when it cannot be made. */
static inline int temp_file(char path[TEMP_PATH_BYTES])
{
    temp_template(path);
    return mkstemp(path);
}

/* The same as a stream to write to, or NULL. */
static inline FILE *temp_stream(char path[TEMP_PATH_BYTES])
{
    int fd = temp_file(path);

    return fd < 0 ? NULL : fdopen(fd, "wb");
}

/* Returns a stream to write and to read, of a file without a name that is gone when it is closed; NULL: none can be
 * made. */
static inline FILE *temp_unnamed(void)
{
    char path[TEMP_PATH_BYTES];
    int fd = temp_file(path);

    if (fd < 0)
        return NULL;
    unlink(path);
    return fdopen(fd, "w+b");
}

/* Makes a directory. Returns false when it cannot be made. */
static inline bool temp_dir(char path[TEMP_PATH_BYTES])
{
    temp_template(path);
    return mkdtemp(path) != NULL;
}

/* A name that no other process uses, of a file that is made anew at each use. */
static inline void temp_name(char path[TEMP_PATH_BYTES], const char *what)
{
    snprintf(path, TEMP_PATH_BYTES, "%s/stagewalk-%s-%d", temp_dir_base(), what, (int)getpid());
}
