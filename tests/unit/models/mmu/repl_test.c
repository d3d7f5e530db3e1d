/* Replacement as pictures: a set's ways by the letters they hold, the next victim in small print, an empty way as '-'.
 * The policy knows no tags; the little set of letters here obeys its protocol. */
#include "models/mmu/repl.h"
#include "tests/unit/models/rows.h"

#define WAYS_MAX 8
#define SETS 3

struct set {
    struct repl repl;
    uint64_t use[SETS * WAYS_MAX];
    char way[SETS][WAYS_MAX];
    unsigned ways;
};

static void set_init(struct set *s, enum repl_policy policy, unsigned ways, uint32_t seed)
{
    struct repl_shape shape = { .sets = SETS, .ways = ways, .policy = policy, .seed = seed };

    memset(s, POISON, sizeof *s);
    memset(s->way, '-', sizeof s->way);
    s->ways = ways;
    repl_init(&s->repl, &shape, s->use);
}

/* Finds a letter, or fills it in: an empty way first, else the policy's victim. */
static void set_use(struct set *s, unsigned set, char letter)
{
    unsigned w = 0;

    while (w < s->ways && s->way[set][w] != letter)
        w++;
    if (w == s->ways) {
        for (w = 0; w < s->ways && s->way[set][w] != '-'; w++)
            ;
        if (w == s->ways)
            w = repl_victim(&s->repl, set);
        assert_true(w < s->ways);
        s->way[set][w] = letter;
    }
    repl_touch(&s->repl, set, w);
}

/* The victim, without disturbing anything. */
static unsigned peek_victim(const struct set *s, unsigned set)
{
    struct set copy = *s;

    copy.repl.use = copy.use;
    return repl_victim(&copy.repl, set);
}

static void picture_of(const struct set *s, unsigned set, char *picture)
{
    bool full = memchr(s->way[set], '-', s->ways) == NULL;
    unsigned victim = full ? peek_victim(s, set) : s->ways;

    for (unsigned w = 0; w < s->ways; w++) {
        char c = s->way[set][w];

        picture[2 * w] = w == victim ? (char)(c | 0x20) : c;
        picture[2 * w + 1] = ' ';
    }
    picture[2 * s->ways - 1] = '\0';
}

/* One access a line: a letter, and the set afterwards. */
struct move {
    char letter;
    const char *picture;
};

struct story_row {
    const char *name;
    enum repl_policy policy;
    unsigned ways;
    struct move moves[12];
};

// clang-format off
static const struct story_row story_rows[] = {
    { "round robin goes round, hits do not matter", REPL_ROUND_ROBIN, 4, {
        { 'A', "A - - -" },
        { 'B', "A B - -" },
        { 'C', "A B C -" },
        { 'D', "a B C D" },
        { 'A', "a B C D" },
        { 'E', "E b C D" },
        { 'B', "E b C D" },
        { 'F', "E F c D" },
        { 'G', "E F G d" },
        { 'H', "e F G H" },
        { 'I', "I f G H" } } },
    { "least recently used: hits matter", REPL_LRU, 4, {
        { 'A', "A - - -" },
        { 'B', "A B - -" },
        { 'C', "A B C -" },
        { 'D', "a B C D" },
        { 'A', "A b C D" },
        { 'C', "A b C D" },
        { 'B', "A B C d" },
        { 'E', "a B C E" },
        { 'F', "F B c E" },
        { 'B', "F B c E" },
        { 'G', "F B G e" } } },
    { "round robin of two ways", REPL_ROUND_ROBIN, 2, {
        { 'A', "A -" },
        { 'B', "a B" },
        { 'C', "C b" },
        { 'D', "c D" },
        { 'E', "E d" } } },
    { "one way: round robin", REPL_ROUND_ROBIN, 1, { { 'A', "a" }, { 'B', "b" }, { 'C', "c" } } },
    { "one way: random", REPL_RANDOM, 1, { { 'A', "a" }, { 'B', "b" }, { 'C', "c" } } },
    { "one way: least recently used", REPL_LRU, 1, { { 'A', "a" }, { 'B', "b" }, { 'C', "c" } } },
    { "ways need not be a power of two", REPL_ROUND_ROBIN, 3, {
        { 'A', "A - -" },
        { 'B', "A B -" },
        { 'C', "a B C" },
        { 'D', "D b C" },
        { 'E', "D E c" },
        { 'F', "d E F" } } },
};
// clang-format on

static void check_story(void **state)
{
    const struct story_row *row = *state;
    struct set s;

    set_init(&s, row->policy, row->ways, 1);
    for (unsigned i = 0; i < 12 && row->moves[i].picture; i++) {
        char picture[2 * WAYS_MAX];

        set_use(&s, 1, row->moves[i].letter);
        picture_of(&s, 1, picture);
        assert_string_equal(picture, row->moves[i].picture);
    }
}

/* Sets do not disturb each other. */
struct policy_row {
    const char *name;
    enum repl_policy policy;
    const char *text;
};

static const struct policy_row policy_rows[] = {
    { "sets are apart: round robin", REPL_ROUND_ROBIN, "rr" },
    { "sets are apart: least recently used", REPL_LRU, "lru" },
};

static void check_sets(void **state)
{
    const struct policy_row *row = *state;
    struct set s;
    char before[2 * WAYS_MAX], after[2 * WAYS_MAX];

    set_init(&s, row->policy, 4, 1);
    for (const char *c = "ABCDBE"; *c; c++)
        set_use(&s, 1, *c);
    picture_of(&s, 1, before);
    for (const char *c = "ABCDEFGHAB"; *c; c++) {
        set_use(&s, 0, *c);
        set_use(&s, 2, *c);
    }
    picture_of(&s, 1, after);
    assert_string_equal(after, before);
    assert_string_equal(repl_name(row->policy), row->text);
}

/* Random: the same seed gives the same victims, another seed others, and every way gets its turn, about as often. */
static void random_is_repeatable(void **state)
{
    struct set a, b, c;
    unsigned same = 0;

    (void)state;
    set_init(&a, REPL_RANDOM, 4, 7);
    set_init(&b, REPL_RANDOM, 4, 7);
    set_init(&c, REPL_RANDOM, 4, 8);
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t victim = repl_victim(&a.repl, i % SETS);

        assert_int_equal(repl_victim(&b.repl, i % SETS), victim);
        same += repl_victim(&c.repl, i % SETS) == victim;
    }
    assert_in_range(same, 150, 350);
    assert_string_equal(repl_name(REPL_RANDOM), "random");
}

struct seed_row {
    const char *name;
    uint32_t seed;
    unsigned ways;
};

static const struct seed_row seed_rows[] = {
    { "random, seed 0, 4 ways", 0, 4 },
    { "random, seed 1, 2 ways", 1, 2 },
    { "random, seed 0xFFFFFFFF, 8 ways", UINT32_MAX, 8 },
    { "random, 3 ways", 5, 3 },
};

static void check_seed(void **state)
{
    const struct seed_row *row = *state;
    unsigned hits[WAYS_MAX] = { 0 };
    struct set s;

    set_init(&s, REPL_RANDOM, row->ways, row->seed);
    for (unsigned i = 0; i < 1000 * row->ways; i++) {
        uint32_t victim = repl_victim(&s.repl, 0);

        assert_true(victim < row->ways);
        hits[victim]++;
    }
    for (unsigned w = 0; w < row->ways; w++)
        assert_in_range(hits[w], 850, 1150); /* 1000 expected, standard deviation below 32 */
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add(&all, check_sets, ROWS_OF(policy_rows));
    rows_add_test(&all, "random repeats with its seed", random_is_repeatable, NULL);
    rows_add(&all, check_seed, ROWS_OF(seed_rows));
    return rows_run(&all, "mmu/repl");
}
