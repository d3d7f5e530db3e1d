/* A replay of what is generated finds each PA where the trace says that it is, by both engines; and what has no room is
 * refused. */
#include "tests/unit/models/rows.h"

#include "platforms/zynqmp/params.h"
#include "sim/generate/generate.h"
#include "sim/replay/replay.h"

#include <stdio.h>

static const struct replay_row {
    const char *name, *words;
} replays[] = {
    { "sequential", "sequential,write=50" },
    { "strided over the fold", "strided,stride=1073745920,footprint=1T,map=1G,write=10" },
    { "random by 4K", "random,s2map=4K" },
    { "random by 64K", "random,map=64K" },
    { "random by 2M", "random,map=2M,s2map=2M,footprint=1G" },
    { "random by 32M", "random,map=32M,footprint=1G" },
    { "random by 1G", "random,map=1G,footprint=16T" },
    { "random, 39 bits", "random,va=39" },
    { "random at EL1", "random,el=1,write=10" },
    { "random at EL1, 39 bits", "random,el=1,va=39" },
    { "random at stage 1", "random,stage=1" },
    { "random at stage 2", "random,stage=2" },
    { "random on four cores", "random,cores=4,stage=1,map=2M" },
    { "random under Xen 4.8", "random,xen=xen-4.8.0" },
    { "chase", "chase" },
    { "zipf", "zipf,write=30" },
    { "stencil in a plane", "stencil" },
    { "stencil in space", "stencil,dims=3,n=40" },
    { "interrupts", "interrupts,every=100" },
    { "interrupts at EL1", "interrupts,every=100,el=1,cores=3" },
    { "interrupts at stage 1", "interrupts,every=100,stage=1" },
    { "interrupts at stage 2", "interrupts,every=100,stage=2" },
    { "contexts", "contexts,every=100" },
    { "contexts, few ASIDs", "contexts,every=50,asids=4,cores=3,processes=9" },
    { "contexts without Xen", "contexts,every=50,asids=3,stage=1,va=39" },
    { "worlds", "worlds,every=100" },
    { "worlds, vCPUs in turns", "worlds,every=100,cores=2,vcpus=5,guests=7" },
    { "worlds at stage 2", "worlds,every=100,stage=2" },
    { "worlds of large guests", "worlds,guests=3,footprint=64G,map=1G,every=200" },
    { "dma", "dma,remap=1,footprint=8K" },
    { "dma in two pairs", "dma,cores=4,remap=2,footprint=1M,poll=1" },
};

static void replay_finds_each_address(void **state)
{
    const struct replay_row *row = *state;
    struct config config;
    char name[256];

    params_default(&config);
    snprintf(name, sizeof name, "generate:%s,accesses=8000", row->words);
    for (int engine = REPLAY_FAST; engine <= REPLAY_TLM; engine++) {
        struct replay_request q = { .config = &config,
                                    .path = name,
                                    .verify = true,
                                    .engine = (enum replay_engine)engine,
                                    .quantum_ns = 1000,
                                    .mismatches_shown = 3 };
        struct trace_error err = { "" };
        struct replay *r = replay_trace(&q, &err);

        if (!r)
            fail_msg("%s", err.text);
        assert_true(replay_agrees(r));
        assert_true(r->verify.pa_compared >= 10000);
        assert_int_equal(r->stats.fault[0].count, 0);
        replay_free(r);
    }
}

/* Without its TLBIs, who has another's ASID gets another's pages. */
static void control_asids(void **state)
{
    struct config config;
    struct trace_error err;
    struct replay_request q = { .config = &config,
                                .path = "generate:contexts,every=50,asids=3,accesses=8000",
                                .verify = true,
                                .engine = REPLAY_FAST,
                                .ignore = REPLAY_IGNORE_TLBI };
    struct replay *r;

    (void)state;
    params_default(&config);
    r = replay_trace(&q, &err);
    assert_non_null(r);
    assert_true(r->verify.pa_mismatched > 1000);
    replay_free(r);
}

static const struct room_row {
    const char *name, *words, *message;
} rooms[] = {
    { "too many tables", "random,footprint=1T",
      "footprint=1T: its tables take more than 256M; larger leaves, as map=2M" },
    { "a half too small", "random,footprint=512G,va=39,map=1G", "more than a half of 39 bits has room for; va=48" },
    { "no fold without stage 1", "random,footprint=64G,stage=2", "does not fit into the 32G" },
    { "no room for a block each", "contexts,processes=64,map=1G,footprint=1G", "does not fit into the 32G" },
};

static void room_is_refused(void **state)
{
    const struct room_row *row = *state;
    struct trace_error err = { "" };
    char name[256];

    snprintf(name, sizeof name, "generate:%s", row->words);
    assert_null(generate_open(name, &err));
    if (!strstr(err.text, row->message))
        fail_msg("%s", err.text);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, replay_finds_each_address, ROWS_OF(replays));
    rows_add_test(&r, "without TLBIs ASIDs mix", control_asids, NULL);
    rows_add(&r, room_is_refused, ROWS_OF(rooms));
    return rows_run(&r, "sim/generate, replayed");
}
