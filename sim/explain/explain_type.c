/* The memory type of a translation: what each stage says, which register overrules it, and which of them decided.
 *
 * The rules of combining are told by merge_explain; here is where its inputs come from. */
#include "sim/explain/explain.h"

#include "sim/merge/merge_explain.h"

#include <inttypes.h>
#include <string.h>

#define MEMATTR_NC 5 /* inner and outer Non-cacheable */

static bool is_fetch(const struct explanation *e)
{
    return e->access.kind == ACCESS_FETCH;
}

/* Stage 1 without tables [Arm: S1DisabledOutput]. */
static void say_stage1_off(struct explanation *e, struct memattr a)
{
    explain_note(&e->type, "stage 1", attr_name(a), "%s: it is off; ", attr_sh_name(a.sh));
    if (e->regime.default_cacheable)
        explain_more(&e->type, "HCR_EL2.DC 1 makes all of it so");
    else if (is_fetch(e))
        explain_more(&e->type, "%s.I %d makes fetches so", explain_sctlr(e), !e->regime.fetch_nc1);
    else
        explain_more(&e->type, "data is Device then");
}

static void say_stage1(struct explanation *e)
{
    const struct explain_fetch *leaf = explain_leaf(e, 1);
    struct memattr a = e->walk.x.type.s1;
    unsigned index;

    if (!e->has_s1) {
        say_stage1_off(e, a);
        return;
    }
    index = (unsigned)bits(leaf->step.desc, DESC_AttrIndx);
    explain_note(&e->type, "stage 1", attr_name(a), "%s: AttrIndx %u of the level-%u descriptor, %s.Attr%u 0x%02x",
                 attr_sh_name(a.sh), index, leaf->step.level, explain_mair(e), index,
                 (unsigned)(e->regime.mair >> 8 * index & 0xFF));
    if (a.attr != e->leaf.s1.attr)
        explain_more(&e->type, ", %s; %s.%c 0 makes it Non-cacheable", attr_name(e->leaf.s1), explain_sctlr(e),
                     is_fetch(e) ? 'I' : 'C');
}

static void say_stage2(struct explanation *e)
{
    const struct explain_fetch *leaf = explain_leaf(e, 2);
    struct memattr a = e->walk.x.type.s2;

    if (!e->has_s2)
        return;
    explain_note(&e->type, "stage 2", attr_name(a), "%s: MemAttr 0x%x of the level-%u descriptor", attr_sh_name(a.sh),
                 (unsigned)bits(leaf->step.desc, DESC_MemAttr), leaf->step.level);
    if (a.attr != e->leaf.s2.attr)
        explain_more(&e->type, ", %s; HCR_EL2.%s 1 makes it Non-cacheable", attr_name(e->leaf.s2),
                     is_fetch(e) ? "ID" : "CD");
}

/* The inputs as the stages have them, or as a register makes them. */
static struct merge_inputs inputs_of(const struct explanation *e)
{
    const struct explain_fetch *s1 = explain_leaf(e, 1), *s2 = explain_leaf(e, 2);
    struct mem_type t = e->walk.x.type;
    struct merge_inputs in = { .mair = t.s1.attr, .s1_sh = t.s1.sh };

    if (s1 && t.s1.attr == e->leaf.s1.attr)
        in.mair = (uint8_t)(e->regime.mair >> 8 * bits(s1->step.desc, DESC_AttrIndx) & 0xFF);
    if (s2) {
        in.memattr = t.s2.attr == e->leaf.s2.attr ? (uint8_t)bits(s2->step.desc, DESC_MemAttr) : MEMATTR_NC;
        in.s2_sh = t.s2.sh;
    }
    return in;
}

/* The answer to "why is it so?" in a sentence. */
static void say_why(struct explanation *e)
{
    struct mem_type t = e->walk.x.type;
    const char *result = attr_name(t.result), *s1 = attr_name(t.s1), *s2 = attr_name(t.s2);
    bool is1 = strcmp(result, s1) == 0, is2 = strcmp(result, s2) == 0;

    explain_note(&e->type, "result", result, "%s, attribute 0x%02x: ", attr_sh_name(t.result.sh), t.result.attr);
    if (!e->has_s2)
        explain_more(&e->type, "there is no stage 2 to overrule %s", e->has_s1 ? "stage 1" : "what stands for stage 1");
    else if (is1 && is2)
        explain_more(&e->type, "both stages say so");
    else if (is2)
        explain_more(&e->type, "stage 2 makes it so; stage 1's %s is overruled", s1);
    else if (is1)
        explain_more(&e->type, "stage 1 makes it so; stage 2 would allow %s", s2);
    else
        explain_more(&e->type, "each stage decides a part of it");
}

void explain_type(struct explanation *e)
{
    struct merge_reason reason[MERGE_REASONS_MAX];
    struct merge_inputs in = inputs_of(e);
    size_t count;

    say_why(e);
    say_stage1(e);
    say_stage2(e);
    count = e->has_s2 ? merge_explain(in, reason) : merge_explain_alone(in.mair, in.s1_sh, reason);
    for (size_t i = 0; i < count; i++)
        explain_note(&e->type, reason[i].rule, "", "%s", reason[i].text);
}
