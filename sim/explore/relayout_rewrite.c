/* The second reading: each record as it is with the new tables. */
#include "sim/explore/relayout_pass.h"

#include "traces/error.h"

static struct mmu *fresh_mmu(const struct relayout *r)
{
    return &r->tables.fresh->cluster.core[r->core].mmu;
}

static bool put(struct relayout *r, const struct trace_rec *rec)
{
    r->world.result->records++;
    return trace_write(r->writer, rec, r->err);
}

bool relayout_rewrite_change(void *owner, struct context *c, const struct runs_change *change)
{
    struct relayout *r = owner;

    return relayout_build_change(&r->tables, c, change);
}

/* Finds the context whose tables a register leads to: of several one under this stage 2. */
static int led_to(const struct relayout_world *w, uint64_t reg, unsigned stage, bool upper, int under)
{
    int best = NO_CONTEXT;

    for (int i = 0; i < w->count; i++) {
        const struct context *c = &w->context[i];

        if (c->params.stage != stage || c->told.upper != upper ||
            align_down(bits(reg, TTBR_BADDR), c->params.root_bits + 3u) != c->params.base)
            continue;
        if (best == NO_CONTEXT || c->under == under)
            best = i;
    }
    return best;
}

/* What a register holds in the new layout for what it holds in the old one. What is used nowhere stays as it is. */
static uint64_t new_root(const struct relayout *r, enum sysreg reg)
{
    const struct relayout_world *w = &r->world;
    const struct sysregs *old = &relayout_old(r)->regs;
    int stage2 = led_to(w, old->v[SYSREG_VTTBR_EL2], 2, false, NO_CONTEXT);
    int number = reg == SYSREG_VTTBR_EL2 ? stage2 : led_to(w, old->v[reg], 1, reg == SYSREG_TTBR1_EL1, stage2);

    return number == NO_CONTEXT ? old->v[reg] : (old->v[reg] & ~low_mask(48)) | w->context[number].fresh.base;
}

/* Returns what a register is to hold, which in the old layout holds `value` from here on. */
static uint64_t new_content(const struct relayout *r, uint32_t encoding, uint64_t value)
{
    const struct sysregs *old = &relayout_old(r)->regs;
    enum sysreg reg = sysreg_by_encoding(encoding);

    if (reg == SYSREG_TCR_EL1)
        return relayout_tcr_el1(&r->request->layout, old);
    if (reg == SYSREG_VTCR_EL2)
        return relayout_vtcr_el2(&r->request->layout, old);
    if (reg == SYSREG_TTBR0_EL1 || reg == SYSREG_TTBR1_EL1 || reg == SYSREG_VTTBR_EL2)
        return new_root(r, reg);
    return value;
}

/* Writes a register in the new layout alone, unless it holds this already. */
static bool add_register(struct relayout *r, enum sysreg reg, uint64_t value)
{
    static const uint32_t encoding[SYSREG_COUNT] = { [SYSREG_TTBR0_EL1] = REC_SYSREG(3, 0, 2, 0, 0),
                                                     [SYSREG_TTBR1_EL1] = REC_SYSREG(3, 0, 2, 0, 1),
                                                     [SYSREG_VTTBR_EL2] = REC_SYSREG(3, 4, 2, 1, 0) };
    struct trace_rec rec = { .op = REC_MSR, .core = (uint8_t)r->core, .el = 2, .n = encoding[reg], .value = value };

    if (fresh_mmu(r)->regs.v[reg] == value)
        return true;
    mmu_write_sysreg(fresh_mmu(r), reg, value);
    r->world.result->registers_added++;
    return put(r, &rec);
}

static bool write_register(struct relayout *r, struct trace_rec rec)
{
    enum sysreg reg = sysreg_by_encoding(rec.n);

    if (!relayout_world_register(&r->world, r->core, rec.n, rec.value))
        return put(r, &rec);
    rec.value = new_content(r, rec.n, rec.value);
    mmu_write_sysreg(fresh_mmu(r), reg, rec.value);
    if (!put(r, &rec))
        return false;
    if (reg != SYSREG_VTTBR_EL2)
        return true;
    /* the same TTBR leads to other tables under another stage 2 */
    return add_register(r, SYSREG_TTBR0_EL1, new_root(r, SYSREG_TTBR0_EL1)) &&
           add_register(r, SYSREG_TTBR1_EL1, new_root(r, SYSREG_TTBR1_EL1));
}

/* Sees that a register leads to the tables of a context, which is known for certain only now that they are used: what
 * else steers them may have been written later. */
static bool lead_to(struct relayout *r, enum sysreg reg, int number)
{
    return number == NO_CONTEXT ||
           add_register(r, reg, (relayout_old(r)->regs.v[reg] & ~low_mask(48)) | r->world.context[number].fresh.base);
}

static bool use(struct relayout *r)
{
    const struct world_core *k = &r->world.core[r->core];

    return relayout_world_use(&r->world, r->core) && lead_to(r, SYSREG_VTTBR_EL2, k->stage2) &&
           lead_to(r, SYSREG_TTBR0_EL1, k->stage1[0]) && lead_to(r, SYSREG_TTBR1_EL1, k->stage1[1]);
}

static bool write_word(struct relayout *r, const struct trace_rec *rec)
{
    const char *why;
    bool ours;

    r->tables.word = (struct trace_rec){ .core = rec->core, .el = rec->el };
    if (!relayout_world_word(&r->world, rec->pa, rec->value, &ours))
        return false;
    r->world.result->old_changes++;
    if (ours)
        return true;
    why = machine_write64(r->tables.fresh, PA(rec->pa), rec->value);
    if (why)
        return error_set(&r->phrase, "%s", why);
    r->world.result->changes++;
    return put(r, rec);
}

bool relayout_rewrite_record(struct relayout *r, const struct trace_rec *rec)
{
    struct trace_rec mended = *rec;

    if (rec->op == REC_MSR)
        return write_register(r, mended);
    if (rec->op == REC_TABW)
        return write_word(r, rec);
    if (r->world.core[r->core].stale && relayout_translates(rec) && !use(r))
        return false;
    if (rec->op <= REC_ZVA)
        return put(r, rec);
    if (rec->op == REC_EXC)
        relayout_mend_abort(&r->world, fresh_mmu(r), &mended);
    else if (rec->op == REC_SYS)
        relayout_note_at(&r->world, fresh_mmu(r), rec, &r->at[r->core]);
    else
        relayout_mend_par(&r->world, &r->at[r->core], &mended);
    return put(r, &mended);
}
