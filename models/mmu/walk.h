/* The walker: one for both stages, with or without the caches that shorten it [Arm: AArch64.S1Walk, S2Walk,
 * FullTranslate; A.g: D4.2.10].
 *
 * It tells what the tables say and whether the access may; it keeps nothing itself. */
#pragma once

#include "models/arch/regime.h"
#include "models/mem/port.h"
#include "models/mmu/fill.h"
#include "models/mmu/step.h"

struct walk {
    const struct regime *regime;
    const struct mem_port *mem;
    struct tlb *walk_cache; /* NULL: none is asked or filled */
    struct tlb *ipa_cache;  /* NULL: none is asked or filled */
    struct steps *steps;    /* appended to */
    struct fills *fills;    /* appended to; NULL: nobody listens */
};

/* Walks for the access with at least one stage on. On success *entry is what a TLB may keep: tag and leaf, combined of
 * both stages (of stage 1 alone with stage1_only, where ipa == pa and stage 2 is not asked for the output). Returns the
 * fault otherwise, and entry->leaf as far as the walk came; permission and alignment are checked on the way, each where
 * its stage's turn is [Arm: D8.15.4]. */
struct fault walk_translate(struct walk *w, const struct access *a, bool stage1_only, struct tlb_entry *entry);
