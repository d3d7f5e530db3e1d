/* What becomes of a descriptor, by name: which of its changes need break-before-make, which only TLB maintenance,
 * and which neither [Arm: D8.17.1, R_WHZWS, R_GPPYH, I_WZCBG]. Pure: two words in, names out. */
#pragma once

#include "models/arch/perm.h"
#include "models/arch/regime.h"

#include <stddef.h>

enum {
    CHANGE_BROKEN = 1 << 0,      /* one that could be cached became invalid */
    CHANGE_MADE = 1 << 1,        /* one that could not be cached can be: neither needs maintenance */
    CHANGE_ADDRESS = 1 << 2,     /* a leaf's output address, one of the two writable */
    CHANGE_ADDRESS_RO = 1 << 3,  /* the same, neither writable: as long as the contents agree, no harm */
    CHANGE_TABLE = 1 << 4,       /* another next-level table */
    CHANGE_SIZE = 1 << 5,        /* a block or page became a table, or a table a block */
    CHANGE_TYPE = 1 << 6,        /* memory type or cacheability */
    CHANGE_SHARED = 1 << 7,      /* shareability */
    CHANGE_CONTIGUOUS = 1 << 8,  /* the Contiguous bit, which is a size */
    CHANGE_GLOBAL = 1 << 9,      /* nG became global */
    CHANGE_NOT_GLOBAL = 1 << 10, /* global became nG */
    CHANGE_WIDER = 1 << 11,      /* more rights: who keeps the old may fault for nothing */
    CHANGE_NARROWER = 1 << 12,   /* fewer rights */
    CHANGE_AF_CLEARED = 1 << 13, /* who keeps the old does not fault: harmless */
    CHANGE_IGNORED = 1 << 14,    /* bits that no hardware reads */
};

/* Changes from one valid descriptor to another that want break-before-make [Arm: R_WHZWS]. */
#define CHANGE_BBM                                                                                                     \
    (CHANGE_ADDRESS | CHANGE_ADDRESS_RO | CHANGE_TABLE | CHANGE_SIZE | CHANGE_TYPE | CHANGE_SHARED |                   \
     CHANGE_CONTIGUOUS | CHANGE_GLOBAL)

/* Changes that maintenance has to follow before the old must be gone. */
#define CHANGE_TLBI (CHANGE_BBM | CHANGE_BROKEN | CHANGE_NARROWER | CHANGE_NOT_GLOBAL)

/* How a descriptor is to be read. */
struct change_view {
    uint8_t stage, level, granule_bits;
    bool el10;     /* stage 1: of EL1&0, not of EL2 */
    uint64_t mair; /* stage 1 */
};

/* True when a TLB may keep the descriptor: valid, and a leaf with its access flag set [Arm: R_XCLRD]. */
bool change_may_be_kept(const struct change_view *v, uint64_t desc);

/* Returns what changed from one descriptor to the other, CHANGE_*; 0: nothing. */
unsigned change_of(const struct change_view *v, uint64_t from, uint64_t to);

/* Names the changes, "output address, shareability", into a text of `bytes`, cut to fit. */
void change_text(unsigned changes, char *text, size_t bytes);
