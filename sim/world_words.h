/* A world as words: `xen=xen-4.17 domain=dom0 dom0_mem=1G dtb=board.dtb config=guest.cfg`, as a script's `platform` has it. */
#pragma once

#include "sim/machine.h"
#include "sim/world.h"

/* Takes the words apart, separated by blanks; texts point into `words`, which is written to. Without xen= there is no
 * world: *asked is false. Returns NULL, or what is wrong: a phrase for the user, in `why`. */
const char *world_words_parse(char *words, struct world_request *q, bool *asked, char *why, size_t why_bytes);

/* Puts a world's tables into a machine's memory and its registers, VTCR_EL2, VTTBR_EL2 and HCR_EL2, into all its cores.
 * Returns NULL, or why not. */
const char *world_words_install(const struct world *w, struct machine *m);
