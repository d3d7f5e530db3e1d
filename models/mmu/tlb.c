/* The array: find, fill, invalidate. */
#include "models/mmu/tlb.h"

#include <assert.h>
#include <string.h>

/* 4 KB, 64 KB, 2 MB, 512 MB: the sizes of the long-descriptor format that the A53 stores [A53: Table 6-13] */
static const uint8_t size_bits[TLB_SIZES] = { 12, 16, 21, 29 };

static unsigned size_index(uint8_t bits)
{
    switch (bits) {
    case 12:
        return 0;
    case 16:
        return 1;
    case 21:
        return 2;
    }
    assert(bits == 29);
    return 3;
}

uint8_t tlb_size_for(unsigned bits)
{
    unsigned i = TLB_SIZES - 1;

    while (i > 0 && size_bits[i] > bits)
        i--;
    return size_bits[i];
}

/* Which sizes a look-up probes, in their order, follows from what is present and which answered last. */
static void line_up(struct tlb *t)
{
    t->sizes = 0;
    if (t->present[t->answered] > 0)
        t->order[t->sizes++] = (uint8_t)t->answered;
    for (unsigned size = 0; size < TLB_SIZES; size++) {
        if (t->present[size] > 0 && size != t->answered)
            t->order[t->sizes++] = (uint8_t)size;
    }
}

void tlb_init(struct tlb *t, const struct tlb_config *config)
{
    uint32_t sets = config->entries / config->ways;

    assert(config->entries <= TLB_ENTRIES_MAX && sets > 0 && (sets & (sets - 1)) == 0);
    t->ways = (uint16_t)config->ways;
    t->set_bits = 0;
    while (1u << t->set_bits < sets)
        t->set_bits++;
    for (int i = 0; i < TLB_SIZES; i++)
        t->present[i] = 0;
    t->answered = 0;
    line_up(t);
    for (uint32_t i = 0; i < config->entries; i++)
        t->entry[i].tag.valid = false;
    memset(t->tag, 0, sizeof t->tag);
    repl_init(&t->repl, &(struct repl_shape){ sets, config->ways, config->policy, config->seed }, t->use);
}

static uint32_t set_of(const struct tlb *t, uint64_t va, unsigned bits)
{
    return (uint32_t)(va >> bits & low_mask(t->set_bits));
}

/* What an entry is searched by, in one word: VA[55:12] that counts for the size, VMID, regime, stages, size [A53: 5.3].
 * A canonical VA has nothing to add above bit 55. */
static uint64_t word_of(uint64_t va, unsigned size, unsigned vmid, unsigned space)
{
    return (va >> size_bits[size] << size_bits[size] & low_mask(56)) >> 12 | (uint64_t)vmid << 44 |
           (uint64_t)space << 52 | (uint64_t)size << 56 | 1ULL << 63;
}

static unsigned space_of(unsigned regime, unsigned stages)
{
    return regime | stages << 2;
}

static uint64_t word_of_tag(const struct tlb_tag *tag)
{
    return word_of(tag->va, size_index(tag->size_bits), tag->vmid, space_of(tag->regime, tag->stages));
}

static bool is_for(const struct tlb_tag *tag, uint16_t asid)
{
    return tag->global || tag->asid == asid;
}

/* One probe: the first entry of a size that answers, or NULL. */
static const struct tlb_entry *probe(const struct tlb *t, const struct tlb_key *key, unsigned size)
{
    const uint32_t first = set_of(t, key->va, size_bits[size]) * t->ways, end = first + t->ways;
    const uint64_t word = word_of(key->va, size, key->vmid, space_of(key->regime, key->stages));
    const struct tlb_entry *e = NULL;

    for (uint32_t i = end; i-- > first;) /* through all ways: which one it is nobody can guess */
        e = t->tag[i] == word ? &t->entry[i] : e;
    if (!e || is_for(&e->tag, key->asid))
        return e;
    for (uint32_t i = (uint32_t)(e - t->entry) + 1; i < end; i++) {
        if (t->tag[i] == word && is_for(&t->entry[i].tag, key->asid))
            return &t->entry[i];
    }
    return NULL;
}

const struct tlb_entry *tlb_peek(const struct tlb *t, const struct tlb_key *key, unsigned *probes)
{
    const struct tlb_entry *e = NULL;

    *probes = 0;
    for (unsigned i = 0; i < t->sizes && !e; i++) {
        ++*probes;
        e = probe(t, key, t->order[i]);
    }
    *probes += *probes == 0;
    return e;
}

void tlb_use(struct tlb *t, const struct tlb_entry *e)
{
    const unsigned size = size_index(e->tag.size_bits);

    if (size != t->answered) {
        t->answered = size;
        line_up(t);
    }
    repl_touch(&t->repl, 0, (uint32_t)(e - t->entry));
}

const struct tlb_entry *tlb_find(struct tlb *t, const struct tlb_key *key, unsigned *probes)
{
    const struct tlb_entry *e = tlb_peek(t, key, probes);

    if (e)
        tlb_use(t, e);
    return e;
}

static bool same_tag(const struct tlb_tag *a, const struct tlb_tag *b)
{
    return a->valid && a->va == b->va && a->size_bits == b->size_bits && a->vmid == b->vmid && a->regime == b->regime &&
           a->stages == b->stages && (a->global || b->global || a->asid == b->asid);
}

/* A way with the same tag, else an invalid one, else the policy's victim. */
static uint32_t way_for(struct tlb *t, uint32_t set, const struct tlb_tag *tag)
{
    const struct tlb_entry *e = &t->entry[set * t->ways];
    uint32_t free_way = t->ways;

    for (uint32_t w = 0; w < t->ways; w++) {
        if (same_tag(&e[w].tag, tag))
            return w;
        if (!e[w].tag.valid && free_way == t->ways)
            free_way = w;
    }
    return free_way < t->ways ? free_way : repl_victim(&t->repl, set);
}

struct tlb_tag tlb_fill(struct tlb *t, const struct tlb_entry *entry)
{
    uint32_t set = set_of(t, entry->tag.va, entry->tag.size_bits);
    uint32_t way = way_for(t, set, &entry->tag);
    struct tlb_entry *e = &t->entry[set * t->ways + way];
    struct tlb_tag replaced = e->tag;

    replaced.valid = e->tag.valid && !same_tag(&e->tag, &entry->tag);
    if (e->tag.valid)
        t->present[size_index(e->tag.size_bits)]--;
    *e = *entry;
    e->tag.valid = true;
    t->tag[set * t->ways + way] = word_of_tag(&e->tag);
    t->present[size_index(e->tag.size_bits)]++;
    line_up(t);
    repl_touch(&t->repl, set, way);
    return replaced;
}

unsigned tlb_invalidate(struct tlb *t, const struct tlbi *op)
{
    uint32_t entries = (uint32_t)t->ways << t->set_bits;
    unsigned dropped = 0;

    for (uint32_t i = 0; i < entries; i++) {
        struct tlb_tag *tag = &t->entry[i].tag;

        if (!tlbi_matches(op, tag))
            continue;
        tag->valid = false;
        t->tag[i] = 0;
        t->present[size_index(tag->size_bits)]--;
        dropped++;
    }
    if (dropped > 0)
        line_up(t);
    return dropped;
}
