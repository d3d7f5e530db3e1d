/* Fully associative search and refill. */
#include "models/mmu/utlb.h"

#include <assert.h>
#include <string.h>

void utlb_init(struct utlb *u, const struct tlb_config *config)
{
    assert(config->entries > 0 && config->entries <= UTLB_ENTRIES_MAX);
    u->entries = (uint16_t)config->entries;
    u->memo = NULL;
    u->used = 0;
    u->left = MEMO_LEFT;
    repl_init(&u->repl, &(struct repl_shape){ 1, u->entries, config->policy, config->seed }, u->use);
    utlb_flush(u);
}

void utlb_forget(struct utlb *u, uint64_t va)
{
    for (unsigned i = 0; i < u->used; i++) {
        if (((u->key[i] ^ va >> 12) & MEMO_VA) == 0)
            u->tie[i].left = MEMO_NO_PAGE;
    }
    if (u->memo)
        memo_forget_left(u->memo, va);
}

void utlb_turn(struct utlb *u)
{
    u->left += MEMO_ERA;
    if ((u->left | (MEMO_ERA - 1)) != MEMO_NO_PAGE)
        return;
    u->left = MEMO_LEFT; /* the first era once more: nothing may be from it */
    for (unsigned i = 0; i < u->used; i++)
        u->tie[i].left = MEMO_NO_PAGE;
    if (u->memo)
        memo_drop_pages(u->memo);
}

void utlb_flush(struct utlb *u)
{
    for (unsigned i = 0; i < u->used; i++)
        memo_drop_page(u->memo, u->key[i] << 12, u->tie[i]);
    memset(u->key, 0, sizeof u->key);
    memset(u->hint, 0, sizeof u->hint);
    memset(u->held, 0, sizeof u->held);
    u->used = 0;
}

int utlb_search(struct utlb *u, uint64_t key)
{
    for (unsigned i = 0; i < u->used; i++) {
        if (u->key[i] == key) {
            u->hint[utlb_hash(key)] = (uint8_t)i;
            return (int)i;
        }
    }
    return -1;
}

/* An entry gives up its place. */
static void drop(struct utlb *u, uint32_t i)
{
    const uint64_t key = u->key[i];
    const unsigned hash = utlb_hash(key);

    memo_drop_page(u->memo, key << 12, u->tie[i]);
    u->key[i] = 0;
    if (--u->held[hash] == 0 || u->hint[hash] != i)
        return;
    for (unsigned k = 0; k < u->used; k++) {
        if (u->key[k] != 0 && utlb_hash(u->key[k]) == hash)
            u->hint[hash] = (uint8_t)k;
    }
}

struct utlb_entry *utlb_claim(struct utlb *u, uint64_t key, struct memo_tie tie)
{
    const bool room = u->used < u->entries;
    const uint32_t i = room ? u->used++ : repl_victim(&u->repl, 0);
    const unsigned hash = utlb_hash(key);

    if (!room)
        drop(u, i);
    u->key[i] = key;
    u->tie[i] = tie;
    u->hint[hash] = (uint8_t)i;
    u->held[hash]++;
    repl_touch(&u->repl, 0, i);
    return &u->entry[i];
}
