/* RAM as xl populates it, as Xen allocates it at boot, and as a device tree fixes it. */
#include "platforms/xen/domu_ram.h"

#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_BITS 12
#define LEVEL_BITS 9
#define CHUNK_BITS_MAX 30 /* of one allocation: CONFIG_PAGEALLOC_MAX_ORDER, 1 GB [Xen: config.h@4.8.0:37] */

/* One bank being filled. */
struct bank {
    struct xen_domain *d;
    const struct domu_config *c;
    struct ram_pool *pool;
    unsigned number;
    uint64_t ipa, left; /* where the next piece goes, bytes still to come */
    bool in_run;        /* the last region is of extents of the size at hand */
};

static bool add_piece(struct bank *b, uint64_t pa, uint64_t bytes)
{
    struct domain_region r = {
        .ipa = b->ipa, .pa = pa, .bytes = bytes, .kind = REGION_RAM, .type = P2M_RAM_RW, .batch = BATCH_WHOLE
    };

    snprintf(r.name, sizeof r.name, "RAM bank %u", b->number);
    memcpy(r.source, b->c->ram_source, sizeof r.source);
    b->ipa += bytes;
    b->left -= bytes;
    return domain_add(b->d, &r);
}

/* Appends an extent, or makes the last region longer when it goes on in both spaces; all of a run are of one size. */
static bool add_extent(struct bank *b, uint64_t pa, uint64_t bytes)
{
    struct domain_region *last = &b->d->region[b->d->count - 1];

    if (!b->in_run || last->pa + last->bytes != pa) {
        b->in_run = true;
        return add_piece(b, pa, bytes);
    }
    last->bytes += bytes;
    b->ipa += bytes;
    b->left -= bytes;
    return true;
}

static bool too_many(const struct bank *b, struct trace_error *err)
{
    return error_set(err, "%s: its RAM is of more than %d pieces", b->c->name, DOMAIN_REGIONS_MAX);
}

static bool not_enough(const struct bank *b, struct trace_error *err)
{
    uint64_t pool = ram_pool_left(b->pool);

    return error_set(err, "%s: not enough host memory: %" PRIu64 " KB of RAM are still to come, %" PRIu64 " KB are %s",
                     b->c->name, b->left >> 10, pool >> 10, pool ? "left" : "left: give it some");
}

/* As many extents of one size as fit, up to where the next larger size could begin; b->in_run tells if there were any
 * [Xen: populate_one_size, xg_dom_arm.c@4.17.0:237]. */
static bool populate(struct bank *b, unsigned bits)
{
    uint64_t size = 1ULL << bits, larger = size << LEVEL_BITS, bytes = b->left;
    uint64_t boundary = (b->ipa + larger) & ~(larger - 1);

    b->in_run = false;
    if (b->ipa & (size - 1))
        return true;
    if ((b->ipa & (larger - 1)) && b->ipa + bytes > boundary)
        bytes = boundary - b->ipa;
    for (uint64_t n = bytes >> bits; n > 0; n--) {
        uint64_t pa;

        if (!ram_pool_take(b->pool, size, &pa))
            break;
        if (!add_extent(b, pa, size))
            return false;
    }
    return true;
}

/* xl: 1 GB, else 2 MB, else 4 KB at a time [Xen: populate_guest_memory, xg_dom_arm.c@4.17.0:290]. */
static bool fill_by_xl(struct bank *b, struct trace_error *err)
{
    while (b->left > 0) {
        b->in_run = false;
        for (unsigned bits = PAGE_BITS + 2 * LEVEL_BITS; bits >= PAGE_BITS && !b->in_run; bits -= LEVEL_BITS) {
            if (!populate(b, bits))
                return too_many(b, err);
        }
        if (!b->in_run)
            return not_enough(b, err);
    }
    return true;
}

/* Xen at boot: the largest power of two that is not more than what is missing; when there is none free, smaller ones
 * from there on [Xen: allocate_bank_memory, domain_build.c@4.17.0:393]. */
static bool fill_at_boot(struct bank *b, struct trace_error *err)
{
    unsigned bits_max = CHUNK_BITS_MAX;

    while (b->left > 0) {
        unsigned bits = 63 - (unsigned)__builtin_clzll(b->left);
        uint64_t pa;

        bits = bits < bits_max ? bits : bits_max;
        if (ram_pool_take(b->pool, 1ULL << bits, &pa)) {
            if (!add_piece(b, pa, 1ULL << bits))
                return too_many(b, err);
        } else if (bits == PAGE_BITS) {
            return not_enough(b, err);
        } else {
            bits_max = bits - 1;
        }
    }
    return true;
}

/* First all that bank 0 holds, the rest to bank 1 [Xen: xc_dom_arm.c@4.8.0:378, domain_build.c@4.17.0:457]. */
static struct bank bank_of(struct xen_domain *d, const struct domu_config *c, struct ram_pool *pool, unsigned number)
{
    const struct xen_layout *layout = xen_layout(c->preset);
    const struct layout_range *first = &layout->window[LAYOUT_RAM0], *second = &layout->window[LAYOUT_RAM1];
    uint64_t in_first = c->ram_bytes < first->bytes ? c->ram_bytes : first->bytes;

    return (struct bank){ .d = d,
                          .c = c,
                          .pool = pool,
                          .number = number,
                          .ipa = number ? second->base : first->base,
                          .left = number ? c->ram_bytes - in_first : in_first };
}

static bool fill_from_pool(struct xen_domain *d, const struct domu_config *c, struct ram_pool *pool,
                           struct trace_error *err)
{
    for (unsigned i = 0; i < 2; i++) {
        struct bank b = bank_of(d, c, pool, i);

        if (!(c->builder == DOMU_BY_XL ? fill_by_xl(&b, err) : fill_at_boot(&b, err)))
            return false;
    }
    return true;
}

/* xen,static-mem: mapped 1:1 with direct-map, else one behind the other into the banks, each in one call
 * [Xen: assign_static_memory_11, allocate_static_memory, domain_build.c@4.17.0:500]. */
static bool fill_static(struct xen_domain *d, const struct domu_config *c, struct trace_error *err)
{
    struct bank b = bank_of(d, c, NULL, 0);

    for (size_t i = 0; i < c->static_count; i++) {
        struct ram_range rest = c->static_mem[i];

        while (rest.bytes > 0) {
            uint64_t bytes;

            if (c->direct_map)
                b = (struct bank){ .d = d, .c = c, .number = (unsigned)i, .ipa = rest.base, .left = rest.bytes };
            else if (b.left == 0)
                b = bank_of(d, c, NULL, 1);
            bytes = rest.bytes < b.left ? rest.bytes : b.left;
            if (!add_piece(&b, rest.base, bytes))
                return too_many(&b, err);
            rest.base += bytes;
            rest.bytes -= bytes;
        }
    }
    return true;
}

static uint64_t static_bytes(const struct domu_config *c)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < c->static_count; i++)
        sum += c->static_mem[i].bytes;
    return sum;
}

bool domu_ram_add(struct xen_domain *d, const struct domu_config *c, struct ram_pool *pool, struct trace_error *err)
{
    const struct xen_layout *layout = xen_layout(c->preset);
    uint64_t most = layout->window[LAYOUT_RAM0].bytes + layout->window[LAYOUT_RAM1].bytes;

    if (c->ram_bytes == 0 || (c->ram_bytes & 0xFFF))
        return error_set(err, "%s: %" PRIu64 " bytes of RAM: it must be a multiple of 4 KB, and some", c->name,
                         c->ram_bytes);
    if (c->ram_bytes > most)
        return error_set(err, "%s: %" PRIu64 " MB of RAM: a guest's banks hold %" PRIu64 " MB", c->name,
                         c->ram_bytes >> 20, most >> 20);
    if (c->static_count == 0)
        return fill_from_pool(d, c, pool, err);
    if (static_bytes(c) != c->ram_bytes)
        return error_set(err, "%s: memory is %" PRIu64 " KB, but xen,static-mem sums up to %" PRIu64 " KB", c->name,
                         c->ram_bytes >> 10, static_bytes(c) >> 10);
    return fill_static(d, c, err);
}
