/* HCR_EL2 in words: what a hypervisor has switched on for its guest. */
#pragma once

#include <stdint.h>

#define HCR_TEXT_BYTES 256

/* Writes the names of the bits that are set, and fields of several bits with their value: "VM SWIO PTW BSU=1 RW".
 * Returns text. Names: [Arm: HCR_EL2], those that ARMv8.0 has. */
const char *hcr_text(uint64_t hcr, char text[HCR_TEXT_BYTES]);
