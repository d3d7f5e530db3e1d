/* Turns what executes into records.
 *
 * Under thread=single QEMU hands every callback the number of the core that had its block translated, which is not
 * always the one that executes. So the cores are told apart by a register that differs between them. */
#include "tools/capture/plugin/record.h"

#include "tools/capture/plugin/registers.h"
#include "tools/capture/plugin/window.h"

#include <string.h>

#define CORES_MAX 8
#define VECTOR_BYTES 0x80u
#define VECTORS_BYTES 0x800u

struct core {
    uint64_t mark;                       /* what tells it apart */
    uint64_t context[RAW_CONTEXT_COUNT]; /* as recorded last */
    bool known;                          /* it has been */
    bool stale;                          /* it may have changed since */
};

static struct core cores[CORES_MAX];
static unsigned count, current; /* cores met; the one that executes */

void record_restart(void)
{
    memset(cores, 0, sizeof cores);
    count = current = 0;
}

/* Finds the core that executes; the numbers go by first appearance. */
static struct core *find_core(void)
{
    uint64_t mark = registers_read_core();

    if (current < count && cores[current].mark == mark)
        return &cores[current];
    for (current = 0; current < count; current++)
        if (cores[current].mark == mark)
            return &cores[current];
    if (count == CORES_MAX)
        window_give_up("more than %d values of the register that is to tell the cores apart: give another by `core=`",
                       CORES_MAX);
    cores[count] = (struct core){ .mark = mark, .stale = true };
    return &cores[count++];
}

static struct raw_record start_record(enum raw_type type, unsigned el)
{
    return (struct raw_record){ .type = (uint8_t)type, .core = (uint8_t)current, .el = (uint8_t)el };
}

static void put_context(struct core *core)
{
    struct raw_record r = start_record(RAW_CONTEXT, 0);
    uint64_t now[RAW_CONTEXT_COUNT];

    for (unsigned i = 0; i < RAW_CONTEXT_COUNT; i++)
        now[i] = registers_read_context(i);
    core->stale = false;
    if (core->known && memcmp(now, core->context, sizeof now) == 0)
        return;
    memcpy(core->context, now, sizeof now);
    core->known = true;
    window_put(&r, now, RAW_CONTEXT_COUNT);
}

/* A block at a vector is one that an exception has led to. */
static void put_exception(const struct core *core, unsigned el, uint64_t pc)
{
    uint64_t vector = pc - core->context[el == 1 ? RAW_VBAR_EL1 : RAW_VBAR_EL2];
    unsigned of_el2 = el == 2;
    struct raw_record r = start_record(RAW_EXCEPTION, el);
    uint64_t words[RAW_EXCEPTION_WORDS] = { 0 };

    if (vector >= VECTORS_BYTES || vector % VECTOR_BYTES != 0)
        return;
    r.b = (uint32_t)vector;
    r.va = registers_read(REGISTER_FAR_EL1 + of_el2);
    r.pa = registers_read(REGISTER_HPFAR);
    r.value = registers_read(REGISTER_ESR_EL1 + of_el2);
    words[0] = registers_read(REGISTER_ELR_EL1 + of_el2);
    words[1] = registers_read(REGISTER_SPSR_EL1 + of_el2);
    words[2] = registers_read(REGISTER_PAR);
    window_put(&r, words, RAW_EXCEPTION_WORDS);
}

void record_block(unsigned vcpu, void *context)
{
    const struct record_block *block = context;
    struct raw_record r;
    struct core *core;
    uint64_t pc;

    (void)vcpu;
    if (!window_is_open())
        return;
    core = find_core();
    if (core->stale)
        put_context(core);
    pc = registers_read(REGISTER_PC); /* a block does not know where it is: it may be mapped twice */
    if (block->may_be_vector && (block->el == 1 || block->el == 2))
        put_exception(core, block->el, pc);
    r = start_record(RAW_FETCH, block->el);
    r.a = block->pa_known ? 0 : RAW_NO_PA;
    r.b = block->instructions;
    r.va = pc;
    r.pa = block->pa;
    window_put(&r, NULL, 0);
}

static uint64_t low_value(const qemu_plugin_mem_value *v)
{
    switch (v->type) {
    case QEMU_PLUGIN_MEM_VALUE_U8:
        return v->data.u8;
    case QEMU_PLUGIN_MEM_VALUE_U16:
        return v->data.u16;
    case QEMU_PLUGIN_MEM_VALUE_U32:
        return v->data.u32;
    case QEMU_PLUGIN_MEM_VALUE_U64:
        return v->data.u64;
    case QEMU_PLUGIN_MEM_VALUE_U128:
        return v->data.u128.low;
    }
    return 0;
}

void record_access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t va, void *context)
{
    uintptr_t packed = (uintptr_t)context;
    const struct qemu_plugin_hwaddr *address;
    struct raw_record r = start_record(RAW_DATA, packed & 3);
    qemu_plugin_mem_value value;

    (void)vcpu;
    if (!window_is_open())
        return;
    address = qemu_plugin_get_hwaddr(info, va);
    value = qemu_plugin_mem_get_value(info);
    r.a = (uint8_t)((qemu_plugin_mem_size_shift(info) & RAW_SIZE) | (qemu_plugin_mem_is_store(info) ? RAW_STORE : 0) |
                    (packed & 4 ? RAW_UNPRIVILEGED : 0) | (address ? 0 : RAW_NO_PA) |
                    (address && qemu_plugin_hwaddr_is_io(address) ? RAW_DEVICE : 0));
    r.b = (uint32_t)(packed >> 8);
    r.va = va;
    r.pa = address ? qemu_plugin_hwaddr_phys_addr(address) : 0;
    r.value = low_value(&value);
    window_put(&r, NULL, 0);
    if (value.type == QEMU_PLUGIN_MEM_VALUE_U128) {
        r = start_record(RAW_HIGH, packed & 3);
        r.value = value.data.u128.high;
        window_put(&r, NULL, 0);
    }
    window_count_access();
}

void record_system(unsigned vcpu, void *context)
{
    const struct record_system *s = context;
    struct raw_record r = start_record(RAW_SYSTEM, s->el);

    (void)vcpu;
    if (!window_is_open())
        return;
    r.b = s->opcode;
    r.value = registers_read_x(s->opcode & 31);
    window_put(&r, NULL, 0);
}

void record_par(unsigned vcpu, void *context)
{
    const struct record_system *s = context;
    struct raw_record r = start_record(RAW_PAR, s->el);

    (void)vcpu;
    if (!window_is_open())
        return;
    r.value = registers_read(REGISTER_PAR);
    window_put(&r, NULL, 0);
}

void record_context_write(unsigned vcpu, void *context)
{
    (void)vcpu;
    (void)context;
    if (window_is_open() && current < count)
        cores[current].stale = true;
}
