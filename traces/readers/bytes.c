/* Plain or gzipped bytes through one window. */
#include "traces/readers/bytes.h"
#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define GZIP_OR_NOTHING (16 + MAX_WBITS)

/* Compressions and containers that are not read here, by their first bytes, with what to do. */
static const struct {
    const char *magic;
    size_t length;
    const char *name, *remedy;
} others[] = {
    { "\xfd"
      "7zXZ\0",
      6, "xz", "xz -dc FILE | stagewalk ... -" },
    { "\x28\xb5\x2f\xfd", 4, "zstd", "zstd -dc FILE | stagewalk ... -" },
    { "BZh", 3, "bzip2", "bzip2 -dc FILE | stagewalk ... -" },
    { "PK\x03\x04", 4, "a zip archive", "unzip -p FILE | stagewalk ... -" },
};

void bytes_init(struct bytes *b, const char *path, FILE *stream)
{
    struct stat st;

    memset(b, 0, offsetof(struct bytes, chunk));
    b->path = path;
    b->stream = stream;
    if (fstat(fileno(stream), &st) == 0 && S_ISREG(st.st_mode))
        b->file_bytes = (uint64_t)st.st_size;
}

/* Reads on in the file when nothing of it is left. Returns false on a read error; at its end chunk stays empty. */
static bool read_chunk(struct bytes *b, struct trace_error *err)
{
    if (b->chunk_at < b->chunk_end)
        return true;
    b->chunk_at = 0;
    b->chunk_end = fread(b->chunk, 1, sizeof b->chunk, b->stream);
    b->file_offset += b->chunk_end;
    if (b->chunk_end == 0 && ferror(b->stream))
        return error_set(err, "%s: cannot read at byte %" PRIu64 ": %s", b->path, b->file_offset, strerror(errno));
    return true;
}

static bool refuse_other(const struct bytes *b, struct trace_error *err)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (b->chunk_end >= others[i].length && memcmp(b->chunk, others[i].magic, others[i].length) == 0)
            return error_set(err, "%s: %s at byte 0: of compressed traces gzip alone is read; `%s` (%s) does", b->path,
                             others[i].name, others[i].remedy, "- is standard input");
    }
    return true;
}

/* Looks at the first bytes of the file. */
static bool begin(struct bytes *b, struct trace_error *err)
{
    if (!read_chunk(b, err) || !refuse_other(b, err))
        return false;
    b->gzipped = b->chunk_end >= 2 && b->chunk[0] == 0x1f && b->chunk[1] == 0x8b;
    if (b->gzipped && inflateInit2(&b->inflate, GZIP_OR_NOTHING) != Z_OK)
        return error_set(err, "%s: out of memory", b->path);
    b->inflating = b->gzipped;
    return true;
}

static uint64_t file_at(const struct bytes *b)
{
    return b->file_offset - (b->chunk_end - b->chunk_at);
}

/* After the end of a gzip member: another may follow, as of `cat a.gz b.gz`. */
static bool next_member(struct bytes *b, struct trace_error *err)
{
    if (!read_chunk(b, err))
        return false;
    b->ended = b->chunk_at == b->chunk_end;
    if (!b->ended && b->chunk[b->chunk_at] != 0x1f)
        return error_set(err, "%s: gzip ends at byte %" PRIu64 ", but the file goes on", b->path, file_at(b));
    inflateReset(&b->inflate);
    return true;
}

static bool fill_inflated(struct bytes *b, struct trace_error *err)
{
    z_stream *z = &b->inflate;
    int code;

    if (b->chunk_at == b->chunk_end)
        return error_set(err, "%s: truncated: the file ends at byte %" PRIu64 " within gzip", b->path, b->file_offset);
    z->next_in = b->chunk + b->chunk_at;
    z->avail_in = (uInt)(b->chunk_end - b->chunk_at);
    z->next_out = b->window + b->end;
    z->avail_out = (uInt)(BYTES_WINDOW - b->end);
    code = inflate(z, Z_NO_FLUSH);
    b->chunk_at = b->chunk_end - z->avail_in;
    b->end = BYTES_WINDOW - z->avail_out;
    if (code == Z_STREAM_END)
        return next_member(b, err);
    if (code != Z_OK)
        return error_set(err, "%s: gzip is damaged before byte %" PRIu64 ": %s", b->path, file_at(b),
                         z->msg ? z->msg : "cannot inflate");
    return true;
}

static void fill_plain(struct bytes *b)
{
    size_t room = BYTES_WINDOW - b->end, count = b->chunk_end - b->chunk_at;

    if (count > room)
        count = room;
    memcpy(b->window + b->end, b->chunk + b->chunk_at, count);
    b->chunk_at += count;
    b->end += count;
    b->ended = count == 0 && room > 0;
}

long bytes_want(struct bytes *b, size_t count, struct trace_error *err)
{
    if (b->file_offset == 0 && !b->ended && !begin(b, err))
        return -1;
    if (b->at + count > BYTES_WINDOW) {
        memmove(b->window, b->window + b->at, b->end - b->at);
        b->end -= b->at;
        b->at = 0;
    }
    while (b->end - b->at < count && !b->ended) {
        if (!read_chunk(b, err))
            return -1;
        if (!b->gzipped)
            fill_plain(b);
        else if (!fill_inflated(b, err))
            return -1;
    }
    return (long)(b->end - b->at);
}

void bytes_take(struct bytes *b, size_t count)
{
    b->at += count;
    b->offset += count;
}

void bytes_close(struct bytes *b)
{
    if (b->inflating)
        inflateEnd(&b->inflate);
    if (b->stream && b->stream != stdin)
        fclose(b->stream);
    b->inflating = false;
    b->stream = NULL;
}
