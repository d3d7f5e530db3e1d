/* Attribute decoding and combining: nibble by nibble, as MAIR_ELx writes them. */
#include "models/arch/attr.h"

/* A Normal nibble: 0100 NC; 00RW WT transient, 01RW WB transient (RW != 00); 10RW WT; 11RW WB
 * [Arm: MAIR_EL1, Attr<n>]. */
#define NIBBLE_NC 4u
#define NIBBLE_HINTS 3u
#define NIBBLE_WB 4u
#define NIBBLE_NONTRANSIENT 8u

static enum cacheability nibble_cache(unsigned n)
{
    if (n == NIBBLE_NC)
        return CACHE_NC;
    return (n & NIBBLE_WB) ? CACHE_WB : CACHE_WT;
}

bool attr_mair_is_legal(unsigned byte)
{
    unsigned outer = byte >> 4 & 0xF, inner = byte & 0xF;
    return outer == 0 ? (inner & 3) == 0 : inner != 0;
}

bool attr_stage2_is_legal(unsigned memattr)
{
    return (memattr & 0xC) == 0 || (memattr & 3) != 0;
}

struct memattr attr_decode_mair(unsigned byte, unsigned sh)
{
    unsigned outer = byte >> 4 & 0xF, inner = byte & 0xF;

    if (outer == 0)
        inner &= 0xC;
    else if (inner == 0)
        inner = NIBBLE_NC;
    return (struct memattr){ .attr = (uint8_t)(outer << 4 | inner), .sh = (uint8_t)(sh & 3) };
}

struct memattr attr_decode_stage2(unsigned memattr, unsigned sh)
{
    /* MemAttr[3:2] and [1:0] of Normal memory: 01 NC, 10 WT, 11 WB [Arm: Table D8-96]; inner 00 is reserved */
    static const uint8_t nibble[4] = { 0xF, NIBBLE_NC, 0xB, 0xF };
    unsigned outer = memattr >> 2 & 3, inner = memattr & 3;

    if (outer == 0)
        return (struct memattr){ .attr = (uint8_t)(inner << 2), .sh = (uint8_t)(sh & 3) };
    return (struct memattr){ .attr = (uint8_t)(nibble[outer] << 4 | nibble[inner]), .sh = (uint8_t)(sh & 3) };
}

struct memattr attr_decode_walk(unsigned irgn, unsigned orgn, unsigned sh)
{
    /* 00 NC, 01 WB RA+WA, 10 WT RA, 11 WB RA [Arm: TCR_EL1.IRGN0] */
    static const uint8_t nibble[4] = { NIBBLE_NC, 0xF, 0xA, 0xE };
    struct memattr a = { .attr = (uint8_t)(nibble[orgn & 3] << 4 | nibble[irgn & 3]), .sh = (uint8_t)(sh & 3) };

    if (a.sh == SH_RESERVED) /* no register shows it: what it acts as */
        a.sh = SH_NSH;
    return attr_effective(a);
}

struct memattr attr_force_nc(struct memattr a)
{
    if (memattr_is_device(a))
        return a;
    return (struct memattr){ .attr = ATTR_NORMAL_NC, .sh = a.sh };
}

struct memattr attr_effective(struct memattr a)
{
    if (memattr_is_device(a) || a.attr == ATTR_NORMAL_NC)
        a.sh = SH_OSH;
    return a;
}

enum cacheability attr_inner(struct memattr a)
{
    return nibble_cache(a.attr & 0xF);
}

enum cacheability attr_outer(struct memattr a)
{
    return nibble_cache(a.attr >> 4);
}

/* Combines one half. The weaker cacheability wins; hints and transience are stage 1's [Arm: D8.6.3 R_WYQVN]. */
static unsigned combine_nibble(unsigned s1, unsigned s2)
{
    enum cacheability c1 = nibble_cache(s1), c2 = nibble_cache(s2);
    enum cacheability c = c1 < c2 ? c1 : c2;

    if (c == CACHE_NC)
        return NIBBLE_NC;
    return (s1 & (NIBBLE_HINTS | NIBBLE_NONTRANSIENT)) | (c == CACHE_WB ? NIBBLE_WB : 0);
}

/* The strongest shareability of the two wins: OSH, then ISH, then NSH [Arm: Table D8-103]. */
static uint8_t combine_sh(uint8_t a, uint8_t b)
{
    if (a == SH_OSH || b == SH_OSH)
        return SH_OSH;
    return a == SH_ISH || b == SH_ISH ? SH_ISH : SH_NSH;
}

struct memattr attr_combine(struct memattr s1, struct memattr s2)
{
    bool d1 = memattr_is_device(s1), d2 = memattr_is_device(s2);

    if (d1 || d2) {
        /* Device wins over Normal, the more restrictive Device type over the other [Arm: Table D8-97] */
        uint8_t attr = !d2 || (d1 && s1.attr < s2.attr) ? s1.attr : s2.attr;
        return attr_effective((struct memattr){ .attr = attr });
    }
    unsigned outer = combine_nibble(s1.attr >> 4, s2.attr >> 4);
    unsigned inner = combine_nibble(s1.attr & 0xF, s2.attr & 0xF);
    return attr_effective((struct memattr){ .attr = (uint8_t)(outer << 4 | inner), .sh = combine_sh(s1.sh, s2.sh) });
}

const char *attr_name(struct memattr a)
{
    static const char *const device[4] = { "Device-nGnRnE", "Device-nGnRE", "Device-nGRE", "Device-GRE" };
    static const char *const normal[3][3] = {
        [CACHE_NC] = { "Normal-NC", "Normal-iNC-oWT", "Normal-iNC-oWB" },
        [CACHE_WT] = { "Normal-iWT-oNC", "Normal-WT", "Normal-iWT-oWB" },
        [CACHE_WB] = { "Normal-iWB-oNC", "Normal-iWB-oWT", "Normal-WB" },
    };

    if (memattr_is_device(a))
        return device[a.attr >> 2 & 3];
    return normal[attr_inner(a)][attr_outer(a)];
}

const char *attr_sh_name(unsigned sh)
{
    static const char *const names[4] = { "nsh", "nsh", "osh", "ish" };
    return names[sh & 3];
}
