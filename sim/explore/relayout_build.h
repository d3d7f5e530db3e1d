/* From what is mapped to leaves: the layout's policy. */
#pragma once

#include "sim/explore/relayout_tables.h"

/* Returns TCR_EL1 or VTCR_EL2 of the new layout; what cannot be walked stays. */
uint64_t relayout_tcr_el1(const struct layout *l, const struct sysregs *old);
uint64_t relayout_vtcr_el2(const struct layout *l, const struct sysregs *old);

/* Finds the geometry of a context's new tables, all but the base, from the registers it is used with first. Returns
 * false with a refusal. */
bool relayout_build_geometry(struct relayout_tables *t, struct context *c, const struct sysregs *old);

/* Refuses what the context's runs rule out; covers holes. */
bool relayout_build_prepare(struct relayout_tables *t, struct context *c);

/* Makes the tables of a context. */
bool relayout_build(struct relayout_tables *t, struct context *c);

/* Maps [ia, ia + bytes) of a context, which changes, to a run, NULL: to nothing. */
bool relayout_build_change(struct relayout_tables *t, struct context *c, const struct runs_change *change);

/* Maps a range of a guest's IPAs to the same PAs, as its other memory is. */
bool relayout_build_identity(struct relayout_tables *t, struct context *stage2, uint64_t at, uint64_t bytes);
