/* RAM and devices of the domain, then the rules of its kernel. */
#include "sim/map/guest.h"

#include "models/arch/addr.h"
#include "platforms/linux/bare_metal.h"
#include "sim/map/map_view.h"
#include "traces/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000ULL
#define BLOCK_BITS 21
#define DEVICE_BYTES_MAX (16ULL << 20)
#define GB_32 (32ULL << 30)

/* RAM or devices, as pages of IPA space. */
struct pieces {
    struct linux_bank *piece;
    size_t count, capacity;
};

static bool add_piece(struct pieces *p, uint64_t ipa, uint64_t bytes)
{
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 64;
        struct linux_bank *more = realloc(p->piece, capacity * sizeof *more);

        if (!more)
            return false;
        p->piece = more;
        p->capacity = capacity;
    }
    p->piece[p->count++] = (struct linux_bank){ ipa, bytes };
    return true;
}

static int by_ipa(const void *a, const void *b)
{
    const struct linux_bank *x = a, *y = b;

    return (x->ipa > y->ipa) - (x->ipa < y->ipa);
}

/* In order, and what overlaps as one; of RAM also what follows each other. */
static void join(struct pieces *p, bool touching)
{
    size_t count = 0;

    if (p->count)
        qsort(p->piece, p->count, sizeof *p->piece, by_ipa);
    for (size_t i = 0; i < p->count; i++) {
        struct linux_bank *last = count ? &p->piece[count - 1] : NULL, next = p->piece[i];

        if (last && next.ipa < last->ipa + last->bytes + (touching ? 1 : 0)) {
            if (next.ipa + next.bytes > last->ipa + last->bytes)
                last->bytes = next.ipa + next.bytes - last->ipa;
        } else {
            p->piece[count++] = next;
        }
    }
    p->count = count;
}

/* The pages of the toolstack are RAM that no memory node has. */
static bool is_magic(const struct world_domain *d, const struct domain_region *r)
{
    const struct layout_range *w = &xen_layout(d->map.preset)->window[LAYOUT_MAGIC];

    return d->has_xl && r->ipa - w->base < w->bytes;
}

static bool is_device(const struct domain_region *r)
{
    return r->type != P2M_INVALID && (r->kind == REGION_DEVICE || r->kind == REGION_GICC || r->kind == REGION_IOMEM);
}

static bool collect_domain(const struct world_domain *d, struct pieces *ram, struct pieces *devices)
{
    for (size_t i = 0; i < d->map.count; i++) {
        const struct domain_region *r = &d->map.region[i];

        if (r->kind == REGION_RAM && r->type == P2M_RAM_RW && !is_magic(d, r) && !add_piece(ram, r->ipa, r->bytes))
            return false;
        if (is_device(r) && r->bytes <= DEVICE_BYTES_MAX && !add_piece(devices, r->ipa, r->bytes))
            return false;
    }
    return true;
}

static bool collect_board(const struct board *b, struct pieces *ram, struct pieces *devices)
{
    for (size_t i = 0; i < b->ram_count; i++) {
        uint64_t from = align_down(b->ram[i].base + PAGE - 1, 12),
                 to = align_down(b->ram[i].base + b->ram[i].bytes, 12);

        if (from < to && !add_piece(ram, from, to - from))
            return false;
    }
    for (size_t i = 0; i < b->count; i++) {
        const struct board_region *r = &b->region[i];
        uint64_t from = align_down(r->base, 12), to = align_down(r->base + r->bytes + PAGE - 1, 12);

        if (!(r->flags & (BOARD_MEMORY | BOARD_RESERVED | BOARD_DISABLED)) && to - from <= DEVICE_BYTES_MAX &&
            from < to && !add_piece(devices, from, to - from))
            return false;
    }
    return true;
}

const struct linux_preset *guest_preset(const struct guest_request *q, char *why, size_t why_bytes)
{
    const struct linux_preset *p;
    char name[40];

    why[0] = '\0';
    if (!q->kernel && !q->bare_metal) {
        if (q->va_bits || q->kpti || q->linear_blocks || q->without_mte)
            snprintf(why, why_bytes, "VA bits and options are a Linux's: which one? 6.1, 4.x");
        return NULL;
    }
    if (q->kernel && q->bare_metal) {
        snprintf(why, why_bytes, "a guest is either a Linux or bare metal");
        return NULL;
    }
    if (q->bare_metal)
        snprintf(name, sizeof name, "bare-metal");
    else
        snprintf(name, sizeof name, "linux-%.16s-%u", q->kernel,
                 q->va_bits                      ? (unsigned)(q->va_bits & 0xFF)
                 : strcmp(q->kernel, "4.x") == 0 ? 39u
                                                 : 48u);
    p = q->va_bits > 48 || (q->bare_metal && q->va_bits) ? NULL : linux_preset_by_name(name);
    if (!p)
        snprintf(why, why_bytes, "there is Linux 6.1 and 4.x, each with 39 or 48 bits of VA, and bare metal without");
    return p;
}

/* The image, the linear map, devices. */
static bool map_linux(struct guest *g, const struct pieces *devices, const struct pieces *ram, struct trace_error *err)
{
    const struct linux_bank *first = &ram->piece[0];
    struct linux_image image = LINUX_IMAGE_USUAL;
    enum linux_map_result result;
    uint64_t va, end;

    image.ipa = align_down(first->ipa + low_mask(BLOCK_BITS), BLOCK_BITS);
    end =
        image.ipa + (1ULL << BLOCK_BITS) + image.text_bytes + image.rodata_bytes + image.init_bytes + image.data_bytes;
    if (end > first->ipa + first->bytes)
        return error_set(err, "the first bank of RAM, %llu KB at 0x%llx, does not hold the kernel of 34 MB",
                         (unsigned long long)first->bytes >> 10, (unsigned long long)first->ipa);
    result = linux_map_kernel(&g->map, &image);
    if (result == LINUX_MAP_OK)
        result = linux_map_ram(&g->map, ram->piece, ram->count);
    for (size_t i = 0; i < devices->count && result == LINUX_MAP_OK; i++) {
        if (devices->piece[i].bytes <= DEVICE_BYTES_MAX)
            result = linux_map_ioremap(&g->map, PROT_IOREMAP, &devices->piece[i], &va);
    }
    return result == LINUX_MAP_OK || error_set(err, "more than %d banks of RAM or %d regions, or out of memory",
                                               LINUX_BANKS_MAX, VMAP_REGIONS_MAX);
}

/* What there is of DDR is what the domain has from the two bases of the ZynqMP's. */
static bool map_bare_metal(struct guest *g, const struct pieces *ram, struct trace_error *err)
{
    uint64_t low = 0, high = 0;

    for (size_t i = 0; i < ram->count; i++) {
        uint64_t end = ram->piece[i].ipa + ram->piece[i].bytes;

        if (ram->piece[i].ipa < GB_32 && end > low)
            low = end;
        if (end > GB_32)
            high = end - GB_32;
    }
    return bare_metal_map(&g->map.vmap, low, high) || error_set(err, "out of memory");
}

static bool build_tables(struct guest *g, const struct linux_bank *first, struct trace_error *err)
{
    const struct linux_image *i = &g->map.image;
    uint64_t image = i->text_bytes + i->rodata_bytes + i->init_bytes + i->data_bytes;
    uint64_t from = align_down((image ? i->ipa + image : first->ipa) + low_mask(BLOCK_BITS + 1), BLOCK_BITS);
    uint64_t end = first->ipa + first->bytes;
    enum stage1_result result = vmap_build(&g->map.vmap, &g->tables, from, from < end ? end - from : 0);

    return result == STAGE1_OK ||
           error_set(err, "stage 1, %.60s: %s", g->tables.failed ? g->tables.failed->name : "its roots",
                     stage1_result_name(result));
}

/* pieces: RAM, devices */
static bool map_guest(struct guest *g, const struct linux_preset *p, const struct linux_options *o,
                      const struct pieces piece[2], struct trace_error *err)
{
    bool good;

    if (p->family == FAMILY_BARE_METAL) {
        linux_vmap(&g->map.vmap, p, o);
        good = map_bare_metal(g, &piece[0], err);
    } else {
        linux_map_init(&g->map, p, o);
        good = map_linux(g, &piece[1], &piece[0], err);
    }
    return good && build_tables(g, &piece[0].piece[0], err);
}

static bool build(struct guest *g, const struct linux_preset *p, const struct linux_options *o, const struct world *w,
                  struct trace_error *err)
{
    struct pieces ram = { 0 }, devices = { 0 };
    bool good = w->asked ? collect_domain(w->asked, &ram, &devices) : collect_board(&w->board, &ram, &devices);

    join(&ram, true);
    join(&devices, false);
    if (!good)
        error_set(err, "out of memory");
    else
        good = ram.piece ? map_guest(g, p, o, (const struct pieces[]){ ram, devices }, err)
                         : error_set(err, "no RAM for a kernel");
    free(ram.piece);
    free(devices.piece);
    return good;
}

bool guest_open(struct guest *g, const struct guest_request *q, const struct world *w, struct trace_error *err)
{
    const struct linux_options o = {
        .without_mte = q->without_mte, .linear_blocks = q->linear_blocks, .kpti = q->kpti, .asid = 2
    };
    char why[160];
    const struct linux_preset *p = guest_preset(q, why, sizeof why);
    const char *refused;

    if (!p)
        return error_set(err, "%s", why[0] ? why : "no guest is named");
    refused = linux_options_refused(p, &o);
    return refused ? error_set(err, "%s: %s", p->name, refused) : build(g, p, &o, w, err);
}

void guest_close(struct guest *g)
{
    vmap_tables_free(&g->tables);
    vmap_free(&g->map.vmap);
}

struct map_stretch guest_stage2(const struct world *w, uint64_t ipa, uint64_t bytes)
{
    if (w->asked)
        return map_stretch_at(&w->asked->p2m, ipa, ipa + bytes);
    return (struct map_stretch){ .ipa = ipa, .bytes = bytes, .pa = ipa, .mapped = true };
}

const char *guest_install(const struct guest *g, const struct world *w, struct machine *m)
{
    const struct stage1_pool *pool = &g->tables.pool;
    struct vmap_register reg[VMAP_REGISTERS];

    for (size_t i = 0; i < pool->count; i++) {
        struct map_stretch s = guest_stage2(w, pool->base + i * PAGE, PAGE);
        const char *why = s.mapped ? machine_write_page(m, PA(s.pa), pool->page[i]) : "stage 2 does not map its tables";

        if (why)
            return why;
    }
    vmap_registers(&g->map.vmap, &g->tables, 1, reg);
    for (unsigned core = 0; core < CORES_MAX; core++) {
        for (unsigned i = 0; i < VMAP_REGISTERS; i++)
            mmu_write_sysreg(&m->cluster.core[core].mmu, (enum sysreg)reg[i].reg, reg[i].value);
    }
    return NULL;
}
