/* Words that are taken, and those that are refused with the word and the remedy. */
#include "tests/unit/models/rows.h"

#include "sim/generate/words.h"

#include <stdio.h>

static const struct good_row {
    const char *name, *text;
    enum word_key key;
    uint64_t value;
} good[] = {
    { "a pattern alone", "random", KEY_FOOTPRINT, 64 << 20 },
    { "kilobytes", "random,footprint=12K", KEY_FOOTPRINT, 12 << 10 },
    { "gigabytes", "random,footprint=3G", KEY_FOOTPRINT, 3ULL << 30 },
    { "the largest", "random,footprint=16T,map=1G", KEY_FOOTPRINT, 16ULL << 40 },
    { "the smallest", "random,footprint=4096", KEY_FOOTPRINT, 4096 },
    { "a fraction", "zipf,alpha=1.25", KEY_ALPHA, 1250 },
    { "a whole one", "zipf,alpha=4", KEY_ALPHA, 4000 },
    { "a hundredth", "zipf,alpha=0.07", KEY_ALPHA, 70 },
    { "the largest seed", "random,seed=18446744073709551615", KEY_SEED, UINT64_MAX },
    { "a choice", "random,map=32M", KEY_MAP, 32 << 20 },
    { "stage 1 is without Xen", "random,stage=1", KEY_XEN, XEN_NONE },
    { "without Xen is stage 1", "random,xen=none", KEY_STAGE, STAGE_1 },
    { "a key of the walk", "worlds,main=zipf,alpha=2", KEY_ALPHA, 2000 },
    { "grids are the footprint", "stencil,n=512", KEY_FOOTPRINT, 2 * 512 * 512 * 8 },
    { "in space", "stencil,n=10,dims=3,size=4", KEY_FOOTPRINT, 8192 },
    { "vCPUs follow cores", "worlds,cores=3", KEY_VCPUS, 3 },
    { "dma has two cores", "dma", KEY_CORES, 2 },
};

static void is_taken(void **state)
{
    const struct good_row *row = *state;
    struct trace_error err = { "" };
    struct words w;

    memset(&w, POISON, sizeof w);
    if (!words_parse(&w, row->text, &err))
        fail_msg("%s", err.text);
    assert_int_equal(w.value[row->key], row->value);
}

static const struct bad_row {
    const char *name, *text, *message;
} bad[] = {
    { "nothing", "", "(nothing): unknown pattern; `stagewalk trace generate --list`" },
    { "a pattern misspelt", "zip", "zip: unknown pattern; did you mean 'zipf'?" },
    { "a key misspelt", "zipf,footprnt=1M", "footprnt=: unknown key; did you mean 'footprint'?" },
    { "another pattern's key", "random,stride=64", "stride=: nothing that random knows" },
    { "another walk's key", "worlds,alpha=1", "alpha=: nothing that main=random knows; it is of main=zipf" },
    { "no value", "zipf,alpha", "alpha: wants KEY=VALUE" },
    { "an empty value", "zipf,alpha=", "alpha=: wants 0 to 4" },
    { "an empty word", "zipf,,seed=1", "wants KEY=VALUE" },
    { "a comma at the end", "zipf,", "wants KEY=VALUE" },
    { "twice", "zipf,seed=1,seed=2", "seed=: given twice" },
    { "below", "random,footprint=2K", "footprint=2K: wants 4K to 16T, a multiple of 4K" },
    { "above", "random,footprint=17T", "footprint=17T: wants 4K to 16T" },
    { "no whole pages", "random,footprint=5000", "footprint=5000: wants 4K to 16T, a multiple of 4K" },
    { "beyond 64 bits", "random,seed=18446744073709551616", "seed=18446744073709551616: wants 0 to" },
    { "shifted beyond 64 bits", "random,footprint=18014398509481984T", "wants 4K to 16T" },
    { "an unknown unit", "random,footprint=4X", "wants 4K to 16T" },
    { "negative", "random,write=-1", "write=-1: wants 0 to 100" },
    { "more than all", "random,write=101", "write=101: wants 0 to 100" },
    { "four decimals", "zipf,alpha=0.1234", "alpha=0.1234: wants 0 to 4" },
    { "a steeper law", "zipf,alpha=4.001", "alpha=4.001: wants 0 to 4" },
    { "a point alone", "zipf,alpha=1.", "alpha=1.: wants 0 to 4" },
    { "no choice", "random,size=3", "size=3: wants 1|2|4|8|16|32|64" },
    { "a preset misspelt", "random,xen=xen-4.71", "xen=xen-4.71: unknown preset; did you mean 'xen-4.17'?" },
    { "Xen at stage 1", "random,stage=1,xen=xen-4.17", "xen=xen-4.17: stage=1 has no stage 2" },
    { "stage 2 without Xen", "random,stage=both,xen=none", "xen=none: without Xen there is stage=1 alone" },
    { "leaves of no stage 2", "random,stage=1,s2map=2M", "s2map=: stage=1 has no stage 2" },
    { "leaves of no stage 1", "random,stage=2,map=2M", "map=: stage=2 has no stage 1" },
    { "contexts without stage 1", "contexts,stage=2", "stage=2: contexts switches tables of stage 1" },
    { "worlds without stage 2", "worlds,stage=1", "stage=1: worlds switches tables of stage 2" },
    { "dma without Xen", "dma,xen=none", "xen=none: dma is between two domains" },
    { "a stride across elements", "strided,stride=12", "stride=12: wants a multiple of size=8" },
    { "a step below the size", "chase,step=4", "step=4: wants a multiple of size=8" },
    { "too many nodes", "chase,footprint=2G", "step=64: more than 16777216 nodes" },
    { "a step beyond the footprint", "chase,footprint=4K,step=8K", "step=8K: more than footprint=" },
    { "a grid without inside", "stencil,n=2", "n=2: wants 3 to 1048576" },
    { "a grid beyond all", "stencil,n=1048576,dims=3", "n=1048576: both grids take more than 16T" },
    { "a stencil's stores", "worlds,main=stencil,write=3", "write=: a stencil stores each point once" },
    { "a stencil's footprint", "worlds,main=stencil,footprint=1M", "footprint=: a stencil's is its grids'" },
    { "too few processes", "contexts,cores=4,processes=7", "processes=7: wants two a core to switch between: 8" },
    { "too few ASIDs", "contexts,cores=2,asids=2", "asids=2: each core keeps one: 3 or more" },
    { "too few vCPUs", "worlds,cores=4,vcpus=3", "vcpus=3: wants one a core: 4 or more" },
    { "half a pair", "dma,cores=3", "cores=3: dma wants 2" },
    { "too much to grant", "dma,footprint=128M", "64M at most" },
    { "a blank", "zipf, seed=1", "no blanks" },
    { "a long key", "zipf,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1",
      "a key has at most 40 letters" },
    { "a long value", "zipf,seed=11111111111111111111111111111111111111111111111111", "seed=: a value has at most 40" },
};

static void is_refused(void **state)
{
    const struct bad_row *row = *state;
    struct trace_error err = { "" };
    struct words w;

    assert_false(words_parse(&w, row->text, &err));
    if (!strstr(err.text, row->message))
        fail_msg("%s", err.text);
}

/* Every pattern's own defaults fit together, and each key's default is among what it takes. */
static void defaults_fit(void **state)
{
    struct words_key key;

    (void)state;
    for (unsigned p = 0; p < PATTERN_COUNT; p++) {
        struct trace_error err;
        struct words w;
        char text[128];
        size_t keys = 0;

        assert_true(words_parse(&w, words_pattern((enum pattern)p, NULL), &err));
        for (; words_key((enum pattern)p, keys, &key); keys++) {
            bool walk = !strcmp(key.name, "stride") || !strcmp(key.name, "step") || !strcmp(key.name, "alpha") ||
                        !strcmp(key.name, "dims") || !strcmp(key.name, "n");

            if (!strcmp(key.fallback, "cores") || (walk && p >= PATTERN_MAINS))
                continue;
            snprintf(text, sizeof text, "%s,%s=%s", words_pattern((enum pattern)p, NULL), key.name, key.fallback);
            if (!words_parse(&w, text, &err))
                fail_msg("%s: %s", text, err.text);
        }
        assert_true(keys >= 11);
    }
}

int main(void)
{
    static struct rows r;

    rows_add(&r, is_taken, ROWS_OF(good));
    rows_add(&r, is_refused, ROWS_OF(bad));
    rows_add_test(&r, "defaults fit", defaults_fit, NULL);
    return rows_run(&r, "sim/generate/words");
}
