/* Words to a source of records. */
#include "sim/generate/generate.h"

#include "sim/generate/patterns.h"
#include "traces/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool generate_is_named(const char *path)
{
    return strncmp(path, GENERATE_PREFIX, strlen(GENERATE_PREFIX)) == 0;
}

static bool begin(struct generator *g)
{
    switch ((enum pattern)g->words.pattern) {
    case PATTERN_CONTEXTS:
        return contexts_begin(g);
    case PATTERN_WORLDS:
        worlds_begin(g);
        return true;
    case PATTERN_DMA:
        dma_begin(g);
        return true;
    case PATTERN_SEQUENTIAL:
    case PATTERN_STRIDED:
    case PATTERN_RANDOM:
    case PATTERN_CHASE:
    case PATTERN_ZIPF:
    case PATTERN_STENCIL:
    case PATTERN_INTERRUPTS:
    case PATTERN_COUNT:
        break;
    }
    plain_begin(g);
    return true;
}

static void step(struct generator *g)
{
    switch ((enum pattern)g->words.pattern) {
    case PATTERN_INTERRUPTS:
        interrupts_step(g);
        return;
    case PATTERN_CONTEXTS:
        contexts_step(g);
        return;
    case PATTERN_WORLDS:
        worlds_step(g);
        return;
    case PATTERN_DMA:
        dma_step(g);
        return;
    case PATTERN_SEQUENTIAL:
    case PATTERN_STRIDED:
    case PATTERN_RANDOM:
    case PATTERN_CHASE:
    case PATTERN_ZIPF:
    case PATTERN_STENCIL:
    case PATTERN_COUNT:
        plain_step(g);
        return;
    }
}

/* ---- As a source ------------------------------------------------------------------------------------------------- */

static int give_page(void *context, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES])
{
    struct generator *g = context;

    return scene_page(g->play.scene, pa, page);
}

static int give_records(void *context, struct trace_rec *recs, int cap)
{
    struct generator *g = context;
    struct play *p = &g->play;
    int given = 0;

    while (given < cap) {
        if (p->at < p->count) {
            recs[given++] = p->rec[p->at++];
            continue;
        }
        p->at = p->count = 0;
        if (p->accesses == g->words.value[KEY_ACCESSES])
            break;
        step(g);
    }
    return given;
}

static uint64_t tell_done(const void *context)
{
    const struct generator *g = context;

    return g->play.accesses;
}

static void end(void *context)
{
    struct generator *g = context;

    contexts_end(g);
    walk_law_free(&g->play.law);
    scene_free(g->play.scene);
    free(g);
}

static bool make(struct generator *g, const char *words, struct trace_error *err)
{
    struct trace_error why;

    if (!words_parse(&g->words, words, &why))
        return error_set(err, GENERATE_PREFIX " %.400s", why.text);
    g->play.words = &g->words;
    if (!walk_law_init(&g->play.law, &g->words))
        return error_set(err, GENERATE_PREFIX " out of memory");
    g->play.scene = scene_new(&g->words, &why);
    if (!g->play.scene)
        return error_set(err, GENERATE_PREFIX " %.400s", why.text);
    return begin(g) || error_set(err, GENERATE_PREFIX " out of memory");
}

struct trace_reader *generate_open(const char *path, struct trace_error *err)
{
    struct generator *g = calloc(1, sizeof *g);
    struct trace_source source = {
        .context = g, .format = "generate", .page = give_page, .read = give_records, .done = tell_done, .close = end
    };

    if (!g) {
        error_set(err, "%.150s: out of memory", path);
        return NULL;
    }
    if (!make(g, path + strlen(GENERATE_PREFIX), err)) {
        end(g);
        return NULL;
    }
    source.core_mask = (1u << g->words.value[KEY_CORES]) - 1;
    source.total = g->words.value[KEY_ACCESSES];
    return trace_open_source(path, &source, err);
}

void generate_list(void)
{
    struct words_key key;
    const char *what;
    char word[64];

    printf("PATTERN[,KEY=VALUE...]. Each KEY stands with its default, with what it is and which values it takes.\n");
    for (unsigned i = 0; i < PATTERN_COUNT; i++) {
        const char *name = words_pattern((enum pattern)i, &what);

        printf("\n%s: %s\n", name, what);
        for (size_t k = 0; words_key((enum pattern)i, k, &key); k++) {
            snprintf(word, sizeof word, "%s=%s", key.name, key.fallback);
            printf("  %-18s %s: %s%s%s\n", word, key.what, key.range, *key.unit ? " " : "", key.unit);
        }
    }
}
