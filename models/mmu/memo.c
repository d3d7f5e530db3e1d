/* Dropping what is no longer known. */
#include "models/mmu/memo.h"

#include <string.h>

void memo_init(struct memo *m)
{
    for (uint32_t lanes = m->lanes; lanes != 0; lanes &= lanes - 1)
        memset(m->lane[__builtin_ctz(lanes)], 0xFF, sizeof m->lane[0]);
    memset(m->read, 0xFF, MEMO_ROWS * sizeof *m->read);
    memset(m->write, 0xFF, MEMO_ROWS * sizeof *m->write);
}

void memo_drop_page(struct memo *m, uint64_t va, uint32_t lanes)
{
    for (; lanes != 0; lanes &= lanes - 1) {
        struct memo_page *p = &m->lane[__builtin_ctz(lanes)][memo_page_place(va)];

        if ((p->key ^ va >> 12) << 20 == 0) /* VA[55:12]: what TBI ignores may differ */
            p->key = MEMO_NO_PAGE;
    }
}

void memo_drop_line(struct memo *m, uint64_t pa)
{
    const unsigned row = memo_row((uint32_t)(pa >> 12)), line = memo_line(pa);

    m->read[row].page[line] = m->write[row].page[line] = MEMO_NO_LINE;
}
