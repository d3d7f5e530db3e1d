/* Rows of a CSV file, one after the other, in bounded memory. Every byte read is untrusted; what the cells mean is the
 * caller's affair.
 *
 * The dialect is RFC 4180's with any line ends; spaces round a cell do not count, empty lines are skipped, a byte order
 * mark is too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CSV_CELLS_MAX 64
#define CSV_ROW_BYTES_MAX 16384

struct csv_row {
    uint64_t line; /* on which the row begins, from 1 */
    size_t count;
    const char *cells[CSV_CELLS_MAX]; /* without quotes; valid until the handler returns */
};

/* Takes a row. Returns false to stop. */
typedef bool csv_row_handler(void *context, const struct csv_row *row);

struct csv_problem {
    uint64_t line; /* 0: the file as a whole */
    const char *what;
};

/* Hands each row to the handler. Returns false when the file cannot be read or is not CSV, with *problem filled; true
 * at its end, or when the handler has stopped. */
bool csv_rows_read(FILE *in, csv_row_handler *handle, void *context, struct csv_problem *problem);
