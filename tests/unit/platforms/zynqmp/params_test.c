/* The parameter table: every row's default, setting and getting, and what is refused with which words. */
#include "platforms/zynqmp/params.h"

#include "platforms/zynqmp/map.h"
#include "tests/unit/models/rows.h"

#include <stdio.h>

static struct config config;
static char why[200];

static void start(void)
{
    memset(&config, POISON, sizeof config);
    memset(why, POISON, sizeof why);
    params_default(&config);
}

/* Sets a number, or the word of that number. Returns NULL or why not. */
static const char *set_number(const struct param *p, uint64_t value)
{
    char text[24];

    if (params_word(p, p->min) && value <= p->max)
        snprintf(text, sizeof text, "%s", params_word(p, (uint32_t)value));
    else
        snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    memset(why, POISON, sizeof why);
    return params_set(&config, p->key, text, why, sizeof why);
}

/* One row of the table. */
static void check_param(void **state)
{
    const struct param *p = *state;

    start();
    assert_true(p->min <= p->value && p->value <= p->max);
    assert_int_equal(params_get(&config, p), p->value);
    assert_true(strlen(p->source) > 4 && p->source[0] == '['); /* a number without a source is none */
    assert_null(set_number(p, p->min));
    assert_int_equal(params_get(&config, p), p->min);
    assert_null(set_number(p, p->max));
    assert_int_equal(params_get(&config, p), p->max);
    if (p->min > 0)
        assert_ptr_equal(set_number(p, p->min - 1), why);
    assert_ptr_equal(set_number(p, (uint64_t)p->max + 1), why);
    assert_non_null(strstr(why, p->key));
    assert_true(strlen(why) < sizeof why - 1);
    assert_int_equal(params_get(&config, p), p->max); /* what was refused changed nothing */
}

/* No two rows share a key or a place, and setting one changes no other. */
static void rows_are_apart(void **state)
{
    const struct param *table;
    struct sweep s = { 0 };
    size_t count = 0;

    (void)state;
    table = params_table(&count);
    for (size_t i = 0; i < count; i++) {
        start();
        assert_null(set_number(&table[i], table[i].value == table[i].max ? table[i].min : table[i].max));
        for (size_t k = 0; k < count; k++) {
            if (k == i)
                continue;
            assert_string_not_equal(table[i].key, table[k].key);
            sweep_point(&s, params_get(&config, &table[k]), table[k].value, "%s after %s was set", table[k].key,
                        table[i].key);
        }
    }
    sweep_end(&s, (unsigned)(count * (count - 1)));
}

/* The numbers the manual gives. */
struct default_row {
    const char *name;
    uint32_t want;
};

// clang-format off
static const struct default_row default_rows[] = {
    { "cluster.cores",          4 },       /* [UG1085: APU] */
    { "mmu.iutlb.entries",      10 },      /* [A53: 5.2.1] */
    { "mmu.dutlb.entries",      10 },      /* [A53: 5.2.1] */
    { "mmu.main_tlb.entries",   512 },     /* [A53: 5.2.2] */
    { "mmu.main_tlb.ways",      4 },       /* [A53: 5.2.2] */
    { "mmu.walk_cache.entries", 64 },      /* [A53: 5.2.4] */
    { "mmu.walk_cache.ways",    4 },       /* [A53: 5.2.4] */
    { "mmu.ipa_cache.entries",  64 },      /* [A53: 5.2.3] */
    { "mmu.ipa_cache.ways",     4 },       /* [A53: 5.2.3] */
    { "cache.l1i.bytes",        32768 },   /* [A53: CCSIDR_EL1] */
    { "cache.l1i.ways",         2 },       /* [A53: 2.1.6] */
    { "cache.l1d.bytes",        32768 },   /* [A53: CCSIDR_EL1] */
    { "cache.l1d.ways",         4 },       /* [A53: 2.1.6] */
    { "cache.l1d.policy",       REPL_RANDOM }, /* [A53: 2.1.6] */
    { "cache.l2.bytes",         1048576 }, /* [UG1085: L2 Memory Subsystem] */
    { "cache.l2.ways",          16 },      /* [UG1085: L2 Memory Subsystem] */
    { "cost.main_tlb",          2 },       /* [H&P: 2.6] */
    { "cost.l1d",               3 },       /* [sbc-bench] */
    { "cost.l2",                14 },      /* [sbc-bench] */
};
// clang-format on

static void check_default(void **state)
{
    const struct default_row *row = *state;
    const struct param *table;
    size_t count;

    start();
    table = params_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].key, row->name) == 0) {
            assert_int_equal(params_get(&config, &table[i]), row->want);
            return;
        }
    }
    fail_msg("no parameter %s", row->name);
}

/* Text of every kind for one number and one policy; the value it should have afterwards, UINT32_MAX when refused. */
struct text_row {
    const char *name;
    const char *key, *text;
    uint32_t want;
};

// clang-format off
static const struct text_row text_rows[] = {
    { "decimal",                 "cost.l2", "20",                     20 },
    { "hexadecimal",             "cost.l2", "0x20",                   32 },
    { "zero",                    "cost.l2", "0",                      0 },
    { "empty",                   "cost.l2", "",                       UINT32_MAX },
    { "a word",                  "cost.l2", "fast",                   UINT32_MAX },
    { "a unit behind",           "cost.l2", "20ns",                   UINT32_MAX },
    { "a space before",          "cost.l2", " 20",                    UINT32_MAX },
    { "a space behind",          "cost.l2", "20 ",                    UINT32_MAX },
    { "a fraction",              "cost.l2", "2.5",                    UINT32_MAX },
    { "negative",                "cost.l2", "-1",                     UINT32_MAX },
    { "a plus sign",             "cost.l2", "+1",                     UINT32_MAX },
    { "0x alone",                "cost.l2", "0x",                     UINT32_MAX },
    { "below the maximum",       "cost.l2", "999",                    999 },
    { "at the maximum",          "cost.l2", "1000",                   1000 },
    { "above the maximum",       "cost.l2", "1001",                   UINT32_MAX },
    { "2^32 + 1",                "cost.l2", "4294967297",             UINT32_MAX },
    { "2^64 + 1",                "cost.l2", "18446744073709551617",   UINT32_MAX },
    { "a policy: rr",            "cache.l2.policy", "rr",             REPL_ROUND_ROBIN },
    { "a policy: random",        "cache.l2.policy", "random",         REPL_RANDOM },
    { "a policy: lru",           "cache.l2.policy", "lru",            REPL_LRU },
    { "a policy: none of these", "cache.l2.policy", "fifo",           UINT32_MAX },
    { "a policy: LRU",           "cache.l2.policy", "LRU",            UINT32_MAX },
    { "a policy: a number",      "cache.l2.policy", "1",              UINT32_MAX },
    { "a switch: on",            "cost.data_accesses", "on",          1 },
    { "a switch: off",           "cost.data_accesses", "off",         0 },
    { "a switch: a number",      "cost.data_accesses", "1",           UINT32_MAX },
    { "a switch: no word of it", "cost.data_accesses", "yes",         UINT32_MAX },
    { "a policy: empty",         "cache.l2.policy", "",               UINT32_MAX },
};
// clang-format on

static void check_text(void **state)
{
    const struct text_row *row = *state;
    bool policy = strstr(row->key, "policy") != NULL, on_or_off = strstr(row->key, "data") != NULL;
    const uint32_t *value = policy ? &config.l2.policy : on_or_off ? &config.data_accesses : &config.price.l2;
    uint32_t before;
    const char *refused;

    start();
    before = *value;
    refused = params_set(&config, row->key, row->text, why, sizeof why);
    if (row->want != UINT32_MAX) {
        assert_null(refused);
        assert_int_equal(*value, row->want);
        return;
    }
    assert_ptr_equal(refused, why);
    assert_non_null(strstr(why, row->key)); /* says which, and what it was given */
    assert_non_null(strstr(why, row->text));
    assert_int_equal(*value, before);
}

static void unknown_key(void **state)
{
    static const char *const keys[] = { "", "cost", "cost.", "cost.l2.", "COST.L2", "mmu.main_tlb", "cost.l2 " };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        start();
        assert_ptr_equal(params_set(&config, keys[i], "1", why, sizeof why), why);
        assert_non_null(strstr(why, keys[i]));
    }
}

/* A short buffer is not overrun. */
static void short_buffer(void **state)
{
    char small[8];

    (void)state;
    start();
    memset(small, POISON, sizeof small);
    assert_ptr_equal(params_set(&config, "no.such.parameter", "1", small, 7), small);
    assert_int_equal(strlen(small), 6);
    assert_int_equal((unsigned char)small[7], POISON);
}

/* Numbers that must fit each other. */
struct fit_row {
    const char *name;
    const char *key, *text;
    const char *names; /* in the message; NULL when they fit */
};

// clang-format off
static const struct fit_row fit_rows[] = {
    { "the defaults fit",                 "cost.l2",                "14",    NULL },
    { "main TLB: 3 ways of 512",          "mmu.main_tlb.ways",      "3",     "mmu.main_tlb" },
    { "main TLB: 1024 entries",           "mmu.main_tlb.entries",   "1024",  NULL },
    { "main TLB: 513 entries",            "mmu.main_tlb.entries",   "513",   "mmu.main_tlb" },
    { "main TLB: 12 entries, 3 sets",     "mmu.main_tlb.entries",   "12",    "mmu.main_tlb" },
    { "main TLB: 2 entries in 4 ways",    "mmu.main_tlb.entries",   "2",     "mmu.main_tlb" },
    { "main TLB: 4 entries in 4 ways",    "mmu.main_tlb.entries",   "4",     NULL },
    { "walk cache: 60 entries",           "mmu.walk_cache.entries", "60",    "mmu.walk_cache" },
    { "IPA cache: 64 ways of 64",         "mmu.ipa_cache.ways",     "64",    NULL },
    { "IPA cache: 65 entries",            "mmu.ipa_cache.entries",  "65",    "mmu.ipa_cache" },
    { "L1I: 48 KB in 2 ways",             "cache.l1i.bytes",        "49152", "cache.l1i" },
    { "L1D: 3 ways of 32 KB",             "cache.l1d.ways",         "3",     "cache.l1d" },
    { "L1D: 64 KB",                       "cache.l1d.bytes",        "65536", NULL },
    { "L1D: not whole lines",             "cache.l1d.bytes",        "32769", "cache.l1d" },
    { "L2: 5 ways of 1 MB",               "cache.l2.ways",          "5",     "cache.l2" },
};
// clang-format on

static void check_fit(void **state)
{
    const struct fit_row *row = *state;
    const char *refused;

    start();
    assert_null(params_set(&config, row->key, row->text, why, sizeof why));
    refused = params_check(&config, why, sizeof why);
    if (!row->names) {
        assert_null(refused);
        return;
    }
    assert_ptr_equal(refused, why);
    assert_non_null(strstr(why, row->names));
}

/* The defaults carry the platform's map. */
static void map_is_there(void **state)
{
    uint32_t count;

    (void)state;
    start();
    assert_ptr_equal(config.map, zynqmp_map(&count));
    assert_int_equal(config.map_count, count);
}

int main(void)
{
    static struct rows all;
    const struct param *table;
    size_t count = 0;

    table = params_table(&count);
    rows_add(&all, check_param, table, count, sizeof *table);
    rows_add_test(&all, "setting one changes no other", rows_are_apart, NULL);
    rows_add(&all, check_default, ROWS_OF(default_rows));
    rows_add(&all, check_text, ROWS_OF(text_rows));
    rows_add_test(&all, "unknown keys", unknown_key, NULL);
    rows_add_test(&all, "a short buffer", short_buffer, NULL);
    rows_add(&all, check_fit, ROWS_OF(fit_rows));
    rows_add_test(&all, "the platform's map", map_is_there, NULL);
    return rows_run(&all, "zynqmp/params");
}
