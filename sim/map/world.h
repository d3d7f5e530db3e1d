/* The world that the command line describes: a board, a Xen on it, and its domains, each with the tables that this Xen
 * builds for it.
 *
 * map, lint and scripts ask for it in the same words. */
#pragma once

#include "platforms/xen/dom0.h"
#include "platforms/xen/p2m.h"
#include "platforms/xen/xl_domu.h"

#define WORLD_DOMUS_MAX 16

/* The guest in the domain, for guest.h. NULL, 0, false: not said. */
struct guest_request {
    const char *kernel; /* "6.1", "4.x" */
    uint64_t va_bits;   /* 39 or 48; else as usual for that Linux */
    bool bare_metal;    /* Xilinx's BSP */
    bool kpti, linear_blocks, without_mte;
};

/* NULL: not said. */
struct world_request {
    const struct xen_preset *preset;
    const char *dtb;      /* the board's device tree; else the ZCU102 as bundled */
    const char *dom0_mem; /* "1G", "1500M", ...; else WORLD_DOM0_MEM */
    const char
        *config[WORLD_DOMUS_MAX + 1];      /* xl.cfgs of domUs, in the order in which they are created, NULL behind the
                                                last; they come after the domains of the device tree */
    const char *pass[WORLD_DOMUS_MAX + 1]; /* NAME=FILE: the tree of devices of a domain of the device tree; NAME=: it
                                                goes without */
    /* Who is asked about: "dom0", "domU", which is the first of xl's, or without one the first of the device tree's, or
     * a domain's name; "none": nobody, there is no Xen. NULL: the first of xl's, else dom0. */
    const char *domain;
    struct guest_request guest;
};

#define WORLD_DOM0_MEM "1G"

/* A domain and its tables. */
struct world_domain {
    struct xen_domain map; /* its regions */
    struct p2m p2m;
    struct xl_domu xl;
    bool has_xl;
    bool lacks_devices; /* a domain of the device tree whose module of devices was not given */
};

struct world {
    struct board board;
    struct dom0_ram ram;                             /* dom0's */
    struct world_domain domain[1 + WORLD_DOMUS_MAX]; /* dom0 first; RAM of one is of no other */
    size_t count, first_xl;           /* first_xl: behind those of the device tree, 0 where there is no domU */
    const struct world_domain *asked; /* the one that is asked about; NULL: without Xen */
};

/* Builds it: dom0, the domains of the device tree, xl's; dom0 is there always [choice: Xen without one is not built].
 * Returns false and fills *err, which names the file and place; world_close in any case. */
bool world_open(struct world *w, const struct world_request *q, struct trace_error *err);
void world_close(struct world *w);

/* Reads a size: a number with K, M, G or nothing, bytes, behind it [Xen: parse_size_and_unit, kernel.c@4.17.0, but that
 * there a number alone is of KB]. Returns false when it is none, 0, or not a multiple of 4 KB. */
bool world_parse_size(const char *text, uint64_t *bytes);
