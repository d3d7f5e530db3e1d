/* Where a generated trace plays: guests with their processes, kernels and tables of both stages, and Xen below them.
 *
 * All tables are there from the start, built by those who build them for `map`: stage 1 as Linux 6.1 has it, stage 2 as
 * Xen's p2m has it, Xen's own by the stage-1 builder. Where a place leads is arithmetic, not read back from the tables,
 * so that a replay's --verify judges the one by the other.
 *
 * [choice] RAM of guests is the ZynqMP's window for DDR above 32 GB, 32 GB of it, whatever a board has; a footprint
 * beyond what a process is left of that leads to the same frames again. dom0 is mapped 1:1. */
#pragma once

#include "platforms/linux/linux_prot.h"
#include "platforms/xen/p2m.h"
#include "sim/generate/words.h"

#define SCENE_GUESTS_MAX 16
#define SCENE_PROCESSES_MAX 256
#define SCENE_CORES_MAX 4
#define SCENE_PAGE_BYTES 4096ULL
#define SCENE_CORE_STACK 0x4000ULL /* of each core, of guests and of Xen */

/* A stretch of VAs whose PAs are in a row, and begin anew behind each `window` bytes; 0: never. */
struct place {
    uint64_t va, pa, window;
    uint8_t flags; /* REC_MMIO, or 0 */
};

/* A process, or what runs at EL1. */
struct process {
    struct place code, data;
    uint64_t ttbr0; /* its root */
};

struct guest_scene {
    unsigned vmid;                       /* 0: without Xen */
    uint64_t ram_ipa, ram_pa, ram_bytes; /* RAM is one piece */
    struct vmap map;                     /* registers of stage 1 */
    struct vmap_tables tables;
    struct stage1 lower[SCENE_PROCESSES_MAX]; /* trees of processes behind the first */
    struct process process[SCENE_PROCESSES_MAX];
    uint64_t reserved;                  /* an empty root, for while no process has the lower half */
    struct place text, stack, own, gic; /* the kernel's: vectors and code; stacks by core; data of handlers; GICC */
    struct place buffer, flag;          /* dma: data of a frontend as who runs here sees it; dom0: of the first one */
    struct place buffer2, flag2;        /* dma: dom0's view of the second one */
    struct xen_domain domain;
    struct p2m p2m;
};

struct scene {
    const struct words *words;
    const struct xen_preset *xen; /* NULL: none */
    bool stage1;
    uint8_t el; /* of who walks */
    unsigned guests, processes;
    struct guest_scene guest[SCENE_GUESTS_MAX];
    struct stage1_pool xen_pool; /* Xen's own tables */
    struct stage1 xen_tree;
    struct place xen_text, xen_stack, xen_gic, xen_gich;
    size_t area, page; /* scene_page: which one comes next */
};

/* Builds it. Returns NULL and fills *err when the footprint does not fit, or for want of memory. */
struct scene *scene_new(const struct words *words, struct trace_error *err);

/* NULL is allowed. */
void scene_free(struct scene *s);

/* Gives the next table page. Returns 1, or 0 at the end. */
int scene_page(struct scene *s, uint64_t *pa, uint8_t page[TRACE_PAGE_BYTES]);

/* The PA of an offset in a place. */
static inline uint64_t place_pa(const struct place *p, uint64_t offset)
{
    return p->pa + (p->window == 0 || offset < p->window ? offset : offset % p->window);
}

/* The PA of the word of dom0's stage 2 that maps an IPA by 4 KB, and its content. */
uint64_t scene_p2m_word(const struct scene *s, uint64_t ipa, uint64_t *word);

/* What the i-th pair of dma has granted: IPA at dom0. */
uint64_t scene_grant_ipa(unsigned pair);

/* ---- For scene.c and scene_guest.c ------------------------------------------------------------------------------- */

/* Builds what a guest has. Returns false with *err. */
bool scene_build_guest(struct scene *s, unsigned i, struct trace_error *err);

/* dma: maps the buffers of all other guests into dom0, which is the first. Returns false with *err. */
bool scene_build_grants(struct scene *s, struct trace_error *err);
