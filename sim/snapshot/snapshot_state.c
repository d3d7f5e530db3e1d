/* Registers: from the file, from Linux, from the user, and what is left. */
#include "sim/snapshot/snapshot_state.h"

#include "platforms/linux/linux.h"
#include "sim/map/world_words.h"
#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SCTLR_ON (1u << SCTLR_M | 1u << SCTLR_C | 1u << SCTLR_I)
#define PAGE_64K 0x10000
#define TG0_64K 1u
#define TG1_64K 3u

/* Sets a register and notes where it is known from. */
__attribute__((format(printf, 5, 6))) static void set_reg(struct snapshot_state *s, unsigned core, enum sysreg reg,
                                                          uint64_t value, const char *format, ...)
{
    va_list args;
    char from[SNAPSHOT_FROM_BYTES];

    va_start(args, format);
    vsnprintf(from, sizeof from, format, args);
    va_end(args);
    for (unsigned i = 0; i < CORES_MAX; i++) {
        if (core != SNAPSHOT_ALL_CORES && core != i)
            continue;
        mmu_write_sysreg(&s->machine->cluster.core[i].mmu, reg, value);
        s->known[i][reg] = true;
    }
    if (s->count == SNAPSHOT_REGS_MAX)
        return;
    s->reg[s->count] = (struct snapshot_reg){ core, reg, value, "" };
    memcpy(s->reg[s->count++].from, from, sizeof from);
}

static const struct snapshot *snapshot_of(const struct snapshot_state *s)
{
    return backing_snapshot(s->machine->backing);
}

/* ---- From the file ---- */

bool snapshot_lay(struct machine *m, const char *path, struct trace_error *err)
{
    struct snapshot *file = snapshot_open(path, err);
    struct backing *b = file ? backing_new(file) : NULL;

    if (!file)
        return false;
    if (!b) {
        snapshot_close(file);
        return error_set(err, "%.150s: out of memory", path);
    }
    machine_lay_beneath(m, b);
    return true;
}

static void take_contexts(struct snapshot_state *s)
{
    const struct snapshot *f = snapshot_of(s);

    for (unsigned i = 0; i < f->cpus && i < CORES_MAX; i++) {
        const struct snapshot_cpu *cpu = &f->cpu[i];

        if (!cpu->has_mmu)
            continue;
        set_reg(s, i, SYSREG_SCTLR_EL1, cpu->sctlr_el1, "vCPU %u in .xen_prstatus", i);
        set_reg(s, i, SYSREG_TCR_EL1, cpu->tcr_el1, "vCPU %u in .xen_prstatus", i);
        set_reg(s, i, SYSREG_TTBR0_EL1, cpu->ttbr0_el1, "vCPU %u in .xen_prstatus", i);
        set_reg(s, i, SYSREG_TTBR1_EL1, cpu->ttbr1_el1, "vCPU %u in .xen_prstatus", i);
    }
}

/* The preset that comes nearest to a release, for what no dump tells: the memory types. [choice: 5.x as 6.1, whose
 * order of MAIR_EL1 came in the course of 5.x] */
static const struct linux_preset *preset_of(const struct snapshot_kernel *k)
{
    return linux_preset_by_name(strncmp(k->release, "4.", 2) == 0 ? "linux-4.x-48" : "linux-6.1-48");
}

/* Returns a TCR_EL1 with a field replaced. */
static uint64_t with_field(uint64_t reg, unsigned msb, unsigned lsb, uint64_t value)
{
    return (reg & ~(low_mask(msb - lsb + 1) << lsb)) | value << lsb;
}

static bool take_granule(struct snapshot_state *s, uint64_t *tcr, struct trace_error *err)
{
    const struct snapshot_kernel *k = &snapshot_of(s)->kernel;

    if (k->page_bytes == PAGE_64K) {
        *tcr = with_field(*tcr, TCR_EL1_TG0, TG0_64K);
        *tcr = with_field(*tcr, TCR_EL1_TG1, TG1_64K);
    } else if (k->page_bytes != 0 && k->page_bytes != 4096) {
        return error_set(err, "%.150s: VMCOREINFO: PAGESIZE=%" PRIu64 ", but the A53 has pages of 4 KB and 64 KB",
                         s->path, k->page_bytes);
    }
    return true;
}

/* The kernel's half of the VA space, as VMCOREINFO tells it. */
static bool take_kernel(struct snapshot_state *s, struct trace_error *err)
{
    const struct snapshot_kernel *k = &snapshot_of(s)->kernel;
    const struct linux_preset *preset = preset_of(k);
    uint64_t t1sz = k->t1sz ? k->t1sz : 64 - k->va_bits, tcr = preset->tcr_el1;
    uint64_t root = k->swapper_pg_dir - k->kimage_voffset;

    if (!k->swapper_pg_dir || !k->kimage_voffset || (!k->t1sz && !k->va_bits))
        return true;
    if (root >> PA_BITS != 0 || t1sz < 12 || t1sz > 48)
        return error_set(err,
                         "%.150s: VMCOREINFO: swapper_pg_dir - kimage_voffset is 0x%" PRIx64 ", T1SZ %" PRIu64
                         ": no place and size of tables",
                         s->path, root, t1sz);
    tcr = with_field(with_field(tcr, TCR_EL1_T1SZ, t1sz), TCR_EL1_T0SZ, t1sz);
    if (!take_granule(s, &tcr, err))
        return false;
    set_reg(s, SNAPSHOT_ALL_CORES, SYSREG_TTBR1_EL1, root, "VMCOREINFO: swapper_pg_dir - kimage_voffset");
    set_reg(s, SNAPSHOT_ALL_CORES, SYSREG_TCR_EL1, tcr, "VMCOREINFO: %s, PAGESIZE; the rest as %s has it [guess]",
            k->t1sz ? "TCR_EL1_T1SZ" : "VA_BITS", preset->name);
    set_reg(s, SNAPSHOT_ALL_CORES, SYSREG_MAIR_EL1, preset->mair_el1, "as %s has it, for Linux %.30s [guess]",
            preset->name, k->release[0] ? k->release : "of unknown release");
    set_reg(s, SNAPSHOT_ALL_CORES, SYSREG_SCTLR_EL1, preset->sctlr_el1, "as %s has it [guess]", preset->name);
    return true;
}

bool snapshot_state_read(struct snapshot_state *s, struct machine *m, const char *path, struct trace_error *err)
{
    memset(s, 0, sizeof *s);
    s->path = path;
    s->machine = m;
    if (!snapshot_lay(m, path, err))
        return false;
    take_contexts(s);
    return !snapshot_of(s)->has_kernel || snapshot_of(s)->kind == SNAPSHOT_XEN || take_kernel(s, err);
}

/* ---- Under a stage 2 ---- */

static bool move_ram(struct snapshot_state *s, const struct xen_domain *d, struct trace_error *err)
{
    unsigned moved = 0;

    for (size_t i = 0; i < d->count; i++) {
        const struct domain_region *r = &d->region[i];

        if (r->kind != REGION_RAM)
            continue;
        moved++;
        if (!backing_move(s->machine->backing, r->ipa, r->pa, r->bytes))
            return error_set(err, "%.150s: %.30s has more than %d pieces of RAM", s->path, d->name, BACKING_MOVES_MAX);
    }
    return moved > 0 || error_set(err, "%.150s: %.30s has no RAM", s->path, d->name);
}

/* Lays the tables and registers of the world's domain into the machine, and the snapshot where that domain's RAM is. */
static bool install(struct snapshot_state *s, const struct world *w, struct trace_error *err)
{
    static const enum sysreg regs[] = { SYSREG_VTCR_EL2, SYSREG_VTTBR_EL2, SYSREG_HCR_EL2 };
    static const struct guest_request own_tables;
    struct trace_error reason;
    const char *why;

    if (!w->asked)
        return error_set(err, "%.150s: without Xen there is no stage 2 that its addresses could be under", s->path);
    if (!move_ram(s, &w->asked->map, err))
        return false;
    why = world_words_install(w, &own_tables, s->machine, &reason);
    if (why)
        return error_set(err, "%.150s: %.300s", s->path, why);
    for (unsigned i = 0; i < 3; i++)
        set_reg(s, SNAPSHOT_ALL_CORES, regs[i], s->machine->cluster.core[0].mmu.regs.v[regs[i]], "%.30s under %s",
                w->asked->map.name, w->asked->map.preset->name);
    return true;
}

bool snapshot_state_under(struct snapshot_state *s, const struct world_request *q, struct trace_error *err)
{
    struct world *w = calloc(1, sizeof *w);
    bool good;

    if (!w)
        return error_set(err, "%.150s: out of memory", s->path);
    good = world_open(w, q, err) && install(s, w, err);
    world_close(w);
    free(w);
    return good;
}

/* ---- From the user ---- */

static bool take_word(struct snapshot_state *s, const char *word, struct trace_error *err)
{
    const char *equals = strchr(word, '=');
    char name[32], *end;
    uint64_t value;
    enum sysreg reg;

    if (!equals || equals[1] < '0' || equals[1] > '9')
        return error_set(err, "--reg wants NAME=VALUE, as in TTBR1_EL1=0x41c3000, not '%.60s'", word);
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    reg = sysreg_by_name(name);
    if (reg == SYSREG_COUNT)
        return error_set(err, "--reg: unknown register '%.30s'; the name is Arm's, as in TCR_EL1", name);
    errno = 0;
    value = strtoull(equals + 1, &end, 0);
    if (*end != '\0' || errno != 0)
        return error_set(err, "--reg %s: '%.60s' is no number of up to 64 bits", name, equals + 1);
    set_reg(s, SNAPSHOT_ALL_CORES, reg, value, "--reg");
    return true;
}

/* What no address depends on, where the user or the file has given tables. */
static void assume(struct snapshot_state *s, unsigned core)
{
    const bool *known = s->known[core];

    if (!known[SYSREG_TTBR0_EL1] && !known[SYSREG_TTBR1_EL1])
        return;
    if (!known[SYSREG_SCTLR_EL1])
        set_reg(s, core, SYSREG_SCTLR_EL1, SCTLR_ON, "MMU and caches taken as on [guess]");
    if (!known[SYSREG_MAIR_EL1])
        set_reg(s, core, SYSREG_MAIR_EL1, linux_preset_at(0)->mair_el1, "memory types taken as %s has them [guess]",
                linux_preset_at(0)->name);
}

bool snapshot_state_finish(struct snapshot_state *s, const char *const regs[], struct trace_error *err)
{
    for (size_t i = 0; regs[i]; i++) {
        if (!take_word(s, regs[i], err))
            return false;
    }
    for (unsigned i = 0; i < CORES_MAX; i++)
        assume(s, i);
    return true;
}

/* ---- What is missing ---- */

bool snapshot_state_serves(const struct snapshot_state *s, unsigned core, const struct access *a,
                           struct trace_error *err)
{
    static const enum sysreg el2[] = { SYSREG_SCTLR_EL2, SYSREG_TCR_EL2, SYSREG_TTBR0_EL2, SYSREG_MAIR_EL2 };
    const struct mmu *mmu = &s->machine->cluster.core[core].mmu;
    enum sysreg el1[] = { SYSREG_SCTLR_EL1, SYSREG_TCR_EL1, SYSREG_TTBR0_EL1, SYSREG_MAIR_EL1 };
    const enum sysreg *needed = a->el == 2 ? el2 : el1;
    char missing[200] = "";

    if (regime_half(&mmu->regime[regime_of_el(a->el)], a->va) == 1)
        el1[2] = SYSREG_TTBR1_EL1;
    if (s->known[core][needed[0]] && !bit(mmu->regs.v[needed[0]], SCTLR_M))
        return true;
    for (unsigned i = 0; i < 4; i++) {
        size_t at = strlen(missing);

        if (!s->known[core][needed[i]] &&
            (a->el == 2 || (needed[i] != SYSREG_SCTLR_EL1 && needed[i] != SYSREG_MAIR_EL1)))
            snprintf(missing + at, sizeof missing - at, " --reg %s=0x...", sysreg_name(needed[i]));
    }
    return missing[0] == '\0' ||
           error_set(err,
                     "%.150s: it does not carry all registers that translate 0x%" PRIx64 " at EL%u; give them with%s",
                     s->path, a->va.v, a->el, missing);
}
