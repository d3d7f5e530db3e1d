/* Reads records and what belongs to each. */
#include "tools/capture/raw_read.h"

#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Returns 1, 0 when the file ends right here, -1 with *err filled. */
static int get(struct raw_reader *reader, void *bytes, size_t count)
{
    size_t got;

    errno = 0;
    got = fread(bytes, 1, count, reader->file);
    reader->next += got;
    if (got == count)
        return 1;
    if (ferror(reader->file))
        error_set(reader->err, "%s: cannot read at byte %" PRIu64 ": %s", reader->path, reader->next, strerror(errno));
    else if (got > 0)
        error_set(reader->err, "%s: truncated at byte %" PRIu64 ": capture again", reader->path, reader->next);
    else
        return 0;
    return -1;
}

bool raw_reader_open(struct raw_reader *reader, const char *path, struct trace_error *err)
{
    struct raw_head head = { 0 };

    *reader = (struct raw_reader){ .file = fopen(path, "rb"), .path = path, .err = err };
    if (!reader->file)
        return error_set(err, "%s: cannot open: %s", path, strerror(errno));
    if (get(reader, &head, sizeof head) == 1 && memcmp(head.magic, RAW_MAGIC, RAW_MAGIC_BYTES) == 0) {
        reader->ram_bytes = head.ram_bytes;
        return true;
    }
    error_set(err, "%s: does not begin as a raw capture of this version: capture again", path);
    raw_reader_close(reader);
    return false;
}

bool raw_reader_fail(const struct raw_reader *reader, const char *problem)
{
    return error_set(reader->err, "%s: record at byte %" PRIu64 ": %s", reader->path, reader->offset, problem);
}

static const char *problem_of(const struct raw_record *r)
{
    if (r->core >= TRACE_CORES_MAX)
        return "core number is not below 8";
    if (r->el > 3)
        return "exception level is above 3";
    if (r->type == RAW_DATA && (r->a & RAW_SIZE) > 4)
        return "access of more than 16 bytes";
    if (r->type == RAW_HIGH)
        return "upper half of no access";
    if (r->type < RAW_FETCH || r->type > RAW_EXCEPTION)
        return "unknown type of record";
    return NULL;
}

/* Reads what stands behind a record. Returns as get does; the end of the file is none here. */
static int get_rest(struct raw_reader *reader, struct raw_event *event)
{
    struct raw_record high = { 0 };
    int got = 1;

    if (event->r.type == RAW_CONTEXT)
        got = get(reader, event->words, sizeof event->words);
    else if (event->r.type == RAW_EXCEPTION)
        got = get(reader, event->words, RAW_EXCEPTION_WORDS * sizeof *event->words);
    else if (event->r.type == RAW_DATA && (event->r.a & RAW_SIZE) == 4)
        got = get(reader, &high, sizeof high);
    else
        return 1;
    if (got == 0 || (got == 1 && event->r.type == RAW_DATA && high.type != RAW_HIGH)) {
        raw_reader_fail(reader, "what belongs behind it is missing");
        return -1;
    }
    event->high = high.value;
    return got;
}

int raw_reader_next(struct raw_reader *reader, struct raw_event *event)
{
    const char *problem;
    int got;

    reader->offset = reader->next;
    got = get(reader, &event->r, sizeof event->r);
    if (got <= 0)
        return got;
    problem = problem_of(&event->r);
    if (!problem)
        return get_rest(reader, event);
    raw_reader_fail(reader, problem);
    return -1;
}

void raw_reader_close(struct raw_reader *reader)
{
    if (reader->file)
        fclose(reader->file);
    reader->file = NULL;
}
