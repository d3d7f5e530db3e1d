/* Xen's rule for dom0's RAM, step by step, on a heap as it is when dom0 is built. */
#include "platforms/xen/dom0_ram.h"

#include "platforms/xen/heap.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 4096ULL
#define MB(n) ((uint64_t)(n) << 20)
#define AREAS_MAX (BOARD_RAM_MAX + BOARD_TAKEN_MAX + 4)
#define ANY_ADDRESS 64
#define MIN_ORDER 10 /* 4 MB */

/* Where U-Boot had put it: "Grant table range: 0x4200000-0x4240000", and the grant table is announced where Xen's text
 * is [Xen: boot log of a ZCU102, xen-devel, October 2019]. */
#define XEN_PA_DEFAULT 0x4200000ULL

/* struct page_info, for each page of RAM [guess: 56 bytes in all versions]. */
#define PAGE_INFO_BYTES 56

/* Free RAM, sorted. */
struct areas {
    struct board_range of[AREAS_MAX];
    size_t count;
};

static int by_base(const void *a, const void *b)
{
    uint64_t x = ((const struct board_range *)a)->base, y = ((const struct board_range *)b)->base;

    return x < y ? -1 : x > y;
}

/* Removes [base, base + bytes) from the areas, which makes at most one more of them. */
static void cut(struct areas *a, uint64_t base, uint64_t bytes)
{
    uint64_t end = bytes > UINT64_MAX - base ? UINT64_MAX : base + bytes;
    struct areas left = { .count = 0 };

    for (size_t i = 0; i < a->count; i++) {
        uint64_t from = a->of[i].base, to = from + a->of[i].bytes;

        if (from < base && left.count < AREAS_MAX)
            left.of[left.count++] = (struct board_range){ from, (to < base ? to : base) - from };
        if (to > end && left.count < AREAS_MAX)
            left.of[left.count++] = (struct board_range){ from > end ? from : end, to - (from > end ? from : end) };
    }
    *a = left;
}

/* All RAM of the board that is not taken; banks that overlap are told once. */
static void find_areas(struct areas *a, const struct xen_preset *x, const struct board *b)
{
    struct board_range ram[BOARD_RAM_MAX];
    uint64_t at = 0;

    memcpy(ram, b->ram, sizeof ram);
    qsort(ram, b->ram_count, sizeof *ram, by_base);
    a->count = 0;
    for (size_t i = 0; i < b->ram_count; i++) {
        uint64_t end = ram[i].base + ram[i].bytes, base = ram[i].base > at ? ram[i].base : at;

        if (base < end)
            a->of[a->count++] = (struct board_range){ base, end - base };
        at = end > at ? end : at;
    }
    for (size_t i = 0; i < b->taken_count; i++) {
        if (b->taken[i].owner != BOARD_OF_RESERVED || x->start.keeps_reserved)
            cut(a, b->taken[i].range.base, b->taken[i].range.bytes);
    }
}

/* Takes what ends highest, below `limit`. Returns its base, or HEAP_NONE. */
static uint64_t cut_from_top(struct areas *a, uint64_t bytes, uint64_t align, uint64_t limit)
{
    for (size_t i = a->count; i-- > 0;) {
        uint64_t base = a->of[i].base, end = base + a->of[i].bytes, at;

        end = end < limit ? end : limit;
        at = end < bytes ? 0 : (end - bytes) & ~(align - 1);
        if (end >= bytes && at >= base) {
            cut(a, at, bytes);
            return at;
        }
    }
    return HEAP_NONE;
}

static bool is_free(const struct areas *a, uint64_t base, uint64_t bytes)
{
    for (size_t i = 0; i < a->count; i++) {
        if (base >= a->of[i].base && base - a->of[i].base + bytes <= a->of[i].bytes)
            return true;
    }
    return false;
}

/* Xen's image: where it is said to be, was loaded, or has moved to [Xen: setup.c@4.8.0:386, get_xen_paddr]. */
static uint64_t place_xen(struct areas *a, const struct xen_preset *x, uint64_t xen_pa)
{
    if (xen_pa == DOM0_XEN_ANYWHERE && !x->start.relocates && is_free(a, XEN_PA_DEFAULT, DOM0_XEN_BYTES))
        xen_pa = XEN_PA_DEFAULT;
    if (xen_pa == DOM0_XEN_ANYWHERE)
        return cut_from_top(a, DOM0_XEN_BYTES, DOM0_XEN_BYTES, 1ULL << 32);
    cut(a, xen_pa, DOM0_XEN_BYTES);
    return xen_pa;
}

/* The table of all page frames, at the end of RAM [Xen: mm.c@4.8.0:630, setup_frametable_mappings]. What the heap has
 * given away of its smallest blocks until dom0 is built is left out [guess: some MB near the end of RAM]. */
static void place_frame_table(struct areas *a, const struct board *b)
{
    uint64_t pages = 0, bytes;

    for (size_t i = 0; i < b->ram_count; i++)
        pages += b->ram[i].bytes / PAGE;
    bytes = pages * PAGE_INFO_BYTES;
    bytes = bytes < MB(32) ? (bytes + MB(2) - 1) & ~(MB(2) - 1) : (bytes + MB(32) - 1) & ~(MB(32) - 1);
    cut_from_top(a, bytes, MB(32), UINT64_MAX);
}

/* floor(log2) of a number of pages; bytes is at least one. */
static unsigned largest_order(uint64_t bytes)
{
    return 63 - (unsigned)__builtin_clzll(bytes / PAGE);
}

static uint64_t order_bytes(unsigned order)
{
    return PAGE << order;
}

/* Joins a chunk to a bank that it touches, else puts a new one in its place [Xen: domain_build.c@4.17.0:94,
 * insert_11_bank]. Returns false when there may be no more banks. */
static bool insert_bank(struct dom0_ram *r, size_t banks_max, struct board_range chunk)
{
    size_t i;

    for (i = 0; i < r->bank_count; i++) {
        struct board_range *bank = &r->bank[i];

        if (bank->base == chunk.base + chunk.bytes || chunk.base == bank->base + bank->bytes) {
            bank->base = chunk.base < bank->base ? chunk.base : bank->base;
            bank->bytes += chunk.bytes;
            return true;
        }
        if (chunk.base + chunk.bytes < bank->base && r->bank_count < banks_max)
            break;
    }
    if (r->bank_count == banks_max)
        return false;
    memmove(&r->bank[i + 1], &r->bank[i], (r->bank_count - i) * sizeof *r->bank);
    r->bank[i] = chunk;
    r->bank_count++;
    return true;
}

/* Adds a chunk taken from the heap. Returns false when it goes back: too small to begin before bank 0, or of too
 * many. */
static bool insert_chunk(struct dom0_ram *r, const struct xen_preset *x, uint64_t pa, unsigned order)
{
    struct board_range chunk = { pa, order_bytes(order) };

    if (r->bank_count > 0 && chunk.bytes < MB(128) && chunk.base + chunk.bytes < r->bank[0].base)
        return false;
    if (r->chunk_count == DOM0_CHUNKS_MAX || !insert_bank(r, x->start.banks_max, chunk))
        return false;
    r->chunk[r->chunk_count++] = chunk;
    r->missing -= chunk.bytes;
    return true;
}

/* The largest chunk that there is, as low as there is one. Returns false when there is none of min_low_order. */
static bool find_bank0(struct dom0_ram *r, const struct xen_preset *x, struct heap *h, unsigned min_low_order)
{
    for (unsigned order = largest_order(r->missing) + 1; order-- > min_low_order;) {
        for (unsigned bits = order; bits <= (x->start.below_4g ? 32 : 48); bits++) {
            uint64_t pa = heap_take(h, order, bits);

            if (pa != HEAP_NONE)
                return insert_chunk(r, x, pa, order);
        }
    }
    return false;
}

/* All others, the largest first. */
static void find_others(struct dom0_ram *r, const struct xen_preset *x, struct heap *h, unsigned min_low_order,
                        bool low)
{
    unsigned order = r->missing ? largest_order(r->missing) : 0;

    while (r->missing && r->bank_count < x->start.banks_max) {
        uint64_t pa = heap_take(h, order, low ? 32 : ANY_ADDRESS);

        if (pa == HEAP_NONE) {
            bool low_is_done = low && (order == 0 || order - 1 < min_low_order);

            if (!low_is_done && (order == 0 || order - 1 < MIN_ORDER))
                return;
            order = low_is_done ? largest_order(r->missing) : order - 1;
            low = low && !low_is_done;
            continue;
        }
        if (!insert_chunk(r, x, pa, order)) {
            heap_release(h, pa, order);
            if (!low || r->bank_count == x->start.banks_max || r->chunk_count == DOM0_CHUNKS_MAX)
                return;
            low = false;
        }
        order = r->missing ? largest_order(r->missing) : 0;
    }
}

static bool allocate(struct dom0_ram *r, const struct xen_preset *x, struct heap *h, struct trace_error *err)
{
    uint64_t at_least = r->missing < MB(128) ? r->missing : MB(128);
    unsigned min_low_order = largest_order(2 * at_least - PAGE); /* rounded up */
    bool found = find_bank0(r, x, h, min_low_order);

    if (!found && !x->start.below_4g)
        return error_set(err, "dom0_mem: %s finds no first bank of memory for dom0", x->name);
    find_others(r, x, h, min_low_order, x->start.below_4g && found);
    if (r->missing && (x->start.all_or_panic || r->bank_count == 0))
        return error_set(err, "dom0_mem: %s finds no memory for %llu KB of it", x->name,
                         (unsigned long long)r->missing >> 10);
    return true;
}

bool dom0_ram_find(struct dom0_ram *r, const struct xen_preset *x, const struct board *b, const struct dom0_options *o,
                   struct trace_error *err)
{
    struct areas a;
    struct heap h;
    bool good = true;

    memset(r, 0, sizeof *r);
    r->missing = o->mem;
    if (o->mem == 0 || o->mem % PAGE != 0 || o->mem > BOARD_ADDRESS_END)
        return error_set(err, "dom0_mem: 0x%llx bytes are no multiple of 4 KB from 4 KB to 1 TB",
                         (unsigned long long)o->mem);
    if (o->xen_pa != DOM0_XEN_ANYWHERE && o->xen_pa > BOARD_ADDRESS_END - DOM0_XEN_BYTES)
        return error_set(err, "Xen at 0x%llx: beyond 40 bits", (unsigned long long)o->xen_pa);
    find_areas(&a, x, b);
    r->xen_pa = place_xen(&a, x, o->xen_pa);
    if (r->xen_pa == HEAP_NONE)
        return error_set(err, "%s: no RAM below 4 GB for Xen itself", b->name);
    place_frame_table(&a, b);
    heap_init(&h);
    for (size_t i = 0; i < a.count && good; i++)
        good = heap_add(&h, a.of[i].base, a.of[i].base + a.of[i].bytes);
    good = good ? allocate(r, x, &h, err) : error_set(err, "no memory");
    heap_free_all(&h);
    return good;
}
