/* Slots, and chains by hash to find a key in. */
#include "sim/lint/upkeep_lists.h"

#include <stdlib.h>

#define FIRST_CAPACITY 1024u

bool copies_init(struct copies *c)
{
    *c = (struct copies){ .free = COPIES_NONE };
    c->bucket = calloc(COPIES_MAX, sizeof *c->bucket);
    c->head = calloc((size_t)COPIES_LISTS * COPIES_MAX, sizeof *c->head);
    return c->bucket && c->head;
}

void copies_free(struct copies *c)
{
    free(c->key);
    free(c->copy);
    free(c->link);
    free(c->bucket);
    free(c->head);
    *c = (struct copies){ 0 };
}

void copies_clear(struct copies *c)
{
    for (uint32_t i = 0; i < c->used; i++) {
        if (c->key[i].tag.valid)
            copies_drop(c, i);
    }
    c->used = 0;
    c->free = COPIES_NONE;
}

static uint32_t *bucket_of(const struct copies *c, const struct copy_key *k)
{
    const struct tlb_tag *t = &k->tag;
    uint64_t who = (uint64_t)t->asid << 32 | (uint64_t)t->vmid << 24 | (uint64_t)k->core << 16 |
                   (uint64_t)t->size_bits << 8 | (uint64_t)t->holds << 4 | (uint64_t)t->regime << 1 |
                   (uint64_t)t->global;

    return &c->bucket[lists_hash(t->va, who)];
}

/* What an answer is looked for by; what a copy was cut from says nothing. */
static bool same(const struct copy_key *a, const struct copy_key *b)
{
    return a->tag.va == b->tag.va && a->core == b->core && a->tag.asid == b->tag.asid && a->tag.vmid == b->tag.vmid &&
           a->tag.regime == b->tag.regime && a->tag.holds == b->tag.holds && a->tag.size_bits == b->tag.size_bits &&
           a->tag.stages == b->tag.stages && a->tag.global == b->tag.global;
}

uint32_t copies_find(const struct copies *c, const struct copy_key *key)
{
    uint32_t next = *bucket_of(c, key);

    while (next && !same(&c->key[next - 1], key))
        next = c->key[next - 1].next;
    return next ? next - 1 : COPIES_NONE;
}

/* Makes room for twice as many. Returns false when it cannot. */
static bool grow(struct copies *c)
{
    uint32_t capacity = c->capacity ? 2 * c->capacity : FIRST_CAPACITY;
    struct copy_key *key;
    struct copy *copy;
    struct copy_link *link;

    if (c->capacity >= COPIES_MAX)
        return false;
    key = realloc(c->key, capacity * sizeof *key);
    if (key)
        c->key = key;
    copy = realloc(c->copy, capacity * sizeof *copy);
    if (copy)
        c->copy = copy;
    link = realloc(c->link, (size_t)COPIES_NODES * capacity * sizeof *link);
    if (link)
        c->link = link;
    if (!key || !copy || !link)
        return false;
    c->capacity = capacity;
    return true;
}

/* Returns a slot to use, or COPIES_NONE. */
static uint32_t take_slot(struct copies *c)
{
    uint32_t i = c->free;

    if (i != COPIES_NONE) {
        c->free = c->key[i].next;
        return i;
    }
    if (c->used == c->capacity && !grow(c))
        return COPIES_NONE;
    return c->used++;
}

uint32_t copies_add(struct copies *c, const struct copy_key *key, const struct copy *copy)
{
    uint32_t *bucket = bucket_of(c, key), i = take_slot(c);

    if (i == COPIES_NONE) {
        c->no_room++;
        return i;
    }
    c->key[i] = *key;
    c->key[i].tag.valid = true;
    c->key[i].next = *bucket;
    c->copy[i] = *copy;
    *bucket = i + 1;
    lists_add(c, i);
    c->sizes[key->core][key->tag.holds][key->tag.size_bits & 63]++;
    c->present[key->core][key->tag.holds] |= 1ULL << (key->tag.size_bits & 63);
    if (++c->live > c->most)
        c->most = c->live;
    return i;
}

void copies_go(struct copies *c, uint32_t i, unsigned core, bool broadcast)
{
    struct copy_key *k = &c->key[i];

    if (broadcast) {
        k->going |= (uint8_t)(1u << core);
        slots_add(&c->going[core], i);
    } else {
        k->going_local = true;
        slots_add(&c->going_local[k->core], i);
    }
}

/* No maintenance takes it any more. */
static void stay(struct copies *c, uint32_t i)
{
    struct copy_key *k = &c->key[i];

    for (unsigned left = k->going; left; left &= left - 1)
        slots_remove(&c->going[__builtin_ctz(left)], i);
    if (k->going_local)
        slots_remove(&c->going_local[k->core], i);
    k->going = 0;
    k->going_local = false;
}

void copies_drop(struct copies *c, uint32_t i)
{
    struct copy_key *k = &c->key[i];
    uint32_t *link = bucket_of(c, k);

    while (*link != i + 1)
        link = &c->key[*link - 1].next;
    *link = k->next;
    if (--c->sizes[k->core][k->tag.holds][k->tag.size_bits & 63] == 0)
        c->present[k->core][k->tag.holds] &= ~(1ULL << (k->tag.size_bits & 63));
    stay(c, i);
    lists_remove(c, i);
    k->tag.valid = false;
    k->next = c->free;
    c->free = i;
    c->live--;
}

void copies_renew(struct copies *c, uint32_t i, const struct copy_key *key, const struct copy *copy)
{
    if (lists_span(key) != lists_span(&c->key[i])) { /* other lists; the slot is the first to be used again */
        copies_drop(c, i);
        copies_add(c, key, copy);
        return;
    }
    stay(c, i);
    c->key[i].tag.from_bits = key->tag.from_bits;
    c->key[i].last = key->last;
    lists_remove_words(c, i);
    c->copy[i] = *copy;
    lists_add_words(c, i);
}

bool copies_made_of(const struct copies *c, uint32_t i, uint64_t pa, unsigned *which)
{
    const struct copy_word *w = c->copy[i].word;

    if (!c->key[i].tag.valid)
        return false;
    *which = w[0].there && w[0].pa == pa ? 0 : 1;
    return w[*which].there && w[*which].pa == pa;
}

bool copies_matches(const struct copy_key *key, const struct tlbi *t)
{
    if (t->op == TLBI_IPAS2LE1 && !key->last) /* a stage-2 table is none of the last level's */
        return false;
    return tlbi_matches(t, &key->tag);
}
