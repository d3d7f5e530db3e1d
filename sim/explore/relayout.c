/* Twice through the trace: what there is, then the same with other tables. */
#include "sim/explore/relayout.h"

#include "platforms/zynqmp/params.h"
#include "sim/explore/relayout_build.h"
#include "sim/explore/relayout_faults.h"
#include "traces/error.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 512
#define BEEN_BITS 21
#define BEEN_BYTES (1u << (PA_BITS - BEEN_BITS - 3))

struct relayout {
    const struct relayout_request *request;
    struct relayout_world world;
    struct relayout_tables tables;
    struct trace_reader *reader;
    struct trace_writer *writer;
    struct trace_error *err;
    char why[LAYOUT_WHY_BYTES];
    unsigned core; /* of the record at hand */
    uint64_t record;
    struct relayout_at at[CORES_MAX];
    uint8_t been[BEEN_BYTES];
};

typedef bool record_taker(struct relayout *r, const struct trace_rec *rec);

/* True for what EL1&0's tables translate: the contexts must be those in use then. */
static bool translates(const struct trace_rec *rec)
{
    switch ((enum rec_op)rec->op) {
    case REC_FETCH:
    case REC_LOAD:
    case REC_STORE:
    case REC_ZVA:
        return rec->el < 2;
    case REC_SYS:
        return rec->el < 2 || at_decode_opcode(rec->n) != AT_OP_COUNT;
    case REC_EXC:
        return true;
    case REC_MSR:
    case REC_PAR:
    case REC_TABW:
    case REC_OP_COUNT:
        break;
    }
    return false;
}

/* Opens the trace once more and hands out all of its records. */
static bool open_trace(struct relayout *r)
{
    trace_close(r->reader);
    r->reader = trace_input_open(r->request->input, r->request->path, 0, r->err);
    return r->reader && relayout_world_begin(&r->world, r->reader);
}

static bool read_trace(struct relayout *r, record_taker *take)
{
    struct trace_rec rec[BATCH];
    int got;

    r->record = 0;
    while ((got = trace_read(r->reader, rec, BATCH)) > 0) {
        for (int i = 0; i < got; i++, r->record++) {
            if (rec[i].core >= CORES_MAX)
                return error_set(r->err, "%.150s: record %" PRIu64 ": core %u, but the ZynqMP has %d", r->request->path,
                                 r->record, rec[i].core, CORES_MAX);
            r->core = rec[i].core;
            if (!take(r, &rec[i]))
                return false;
        }
    }
    if (got < 0)
        *r->err = *trace_get_error(r->reader);
    return got == 0;
}

static const struct mmu *old_mmu(const struct relayout *r)
{
    return &r->world.old->cluster.core[r->core].mmu;
}

static struct mmu *fresh_mmu(const struct relayout *r)
{
    return &r->tables.fresh->cluster.core[r->core].mmu;
}

/* ---- The first time ---- */

static bool first_used(void *owner, struct context *c)
{
    struct relayout *r = owner;

    return relayout_build_geometry(&r->tables, c, &old_mmu(r)->regs);
}

static bool first_changed(void *owner, struct context *c, const struct runs_change *change)
{
    struct relayout *r = owner;

    return stretches_add(&c->changing, change->ia, change->bytes, change->leaf_bits) ||
           error_set(r->err, "more mappings change than can be kept");
}

/* Keeps where stage 2 refuses what the trace does: nothing may be mapped there. */
static bool note_fault(struct relayout *r, const struct trace_rec *rec)
{
    struct fault f = relayout_fault_of(old_mmu(r), rec);
    int stage2 = r->world.core[r->core].stage2;

    return f.type == FAULT_NONE || f.stage != 2 || stage2 == NO_CONTEXT ||
           stretches_add(&r->world.context[stage2].kept_holes, align_down(f.ipa.v, 12), 4096, 12) ||
           error_set(r->err, "more faults than can be kept");
}

static bool survey_record(struct relayout *r, const struct trace_rec *rec)
{
    bool ours;

    if (rec->op <= REC_ZVA && !(rec->flags & REC_PA_UNKNOWN) && rec->pa >> PA_BITS == 0)
        r->been[rec->pa >> (BEEN_BITS + 3)] |= (uint8_t)(1u << (rec->pa >> BEEN_BITS & 7));
    if (rec->op == REC_MSR)
        relayout_world_register(&r->world, r->core, rec->n, rec->value);
    else if (rec->op == REC_TABW)
        return relayout_world_word(&r->world, rec->pa, rec->value, &ours);
    if (r->world.core[r->core].stale && translates(rec) && !relayout_world_use(&r->world, r->core))
        return false;
    return (rec->op != REC_EXC && rec->op != REC_SYS) || note_fault(r, rec);
}

/* ---- In between ---- */

/* Takes over what stays: the pages of EL2's tables, and others that no table of EL1&0 has. */
static bool keep_pages(struct relayout *r)
{
    const struct phys *old = &r->world.old->phys;

    for (uint32_t i = 0; i < old->count; i++) {
        const char *why = NULL;

        if (!relayout_world_owns(&r->world, old->page[i].pa))
            why = machine_write_page(r->tables.fresh, PA(old->page[i].pa), old->page[i].word);
        if (why)
            return error_set(r->err, "%s", why);
    }
    return true;
}

static bool plan(struct relayout *r)
{
    struct relayout_world *w = &r->world;
    struct relayout_tables *t = &r->tables;

    for (int i = 0; i < w->count; i++) {
        stretches_sort(&w->context[i].changing);
        stretches_sort(&w->context[i].kept_holes);
        if (!relayout_build_prepare(t, &w->context[i]))
            return false;
    }
    if (!relayout_tables_place(t, r->been) || !keep_pages(r))
        return false;
    for (unsigned stage = 2; stage >= 1; stage--) { /* a guest's tables are mapped by its stage 2 */
        for (int i = 0; i < w->count; i++) {
            struct context *c = &w->context[i];

            if (c->params.stage != stage)
                continue;
            if (!relayout_tables_root(t, c) || !relayout_build(t, c))
                return false;
            c->told.root = c->fresh.base;
            leaf_runs_free(&c->runs);
        }
    }
    return true;
}

static bool write_pages(struct relayout *r)
{
    const struct phys *fresh = &r->tables.fresh->phys;
    uint64_t word[PHYS_PAGE_WORDS];
    uint8_t bytes[TRACE_PAGE_BYTES];

    for (uint32_t i = 0; i < fresh->count; i++) {
        for (unsigned k = 0; k < PHYS_PAGE_WORDS; k++)
            word[k] = htole64(fresh->page[i].word[k]);
        memcpy(bytes, word, sizeof bytes);
        if (!trace_write_page(r->writer, fresh->page[i].pa, bytes, r->err))
            return false;
    }
    return true;
}

/* ---- The second time ---- */

static bool put(struct relayout *r, const struct trace_rec *rec)
{
    r->world.result->records++;
    return trace_write(r->writer, rec, r->err);
}

static bool second_changed(void *owner, struct context *c, const struct runs_change *change)
{
    struct relayout *r = owner;

    return relayout_build_change(&r->tables, c, change);
}

/* The address of tables in the new layout for one in the old: of the stage-2 context at hand, unless only another has it.
 * What is used nowhere stays as it is. */
static uint64_t new_root(const struct relayout *r, unsigned stage, bool upper, uint64_t reg)
{
    const struct relayout_world *w = &r->world;
    int best = NO_CONTEXT;

    for (int i = 0; i < w->count; i++) {
        const struct context *c = &w->context[i];

        if (c->params.stage != stage || c->told.upper != upper ||
            align_down(bits(reg, TTBR_BADDR), c->params.root_bits + 3u) != c->params.base)
            continue;
        if (best == NO_CONTEXT || c->under == w->core[r->core].stage2)
            best = i;
    }
    return best == NO_CONTEXT ? reg : (reg & ~low_mask(48)) | w->context[best].fresh.base;
}

/* Returns what a register is to hold, which in the old layout holds `value` from here on. */
static uint64_t new_content(const struct relayout *r, uint32_t encoding, uint64_t value)
{
    const struct sysregs *old = &old_mmu(r)->regs;
    enum sysreg reg = sysreg_by_encoding(encoding);

    if (reg == SYSREG_TCR_EL1)
        return relayout_tcr_el1(&r->request->layout, old);
    if (reg == SYSREG_VTCR_EL2)
        return relayout_vtcr_el2(&r->request->layout, old);
    if (reg == SYSREG_TTBR0_EL1 || reg == SYSREG_TTBR1_EL1)
        return new_root(r, 1, reg == SYSREG_TTBR1_EL1, value);
    return reg == SYSREG_VTTBR_EL2 ? new_root(r, 2, false, value) : value;
}

static bool write_register(struct relayout *r, struct trace_rec rec)
{
    if (relayout_world_register(&r->world, r->core, rec.n, rec.value)) {
        rec.value = new_content(r, rec.n, rec.value);
        mmu_write_sysreg(fresh_mmu(r), sysreg_by_encoding(rec.n), rec.value);
    }
    return put(r, &rec);
}

/* Sees that a register leads to the tables of a context, which is known for certain only now that they are used: what
 * it was written with may have depended on one written later. */
static bool lead_to(struct relayout *r, enum sysreg reg, uint32_t encoding, int number)
{
    struct trace_rec rec = { .op = REC_MSR, .core = (uint8_t)r->core, .el = 2, .n = encoding };

    if (number == NO_CONTEXT)
        return true;
    rec.value = (old_mmu(r)->regs.v[reg] & ~low_mask(48)) | r->world.context[number].fresh.base;
    if (fresh_mmu(r)->regs.v[reg] == rec.value)
        return true;
    mmu_write_sysreg(fresh_mmu(r), reg, rec.value);
    r->world.result->registers_added++;
    return put(r, &rec);
}

static bool use(struct relayout *r)
{
    const struct world_core *k = &r->world.core[r->core];

    return relayout_world_use(&r->world, r->core) &&
           lead_to(r, SYSREG_VTTBR_EL2, REC_SYSREG(3, 4, 2, 1, 0), k->stage2) &&
           lead_to(r, SYSREG_TTBR0_EL1, REC_SYSREG(3, 0, 2, 0, 0), k->stage1[0]) &&
           lead_to(r, SYSREG_TTBR1_EL1, REC_SYSREG(3, 0, 2, 0, 1), k->stage1[1]);
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
        return error_set(r->err, "%s", why);
    r->world.result->changes++;
    return put(r, rec);
}

static bool write_record(struct relayout *r, const struct trace_rec *rec)
{
    struct trace_rec mended = *rec;

    if (rec->op == REC_MSR)
        return write_register(r, mended);
    if (rec->op == REC_TABW)
        return write_word(r, rec);
    if (r->world.core[r->core].stale && translates(rec) && !use(r))
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

/* ---- All of it ---- */

static bool tell(struct relayout *r, struct relayout_result *result)
{
    result->context = calloc((size_t)r->world.count + 1, sizeof *result->context);
    if (!result->context)
        return error_set(r->err, "out of memory");
    for (int i = 0; i < r->world.count; i++)
        result->context[result->count++] = r->world.context[i].told;
    return true;
}

static bool rewrite(struct relayout *r)
{
    if (!open_trace(r) || !read_trace(r, survey_record) || !open_trace(r) || !plan(r))
        return false;
    r->world.used = NULL;
    r->world.changed = second_changed;
    r->writer = trace_create(r->request->output, trace_get_info(r->reader)->source, r->err);
    if (!r->writer || !write_pages(r))
        return false;
    r->tables.writer = r->writer;
    return read_trace(r, write_record) && tell(r, r->world.result);
}

/* Returns false with *err, or with a refusal. */
static bool start(struct relayout *r)
{
    struct config config;

    if (!layout_possible(&r->request->layout, r->why))
        return false;
    if (strcmp(r->request->path, "-") == 0)
        return error_set(r->err, "-: is read twice: give the trace as a file");
    params_default(&config);
    r->tables.fresh = machine_new(&config);
    return r->tables.fresh || error_set(r->err, "out of memory");
}

enum relayout_status relayout_trace(const struct relayout_request *q, struct relayout_result *result,
                                    struct trace_error *err)
{
    struct relayout *r = calloc(1, sizeof *r);
    enum relayout_status status;
    bool good;

    *result = (struct relayout_result){ 0 };
    err->text[0] = '\0';
    if (!r) {
        error_set(err, "%.150s: out of memory", q->path);
        return RELAYOUT_FAILED;
    }
    r->request = q;
    r->err = err;
    r->world.err = err;
    r->world.result = result;
    r->world.owner = r;
    r->world.used = first_used;
    r->world.changed = first_changed;
    r->tables.world = &r->world;
    r->tables.layout = &q->layout;
    r->tables.why = r->why;
    good = start(r) && rewrite(r);
    if (good)
        good = trace_commit(r->writer, err);
    else
        trace_discard(r->writer);
    status = good ? RELAYOUT_DONE : r->why[0] ? RELAYOUT_REFUSED : RELAYOUT_FAILED;
    if (status == RELAYOUT_REFUSED)
        error_set(err, "%s", r->why);
    trace_close(r->reader);
    relayout_world_free(&r->world);
    machine_free(r->tables.fresh);
    free(r);
    return status;
}

void relayout_free(struct relayout_result *result)
{
    free(result->context);
    *result = (struct relayout_result){ 0 };
}
