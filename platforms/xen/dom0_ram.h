/* Which RAM Xen gives to dom0: chunks of powers of two, each mapped 1:1, as low as it goes and as large as it goes
 * [Xen: domain_build.c@4.8.0:206, allocate_memory; domain_build.c@4.17.0:197, allocate_memory_11]. */
#pragma once

#include "platforms/xen/preset.h"
#include "platforms/zynqmp/board.h"

#define DOM0_BANKS_MAX 256
#define DOM0_CHUNKS_MAX 900         /* and no more, where Xen knows no limit [choice] */
#define DOM0_XEN_BYTES (2ULL << 20) /* of Xen's image, aligned to as much [Xen: setup.c@4.8.0:386] */
#define DOM0_XEN_ANYWHERE UINT64_MAX

struct dom0_ram {
    struct board_range chunk[DOM0_CHUNKS_MAX]; /* in the order of allocation; each is mapped by one call */
    size_t chunk_count;
    struct board_range bank[DOM0_BANKS_MAX]; /* what dom0 is told: neighbours are one, sorted */
    size_t bank_count;
    uint64_t xen_pa;  /* where Xen's image lies */
    uint64_t missing; /* bytes of dom0_mem that were not to be had */
};

struct dom0_options {
    uint64_t mem;    /* dom0_mem, in bytes: a multiple of 4 KB */
    uint64_t xen_pa; /* where Xen's image lies; DOM0_XEN_ANYWHERE: where the version moves to, or boot logs show it */
};

/* Finds dom0's RAM. Out of the heap stay what the board says is taken, Xen's image and its frame table. Returns false
 * with a message where Xen would give up. */
bool dom0_ram_find(struct dom0_ram *r, const struct xen_preset *x, const struct board *b, const struct dom0_options *o,
                   struct trace_error *err);
