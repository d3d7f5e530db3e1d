/* The lists that a board consists of. */
#include "platforms/zynqmp/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void board_free(struct board *b)
{
    free(b->region);
    b->region = NULL;
    b->count = b->capacity = 0;
}

bool board_add(struct board *b, const struct board_region *region)
{
    if (b->count == BOARD_REGIONS_MAX)
        return false;
    if (b->count == b->capacity) {
        size_t capacity = b->capacity ? 2 * b->capacity : 128;
        struct board_region *more = realloc(b->region, capacity * sizeof *more);

        if (!more)
            return false;
        b->region = more;
        b->capacity = capacity;
    }
    b->region[b->count++] = *region;
    return true;
}

bool board_take(struct board *b, struct board_range range, enum board_owner owner)
{
    if (b->taken_count == BOARD_TAKEN_MAX)
        return false;
    b->taken[b->taken_count++] = (struct board_taken){ range, owner };
    return true;
}

void board_name_node(char node[BOARD_TEXT_BYTES], const char *path)
{
    size_t length = strlen(path);

    if (length < BOARD_TEXT_BYTES)
        memcpy(node, path, length + 1);
    else
        snprintf(node, BOARD_TEXT_BYTES, "...%s", path + length - (BOARD_TEXT_BYTES - 4));
}
