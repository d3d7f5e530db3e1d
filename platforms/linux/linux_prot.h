/* What Linux writes into a stage-1 leaf, by the name that its source has for the attributes, and into the tables
 * above. */
#pragma once

#include "platforms/linux/linux.h"

enum linux_prot {
    PROT_KERNEL,        /* PAGE_KERNEL: read, write */
    PROT_KERNEL_LINEAR, /* the linear map: PAGE_KERNEL, in 6.1 with the index of Normal Tagged */
    PROT_KERNEL_RO,     /* PAGE_KERNEL_RO */
    PROT_KERNEL_ROX,    /* PAGE_KERNEL_ROX: text */
    PROT_IOREMAP,       /* ioremap: nGnRE */
    PROT_IOREMAP_NP,    /* ioremap_np, 6.1: nGnRnE */
    PROT_IOREMAP_WC,    /* ioremap_wc: Normal Non-cacheable */
    PROT_IOREMAP_WT,    /* ioremap_wt, 4.x: Write-Through */
    PROT_IOREMAP_GRE,   /* 4.x: an index that MAIR_EL1 has; nothing of the kernel's own maps by it */
    PROT_DMA_COHERENT,  /* dma_alloc_coherent for a device that does not snoop: Normal Non-cacheable */
    PROT_USER,          /* PAGE_SHARED, once stored to */
    PROT_USER_RO,       /* PAGE_READONLY */
    PROT_USER_TEXT,     /* PAGE_READONLY_EXEC */
    PROT_DEV_MEM,       /* mmap of /dev/mem or a UIO on what is no RAM, once stored to: nGnRnE */
    PROT_DEV_MEM_SYNC,  /* the same of RAM, opened with O_SYNC: Normal Non-cacheable */
    PROT_COUNT
};

/* Returns "PAGE_KERNEL_ROX", ... */
const char *linux_prot_name(enum linux_prot prot);

/* True when the preset is a Linux and has that type in MAIR_EL1. */
bool linux_prot_known(const struct linux_preset *p, enum linux_prot prot);

/* True for the pages of a process, which are in the lower half. */
bool linux_prot_is_user(enum linux_prot prot);

/* Returns the attributes of a leaf that linux_prot_known has: nothing of address and type. With kpti the kernel's own
 * are not global either [Linux: pgtable-prot.h@6.1:71]. */
uint64_t linux_prot_leaf(const struct linux_preset *p, enum linux_prot prot, bool kpti);

/* Returns the attributes of tables made on the way to such leaves. */
uint64_t linux_prot_table(const struct linux_preset *p, enum linux_prot prot);
