/* A set of numbers that are not 0, for counting how many different ones there are. Bounded: what comes when it is full
 * is not kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SET_MAX (1u << 22) /* 64 MB at most */

struct page_set {
    uint64_t *slot; /* 0: free; open addressing */
    size_t room, count;
};

enum page_set_result { PAGE_SET_NEW, PAGE_SET_KNOWN, PAGE_SET_FULL };

/* Adds a number. An empty set is all zero. FULL: PAGE_SET_MAX are kept, or memory is short. */
enum page_set_result page_set_add(struct page_set *s, uint64_t number);
void page_set_free(struct page_set *s);
