/* Works made by hand for the tlm engine, and what it tells of them. */
#pragma once

#include "platforms/zynqmp/params.h"
#include "sim/tlm/engine.h"
#include "tests/unit/models/rows.h"

#define DDR_PA 0x10000000ULL

struct works {
    struct config config;
    struct engine *engine;
    struct outcome outcome;
    struct traffic traffic;
    unsigned told;
    struct charge charge[64]; /* by token */
};

static inline void works_told(void *context, unsigned core, uint64_t token, const struct charge *charge)
{
    struct works *w = context;

    (void)core;
    w->told++;
    w->charge[token] = *charge;
}

/* A machine at rest with the platform's numbers, but without DDR rows and with parameters "key=value" up to NULL. */
static inline void works_start(struct works *w, const struct engine_options *options, const char *const *params)
{
    char why[256] = "", key[64];

    memset(w, POISON, sizeof *w);
    params_default(&w->config);
    assert_null(params_set(&w->config, "ddr.hit_saves", "0", why, sizeof why));
    assert_null(params_set(&w->config, "ddr.closed_saves", "0", why, sizeof why));
    for (; params && *params; params++) {
        snprintf(key, sizeof key, "%.*s", (int)strcspn(*params, "="), *params);
        assert_null(params_set(&w->config, key, *params + strlen(key) + 1, why, sizeof why));
    }
    assert_null(params_check(&w->config, why, sizeof why));
    w->engine = engine_start(&w->config, options, why, sizeof why);
    if (!w->engine)
        fail_msg("%s", why);
    engine_tell(w->engine, works_told, w);
    w->told = 0;
    w->traffic.count = 0;
}

static inline void works_post(struct works *w, struct engine_work work)
{
    work.traffic = &w->traffic;
    if (!engine_post(w->engine, &work))
        fail_msg("%s", engine_failure(w->engine));
    w->traffic.count = 0;
}

/* A load that hits its micro-TLB, but has to get its line (LEVEL_COUNT: that no cache keeps); a cycle later for each
 * core, so that who is first is clear. */
static inline void works_load(struct works *w, unsigned core, uint64_t pa, enum mem_level found, uint64_t token)
{
    traffic_add(&w->traffic,
                (struct traffic_item){ .pa = pa,
                                       .kind = (uint8_t)(found == LEVEL_COUNT ? TRAFFIC_UNCACHED : TRAFFIC_FILL),
                                       .found = (uint8_t)found,
                                       .waits = true });
    works_post(w,
               (struct engine_work){
                   .kind = WORK_ACCESS, .access = ACCESS_LOAD, .core = (uint8_t)core, .before = core, .token = token });
}

/* The same for a translation with these steps, of an access whose line is there. */
static inline void works_xlat(struct works *w, unsigned core, enum access_kind kind, const struct steps *steps,
                              uint64_t token)
{
    memset(&w->outcome, 0, sizeof w->outcome);
    w->outcome.x.steps = *steps;
    w->outcome.pages = 1;
    w->outcome.missed = 1;
    w->outcome.walked = steps->count > 1;
    works_post(w, (struct engine_work){ .kind = WORK_ACCESS,
                                        .access = (uint8_t)kind,
                                        .core = (uint8_t)core,
                                        .before = core,
                                        .token = token,
                                        .outcome = &w->outcome });
}

/* The steps of a main TLB hit, and of a walk of one descriptor. */
static inline struct steps works_hit(void)
{
    return (struct steps){ .count = 1, .step = { { .kind = STEP_TLB, .hit = true, .probes = 1 } } };
}

static inline struct steps works_walk(uint64_t pa, enum mem_level found)
{
    return (struct steps){
        .count = 3,
        .step = { { .kind = STEP_TLB, .probes = 1 },
                  { .kind = STEP_WALK_CACHE, .hit = true, .probes = 1, .stage = 1 },
                  { .kind = STEP_FETCH, .hit = true, .stage = 1, .level = 3, .found = (uint8_t)found, .address = pa } }
    };
}

static inline void works_stop(struct works *w)
{
    if (!engine_run(w->engine, NULL) || !engine_stop(w->engine))
        fail_msg("%s", engine_failure(w->engine));
}

/* Cycles that core `who` waited for core `whom`. */
static inline uint64_t works_waited(const struct works *w, enum resource resource, enum asker asker, unsigned who,
                                    unsigned whom)
{
    return engine_waits(w->engine)->cell[resource][asker][who][whom].cycles;
}
