/* `--records`: one CSV row for each access. */
#pragma once

#include "sim/replay.h"

/* Writes the header row. */
void records_begin(struct out_file *out);

/* Writes an access's row. */
void records_row(struct out_file *out, uint64_t record, const struct trace_rec *rec, const struct access *a,
                 const struct outcome *o);
