/* The stage-2 tables that Xen builds for a domain, as pages of descriptors in simulated memory.
 *
 * Sizes follow Xen's rule: 1 GB or 2 MB where the guest frame, the machine frame and the number of pages still to be
 * mapped are all multiples of it, else 4 KB; never the contiguous bit [Xen: p2m_set_entry, p2m.c@4.8.0:1062,
 * p2m.c@4.17.0:1234]. */
#pragma once

#include "platforms/xen/domain.h"

#define P2M_PAGE_WORDS 512
#define P2M_PAGES_MAX 65536 /* 256 MB of tables: more than any domain of a 40-bit machine is given */
#define P2M_ROOT_PAGES 2    /* two concatenated tables of level 1 [Arm: D8.2.8] */
#define P2M_ROOT_LEVEL 1

struct p2m {
    const struct xen_preset *preset;
    uint64_t base; /* PA of the root, 8 KB aligned; page i of the tables is at base + 4 KB * i */
    uint64_t (*page)[P2M_PAGE_WORDS];
    size_t count, capacity;
    uint64_t splits; /* superpages taken apart */
};

enum p2m_result { P2M_OK, P2M_NO_MEMORY, P2M_TOO_LARGE };

/* Starts with an empty root at `base`. Returns P2M_OK or P2M_NO_MEMORY; p2m_free in any case. */
enum p2m_result p2m_init(struct p2m *p, const struct xen_preset *preset, uint64_t base);
void p2m_free(struct p2m *p);

/* Maps [ipa, ipa + bytes) to pa, all multiples of 4 KB and below 2^40, in one call of Xen's. */
enum p2m_result p2m_map(struct p2m *p, uint64_t ipa, uint64_t pa, uint64_t bytes, enum p2m_type type);

/* Maps all regions of a domain that are to be mapped. */
enum p2m_result p2m_map_domain(struct p2m *p, const struct xen_domain *d);

/* VTTBR_EL2 of the domain [Xen: p2m.c@4.8.0:1222]. */
uint64_t p2m_vttbr(const struct p2m *p, unsigned vmid);

/* A leaf, or a hole between two. */
struct p2m_leaf {
    uint64_t ipa, bytes;
    uint64_t desc;  /* 0: nothing is mapped */
    unsigned level; /* 1 to 3 */
};

/* Finds what an IPA below 2^40 is mapped by, or the hole around it as far as one invalid entry reaches. */
struct p2m_leaf p2m_find(const struct p2m *p, uint64_t ipa);
