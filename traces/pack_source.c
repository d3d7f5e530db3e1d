/* Bytes of a packed trace, from the file to payloads as they are stored. */
#include "traces/pack_source.h"
#include "traces/error.h"
#include "traces/text_utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define END_BLOCK_BYTES (PACK_BLOCK_HEAD_BYTES + PACK_END_BYTES)

/* Reads exactly `count` bytes. */
static bool get_bytes(struct pack_source *s, void *bytes, size_t count, const char *what, struct trace_error *err)
{
    size_t got = fread(bytes, 1, count, s->stream);
    uint64_t at = s->offset;

    s->offset += got;
    if (got == count)
        return true;
    if (ferror(s->stream))
        return error_set(err, "%s: cannot read at byte %" PRIu64 ": %s", s->path, at, strerror(errno));
    return error_set(err, "%s: truncated: %s at byte %" PRIu64 " wants %zu bytes, the file ends after %zu", s->path,
                     what, at, count, got);
}

static bool take_source(const struct pack_source *s, char *source, const uint8_t *text, uint32_t length,
                        struct trace_error *err)
{
    const char *problem;

    memcpy(source, text, length);
    source[length] = '\0';
    problem = strlen(source) == length ? text_utf8_source_problem(source) : "control character in the source text";
    return !problem || error_set(err, "%s: header damaged at byte %d: %s", s->path, PACK_HEAD_BYTES, problem);
}

static bool read_header(struct pack_source *s, char *source, struct trace_error *err)
{
    uint8_t head[PACK_HEAD_BYTES + PACK_SOURCE_MAX + 4];
    uint32_t version, length;
    size_t got = fread(head, 1, PACK_HEAD_BYTES, s->stream);

    s->offset = got;
    if (ferror(s->stream))
        return error_set(err, "%s: cannot read: %s", s->path, strerror(errno));
    if (got == 0)
        return error_set(err, "%s: empty file, not a packed trace (.swt)", s->path);
    if (got < PACK_HEAD_BYTES)
        return error_set(err, "%s: not a packed trace (.swt): the file ends at byte %zu, within the header", s->path,
                         got);
    if (memcmp(head, PACK_MAGIC, PACK_MAGIC_BYTES) != 0)
        return error_set(err, "%s: signature damaged at byte 0: was the file copied as text?", s->path);
    version = pack_get32(head + 8);
    if (version != PACK_VERSION)
        return error_set(err, "%s: format version %" PRIu32 " at byte 8: this program reads version %d", s->path,
                         version, PACK_VERSION);
    length = pack_get32(head + 12);
    if (length > PACK_SOURCE_MAX)
        return error_set(err, "%s: header damaged at byte 12: source text of %" PRIu32 " bytes", s->path, length);
    if (!get_bytes(s, head + PACK_HEAD_BYTES, length + 4, "header", err))
        return false;
    if (pack_get32(head + PACK_HEAD_BYTES + length) != crc32(0, head, PACK_HEAD_BYTES + length))
        return error_set(err, "%s: header damaged at byte 0: checksum differs", s->path);
    return take_source(s, source, head + PACK_HEAD_BYTES, length, err);
}

bool pack_source_open(struct pack_source *s, const char *path, FILE *stream, char *source, struct trace_error *err)
{
    struct stat st;

    memset(s, 0, sizeof *s);
    s->stream = stream;
    s->path = strdup(path);
    if (!s->path) {
        error_set(err, "%s: out of memory", path);
        pack_source_close(s);
        return false;
    }
    if (fstat(fileno(s->stream), &st) == 0 && S_ISREG(st.st_mode) && ftello(s->stream) == 0)
        s->bytes = (uint64_t)st.st_size;
    if (read_header(s, source, err))
        return true;
    pack_source_close(s);
    return false;
}

static bool block_head_valid(const uint8_t *head)
{
    return pack_get32(head + 20) == crc32(0, head, 20);
}

bool pack_source_totals(struct pack_source *s, uint8_t totals[PACK_END_BYTES])
{
    uint8_t end[END_BLOCK_BYTES];
    bool ok;

    if (s->bytes < s->offset + END_BLOCK_BYTES)
        return false;
    ok = fseeko(s->stream, (off_t)(s->bytes - END_BLOCK_BYTES), SEEK_SET) == 0 &&
         fread(end, 1, sizeof end, s->stream) == sizeof end && pack_get32(end) == PACK_END && block_head_valid(end) &&
         pack_get32(end + 16) == crc32(0, end + PACK_BLOCK_HEAD_BYTES, PACK_END_BYTES);
    if (fseeko(s->stream, (off_t)s->offset, SEEK_SET) != 0 || !ok)
        return false;
    memcpy(totals, end + PACK_BLOCK_HEAD_BYTES, PACK_END_BYTES);
    return true;
}

static bool damaged(const struct pack_source *s, const struct pack_block *b, const char *what, struct trace_error *err)
{
    return error_set(err, "%s: block at byte %" PRIu64 " is damaged: %s", s->path, b->offset, what);
}

static bool read_block_head(struct pack_source *s, struct pack_block *b, struct trace_error *err)
{
    uint8_t head[PACK_BLOCK_HEAD_BYTES];

    b->offset = s->offset;
    if (!get_bytes(s, head, sizeof head, "block header", err))
        return false;
    if (!block_head_valid(head))
        return damaged(s, b, "header checksum differs", err);
    b->kind = pack_get32(head);
    b->count = pack_get32(head + 4);
    b->raw_bytes = pack_get32(head + 8);
    b->stored_bytes = pack_get32(head + 12);
    b->crc = pack_get32(head + 16);
    if (b->kind != PACK_PAGES && b->kind != PACK_RECORDS && b->kind != PACK_END)
        return damaged(s, b, "unknown kind of block", err);
    if (b->raw_bytes > PACK_RAW_MAX || b->stored_bytes > b->raw_bytes)
        return damaged(s, b, "impossible length", err);
    return true;
}

/* A header may claim 4 MB in a file of 100 bytes. */
static bool payload_fits(const struct pack_source *s, const struct pack_block *b, struct trace_error *err)
{
    if (!s->bytes || b->stored_bytes <= s->bytes - s->offset)
        return true;
    return error_set(err, "%s: truncated: block at byte %" PRIu64 " wants %" PRIu64 " bytes more than the file has",
                     s->path, b->offset, b->stored_bytes - (s->bytes - s->offset));
}

bool pack_source_head(struct pack_source *s, struct pack_block *b, struct trace_error *err)
{
    memset(b, 0, sizeof *b);
    return read_block_head(s, b, err) && payload_fits(s, b, err);
}

bool pack_source_pass(struct pack_source *s, const struct pack_block *b, struct trace_error *err)
{
    s->offset += b->stored_bytes;
    if (fseeko(s->stream, (off_t)s->offset, SEEK_SET) == 0)
        return true;
    return error_set(err, "%s: cannot read: %s", s->path, strerror(errno));
}

static bool survey_blocks(struct pack_source *s, struct trace_error *err)
{
    struct pack_block b = { 0 };

    while (b.kind != PACK_END) {
        if (!pack_source_head(s, &b, err) || !pack_source_pass(s, &b, err))
            return false;
    }
    return pack_source_at_end(s, err);
}

bool pack_source_survey(struct pack_source *s, struct trace_error *err)
{
    uint64_t start = s->offset;
    bool ok = survey_blocks(s, err);

    s->offset = start;
    if (fseeko(s->stream, (off_t)start, SEEK_SET) != 0 && ok)
        return error_set(err, "%s: cannot read: %s", s->path, strerror(errno));
    return ok;
}

bool pack_source_payload(struct pack_source *s, const struct pack_block *b, struct pack_payload *p,
                         struct trace_error *err)
{
    if (!pack_payload_room(p, b))
        return error_set(err, "%s: out of memory", s->path);
    return get_bytes(s, p->stored, b->stored_bytes, "payload", err);
}

bool pack_source_at_end(struct pack_source *s, struct trace_error *err)
{
    if (getc(s->stream) == EOF && !ferror(s->stream))
        return true;
    return error_set(err, "%s: the trace ends at byte %" PRIu64 ", but the file goes on", s->path, s->offset);
}

void pack_source_close(struct pack_source *s)
{
    if (s->stream && s->stream != stdin)
        fclose(s->stream);
    free(s->path);
    memset(s, 0, sizeof *s);
}
