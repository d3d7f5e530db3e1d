/* One function a walk. */
#include "sim/generate/walk.h"

#include <assert.h>
#include <stdlib.h>

#define STREAM_CHASE 0x4348 /* those of walks are their numbers */

/* One cycle through all nodes, each such cycle as likely: Sattolo's exchange with an earlier one, never with itself. */
static bool make_cycle(struct walk_law *law)
{
    uint64_t n = law->units;
    struct random r;

    law->next = malloc(n * sizeof *law->next);
    if (!law->next)
        return false;
    random_init(&r, law->words->value[KEY_SEED], STREAM_CHASE);
    for (uint64_t i = 0; i < n; i++)
        law->next[i] = (uint32_t)i;
    for (uint64_t i = n - 1; i > 0; i--) {
        uint64_t other = random_below(&r, i);
        uint32_t kept = law->next[i];

        law->next[i] = law->next[other];
        law->next[other] = kept;
    }
    return true;
}

static uint64_t inner_points(const struct words *w)
{
    uint64_t inner = w->value[KEY_N] - 2;

    return w->value[KEY_DIMS] == 2 ? inner * inner : inner * inner * inner;
}

bool walk_law_init(struct walk_law *law, const struct words *words)
{
    const uint64_t *v = words->value;

    law->words = words;
    law->next = NULL;
    switch ((enum pattern)words->main) {
    case PATTERN_CHASE:
        law->units = v[KEY_FOOTPRINT] / v[KEY_STEP];
        return make_cycle(law);
    case PATTERN_ZIPF:
        law->units = v[KEY_FOOTPRINT] / WALK_PAGE;
        zipf_init(&law->zipf, law->units, v[KEY_ALPHA]);
        spread_init(&law->spread, law->units, v[KEY_SEED]);
        return true;
    case PATTERN_STENCIL:
        law->units = inner_points(words);
        return true;
    case PATTERN_SEQUENTIAL:
    case PATTERN_STRIDED:
    case PATTERN_RANDOM:
    case PATTERN_INTERRUPTS:
    case PATTERN_CONTEXTS:
    case PATTERN_WORLDS:
    case PATTERN_DMA:
    case PATTERN_COUNT:
        break;
    }
    law->units = v[KEY_FOOTPRINT] / v[KEY_SIZE];
    return true;
}

void walk_law_free(struct walk_law *law)
{
    free(law->next);
    law->next = NULL;
}

void walk_init(struct walk *w, const struct walk_law *law, unsigned i, unsigned count)
{
    const uint64_t *v = law->words->value;
    bool by_offset = law->words->main == PATTERN_SEQUENTIAL || law->words->main == PATTERN_STRIDED;
    uint64_t unit = law->units / count * i + (i < law->units % count ? i : law->units % count);

    *w = (struct walk){ .law = law, .at = by_offset ? unit * v[KEY_SIZE] : unit };
    if (law->units > 0)
        w->at %= by_offset ? v[KEY_FOOTPRINT] : law->units;
    random_init(&w->random, v[KEY_SEED], i);
}

/* From where it is, on by `stride`; behind the end it begins anew. */
static uint64_t next_stride(struct walk *w, uint64_t stride)
{
    const uint64_t *v = w->law->words->value;
    uint64_t at = w->at;

    w->at = v[KEY_FOOTPRINT] - at > stride ? at + stride : 0;
    return at;
}

static uint64_t next_zipf(struct walk *w)
{
    const struct walk_law *law = w->law;
    uint64_t size = law->words->value[KEY_SIZE];
    uint64_t page = spread_at(&law->spread, zipf_draw(&law->zipf, &w->random) - 1);

    return page * WALK_PAGE + random_below(&w->random, WALK_PAGE / size) * size;
}

static uint64_t next_node(struct walk *w)
{
    uint64_t at = w->at;

    w->at = w->law->next[at];
    return at * w->law->words->value[KEY_STEP];
}

/* The point itself, its neighbours along each axis in turn, all of the first grid; last, a store to the second. */
static struct walk_step next_point(struct walk *w)
{
    const uint64_t *v = w->law->words->value;
    uint64_t n = v[KEY_N], inner = n - 2, index = 0, all = 1, at = w->at, pitch = 1;
    unsigned points = 2 * (unsigned)v[KEY_DIMS] + 1, point = w->point;

    for (uint64_t d = 0; d < v[KEY_DIMS]; d++, at /= inner) {
        index += (at % inner + 1) * all;
        all *= n;
    }
    for (unsigned d = 0; point > 0 && d < (point - 1) / 2; d++)
        pitch *= n;
    w->point = point == points ? 0 : point + 1;
    if (point == points) {
        w->at = (w->at + 1) % w->law->units;
        return (struct walk_step){ (all + index) * v[KEY_SIZE], true };
    }
    if (point > 0)
        index = point % 2 ? index - pitch : index + pitch;
    return (struct walk_step){ index * v[KEY_SIZE], false };
}

struct walk_step walk_next(struct walk *w)
{
    const struct words *words = w->law->words;
    struct walk_step step = { 0 };

    switch ((enum pattern)words->main) {
    case PATTERN_SEQUENTIAL:
        step.offset = next_stride(w, words->value[KEY_SIZE]);
        break;
    case PATTERN_STRIDED:
        step.offset = next_stride(w, words->value[KEY_STRIDE]);
        break;
    case PATTERN_RANDOM:
        step.offset = random_below(&w->random, w->law->units) * words->value[KEY_SIZE];
        break;
    case PATTERN_CHASE:
        step.offset = next_node(w);
        break;
    case PATTERN_ZIPF:
        step.offset = next_zipf(w);
        break;
    case PATTERN_STENCIL:
        return next_point(w);
    case PATTERN_INTERRUPTS:
    case PATTERN_CONTEXTS:
    case PATTERN_WORLDS:
    case PATTERN_DMA:
    case PATTERN_COUNT:
        assert(words->main < PATTERN_MAINS); /* who parsed the words saw to it */
        break;
    }
    step.store = random_percent(&w->random, words->value[KEY_WRITE]);
    return step;
}
