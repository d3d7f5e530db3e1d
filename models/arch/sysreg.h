/* The system registers that steer translation, raw and by Arm's names, and the fields the models read of them.
 *
 * Each register and each field is defined once. What a register means for a translation is regime.h's affair. */
#pragma once

#include "models/arch/addr.h"
#include <stddef.h>

/* Name, then op0, op1, CRn, CRm, op2 of MSR/MRS [Arm: D24.2 "AArch64 System Registers", A.g: D7.2]. */
#define SYSREG_LIST(X)                                                                                                 \
    X(SCTLR_EL1, 3, 0, 1, 0, 0)                                                                                        \
    X(CPACR_EL1, 3, 0, 1, 0, 2)                                                                                        \
    X(TTBR0_EL1, 3, 0, 2, 0, 0)                                                                                        \
    X(TTBR1_EL1, 3, 0, 2, 0, 1)                                                                                        \
    X(TCR_EL1, 3, 0, 2, 0, 2)                                                                                          \
    X(MAIR_EL1, 3, 0, 10, 2, 0)                                                                                        \
    X(AMAIR_EL1, 3, 0, 10, 3, 0)                                                                                       \
    X(CONTEXTIDR_EL1, 3, 0, 13, 0, 1)                                                                                  \
    X(VBAR_EL1, 3, 0, 12, 0, 0)                                                                                        \
    X(ESR_EL1, 3, 0, 5, 2, 0)                                                                                          \
    X(FAR_EL1, 3, 0, 6, 0, 0)                                                                                          \
    X(PAR_EL1, 3, 0, 7, 4, 0)                                                                                          \
    X(ELR_EL1, 3, 0, 4, 0, 1)                                                                                          \
    X(SPSR_EL1, 3, 0, 4, 0, 0)                                                                                         \
    X(SP_EL0, 3, 0, 4, 1, 0)                                                                                           \
    X(TPIDR_EL1, 3, 0, 13, 0, 4)                                                                                       \
    X(HCR_EL2, 3, 4, 1, 1, 0)                                                                                          \
    X(VTTBR_EL2, 3, 4, 2, 1, 0)                                                                                        \
    X(VTCR_EL2, 3, 4, 2, 1, 2)                                                                                         \
    X(SCTLR_EL2, 3, 4, 1, 0, 0)                                                                                        \
    X(TTBR0_EL2, 3, 4, 2, 0, 0)                                                                                        \
    X(TCR_EL2, 3, 4, 2, 0, 2)                                                                                          \
    X(MAIR_EL2, 3, 4, 10, 2, 0)                                                                                        \
    X(AMAIR_EL2, 3, 4, 10, 3, 0)                                                                                       \
    X(VBAR_EL2, 3, 4, 12, 0, 0)                                                                                        \
    X(ESR_EL2, 3, 4, 5, 2, 0)                                                                                          \
    X(FAR_EL2, 3, 4, 6, 0, 0)                                                                                          \
    X(HPFAR_EL2, 3, 4, 6, 0, 4)                                                                                        \
    X(ELR_EL2, 3, 4, 4, 0, 1)                                                                                          \
    X(SPSR_EL2, 3, 4, 4, 0, 0)                                                                                         \
    X(VPIDR_EL2, 3, 4, 0, 0, 0)                                                                                        \
    X(VMPIDR_EL2, 3, 4, 0, 0, 5)                                                                                       \
    X(TPIDR_EL2, 3, 4, 13, 0, 2)                                                                                       \
    X(CNTVOFF_EL2, 3, 4, 14, 0, 3)

enum sysreg {
#define X(name, op0, op1, crn, crm, op2) SYSREG_##name,
    SYSREG_LIST(X)
#undef X
        SYSREG_COUNT
};

/* The content of every register of the list, indexed by enum sysreg. All zero is this model's reset: every
 * translation stage is off [Arm: SCTLR_ELx.M resets to 0]. */
struct sysregs {
    uint64_t v[SYSREG_COUNT];
};

/* Returns the register's name in Arm's spelling. */
const char *sysreg_name(enum sysreg reg);

/* Returns the register of that name (exact spelling), or SYSREG_COUNT. */
enum sysreg sysreg_by_name(const char *name);

/* Returns the register with encoding op0<<14 | op1<<11 | CRn<<7 | CRm<<3 | op2, or SYSREG_COUNT when it is none that
 * matters to the models. */
enum sysreg sysreg_by_encoding(uint32_t encoding);

/* True when a write to the register can change a translation or its outcome; others are only kept. */
bool sysreg_steers_translation(enum sysreg reg);

/* One field a line, as the manual prints them. */
/* clang-format off */
/* [Arm: SCTLR_EL1, SCTLR_EL2] */
#define SCTLR_M      0
#define SCTLR_A      1
#define SCTLR_C      2
#define SCTLR_I      12
#define SCTLR_WXN    19
#define SCTLR_EE     25

/* [Arm: TCR_EL1] */
#define TCR_EL1_T0SZ  5, 0
#define TCR_EL1_EPD0  7
#define TCR_EL1_IRGN0 9, 8
#define TCR_EL1_ORGN0 11, 10
#define TCR_EL1_SH0   13, 12
#define TCR_EL1_TG0   15, 14
#define TCR_EL1_T1SZ  21, 16
#define TCR_EL1_A1    22
#define TCR_EL1_EPD1  23
#define TCR_EL1_IRGN1 25, 24
#define TCR_EL1_ORGN1 27, 26
#define TCR_EL1_SH1   29, 28
#define TCR_EL1_TG1   31, 30
#define TCR_EL1_IPS   34, 32
#define TCR_EL1_AS    36
#define TCR_EL1_TBI0  37
#define TCR_EL1_TBI1  38

/* [Arm: TCR_EL2]; T0SZ, IRGN0, ORGN0, SH0, TG0 stand where TCR_EL1 has them */
#define TCR_EL2_PS    18, 16
#define TCR_EL2_TBI   20

/* [Arm: VTCR_EL2]; T0SZ, IRGN0, ORGN0, SH0, TG0 stand where TCR_EL1 has them */
#define VTCR_EL2_SL0  7, 6
#define VTCR_EL2_PS   18, 16

/* [Arm: TTBR0_EL1, TTBR1_EL1, VTTBR_EL2]; the VMID is 8 bits in ARMv8.0 */
#define TTBR_BADDR    47, 0
#define TTBR_ASID     63, 48
#define VTTBR_VMID    55, 48

/* [Arm: HCR_EL2] */
#define HCR_VM   0
#define HCR_PTW  2
#define HCR_FB   9
#define HCR_BSU  11, 10
#define HCR_DC   12
#define HCR_TGE  27
#define HCR_CD   32
#define HCR_ID   33

/* [Arm: ESR_ELx], the fields of Instruction and Data Aborts */
#define ESR_EC     31, 26
#define ESR_IL     25
#define ESR_FnV    10
#define ESR_EA     9
#define ESR_CM     8
#define ESR_S1PTW  7
#define ESR_WnR    6
#define ESR_FSC    5, 0
/* clang-format on */
