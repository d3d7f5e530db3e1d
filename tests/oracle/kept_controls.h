/* The registers as far as a TLB entry may depend on them. Internal to tests/oracle/kept*.c. */
#pragma once

#include "tests/oracle/kept.h"

bool kept_stage1_on(const struct naive_regs *regs, bool el2);
bool kept_stage2_on(const struct naive_regs *regs);
uint8_t kept_vmid(const struct naive_regs *regs);
uint16_t kept_asid(const struct naive_regs *regs);

/* The table base addresses, whatever tags share the register. */
uint64_t kept_root1(const struct naive_regs *regs, bool el2, bool upper);
uint64_t kept_root2(const struct naive_regs *regs);

/* EPDn: a hit may still translate, so that what is kept of that half must go. */
bool kept_walks_disabled(const struct naive_regs *regs, bool el2, bool upper);

/* Digest of the controls that the book permits a TLB to keep with such an entry: it harms when they have changed. */
uint64_t kept_controls(const struct naive_regs *regs, const struct kept_entry *e);
