/* Registers by QEMU's names, which are those of its gdb stub. */
#include "tools/capture/plugin/registers.h"

#include "tools/capture/plugin/api.h"
#include "tools/capture/raw.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define X_COUNT 31

static const char *const names[REGISTER_COUNT] = {
    [REGISTER_PC] = "pc",           [REGISTER_CPSR] = "cpsr",         [REGISTER_PAR] = "PAR_EL1",
    [REGISTER_HPFAR] = "HPFAR_EL2", [REGISTER_ESR_EL1] = "ESR_EL1",   [REGISTER_ESR_EL2] = "ESR_EL2",
    [REGISTER_FAR_EL1] = "FAR_EL1", [REGISTER_FAR_EL2] = "FAR_EL2",   [REGISTER_ELR_EL1] = "ELR_EL1",
    [REGISTER_ELR_EL2] = "ELR_EL2", [REGISTER_SPSR_EL1] = "SPSR_EL1", [REGISTER_SPSR_EL2] = "SPSR_EL2",
};

static const char *const context_names[RAW_CONTEXT_COUNT] = {
#define X(name, qemu) [RAW_##name] = (qemu),
    RAW_CONTEXT_LIST(X)
#undef X
};

static struct qemu_plugin_register *known[REGISTER_COUNT], *context[RAW_CONTEXT_COUNT], *x[X_COUNT], *core;
static const char *core_name;
static GByteArray *bytes;

void registers_set_core_name(const char *name)
{
    core_name = name;
}

static void take(const qemu_plugin_reg_descriptor *r)
{
    for (unsigned i = 0; i < REGISTER_COUNT; i++)
        if (strcmp(r->name, names[i]) == 0)
            known[i] = r->handle;
    for (unsigned i = 0; i < RAW_CONTEXT_COUNT; i++)
        if (strcmp(r->name, context_names[i]) == 0)
            context[i] = r->handle;
    if (core_name && strcmp(r->name, core_name) == 0)
        core = r->handle;
    if (r->name[0] == 'x' && r->name[1] >= '0' && r->name[1] <= '9') {
        unsigned long n = strtoul(r->name + 1, NULL, 10);

        if (n < X_COUNT)
            x[n] = r->handle;
    }
}

const char *registers_find(void)
{
    GArray *all;

    if (bytes)
        return NULL;
    bytes = g_byte_array_new();
    all = qemu_plugin_get_registers();
    for (unsigned i = 0; i < all->len; i++)
        take((const qemu_plugin_reg_descriptor *)(const void *)all->data + i);
    g_array_free(all, 1);
    for (unsigned i = 0; i <= REGISTER_PAR; i++)
        if (!known[i])
            return names[i];
    for (unsigned i = 0; i <= RAW_VBAR_EL1; i++)
        if (!context[i])
            return context_names[i];
    return core_name && !core ? core_name : NULL;
}

static uint64_t read_handle(struct qemu_plugin_register *handle)
{
    uint64_t value = 0;
    int count;

    if (!handle)
        return 0;
    g_byte_array_set_size(bytes, 0);
    count = qemu_plugin_read_register(handle, bytes);
    if (count > 0)
        memcpy(&value, bytes->data, count < 8 ? (size_t)count : 8);
    return value;
}

uint64_t registers_read(enum register_name name)
{
    return read_handle(known[name]);
}

uint64_t registers_read_x(unsigned n)
{
    return n < X_COUNT ? read_handle(x[n]) : 0;
}

uint64_t registers_read_context(unsigned index)
{
    return read_handle(context[index]);
}

uint64_t registers_read_core(void)
{
    return read_handle(core);
}
