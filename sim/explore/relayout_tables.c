/* Places and words. */
#include "sim/explore/relayout_build.h"

#include "platforms/zynqmp/board.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAGE_BITS 12
#define PART_BITS 21 /* a guest's part: one block of 2 MB, unless the range is small */
#define OCM_BASE 0xFFFC0000ULL
#define OCM_BYTES 0x40000ULL
#define RANGE_BYTES_MAX (512ULL << 20) /* as much descriptor memory as a machine holds, half of it */

bool relayout_refuse(struct relayout_tables *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(t->why, LAYOUT_WHY_BYTES, format, args);
    va_end(args);
    return false;
}

/* ---- Where ---- */

/* Returns about how many bytes of tables the contexts need: an upper bound. */
static uint64_t estimate(const struct relayout_tables *t)
{
    uint64_t pages = 0;

    for (int i = 0; i < t->world->count; i++) {
        const struct context *c = &t->world->context[i];

        pages += 64;
        for (size_t k = 0; k < c->runs.count; k++)
            pages += (c->runs.run[k].bytes >> (PAGE_BITS + 9)) + 6;
        for (size_t k = 0; k < c->changing.count; k++)
            pages += ((c->changing.stretch[k].end - c->changing.stretch[k].ia) >> (PAGE_BITS + 9)) + 6;
    }
    return pages << PAGE_BITS;
}

static bool overlaps(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

/* True when a context maps a part of the range, or maps something to it: by IPAs, as what is below stage 2 counts. */
static bool maps(const struct context *c, uint64_t base, uint64_t bytes)
{
    bool by_ia = c->params.stage == 2, by_oa = c->params.stage == 2 || c->under == NO_CONTEXT;

    for (size_t k = 0; k < c->runs.count; k++) {
        const struct leaf_run *r = &c->runs.run[k];

        if ((by_ia && overlaps(r->ia, r->bytes, base, bytes)) || (by_oa && overlaps(r->oa, r->bytes, base, bytes)))
            return true;
    }
    for (size_t k = 0; by_ia && k < c->changing.count; k++) {
        const struct stretch *s = &c->changing.stretch[k];

        if (overlaps(s->ia, s->end - s->ia, base, bytes))
            return true;
    }
    return false;
}

/* True when a range is nobody's. */
static bool is_free(const struct relayout_tables *t, uint64_t base, uint64_t bytes, const uint8_t *been)
{
    const struct phys *old = &t->world->old->phys;

    for (uint64_t at = base >> PART_BITS; at <= (base + bytes - 1) >> PART_BITS; at++)
        if (been[at / 8] >> (at % 8) & 1)
            return false;
    for (int i = 0; i < t->world->count; i++)
        if (maps(&t->world->context[i], base, bytes))
            return false;
    for (uint32_t i = 0; i < old->count; i++)
        if (overlaps(old->page[i].pa, 1ULL << PAGE_BITS, base, bytes))
            return false;
    return true;
}

/* Seeks from the top of the board's RAM below 4 GB down, then from that above up. */
static bool find_range(struct relayout_tables *t, const struct board *board, uint64_t bytes, const uint8_t *been)
{
    unsigned ia_bits = PA_BITS;

    for (int i = 0; i < t->world->count; i++)
        if (t->world->context[i].params.stage == 2 && t->world->context[i].fresh.ia_bits < ia_bits)
            ia_bits = t->world->context[i].fresh.ia_bits;
    for (size_t i = 0; i < board->ram_count; i++) {
        uint64_t from = (board->ram[i].base + low_mask(PART_BITS)) & ~low_mask(PART_BITS);
        uint64_t room = board->ram[i].base + board->ram[i].bytes - from;

        for (uint64_t at = bytes; at <= room; at += 1ULL << PART_BITS) {
            uint64_t base = align_down(from + room - at, PART_BITS);

            if (base + bytes > 1ULL << ia_bits || base < from || !is_free(t, base, bytes, been))
                continue;
            t->base = base;
            t->end = base + bytes;
            return true;
        }
    }
    return relayout_refuse(t, "no %" PRIu64 " MB of RAM are free for its tables below the IPA size", bytes >> 20);
}

static bool in_memory(const struct board *b, uint64_t at)
{
    for (size_t i = 0; i < b->ram_count; i++)
        if (at - b->ram[i].base < b->ram[i].bytes)
            return true;
    return at - OCM_BASE < OCM_BYTES;
}

/* The range from an address on: to the end of what is free, at most as much as is needed. OCM may be mapped, as dom0's
 * is by Xen, but not used. */
static bool take_range(struct relayout_tables *t, const struct board *b, uint64_t bytes, const uint8_t *been)
{
    bool ocm = t->layout->tables == LAYOUT_OCM;
    uint64_t step = 1ULL << 16;

    if (!in_memory(b, t->base))
        return relayout_refuse(t, "tables=0x%" PRIx64 ": tables outside memory", t->base);
    for (t->end = t->base; t->end - t->base < bytes && in_memory(b, t->end); t->end += step) {
        uint64_t block = t->end >> PART_BITS;

        if (ocm ? been[block / 8] >> (block % 8) & 1 : !is_free(t, t->end, step, been))
            break;
    }
    if (t->end == t->base)
        return relayout_refuse(t, "tables=0x%" PRIx64 ": the trace uses memory there", t->base);
    for (int i = 0; i < t->world->count; i++) {
        const struct context *c = &t->world->context[i];

        if (c->params.stage == 2 && t->end > 1ULL << c->fresh.ia_bits)
            return relayout_refuse(t, "tables=0x%" PRIx64 " is above the IPA size of %u bits", t->base,
                                   c->fresh.ia_bits);
    }
    return true;
}

bool relayout_tables_place(struct relayout_tables *t, const uint8_t *been)
{
    uint64_t bytes = estimate(t), parts = 2;
    struct board board;
    bool good;

    for (int i = 0; i < t->world->count; i++)
        parts += t->world->context[i].params.stage == 2;
    bytes = ((bytes + low_mask(PART_BITS)) & ~low_mask(PART_BITS)) + (parts << PART_BITS);
    if (bytes > RANGE_BYTES_MAX)
        bytes = RANGE_BYTES_MAX;
    t->part_bytes = 1ULL << PART_BITS;
    t->base = t->layout->tables == LAYOUT_OCM ? OCM_BASE : t->layout->tables_at;
    good = board_zcu102(&board);
    if (good && t->layout->tables == LAYOUT_DDR)
        good = find_range(t, &board, bytes, been);
    else if (good)
        good = take_range(t, &board, bytes, been);
    board_free(&board);
    if (good && (t->end - t->base < parts << PART_BITS || (t->base & low_mask(PART_BITS)) != 0))
        t->part_bytes =
            1ULL << (t->layout->stage1.granule_bits == 16 || t->layout->stage2.granule_bits == 16 ? 16 : PAGE_BITS);
    t->next = t->base;
    return good;
}

/* Takes memory for a table, aligned to its size. */
static bool take(struct relayout_tables *t, struct context *c, uint64_t bytes, uint64_t *at)
{
    int guest = c->params.stage == 1 ? c->under : NO_CONTEXT;
    struct table_part *part = &t->part[guest == NO_CONTEXT ? CONTEXTS_MAX : guest];

    part->next = (part->next + bytes - 1) & ~(bytes - 1);
    if (part->end < part->next + bytes) {
        uint64_t taken = t->part_bytes > bytes ? t->part_bytes : bytes;
        uint64_t from = (t->next + taken - 1) & ~(taken - 1);

        if (from + taken > t->end || from + taken < from)
            return relayout_refuse(t, "the tables do not fit into the %" PRIu64 " KB at 0x%" PRIx64,
                                   (t->end - t->base) >> 10, t->base);
        t->next = from + taken;
        *part = (struct table_part){ from, from + taken };
        if (guest != NO_CONTEXT && !relayout_build_identity(t, &t->world->context[guest], from, taken))
            return false;
    }
    *at = part->next;
    part->next += bytes;
    c->told.tables += bytes < 1ULL << PAGE_BITS ? 1ULL << PAGE_BITS : bytes;
    return true;
}

/* ---- Words ---- */

static uint64_t in_memory_order(const struct context *c, uint64_t desc)
{
    return c->fresh.big_endian ? __builtin_bswap64(desc) : desc;
}

static uint64_t word_at(struct relayout_tables *t, const struct context *c, uint64_t pa)
{
    uint64_t desc = 0;

    if (phys_holds(&t->fresh->phys, PA(pa)))
        phys_read64(&t->fresh->phys, PA(pa), &desc);
    return in_memory_order(c, desc);
}

static bool put_word(struct relayout_tables *t, const struct context *c, uint64_t pa, uint64_t desc)
{
    const char *why;

    if (word_at(t, c, pa) == desc && phys_holds(&t->fresh->phys, PA(pa)))
        return true;
    why = machine_write64(t->fresh, PA(pa), in_memory_order(c, desc));
    if (why)
        return error_set(t->world->phrase, "%s", why);
    if (!t->writer)
        return true;
    t->word.op = REC_TABW;
    t->word.pa = pa;
    t->word.value = in_memory_order(c, desc);
    if (t->world->result->changes++ == RELAYOUT_CHANGED_MAX)
        return relayout_refuse(t, "it takes more than %u table words in the course of the trace", RELAYOUT_CHANGED_MAX);
    t->world->result->records++;
    return trace_write(t->writer, &t->word, t->world->err);
}

bool relayout_tables_root(struct relayout_tables *t, struct context *c)
{
    unsigned bits = c->fresh.root_bits + 3u;
    uint64_t bytes = 1ULL << (bits < PAGE_BITS ? PAGE_BITS : bits);

    return take(t, c, bytes, &c->fresh.base) && put_word(t, c, c->fresh.base, 0);
}

/* Makes the table below an entry: of a leaf, all that it maps, in smaller ones; of nothing, nothing. */
static bool make_table(struct relayout_tables *t, struct context *c, unsigned level, uint64_t entry, uint64_t *table)
{
    uint64_t was = word_at(t, c, entry);
    unsigned below = ttw_level_bits(&c->fresh, level + 1);

    if (!take(t, c, 1ULL << c->fresh.granule_bits, table))
        return false;
    for (uint64_t i = 0; bit(was, 0) && i < 1ULL << (c->fresh.granule_bits - 3); i++) {
        uint64_t leaf = (was & ~(1ULL << DESC_Contig)) + (i << below);

        if (!put_word(t, c, *table + 8 * i, leaf | (level + 1 == 3 ? 2 : 0)))
            return false;
    }
    return put_word(t, c, entry, *table | 3);
}

bool relayout_tables_put(struct relayout_tables *t, struct context *c, uint64_t ia, unsigned level, uint64_t leaf)
{
    uint64_t table = c->fresh.base;

    if (t->puts++ == RELAYOUT_BUILT_MAX)
        return relayout_refuse(t, "it takes more than %u leaves", RELAYOUT_BUILT_MAX);
    for (unsigned at = c->fresh.start_level; at < level; at++) {
        uint64_t entry = ttw_desc_address(&c->fresh, at, table, ia), desc = word_at(t, c, entry);

        if (ttw_desc_type(&c->fresh, at, desc) == DESC_TABLE) {
            table = ttw_desc_oa(&c->fresh, at, DESC_TABLE, desc);
            continue;
        }
        if (leaf == 0 && !bit(desc, 0))
            return true; /* nothing is there already */
        if (!make_table(t, c, at, entry, &table))
            return false;
    }
    return put_word(t, c, ttw_desc_address(&c->fresh, level, table, ia), leaf ? leaf | 1 | (level == 3 ? 2 : 0) : 0);
}
