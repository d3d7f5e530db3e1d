/* A machine to run things on: the cluster, and memory that grows as it is written. */
#pragma once

#include "models/cluster/cluster.h"
#include "models/mem/phys.h"

/* Descriptor memory ends here: 1 GB in 4 KB pages. No table of a 40-bit machine needs as much, and no input may make
 * the program take all of the host's. */
#define MACHINE_PAGES_MAX (1u << 18)

struct machine {
    struct cluster cluster;
    struct phys phys;
};

/* Returns a machine at reset, or NULL when the host is out of memory. */
struct machine *machine_new(const struct config *config);

/* Back to reset, with a configuration that may be another: memory zero, registers zero, all TLBs and caches empty. */
void machine_reset(struct machine *m, const struct config *config);

/* TLBs, caches and counters start anew, with a configuration that may be another; registers and memory stay. */
void machine_restart(struct machine *m, const struct config *config);

/* Writes a word of memory. Returns NULL, or why it could not: a phrase for the user. */
const char *machine_write64(struct machine *m, pa_t pa, uint64_t value);

/* Writes a 4 KB page of memory. Returns as machine_write64 does. */
const char *machine_write_page(struct machine *m, pa_t pa, const uint64_t word[PHYS_PAGE_WORDS]);

/* NULL is allowed. */
void machine_free(struct machine *m);
