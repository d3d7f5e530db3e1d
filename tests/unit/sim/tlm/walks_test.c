/* Cores that walk together against a core that walks alone, on the tables of a real guest: the same walks, later. */
#include "platforms/zynqmp/params.h"
#include "sim/tlm/engine.h"
#include "tests/unit/models/cluster/machine.h"

#define PAGES 64
#define ROUNDS 8

static struct machine m;

struct sums {
    uint64_t walks, cycles, waited;
};

static void add_charge(void *context, unsigned core, uint64_t token, const struct charge *charge)
{
    struct sums *s = context;

    (void)core;
    if (!token) /* of the first round, which brings the tables into the L2 */
        return;
    s->walks++;
    s->cycles += charge->xlat[0];
    s->waited += charge->xlat_wait;
}

/* L1s so small that descriptors come from the L2; the rest is the platform's. */
static void start(unsigned cores)
{
    static const struct shape usual = { 0 };
    struct config platform;

    params_default(&platform);
    machine_start(&m, &usual);
    for (unsigned i = 1; i < PAGES; i++)
        guest_map1(&m.guest, GUEST_VA + 0x1000ULL * i, GUEST_DATA + 0x1000ULL * i, 3, S1_LEAF);
    platform.cores = cores;
    platform.mmu = guest_config;
    platform.l1d = platform.l1i = (struct cache_config){ 1024, 2, REPL_LRU, 0 };
    m.config = platform;
    cluster_init(&m.cluster, &m.config, tables_port(&m.guest.tables));
    machine_registers(&m);
}

/* Each core walks for its own pages again and again. Returns the sums over all. */
static struct sums walk_together(unsigned cores, bool trace_order)
{
    const struct engine_options options = { .quantum_ns = 100,
                                            .core_mask = (1u << cores) - 1,
                                            .trace_order = trace_order };
    const struct tlbi all = { .op = TLBI_ALLE1 };
    struct sums sums = { 0 };
    char why[256] = "";
    struct engine *e;

    start(cores);
    e = engine_start(&m.config, &options, why, sizeof why);
    if (!e)
        fail_msg("%s", why);
    engine_tell(e, add_charge, &sums);
    for (unsigned i = 0; i < (ROUNDS + 1) * PAGES; i++) {
        uint64_t page = i % PAGES * 29 % PAGES;

        for (unsigned core = 0; core < cores; core++) {
            struct engine_work work = { .kind = WORK_ACCESS,
                                        .access = ACCESS_LOAD,
                                        .core = (uint8_t)core,
                                        .before = 3,
                                        .token = i >= PAGES,
                                        .outcome = &m.o,
                                        .traffic = &m.cluster.memsys.traffic };

            mmu_tlbi(&m.cluster.core[core].mmu, &all);
            machine_access_size(&m, core, ACCESS_LOAD, GUEST_VA + 0x1000 * page, 8);
            assert_int_equal(m.o.x.fault.type, FAULT_NONE);
            assert_true(engine_post(e, &work));
        }
        assert_true(engine_run(e, NULL));
    }
    assert_true(engine_stop(e));
    return sums;
}

static void four_cores_are_slower_than_one(void **state)
{
    struct sums one, four;

    (void)state;
    one = walk_together(1, false);
    four = walk_together(4, false);
    assert_int_equal(one.walks, ROUNDS * PAGES);
    assert_int_equal(four.walks, 4 * one.walks);
    print_message("mean walk: one core alone %.1f cycles, four together %.1f, %.1f of them waiting\n",
                  (double)one.cycles / (double)one.walks, (double)four.cycles / (double)four.walks,
                  (double)four.waited / (double)four.walks);
    assert_int_equal(one.waited, 0);
    assert_true(four.waited > 0);
    assert_true(four.cycles > 4 * one.cycles);
}

/* One after the other nobody waits, however many there are. */
static void nobody_waits_in_trace_order(void **state)
{
    (void)state;
    assert_int_equal(walk_together(4, true).waited, 0);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "four cores are slower than one", four_cores_are_slower_than_one, NULL);
    rows_add_test(&all, "nobody waits in trace order", nobody_waits_in_trace_order, NULL);
    return rows_run(&all, "tlm/walks");
}
