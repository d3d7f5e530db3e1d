/* Where cores meet: for each shared resource, who waits for whom and how long, and that nobody waits where nothing is
 * shared. */
#include "tests/unit/sim/tlm/works.h"

static struct works w;
static const struct engine_options exact = { .quantum_ns = 0, .core_mask = 3 };

/* Cores 0 and 1 load at nearly the same time. L2 4, interconnect 9, DDR bank 61 cycles a use; core 1
 * comes a cycle behind, leaves the L2 4 behind and the interconnect 9 behind. */
struct meet_row {
    const char *name;
    uint64_t pa0, pa1;
    enum mem_level found;
    enum resource resource;
    uint32_t waits;     /* of core 1, at that resource */
    uint32_t elsewhere; /* and at those before it */
    const char *param;
};

// clang-format off
static const struct meet_row meet_rows[] = {
    { "L2: one look-up at a time", DDR_PA, DDR_PA + 0x40000, LEVEL_L2, RESOURCE_L2, 3, 0, NULL },
    { "L2: a line that is not there", DDR_PA, DDR_PA + 0x42000, LEVEL_MEMORY, RESOURCE_L2, 3, 5, NULL },
    { "interconnect", DDR_PA, DDR_PA + 0x42000, LEVEL_MEMORY, RESOURCE_CCI, 5, 3, NULL },
    { "DDR: the same bank", DDR_PA, DDR_PA + 0x20000, LEVEL_MEMORY, RESOURCE_DDR_BANK, 52, 8, NULL },
    { "DDR: another bank", DDR_PA, DDR_PA + 0x2000, LEVEL_MEMORY, RESOURCE_DDR_BANK, 0, 8, NULL },
    { "DDR: the bus, if it were slower", DDR_PA, DDR_PA + 0x2000, LEVEL_MEMORY, RESOURCE_DDR, 11, 8, "busy.ddr=20" },
    { "DDR: the bus as it is", DDR_PA, DDR_PA + 0x2000, LEVEL_MEMORY, RESOURCE_DDR, 0, 8, NULL },
    { "OCM", 0xFFFC0000, 0xFFFD0000, LEVEL_MEMORY, RESOURCE_OCM, 7, 8, NULL },
    { "PL", 0xA0000000, 0xA0010000, LEVEL_MEMORY, RESOURCE_PL, 31, 8, NULL },
    { "devices", 0xFF000000, 0xFF010000, LEVEL_MEMORY, RESOURCE_DEVICE, 51, 8, NULL },
    { "devices, past the caches", 0xFF000000, 0xFF010000, LEVEL_COUNT, RESOURCE_DEVICE, 51, 8, NULL },
    { "DDR, past the caches", DDR_PA, DDR_PA + 0x20000, LEVEL_COUNT, RESOURCE_DDR_BANK, 52, 8, NULL },
    { "reserved addresses", 0xF0000000, 0xF0010000, LEVEL_MEMORY, RESOURCE_DEVICE, 51, 8, NULL },
};
// clang-format on

static void check_meet(void **state)
{
    const struct meet_row *row = *state;
    const char *const params[] = { row->param, NULL };
    uint32_t alone;

    works_start(&w, &exact, params);
    works_load(&w, 1, row->pa1, row->found, 0);
    works_stop(&w);
    alone = w.charge[0].lines;
    assert_int_equal(w.charge[0].line_wait, 0);

    works_start(&w, &exact, params);
    works_load(&w, 0, row->pa0, row->found, 0);
    works_load(&w, 1, row->pa1, row->found, 1);
    works_stop(&w);
    assert_int_equal(w.told, 2);
    assert_int_equal(w.charge[0].line_wait, 0);
    assert_int_equal(w.charge[0].lines, alone);
    assert_int_equal(works_waited(&w, row->resource, ASKER_LINE, 1, 0), row->waits);
    assert_int_equal(w.charge[1].line_wait, row->waits + row->elsewhere);
    assert_int_equal(w.charge[1].lines, alone + w.charge[1].line_wait); /* later by as much, and by no more */
}

/* A walker behind a walker. */
static void walks_meet(void **state)
{
    struct steps steps = works_walk(DDR_PA, LEVEL_MEMORY), other = works_walk(DDR_PA + 0x20000, LEVEL_MEMORY);

    (void)state;
    works_start(&w, &exact, NULL);
    works_xlat(&w, 0, ACCESS_LOAD, &steps, 0);
    works_xlat(&w, 1, ACCESS_LOAD, &other, 1);
    works_stop(&w);
    assert_int_equal(w.charge[0].xlat[0], 2 + 11 + 14 + 180);
    assert_int_equal(w.charge[1].xlat[0], 2 + 11 + 14 + 180 + 3 + 5 + 52);
    assert_int_equal(w.charge[1].xlat_wait, 3 + 5 + 52);
    assert_int_equal(works_waited(&w, RESOURCE_DDR_BANK, ASKER_XLAT, 1, 0), 52);
}

/* One core's two sides: the front end asks while the load before it is translated. */
static void two_sides_of_a_core(void **state)
{
    struct steps hit = works_hit(), walk = works_walk(DDR_PA, LEVEL_MEMORY);

    (void)state;
    works_start(&w, &exact, NULL);
    works_xlat(&w, 0, ACCESS_LOAD, &walk, 0);
    works_xlat(&w, 0, ACCESS_FETCH, &walk, 1);
    works_stop(&w);
    assert_int_equal(w.charge[0].xlat_wait, 0);
    assert_true(works_waited(&w, RESOURCE_WALKER, ASKER_XLAT, 0, 0) > 0);
    assert_int_equal(w.charge[1].xlat_wait, works_waited(&w, RESOURCE_WALKER, ASKER_XLAT, 0, 0) +
                                                works_waited(&w, RESOURCE_TLB_RAM, ASKER_XLAT, 0, 0));

    works_start(&w, &exact, (const char *const[]){ "cluster.fetch_ahead=1", NULL });
    works_xlat(&w, 0, ACCESS_LOAD, &hit, 0);
    works_xlat(&w, 0, ACCESS_FETCH, &hit, 1); /* at the same time: the front end cannot ask before the start */
    works_stop(&w);
    assert_int_equal(w.charge[0].xlat[0], 2);
    assert_int_equal(works_waited(&w, RESOURCE_TLB_RAM, ASKER_XLAT, 0, 0), 1); /* one read [A53: 5.2.2] */
    assert_int_equal(w.charge[1].xlat[0], 2 + 1);
    assert_int_equal(w.charge[1].stall, 1); /* the rest was hidden behind the load's */
}

/* A refill handed in as such is an access that the main TLB grants: behind maintenance, behind another's, ahead of
 * it. */
static void refills(void **state)
{
    static const enum access_kind kinds[] = { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH, ACCESS_FETCH, ACCESS_LOAD };
    const unsigned count = sizeof kinds / sizeof *kinds;
    struct charge at_length[sizeof kinds / sizeof *kinds];
    struct steps hit = works_hit();

    (void)state;
    hit.step[0].probes = 3;
    for (unsigned round = 0; round < 2; round++) {
        works_start(&w, &exact, (const char *const[]){ "cluster.fetch_ahead=3", NULL });
        works_post(&w, (struct engine_work){ .kind = WORK_TLBI, .core = 1, .all = true });
        for (unsigned i = 0; i < count; i++) {
            if (round == 0)
                works_xlat(&w, 1, kinds[i], &hit, i);
            else
                works_post(&w, (struct engine_work){ .kind = WORK_REFILL,
                                                     .access = (uint8_t)kinds[i],
                                                     .core = 1,
                                                     .before = 1,
                                                     .probes = 3,
                                                     .token = i });
        }
        works_stop(&w);
        assert_int_equal(w.told, count);
        assert_int_equal(w.charge[0].xlat_wait, 160 - 1);
        if (round == 0)
            memcpy(at_length, w.charge, sizeof at_length);
    }
    assert_true(at_length[2].stall < at_length[2].xlat[0]);
    assert_memory_equal(w.charge, at_length, sizeof at_length);
}

/* Maintenance of another core takes the TLB RAM, and its DSB waits for the answer. */
static void maintenance(void **state)
{
    struct steps hit = works_hit();
    const uint32_t there = 20, back = 20, all = 160;

    (void)state;
    works_start(&w, &exact, NULL);
    works_post(&w, (struct engine_work){ .kind = WORK_TLBI, .core = 0, .broadcast = true, .all = true });
    works_post(&w, (struct engine_work){ .kind = WORK_DSB, .core = 0, .token = 0 });
    works_post(&w, (struct engine_work){
                       .kind = WORK_ACCESS, .core = 1, .access = ACCESS_LOAD, .before = there + 9, .token = 2 });
    works_xlat(&w, 1, ACCESS_LOAD, &hit, 1);
    works_stop(&w);
    assert_int_equal(w.charge[0].dvm_wait, there + all + back); /* its own TLB does it meanwhile */
    assert_int_equal(w.charge[0].stall, w.charge[0].dvm_wait);
    assert_int_equal(works_waited(&w, RESOURCE_TLB_RAM, ASKER_XLAT, 1, 0), all - 10);
    assert_int_equal(w.charge[1].xlat[0], 2 + all - 10);
}

static void maintenance_by_address_is_short(void **state)
{
    (void)state;
    works_start(&w, &exact, NULL);
    works_post(&w, (struct engine_work){ .kind = WORK_TLBI, .core = 0, .broadcast = true });
    works_post(&w, (struct engine_work){ .kind = WORK_DSB, .core = 0, .token = 0 });
    works_post(&w, (struct engine_work){ .kind = WORK_TLBI, .core = 1 });
    works_post(&w, (struct engine_work){ .kind = WORK_DSB, .core = 1, .token = 1 });
    works_post(&w, (struct engine_work){ .kind = WORK_DSB, .core = 1, .token = 2 });
    works_stop(&w);
    assert_int_equal(w.charge[0].dvm_wait, 20 + 4 + 20);
    assert_int_equal(w.charge[1].dvm_wait, 4); /* its own alone */
    assert_int_equal(w.charge[2].dvm_wait, 0); /* nothing since */
}

/* Eight messages of a core are under way at most [A53: 7.2, Table 7-5]. */
static void ninth_message_waits(void **state)
{
    uint32_t eight;

    (void)state;
    works_start(&w, &exact, NULL);
    for (unsigned i = 0; i < 8; i++)
        works_post(&w, (struct engine_work){ .kind = WORK_TLBI, .core = 0, .broadcast = true });
    works_post(&w, (struct engine_work){ .kind = WORK_DSB, .core = 0, .token = 8 });
    works_stop(&w);
    eight = w.charge[8].dvm_wait;
    works_start(&w, &exact, NULL);
    for (unsigned i = 0; i < 9; i++)
        works_post(&w, (struct engine_work){ .kind = WORK_TLBI, .core = 0, .broadcast = true });
    works_post(&w, (struct engine_work){ .kind = WORK_DSB, .core = 0, .token = 9 });
    works_stop(&w);
    assert_int_equal(eight, 20 + 8 * 4 + 20);
    assert_true(w.charge[9].dvm_wait > eight + 4);
}

/* Eight lines of a core are on their way at most [A53: 7.2, Table 7-5]; a ninth store waits for the first. */
static void ninth_store_waits(void **state)
{
    (void)state;
    works_start(&w, &exact, NULL);
    for (unsigned i = 0; i < 9; i++) {
        traffic_add(&w.traffic,
                    (struct traffic_item){ .pa = DDR_PA + 0x2000 * i, .kind = TRAFFIC_FILL, .found = LEVEL_MEMORY });
        works_post(&w, (struct engine_work){ .kind = WORK_ACCESS, .access = ACCESS_STORE, .core = 0, .token = i });
    }
    works_stop(&w);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(w.charge[i].stall, 0);
    assert_int_equal(w.charge[8].stall, 14 + 180); /* until the first has come */
    assert_int_equal(works_waited(&w, RESOURCE_LINEFILL, ASKER_LINE, 0, 0), 14 + 180);
}

/* A trace that leaves nothing to be timed for long, on any core, holds nothing up; what comes then is timed. */
static void nothing_for_long(void **state)
{
    (void)state;
    works_start(&w, &exact, NULL);
    for (unsigned i = 0; i < 2 * ENGINE_STARVED_MAX; i++)
        assert_true(engine_run(w.engine, NULL));
    works_load(&w, 0, DDR_PA, LEVEL_L2, 0);
    for (unsigned i = 0; i < 2 * ENGINE_STARVED_MAX; i++) /* core 1 stays away and is not waited for */
        assert_true(engine_run(w.engine, NULL));
    assert_int_equal(w.told, 1);
    works_load(&w, 1, DDR_PA, LEVEL_L2, 1);
    works_stop(&w);
    assert_int_equal(w.told, 2);
}

/* Cores that share nothing do not wait. */
static void apart(void **state)
{
    (void)state;
    works_start(&w, &exact, NULL);
    works_load(&w, 0, DDR_PA, LEVEL_MEMORY, 0);
    works_post(&w, (struct engine_work){ .kind = WORK_ACCESS, .core = 1, .access = ACCESS_LOAD, .before = 500 });
    works_load(&w, 1, DDR_PA, LEVEL_MEMORY, 1);
    works_stop(&w);
    assert_int_equal(w.charge[0].line_wait + w.charge[1].line_wait, 0);
}

/* In trace order a core's instructions before what takes no time itself lie before another core's next work, too: that
 * does not begin in the past and count the time since as its own. */
static void instructions_before_nothing(void **state)
{
    static const enum work_kind kinds[] = { WORK_TLBI, WORK_DSB, WORK_SYNC, WORK_RUN };
    const struct engine_options in_order = { .core_mask = 3, .trace_order = true };
    uint32_t alone;

    (void)state;
    works_start(&w, &in_order, NULL);
    works_load(&w, 1, DDR_PA, LEVEL_L2, 1);
    works_stop(&w);
    alone = w.charge[1].stall;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        works_start(&w, &in_order, NULL);
        works_post(&w, (struct engine_work){ .kind = (uint8_t)kinds[i], .core = 0, .before = 1200 });
        works_load(&w, 1, DDR_PA, LEVEL_L2, 1);
        works_stop(&w);
        assert_int_equal(w.charge[1].stall, alone);
    }
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_meet, ROWS_OF(meet_rows));
    rows_add_test(&all, "a walker behind a walker", walks_meet, NULL);
    rows_add_test(&all, "two sides of a core", two_sides_of_a_core, NULL);
    rows_add_test(&all, "a refill", refills, NULL);
    rows_add_test(&all, "maintenance takes the TLB RAM", maintenance, NULL);
    rows_add_test(&all, "maintenance by address is short", maintenance_by_address_is_short, NULL);
    rows_add_test(&all, "a ninth message waits", ninth_message_waits, NULL);
    rows_add_test(&all, "a ninth store waits", ninth_store_waits, NULL);
    rows_add_test(&all, "nothing for long", nothing_for_long, NULL);
    rows_add_test(&all, "cores apart", apart, NULL);
    rows_add_test(&all, "instructions before what takes no time", instructions_before_nothing, NULL);
    return rows_run(&all, "tlm/contention");
}
