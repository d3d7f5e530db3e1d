/* Exceptions, AT results and cache maintenance of a trace held against the model: what is compared, and with what. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"
#include "tests/temp_file.h"
#include "tests/unit/models/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RECORDS 8
#define READ_ONLY 0x40000000ULL /* VA of a read-only 1 GB block, writable from nowhere */
#define UNMAPPED 0x80000000ULL

#define DC_CVAC 0xd50b7a20u
#define DC_IVAC 0xd5087620u
#define AT_S1E1R 0xd5087800u
#define ERET 0xd69f03e0u

#define SYS(opcode, x)                                                                                                 \
    {                                                                                                                  \
        .op = REC_SYS, .el = 1, .n = (opcode), .value = (x)                                                            \
    }
#define EXC(esr, far)                                                                                                  \
    {                                                                                                                  \
        .op = REC_EXC, .el = 1, .n = 0x200, .value = (esr), .va = (far), .spsr = 5                                     \
    }
#define PAR(x)                                                                                                         \
    {                                                                                                                  \
        .op = REC_PAR, .el = 1, .value = (x)                                                                           \
    }
#define LOAD(a, log2)                                                                                                  \
    {                                                                                                                  \
        .op = REC_LOAD, .el = 1, .va = (a), .pa = (a), .size_log2 = (log2)                                             \
    }
#define FETCH(a)                                                                                                       \
    {                                                                                                                  \
        .op = REC_FETCH, .el = 1, .va = (a), .pa = (a), .n = 1                                                         \
    }
#define MSR(op0, op1, crn, crm, op2, x)                                                                                \
    {                                                                                                                  \
        .op = REC_MSR, .el = 1, .n = REC_SYSREG(op0, op1, crn, crm, op2), .value = (x)                                 \
    }

struct row {
    const char *name;
    struct trace_rec rec[RECORDS];
    unsigned faults, faults_wrong, ats, ats_wrong, pas, pas_wrong;
};

/* clang-format off */
static const struct row rows[] = {
    { "a translation fault",            { EXC(0x96000005, UNMAPPED) }, 1, 0, 0, 0, 0, 0 },
    { "of another level",               { EXC(0x96000006, UNMAPPED) }, 1, 1, 0, 0, 0, 0 },
    { "at another address",             { EXC(0x96000005, READ_ONLY) }, 1, 1, 0, 0, 0, 0 },
    { "an external abort on an access", { EXC(0x96000010, UNMAPPED), FETCH(READ_ONLY) }, 0, 0, 0, 0, 1, 0 },
    { "an alignment fault",             { EXC(0x96000021, UNMAPPED), FETCH(READ_ONLY) }, 0, 0, 0, 0, 1, 0 },
    { "a system call",                  { EXC(0x56000000, 0), FETCH(READ_ONLY) }, 0, 0, 0, 0, 1, 0 },
    { "DC IVAC needs write permission", { SYS(DC_IVAC, READ_ONLY), EXC(0x9600014d, READ_ONLY) }, 1, 0, 0, 0, 0, 0 },
    { "DC CVAC needs none",             { SYS(DC_CVAC, READ_ONLY), FETCH(READ_ONLY) }, 0, 0, 0, 0, 1, 0 },
    { "DC CVAC faulted in the trace alone", { SYS(DC_CVAC, READ_ONLY), EXC(0x96000145, READ_ONLY) }, 1, 1, 0, 0, 0, 0 },
    { "DC CVAC faults here alone",      { SYS(DC_CVAC, UNMAPPED), SYS(DC_CVAC, READ_ONLY) }, 1, 1, 0, 0, 0, 0 },
    { "AT",                             { SYS(AT_S1E1R, READ_ONLY), PAR(0xff00000040000b80) }, 0, 0, 1, 0, 0, 0 },
    { "AT to another page",             { SYS(AT_S1E1R, READ_ONLY), PAR(0xff00000040001b80) }, 0, 0, 1, 1, 0, 0 },
    { "AT that fails",                  { SYS(AT_S1E1R, UNMAPPED), PAR(0x80b) }, 0, 0, 1, 0, 0, 0 },
    { "AT that fails at stage 2 there", { SYS(AT_S1E1R, UNMAPPED), PAR(0xb0b) }, 0, 0, 1, 1, 0, 0 },
    { "AT that aborts here alone",      /* HCR_EL2.VM, an empty stage 2: a stage-2 fault on the walk, from EL1 */
      { MSR(3, 4, 2, 1, 2, 0x80023558), MSR(3, 4, 2, 1, 0, 0x8000), MSR(3, 4, 1, 1, 0, 0x80000001),
        SYS(AT_S1E1R, READ_ONLY), PAR(0xff00000040000b80) }, 0, 0, 1, 1, 0, 0 },
    { "PAR_EL1 written since",
      { SYS(AT_S1E1R, READ_ONLY), MSR(3, 0, 7, 4, 0, 0x12345a01), PAR(0x12345a01), FETCH(READ_ONLY) }, 0, 0, 0, 0, 1, 0 },
    { "an abort that a hypervisor made up",
      { { .op = REC_SYS, .el = 2, .n = ERET }, EXC(0x96000000, 0x1234), FETCH(READ_ONLY) }, 0, 0, 0, 0, 1, 0 },
    { "an abort some time after a return",
      { { .op = REC_SYS, .el = 2, .n = ERET }, FETCH(READ_ONLY), EXC(0x96000005, UNMAPPED) }, 1, 0, 0, 0, 1, 0 },
    { "a PA",                           { LOAD(READ_ONLY, 3) }, 0, 0, 0, 0, 1, 0 },
    { "another PA",                     { { .op = REC_LOAD, .el = 1, .va = READ_ONLY, .pa = 0x1000, .size_log2 = 3 } },
      0, 0, 0, 0, 1, 1 },
    { "another PA on a micro-TLB hit",
      { LOAD(READ_ONLY, 3), { .op = REC_LOAD, .el = 1, .va = READ_ONLY, .pa = 0x1000, .size_log2 = 3 } }, 0, 0, 0, 0, 2, 1 },
    { "unknown PAs",
      { { .op = REC_LOAD, .el = 1, .va = READ_ONLY, .flags = REC_PA_UNKNOWN },
        { .op = REC_LOAD, .el = 1, .va = READ_ONLY, .flags = REC_PA_UNKNOWN } }, 0, 0, 0, 0, 0, 0 },
    { "a pair is aligned by its halves", /* stage 1 off: Device, which refuses what is unaligned */
      { MSR(3, 0, 1, 0, 0, 0), LOAD(0x1008, 4) }, 0, 0, 0, 0, 1, 0 },
    { "a load is aligned by its size",  { MSR(3, 0, 1, 0, 0, 0), LOAD(0x1004, 3) }, 0, 0, 0, 0, 1, 1 },
};
/* clang-format on */

static const struct trace_rec start[] = {
    MSR(3, 0, 1, 0, 0, 0x1005),
    MSR(3, 0, 2, 0, 2, 0x200803519),
    MSR(3, 0, 2, 0, 0, 0x1000),
    MSR(3, 0, 10, 2, 0, 0xff),
    { .op = REC_TABW, .pa = 0x1008, .value = READ_ONLY | 0x781 },
};

static void pack(const char *path, const struct row *row)
{
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create(path, "test", &err);

    assert_non_null(w);
    for (size_t i = 0; i < sizeof start / sizeof *start; i++)
        assert_true(trace_write(w, &start[i], &err));
    for (size_t i = 0; i < RECORDS && (row->rec[i].value | row->rec[i].n | row->rec[i].va) != 0; i++) {
        if (!trace_write(w, &row->rec[i], &err))
            fail_msg("%s", err.text);
    }
    assert_true(trace_commit(w, &err));
}

static void check(void **state)
{
    const struct row *row = *state;
    struct config config;
    struct replay_request q = { .config = &config, .verify = true };
    struct trace_error err = { "" };
    struct replay *r;
    char path[TEMP_PATH_BYTES];

    temp_name(path, "abort");
    pack(path, row);
    params_default(&config);
    q.path = path;
    r = replay_trace(&q, &err);
    unlink(path);
    if (!r) {
        fail_msg("%s", err.text);
        return;
    }
    assert_int_equal(r->verify.faults_compared, row->faults);
    assert_int_equal(r->verify.faults_mismatched, row->faults_wrong);
    assert_int_equal(r->verify.at_compared, row->ats);
    assert_int_equal(r->verify.at_mismatched, row->ats_wrong);
    assert_int_equal(r->verify.pa_compared, row->pas);
    assert_int_equal(r->verify.pa_mismatched, row->pas_wrong);
    assert_int_equal(replay_agrees(r), row->faults_wrong + row->ats_wrong + row->pas_wrong == 0);
    replay_free(r);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    return rows_run(&r, "replay_abort");
}
