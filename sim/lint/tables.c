/* Stage 1 over stage 2, mapping by mapping. */
#include "sim/lint/tables.h"

#include "models/arch/perm.h"
#include "models/arch/regime.h"
#include "sim/lint/alias.h"
#include "sim/lint/stage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_MAX 60 /* of its name in places */
#define OWNER_BYTES 96
#define SPACE_BYTES (OWNER_BYTES + 8)
#define STAGES_MAX (4 * CORES_MAX) /* EL1&0: two halves and stage 2; EL2 */
#define KEY_WORDS 8

/* All of a machine. */
struct tables {
    const char *source;
    struct lint_report *report;
    struct aliases aliases;
    char space[STAGES_MAX][SPACE_BYTES]; /* of the pieces */
    uint64_t key[STAGES_MAX][KEY_WORDS]; /* of what has been read: the registers that say how */
    unsigned count;
    uint32_t descriptors_left; /* to be read, and ... */
    uint32_t mappings_left;    /* ... to be looked at */
};

/* One mapping of both stages, or of the one that is on. */
struct mapping {
    const struct regime *regime;
    const struct stage *place; /* whose addresses `ia` are */
    const struct stage_run *s1, *s2;
    uint64_t ia, pa, bytes;
};

static struct memattr combined(const struct mapping *m)
{
    struct memattr a, s2;

    if (m->s2)
        s2 = regime_stage2_attr(m->regime, m->s2->attr, ACCESS_LOAD);
    if (!m->s1)
        a = attr_effective(s2);
    else
        a = regime_stage1_attr(m->regime, m->s1->attr, ACCESS_LOAD);
    if (m->s1)
        a = m->s2 ? attr_combine(a, s2) : attr_effective(a);
    if (a.sh == SH_RESERVED) /* what it acts as */
        a.sh = SH_NSH;
    return a;
}

static unsigned rights_of(const struct mapping *m)
{
    unsigned rights = RIGHTS_ALL;

    if (m->s1)
        rights &= m->place->el10 ? perm_rights_el10(m->s1->perm, m->regime->wxn)
                                 : perm_rights_el2(m->s1->perm, m->regime->wxn);
    if (m->s2)
        rights &= perm_rights_stage2(m->s2->perm);
    return m->place->el10 ? rights : rights & (RIGHT_R1 | RIGHT_W1 | RIGHT_X1);
}

static void check_rights(const struct mapping *m, struct memattr a, const char *place)
{
    struct lint_report *r = m->place->report;
    unsigned rights = rights_of(m);
    const char *el1 = m->place->el10 ? "EL1" : "EL2";

    if (memattr_is_device(a)) {
        if (rights & (RIGHT_X0 | RIGHT_X1))
            lint_find(r, LINT_EXECUTABLE_DEVICE, place, "%s, executable at %s%s%s", attr_name(a),
                      rights & RIGHT_X0 ? "EL0" : "", (rights & RIGHT_X0) && (rights & RIGHT_X1) ? " and " : "",
                      rights & RIGHT_X1 ? el1 : "");
        return;
    }
    if (!m->s1) /* under Xen a guest's RAM is RWX at stage 2: its stage 1 is to say more */
        return;
    if ((rights & RIGHT_W1) && (rights & RIGHT_X1))
        lint_find(r, LINT_WRITABLE_EXECUTABLE, place, "at %s", el1);
    if ((rights & RIGHT_W0) && (rights & RIGHT_X0))
        lint_find(r, LINT_WRITABLE_EXECUTABLE, place, "at EL0");
    if ((rights & RIGHT_X0) && !(m->s1->perm & PERM_S1_EL0))
        lint_find(r, LINT_EL0_EXECUTES_KERNEL, place, "%s", rights & RIGHT_W1 ? "and EL1 may write it" : "read-only");
}

static void check_mapping(struct tables *t, const struct mapping *m)
{
    struct memattr a = combined(m);
    char place[LINT_PLACE_BYTES];
    struct alias_piece piece = { .pa = m->pa, .bytes = m->bytes, .ia = m->ia, .attr = a };

    stage_place(m->place, m->ia, m->bytes, place);
    check_rights(m, a, place);
    if (m->s1 && m->s2 && !memattr_is_device(m->s1->attr) && memattr_is_device(m->s2->attr))
        lint_find(m->place->report, LINT_OVERRULED, place, "stage 1 says %s, stage 2 at IPA 0x%" PRIx64 " %s",
                  attr_name(m->s1->attr), m->s1->oa + (m->ia - m->s1->ia), attr_name(m->s2->attr));
    piece.ia |= m->place->upper ? ~low_mask(m->place->params.ia_bits) : 0;
    piece.most = LINT_WARNING; /* that both are used, nobody knows */
    piece.regime = m->regime->id;
    piece.space = t->space[t->count - 1];
    aliases_add(&t->aliases, &piece);
}

/* The mappings of one run of stage 1: as many as stage 2 makes of it. Returns how many. */
static uint32_t check_run(struct tables *t, struct mapping m, const struct stage *under)
{
    uint64_t at = m.s1->oa, end = m.s1->oa + m.s1->bytes;
    const struct stage_run *s2 = stage_find(under, at);
    const struct stage_run *last = under->run + under->count;
    uint32_t n = 0;

    for (; s2 && s2 < last && s2->ia < end && n < t->mappings_left; s2++, n++) {
        uint64_t from = s2->ia > at ? s2->ia : at, to = s2->ia + s2->bytes < end ? s2->ia + s2->bytes : end;

        m.s2 = s2;
        m.ia = m.s1->ia + (from - at);
        m.pa = s2->oa + (from - s2->ia);
        m.bytes = to - from;
        check_mapping(t, &m);
    }
    return n + 1;
}

/* Reads the tables of a stage, as far as may be read. */
static void read_stage(struct tables *t, struct stage *s)
{
    s->descriptors_max = t->descriptors_left;
    stage_read(s);
    t->descriptors_left -= s->descriptors < t->descriptors_left ? s->descriptors : t->descriptors_left;
}

/* All mappings of a stage, over the stage 2 under it or by itself. */
static void check_mappings(struct tables *t, const struct regime *regime, struct stage *s)
{
    char place[LINT_PLACE_BYTES];

    for (size_t i = 0; i < s->count && t->mappings_left > 0; i++) {
        const struct stage_run *run = &s->run[i];
        struct mapping m = { .regime = regime, .place = s, .ia = run->ia, .pa = run->oa, .bytes = run->bytes };
        uint32_t n = 1;

        if (s->params.stage == 2)
            m.s2 = run;
        else
            m.s1 = run;
        if (m.s1 && s->under)
            n = check_run(t, m, s->under);
        else
            check_mapping(t, &m);
        t->mappings_left -= n < t->mappings_left ? n : t->mappings_left;
        if (t->mappings_left == 0)
            lint_find(t->report, LINT_LIMIT, stage_place(s, run->ia, 0, place),
                      "more than 4 million mappings of both stages; addresses above were not looked at");
    }
}

/* ---- Stages, each once ---- */

/* True when the same has been read before; else it is noted, with its space. */
static bool is_known(struct tables *t, const struct stage *s, const uint64_t key[KEY_WORDS])
{
    for (unsigned i = 0; i < t->count; i++) {
        if (memcmp(t->key[i], key, sizeof t->key[i]) == 0)
            return true;
    }
    memcpy(t->key[t->count], key, sizeof t->key[t->count]);
    snprintf(t->space[t->count++], SPACE_BYTES, "%s %s", s->owner + strnlen(t->source, SOURCE_MAX) + 1,
             s->params.stage == 2 ? "IPA" : "VA");
    return false;
}

static void look_at_stage1(struct tables *t, const struct regime *g, struct stage s, const struct sysregs *regs)
{
    enum sysreg ttbr = s.upper ? SYSREG_TTBR1_EL1 : s.el10 ? SYSREG_TTBR0_EL1 : SYSREG_TTBR0_EL2;
    const uint64_t key[KEY_WORDS] = { ttbr,
                                      bits(regs->v[ttbr], TTBR_BADDR),
                                      regs->v[s.el10 ? SYSREG_TCR_EL1 : SYSREG_TCR_EL2],
                                      s.mair,
                                      regs->v[s.el10 ? SYSREG_SCTLR_EL1 : SYSREG_SCTLR_EL2],
                                      s.under ? regs->v[SYSREG_VTTBR_EL2] : 0,
                                      s.under ? regs->v[SYSREG_VTCR_EL2] : 0,
                                      s.el10 ? regs->v[SYSREG_HCR_EL2] : 0 };

    if (is_known(t, &s, key))
        return;
    read_stage(t, &s);
    stage_check_runs(&s);
    check_mappings(t, g, &s);
    stage_free(&s);
}

/* Stage 2 is read for the stage 1 over it in any case, and told of once. */
static void look_at_el10(struct tables *t, const struct sysregs *regs, struct stage s)
{
    struct regime g = regime_decode(regs, REGIME_EL10);
    struct lint_report quiet;
    struct stage under = s;
    const uint64_t key[KEY_WORDS] = { SYSREG_VTTBR_EL2, regs->v[SYSREG_VTTBR_EL2], regs->v[SYSREG_VTCR_EL2],
                                      regs->v[SYSREG_HCR_EL2] };

    lint_report_init(&quiet, 0);
    under.params = g.s2;
    if (g.stage2_on) {
        bool known = is_known(t, &under, key);

        under.report = known ? &quiet : t->report;
        read_stage(t, &under);
        if (!known)
            stage_check_runs(&under);
        if (!known && !g.stage1_on)
            check_mappings(t, &g, &under);
        s.under = &under;
    }
    s.mair = g.mair;
    s.ptw = g.ptw;
    for (unsigned half = 0; half < 2 && g.stage1_on; half++) {
        s.params = g.s1[half];
        s.upper = half == 1;
        look_at_stage1(t, &g, s, regs);
    }
    if (g.stage2_on)
        stage_free(&under);
    lint_report_free(&quiet);
}

void lint_tables_core(struct tables *t, const struct machine *m, unsigned core)
{
    const struct sysregs *regs = &m->cluster.core[core].mmu.regs;
    struct regime el2 = regime_decode(regs, REGIME_EL2);
    char owner[OWNER_BYTES];
    struct stage s = { .report = t->report, .owner = owner, .mem = m->cluster.core[core].mmu.mem };

    snprintf(owner, sizeof owner, "%.*s core %u", SOURCE_MAX, t->source, core);
    lint_registers(regs, owner, t->report);
    snprintf(owner, sizeof owner, "%.*s core %u EL1&0", SOURCE_MAX, t->source, core);
    s.el10 = true;
    look_at_el10(t, regs, s);
    if (!el2.stage1_on)
        return;
    snprintf(owner, sizeof owner, "%.*s core %u EL2", SOURCE_MAX, t->source, core);
    s.el10 = false;
    s.mair = el2.mair;
    s.params = el2.s1[0];
    look_at_stage1(t, &el2, s, regs);
}

struct tables *lint_tables_new(const char *source, struct lint_report *r)
{
    struct tables *t = calloc(1, sizeof *t);

    if (t) {
        t->source = source;
        t->report = r;
        t->aliases.source = source;
        t->descriptors_left = STAGE_DESCRIPTORS_MAX;
        t->mappings_left = TABLES_PIECES_MAX;
    }
    return t;
}

void lint_tables_end(struct tables *t)
{
    if (!t)
        return;
    aliases_check(&t->aliases, t->report);
    aliases_free(&t->aliases);
    free(t);
}
