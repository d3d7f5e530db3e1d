/* Where Linux maps what: the rules of its address space, as regions of a map.
 *
 * linux_map_init starts one; then the rules, in the order of the functions here, which is Linux's own: the attributes
 * of a table are those of the first region below it. */
#pragma once

#include "platforms/linux/linux_prot.h"

#define LINUX_BANKS_MAX 8

struct linux_bank {
    uint64_t ipa, bytes; /* multiples of 4 KB */
};

/* The kernel's image in RAM, each part a multiple of 64 KB. What is between rodata and data is of use at boot alone and
 * unmapped thereafter [Linux: init.c@6.1:494]. */
struct linux_image {
    uint64_t ipa; /* 2 MB aligned */
    uint64_t text_bytes, rodata_bytes, init_bytes, data_bytes;
};

/* Sizes of the Debian 6.1 kernel that the sample traces ran; `ipa` is the caller's. [choice: also for 4.x] */
#define LINUX_IMAGE_USUAL                                                                                              \
    {                                                                                                                  \
        .text_bytes = 0xCF0000, .rodata_bytes = 0x960000, .init_bytes = 0x650000, .data_bytes = 0x360000               \
    }

struct linux_map {
    const struct linux_preset *preset;
    struct linux_options options;
    struct vmap vmap;
    struct linux_image image;
    struct linux_bank bank[LINUX_BANKS_MAX]; /* RAM, ascending */
    size_t banks;
    uint64_t next_vmalloc; /* VA where ioremap looks on */
};

/* FULL: no memory, or VMAP_REGIONS_MAX, or LINUX_BANKS_MAX */
enum linux_map_result { LINUX_MAP_OK, LINUX_MAP_FULL };

/* Starts with the registers of a Linux preset and no region; linux_map_free releases it. */
void linux_map_init(struct linux_map *m, const struct linux_preset *p, const struct linux_options *o);
void linux_map_free(struct linux_map *m);

/* The kernel: text, rodata and data, and with kpti the trampoline in both upper trees. */
enum linux_map_result linux_map_kernel(struct linux_map *m, const struct linux_image *image);

/* The linear map of RAM, banks ascending. The alias of the image in it, if there is one and a bank holds it, is
 * read-only. */
enum linux_map_result linux_map_ram(struct linux_map *m, const struct linux_bank *bank, size_t banks);

/* Maps a device or a piece of RAM for the kernel where ioremap would place it; *va is where. `prot` is none of a
 * process's and linux_prot_known. */
enum linux_map_result linux_map_ioremap(struct linux_map *m, enum linux_prot prot, const struct linux_bank *what,
                                        uint64_t *va);

/* Maps pages of a process at a VA of the lower half. `prot` is one of a process's. */
enum linux_map_result linux_map_user(struct linux_map *m, enum linux_prot prot, const struct linux_bank *what,
                                     uint64_t va);

/* Returns the VA of an IPA of RAM in the linear map, after linux_map_ram. */
uint64_t linux_map_linear_va(const struct linux_map *m, uint64_t ipa);
