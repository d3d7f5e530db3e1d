/* A set-associative array of tagged translations: what the A53's TLB RAM holds three of, the main TLB, the walk cache
 * and the IPA cache [A53: 5.2, 6.7].
 *
 * Entries of several sizes live together. A lookup probes the array once for each size that is present [A53: 5.2.2
 * "different page-size mappings"], first the size that answered last, then from small to large. The order is a guess.
 * Small to large alone does not fit: random reads of 64 KB to 512 KB take the same time in pages of 4 KB and of 2 MB,
 * to 0.1 ns, though the page of their code keeps 4 KB present [sbc-bench]; nor can it be told from this that a further
 * probe costs anything. The index is the lowest bits of the address above the size: 7 index bits and a 29-bit tag make
 * up VA[47:12] [A53: Table 6-13]. */
#pragma once

#include "models/arch/perm.h"
#include "models/arch/tlbi.h"
#include "models/mmu/repl.h"
#include <assert.h>
#include <stddef.h>
#include <string.h>

#define TLB_ENTRIES_MAX 4096
#define TLB_SIZES 4
#define TLB_WORD_SIZE 56 /* where in an entry's word the size lies, as an index of tlb.present: two bits */

/* A translation of a page of a VA: both stages side by side, as in the A53's main TLB [A53: Table 6-13]. */
struct tlb_leaf {
    uint64_t pa, ipa;           /* of the entry's first byte */
    struct memattr s1, s2;      /* as the descriptors say, before the controls of regime.h */
    uint8_t perm_s1, perm_s2;   /* PERM_S1_*, PERM_S2_* */
    uint8_t level_s1, level_s2; /* of the leaf descriptors */
};

/* Returns all that both stages say of a leaf but where it leads, in one word. */
static inline uint64_t tlb_leaf_said(const struct tlb_leaf *l)
{
    uint64_t word;

    static_assert(offsetof(struct tlb_leaf, s1) == 16 && sizeof(struct tlb_leaf) == 24, "eight bytes, without a gap");
    memcpy(&word, &l->s1, sizeof word);
    return word;
}

/* A pointer to a last-level stage-1 table [A53: 5.2.4, Table 6-15]. */
struct tlb_table {
    uint64_t pa;
    struct table_attr attr; /* of all table descriptors above */
    struct memattr
        s2; /* stage 2 of the table's memory, as its descriptor says; HCR_EL2.CD acts at each use, PTW when filled */
};

/* A stage-2 translation [A53: 5.2.3, Table 6-16]. */
struct tlb_stage2 {
    uint64_t pa;
    struct memattr attr; /* as the descriptor says */
    uint8_t perm;        /* PERM_S2_* */
    uint8_t level;
};

struct tlb_entry {
    struct tlb_tag tag;
    union {
        struct tlb_leaf leaf;
        struct tlb_table table;
        struct tlb_stage2 stage2;
    };
};

/* What is looked for. */
struct tlb_key {
    uint64_t va; /* canonical VA, or IPA */
    uint16_t asid;
    uint8_t vmid;
    uint8_t regime;
    uint8_t stages;
};

/* The sizes that a look-up probes, one after the other, as indices of tlb.present; and how many it has probed when it
 * is done with a size. */
struct tlb_order {
    uint8_t count, size[TLB_SIZES], probes[TLB_SIZES];
};

struct tlb {
    uint16_t ways;
    uint16_t set_bits;
    uint32_t present[TLB_SIZES];       /* valid entries of each size */
    unsigned answered;                 /* the size, as an index of these, of the last hit: probed first */
    struct tlb_order order[TLB_SIZES]; /* by what answered last */
    struct repl repl;
    bool watched;     /* somebody asks for the next two: whoever does sets it, after tlb_init */
    bool doubled;     /* two entries may answer for one address: which one does depends on what is probed first */
    uint32_t changes; /* how often an entry went, or the array became doubled: while this is the same and that is not
                         so, what answered once does */
    uint64_t tag[TLB_ENTRIES_MAX]; /* what each entry is searched by but ASID and global, in one word, 0 when it is not
                                      valid [A53: 5.3]: VA[55:12] that counts for the size in bits 43:0 (a canonical VA
                                      has nothing to add above), VMID, regime, stages, size */
    struct tlb_entry entry[TLB_ENTRIES_MAX]; /* sets * ways */
    uint64_t use[TLB_ENTRIES_MAX];
};

struct tlb_config {
    uint32_t entries; /* sets * ways, sets a power of two, at most TLB_ENTRIES_MAX */
    uint32_t ways;
    uint32_t policy; /* enum repl_policy */
    uint32_t seed;
};

/* Returns the stages that are on, TLB_STAGE1 | TLB_STAGE2. */
static inline uint8_t tlb_stages_of(const struct regime *r)
{
    return (uint8_t)((r->stage1_on ? TLB_STAGE1 : 0) | (r->stage2_on ? TLB_STAGE2 : 0));
}

/* Returns the key of a canonical VA in a regime as it stands. */
static inline struct tlb_key tlb_key_of(const struct regime *r, uint64_t va)
{
    return (struct tlb_key){ .va = va, .asid = r->asid, .vmid = r->vmid, .regime = r->id, .stages = tlb_stages_of(r) };
}

/* Starts empty. */
void tlb_init(struct tlb *t, const struct tlb_config *config);

/* Returns the entry that answers for the key, or NULL. *probes is how many sizes are looked up for it, 1 at least: an
 * empty array costs a probe as well. No use of it, yet. */
const struct tlb_entry *tlb_peek(const struct tlb *t, const struct tlb_key *key, unsigned *probes);

/* The size of an entry by its place. */
static inline unsigned tlb_size_at(const struct tlb *t, uint32_t place)
{
    return t->tag[place] >> TLB_WORD_SIZE & 3;
}

/* Returns how many sizes tlb_peek would look up for the entry at a place that alone answers for a key. */
static inline unsigned tlb_probes_for(const struct tlb *t, uint32_t place)
{
    return t->order[t->answered].probes[tlb_size_at(t, place)];
}

/* The entry at a place is used, which tlb_peek has returned, or would. */
static inline void tlb_use(struct tlb *t, uint32_t place)
{
    t->answered = tlb_size_at(t, place);
    repl_touch(&t->repl, 0, place);
}

/* Both at once. */
const struct tlb_entry *tlb_find(struct tlb *t, const struct tlb_key *key, unsigned *probes);

/* Puts an entry in; size_bits is one of 12, 16, 21, 29. An entry with the same tag is replaced in place. Returns the
 * tag of the other translation that had to go, one that is not valid when none had. */
struct tlb_tag tlb_fill(struct tlb *t, const struct tlb_entry *entry);

/* Drops what the operation names. Returns how many. */
unsigned tlb_invalidate(struct tlb *t, const struct tlbi *op);

/* Returns the largest of the sizes an entry can have that is not above `size_bits`: 30 (1 GB) is kept in pieces of
 * 512 MB [A53: 5.2.2]. */
uint8_t tlb_size_for(unsigned size_bits);
