/* What all formats of others share: from bytes to lines and entries, from accesses to records. */
#include "traces/readers/foreign.h"
#include "traces/error.h"
#include "traces/lines.h"
#include "traces/pack_format.h"
#include "traces/readers/formats.h"
#include "traces/readers/runs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* U+FEFF, which some editors and spreadsheets put before a text */

struct foreign {
    const struct reader_format *format;
    const char *path;
    struct bytes in;
    struct runs runs;
    void *state;
    uint64_t place;   /* of the line or entry at hand */
    const char *line; /* NULL: an entry */
    uint64_t events;
    bool ended, failed;
    size_t skip_count;
    struct foreign_skip skip[FOREIGN_SKIPS_MAX];
    struct trace_error error;
};

/* ---- What formats call ------------------------------------------------------------------------------------------- */

bool foreign_fail(struct foreign *f, const char *at, const char *format, ...)
{
    char message[200];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (f->line)
        return lines_point(&(struct lines_place){ f->path, f->place, f->line }, at ? at : f->line, &f->error, message);
    return error_set(&f->error, "%.150s: entry at byte %" PRIu64 ": %s", f->path, f->place, message);
}

bool foreign_skip(struct foreign *f, const char *why)
{
    struct foreign_skip *s = f->skip;

    while (s < f->skip + f->skip_count && strcmp(s->why, why) != 0)
        s++;
    /* The last place is for all the rest. */
    if (s == f->skip + FOREIGN_SKIPS_MAX)
        s--;
    if (s == f->skip + f->skip_count) {
        *s = (struct foreign_skip){ why, 0, f->place };
        f->skip_count++;
    }
    s->count++;
    return true;
}

static bool no_memory(struct foreign *f)
{
    return error_set(&f->error, "%.150s: out of memory", f->path);
}

bool foreign_access(struct foreign *f, const struct foreign_access *a)
{
    uint64_t last = a->va + a->bytes - 1;

    if (a->bytes == 0 || a->bytes > FOREIGN_ACCESS_MAX)
        return foreign_fail(f, NULL, "access of %" PRIu32 " bytes: 1 to %d are read", a->bytes, FOREIGN_ACCESS_MAX);
    if (a->core >= TRACE_CORES_MAX)
        return foreign_fail(f, NULL, "core %u: cores 0 to %d are read", a->core, TRACE_CORES_MAX - 1);
    if (a->el > 3)
        return foreign_fail(f, NULL, "exception level %u: there are 0 to 3", a->el);
    if (last < a->va || (!f->format->system && (!foreign_canonical(a->va) || !foreign_canonical(last))))
        return foreign_skip(f, "access to a non-canonical address");
    f->events++;
    return (a->op == REC_FETCH ? runs_fetch(&f->runs, a) : runs_data(&f->runs, a)) || no_memory(f);
}

bool foreign_record(struct foreign *f, const struct trace_rec *rec)
{
    const char *problem = record_problem(rec);

    if (problem)
        return foreign_fail(f, NULL, "%s", problem);
    f->events++;
    return runs_record(&f->runs, rec) || no_memory(f);
}

void *foreign_state(struct foreign *f)
{
    return f->state;
}

uint64_t foreign_place(const struct foreign *f)
{
    return f->place;
}

/* ---- Lines and entries ------------------------------------------------------------------------------------------- */

/* Returns how a line is unfit to be shown and read, or NULL. */
static const char *unfit(const char *line, size_t length)
{
    const char *why = NULL;

    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\0')
            return "";
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            why = "line with control characters";
    }
    return why;
}

/* Takes the line of `length` bytes in the window, with or without a newline behind it. */
static bool take_line(struct foreign *f, size_t length)
{
    char *line = (char *)f->in.window + f->in.at;
    const char *why;

    if (length && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    if (f->place++ == 0 && strncmp(line, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
        line += strlen(BYTE_ORDER_MARK);
        length -= strlen(BYTE_ORDER_MARK);
    }
    why = unfit(line, length);
    f->line = why && *why == '\0' ? "" : line;
    if (why)
        return *why ? foreign_skip(f, why) : foreign_fail(f, NULL, "NUL byte: not a text file");
    return f->format->take_line(f, line);
}

/* Returns 1 after a line, 0 at the end, -1 on failure. */
static int next_line(struct foreign *f)
{
    long got = (long)(f->in.end - f->in.at);
    const uint8_t *end = got ? memchr(f->in.window + f->in.at, '\n', (size_t)got) : NULL;
    size_t length;
    bool good;

    if (!end) {
        got = bytes_want(&f->in, FOREIGN_LINE_MAX + 1, &f->error);
        if (got <= 0)
            return (int)got;
        end = memchr(f->in.window + f->in.at, '\n', (size_t)got);
    }
    length = end ? (size_t)(end - (f->in.window + f->in.at)) : (size_t)got;
    if (length > FOREIGN_LINE_MAX) {
        error_set(&f->error, "%.150s:%" PRIu64 ": line of more than %d bytes", f->path, f->place + 1, FOREIGN_LINE_MAX);
        return -1;
    }
    good = take_line(f, length);
    bytes_take(&f->in, length + (end != NULL));
    return good ? 1 : -1;
}

static int next_entry(struct foreign *f)
{
    size_t size = f->format->entry_bytes;
    long got = bytes_want(&f->in, size, &f->error);
    bool good;

    if (got <= 0)
        return (int)got;
    f->place = f->in.offset;
    if ((size_t)got < size) {
        foreign_fail(f, NULL, "truncated: wants %zu bytes, %ld are left", size, got);
        return -1;
    }
    good = f->format->take_entry(f, f->in.window + f->in.at);
    bytes_take(&f->in, size);
    return good ? 1 : -1;
}

/* At the end. An input without any event is refused: the format was hardly the right one. */
static int finish(struct foreign *f)
{
    uint64_t skipped = 0;

    if (f->format->finish && !f->format->finish(f))
        return -1;
    for (size_t i = 0; i < f->skip_count; i++)
        skipped += f->skip[i].count;
    if (f->events == 0) {
        error_set(&f->error, "%.150s: read as %s, it holds no access: %" PRIu64 " %s skipped", f->path, f->format->name,
                  skipped, f->format->entry_bytes ? "entries" : "lines");
        return -1;
    }
    return 0;
}

/* ---- The door's side --------------------------------------------------------------------------------------------- */

int foreign_read(struct foreign *f, struct trace_rec *recs, int cap)
{
    while (!f->ended && f->runs.queue.count - f->runs.queue.at < (size_t)cap) {
        int got = f->format->entry_bytes ? next_entry(f) : next_line(f);

        if (got == 0)
            got = finish(f);
        else if (got > 0)
            continue;
        f->ended = true;
        f->failed = got < 0;
        if (!runs_flush(&f->runs))
            f->failed = !no_memory(f);
    }
    /* What came before a failure is delivered first. */
    cap = runs_take(&f->runs, recs, cap);
    return cap == 0 && f->failed ? -1 : cap;
}

static bool unknown(struct foreign *f, long got, struct trace_error *err)
{
    if (got == 0)
        return error_set(err, "%s: empty file", f->path);
    if (got >= 4 && memcmp(f->in.window + f->in.at, PACK_MAGIC, 4) == 0)
        return error_set(err, "%s: a gzipped packed trace (.swt): it is compressed as it is, gunzip it", f->path);
    return error_set(
        err,
        "%.150s: not a packed trace (.swt): unknown signature at byte 0, nor a known format of others "
        "(`stagewalk trace --format list`); text is read by `trace pack`, a raw capture by `trace import DIR`",
        f->path);
}

static bool choose_format(struct foreign *f, const char *name, struct trace_error *err)
{
    char *head = (char *)f->in.window, last;
    long got = bytes_want(&f->in, FOREIGN_HEAD_BYTES, err);

    if (got < 0)
        return false;
    if (got > FOREIGN_HEAD_BYTES)
        got = FOREIGN_HEAD_BYTES;
    last = head[got];
    head[got] = '\0';
    f->format = name ? formats_by_name(name) : formats_by_content(head, (size_t)got);
    head[got] = last;
    if (!f->format && name)
        return error_set(err, "--format %.60s: unknown; `stagewalk trace --format list` lists them", name);
    if (!f->format)
        return unknown(f, got, err);
    f->state = calloc(1, f->format->state_bytes ? f->format->state_bytes : 1);
    return f->state || error_set(err, "%s: out of memory", f->path);
}

struct foreign *foreign_open(const char *path, FILE *stream, const char *name, struct trace_error *err)
{
    struct foreign *f = calloc(1, sizeof *f);

    if (!f) {
        error_set(err, "%s: out of memory", path);
        if (stream != stdin)
            fclose(stream);
        return NULL;
    }
    f->path = path;
    bytes_init(&f->in, path, stream);
    if (choose_format(f, name, err))
        return f;
    foreign_close(f);
    return NULL;
}

const struct reader_format *foreign_format(const struct foreign *f)
{
    return f->format;
}

const struct trace_error *foreign_get_error(const struct foreign *f)
{
    return &f->error;
}

size_t foreign_get_skips(const struct foreign *f, const struct foreign_skip **skips)
{
    *skips = f->skip;
    return f->skip_count;
}

uint64_t foreign_bytes_done(const struct foreign *f)
{
    return f->in.file_offset;
}

uint64_t foreign_bytes_total(const struct foreign *f)
{
    return f->in.file_bytes;
}

void foreign_close(struct foreign *f)
{
    if (!f)
        return;
    if (f->format && f->format->close && f->state)
        f->format->close(f->state);
    free(f->state);
    runs_free(&f->runs);
    bytes_close(&f->in);
    free(f);
}
