/* The one seam between the models and whoever holds memory: reading a descriptor.
 *
 * The only function pointer in the models. */
#pragma once

#include "models/arch/addr.h"

struct mem_port {
    void *context;
    /* Reads the 64-bit little-endian word at an 8-byte aligned PA. Returns false for a synchronous external abort. */
    bool (*read64)(void *context, pa_t pa, uint64_t *value);
};

static inline bool mem_read64(const struct mem_port *port, pa_t pa, uint64_t *value)
{
    return port->read64(port->context, pa, value);
}
