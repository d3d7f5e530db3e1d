/* The walk: levels, descriptor fetches through stage 2, checks in the order of the manual. */
#include "models/mmu/walk.h"

#include "models/mmu/check.h"

#include <assert.h>

/* Where a walk stands: the table of a level, and what the tables above demand. */
struct cursor {
    unsigned level;
    uint64_t table; /* address of the level's table */
    struct table_attr attr;
    bool table_is_pa;  /* the table came from the walk cache: its address is past stage 2 */
    struct memattr s2; /* stage 2 of the memory the table lies in, as the descriptor says */
};

/* The leaf a walk ended at. */
struct found {
    uint64_t desc;
    uint64_t oa; /* of the leaf's first byte */
    unsigned level;
    struct table_attr attr;
};

static struct step *add_step(struct steps *s, enum step_kind kind)
{
    assert(s->count < STEPS_MAX);
    s->step[s->count] = (struct step){ .kind = (uint8_t)kind };
    return &s->step[s->count++];
}

static uint64_t byte_swap(uint64_t x)
{
    x = (x & 0x00FF00FF00FF00FFULL) << 8 | (x >> 8 & 0x00FF00FF00FF00FFULL);
    x = (x & 0x0000FFFF0000FFFFULL) << 16 | (x >> 16 & 0x0000FFFF0000FFFFULL);
    return x << 32 | x >> 32;
}

/* A descriptor to fetch. */
struct place {
    unsigned level;
    pa_t pa;
    struct memattr attr;
};

/* Reads one descriptor. Returns false on an external abort. */
static bool fetch(struct walk *w, const struct ttw_params *p, const struct place *at, uint64_t *desc)
{
    struct step *s = add_step(w->steps, STEP_FETCH);

    s->stage = p->stage;
    s->level = (uint8_t)at->level;
    s->address = at->pa.v;
    s->attr = at->attr;
    s->hit = mem_read64(w->mem, at->pa, desc);
    if (s->hit && p->big_endian)
        *desc = byte_swap(*desc);
    s->desc = s->hit ? *desc : 0;
    return s->hit;
}

static struct tlb_tag tag_of(const struct regime *r, uint64_t va, enum tlb_holds holds, uint8_t size_bits)
{
    struct tlb_key k = tlb_key_of(r, va);

    return (struct tlb_tag){ .va = align_down(va, size_bits),
                             .asid = k.asid,
                             .vmid = k.vmid,
                             .regime = k.regime,
                             .stages = k.stages,
                             .holds = (uint8_t)holds,
                             .size_bits = size_bits,
                             .from_bits = size_bits };
}

/* What any walk of the stage ends in before its first fetch: registers that cannot be walked, then an input out of
 * range, then a base out of range; all at level 0 [Arm: D8.15.4 steps 2, 3]. */
static enum fault_type refuse(const struct ttw_params *p, bool in_range)
{
    if (p->refused == FAULT_TRANSLATION || !in_range)
        return FAULT_TRANSLATION;
    return (enum fault_type)p->refused;
}

/* One stage-2 walk from its root. */
static struct fault walk_stage2_tables(struct walk *w, ipa_t ipa, struct found *out)
{
    const struct ttw_params *p = &w->regime->s2;
    enum fault_type refused = refuse(p, ttw_in_range(p, ipa.v));
    uint64_t table = p->base;

    if (refused != FAULT_NONE)
        return fault_stage2(refused, 0, ipa);
    for (unsigned level = p->start_level;; level++) {
        struct place at = { level, PA(ttw_desc_address(p, level, table, ipa.v)), p->walk };
        uint64_t desc;
        enum desc_type type;

        if (!fetch(w, p, &at, &desc))
            return fault_stage2(FAULT_EXTERNAL_ON_WALK, level, ipa);
        type = ttw_desc_type(p, level, desc);
        if (type == DESC_INVALID)
            return fault_stage2(FAULT_TRANSLATION, level, ipa);
        table = ttw_desc_oa(p, level, type, desc);
        if (ttw_oa_out_of_range(p, table))
            return fault_stage2(FAULT_ADDRESS_SIZE, level, ipa);
        if (type == DESC_TABLE)
            continue;
        if (!bit(desc, DESC_AF))
            return fault_stage2(FAULT_ACCESS_FLAG, level, ipa);
        *out = (struct found){ .desc = desc, .oa = table, .level = level };
        return fault_none();
    }
}

/* Stage 2 of an IPA, by the IPA cache or a walk: *e is an entry that covers it. Every stage-2 need comes this way
 * [A53: 5.2.3]. */
static struct fault stage2(struct walk *w, ipa_t ipa, struct tlb_entry *e)
{
    const struct ttw_params *p = &w->regime->s2;
    struct found leaf;
    struct fault f;
    unsigned from;

    if (w->ipa_cache) {
        struct step *s = add_step(w->steps, STEP_IPA_CACHE);
        struct tlb_key key = { .va = ipa.v, .vmid = w->regime->vmid, .regime = w->regime->id, .stages = TLB_STAGE2 };
        unsigned probes;
        const struct tlb_entry *hit = tlb_find(w->ipa_cache, &key, &probes);

        s->address = ipa.v;
        s->stage = 2;
        s->probes = (uint8_t)probes;
        s->hit = hit != NULL;
        if (hit) {
            *e = *hit;
            return fault_none();
        }
    }
    f = walk_stage2_tables(w, ipa, &leaf);
    if (f.type != FAULT_NONE)
        return f;
    from = ttw_level_bits(p, leaf.level);
    e->tag = tag_of(w->regime, ipa.v, TLB_HOLDS_STAGE2, tlb_size_for(from));
    e->tag.asid = 0;
    e->tag.stages = TLB_STAGE2;
    e->tag.from_bits = (uint8_t)from;
    e->tag.global = true;
    e->stage2.pa = leaf.oa | align_down(ipa.v & low_mask(from), e->tag.size_bits);
    e->stage2.attr = attr_decode_stage2((unsigned)bits(leaf.desc, DESC_MemAttr), (unsigned)bits(leaf.desc, DESC_SH));
    e->stage2.perm = (uint8_t)ttw_leaf_perm_s2(leaf.desc);
    e->stage2.level = (uint8_t)leaf.level;
    if (w->ipa_cache)
        fill_put(w->ipa_cache, e, w->fills, FILL_IPA_CACHE);
    return fault_none();
}

static uint64_t stage2_pa(const struct tlb_entry *e, ipa_t ipa)
{
    return e->stage2.pa | (ipa.v & low_mask(e->tag.size_bits));
}

/* Stage 2 of a stage-1 descriptor's IPA: a data read whatever the access [Arm: S1Walk; A.g: CheckS2Permission]. */
static struct fault stage2_of_walk(struct walk *w, ipa_t ipa, struct tlb_entry *e)
{
    struct fault f = stage2(w, ipa, e);

    if (f.type == FAULT_NONE) {
        if (!(e->stage2.perm & PERM_S2_READ))
            f = fault_stage2(FAULT_PERMISSION, e->stage2.level, ipa);
        else if (w->regime->ptw && memattr_is_device(e->stage2.attr))
            f = fault_stage2(FAULT_PERMISSION, e->stage2.level, ipa); /* [Arm: HCR_EL2.PTW] */
    }
    f.s1ptw = f.type != FAULT_NONE;
    return f;
}

/* The attribute of a stage-1 descriptor fetch: SCTLR.C and HCR_EL2.CD act on it here, since no TLB may keep what they
 * said [Arm: S1Walk]. */
static struct memattr fetch_attr(const struct regime *r, const struct ttw_params *p, struct memattr s2)
{
    struct memattr s1 = regime_walk_attr(r, p);

    if (!r->stage2_on)
        return s1;
    /* without PTW the access is not made as Device but as Normal Non-cacheable [Arm: HCR_EL2.PTW] */
    if (memattr_is_device(s2))
        s2 = (struct memattr){ ATTR_NORMAL_NC, SH_OSH };
    return attr_combine(s1, regime_stage2_attr(r, s2, ACCESS_LOAD));
}

/* Keeps the pointer to a last-level table. The A53 keeps its PA [A53: Table 6-15], which says where the whole table is
 * only if one stage-2 mapping covers it [choice: else nothing is kept]. */
static void fill_walk_cache(struct walk *w, uint64_t va, const struct cursor *c, pa_t desc_pa, unsigned s2_size_bits)
{
    const struct ttw_params *p = &w->regime->s1[regime_half(w->regime, VA(va))];
    struct tlb_entry e = { .tag = tag_of(w->regime, va, TLB_HOLDS_TABLE, (uint8_t)ttw_level_bits(p, 2)) };

    if (!w->walk_cache || c->level == p->start_level || s2_size_bits < p->granule_bits)
        return;
    e.table = (struct tlb_table){ .pa = align_down(desc_pa.v, p->granule_bits), .attr = c->attr, .s2 = c->s2 };
    fill_put(w->walk_cache, &e, w->fills, FILL_WALK_CACHE);
}

/* Fetches the stage-1 descriptor of the cursor's level. */
static struct fault fetch_stage1(struct walk *w, const struct ttw_params *p, uint64_t va, struct cursor *c,
                                 uint64_t *desc)
{
    uint64_t address = ttw_desc_address(p, c->level, c->table, va);
    struct tlb_entry s2;
    unsigned s2_size_bits = 64;

    if (!c->table_is_pa) {
        if (w->regime->stage2_on) {
            struct fault f = stage2_of_walk(w, IPA(address), &s2);

            if (f.type != FAULT_NONE)
                return f;
            c->s2 = s2.stage2.attr;
            address = stage2_pa(&s2, IPA(address));
            s2_size_bits = s2.tag.size_bits;
        }
        if (c->level == 3)
            fill_walk_cache(w, va, c, PA(address), s2_size_bits);
    }
    if (!fetch(w, p, &(struct place){ c->level, PA(address), fetch_attr(w->regime, p, c->s2) }, desc))
        return fault_stage1(FAULT_EXTERNAL_ON_WALK, c->level);
    return fault_none();
}

/* Where the stage-1 walk begins: at the last level if the walk cache knows its table. */
static struct cursor first_cursor(struct walk *w, const struct ttw_params *p, uint64_t va)
{
    struct cursor c = { .level = p->start_level, .table = p->base };

    if (w->walk_cache && p->start_level < 3) {
        struct step *s = add_step(w->steps, STEP_WALK_CACHE);
        struct tlb_key key = tlb_key_of(w->regime, va);
        unsigned probes;
        const struct tlb_entry *hit = tlb_find(w->walk_cache, &key, &probes);

        s->probes = (uint8_t)probes;
        s->stage = 1;
        s->hit = hit != NULL;
        if (hit)
            c = (struct cursor){ 3, hit->table.pa, hit->table.attr, true, hit->table.s2 };
    }
    return c;
}

static struct fault walk_stage1(struct walk *w, uint64_t va, struct found *out)
{
    const struct regime *r = w->regime;
    unsigned half = regime_half(r, VA(va));
    const struct ttw_params *p = &r->s1[half];
    enum fault_type refused = refuse(p, ttw_in_range(p, half ? ~va : va));
    struct cursor c;

    if (refused != FAULT_NONE)
        return fault_stage1(refused, 0);
    for (c = first_cursor(w, p, va);; c.level++) {
        uint64_t desc;
        enum desc_type type;
        struct fault f = fetch_stage1(w, p, va, &c, &desc);

        if (f.type != FAULT_NONE)
            return f;
        type = ttw_desc_type(p, c.level, desc);
        if (type == DESC_INVALID)
            return fault_stage1(FAULT_TRANSLATION, c.level);
        c.table = ttw_desc_oa(p, c.level, type, desc);
        if (ttw_oa_out_of_range(p, c.table))
            return fault_stage1(FAULT_ADDRESS_SIZE, c.level);
        if (type == DESC_TABLE) {
            ttw_table_attr_add(&c.attr, desc, r->id == REGIME_EL10);
            continue;
        }
        if (!bit(desc, DESC_AF))
            return fault_stage1(FAULT_ACCESS_FLAG, c.level);
        *out = (struct found){ .desc = desc, .oa = c.table, .level = c.level, .attr = c.attr };
        return fault_none();
    }
}

/* Stage 1 of an access into the entry: tag, IPA, permissions, attribute. Returns how many bits its mapping spans in
 * *span. */
static struct fault stage1_into(struct walk *w, uint64_t va, struct tlb_entry *e, unsigned *span)
{
    const struct regime *r = w->regime;
    struct found leaf = { 0 };
    struct fault f;
    unsigned index;

    *e = (struct tlb_entry){ .tag = tag_of(r, va, TLB_HOLDS_LEAF, 12) };
    *span = 64;
    if (!r->stage1_on) {
        if (va >> PA_BITS != 0) /* the one fault of a disabled stage 1 [Arm: R_CVSBH, A.g: D4.2.8] */
            return fault_stage1(FAULT_ADDRESS_SIZE, 0);
        e->leaf.ipa = va;
        e->tag.global = true;
        return fault_none();
    }
    f = walk_stage1(w, va, &leaf);
    if (f.type != FAULT_NONE)
        return f;
    *span = ttw_level_bits(&r->s1[regime_half(r, VA(va))], leaf.level);
    index = (unsigned)bits(leaf.desc, DESC_AttrIndx);
    e->leaf.ipa = leaf.oa | (va & low_mask(*span));
    e->leaf.s1 = attr_decode_mair((unsigned)(r->mair >> 8 * index & 0xFF), (unsigned)bits(leaf.desc, DESC_SH));
    e->leaf.perm_s1 = (uint8_t)ttw_leaf_perm_s1(leaf.desc, leaf.attr, r->id == REGIME_EL10);
    e->leaf.level_s1 = (uint8_t)leaf.level;
    e->tag.global = r->id != REGIME_EL10 || !bit(leaf.desc, DESC_nG);
    return f;
}

struct fault walk_translate(struct walk *w, const struct access *a, bool stage1_only, struct tlb_entry *entry)
{
    const struct regime *r = w->regime;
    uint64_t va = regime_canonical_va(r, a->va);
    unsigned span, size = 64;
    struct fault f = stage1_into(w, va, entry, &span);

    if (f.type == FAULT_NONE)
        f = check_stage1(r, &entry->leaf, a);
    if (f.type != FAULT_NONE)
        return f;
    entry->leaf.pa = entry->leaf.ipa;
    if (r->stage2_on && !stage1_only) {
        ipa_t ipa = IPA(entry->leaf.ipa);
        struct tlb_entry s2;

        f = stage2(w, ipa, &s2);
        if (f.type != FAULT_NONE)
            return f;
        entry->leaf.pa = stage2_pa(&s2, ipa);
        entry->leaf.s2 = s2.stage2.attr;
        entry->leaf.perm_s2 = s2.stage2.perm;
        entry->leaf.level_s2 = s2.stage2.level;
        size = s2.tag.size_bits;
        f = check_stage2(r, &entry->leaf, a);
        if (f.type != FAULT_NONE)
            return f;
    }
    /* the entry is as large as the smaller of both mappings; maintenance by VA finds it by stage 1's block */
    size = tlb_size_for(span < size ? span : size);
    entry->tag.size_bits = (uint8_t)size;
    /* [choice: with stage 1 off by its own size, though R_LGSCG would have stage 2's 1 GB block go as a whole] */
    /* [choice: with stage 1 off by its own size; R_LGSCG would have the pieces of stage 2's 1 GB block go as one] */
    entry->tag.from_bits = (uint8_t)(span == 64 ? size : span);
    entry->tag.va = align_down(va, size);
    entry->leaf.ipa = align_down(entry->leaf.ipa, size);
    entry->leaf.pa = align_down(entry->leaf.pa, size);
    return f;
}
