/* What an xl configuration file asks for, as far as it shapes the guest's map. */
#pragma once

#include "platforms/xen/domu.h"
#include "platforms/xen/xlcfg.h"

#define XL_DOMU_IRQS_MAX 1024

struct xl_domu {
    struct domu_config domu;
    unsigned irq[XL_DOMU_IRQS_MAX]; /* INTIDs: the device tree's number of an SPI and 32 */
    size_t irq_count;
    struct xlcfg cfg; /* kernel, device_tree, dtdev, ... : xlcfg_find, once xl_domu_read has checked their form */
};

/* Reads a file as the xl of that preset does. Returns false and fills *err where xl would refuse it, and where it would
 * warn and go on without a value that is written there [choice]. xl_domu_free in any case. */
bool xl_domu_read(struct xl_domu *x, const char *path, const struct xen_preset *preset, struct trace_error *err);
void xl_domu_free(struct xl_domu *x);

/* Returns the i-th setting that has no effect here, or NULL: to be told, as one may be misspelt. */
const struct xlcfg_setting *xl_domu_ignored(const struct xl_domu *x, size_t i);
