/* What the parts of upkeep share. Private to them. */
#pragma once

#include "sim/lint/upkeep.h"
#include "sim/lint/upkeep_change.h"
#include "sim/lint/upkeep_copies.h"
#include "sim/lint/upkeep_path.h"

#define UPKEEP_RECENT 512
#define UPKEEP_CAME 256
#define UPKEEP_KNOWN (1u << 14)

/* A page that was found right, and stays so until something changes. */
struct upkeep_recent {
    uint64_t page; /* and regime */
    uint64_t epoch;
    uint8_t rights; /* RIGHT_* for which */
};

/* A TLBI that came. */
struct upkeep_came {
    struct tlbi tlbi;
    uint8_t core;
    uint64_t at;
};

struct upkeep_core {
    uint64_t epoch; /* goes up whenever an answer may have changed */
    struct upkeep_recent recent[UPKEEP_RECENT];
    uint64_t dsb[2];          /* order of the last DSB that completes stores: of any domain; Inner Shareable or wider */
    bool pending[2];          /* a local TLBI, a broadcast one, that no DSB has completed yet: */
    struct upkeep_came of[2]; /* the first of them */
    bool warned;              /* and it was told that something relied on it */
    unsigned depth;           /* exceptions taken since, not returned from */
    bool started;             /* it has made an access: registers before are its start, not changes */
    uint8_t el;               /* of its last access */
    bool changed[REGIME_COUNT];         /* registers have, since the last context synchronization: */
    struct regime synced[REGIME_COUNT]; /* as it was there */
    bool fetched;                       /* a fetch that came out otherwise: harmless if it was that of the ISB */
    uint64_t fetched_at;
    struct access fetch;
};

/* A word that a walk has read as a descriptor, in a script. */
struct upkeep_known {
    bool there;
    struct copy_word word;
    uint64_t ia, mair;
    uint8_t regime, vmid;
    uint16_t asid;
};

struct upkeep {
    struct upkeep_options options;
    struct copies copies;
    uint64_t at;    /* the place of the event at work */
    uint64_t order; /* of stores and DSBs */
    uint64_t judged;
    struct upkeep_core core[COPIES_CORES];
    uint8_t users[REGIME_COUNT][256]; /* cores that have walked for a VMID; EL2: [0] */
    struct upkeep_came came[UPKEEP_CAME];
    uint64_t came_count;
    struct upkeep_known *known; /* UPKEEP_KNOWN, with exact; else NULL */
};

/* Why an answer is no longer what the tables say. */
struct upkeep_cause {
    enum lint_code code;  /* as it would be told at once */
    unsigned changes;     /* CHANGE_*; 0: not by a descriptor */
    unsigned which;       /* of copy.word: 0 stage 1, 1 stage 2 */
    struct copy_word now; /* the word in its place, or where the walk ended instead */
    uint64_t base;        /* identifiers used again: the first-level table now */
};

/* The regime of a core that a copy, or an access, belongs to. */
static inline const struct regime *upkeep_regime(const struct upkeep *u, unsigned core, enum regime_id id)
{
    return &u->options.machine->cluster.core[core].mmu.regime[id];
}

/* How a copy's word is to be read. */
static inline struct change_view upkeep_view(const struct copy_key *k, const struct copy *c, unsigned which)
{
    const struct copy_word *w = &c->word[which];

    return (struct change_view){ w->stage, w->level, w->granule_bits, k->tag.regime == REGIME_EL10, c->mair };
}

static inline struct change_view upkeep_known_view(const struct upkeep_known *k)
{
    const struct copy_word *w = &k->word;

    return (struct change_view){ w->stage, w->level, w->granule_bits, k->regime == REGIME_EL10, k->mair };
}

/* Something happened by which answers may differ: on one core, on all. */
void upkeep_stir(struct upkeep *u, unsigned core);
void upkeep_stir_all(struct upkeep *u);

/* Looks at one page of an access beyond the first glance. Returns true when it is granted, nothing was found, and the
 * same need not be looked at again before something happens. */
bool upkeep_judge(struct upkeep *u, unsigned core, const struct access *a);

/* A word changes: what has to be told at once. Returns true when something was. */
bool upkeep_judge_word(struct upkeep *u, pa_t pa, uint64_t value);

/* What is told, and how. */
void upkeep_tell_broken(struct upkeep *u, uint32_t i, const struct upkeep_cause *cause, unsigned cores);
void upkeep_tell_direct(struct upkeep *u, const struct upkeep_known *k, uint64_t from, uint64_t to);
void upkeep_tell_stale(struct upkeep *u, uint32_t i, const struct upkeep_cause *cause, const struct access *a);
void upkeep_tell_doubt(struct upkeep *u, uint32_t i, const struct upkeep_came *late);
void upkeep_tell_no_dsb_first(struct upkeep *u, uint32_t i, const struct upkeep_came *tlbi);
void upkeep_tell_no_dsb_after(struct upkeep *u, const struct upkeep_came *tlbi, const char *before);
void upkeep_tell_no_isb(struct upkeep *u, unsigned core, const struct access *a, uint64_t at);
void upkeep_tell_limit(struct upkeep *u);
