/* What Xen has to do with it: the abort it takes, and the p2m type that made a page uncached. */
#include "sim/explain/explain.h"

#include "platforms/xen/abort.h"

#include <inttypes.h>

/* Xen 4.17 takes root entries away to see what a guest uses, and puts them back [Xen: p2m.c@4.17.0:1323]. */
static void say_injected(struct explanation *e, const struct xen_device *device)
{
    const struct fault *f = &e->walk.x.fault;

    explain_note(&e->xen, "Xen", "injects an abort", "into the guest");
    if (f->type != FAULT_TRANSLATION)
        explain_more(&e->xen, ", after \"Unsupported DFSC\" on its console");
    else if (device)
        explain_more(&e->xen, ": it emulates %s there, but no %s is found in a device", device->name,
                     f->s1ptw ? "table" : "instruction");
    else
        explain_more(&e->xen,
                     ": it emulates nothing at that IPA. (It would retry if it found the page in its own tables)");
    /* [Xen: inject_abt64_exception, traps.c@4.8.0] */
    explain_note(&e->xen, "the guest", "",
                 "sees FAR_EL1 0x%" PRIx64 " and a status code of 0, which Linux calls a ttbr address size fault",
                 e->access.va.v);
}

static void say_abort(struct explanation *e)
{
    const struct fault *f = &e->walk.x.fault;
    const struct xen_device *device = xen_device_at(f->ipa);

    switch (xen_abort_answer(f, &e->access)) {
    case XEN_NOT_ASKED:
        explain_note(&e->xen, "Xen", "is not asked", "the fault is the guest's own, in its own tables");
        break;
    case XEN_EMULATES:
        explain_note(&e->xen, "Xen", "emulates", "%s: the access traps on purpose, and the guest goes on behind it",
                     device->name);
        explain_more(&e->xen, " (if the instruction has a syndrome: not a pair, no write-back)");
        break;
    case XEN_INJECTS:
        say_injected(e, device);
        break;
    case XEN_LIVELOCK:
        explain_note(
            &e->xen, "Xen", "livelock",
            "Xen returns to the guest without a word, and the guest executes the same instruction for ever: only "
            "mem_access would handle a stage-2 Permission fault");
        break;
    case XEN_DIES:
        explain_note(&e->xen, "Xen", "panics", "this is its own translation: it prints its registers and stops");
        break;
    }
}

/* Passed through means uncached, unless Xilinx's tree is told otherwise [xlnx-xen: p2m.c@xilinx-v2019.1:1071]. */
static void say_remedy(struct explanation *e, const struct xen_preset *xen)
{
    struct p2m_attr a;

    if (xen->use.iomem_memory == P2M_INVALID) {
        explain_more(&e->xen, "; %s has no way to say otherwise", xen->name);
        return;
    }
    a = xen_preset_attr(xen, xen->use.iomem_memory);
    explain_more(&e->xen, "; iomem=\"...,memory\" would map it as p2m_%s: %s %s", p2m_type_name(xen->use.iomem_memory),
                 attr_name(attr_decode_stage2(a.memattr, a.sh)), attr_sh_name(a.sh));
}

/* The guest asked for Normal memory and has Device, because Xen passed the page through. */
static void say_uncached(struct explanation *e)
{
    const struct xen_preset *xen = e->request->xen;
    const struct explain_fetch *leaf = explain_leaf(e, 2);

    if (!e->has_s2 || !memattr_is_device(e->leaf.s2) || memattr_is_device(e->walk.x.type.s1))
        return;
    if (xen_preset_type_of(xen, leaf->step.desc) != P2M_MMIO_DIRECT_DEV)
        return;
    explain_note(
        &e->xen, "Xen", "uncached",
        "p2m_mmio_direct_dev is what xl's iomem and dom0less xen,reg map with, whatever the guest's tables say");
    say_remedy(e, xen);
}

/* Xen has a part where stage 2 is on, or where the user says so. */
void explain_xen(struct explanation *e)
{
    if (!e->request->xen && !e->regime.stage2_on)
        return;
    if (explain_faulted(e))
        say_abort(e);
    else if (e->request->xen)
        say_uncached(e);
}
