/* The map of Xilinx's standalone BSP for the A53: all of it 1:1, in blocks only. */
#pragma once

#include "platforms/linux/vmap.h"

/* Appends the BSP's map at EL1 Non-secure, with as many bytes of DDR from 0 and from 0x800000000 as the hardware design
 * has: of each only whole blocks are mapped, and no more than 2 GB and 32 GB. Returns false for want of memory. */
bool bare_metal_map(struct vmap *v, uint64_t ddr_low_bytes, uint64_t ddr_high_bytes);
