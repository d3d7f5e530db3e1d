/* A guest's stage 1 over the domain that a world is asked about: what Linux or the Xilinx BSP maps in the RAM and the
 * devices that the domain has, as tables in that RAM. */
#pragma once

#include "platforms/linux/linux_map.h"
#include "sim/machine.h"
#include "sim/map/world.h"

struct guest {
    struct linux_map map; /* of the BSP only .vmap */
    struct vmap_tables tables;
};

/* Returns the preset that a request means, or NULL with what is wrong in `why`. Without a word of a guest: NULL, and
 * why[0] is 0. */
const struct linux_preset *guest_preset(const struct guest_request *q, char *why, size_t why_bytes);

/* Builds it. Linux's image lies where Xen loads it, at the beginning of the first bank [Xen: kernel_zimage_place,
 * kernel.c@4.17.0], its tables behind it [choice]; devices up to 16 MB each are ioremapped [choice: which have a driver
 * nobody knows]. Returns false and fills *err; guest_close in any case, of a struct that was zeroed. */
bool guest_open(struct guest *g, const struct guest_request *q, const struct world *w, struct trace_error *err);
void guest_close(struct guest *g);

/* Where an IPA of the domain leads, as far as one stretch of it reaches, `bytes` at most. Without a Xen it is the
 * PA. */
struct map_stretch;
struct map_stretch guest_stage2(const struct world *w, uint64_t ipa, uint64_t bytes);

/* Puts its tables into a machine's memory, where stage 2 has the pages, and its registers, as they are at EL1, into all
 * its cores. Returns NULL, or why not. */
const char *guest_install(const struct guest *g, const struct world *w, struct machine *m);
