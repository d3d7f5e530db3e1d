/* The short ways and the long one: two machines make the same random accesses, one by what its micro-TLBs and its main
 * TLB simply grant where they do, the other always by cluster_access. After every step their answers, lines and
 * counters are the same. */
#include "models/arch/cache_op.h"
#include "tests/oracle/dice.h"
#include "tests/unit/models/cluster/machine.h"

#define STEPS 40000
#define PAGES 40
#define P(n) (GUEST_VA + 0x1000ULL * (n))

static struct machine quick, slow;
static struct dice dice;
static struct {
    unsigned hit, refilled, known, left, touched, pairs, elsewhere, faults, moved;
} seen;

/* Pages that may be read alone, by EL0, not executed; Device, Non-cacheable; not global; some of IPAs in a row. */
static void map(struct machine *m)
{
    static const uint64_t attributes[] = { 0,          D_AP(1),        D_AP(2),
                                           D_AP(3),    D_AP(1) | D_NG, D_UXN | D_PXN,
                                           D_INDEX(1), D_INDEX(2),     D_INDEX(1) | D_AP(1),
                                           D_INDEX(3) };

    for (unsigned i = 1; i < PAGES; i++)
        guest_map1(&m->guest, P(i), GUEST_DATA + 0x1000ULL * (i % 7), 3,
                   S1_LEAF | attributes[i % (sizeof attributes / sizeof *attributes)]);
}

static void start(struct machine *m, enum repl_policy policy)
{
    static const struct shape usual = { 0 };

    machine_start(m, &usual);
    m->config.l1i = (struct cache_config){ 4096, 2, policy, 4 };
    m->config.l1d = (struct cache_config){ 4096, 4, policy, 5 };
    m->config.l2 = (struct cache_config){ 8192, 4, policy, 6 };
    m->config.mmu.iutlb.policy = m->config.mmu.dutlb.policy = policy;
    m->config.mmu.main_tlb = (struct tlb_config){ 64, 4, policy, 3 };
    cluster_init(&m->cluster, &m->config, tables_port(&m->guest.tables));
    machine_registers(m);
    map(m);
}

/* What became of an access that the main TLB granted. */
static struct outcome refilled(const struct utlb_entry *e, uint64_t va, unsigned probes)
{
    return (struct outcome){ .x = { .hit = HIT_TLB,
                                    .type = e->type,
                                    .pa = PA(e->leaf.pa | (va & 0xFFF)),
                                    .ipa = IPA(e->leaf.ipa | (va & 0xFFF)),
                                    .steps = { 1, { { .kind = STEP_TLB, .hit = true, .probes = (uint8_t)probes } } } },
                             .pages = 1,
                             .missed = 1 };
}

/* Makes an access whose page is left in its lane: the refill, and then what a hit would do. */
static bool go_left(const struct access *a, unsigned lane, struct plain plain, struct outcome *o)
{
    struct cluster *c = &quick.cluster;
    const struct memo_page *p = cluster_known(c, lane, a->va.v);
    const struct utlb_entry *e;
    struct hit hit;
    unsigned probes;

    if (a->unpriv || a->kind == ACCESS_ZVA || cluster_crosses_page(a) || access_is_unaligned(a) ||
        !cluster_left(c, lane, a->va.v, p))
        return false;
    e = cluster_refill_left(c, lane, a->va.v, &probes);
    if (!e)
        return false;
    assert_int_equal(p->page, e->leaf.pa >> 12);
    assert_true(p->key == cluster_key(a->va.v));
    *o = refilled(e, a->va.v, probes);
    c->memsys.traffic.count = 0;
    hit = cluster_hit(c, &c->lane[lane], plain);
    assert_ptr_equal(hit.entry, e);
    seen.left++;
    return true;
}

/* Makes an access as one that misses its micro-TLB alone, if its line is known; `want`: what is to become of it. */
static bool go_known(const struct access *a, unsigned lane, const struct outcome *want, struct outcome *o)
{
    struct cluster *c = &quick.cluster;
    const uint32_t page = (uint32_t)(want->x.pa.v >> 12), other = page ^ (uint32_t)dice_percent(&dice, 10);
    const struct utlb_entry *e;
    unsigned probes;

    if (want->x.fault.type != FAULT_NONE || a->unpriv || a->kind == ACCESS_ZVA || access_is_unaligned(a) ||
        (a->va.v & CACHE_LINE_MASK) + a->size > CACHE_LINE_MASK + 1 ||
        !memo_has_lines(&c->known_rows[cluster_row(lane, page)], page, a->va.v, 0))
        return false;
    e = cluster_refill_known(c, lane, a->va.v, other, &probes);
    seen.elsewhere += other != page;
    if (!e)
        return false;
    assert_int_equal(other, page);
    *o = refilled(e, a->va.v, probes);
    c->memsys.traffic.count = 0;
    cluster_count_known(c, lane, 1);
    seen.known++;
    return true;
}

/* What became of an access that its micro-TLB granted. */
static struct outcome had(const struct utlb_entry *e, uint64_t va)
{
    return (struct outcome){ .x = { .hit = HIT_UTLB,
                                    .type = e->type,
                                    .pa = PA(e->leaf.pa | (va & 0xFFF)),
                                    .ipa = IPA(e->leaf.ipa | (va & 0xFFF)) },
                             .pages = 1 };
}

/* Makes an access whose page is known: it asks for its line, or lines. */
static bool go_touch(const struct access *a, unsigned lane, struct outcome *o)
{
    struct cluster *c = &quick.cluster;
    const struct memo_page *p = cluster_known(c, lane, a->va.v);
    const uint64_t pa = (uint64_t)p->page << 12 | (a->va.v & 0xFFF);
    const uint32_t more = (a->va.v & CACHE_LINE_MASK) + a->size > CACHE_LINE_MASK + 1;

    if (a->unpriv || a->kind == ACCESS_ZVA || cluster_crosses_page(a) || access_is_unaligned(a) ||
        p->key != cluster_key(a->va.v))
        return false;
    *o = had(mmu_find(&c->lane[lane].mmu, a->va), a->va.v);
    cluster_touch_known(c, lane, pa, more);
    cluster_count_known(c, lane, 1 + more);
    assert_int_equal(o->x.pa.v, pa);
    assert_true(memo_has_lines(cluster_known_lines(c, p), p->page, a->va.v, 0));
    seen.touched++;
    seen.pairs += more && a->kind != ACCESS_FETCH;
    return true;
}

/* Makes an access by the first way that is open; `want`: what is to become of it. */
static void go(const struct access *a, unsigned core, const struct outcome *want, struct outcome *o)
{
    struct cluster *c = &quick.cluster;
    const unsigned lane = LANE(core, a->el, a->kind);
    const struct lane *l = &c->lane[lane];
    const struct plain plain = { .va = a->va.v,
                                 .size = a->kind == ACCESS_ZVA ? 1 : a->size,
                                 .odd = a->kind == ACCESS_LOAD || a->kind == ACCESS_STORE
                                            ? (uint16_t)((a->size >> a->pair) - 1)
                                            : 0,
                                 .unpriv = a->unpriv };
    struct hit hit;

    if (go_left(a, lane, plain, o) || go_known(a, lane, want, o) ||
        (plain.size <= 2 * (CACHE_LINE_MASK + 1) && go_touch(a, lane, o)))
        return;
    hit = cluster_hit(c, l, plain);
    if (hit.entry) {
        *o = had(hit.entry, a->va.v);
        if (!hit.moved)
            c->memsys.traffic.count = 0; /* nobody has asked for it */
        seen.hit++;
    } else if (hit.absent) {
        hit = cluster_refill(c, l, plain, o);
        seen.refilled += hit.entry != NULL;
    }
    if (!hit.entry)
        cluster_access(c, core, a, o);
    else if (hit.lasts && !a->unpriv && a->kind != ACCESS_ZVA) {
        cluster_know_line(c, lane, hit.entry->leaf.pa | (a->va.v & 0xFFF));
        cluster_know_page(c, lane, hit.entry, a->va.v, 1);
    }
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
    const struct traffic *t = &quick.cluster.memsys.traffic, *u = &slow.cluster.memsys.traffic;

    assert_int_equal(a->x.fault.type, b->x.fault.type);
    assert_int_equal(a->x.hit, b->x.hit);
    assert_int_equal(a->x.steps.count, b->x.steps.count);
    for (unsigned i = 0; i < a->x.steps.count; i++)
        assert_memory_equal(&a->x.steps.step[i], &b->x.steps.step[i], sizeof a->x.steps.step[i]);
    assert_true(a->pages == b->pages && a->missed == b->missed && a->walked == b->walked && a->fetches == b->fetches);
    if (a->x.fault.type == FAULT_NONE) {
        assert_true(a->x.pa.v == b->x.pa.v && a->x.ipa.v == b->x.ipa.v);
        assert_memory_equal(&a->x.type, &b->x.type, sizeof a->x.type);
    }
    assert_int_equal(t->count, u->count);
    for (unsigned i = 0; i < t->count; i++)
        assert_true(t->item[i].pa == u->item[i].pa && t->item[i].kind == u->item[i].kind &&
                    t->item[i].waits == u->item[i].waits);
    for (unsigned core = 0; core < 2; core++)
        assert_memory_equal(&quick.cluster.core[core].mmu.count, &slow.cluster.core[core].mmu.count,
                            sizeof(struct counts));
}

static void step(void)
{
    const unsigned core = dice_below(&dice, 2), size_bits = dice_below(&dice, 7);
    struct access a = { .kind = (uint8_t)dice_below(&dice, 4), .el = (uint8_t)dice_below(&dice, 2) };
    struct outcome o, p;

    a.va = VA(P(dice_below(&dice, PAGES)) + 64 * dice_below(&dice, dice_percent(&dice, 50) ? 2 : 64));
    a.size = a.kind == ACCESS_FETCH ? 4 * (1 + dice_below(&dice, 20))
             : a.kind == ACCESS_ZVA ? ZVA_BYTES
                                    : 1u << size_bits;
    a.pair = (a.kind == ACCESS_LOAD || a.kind == ACCESS_STORE) && size_bits >= 4;
    a.va.v += a.pair ? a.size / 2 * dice_below(&dice, 8) : 0;
    a.unpriv = a.kind != ACCESS_FETCH && a.el == 1 && dice_percent(&dice, 10);
    if (a.kind != ACCESS_FETCH && dice_percent(&dice, 10))
        a.va.v += dice_below(&dice, 64);
    cluster_access(&slow.cluster, core, &a, &p);
    go(&a, core, &p, &o);
    check_same(&o, &p);
    seen.faults += o.x.fault.type != FAULT_NONE;
    seen.moved += quick.cluster.memsys.traffic.count != 0;
}

/* What makes TLBs forget, or tell processes apart, or should have been followed by it. */
static void disturb(struct machine *m, unsigned how)
{
    struct tlbi page = { .op = TLBI_VAAE1, .broadcast = true, .vmid = 1, .va = P(how % PAGES) };
    struct tlbi all = { .op = TLBI_VMALLE1, .broadcast = true, .vmid = 1 };

    if (how % 5 == 0)
        cluster_tlbi(&m->cluster, 0, &all);
    else if (how % 7 == 0)
        guest_map1(&m->guest, P(1 + how % (PAGES - 1)), GUEST_DATA + 0x1000ULL * (how % 5), 3,
                   S1_LEAF | (how % 3 ? D_NG : 0));
    else if (how % 3 == 0)
        cluster_tlbi(&m->cluster, 0, &page);
    else
        mmu_write_sysreg(&m->cluster.core[how & 1].mmu, SYSREG_TTBR0_EL1,
                         m->guest.s1.root | (uint64_t)(7 + how / 3 % 3) << 48);
}

static void course(enum repl_policy policy)
{
    start(&quick, policy);
    start(&slow, policy);
    dice = (struct dice){ 20 + policy };
    memset(&seen, 0, sizeof seen);
    for (unsigned i = 0; i < STEPS; i++) {
        if (dice_below(&dice, 200) == 0) {
            unsigned how = dice_below(&dice, 1000);

            disturb(&quick, how);
            disturb(&slow, how);
        }
        step();
    }
    assert_true(seen.hit > STEPS / 10 && seen.refilled > STEPS / 10 && seen.faults > STEPS / 100 &&
                seen.moved > STEPS / 10);
    if (policy == REPL_LRU) /* each use counts: nothing is known */
        assert_int_equal(seen.known, 0);
    else
        assert_true(seen.touched > STEPS / 100 && seen.pairs > STEPS / 1000 && seen.known > STEPS / 400 &&
                    seen.left > STEPS / 50 && seen.elsewhere > STEPS / 1000);
}

static void round_robin(void **state)
{
    (void)state;
    course(REPL_ROUND_ROBIN);
}

static void random_victims(void **state)
{
    (void)state;
    course(REPL_RANDOM);
}

static void least_recently_used(void **state)
{
    (void)state;
    course(REPL_LRU);
}

/* A refill is a use of the main TLB's entry, for the policy that counts uses. */
static void refills_are_uses(void **state)
{
    static const unsigned pages[] = { 3, 10, 3, 13, 3 };

    (void)state;
    start(&quick, REPL_LRU);
    quick.config.mmu.dutlb = (struct tlb_config){ 1, 1, REPL_LRU, 0 };
    quick.config.mmu.main_tlb = (struct tlb_config){ 2, 2, REPL_LRU, 0 };
    cluster_init(&quick.cluster, &quick.config, tables_port(&quick.guest.tables));
    machine_registers(&quick);
    for (unsigned i = 0; i < 5; i++)
        machine_cycles(&quick, 0, ACCESS_LOAD, P(pages[i]));
    assert_int_equal(quick.o.x.hit, HIT_TLB);
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "short and long ways: round robin", round_robin, NULL);
    rows_add_test(&all, "short and long ways: random", random_victims, NULL);
    rows_add_test(&all, "short and long ways: LRU", least_recently_used, NULL);
    rows_add_test(&all, "refills are uses", refills_are_uses, NULL);
    return rows_run(&all, "models/cluster/refill");
}
