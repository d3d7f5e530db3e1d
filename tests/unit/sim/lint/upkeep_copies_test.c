/* What the lists find is what a look at all copies finds, in the same order, whatever came and went before. */
#include "sim/lint/upkeep_copies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define CORES 3
#define EVENTS 60000

static uint64_t state;

static unsigned below(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 24) % n);
}

/* ---- The plain scan ---------------------------------------------------------------------------------------------- */

static bool has_word(const struct copy *c, uint64_t pa, uint64_t bytes)
{
    for (int w = 0; w < 2; w++) {
        if (c->word[w].there && c->word[w].pa + 8 > pa && c->word[w].pa < pa + bytes)
            return true;
    }
    return false;
}

/* What is searched for. */
struct wanted {
    const struct tlbi *t; /* NULL: not by maintenance */
    unsigned cores;
    bool going, wide, made, world;
    uint64_t pa, bytes;
    unsigned core, regime, vmid;
};

static bool is_wanted(const struct copies *c, uint32_t i, const struct wanted *w)
{
    const struct copy_key *k = &c->key[i];

    if (w->t)
        return (w->cores >> k->core & 1) && copies_matches(k, w->t);
    if (w->going)
        return (k->going_local && k->core == w->core) || (w->wide && (k->going >> w->core & 1));
    if (w->made)
        return has_word(&c->copy[i], w->pa, w->bytes);
    return k->core == w->core && k->tag.regime == w->regime && (w->regime != REGIME_EL10 || k->tag.vmid == w->vmid);
}

static unsigned hold_against_scan(struct copies *c, const struct wanted *w)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < c->used; i++) {
        if (!c->key[i].tag.valid || !is_wanted(c, i, w))
            continue;
        assert_int_equal(copies_next(c), i);
        count++;
    }
    assert_int_equal(copies_next(c), COPIES_NONE);
    return count;
}

/* ---- Courses: few values of each kind, so that copies have much in common ---------------------------------------- */

static struct copy_key random_key(void)
{
    static const uint8_t leaves[] = { 12, 16, 21, 29 }, tables[] = { 21, 30, 39 }, stage2[] = { 12, 21, 30, 39 };
    struct copy_key k = { .core = (uint8_t)below(CORES), .last = below(2) };
    struct tlb_tag *t = &k.tag;
    uint64_t va = (uint64_t)below(4) << 30 | (uint64_t)below(3) << 21 | (uint64_t)below(20) << 12;

    t->holds = (uint8_t)below(COPIES_HOLDS);
    t->regime = t->holds != TLB_HOLDS_STAGE2 && below(3) == 0 ? REGIME_EL2 : REGIME_EL10;
    t->size_bits = t->holds == TLB_HOLDS_LEAF    ? leaves[below(4)]
                   : t->holds == TLB_HOLDS_TABLE ? tables[below(3)]
                                                 : stage2[below(4)];
    t->from_bits = t->holds == TLB_HOLDS_LEAF && below(2) ? tables[below(2)] : t->size_bits;
    if (t->holds != TLB_HOLDS_STAGE2 && t->regime == REGIME_EL10 && below(2))
        va |= 0xFFFF000000000000;
    t->va = align_down(va, t->size_bits);
    t->vmid = t->regime == REGIME_EL10 ? (uint8_t)below(3) : 0;
    t->global = t->holds == TLB_HOLDS_STAGE2 || t->regime == REGIME_EL2 || (t->holds == TLB_HOLDS_LEAF && !below(4));
    t->asid = t->global ? 0 : (uint16_t)below(4);
    t->stages = t->holds == TLB_HOLDS_STAGE2 ? TLB_STAGE2 : TLB_STAGE1 | TLB_STAGE2;
    return k;
}

static uint64_t random_word(void)
{
    return 0x44000000 + 8 * (uint64_t)below(200);
}

static struct copy random_copy(void)
{
    struct copy c = { .made = 1 };

    for (int w = 0; w < 2; w++) {
        c.word[w].there = below(3) > 0;
        c.word[w].pa = random_word();
    }
    return c;
}

static void come(struct copies *c)
{
    struct copy_key k = random_key();
    struct copy copy = random_copy();
    uint32_t i = copies_find(c, &k);

    if (i == COPIES_NONE)
        assert_int_not_equal(copies_add(c, &k, &copy), COPIES_NONE);
    else
        copies_renew(c, i, &k, &copy);
    i = copies_find(c, &k);
    assert_int_not_equal(i, COPIES_NONE);
    assert_int_equal(c->key[i].tag.from_bits, k.tag.from_bits);
    assert_int_equal(c->key[i].going, 0);
    assert_false(c->key[i].going_local);
}

/* Returns how many copies it takes. */
static unsigned maintain(struct copies *c, unsigned op)
{
    unsigned core = below(CORES), taken;
    struct copy_key at = random_key(); /* its address is one that there may be */
    struct tlbi t = { .op = (uint8_t)op, .broadcast = below(2), .vmid = (uint8_t)below(3), .asid = (uint16_t)below(4) };
    struct wanted w = { .t = &t, .cores = t.broadcast ? ~0u : 1u << core };

    t.va = align_down(at.tag.va, 12);
    copies_find_taken(c, &t, w.cores);
    taken = hold_against_scan(c, &w);
    if (below(2) == 0)
        return taken;
    copies_find_taken(c, &t, w.cores);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c))
        copies_go(c, i, core, t.broadcast);
    return taken;
}

static void complete(struct copies *c)
{
    struct wanted w = { .going = true, .core = below(CORES), .wide = below(2) };

    copies_find_going(c, w.core, w.wide);
    hold_against_scan(c, &w);
    copies_find_going(c, w.core, w.wide);
    for (uint32_t i = copies_next(c); i != COPIES_NONE; i = copies_next(c))
        copies_drop(c, i);
}

static void look(struct copies *c)
{
    struct wanted made = { .made = true, .pa = random_word() + below(2) * below(8), .bytes = 1 + below(64) };
    struct wanted world = { .core = below(CORES), .regime = below(2) ? REGIME_EL10 : REGIME_EL2, .vmid = below(3) };

    if (below(50) == 0)
        made.bytes = 1u << 20;
    copies_find_made(c, made.pa, made.bytes);
    hold_against_scan(c, &made);
    copies_find_world(c, world.core, world.regime, world.vmid);
    hold_against_scan(c, &world);
}

static void lists_find_what_a_scan_finds(void **unused)
{
    unsigned taken[TLBI_OP_COUNT] = { 0 };

    (void)unused;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct copies c;

        state = seed * 0x9E3779B97F4A7C15;
        assert_true(copies_init(&c));
        for (unsigned n = 0; n < EVENTS / 4; n++) {
            unsigned op = below(TLBI_OP_COUNT);

            if (n == EVENTS / 8)
                copies_clear(&c);
            if (below(10) < 7)
                come(&c);
            else if (below(8) == 0)
                complete(&c);
            else if (below(2))
                taken[op] += maintain(&c, op);
            else
                look(&c);
        }
        copies_clear(&c);
        assert_int_equal(c.live, 0);
        copies_free(&c);
    }
    for (unsigned op = 0; op < TLBI_ALLE3; op++)
        assert_true(taken[op] > 0);
}

/* No more than there is room for; what goes makes room. */
static void copies_are_bounded(void **unused)
{
    struct copy_key k = { .tag = { .regime = REGIME_EL10, .size_bits = 12, .from_bits = 12 } };
    struct copy copy = { .word[0] = { .there = true } };
    struct tlbi all = { .op = TLBI_VMALLE1 };
    struct copies c;
    uint32_t count = 0;

    (void)unused;
    assert_true(copies_init(&c));
    for (uint64_t n = 0; n < COPIES_MAX; n++) {
        k.tag.va = n << 12;
        copy.word[0].pa = 8 * n;
        assert_int_equal(copies_add(&c, &k, &copy), n);
    }
    k.tag.va = (uint64_t)COPIES_MAX << 12;
    assert_int_equal(copies_add(&c, &k, &copy), COPIES_NONE);
    assert_int_equal(c.no_room, 1);
    copies_find_taken(&c, &all, 1);
    for (uint32_t i = copies_next(&c); i != COPIES_NONE; i = copies_next(&c)) {
        assert_int_equal(i, count++);
        copies_drop(&c, i);
    }
    assert_int_equal(count, COPIES_MAX);
    assert_int_not_equal(copies_add(&c, &k, &copy), COPIES_NONE);
    copies_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lists_find_what_a_scan_finds),
                                        cmocka_unit_test(copies_are_bounded) };

    return cmocka_run_group_tests_name("upkeep_copies", tests, NULL, NULL);
}
