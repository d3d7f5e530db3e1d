/* All combinations: as a matrix for people, as rows for scripts. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Prints stage-1 types against stage-2 types, and how shareability combines. */
void merge_list_types(FILE *stream);

/* Prints each of the 229 MAIR bytes against stage-2 types; the cells are the combined bytes. */
void merge_list_bytes(FILE *stream);

/* Prints a row of CSV for each legal MAIR byte with each SH, MemAttr and SH, reserved ones included and said so in the
 * column `note`: 58,624 rows after a header. merge_check takes it. Returns true. */
bool merge_list_csv(FILE *stream, const void *context);
