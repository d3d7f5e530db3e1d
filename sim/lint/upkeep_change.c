/* Two descriptors, field by field. */
#include "sim/lint/upkeep_change.h"

#include <stdio.h>

static struct ttw_params params_of(const struct change_view *v)
{
    return (struct ttw_params){ .stage = v->stage, .granule_bits = v->granule_bits };
}

bool change_may_be_kept(const struct change_view *v, uint64_t desc)
{
    struct ttw_params p = params_of(v);
    enum desc_type type = ttw_desc_type(&p, v->level, desc);

    return type == DESC_TABLE || (type == DESC_LEAF && bit(desc, DESC_AF));
}

/* The rights that one of a word's permission bits, whichever stage it is of, gives and takes. */
static unsigned compare_rights(unsigned from, unsigned to)
{
    return (to & ~from ? CHANGE_WIDER : 0u) | (from & ~to ? CHANGE_NARROWER : 0u);
}

/* What the hierarchical bits of a table leave of all rights. They are ORed downwards: one more takes something away. */
static unsigned compare_tables(const struct change_view *v, uint64_t from, uint64_t to)
{
    uint64_t before = bits(from, 62, 59), after = bits(to, 62, 59);

    if (v->stage == 2) /* RES0 there, and not read */
        return 0;
    if (!v->el10) { /* APTable[0] and PXNTable are not EL2's */
        before &= 0xA;
        after &= 0xA;
    }
    return (before & ~after ? CHANGE_WIDER : 0u) | (after & ~before ? CHANGE_NARROWER : 0u);
}

static unsigned rights_of(const struct change_view *v, uint64_t desc)
{
    struct table_attr none = { 0 };

    if (v->stage == 2)
        return perm_rights_stage2(ttw_leaf_perm_s2(desc));
    if (v->el10)
        return perm_rights_el10(ttw_leaf_perm_s1(desc, none, true), false);
    return perm_rights_el2(ttw_leaf_perm_s1(desc, none, false), false);
}

static struct memattr attr_of(const struct change_view *v, uint64_t desc)
{
    unsigned sh = (unsigned)bits(desc, DESC_SH), index = (unsigned)bits(desc, DESC_AttrIndx);

    if (v->stage == 2)
        return attr_effective(attr_decode_stage2((unsigned)bits(desc, DESC_MemAttr), sh));
    return attr_effective(attr_decode_mair((unsigned)(v->mair >> 8 * index & 0xFF), sh));
}

static unsigned compare_leaves(const struct change_view *v, uint64_t from, uint64_t to)
{
    struct ttw_params p = params_of(v);
    unsigned before = rights_of(v, from), after = rights_of(v, to), changes = compare_rights(before, after);
    struct memattr old = attr_of(v, from), new = attr_of(v, to);

    if (ttw_desc_oa(&p, v->level, DESC_LEAF, from) != ttw_desc_oa(&p, v->level, DESC_LEAF, to))
        changes |= (before | after) & (RIGHT_W0 | RIGHT_W1) ? CHANGE_ADDRESS : CHANGE_ADDRESS_RO;
    if (old.attr != new.attr)
        changes |= CHANGE_TYPE;
    if (old.sh != new.sh && bits(from, DESC_SH) != bits(to, DESC_SH)) /* else it follows from the type */
        changes |= CHANGE_SHARED;
    if (bit(from, DESC_Contig) != bit(to, DESC_Contig))
        changes |= CHANGE_CONTIGUOUS;
    if (v->stage == 1 && v->el10 && bit(from, DESC_nG) != bit(to, DESC_nG))
        changes |= bit(from, DESC_nG) ? CHANGE_GLOBAL : CHANGE_NOT_GLOBAL;
    return changes;
}

unsigned change_of(const struct change_view *v, uint64_t from, uint64_t to)
{
    struct ttw_params p = params_of(v);
    enum desc_type was = ttw_desc_type(&p, v->level, from), is = ttw_desc_type(&p, v->level, to);
    unsigned changes;

    if (from == to)
        return 0;
    if (!change_may_be_kept(v, from))
        return change_may_be_kept(v, to) ? CHANGE_MADE : CHANGE_IGNORED;
    if (is == DESC_INVALID)
        return CHANGE_BROKEN;
    if (!change_may_be_kept(v, to)) { /* the flag alone, or all is gone until it is set */
        changes = was == is ? compare_leaves(v, from, to) : CHANGE_SIZE;
        return changes & CHANGE_TLBI ? CHANGE_BROKEN : CHANGE_AF_CLEARED;
    }
    if (was != is)
        return CHANGE_SIZE;
    if (is == DESC_LEAF) {
        changes = compare_leaves(v, from, to);
    } else {
        changes = compare_tables(v, from, to);
        if (ttw_desc_oa(&p, v->level, DESC_TABLE, from) != ttw_desc_oa(&p, v->level, DESC_TABLE, to))
            changes |= CHANGE_TABLE;
    }
    return changes ? changes : CHANGE_IGNORED;
}

void change_text(unsigned changes, char *text, size_t bytes)
{
    static const char *const names[] = { "became invalid",   "became valid",
                                         "output address",   "output address, read-only before and after",
                                         "next-level table", "block or page against table",
                                         "memory type",      "shareability",
                                         "Contiguous bit",   "nG to global",
                                         "global to nG",     "more rights",
                                         "fewer rights",     "access flag cleared",
                                         "ignored bits" };
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        int n;

        if (!(changes >> i & 1))
            continue;
        n = snprintf(text + used, bytes - used, "%s%s", used ? ", " : "", names[i]);
        if (n < 0 || (size_t)n >= bytes - used) {
            text[used] = '\0';
            return;
        }
        used += (size_t)n;
    }
}
