/* Dropping what is no longer known. */
#include "models/mmu/memo.h"

#include <string.h>

void memo_init(struct memo *m)
{
    memo_drop_pages(m);
    memset(m->read, 0xFF, MEMO_ROWS * sizeof *m->read);
    memset(m->write, 0xFF, MEMO_ROWS * sizeof *m->write);
}

void memo_drop_pages(struct memo *m)
{
    for (uint32_t lanes = m->lanes; lanes != 0; lanes &= lanes - 1)
        memset(m->lane[__builtin_ctz(lanes)], 0xFF, sizeof m->lane[0]);
}

void memo_drop_page_in(struct memo *m, uint64_t va, uint32_t lanes, uint64_t left)
{
    for (; lanes != 0; lanes &= lanes - 1)
        memo_leave(&m->lane[__builtin_ctz(lanes)][memo_page_place(va)], va, left);
}

void memo_forget_left(struct memo *m, uint64_t va)
{
    for (uint32_t lanes = m->lanes; lanes != 0; lanes &= lanes - 1) {
        struct memo_page *p = &m->lane[__builtin_ctz(lanes)][memo_page_place(va)];

        if ((p->key & MEMO_LEFT) && ((p->key ^ va >> 12) & MEMO_VA) == 0)
            p->key = MEMO_NO_PAGE;
    }
}

void memo_drop_line(struct memo *m, uint64_t pa)
{
    const unsigned row = memo_row((uint32_t)(pa >> 12)), line = memo_line(pa);

    m->read[row].page[line] = m->write[row].page[line] = MEMO_NO_LINE;
}
