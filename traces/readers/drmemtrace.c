/* DynamoRIO's memory traces in binary: entries of 12 bytes, packed, little endian: type and size of 16 bits, an address
 * of 64 [DynamoRIO: trace_entry.h]. This is the content of a .trace.gz, or of the parts of a .trace.zip one behind the
 * other; raw files, before post-processing, are another format. */
#include "traces/pack_format.h"
#include "traces/readers/drmemtrace_threads.h"
#include "traces/readers/formats.h"

#define ENTRY_BYTES 12
#define VERSION_MAX 64 /* more is no version; 7 is the latest known */
#define INSTRUCTION_MAX 17

/* [DynamoRIO: trace_type_t] */
enum entry_type {
    ENTRY_READ = 0,
    ENTRY_WRITE = 1,
    ENTRY_INSTR = 10, /* to 16: by kind of branch */
    ENTRY_INSTR_RETURN = 16,
    ENTRY_BUNDLE = 17, /* up to 8 instructions behind the last one, by length */
    ENTRY_INSTR_FLUSH = 18,
    ENTRY_DATA_FLUSH_END = 21,
    ENTRY_THREAD = 22,
    ENTRY_THREAD_EXIT = 23,
    ENTRY_PID = 24,
    ENTRY_HEADER = 25,
    ENTRY_FOOTER = 26,
    ENTRY_MARKER = 28,
    ENTRY_INSTR_NO_FETCH = 29,
    ENTRY_INSTR_MAYBE_FETCH = 30,
    ENTRY_INSTR_SYSENTER = 31,
    ENTRY_ENCODING = 47,
    ENTRY_INSTR_TAKEN = 48,
    ENTRY_INSTR_UNTAKEN = 49,
    ENTRY_TYPES = 64 /* as many as may come in later versions, skipped */
};

#define MARKER_CPU_ID 3

struct state {
    struct drmemtrace_threads threads;
    uint64_t tid, next; /* where the instruction after the last one begins */
    bool has_header;
};

static bool give(struct foreign *f, enum rec_op op, uint64_t va, uint32_t bytes)
{
    struct state *s = foreign_state(f);
    struct foreign_access a = { .op = (uint8_t)op,
                                .core = drmemtrace_threads_core(&s->threads, s->tid),
                                .el = foreign_el(va),
                                .flags = REC_PA_UNKNOWN,
                                .bytes = bytes,
                                .va = va };

    return foreign_access(f, &a);
}

static bool take_instruction(struct foreign *f, uint64_t va, unsigned size)
{
    struct state *s = foreign_state(f);

    if (size == 0 || size > INSTRUCTION_MAX)
        return foreign_fail(f, NULL, "instruction of %u bytes", size);
    s->next = va + size;
    return give(f, REC_FETCH, va, size);
}

static bool take_bundle(struct foreign *f, const uint8_t *entry, unsigned count)
{
    struct state *s = foreign_state(f);

    if (count > 8)
        return foreign_fail(f, NULL, "bundle of %u instructions", count);
    for (unsigned i = 0; i < count; i++)
        if (!take_instruction(f, s->next, entry[4 + i]))
            return false;
    return true;
}

static bool take_marker(struct foreign *f, unsigned marker, uint64_t value)
{
    struct state *s = foreign_state(f);

    if (marker == MARKER_CPU_ID && value != UINT64_MAX)
        drmemtrace_threads_set(&s->threads, s->tid, value);
    return foreign_skip(f, marker == MARKER_CPU_ID ? "marker: CPU" : "marker");
}

static bool take_header(struct foreign *f, unsigned type, uint64_t version)
{
    struct state *s = foreign_state(f);

    s->has_header = true;
    if (type == ENTRY_HEADER << 8)
        return foreign_fail(f, NULL, "big-endian: made on, or converted for, another byte order");
    if (type != ENTRY_HEADER)
        return foreign_fail(f, NULL, "type %u: the first entry is no header (type %d)", type, ENTRY_HEADER);
    if (version == 0 || version > VERSION_MAX)
        return foreign_fail(f, NULL, "header with version %llu", (unsigned long long)version);
    return foreign_skip(f, "header or footer");
}

static bool take_other(struct foreign *f, unsigned type)
{
    if (type == ENTRY_HEADER || type == ENTRY_FOOTER)
        return foreign_skip(f, "header or footer");
    if (type == ENTRY_ENCODING)
        return foreign_skip(f, "bytes of an instruction");
    if (type == ENTRY_INSTR_NO_FETCH)
        return foreign_skip(f, "instruction that is not fetched again");
    if (type >= ENTRY_INSTR_FLUSH && type <= ENTRY_DATA_FLUSH_END)
        return foreign_skip(f, "cache maintenance");
    if (type == ENTRY_PID || type == ENTRY_THREAD_EXIT)
        return foreign_skip(f, "process or end of a thread");
    if (type < ENTRY_TYPES)
        return foreign_skip(f, "prefetch, or a type that is not known");
    return foreign_fail(f, NULL, "type %u: not a drmemtrace, or damaged", type);
}

static bool drmemtrace_take(struct foreign *f, const uint8_t *entry)
{
    struct state *s = foreign_state(f);
    unsigned type = (unsigned)(entry[0] | entry[1] << 8), size = (unsigned)(entry[2] | entry[3] << 8);
    uint64_t value = pack_get64(entry + 4);

    if (!s->has_header)
        return take_header(f, type, value);
    if (type == ENTRY_READ || type == ENTRY_WRITE)
        return give(f, type == ENTRY_READ ? REC_LOAD : REC_STORE, value, size);
    if ((type >= ENTRY_INSTR && type <= ENTRY_INSTR_RETURN) || type == ENTRY_INSTR_MAYBE_FETCH ||
        type == ENTRY_INSTR_SYSENTER || type == ENTRY_INSTR_TAKEN || type == ENTRY_INSTR_UNTAKEN)
        return take_instruction(f, value, size);
    if (type == ENTRY_BUNDLE)
        return take_bundle(f, entry, size);
    if (type == ENTRY_MARKER)
        return take_marker(f, size, value);
    if (type != ENTRY_THREAD)
        return take_other(f, type);
    s->tid = value;
    return foreign_skip(f, "thread");
}

/* A header with a version, in either byte order, before an entry of a thread, process or marker. */
static bool drmemtrace_likely(const char *head, size_t bytes)
{
    const uint8_t *h = (const uint8_t *)head;
    uint64_t version;

    if (bytes < 2 * ENTRY_BYTES || h[2] || h[3])
        return false;
    if (h[0] == 0 && h[1] == ENTRY_HEADER)
        return h[12] == 0 && (h[13] == ENTRY_THREAD || h[13] == ENTRY_PID || h[13] == ENTRY_MARKER);
    version = pack_get64(h + 4);
    return h[0] == ENTRY_HEADER && h[1] == 0 && version > 0 && version <= VERSION_MAX && h[13] == 0 &&
           (h[12] == ENTRY_THREAD || h[12] == ENTRY_PID || h[12] == ENTRY_MARKER);
}

const struct reader_format drmemtrace_format = {
    .name = "drmemtrace",
    .what =
        "DynamoRIO: entries of 12 bytes, a .trace.gz or the parts of a .trace.zip (unzip -p FILE | stagewalk ... -)",
    .unknown = "EL, registers and tables; PA is not taken from markers; instructions of the kernel",
    .entry_bytes = ENTRY_BYTES,
    .state_bytes = sizeof(struct state),
    .likely = drmemtrace_likely,
    .take_entry = drmemtrace_take,
};
