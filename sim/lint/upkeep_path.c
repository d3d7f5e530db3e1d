/* Steps to words. */
#include "sim/lint/upkeep_path.h"

const struct ttw_params *path_params(const struct regime *r, const struct path_word *w)
{
    return w->stage == 2 ? &r->s2 : &r->s1[regime_half(r, VA(w->ia))];
}

unsigned path_span(const struct regime *r, const struct path_word *w)
{
    return ttw_level_bits(path_params(r, w), w->level);
}

/* What stage 2 is asked for next: the address of a stage-1 descriptor until the leaf has been read, then its output. */
struct next {
    uint64_t ipa;
    bool output;
};

static struct next first_of(const struct regime *r, uint64_t va)
{
    const struct ttw_params *s1 = &r->s1[regime_half(r, VA(va))];

    if (!r->stage1_on)
        return (struct next){ .ipa = va, .output = true };
    return (struct next){ .ipa = ttw_desc_address(s1, s1->start_level, s1->base, va) };
}

static struct next next_of(const struct ttw_params *s1, const struct path_word *w)
{
    enum desc_type type = ttw_desc_type(s1, w->level, w->desc);
    uint64_t oa = ttw_desc_oa(s1, w->level, type, w->desc);

    if (type == DESC_TABLE)
        return (struct next){ .ipa = ttw_desc_address(s1, w->level + 1u, oa, w->ia) };
    return (struct next){ .ipa = oa | (w->ia & low_mask(ttw_level_bits(s1, w->level))), .output = true };
}

static void add_ask(struct path *p, unsigned stage, uint64_t ia)
{
    p->ask[p->asked].stage = (uint8_t)stage;
    p->ask[p->asked++].ia = ia; /* 1 + 4 + 1 at most */
}

/* The fetches come in order: for each stage-1 descriptor those of its stage 2 before it, those of the output last. */
static void words_of(struct path *p, const struct regime *r, const struct steps *steps, uint64_t va)
{
    struct next next = first_of(r, va);

    p->count = p->asked = 0;
    if (r->stage1_on)
        add_ask(p, 1, va);
    if (r->stage2_on)
        add_ask(p, 2, next.ipa);
    p->s1 = p->s2 = -1;
    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];
        struct path_word *w = &p->word[p->count];

        if (s->kind != STEP_FETCH || !s->hit)
            continue;
        *w = (struct path_word){ .stage = s->stage, .level = s->level, .pa = s->address, .desc = s->desc };
        w->ia = s->stage == 1 ? va : next.ipa;
        w->last = ttw_desc_type(path_params(r, w), w->level, w->desc) == DESC_LEAF;
        if (s->stage == 1 && w->last)
            p->s1 = (int)p->count;
        if (s->stage == 2 && w->last && next.output)
            p->s2 = (int)p->count;
        if (s->stage == 1) {
            next = next_of(path_params(r, w), w);
            if (r->stage2_on && ttw_desc_type(path_params(r, w), w->level, w->desc) != DESC_INVALID)
                add_ask(p, 2, next.ipa);
        }
        p->count++;
    }
}

void path_walk(struct path *p, const struct regime *r, const struct mem_port *mem, const struct access *a)
{
    struct steps steps = { 0 };
    struct walk w = { .regime = r, .mem = mem, .steps = &steps };

    p->fault = walk_translate(&w, a, false, &p->entry);
    words_of(p, r, &steps, regime_canonical_va(r, a->va));
    /* what stage 1 refused was not taken to stage 2 */
    if (p->fault.type != FAULT_NONE && p->fault.stage == 1 && p->asked > 0 && p->ask[p->asked - 1].stage == 2 &&
        (p->count == 0 || p->word[p->count - 1].stage == 1))
        p->asked--;
}
