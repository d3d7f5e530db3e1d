/* The list of regions of a guest, and tables and registers of it. */
#include "platforms/linux/vmap.h"

#include "models/arch/perm.h"
#include "models/arch/ttw.h"

#include <stdlib.h>
#include <string.h>

const char *vmap_tree_name(enum vmap_tree tree)
{
    static const char *const names[TREE_COUNT] = { "lower", "upper", "trampoline" };

    return names[tree];
}

struct vmap_region *vmap_add(struct vmap *v, const struct vmap_region *region)
{
    if (v->count == VMAP_REGIONS_MAX)
        return NULL;
    if (v->count == v->capacity) {
        size_t capacity = v->capacity ? 2 * v->capacity : 16;
        struct vmap_region *more = realloc(v->region, capacity * sizeof *more);

        if (!more)
            return NULL;
        v->region = more;
        v->capacity = capacity;
    }
    v->region[v->count] = *region;
    return &v->region[v->count++];
}

void vmap_free(struct vmap *v)
{
    free(v->region);
    v->region = NULL;
    v->count = v->capacity = 0;
}

const struct vmap_region *vmap_find(const struct vmap *v, enum vmap_tree tree, uint64_t va)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct vmap_region *r = &v->region[i];

        if (r->tree == tree && va - r->va < r->bytes)
            return r;
    }
    return NULL;
}

struct memattr vmap_attr(const struct vmap *v, const struct vmap_region *r)
{
    unsigned byte = (unsigned)(v->mair_el1 >> 8 * bits(r->leaf, DESC_AttrIndx) & 0xFF);

    return attr_effective(attr_decode_mair(byte, (unsigned)bits(r->leaf, DESC_SH)));
}

unsigned vmap_rights(const struct vmap *v, const struct vmap_region *r)
{
    struct table_attr tables = { 0 };

    ttw_table_attr_add(&tables, r->table, true);
    return perm_rights_el10(ttw_leaf_perm_s1(r->leaf, tables, true), bit(v->sctlr_el1, SCTLR_WXN));
}

static enum stage1_result start_trees(const struct vmap *v, struct vmap_tables *t)
{
    enum stage1_result result = STAGE1_OK;

    for (unsigned i = 0; i < TREE_COUNT && result == STAGE1_OK; i++) {
        if (v->tree_bits[i] == 0)
            continue;
        result = i == TREE_LOWER ? stage1_init_lower(&t->tree[i], &t->pool, v->tree_bits[i])
                                 : stage1_init_upper(&t->tree[i], &t->pool, v->tree_bits[i]);
    }
    return result;
}

static enum stage1_result map_region(const struct vmap *v, struct vmap_tables *t, const struct vmap_region *r)
{
    struct stage1_mapping m = {
        .va = r->va, .ipa = r->ipa, .bytes = r->bytes, .leaf = r->leaf, .table = r->table, .sizes = r->sizes
    };

    return v->tree_bits[r->tree] ? stage1_map(&t->tree[r->tree], &m) : STAGE1_OUTSIDE;
}

enum stage1_result vmap_build(const struct vmap *v, struct vmap_tables *t, uint64_t ipa, uint64_t bytes)
{
    enum stage1_result result;

    memset(t, 0, sizeof *t);
    stage1_pool_init(&t->pool, ipa, bytes);
    result = start_trees(v, t);
    for (size_t i = 0; i < v->count && result == STAGE1_OK; i++) {
        result = map_region(v, t, &v->region[i]);
        if (result != STAGE1_OK)
            t->failed = &v->region[i];
    }
    return result;
}

void vmap_tables_free(struct vmap_tables *t)
{
    stage1_pool_free(&t->pool);
}

static uint64_t root_of(const struct vmap *v, const struct vmap_tables *t, enum vmap_tree tree)
{
    return t && v->tree_bits[tree] ? stage1_root(&t->tree[tree]) : 0;
}

void vmap_registers(const struct vmap *v, const struct vmap_tables *t, unsigned el,
                    struct vmap_register out[VMAP_REGISTERS])
{
    bool trampoline = el == 0 && v->tree_bits[TREE_TRAMPOLINE];
    /* with the kernel unmapped a process has two ASIDs, the odd one for EL0 [Linux: mmu.h@6.1:11, entry.S@6.1:638] */
    uint64_t asid = (uint64_t)(v->asid | (trampoline ? 1u : 0u)) << 48;
    uint64_t lower = root_of(v, t, TREE_LOWER), upper = root_of(v, t, trampoline ? TREE_TRAMPOLINE : TREE_UPPER);

    if (bit(v->tcr_el1, TCR_EL1_A1)) /* where the ASID of both halves is [Arm: TCR_EL1.A1] */
        upper |= asid;
    else
        lower |= asid;
    out[0] = (struct vmap_register){ SYSREG_MAIR_EL1, v->mair_el1 };
    out[1] = (struct vmap_register){ SYSREG_TCR_EL1, v->tcr_el1 };
    out[2] = (struct vmap_register){ SYSREG_TTBR0_EL1, lower };
    out[3] = (struct vmap_register){ SYSREG_TTBR1_EL1, upper };
    out[4] = (struct vmap_register){ SYSREG_SCTLR_EL1, v->sctlr_el1 };
}
