/* A cache of tags as a picture: a set's ways by the letters of their lines, '-' for an invalid one, small when clean.
 * */
#include "models/cost/cache.h"
#include "tests/unit/models/rows.h"

#define LINES 16

static struct cache c;
static uint64_t line[LINES], use[LINES];

static void start(uint32_t lines, uint32_t ways, enum repl_policy policy)
{
    struct cache_config config = { .bytes = lines << CACHE_LINE_BITS, .ways = ways, .policy = policy, .seed = 3 };

    memset(&c, POISON, sizeof c);
    memset(line, POISON, sizeof line);
    memset(use, POISON, sizeof use);
    cache_init(&c, &config, line, use);
}

/* The letters' lines all fall into the lowest set, whatever the number of sets up to 16. */
static uint64_t pa_of(char letter)
{
    return (uint64_t)(letter & 0x1F) << 16;
}

static char letter_of(uint64_t l)
{
    if (l == 0)
        return '-';
    return (char)((l >> 16 & 0x1F) | (l & LINE_DIRTY ? 'A' - 1u : 'a' - 1u));
}

/* Small letters load, capitals store; '?' before one peeks. Wanted: the first set, then the victims in their order. */
struct story_row {
    const char *name;
    uint32_t lines, ways;
    enum repl_policy policy;
    const char *accesses, *set, *victims;
};

// clang-format off
static const struct story_row story_rows[] = {
    { "empty",                              4, 4, REPL_LRU,         "",          "----", "" },
    { "invalid ways first",                 4, 4, REPL_LRU,         "abc",       "abc-", "" },
    { "full",                               4, 4, REPL_LRU,         "abcd",      "abcd", "" },
    { "least recently used goes",           4, 4, REPL_LRU,         "abcdae",    "aecd", "b" },
    { "a peek is no use",                   4, 4, REPL_LRU,         "abcd?ae",   "ebcd", "a" },
    { "a store is a use and makes dirty",   4, 4, REPL_LRU,         "abcdAe",    "Aecd", "b" },
    { "a dirty victim says so",             4, 4, REPL_LRU,         "Abcde",     "ebcd", "A" },
    { "stored on the way in",               4, 4, REPL_LRU,         "ABCDE",     "EBCD", "A" },
    { "round robin ignores uses",           4, 4, REPL_ROUND_ROBIN, "abcdaaef",  "efcd", "ab" },
    { "direct-mapped",                      4, 1, REPL_LRU,         "aBcB",      "B",    "aBc" },
    { "two ways",                           8, 2, REPL_LRU,         "abacb",     "bc",   "ba" },
};
// clang-format on

static void access_line(char letter, char **victim)
{
    uint64_t *l = cache_find(&c, pa_of(letter) + 63); /* any byte of the line */
    bool writes = letter < 'a';

    if (l) {
        *l |= writes ? LINE_DIRTY : 0;
        return;
    }
    uint64_t gone = cache_fill(&c, pa_of(letter) + 8, writes ? LINE_DIRTY : 0);

    if (gone)
        *(*victim)++ = letter_of(gone);
}

static void check_story(void **state)
{
    const struct story_row *row = *state;
    char set[LINES + 1] = "", victims[LINES] = "", *victim = victims;

    start(row->lines, row->ways, row->policy);
    for (const char *a = row->accesses; *a; a++) {
        if (*a == '?')
            assert_non_null(cache_peek(&c, pa_of(*++a)));
        else
            access_line(*a, &victim);
    }
    for (unsigned w = 0; w < row->ways; w++)
        set[w] = letter_of(line[w]);
    assert_string_equal(set, row->set);
    assert_string_equal(victims, row->victims);
}

/* Lines of 64 bytes: the last byte before, the first, the last, the first after [A53: 2.1.6] */
struct line_row {
    const char *name;
    uint64_t pa;
    bool there;
};

static const struct line_row line_rows[] = {
    { "below the line", 0x12345FBF, false },
    { "first byte", 0x12345FC0, true },
    { "last byte", 0x12345FFF, true },
    { "above the line", 0x12346000, false },
    { "same set, other tag", 0x22345FC0, false },
    { "a bit above 32", 0x112345FC0, false },
};

static void check_line(void **state)
{
    const struct line_row *row = *state;

    start(16, 2, REPL_LRU);
    assert_null(cache_find(&c, row->pa));
    assert_null(cache_peek(&c, row->pa));
    assert_int_equal(cache_fill(&c, 0x12345FD0, LINE_DIRTY | LINE_UNIQUE), 0);
    assert_int_equal(cache_find(&c, row->pa) != NULL, row->there);
    assert_int_equal(cache_peek(&c, row->pa) != NULL, row->there);
    if (row->there) {
        assert_int_equal(*cache_find(&c, row->pa), 0x12345FC0 | LINE_VALID | LINE_DIRTY | LINE_UNIQUE);
        assert_ptr_equal(cache_find(&c, row->pa), cache_peek(&c, row->pa));
    }
}

/* Consecutive lines go to consecutive sets: as many as the cache holds stay, the next one replaces. */
static void sets(void **state)
{
    (void)state;
    start(16, 4, REPL_LRU);
    for (uint64_t i = 0; i < 16; i++)
        assert_int_equal(cache_fill(&c, 0x1000 + 64 * i, 0), 0);
    for (uint64_t i = 0; i < 16; i++)
        assert_non_null(cache_find(&c, 0x1000 + 64 * i));
    assert_int_equal(cache_fill(&c, 0x1000 + 64 * 16, 0), 0x1000 | LINE_VALID);
}

/* A line written off as invalid is not found and makes room. */
static void invalidated_line(void **state)
{
    (void)state;
    start(4, 4, REPL_LRU);
    for (const char *p = "abcd"; *p; p++)
        cache_fill(&c, pa_of(*p), 0);
    cache_drop(&c, cache_peek(&c, pa_of('c')));
    assert_null(cache_find(&c, pa_of('c')));
    assert_int_equal(cache_fill(&c, pa_of('e'), 0), 0);
    assert_non_null(cache_find(&c, pa_of('a')));
    assert_non_null(cache_find(&c, pa_of('e')));
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add(&all, check_line, ROWS_OF(line_rows));
    rows_add_test(&all, "consecutive lines", sets, NULL);
    rows_add_test(&all, "an invalidated line makes room", invalidated_line, NULL);
    return rows_run(&all, "cost/cache");
}
