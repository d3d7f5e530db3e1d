/* See oracle_memory.h: a hash table of 4 KB pages. */
#include "tests/oracle/oracle_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_WORDS = 512 };

struct oracle_page {
    struct oracle_page *next;
    uint64_t number;
    uint64_t words[PAGE_WORDS];
};

static struct oracle_page **bucket_of(struct oracle_memory *memory, uint64_t number)
{
    return &memory->buckets[(number ^ number >> 12) % ORACLE_MEMORY_BUCKETS];
}

static struct oracle_page *find_page(struct oracle_memory *memory, uint64_t number)
{
    struct oracle_page *page = *bucket_of(memory, number);

    while (page && page->number != number)
        page = page->next;
    return page;
}

static struct oracle_page *make_page(struct oracle_memory *memory, uint64_t number)
{
    struct oracle_page **bucket = bucket_of(memory, number);
    struct oracle_page *page = calloc(1, sizeof *page);

    if (!page) {
        fputs("oracle memory: out of memory\n", stderr);
        exit(2);
    }
    page->number = number;
    page->next = *bucket;
    *bucket = page;
    return page;
}

void oracle_memory_reset(struct oracle_memory *memory)
{
    for (unsigned i = 0; i < ORACLE_MEMORY_BUCKETS; i++) {
        while (memory->buckets[i]) {
            struct oracle_page *page = memory->buckets[i];

            memory->buckets[i] = page->next;
            free(page);
        }
    }
    memory->range_count = 0;
}

bool oracle_memory_add_range(struct oracle_memory *memory, uint64_t base, uint64_t bytes)
{
    if (memory->range_count == ORACLE_MEMORY_RANGES_MAX)
        return false;
    memory->ranges[memory->range_count].base = base;
    memory->ranges[memory->range_count].bytes = bytes;
    memory->range_count++;
    return true;
}

void oracle_memory_write(struct oracle_memory *memory, uint64_t pa, uint64_t value)
{
    struct oracle_page *page = find_page(memory, pa >> 12);

    if (!page)
        page = make_page(memory, pa >> 12);
    page->words[pa / 8 % PAGE_WORDS] = value;
}

void oracle_memory_zero(struct oracle_memory *memory, uint64_t pa, uint64_t bytes)
{
    for (uint64_t at = pa; at < pa + bytes; at += 8) {
        if (find_page(memory, at >> 12)) /* what was never written is zero already */
            oracle_memory_write(memory, at, 0);
    }
}

static bool exists(const struct oracle_memory *memory, uint64_t pa)
{
    for (unsigned i = 0; i < memory->range_count; i++) {
        if (pa - memory->ranges[i].base < memory->ranges[i].bytes)
            return true;
    }
    return memory->range_count == 0;
}

bool oracle_memory_read(void *memory, uint64_t pa, uint64_t *value)
{
    const struct oracle_page *page;

    if (!exists(memory, pa))
        return false;
    page = find_page(memory, pa >> 12);
    *value = page ? page->words[pa / 8 % PAGE_WORDS] : 0;
    return true;
}
