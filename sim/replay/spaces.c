/* A hash that grows coarser where others grow larger. */
#include "sim/replay/spaces.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 65536u /* a power of two, more than twice the rows */
#define STEP_BITS 2

bool spaces_init(struct spaces *s)
{
    *s = (struct spaces){ .row = calloc(SPACES_ROWS_MAX, sizeof *s->row),
                          .slot = calloc(SLOTS, sizeof *s->slot),
                          .bits = 12 };
    return s->row && s->slot;
}

void spaces_free(struct spaces *s)
{
    free(s->row);
    free(s->slot);
}

static uint64_t mixed(uint64_t h, uint64_t value)
{
    h = (h ^ value) * 0x9E3779B97F4A7C15ULL; /* golden-ratio hashing */
    return h ^ h >> 29;
}

static uint32_t slot_of(const struct spaces_key *k)
{
    uint64_t who = (uint64_t)k->domain << 48 | (uint64_t)k->asid << 32 | (uint64_t)k->type << 16 | k->stages;

    return (uint32_t)(mixed(mixed(mixed(mixed(0, k->va), k->ipa), k->pa), who) >> 32) & (SLOTS - 1);
}

static bool same(const struct spaces_key *a, const struct spaces_key *b)
{
    return a->va == b->va && a->ipa == b->ipa && a->pa == b->pa && a->domain == b->domain && a->asid == b->asid &&
           a->type == b->type && a->stages == b->stages;
}

static void round_down(struct spaces_key *k, unsigned bits)
{
    uint64_t mask = bits < 64 ? ~0ULL << bits : 0;

    k->va &= mask;
    k->ipa &= mask;
    k->pa &= mask;
}

/* Returns NULL when it would be a new row and there is no room. */
static struct spaces_row *find(struct spaces *s, const struct spaces_key *key)
{
    for (uint32_t slot = slot_of(key);; slot = (slot + 1) & (SLOTS - 1)) {
        if (s->slot[slot] == 0) {
            if (s->count == SPACES_ROWS_MAX)
                return NULL;
            s->slot[slot] = ++s->count;
            s->row[s->count - 1] = (struct spaces_row){ .key = *key };
            return &s->row[s->count - 1];
        }
        if (same(&s->row[s->slot[slot] - 1].key, key))
            return &s->row[s->slot[slot] - 1];
    }
}

static void add(struct spaces_row *to, const struct spaces_row *from)
{
    to->fetches += from->fetches;
    to->data += from->data;
    to->walks += from->walks;
    to->leaves[0] |= from->leaves[0];
    to->leaves[1] |= from->leaves[1];
}

/* Rows move down in place: a row is made no later than it is read. */
static void coarsen_once(struct spaces *s)
{
    uint32_t count = s->count;

    s->bits += STEP_BITS;
    s->count = 0;
    memset(s->slot, 0, SLOTS * sizeof *s->slot);
    for (uint32_t i = 0; i < count; i++) {
        struct spaces_row row = s->row[i];

        round_down(&row.key, s->bits);
        add(find(s, &row.key), &row);
    }
}

void spaces_coarsen(struct spaces *s, uint32_t rows_max)
{
    while (s->count > rows_max && s->bits < 64)
        coarsen_once(s);
}

struct spaces_row *spaces_row(struct spaces *s, const struct spaces_key *key)
{
    struct spaces_key rounded = *key;
    struct spaces_row *row;

    round_down(&rounded, s->bits);
    row = find(s, &rounded);
    if (row)
        return row;
    spaces_coarsen(s, SPACES_ROWS_MAX / 2);
    round_down(&rounded, s->bits);
    row = find(s, &rounded);
    return row ? row : &s->rest;
}
