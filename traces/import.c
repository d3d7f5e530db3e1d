/* Raw captures: 32-byte little-endian records, and table pages with their addresses. Every byte is untrusted. */
#include "traces/import.h"
#include "models/arch/sysreg.h"
#include "traces/error.h"
#include "traces/pack_format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define RAW_BYTES 32
#define CONTEXT_COUNT 20
#define EXTRA_MAX CONTEXT_COUNT
#define WATCH_EVERY 4096 /* records */

enum raw_type { RAW_FETCH = 1, RAW_DATA = 2, RAW_CONTEXT = 4, RAW_SYS = 5, RAW_EXC = 6, RAW_TABW = 8 };

enum { RAW_STORE = 0x10, RAW_MMIO = 0x20, RAW_UNPRIV = 0x40, RAW_PA_UNKNOWN = 0x80 };

#define OPCODE_WITHOUT_RT 0xffffffe0u
#define OPCODE_DC_ZVA 0xd50b7420u
#define OPCODE_MRS_PAR_EL1 0xd5387400u
#define OPCODE_MSR_TOP 0xd51u

enum {
#define X(name, op0, op1, crn, crm, op2) ENCODING_##name = REC_SYSREG(op0, op1, crn, crm, op2),
    SYSREG_LIST(X)
#undef X
};

/* The registers of a context record, in its order. */
static const uint32_t context_registers[CONTEXT_COUNT] = {
    ENCODING_SCTLR_EL1,      ENCODING_TTBR0_EL1, ENCODING_TTBR1_EL1,   ENCODING_TCR_EL1,   ENCODING_MAIR_EL1,
    ENCODING_CONTEXTIDR_EL1, ENCODING_VBAR_EL1,  ENCODING_HCR_EL2,     ENCODING_VTTBR_EL2, ENCODING_VTCR_EL2,
    ENCODING_SCTLR_EL2,      ENCODING_TTBR0_EL2, ENCODING_TCR_EL2,     ENCODING_MAIR_EL2,  ENCODING_VBAR_EL2,
    ENCODING_VMPIDR_EL2,     ENCODING_TPIDR_EL2, ENCODING_CNTVOFF_EL2, ENCODING_TPIDR_EL1, ENCODING_SP_EL0,
};

struct raw {
    uint8_t type, core, el, a;
    uint32_t b;
    uint64_t va, pa, value;
    uint64_t extra[EXTRA_MAX]; /* what follows a context or an exception */
};

struct import {
    gzFile file;
    char path[4096];
    uint64_t offset;  /* of the record at hand, uncompressed */
    uint64_t next;    /* of the byte to be read next */
    uint64_t written; /* records */
    struct trace_writer *writer;
    const struct trace_watch *watch;
    struct trace_error *err;
    bool context_known[TRACE_CORES_MAX];
    uint64_t context[TRACE_CORES_MAX][CONTEXT_COUNT];
};

static bool cannot_open(struct import *in, const char *path, int reason)
{
    return error_set(in->err, "%s: cannot open: %s", path, strerror(reason));
}

/* Puts the path of the part into in->path: that of NAME or NAME.gz, whichever is there. */
static bool find_part(struct import *in, const char *dir, const char *name)
{
    static const char *const suffixes[] = { "", ".gz" };
    const char *found = NULL;

    for (int i = 0; i < 2; i++) {
        if ((size_t)snprintf(in->path, sizeof in->path, "%s/%s%s", dir, name, suffixes[i]) >= sizeof in->path)
            return error_set(in->err, "%.200s...: path too long", dir);
        if (access(in->path, F_OK) == 0 && found)
            return error_set(in->err, "%s: both %s and %s.gz are there: which one is meant?", dir, name, name);
        if (access(in->path, F_OK) == 0)
            found = suffixes[i];
        else if (errno != ENOENT)
            return cannot_open(in, errno == ENOTDIR ? dir : in->path, errno);
    }
    if (!found && access(dir, F_OK) != 0)
        return cannot_open(in, dir, errno);
    if (!found)
        return error_set(in->err, "%s: neither %s nor %s.gz is there: not a raw capture", dir, name, name);
    snprintf(in->path, sizeof in->path, "%s/%s%s", dir, name, found);
    return true;
}

static bool open_part(struct import *in, const char *dir, const char *name)
{
    in->offset = 0;
    in->next = 0;
    if (!find_part(in, dir, name))
        return false;
    errno = 0;
    in->file = gzopen(in->path, "rb");
    if (!in->file)
        return cannot_open(in, in->path, errno ? errno : ENOMEM);
    gzbuffer(in->file, 1u << 17);
    return true;
}

/* What zlib says, without the path that it puts before. */
static const char *read_problem(const struct import *in, const char *message)
{
    size_t length = strlen(in->path);
    bool named = strncmp(message, in->path, length) == 0 && strncmp(message + length, ": ", 2) == 0;

    return named ? message + length + 2 : message;
}

/* Reads `count` bytes. Returns 1, 0 when the file ends right here, -1 with the error set. */
static int get_bytes(struct import *in, uint8_t *bytes, unsigned count, const char *what)
{
    int got = gzread(in->file, bytes, count);
    int code;
    const char *message = gzerror(in->file, &code);

    if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
        error_set(in->err, "%s: cannot read at byte %" PRIu64 ": %s", in->path, in->next, read_problem(in, message));
        return -1;
    }
    in->next += (unsigned)got;
    if (got == 0)
        return 0;
    if ((unsigned)got == count)
        return 1;
    error_set(in->err, "%s: truncated: %s at byte %" PRIu64 " wants %u bytes, the file ends after %d", in->path, what,
              in->next - (unsigned)got, count, got);
    return -1;
}

static bool bad_record(struct import *in, const char *problem)
{
    error_set(in->err, "%s: record at byte %" PRIu64 ": %s", in->path, in->offset, problem);
    return false;
}

static bool get_extra(struct import *in, struct raw *raw, unsigned count)
{
    uint8_t bytes[8 * EXTRA_MAX];
    int got = get_bytes(in, bytes, 8 * count, "rest of a record");

    if (got == 0)
        return error_set(in->err, "%s: truncated: record at byte %" PRIu64 " lacks its last %u bytes", in->path,
                         in->offset, 8 * count);
    for (unsigned i = 0; got > 0 && i < count; i++)
        raw->extra[i] = pack_get64(bytes + 8 * i);
    return got > 0;
}

/* Returns 1 with a whole record, 0 at the end of the file, -1 with the error set. */
static int get_raw(struct import *in, struct raw *raw)
{
    uint8_t bytes[RAW_BYTES];
    bool ok = true;
    int got;

    in->offset = in->next;
    got = get_bytes(in, bytes, sizeof bytes, "record");
    if (got <= 0)
        return got;
    *raw = (struct raw){
        .type = bytes[0],
        .core = bytes[1],
        .el = bytes[2],
        .a = bytes[3],
        .b = pack_get32(bytes + 4),
        .va = pack_get64(bytes + 8),
        .pa = pack_get64(bytes + 16),
        .value = pack_get64(bytes + 24),
    };
    if (raw->core >= TRACE_CORES_MAX)
        ok = bad_record(in, "core number is not below 8");
    else if (raw->type == RAW_CONTEXT)
        ok = get_extra(in, raw, CONTEXT_COUNT);
    else if (raw->type == RAW_EXC)
        ok = get_extra(in, raw, 4);
    return ok ? 1 : -1;
}

static bool put_record(struct import *in, const struct trace_rec *rec)
{
    const char *problem = record_problem(rec);

    if (problem)
        return bad_record(in, problem);
    in->written++;
    return trace_write(in->writer, rec, in->err);
}

static bool put_access(struct import *in, const struct raw *raw, struct trace_rec rec)
{
    rec.va = raw->va;
    rec.pa = raw->pa;
    if (!in->context_known[raw->core])
        return bad_record(in, "access on a core whose registers are not known yet");
    if (!(rec.flags & REC_PA_UNKNOWN) && (raw->va ^ raw->pa) % TRACE_PAGE_BYTES != 0)
        return bad_record(in, "PA and VA differ in their low 12 bits");
    return put_record(in, &rec);
}

static bool put_data(struct import *in, const struct raw *raw, struct trace_rec rec)
{
    rec.op = raw->a & RAW_STORE ? REC_STORE : REC_LOAD;
    rec.size_log2 = raw->a & 0xf;
    rec.n = raw->b;
    rec.flags = (uint8_t)((raw->a & RAW_MMIO ? REC_MMIO : 0) | (raw->a & RAW_UNPRIV ? REC_UNPRIV : 0) |
                          (raw->a & RAW_PA_UNKNOWN ? REC_PA_UNKNOWN : 0));
    return put_access(in, raw, rec);
}

static void learn_register(struct import *in, const struct trace_rec *rec)
{
    for (int i = 0; i < CONTEXT_COUNT; i++)
        if (context_registers[i] == rec->n)
            in->context[rec->core][i] = rec->value;
}

static bool put_sys(struct import *in, const struct raw *raw, struct trace_rec rec)
{
    rec.value = raw->value;
    if ((raw->b & OPCODE_WITHOUT_RT) == OPCODE_DC_ZVA) {
        if (raw->a > 1)
            return bad_record(in, "DC ZVA neither completed (1) nor faulted (0)");
        /* One that faulted stored nothing: the exception that follows tells of it. */
        rec.op = REC_ZVA;
        return raw->a == 0 || put_access(in, raw, rec);
    }
    if ((raw->b & OPCODE_WITHOUT_RT) == OPCODE_MRS_PAR_EL1) {
        rec.op = REC_PAR;
    } else if (raw->b >> 20 == OPCODE_MSR_TOP) {
        rec.op = REC_MSR;
        rec.n = raw->b >> 5 & 0xffff;
        learn_register(in, &rec);
    } else {
        rec.op = REC_SYS;
        rec.n = raw->b;
    }
    return put_record(in, &rec);
}

/* A context tells all registers; only what differs from what is known becomes records. */
static bool put_context(struct import *in, const struct raw *raw, struct trace_rec rec)
{
    uint64_t *known = in->context[raw->core];

    rec.op = REC_MSR;
    for (int i = 0; i < CONTEXT_COUNT; i++) {
        if (in->context_known[raw->core] && known[i] == raw->extra[i])
            continue;
        rec.n = context_registers[i];
        rec.value = raw->extra[i];
        known[i] = rec.value;
        if (!put_record(in, &rec))
            return false;
    }
    in->context_known[raw->core] = true;
    return true;
}

static bool put_exception(struct import *in, const struct raw *raw, struct trace_rec rec)
{
    rec.op = REC_EXC;
    rec.n = raw->b;
    rec.value = raw->value;
    rec.va = raw->va;
    rec.pa = raw->pa;
    rec.elr = raw->extra[0];
    rec.spsr = raw->extra[1];
    rec.par = raw->extra[2];
    return put_record(in, &rec);
}

static bool put_raw(struct import *in, const struct raw *raw)
{
    struct trace_rec rec = { .core = raw->core, .el = raw->el };

    switch (raw->type) {
    case RAW_FETCH:
        rec.op = REC_FETCH;
        rec.n = raw->b;
        return put_access(in, raw, rec);
    case RAW_DATA:
        return put_data(in, raw, rec);
    case RAW_CONTEXT:
        return put_context(in, raw, rec);
    case RAW_SYS:
        return put_sys(in, raw, rec);
    case RAW_EXC:
        return put_exception(in, raw, rec);
    case RAW_TABW:
        rec.op = REC_TABW;
        rec.pa = raw->pa;
        rec.value = raw->value;
        return put_record(in, &rec);
    }
    return bad_record(in, "unknown type of record");
}

static bool import_tables(struct import *in)
{
    uint8_t entry[PACK_PAGE_ENTRY_BYTES];
    int got;

    while ((got = get_bytes(in, entry, sizeof entry, "table page")) > 0) {
        uint64_t pa = pack_get64(entry);

        if (pa % TRACE_PAGE_BYTES != 0)
            return error_set(in->err, "%s: table page at byte %" PRIu64 ": address 0x%" PRIx64 " is not 4 KB aligned",
                             in->path, in->next - sizeof entry, pa);
        if (!trace_write_page(in->writer, pa, entry + 8, in->err))
            return false;
    }
    return got == 0;
}

static bool import_records(struct import *in)
{
    struct raw raw;
    int got;

    for (uint64_t n = 1; (got = get_raw(in, &raw)) > 0; n++) {
        if (!put_raw(in, &raw))
            return false;
        if (n % WATCH_EVERY == 0)
            trace_watch_file(in->watch, in->file, in->path, in->written);
    }
    if (got == 0 && in->written == 0)
        return error_set(in->err, "%s: no records", in->path);
    return got == 0;
}

static bool import_part(struct import *in, const char *dir, const char *name, bool (*read_part)(struct import *))
{
    bool ok = open_part(in, dir, name) && read_part(in);

    if (in->file)
        gzclose(in->file);
    in->file = NULL;
    return ok;
}

bool import_capture(const char *dir, struct trace_writer *w, const struct trace_watch *watch, struct trace_error *err)
{
    struct import *in = calloc(1, sizeof *in);
    bool ok;

    if (!in)
        return error_set(err, "%s: out of memory", dir);
    in->writer = w;
    in->watch = watch;
    in->err = err;
    ok = import_part(in, dir, "tables.bin", import_tables) && import_part(in, dir, "trace.bin", import_records);
    free(in);
    return ok;
}
