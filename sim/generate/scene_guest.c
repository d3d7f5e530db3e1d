/* One guest: its RAM, its trees, its stage 2. */
#include "sim/generate/scene.h"

#include "models/arch/addr.h"
#include "platforms/xen/layout.h"
#include "sim/generate/words_table.h"
#include "traces/error.h"

#include <inttypes.h>
#include <string.h>

#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)

#define RAM_WINDOW_BASE 0x800000000ULL /* DDR high [UG1085: system addresses] */
#define RAM_WINDOW_BYTES GB(32)
#define P2M_BASE MB(256)          /* of the first domain, in DDR low, as Xen's heap is; the next ones behind it */
#define P2M_ROOM MB(72)           /* 32 GB in pages of 4 KB, and the tables above */
#define TABLES_PAGES_MAX 65536ULL /* of stage 1, all guests together: 256 MB */

/* From the start of a guest's RAM. */
#define TEXT_AT 0ULL
#define TEXT_BYTES MB(2)
#define STACKS_AT MB(2)
#define STACKS_BYTES (SCENE_CORE_STACK * SCENE_CORES_MAX)
#define OWN_AT (MB(2) + 0x40000)
#define OWN_BYTES 0x10000ULL
#define FLAG_AT (MB(2) + 0x80000)
#define CODE_AT MB(4) /* of processes, each up to 1 MB, in a row */

/* VAs. A kernel's: linear map at the begin of the upper half, its text in the middle, vmalloc behind that [Linux:
 * memory.h@6.1]; a process's: where a linker puts code, and far from it data [choice]. */
#define USER_CODE 0x400000ULL
#define USER_DATA GB(64)
#define KERNEL_TEXT_OFFSET (MB(128) + 0x10000)
#define KERNEL_VMALLOC_OFFSET GB(8)

#define GICC_HOST 0xF902F000ULL /* [Xen: gic-v2.c@4.17.0, the aliased GICC of the ZynqMP] */
#define GICV_HOST 0xF906F000ULL
#define GIC_BYTES 0x1000ULL
#define GRANTS 0x600000000ULL /* where dom0 maps what it is granted: behind the last device [choice] */

static const struct {
    uint64_t word, sizes;
} leaves[] = { { 4 << 10, 0 },
               { 64 << 10, STAGE1_CONTIGUOUS },
               { 2 << 20, STAGE1_2M },
               { 32 << 20, STAGE1_2M | STAGE1_CONTIGUOUS },
               { 1 << 30, STAGE1_2M | STAGE1_1G } };

/* ---- Stage 1 ----------------------------------------------------------------------------------------------------- */

static uint8_t leaf_sizes(const struct scene *s)
{
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
        if (leaves[i].word == s->words->value[KEY_MAP])
            return (uint8_t)leaves[i].sizes;
    return 0;
}

static uint64_t kernel_va(const struct scene *s, uint64_t offset)
{
    return (0 - (1ULL << (s->words->value[KEY_VA] - 1))) + offset;
}

static const struct linux_preset *preset_of(const struct scene *s)
{
    return linux_preset_by_name(!s->stage1 ? "off" : s->words->value[KEY_VA] == 39 ? "linux-6.1-39" : "linux-6.1-48");
}

/* Where an IPA of the guest's RAM is. Without stage 1 the VA is the IPA. */
static struct place at_ram(const struct scene *s, const struct guest_scene *g, uint64_t va, uint64_t offset)
{
    return (struct place){ .va = s->stage1 ? va : g->ram_ipa + offset, .pa = g->ram_pa + offset };
}

struct mapping {
    struct stage1 *tree;
    uint64_t va, ipa, bytes;
    enum linux_prot prot;
    uint8_t sizes;
};

static bool map(const struct scene *s, const struct mapping *m, struct trace_error *err)
{
    const struct linux_preset *p = preset_of(s);
    struct stage1_mapping one = { .va = m->va, .ipa = m->ipa, .bytes = m->bytes, .sizes = m->sizes };
    enum stage1_result result;

    if (!s->stage1)
        return true;
    one.leaf = linux_prot_leaf(p, m->prot, false);
    one.table = linux_prot_table(p, m->prot);
    result = stage1_map(m->tree, &one);
    return result == STAGE1_OK || error_set(err, "tables of stage 1: %s", stage1_result_name(result));
}

/* The guest's GICC: the real one, dom0 and who is without Xen; else where Xen's layout has it. */
static uint64_t gicc_ipa(const struct scene *s, const struct guest_scene *g)
{
    return g->ram_ipa == g->ram_pa ? GICC_HOST : xen_layout(s->xen)->window[LAYOUT_GICC].base;
}

static bool map_kernel(const struct scene *s, struct guest_scene *g, struct trace_error *err)
{
    struct stage1 *tree = &g->tables.tree[TREE_UPPER];
    uint64_t text = kernel_va(s, KERNEL_TEXT_OFFSET), vmalloc = kernel_va(s, KERNEL_VMALLOC_OFFSET);
    uint64_t gic = gicc_ipa(s, g);
    const struct mapping maps[] = {
        { tree, text, g->ram_ipa + TEXT_AT, TEXT_BYTES, PROT_KERNEL_ROX, 0 },
        { tree, vmalloc, g->ram_ipa + STACKS_AT, STACKS_BYTES, PROT_KERNEL, 0 },
        { tree, vmalloc + OWN_AT, g->ram_ipa + OWN_AT, OWN_BYTES, PROT_KERNEL, 0 },
        { tree, vmalloc + FLAG_AT, g->ram_ipa + FLAG_AT, SCENE_PAGE_BYTES, PROT_KERNEL, 0 },
        { tree, vmalloc + MB(16), gic, GIC_BYTES, PROT_IOREMAP, 0 },
    };

    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (!map(s, &maps[i], err))
            return false;
    g->text = at_ram(s, g, text, TEXT_AT);
    g->stack = at_ram(s, g, vmalloc, STACKS_AT);
    g->own = at_ram(s, g, vmalloc + OWN_AT, OWN_AT);
    g->flag = at_ram(s, g, vmalloc + FLAG_AT, FLAG_AT);
    g->gic = (struct place){ .va = s->stage1 ? vmalloc + MB(16) : gic,
                             .pa = s->xen ? GICV_HOST : GICC_HOST,
                             .flags = REC_MMIO };
    return true;
}

/* ---- Where data lies --------------------------------------------------------------------------------------------- */

/* How a guest's RAM is shared out. */
struct shares {
    uint64_t tables_at, tables_bytes, data_at, window, bytes;
};

static uint64_t align_up(uint64_t x, uint64_t to)
{
    return (x + to - 1) / to * to;
}

/* Pages of tables for one footprint, and for the little there is else. */
static uint64_t table_pages(const struct scene *s)
{
    uint64_t footprint = s->words->value[KEY_FOOTPRINT], pages = 32;

    if (!s->stage1)
        return 0;
    if (s->words->value[KEY_MAP] < MB(2))
        pages += footprint / MB(2) + 2;
    if (s->words->value[KEY_MAP] < GB(1))
        pages += footprint / GB(1) + 2;
    pages += footprint / GB(512) + 2;
    return s->words->pattern == PATTERN_DMA ? 3 * pages : pages; /* dom0 sees both buffers besides */
}

static bool share_out(const struct scene *s, struct shares *h, struct trace_error *err)
{
    uint64_t footprint = s->words->value[KEY_FOOTPRINT], pages = table_pages(s), guests = s->guests;
    uint64_t align = s->words->value[KEY_MAP] < MB(2) ? MB(2) : s->words->value[KEY_MAP];
    uint64_t code = align_up(s->words->value[KEY_CODE], SCENE_PAGE_BYTES) * s->processes;
    uint64_t room = RAM_WINDOW_BYTES / guests / GB(1) * GB(1);
    char text[24];

    words_size_text(footprint, text);
    if (s->stage1 && (footprint >> (s->words->value[KEY_VA] - 1)) > 0)
        return error_set(err, "footprint=%s: more than a half of %" PRIu64 " bits has room for; va=48", text,
                         s->words->value[KEY_VA]);
    if (pages * s->processes * guests > TABLES_PAGES_MAX || pages * s->processes > STAGE1_PAGES_MAX)
        return error_set(err,
                         "footprint=%s: its tables take more than 256M; larger leaves, as map=2M or map=1G, fewer "
                         "processes or guests",
                         text);
    h->tables_at = align_up(CODE_AT + code, MB(2));
    h->tables_bytes = pages * s->processes * SCENE_PAGE_BYTES;
    h->data_at = align_up(h->tables_at + h->tables_bytes, align);
    h->window = align_up(footprint, align);
    if (h->data_at + h->window * s->processes > room) {
        h->window = h->data_at < room ? (room - h->data_at) / s->processes / align * align : 0;
        if (h->window == 0 || !s->stage1)
            return error_set(err, "footprint=%s: does not fit into the %s of RAM that a guest has; fewer of them%s",
                             text, words_size_text(room, (char[24]){ 0 }), s->stage1 ? "" : ", or stage=both");
    }
    h->bytes = align_up(h->data_at + h->window * s->processes, MB(2));
    return true;
}

static bool map_process(const struct scene *s, struct guest_scene *g, unsigned i, const struct shares *h,
                        struct trace_error *err)
{
    uint64_t footprint = s->words->value[KEY_FOOTPRINT], code = s->words->value[KEY_CODE];
    uint64_t code_at = CODE_AT + i * code, data_at = h->data_at + i * h->window;
    struct process *p = &g->process[i];
    struct stage1 *tree = i == 0 ? &g->tables.tree[TREE_LOWER] : &g->lower[i];
    uint64_t code_va = s->el ? kernel_va(s, KERNEL_TEXT_OFFSET + TEXT_BYTES) : USER_CODE;
    uint64_t data_va = s->el ? kernel_va(s, 0) - (1ULL << (s->words->value[KEY_VA] - 1)) : USER_DATA;
    struct mapping m = { tree, code_va, g->ram_ipa + code_at, code, s->el ? PROT_KERNEL_ROX : PROT_USER_TEXT, 0 };

    if (s->stage1 && i > 0 && stage1_init_lower(tree, &g->tables.pool, (unsigned)s->words->value[KEY_VA]) != STAGE1_OK)
        return error_set(err, "out of memory");
    if (s->el)
        m.tree = &g->tables.tree[TREE_UPPER];
    if (!map(s, &m, err))
        return false;
    m.prot = s->el ? PROT_KERNEL_LINEAR : PROT_USER;
    m.sizes = leaf_sizes(s);
    m.ipa = g->ram_ipa + data_at;
    for (uint64_t done = 0; done < footprint; done += h->window) {
        m.va = data_va + done;
        m.bytes = footprint - done < h->window ? footprint - done : h->window;
        if (!map(s, &m, err))
            return false;
    }
    p->code = at_ram(s, g, code_va, code_at);
    p->data = at_ram(s, g, data_va, data_at);
    p->data.window = h->window;
    p->ttbr0 = s->stage1 ? stage1_root(tree) : 0;
    return true;
}

/* ---- Stage 2 ----------------------------------------------------------------------------------------------------- */

static bool map_stage2(const struct scene *s, struct p2m *p, const struct domain_region *r, struct trace_error *err)
{
    uint64_t step = s->words->value[KEY_S2MAP];
    enum p2m_result result = P2M_OK;

    if (r->batch == BATCH_64_PAGES)
        step = SCENE_PAGE_BYTES;
    for (uint64_t done = 0; done < r->bytes && result == P2M_OK; done += step)
        result = p2m_map(p, r->ipa + done, r->pa + done, r->bytes - done < step ? r->bytes - done : step,
                         (enum p2m_type)r->type);
    return result == P2M_OK || error_set(err, "tables of stage 2: out of memory");
}

static bool build_stage2(struct scene *s, struct guest_scene *g, unsigned i, struct trace_error *err)
{
    bool dom0 = g->ram_ipa == g->ram_pa;
    const struct domain_region regions[] = {
        { .ipa = g->ram_ipa, .pa = g->ram_pa, .bytes = g->ram_bytes, .type = P2M_RAM_RW },
        { .ipa = gicc_ipa(s, g),
          .pa = GICV_HOST,
          .bytes = GIC_BYTES,
          .type = (uint8_t)(dom0 ? s->xen->use.dom0_gicc : P2M_MMIO_DIRECT_DEV) },
    };

    if (p2m_init(&g->p2m, s->xen, P2M_BASE + i * P2M_ROOM) != P2M_OK)
        return error_set(err, "out of memory");
    return map_stage2(s, &g->p2m, &regions[0], err) && map_stage2(s, &g->p2m, &regions[1], err);
}

/* RAM of a domU: its first bank where that is enough, else its second [choice: one bank]. */
static uint64_t domu_ram(const struct scene *s, uint64_t bytes)
{
    const struct layout_range *window = xen_layout(s->xen)->window;

    return bytes <= window[LAYOUT_RAM0].bytes ? window[LAYOUT_RAM0].base : window[LAYOUT_RAM1].base;
}

bool scene_build_guest(struct scene *s, unsigned i, struct trace_error *err)
{
    struct guest_scene *g = &s->guest[i];
    const struct linux_options options = { .asid = 1 };
    struct shares h = { 0 };
    struct stage1 empty;

    if (!share_out(s, &h, err))
        return false;
    g->vmid = s->xen ? i + 1 : 0;
    g->ram_pa = RAM_WINDOW_BASE + i * (RAM_WINDOW_BYTES / s->guests / GB(1) * GB(1));
    g->ram_bytes = h.bytes;
    g->ram_ipa = s->xen && i > 0 ? domu_ram(s, h.bytes) : g->ram_pa;
    linux_vmap(&g->map, preset_of(s), &options);
    if (s->stage1 && vmap_build(&g->map, &g->tables, g->ram_ipa + h.tables_at, h.tables_bytes) != STAGE1_OK)
        return error_set(err, "out of memory");
    if (!map_kernel(s, g, err))
        return false;
    for (unsigned p = 0; p < s->processes; p++)
        if (!map_process(s, g, p, &h, err))
            return false;
    if (s->stage1) {
        if (stage1_init_lower(&empty, &g->tables.pool, (unsigned)s->words->value[KEY_VA]) != STAGE1_OK)
            return error_set(err, "out of memory");
        g->reserved = stage1_root(&empty);
    }
    g->buffer = g->process[0].data;
    return !s->xen || build_stage2(s, g, i, err);
}

/* ---- Grants ------------------------------------------------------------------------------------------------------ */

uint64_t scene_grant_ipa(unsigned pair)
{
    return GRANTS + pair * GB(1);
}

static bool build_grant(struct scene *s, unsigned pair, struct trace_error *err)
{
    struct guest_scene *dom0 = &s->guest[0], *front = &s->guest[pair + 1];
    uint64_t bytes = s->words->value[KEY_FOOTPRINT], ipa = scene_grant_ipa(pair);
    uint64_t va = kernel_va(s, KERNEL_VMALLOC_OFFSET + (pair + 1) * GB(1));
    struct domain_region r[] = {
        { .ipa = ipa, .pa = front->buffer.pa, .bytes = bytes },
        { .ipa = ipa + bytes, .pa = front->flag.pa, .bytes = SCENE_PAGE_BYTES },
    };
    struct mapping m = { &dom0->tables.tree[TREE_UPPER], va, ipa, bytes + SCENE_PAGE_BYTES, PROT_KERNEL, 0 };

    for (int k = 0; k < 2; k++) {
        r[k].batch = BATCH_64_PAGES;
        r[k].type = P2M_GRANT_MAP_RW;
        if (!map_stage2(s, &dom0->p2m, &r[k], err))
            return false;
    }
    *(pair ? &dom0->buffer2 : &dom0->buffer) = (struct place){ va, r[0].pa, 0, 0 };
    *(pair ? &dom0->flag2 : &dom0->flag) = (struct place){ va + bytes, r[1].pa, 0, 0 };
    return map(s, &m, err);
}

bool scene_build_grants(struct scene *s, struct trace_error *err)
{
    for (unsigned pair = 0; pair + 1 < s->guests; pair++)
        if (!build_grant(s, pair, err))
            return false;
    return true;
}

uint64_t scene_p2m_word(const struct scene *s, uint64_t ipa, uint64_t *word)
{
    const struct p2m *p = &s->guest[0].p2m;
    size_t page = (size_t)(ipa >> 39);
    uint64_t entry = p->page[page][ipa >> 30 & (P2M_PAGE_WORDS - 1)];

    page = (size_t)(((entry & 0xFFFFFFFFF000ULL) - p->base) / SCENE_PAGE_BYTES);
    entry = p->page[page][ipa >> 21 & (P2M_PAGE_WORDS - 1)];
    page = (size_t)(((entry & 0xFFFFFFFFF000ULL) - p->base) / SCENE_PAGE_BYTES);
    *word = p->page[page][ipa >> 12 & (P2M_PAGE_WORDS - 1)];
    return p->base + page * SCENE_PAGE_BYTES + 8 * (ipa >> 12 & (P2M_PAGE_WORDS - 1));
}
