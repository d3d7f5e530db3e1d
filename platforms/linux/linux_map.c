/* The rules of Linux's address space. */
#include "platforms/linux/linux_map.h"

#include "models/arch/addr.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define PAGE 0x1000ULL
#define MODULES_BYTES (128ULL << 20)
#define MEMSTART_BITS 30           /* [Linux: kernel-pgtable.h@6.1:131] */
#define IOREMAP_MAX_BITS 30        /* [Linux: memory.h@6.1:160] */
#define FIX_ENTRY_TRAMP_TEXT1 1030 /* [Linux: fixmap.h@6.1:36] */
#define TRAMPOLINE_BYTES 0x2000    /* four vector tables of 2 KB, to the page [Linux: entry.S@6.1:770] */

/* The lowest VA of the upper half, and the one that halves it: 4.x has the kernel's image, modules and vmalloc in the
 * first of these halves and the linear map in the second; 6.1 the other way round [Linux: memory.h@6.1:44,
 * memory.h@6.1:48, memory.h@4.14 VA_START, PAGE_OFFSET]. */
static uint64_t lowest(const struct linux_map *m)
{
    return 0 - (1ULL << m->preset->upper_bits);
}

static uint64_t middle(const struct linux_map *m)
{
    return 0 - (1ULL << (m->preset->upper_bits - 1));
}

static bool is_4(const struct linux_map *m)
{
    return m->preset->family == FAMILY_LINUX_4;
}

static uint64_t page_offset(const struct linux_map *m)
{
    return is_4(m) ? middle(m) : lowest(m);
}

/* KIMAGE_VADDR; no KASLR [choice: its offset is a random number]. */
static uint64_t image_va(const struct linux_map *m)
{
    return (is_4(m) ? lowest(m) : middle(m)) + MODULES_BYTES;
}

/* From the image's base to what is mapped: the head is not [Linux: vmlinux.lds.S@6.1:161]; 4.x starts at TEXT_OFFSET
 * [Linux: Makefile@4.14]. */
static uint64_t text_offset(const struct linux_map *m)
{
    return is_4(m) ? 0x80000 : 0x10000;
}

/* rodata=full is what forbids blocks [Linux: pageattr.c@6.1:21, mmu.c@6.1:601]; 4.x has no such thing. */
static uint8_t linear_sizes(const struct linux_map *m)
{
    return is_4(m) || m->options.linear_blocks ? STAGE1_BLOCKS | STAGE1_CONTIGUOUS : 0;
}

void linux_map_init(struct linux_map *m, const struct linux_preset *p, const struct linux_options *o)
{
    assert(p->family == FAMILY_LINUX_4 || p->family == FAMILY_LINUX_6_1);
    *m = (struct linux_map){ .preset = p, .options = *o };
    linux_vmap(&m->vmap, p, o);
    m->next_vmalloc = image_va(m);
}

void linux_map_free(struct linux_map *m)
{
    vmap_free(&m->vmap);
}

/* Appends a region with attributes `prot`; `r` brings addresses, sizes and source. No bytes, no region. */
static enum linux_map_result add(struct linux_map *m, enum linux_prot prot, struct vmap_region r, const char *name)
{
    struct vmap_region *added;

    if (r.bytes == 0)
        return LINUX_MAP_OK;
    r.leaf = linux_prot_leaf(m->preset, prot, m->options.kpti && r.tree != TREE_TRAMPOLINE);
    r.table = linux_prot_table(m->preset, prot);
    r.prot = linux_prot_name(prot);
    added = vmap_add(&m->vmap, &r);
    if (!added)
        return LINUX_MAP_FULL;
    snprintf(added->name, sizeof added->name, "%s", name);
    return LINUX_MAP_OK;
}

/* The trampoline is at the same fixmap slot in both trees, global in both. Slot 1030 is behind 4 MB of FDT, the console
 * and what text is poked through [choice: of a kernel without ACPI]; in the image it stands where rodata begins
 * [choice: Linux has it after the constants]. */
static enum linux_map_result add_trampoline(struct linux_map *m)
{
    uint64_t vmemmap = 0 - (1ULL << (m->preset->upper_bits - 6)); /* [Linux: memory.h@6.1:51] */
    uint64_t fixmap_top = vmemmap - (32ULL << 20);                /* [Linux: memory.h@6.1:55] */
    struct vmap_region r = { .va = fixmap_top - FIX_ENTRY_TRAMP_TEXT1 * PAGE,
                             .ipa = m->image.ipa + text_offset(m) + m->image.text_bytes,
                             .bytes = TRAMPOLINE_BYTES,
                             .tree = TREE_TRAMPOLINE,
                             .source = "Linux: mmu.c@6.1 map_entry_trampoline" };
    enum linux_map_result result = add(m, PROT_KERNEL_ROX, r, "entry trampoline");

    if (result != LINUX_MAP_OK)
        return result;
    r = m->vmap.region[m->vmap.count - 1];
    r.tree = TREE_UPPER;
    return vmap_add(&m->vmap, &r) ? LINUX_MAP_OK : LINUX_MAP_FULL;
}

enum linux_map_result linux_map_kernel(struct linux_map *m, const struct linux_image *image)
{
    uint64_t from = text_offset(m), rodata = from + image->text_bytes, init = rodata + image->rodata_bytes;
    uint64_t data = init + image->init_bytes, end = data + image->data_bytes;
    const struct {
        uint64_t from, to;
        enum linux_prot prot;
        uint8_t sizes;
        const char *name;
    } segment[] = {
        /* rodata is remapped later on, which contiguous groups do not allow [Linux: mmu.c@6.1:784] */
        { from, rodata, PROT_KERNEL_ROX, STAGE1_BLOCKS | STAGE1_CONTIGUOUS, "kernel text" },
        { rodata, init, PROT_KERNEL_RO, STAGE1_BLOCKS, "kernel rodata" },
        { data, end, PROT_KERNEL, STAGE1_BLOCKS | STAGE1_CONTIGUOUS, "kernel data" },
    };
    enum linux_map_result result = LINUX_MAP_OK;

    m->image = *image;
    for (size_t i = 0; i < sizeof segment / sizeof *segment && result == LINUX_MAP_OK; i++)
        result = add(m, segment[i].prot,
                     (struct vmap_region){ .va = image_va(m) + segment[i].from,
                                           .ipa = image->ipa + segment[i].from,
                                           .bytes = segment[i].to - segment[i].from,
                                           .tree = TREE_UPPER,
                                           .sizes = segment[i].sizes,
                                           .source = "Linux: mmu.c map_kernel" },
                     segment[i].name);
    m->next_vmalloc = image_va(m) + end + PAGE; /* a guard page follows [Linux: mmu.c@6.1:792] */
    return result == LINUX_MAP_OK && m->options.kpti ? add_trampoline(m) : result;
}

uint64_t linux_map_linear_va(const struct linux_map *m, uint64_t ipa)
{
    uint64_t start = m->banks ? align_down(m->bank[0].ipa, MEMSTART_BITS) : 0; /* [Linux: init.c@6.1:290] */

    return page_offset(m) + (ipa - start);
}

static enum linux_map_result add_linear(struct linux_map *m, uint64_t ipa, uint64_t end, const char *name)
{
    if (ipa >= end)
        return LINUX_MAP_OK;
    return add(m, PROT_KERNEL_LINEAR,
               (struct vmap_region){ .va = linux_map_linear_va(m, ipa),
                                     .ipa = ipa,
                                     .bytes = end - ipa,
                                     .tree = TREE_UPPER,
                                     .sizes = linear_sizes(m),
                                     .source = "Linux: mmu.c map_mem" },
               name);
}

/* The image's text and rodata seen through the linear map: in blocks even with rodata=full, never contiguous [Linux:
 * mmu.c@6.1:645, mmu.c@6.1:501]. */
static enum linux_map_result add_alias(struct linux_map *m, uint64_t ipa, uint64_t end)
{
    return add(m, PROT_KERNEL_RO,
               (struct vmap_region){ .va = linux_map_linear_va(m, ipa),
                                     .ipa = ipa,
                                     .bytes = end - ipa,
                                     .tree = TREE_UPPER,
                                     .sizes = STAGE1_BLOCKS,
                                     .source = "Linux: mmu.c map_mem, mark_linear_text_alias_ro" },
               "linear alias of text and rodata");
}

enum linux_map_result linux_map_ram(struct linux_map *m, const struct linux_bank *bank, size_t banks)
{
    uint64_t from = m->image.ipa + text_offset(m), to = from + m->image.text_bytes + m->image.rodata_bytes;
    bool inside = false;

    if (banks > LINUX_BANKS_MAX)
        return LINUX_MAP_FULL;
    memcpy(m->bank, bank, banks * sizeof *bank);
    m->banks = banks;
    for (size_t i = 0; i < banks; i++) {
        uint64_t start = bank[i].ipa, end = start + bank[i].bytes;
        bool here = from < to && start <= from && to <= end;
        char name[VMAP_NAME_BYTES];

        snprintf(name, sizeof name, "linear map of RAM bank %zu", i);
        inside |= here;
        if (add_linear(m, start, here ? from : end, name) != LINUX_MAP_OK ||
            add_linear(m, here ? to : end, end, name) != LINUX_MAP_OK)
            return LINUX_MAP_FULL;
    }
    return inside ? add_alias(m, from, to) : LINUX_MAP_OK;
}

/* The order of a size is its rounded-up log2, and at least a page's [Linux: vmalloc.c@6.1:2559]. */
static unsigned ioremap_align_bits(uint64_t bytes)
{
    unsigned order = 12;

    while (order < IOREMAP_MAX_BITS && 1ULL << order < bytes)
        order++;
    return order;
}

/* [choice: each mapping after the one before, so that holes left by alignment are not used; blocks as without
 * CONFIG_PTDUMP_DEBUGFS, vmalloc.h@6.1] */
enum linux_map_result linux_map_ioremap(struct linux_map *m, enum linux_prot prot, const struct linux_bank *what,
                                        uint64_t *va)
{
    unsigned order = ioremap_align_bits(what->bytes);
    char name[VMAP_NAME_BYTES];

    assert(!linux_prot_is_user(prot));
    *va = align_down(m->next_vmalloc + low_mask(order), order);
    m->next_vmalloc = *va + what->bytes + PAGE;
    snprintf(name, sizeof name, "ioremap %#llx", (unsigned long long)what->ipa);
    return add(m, prot,
               (struct vmap_region){ .va = *va,
                                     .ipa = what->ipa,
                                     .bytes = what->bytes,
                                     .tree = TREE_UPPER,
                                     .sizes = STAGE1_BLOCKS,
                                     .source = "Linux: vmalloc.c ioremap_page_range" },
               name);
}

/* In 4 KB pages: no transparent huge pages [choice: they come and go]. */
enum linux_map_result linux_map_user(struct linux_map *m, enum linux_prot prot, const struct linux_bank *what,
                                     uint64_t va)
{
    bool device = prot == PROT_DEV_MEM || prot == PROT_DEV_MEM_SYNC;

    assert(linux_prot_is_user(prot));
    return add(m, prot,
               (struct vmap_region){ .va = va,
                                     .ipa = what->ipa,
                                     .bytes = what->bytes,
                                     .tree = TREE_LOWER,
                                     .source = device ? "Linux: mem.c mmap_mem" : "Linux: mmap" },
               device ? "/dev/mem" : "process");
}
