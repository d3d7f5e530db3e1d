/* A descriptor's fields by their Arm names, as far as somebody obeys them [Arm: Tables D8-48..D8-53]. */
#include "sim/explain/explain.h"

#include <inttypes.h>

/* AP[2:1] of a leaf; EL2's own regime knows AP[2] alone. */
static const char *ap_text(const struct explanation *e, unsigned ap)
{
    static const char *const el10[] = { "EL1 reads and writes, EL0 nothing", "EL0 and EL1 read and write",
                                        "EL1 reads, EL0 nothing", "EL0 and EL1 read" };

    if (e->regime.id == REGIME_EL2)
        return ap & 2 ? "read-only" : "read and write";
    return el10[ap];
}

static const char *s2ap_text(unsigned s2ap)
{
    static const char *const text[] = { "no data access", "read", "write", "read and write" };

    return text[s2ap];
}

/* SH, and what stands in every leaf of either stage. */
static void say_common(struct explain_notes *n, uint64_t desc)
{
    unsigned sh = (unsigned)bits(desc, DESC_SH);

    explain_note(n, "SH", explain_bits(sh, 2).text, "%s",
                 sh == SH_RESERVED ? "reserved, acts as nsh [choice]" : attr_sh_name(sh));
    explain_bare(n, "AF", explain_bits(bit(desc, DESC_AF), 1).text);
    if (bit(desc, DESC_Contig)) /* [choice: ttw_desc_type and the walker pay no heed to it] */
        explain_note(n, "Contiguous", "1", "not heeded [choice]");
}

static void say_software(struct explain_notes *n, uint64_t desc)
{
    uint64_t software = bits(desc, DESC_software);

    if (software != 0)
        explain_note(n, "[58:55]", explain_hex(software).text, "software's");
}

static void say_stage1_table(const struct explanation *e, struct explain_notes *n, uint64_t desc)
{
    bool el10 = e->regime.id == REGIME_EL10;

    explain_bare(n, "APTable", explain_bits(bits(desc, DESC_APTable), 2).text);
    explain_bare(n, el10 ? "UXNTable" : "XNTable", explain_bits(bit(desc, DESC_UXNTable), 1).text);
    if (el10)
        explain_bare(n, "PXNTable", explain_bits(bit(desc, DESC_PXNTable), 1).text);
}

static void say_stage1_leaf(const struct explanation *e, struct explain_notes *n, uint64_t desc)
{
    bool el10 = e->regime.id == REGIME_EL10;
    unsigned index = (unsigned)bits(desc, DESC_AttrIndx), byte = (unsigned)(e->regime.mair >> 8 * index & 0xFF);
    unsigned ap = (unsigned)bits(desc, DESC_AP);

    explain_note(n, "AttrIndx", explain_decimal(index).text, "%s.Attr%u 0x%02x, %s", explain_mair(e), index, byte,
                 attr_name(attr_decode_mair(byte, SH_NSH)));
    explain_note(n, "AP", explain_bits(ap, 2).text, "%s", ap_text(e, ap));
    say_common(n, desc);
    if (el10) {
        explain_note(n, "nG", explain_bits(bit(desc, DESC_nG), 1).text, bit(desc, DESC_nG) ? "of its ASID" : "global");
        explain_bare(n, "PXN", explain_bits(bit(desc, DESC_PXN), 1).text);
    }
    explain_bare(n, el10 ? "UXN" : "XN", explain_bits(bit(desc, DESC_UXN), 1).text);
    say_software(n, desc);
}

/* True when the leaf has the attributes that this version of Xen gives to pages of that type. */
static bool looks_like(const struct xen_preset *xen, enum p2m_type type, uint64_t desc)
{
    struct p2m_attr a = xen_preset_attr(xen, type);

    return a.memattr == bits(desc, DESC_MemAttr) && a.sh == bits(desc, DESC_SH) && a.s2ap == bits(desc, DESC_AP) &&
           a.xn == bit(desc, DESC_UXN);
}

static void say_p2m_type(const struct xen_preset *xen, struct explain_notes *n, uint64_t desc)
{
    enum p2m_type type = xen_preset_type_of(xen, desc);
    struct explain_value number = explain_decimal(bits(desc, DESC_software));

    if (type == P2M_INVALID)
        explain_note(n, "p2m type", number.text, "none of %s's", xen->name);
    else if (looks_like(xen, type, desc))
        explain_note(n, "p2m type", number.text, "p2m_%s of %s", p2m_type_name(type), xen->name);
    else
        explain_note(n, "p2m type", number.text, "p2m_%s of %s, which has other attributes", p2m_type_name(type),
                     xen->name);
}

static void say_stage2_leaf(const struct explanation *e, struct explain_notes *n, uint64_t desc)
{
    unsigned memattr = (unsigned)bits(desc, DESC_MemAttr), s2ap = (unsigned)bits(desc, DESC_AP);

    explain_note(n, "MemAttr", explain_hex(memattr).text, "%s", attr_name(attr_decode_stage2(memattr, SH_NSH)));
    explain_note(n, "S2AP", explain_bits(s2ap, 2).text, "%s", s2ap_text(s2ap));
    say_common(n, desc);
    explain_bare(n, "XN", explain_bits(bit(desc, DESC_UXN), 1).text);
    if (e->request->xen)
        say_p2m_type(e->request->xen, n, desc);
    else
        say_software(n, desc);
}

void explain_descriptor(const struct explanation *e, struct explain_fetch *f)
{
    uint64_t desc = f->step.desc;

    if (!f->step.hit)
        return;
    switch ((enum desc_type)f->type) {
    case DESC_INVALID:
        break;
    case DESC_TABLE: /* of a stage-2 table nothing but the address is read */
        if (f->step.stage == 1)
            say_stage1_table(e, &f->fields, desc);
        break;
    case DESC_LEAF:
        if (f->step.stage == 1)
            say_stage1_leaf(e, &f->fields, desc);
        else
            say_stage2_leaf(e, &f->fields, desc);
        break;
    }
}
