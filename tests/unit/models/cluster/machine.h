/* Two or more cores with the same guest of guest.h: the machine of the cluster's tests. */
#pragma once

#include "models/cluster/charge.h"
#include "tests/unit/models/fault_rows.h"

struct machine {
    struct guest guest; /* its tables and registers; its own MMU stays idle */
    struct config config;
    struct cluster cluster;
    struct outcome o;
};

static const struct region machine_map[] = {
    { 0x00000000, 0x80000000, MEM_DDR, "DDR" },
    { 0xA0000000, 0x10000000, MEM_PL, "PL" },
    { 0xF9000000, 0x00100000, MEM_DEVICE, "GIC" },
    { 0xFFFC0000, 0x00040000, MEM_OCM, "OCM" },
};

/* The numbers a53.md starts from, A53 at 1.2 GHz: 2 [H&P: 2.6], 10 + 3, 14 [sbc-bench], the rest guesses; given here so
 * that a change of the platform's defaults does not change what is tested. */
static const struct prices machine_prices = {
    .utlb = 0,
    .main_tlb = 2,
    .probe = 1,
    .walk = 10,
    .level = 2,
    .ipa_cache = 2,
    .l1d = 3,
    .l2 = 14,
    .memory = { [MEM_DDR] = 180, [MEM_OCM] = 96, [MEM_PL] = 240, [MEM_DEVICE] = 181, [MEM_NONE] = 182 },
};

/* All cores get the guest's registers. */
static inline void machine_registers(struct machine *m)
{
    for (unsigned core = 0; core < CORES_MAX; core++) {
        struct mmu *mmu = &m->cluster.core[core].mmu;

        for (int reg = 0; reg < SYSREG_COUNT; reg++)
            mmu_write_sysreg(mmu, (enum sysreg)reg, m->guest.mmu.regs.v[reg]);
        memset(&mmu->count, 0, sizeof mmu->count);
    }
}

static inline void machine_start_priced(struct machine *m, const struct shape *shape, const struct prices *prices)
{
    memset(m, POISON, sizeof *m);
    guest_start_shape(&m->guest, shape);
    m->config = (struct config){ .cores = 2,
                                 .mmu = guest_config,
                                 .l1i = { 32768, 2, REPL_LRU, 0 },
                                 .l1d = { 32768, 4, REPL_LRU, 0 },
                                 .l2 = { 1 << 20, 16, REPL_LRU, 0 },
                                 .data_accesses = 1,
                                 .price = *prices,
                                 .map = machine_map,
                                 .map_count = sizeof machine_map / sizeof *machine_map };
    cluster_init(&m->cluster, &m->config, tables_port(&m->guest.tables));
    machine_registers(m);
}

static inline void machine_start(struct machine *m, const struct shape *shape)
{
    machine_start_priced(m, shape, &machine_prices);
}

static inline void machine_access_size(struct machine *m, unsigned core, enum access_kind kind, uint64_t va,
                                       uint32_t size)
{
    struct access a = { .va = VA(va), .size = size, .kind = (uint8_t)kind, .el = 1 };

    memset(&m->o, POISON, sizeof m->o);
    struct charge charge;

    cluster_access(&m->cluster, core, &a, &m->o);
    charge = charge_alone(&m->cluster, kind, &m->o);
    m->o.cycles = charge_count(&m->cluster, core, &charge);
}

/* One aligned access at EL1 that does not fault. Returns its translation's cycles. */
static inline uint32_t machine_cycles(struct machine *m, unsigned core, enum access_kind kind, uint64_t va)
{
    machine_access_size(m, core, kind, va, kind == ACCESS_FETCH ? 4 : 8);
    assert_int_equal(m->o.x.fault.type, FAULT_NONE);
    return m->o.cycles;
}

static inline uint64_t machine_count(const struct machine *m, unsigned core, enum count c)
{
    return m->cluster.core[core].mmu.count.v[c];
}

/* The line of a core's L1D, or L1I, or NULL. */
static inline const uint64_t *machine_l1d(struct machine *m, unsigned core, uint64_t pa)
{
    return cache_peek(&m->cluster.memsys.l1[0][core], pa);
}

static inline const uint64_t *machine_l1i(struct machine *m, unsigned core, uint64_t pa)
{
    return cache_peek(&m->cluster.memsys.l1[1][core], pa);
}

/* Takes a line out of a core's L1D, as other data would, but leaves it in the L2. */
static inline void machine_evict_l1d(struct machine *m, unsigned core, uint64_t pa)
{
    for (uint64_t i = 1; i <= 4; i++)
        memsys_access(&m->cluster.memsys, &m->cluster.memsys.port[core][0], pa + i * 0x2000, MEMSYS_READ);
    assert_null(cache_peek(&m->cluster.memsys.l1[0][core], pa));
}
