/* What a core's TLBs may keep, by the book: a list that grows with every translation and shrinks with every TLBI.
 *
 * It states, apart from models/, what may be cached of a walk, when that would do harm, and what each TLB maintenance
 * operation is bound to take away. It is a bound: hardware may keep less. The walker's reads are the evidence of what
 * an entry rests on. [Arm: D8.16, D8.17, A.g: D4.6, D4.7] */
#pragma once

#include "models/arch/tlbi.h"
#include "tests/oracle/naive.h"

enum { KEPT_MAX = 1024 };

enum kept_kind {
    KEPT_LEAF,     /* a VA's translation, whether one stage made it or two */
    KEPT_TABLE,    /* a stage-1 table descriptor, with stage 2 of the table it points to */
    KEPT_S2_LEAF,  /* an IPA's translation */
    KEPT_S2_TABLE, /* a stage-2 table descriptor */
};

struct kept_entry {
    uint8_t kind; /* enum kept_kind */
    bool el2;     /* of the EL2 regime; else of EL1&0 */
    bool s1_on, s2_on;
    bool global;
    bool upper;                 /* made through TTBR1 */
    bool stale;                 /* rests on memory that has changed */
    uint8_t granule1, granule2; /* log2; 0 where the stage is off */
    uint8_t vmid;
    uint16_t asid;
    uint8_t hit_bits, drop_bits;
    uint64_t hit_base;     /* answers for 2^hit_bits bytes from here: canonical VA, or IPA */
    uint64_t drop_base;    /* any address in 2^drop_bits bytes from here takes it away */
    uint64_t root1, root2; /* table bases; 0 where the stage is off */
    uint64_t controls;     /* digest of the registers that a TLB may keep with it */
    uint8_t read_count;
    uint64_t read[NAIVE_READS_MAX]; /* PAs it rests on */
};

struct kept {
    unsigned count;
    struct kept_entry entry[KEPT_MAX];
};

/* A maintenance operation at work. */
struct kept_drop {
    enum tlbi_op op;
    uint64_t xt;
    const struct naive_regs *issuer; /* the registers of the core that executes it */
};

/* Notes all that may be kept of a translation that ended in `result` under the registers. Returns false when full. */
bool kept_note(struct kept *k, const struct naive_regs *regs, const struct naive_access *access,
               const struct naive_result *result);

/* Marks what rests on the word at pa. Returns how many entries do. */
unsigned kept_spoil(struct kept *k, uint64_t pa);

/* True when the entry could answer under these registers. [Arm: R_NWYRD, R_QNPQX]
 * [choice of the models: an entry also remembers which stages were on] */
bool kept_in_reach(const struct kept_entry *e, const struct naive_regs *regs);

/* True when it could answer, and wrongly: it rests on what has changed since. */
bool kept_harms(const struct kept_entry *e, const struct naive_regs *regs);

/* True when some entry of the kind that is in reach answers for the address (canonical VA, or IPA). */
bool kept_answers(const struct kept *k, enum kept_kind kind, const struct naive_regs *regs, bool el2, uint64_t address);

/* True when the operation is bound to take the entry away from a core with the registers `target`. */
bool kept_is_dropped(const struct kept_entry *e, const struct kept_drop *drop, const struct naive_regs *target);

/* Takes away what the operation is bound to. Returns how many entries. */
unsigned kept_drop(struct kept *k, const struct kept_drop *drop, const struct naive_regs *target);

/* Returns the VA as a TLB compares it: [55:0], extended by bit 55 in EL1&0. */
uint64_t kept_canonical(bool el2, uint64_t va);

/* Log2 of the granule of a half of a regime's stage 1, or of stage 2. */
unsigned kept_granule1(const struct naive_regs *regs, bool el2, bool upper);
unsigned kept_granule2(const struct naive_regs *regs);
