/* Whole or not at all. */
#include "traces/out_file.h"
#include "traces/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_ATTEMPTS 1000
#define LINKS_MAX 40
#define UNFINISHED_MAX 32

static int stdout_reason;

/* ---- What a signal must remove ---- */

/* Names of files that are being written, and for messages those that they are to have; NULL: a free place. What does
 * not fit is left behind by a signal. */
static char *volatile unfinished[UNFINISHED_MAX];
static char *volatile unfinished_path[UNFINISHED_MAX];

static void hold_signals(sigset_t *old)
{
    sigset_t ending;

    sigemptyset(&ending);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, old);
}

static void release_signals(const sigset_t *old)
{
    sigprocmask(SIG_SETMASK, old, NULL);
}

/* Puts `to`, which is to become `path`, where `from` is. */
static void exchange_unfinished(const char *from, char *to, char *path)
{
    for (int i = 0; i < UNFINISHED_MAX; i++) {
        if (unfinished[i] == from) {
            unfinished[i] = to;
            unfinished_path[i] = path;
            return;
        }
    }
}

void out_file_remove_unfinished(void (*tell)(const char *path))
{
    for (int i = 0; i < UNFINISHED_MAX; i++) {
        if (!unfinished[i])
            continue;
        unlink(unfinished[i]);
        if (tell)
            tell(unfinished_path[i]);
    }
}

/* ---- Names ---- */

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Returns `name` in the directory that `path` lies in. The caller frees it; NULL: errno. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    char *joined;

    if (!slash || *name == '/')
        return strdup(name);
    return asprintf(&joined, "%.*s/%s", (int)(slash - path), path, name) < 0 ? NULL : joined;
}

/* Returns the name of a file that does not exist, with the real path of its directory. NULL: errno. */
static char *in_real_directory(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    char *real = dir ? realpath(dir, NULL) : NULL, *joined = NULL;

    if (*name == '\0')
        errno = EISDIR;
    else if (real && asprintf(&joined, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name) < 0)
        joined = NULL;
    free(dir);
    free(real);
    return joined;
}

/* Returns the real path of a file, or that which it would have once created; a link may lead nowhere yet. The caller
 * frees it; NULL: errno. */
static char *real_name(const char *path)
{
    char *at = realpath(path, NULL), to[PATH_MAX];

    if (at || errno != ENOENT)
        return at;
    at = strdup(path);
    for (int i = 0; at && i < LINKS_MAX; i++) {
        ssize_t length = readlink(at, to, sizeof to - 1);
        char *next;

        to[length < 0 ? 0 : length] = '\0';
        next = length < 0 ? in_real_directory(at) : beside(at, to);
        free(at);
        if (length < 0)
            return next;
        at = next;
    }
    if (at)
        errno = ELOOP;
    free(at);
    return NULL;
}

static bool same_inode(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool find_output(const char *path, struct stat *st)
{
    return (is_stdout(path) ? fstat(STDOUT_FILENO, st) : stat(path, st)) == 0;
}

bool out_file_same(const char *a, const char *b)
{
    struct stat a_st, b_st;
    bool a_exists = find_output(a, &a_st), b_exists = find_output(b, &b_st), same;
    char *a_name, *b_name;

    if (strcmp(a, b) == 0)
        return true;
    if (a_exists || b_exists)
        return a_exists && b_exists && same_inode(&a_st, &b_st);
    a_name = real_name(a);
    b_name = real_name(b);
    same = a_name && b_name && strcmp(a_name, b_name) == 0;
    free(a_name);
    free(b_name);
    return same;
}

bool out_file_replaces(const char *output, const char *input)
{
    struct stat out, in;
    int found = strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &in) : stat(input, &in);

    return found == 0 && S_ISREG(in.st_mode) && find_output(output, &out) && same_inode(&out, &in);
}

/* ---- Opening ---- */

static void forget(struct out_file *out)
{
    if (out->temporary)
        exchange_unfinished(out->temporary, NULL, NULL);
    free(out->path);
    free(out->target);
    free(out->temporary);
    memset(out, 0, sizeof *out);
}

/* Creates a file under a name that is not taken, and enters it among the unfinished. Returns its descriptor, or -1. */
static int create(struct out_file *out, mode_t mode)
{
    sigset_t old;
    int fd;

    hold_signals(&old);
    fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd >= 0)
        exchange_unfinished(NULL, out->temporary, out->path);
    release_signals(&old);
    return fd;
}

/* Creates `target`.PID.N.partial. Returns its descriptor, or -1. */
static int create_beside(struct out_file *out, mode_t mode)
{
    for (int i = 0; i < NAME_ATTEMPTS; i++) {
        int fd;

        if (asprintf(&out->temporary, "%s.%ld.%d.partial", out->target, (long)getpid(), i) < 0) {
            out->temporary = NULL;
            return -1;
        }
        fd = create(out, mode);
        if (fd >= 0)
            return fd;
        free(out->temporary);
        out->temporary = NULL;
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/* The owner goes first: changing it clears bits of the mode. Where it cannot be kept, nobody's set-id bits are. */
static void take_over(int fd, const struct stat *old)
{
    mode_t mode = old->st_mode & 07777;

    if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0)
        mode &= 01777;
    (void)fchmod(fd, mode);
}

/* `old`: the file that is to be replaced; NULL: none. */
static FILE *open_beside(struct out_file *out, const struct stat *old)
{
    int fd = create_beside(out, old ? 0600 : 0666);
    FILE *stream;

    if (fd < 0)
        return NULL;
    if (old)
        take_over(fd, old);
    stream = fdopen(fd, "wb");
    if (!stream)
        close(fd);
    return stream;
}

/* True when the target is to be replaced; false for what has to be written to directly, such as a deleted file that is
 * reached through /proc. */
static bool is_at_target(const struct out_file *out, const struct stat *old)
{
    struct stat st;

    return !old || (out->target && stat(out->target, &st) == 0 && same_inode(&st, old));
}

static FILE *open_named(struct out_file *out, const char *path)
{
    struct stat st;
    const struct stat *old = stat(path, &st) == 0 ? &st : NULL;

    if (old && !S_ISREG(st.st_mode))
        return fopen(path, "wb");
    out->target = real_name(path);
    if (!is_at_target(out, old)) {
        free(out->target);
        out->target = NULL;
        return fopen(path, "wb");
    }
    return out->target ? open_beside(out, old) : NULL;
}

bool out_file_open(struct out_file *out, const char *path, struct trace_error *err)
{
    bool standard = is_stdout(path);

    memset(out, 0, sizeof *out);
    if (*path == '\0')
        return error_set(err, "empty file name");
    if (!standard && access(path, F_OK) == 0 && access(path, W_OK) != 0)
        return error_set(err, "%s: cannot replace: %s", path, strerror(errno));
    out->path = strdup(standard ? "standard output" : path);
    if (out->path)
        out->stream = standard ? stdout : open_named(out, path);
    if (out->stream)
        return true;
    error_set(err, "%s: cannot create: %s", path, strerror(errno));
    out_file_discard(out);
    return false;
}

/* ---- Writing and ending ---- */

/* Keeps the reason of the first failure. Returns false, with the message. */
static bool fail(struct out_file *out, int reason, struct trace_error *err)
{
    if (!out->reason)
        out->reason = reason;
    if (out->stream == stdout && !stdout_reason)
        stdout_reason = out->reason;
    return error_set(err, "%s: cannot write: %s", out->path,
                     out->reason ? strerror(out->reason) : "an earlier write failed");
}

bool out_file_write(struct out_file *out, const void *bytes, size_t count, struct trace_error *err)
{
    return fwrite(bytes, 1, count, out->stream) == count || fail(out, errno, err);
}

/* Replaces *name by it and the suffix. */
static bool append(char **name, const char *suffix)
{
    char *longer;

    if (asprintf(&longer, "%s%s", *name, suffix) < 0)
        return false;
    free(*name);
    *name = longer;
    return true;
}

/* A signal that comes meanwhile finds either name. */
bool out_file_rename(struct out_file *out, const char *suffix, struct trace_error *err)
{
    bool good = true;
    sigset_t old;

    hold_signals(&old);
    if (out->target) {
        good = append(&out->target, suffix) && append(&out->path, suffix);
        exchange_unfinished(out->temporary, out->temporary, out->path);
    }
    release_signals(&old);
    return good || error_set(err, "%s: out of memory", out->path);
}

/* Everything out of the program; the file keeps its other name. */
static bool finish(struct out_file *out, struct trace_error *err)
{
    FILE *stream = out->stream;

    errno = 0;
    if (fflush(stream) != 0 || ferror(stream))
        return fail(out, errno, err);
    if (stream == stdout)
        return true;
    out->stream = NULL;
    return fclose(stream) == 0 || fail(out, errno, err);
}

/* Standard output comes last: what has gone there cannot be taken back. */
static bool finish_all(struct out_file *outs, size_t count, struct trace_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (outs[i].stream && outs[i].stream != stdout && !finish(&outs[i], err))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (outs[i].stream == stdout && !finish(&outs[i], err))
            return false;
    }
    return true;
}

/* A signal comes before all renaming or after it. */
static bool rename_all(struct out_file *outs, size_t count, struct trace_error *err)
{
    bool ok = true;
    sigset_t old;

    hold_signals(&old);
    for (size_t i = 0; ok && i < count; i++) {
        if (outs[i].target && rename(outs[i].temporary, outs[i].target) != 0)
            ok = fail(&outs[i], errno, err);
        else
            forget(&outs[i]);
    }
    release_signals(&old);
    return ok;
}

bool out_file_commit_all(struct out_file *outs, size_t count, struct trace_error *err)
{
    if (finish_all(outs, count, err) && rename_all(outs, count, err))
        return true;
    for (size_t i = 0; i < count; i++)
        out_file_discard(&outs[i]);
    return false;
}

bool out_file_commit(struct out_file *out, struct trace_error *err)
{
    return out_file_commit_all(out, 1, err);
}

void out_file_discard(struct out_file *out)
{
    /* A stream that has failed keeps its bytes: the next flush fails again and tells why. */
    if (out->stream == stdout && !ferror(stdout))
        __fpurge(stdout);
    else if (out->stream && out->stream != stdout)
        fclose(out->stream);
    if (out->temporary)
        unlink(out->temporary);
    forget(out);
}

int out_file_stdout_reason(void)
{
    return stdout_reason;
}
