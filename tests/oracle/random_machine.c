/* The machine and its primitives; what to do with it is random_steps' affair. See random_machine.h. */
#include "tests/oracle/random_machine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "platforms/zynqmp/params.h"

static const struct {
    enum sysreg reg;
    size_t offset;
} registers[] = {
    { SYSREG_SCTLR_EL1, offsetof(struct naive_regs, sctlr_el1) },
    { SYSREG_TCR_EL1, offsetof(struct naive_regs, tcr_el1) },
    { SYSREG_TTBR0_EL1, offsetof(struct naive_regs, ttbr0_el1) },
    { SYSREG_TTBR1_EL1, offsetof(struct naive_regs, ttbr1_el1) },
    { SYSREG_MAIR_EL1, offsetof(struct naive_regs, mair_el1) },
    { SYSREG_HCR_EL2, offsetof(struct naive_regs, hcr_el2) },
    { SYSREG_VTCR_EL2, offsetof(struct naive_regs, vtcr_el2) },
    { SYSREG_VTTBR_EL2, offsetof(struct naive_regs, vttbr_el2) },
    { SYSREG_SCTLR_EL2, offsetof(struct naive_regs, sctlr_el2) },
    { SYSREG_TCR_EL2, offsetof(struct naive_regs, tcr_el2) },
    { SYSREG_TTBR0_EL2, offsetof(struct naive_regs, ttbr0_el2) },
    { SYSREG_MAIR_EL2, offsetof(struct naive_regs, mair_el2) },
};

enum { REGISTERS = sizeof registers / sizeof registers[0] };

/* --- words about it ----------------------------------------------------------------------------------------- */

static void write_line(struct random_machine *m, const char *format, va_list args)
{
    vfprintf(m->script, format, args);
    fputc('\n', m->script);
}

void random_script(struct random_machine *m, const char *format, ...)
{
    va_list args;

    if (!m->script)
        return;
    va_start(args, format);
    write_line(m, format, args);
    va_end(args);
}

void random_script_on(struct random_machine *m, unsigned core, const char *format, ...)
{
    va_list args;

    if (!m->script)
        return;
    if (core != m->script_core)
        fprintf(m->script, "cpu %u\n", core);
    m->script_core = core;
    va_start(args, format);
    write_line(m, format, args);
    va_end(args);
}

bool random_fail(struct random_machine *m, const char *format, ...)
{
    va_list args;

    if (m->failed)
        return false;
    m->failed = true;
    va_start(args, format);
    vsnprintf(m->failure, sizeof m->failure, format, args);
    va_end(args);
    random_script(m, "# %s", m->failure);
    return false;
}

/* --- deeds -------------------------------------------------------------------------------------------------- */

void random_write(struct random_machine *m, uint64_t pa, uint64_t value)
{
    const char *why = machine_write64(m->model, PA(pa), value);

    if (why)
        random_fail(m, "cannot write memory: %s", why);
    oracle_memory_write(&m->memory, pa, value);
    random_script(m, "mem 0x%" PRIx64 " 0x%016" PRIx64, pa, value);
}

uint64_t *random_register(struct naive_regs *regs, enum sysreg reg)
{
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (registers[i].reg == reg)
            return (uint64_t *)(void *)((char *)regs + registers[i].offset);
    }
    return NULL;
}

void random_write_register(struct random_machine *m, unsigned core, enum sysreg reg, uint64_t value)
{
    *random_register(&m->core[core].naive.regs, reg) = value;
    mmu_write_sysreg(&m->model->cluster.core[core].mmu, reg, value);
    m->tally->register_writes++;
    random_script_on(m, core, "reg %s 0x%" PRIx64, sysreg_name(reg), value);
}

void random_load_registers(struct random_machine *m, unsigned core, const struct naive_regs *regs)
{
    const unsigned first = dice_below(&m->dice, REGISTERS);
    struct naive_regs copy = *regs;

    for (unsigned i = 0; i < REGISTERS; i++) {
        const enum sysreg reg = registers[(first + i) % REGISTERS].reg;
        const uint64_t value = *random_register(&copy, reg);

        if (value != *random_register(&m->core[core].naive.regs, reg))
            random_write_register(m, core, reg, value);
    }
}

void random_tlbi(struct random_machine *m, unsigned core, unsigned el, const struct kept_drop *drop, bool broadcast)
{
    const struct naive_regs *regs = &m->core[core].naive.regs;
    const struct tlbi t = tlbi_make(drop->op, broadcast, drop->xt, el, &m->model->cluster.core[core].mmu.regs);
    /* HCR_EL2.FB makes EL1's local operations broadcast. [Arm: HCR_EL2.FB] */
    const bool forced = el == 1 && (regs->hcr_el2 >> HCR_FB & 1) && !(regs->hcr_el2 >> HCR_TGE & 1);
    const bool reaches_all = broadcast || forced;

    random_script_on(m, core, tlbi_has_operand(drop->op) ? "tlbi %s%s 0x%" PRIx64 : "tlbi %s%s", tlbi_name(drop->op),
                     reaches_all ? "IS" : "", drop->xt);
    cluster_tlbi(&m->model->cluster, core, &t);
    m->tally->maintenance++;
    m->tally->tlbi[drop->op]++;
    m->tally->broadcast += broadcast;
    m->tally->forced += forced && !broadcast;
    for (unsigned i = 0; i < m->core_count; i++) {
        if (i == core || reaches_all)
            kept_drop(&m->core[i].kept, drop, &m->core[i].naive.regs);
    }
}

/* --- addresses ---------------------------------------------------------------------------------------------- */

/* The slices are where the index fields of both granules begin and end. */
static const struct {
    uint8_t msb, lsb;
} slices[] = { { 15, 12 }, { 20, 16 }, { 28, 21 }, { 29, 29 }, { 38, 30 }, { 41, 39 }, { 47, 42 } };

static void choose_map(struct random_machine *m)
{
    static const uint64_t windows[] = { 0, 0x40000000, 0x80000000, 0x800000000, 0xffc0000000 };
    struct dice *d = &m->dice;

    m->map.window = windows[dice_below(d, sizeof windows / sizeof windows[0])];
    for (unsigned i = 0; i < sizeof slices / sizeof slices[0]; i++) {
        const uint64_t mask = (1ull << (slices[i].msb - slices[i].lsb + 1)) - 1;

        for (unsigned k = 0; k < 2; k++) {
            const unsigned pick = dice_below(d, 10);
            uint64_t value = dice_next(d) & mask;

            if (pick < 4)
                value = 0;
            else if (pick == 4)
                value = mask;
            m->map.slice[i][k] = value << slices[i].lsb;
        }
    }
}

uint64_t random_address(struct random_machine *m)
{
    uint64_t address = 0;

    for (unsigned i = 0; i < sizeof slices / sizeof slices[0]; i++)
        address |= m->map.slice[i][dice_below(&m->dice, 2)];
    return address;
}

uint64_t random_pa(struct random_machine *m, unsigned align)
{
    uint64_t pa = m->map.window | (dice_next(&m->dice) & 0x3fffffff);

    if (dice_percent(&m->dice, 2))
        pa = dice_next(&m->dice) >> 24;
    return pa >> align << align;
}

/* --- the start ---------------------------------------------------------------------------------------------- */

static void set(struct random_machine *m, const char *key, const char *value)
{
    char why[128];

    if (params_set(&m->config, key, value, why, sizeof why))
        random_fail(m, "%s", why);
    random_script(m, "param %s %s", key, value);
}

static void set_array(struct random_machine *m, const char *name)
{
    static const struct {
        const char *entries, *ways;
    } shapes[] = { { "1", "1" },  { "2", "1" },   { "4", "4" },    { "16", "1" },  { "8", "2" },
                   { "64", "4" }, { "512", "4" }, { "1024", "4" }, { "64", "64" }, { "128", "8" } };
    static const char *const policies[] = { "rr", "random", "lru" };
    const unsigned shape = dice_below(&m->dice, sizeof shapes / sizeof shapes[0]);
    char key[64];

    snprintf(key, sizeof key, "mmu.%s.ways", name);
    set(m, key, shapes[shape].ways);
    snprintf(key, sizeof key, "mmu.%s.entries", name);
    set(m, key, shapes[shape].entries);
    snprintf(key, sizeof key, "mmu.%s.policy", name);
    set(m, key, policies[dice_below(&m->dice, 3)]);
}

static void set_utlb(struct random_machine *m, const char *name)
{
    static const char *const entries[] = { "1", "2", "10", "10", "64" };
    static const char *const policies[] = { "rr", "random", "lru" };
    char key[64];

    snprintf(key, sizeof key, "mmu.%s.entries", name);
    set(m, key, entries[dice_below(&m->dice, 5)]);
    snprintf(key, sizeof key, "mmu.%s.policy", name);
    set(m, key, policies[dice_below(&m->dice, 3)]);
}

/* Structures of every size, and caches as small as they come: their cost is not asked here. */
static void choose_config(struct random_machine *m)
{
    static const uint8_t weights[] = { 40, 35, 5, 20 };
    char why[128], cores[8];

    params_default(&m->config);
    m->core_count = 1 + dice_weighted(&m->dice, weights, 4);
    snprintf(cores, sizeof cores, "%u", m->core_count);
    set(m, "cluster.cores", cores);
    set(m, "cache.l1i.bytes", "1024");
    set(m, "cache.l1d.bytes", "1024");
    set(m, "cache.l2.bytes", "4096");
    if (dice_percent(&m->dice, 70)) {
        set_utlb(m, "iutlb");
        set_utlb(m, "dutlb");
        set_array(m, "main_tlb");
        set_array(m, "walk_cache");
        set_array(m, "ipa_cache");
    }
    if (params_check(&m->config, why, sizeof why))
        random_fail(m, "%s", why);
}

static void choose_ram(struct random_machine *m)
{
    if (!dice_percent(&m->dice, 15))
        return;
    random_script(m, "param mem.ram 0x%" PRIx64 ",0x40000000", m->map.window);
    if (!phys_add_ram(&m->model->phys, m->map.window, 0x40000000) ||
        !oracle_memory_add_range(&m->memory, m->map.window, 0x40000000))
        random_fail(m, "cannot say which memory exists");
}

void random_machine_reset(struct random_machine *m, uint64_t seed, unsigned long index)
{
    m->dice.state = seed ^ index * 0xd1342543de82ef95;
    m->seed = seed;
    m->index = index;
    m->failed = false;
    m->word_count = 0;
    m->script_core = 0;
    random_script(m, "# machine %lu of seed %" PRIu64 "\nset random", index, seed);
    choose_config(m);
    machine_reset(m->model, &m->config);
    oracle_memory_reset(&m->memory);
    for (unsigned i = 0; i < RANDOM_CORES; i++) {
        struct random_core *c = &m->core[i];

        c->naive = (struct naive_machine){ .device_fetch = NAIVE_DEVICE_FETCH_FAULTS,
                                           .read64 = oracle_memory_read,
                                           .ctx = &m->memory };
        c->world = c->space = 0;
        c->kept.count = 0;
    }
    choose_map(m);
    choose_ram(m);
    m->tally->machines++;
}
