/* Who waited for whom, at what, how long: what an engine in which cores meet has to tell. */
#pragma once

#include "models/cluster/config.h"
#include "models/cost/busy.h"

/* Where cores, or the two sides of one core, get in each other's way. */
enum resource {
    RESOURCE_TLB_RAM,  /* one port to main TLB, walk cache and IPA cache, for both micro-TLBs and maintenance */
    RESOURCE_WALKER,   /* one walk at a time a core */
    RESOURCE_LINEFILL, /* a core's buffers for lines, and for accesses past the caches, on their way */
    RESOURCE_L2,       /* look-ups of the shared L2 and the SCU's tags */
    RESOURCE_CCI,      /* the cluster's way out */
    RESOURCE_DDR_BANK, /* a bank that opens a row */
    RESOURCE_DDR,      /* the data bus of the DDR memory */
    RESOURCE_OCM,
    RESOURCE_PL,
    RESOURCE_DEVICE, /* devices, and addresses where nothing is */
    RESOURCE_DVM,    /* maintenance that other cores have not done yet */
    RESOURCE_COUNT
};

/* Who asks: a translation, the access itself for its line, a barrier for maintenance. */
enum asker { ASKER_XLAT, ASKER_LINE, ASKER_DSB, ASKER_COUNT };

struct wait_cell {
    uint64_t times, cycles;
};

struct waits {
    struct wait_cell cell[RESOURCE_COUNT][ASKER_COUNT][CORES_MAX][CORES_MAX]; /* who waits, for whom */
};

/* Returns "tlb_ram", "l2", ... and "translation", "line" or "dsb". */
const char *waits_resource_name(enum resource resource);
const char *waits_asker_name(enum asker asker);

/* Adds what a core waited at a resource. Returns the cycles. */
uint32_t waits_add(struct waits *w, enum resource resource, enum asker asker, unsigned core,
                   const struct busy_wait *wait);
