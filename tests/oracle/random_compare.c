/* Same question, two answers. See random_compare.h. */
#include "tests/oracle/random_compare.h"
#include "tests/oracle/random_short_cut.h"

#include <inttypes.h>
#include <string.h>

#include "tests/oracle/naive_try.h"

/* PAR_EL1 where it is neither UNKNOWN nor IMPLEMENTATION DEFINED. */
static uint64_t par_compared(uint64_t par)
{
    return ~(1ull << 10 | (par & 1 ? 0xffffull << 48 : 0));
}

static struct access model_access(const struct naive_access *a)
{
    static const uint8_t kinds[] = {
        [NAIVE_FETCH] = ACCESS_FETCH,           [NAIVE_LOAD] = ACCESS_LOAD,
        [NAIVE_STORE] = ACCESS_STORE,           [NAIVE_ZVA] = ACCESS_ZVA,
        [NAIVE_CACHE_READ] = ACCESS_CACHE_READ, [NAIVE_CACHE_WRITE] = ACCESS_CACHE_WRITE,
    };

    return (struct access){
        .va = VA(a->va), .size = (uint32_t)a->size, .kind = kinds[a->kind], .el = (uint8_t)a->el, .unpriv = a->unpriv
    };
}

/* --- the script --------------------------------------------------------------------------------------------- */

static const char *sh_text(unsigned sh)
{
    static const char *const names[] = { "nsh", "nsh", "osh", "ish" };

    return names[sh];
}

/* What the language has no word for stands in a comment. */
static void script_access(struct random_machine *m, unsigned core, const struct naive_access *a,
                          const struct naive_result *r)
{
    static const char *const verbs[] = { "fetch", "load", "store", "# DC ZVA", "# DC CVAC", "# DC IVAC" };
    char answer[128], size[24] = "";

    if (!m->script)
        return;
    if (a->kind == NAIVE_LOAD || a->kind == NAIVE_STORE)
        snprintf(size, sizeof size, " %" PRIu64, a->size);
    if (r->ok)
        snprintf(answer, sizeof answer, "ok pa=0x%" PRIx64 " ipa=0x%" PRIx64 " attr=0x%02x sh=%s", r->pa, r->ipa,
                 r->attr, sh_text(r->sh));
    else
        snprintf(answer, sizeof answer, "esr=0x%08" PRIx64 " far=0x%" PRIx64 " el=%u", r->exception.esr,
                 r->exception.far, r->exception.el);
    random_script_on(m, core, "%s%s el%u 0x%016" PRIx64 "%s => %s", a->unpriv ? "# unprivileged " : "", verbs[a->kind],
                     a->el, a->va, size, answer);
}

static const char *const at_names[] = {
    [NAIVE_AT_S1E1R] = "S1E1R",   [NAIVE_AT_S1E1W] = "S1E1W",   [NAIVE_AT_S1E0R] = "S1E0R",
    [NAIVE_AT_S1E0W] = "S1E0W",   [NAIVE_AT_S1E2R] = "S1E2R",   [NAIVE_AT_S1E2W] = "S1E2W",
    [NAIVE_AT_S12E1R] = "S12E1R", [NAIVE_AT_S12E1W] = "S12E1W", [NAIVE_AT_S12E0R] = "S12E0R",
    [NAIVE_AT_S12E0W] = "S12E0W",
};

static void script_at(struct random_machine *m, unsigned core, const char *name, unsigned el, uint64_t va)
{
    random_script_on(m, core, "%sat %s 0x%016" PRIx64, el == 1 ? "# at EL1: " : "", name, va);
}

/* --- answers ------------------------------------------------------------------------------------------------ */

static bool differs(struct random_machine *m, const char *what, uint64_t is, uint64_t should)
{
    random_fail(m, "%s is 0x%" PRIx64 ", should be 0x%" PRIx64, what, is, should);
    return false;
}

static bool same_exception(struct random_machine *m, const struct exception *is, const struct naive_exception *should)
{
    if (is->el != should->el)
        return differs(m, "level taken to", is->el, should->el);
    if (is->esr != should->esr)
        return differs(m, "ESR", is->esr, should->esr);
    if (is->far != should->far)
        return differs(m, "FAR", is->far, should->far);
    if (is->hpfar_valid != should->hpfar_valid)
        return differs(m, "validity of HPFAR", is->hpfar_valid, should->hpfar_valid);
    if (should->hpfar_valid && is->hpfar != should->hpfar)
        return differs(m, "HPFAR", is->hpfar, should->hpfar);
    return true;
}

static bool same_fault(struct random_machine *m, const struct fault *is, const struct naive_fault *should)
{
    if (is->stage != should->stage)
        return differs(m, "stage of the fault", is->stage, should->stage);
    if (is->stage == 2 && is->ipa.v != should->ipa)
        return differs(m, "IPA of the fault", is->ipa.v, should->ipa);
    return true;
}

static bool same_answer(struct random_machine *m, const struct outcome *o, const struct naive_result *r)
{
    const bool ok = o->x.fault.type == FAULT_NONE;

    if (ok != r->ok)
        return random_fail(
            m, ok ? "no fault, should be %d stage %u level %u" : "fault %d stage %u level %u, should be none",
            ok ? (int)r->fault.type : o->x.fault.type, ok ? r->fault.stage : o->x.fault.stage,
            ok ? r->fault.level : o->x.fault.level);
    if (!ok)
        return same_exception(m, &o->exception, &r->exception) && same_fault(m, &o->x.fault, &r->fault);
    if (o->x.pa.v != r->pa)
        return differs(m, "PA", o->x.pa.v, r->pa);
    if (o->x.ipa.v != r->ipa)
        return differs(m, "IPA", o->x.ipa.v, r->ipa);
    if (o->x.type.result.attr != r->attr)
        return differs(m, "attribute", o->x.type.result.attr, r->attr);
    if (o->x.type.result.sh != r->sh)
        return differs(m, "shareability", o->x.type.result.sh, r->sh);
    if (o->x.type.s1.attr != r->s1_attr)
        return differs(m, "stage 1's attribute", o->x.type.s1.attr, r->s1_attr);
    return true;
}

/* --- how it came about -------------------------------------------------------------------------------------- */

static bool same_read(const struct step *s, const struct naive_read *r)
{
    const unsigned sh = s->attr.sh == SH_RESERVED ? SH_NSH : s->attr.sh; /* it acts so */

    return s->address == r->pa && s->stage == r->stage && s->level == r->level && s->attr.attr == r->attr &&
           sh == r->sh;
}

/* The descriptor fetches are the walker's reads, in order: all of them, or a part that TLBs have not spared. */
static bool fetches_are_reads(struct random_machine *m, const struct outcome *o, const struct naive_result *r, bool all)
{
    const unsigned reads = r->s1_reads + r->s2_reads;
    const struct steps *steps = &o->x.steps;
    unsigned i = 0, of_stage1 = 0, fetches = 0;

    for (unsigned k = 0; k < steps->count; k++) {
        const struct step *s = &steps->step[k];

        if (s->kind != STEP_FETCH)
            continue;
        while (!all && i < reads && !same_read(s, &r->reads[i]))
            i++;
        if (i == reads || !same_read(s, &r->reads[i]))
            return random_fail(m, "fetch of stage %u level %u at 0x%" PRIx64 " attr 0x%02x sh %u is none of the walk's",
                               s->stage, s->level, s->address, s->attr.attr, s->attr.sh);
        i++;
        fetches++;
        of_stage1 += s->stage == 1;
    }
    if (fetches != o->fetches)
        return random_fail(m, "%u fetches are told, but %u steps", o->fetches, fetches);
    if (o->x.hit == HIT_WALK && of_stage1 != r->s1_reads)
        return random_fail(m, "%u fetches of stage 1 in a whole walk, should be %u", of_stage1, r->s1_reads);
    return !all || fetches == reads || random_fail(m, "%u descriptor fetches, should be %u", fetches, reads);
}

/* True where a leaf had to be known: the access may be made, or what it found does not permit it. */
static bool comes_of_a_leaf(const struct naive_result *r)
{
    const bool any_stage = r->s1_on || r->s2_on || r->s2_reads > 0;

    return any_stage && (r->ok || r->fault.type == NAIVE_FAULT_PERMISSION);
}

/* An answer out of a TLB, of what nothing may have been kept. */
static bool hit_is_kept(struct random_machine *m, unsigned core, const struct naive_access *a, const struct outcome *o)
{
    const struct random_core *c = &m->core[core];
    const uint64_t va = kept_canonical(a->el == 2, a->va);
    bool fetched = false;

    if ((o->x.hit == HIT_UTLB || o->x.hit == HIT_TLB) &&
        !kept_answers(&c->kept, KEPT_LEAF, &c->naive.regs, a->el == 2, va))
        return random_fail(m, "%s hit, but no translation of it can be there", mmu_hit_name((enum xlat_hit)o->x.hit));
    if (o->x.hit == HIT_WALK_CACHE && !kept_answers(&c->kept, KEPT_TABLE, &c->naive.regs, a->el == 2, va))
        return random_fail(m, "walk cache hit, but no table pointer of it can be there");
    for (unsigned i = 0; i < o->x.steps.count; i++) {
        const struct step *s = &o->x.steps.step[i];

        fetched = fetched || (s->kind == STEP_FETCH && s->stage == 2);
        if (s->kind == STEP_IPA_CACHE && s->hit && !fetched &&
            !kept_answers(&c->kept, KEPT_S2_LEAF, &c->naive.regs, false, s->address))
            return random_fail(m, "IPA cache hit of 0x%" PRIx64 ", but no translation of it can be there", s->address);
    }
    return true;
}

/* What taking the exception leaves in the registers. */
static void take(struct random_machine *m, unsigned core, const struct exception *e)
{
    const struct sysregs *regs = &m->model->cluster.core[core].mmu.regs;
    const uint64_t hpfar = regs->v[SYSREG_HPFAR_EL2];
    const bool el2 = e->el == 2;

    cluster_take(&m->model->cluster, core, e);
    if (regs->v[el2 ? SYSREG_ESR_EL2 : SYSREG_ESR_EL1] != e->esr ||
        regs->v[el2 ? SYSREG_FAR_EL2 : SYSREG_FAR_EL1] != e->far)
        random_fail(m, "ESR or FAR is not what the exception says");
    if (regs->v[SYSREG_HPFAR_EL2] != (e->hpfar_valid ? e->hpfar : hpfar))
        random_fail(m, "HPFAR_EL2 is not what the exception says");
}

static void count(struct random_machine *m, const struct outcome *o)
{
    const struct fault *f = &o->x.fault;

    m->tally->accesses++;
    m->tally->hit[o->x.hit]++;
    if (f->type == FAULT_NONE)
        return;
    m->tally->faults++;
    m->tally->fault[f->stage][f->type][f->type == FAULT_ALIGNMENT ? 0 : f->level]++;
}

static void note(struct random_machine *m, unsigned core, const struct naive_access *a, const struct naive_result *r)
{
    struct random_core *c = &m->core[core];
    struct kept_drop all = { .op = TLBI_ALLE1, .issuer = &c->naive.regs };

    if (kept_note(&c->kept, &c->naive.regs, a, r))
        return;
    random_tlbi(m, core, 2, &all, false);
    all.op = TLBI_ALLE2;
    random_tlbi(m, core, 2, &all, false);
}

/* --- questions ---------------------------------------------------------------------------------------------- */

/* Either way in: with the short cut or without. */
static void ask(struct random_machine *m, unsigned core, const struct access *a, struct outcome *o)
{
    memset(o, 0xcd, sizeof *o);
    if (!dice_percent(&m->dice, 50) || !random_short_cut(m, core, a, o))
        cluster_access(&m->model->cluster, core, a, o);
}

void random_access(struct random_machine *m, unsigned core, const struct naive_access *access)
{
    const struct access a = model_access(access);
    struct naive_result r;
    struct outcome o;

    naive_access(&m->core[core].naive, access, &r);
    script_access(m, core, access, &r);
    ask(m, core, &a, &o);
    count(m, &o);
    if (!same_answer(m, &o, &r) || !fetches_are_reads(m, &o, &r, false) ||
        (comes_of_a_leaf(&r) && !hit_is_kept(m, core, access, &o)))
        return;
    if (!r.ok)
        take(m, core, &o.exception);
    note(m, core, access, &r);
}

void random_split_access(struct random_machine *m, unsigned core, const struct naive_access *access)
{
    const struct access a = model_access(access);
    struct naive_access second = *access;
    struct naive_result r[2];
    struct outcome o;

    second.va = (access->va | 0xfff) + 1;
    second.straddles = true;
    naive_access(&m->core[core].naive, access, &r[0]);
    naive_access(&m->core[core].naive, &second, &r[1]);
    script_access(m, core, access, r[0].ok && !r[1].ok ? &r[1] : &r[0]);
    ask(m, core, &a, &o);
    m->tally->split++;
    m->tally->accesses++;
    if (!same_answer(m, &o, r[0].ok && !r[1].ok ? &r[1] : &r[0]))
        return;
    note(m, core, access, &r[0]);
    if (r[0].ok)
        note(m, core, &second, &r[1]);
}

static unsigned occurrences(const struct naive_result *r, uint64_t pa)
{
    unsigned n = 0;

    for (unsigned i = 0; i < r->s1_reads + r->s2_reads; i++)
        n += r->reads[i].pa == pa;
    return n;
}

void random_access_in_window(struct random_machine *m, unsigned core, const struct naive_access *access, uint64_t pa,
                             uint64_t before)
{
    const struct access a = model_access(access);
    struct naive_result now, old;
    uint64_t after = 0;
    bool good, is_old = false;
    struct outcome o;

    naive_access(&m->core[core].naive, access, &now);
    oracle_memory_read(&m->memory, pa, &after);
    oracle_memory_write(&m->memory, pa, before);
    naive_access(&m->core[core].naive, access, &old);
    oracle_memory_write(&m->memory, pa, after);
    if (occurrences(&now, pa) > 1 || occurrences(&old, pa) > 1)
        return; /* part of the answer could be of before, and part of now */
    ask(m, core, &a, &o);
    count(m, &o);
    good = same_answer(m, &o, &now);
    if (!good) {
        m->failed = false;
        is_old = good = same_answer(m, &o, &old);
        m->tally->stale_seen += is_old;
    }
    random_script(m, "# nothing has been maintained: as before that change, or as now");
    script_access(m, core, access, is_old ? &old : &now);
    if (good) {
        note(m, core, access, &now);
        note(m, core, access, &old);
    }
}

static bool par_register_is(struct random_machine *m, unsigned core, uint64_t should)
{
    const uint64_t is = m->model->cluster.core[core].mmu.regs.v[SYSREG_PAR_EL1];

    return is == should || differs(m, "PAR_EL1", is, should);
}

void random_at(struct random_machine *m, unsigned core, enum naive_at_op op, unsigned el, uint64_t va)
{
    const struct at_request at = { .op = (uint8_t)at_by_name(at_names[op]), .el = (uint8_t)el, .va = VA(va) };
    const uint64_t par = m->model->cluster.core[core].mmu.regs.v[SYSREG_PAR_EL1];
    struct naive_at_result r;
    struct at_result is;
    struct outcome o;

    script_at(m, core, at_names[op], el, va);
    naive_at(&m->core[core].naive, op, el, va, &r);
    memset(&o, 0xcd, sizeof o);
    memset(&is, 0xcd, sizeof is);
    cluster_at(&m->model->cluster, core, &at, &o, &is);
    m->tally->ats++;
    m->tally->at_el1 += el == 1;
    if (is.aborts == r.has_par)
        random_fail(m, is.aborts ? "AT aborts, should not" : "AT does not abort, should");
    else if (is.aborts)
        (void)(same_exception(m, &is.exception, &r.exception) && par_register_is(m, core, par));
    else if (((is.par ^ r.par) & par_compared(r.par)) != 0)
        differs(m, "PAR", is.par, r.par);
    else if (par_register_is(m, core, is.par) && r.walk.ok && is.pa.v != r.walk.pa)
        differs(m, "PA", is.pa.v, r.walk.pa);
    if (!m->failed)
        fetches_are_reads(m, &o, &r.walk, true);
}
