/* Reading what is there, adding to it, and making the whole. */
#include "sim/explore/keep.h"

#include "traces/error.h"
#include "traces/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Reading ---- */

static bool check_head(const struct keep *k, const struct rows_reader *r, struct trace_error *err)
{
    struct rows_head head;

    if (!rows_head_read(&head, r->text))
        return rows_refuse(r, err, "this is no result of this version of explore; name another file, or remove it");
    if (head.fingerprint != k->head.fingerprint)
        return rows_refuse(r, err,
                           "these are results of another trace, another engine, other parameters or other knobs; name "
                           "another file, or remove it");
    return true;
}

static bool check_names(const struct keep *k, const struct rows_reader *r, struct trace_error *err)
{
    char *names = NULL;
    size_t bytes;
    FILE *out = open_memstream(&names, &bytes);
    bool same;

    if (!out)
        return error_set(err, "out of memory");
    rows_write_names(k->space, out);
    same = fclose(out) == 0 && bytes == strlen(r->text) + 1 && memcmp(names, r->text, bytes - 1) == 0;
    free(names);
    return same || rows_refuse(r, err, "these are not the columns of these knobs");
}

/* True when both are written alike. */
static bool same_result(const struct point_result *a, const struct point_result *b)
{
    for (int m = 0; m < METRIC_COUNT; m++) {
        if (isnan(a->value[m]) != isnan(b->value[m]) || (!isnan(a->value[m]) && a->value[m] != b->value[m]))
            return false;
    }
    return a->status == b->status && strcmp(a->reason, b->reason) == 0 &&
           strcmp(a->domains ? a->domains : "", b->domains ? b->domains : "") == 0;
}

/* Takes a row of one point. */
static bool take(struct rows_reader *r, struct point_result *known, struct point_result *read, struct trace_error *err)
{
    if (read->status == POINT_FAILED) { /* to be tried again */
        point_result_free(read);
        return true;
    }
    if (known->status != POINT_OPEN) {
        bool same = same_result(known, read);

        point_result_free(read);
        return same || rows_refuse(r, err, "another result of a point that is there before");
    }
    *known = *read;
    return true;
}

static bool read_row(const struct keep *k, struct rows_reader *r, struct point_result *results, struct trace_error *err)
{
    size_t knobs = k->space->knob_count, point;
    struct point_result result;
    uint64_t number;

    if (!rows_split(r, err))
        return false;
    if (r->cells != 1 + knobs + POINT_RESULT_CELLS)
        return rows_refuse(r, err, "%zu columns, not %zu", r->cells, 1 + knobs + POINT_RESULT_CELLS);
    if (!rows_number(r->cell[0], &number))
        return rows_refuse(r, err, "'%.32s' is no number of a point", r->cell[0]);
    point = space_find(k->space, (const char *const *)&r->cell[1], (size_t)number - !k->space->outside);
    if (point == k->space->points)
        return rows_refuse(r, err, "a point that is none of these; name another file, or remove it");
    if (!point_result_read(&result, (const char *const *)&r->cell[1 + knobs], err)) {
        struct trace_error why = *err;

        point_result_free(&result);
        return rows_refuse(r, err, "%.200s", why.text);
    }
    return take(r, &results[point], &result, err);
}

bool keep_read(const struct keep *k, struct rows_reader *r, struct point_result *results, struct trace_error *err)
{
    int got = rows_next_line(r, err);

    if (got == 0 && !r->torn_ends)
        return error_set(err, "%.150s: empty, no result of explore; remove it", r->name);
    if (got <= 0 || !check_head(k, r, err))
        return got == 0;
    got = rows_next_line(r, err);
    if (got == 0 && !r->torn_ends)
        return error_set(err, "%.150s: ends after its first line", r->name);
    if (got == 0)
        r->whole = 0; /* begun anew */
    if (got <= 0 || !check_names(k, r, err))
        return got == 0;
    while ((got = rows_next_line(r, err)) > 0) {
        if (!read_row(k, r, results, err))
            return false;
    }
    return got == 0;
}

/* ---- The files ---- */

static bool cannot(const char *path, const char *what, struct trace_error *err)
{
    return error_set(err, "%.150s: cannot be %s: %s", path, what, strerror(errno));
}

/* Reads FILE where it exists. */
static bool read_whole(const struct keep *k, struct point_result *results, struct trace_error *err)
{
    struct rows_reader *r = calloc(1, sizeof *r);
    bool good;

    if (!r)
        return error_set(err, "out of memory");
    r->name = k->path;
    r->in = fopen(k->path, "r");
    if (r->in)
        good = keep_read(k, r, results, err);
    else
        good = errno == ENOENT || cannot(k->path, "read", err);
    if (r->in)
        fclose(r->in);
    free(r);
    return good;
}

static bool begin_side(struct keep *k, struct trace_error *err)
{
    rows_head_write(&k->head, k->stream);
    rows_write_names(k->space, k->stream);
    return (fflush(k->stream) == 0 && fsync(fileno(k->stream)) == 0) || cannot(k->side, "written", err);
}

/* Reads FILE.partial and cuts off what was being written. */
static bool read_side(struct keep *k, struct point_result *results, struct trace_error *err)
{
    struct rows_reader *r = calloc(1, sizeof *r);
    bool good;

    if (!r)
        return error_set(err, "out of memory");
    r->name = k->side;
    r->in = k->stream;
    r->torn_ends = true;
    good = keep_read(k, r, results, err);
    if (good &&
        (ftruncate(fileno(k->stream), (off_t)r->whole) != 0 || fseeko(k->stream, (off_t)r->whole, SEEK_SET) != 0))
        good = cannot(k->side, "written", err);
    if (good && r->whole == 0)
        good = begin_side(k, err);
    free(r);
    return good;
}

static bool open_side(struct keep *k, struct trace_error *err)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd;

    if (asprintf(&k->side, "%s.partial", k->path) < 0) {
        k->side = NULL;
        return error_set(err, "out of memory");
    }
    fd = open(k->side, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return cannot(k->side, "written", err);
    k->stream = fdopen(fd, "r+");
    if (!k->stream) {
        close(fd);
        return error_set(err, "out of memory");
    }
    if (fcntl(fd, F_SETLK, &lock) != 0) /* of this process alone, not of its children */
        return error_set(err, "%.150s: another run works on it", k->side);
    return true;
}

bool keep_open(struct keep *k, struct point_result *results, struct trace_error *err)
{
    struct stat st;
    bool exists = stat(k->path, &st) == 0;

    k->side = NULL;
    k->stream = NULL;
    k->taken = 0;
    if (strcmp(k->path, "-") == 0 || (exists && !S_ISREG(st.st_mode)))
        return true;
    if (!open_side(k, err) || (exists && !read_whole(k, results, err)) || !read_side(k, results, err))
        return false;
    for (size_t p = 0; p < k->space->points; p++)
        k->taken += results[p].status != POINT_OPEN;
    return true;
}

bool keep_add(struct keep *k, size_t point, const struct point_result *result, struct trace_error *err)
{
    if (!k->stream)
        return true;
    rows_write(k->space, point, result, k->stream);
    return (fflush(k->stream) == 0 && fdatasync(fileno(k->stream)) == 0) || cannot(k->side, "written", err);
}

/* What has its name is to be on the disk before FILE.partial goes. */
static void sync_whole(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

bool keep_finish(struct keep *k, const struct point_result *results, struct trace_error *err)
{
    struct out_file out;

    if (!out_file_open(&out, k->path, err))
        return false;
    rows_head_write(&k->head, out.stream);
    rows_write_names(k->space, out.stream);
    for (size_t p = 0; p < k->space->points; p++) {
        if (results[p].status != POINT_OPEN)
            rows_write(k->space, p, &results[p], out.stream);
    }
    if (!out_file_commit(&out, err))
        return false;
    if (k->stream) {
        sync_whole(k->path);
        unlink(k->side);
    }
    return true;
}

void keep_close(struct keep *k)
{
    struct stat st;

    if (k->stream && fstat(fileno(k->stream), &st) == 0 && st.st_size == 0) /* refused before it was begun */
        unlink(k->side);
    if (k->stream)
        fclose(k->stream);
    free(k->side);
    k->stream = NULL;
    k->side = NULL;
}
