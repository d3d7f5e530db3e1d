/* What Xen does with an abort of a guest: emulates a device, injects an abort, or lets the guest run into it again. */
#pragma once

#include "models/arch/access.h"
#include "models/arch/fault.h"

enum xen_answer {
    XEN_NOT_ASKED, /* the guest's own stage 1: its kernel takes it */
    XEN_EMULATES,  /* stage-2 Translation fault on data where a handler is registered */
    XEN_INJECTS,   /* the guest gets an abort of its own */
    XEN_LIVELOCK,  /* Xen returns, and the guest executes the same instruction again */
    XEN_DIES,      /* Xen itself has faulted */
};

/* A device that Xen emulates: nothing is mapped there. */
struct xen_device {
    uint64_t ipa, bytes;
    const char *name;
};

/* Returns the device that is emulated at an IPA in some domain, or NULL. */
const struct xen_device *xen_device_at(ipa_t ipa);

/* Returns what Xen does when the access has faulted so. It is asked only for what is taken to EL2. */
enum xen_answer xen_abort_answer(const struct fault *f, const struct access *a);
