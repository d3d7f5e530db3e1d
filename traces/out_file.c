/* Whole or not at all. */
#include "traces/out_file.h"
#include "traces/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_ATTEMPTS 1000

static void forget(struct out_file *out)
{
    free(out->path);
    free(out->target);
    free(out->temporary);
    memset(out, 0, sizeof *out);
}

/* Creates `target`.PID.N.partial with the permissions that a plain open would give. */
static FILE *open_beside(struct out_file *out)
{
    for (int i = 0; i < NAME_ATTEMPTS; i++) {
        int fd;

        if (asprintf(&out->temporary, "%s.%ld.%d.partial", out->target, (long)getpid(), i) < 0) {
            out->temporary = NULL;
            return NULL;
        }
        fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fdopen(fd, "wb");
        free(out->temporary);
        out->temporary = NULL;
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

bool out_file_open(struct out_file *out, const char *path, struct trace_error *err)
{
    struct stat st;
    bool exists = strcmp(path, "-") != 0 && stat(path, &st) == 0;

    memset(out, 0, sizeof *out);
    out->path = strdup(strcmp(path, "-") == 0 ? "standard output" : path);
    if (strcmp(path, "-") == 0) {
        out->stream = stdout;
    } else if (exists && !S_ISREG(st.st_mode)) {
        out->stream = fopen(path, "wb");
    } else {
        /* A link stays a link: the file it leads to is replaced. */
        out->target = exists ? realpath(path, NULL) : strdup(path);
        out->stream = out->target ? open_beside(out) : NULL;
    }
    if (out->stream && out->path)
        return true;
    error_set(err, "%s: cannot create: %s", path, strerror(errno));
    out_file_discard(out);
    return false;
}

bool out_file_write(struct out_file *out, const void *bytes, size_t count, struct trace_error *err)
{
    if (fwrite(bytes, 1, count, out->stream) == count)
        return true;
    return error_set(err, "%s: cannot write: %s", out->path, strerror(errno));
}

bool out_file_commit(struct out_file *out, struct trace_error *err)
{
    bool ok;

    errno = 0;
    ok = fflush(out->stream) == 0 && !ferror(out->stream);
    if (out->stream != stdout)
        ok = (fclose(out->stream) == 0) && ok;
    out->stream = NULL;
    ok = ok && (!out->target || rename(out->temporary, out->target) == 0);
    if (!ok) {
        error_set(err, "%s: cannot write: %s", out->path, errno ? strerror(errno) : "an earlier write failed");
        out_file_discard(out);
        return false;
    }
    forget(out);
    return true;
}

void out_file_discard(struct out_file *out)
{
    if (out->stream == stdout)
        __fpurge(stdout);
    else if (out->stream)
        fclose(out->stream);
    if (out->temporary)
        unlink(out->temporary);
    forget(out);
}
