/* What the domains of a device tree, /chosen/domU*, ask for: those that Xen builds itself at boot.
 *
 * Xen takes a guest's devices from a second tree, which the boot loader has put where a "multiboot,device-tree" module
 * of the domain says [Xen: booting.txt@4.17.0:142, passthrough.txt@4.17.0:80]. Any preset builds them [choice]; real
 * Xen does since 4.12.
 *
 * All trees here have passed dtree_check. */
#pragma once

#include "platforms/dtree.h"
#include "platforms/xen/domu.h"

#define DOM0LESS_DOMAINS_MAX 254 /* VMIDs 1 to 255, less dom0's */

/* Returns how many domains there are; they are numbered in the order in which Xen builds them. -1: too many, with
 * *err. */
int dom0less_count(const struct dtree *t, struct trace_error *err);

/* Fills *c with the i-th domain, without what is passed through. Returns false and fills *err, which names the node and
 * the property, where Xen would refuse it or stop. domu_config_free in any case. */
bool dom0less_read(struct domu_config *c, const struct xen_preset *preset, const struct dtree *t, int i,
                   struct trace_error *err);

/* True when the i-th domain has a device-tree module, whose contents dom0less_pass is to be given. */
bool dom0less_has_devices(const struct dtree *t, int i);

/* Adds what a device-tree module passes through: each node below /passthrough with xen,reg = <phys size guest>...
 * Returns false and fills *err. */
bool dom0less_pass(struct domu_config *c, const struct dtree *module, struct trace_error *err);
