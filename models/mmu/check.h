/* Whether an access may use a leaf, and what memory type it gets: the same rules for a fresh walk and for a TLB hit. */
#pragma once

#include "models/arch/regime.h"
#include "models/mmu/tlb.h"

/* Faults that need no look at any table: SCTLR.A, a VA whose top byte is wrong [Arm: D8.15.4 steps 1, 2]. */
struct fault check_before(const struct regime *r, const struct access *a);

/* Check one stage of a leaf: alignment by memory type, then permission, then fetch from Device [Arm: D8.15.4 steps 6,
 * 7]. A stage that is off refuses nothing but what its memory type does. [choice: a fetch from Device memory is a
 * Permission fault at the leaf level of the stage that says Device, one of the two that K1.2.11 permits] */
struct fault check_stage1(const struct regime *r, const struct tlb_leaf *leaf, const struct access *a);
struct fault check_stage2(const struct regime *r, const struct tlb_leaf *leaf, const struct access *a);

/* Returns the attribute the access gets from a leaf, effective: the stages of `stages` (TLB_STAGE1, TLB_STAGE2)
 * combined. */
struct memattr check_attr(const struct regime *r, const struct tlb_leaf *leaf, unsigned stages, enum access_kind kind);
