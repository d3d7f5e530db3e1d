/* Joining, splitting, aligning. */
#include "traces/readers/runs.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_MASK (TRACE_PAGE_BYTES - 1ULL)
#define WORD_MASK 3ULL
#define PIECE_MAX 64 /* bytes of one record */

/* What has been taken makes room first: the queue is rarely empty, and must not grow with the trace. */
static bool push(struct record_queue *q, const struct trace_rec *rec)
{
    if (q->count == q->room && q->at > 0) {
        q->count -= q->at;
        memmove(q->rec, q->rec + q->at, q->count * sizeof *q->rec);
        q->at = 0;
    }
    if (q->count == q->room) {
        size_t room = q->room ? 2 * q->room : 1024;
        struct trace_rec *bigger = realloc(q->rec, room * sizeof *bigger);

        if (!bigger)
            return false;
        q->rec = bigger;
        q->room = room;
    }
    q->rec[q->count++] = record_canonical(rec);
    return true;
}

bool runs_flush(struct runs *r)
{
    if (!r->open)
        return true;
    r->open = false;
    if (!push(&r->queue, &r->run))
        return false;
    for (size_t i = 0; i < r->data_count; i++)
        if (!push(&r->queue, &r->data[i]))
            return false;
    return true;
}

/* Without an instruction fetch to belong to, an access is a record of its own. */
static bool add_data(struct runs *r, const struct trace_rec *rec)
{
    if (!r->open || rec->core != r->run.core)
        return runs_flush(r) && push(&r->queue, rec);
    r->data[r->data_count++] = *rec;
    return r->data_count < RUNS_DATA_MAX || runs_flush(r);
}

static bool same_place(const struct trace_rec *run, const struct trace_rec *next)
{
    if (run->core != next->core || run->el != next->el || run->flags != next->flags)
        return false;
    return run->flags & REC_PA_UNKNOWN || next->pa - run->pa == next->va - run->va;
}

/* A part of an instruction that stays in its page: [rec->va, end), words of which rec has. */
static bool add_fetch(struct runs *r, struct trace_rec *rec, uint64_t begin, uint64_t end)
{
    uint64_t words_end = (end + WORD_MASK) & ~WORD_MASK;
    bool joins = r->open && begin == r->end && ((begin ^ r->run.va) & ~PAGE_MASK) == 0 && same_place(&r->run, rec);

    if (!joins) {
        if (!runs_flush(r))
            return false;
        r->run = *rec;
        r->open = true;
        r->data_count = 0;
    }
    r->run.n = (uint32_t)(words_end - r->run.va) / 4;
    r->end = end;
    r->word[rec->core] = (uint32_t)(rec->va - r->run.va);
    return true;
}

static struct trace_rec record_of(const struct foreign_access *a, uint64_t offset)
{
    struct trace_rec rec = {
        .op = a->op, .core = a->core, .el = a->el, .flags = a->flags, .type = a->type, .va = a->va + offset
    };
    bool same_page = ((rec.va ^ a->va) & ~PAGE_MASK) == 0;

    /* Where the next page lies is another matter. */
    if (!same_page)
        rec.flags |= REC_PA_UNKNOWN;
    rec.pa = rec.flags & REC_PA_UNKNOWN ? 0 : a->pa + offset;
    return rec;
}

bool runs_fetch(struct runs *r, const struct foreign_access *a)
{
    for (uint64_t done = 0, part; done < a->bytes; done += part) {
        struct trace_rec rec = record_of(a, done);
        uint64_t begin = rec.va, left = TRACE_PAGE_BYTES - (begin & PAGE_MASK);

        part = a->bytes - done < left ? a->bytes - done : left;
        rec.va &= ~WORD_MASK;
        if (!(rec.flags & REC_PA_UNKNOWN))
            rec.pa &= ~WORD_MASK;
        if (!add_fetch(r, &rec, begin, begin + part))
            return false;
    }
    return true;
}

bool runs_data(struct runs *r, const struct foreign_access *a)
{
    for (uint32_t done = 0, piece; done < a->bytes; done += piece) {
        struct trace_rec rec = record_of(a, done);
        uint32_t left = a->bytes - done;

        rec.size_log2 = (uint8_t)(31 - __builtin_clz(left < PIECE_MAX ? left : PIECE_MAX));
        piece = 1u << rec.size_log2;
        rec.n = r->word[a->core];
        if (!add_data(r, &rec))
            return false;
    }
    return true;
}

bool runs_record(struct runs *r, const struct trace_rec *rec)
{
    return runs_flush(r) && push(&r->queue, rec);
}

int runs_take(struct runs *r, struct trace_rec *recs, int cap)
{
    size_t count = r->queue.count - r->queue.at;

    if (count > (size_t)cap)
        count = (size_t)cap;
    if (count)
        memcpy(recs, r->queue.rec + r->queue.at, count * sizeof *recs);
    r->queue.at += count;
    return (int)count;
}

void runs_free(struct runs *r)
{
    free(r->queue.rec);
    memset(r, 0, sizeof *r);
}
