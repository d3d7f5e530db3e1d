/* Goes twice through what was recorded, repeating the guest's stores in its RAM and walking afresh for each access.
 *
 * A fresh walk reads all that any TLB could leave to be read, so what it reads is what a replay can need. The PAs stay
 * QEMU's: the walks decide which words are carried along, and nothing that a replay is compared with. */
#include "tools/capture/convert.h"

#include "models/arch/cache_op.h"
#include "models/mmu/mmu.h"
#include "platforms/zynqmp/params.h"
#include "sim/progress.h"
#include "tools/capture/memory.h"
#include "tools/capture/raw_read.h"
#include "traces/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAGE_OFFSET 4095u
#define SCTLR_EL1_DZE 14
#define HCR_TDZ 28
#define SPSR_EL 3, 2
#define EC_INSTRUCTION_ABORT_LOWER 0x20u
#define EC_OF_ABORTS 5u       /* bits that tell Instruction from Data Aborts, and a lower from the same level */
#define PROGRESS_EVERY 65536u /* records */

static const enum sysreg context_sysreg[RAW_CONTEXT_COUNT] = {
#define X(name, qemu) [RAW_##name] = SYSREG_##name,
    RAW_CONTEXT_LIST(X)
#undef X
};

enum {
#define X(name, op0, op1, crn, crm, op2) ENCODING_##name = REC_SYSREG(op0, op1, crn, crm, op2),
    SYSREG_LIST(X)
#undef X
};

static const uint32_t context_encoding[RAW_CONTEXT_COUNT] = {
#define X(name, qemu) [RAW_##name] = ENCODING_##name,
    RAW_CONTEXT_LIST(X)
#undef X
};

struct convert {
    char raw_path[4096], ram_path[4096];
    struct raw_reader reader;
    struct memory memory;
    struct mmu core[TRACE_CORES_MAX];
    bool known[TRACE_CORES_MAX]; /* its registers are */
    struct trace_writer *writer; /* NULL the first time through */
    struct convert_result *result;
    struct trace_error *err;
    struct progress progress;
    uint64_t bytes; /* of raw.bin */
};

static bool put(struct convert *c, const struct trace_rec *rec)
{
    const char *problem = record_problem(rec);

    if (problem)
        return raw_reader_fail(&c->reader, problem);
    if (!c->writer)
        return true;
    c->result->records++;
    return trace_write(c->writer, rec, c->err);
}

/* Tells the words that walks have just read and that had changed. They come before the record that reads them. */
static bool put_changes(struct convert *c, const struct raw_record *r)
{
    for (unsigned i = 0; i < c->memory.changes; i++) {
        struct trace_rec rec = { .op = REC_TABW, .core = r->core, .el = r->el };

        rec.pa = c->memory.change[i].pa;
        rec.value = c->memory.change[i].value;
        c->result->changes++;
        if (!put(c, &rec))
            return false;
    }
    c->memory.changes = 0;
    return true;
}

/* Walks for one part of an access, within a page. Returns whether it is granted; *pa is then where. */
static bool walk(struct convert *c, unsigned core, const struct access *a, uint64_t *pa)
{
    struct tlb_leaf leaf;
    struct xlat x;

    if (a->el > 2)
        return false;
    mmu_walk(&c->core[core], a, &x, &leaf);
    *pa = x.pa.v;
    return x.fault.type == FAULT_NONE;
}

/* Bytes of an access that lie in its first page. */
static unsigned first_part(uint64_t va, unsigned size)
{
    unsigned room = TRACE_PAGE_BYTES - (unsigned)(va & PAGE_OFFSET);

    return size < room ? size : room;
}

/* Repeats a store. QEMU tells the PA of its first byte; that of the second page is a walk's. */
static void repeat_store(struct convert *c, const struct raw_event *e, bool second_known, uint64_t second)
{
    unsigned size = 1u << (e->r.a & RAW_SIZE), first = first_part(e->r.va, size);
    uint8_t bytes[16];

    if (!(e->r.a & RAW_STORE) || e->r.a & (RAW_DEVICE | RAW_NO_PA))
        return;
    memcpy(bytes, &e->r.value, 8);
    memcpy(bytes + 8, &e->high, 8);
    memory_store(&c->memory, e->r.pa, bytes, first);
    if (size > first && second_known)
        memory_store(&c->memory, second, bytes + first, size - first);
}

static struct trace_rec start_record(const struct raw_record *r, enum rec_op op)
{
    struct trace_rec rec = { .op = (uint8_t)op, .core = r->core, .el = r->el, .va = r->va };

    rec.pa = r->a & RAW_NO_PA ? 0 : r->pa;
    rec.flags = (uint8_t)((r->a & RAW_DEVICE ? REC_MMIO : 0) | (r->a & RAW_UNPRIVILEGED ? REC_UNPRIV : 0) |
                          (r->a & RAW_NO_PA ? REC_PA_UNKNOWN : 0));
    return rec;
}

/* Returns false after saying so: an access needs registers, and a PA that fits its VA. */
static bool access_fits(struct convert *c, const struct raw_record *r)
{
    if (!c->known[r->core])
        return raw_reader_fail(&c->reader, "access on a core whose registers are not known yet");
    if (!(r->a & RAW_NO_PA) && (r->va ^ r->pa) & PAGE_OFFSET)
        return raw_reader_fail(&c->reader, "PA and VA differ in their low 12 bits");
    return true;
}

static bool convert_fetch(struct convert *c, const struct raw_record *r)
{
    struct access a = { .va = VA(r->va), .size = 4, .kind = ACCESS_FETCH, .el = r->el };
    struct trace_rec rec = start_record(r, REC_FETCH);
    uint64_t pa;

    if (!access_fits(c, r))
        return false;
    rec.flags &= REC_PA_UNKNOWN;
    rec.n = r->b;
    walk(c, r->core, &a, &pa);
    return put_changes(c, r) && put(c, &rec);
}

static bool convert_data(struct convert *c, const struct raw_event *e)
{
    const struct raw_record *r = &e->r;
    unsigned size = 1u << (r->a & RAW_SIZE), first = first_part(r->va, size);
    struct access a = { .va = VA(r->va), .size = first, .el = r->el, .straddles = size > first };
    struct trace_rec rec = start_record(r, r->a & RAW_STORE ? REC_STORE : REC_LOAD);
    bool second_known = false;
    uint64_t pa, second = 0;

    if (!access_fits(c, r))
        return false;
    rec.n = r->b;
    rec.size_log2 = r->a & RAW_SIZE;
    a.kind = r->a & RAW_STORE ? ACCESS_STORE : ACCESS_LOAD;
    a.unpriv = (r->a & RAW_UNPRIVILEGED) != 0;
    walk(c, r->core, &a, &pa);
    if (size > first) {
        a.va = VA(r->va + first);
        a.size = size - first;
        second_known = walk(c, r->core, &a, &second);
    }
    if (!put_changes(c, r) || !put(c, &rec))
        return false;
    c->result->accesses += c->writer != NULL;
    repeat_store(c, e, second_known, second);
    return true;
}

/* True when the level may use DC ZVA at all [Arm: SCTLR_EL1.DZE, HCR_EL2.TDZ]. */
static bool may_zero(const struct mmu *m, unsigned el)
{
    if (el == 0 && !bit(m->regs.v[SYSREG_SCTLR_EL1], SCTLR_EL1_DZE))
        return false;
    return el == 2 || !bit(m->regs.v[SYSREG_HCR_EL2], HCR_TDZ);
}

/* QEMU calls nobody back for DC ZVA: that it completes, and where, only the walk can tell. So its PA is not
 * recorded. */
static bool convert_zva(struct convert *c, const struct raw_record *r)
{
    struct access a = { .va = VA(r->value & ~(uint64_t)(ZVA_BYTES - 1)), .size = ZVA_BYTES, .kind = ACCESS_ZVA };
    struct trace_rec rec = { .op = REC_ZVA, .core = r->core, .el = r->el, .flags = REC_PA_UNKNOWN, .va = a.va.v };
    bool completes;
    uint64_t pa;

    a.el = r->el;
    completes = walk(c, r->core, &a, &pa) && may_zero(&c->core[r->core], r->el);
    if (!put_changes(c, r))
        return false;
    if (!completes)
        return true; /* the exception that follows tells of it */
    c->result->accesses += c->writer != NULL;
    if (!put(c, &rec))
        return false;
    memory_zero(&c->memory, pa, ZVA_BYTES);
    return true;
}

static bool convert_system(struct convert *c, const struct raw_record *r)
{
    struct trace_rec rec = { .op = REC_SYS, .core = r->core, .el = r->el, .n = r->b, .value = r->value };
    struct access a = { .va = VA(r->value), .size = 1, .el = r->el };
    struct at_request at = { .el = r->el, .va = VA(r->value) };
    struct at_result result;
    enum access_kind kind;
    struct xlat x;
    uint64_t pa;

    if (!c->known[r->core])
        return raw_reader_fail(&c->reader, "system instruction on a core whose registers are not known yet");
    at.op = (uint8_t)at_decode_opcode(r->b);
    if (at.op != AT_OP_COUNT && r->el >= at_lowest_el((enum at_op)at.op) && r->el <= 2) {
        mmu_at(&c->core[r->core], &at, &x, &result);
    } else if (cache_op_decode(r->b, &kind)) {
        if (kind == ACCESS_ZVA)
            return convert_zva(c, r);
        a.kind = (uint8_t)kind;
        walk(c, r->core, &a, &pa);
    }
    return put_changes(c, r) && put(c, &rec);
}

/* All registers of a core; what is new of them becomes records. */
static bool convert_context(struct convert *c, const struct raw_event *e)
{
    struct mmu *m = &c->core[e->r.core];
    struct trace_rec rec = { .op = REC_MSR, .core = e->r.core, .el = e->r.el };

    for (unsigned i = 0; i < RAW_CONTEXT_COUNT; i++) {
        if (c->known[e->r.core] && m->regs.v[context_sysreg[i]] == e->words[i])
            continue;
        mmu_write_sysreg(m, context_sysreg[i], e->words[i]);
        rec.n = context_encoding[i];
        rec.value = e->words[i];
        if (!put(c, &rec))
            return false;
    }
    c->known[e->r.core] = true;
    return true;
}

/* Of an abort, a replay makes the access again. */
static bool convert_exception(struct convert *c, const struct raw_event *e)
{
    const struct raw_record *r = &e->r;
    struct trace_rec rec = { .op = REC_EXC, .core = r->core, .el = r->el, .n = r->b };
    struct access a = { .va = VA(r->va), .size = 1, .kind = ACCESS_LOAD };
    uint64_t pa;

    rec.va = r->va;
    rec.pa = r->pa;
    rec.value = r->value;
    rec.elr = e->words[0];
    rec.spsr = e->words[1];
    rec.par = e->words[2];
    a.el = (uint8_t)bits(rec.spsr, SPSR_EL);
    if ((bits(r->value, ESR_EC) & ~(uint64_t)EC_OF_ABORTS) == EC_INSTRUCTION_ABORT_LOWER && c->known[r->core])
        walk(c, r->core, &a, &pa);
    return put_changes(c, r) && put(c, &rec);
}

static bool convert_event(struct convert *c, const struct raw_event *e)
{
    struct trace_rec par = { .op = REC_PAR, .core = e->r.core, .el = e->r.el, .value = e->r.value };

    switch ((enum raw_type)e->r.type) {
    case RAW_FETCH:
        return convert_fetch(c, &e->r);
    case RAW_DATA:
        return convert_data(c, e);
    case RAW_CONTEXT:
        return convert_context(c, e);
    case RAW_SYSTEM:
        return convert_system(c, &e->r);
    case RAW_PAR:
        return put(c, &par);
    case RAW_EXCEPTION:
        return convert_exception(c, e);
    case RAW_HIGH:
        break;
    }
    return raw_reader_fail(&c->reader, "unknown type of record");
}

/* Goes through raw.bin once. */
static bool go_through(struct convert *c)
{
    struct raw_event event = { 0 };
    struct config config;
    uint64_t count = 0;
    int got;

    params_default(&config);
    memset(c->known, 0, sizeof c->known);
    for (unsigned i = 0; i < TRACE_CORES_MAX; i++)
        mmu_init(&c->core[i], &config.mmu, (struct mem_port){ .context = &c->memory, .read64 = memory_read64 });
    while ((got = raw_reader_next(&c->reader, &event)) > 0) {
        if (!convert_event(c, &event))
            return false;
        if (++count % PROGRESS_EVERY == 0)
            progress_step(&c->progress, c->reader.next + (c->writer ? c->bytes : 0), 2 * c->bytes, 0);
    }
    if (got == 0 && count == 0)
        return error_set(c->err, "%s: the window has recorded nothing", c->raw_path);
    return got == 0;
}

static bool put_pages(struct convert *c)
{
    const uint8_t *page;

    for (uint64_t pa = 0; (page = memory_next_table(&c->memory, &pa)); pa += TRACE_PAGE_BYTES) {
        c->result->pages++;
        if (!trace_write_page(c->writer, pa, page, c->err))
            return false;
    }
    return true;
}

/* Opens raw.bin, goes through it and closes it. */
static bool pass(struct convert *c)
{
    bool ok = go_through(c);

    raw_reader_close(&c->reader);
    return ok;
}

static bool convert_twice(struct convert *c, struct trace_writer *w)
{
    bool ok;

    if (!raw_reader_open(&c->reader, c->raw_path, c->err))
        return false;
    if (!memory_open(&c->memory, c->ram_path, c->reader.ram_bytes, c->err)) {
        raw_reader_close(&c->reader);
        return false;
    }
    ok = pass(c);
    c->writer = w;
    ok = ok && put_pages(c) && memory_rewind(&c->memory, c->err) && raw_reader_open(&c->reader, c->raw_path, c->err) &&
         pass(c);
    memory_close(&c->memory);
    return ok;
}

bool convert_capture(const char *dir, struct trace_writer *w, struct convert_result *result, struct trace_error *err)
{
    struct convert *c = calloc(1, sizeof *c);
    struct stat status;
    bool ok;

    if (!c)
        return error_set(err, "%s: out of memory", dir);
    *result = (struct convert_result){ 0 };
    c->result = result;
    c->err = err;
    if ((size_t)snprintf(c->raw_path, sizeof c->raw_path, "%s/raw.bin", dir) >= sizeof c->raw_path ||
        (size_t)snprintf(c->ram_path, sizeof c->ram_path, "%s/ram.img", dir) >= sizeof c->ram_path) {
        free(c);
        return error_set(err, "%.200s...: path too long", dir);
    }
    if (stat(c->raw_path, &status) == 0)
        c->bytes = (uint64_t)status.st_size;
    progress_begin(&c->progress, true, "converting");
    ok = convert_twice(c, w);
    progress_end(&c->progress);
    free(c);
    return ok;
}
