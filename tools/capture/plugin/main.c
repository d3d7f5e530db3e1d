/* The plugin's door: its arguments, and what of each translated block is to call back.
 *
 *   -plugin capture.so,dir=DIR[,accesses=N][,open=PC][,core=REGISTER]
 *
 * For QEMU with -accel tcg,thread=single and RAM of a memory-backend-memfd. */
#include "tools/capture/plugin/ram.h"
#include "tools/capture/plugin/record.h"
#include "tools/capture/plugin/registers.h"
#include "tools/capture/plugin/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_OFFSET 4095u
#define NO_RT 0xffffffe0u
#define MRS_PAR_EL1 0xd5387400u
#define ERET 0xd69f03e0u

int qemu_plugin_version = PLUGIN_API_VERSION;

/* HINT #0x60 to #0x7f: they do nothing, and mark a place in the trace. */
static bool is_marker(uint32_t opcode)
{
    return (opcode & 0xfffffc1fu) == 0xd5032c1fu;
}

/* SYS [Arm: C5.1 "The System instruction class encoding space"]: TLBI, AT, DC, IC; and DSB, ISB, ERET, markers. */
static bool is_system(uint32_t opcode)
{
    return (opcode & 0xfff80000u) == 0xd5080000u || opcode == ERET || (opcode & 0xfffff0ffu) == 0xd50330dfu ||
           (opcode & 0xfffff0ffu) == 0xd503309fu || is_marker(opcode);
}

/* MSR (register) of where the registers of the context are: CRn 1, 2, 10, 12, 13 at any level, SP_EL0, and VMPIDR_EL2
 * and CNTVOFF_EL2 [Arm: D24.2]. */
static bool may_write_context(uint32_t opcode)
{
    unsigned op1 = opcode >> 16 & 7, crn = opcode >> 12 & 15, crm = opcode >> 8 & 15;

    if ((opcode & 0xfff80000u) != 0xd5180000u)
        return false;
    return (0x3406u >> crn & 1) || (crn == 4 && op1 == 0 && crm == 1) || ((crn == 0 || crn == 14) && op1 == 4);
}

/* LDTR, STTR and their kin [Arm: C4.1 "Load/store register (unprivileged)"]. */
static bool is_unprivileged(uint32_t opcode)
{
    return (opcode & 0x3b200c00u) == 0x38000800u;
}

static void *keep(const void *value, size_t bytes)
{
    void *copy = malloc(bytes); /* lives as long as the translated block, of which QEMU does not tell the end */

    if (!copy)
        window_give_up("out of memory");
    return memcpy(copy, value, bytes);
}

static void watch_instruction(struct qemu_plugin_insn *insn, uint32_t opcode, unsigned el, uint64_t offset)
{
    struct record_system system = { .opcode = opcode, .el = (uint8_t)el };

    qemu_plugin_register_vcpu_mem_cb(insn, record_access, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_MEM_RW,
                                     RECORD_ACCESS(el, is_unprivileged(opcode), offset));
    if (is_system(opcode))
        qemu_plugin_register_vcpu_insn_exec_cb(insn, record_system, QEMU_PLUGIN_CB_R_REGS,
                                               keep(&system, sizeof system));
    else if ((opcode & NO_RT) == MRS_PAR_EL1)
        qemu_plugin_register_vcpu_insn_exec_cb(insn, record_par, QEMU_PLUGIN_CB_R_REGS, keep(&system, sizeof system));
    else if (may_write_context(opcode))
        qemu_plugin_register_vcpu_insn_exec_cb(insn, record_context_write, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static void watch_block(struct qemu_plugin_tb *tb, size_t count, unsigned el)
{
    struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
    struct record_block block = { .instructions = (uint32_t)count, .el = (uint8_t)el };

    block.may_be_vector = qemu_plugin_insn_vaddr(first) % 0x80 == 0;
    block.pa_known = ram_pa(qemu_plugin_insn_haddr(first), &block.pa);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, record_block, QEMU_PLUGIN_CB_R_REGS, keep(&block, sizeof block));
}

/* The level belongs to the block: QEMU translates anew for another. */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t count = qemu_plugin_tb_n_insns(tb);
    unsigned el = window_is_open() ? registers_read(REGISTER_CPSR) >> 2 & 3 : 0;
    uint64_t start = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));

    (void)id;
    if (window_is_open())
        watch_block(tb, count, el);
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t va = qemu_plugin_insn_vaddr(insn);
        uint32_t opcode = 0;

        qemu_plugin_insn_data(insn, &opcode, sizeof opcode);
        if (window_mark_of(va, opcode) != WINDOW_NO_MARK)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, window_mark, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)(uintptr_t)window_mark_of(va, opcode));
        if (window_is_open())
            watch_instruction(insn, opcode, el, (va - start) & PAGE_OFFSET);
    }
}

static void core_started(qemu_plugin_id_t id, unsigned vcpu)
{
    const char *missing = registers_find();

    (void)id;
    (void)vcpu;
    if (missing)
        window_give_up("this QEMU shows no register %s: a machine of another kind?", missing);
}

static void ended(qemu_plugin_id_t id, void *context)
{
    (void)id;
    (void)context;
    window_finish();
}

/* QEMU frees its arguments. */
static char dir[4096], core[64];

static const char *keep_text(char *to, size_t bytes, const char *text)
{
    if ((size_t)snprintf(to, bytes, "%s", text) >= bytes)
        window_give_up("%.60s...: too long", text);
    return to;
}

/* Returns false after a message. */
static bool take_argument(struct window_options *options, char *argument)
{
    char *value = strchr(argument, '=');
    size_t name = value ? (size_t)(value++ - argument) : 0;
    char *end = NULL;

    if (name == 3 && strncmp(argument, "dir", name) == 0) {
        options->dir = keep_text(dir, sizeof dir, value);
    } else if (name == 4 && strncmp(argument, "core", name) == 0) {
        registers_set_core_name(keep_text(core, sizeof core, value));
    } else if (name == 8 && strncmp(argument, "accesses", name) == 0) {
        options->accesses_max = strtoull(value, &end, 0);
    } else if (name == 4 && strncmp(argument, "open", name) == 0) {
        options->open_at_pc = true;
        options->pc = strtoull(value, &end, 0);
    } else {
        fprintf(stderr, "capture: %s: no such argument\n", argument);
        return false;
    }
    if (end && (end == value || *end)) {
        fprintf(stderr, "capture: %s: not a number\n", argument);
        return false;
    }
    return true;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_plugin_info_t *info, int argc, char **argv)
{
    struct window_options options = { .accesses_max = 1000000 };

    if (info->version.cur < PLUGIN_API_VERSION || !info->system_emulation ||
        strcmp(info->target_name, "aarch64") != 0) {
        fprintf(stderr, "capture: needs qemu-system-aarch64 with plugin API %d (QEMU 9.2 or later)\n",
                PLUGIN_API_VERSION);
        return 1;
    }
    for (int i = 0; i < argc; i++)
        if (!take_argument(&options, argv[i]))
            return 1;
    if (!options.dir || options.accesses_max == 0) {
        fprintf(stderr, "capture: dir= is missing, or accesses=0\n");
        return 1;
    }
    window_init(id, &options, translated);
    qemu_plugin_register_vcpu_init_cb(id, core_started);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
