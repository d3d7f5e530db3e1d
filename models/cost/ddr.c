/* Rows and banks. */
#include "models/cost/ddr.h"

#include <assert.h>
#include <string.h>

void ddr_init(struct ddr *d, const struct ddr_config *config)
{
    assert(config->banks <= DDR_BANKS_MAX && (config->banks & (config->banks - 1)) == 0);
    d->config = *config;
    memset(d->open, 0, sizeof d->open);
}

uint32_t ddr_bank(const struct ddr *d, uint64_t pa)
{
    return d->config.banks ? (uint32_t)(pa / d->config.row_bytes) & (d->config.banks - 1) : 0;
}

enum ddr_row ddr_open(struct ddr *d, uint64_t pa)
{
    uint64_t *open = &d->open[ddr_bank(d, pa)], row, before = *open;

    if (!d->config.banks)
        return DDR_ROW_CONFLICT;
    row = pa / d->config.row_bytes / d->config.banks + 1;
    *open = row;
    return before == row ? DDR_ROW_HIT : before == 0 ? DDR_ROW_CLOSED : DDR_ROW_CONFLICT;
}

uint32_t ddr_saves(const struct ddr *d, enum ddr_row met)
{
    switch (met) {
    case DDR_ROW_HIT:
        return d->config.hit_saves;
    case DDR_ROW_CLOSED:
        return d->config.closed_saves;
    case DDR_ROW_CONFLICT:
        break;
    }
    return 0;
}
