/* The engine on a thread of its own: nothing but who waits for it changes. */
#include "tests/unit/sim/tlm/works.h"

static struct works w;

/* Four cores, each with a work now and then, ROUNDS times, and now and then none for long. Returns what came of it. */
#define ROUNDS 20000

struct crowd {
    uint64_t told, cycles, stall, order;
};

static void crowd_told(void *context, unsigned core, uint64_t token, const struct charge *charge)
{
    struct crowd *c = context;

    c->told++;
    c->cycles += charge->xlat[0] + charge->lines;
    c->stall += charge->stall;
    c->order = c->order * 31 + core + token + charge->stall;
}

static void crowd_post(struct works *them, uint64_t since[CORES_MAX], uint32_t dice)
{
    const unsigned core = dice >> 8 & 3;
    const struct steps walk = works_walk(DDR_PA + (dice >> 3 & 0x3FFC0), LEVEL_MEMORY);
    struct engine_work work = { .kind = WORK_REFILL, .access = dice >> 10 & 1, .core = (uint8_t)core, .token = dice };

    work.before = since[core];
    work.probes = 1 + (dice & 1);
    since[core] = dice >> 11 & 31;
    if (dice >> 16 & 1) {
        work.kind = WORK_ACCESS;
        traffic_add(&them->traffic, (struct traffic_item){ .pa = DDR_PA + (dice & 0xFFFC0),
                                                           .kind = TRAFFIC_FILL,
                                                           .found = dice >> 17 & 1 ? LEVEL_L2 : LEVEL_MEMORY,
                                                           .waits = true });
    }
    if (work.kind == WORK_ACCESS && dice >> 18 & 1) {
        them->outcome = (struct outcome){ .x.steps = walk, .pages = 1, .missed = 1, .walked = 1 };
        work.outcome = &them->outcome;
    }
    works_post(them, work);
}

static struct crowd crowd_comes(bool own_thread, bool leaves)
{
    const struct engine_options options = { .quantum_ns = 500, .core_mask = 15, .own_thread = own_thread };
    struct crowd c = { 0 };
    uint64_t since[CORES_MAX] = { 0 };
    uint32_t dice = 7;

    works_start(&w, &options, NULL);
    engine_tell(w.engine, crowd_told, &c);
    for (unsigned i = 0; i < ROUNDS; i++) {
        dice = dice * 1664525u + 1013904223u;
        if ((dice >> 27 & 7) != 0 || i / 1000 % 3 != 1)
            crowd_post(&w, since, dice);
        for (unsigned core = 0; core < CORES_MAX; core++)
            since[core] += dice >> 20 & 15;
        if (i % 8 == 0)
            assert_true(engine_run(w.engine, since));
    }
    if (leaves)
        engine_leave(w.engine);
    else
        works_stop(&w);
    return c;
}

/* On a thread of the engine's own all comes to the same, in the same order for each core; and one that is left tells no
 * more, and can be started again. */
static void on_a_thread_of_its_own(void **state)
{
    struct crowd at_once, aside;

    (void)state;
    at_once = crowd_comes(false, false);
    aside = crowd_comes(true, false);
    assert_true(at_once.told > ROUNDS / 2 && at_once.stall > 0);
    assert_memory_equal(&at_once, &aside, sizeof aside);
    aside = crowd_comes(true, true);
    assert_true(aside.told <= at_once.told);
    aside = crowd_comes(true, false);
    assert_memory_equal(&at_once, &aside, sizeof aside);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "on a thread of its own", on_a_thread_of_its_own, NULL);
    return rows_run(&all, "tlm/aside");
}
