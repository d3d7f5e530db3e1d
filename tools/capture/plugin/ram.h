/* The guest's RAM inside QEMU: a memory-backend-memfd, of which there must be exactly one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Finds it. Returns false after a message. */
bool ram_find(void);

/* Its length. */
uint64_t ram_bytes(void);

/* Puts the PA of a host address into *pa. Returns false when it is not in RAM. */
bool ram_pa(const void *host, uint64_t *pa);

/* Copies what is not zero into a sparse file; all cores must stand still. Returns false after a message. */
bool ram_save(const char *path);
