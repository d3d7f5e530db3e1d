/* Fully associative search and refill. */
#include "models/mmu/utlb.h"

#include <assert.h>
#include <string.h>

void utlb_init(struct utlb *u, const struct tlb_config *config)
{
    assert(config->entries > 0 && config->entries <= UTLB_ENTRIES_MAX);
    u->entries = (uint16_t)config->entries;
    memset(u->hint, 0, sizeof u->hint);
    u->memo = NULL;
    repl_init(&u->repl, &(struct repl_shape){ 1, u->entries, config->policy, config->seed }, u->use);
    utlb_flush(u);
}

void utlb_flush(struct utlb *u)
{
    memset(u->key, 0, sizeof u->key);
    u->used = 0;
    if (u->memo)
        memo_drop_pages(u->memo);
}

int utlb_search(struct utlb *u, uint64_t key)
{
    for (unsigned i = 0; i < u->used; i++) {
        if (u->key[i] == key) {
            u->hint[(key ^ key >> 8) & (UTLB_HINTS - 1)] = (uint8_t)i;
            return (int)i;
        }
    }
    return -1;
}

struct utlb_entry *utlb_claim(struct utlb *u, uint64_t key)
{
    const bool room = u->used < u->entries;
    uint32_t i = room ? u->used++ : repl_victim(&u->repl, 0);

    if (!room && u->memo)
        memo_drop_page(u->memo, u->key[i] << 12);
    u->key[i] = key;
    u->hint[(key ^ key >> 8) & (UTLB_HINTS - 1)] = (uint8_t)i;
    repl_touch(&u->repl, 0, i);
    return &u->entry[i];
}
