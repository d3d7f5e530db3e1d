/* Slots, chains by hash, and counts that spare searches. */
#include "sim/lint/upkeep_copies.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024u

bool copies_init(struct copies *c)
{
    *c = (struct copies){ .free = COPIES_NONE };
    c->bucket = malloc(COPIES_MAX * sizeof *c->bucket);
    c->words = calloc(COPIES_MAX, sizeof *c->words);
    if (!c->bucket || !c->words)
        return false;
    copies_clear(c);
    return true;
}

void copies_free(struct copies *c)
{
    free(c->key);
    free(c->copy);
    free(c->bucket);
    free(c->words);
    *c = (struct copies){ 0 };
}

void copies_clear(struct copies *c)
{
    c->used = c->live = 0;
    c->free = COPIES_NONE;
    memset(c->bucket, 0xFF, COPIES_MAX * sizeof *c->bucket);
    memset(c->words, 0, COPIES_MAX * sizeof *c->words);
    memset(c->sizes, 0, sizeof c->sizes);
    memset(c->present, 0, sizeof c->present);
}

static uint32_t hash(uint64_t x)
{
    return (uint32_t)(x * 0x9E3779B97F4A7C15ULL >> 48); /* COPIES_MAX values */
}

static uint32_t *bucket_of(const struct copies *c, const struct copy_key *k)
{
    const struct tlb_tag *t = &k->tag;
    uint64_t who = (uint64_t)t->asid << 32 | (uint64_t)t->vmid << 24 | (uint64_t)k->core << 16 |
                   (uint64_t)t->size_bits << 8 | (uint64_t)t->holds << 4 | (uint64_t)t->regime << 1 |
                   (uint64_t)t->global;

    return &c->bucket[hash(t->va ^ who * 0xD6E8FEB86659FD93ULL)];
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
    uint32_t i = *bucket_of(c, key);

    while (i != COPIES_NONE && !same(&c->key[i], key))
        i = c->key[i].next;
    return i;
}

/* Makes room for twice as many. Returns false when it cannot. */
static bool grow(struct copies *c)
{
    uint32_t capacity = c->capacity ? 2 * c->capacity : FIRST_CAPACITY;
    struct copy_key *key;
    struct copy *copy;

    if (c->capacity >= COPIES_MAX)
        return false;
    key = realloc(c->key, capacity * sizeof *key);
    if (key)
        c->key = key;
    copy = realloc(c->copy, capacity * sizeof *copy);
    if (copy)
        c->copy = copy;
    if (!key || !copy)
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

/* Counts the words of a copy that comes (1) or goes (-1). */
static void count_words(struct copies *c, const struct copy *copy, int by)
{
    for (int w = 0; w < 2; w++) {
        if (copy->word[w].there)
            c->words[hash(copy->word[w].pa >> 3)] += (uint32_t)by;
    }
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
    *bucket = i;
    count_words(c, copy, 1);
    c->sizes[key->core][key->tag.holds][key->tag.size_bits & 63]++;
    c->present[key->core][key->tag.holds] |= 1ULL << (key->tag.size_bits & 63);
    if (++c->live > c->most)
        c->most = c->live;
    return i;
}

void copies_drop(struct copies *c, uint32_t i)
{
    struct copy_key *k = &c->key[i];
    uint32_t *link = bucket_of(c, k);

    while (*link != i)
        link = &c->key[*link].next;
    *link = k->next;
    if (--c->sizes[k->core][k->tag.holds][k->tag.size_bits & 63] == 0)
        c->present[k->core][k->tag.holds] &= ~(1ULL << (k->tag.size_bits & 63));
    count_words(c, &c->copy[i], -1);
    k->tag.valid = false;
    k->next = c->free;
    c->free = i;
    c->live--;
}

bool copies_may_hold(const struct copies *c, uint64_t pa)
{
    return c->words[hash(pa >> 3)] != 0;
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
