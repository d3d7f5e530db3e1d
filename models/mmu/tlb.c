/* The array: find, fill, invalidate. */
#include "models/mmu/tlb.h"

#include <assert.h>
#include <string.h>

/* 4 KB, 64 KB, 2 MB, 512 MB: the sizes of the long-descriptor format that the A53 stores [A53: Table 6-13] */
static const uint8_t size_bits[TLB_SIZES] = { 12, 16, 21, 29 };

static unsigned size_index(uint8_t bits)
{
    static const uint8_t index[] = { [12] = 1, [16] = 2, [21] = 3, [29] = 4 };

    assert(bits < sizeof index && index[bits] > 0);
    return index[bits] - 1u;
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
    for (unsigned first = 0; first < TLB_SIZES; first++) {
        struct tlb_order *o = &t->order[first];

        o->count = 0;
        if (t->present[first] > 0)
            o->size[o->count++] = (uint8_t)first;
        for (unsigned size = 0; size < TLB_SIZES; size++) {
            if (t->present[size] > 0 && size != first)
                o->size[o->count++] = (uint8_t)size;
        }
        for (uint8_t i = 0; i < o->count; i++)
            o->probes[o->size[i]] = (uint8_t)(i + 1);
    }
}

/* An entry of a size comes, or goes. */
static void come(struct tlb *t, unsigned size)
{
    if (t->present[size]++ == 0)
        line_up(t);
}

static void go(struct tlb *t, unsigned size)
{
    t->changes++;
    if (--t->present[size] == 0)
        line_up(t);
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
    t->changes = 0;
    t->watched = t->doubled = false;
    line_up(t);
    for (uint32_t i = 0; i < config->entries; i++)
        t->entry[i].tag.valid = false;
    memset(t->tag, 0, sizeof t->tag);
    repl_init(&t->repl, &(struct repl_shape){ sets, config->ways, config->policy, config->seed }, t->use);
}

static uint32_t set_of(const struct tlb *t, uint64_t va, unsigned bits)
{
    return (uint32_t)(va >> bits) & ((1u << t->set_bits) - 1);
}

/* The parts of an entry's word that are not the VA's: see struct tlb. */
static uint64_t word_of(unsigned vmid, unsigned regime, unsigned stages)
{
    return (uint64_t)vmid << 44 | (uint64_t)(regime | stages << 2) << 52 | 1ULL << 63;
}

/* And these are. */
static uint64_t word_of_va(uint64_t va, unsigned size)
{
    const unsigned bits = size_bits[size];

    return (va >> bits << bits & low_mask(56)) >> 12 | (uint64_t)size << TLB_WORD_SIZE;
}

static uint64_t word_of_tag(const struct tlb_tag *tag)
{
    return word_of(tag->vmid, tag->regime, tag->stages) | word_of_va(tag->va, size_index(tag->size_bits));
}

static bool is_for(const struct tlb_tag *tag, uint16_t asid)
{
    return tag->global || tag->asid == asid;
}

/* One way of a set after the other, from a first one on: the first that has the word and is for the ASID, or NULL. */
static const struct tlb_entry *search(const struct tlb *t, uint32_t from, uint32_t to, uint64_t word, uint16_t asid)
{
    for (uint32_t i = from; i < to; i++) {
        if (t->tag[i] == word && is_for(&t->entry[i].tag, asid))
            return &t->entry[i];
    }
    return NULL;
}

/* One probe: the first entry of a size that answers, or NULL. `word`: word_of, of the key. */
static inline const struct tlb_entry *probe(const struct tlb *t, const struct tlb_key *key, uint64_t word,
                                            unsigned size)
{
    const uint32_t first = set_of(t, key->va, size_bits[size]) * t->ways;
    const uint64_t *tag = &t->tag[first];
    uint32_t way = UINT32_MAX;

    word |= word_of_va(key->va, size);
    if (__builtin_expect(t->ways != 4, 0))
        return search(t, first, first + t->ways, word, key->asid);
    for (uint32_t i = 4; i-- > 0;) /* through all ways: which one it is nobody can guess */
        way = tag[i] == word ? i : way;
    if (way > 3)
        return NULL;
    if (__builtin_expect(is_for(&t->entry[first + way].tag, key->asid), 1))
        return &t->entry[first + way];
    return search(t, first + way + 1, first + 4, word, key->asid);
}

const struct tlb_entry *tlb_peek(const struct tlb *t, const struct tlb_key *key, unsigned *probes)
{
    const uint64_t word = word_of(key->vmid, key->regime, key->stages);
    const struct tlb_order *order = &t->order[t->answered];

    for (unsigned i = 0; i < order->count; i++) {
        const struct tlb_entry *e = probe(t, key, word, order->size[i]);

        if (e) {
            *probes = i + 1;
            return e;
        }
    }
    *probes = order->count ? order->count : 1u;
    return NULL;
}

const struct tlb_entry *tlb_find(struct tlb *t, const struct tlb_key *key, unsigned *probes)
{
    const struct tlb_entry *e = tlb_peek(t, key, probes);

    if (e)
        tlb_use(t, (uint32_t)(e - t->entry));
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

/* True when the entries at two places may answer for one address. */
static bool meet(const struct tlb *t, uint32_t a, uint32_t b)
{
    const unsigned size_a = tlb_size_at(t, a), size_b = tlb_size_at(t, b);
    const unsigned below = size_bits[size_a > size_b ? size_a : size_b] - 12u; /* bits of the word within the larger */
    const uint64_t counts = ~(3ULL << TLB_WORD_SIZE | low_mask(below));

    return ((t->tag[a] ^ t->tag[b]) & counts) == 0 &&
           (t->entry[a].tag.global || is_for(&t->entry[b].tag, t->entry[a].tag.asid));
}

/* True when the entry at a place meets another. */
static bool is_doubled(const struct tlb *t, uint32_t place)
{
    const unsigned own = tlb_size_at(t, place);

    for (unsigned size = 0; size < TLB_SIZES; size++) {
        const bool smaller = size < own; /* of which any set may have some in it */
        const uint32_t first = smaller ? 0 : set_of(t, t->entry[place].tag.va, size_bits[size]) * t->ways;
        const uint32_t end = smaller ? (uint32_t)t->ways << t->set_bits : first + t->ways;

        for (uint32_t i = first; t->present[size] > 0 && i < end; i++) {
            if (i != place && meet(t, place, i))
                return true;
        }
    }
    return false;
}

struct tlb_tag tlb_fill(struct tlb *t, const struct tlb_entry *entry)
{
    uint32_t set = set_of(t, entry->tag.va, entry->tag.size_bits);
    uint32_t way = way_for(t, set, &entry->tag);
    struct tlb_entry *e = &t->entry[set * t->ways + way];
    struct tlb_tag replaced = e->tag;

    replaced.valid = e->tag.valid && !same_tag(&e->tag, &entry->tag);
    if (e->tag.valid)
        go(t, size_index(e->tag.size_bits));
    *e = *entry;
    e->tag.valid = true;
    t->tag[set * t->ways + way] = word_of_tag(&e->tag);
    come(t, size_index(e->tag.size_bits));
    if (t->watched && !t->doubled && is_doubled(t, set * t->ways + way)) {
        t->doubled = true;
        t->changes++;
    }
    repl_touch(&t->repl, set, way);
    return replaced;
}

unsigned tlb_invalidate(struct tlb *t, const struct tlbi *op)
{
    uint32_t entries = (uint32_t)t->ways << t->set_bits;
    unsigned dropped = 0;

    for (uint32_t i = 0; i < entries; i++) {
        struct tlb_tag *tag = &t->entry[i].tag;

        if (t->tag[i] == 0 || !tlbi_matches(op, tag))
            continue;
        tag->valid = false;
        t->tag[i] = 0;
        go(t, size_index(tag->size_bits));
        dropped++;
    }
    t->doubled &= t->order[0].count > 0;
    return dropped;
}
