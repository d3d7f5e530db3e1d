/* Two bounded hashes, and their rows under names. */
#include "sim/replay/hot.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * (HOT_ROWS + 1))
#define REST HOT_ROWS /* the row of what has no room */
#define PAGE_MASK 0xFFFULL

struct hot_table {
    uint32_t count;
    uint16_t slot[SLOTS];             /* number of a row, or 0 */
    struct hot_row row[HOT_ROWS + 1]; /* from 1 */
};

struct hot {
    struct hot_table table[2]; /* by enum hot_side */
};

struct hot *hot_new(void)
{
    return calloc(1, sizeof(struct hot));
}

void hot_free(struct hot *h)
{
    free(h);
}

static uint32_t slot_of(const struct symbols_place *p, bool page)
{
    uint64_t h = (p->va ^ (uint64_t)p->domain << 48 ^ (uint64_t)p->asid << 32 ^ page) * 0x9E3779B97F4A7C15ULL;

    return (uint32_t)(h >> 40) & (SLOTS - 1); /* golden-ratio hashing */
}

/* Returns the number of a place's row, made if `make`; 0: there is none. */
static uint32_t find(struct hot_table *t, const struct symbols_place *p, bool page, bool make)
{
    for (uint32_t s = slot_of(p, page);; s = (s + 1) & (SLOTS - 1)) {
        struct hot_row *row = &t->row[t->slot[s]];

        if (t->slot[s] == 0) {
            if (!make)
                return 0;
            t->row[++t->count] = (struct hot_row){ .place = *p, .page = page };
            t->slot[s] = (uint16_t)t->count;
            return t->count;
        }
        if (row->place.va == p->va && row->place.domain == p->domain && row->place.asid == p->asid && row->page == page)
            return t->slot[s];
    }
}

static uint32_t row_of(struct hot_table *t, const struct symbols_place *p)
{
    struct symbols_place page = *p;
    uint32_t row = find(t, p, false, t->count < HOT_EXACT);

    if (row != 0)
        return row;
    page.va &= ~PAGE_MASK;
    row = find(t, &page, true, t->count < REST - 1);
    return row != 0 ? row : REST;
}

static uint32_t count_in(struct hot_table *t, uint32_t number, const struct hot_access *a)
{
    t->row[number].misses += a->misses;
    t->row[number].walks += a->walks;
    return number;
}

uint32_t hot_count(struct hot *h, const struct hot_access *a)
{
    struct hot_table *codes = &h->table[HOT_CODE], *data = &h->table[HOT_DATA];
    uint32_t code = count_in(codes, a->code_unknown ? REST : row_of(codes, &a->code), a);

    return a->fetch ? code : code | count_in(data, row_of(data, &a->data), a) << 16;
}

void hot_add_cycles(struct hot *h, uint32_t ticket, uint32_t cycles)
{
    h->table[HOT_CODE].row[ticket & 0xFFFF].cycles += cycles;
    if (ticket >> 16)
        h->table[HOT_DATA].row[ticket >> 16].cycles += cycles;
}

struct hot_row hot_rest(const struct hot *h, enum hot_side side)
{
    return h->table[side].row[REST];
}

/* ---- Under names ---- */

static struct hot_sum sum_of(const struct hot_row *row, const struct symbols *symbols)
{
    struct hot_sum s = { row->place, NULL, NULL, row->misses, row->walks, row->cycles };

    if (symbols)
        s.symbol = symbols_find(symbols, &row->place, &s.file);
    if (s.symbol && row->page && (s.symbol->end - row->place.va <= PAGE_MASK)) /* not of all the page */
        s.symbol = NULL;
    s.place.va = s.symbol ? s.symbol->start : row->place.va & ~PAGE_MASK;
    if (s.symbol && (s.place.va >> 55 & 1))
        s.place.asid = 0;
    return s;
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

/* Sums of one name come together. */
static int by_name(const void *a, const void *b)
{
    const struct hot_sum *x = a, *y = b;
    int order = ORDER(x->place.domain, y->place.domain);

    order = order ? order : ORDER(x->place.asid, y->place.asid);
    order = order ? order : ORDER((uintptr_t)x->symbol, (uintptr_t)y->symbol);
    return order ? order : ORDER(x->place.va, y->place.va);
}

static int by_cycles(const void *a, const void *b)
{
    const struct hot_sum *x = a, *y = b;
    int order = ORDER(x->place.domain, y->place.domain);

    order = order ? order : ORDER(y->cycles, x->cycles);
    order = order ? order : ORDER(y->misses, x->misses);
    order = order ? order : ORDER(x->place.va, y->place.va);
    return order ? order : ORDER(x->place.asid, y->place.asid);
}

long hot_rank(const struct hot *h, enum hot_side side, const struct symbols *symbols, struct hot_sum **sums)
{
    const struct hot_table *t = &h->table[side];
    struct hot_sum *sum = malloc((t->count + 1) * sizeof *sum);
    size_t count = 0;

    *sums = sum;
    if (!sum)
        return -1;
    for (uint32_t i = 1; i <= t->count; i++)
        sum[i - 1] = sum_of(&t->row[i], symbols);
    qsort(sum, t->count, sizeof *sum, by_name);
    for (uint32_t i = 0; i < t->count; i++) {
        if (count > 0 && by_name(&sum[count - 1], &sum[i]) == 0) {
            sum[count - 1].misses += sum[i].misses;
            sum[count - 1].walks += sum[i].walks;
            sum[count - 1].cycles += sum[i].cycles;
        } else {
            sum[count++] = sum[i];
        }
    }
    qsort(sum, count, sizeof *sum, by_cycles);
    return (long)count;
}
