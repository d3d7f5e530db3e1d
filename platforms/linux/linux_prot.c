/* Linux's pgprot_t values as a table, software bits included: as descriptors, they are what a capture of one holds. */
#include "platforms/linux/linux_prot.h"

#include <assert.h>

/* [Linux: pgtable-hwdef.h@6.1:147]; the A53 ignores WRITE, which later CPUs know as DBM, and all above 54 */
#define USER (1ULL << 6)
#define READ_ONLY (1ULL << 7)
#define SHARED (3ULL << 8) /* Inner Shareable, on Device memory too */
#define AF (1ULL << 10)
#define NG (1ULL << 11)
#define WRITE (1ULL << 51)
#define PXN (1ULL << 53)
#define UXN (1ULL << 54)
#define DIRTY (1ULL << 55)
#define SPECIAL (1ULL << 56)
#define TABLE_PXN (1ULL << 59)
#define TABLE_UXN (1ULL << 60)

#define NX (PXN | UXN)

struct prot {
    const char *name;
    uint8_t type; /* enum linux_type; of the linear map in 6.1 */
    uint64_t bits;
    uint64_t bits_4; /* more of 4.x: it has DIRTY on all that the kernel may write [Linux: pgtable-prot.h@4.14] */
};

/* [Linux: pgtable-prot.h@6.1:36, pgtable.h@6.1:561, io.h@6.1:145]. A page that may be written is shown as after the
 * first store: with DIRTY and without READ_ONLY [choice: before it, a store takes a Permission fault]. */
static const struct prot prots[PROT_COUNT] = {
    [PROT_KERNEL] = { "PAGE_KERNEL", LINUX_NORMAL, NX | WRITE | DIRTY, 0 },
    [PROT_KERNEL_LINEAR] = { "PAGE_KERNEL tagged", LINUX_NORMAL_TAGGED, NX | WRITE | DIRTY, 0 },
    [PROT_KERNEL_RO] = { "PAGE_KERNEL_RO", LINUX_NORMAL, NX | READ_ONLY | DIRTY, 0 },
    [PROT_KERNEL_ROX] = { "PAGE_KERNEL_ROX", LINUX_NORMAL, UXN | READ_ONLY | DIRTY, 0 },
    [PROT_IOREMAP] = { "PROT_DEVICE_nGnRE", LINUX_DEVICE_nGnRE, NX | WRITE, DIRTY },
    [PROT_IOREMAP_NP] = { "PROT_DEVICE_nGnRnE", LINUX_DEVICE_nGnRnE, NX | WRITE, DIRTY },
    [PROT_IOREMAP_WC] = { "PROT_NORMAL_NC", LINUX_NORMAL_NC, NX | WRITE, DIRTY },
    [PROT_IOREMAP_WT] = { "PROT_NORMAL_WT", LINUX_NORMAL_WT, NX | WRITE, DIRTY },
    [PROT_IOREMAP_GRE] = { "MT_DEVICE_GRE", LINUX_DEVICE_GRE, NX | WRITE, DIRTY },
    [PROT_DMA_COHERENT] = { "pgprot_dmacoherent", LINUX_NORMAL_NC, NX | WRITE | DIRTY, 0 },
    [PROT_USER] = { "PAGE_SHARED", LINUX_NORMAL, USER | NG | NX | WRITE | DIRTY, 0 },
    [PROT_USER_RO] = { "PAGE_READONLY", LINUX_NORMAL, USER | NG | NX | READ_ONLY, 0 },
    [PROT_USER_TEXT] = { "PAGE_READONLY_EXEC", LINUX_NORMAL, USER | NG | PXN | READ_ONLY, 0 },
    [PROT_DEV_MEM] = { "pgprot_noncached", LINUX_DEVICE_nGnRnE, USER | NG | NX | WRITE | DIRTY | SPECIAL, 0 },
    [PROT_DEV_MEM_SYNC] = { "pgprot_writecombine", LINUX_NORMAL_NC, USER | NG | NX | WRITE | DIRTY | SPECIAL, 0 },
};

static uint8_t index_of(const struct linux_preset *p, enum linux_prot prot)
{
    uint8_t type = prots[prot].type;

    if (type == LINUX_NORMAL_TAGGED && p->family == FAMILY_LINUX_4)
        type = LINUX_NORMAL;
    return p->index[type];
}

const char *linux_prot_name(enum linux_prot prot)
{
    return prots[prot].name;
}

bool linux_prot_known(const struct linux_preset *p, enum linux_prot prot)
{
    return index_of(p, prot) != LINUX_NO_INDEX;
}

bool linux_prot_is_user(enum linux_prot prot)
{
    return prots[prot].bits & USER;
}

uint64_t linux_prot_leaf(const struct linux_preset *p, enum linux_prot prot, bool kpti)
{
    uint64_t leaf = AF | SHARED | prots[prot].bits;

    assert(linux_prot_known(p, prot));
    if (p->family == FAMILY_LINUX_4)
        leaf |= prots[prot].bits_4;
    return leaf | (uint64_t)index_of(p, prot) << 2 | (kpti ? NG : 0);
}

/* 6.1: UXNTable above the kernel's, PXNTable above a process's, both above the linear map [Linux: pgalloc.h@6.1:80,
 * mmu.c@6.1:207, mmu.c@6.1:587]; 4.x: nothing [Linux: mmu.c@4.14]. */
uint64_t linux_prot_table(const struct linux_preset *p, enum linux_prot prot)
{
    if (p->family != FAMILY_LINUX_6_1)
        return 0;
    if (linux_prot_is_user(prot))
        return TABLE_PXN;
    return prot == PROT_KERNEL_LINEAR ? TABLE_UXN | TABLE_PXN : TABLE_UXN;
}
