/* A guest other than dom0: what it is to be given, and the map that Xen makes of it.
 *
 * What it is to be given, a configuration file of xl (xl_domu.h) or a device tree (dom0less.h) says. */
#pragma once

#include "platforms/xen/domain.h"
#include "platforms/xen/layout.h"
#include "platforms/xen/ram_pool.h"
#include "traces/reader.h"

#define DOMU_STATIC_MAX 256       /* NR_MEM_BANKS [Xen: setup.h@4.17.0] */
#define DOMU_PASSTHROUGH_MAX 2048 /* pieces */
#define DOMU_VCPUS_MAX 8          /* with a GICv2 [Xen: vgic-v2.c@4.8.0:711] */

/* Who builds it: in which pieces RAM comes, and whether there are pages for a toolstack. */
enum domu_builder {
    DOMU_BY_XL,    /* xl create, in dom0 */
    DOMU_DOM0LESS, /* Xen itself, at boot */
};

/* A piece of the machine that the guest is given. */
struct domu_passthrough {
    uint64_t ipa, pa, bytes;
    uint8_t type;                   /* enum p2m_type */
    char name[DOMAIN_NAME_BYTES];   /* as domain_region.name */
    char source[DOMAIN_NAME_BYTES]; /* the place in a file that asks for it */
};

struct domu_config {
    const struct xen_preset *preset;
    enum domu_builder builder;
    char name[32];
    unsigned vcpus;
    bool vuart;         /* an emulated PL011 */
    bool direct_map;    /* dom0less: RAM and GIC where the machine has them */
    uint64_t ram_bytes; /* that it starts with */
    char ram_source[DOMAIN_NAME_BYTES];
    struct ram_range *static_mem; /* dom0less: RAM of just this guest, in this order; none: from the pool */
    size_t static_count;
    struct domu_passthrough *passthrough; /* in the order in which they are mapped */
    size_t passthrough_count, passthrough_capacity;
};

/* The machine, as far as a guest gets to see it, and the memory that is free for guests. */
struct domu_host {
    uint64_t gicd, gicc; /* seen at these addresses by a guest that is mapped directly */
    uint64_t gicv;       /* the two contiguous pages that stand behind a guest's GICC */
    uint64_t uart;       /* Xen's console, where such a guest finds its PL011 */
    struct ram_pool pool;
};

/* Fills in a ZynqMP, with nothing in the pool. */
void domu_host_zynqmp(struct domu_host *host);

/* Starts with a guest without RAM and one vCPU; domu_config_free in any case. */
void domu_config_init(struct domu_config *c, const struct xen_preset *preset, enum domu_builder builder);
void domu_config_free(struct domu_config *c);

/* Appends a piece. Returns it, to have its name and source filled in, or NULL when there is no memory or are too many.
 * Its frames must lie below 2^40. */
struct domu_passthrough *domu_pass(struct domu_config *c, uint64_t ipa, uint64_t pa, uint64_t bytes);

/* Fills *d with the regions of the guest in the order in which Xen maps them, and takes its memory from the pool. What
 * its kernel maps for itself later (grant table, shared_info, ballooning) is not there yet. Returns false and fills
 * *err when Xen would not build it; domain_free in any case. vmid: 2 for the first guest beside a dom0 [Xen:
 * p2m.c@4.8.0:1233]. */
bool domu_build(struct xen_domain *d, const struct domu_config *c, struct domu_host *host, unsigned vmid,
                struct trace_error *err);
