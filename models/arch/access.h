/* What is asked of the MMU [Arm: AccessDescriptor]. */
#pragma once

#include "models/arch/addr.h"

enum access_kind {
    ACCESS_FETCH,
    ACCESS_LOAD,
    ACCESS_STORE,
    ACCESS_ZVA,         /* DC ZVA: a store of a 64-byte block */
    ACCESS_CACHE_READ,  /* DC CVAC, CVAU, CIVAC, IC IVAU: checked as a read */
    ACCESS_CACHE_WRITE, /* DC IVAC: checked as a write */
    ACCESS_AT_READ,     /* the access an AT S1E1R and so on asks about */
    ACCESS_AT_WRITE,
    ACCESS_KIND_COUNT
};

struct access {
    va_t va;
    uint32_t size;     /* bytes: a power of two for loads and stores; of a fetch, all of the run */
    uint8_t kind;      /* enum access_kind */
    uint8_t el;        /* 0..2: where the instruction executes; for an AT: the level asked about */
    uint8_t unpriv;    /* LDTR/STTR at EL1: permissions are EL0's [Arm: D8.4 "unprivileged"] */
    uint8_t pair;      /* 1: two registers of half the size each, which is what is to be aligned (LDP, STP) */
    uint8_t straddles; /* one part of an unaligned access that crosses a page: of any size, and unaligned */
};

/* Returns "fetch", "load", "store", "zva", "cache_read", "cache_write", "at_read" or "at_write". */
const char *access_kind_name(enum access_kind kind);

/* True for what is reported with WnR = 1 and needs write permission. */
static inline bool access_writes(enum access_kind kind)
{
    return kind == ACCESS_STORE || kind == ACCESS_ZVA || kind == ACCESS_CACHE_WRITE || kind == ACCESS_AT_WRITE;
}

/* True for cache maintenance by address and AT: reported with CM = 1, never an alignment fault
 * [Arm: D8.15.3]. */
static inline bool access_is_maintenance(enum access_kind kind)
{
    return kind >= ACCESS_CACHE_READ;
}

/* True when the access is not aligned to its size. A fetch is always aligned here: PC alignment is checked before
 * translation and is not the MMU's affair. */
static inline bool access_is_unaligned(const struct access *a)
{
    bool can_be = a->kind == ACCESS_LOAD || a->kind == ACCESS_STORE;

    return (a->straddles || (a->va.v & ((a->size >> a->pair) - 1)) != 0) && can_be;
}
