/* From counters to the value of a row. */
#include "tools/calibrate/rows.h"

/* The same buffer in pages of 2 MB; in a guest by both stages, so that the main TLB misses none of it. */
static struct scene in_large_pages(const struct scene *scene)
{
    struct scene large = *scene;

    large.page_bits = 21;
    large.s2_bits = scene->s2_bits ? 21 : 0;
    return large;
}

/* How a row's scene is compared with another: cycles a load. */
static bool less_large_pages(struct lab *lab, const struct row *row, double *cycles)
{
    struct scene large = in_large_pages(&row->scene);
    const struct lab_result *a = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &row->scene);
    const struct lab_result *b = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &large);

    if (a && b)
        *cycles = lab_stall(a) - lab_stall(b);
    return a && b;
}

static bool less_few_levels(struct lab *lab, const struct row *row, double *cycles)
{
    struct scene few = row->scene;
    const struct lab_result *a, *b;

    few.va_bits = 39;
    a = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &row->scene);
    b = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &few);
    if (a && b)
        *cycles = a->xlat / a->loads - b->xlat / b->loads;
    return a && b;
}

static bool beyond_main_hit(struct lab *lab, const struct row *row, double *cycles)
{
    static const struct scene hits = { .pattern = SCENE_PAGES, .page_bits = 12, .va_bits = 39 };
    const struct lab_result *a = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &row->scene);
    const struct lab_result *b = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &hits);

    if (a && b)
        *cycles = a->count[COUNT_WALK_CYCLES] / a->count[COUNT_WALK] - b->xlat / b->loads;
    return a && b;
}

static bool less_fast(struct lab *lab, const struct row *row, double *cycles)
{
    const struct lab_result *a = lab_run(lab, (enum lab_board)row->board, REPLAY_TLM, &row->scene);
    const struct lab_result *b = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &row->scene);

    if (a && b)
        *cycles = lab_stall(a) - lab_stall(b);
    return a && b;
}

/* Of a single run. */
static double of_run(const struct lab_result *r, const struct row *row, const struct config *config)
{
    double line = r->count[COUNT_LD_DEP_STALL] / r->count[COUNT_L1D_CACHE_REFILL];

    switch ((enum row_value)row->value) {
    case VALUE_L1D:
        return config->price.l1d + lab_stall(r);
    case VALUE_LINE:
        return line;
    case VALUE_L2:
        return config->price.l1d + line;
    case VALUE_STALL:
        return lab_stall(r) * 1000 / config->clock_mhz;
    case VALUE_XLAT:
    case VALUE_WALK:
    case VALUE_PAGES_DIFFER:
    case VALUE_PER_MISS:
    case VALUE_LEVEL:
    case VALUE_ENGINES:
        break;
    }
    return r->xlat / r->loads;
}

bool rows_measure(struct lab *lab, const struct row *row, double *value)
{
    const struct config *config = &lab->config[row->board];
    const struct lab_result *r;
    bool good;

    switch ((enum row_value)row->value) {
    case VALUE_WALK:
        return beyond_main_hit(lab, row, value);
    case VALUE_PAGES_DIFFER:
        good = less_large_pages(lab, row, value);
        *value *= 1000.0 / config->clock_mhz;
        return good;
    case VALUE_PER_MISS:
        good = less_large_pages(lab, row, value);
        *value /= 1 - (double)(2 << 20) / row->scene.bytes;
        return good;
    case VALUE_LEVEL:
        return less_few_levels(lab, row, value);
    case VALUE_ENGINES:
        return less_fast(lab, row, value);
    case VALUE_XLAT:
    case VALUE_L1D:
    case VALUE_LINE:
    case VALUE_L2:
    case VALUE_STALL:
        break;
    }
    r = lab_run(lab, (enum lab_board)row->board, REPLAY_FAST, &row->scene);
    if (r)
        *value = of_run(r, row, config);
    return r != NULL;
}
