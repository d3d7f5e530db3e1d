/* Tables, read recursively and within bounds. */
#include "sim/lint/stage.h"

#include "sim/map/map_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_MAX 32
#define PAGE_BITS 12
#define PAGE (1ULL << PAGE_BITS)

/* A table on the way. */
struct table {
    uint64_t at; /* its address, as the descriptor above has it */
    uint64_t ia; /* of its first entry */
    unsigned level;
    struct table_attr attr;
};

static void read_table(struct stage *s, const struct table *t);

const char *stage_place(const struct stage *s, uint64_t ia, uint64_t bytes, char text[LINT_PLACE_BYTES])
{
    uint64_t high = s->upper ? ~low_mask(s->params.ia_bits) : 0;
    char size[MAP_TEXT_BYTES];
    int n =
        snprintf(text, LINT_PLACE_BYTES, "%s %s 0x%" PRIx64, s->owner, s->params.stage == 2 ? "IPA" : "VA", high | ia);

    if (bytes > 0 && n > 0 && n < LINT_PLACE_BYTES)
        snprintf(text + n, (size_t)(LINT_PLACE_BYTES - n), " (%s)", map_size_text(bytes, size));
    return text;
}

/* ---- Runs ---- */

static bool joins(const struct stage_run *a, const struct stage_run *b)
{
    return a->ia + a->bytes == b->ia && a->oa + a->bytes == b->oa && a->attr.attr == b->attr.attr &&
           a->attr.sh == b->attr.sh && a->perm == b->perm && a->flags == b->flags && a->code == b->code;
}

static void cut_off(struct stage *s, const char *why)
{
    char place[LINT_PLACE_BYTES];

    if (s->cut)
        return;
    s->cut = true;
    lint_find(s->report, LINT_LIMIT, stage_place(s, s->count ? s->run[s->count - 1].ia : 0, 0, place),
              "stage %u: %s; addresses above were not looked at", s->params.stage, why);
}

static void add_run(struct stage *s, const struct stage_run *run)
{
    if (s->count > 0 && joins(&s->run[s->count - 1], run)) {
        s->run[s->count - 1].bytes += run->bytes;
        return;
    }
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 64;
        struct stage_run *larger = capacity > STAGE_RUNS_MAX ? NULL : realloc(s->run, capacity * sizeof *larger);

        if (!larger) {
            cut_off(s, capacity > STAGE_RUNS_MAX ? "more than a million different mappings" : "out of memory");
            return;
        }
        s->run = larger;
        s->capacity = capacity;
    }
    s->run[s->count++] = *run;
}

const struct stage_run *stage_find(const struct stage *s, uint64_t ia)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->run[middle].ia + s->run[middle].bytes <= ia)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->count ? &s->run[low] : NULL;
}

/* ---- Descriptors ---- */

static bool reserved_type(const struct stage *s, uint64_t desc)
{
    if (s->params.stage == 2)
        return !attr_stage2_is_legal((unsigned)bits(desc, DESC_MemAttr));
    return !attr_mair_is_legal((unsigned)(s->mair >> (8 * bits(desc, DESC_AttrIndx)) & 0xFF));
}

/* What a leaf says, in the words of the models. */
static struct stage_run run_of(const struct stage *s, const struct table *t, uint64_t ia, uint64_t desc)
{
    struct stage_run r = { .ia = ia, .bytes = 1ULL << ttw_level_bits(&s->params, t->level) };
    unsigned sh = (unsigned)bits(desc, DESC_SH);

    r.oa = ttw_desc_oa(&s->params, t->level, DESC_LEAF, desc);
    if (s->params.stage == 2) {
        r.code = (uint8_t)bits(desc, DESC_MemAttr);
        r.attr = attr_decode_stage2(r.code, sh);
        r.perm = (uint8_t)ttw_leaf_perm_s2(desc);
    } else {
        r.code = (uint8_t)bits(desc, DESC_AttrIndx);
        r.attr = attr_decode_mair((unsigned)(s->mair >> (8 * r.code) & 0xFF), sh);
        r.perm = (uint8_t)ttw_leaf_perm_s1(desc, t->attr, s->el10);
    }
    r.flags = (uint8_t)((bit(desc, DESC_AF) ? 0 : RUN_NO_AF) | (reserved_type(s, desc) ? RUN_RESERVED_TYPE : 0) |
                        (sh == SH_RESERVED && !memattr_is_device(r.attr) ? RUN_RESERVED_SH : 0));
    return r;
}

static void find_at(struct stage *s, const struct table *t, enum lint_code code, uint64_t ia, uint64_t desc)
{
    char place[LINT_PLACE_BYTES];

    lint_find(s->report, code, stage_place(s, ia, 0, place),
              "stage-%u level-%u descriptor 0x%016" PRIx64 " in the table at 0x%" PRIx64, s->params.stage, t->level,
              desc, t->at);
}

static void read_descriptor(struct stage *s, const struct table *t, uint64_t ia, uint64_t desc)
{
    enum desc_type type = ttw_desc_type(&s->params, t->level, desc);
    uint64_t oa = ttw_desc_oa(&s->params, t->level, type, desc);

    if (type == DESC_INVALID) {
        if (bit(desc, 0))
            find_at(s, t, LINT_BLOCK_LEVEL, ia, desc);
        return;
    }
    if (ttw_oa_out_of_range(&s->params, oa)) {
        find_at(s, t, LINT_ADDRESS_SIZE, ia, desc);
        return;
    }
    if (type == DESC_LEAF) {
        struct stage_run r = run_of(s, t, ia, desc);

        add_run(s, &r);
    } else {
        struct table next = { .at = oa, .ia = ia, .level = t->level + 1, .attr = t->attr };

        if (s->params.stage == 1)
            ttw_table_attr_add(&next.attr, desc, s->el10);
        read_table(s, &next);
    }
}

/* ---- The contiguous bit ---- */

/* Entries of a group: 16, or 32 of 64 KB granule [Arm: D8.7.1, Table D8-104]; 0 where the bit has no meaning. */
static unsigned group_entries(const struct ttw_params *p, unsigned level)
{
    if (p->granule_bits == 12)
        return level >= 1 ? 16 : 0;
    return level >= 2 ? 32 : 0;
}

/* All bits of a leaf but its address, AF, and what no hardware reads. */
static uint64_t attribute_bits(uint64_t desc)
{
    return desc & ~(low_mask(48) & ~low_mask(12)) & ~(1ULL << DESC_AF) & ~(0xFULL << 55);
}

/* Checks a group of which some leaf has the bit. */
static void check_group(struct stage *s, const struct table *t, uint64_t ia, const uint64_t *word)
{
    unsigned count = group_entries(&s->params, t->level), marked = 0;
    uint64_t size = 1ULL << ttw_level_bits(&s->params, t->level);
    uint64_t first = ttw_desc_oa(&s->params, t->level, DESC_LEAF, word[0]);
    const char *wrong = NULL;
    char place[LINT_PLACE_BYTES];

    for (unsigned i = 0; i < count; i++)
        marked += ttw_desc_type(&s->params, t->level, word[i]) == DESC_LEAF && bit(word[i], DESC_Contig);
    if (marked == 0)
        return;
    if (marked < count)
        wrong = "not all entries of the group have it";
    else if (first & (count * size - 1))
        wrong = "the addresses that the group leads to are not aligned to its size";
    for (unsigned i = 1; i < count && !wrong; i++) {
        if (ttw_desc_oa(&s->params, t->level, DESC_LEAF, word[i]) != first + i * size)
            wrong = "the addresses that the group leads to do not follow each other";
        else if (attribute_bits(word[i]) != attribute_bits(word[0]))
            wrong = "the attributes within the group differ";
    }
    if (wrong)
        lint_find(s->report, LINT_CONTIGUOUS, stage_place(s, ia, count * size, place), "stage %u: %s: %u of %u have it",
                  s->params.stage, wrong, marked, count);
}

/* ---- Tables ---- */

/* What stage 2 makes of a page of a stage-1 table. Returns its PA in *pa, or false when no walk can read it. */
static bool table_page(struct stage *s, const struct table *t, uint64_t address, uint64_t *pa)
{
    const struct stage_run *r;
    char place[LINT_PLACE_BYTES];
    enum lint_code code;

    *pa = address;
    if (!s->under)
        return true;
    r = stage_find(s->under, address);
    if (r && r->ia <= address && (r->perm & PERM_S2_READ)) {
        *pa = r->oa + (address - r->ia);
        if (!memattr_is_device(r->attr) || !s->ptw)
            return true;
        code = LINT_TABLE_IN_DEVICE;
    } else {
        code = LINT_TABLE_NOT_THERE;
    }
    lint_find(s->report, code, stage_place(s, t->ia, 0, place), "level-%u table at IPA 0x%" PRIx64 ": stage 2 says %s",
              t->level, address, code == LINT_TABLE_IN_DEVICE ? attr_name(r->attr) : "not mapped, or not readable");
    return code == LINT_TABLE_IN_DEVICE;
}

/* Reads words that lie in one page. Returns false where there is no memory. */
static bool read_words(struct stage *s, const struct table *t, uint64_t pa, uint64_t *word, unsigned count)
{
    char place[LINT_PLACE_BYTES];

    for (unsigned i = 0; i < count; i++) {
        uint64_t value;

        if (!mem_read64(&s->mem, PA(pa + 8 * i), &value)) {
            lint_find(s->report, LINT_TABLE_NOT_THERE, stage_place(s, t->ia, 0, place),
                      "level-%u table at PA 0x%" PRIx64 ": there is no memory", t->level, pa);
            return false;
        }
        word[i] = s->params.big_endian ? __builtin_bswap64(value) : value;
    }
    s->descriptors += count;
    return true;
}

/* Reads a table in groups, each within a page. A root may be smaller than a group. */
static void read_table(struct stage *s, const struct table *t)
{
    bool root = t->level == s->params.start_level;
    uint64_t entries = 1ULL << (root ? s->params.root_bits : s->params.granule_bits - 3u), page = 0;
    unsigned group = s->params.granule_bits == 12 ? 16 : GROUP_MAX, count = entries < group ? (unsigned)entries : group;

    for (uint64_t i = 0; i < entries && !s->cut; i += count) {
        uint64_t word[GROUP_MAX], at = t->at + 8 * i, ia = t->ia + (i << ttw_level_bits(&s->params, t->level));

        if ((i == 0 || (at & (PAGE - 1)) == 0) && !table_page(s, t, align_down(at, PAGE_BITS), &page))
            return;
        if (s->descriptors >= s->descriptors_max) {
            cut_off(s, "more than 8 million descriptors in all");
            return;
        }
        if (!read_words(s, t, page + (at & (PAGE - 1)), word, count))
            return;
        if (count == group_entries(&s->params, t->level))
            check_group(s, t, ia, word);
        for (unsigned k = 0; k < count; k++)
            read_descriptor(s, t, ia + ((uint64_t)k << ttw_level_bits(&s->params, t->level)), word[k]);
    }
}

void stage_read(struct stage *s)
{
    struct table root = { .at = s->params.base, .level = s->params.start_level };

    s->run = NULL;
    s->count = s->capacity = 0;
    s->descriptors = 0;
    s->cut = false;
    if (s->params.refused == FAULT_NONE)
        read_table(s, &root);
}

void stage_free(struct stage *s)
{
    free(s->run);
    s->run = NULL;
    s->count = s->capacity = 0;
}

void stage_check_runs(const struct stage *s)
{
    char place[LINT_PLACE_BYTES];

    for (size_t i = 0; i < s->count; i++) {
        const struct stage_run *r = &s->run[i];

        if (r->flags == 0)
            continue;
        stage_place(s, r->ia, r->bytes, place);
        if ((r->flags & RUN_RESERVED_TYPE) && s->params.stage == 2)
            lint_find(s->report, LINT_RESERVED_ENCODING, place, "MemAttr 0x%x; here it acts as %s", r->code,
                      attr_name(r->attr));
        else if (r->flags & RUN_RESERVED_TYPE)
            lint_find(s->report, LINT_RESERVED_ENCODING, place,
                      "AttrIndx %u, of which MAIR says 0x%02x; here it acts as %s", r->code,
                      (unsigned)(s->mair >> (8 * r->code) & 0xFF), attr_name(r->attr));
        if (r->flags & RUN_RESERVED_SH)
            lint_find(s->report, LINT_RESERVED_ENCODING, place,
                      "stage-%u SH 01 of Normal memory; here it acts as Non-shareable", s->params.stage);
        if (r->flags & RUN_NO_AF)
            lint_find(s->report, LINT_ACCESS_FLAG, place, "stage %u", s->params.stage);
    }
}
