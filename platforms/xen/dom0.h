/* dom0 as Xen builds it on a board: RAM and devices 1:1, a GIC of its own, and what Xen keeps for itself.
 *
 * HCR_EL2 and VTCR_EL2 are the preset's, VTTBR_EL2 is p2m_vttbr(p, 1): of dom0's the VMID is 1. */
#pragma once

#include "platforms/xen/dom0_ram.h"
#include "platforms/xen/domain.h"

#define DOM0_VMID 1

/* Appends dom0's regions to a domain without any: those that are not mapped, each with the rule that says so, then what
 * is mapped, in Xen's order: GICC, RAM, device nodes. By a preset with gic_1to1 all devices are mapped. Fills *ram.
 * Returns false with a message where Xen would not build it, or when there is no memory.
 *
 * The grant table is a region without mappings, where dom0 is told that it may put it: Xen maps a page of its heap,
 * ram_rw, when dom0 asks, at a PA that nobody can tell beforehand. So it is with shared_info, which Linux puts into a
 * page of its RAM, and with pages of other domains. */
bool dom0_build(struct xen_domain *d, const struct board *b, const struct dom0_options *o, struct dom0_ram *ram,
                struct trace_error *err);
