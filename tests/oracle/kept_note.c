/* What may be kept of one translation, read off the walker's reads. See kept.h. */
#include <string.h>

#include "tests/oracle/kept_controls.h"
#include "tests/oracle/naive_try.h"

struct note {
    struct kept *kept;
    const struct naive_regs *regs;
    const struct naive_access *access;
    const struct naive_result *result;
    struct kept_entry frame; /* what all entries of this translation have in common */
    unsigned reads;
    bool full;
};

static bool same_entry(const struct kept_entry *a, const struct kept_entry *b)
{
    return a->kind == b->kind && a->el2 == b->el2 && a->s1_on == b->s1_on && a->s2_on == b->s2_on &&
           a->global == b->global && a->vmid == b->vmid && a->asid == b->asid && a->hit_bits == b->hit_bits &&
           a->drop_bits == b->drop_bits && a->hit_base == b->hit_base && a->drop_base == b->drop_base &&
           a->root1 == b->root1 && a->root2 == b->root2 && a->controls == b->controls && a->stale == b->stale &&
           a->read_count == b->read_count && memcmp(a->read, b->read, a->read_count * sizeof a->read[0]) == 0;
}

/* Adds the entry, which rests on the walker's reads [first, end), unless it is there. */
static void add(struct note *n, struct kept_entry e, unsigned first, unsigned end)
{
    struct kept *k = n->kept;

    e.controls = kept_controls(n->regs, &e);
    e.read_count = (uint8_t)(end - first);
    for (unsigned i = first; i < end; i++)
        e.read[i - first] = n->result->reads[i].pa;
    for (unsigned i = 0; i < k->count; i++) {
        if (same_entry(&k->entry[i], &e))
            return;
    }
    if (k->count == KEPT_MAX)
        n->full = true;
    else
        k->entry[k->count++] = e;
}

static void span(uint64_t address, unsigned size_bits, uint64_t *base, uint8_t *bits)
{
    *base = address >> size_bits << size_bits;
    *bits = (uint8_t)size_bits;
}

static unsigned lsb2(const struct note *n, unsigned level)
{
    return naive_index_lsb((enum naive_granule)n->frame.granule2, level);
}

static unsigned lsb1(const struct note *n, unsigned level)
{
    return naive_index_lsb((enum naive_granule)n->frame.granule1, level);
}

/* Faults that leave a leaf fit to be kept: it was read and is valid, but the access may not use it. [Arm: R_JVXRH] */
static bool leaf_may_stay(const struct naive_fault *fault)
{
    return fault->type == NAIVE_FAULT_NONE || fault->type == NAIVE_FAULT_PERMISSION ||
           fault->type == NAIVE_FAULT_ALIGNMENT;
}

/* The stage-2 walk that is reads [first, end). Returns whether it came to a leaf. */
static bool note_stage2(struct note *n, unsigned first, unsigned end)
{
    const struct naive_read *reads = n->result->reads;
    const bool leaf = end < n->reads || n->result->fault.stage != 2 || leaf_may_stay(&n->result->fault);
    struct kept_entry e = n->frame;

    e.global = true;
    for (unsigned i = first; i < end; i++) {
        if (i == end - 1 && !leaf)
            break;
        e.kind = i == end - 1 ? KEPT_S2_LEAF : KEPT_S2_TABLE;
        span(reads[i].input, lsb2(n, reads[i].level), &e.hit_base, &e.hit_bits);
        span(reads[i].input, lsb2(n, reads[i].level), &e.drop_base, &e.drop_bits);
        add(n, e, first, i + 1);
    }
    return leaf;
}

/* The table descriptor that is read i; reads up to `end` include stage 2 of the table it points to. */
static void note_table(struct note *n, unsigned i, unsigned end)
{
    struct kept_entry e = n->frame;

    e.kind = KEPT_TABLE;
    span(kept_canonical(e.el2, n->access->va), lsb1(n, n->result->reads[i].level), &e.hit_base, &e.hit_bits);
    span(kept_canonical(e.el2, n->access->va), lsb1(n, n->result->reads[i].level), &e.drop_base, &e.drop_bits);
    add(n, e, 0, end);
}

/* The leaf descriptor that is read i, alone or with the stage-2 leaf that is the last read. */
static void note_leaf(struct note *n, unsigned i, bool with_stage2)
{
    const uint64_t va = kept_canonical(n->frame.el2, n->access->va);
    const struct naive_read *reads = n->result->reads;
    unsigned bits = lsb1(n, reads[i].level);
    struct kept_entry e = n->frame;

    e.kind = KEPT_LEAF;
    span(va, bits, &e.drop_base, &e.drop_bits);
    if (with_stage2 && lsb2(n, reads[n->reads - 1].level) < bits)
        bits = lsb2(n, reads[n->reads - 1].level);
    span(va, bits, &e.hit_base, &e.hit_bits);
    add(n, e, 0, with_stage2 ? n->reads : i + 1);
}

/* Stage 1 off: the flat map, as far as the stage-2 leaf goes; maintenance has to name each 4 KB page. */
static void note_flat(struct note *n)
{
    const uint64_t va = kept_canonical(n->frame.el2, n->access->va);
    struct kept_entry e = n->frame;

    e.kind = KEPT_LEAF;
    e.global = true;
    span(va, 12, &e.drop_base, &e.drop_bits);
    span(va, lsb2(n, n->result->reads[n->reads - 1].level), &e.hit_base, &e.hit_bits);
    add(n, e, 0, n->reads);
}

static uint64_t descriptor_of(const struct note *n, unsigned i)
{
    const bool swapped = naive_bit(n->frame.el2 ? n->regs->sctlr_el2 : n->regs->sctlr_el1, 25) /* EE */;

    return swapped ? __builtin_bswap64(n->result->reads[i].value) : n->result->reads[i].value;
}

/* The stage-1 descriptor that is read i. Stage 2 of what it points to is reads (i, end), `stage2_done` if it came to a
 * leaf. */
static void note_stage1(struct note *n, unsigned i, unsigned end, bool stage2_done)
{
    const struct naive_fault *fault = &n->result->fault;
    const uint64_t d = descriptor_of(n, i);
    const bool last = end == n->reads;

    if (last && fault->stage == 1 && !leaf_may_stay(fault))
        return;
    if ((d & 3) == 3 && n->result->reads[i].level < 3) {
        note_table(n, i, stage2_done ? end : i + 1);
        return;
    }
    if (!n->frame.el2)
        n->frame.global = !naive_bit(d, 11);
    note_leaf(n, i, n->frame.s2_on && end > i + 1 && stage2_done);
    n->frame.global = n->frame.el2;
}

static void fill_frame(struct note *n)
{
    struct kept_entry *f = &n->frame;

    f->el2 = n->access->el == 2;
    f->s1_on = kept_stage1_on(n->regs, f->el2);
    f->s2_on = !f->el2 && kept_stage2_on(n->regs);
    f->global = f->el2;
    f->upper = !f->el2 && naive_bit(n->access->va, 55);
    f->granule1 = (uint8_t)(f->s1_on ? kept_granule1(n->regs, f->el2, f->upper) : 0);
    f->granule2 = (uint8_t)(f->s2_on ? kept_granule2(n->regs) : 0);
    f->vmid = f->el2 ? 0 : kept_vmid(n->regs);
    f->asid = f->el2 ? 0 : kept_asid(n->regs);
    f->root1 = f->s1_on ? kept_root1(n->regs, f->el2, f->upper) : 0;
    f->root2 = f->s2_on ? kept_root2(n->regs) : 0;
}

/* Returns the end of the run of stage-2 reads that begins at i. */
static unsigned stage2_end(const struct note *n, unsigned i)
{
    while (i < n->reads && n->result->reads[i].stage == 2)
        i++;
    return i;
}

bool kept_note(struct kept *k, const struct naive_regs *regs, const struct naive_access *access,
               const struct naive_result *result)
{
    struct note n = { k, regs, access, result, .reads = result->s1_reads + result->s2_reads };
    unsigned i, end;
    bool done;

    fill_frame(&n);
    i = stage2_end(&n, 0);
    done = i > 0 && note_stage2(&n, 0, i);
    if (done && i == n.reads && !n.frame.s1_on)
        note_flat(&n);
    while (i < n.reads) {
        end = stage2_end(&n, i + 1);
        done = end > i + 1 && note_stage2(&n, i + 1, end);
        note_stage1(&n, i, end, done);
        i = end;
    }
    return !n.full;
}
