/* What is known of accesses (models/mmu/memo.h), and so need not be asked: nearly every record ends here. */
#pragma once

#include "sim/replay/replay.h"

/* False where data accesses leave the caches alone: then lines make no difference. */
static inline bool known_lines_count(const struct replay *r)
{
    return r->machine->cluster.config.data_accesses != 0;
}

/* Counts an access for its memory type, where lines count by how many it has, and the instructions of a fetch. */
static inline void known_count(struct replay *r, uint32_t lane, uint32_t cell, uint32_t what, bool lines)
{
    r->cell[cell + (lines ? dense_two(what) : 0)]++;
    r->run_units[lane] += dense_n(what) + 1;
}

/* True for an access that is known to be a micro-TLB and L1 hit at the PA that the trace has: nearly every record. Then
 * all that is left to do is to count it, which has been done. */
static inline __attribute__((always_inline)) bool known_access(struct replay *r, const struct cluster *c,
                                                               const struct dense *d, bool lines)
{
    const uint32_t what = d->what, lane = what & DENSE_ASK_MASK; /* of what is special nothing is known */
    const struct memo_page *p = cluster_known(c, lane, d->va);

    _Static_assert(LANES_ASKED == DENSE_ASK_MASK + 1, "all lanes can be asked for");
    if (__builtin_expect(p->key != cluster_key(d->va), 0) || __builtin_expect(p->page != d->page, 0) ||
        (lines && __builtin_expect(!memo_has_lines(cluster_known_lines(c, p), d->page, d->va, dense_two(what)), 0)))
        return false;
    known_count(r, lane, p->note, what, lines);
    return true;
}

/* True for a run of instructions in three lines or more, which is special for nothing else. A run does not leave its
 * page. */
static inline bool known_is_run(uint32_t what)
{
    const uint32_t other = 1u << DENSE_ODD | 3 | (uint32_t)(REC_UNPRIV | REC_PA_UNKNOWN) << DENSE_FLAGS;

    return (what & (other | 1u << DENSE_SPECIAL)) == 1u << DENSE_SPECIAL;
}

/* known_access of such a run. */
bool known_run(struct replay *r, const struct dense *d, bool lines);

/* True for an access whose page is known, so that its lines alone are asked for; or which misses its micro-TLB and is
 * granted by the main TLB, at the PA that the trace has. It has been made and counted. */
bool known_half(struct replay *r, const struct dense *d, bool lines);

/* What lasts, from `va` to `last`, will be known from now on. */
void known_let(struct replay *r, uint32_t lane, const struct utlb_entry *e, uint64_t va, uint64_t last);

/* The same of an access that has gone the long way, if it lasts. It was not unprivileged. */
void known_learn(struct replay *r, uint32_t lane, const struct access *a);

/* Brings what has been counted here to where all else is counted. */
void known_settle(struct replay *r, uint32_t lane);
