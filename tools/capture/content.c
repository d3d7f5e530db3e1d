/* Reads files whole. */
#include "tools/capture/content.h"

#include "traces/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Returns NULL with errno set, or 0 when the file is longer than allowed. */
static void *read_all(FILE *f, size_t bytes_max, size_t *bytes)
{
    uint8_t *content = NULL;
    struct stat st;
    long length;

    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) { /* its length would be the greatest there is */
        errno = EISDIR;
        return NULL;
    }
    if (fseek(f, 0, SEEK_END) != 0 || (length = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
        return NULL;
    errno = 0;
    if ((unsigned long)length > bytes_max)
        return NULL;
    content = malloc((size_t)length + 1);
    *bytes = (size_t)length;
    if (content && fread(content, 1, *bytes, f) != *bytes) {
        free(content);
        content = NULL;
        errno = errno ? errno : EIO;
    }
    return content;
}

void *content_read(const char *path, size_t bytes_max, size_t *bytes, struct trace_error *err)
{
    FILE *f = fopen(path, "rb");
    void *content = f ? read_all(f, bytes_max, bytes) : NULL;

    if (!content && f && errno == 0)
        error_set(err, "%s: more than %zu bytes", path, bytes_max);
    else if (!content)
        error_set(err, "%s: cannot read: %s", path, strerror(errno));
    if (f)
        fclose(f);
    return content;
}
