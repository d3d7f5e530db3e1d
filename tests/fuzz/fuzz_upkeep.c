/* The watcher of TLBs: whatever happens, in whatever order, it is judged in bounded memory, each finding is one line,
 * and whoever takes every entry away before each change is found to be right. And whenever the modelled TLBs answer
 * otherwise than the tables, something has been found, or is in doubt, by then. The bytes are events on a few
 * addresses: over and over the same tables, two stages of them, so that what is found is found often. Or they are
 * records of a trace. */
#include "platforms/zynqmp/params.h"
#include "sim/lint/upkeep_state.h"
#include "sim/lint/upkeep_trace.h"
#include "tests/temp_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define S1 0x44000000ULL /* stage-1 tables, four pages */
#define S2 0x50000000ULL /* stage-2 tables, four pages */
#define CORES 4

enum { CAREFUL = 2, EXACT = 4 };

struct scene {
    struct machine *machine;
    struct upkeep *upkeep;
    unsigned mode;
    unsigned told;
};

/* Findings are one line, and nobody who is careful gets one. */
static void tell(void *context, const struct upkeep_finding *f)
{
    struct scene *s = context;

    if (f->code >= LINT_CODE_COUNT || f->core >= CORES || strchr(f->text, '\n') || strlen(f->text) < 20)
        abort();
    if (s && (s->mode & CAREFUL))
        abort();
    if (s)
        s->told++;
}

static void set_word(struct scene *s, uint64_t pa, uint64_t value)
{
    upkeep_word(s->upkeep, PA(pa), value);
    if (machine_write64(s->machine, PA(pa), value))
        abort();
}

static void set_register(struct scene *s, unsigned core, enum sysreg reg, uint64_t value)
{
    upkeep_register(s->upkeep, core, reg, value);
    mmu_write_sysreg(&s->machine->cluster.core[core].mmu, reg, value);
}

static void maintain(struct scene *s, unsigned core, const struct tlbi *t)
{
    upkeep_tlbi(s->upkeep, core, t);
    cluster_tlbi(&s->machine->cluster, core, t);
}

/* All is gone, everywhere. */
static void take_all(struct scene *s, unsigned core)
{
    static const enum tlbi_op ops[] = { TLBI_ALLE1, TLBI_ALLE2 };

    upkeep_dsb(s->upkeep, core, 0xD5033F9F);
    for (int i = 0; i < 2; i++) {
        struct tlbi t = tlbi_make(ops[i], true, 0, 2, &s->machine->cluster.core[core].mmu.regs);

        maintain(s, core, &t);
    }
    upkeep_dsb(s->upkeep, core, 0xD5033F9F);
    for (unsigned i = 0; i < CORES; i++)
        upkeep_isb(s->upkeep, i);
}

/* Descriptors of all kinds, most of them usable. */
static uint64_t descriptor(uint8_t a, uint8_t b)
{
    static const uint64_t kinds[] = { 0,     0x3,   0x701,      0x703, 0xF43, 0x743, 0xFC3, 0x7C3,
                                      0x7FF, 0x7BF, 0x10000703, 0xF47, 0xE43, 0x343, 0x1,   0x4C3 };
    uint64_t place =
        a & 0x80 ? (uint64_t)(b & 15) << 12 | 0x80000000ULL : (b & 4 ? S1 : S2) + ((uint64_t)(b & 3) << 12);
    uint64_t high = a & 0x40 ? (uint64_t)(b & 0xF0) << 48 : 0;

    return place | high | kinds[a & 15];
}

static void change_word(struct scene *s, unsigned core, const uint8_t *e)
{
    uint64_t pa = (e[1] & 0x80 ? S1 : S2) + ((uint64_t)(e[1] & 3) << 12) + 8 * (e[1] >> 2 & 7);

    if (s->mode & CAREFUL) {
        upkeep_store(s->upkeep, core, PA(pa), 8);
        set_word(s, pa, 0);
        take_all(s, core);
    } else if (e[3] & 1) {
        upkeep_store(s->upkeep, core, PA(pa), e[3] & 2 ? 64 : 8);
    }
    set_word(s, pa, descriptor(e[2], e[3]));
}

static void change_register(struct scene *s, unsigned core, const uint8_t *e)
{
    static const struct {
        enum sysreg reg;
        uint64_t value[4];
    } rows[] = {
        { SYSREG_TTBR0_EL1, { 0x1000044000000, 0x2000044000000, 0x1000044001000, 0x44002000 } },
        { SYSREG_VTTBR_EL2, { 0x1000050000000, 0x2000050000000, 0x1000050001000, 0x50002000 } },
        { SYSREG_MAIR_EL1, { 0xFF, 0x44, 0x4400FF, 0 } },
        { SYSREG_SCTLR_EL1, { 0x30d01805, 0x30d01804, 0x30d81805, 0x32d01805 } },
        { SYSREG_HCR_EL2, { 0x80000000, 0x80000001, 0x80001000, 0x80000201 } },
        { SYSREG_TCR_EL1, { 0x200803519, 0x200803510, 0x200807519, 0x3200803519 } },
        { SYSREG_VTCR_EL2, { 0x80023558, 0x80023518, 0x80027558, 0x80023599 } },
        { SYSREG_SCTLR_EL2, { 0x30c51835, 0x30c51834, 0x30cd1835, 0 } },
    };
    unsigned row = e[1] & 7;

    set_register(s, core, rows[row].reg, rows[row].value[e[2] & 3]);
    if (s->mode & CAREFUL)
        take_all(s, core);
}

static bool in_doubt(const struct upkeep *u)
{
    for (uint32_t i = 0; i < u->copies.used; i++) {
        if (u->copies.key[i].tag.valid && u->copies.copy[i].doubted)
            return true;
    }
    return false;
}

/* Makes the access by the modelled TLBs, and beside them by the tables alone. */
static void hold_against_model(struct scene *s, unsigned core, const struct access *a)
{
    struct cluster *c = &s->machine->cluster;
    struct tlb_leaf leaf;
    struct xlat fresh;
    struct outcome o;
    bool same;

    mmu_walk(&c->core[core].mmu, a, &fresh, &leaf);
    cluster_access(c, core, a, &o);
    if (fresh.fault.type != FAULT_NONE || o.x.fault.type != FAULT_NONE)
        same = (fresh.fault.type == FAULT_NONE) == (o.x.fault.type == FAULT_NONE) ||
               fresh.fault.type == FAULT_ACCESS_FLAG; /* of which nobody who keeps the old is harmed */
    else
        same = fresh.pa.v == o.x.pa.v && fresh.type.result.attr == o.x.type.result.attr &&
               fresh.type.result.sh == o.x.type.result.sh;
    if (!same && ((s->mode & CAREFUL) || (s->told == 0 && !in_doubt(s->upkeep))))
        abort();
}

static void make_access(struct scene *s, unsigned core, const uint8_t *e)
{
    struct access a = { .va = VA((uint64_t)(e[1] & 7) << 12 | (e[1] & 8 ? 0xFF8 : 0) | (uint64_t)(e[1] >> 4 & 3) << 21),
                        .size = 16,
                        .kind = e[2] % ACCESS_AT_READ,
                        .el = (e[2] >> 4) % 3 };

    upkeep_access(s->upkeep, core, &a);
    a.size = 1;
    if (a.kind == ACCESS_ZVA)
        a.kind = ACCESS_STORE;
    hold_against_model(s, core, &a);
}

static void happen(struct scene *s, const uint8_t *e)
{
    unsigned core = e[0] >> 4 & 3;
    uint64_t xt = (uint64_t)(e[2] & 3) << 48 | (e[2] >> 2 & 7) | (uint64_t)(e[3] & 3) << 9;
    struct tlbi t =
        tlbi_make(e[1] % TLBI_OP_COUNT, e[1] & 0x80, xt, 1 + (e[3] >> 2) % 2, &s->machine->cluster.core[core].mmu.regs);

    switch (e[0] & 15) {
    case 0:
        change_register(s, core, e);
        return;
    case 1:
    case 2:
    case 3:
        change_word(s, core, e);
        return;
    case 4:
    case 5:
        maintain(s, core, &t);
        if (s->mode & CAREFUL)
            upkeep_dsb(s->upkeep, core, 0xD5033F9F);
        return;
    case 6:
        upkeep_dsb(s->upkeep, core, 0xD503309F | (uint32_t)(e[1] & 15) << 8);
        return;
    case 7:
        upkeep_isb(s->upkeep, core);
        return;
    case 8:
        upkeep_exception(s->upkeep, core);
        return;
    case 9:
        upkeep_return(s->upkeep, core);
        return;
    case 10:
        make_access(s, core, e);
        return;
    default:
        make_access(s, core, e);
    }
}

static void play(const struct config *config, const uint8_t *data, size_t size)
{
    struct scene s = { .machine = machine_new(config), .mode = data[0] };
    struct upkeep_options options = {
        .machine = s.machine, .place = "event", .exact = s.mode & EXACT, .tell = tell, .context = &s
    };

    if (!s.machine)
        return;
    s.upkeep = upkeep_new(&options);
    for (unsigned core = 0; s.upkeep && core < CORES; core++) {
        static const uint8_t start[][4] = { { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 3 }, { 0, 5 }, { 0, 6 } };

        for (size_t i = 0; i < sizeof start / sizeof *start; i++)
            change_register(&s, core, start[i]);
    }
    for (size_t i = 1; s.upkeep && i + 4 <= size && i < 4096; i += 4) {
        upkeep_at(s.upkeep, i);
        happen(&s, data + i);
    }
    if (s.upkeep)
        upkeep_end(s.upkeep);
    upkeep_free(s.upkeep);
    machine_free(s.machine);
}

/* Small numbers for what a reader bounds, so that most records are well-formed. */
static struct trace_rec record_at(const uint8_t *data)
{
    struct trace_rec rec;

    memcpy(&rec, data, sizeof rec);
    rec.op %= REC_OP_COUNT;
    rec.core &= 3;
    rec.el %= 3;
    rec.flags &= 7;
    rec.size_log2 %= 7;
    if (rec.op == REC_FETCH) {
        rec.n = 1 + rec.n % 8;
        rec.va &= ~63ULL;
    }
    if (rec.op == REC_TABW)
        rec.pa &= ~7ULL;
    return rec;
}

static void replay(const struct config *config, const uint8_t *data, size_t size)
{
    char path[TEMP_PATH_BYTES];
    struct upkeep_request q = { .path = path, .config = config, .tell = tell };
    struct upkeep_result result;
    struct trace_error err;
    struct trace_writer *w;

    temp_name(path, "fuzz");
    w = trace_create(path, "fuzz", &err);
    if (!w)
        return;
    for (; size >= sizeof(struct trace_rec); size -= sizeof(struct trace_rec), data += sizeof(struct trace_rec)) {
        struct trace_rec rec = record_at(data);

        if (record_problem(&rec) || trace_write(w, &rec, &err))
            continue;
        trace_discard(w);
        return;
    }
    if (trace_commit(w, &err))
        upkeep_trace(&q, &result, &err);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;

    if (size == 0)
        return 0;
    params_default(&config);
    if (data[0] & 1)
        replay(&config, data + 1, size - 1);
    else
        play(&config, data, size);
    return 0;
}
