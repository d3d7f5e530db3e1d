/* The reasons of a combination, and their two forms. */
#include "sim/merge/merge_explain.h"

#include "sim/merge/merge_field.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define HALF_BYTES 24
#define MEMATTR_WB 0xFu

/* The two stages as decoded, what they make, and the reasons so far. */
struct story {
    struct merge_inputs in;
    struct memattr s1, s2, result;
    struct merge_reason *reasons;
    size_t count;
};

__attribute__((format(printf, 3, 4))) static void add(struct story *s, const char *rule, const char *format, ...)
{
    struct merge_reason *reason = &s->reasons[s->count++];
    va_list args;

    assert(s->count <= MERGE_REASONS_MAX);
    reason->rule = rule;
    va_start(args, format);
    vsnprintf(reason->text, sizeof reason->text, format, args);
    va_end(args);
}

static void explain_type(struct story *s)
{
    bool d1 = memattr_is_device(s->s1), d2 = memattr_is_device(s->s2);

    if (!d1 && !d2)
        add(s, "type", "both stages say Normal");
    else if (d1 != d2)
        add(s, "type", "stage %d decides: Device wins over Normal [Arm: Table D8-97]", d1 ? 1 : 2);
    else if (s->s1.attr == s->s2.attr)
        add(s, "type", "both stages say %s", attr_name(s->s1));
    else
        add(s, "type", "stage %d decides: the more restrictive Device type wins [Arm: Table D8-97]",
            s->result.attr == s->s1.attr ? 1 : 2);
}

static void explain_half(struct story *s, const char *rule, enum cacheability (*half)(struct memattr))
{
    enum cacheability c1 = half(s->s1), c2 = half(s->s2);

    if (c1 == c2)
        add(s, rule, "both stages say %s", merge_cacheability_name(c1));
    else
        add(s, rule, "stage %d decides: %s wins over %s [Arm: Table D8-98]", half(s->result) == c1 ? 1 : 2,
            merge_cacheability_name(half(s->result)), merge_cacheability_name(half(s->result) == c1 ? c2 : c1));
}

static void explain_normal(struct story *s)
{
    explain_half(s, "inner", attr_inner);
    explain_half(s, "outer", attr_outer);
    if (s->result.attr == ATTR_NORMAL_NC)
        add(s, "hints", "none: nothing is cacheable");
    else
        add(s, "hints", "stage 1's: stage 2 has none [Arm: D8.6.3 R_WYQVN]");
}

static void explain_sh(struct story *s)
{
    const char *sh1 = attr_sh_name(s->s1.sh), *sh2 = attr_sh_name(s->s2.sh), *sh = attr_sh_name(s->result.sh);

    if (memattr_is_device(s->result))
        add(s, "shareability", "forced to osh: so is all Device memory, whatever SH says [Arm: D8.6.5 R_PYFVQ]");
    else if (s->result.attr == ATTR_NORMAL_NC)
        add(s, "shareability", "forced to osh: the result is Non-cacheable in both halves [Arm: D8.6.5 R_PYFVQ]");
    else if (strcmp(sh1, sh2) == 0)
        add(s, "shareability", "both stages say %s; not forced", sh);
    else
        add(s, "shareability", "stage %d decides: %s wins over %s; not forced [Arm: Table D8-103]",
            strcmp(sh, sh1) == 0 ? 1 : 2, sh, strcmp(sh, sh1) == 0 ? sh2 : sh1);
}

static void explain_cache(struct story *s)
{
    if (attr_is_cached(s->result))
        add(s, "A53", "cached in L1 and L2: inner and outer Write-Back [A53: 7.5]");
    else if (memattr_is_device(s->result))
        add(s, "A53", "not cached: Device");
    else
        add(s, "A53", "not cached: only what is inner and outer Write-Back is [A53: 7.5]");
}

static void explain_reserved(struct story *s)
{
    if (!attr_mair_is_legal(s->in.mair))
        add(s, "reserved", "[choice] MAIR byte 0x%02x acts as 0x%02x, as K1.2.19 permits", s->in.mair, s->s1.attr);
    if (s->in.s1_sh == SH_RESERVED)
        add(s, "reserved", "[choice] stage-1 SH 0b01 acts as %s, as K1.2.19 permits", attr_sh_name(s->s1.sh));
    if (!attr_stage2_is_legal(s->in.memattr))
        add(s, "reserved", "[choice] MemAttr 0x%x acts as %s, as K1.2.19 permits", s->in.memattr, attr_name(s->s2));
    if (s->in.s2_sh == SH_RESERVED)
        add(s, "reserved", "[choice] stage-2 SH 0b01 acts as %s, as K1.2.19 permits", attr_sh_name(s->s2.sh));
}

size_t merge_explain(struct merge_inputs in, struct merge_reason reasons[MERGE_REASONS_MAX])
{
    struct story s = {
        .in = in,
        .s1 = attr_decode_mair(in.mair, in.s1_sh),
        .s2 = attr_decode_stage2(in.memattr, in.s2_sh),
        .result = merge_result(in),
        .reasons = reasons,
    };

    explain_type(&s);
    if (!memattr_is_device(s.result))
        explain_normal(&s);
    explain_sh(&s);
    explain_cache(&s);
    explain_reserved(&s);
    return s.count;
}

size_t merge_explain_alone(uint8_t mair, uint8_t sh, struct merge_reason reasons[MERGE_REASONS_MAX])
{
    struct story s = { .in = { .mair = mair, .s1_sh = sh, .memattr = MEMATTR_WB }, .reasons = reasons };

    s.s1 = attr_decode_mair(mair, sh);
    s.result = attr_effective(s.s1);
    add(&s, "type", "stage 1 alone decides: there is no stage 2");
    if (memattr_is_device(s.result) || s.result.attr == ATTR_NORMAL_NC)
        explain_sh(&s);
    else
        add(&s, "shareability", "stage 1 alone decides");
    explain_cache(&s);
    explain_reserved(&s);
    return s.count;
}

/* ---- For people ---- */

/* Writes "WB RA+WA transient", or only "WB" when the stage has no hints. Returns text. */
static const char *half_text(struct merge_half half, bool has_hints, char text[HALF_BYTES])
{
    bool hints = has_hints && half.cacheability != CACHE_NC;

    snprintf(text, HALF_BYTES, "%s%s%s%s", merge_cacheability_name(half.cacheability), hints ? " " : "",
             hints ? merge_hints_name(half.hints) : "", hints && half.transient ? " transient" : "");
    return text;
}

static void print_attribute(FILE *stream, const char *title, const char *encoding, struct memattr a, bool has_hints)
{
    char inner[HALF_BYTES], outer[HALF_BYTES];

    fprintf(stream, "%-8s  %-13s  %s", title, encoding, attr_name(a));
    if (!memattr_is_device(a))
        fprintf(stream, ": inner %s, outer %s", half_text(merge_inner(a), has_hints, inner),
                half_text(merge_outer(a), has_hints, outer));
    putc('\n', stream);
}

void merge_explain_print(FILE *stream, struct merge_inputs in)
{
    struct merge_reason reasons[MERGE_REASONS_MAX];
    size_t count = merge_explain(in, reasons);
    struct memattr result = merge_result(in);
    char encoding[HALF_BYTES];

    snprintf(encoding, sizeof encoding, "0x%02x/%s", in.mair, merge_sh_name(in.s1_sh));
    print_attribute(stream, "stage 1", encoding, attr_decode_mair(in.mair, in.s1_sh), true);
    snprintf(encoding, sizeof encoding, "0x%x/%s", in.memattr, merge_sh_name(in.s2_sh));
    print_attribute(stream, "stage 2", encoding, attr_decode_stage2(in.memattr, in.s2_sh), false);
    snprintf(encoding, sizeof encoding, "0x%02x/%s", result.attr, attr_sh_name(result.sh));
    print_attribute(stream, "result", encoding, result, true);
    fprintf(stream, "PAR_EL1   ATTR 0x%02x, SH 0b%u%u\n\n", result.attr, result.sh >> 1 & 1u, result.sh & 1u);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%-12s  %s\n", reasons[i].rule, reasons[i].text);
}

/* ---- For scripts ---- */

static json_t *result_json(struct memattr result)
{
    json_t *o = json_object();
    char text[MERGE_TEXT_BYTES];

    for (int i = 0; i < MERGE_FIELD_COUNT; i++) {
        enum merge_field field = (enum merge_field)i;
        const char *value = merge_field_text(field, result, text);

        json_object_set_new(o, merge_field_name(field),
                            field == MERGE_CACHED ? json_boolean(attr_is_cached(result)) : json_string(value));
    }
    return o;
}

static json_t *stage_json(unsigned encoding, struct memattr decoded, unsigned sh, bool reserved)
{
    char text[8];

    snprintf(text, sizeof text, "0x%02x", encoding & 0xff);
    return json_pack("{s:s, s:s, s:s, s:b}", "attr", text, "sh", merge_sh_name(sh), "type", attr_name(decoded),
                     "reserved", reserved || sh == SH_RESERVED);
}

json_t *merge_explain_json(struct merge_inputs in)
{
    struct merge_reason reasons[MERGE_REASONS_MAX];
    size_t count = merge_explain(in, reasons);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "rule", reasons[i].rule, "text", reasons[i].text));
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o}", "schema", "stagewalk/merge/1", "stage1",
        stage_json(in.mair, attr_decode_mair(in.mair, in.s1_sh), in.s1_sh, !attr_mair_is_legal(in.mair)), "stage2",
        stage_json(in.memattr, attr_decode_stage2(in.memattr, in.s2_sh), in.s2_sh, !attr_stage2_is_legal(in.memattr)),
        "result", result_json(merge_result(in)), "reasons", list);
}
