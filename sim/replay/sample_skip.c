/* Records that nobody looks at, but for their events. */
#include "sim/replay/sample.h"

#include "sim/replay/replay_batch.h"
#include "sim/replay/replay_event.h"
#include "sim/trace/trace_record.h"

/* A record in full. Returns NULL, or why the trace cannot go on. */
static const char *odd_record(struct replay *r, const struct trace_rec *rec)
{
    const char *why = trace_record_refused(r->machine, rec);

    if (why)
        return why;
    if (rec->op > REC_ZVA)
        return replay_event(r, rec);
    replay_batch_count(&r->lane[LANE(rec->core, rec->el, rec->op)], rec->op == REC_FETCH ? rec->n : 1);
    r->sample->accesses_skipped++;
    return NULL;
}

const char *sample_skip(struct replay *r, uint32_t from, uint32_t to)
{
    const struct dense_block *b = r->block;
    uint32_t skipped = 0;

    for (uint32_t i = from; i < to; i++) {
        const uint32_t what = b->rec[i].what, fetch = (uint32_t)((int32_t)((what & 3) - 1) >> 31);
        struct trace_rec rec;
        const char *why;

        if (__builtin_expect((what & REPLAY_FAR_OFF) == 0 && (what >> DENSE_EL & 3) < 3 &&
                                 (what >> DENSE_CORE & 7) < r->machine->cluster.config.cores,
                             1)) {
            replay_batch_count(&r->lane[what & DENSE_LANE_MASK], (dense_n(what) & fetch) + 1);
            skipped++;
            continue;
        }
        rec = dense_get(b, i);
        r->record = r->block_start + i;
        why = odd_record(r, &rec);
        if (why)
            return why;
    }
    r->sample->accesses_skipped += skipped;
    r->record = r->block_start + to;
    return NULL;
}
