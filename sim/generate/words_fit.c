/* What of the words does not go together, and what follows from what was not said. */
#include "sim/generate/words_table.h"

#include "platforms/xen/preset.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>

#define DMA_FOOTPRINT_MAX (64ULL << 20)

static bool given(const struct words *w, enum word_key key)
{
    return w->given >> key & 1;
}

static bool fit_stages(struct words *w, struct trace_error *err)
{
    uint64_t *stage = &w->value[KEY_STAGE], *xen = &w->value[KEY_XEN];

    if (w->pattern == PATTERN_DMA && *xen == XEN_NONE)
        return error_set(err, "xen=none: dma is between two domains; name a preset");
    if (given(w, KEY_XEN) && *xen == XEN_NONE && !given(w, KEY_STAGE))
        *stage = STAGE_1;
    if (*stage == STAGE_1 && !given(w, KEY_XEN))
        *xen = XEN_NONE;
    if (*stage == STAGE_1 && *xen != XEN_NONE)
        return error_set(err, "xen=%s: stage=1 has no stage 2; leave one of them out",
                         xen_preset_at((size_t)*xen)->name);
    if (*stage != STAGE_1 && *xen == XEN_NONE)
        return error_set(err, "xen=none: without Xen there is stage=1 alone");
    if (*stage == STAGE_1 && given(w, KEY_S2MAP))
        return error_set(err, "s2map=: stage=1 has no stage 2; leave one of them out");
    if (*stage == STAGE_2 && (given(w, KEY_MAP) || given(w, KEY_VA)))
        return error_set(err, "%s=: stage=2 has no stage 1; leave one of them out", given(w, KEY_MAP) ? "map" : "va");
    if (*stage == STAGE_2 && w->pattern == PATTERN_CONTEXTS)
        return error_set(err, "stage=2: contexts switches tables of stage 1; stage=1 or both");
    if (*stage == STAGE_1 && w->pattern == PATTERN_WORLDS)
        return error_set(err, "stage=1: worlds switches tables of stage 2; stage=2 or both");
    return true;
}

/* Bytes of both grids. */
static bool fit_stencil(struct words *w, struct trace_error *err)
{
    uint64_t bytes = 2 * w->value[KEY_SIZE];

    for (uint64_t i = 0; i < w->value[KEY_DIMS]; i++) {
        if (bytes > WORDS_FOOTPRINT_MAX / w->value[KEY_N])
            return error_set(err, "n=%" PRIu64 ": both grids take more than 16T; a smaller n=", w->value[KEY_N]);
        bytes *= w->value[KEY_N];
    }
    if (given(w, KEY_FOOTPRINT))
        return error_set(err, "footprint=: a stencil's is its grids'; n= says how long they are");
    w->value[KEY_FOOTPRINT] = (bytes + 4095) & ~4095ULL;
    return true;
}

static bool fit_walk(struct words *w, struct trace_error *err)
{
    static const struct {
        uint8_t key, pattern;
    } of[] = { { KEY_STRIDE, PATTERN_STRIDED },
               { KEY_STEP, PATTERN_CHASE },
               { KEY_ALPHA, PATTERN_ZIPF },
               { KEY_DIMS, PATTERN_STENCIL },
               { KEY_N, PATTERN_STENCIL } };
    char text[24];

    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        if (given(w, of[i].key) && w->main != of[i].pattern)
            return error_set(err, "%s=: nothing that main=%s knows; it is of main=%s", words_rows[of[i].key].name,
                             words_patterns[w->main].name, words_patterns[of[i].pattern].name);
    }
    if (w->main == PATTERN_STENCIL && given(w, KEY_WRITE))
        return error_set(err, "write=: a stencil stores each point once; leave it out");
    if (w->main == PATTERN_STRIDED && w->value[KEY_STRIDE] % w->value[KEY_SIZE] != 0)
        return error_set(err, "stride=%s: wants a multiple of size=%" PRIu64,
                         words_size_text(w->value[KEY_STRIDE], text), w->value[KEY_SIZE]);
    if (w->main == PATTERN_CHASE && w->value[KEY_STEP] % w->value[KEY_SIZE] != 0)
        return error_set(err, "step=%s: wants a multiple of size=%" PRIu64, words_size_text(w->value[KEY_STEP], text),
                         w->value[KEY_SIZE]);
    if (w->main == PATTERN_CHASE && w->value[KEY_FOOTPRINT] / w->value[KEY_STEP] < 1)
        return error_set(err, "step=%s: more than footprint=", words_size_text(w->value[KEY_STEP], text));
    if (w->main == PATTERN_CHASE && w->value[KEY_FOOTPRINT] / w->value[KEY_STEP] > 1 << 24)
        return error_set(err, "step=%s: more than 16777216 nodes; a larger step= or a smaller footprint=",
                         words_size_text(w->value[KEY_STEP], text));
    return w->main != PATTERN_STENCIL || fit_stencil(w, err);
}

static bool fit_cores(struct words *w, struct trace_error *err)
{
    uint64_t cores = w->value[KEY_CORES];

    if (w->pattern == PATTERN_CONTEXTS && w->value[KEY_PROCESSES] < 2 * cores)
        return error_set(err, "processes=%" PRIu64 ": wants two a core to switch between: %" PRIu64 " or more",
                         w->value[KEY_PROCESSES], 2 * cores);
    if (w->pattern == PATTERN_CONTEXTS && w->value[KEY_ASIDS] <= cores)
        return error_set(err, "asids=%" PRIu64 ": each core keeps one: %" PRIu64 " or more", w->value[KEY_ASIDS],
                         cores + 1);
    if (w->pattern == PATTERN_WORLDS && !given(w, KEY_VCPUS))
        w->value[KEY_VCPUS] = cores;
    if (w->pattern == PATTERN_WORLDS && w->value[KEY_VCPUS] < cores)
        return error_set(err, "vcpus=%" PRIu64 ": wants one a core: %" PRIu64 " or more", w->value[KEY_VCPUS], cores);
    if (w->pattern == PATTERN_DMA && !given(w, KEY_CORES))
        w->value[KEY_CORES] = cores = 2;
    if (w->pattern == PATTERN_DMA && cores != 2 && cores != 4)
        return error_set(err, "cores=%" PRIu64 ": dma wants 2, one a side, or 4 for two buffers", cores);
    if (w->pattern == PATTERN_DMA && w->value[KEY_FOOTPRINT] > DMA_FOOTPRINT_MAX)
        return error_set(err, "footprint=: of dma, whose pages are granted one by one, 64M at most");
    return true;
}

bool words_fit(struct words *w, struct trace_error *err)
{
    return fit_stages(w, err) && fit_walk(w, err) && fit_cores(w, err);
}
