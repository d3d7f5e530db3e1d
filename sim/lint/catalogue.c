/* The rules of lint: what each is about, why it matters, what to do. */
#include "sim/lint/finding.h"

/* clang-format off: it would put a word a line */
static const struct lint_rule rules[LINT_CODE_COUNT] = {
    [LINT_MISMATCHED_TYPE] = {
        .name = "mismatched-type",
        .severity = LINT_ERROR,
        .title = "one physical address is mapped with two memory types",
        .reason = "Accesses by one mapping may not see what was written by the other, single copies of a line may "
                  "be lost, and ordering and exclusives are not what either type promises [Arm: B2, Mismatched "
                  "memory attributes]. A mapping that nobody uses does no harm: where use is not sure this is a "
                  "warning, of EL2's own map of all RAM a note.",
        .remedy = "Map it with one type everywhere; where stage 2 is more permissive than the device wants, each "
                  "guest has to map it as Device at stage 1.",
    },
    [LINT_MISMATCHED_SHAREABILITY] = {
        .name = "mismatched-shareability",
        .severity = LINT_WARNING,
        .title = "one cacheable address is mapped with two shareabilities",
        .reason = "Hardware keeps caches coherent within the domain that a mapping names: an access by the narrower "
                  "mapping may miss what the wider one has written [Arm: B2, Mismatched memory attributes].",
        .remedy = "Use one shareability for all mappings of it: Inner Shareable for RAM of one cluster.",
    },
    [LINT_REGION_OVERLAP] = {
        .name = "region-overlap",
        .severity = LINT_WARNING,
        .title = "two regions of a domain want the same IPA, and differ",
        .reason = "Xen maps one after the other and the later replaces the earlier without a word: RAM under a "
                  "device's region is not executable, which has hung dom0 at its first instruction [Xen: "
                  "p2m_set_entry, p2m.c@4.8.0:1062].",
        .remedy = "Move one of them; give reserved-memory and devices addresses that RAM does not have.",
    },
    [LINT_RAM_OUTSIDE_BOARD] = {
        .name = "ram-outside-board",
        .severity = LINT_ERROR,
        .title = "RAM of a domain lies where the board has none",
        .reason = "Its accesses end in external aborts, or in whatever answers there.",
        .remedy = "Compare the memory nodes of the device tree with the board; take static memory from what they "
                  "name.",
    },
    [LINT_NOTHING_THERE] = {
        .name = "nothing-there",
        .severity = LINT_WARNING,
        .title = "a region leads to an address where the board has neither RAM nor a device",
        .reason = "An access is answered by an external abort, which Xen passes to the guest as one that it did not "
                  "expect.",
        .remedy = "Check the page number: iomem counts in pages of 4 KB, in hexadecimal; a device of programmable "
                  "logic has to stand in the device tree.",
    },
    [LINT_FOREIGN_RAM] = {
        .name = "foreign-ram",
        .severity = LINT_ERROR,
        .title = "a region leads into another domain's RAM",
        .reason = "The domain reads and writes what the other believes its own; neither Xen nor the other can tell.",
        .remedy = "Take the page out of the other's RAM (/reserved-memory, or less dom0_mem), or share it by "
                  "grants.",
    },
    [LINT_XEN_OWNED] = {
        .name = "xen-owned",
        .severity = LINT_ERROR,
        .title = "a domain is given what Xen keeps for itself",
        .reason = "Whoever writes the GIC's distributor or hypervisor interface, an SMMU or Xen's own image can "
                  "take the machine; Xen refuses dom0 the permission for these, and so xl fails [Xen: "
                  "gic-v2.c@4.8.0:991].",
        .remedy = "Leave it out; a guest's GIC is emulated, and its devices reach memory through an SMMU that Xen "
                  "programs.",
    },
    [LINT_DEVICE_SHARED] = {
        .name = "device-shared",
        .severity = LINT_WARNING,
        .title = "a device of a domU stays with dom0 as well",
        .reason = "Both may drive it: dom0's driver binds when it finds the node, and what one sets up the other "
                  "undoes.",
        .remedy = "Put xen,passthrough into the device's node: dom0 keeps the permission to give it away, and does "
                  "not map it [Xen: domain_build.c@4.8.0:999].",
    },
    [LINT_RAM_AS_DEVICE] = {
        .name = "ram-as-device",
        .severity = LINT_WARNING,
        .title = "RAM is passed through as Device memory",
        .reason = "Stage 2 wins: whatever the guest's tables say, the page is uncached, an unaligned access or DC "
                  "ZVA faults, and exclusives need not work [Arm: D8.6.5, Table D8-97].",
        .remedy = "With a preset of Xilinx's tree write \"START,COUNT@GFN,memory\"; elsewhere share RAM by grants, "
                  "or by static shared memory of dom0less.",
    },
    [LINT_SETTING_IGNORED] = {
        .name = "setting-ignored",
        .severity = LINT_NOTE,
        .title = "a setting of the configuration has no effect on the map",
        .reason = "It may be for other parts of xl, or misspelt: xl does not tell of a key that it does not know.",
        .remedy = "Compare it with the manual page xl.cfg.",
    },
    [LINT_EXECUTABLE_DEVICE] = {
        .name = "executable-device",
        .severity = LINT_WARNING,
        .title = "Device memory may be executed",
        .reason = "An instruction may be fetched ahead of its time from where the table allows it: a read that a "
                  "device notices [Arm: B2.10.2]; and a fetch by purpose gives a Permission fault, or what it "
                  "finds.",
        .remedy = "Set XN at stage 2, or UXN and PXN at stage 1.",
    },
    [LINT_WRITABLE_EXECUTABLE] = {
        .name = "writable-executable",
        .severity = LINT_WARNING,
        .title = "a page may be written and executed at one exception level",
        .reason = "Who can make it write can make it execute what is written; SCTLR_ELx.WXN = 1 would refuse the "
                  "execution [Arm: D8.4].",
        .remedy = "Map code read-only and data execute-never; set SCTLR_ELx.WXN once no page needs both.",
    },
    [LINT_EL0_EXECUTES_KERNEL] = {
        .name = "el0-executes-kernel",
        .severity = LINT_NOTE,
        .title = "EL0 may execute what only EL1 may read",
        .reason = "UXN = 0 lets EL0 execute a page of which AP[1] = 0 gives it no data access [Arm: Table D8-65].",
        .remedy = "Set UXN in every leaf of the kernel; harmless where nothing runs at EL0.",
    },
    [LINT_BLOCK_LEVEL] = {
        .name = "block-level",
        .severity = LINT_ERROR,
        .title = "a block at a level where the granule has none, or a page with bits[1:0] = 01",
        .reason = "It is an invalid descriptor: a Translation fault [Arm: D8.3.1].",
        .remedy = "Blocks are of level 1 and 2 with 4 KB, of level 2 with 64 KB; a page's bits [1:0] are 11.",
    },
    [LINT_ADDRESS_SIZE] = {
        .name = "address-size",
        .severity = LINT_ERROR,
        .title = "a descriptor's address does not fit the output size",
        .reason = "The walk ends in an Address size fault [Arm: OAOutOfRange].",
        .remedy = "Raise TCR_EL1.IPS, TCR_EL2.PS or VTCR_EL2.PS, up to 40 bits, or correct the address.",
    },
    [LINT_CONTIGUOUS] = {
        .name = "contiguous",
        .severity = LINT_ERROR,
        .title = "the contiguous bit is set in a group that is not contiguous",
        .reason = "A TLB may keep one entry for the group, so any of its addresses may be translated by any of its "
                  "descriptors [Arm: D8.7.1].",
        .remedy = "Set the bit in all 16 (of 64 KB granule: 32) entries of an aligned group, which lead to one "
                  "aligned stretch with the same attributes; or in none.",
    },
    [LINT_RESERVED_ENCODING] = {
        .name = "reserved-encoding",
        .severity = LINT_WARNING,
        .title = "an attribute has a reserved encoding",
        .reason = "It acts as some allocated value, and no two cores need agree on which [Arm: K1.2.19].",
        .remedy = "Write one of the allocated encodings; stage 2 has another format (MemAttr) than stage 1 (an "
                  "index into MAIR).",
    },
    [LINT_ACCESS_FLAG] = {
        .name = "access-flag",
        .severity = LINT_NOTE,
        .title = "a valid leaf has AF = 0",
        .reason = "The first access to it ends in an Access flag fault, as this core does not set the flag itself "
                  "[Arm: the flag is hardware managed from ARMv8.1 on].",
        .remedy = "Set AF where nobody handles the fault; a system that ages pages does this on purpose.",
    },
    [LINT_TABLE_IN_DEVICE] = {
        .name = "table-in-device",
        .severity = LINT_ERROR,
        .title = "a stage-1 table lies in what stage 2 makes Device memory",
        .reason = "With HCR_EL2.PTW = 1 the walk ends in a stage-2 Permission fault, after which Xen lets the guest "
                  "execute the same instruction again: it hangs without a message [Arm: HCR_EL2.PTW] [Xen: "
                  "traps.c@4.8.0:2547].",
        .remedy = "Keep tables in RAM, not in what is passed through.",
    },
    [LINT_TABLE_NOT_THERE] = {
        .name = "table-not-there",
        .severity = LINT_WARNING,
        .title = "a stage-1 table lies where stage 2 maps nothing readable, or in no memory",
        .reason = "Each walk that comes there ends in a stage-2 fault or an external abort on the table's fetch "
                  "[Arm: D8.15].",
        .remedy = "Correct the table descriptor or TTBR; or map the table's page.",
    },
    [LINT_OVERRULED] = {
        .name = "overruled-device",
        .severity = LINT_WARNING,
        .title = "stage 1 says Normal, and stage 2 makes it Device",
        .reason = "What the guest believes to be memory is uncached: an unaligned access faults, DC ZVA faults, and "
                  "exclusives need not work [Arm: D8.6.5, Table D8-97].",
        .remedy = "Map it Device at stage 1 if it is a device; else have stage 2 give Normal memory (Xilinx: iomem "
                  "\"...,memory\").",
    },
    [LINT_RESERVED_REGISTER] = {
        .name = "reserved-register",
        .severity = LINT_ERROR,
        .title = "a register that steers translation has a value that no walk can use",
        .reason = "TxSZ out of range, an SL0 that is reserved or does not fit, and a granule that the core has not "
                  "are unpredictable between behaving as another value and a fault for each walk [Arm: D8.1.9, "
                  "D8.2.8] [A53: 5.1].",
        .remedy = "Write TxSZ 16 to 39 (VTCR_EL2.T0SZ from 24), a granule of 4 or 64 KB, and an SL0 that fits T0SZ.",
    },
    [LINT_BREAK_BEFORE_MAKE] = {
        .name = "break-before-make",
        .severity = LINT_ERROR,
        .title = "a live descriptor became another one while TLBs might hold it",
        .reason = "Two translations of one address are then in use at once: a TLB conflict abort, either answer, or "
                  "a mix of both; coherency, ordering and exclusives are lost [Arm: D8.17.1, R_WHZWS].",
        .remedy = "Write an invalid descriptor; DSB ISHST; TLBI of the address, broadcast; DSB ISH; then the new "
                  "descriptor and DSB ISHST [Arm: R_DDMVT].",
    },
    [LINT_TLBI_MISSING] = {
        .name = "tlbi-missing",
        .severity = LINT_ERROR,
        .title = "an access could use what is no longer in the tables, and no TLBI took it away",
        .reason = "TLBs are not kept coherent with the tables: what was unmapped or made read-only stays as it was, "
                  "for as long as an entry happens to live [Arm: D8.17, R_FFWJK, R_GPPYH].",
        .remedy = "After the store DSB ISHST, the TLBI that is named (its address, ASID, VMID and scope), DSB ISH.",
    },
    [LINT_TLBI_LATE] = {
        .name = "tlbi-late",
        .severity = LINT_WARNING,
        .title = "an access could use what was no longer in the tables; its TLBI came afterwards",
        .reason = "Until a TLBI is complete the old entry may answer: what relies on the change before that is wrong "
                  "[Arm: R_LXHLD]. A note where another core makes the change: it is not told before.",
        .remedy = "Rely on a change of the tables after its TLBI and DSB, not before.",
    },
    [LINT_TLBI_NO_DSB_BEFORE] = {
        .name = "tlbi-no-dsb-before",
        .severity = LINT_ERROR,
        .title = "no DSB between the store of a descriptor and its TLBI",
        .reason = "The store need not be visible to table walks yet: one may read the old descriptor after the TLBI "
                  "and keep it [Arm: R_DDMVT].",
        .remedy = "DSB ISHST (for a local TLBI NSHST will do) between the store and the TLBI.",
    },
    [LINT_TLBI_NO_DSB_AFTER] = {
        .name = "tlbi-no-dsb-after",
        .severity = LINT_WARNING,
        .title = "no DSB between a TLBI and what relies on it",
        .reason = "A TLBI is complete only when a DSB for loads and stores of the core that issued it is [Arm: "
                  "R_PSMWS, R_YNJCP, R_BLDZX]. An error where an access could still use the old entry.",
        .remedy = "DSB ISH after a broadcast TLBI, DSB NSH at least after a local one; then ISB.",
    },
    [LINT_ASID_REUSED] = {
        .name = "asid-reused",
        .severity = LINT_ERROR,
        .title = "an ASID went to other tables while entries with it remained",
        .reason = "Entries are told apart by VMID and ASID alone: those of the old tables answer for the new [Arm: "
                  "R_NWYRD].",
        .remedy = "TLBI ASIDE1IS and DSB ISH before the ASID is used again.",
    },
    [LINT_VMID_REUSED] = {
        .name = "vmid-reused",
        .severity = LINT_ERROR,
        .title = "a VMID went to other tables while entries with it remained",
        .reason = "Entries are told apart by VMID and ASID alone: one guest gets the memory of another [Arm: R_NWYRD].",
        .remedy = "TLBI VMALLS12E1IS with that VMID in VTTBR_EL2, or ALLE1IS, and DSB ISH before it is used again.",
    },
    [LINT_REGISTER_NO_TLBI] = {
        .name = "register-no-tlbi",
        .severity = LINT_ERROR,
        .title = "a register that TLBs may hold changed, and entries made before remained",
        .reason = "What MAIR, TCR and SCTLR.WXN said when an entry was made may be kept with it [Arm: R_VNRFW].",
        .remedy = "ISB after the register, then TLBI of all that it affects, DSB, ISB.",
    },
    [LINT_REGISTER_NO_ISB] = {
        .name = "register-no-isb",
        .severity = LINT_NOTE,
        .title = "a translation came out by a register that was not synchronised yet",
        .reason = "Before a context synchronization event (ISB, exception entry or return) a core may go by the old "
                  "or the new value [Arm: Synchronization requirements for AArch64 System registers].",
        .remedy = "ISB between the register and what depends on it.",
    },
    [LINT_SPURIOUS_FAULT] = {
        .name = "spurious-fault",
        .severity = LINT_NOTE,
        .title = "rights were given, and an entry that refuses might remain",
        .reason = "An entry with fewer rights may be kept and fault once more, for ever if nobody takes it away "
                  "[Arm: R_JVXRH].",
        .remedy = "TLBI when rights are given, or take a second fault on a right descriptor for what it is.",
    },
    [LINT_LIMIT] = {
        .name = "limit",
        .severity = LINT_WARNING,
        .title = "not everything was looked at",
        .reason = "There are more descriptors than lint follows; a table that leads to itself or to one place many "
                  "times does that.",
        .remedy = "Mend such tables; what is beyond was not checked.",
    },
};
/* clang-format on */

const struct lint_rule *lint_rule(enum lint_code code)
{
    return &rules[code];
}
