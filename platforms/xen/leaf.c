/* Stage-2 descriptors as Xen writes them [Xen: mfn_to_p2m_entry, p2m.c@4.8.0:495, p2m.c@4.17.0:716]. */
#include "platforms/xen/preset.h"

#include "models/arch/addr.h"

#include <assert.h>

#define MATTR_DEV 0x1    /* Device-nGnRE */
#define MATTR_MEM_NC 0x5 /* Normal Non-cacheable */
#define MATTR_MEM 0xF    /* Normal Write-Back */

#define SH_OUTER 2

#define S2AP_RO 1
#define S2AP_RW 3

#define LEAF_VALID 1ULL
#define LEAF_NOT_BLOCK 2ULL /* a table, or a page of level 3 */
#define LEAF_AF (1ULL << 10)
#define LEAF_XN (1ULL << 54)
#define LEAF_TYPE 58, 55

static bool is_mmio(enum p2m_type type)
{
    return type == P2M_MMIO_DIRECT_DEV || type == P2M_MMIO_DIRECT_NC || type == P2M_MMIO_DIRECT_C;
}

static uint8_t memattr_of(enum p2m_type type)
{
    return type == P2M_MMIO_DIRECT_DEV ? MATTR_DEV : type == P2M_MMIO_DIRECT_NC ? MATTR_MEM_NC : MATTR_MEM;
}

static bool is_read_only(enum p2m_type type)
{
    return type == P2M_RAM_RO || type == P2M_MAP_FOREIGN_RO || type == P2M_GRANT_MAP_RO || type == P2M_IOMMU_MAP_RO ||
           type == P2M_INVALID;
}

/* All but RAM is never executable, grants and foreign pages included [Xen: p2m_set_permission, p2m.c@4.8.0:423]. */
struct p2m_attr xen_preset_attr(const struct xen_preset *x, enum p2m_type type)
{
    return (struct p2m_attr){ .memattr = memattr_of(type),
                              .sh = is_mmio(type) ? SH_OUTER : x->ram_sh,
                              .s2ap = is_read_only(type) ? S2AP_RO : S2AP_RW,
                              .xn = type != P2M_RAM_RW && type != P2M_RAM_RO };
}

static uint64_t entry(const struct xen_preset *x, enum p2m_type type, uint64_t pa)
{
    struct p2m_attr a = xen_preset_attr(x, type);

    return LEAF_VALID | (uint64_t)a.memattr << 2 | (uint64_t)a.s2ap << 6 | (uint64_t)a.sh << 8 | LEAF_AF | pa |
           (a.xn ? LEAF_XN : 0) | (uint64_t)x->type_number[type] << 55;
}

uint64_t xen_preset_leaf(const struct xen_preset *x, enum p2m_type type, uint64_t pa, unsigned level)
{
    assert(level >= 1 && level <= 3 && (pa & low_mask(12 + 9 * (3 - level))) == 0);
    assert(x->type_number[type] != 0xFF);
    return entry(x, type, pa) | (level == 3 ? LEAF_NOT_BLOCK : 0);
}

/* A table's attributes are IGNORED by the walk; they are what Xen's one function for all entries leaves there. The
 * seed's shareability is of RAM, not of this. */
uint64_t xen_preset_table(const struct xen_preset *x, uint64_t pa)
{
    return entry(x, (enum p2m_type)x->table_type, pa) | 3ULL << 8 | LEAF_NOT_BLOCK;
}

enum p2m_type xen_preset_type_of(const struct xen_preset *x, uint64_t leaf)
{
    for (int i = 1; i < P2M_TYPE_COUNT; i++) {
        if (x->type_number[i] == bits(leaf, LEAF_TYPE))
            return (enum p2m_type)i;
    }
    return P2M_INVALID;
}
