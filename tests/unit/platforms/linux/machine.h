/* One core's MMU over the tables of a map in simulated memory, with nothing or Xen's stage 2 behind them. */
#pragma once

#include "platforms/linux/vmap.h"
#include "tests/unit/models/guest.h"

struct machine {
    struct tables mem;
    struct mmu mmu;
    struct xlat x;
};

/* Starts with empty memory and all stages off. */
static inline void machine_start(struct machine *m)
{
    memset(m, POISON, sizeof *m);
    tables_start(&m->mem);
    mmu_init(&m->mmu, &guest_config, tables_port(&m->mem));
}

/* Copies table pages to where they lie in physical memory. */
static inline void machine_copy(struct machine *m, uint64_t pa, uint64_t (*page)[PHYS_PAGE_WORDS], size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(phys_write_page(&m->mem.mem, PA(pa + 0x1000 * i), page[i]));
}

/* Writes the registers as they are while `el` runs. */
static inline void machine_registers(struct machine *m, const struct vmap *v, const struct vmap_tables *t, unsigned el)
{
    struct vmap_register reg[VMAP_REGISTERS];

    vmap_registers(v, t, el, reg);
    for (size_t i = 0; i < VMAP_REGISTERS; i++)
        mmu_write_sysreg(&m->mmu, (enum sysreg)reg[i].reg, reg[i].value);
}

/* One access; the outcome is in m->x. Returns its fault. */
static inline enum fault_type machine_access(struct machine *m, enum access_kind kind, unsigned el, uint64_t va)
{
    struct access a = { .va = VA(va), .size = 4, .kind = (uint8_t)kind, .el = (uint8_t)el };

    memset(&m->x, POISON, sizeof m->x);
    mmu_translate(&m->mmu, &a, &m->x);
    return (enum fault_type)m->x.fault.type;
}
