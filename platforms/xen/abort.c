/* Xen's handler of guest aborts, as a decision. */
#include "platforms/xen/abort.h"

#include <stddef.h>

/* [Xen: vgic-v2.c@4.8.0:648, arch-arm.h@4.8.0:394, arch-arm.h@4.17.0:429] A handler is registered for one page,
 * whatever the device tree says of the region. */
static const struct xen_device devices[] = {
    { 0x03001000, 0x1000, "the GIC distributor of a domU" },
    { 0x22000000, 0x1000, "the PL011 of a domU that has one (4.17)" },
    { 0xF9010000, 0x1000, "the GIC distributor of dom0, or of a domU that is mapped 1:1" },
};

const struct xen_device *xen_device_at(ipa_t ipa)
{
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        if (ipa.v >= devices[i].ipa && ipa.v - devices[i].ipa < devices[i].bytes)
            return &devices[i];
    }
    return NULL;
}

enum xen_answer xen_abort_answer(const struct fault *f, const struct access *a)
{
    if (a->el == 2)
        return XEN_DIES; /* [Xen: do_trap_hyp_sync, traps.c@4.17.0] */
    if (f->stage == 1)
        return XEN_NOT_ASKED; /* HCR_EL2.TGE is 0 while a guest runs [Xen: traps.c@4.8.0:129] */
    if (f->type == FAULT_PERMISSION)
        return XEN_LIVELOCK; /* [Xen: traps.c@4.8.0:2547, mem_access.c@4.17.0:227] */
    /* no device is executed, and no table lies in one [Xen: try_handle_mmio, traps.c@4.8.0:2506,
     * traps.c@4.17.0:1842] */
    if (f->type == FAULT_TRANSLATION && a->kind != ACCESS_FETCH && !f->s1ptw && xen_device_at(f->ipa))
        return XEN_EMULATES;
    return XEN_INJECTS; /* [Xen: traps.c@4.8.0:2584] */
}
