/* A world as words: `xen=xen-4.17 domain=dom0 dom0_mem=1G dtb=board.dtb config=guest.cfg`, as a script's `platform` has
 * it. */
#pragma once

#include "sim/machine.h"
#include "sim/map/world.h"
#include "sim/options.h"

/* Takes the words apart, separated by blanks; texts point into `words`, which is written to. Without xen= or
 * domain=none there is no world: *asked is false. Returns NULL, or what is wrong: a phrase for the user, in `why`. */
const char *world_words_parse(char *words, struct world_request *q, bool *asked, char *why, size_t why_bytes);

/* The words of a world as options of a command, for all but xen=: --dom0-mem for dom0_mem=. Returns how many. */
#define WORLD_WORDS 11
size_t world_words_options(struct world_request *q, struct option_spec spec[WORLD_WORDS]);

/* Returns 0, or 2 after a message: that the output would replace a file that these words name. NULL: no output. */
int world_words_check_output(const struct world_request *q, const char *output);

/* Puts a world's tables into a machine's memory and its registers, VTCR_EL2, VTTBR_EL2 and HCR_EL2, into all its cores;
 * with a guest, its stage 1 too. Returns NULL, or why not, in *err where it has a name. */
const char *world_words_install(const struct world *w, const struct guest_request *q, struct machine *m,
                                struct trace_error *err);
