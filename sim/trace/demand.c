/* First touches to table words. */
#include "sim/trace/demand.h"

#include "models/arch/addr.h"
#include "platforms/linux/linux_prot.h"
#include "traces/error.h"
#include "traces/text_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PRESET "linux-6.1-48"
#define PAGE_BITS 12
#define PAGE_BYTES 4096ULL
#define TOP_LEVEL 0
#define RANGES_MAX 64
#define TABLES_BYTES (64ULL << 20) /* of stage 1: 32 GB in whole tables, or 8,000 pages far from each other */
#define RAM_BYTES_MIN (1ULL << 20) /* a smaller part is a page with a purpose */
#define TABLES_PART 4              /* but no more than this part of the RAM they come from */
#define LEAF_PXN (1ULL << 53)
#define TABLE_PXN (1ULL << 59) /* of all below a table of the lower half */
#define LEAF_UXN (1ULL << 54)
#define ENTRY_ADDRESS 0x0000FFFFFFFFF000ULL
#define HCR_RW 0x80000000ULL /* EL1 is AArch64: all that is set without Xen */
#define KNOWN_SLOTS 4096     /* pages that need no search */

struct ram_part {
    uint64_t ipa, pa, bytes;
};

struct known_page {
    uint64_t va; /* of the page, | 1: in use */
    uint64_t pa;
};

struct demand {
    bool has_world;
    struct world world;
    size_t pages_given; /* of stage 2 */
    struct vmap map;
    struct vmap_tables tables;
    uint64_t leaf[2][2], table[2]; /* attributes, by half, and by EL of the first touch */
    struct ram_part ram[RANGES_MAX];
    size_t ram_count, ram_at;
    struct ram_part tables_at; /* the tables of stage 1 */
    uint64_t ram_next;         /* offset in ram[ram_at] of the next frame */
    uint64_t touched;
    unsigned cores; /* bit c: core c has its registers */
    struct known_page known[KNOWN_SLOTS];
};

/* Records that a filter makes. */
struct made {
    struct trace_rec *rec;
    int count;
    uint8_t core;
};

/* ---- Where things lie -------------------------------------------------------------------------------------------- */

static void add_ram(struct demand *d, uint64_t ipa, uint64_t pa, uint64_t bytes)
{
    if (bytes >= RAM_BYTES_MIN && d->ram_count < RANGES_MAX)
        d->ram[d->ram_count++] = (struct ram_part){ ipa, pa, bytes };
}

static void find_ram(struct demand *d, const struct board *bare)
{
    const struct xen_domain *domain = d->has_world ? &d->world.asked->map : NULL;

    for (size_t i = 0; domain && i < domain->count; i++)
        if (domain->region[i].kind == REGION_RAM)
            add_ram(d, domain->region[i].ipa, domain->region[i].pa, domain->region[i].bytes);
    for (size_t i = 0; bare && i < bare->ram_count; i++)
        add_ram(d, bare->ram[i].base, bare->ram[i].base, bare->ram[i].bytes & ~low_mask(PAGE_BITS));
}

/* Takes the end of the largest part of RAM for the tables of stage 1. */
static bool start_tables(struct demand *d, struct trace_error *err)
{
    struct ram_part *largest = d->ram;
    uint64_t bytes;
    enum stage1_result result;

    for (size_t i = 1; i < d->ram_count; i++)
        if (d->ram[i].bytes > largest->bytes)
            largest = &d->ram[i];
    bytes = align_down(largest->bytes / TABLES_PART, PAGE_BITS);
    bytes = bytes < TABLES_BYTES ? bytes : TABLES_BYTES;
    largest->bytes -= bytes;
    d->tables_at = (struct ram_part){ largest->ipa + largest->bytes, largest->pa + largest->bytes, bytes };
    result = vmap_build(&d->map, &d->tables, d->tables_at.ipa, bytes);
    return result == STAGE1_OK || error_set(err, "tables on demand: %s", stage1_result_name(result));
}

static bool holds(const struct ram_part *part, uint64_t ipa)
{
    return ipa - part->ipa < part->bytes;
}

/* RAM's PA of an IPA in it; without stage 2 all are 1:1, those that the trace knows too. */
static uint64_t pa_of(const struct demand *d, uint64_t ipa)
{
    const struct ram_part *part = &d->tables_at;

    for (size_t i = 0; i < d->ram_count && !holds(part, ipa); i++)
        part = &d->ram[i];
    return holds(part, ipa) ? part->pa + (ipa - part->ipa) : ipa;
}

/* Hands out the next frame. Returns false when there is none. */
static bool take_frame(struct demand *d, uint64_t *ipa)
{
    while (d->ram_at < d->ram_count && d->ram_next == d->ram[d->ram_at].bytes) {
        d->ram_at++;
        d->ram_next = 0;
    }
    if (d->ram_at == d->ram_count)
        return false;
    *ipa = d->ram[d->ram_at].ipa + d->ram_next;
    d->ram_next += PAGE_BYTES;
    return true;
}

/* ---- Registers --------------------------------------------------------------------------------------------------- */

static void make_register(struct made *m, const char *name, uint64_t value)
{
    m->rec[m->count++] = (struct trace_rec){
        .op = REC_MSR, .core = m->core, .el = 2, .n = text_words_register_by_name(name), .value = value
    };
}

static void make_registers(struct demand *d, struct made *m)
{
    const struct xen_preset *xen = d->has_world ? d->world.asked->map.preset : NULL;
    struct vmap_register reg[VMAP_REGISTERS];

    if (d->cores >> m->core & 1)
        return;
    d->cores |= 1u << m->core;
    make_register(m, "VTCR_EL2", xen ? xen->vtcr_el2 : 0);
    make_register(m, "VTTBR_EL2", xen ? p2m_vttbr(&d->world.asked->p2m, d->world.asked->map.vmid) : 0);
    make_register(m, "HCR_EL2", xen ? xen->hcr_el2 : HCR_RW);
    vmap_registers(&d->map, &d->tables, 0, reg);
    for (int i = 0; i < VMAP_REGISTERS; i++)
        make_register(m, sysreg_name((enum sysreg)reg[i].reg), reg[i].value);
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

static size_t entry_at(uint64_t va, unsigned level)
{
    return va >> (PAGE_BITS + 9 * (3 - level)) & (STAGE1_PAGE_WORDS - 1);
}

/* Makes the words that a mapping has added to the tables of a tree that had `old` pages: of the last old table on the
 * way, and of the new ones below it. */
static void make_words(struct demand *d, struct made *m, const struct stage1 *tree, uint64_t va, size_t old)
{
    const struct stage1_pool *pool = &d->tables.pool;
    size_t page = tree->root;

    for (unsigned level = TOP_LEVEL; level <= 3; level++) {
        uint64_t word = pool->page[page][entry_at(va, level)];
        size_t next = level < 3 ? (size_t)(((word & ENTRY_ADDRESS) - pool->base) >> PAGE_BITS) : 0;

        if (level == 3 || next >= old)
            m->rec[m->count++] =
                (struct trace_rec){ .op = REC_TABW,
                                    .core = m->core,
                                    .el = 1,
                                    .pa = pa_of(d, pool->base + page * PAGE_BYTES) + 8 * entry_at(va, level),
                                    .value = word };
        page = next;
    }
}

/* Maps a page that nothing has touched yet. The one place that knows how large leaves are. */
static bool map_page(struct demand *d, struct made *m, const struct trace_rec *rec, uint64_t va,
                     struct trace_error *err)
{
    unsigned upper = (unsigned)(va >> 63), kernel = upper || (rec->el == 1 && rec->op == REC_FETCH);
    struct stage1 *tree = &d->tables.tree[upper ? TREE_UPPER : TREE_LOWER];
    struct stage1_mapping mapping = {
        .va = va, .bytes = PAGE_BYTES, .leaf = d->leaf[upper][kernel], .table = d->table[upper]
    };
    bool known = !(rec->flags & REC_PA_UNKNOWN) && !d->has_world && (rec->va ^ va) >> PAGE_BITS == 0 &&
                 rec->pa < BOARD_ADDRESS_END;
    size_t old = d->tables.pool.count;
    enum stage1_result result;

    if (!stage1_holds(tree, va, PAGE_BYTES))
        return error_set(err, "tables on demand: VA 0x%" PRIx64 " is in neither half of 48 bits", va);
    mapping.ipa = align_down(rec->pa, PAGE_BITS);
    if (!known && !take_frame(d, &mapping.ipa))
        return error_set(err, "tables on demand: the trace touches more than the %" PRIu64 " pages that the RAM has",
                         d->touched);
    result = stage1_map(tree, &mapping);
    if (result != STAGE1_OK)
        return error_set(err, "tables on demand: page %" PRIu64 " that the trace touches, VA 0x%" PRIx64 ": %s",
                         d->touched, va, stage1_result_name(result));
    d->touched++;
    make_words(d, m, tree, va, old);
    return true;
}

/* Sees that a page is mapped. Returns it with its PA, valid until the next call, or NULL with *err. */
static const struct known_page *touch(struct demand *d, struct made *m, const struct trace_rec *rec, uint64_t va,
                                      struct trace_error *err)
{
    struct known_page *page = &d->known[(va >> PAGE_BITS) % KNOWN_SLOTS];
    struct stage1 *tree = &d->tables.tree[va >> 63 ? TREE_UPPER : TREE_LOWER];

    if (page->va == (va | 1))
        return page;
    if ((!stage1_holds(tree, va, PAGE_BYTES) || stage1_find(tree, va).desc == 0) && !map_page(d, m, rec, va, err))
        return NULL;
    page->va = va | 1;
    page->pa = pa_of(d, stage1_find(tree, va).desc & ENTRY_ADDRESS);
    return page;
}

/* ---- The filter -------------------------------------------------------------------------------------------------- */

static int give_page(void *context, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES], struct trace_error *err)
{
    struct demand *d = context;

    (void)err;
    if (!d->has_world || d->pages_given == d->world.asked->p2m.count)
        return 0;
    *pa = d->world.asked->p2m.base + d->pages_given * PAGE_BYTES;
    for (int i = 0; i < TRACE_PAGE_BYTES; i++)
        page[i] = (uint8_t)(d->world.asked->p2m.page[d->pages_given][i / 8] >> 8 * (i % 8));
    d->pages_given++;
    return 1;
}

/* Makes the words for the pages of an access, and fills in its PA. */
static bool expand_access(struct demand *d, struct made *m, struct trace_rec *rec, struct trace_error *err)
{
    uint64_t bytes = rec->op == REC_FETCH ? 4 * rec->n : 1u << rec->size_log2;
    uint64_t first = align_down(rec->va, PAGE_BITS), last = align_down(rec->va + bytes - 1, PAGE_BITS);
    const struct known_page *page;

    if (last != first && !touch(d, m, rec, last, err))
        return false;
    page = touch(d, m, rec, first, err);
    if (!page)
        return false;
    rec->pa = page->pa | (rec->va & low_mask(PAGE_BITS));
    rec->flags &= (uint8_t)~REC_PA_UNKNOWN;
    return true;
}

static int expand(void *context, const struct trace_rec *rec, struct trace_rec out[TRACE_FILTER_MAX],
                  struct trace_error *err)
{
    struct made m = { out, 0, rec ? rec->core : 0 };
    struct trace_rec filled;

    if (!rec)
        return 0;
    filled = *rec;
    make_registers(context, &m);
    if (rec->op <= REC_STORE && !expand_access(context, &m, &filled, err))
        return -1;
    out[m.count] = filled;
    return m.count + 1;
}

static void close_demand(void *context)
{
    struct demand *d = context;

    vmap_tables_free(&d->tables);
    vmap_free(&d->map);
    if (d->has_world)
        world_close(&d->world);
    free(d);
}

static void choose_attributes(struct demand *d, const struct linux_preset *p)
{
    uint64_t user = linux_prot_leaf(p, PROT_USER, false) & ~LEAF_UXN;
    uint64_t kernel = linux_prot_leaf(p, PROT_KERNEL, false) & ~LEAF_PXN;

    d->leaf[0][0] = user;
    d->leaf[0][1] = d->leaf[1][1] = d->leaf[1][0] = kernel;
    /* the leaves say who executes: EL1 may do so in the lower half, too */
    d->table[0] = linux_prot_table(p, PROT_USER) & ~TABLE_PXN;
    d->table[1] = linux_prot_table(p, PROT_KERNEL);
}

static bool build(struct demand *d, const struct world_request *q, struct trace_error *err)
{
    const struct linux_preset *p = linux_preset_by_name(PRESET);
    const struct linux_options options = { .asid = 1 };
    struct board bare;
    bool good;

    linux_vmap(&d->map, p, &options);
    choose_attributes(d, p);
    d->has_world = q->preset != NULL;
    if (d->has_world) {
        if (!world_open(&d->world, q, err))
            return false;
        find_ram(d, NULL);
    } else {
        good = board_zcu102(&bare);
        if (good)
            find_ram(d, &bare);
        board_free(&bare);
        if (!good)
            return error_set(err, "out of memory");
    }
    if (d->ram_count == 0)
        return error_set(err, "tables on demand: the domain has no RAM");
    return start_tables(d, err);
}

bool demand_filter(struct trace_reader *r, const struct world_request *world, struct trace_error *err)
{
    struct demand *d = calloc(1, sizeof *d);
    struct trace_filter filter = { d, give_page, expand, close_demand };

    if (!d)
        return error_set(err, "out of memory");
    if (!build(d, world, err)) {
        close_demand(d);
        return false;
    }
    return trace_set_filter(r, &filter) || error_set(err, "out of memory");
}
