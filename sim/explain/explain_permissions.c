/* Who may do what with the page, and which stage and which bit takes the rest away.
 *
 * A cause is found by asking the rules again with one thing changed: without WXN, without the tables' bits. So no rule
 * is stated here a second time. */
#include "sim/explain/explain.h"

#include <stdio.h>
#include <string.h>

static bool is_el2(const struct explanation *e)
{
    return e->regime.id == REGIME_EL2;
}

static unsigned stage1_rights(const struct explanation *e, unsigned perm, bool wxn)
{
    return is_el2(e) ? perm_rights_el2(perm, wxn) : perm_rights_el10(perm, wxn);
}

/* What a stage gives, Device memory apart. */
static unsigned rights_of(const struct explanation *e, unsigned stage)
{
    return stage == 1 ? stage1_rights(e, e->leaf.perm_s1, e->regime.wxn) : perm_rights_stage2(e->leaf.perm_s2);
}

#define RIGHTS_X (RIGHT_X0 | RIGHT_X1)

/* Fetches from Device memory are refused [choice: models/mmu/check.h]. */
static unsigned device_takes(const struct explanation *e, unsigned stage)
{
    return memattr_is_device(stage == 1 ? e->leaf.s1 : e->leaf.s2) ? RIGHTS_X : 0;
}

/* Writes "EL0 rw-, EL1 r-x". */
static const char *rights_text(const struct explanation *e, unsigned rights, char text[32])
{
    char el0[] = "---", el1[] = "---";

    for (unsigned i = 0; i < 3; i++) {
        if (rights & (unsigned)RIGHT_R0 << i)
            el0[i] = "rwx"[i];
        if (rights & (unsigned)RIGHT_R1 << i)
            el1[i] = "rwx"[i];
    }
    if (is_el2(e))
        snprintf(text, 32, "EL2 %s", el1);
    else
        snprintf(text, 32, "EL0 %s, EL1 %s", el0, el1);
    return text;
}

/* The bit of a stage-1 leaf that takes a right away; `perm` is what the leaf itself says. */
static const char *leaf_bit(const struct explanation *e, unsigned perm, unsigned right)
{
    switch (right) {
    case RIGHT_R0:
        return "AP[1] 0";
    case RIGHT_W0:
        return perm & PERM_S1_EL0 ? "AP[2] 1" : "AP[1] 0";
    case RIGHT_W1:
        return "AP[2] 1";
    case RIGHT_X0:
        return "UXN 1";
    default: /* no stage 1 takes reading from EL1 or EL2 */
        if (is_el2(e))
            return "XN 1";
        return perm & PERM_S1_PXN ? "PXN 1" : "what EL0 may write EL1 does not execute [Arm: Table D8-65]";
    }
}

static const char *table_bit(const struct explanation *e, unsigned right)
{
    if (right & (RIGHT_X0 | RIGHT_X1))
        return is_el2(e) ? "XNTable 1" : right == RIGHT_X0 ? "UXNTable 1" : "PXNTable 1";
    return right == RIGHT_R0 ? "APTable[0] 1" : "APTable";
}

static void stage1_cause(const struct explanation *e, unsigned right, char text[96])
{
    const struct explain_fetch *leaf = explain_leaf(e, 1);
    unsigned own = ttw_leaf_perm_s1(leaf->step.desc, (struct table_attr){ 0 }, !is_el2(e));
    unsigned perm = e->leaf.perm_s1;

    if (stage1_rights(e, perm, e->regime.wxn) & right)
        snprintf(text, 96, "Device memory is not executed [choice]");
    else if (stage1_rights(e, perm, false) & right)
        snprintf(text, 96, "%s.WXN 1: what may be written is not executed", explain_sctlr(e));
    else if (stage1_rights(e, own, false) & right)
        snprintf(text, 96, "%s of a table above", table_bit(e, right));
    else
        snprintf(text, 96, "%s", leaf_bit(e, own, right));
}

void explain_right_taken(const struct explanation *e, unsigned stage, unsigned right, char text[96])
{
    if (stage == 1)
        stage1_cause(e, right, text);
    else if (rights_of(e, 2) & right)
        snprintf(text, 96, "Device memory is not executed [choice]");
    else if (right & RIGHTS_X)
        snprintf(text, 96, "XN 1");
    else
        snprintf(text, 96, "S2AP[%d] 0", right & (RIGHT_R0 | RIGHT_R1) ? 0 : 1);
}

static const struct {
    unsigned right;
    const char *name;
} rights[] = {
    { RIGHT_R0, "EL0 read" }, { RIGHT_W0, "EL0 write" }, { RIGHT_X0, "EL0 execute" },
    { RIGHT_R1, "EL1 read" }, { RIGHT_W1, "EL1 write" }, { RIGHT_X1, "EL1 execute" },
};

/* Says of each right that a stage does not give what takes it away. */
static void say_taken(struct explanation *e, unsigned stage, unsigned given)
{
    const char *gap = "";

    for (unsigned i = 0; i < sizeof rights / sizeof *rights; i++) {
        char text[96];

        if ((given & rights[i].right) || (is_el2(e) && i < 3))
            continue;
        explain_right_taken(e, stage, rights[i].right, text);
        explain_more(&e->permissions, "%sno %s: %s", gap, is_el2(e) ? rights[i].name + 4 : rights[i].name, text);
        gap = "; ";
    }
}

static unsigned say_stage(struct explanation *e, unsigned stage)
{
    unsigned given = rights_of(e, stage) & ~device_takes(e, stage);
    char text[32];

    explain_bare(&e->permissions, stage == 1 ? "stage 1" : "stage 2", rights_text(e, given, text));
    say_taken(e, stage, given);
    return given;
}

/* A stage-1 that is off gives all [Arm: S1DisabledOutput]. */
void explain_permissions(struct explanation *e)
{
    unsigned given = RIGHTS_ALL;
    char text[32];

    if (e->has_s1)
        given &= say_stage(e, 1);
    if (e->has_s2)
        given &= say_stage(e, 2);
    if (!e->has_s1 && !e->has_s2)
        return;
    explain_note(&e->permissions, "together", rights_text(e, given, text),
                 e->regime.stage2_on && !e->has_s2 ? "as far as the walk came" : "");
}
