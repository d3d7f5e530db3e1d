/* One translation told step by step, and who decided what. All of it is asked of the models: which descriptors were
 * fetched, what came out and what it costs; here it is put into words.
 *
 * The text for people and the JSON are two forms of the same explanation. */
#pragma once

#include "platforms/xen/preset.h"
#include "sim/explain/explain_note.h"
#include "sim/machine.h"

#include <jansson.h>
#include <stdio.h>

struct explain_request {
    const char *source; /* what the machine is the state of: "guest.swt after record 7" */
    bool of_trace;      /* a table page that is not there has not been recorded */
    bool of_snapshot;   /* ... is not in the file */
    struct access access;
    unsigned core;
    const struct xen_preset *xen; /* NULL: what wrote the stage-2 tables is not known */
};

/* A descriptor that the walk fetched. */
struct explain_fetch {
    struct step step;
    bool under_stage1; /* of stage 2: for a stage-1 descriptor, the next of stage 1; else for the output of stage 1 */
    bool absent;       /* nobody has ever written its page: it reads as zero */
    uint8_t type;      /* enum desc_type; meaningless when the fetch aborted */
    uint64_t input;    /* what the stage translates: the VA, or an IPA */
    uint64_t place;    /* where the descriptor is for its own stage: under stage 2 the IPA of a stage-1 descriptor */
    uint64_t output;   /* of a table or leaf: the address in it */
    struct explain_notes fields;
};

struct explanation {
    const struct explain_request *request;
    struct access access;
    struct sysregs regs;
    struct regime regime;
    unsigned half;        /* of the VA: 0 lower, 1 upper */
    struct outcome walk;  /* of the fresh walk */
    struct tlb_leaf leaf; /* what it found */
    bool has_s1, has_s2;  /* which half of the leaf it came to */
    uint32_t walk_cycles;
    struct outcome
        cold; /* of an ordinary access with TLBs and caches empty, which may find in the IPA cache what a fresh
                            walk fetches again */
    unsigned fetch_count;
    struct explain_fetch fetch[STEPS_MAX];
    struct explain_notes registers, result, type, permissions, fault, xen, cost;
};

/* Explains a translation on the machine as it stands. The machine's TLBs, caches and counters start anew. Returns NULL
 * for want of memory; the result is to be freed. */
struct explanation *explain(struct machine *m, const struct explain_request *request);

static inline bool explain_faulted(const struct explanation *e)
{
    return e->walk.x.fault.type != FAULT_NONE;
}

/* Prints it for people. */
void explain_print(FILE *stream, const struct explanation *e);

/* Returns it as JSON ("stagewalk/explain/1"), or NULL for want of memory. */
json_t *explain_json(const struct explanation *e);

/* --- between the parts of it --- */

/* Each fills in its part; those before it are filled in already. */
void explain_registers(struct explanation *e);
void explain_fetches(struct explanation *e, const struct machine *m);
void explain_type(struct explanation *e);        /* on success */
void explain_permissions(struct explanation *e); /* as far as leaves were found */
void explain_fault(struct explanation *e);       /* on a fault */
void explain_xen(struct explanation *e);

/* The fields of a fetch's descriptor by their Arm names. */
void explain_descriptor(const struct explanation *e, struct explain_fetch *f);

/* Returns the leaf descriptor that a stage ended in for the access itself, or NULL. */
const struct explain_fetch *explain_leaf(const struct explanation *e, unsigned stage);

/* Returns the fetch made last, or NULL. */
const struct explain_fetch *explain_last(const struct explanation *e);

/* The parameters of the stage that a fetch was of. */
static inline const struct ttw_params *explain_params(const struct explanation *e, unsigned stage)
{
    return stage == 1 ? &e->regime.s1[e->half] : &e->regime.s2;
}

/* Says in a note what takes one right (RIGHT_*) away at a stage that does not give it. */
void explain_right_taken(const struct explanation *e, unsigned stage, unsigned right, char text[96]);

/* Returns "TTBR0_EL1" and the like: the names of the registers of the regime, and of the half of the VA. */
const char *explain_tcr(const struct explanation *e);
const char *explain_ttbr(const struct explanation *e);
const char *explain_sctlr(const struct explanation *e);
const char *explain_mair(const struct explanation *e);
