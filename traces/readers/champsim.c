/* ChampSim's traces: 64 bytes an instruction, little endian, without a header [ChampSim: inc/trace_instruction.h].
 *
 * No sizes stand in it. Where the next instruction lies 1 to 15 bytes on, that is the length of this one, else it is
 * taken for 4 [choice]; of data foreign_size. Loads come before stores. */
#include "traces/pack_format.h"
#include "traces/readers/formats.h"

#include <string.h>

#define ENTRY_BYTES 64
#define IP 0
#define IS_BRANCH 8
#define BRANCH_TAKEN 9
#define STORES 16 /* 2 addresses; 0: none */
#define LOADS 32  /* 4 addresses */
#define STORE_COUNT 2
#define LOAD_COUNT 4
#define LENGTH_MAX 15 /* of an instruction of x86 */

/* The instruction before, whose length the next one tells. */
struct state {
    bool held;
    uint64_t ip, load[LOAD_COUNT], store[STORE_COUNT];
};

static bool give(struct foreign *f, enum rec_op op, uint64_t va, uint32_t bytes)
{
    struct foreign_access a = {
        .op = (uint8_t)op, .el = foreign_el(va), .flags = REC_PA_UNKNOWN, .bytes = bytes, .va = va
    };

    return foreign_access(f, &a);
}

static bool give_held(struct foreign *f, struct state *s, uint64_t next)
{
    uint64_t length = next - s->ip;

    if (!s->held)
        return true;
    s->held = false;
    if (!give(f, REC_FETCH, s->ip, length >= 1 && length <= LENGTH_MAX ? (uint32_t)length : 4))
        return false;
    for (int i = 0; i < LOAD_COUNT; i++)
        if (s->load[i] && !give(f, REC_LOAD, s->load[i], foreign_size(s->load[i])))
            return false;
    for (int i = 0; i < STORE_COUNT; i++)
        if (s->store[i] && !give(f, REC_STORE, s->store[i], foreign_size(s->store[i])))
            return false;
    return true;
}

/* Skips at once what lies nowhere, while its place is known. */
static void take_addresses(struct foreign *f, const uint8_t *at, uint64_t *to, int count)
{
    for (int i = 0; i < count; i++) {
        to[i] = pack_get64(at + 8 * i);
        if (!foreign_canonical(to[i])) {
            foreign_skip(f, "access to a non-canonical address");
            to[i] = 0;
        }
    }
}

static bool champsim_take(struct foreign *f, const uint8_t *entry)
{
    struct state *s = foreign_state(f);
    uint64_t ip = pack_get64(entry + IP);

    if (entry[IS_BRANCH] > 1 || entry[BRANCH_TAKEN] > 1)
        return foreign_fail(f, NULL, "is_branch and branch_taken are 0 or 1, not %u and %u: not ChampSim's, or damaged",
                            entry[IS_BRANCH], entry[BRANCH_TAKEN]);
    if (!give_held(f, s, ip))
        return false;
    if (!foreign_canonical(ip) || ip == 0)
        return foreign_skip(f, "instruction at 0 or at a non-canonical address");
    s->held = true;
    s->ip = ip;
    take_addresses(f, entry + LOADS, s->load, LOAD_COUNT);
    take_addresses(f, entry + STORES, s->store, STORE_COUNT);
    return true;
}

static bool champsim_finish(struct foreign *f)
{
    return give_held(f, foreign_state(f), 0);
}

static bool entry_likely(const uint8_t *entry)
{
    uint64_t ip = pack_get64(entry + IP);

    if (entry[IS_BRANCH] > 1 || entry[BRANCH_TAKEN] > entry[IS_BRANCH] || ip == 0 || !foreign_canonical(ip))
        return false;
    for (int i = 0; i < STORE_COUNT + LOAD_COUNT; i++)
        if (!foreign_canonical(pack_get64(entry + STORES + 8 * i)))
            return false;
    return true;
}

/* No signature: all of the entries at hand have to be possible. */
static bool champsim_likely(const char *head, size_t bytes)
{
    for (size_t at = 0; at + ENTRY_BYTES <= bytes; at += ENTRY_BYTES)
        if (!entry_likely((const uint8_t *)head + at))
            return false;
    return bytes >= ENTRY_BYTES;
}

const struct reader_format champsim_format = {
    .name = "champsim",
    .what = "ChampSim: entries of 64 bytes, plain or gzipped (xz: xz -dc FILE | stagewalk ... -)",
    .unknown = "PA, EL, core, sizes of data and of instructions before a jump, registers and tables",
    .entry_bytes = ENTRY_BYTES,
    .state_bytes = sizeof(struct state),
    .one_core = true,
    .likely = champsim_likely,
    .take_entry = champsim_take,
    .finish = champsim_finish,
};
