/* Leaves joined to stretches. */
#include "sim/map/map_view.h"

#include "models/arch/addr.h"
#include "models/arch/ttw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEAF_ADDRESS 0x0000FFFFFFFFF000ULL

/* What one leaf, or the hole that one invalid entry makes, is. */
static struct map_stretch stretch_of(const struct p2m *p, const struct p2m_leaf *leaf)
{
    struct map_stretch s = { .ipa = leaf->ipa, .bytes = leaf->bytes, .mapped = leaf->desc != 0 };

    if (!s.mapped)
        return s;
    s.pa = leaf->desc & LEAF_ADDRESS & ~(leaf->bytes - 1);
    s.type = xen_preset_type_of(p->preset, leaf->desc);
    s.attr = attr_decode_stage2((unsigned)bits(leaf->desc, DESC_MemAttr), (unsigned)bits(leaf->desc, DESC_SH));
    s.perm = (uint8_t)ttw_leaf_perm_s2(leaf->desc);
    s.leaves[leaf->level] = 1;
    return s;
}

/* Cuts what lies before `ipa` off. */
static void begin_at(struct map_stretch *s, uint64_t ipa)
{
    uint64_t before = ipa - s->ipa;

    s->ipa += before;
    s->pa += before;
    s->bytes -= before;
}

static bool same_attr(const struct map_stretch *a, const struct map_stretch *b)
{
    return memcmp(&a->attr, &b->attr, sizeof a->attr) == 0 && a->perm == b->perm;
}

struct map_stretch map_stretch_at(const struct p2m *p, uint64_t ipa, uint64_t end)
{
    struct p2m_leaf leaf = p2m_find(p, ipa);
    struct map_stretch s = stretch_of(p, &leaf);

    begin_at(&s, ipa);
    while (s.ipa + s.bytes < end) {
        struct map_stretch next;

        leaf = p2m_find(p, s.ipa + s.bytes);
        next = stretch_of(p, &leaf);
        if (next.mapped != s.mapped ||
            (s.mapped && (next.pa != s.pa + s.bytes || next.type != s.type || !same_attr(&s, &next))))
            break;
        s.bytes += next.bytes;
        for (unsigned level = 1; level <= 3; level++)
            s.leaves[level] += next.leaves[level];
    }
    if (s.ipa + s.bytes > end)
        s.bytes = end - s.ipa;
    return s;
}

bool map_stretch_same(const struct map_stretch *a, const struct map_stretch *b)
{
    return a->mapped == b->mapped && (!a->mapped || (a->pa - a->ipa == b->pa - b->ipa && same_attr(a, b)));
}

void map_count_leaves(const struct p2m *p, uint64_t ipa, uint64_t bytes, size_t leaves[4])
{
    memset(leaves, 0, 4 * sizeof *leaves);
    for (uint64_t at = ipa; at < ipa + bytes;) {
        struct p2m_leaf leaf = p2m_find(p, at);

        leaves[leaf.desc ? leaf.level : 0]++;
        at = leaf.ipa + leaf.bytes;
    }
}

const char *map_attr_text(const struct map_stretch *s, char text[MAP_TEXT_BYTES])
{
    if (!s->mapped)
        snprintf(text, MAP_TEXT_BYTES, "not mapped");
    else
        snprintf(text, MAP_TEXT_BYTES, "%s %s %c%c%c", attr_name(s->attr), attr_sh_name(s->attr.sh),
                 s->perm & PERM_S2_READ ? 'R' : '-', s->perm & PERM_S2_WRITE ? 'W' : '-',
                 s->perm & PERM_S2_XN ? '-' : 'X');
    return text;
}

const char *map_size_text(uint64_t bytes, char text[MAP_TEXT_BYTES])
{
    static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
    unsigned unit = 0;

    while (unit < 4 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, MAP_TEXT_BYTES, "%" PRIu64 " %s", bytes, units[unit]);
    return text;
}
