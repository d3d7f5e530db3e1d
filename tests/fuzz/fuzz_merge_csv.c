/* `stagewalk merge --check` on any bytes: it must end, say what is wrong, and stay within its memory. */
#include "sim/merge/merge_check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct merge_table table = { .in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL, .name = "fuzz" };
    struct merge_totals totals;
    struct trace_error err = { .text = "" };
    char *said = NULL;
    size_t said_bytes = 0;
    FILE *out = open_memstream(&said, &said_bytes);

    if (table.in && out) {
        bool whole = merge_check(&table, out, &totals, &err);

        if (whole == (err.text[0] != '\0') || totals.mismatches > totals.cells)
            abort();
    }
    if (table.in)
        fclose(table.in);
    if (out)
        fclose(out);
    free(said);
    return 0;
}
