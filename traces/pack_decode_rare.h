/* What stands in PACK_REST: changes of core and level, and records that nothing foretells. */
#pragma once

#include "traces/pack_decode.h"

/* Decodes what a control byte stands for that is at PACK_RUN + 8 or above and below PACK_EXPECTED: one record, or none.
 * Returns false with `problem` set on damage. */
bool pack_decode_rare(struct pack_decoder *d, unsigned control, struct dense_block *to);
