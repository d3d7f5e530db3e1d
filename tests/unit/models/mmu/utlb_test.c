/* A micro-TLB as a picture: its ten entries by the letters of the pages they hold, '-' for an empty one. */
#include "models/mmu/utlb.h"
#include "tests/oracle/dice.h"
#include "tests/unit/models/rows.h"

static struct utlb u;
static const struct memo_tie no_tie;

static void start(uint32_t entries, enum repl_policy policy)
{
    struct tlb_config config = { .entries = entries, .ways = entries, .policy = policy, .seed = 7 };

    memset(&u, POISON, sizeof u);
    utlb_init(&u, &config);
}

static uint64_t key_of(char letter)
{
    return utlb_key((uint64_t)letter << 12, REGIME_EL10);
}

/* Finds a page or fills it in. Returns whether it was there. */
static bool use(char letter)
{
    const struct utlb_entry *e = utlb_find(&u, key_of(letter));

    if (e) {
        assert_int_equal(e->leaf.pa, (uint64_t)letter << 12);
        return true;
    }
    utlb_claim(&u, key_of(letter), no_tie)->leaf.pa = (uint64_t)letter << 12;
    return false;
}

static void picture_of(char *picture)
{
    for (unsigned i = 0; i < u.entries; i++)
        picture[i] = u.key[i] ? (char)(u.key[i] & 0x7F) : '-';
    picture[u.entries] = '\0';
}

/* '!' flushes; a capital letter is an access. */
struct story_row {
    const char *name;
    uint32_t entries;
    enum repl_policy policy;
    const char *accesses, *want;
    unsigned hits;
};

// clang-format off
static const struct story_row story_rows[] = {
    { "empty",                               10, REPL_ROUND_ROBIN, "",                    "----------", 0 },
    { "one",                                 10, REPL_ROUND_ROBIN, "AAA",                 "A---------", 2 },
    { "nine: below",                         10, REPL_ROUND_ROBIN, "ABCDEFGHI",           "ABCDEFGHI-", 0 },
    { "ten: at [A53: 5.2.1]",                10, REPL_ROUND_ROBIN, "ABCDEFGHIJA",         "ABCDEFGHIJ", 1 },
    { "eleven: above, the first goes",       10, REPL_ROUND_ROBIN, "ABCDEFGHIJK",         "KBCDEFGHIJ", 0 },
    { "hits do not delay round robin",       10, REPL_ROUND_ROBIN, "ABCDEFGHIJAAAK",      "KBCDEFGHIJ", 3 },
    { "eleven in a cycle never hit",         10, REPL_ROUND_ROBIN, "ABCDEFGHIJKABCDEFGH", "KABCDEFGHJ", 0 },
    { "a flush empties all",                 10, REPL_ROUND_ROBIN, "ABCDEFGHIJ!",         "----------", 0 },
    { "what was flushed misses",             10, REPL_ROUND_ROBIN, "AB!A",                "A---------", 0 },
    { "empty entries first after a flush",   10, REPL_ROUND_ROBIN, "ABCDEFGHIJKL!MNO",    "MNO-------", 0 },
    { "the hand stays through a flush",      10, REPL_ROUND_ROBIN, "ABCDEFGHIJKL!ABCDEFGHIJM", "ABMDEFGHIJ", 0 },
    { "least recently used",                 10, REPL_LRU,         "ABCDEFGHIJAK",        "AKCDEFGHIJ", 1 },
    { "one entry",                            1, REPL_ROUND_ROBIN, "ABBA",                "A",          1 },
};
// clang-format on

static void check_story(void **state)
{
    const struct story_row *row = *state;
    char picture[UTLB_ENTRIES_MAX + 1];
    unsigned hits = 0;

    start(row->entries, row->policy);
    for (const char *c = row->accesses; *c; c++) {
        if (*c == '!')
            utlb_flush(&u);
        else
            hits += use(*c);
    }
    picture_of(picture);
    assert_string_equal(picture, row->want);
    assert_int_equal(hits, row->hits);
}

/* Keys: different for different pages and regimes, the same within a page, and never 0, which is empty. */
struct key_row {
    const char *name;
    uint64_t va, other;
    unsigned regime, other_regime;
    bool same;
};

static const struct key_row key_rows[] = {
    { "key: page's first and last byte", 0x1000, 0x1FFF, 0, 0, true },
    { "key: below", 0x0FFF, 0x1000, 0, 0, false },
    { "key: above", 0x1FFF, 0x2000, 0, 0, false },
    { "key: regimes", 0x1000, 0x1000, 0, 1, false },
    { "key: halves", 0x0000000000001000ULL, 0xFFFF000000001000ULL, 0, 0, false },
    { "key: VA bit 63", 0x8000000000001000ULL, 0x1000, 0, 0, false },
    { "key: tags that count", 0xAB00000000001000ULL, 0x1000, 0, 0, false },
    { "key: top of EL1 and EL2", 0xFFFFFFFFFFFFF000ULL, 0xFFFFFFFFFFFFF000ULL, 0, 1, false },
};

static void check_key(void **state)
{
    const struct key_row *row = *state;
    uint64_t a = utlb_key(row->va, row->regime), b = utlb_key(row->other, row->other_regime);

    assert_int_equal(a == b, row->same);
    assert_int_not_equal(utlb_key(0, 0), 0);
}

static bool holds(uint64_t key)
{
    for (unsigned i = 0; i < u.used; i++) {
        if (u.key[i] == key)
            return true;
    }
    return false;
}

/* Keys of few hashes, more of them than entries: what is found is what is there. */
static void colliding_hashes(void **state)
{
    struct dice dice = { 5 };
    unsigned found = 0, shared = 0;

    (void)state;
    start(10, REPL_RANDOM);
    for (unsigned i = 0; i < 20000; i++) {
        const uint64_t n = dice_below(&dice, 24), key = utlb_key((n << 8 | (n & 3) << 4 | n) << 12, n & 1);
        const struct utlb_entry *e;
        const bool there = holds(key);

        if (dice_below(&dice, 500) == 0)
            utlb_flush(&u);
        e = utlb_find(&u, key);
        assert_int_equal(e != NULL, there && u.used > 0);
        if (e)
            assert_int_equal(e->leaf.pa, n);
        else
            utlb_claim(&u, key, no_tie)->leaf.pa = n;
        found += e != NULL;
        shared += u.held[utlb_hash(key)] > 1;
    }
    assert_true(found > 1000 && found < 19000 && shared > 1000);
}

/* An era is another than the ones before; when they are used up nothing may be left of any. */
static void eras(void **state)
{
    static struct memo_page lanes[1][MEMO_PAGES];
    struct memo memo = { .lane = lanes, .lanes = 1 };
    unsigned starts = 0;

    (void)state;
    start(10, REPL_ROUND_ROBIN);
    u.memo = &memo;
    lanes[0][3].key = 3 | u.left;
    utlb_claim(&u, key_of('A'), (struct memo_tie){ .left = u.left, .lanes = 1 }); /* which stays */
    for (unsigned i = 0; i < 5000; i++) {
        const uint64_t before = u.left;

        utlb_turn(&u);
        assert_true((u.left & MEMO_LEFT) && u.left % MEMO_ERA == 0);
        assert_int_not_equal(u.left | (MEMO_ERA - 1), MEMO_NO_PAGE);
        if (u.left > before) {
            assert_true(u.left == before + MEMO_ERA);
        } else {
            assert_int_equal(lanes[0][3].key, MEMO_NO_PAGE);
            assert_int_equal(u.tie[0].left, MEMO_NO_PAGE);
            starts++;
        }
        lanes[0][3].key = 3 | u.left;
    }
    assert_int_equal(starts, 2);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_story, ROWS_OF(story_rows));
    rows_add(&all, check_key, ROWS_OF(key_rows));
    rows_add_test(&all, "hashes that collide", colliding_hashes, NULL);
    rows_add_test(&all, "eras", eras, NULL);
    return rows_run(&all, "mmu/utlb");
}
