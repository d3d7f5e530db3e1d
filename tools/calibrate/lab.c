/* Two replays a scene, and their difference. */
#include "tools/calibrate/lab.h"

#include "platforms/zynqmp/params.h"
#include "traces/error.h"
#include "traces/temp_dir.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rounds of the first part, after which caches and TLBs are as full as they get, and of the second, enough for the
 * mean. Multiples of 32, the longest cycle of a scene. */
static const struct {
    uint32_t first, second;
} rounds_of[] = {
    [SCENE_RANDOM] = { 32768, 98304 }, /* 16384 fill the L2 */
    [SCENE_PAGES] = { 3200, 6400 },    [SCENE_SET] = { 3200, 6400 },
    [SCENE_SET_COLD] = { 160, 320 }, /* each 16th reads 256 KB */
    [SCENE_FLUSHED] = { 3200, 6400 },
};

/* The board of [sbc-bench: results/27FC], a SolidRun i.MX8MQ with 1 MB of L2. Its random reads of 64 MB in 2 MB pages
 * take 130.7 ns beyond the L1D: 195.7 cycles, less 2 for the micro-TLB and 11 for the L2, by 63 of 64 that miss the L2.
 * What rows its memory has is not known: all of it is in the mean. */
static const struct {
    const char *key, *value;
} imx8mq[] = { { "cluster.clock_mhz", "1497" }, { "cost.ddr", "186" }, { "ddr.banks", "0" } };

bool lab_open(struct lab *lab)
{
    char why[200];

    lab->kept = 0;
    for (int i = 0; i < LAB_BOARDS; i++)
        params_default(&lab->config[i]);
    for (size_t i = 0; i < sizeof imx8mq / sizeof *imx8mq; i++) {
        if (params_set(&lab->config[LAB_IMX8MQ], imx8mq[i].key, imx8mq[i].value, why, sizeof why))
            return error_set(&lab->err, "%s", why);
    }
    snprintf(lab->dir, sizeof lab->dir, "%.150s/stagewalk-calibrate-XXXXXX", temp_dir_base());
    if (!mkdtemp(lab->dir))
        return error_set(&lab->err, "%s: no directory can be made there", lab->dir);
    snprintf(lab->path, sizeof lab->path, "%s/scene.swt", lab->dir);
    return true;
}

void lab_close(struct lab *lab)
{
    unlink(lab->path);
    rmdir(lab->dir);
}

/* Replays so many rounds; adds `sign` times what is counted. */
static bool replay(struct lab *lab, struct lab_run *run, uint32_t rounds, int sign)
{
    struct replay_request q = { .path = lab->path,
                                .config = &lab->config[run->board],
                                .verify = true,
                                .mismatches_shown = 4,
                                .engine = (enum replay_engine)run->engine,
                                .quantum_ns = 1000 };
    struct lab_result *sum = &run->result;
    struct replay *r;
    bool good;

    if (!scene_write(&run->scene, rounds, lab->path, &lab->err))
        return false;
    r = replay_trace(&q, &lab->err);
    if (!r)
        return false;
    sum->loads += sign * (double)stats_count(&r->stats.latency[LATENCY_LOAD]);
    sum->xlat += sign * (double)stats_sum(&r->stats.latency[LATENCY_LOAD]);
    for (int i = 0; i < COUNT_COUNT; i++)
        sum->count[i] += sign * (double)r->machine->cluster.core[0].mmu.count.v[i];
    good = replay_agrees(r) && r->pa_unknown == 0 && r->verify.pa_compared > 0 && r->machine->phys.absent_reads == 0;
    if (!good)
        error_set(&lab->err, "%" PRIu64 " addresses are not what the scene says, %" PRIu64 " descriptors are nowhere",
                  r->verify.pa_mismatched, (uint64_t)r->machine->phys.absent_reads);
    replay_free(r);
    return good;
}

static bool same_scene(const struct scene *a, const struct scene *b)
{
    return a->pattern == b->pattern && a->memory == b->memory && a->page_bits == b->page_bits &&
           a->s2_bits == b->s2_bits && a->va_bits == b->va_bits && a->bytes == b->bytes;
}

const struct lab_result *lab_run(struct lab *lab, enum lab_board board, enum replay_engine engine,
                                 const struct scene *scene)
{
    uint32_t first = rounds_of[scene->pattern].first, second = rounds_of[scene->pattern].second;
    struct lab_run *run = lab->run;

    for (; run < lab->run + lab->kept; run++) {
        if (run->board == board && run->engine == engine && same_scene(&run->scene, scene))
            return &run->result;
    }
    assert(lab->kept < LAB_KEPT);
    *run = (struct lab_run){ .scene = *scene, .board = (uint8_t)board, .engine = (uint8_t)engine };
    if (!replay(lab, run, first, -1) || !replay(lab, run, first + second, 1))
        return NULL;
    lab->kept++;
    return &run->result;
}

double lab_stall(const struct lab_result *r)
{
    return (r->count[COUNT_CPU_CYCLES] - r->count[COUNT_INST_RETIRED]) / r->loads;
}
