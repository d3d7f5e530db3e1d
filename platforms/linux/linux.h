/* Presets of guests: what Linux of some versions, the Xilinx bare-metal code, or a guest with its MMU off has in its
 * stage-1 registers, and which place in MAIR_EL1 stands for which memory type.
 *
 * A preset is data; what is mapped is the affair of linux_map.h and bare_metal.h. */
#pragma once

#include "platforms/linux/vmap.h"

/* Memory types by Linux's names [Linux: memory.h@6.1:140, memory.h@4.14]. */
enum linux_type {
    LINUX_NORMAL,
    LINUX_NORMAL_TAGGED, /* 6.1's linear map; without MTE Normal like the other */
    LINUX_NORMAL_NC,
    LINUX_NORMAL_WT,
    LINUX_DEVICE_nGnRnE,
    LINUX_DEVICE_nGnRE,
    LINUX_DEVICE_GRE,
    LINUX_TYPE_COUNT
};

#define LINUX_NO_INDEX 0xFF

enum linux_family { FAMILY_OFF, FAMILY_BARE_METAL, FAMILY_LINUX_4, FAMILY_LINUX_6_1 };

struct linux_preset {
    const char *name; /* "linux-6.1-48" */
    const char *what;
    uint8_t family;                  /* enum linux_family */
    uint8_t lower_bits, upper_bits;  /* VA bits of each half; 0: it has no tables */
    uint8_t index[LINUX_TYPE_COUNT]; /* AttrIndx of each type, or LINUX_NO_INDEX */
    uint64_t mair_el1, tcr_el1, sctlr_el1;
};

/* What a kernel's build and command line change. All zero is the default: CONFIG_ARM64_MTE=y and rodata=full, as
 * Kconfig of 6.1 has them, and no KPTI, which an A53 does not need [Linux: cpufeature.c@6.1:1640]. Only 6.1 knows the
 * first three. */
struct linux_options {
    bool without_mte;   /* CONFIG_ARM64_MTE=n: TCR_EL1.TBI1 = 0 */
    bool linear_blocks; /* rodata=on: the linear map in blocks and contiguous groups */
    bool kpti;          /* the kernel unmapped while EL0 runs: kpti=on, or KASLR with an offset */
    uint16_t asid;      /* of the process; even with kpti */
};

/* Returns the preset of a name, or NULL; the i-th of them, or NULL at the end. The first is the default. */
const struct linux_preset *linux_preset_by_name(const char *name);
const struct linux_preset *linux_preset_at(size_t i);

/* Returns NULL, or why a preset does not know these options. */
const char *linux_options_refused(const struct linux_preset *p, const struct linux_options *o);

/* Starts a map with the registers of a preset and no region. The options are not refused. vmap_free releases it. */
void linux_vmap(struct vmap *v, const struct linux_preset *p, const struct linux_options *o);
