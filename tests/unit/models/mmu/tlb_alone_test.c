/* Who answers alone: over a random course, the array says that two entries may answer for one address whenever two do,
 * and while its changes are the same an entry that answered does so still, after as many probes as it says. */
#include "models/mmu/tlb.h"
#include "tests/oracle/dice.h"
#include "tests/unit/models/rows.h"

#define STEPS 20000
#define ASKED 40

static const struct tlb_config small = { .entries = 32, .ways = 4, .policy = REPL_RANDOM, .seed = 3 };
static const uint8_t sizes[TLB_SIZES] = { 12, 16, 21, 29 };
static struct tlb t;
static struct dice dice;

/* What answered, and when. */
static struct answer {
    struct tlb_key key;
    const struct tlb_entry *entry;
    uint32_t changes;
} asked[ASKED];

static uint64_t some_va(unsigned bits)
{
    const uint64_t va = (uint64_t)dice_below(&dice, 2) << 29 | (uint64_t)dice_below(&dice, 2) << 21 |
                        (uint64_t)dice_below(&dice, 3) << 16 | (uint64_t)dice_below(&dice, 3) << 12;

    return align_down(va, bits);
}

/* `sizes_of`, `asids`, `vmids`: out of how many. */
static struct tlb_entry some_entry(unsigned sizes_of, unsigned asids, unsigned vmids)
{
    const uint8_t bits = sizes[dice_below(&dice, sizes_of)];

    return (struct tlb_entry){ .tag = { .va = some_va(bits),
                                        .asid = (uint16_t)(1 + dice_below(&dice, asids)),
                                        .vmid = (uint8_t)(1 + dice_below(&dice, vmids)),
                                        .regime = REGIME_EL10,
                                        .stages = 3,
                                        .holds = TLB_HOLDS_LEAF,
                                        .size_bits = bits,
                                        .from_bits = bits,
                                        .global = asids > 1 && dice_percent(&dice, 8) },
                               .leaf = { .pa = 0x1000 } };
}

/* True when one address is both entries'. */
static bool meet(const struct tlb_tag *a, const struct tlb_tag *b)
{
    const unsigned bits = a->size_bits > b->size_bits ? a->size_bits : b->size_bits;

    return a->valid && b->valid && a->vmid == b->vmid && (a->global || b->global || a->asid == b->asid) &&
           (a->va ^ b->va) >> bits == 0;
}

static bool two_answer(void)
{
    for (unsigned i = 0; i < small.entries; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (meet(&t.entry[i].tag, &t.entry[k].tag))
                return true;
        }
    }
    return false;
}

static void check_answers(void)
{
    for (unsigned i = 0; i < ASKED; i++) {
        const struct answer *a = &asked[i];
        unsigned probes;

        if (!a->entry || t.doubled || a->changes != t.changes)
            continue;
        assert_ptr_equal(tlb_peek(&t, &a->key, &probes), a->entry);
        assert_int_equal(probes, tlb_probes_for(&t, (uint32_t)(a->entry - t.entry)));
    }
}

static void ask(unsigned asids)
{
    struct answer *a = &asked[dice_below(&dice, ASKED)];
    unsigned probes;

    a->key = (struct tlb_key){ .va = some_va(12),
                               .asid = (uint16_t)(1 + dice_below(&dice, asids)),
                               .vmid = 1,
                               .regime = REGIME_EL10,
                               .stages = 3 };
    a->entry = tlb_find(&t, &a->key, &probes);
    a->changes = t.changes;
}

/* Returns how many steps an array had no two entries for one address, and how many it had. */
static void course(unsigned sizes_of, unsigned asids, unsigned steps[2])
{
    const struct tlbi all = { .op = TLBI_ALLE1 };
    bool before = false;

    memset(&t, POISON, sizeof t);
    memset(asked, 0, sizeof asked);
    tlb_init(&t, &small);
    t.watched = true;
    dice = (struct dice){ sizes_of + 10 * asids };
    steps[0] = steps[1] = 0;
    for (unsigned i = 0; i < STEPS; i++) {
        const struct tlb_entry e = some_entry(sizes_of, asids, asids > 1 ? 1 : 2);
        const struct tlbi one = { .op = TLBI_VAAE1, .vmid = 1, .va = some_va(12) };
        unsigned probes;

        if (dice_percent(&dice, 4))
            tlb_invalidate(&t, dice_percent(&dice, 50) ? &one : &all);
        else if (!tlb_peek(&t, &(struct tlb_key){ e.tag.va, e.tag.asid, e.tag.vmid, REGIME_EL10, 3 }, &probes))
            tlb_fill(&t, &e);
        ask(asids);
        if (two_answer())
            assert_true(t.doubled);
        else if (t.doubled) /* until it is empty, though they may have gone */
            assert_true(before && t.order[0].count > 0);
        before = t.doubled;
        steps[t.doubled]++;
        check_answers();
    }
}

/* Pages of one size, of one process: never. */
static void one_size(void **state)
{
    unsigned steps[2];

    (void)state;
    course(1, 1, steps);
    assert_int_equal(steps[1], 0);
}

static void four_sizes(void **state)
{
    unsigned steps[2];

    (void)state;
    course(TLB_SIZES, 1, steps);
    assert_true(steps[0] > STEPS / 40 && steps[1] > STEPS / 40);
}

static void processes(void **state)
{
    unsigned steps[2];

    (void)state;
    course(1, 3, steps);
    assert_true(steps[0] > STEPS / 40 && steps[1] > STEPS / 40);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "alone: one size", one_size, NULL);
    rows_add_test(&all, "alone: four sizes", four_sizes, NULL);
    rows_add_test(&all, "alone: processes", processes, NULL);
    return rows_run(&all, "mmu/tlb_alone");
}
