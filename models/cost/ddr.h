/* The open rows of a DDR memory: an access to a row that is open is answered sooner.
 *
 * Only the order of accesses matters here, never their times: how long a bank is taken is the business of whoever keeps
 * time. */
#pragma once

#include <stdint.h>

#define DDR_BANKS_MAX 64

struct ddr_config {
    uint32_t banks;        /* a power of two up to DDR_BANKS_MAX; 0: rows make no difference */
    uint32_t row_bytes;    /* a power of two */
    uint32_t hit_saves;    /* cycles that a row hit is faster than the price of a region: no precharge, no activate */
    uint32_t closed_saves; /* the same for a bank with no open row: no precharge */
};

enum ddr_row { DDR_ROW_HIT, DDR_ROW_CLOSED, DDR_ROW_CONFLICT };

struct ddr {
    struct ddr_config config;
    uint64_t open[DDR_BANKS_MAX]; /* row number plus 1; 0: none */
};

/* Starts with no row open. */
void ddr_init(struct ddr *d, const struct ddr_config *config);

/* The bank of an address, 0 without rows. [guess: an address is row, bank, column from the top] */
uint32_t ddr_bank(const struct ddr *d, uint64_t pa);

/* Opens the row of an address. Returns what was met; always a conflict without rows. */
enum ddr_row ddr_open(struct ddr *d, uint64_t pa);

/* The cycles that an access saves by what it met. */
uint32_t ddr_saves(const struct ddr *d, enum ddr_row met);
