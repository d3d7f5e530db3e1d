/* Lists of copies that have something in common. Private to copies. */
#pragma once

#include "sim/lint/upkeep_copies.h"

/* Returns one of COPIES_MAX values. */
static inline uint32_t lists_hash(uint64_t address, uint64_t who)
{
    return (uint32_t)((address ^ who * 0xD6E8FEB86659FD93ULL) * 0x9E3779B97F4A7C15ULL >> 48);
}

/* Returns log2 of the block by any address of which maintenance selects a copy. */
static inline unsigned lists_span(const struct copy_key *key)
{
    return key->tag.from_bits > key->tag.size_bits ? key->tag.from_bits : key->tag.size_bits;
}

/* A copy comes into all its lists, or leaves them. */
void lists_add(struct copies *c, uint32_t i);
void lists_remove(struct copies *c, uint32_t i);

/* Its words alone. */
void lists_add_words(struct copies *c, uint32_t i);
void lists_remove_words(struct copies *c, uint32_t i);
