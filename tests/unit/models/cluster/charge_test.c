/* From an outcome to cycles and counters: which of them a translation, a line, a fetch, an AT adds to. */
#include "tests/unit/models/cluster/machine.h"

static struct machine m;
static struct outcome o;

/* An access with one walk of a descriptor in L1D, and a line from the L2. */
static void start(void)
{
    static const struct shape usual = { 0 };
    const struct step steps[] = { { .kind = STEP_TLB, .probes = 1 },
                                  { .kind = STEP_WALK_CACHE, .hit = true, .probes = 1 },
                                  { .kind = STEP_FETCH, .hit = true, .found = LEVEL_L1 } };

    machine_start(&m, &usual);
    memset(&o, POISON, sizeof o);
    memcpy(o.x.steps.step, steps, sizeof steps);
    o.x.steps.count = 3;
    o.second.count = 0;
    o.pages = o.missed = o.walked = 1;
    m.cluster.memsys.traffic.count = 0;
    memsys_note(&m.cluster.memsys, 0x1000, LEVEL_L2, true);
}

struct kind_row {
    const char *name;
    enum access_kind kind;
    uint32_t iutlb, ic, ld; /* IUTLB_DEP_STALL, IC_DEP_STALL, LD_DEP_STALL */
};

static const struct kind_row kind_rows[] = {
    { "a fetch", ACCESS_FETCH, 15, 11, 0 },
    { "a load", ACCESS_LOAD, 0, 0, 11 },
    { "a store", ACCESS_STORE, 0, 0, 0 },
};

static void check_kind(void **state)
{
    const struct kind_row *row = *state;
    struct charge charge;

    start();
    charge = charge_alone(&m.cluster, row->kind, &o);
    assert_int_equal(charge.xlat[0], 2 + 10 + 3);
    assert_int_equal(charge.lines, 14 - 3);
    assert_int_equal(charge.stall, 15 + 11);
    assert_int_equal(charge_count(&m.cluster, 1, &charge), 15);
    assert_int_equal(machine_count(&m, 1, COUNT_WALK_CYCLES), 15);
    assert_int_equal(machine_count(&m, 1, COUNT_XLAT_CYCLES), 15);
    assert_int_equal(machine_count(&m, 1, COUNT_CPU_CYCLES), 26);
    assert_int_equal(machine_count(&m, 1, COUNT_IUTLB_DEP_STALL), row->iutlb);
    assert_int_equal(machine_count(&m, 1, COUNT_IC_DEP_STALL), row->ic);
    assert_int_equal(machine_count(&m, 1, COUNT_LD_DEP_STALL), row->ld);
    assert_int_equal(machine_count(&m, 0, COUNT_CPU_CYCLES), 0);
}

/* Each page's cycles go by what that page's translation did. */
static void two_pages(void **state)
{
    struct charge charge;

    (void)state;
    start();
    o.second.count = 1;
    o.second.step[0] = (struct step){ .kind = STEP_TLB, .hit = true, .probes = 1 };
    o.pages = 2;
    o.missed = 3;
    charge = charge_alone(&m.cluster, ACCESS_LOAD, &o);
    assert_int_equal(charge_count(&m.cluster, 0, &charge), 15 + 2);
    assert_int_equal(machine_count(&m, 0, COUNT_WALK_CYCLES), 15);
    assert_int_equal(machine_count(&m, 0, COUNT_XLAT_CYCLES), 17);
}

/* A line that a buffer takes care of opens its row, but nobody waits for it. */
static void nobody_waits_for_a_store(void **state)
{
    struct charge charge;

    (void)state;
    start();
    m.cluster.ddr.config = (struct ddr_config){ 16, 8192, 38, 20 };
    m.cluster.memsys.traffic.count = 0;
    memsys_note(&m.cluster.memsys, 0x1000, LEVEL_MEMORY, false);
    charge = charge_alone(&m.cluster, ACCESS_STORE, NULL);
    assert_int_equal(charge.stall, 0);
    memsys_note(&m.cluster.memsys, 0x1040, LEVEL_MEMORY, true);
    charge = charge_alone(&m.cluster, ACCESS_LOAD, NULL);
    assert_int_equal(charge.stall, 14 + 180 - 38 - 3);
}

/* A micro-TLB look-up has a price in the latency, and none in the core's time: it is hidden in the access. */
static void hidden_look_up(void **state)
{
    struct charge charge;

    (void)state;
    start();
    m.cluster.config.price.utlb = 1;
    charge = charge_alone(&m.cluster, ACCESS_LOAD, &o);
    assert_int_equal(charge.xlat[0], 1 + 15);
    assert_int_equal(charge.stall, 15 + 11);
    charge = charge_at(&m.cluster, &o);
    assert_int_equal(charge.stall, 15);
    assert_int_equal(charge_count(&m.cluster, 0, &charge), 15);
    assert_int_equal(machine_count(&m, 0, COUNT_XLAT_CYCLES), 0); /* an AT is no access */
    assert_int_equal(machine_count(&m, 0, COUNT_CPU_CYCLES), 15);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_kind, ROWS_OF(kind_rows));
    rows_add_test(&all, "two pages", two_pages, NULL);
    rows_add_test(&all, "nobody waits for a store", nobody_waits_for_a_store, NULL);
    rows_add_test(&all, "a hidden look-up", hidden_look_up, NULL);
    return rows_run(&all, "cluster/charge");
}
