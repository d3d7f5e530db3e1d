/* The list of counters as data. */
#include "models/mmu/count.h"

static const struct count_row rows[COUNT_COUNT] = {
#define X(name, number, text) { #name, number, text },
    COUNT_LIST(X)
#undef X
};

const struct count_row *count_row(enum count c)
{
    return &rows[c];
}
