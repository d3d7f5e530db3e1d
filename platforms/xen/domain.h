/* What a domain sees: regions of IPA space, where each leads, as which p2m type, and why.
 *
 * Whoever knows a rule of Xen's appends regions; p2m.h makes tables of them; commands print, check and explain them. */
#pragma once

#include "platforms/xen/preset.h"

#define DOMAIN_REGIONS_MAX 4096
#define DOMAIN_NAME_BYTES 96

enum region_kind {
    REGION_RAM,
    REGION_DEVICE,   /* of the device tree, for dom0 */
    REGION_GICC,     /* the CPU interface, which is the real GICV */
    REGION_IOMEM,    /* passed through: xl iomem, dom0less xen,reg */
    REGION_SHARED,   /* grant table, foreign and shared pages */
    REGION_EMULATED, /* nothing is mapped: accesses trap to Xen, which answers */
    REGION_HIDDEN,   /* nothing is mapped: Xen keeps it */
    REGION_KIND_COUNT
};

/* Returns "RAM", "device", ... */
const char *region_kind_name(enum region_kind kind);

/* How Xen hands a region to its p2m code: it decides how large the mappings can be. */
enum region_batch {
    BATCH_WHOLE,    /* in one call */
    BATCH_64_PAGES, /* the hypercall behind xl takes 64 pages at a time [Xen: domctl.c@4.8.0:1020] */
};

struct domain_region {
    uint64_t ipa, pa, bytes;        /* multiples of 4 KB; not EMULATED, HIDDEN: pa has no meaning */
    uint8_t kind;                   /* enum region_kind */
    uint8_t type;                   /* enum p2m_type; P2M_INVALID: not mapped */
    uint8_t batch;                  /* enum region_batch */
    char name[DOMAIN_NAME_BYTES];   /* what it is: "RAM bank 0", "/axi/ethernet@ff0e0000", "iomem 0xff0e0,1" */
    char source[DOMAIN_NAME_BYTES]; /* the rule or the place in a file that put it there */
};

struct xen_domain {
    const struct xen_preset *preset;
    char name[32];                /* "dom0", "domU" or the user's */
    unsigned vmid;                /* dom0 1, then 2, 3 ... [Xen: p2m.c@4.8.0:1233] */
    struct domain_region *region; /* in the order in which Xen maps them: a later one replaces an earlier */
    size_t count, capacity;
};

/* Starts with no region; domain_free releases them. */
void domain_init(struct xen_domain *d, const struct xen_preset *preset, const char *name, unsigned vmid);
void domain_free(struct xen_domain *d);

/* Appends a region. Returns it, to have its name and source filled in, or NULL when there is no memory, or are too
 * many. */
struct domain_region *domain_add(struct xen_domain *d, const struct domain_region *region);

/* Copies a text of a file into a name or a source, behind what is there already: what cannot be shown becomes `?', what
 * does not fit is cut. */
void domain_text(char *to, size_t bytes, const char *from);

/* Returns the last region that covers an IPA and is mapped, or says what it is instead; NULL for none. */
const struct domain_region *domain_find(const struct xen_domain *d, uint64_t ipa);
