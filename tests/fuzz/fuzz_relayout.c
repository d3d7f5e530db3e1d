/* Traces for other page tables: whatever the layout's words and the trace are, there is a refusal, a message or a
 * trace, within bounds; words that are taken come back as they are printed; and what the old tables map, the new ones
 * map alike. The bytes are words, up to the first newline, and events on a few pages, so that tables refer to each
 * other and to themselves. */
#include "platforms/zynqmp/params.h"
#include "sim/explore/relayout.h"
#include "sim/machine.h"
#include "sim/trace/trace_pages.h"
#include "tests/temp_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define S1 0x44000000ULL /* stage-1 tables, four pages, */
#define S2 0x50000000ULL /* stage-2 tables, four pages, the first two a root */
#define EVENT_BYTES 4
#define UPPER 0xFFFF000000000000ULL

struct names {
    char old[TEMP_PATH_BYTES], fresh[TEMP_PATH_BYTES];
};

/* Descriptors of all kinds, most of them usable. */
static uint64_t descriptor(uint8_t a, uint8_t b)
{
    static const uint64_t kinds[] = { 0,     0x3,   0x701,      0x703, 0xF43, 0x743, 0xFC3, 0x7C3,
                                      0x741, 0x7FD, 0x10000741, 0x343, 0x1,   0x7FF, 0x6C7, 0x60000000000703 };
    static const uint64_t places[] = { S1,         S1 + 0x1000, S1 + 0x2000, S1 + 0x3000, S2 + 0x2000, S2 + 0x3000,
                                       0x40000000, 0x44200000,  0x60000000,  0x1000,      0,           1ULL << 40 };

    uint64_t place = places[b % 12] | (uint64_t)(b >> 4) << 12;

    /* a block with bits that are RES0 is taken for none */
    return kinds[a & 15] | ((kinds[a & 15] & 3) == 1 ? place & ~low_mask(30) : place);
}

static uint64_t word_place(uint8_t a, uint8_t b)
{
    static const uint16_t index[] = { 0, 1, 2, 3, 16, 17, 256, 511, 32, 34, 5, 6, 7, 8, 9, 10 };
    uint64_t page = a & 4 ? S2 + (a & 3) * 0x1000ULL : S1 + (a & 3) * 0x1000ULL;

    return page + index[b & 15] * 8ULL;
}

static struct trace_rec register_of(uint8_t a, uint8_t b)
{
    static const uint32_t reg[] = { REC_SYSREG(3, 0, 1, 0, 0), REC_SYSREG(3, 0, 2, 0, 0),  REC_SYSREG(3, 0, 2, 0, 1),
                                    REC_SYSREG(3, 0, 2, 0, 2), REC_SYSREG(3, 0, 10, 2, 0), REC_SYSREG(3, 4, 2, 1, 2),
                                    REC_SYSREG(3, 4, 2, 1, 0), REC_SYSREG(3, 4, 1, 1, 0) };
    static const uint64_t value[][4] = { { 0x1005, 0, 0x2001005, 0x80001 },
                                         { S1, S1 + 0x1000, S1 | 7ULL << 48, 0x1234 },
                                         { S1, S1 + 0x2000, S1 + 0x3000, 0x7000 },
                                         { 0x500102510ULL, 0x5C0195519ULL, 0x500100010ULL, 0x2C0186506ULL },
                                         { 0xFF440400ULL, 0, ~0ULL, 0xBB44FF00 },
                                         { 0x80023558, 0x80023598, 0x80023518, 0x8002751C },
                                         { S2 | 1ULL << 48, S2 | 2ULL << 48, S2 + 0x2000, 0 },
                                         { 0x80000001, 0x80000000, 0x80001001, 1 } };

    return (struct trace_rec){ .op = REC_MSR, .el = 2, .n = reg[a & 7], .value = value[a & 7][b & 3] };
}

static uint64_t va_of(uint8_t a)
{
    static const uint64_t va[] = {
        0, 0x1000, 0x200000, 0x40000000, UPPER, UPPER + 0x3000, ~0ULL << 12, 0xFFFFFFFFF000
    };

    return va[a & 7];
}

static struct trace_rec event_of(const uint8_t *e)
{
    struct trace_rec rec = { .core = e[0] >> 6, .el = e[0] >> 5 & 1 };

    switch (e[0] & 7) {
    case 0:
    case 1:
        rec = register_of(e[1], e[2]);
        rec.core = e[0] >> 6;
        return rec;
    case 2: /* an abort, lower or same level */
        rec =
            (struct trace_rec){ .op = REC_EXC, .core = e[0] >> 6, .el = 1 + (e[1] & 1), .n = 0x400, .va = va_of(e[2]) };
        rec.value = (e[1] & 2 ? 0x92000000ULL : 0x82000000ULL) | (e[3] & 0x3F);
        rec.spsr = e[1] & 4;
        return rec;
    case 3: /* AT S12E1R, and what it comes to */
        rec = (struct trace_rec){ .op = REC_SYS, .core = e[0] >> 6, .el = 2, .n = 0xD50C7880, .value = va_of(e[1]) };
        return rec;
    case 4:
        rec = (struct trace_rec){ .op = REC_PAR, .core = e[0] >> 6, .el = 2, .value = 0x801 | (uint64_t)e[1] << 1 };
        return rec;
    case 5:
        rec =
            (struct trace_rec){ .op = REC_LOAD, .core = rec.core, .el = 1, .flags = REC_PA_UNKNOWN, .va = va_of(e[1]) };
        return rec;
    default:
        rec = (struct trace_rec){ .op = REC_TABW, .core = rec.core, .el = 1 };
        rec.pa = word_place(e[1], e[2]);
        rec.value = descriptor(e[3], e[1] ^ e[2]);
        return rec;
    }
}

/* Makes the trace: the first events are the content of its pages. */
static bool make(const char *path, const uint8_t *data, size_t size)
{
    static uint64_t page[8][PHYS_PAGE_WORDS];
    size_t words = size ? data[0] : 0;
    struct trace_error err;
    struct trace_writer *w = trace_create(path, "fuzz", &err);
    bool good = w != NULL;

    memset(page, 0, sizeof page);
    for (; size >= EVENT_BYTES && words > 0; words--, data += EVENT_BYTES, size -= EVENT_BYTES) {
        uint64_t at = word_place(data[1], data[2]);

        page[(at >= S2 ? 4 : 0) + (at >> 12 & 3)][at / 8 % PHYS_PAGE_WORDS] = descriptor(data[3], data[1] ^ data[2]);
    }
    for (unsigned i = 0; good && i < 8; i++)
        good = trace_write_page(w, (i & 4 ? S2 : S1) + (i & 3) * 0x1000ULL, (const uint8_t *)page[i], &err);
    for (; good && size >= EVENT_BYTES; data += EVENT_BYTES, size -= EVENT_BYTES) {
        struct trace_rec rec = event_of(data);

        good = !record_problem(&rec) && trace_write(w, &rec, &err);
    }
    if (!good)
        trace_discard(w);
    return good && trace_commit(w, &err);
}

struct side {
    struct trace_reader *reader;
    struct machine *machine;
    struct trace_rec rec;
};

static void open_side(struct side *s, const char *path)
{
    struct config config;
    struct trace_error err;

    params_default(&config);
    s->reader = trace_open(path, 0, &err);
    s->machine = machine_new(&config);
    if (!s->reader || !s->machine || !trace_pages_load(s->reader, s->machine, &err))
        abort();
}

/* Goes on to the next access. Returns false at the end. */
static bool go_on(struct side *s)
{
    while (trace_read(s->reader, &s->rec, 1) == 1) {
        if (s->rec.op == REC_MSR && sysreg_by_encoding(s->rec.n) != SYSREG_COUNT)
            mmu_write_sysreg(&s->machine->cluster.core[s->rec.core].mmu, sysreg_by_encoding(s->rec.n), s->rec.value);
        else if (s->rec.op == REC_TABW && machine_write64(s->machine, PA(s->rec.pa), s->rec.value))
            abort();
        else if (s->rec.op == REC_LOAD)
            return true;
    }
    return false;
}

/* Ends the process when what was mapped is not mapped alike. */
static void hold_against(const struct side side[2], uint64_t va)
{
    struct access a = { .va = VA(va), .size = 1, .kind = ACCESS_LOAD, .el = 1 };
    struct tlb_leaf leaf[2];
    struct xlat x[2];

    for (unsigned i = 0; i < 2; i++) {
        memset(&leaf[i], 0, sizeof leaf[i]);
        mmu_walk(&side[i].machine->cluster.core[side[0].rec.core].mmu, &a, &x[i], &leaf[i]);
    }
    if (x[0].fault.type != FAULT_NONE)
        return;
    if (x[1].fault.type != FAULT_NONE || x[0].pa.v != x[1].pa.v || leaf[0].perm_s1 != leaf[1].perm_s1 ||
        leaf[0].perm_s2 != leaf[1].perm_s2 || memcmp(&x[0].type, &x[1].type, sizeof x[0].type) != 0)
        abort();
}

static void compare(const struct names *n)
{
    struct side side[2] = { 0 };

    open_side(&side[0], n->old);
    open_side(&side[1], n->fresh);
    while (go_on(&side[0])) {
        if (!go_on(&side[1]))
            abort();
        for (uint8_t i = 0; i < 8; i++)
            hold_against(side, va_of(i));
    }
    for (unsigned i = 0; i < 2; i++) {
        trace_close(side[i].reader);
        machine_free(side[i].machine);
    }
}

/* Reads the words. Returns false when they are none. */
static bool read_words(struct layout *l, const uint8_t *data, size_t size)
{
    char words[128] = "", why[LAYOUT_WHY_BYTES], text[LAYOUT_TEXT_BYTES];
    struct layout again;

    memcpy(words, data, size < sizeof words ? size : sizeof words - 1);
    layout_default(l);
    layout_default(&again);
    if (!layout_words(l, words, why))
        return false;
    if (!layout_words(&again, layout_text(l, text), why) || !layout_same(l, &again))
        abort();
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = memchr(data, '\n', size);
    size_t length = line ? (size_t)(line - data) : 0;
    struct relayout_request q = { 0 };
    struct relayout_result result;
    struct trace_error err;
    struct names n;

    if (!read_words(&q.layout, data, length))
        layout_default(&q.layout);
    temp_name(n.old, "fuzz-old");
    temp_name(n.fresh, "fuzz-new");
    q.path = n.old;
    q.output = n.fresh;
    if (!make(n.old, data + length + (line != NULL), size - length - (line != NULL)))
        return 0;
    if (relayout_trace(&q, &result, &err) == RELAYOUT_DONE) {
        if (result.unsupported == 0)
            compare(&n);
    } else if (strlen(err.text) < 10) {
        abort();
    }
    relayout_free(&result);
    unlink(n.old);
    unlink(n.fresh);
    return 0;
}
