/* A machine to run things on: the cluster, and memory that grows as it is written. */
#pragma once

#include "models/cluster/cluster.h"
#include "models/mem/phys.h"
#include "sim/snapshot/backing.h"

/* Descriptor memory ends here: 1 GB in 4 KB pages. No table of a 40-bit machine needs as much, and no input may make
 * the program take all of the host's. */
#define MACHINE_PAGES_MAX (1u << 18)

struct machine {
    struct cluster cluster;
    struct phys phys;        /* what has been written */
    struct backing *backing; /* what lies beneath it; NULL: nothing */
};

/* Returns a machine at reset, or NULL when the host is out of memory. */
struct machine *machine_new(const struct config *config);

/* Back to reset, with a configuration that may be another: memory zero, registers zero, all TLBs and caches empty. */
void machine_reset(struct machine *m, const struct config *config);

/* TLBs, caches and counters start anew, with a configuration that may be another; registers and memory stay. */
void machine_restart(struct machine *m, const struct config *config);

/* Lays memory beneath what has been written and will be: a page is read from it until it is written. Takes it over, in
 * place of what lay there. TLBs, caches and counters start anew. machine_reset takes it away again. */
void machine_lay_beneath(struct machine *m, struct backing *b);

/* True when somebody has given the page of a PA its content. */
bool machine_holds(const struct machine *m, pa_t pa);

/* Zeroes [pa, pa + bytes), both multiples of 8. Returns as machine_write64 does. */
const char *machine_zero(struct machine *m, pa_t pa, uint64_t bytes);

/* Writes a word of memory. Returns NULL, or why it could not: a phrase for the user. */
const char *machine_write64(struct machine *m, pa_t pa, uint64_t value);

/* Writes a 4 KB page of memory. Returns as machine_write64 does. */
const char *machine_write_page(struct machine *m, pa_t pa, const uint64_t word[PHYS_PAGE_WORDS]);

/* NULL is allowed. */
void machine_free(struct machine *m);
