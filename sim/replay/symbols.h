/* Names for addresses: functions, data objects and sections of the ELF files of a guest's kernel and programs.
 *
 * A file is `FILE[@BIAS][,vmid=N][,asid=N]`: BIAS is added to its addresses (KASLR, where a PIE was loaded), vmid=N or
 * vmid=el2 and asid=N say whose addresses they are; without them everybody's. */
#pragma once

#include "traces/reader.h"

#define SYMBOLS_MAX (1u << 21)
#define SYMBOLS_FILES_MAX 64
#define SYMBOLS_NAME_MAX 127

/* An address, and who uses it. */
struct symbols_place {
    uint64_t va;
    uint16_t domain; /* VMID, or DOMAIN_EL2 */
    uint16_t asid;   /* of the lower half */
};

struct symbol {
    uint64_t start, end;
    const char *name;
    uint32_t rank; /* between symbols of one address: the lower is taken */
};

struct symbols;

/* Returns NULL when out of memory. */
struct symbols *symbols_new(void);

/* Reads a file. Returns false and fills *err when it cannot be understood. */
bool symbols_add(struct symbols *s, const char *words, struct trace_error *err);

/* Returns the path of the i-th file added, NULL behind the last. */
const char *symbols_file(const struct symbols *s, size_t i);

/* Returns the symbol at a place, else the section, else NULL; *file is the name of its file, without folders. Of
 * several files the one added first is asked first. */
const struct symbol *symbols_find(const struct symbols *s, const struct symbols_place *place, const char **file);

/* NULL is allowed. */
void symbols_free(struct symbols *s);
