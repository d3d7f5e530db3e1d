/* How many of what there are, Xen's own, and the pages of all tables. */
#include "sim/generate/scene.h"

#include "models/arch/sysreg.h"
#include "traces/error.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* Xen's address space [Xen: config.h@4.17.0, and the capture's registers]: its text, and a direct map of all RAM, in
 * which stacks lie; fixmap and vmap for the GIC. Its tables as the builder makes them. */
#define XEN_TEXT_VA 0x200000ULL
#define XEN_TEXT_PA 0x60000000ULL
#define XEN_TEXT_BYTES 0x100000ULL
#define XEN_DIRECT_MAP 0x800000000000ULL
#define XEN_STACKS_PA 0x60200000ULL
#define XEN_TABLES_PA 0x61000000ULL
#define XEN_TABLES_BYTES 0x100000ULL
#define XEN_GIC_VA 0x4000D000ULL
#define XEN_GICH_VA 0x40010000ULL
#define GICC_PA 0xF902F000ULL
#define GICH_PA 0xF9040000ULL
#define XEN_BITS 48

/* A leaf of EL2: AP[1] is RES1 there, no nG, XN in bit 54 [Arm: D8.3.1]; indices of Xen's MAIR_EL2. */
#define EL2_LEAF (1ULL << 10 | 3ULL << 8 | 1ULL << 6)
#define EL2_NORMAL (7ULL << 2)
#define EL2_DEVICE (0ULL << 2)
#define EL2_READ_ONLY (1ULL << 7)
#define EL2_XN (1ULL << 54)

static bool map_xen(struct scene *s, struct trace_error *err)
{
    const struct stage1_mapping maps[] = {
        { XEN_TEXT_VA, XEN_TEXT_PA, XEN_TEXT_BYTES, EL2_LEAF | EL2_NORMAL | EL2_READ_ONLY, 0, 0 },
        { XEN_DIRECT_MAP + XEN_STACKS_PA, XEN_STACKS_PA, SCENE_CORE_STACK * SCENE_CORES_MAX,
          EL2_LEAF | EL2_NORMAL | EL2_XN, 0, 0 },
        { XEN_GIC_VA, GICC_PA, SCENE_PAGE_BYTES, EL2_LEAF | EL2_DEVICE | EL2_XN, 0, 0 },
        { XEN_GICH_VA, GICH_PA, SCENE_PAGE_BYTES, EL2_LEAF | EL2_DEVICE | EL2_XN, 0, 0 },
    };

    stage1_pool_init(&s->xen_pool, XEN_TABLES_PA, XEN_TABLES_BYTES);
    if (stage1_init_lower(&s->xen_tree, &s->xen_pool, XEN_BITS) != STAGE1_OK)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (stage1_map(&s->xen_tree, &maps[i]) != STAGE1_OK)
            return error_set(err, "out of memory");
    s->xen_text = (struct place){ XEN_TEXT_VA, XEN_TEXT_PA, 0, 0 };
    s->xen_stack = (struct place){ XEN_DIRECT_MAP + XEN_STACKS_PA, XEN_STACKS_PA, 0, 0 };
    s->xen_gic = (struct place){ XEN_GIC_VA, GICC_PA, 0, REC_MMIO };
    s->xen_gich = (struct place){ XEN_GICH_VA, GICH_PA, 0, REC_MMIO };
    return true;
}

/* Who there is, by pattern. */
static void count(struct scene *s)
{
    const struct words *w = s->words;

    s->stage1 = w->value[KEY_STAGE] != STAGE_2;
    s->xen = w->value[KEY_XEN] == XEN_NONE ? NULL : xen_preset_at((size_t)w->value[KEY_XEN]);
    s->el = (uint8_t)(w->pattern == PATTERN_DMA ? 1 : w->value[KEY_EL]);
    s->guests = s->processes = 1;
    if (w->pattern == PATTERN_CONTEXTS)
        s->processes = (unsigned)w->value[KEY_PROCESSES];
    if (w->pattern == PATTERN_WORLDS)
        s->guests = (unsigned)w->value[KEY_GUESTS];
    if (w->pattern == PATTERN_DMA)
        s->guests = 1 + (unsigned)w->value[KEY_CORES] / 2;
}

struct scene *scene_new(const struct words *words, struct trace_error *err)
{
    struct scene *s = calloc(1, sizeof *s);
    bool good = s != NULL;

    if (!s) {
        error_set(err, "out of memory");
        return NULL;
    }
    s->words = words;
    count(s);
    for (unsigned i = 0; i < s->guests && good; i++)
        good = scene_build_guest(s, i, err);
    good = good && (words->pattern != PATTERN_DMA || scene_build_grants(s, err)) && (!s->xen || map_xen(s, err));
    if (good)
        return s;
    scene_free(s);
    return NULL;
}

void scene_free(struct scene *s)
{
    if (!s)
        return;
    for (unsigned i = 0; i < s->guests; i++) {
        vmap_tables_free(&s->guest[i].tables);
        vmap_free(&s->guest[i].map);
        p2m_free(&s->guest[i].p2m);
    }
    stage1_pool_free(&s->xen_pool);
    free(s);
}

/* Tables in a row. */
struct area {
    uint64_t pa;
    const uint64_t (*page)[STAGE1_PAGE_WORDS];
    size_t count;
};

/* The i-th area: stage 1 and stage 2 of each guest, then Xen's own. Returns false behind the last. */
static bool area_at(const struct scene *s, size_t i, struct area *a)
{
    const struct guest_scene *g = i < 2 * (size_t)s->guests ? &s->guest[i / 2] : NULL;
    const struct stage1_pool *pool = g ? &g->tables.pool : &s->xen_pool;

    if (i > 2 * (size_t)s->guests)
        return false;
    if (g && i % 2)
        *a = (struct area){ g->p2m.base, (const uint64_t(*)[P2M_PAGE_WORDS])g->p2m.page, g->p2m.count };
    else
        *a = (struct area){ g ? pool->base - g->ram_ipa + g->ram_pa : pool->base,
                            (const uint64_t(*)[STAGE1_PAGE_WORDS])pool->page, pool->count };
    return true;
}

int scene_page(struct scene *s, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES])
{
    struct area a;
    uint64_t word[STAGE1_PAGE_WORDS];

    for (; area_at(s, s->area, &a); s->area++, s->page = 0) {
        if (s->page == a.count)
            continue;
        for (size_t i = 0; i < STAGE1_PAGE_WORDS; i++)
            word[i] = htole64(a.page[s->page][i]);
        memcpy(page, word, sizeof word);
        *pa = a.pa + s->page++ * SCENE_PAGE_BYTES;
        return 1;
    }
    return 0;
}
