/* The models by themselves, in C: one access through a page table, without SystemC. */
#include "models/cluster/charge.h"
#include "platforms/zynqmp/params.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOT 0x1000u

/* A root table whose entry 1 is a block of 1 GB: VA 0x40000000 and up to PA 0x80000000 and up. */
static bool read64(void *context, pa_t pa, uint64_t *value)
{
    (void)context;
    *value = pa.v == ROOT + 8 ? 0x80000000u | 1u << 10 | 3u << 8 | 1 : 0;
    return pa.v - ROOT < 4096;
}

int main(void)
{
    struct cluster *c = malloc(sizeof *c);
    struct access load = { .va = VA(0x40001230), .size = 8, .kind = ACCESS_LOAD, .el = 1 };
    struct config config;
    struct outcome o;
    struct charge charge;
    bool right;

    if (!c)
        return 2;
    params_default(&config);
    cluster_init(c, &config, (struct mem_port){ NULL, read64 });
    mmu_write_sysreg(&c->core[0].mmu, SYSREG_TTBR0_EL1, ROOT);
    mmu_write_sysreg(&c->core[0].mmu, SYSREG_TCR_EL1, 25 | 1u << 23); /* 39 bits; EPD1 */
    mmu_write_sysreg(&c->core[0].mmu, SYSREG_MAIR_EL1, 0xFF);
    mmu_write_sysreg(&c->core[0].mmu, SYSREG_SCTLR_EL1, 1u << 0 | 1u << 2); /* M, C */
    cluster_access(c, 0, &load, &o);
    charge = charge_alone(c, ACCESS_LOAD, &o);
    printf("va 0x%llx: pa 0x%llx, %s, %u fetch, %u cycles\n", (unsigned long long)load.va.v,
           (unsigned long long)o.x.pa.v, attr_name(o.x.type.result), o.fetches, charge.stall);
    right = o.x.fault.type == FAULT_NONE && o.x.pa.v == 0x80001230 && o.x.type.result.attr == 0xFF && o.fetches == 1;
    load.va = VA(0x1230);
    cluster_access(c, 0, &load, &o);
    right = right && o.x.fault.type == FAULT_TRANSLATION && o.exception.far == 0x1230;
    free(c);
    return right ? 0 : 1;
}
