/* The presets as tables, and what options change of them. */
#include "platforms/linux/linux.h"

#include <assert.h>
#include <string.h>

#define NO LINUX_NO_INDEX

/* In the order of enum linux_type [Linux: proc.S@6.1:66, memory.h@6.1:140]; 4.x [Linux: memory.h@4.14]. */
#define MAIR_6_1 0x000000040044FFFFULL
#define MAIR_4 0x0000BBFF440C0400ULL
#define INDEX_6_1                                                                                                      \
    {                                                                                                                  \
        0, 1, 2, NO, 3, 4, NO                                                                                          \
    }
#define INDEX_4                                                                                                        \
    {                                                                                                                  \
        4, NO, 3, 5, 0, 1, 2                                                                                           \
    }
#define INDEX_NONE                                                                                                     \
    {                                                                                                                  \
        NO, NO, NO, NO, NO, NO, NO                                                                                     \
    }

/* Both halves: TxSZ, walks Write-Back Inner Shareable, 4 KB; IPS 40 bits, 16-bit ASID, TBI0 [Linux: proc.S@4.6]. 6.1
 * adds A1 and, for MTE, TBI1 even on a CPU without it [Linux: proc.S@6.1:53, proc.S@6.1:430]. Left out are bits that
 * the A53 has as RES0: TBID1 (52) and, of KASLR, NFD1 (54). */
#define TCR_4_39 0x32B5193519ULL
#define TCR_4_48 0x32B5103510ULL
#define TCR_6_1_39 0x72B5593519ULL
#define TCR_6_1_48 0x72B5503510ULL

/* M, C, I and more [Linux: proc.S@4.6]; 6.1 less what the A53 has as RES0: IESB, ITFSB, EPAN [Linux:
 * sysreg.h@6.1:656]. */
#define SCTLR_4 0x34D5D91DULL
#define SCTLR_6_1 0x34D4D91DULL

static const struct linux_preset presets[] = {
    { .name = "linux-6.1-48",
      .what = "Linux 6.1, 48-bit VA as its defconfig: linear map in 4 KB pages, ASID in TTBR1_EL1",
      .family = FAMILY_LINUX_6_1,
      .lower_bits = 48,
      .upper_bits = 48,
      .index = INDEX_6_1,
      .mair_el1 = MAIR_6_1,
      .tcr_el1 = TCR_6_1_48,
      .sctlr_el1 = SCTLR_6_1 },
    { .name = "linux-6.1-39",
      .what = "Linux 6.1, 39-bit VA: walks of three levels",
      .family = FAMILY_LINUX_6_1,
      .lower_bits = 39,
      .upper_bits = 39,
      .index = INDEX_6_1,
      .mair_el1 = MAIR_6_1,
      .tcr_el1 = TCR_6_1_39,
      .sctlr_el1 = SCTLR_6_1 },
    { .name = "linux-4.x-39",
      .what = "Linux 4.6 to 4.15, 39-bit VA as Xilinx built it: linear map in blocks, ASID in TTBR0_EL1",
      .family = FAMILY_LINUX_4,
      .lower_bits = 39,
      .upper_bits = 39,
      .index = INDEX_4,
      .mair_el1 = MAIR_4,
      .tcr_el1 = TCR_4_39,
      .sctlr_el1 = SCTLR_4 },
    { .name = "linux-4.x-48",
      .what = "Linux 4.6 to 4.15, 48-bit VA",
      .family = FAMILY_LINUX_4,
      .lower_bits = 48,
      .upper_bits = 48,
      .index = INDEX_4,
      .mair_el1 = MAIR_4,
      .tcr_el1 = TCR_4_48,
      .sctlr_el1 = SCTLR_4 },
    { .name = "bare-metal",
      .what = "Xilinx standalone BSP at EL1 Non-secure: 1:1 in blocks of 2 MB below 4 GB and of 1 GB above",
      .family = FAMILY_BARE_METAL,
      .lower_bits = 40,
      .index = INDEX_NONE,
      /* Non-cacheable, Write-Back, nGnRnE, nGnRE, Write-Through; IPS and T0SZ 40 bits, walks Write-Back Non-shareable,
       * EPD1; M, C, I [embeddedsw: gcc/boot.S InitEL1] */
      .mair_el1 = 0x000000BB0400FF44ULL,
      .tcr_el1 = 0x285800518ULL,
      .sctlr_el1 = 0x00061025ULL },
    { .name = "off",
      .what = "MMU and caches off, as Xen starts a guest",
      .family = FAMILY_OFF,
      .index = INDEX_NONE,
      .sctlr_el1 = 0x00C50078ULL }, /* [Xen: arch-arm.h@4.8.0:376 SCTLR_GUEST_INIT] */
};

const struct linux_preset *linux_preset_at(size_t i)
{
    return i < sizeof presets / sizeof *presets ? &presets[i] : NULL;
}

const struct linux_preset *linux_preset_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    }
    return NULL;
}

const char *linux_options_refused(const struct linux_preset *p, const struct linux_options *o)
{
    if (p->family != FAMILY_LINUX_6_1 && o->without_mte)
        return "only Linux 6.1 is built with or without MTE";
    if (p->family != FAMILY_LINUX_6_1 && o->linear_blocks)
        return "only the linear map of Linux 6.1 is in pages or in blocks: 4.x has it in blocks";
    if (p->family != FAMILY_LINUX_6_1 && o->kpti)
        return "only Linux 6.1 can unmap the kernel here: 4.x is that before KPTI";
    if (o->kpti && (o->asid & 1))
        return "the ASID must be even: with KPTI the odd one next to it is for EL0";
    return NULL;
}

void linux_vmap(struct vmap *v, const struct linux_preset *p, const struct linux_options *o)
{
    assert(!linux_options_refused(p, o));
    *v = (struct vmap){ .name = p->name,
                        .tree_bits = { p->lower_bits, p->upper_bits, o->kpti ? p->upper_bits : (uint8_t)0 },
                        .asid = o->asid,
                        .mair_el1 = p->mair_el1,
                        .tcr_el1 = p->tcr_el1,
                        .sctlr_el1 = p->sctlr_el1 };
    if (o->without_mte)
        v->tcr_el1 &= ~(1ULL << TCR_EL1_TBI1);
}
