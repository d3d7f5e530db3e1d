/* Where things lie, what registers say, and what each round does. */
#include "tools/calibrate/scene.h"

#include "tools/calibrate/image.h"

#include <endian.h>
#include <string.h>

/* Without stage 2 an IPA is the PA; with it, PAs are S2_SHIFT further up. The buffer is in one piece of memory, as an
 * allocator gives it to the first who asks [guess]: 1 MB in pages of 4 KB then fits the L2 as the boards say it
 * does. */
#define S1_TABLES 0x10000000ULL
#define BUFFER 0x20000000ULL
#define SWEEP 0x28000000ULL
#define CODE 0x30038000ULL
#define S2_SHIFT 0x20000000ULL
#define S2_TABLES 0x08000000ULL
#define OCM 0xFFFC0000ULL
#define PL 0xA0000000ULL

/* The descriptors of each level lie in other lines of their tables: one hot line a set of the L1D, not all in one. */
#define VA_BUFFER ((0x50ULL << 30) + (0x98ULL << 21))
#define VA_LEVEL0 (0x20ULL << 39)
#define VA_SWEEP_FROM_BUFFER 0x6001000ULL /* begins one set of the main TLB further */
#define VA_CODE ((0x28ULL << 30) + (0x70ULL << 21) + 0x30000)

#define SET_PAGES 16
#define SET_STRIDE (512u << 10) /* 128 sets of pages of 4 KB [A53: Table 6-13] */
#define FEW_PAGES 32
#define SWEEP_BYTES (256u << 10)
#define WARM_BYTES (1u << 20)
#define FLUSHED_PAGE 0x48000u
#define FLUSHED_LINE 0x540u

/* Descriptors [Arm: D8.3]: AF and Inner Shareable; EL0 may do all. AttrIndx 0 Write-Back, 1 Non-cacheable, 2 Device. */
#define LEAF_S1 (1ULL << 10 | 3ULL << 8 | 1ULL << 6)
#define LEAF_S2 (1ULL << 10 | 3ULL << 8 | 3ULL << 6 | 0xFULL << 2)
#define MAIR 0x0444FFULL

#define TCR_WRITE_BACK (1ULL << 8 | 1ULL << 10 | 3ULL << 12) /* IRGN0, ORGN0, SH0 */
#define TCR_IPS_40 (2ULL << 32)
#define TCR_EPD1 (1ULL << 23)
#define VTCR (TCR_WRITE_BACK | 2ULL << 16 | 1ULL << 6 | 24) /* 40 bits from level 1, as Xen on the A53 */
#define SCTLR (1ULL << 0 | 1ULL << 2 | 1ULL << 12)          /* M, C, I */
#define HCR (1ULL << 31 | 1ULL << 0)                        /* RW, VM */

#define TLBI_VMALLE1 0xD508871Fu
#define TLBI_VMALLS12E1 0xD50C87DFu

/* A scene at work. */
struct stage {
    const struct scene *scene;
    struct trace_writer *out;
    struct trace_error *err;
    uint64_t random;
};

static struct image image; /* too large for a stack; made anew for each scene */

static uint64_t shift(const struct scene *s)
{
    return s->s2_bits ? S2_SHIFT : 0;
}

static uint64_t va_of(const struct scene *s, uint64_t va)
{
    return va + (s->va_bits == 48 ? VA_LEVEL0 : 0);
}

static uint64_t buffer(const struct scene *s)
{
    switch ((enum scene_memory)s->memory) {
    case SCENE_DDR:
        break;
    case SCENE_OCM:
        return OCM;
    case SCENE_PL:
        return PL;
    }
    return BUFFER;
}

/* Leaves for a range, of 2^bits bytes each. */
static void map(struct tree *t, uint64_t from, uint64_t to, uint64_t bytes, uint64_t leaf)
{
    unsigned level = leaf & 2 ? 3 : 2;

    for (uint64_t at = 0; at < bytes; at += 1ULL << image_level_bits(level))
        image_map(t, from + at, level, (to + at) | leaf);
}

static uint64_t leaf_type(unsigned bits)
{
    return bits == 12 ? 3 : 1;
}

static void map_stage1(const struct scene *s)
{
    struct tree t = { &image, s->va_bits == 48 ? 0 : 1, S1_TABLES, S1_TABLES + 0x1000, shift(s) };
    uint64_t va = va_of(s, VA_BUFFER);

    map(&t, va_of(s, VA_CODE), CODE, 0x1000, LEAF_S1 | 3);
    switch ((enum scene_pattern)s->pattern) {
    case SCENE_RANDOM:
        map(&t, va, buffer(s), s->bytes, LEAF_S1 | (uint64_t)s->memory << 2 | leaf_type(s->page_bits));
        break;
    case SCENE_PAGES:
        map(&t, va, BUFFER, FEW_PAGES << 12, LEAF_S1 | 3);
        break;
    case SCENE_SET:
    case SCENE_SET_COLD:
        for (uint64_t i = 0; i < SET_PAGES; i++)
            map(&t, va + i * SET_STRIDE, BUFFER + (i << 12), 0x1000, LEAF_S1 | 3);
        map(&t, va + VA_SWEEP_FROM_BUFFER, SWEEP, SWEEP_BYTES, LEAF_S1 | 3);
        break;
    case SCENE_FLUSHED:
        map(&t, va + FLUSHED_PAGE, BUFFER + FLUSHED_PAGE, 0x1000, LEAF_S1 | 3);
        break;
    }
}

/* All that stage 1 gives out, and its tables. */
static void map_stage2(const struct scene *s)
{
    struct tree t = { &image, 1, S2_TABLES, S2_TABLES + 0x2000, 0 };
    const struct {
        uint64_t ipa, bytes;
    } range[] = {
        { S1_TABLES, 64 << 12 },
        { BUFFER, s->bytes > 1u << 20 ? s->bytes : 1 << 20 },
        { SWEEP, SWEEP_BYTES },
        { CODE, 1 << 12 },
    };

    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        map(&t, range[i].ipa, range[i].ipa + S2_SHIFT, range[i].bytes, LEAF_S2 | leaf_type(s->s2_bits));
}

static bool write_tables(struct stage *g)
{
    image_init(&image);
    map_stage1(g->scene);
    if (g->scene->s2_bits)
        map_stage2(g->scene);
    for (unsigned i = 0; i < image.count; i++) {
        uint64_t word[IMAGE_PAGE_WORDS];
        uint8_t bytes[TRACE_PAGE_BYTES];

        for (unsigned k = 0; k < IMAGE_PAGE_WORDS; k++)
            word[k] = htole64(image.page[i].word[k]);
        memcpy(bytes, word, sizeof bytes);
        if (!trace_write_page(g->out, image.page[i].pa, bytes, g->err))
            return false;
    }
    return true;
}

static bool write_registers(struct stage *g)
{
    const struct scene *s = g->scene;
    const struct {
        uint32_t encoding;
        uint64_t value;
    } reg[] = {
        { REC_SYSREG(3, 0, 10, 2, 0), MAIR },                                                       /* MAIR_EL1 */
        { REC_SYSREG(3, 0, 2, 0, 2), TCR_WRITE_BACK | TCR_EPD1 | TCR_IPS_40 | (64u - s->va_bits) }, /* TCR_EL1 */
        { REC_SYSREG(3, 0, 2, 0, 0), S1_TABLES },                                                   /* TTBR0_EL1 */
        { REC_SYSREG(3, 4, 2, 1, 2), s->s2_bits ? VTCR : 0 },                                       /* VTCR_EL2 */
        { REC_SYSREG(3, 4, 2, 1, 0), s->s2_bits ? 1ULL << 48 | S2_TABLES : 0 },                     /* VTTBR_EL2 */
        { REC_SYSREG(3, 4, 1, 1, 0), s->s2_bits ? HCR : 1ULL << 31 },                               /* HCR_EL2 */
        { REC_SYSREG(3, 0, 1, 0, 0), SCTLR },                                                       /* SCTLR_EL1 */
    };

    for (size_t i = 0; i < sizeof reg / sizeof *reg; i++) {
        struct trace_rec rec = { .op = REC_MSR, .el = 2, .n = reg[i].encoding, .value = reg[i].value };

        if (!trace_write(g->out, &rec, g->err))
            return false;
    }
    return true;
}

/* Four instructions, the third of which loads a byte. */
static bool write_load(struct stage *g, uint64_t va, uint64_t ipa)
{
    uint64_t up = shift(g->scene);
    struct trace_rec fetch = { .op = REC_FETCH, .n = 4, .va = va_of(g->scene, VA_CODE), .pa = CODE + up };
    struct trace_rec load = { .op = REC_LOAD, .n = 8, .va = va, .pa = ipa + up };
    struct trace_rec flush = { .op = REC_SYS, .el = 2, .n = g->scene->s2_bits ? TLBI_VMALLS12E1 : TLBI_VMALLE1 };

    return trace_write(g->out, &fetch, g->err) &&
           (g->scene->pattern != SCENE_FLUSHED || trace_write(g->out, &flush, g->err)) &&
           trace_write(g->out, &load, g->err);
}

/* xorshift64*, Vigna 2016: the high half is the better one */
static uint32_t next_random(struct stage *g)
{
    g->random ^= g->random >> 12;
    g->random ^= g->random << 25;
    g->random ^= g->random >> 27;
    return (uint32_t)(g->random * 0x2545F4914F6CDD1DULL >> 32);
}

static bool sweep(struct stage *g)
{
    uint64_t va = va_of(g->scene, VA_BUFFER) + VA_SWEEP_FROM_BUFFER;

    for (uint32_t at = 0; at < SWEEP_BYTES; at += 64) {
        if (!write_load(g, va + at, SWEEP + at))
            return false;
    }
    return true;
}

/* The rounds that come first and read the buffer in order, as much of it as the L2 holds: random ones would take many
 * more to come upon each line. */
static uint32_t warm_lines(const struct scene *s)
{
    return (s->bytes < WARM_BYTES ? s->bytes : WARM_BYTES) / 64;
}

static bool write_round(struct stage *g, uint32_t i)
{
    const struct scene *s = g->scene;
    uint64_t va = va_of(s, VA_BUFFER), at;

    switch ((enum scene_pattern)s->pattern) {
    case SCENE_RANDOM:
        at = i < warm_lines(s) ? i * 64ULL : next_random(g) & (s->bytes - 1);
        return write_load(g, va + at, buffer(s) + at);
    case SCENE_PAGES:
        at = i % FEW_PAGES * (0x1000 + 64);
        return write_load(g, va + at, BUFFER + at);
    case SCENE_SET_COLD:
        if (i % SET_PAGES == 0 && !sweep(g))
            return false;
        i %= SET_PAGES;
        return write_load(g, va + i * SET_STRIDE + 64 * (i + 1), BUFFER + (i << 12) + 64 * (i + 1));
    case SCENE_SET:
        i %= SET_PAGES;
        return write_load(g, va + i * SET_STRIDE + 64 * (i + 1), BUFFER + (i << 12) + 64 * (i + 1));
    case SCENE_FLUSHED:
        at = FLUSHED_PAGE + FLUSHED_LINE;
        return write_load(g, va + at, BUFFER + at);
    }
    return false;
}

bool scene_write(const struct scene *scene, uint32_t rounds, const char *path, struct trace_error *err)
{
    struct stage g = { scene, trace_create(path, "stagewalk calibrate", err), err, 1 };
    bool good = g.out && write_tables(&g) && write_registers(&g);

    for (uint32_t i = 0; good && i < rounds; i++)
        good = write_round(&g, i);
    if (good)
        return trace_commit(g.out, err);
    trace_discard(g.out);
    return false;
}
