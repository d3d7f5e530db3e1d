/* A machine as a snapshot has it: its memory laid beneath, its registers set, and where each of them is known from.
 *
 * Where a snapshot does not carry the registers that steer a translation, Linux's own VMCOREINFO or the user tells
 * them; what nobody tells is assumed only as far as no address depends on it, and every line says so. */
#pragma once

#include "sim/machine.h"
#include "sim/map/world.h"

#include <jansson.h>
#include <stdio.h>

#define SNAPSHOT_ALL_CORES CORES_MAX
#define SNAPSHOT_REGS_MAX 128
#define SNAPSHOT_WORDS_MAX 64 /* of --reg */
#define SNAPSHOT_FROM_BYTES 112

struct snapshot_reg {
    unsigned core; /* SNAPSHOT_ALL_CORES: every one */
    enum sysreg reg;
    uint64_t value;
    char from[SNAPSHOT_FROM_BYTES];
};

struct snapshot_state {
    const char *path; /* of the snapshot, as it was given: kept as long as the state is used */
    struct machine *machine;
    bool known[CORES_MAX][SYSREG_COUNT];
    size_t count;
    struct snapshot_reg reg[SNAPSHOT_REGS_MAX]; /* as they were set; a later one replaces an earlier */
};

/* Lays a snapshot beneath a machine, without its registers. Returns false and fills *err. */
bool snapshot_lay(struct machine *m, const char *path, struct trace_error *err);

/* Lays it there and sets the registers that it tells of. The machine stays the caller's. */
bool snapshot_state_read(struct snapshot_state *s, struct machine *m, const char *path, struct trace_error *err);

/* Puts the snapshot under a domain's stage 2: its addresses are that domain's, and it lies where Xen has put its
 * RAM. */
bool snapshot_state_under(struct snapshot_state *s, const struct world_request *q, struct trace_error *err);

/* Sets what the user says, NAME=VALUE each up to a NULL, on all cores; then assumes the rest. */
bool snapshot_state_finish(struct snapshot_state *s, const char *const regs[], struct trace_error *err);

/* Returns true when all that an access at this exception level depends on is known; else *err says what to give. */
bool snapshot_state_serves(const struct snapshot_state *s, unsigned core, const struct access *a,
                           struct trace_error *err);

/* Tells what the snapshot is, and each register of a core with where it is known from. */
void snapshot_state_print(FILE *out, const struct snapshot_state *s, unsigned core);
json_t *snapshot_state_json(const struct snapshot_state *s, unsigned core);
