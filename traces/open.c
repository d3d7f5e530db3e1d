/* The one door to traces: packed ones, those of others, those that are made, and a filter before any of them. */
#include "traces/error.h"
#include "traces/pack_format.h"
#include "traces/pack_read.h"
#include "traces/pack_totals.h"
#include "traces/readers/formats.h"
#include "traces/text_utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64

/* What a filter made that has not been read yet. */
struct filtered {
    struct trace_filter filter;
    bool begun, pages_ended, ended;
    int at, count; /* of out */
    int in_at, in_count;
    struct trace_rec in[BATCH];
    struct trace_rec out[TRACE_FILTER_MAX];
};

struct trace_reader {
    char *path;
    unsigned flags;
    struct pack_reader *pack; /* one of the three */
    struct foreign *foreign;
    struct trace_source source; /* read is NULL: not this one */
    struct filtered *filtered;  /* NULL: no filter */
    bool counting;              /* info is counted here, as records leave */
    bool failed, recovered;
    struct trace_info info;
    struct trace_error error;
};

static bool is_packed(FILE *stream, const char *format)
{
    int c;

    if (format)
        return strcmp(format, "swt") == 0;
    c = getc(stream);
    if (c != EOF)
        ungetc(c, stream);
    return c == (unsigned char)PACK_MAGIC[0] || c == EOF;
}

/* "lackey: sort.log.gz": the last part of the path, when it can stand in a source text. */
static void name_source(struct trace_reader *r, bool standard)
{
    const char *name = foreign_format(r->foreign)->name, *file = strrchr(r->path, '/');
    char text[PACK_SOURCE_MAX + 1];
    int length = snprintf(text, sizeof text, "%s: %s", name, file ? file + 1 : r->path);

    if (standard || length >= (int)sizeof text || text_utf8_source_problem(text))
        snprintf(text, sizeof text, "%s", name);
    memcpy(r->info.source, text, sizeof text);
}

static bool open_stream(struct trace_reader *r, const char *path, const char *format, struct trace_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *stream;

    r->path = strdup(standard ? "standard input" : path);
    stream = !r->path ? NULL : standard ? stdin : fopen(path, "rb");
    if (!stream)
        return error_set(err, "%s: cannot open: %s", path, strerror(errno));
    if (is_packed(stream, format)) {
        r->pack = pack_read_open(r->path, stream, r->flags, err);
        return r->pack != NULL;
    }
    r->foreign = foreign_open(r->path, stream, format, err);
    if (!r->foreign)
        return false;
    r->counting = true;
    name_source(r, standard);
    if (foreign_format(r->foreign)->one_core)
        r->info.core_mask = r->info.cores = 1;
    return true;
}

struct trace_reader *trace_open_as(const char *path, const char *format, unsigned flags, struct trace_error *err)
{
    struct trace_reader *r = calloc(1, sizeof *r);

    if (!r) {
        error_set(err, "%s: out of memory", path);
        return NULL;
    }
    r->flags = flags;
    if (open_stream(r, path, format, err))
        return r;
    trace_close(r);
    return NULL;
}

struct trace_reader *trace_open(const char *path, unsigned flags, struct trace_error *err)
{
    return trace_open_as(path, NULL, flags, err);
}

struct trace_reader *trace_open_source(const char *path, const struct trace_source *source, struct trace_error *err)
{
    struct trace_reader *r = calloc(1, sizeof *r);

    if (r)
        r->path = strdup(path);
    if (!r || !r->path) {
        source->close(source->context);
        free(r);
        error_set(err, "%.150s: out of memory", path);
        return NULL;
    }
    r->source = *source;
    r->counting = true;
    r->info.core_mask = source->core_mask;
    r->info.cores = (unsigned)__builtin_popcount(source->core_mask);
    snprintf(r->info.source, sizeof r->info.source, "%s", path);
    return r;
}

const char *trace_format_at(size_t i, const char **what)
{
    const struct reader_format *format = formats_at(i);

    if (format && what)
        *what = format->what;
    return format ? format->name : NULL;
}

const char *trace_get_format(const struct trace_reader *r)
{
    return r->pack ? "swt" : r->foreign ? foreign_format(r->foreign)->name : r->source.format;
}

bool trace_wants_tables(const struct trace_reader *r)
{
    return r->foreign && !foreign_format(r->foreign)->system;
}

bool trace_get_skip(const struct trace_reader *r, size_t i, struct trace_skip *skip)
{
    const struct foreign_skip *skips;

    if (!r->foreign || i >= foreign_get_skips(r->foreign, &skips))
        return false;
    *skip = (struct trace_skip){ skips[i].why, foreign_format(r->foreign)->entry_bytes ? "entry at byte" : "line",
                                 skips[i].count, skips[i].first };
    return true;
}

bool trace_set_filter(struct trace_reader *r, const struct trace_filter *filter)
{
    r->filtered = calloc(1, sizeof *r->filtered);
    if (!r->filtered) {
        filter->close(filter->context);
        return false;
    }
    if (r->pack && !r->counting) {
        memcpy(r->info.source, pack_read_info(r->pack)->source, sizeof r->info.source);
        r->counting = true;
    }
    r->filtered->filter = *filter;
    return true;
}

const char *trace_get_path(const struct trace_reader *r)
{
    return r->path;
}

const struct trace_info *trace_get_info(const struct trace_reader *r)
{
    return r->counting ? &r->info : pack_read_info(r->pack);
}

bool trace_totals_known(const struct trace_reader *r)
{
    return !r->counting && trace_bytes_total(r) != 0;
}

/* Reading is over because of r->error. Returns what the caller is to return. */
static int fail(struct trace_reader *r)
{
    r->recovered = r->flags & TRACE_RECOVER;
    r->failed = !r->recovered;
    return r->recovered ? 0 : -1;
}

static int read_input(struct trace_reader *r, struct trace_rec *recs, int cap)
{
    int got;

    if (r->pack)
        return pack_read_records(r->pack, recs, cap);
    if (r->source.read)
        return r->source.read(r->source.context, recs, cap);
    got = r->failed || r->recovered ? 0 : foreign_read(r->foreign, recs, cap);
    if (got >= 0)
        return got;
    r->error = *foreign_get_error(r->foreign);
    return fail(r);
}

/* Refills `out` from the next record. Returns 1, 0 at the end, -1 on failure. */
static int expand_next(struct trace_reader *r)
{
    struct filtered *f = r->filtered;
    const struct trace_rec *rec = NULL;

    if (f->begun && f->in_at == f->in_count) {
        f->in_at = 0;
        f->in_count = read_input(r, f->in, BATCH);
        if (f->in_count <= 0)
            return f->in_count;
    }
    if (f->begun)
        rec = &f->in[f->in_at++];
    f->begun = true;
    f->at = 0;
    f->count = f->filter.expand(f->filter.context, rec, f->out, &r->error);
    return f->count < 0 ? fail(r) : 1;
}

static int read_filtered(struct trace_reader *r, struct trace_rec *recs, int cap)
{
    struct filtered *f = r->filtered;
    int done = 0, more = 1;

    while (done < cap && !f->ended) {
        if (f->at < f->count) {
            recs[done++] = f->out[f->at++];
            continue;
        }
        f->at = f->count = 0;
        more = expand_next(r);
        f->ended = more <= 0;
    }
    /* What came before a failure is delivered first. */
    return done == 0 && r->failed ? -1 : done;
}

int trace_read_page(struct trace_reader *r, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES])
{
    struct filtered *f = r->filtered;
    int got;

    if (f && !f->pages_ended && f->filter.page) {
        got = f->filter.page(f->filter.context, pa, page, &r->error);

        if (got > 0)
            r->info.pages++;
        if (got < 0)
            return fail(r);
        if (got > 0)
            return 1;
    }
    if (f)
        f->pages_ended = true;
    if (!r->source.read)
        return r->pack ? pack_read_page(r->pack, pa, page) : 0;
    got = r->source.page(r->source.context, pa, page);
    r->info.pages += (uint64_t)got;
    return got;
}

int trace_read(struct trace_reader *r, struct trace_rec *recs, int cap)
{
    int got;

    if ((r->filtered && !r->filtered->pages_ended) || (r->source.read && r->info.records == 0)) {
        uint8_t page[TRACE_PAGE_BYTES];
        uint64_t pa;

        while (trace_read_page(r, &pa, page) > 0)
            continue;
    }
    if (r->failed)
        return -1;
    got = r->filtered ? read_filtered(r, recs, cap) : read_input(r, recs, cap);
    for (int i = 0; r->counting && i < got; i++)
        pack_totals_count(&r->info, &recs[i]);
    return got;
}

int trace_read_dense(struct trace_reader *r, struct dense_block *block)
{
    struct trace_rec recs[BATCH];
    int got = 1;

    if (r->pack && !r->filtered)
        return pack_read_dense(r->pack, block);
    block->count = block->odd_count = 0;
    while (block->count + BATCH <= DENSE_BLOCK && got > 0) {
        got = trace_read(r, recs, BATCH);
        for (int i = 0; i < got; i++)
            dense_add(block, &recs[i]);
    }
    return block->count > 0 ? (int)block->count : got;
}

uint64_t trace_skip(struct trace_reader *r, uint64_t records)
{
    struct trace_rec recs[BATCH];
    uint64_t done = 0;
    int got = 1;

    if (r->pack && !r->filtered)
        return pack_read_skip(r->pack, records);
    while (done < records && got > 0) {
        got = trace_read(r, recs, records - done < BATCH ? (int)(records - done) : BATCH);
        done += got > 0 ? (uint64_t)got : 0;
    }
    return done;
}

struct pack_reader *trace_get_pack(struct trace_reader *r)
{
    return r->filtered ? NULL : r->pack;
}

bool trace_recovered(const struct trace_reader *r)
{
    return r->recovered || (r->pack && pack_read_recovered(r->pack));
}

const struct trace_error *trace_get_error(const struct trace_reader *r)
{
    return r->pack && !r->failed && !r->recovered ? pack_read_error(r->pack) : &r->error;
}

uint64_t trace_bytes_done(const struct trace_reader *r)
{
    if (r->source.read)
        return r->source.done(r->source.context);
    return r->pack ? pack_read_bytes_done(r->pack) : foreign_bytes_done(r->foreign);
}

uint64_t trace_bytes_total(const struct trace_reader *r)
{
    if (r->source.read)
        return r->source.total;
    return r->pack ? pack_read_bytes_total(r->pack) : foreign_bytes_total(r->foreign);
}

void trace_close(struct trace_reader *r)
{
    if (!r)
        return;
    if (r->filtered)
        r->filtered->filter.close(r->filtered->filter.context);
    free(r->filtered);
    pack_read_close(r->pack);
    foreign_close(r->foreign);
    if (r->source.close)
        r->source.close(r->source.context);
    free(r->path);
    free(r);
}
