/* Syntax of TTW lines as Fast Models printed them in [islet: #56, #188], without the fields that ARMv8.0 lacks (nT,
 * AMEC); of TLB and WALKCACHE lines as in [Tarmac: TLB trace], the shareability by the words of [A53-model]. */
#include "sim/replay/tarmac_walk.h"

#include <inttypes.h>

/* A field of a descriptor: bits() takes a pair, bit() a number. */
#define FIELD(desc, field) ((unsigned)bits(desc, field))
#define FLAG(desc, field) ((unsigned)bit(desc, field))

/* What a descriptor says. */
static void put_meaning(char *out, size_t bytes, const struct ttw_params *p, const struct step *s)
{
    enum desc_type type = ttw_desc_type(p, s->level, s->desc);
    uint64_t d = s->desc, oa = type == DESC_INVALID ? 0 : ttw_desc_oa(p, s->level, type, d);

    if (!s->hit)
        snprintf(out, bytes, "(ABORTED)"); /* [guess: as in lines of memory accesses] */
    else if (type == DESC_INVALID)
        snprintf(out, bytes, "FAULT");
    else if (type == DESC_TABLE && s->stage == 2)
        snprintf(out, bytes, "TABLE ADDR=0x%016" PRIx64, oa);
    else if (type == DESC_TABLE)
        snprintf(out, bytes, "TABLE PXN=%u XN=%u AP=%u NS=%u ADDR=0x%016" PRIx64, FLAG(d, DESC_PXNTable),
                 FLAG(d, DESC_UXNTable), FIELD(d, DESC_APTable), FLAG(d, DESC_NSTable), oa);
    else if (s->stage == 2)
        snprintf(out, bytes, "BLOCK MEMATTR=%u HAP=%u SH=%u AF=%u 16E=%u XN=%u ADDR=0x%016" PRIx64,
                 FIELD(d, DESC_MemAttr), FIELD(d, DESC_AP), FIELD(d, DESC_SH), FLAG(d, DESC_AF), FLAG(d, DESC_Contig),
                 FLAG(d, DESC_UXN), oa);
    else
        snprintf(out, bytes, "BLOCK ATTRIDX=%u NS=%u AP=%u SH=%u AF=%u nG=%u 16E=%u PXN=%u XN=%u ADDR=0x%016" PRIx64,
                 FIELD(d, DESC_AttrIndx), FLAG(d, DESC_NS), FIELD(d, DESC_AP), FIELD(d, DESC_SH), FLAG(d, DESC_AF),
                 FLAG(d, DESC_nG), FLAG(d, DESC_Contig), FLAG(d, DESC_PXN), FLAG(d, DESC_UXN), oa);
}

void tarmac_walk_steps(struct tarmac_text *t, const struct tarmac_walk *w, const struct steps *steps)
{
    const struct ttw_params *p[] = { NULL, &w->regime->s1[w->half], &w->regime->s2 };
    char meaning[160];

    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];

        if (s->kind != STEP_FETCH)
            continue;
        put_meaning(meaning, sizeof meaning, p[s->stage], s);
        tarmac_text_add(t, w->at, "TTW %s LPAE %u:%u %012" PRIx64 " %016" PRIx64 " : %s", w->fetch ? "ITLB" : "DTLB",
                        s->stage, s->level, s->address, s->desc, meaning);
    }
}

static const char *size_name(unsigned size_bits)
{
    switch (size_bits) {
    case 12:
        return "4K";
    case 16:
        return "64K";
    case 21:
        return "2M";
    }
    return "512M";
}

/* The regime that owns a mapping [Tarmac: virtual regime definition]. An IPA has no EL0 and no ASID. */
static void put_regime(char *out, size_t bytes, const struct tlb_tag *tag)
{
    if (tag->regime == REGIME_EL2)
        snprintf(out, bytes, "0x%010" PRIx64 "_NS EL2_n", tag->va);
    else if (tag->global)
        snprintf(out, bytes, "0x%010" PRIx64 "_NS EL1_n vmid=%u", tag->va, tag->vmid);
    else
        snprintf(out, bytes, "0x%010" PRIx64 "_NS EL1_n vmid=%u, nG asid=%u", tag->va, tag->vmid, tag->asid);
}

/* One half of a Normal attribute, by its MAIR nibble: RW are the hints, 0100 is Non-cacheable. */
static const char *cache_name(enum cacheability c, unsigned nibble)
{
    static const char *const names[2][4] = {
        { "WriteThroughNonReadAllocateNonWriteAllocate", "WriteThroughNonReadAllocateWriteAllocate",
          "WriteThroughNonWriteAllocate", "WriteThroughWriteAllocate" },
        { "WriteBackNonReadAllocateNonWriteAllocate", "WriteBackNonReadAllocateWriteAllocate",
          "WriteBackNonWriteAllocate", "WriteBackWriteAllocate" },
    };

    return c == CACHE_NC ? "NonCacheable" : names[c == CACHE_WB][nibble & 3];
}

static void put_type(char *out, size_t bytes, struct memattr a)
{
    static const char *const sharing[] = { "NonShareable", "NonShareable", "OuterShareable", "InnerShareable" };

    if (memattr_is_device(a))
        snprintf(out, bytes, "%s%s", attr_name(a), a.attr == ATTR_DEVICE_nGnRnE ? " (StronglyOrdered)" : "");
    else
        snprintf(out, bytes, "Normal %s Inner=%s Outer=%s", sharing[a.sh & 3], cache_name(attr_inner(a), a.attr & 0xF),
                 cache_name(attr_outer(a), a.attr >> 4));
}

/* Both stages combined, as an access that no register overrides gets it. */
static struct memattr leaf_type(const struct tlb_entry *e)
{
    switch (e->tag.stages) {
    case TLB_STAGE1:
        return attr_effective(e->leaf.s1);
    case TLB_STAGE2:
        return attr_effective(e->leaf.s2);
    }
    return attr_combine(e->leaf.s1, e->leaf.s2);
}

static void put_leaf(char *out, size_t bytes, const struct tlb_entry *e)
{
    char type[128];

    put_type(type, sizeof type, leaf_type(e));
    snprintf(out, bytes, "0x%010" PRIx64 "_NS %s xn=%d pxn=%d", e->leaf.pa, type, (e->leaf.perm_s1 & PERM_S1_UXN) != 0,
             (e->leaf.perm_s1 & PERM_S1_PXN) != 0);
}

static void put_stage2(char *out, size_t bytes, const struct tlb_entry *e)
{
    char type[128];

    put_type(type, sizeof type, attr_effective(e->stage2.attr));
    snprintf(out, bytes, "0x%010" PRIx64 "_NS %s xn=%d", e->stage2.pa, type, (e->stage2.perm & PERM_S2_XN) != 0);
}

static void put_fill(struct tarmac_text *t, const struct tarmac_walk *w, const struct fill *f)
{
    static const char *const what[] = { "TLB", "WALKCACHE", "TLB" };
    static const char *const array[] = { "TLB", "WALKCACHE", "IPACACHE" };
    char whose[80], maps[200];

    if (f->replaced.valid) {
        put_regime(whose, sizeof whose, &f->replaced);
        tarmac_text_add(t, w->at, "%s EVICT cpu%u.%s %s %s", what[f->array], w->core, array[f->array],
                        size_name(f->replaced.size_bits), whose);
    }
    put_regime(whose, sizeof whose, &f->entry.tag);
    switch ((enum fill_array)f->array) {
    case FILL_MAIN_TLB:
        put_leaf(maps, sizeof maps, &f->entry);
        break;
    case FILL_IPA_CACHE:
        put_stage2(maps, sizeof maps, &f->entry);
        break;
    case FILL_WALK_CACHE:
        snprintf(maps, sizeof maps, "0x%010" PRIx64 "_NS", f->entry.table.pa);
        break;
    }
    tarmac_text_add(t, w->at, "%s FILL cpu%u.%s %s %s:%s", what[f->array], w->core, array[f->array],
                    size_name(f->entry.tag.size_bits), whose, maps);
}

void tarmac_walk_fills(struct tarmac_text *t, const struct tarmac_walk *w, const struct fills *fills)
{
    for (unsigned i = 0; i < fills->count; i++)
        put_fill(t, w, &fills->fill[i]);
}
