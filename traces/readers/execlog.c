/* Text of QEMU's plugin execlog (`-d plugin -plugin libexeclog.so`) [execlog]: a line an instruction,
 *
 *     0, 0x400580, 0xa9be7bfd, "stp x29, x30, [sp, #-0x20]!", store, 0x40007ffe60, store, 0x40007ffe68
 *
 * In user emulation an access has its VA; in system emulation its PA and the device's name instead, and the VA is not
 * told: it cannot be translated and is left out. Sizes are those of the A64 opcode; the text does not tell another
 * architecture. The plugin has no levels: addresses of the upper half are taken for EL1, others for EL0 [choice]. */
#include "traces/readers/a64_size.h"
#include "traces/readers/formats.h"

#include <string.h>

#define UPPER_HALF (1ULL << 63)
#define SIZE_UNKNOWN 1 /* [choice: an access of a size that the opcode does not tell is one of a byte] */

struct execlog {
    struct foreign_access access;
    uint32_t opcode;
};

static bool take_hex(const char **at, uint64_t *value)
{
    if ((*at)[0] != '0' || (*at)[1] != 'x')
        return false;
    *at += 2;
    return foreign_number(at, 16, value);
}

/* Moves past a comma and what is blank behind it. */
static bool take_comma(const char **at)
{
    if (**at != ',')
        return false;
    *at += 1 + strspn(*at + 1, " ");
    return true;
}

/* Moves past one field. */
static void pass_field(const char **at)
{
    *at += strcspn(*at, ",");
}

/* How many accesses the rest of the line has. */
static unsigned count_accesses(const char *at)
{
    unsigned count = 0;

    for (; *at; at++)
        count += strncmp(at, ", load, ", 8) == 0 || strncmp(at, ", store, ", 9) == 0;
    return count;
}

static uint8_t level_of(uint64_t va)
{
    return va & UPPER_HALF ? 1 : 0;
}

/* One `load, 0xADDRESS[, device]`, at its address. */
static bool take_access(struct foreign *f, struct execlog *e, const char **at)
{
    const char *word = *at;
    bool device;

    if (!take_hex(at, &e->access.va))
        return foreign_fail(f, word, "the access's address should stand here, 0x...");
    /* what follows an address and is neither the next access nor a register's change is a device's name */
    word = *at;
    device = take_comma(&word) && strncmp(word, "load,", 5) != 0 && strncmp(word, "store,", 6) != 0 &&
             memmem(word, strcspn(word, ","), " -> ", 4) == NULL;
    if (device) {
        pass_field(&word);
        *at = word;
        return foreign_skip(f, "access by its physical address alone (system emulation)");
    }
    return foreign_access(f, &e->access);
}

/* All that follows the instruction. */
static bool take_accesses(struct foreign *f, struct execlog *e, const char *at)
{
    unsigned count = count_accesses(at), registers;

    e->access.bytes = a64_size(e->opcode, &registers);
    if (e->access.bytes == 0)
        e->access.bytes = SIZE_UNKNOWN;
    else if (count == 1)
        e->access.bytes *= registers; /* some versions of QEMU move a pair at once */
    while (take_comma(&at)) {
        bool load = strncmp(at, "load, ", 6) == 0;

        if (!load && strncmp(at, "store, ", 7) != 0) { /* a register's change: `x0 -> 0x1` */
            pass_field(&at);
            continue;
        }
        e->access.op = load ? REC_LOAD : REC_STORE;
        at += load ? 6 : 7;
        if (!take_access(f, e, &at))
            return false;
    }
    return *at == '\0' || foreign_fail(f, at, "a comma should stand here, or the line end");
}

/* `0, 0x400580, 0xa9be7bfd, "stp ..."`. Returns what follows, or NULL with *bad where it is none. */
static const char *take_head(struct execlog *e, const char *line, const char **bad)
{
    const char *at = line, *quote;
    uint64_t core, opcode;

    *bad = at;
    if (!foreign_number(&at, 10, &core) || core > UINT8_MAX || !take_comma(&at))
        return NULL;
    *bad = at;
    if (!take_hex(&at, &e->access.va) || !take_comma(&at))
        return NULL;
    *bad = at;
    if (!take_hex(&at, &opcode) || opcode > UINT32_MAX || !take_comma(&at))
        return NULL;
    *bad = at;
    quote = *at == '"' ? strchr(at + 1, '"') : NULL;
    e->access.core = (uint8_t)core;
    e->opcode = (uint32_t)opcode;
    return quote ? quote + 1 : NULL;
}

static bool take_line(struct foreign *f, const char *line)
{
    struct execlog *e = foreign_state(f);
    const char *bad, *at = line + strspn(line, " \t");

    if (*at == '\0')
        return true;
    if (*at < '0' || *at > '9')
        return foreign_skip(f, "line of something else than the plugin");
    at = take_head(e, at, &bad);
    if (!at)
        return foreign_fail(f, bad, "a line is: CPU, 0xADDRESS, 0xOPCODE, \"INSTRUCTION\"[, load|store, 0xADDRESS]...");
    e->access.op = REC_FETCH;
    e->access.flags = REC_PA_UNKNOWN;
    e->access.el = level_of(e->access.va);
    e->access.bytes = 4;
    return foreign_access(f, &e->access) && take_accesses(f, e, at);
}

static bool likely(const char *head, size_t bytes)
{
    struct execlog e = { .opcode = 0 };
    const char *bad;

    (void)bytes;
    return take_head(&e, head + strspn(head, "\n"), &bad) != NULL;
}

const struct reader_format execlog_format = {
    .name = "execlog",
    .what = "QEMU's plugin execlog, of A64 guests",
    .unknown = "PA, EL, registers; in system emulation the VA of data",
    .state_bytes = sizeof(struct execlog),
    .likely = likely,
    .take_line = take_line,
};
