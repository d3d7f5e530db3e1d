/* What is known holds: after every step of a random course over few pages and few lines, by two cores, in small caches,
 * each page that is known is in its micro-TLB, and each line in its L1 as readers or writers want it; who holds lines
 * is counted; and each page that is left has its place in the main TLB, which grants it. */
#include "tests/oracle/dice.h"
#include "tests/unit/models/cluster/machine.h"

#define STEPS 10000
#define PAGES 14 /* the micro-TLBs have ten entries */
#define P(n) (GUEST_VA + 0x1000ULL * (n))
#define FAR 5 /* pages elsewhere, in the main TLB's set of P's block */
#define F(n) (GUEST_VA + 0x400000 + 0x4000ULL * (n))

static struct machine m;
static struct dice dice;
static uint64_t table_at, table; /* the level-2 descriptor of all pages */
static struct {
    unsigned known, lasting, moved, pages, written, left;
} seen;

static void start(uint32_t l1_bytes, enum repl_policy policy)
{
    static const struct shape blocks = { .s2_leaf_level = 2 };

    machine_start(&m, &blocks);
    m.config.l1i = (struct cache_config){ l1_bytes / 8, 2, policy, 4 };
    m.config.l1d = (struct cache_config){ l1_bytes, 4, policy, 5 };
    m.config.l2 = (struct cache_config){ 4096, 4, policy, 6 };
    m.config.mmu.main_tlb = (struct tlb_config){ 16, 4, policy, 7 }; /* for which there are pages too many */
    m.config.mmu.iutlb.policy = m.config.mmu.dutlb.policy = REPL_ROUND_ROBIN;
    cluster_init(&m.cluster, &m.config, tables_port(&m.guest.tables));
    machine_registers(&m);
    for (unsigned i = 1; i < PAGES; i++)
        guest_map1(&m.guest, P(i), GUEST_DATA + 0x1000ULL * (i % 3), 3, S1_LEAF);
    for (unsigned i = 0; i < FAR; i++)
        guest_map1(&m.guest, F(i), GUEST_DATA + 0x1000ULL * (i % 3), 3, S1_LEAF);
    table_at = tree_desc_pa(&m.guest.s1, P(0), 2);
    table = tree_read(&m.guest.s1, table_at);
    dice = (struct dice){ l1_bytes + policy };
    memset(&seen, 0, sizeof seen);
}

static void check_lines(struct cluster *c, unsigned core, unsigned fetch)
{
    const struct memo *memo = &c->memo[core][fetch];

    for (unsigned i = 0; i < 64 * MEMO_ROWS; i++) {
        const uint32_t page = memo->read[i / 64].page[i % 64], write = memo->write[i / 64].page[i % 64];
        const uint64_t pa = (uint64_t)page << 12 | (i & 63) << 6;
        const uint64_t *line;

        if (page == MEMO_NO_LINE) {
            assert_int_equal(write, MEMO_NO_LINE);
            continue;
        }
        line = cache_peek(&c->memsys.l1[fetch][core], pa);
        assert_non_null(line);
        if (write != MEMO_NO_LINE) {
            assert_int_equal(write, page);
            assert_true(fetch || (*line & MEMSYS_WRITE) == MEMSYS_WRITE);
            seen.written++;
        }
        seen.known++;
    }
}

static void check_left(struct cluster *c, unsigned lane, const struct memo_page *p)
{
    const struct mmu_lane *l = &c->lane[lane].mmu;
    const va_t va = VA(p->key << 12);
    const struct mmu_offer offer = mmu_ask(l, va, 0, 0);

    if (!cluster_left(c, lane, va.v, p))
        return;
    assert_non_null(offer.entry);
    assert_int_equal(offer.place, c->place[lane][memo_page_place(va.v)]);
    assert_int_equal(offer.probes, tlb_probes_for(&l->mmu->main_tlb, offer.place));
    assert_int_equal(mmu_offer_pa(&offer) >> 12, p->page);
    seen.left++;
}

static void check_pages(struct cluster *c, unsigned lane)
{
    const struct utlb *u = c->lane[lane].mmu.utlb;

    for (unsigned i = 0; i < MEMO_PAGES; i++) {
        const struct memo_page *p = &c->known[lane][i];
        bool there = false;

        if (p->key & MEMO_LEFT) {
            check_left(c, lane, p);
            continue;
        }
        for (unsigned k = 0; k < u->used; k++)
            there |= (u->key[k] ^ p->key) << 20 == 0 && u->entry[k].leaf.pa >> 12 == p->page;
        assert_true(there);
        seen.pages++;
    }
}

static void check_all(struct cluster *c)
{
    for (unsigned core = 0; core < 2; core++) {
        check_lines(c, core, 0);
        check_lines(c, core, 1);
        for (unsigned lane = LANE(core, 0, 0); lane < LANE(core, 3, 0); lane++)
            check_pages(c, lane);
    }
}

/* Where a snoop finds something, the count says so. */
static void check_held(struct cluster *c)
{
    static uint64_t want[SNOOP_PLACES];

    memset(want, 0, sizeof want);
    for (unsigned core = 0; core < 2; core++) {
        const struct cache *l1 = &c->memsys.l1[0][core];

        for (uint32_t i = 0; i < (l1->set_mask + 1) * l1->ways; i++) {
            if (l1->line[i] != 0)
                want[l1->line[i] >> CACHE_LINE_BITS & (SNOOP_PLACES - 1)] += 1ULL << 16 * core;
        }
    }
    assert_memory_equal(c->memsys.held, want, sizeof want);
}

/* The page in every lane of the micro-TLB that may use it, as unprivileged code may, or as a writer. */
static void let_know(struct cluster *c, unsigned lane, const struct utlb_entry *e, struct plain a)
{
    for (unsigned i = LANE(lane >> 4, 0, 0); i < LANE(lane >> 4, 2, 0); i++) {
        if (c->lane[i].mmu.utlb == c->lane[lane].mmu.utlb && cluster_grants(c, i, e))
            cluster_know_page(c, i, e, a.va, 1);
    }
    for (uint64_t line = a.va; line < a.va + a.size; line += 64)
        cluster_know_line(c, lane, e->leaf.pa | (line & 0xFFF));
}

/* The way of a replay: the short cut, or the long way, as a miss would. */
static void step(struct cluster *c, unsigned core)
{
    const enum access_kind kind = (enum access_kind)dice_below(&dice, 3);
    const uint64_t page = dice_percent(&dice, 25) ? F(dice_below(&dice, FAR)) : P(dice_below(&dice, PAGES));
    const uint64_t va = page + 64 * dice_below(&dice, 6);
    const unsigned lane = LANE(core, 1, kind);
    const struct plain a = { .va = va, .size = dice_percent(&dice, 10) ? 192 : 4, .odd = 0 };
    struct hit hit;
    unsigned probes;

    if (cluster_left(c, lane, va, cluster_known(c, lane, va)))
        cluster_refill_left(c, lane, va, &probes);
    hit = cluster_hit(c, &c->lane[lane], a);
    if (hit.absent)
        hit = cluster_refill(c, &c->lane[lane], a, &m.o);
    seen.lasting += hit.lasts;
    seen.moved += hit.moved;
    if (hit.lasts)
        let_know(c, lane, hit.entry, a);
    else if (!hit.entry)
        machine_access_size(&m, core, kind, va, a.size);
}

/* A page leads elsewhere, or is for one process alone; or all become one block, or pages again: with maintenance, or
 * without. */
static void remap(struct cluster *c)
{
    static const uint64_t attributes[] = { 0, D_AP(2), D_NG };
    const unsigned i = 1 + dice_below(&dice, PAGES - 1);
    const struct tlbi page = { .op = TLBI_VAAE1, .broadcast = true, .vmid = 1, .va = P(i) };
    const struct tlbi all = { .op = TLBI_VMALLE1, .broadcast = true, .vmid = 1 };

    tree_write(&m.guest.s1, table_at, table);
    guest_map1(&m.guest, P(i), GUEST_DATA + 0x1000ULL * dice_below(&dice, 4), 3,
               S1_LEAF | attributes[dice_below(&dice, 3)]);
    if (dice_percent(&dice, 20)) {
        tree_write(&m.guest.s1, table_at, GUEST_DATA | S1_LEAF | D_BLOCK);
        if (dice_percent(&dice, 50))
            cluster_tlbi(c, 0, &all);
    }
    if (dice_percent(&dice, 50))
        cluster_tlbi(c, dice_below(&dice, 2), &page);
    else
        mmu_write_sysreg(&c->core[0].mmu, SYSREG_TTBR0_EL1,
                         m.guest.s1.root | (uint64_t)(7 + dice_below(&dice, 3)) << 48);
}

static void course(uint32_t l1_bytes, enum repl_policy policy)
{
    struct tlbi all = { .op = TLBI_VMALLE1, .broadcast = true, .vmid = 1 };

    start(l1_bytes, policy);
    for (unsigned i = 0; i < STEPS; i++) {
        step(&m.cluster, dice_below(&dice, 2));
        if (dice_below(&dice, 500) == 0)
            cluster_tlbi(&m.cluster, 0, &all);
        if (dice_below(&dice, 40) == 0)
            remap(&m.cluster);
        check_all(&m.cluster);
        check_held(&m.cluster);
    }
}

static void tiny_caches(void **state)
{
    (void)state;
    course(1024, REPL_RANDOM);
    assert_true(seen.known > STEPS && seen.written > STEPS / 4 && seen.pages > STEPS && seen.lasting > 0 &&
                seen.moved > 0 && seen.left > STEPS);
}

static void usual_caches(void **state)
{
    (void)state;
    course(32768, REPL_ROUND_ROBIN);
    assert_true(seen.known > STEPS && seen.written > STEPS / 4 && seen.pages > STEPS && seen.lasting > 0 &&
                seen.moved > 0 && seen.left > STEPS);
}

/* Where each use counts for a policy, nothing may be known. */
static void lru_is_never_known(void **state)
{
    (void)state;
    course(1024, REPL_LRU);
    assert_true(seen.known == 0 && seen.pages == 0 && seen.left == 0 && seen.lasting > 0);
}

/* cost.data_accesses off: descriptors alone are in the caches, and no page's memory type keeps it from being known. */
static void past_the_caches(void **state)
{
    struct cluster *c = &m.cluster;

    (void)state;
    start(32768, REPL_RANDOM);
    m.config.data_accesses = 0;
    cluster_init(c, &m.config, tables_port(&m.guest.tables));
    machine_registers(&m);
    guest_map1(&m.guest, P(1), GUEST_DATA, 3, S1_LEAF | D_INDEX(1)); /* Device memory */
    for (unsigned i = 0; i < 2; i++) {
        const struct plain a = { .va = P(i), .size = 4, .odd = 3 };
        struct hit hit;

        machine_access_size(&m, 0, ACCESS_STORE, P(i), 4);
        assert_int_equal(m.o.x.fault.type, FAULT_NONE);
        assert_int_equal(m.o.x.type.cached, i == 0);
        assert_int_equal(c->memsys.traffic.count, 0);
        hit = cluster_hit(c, &c->lane[LANE(0, 1, ACCESS_STORE)], a);
        assert_true(hit.entry && hit.lasts && !hit.moved);
    }
    assert_int_equal(machine_count(&m, 0, COUNT_L1D_CACHE), machine_count(&m, 0, COUNT_WALK_FETCH));
    assert_true(machine_count(&m, 0, COUNT_WALK_FETCH) > 2);
    cluster_count_known(c, LANE(0, 1, ACCESS_STORE), 5);
    assert_int_equal(machine_count(&m, 0, COUNT_L1D_CACHE), machine_count(&m, 0, COUNT_WALK_FETCH));
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "known: tiny caches", tiny_caches, NULL);
    rows_add_test(&all, "known: usual caches", usual_caches, NULL);
    rows_add_test(&all, "past the caches", past_the_caches, NULL);
    rows_add_test(&all, "known: LRU", lru_is_never_known, NULL);
    return rows_run(&all, "models/cluster/known");
}
