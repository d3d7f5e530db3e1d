// A small guest for the smoke test of the capture: it begins at EL1 or at EL2, builds tables, and meets what a capture has
// to tell: both stages, 4 KB pages and 2 MB blocks, every kind of MMU fault, table words that change, ASIDs,
// AT, LDTR, DC ZVA on a table, accesses that cross a page, a device.
//
// It is assembled to one section that begins with its own ELF header, so that neither linker nor libraries are needed:
// all addresses are relative, or constants of the map below. With HANG defined it does nothing for ever.

    .set    BASE, 0x100000          // where the file is loaded; code runs 1:1

    // Tables, a page each, 1:1 in stage 1 and stage 2.
    .set    S2_L1, 0x200000
    .set    S2_L2, 0x201000
    .set    S2_L3, 0x202000         // of the IPAs from 0x400000
    .set    EL2_L1, 0x203000
    .set    S1_L1, 0x210000         // of ASID 1
    .set    S1_L2, 0x211000
    .set    S1_L3, 0x212000         // of the VAs from 0x400000
    .set    S1_L1B, 0x213000        // of ASID 2
    .set    S1_L2B, 0x214000
    .set    S1_L3B, 0x215000
    .set    S1_L3C, 0x216000        // zeroed by DC ZVA, of the VAs from 0x600000

    // Descriptors: AF, inner shareable, AttrIndx 0. Pages are not global: the two address spaces differ in them.
    .set    BLOCK, 0x701
    .set    PAGE, 0xf03
    .set    TABLE, 0x3
    .set    NOT_GLOBAL, 1 << 11
    .set    USER, 1 << 6            // AP[1]: EL0 too
    .set    READ_ONLY, 1 << 7       // AP[2]
    .set    NO_AF, 0xb03            // a page without the access flag
    .set    DEVICE, 0x405           // a block of AttrIndx 1
    .set    S2_BLOCK, 0x7fd         // AF, inner shareable, read and write, write-back
    .set    S2_PAGE, 0x7ff
    .set    S2_READ, 0x77f          // a page that may only be read
    .set    S2_DEVICE, 0x4c5

    .set    UART, 0xff000000

    .macro  entry table, index, value
    ldr     x0, =\table + 8 * \index
    ldr     x1, =\value
    str     x1, [x0]
    .endm

    .macro  set register, value
    ldr     x0, =\value
    msr     \register, x0
    .endm

    .macro  ask operation, va
    ldr     x0, =\va
    at      \operation, x0
    isb
    mrs     x0, par_el1
    .endm

    .text
file:
    .ascii  "\177ELF"
    .byte   2, 1, 1, 0
    .quad   0
    .hword  2, 183                  // ET_EXEC, EM_AARCH64
    .word   1
    .quad   BASE + start - file
    .quad   64, 0                   // program headers here, no sections
    .word   0
    .hword  64, 56, 1, 64, 0, 0
    .word   1, 7                    // PT_LOAD, all permissions
    .quad   0, BASE, BASE, end - file, end - file, 0x1000

start:
#ifdef HANG
    b       start
#endif
    mrs     x0, currentel
    cmp     x0, #(2 << 2)
    b.ne    at_el1

// ---- EL2: stage 2 below, a stage 1 of its own, vectors ---------------------------------------------------------------

    entry   S2_L1, 0, S2_L2 + TABLE
    entry   S2_L1, 3, 0xc0000000 + S2_DEVICE
    entry   S2_L2, 0, 0x000000 + S2_BLOCK
    entry   S2_L2, 1, 0x200000 + S2_BLOCK
    entry   S2_L2, 2, S2_L3 + TABLE
    entry   S2_L2, 4, 0x800000 + S2_BLOCK
    entry   S2_L3, 0, 0x900000 + S2_PAGE
    entry   S2_L3, 1, 0x981000 + S2_PAGE
    entry   S2_L3, 2, 0x952000 + S2_READ
    entry   S2_L3, 4, 0x934000 + S2_PAGE
    entry   S2_L3, 5, 0x935000 + S2_PAGE
    entry   EL2_L1, 0, 0x00000000 + BLOCK
    entry   EL2_L1, 3, 0xc0000000 + DEVICE

    set     mair_el2, 0x04ff
    set     tcr_el2, 0x80823519     // 39 bits, 4 KB, PA 40 bits
    set     ttbr0_el2, EL2_L1
    set     vtcr_el2, 0x80023559    // 39 bits from level 1, 4 KB, PA 40 bits
    set     vttbr_el2, (3 << 48) + S2_L1
    set     hcr_el2, (1 << 31) + 1  // RW, VM
    adr     x0, vectors_el2
    msr     vbar_el2, x0
    tlbi    alle2
    tlbi    vmalls12e1
    dsb     sy
    isb
    set     sctlr_el2, 0x30c51835   // M, C, I
    isb
    set     spsr_el2, 0x3c5         // EL1h, all masked
    adr     x0, at_el1
    msr     elr_el2, x0
    eret

// ---- EL1: the window opens, stage 1 is built, both roots -------------------------------------------------------------

at_el1:
    hint    #0x70
    set     cpacr_el1, 3 << 20
    adr     x0, vectors_el1
    msr     vbar_el1, x0
    entry   S1_L1, 0, S1_L2 + TABLE
    entry   S1_L1, 3, 0xc0000000 + DEVICE
    entry   S1_L2, 0, 0x000000 + BLOCK
    entry   S1_L2, 1, 0x200000 + BLOCK
    entry   S1_L2, 2, S1_L3 + TABLE
    entry   S1_L2, 4, 0x800000 + BLOCK + NOT_GLOBAL
    adr     x1, at_el0              // a page of code that EL0 may execute
    ldr     x0, =PAGE + USER + READ_ONLY
    orr     x1, x1, x0
    ldr     x0, =S1_L3
    str     x1, [x0]
    ldr     x0, =S1_L3B
    str     x1, [x0]
    entry   S1_L3, 1, 0x400000 + PAGE + USER
    entry   S1_L3, 2, 0x404000 + PAGE + USER
    entry   S1_L3, 3, 0x405000 + NO_AF
    entry   S1_L3, 4, 0x405000 + PAGE + READ_ONLY
    entry   S1_L3, 5, 0x403000 + PAGE  // of no leaf of stage 2
    entry   S1_L3, 6, 0x402000 + PAGE  // read-only in stage 2
    entry   S1_L3, 7, 0x404000 + PAGE
    entry   S1_L1B, 0, S1_L2B + TABLE
    entry   S1_L1B, 3, 0xc0000000 + DEVICE
    entry   S1_L2B, 0, 0x000000 + BLOCK
    entry   S1_L2B, 1, 0x200000 + BLOCK
    entry   S1_L2B, 2, S1_L3B + TABLE
    entry   S1_L3B, 1, 0x405000 + PAGE + USER
    entry   S1_L3B, 2, 0x401000 + PAGE + USER

    set     mair_el1, 0x04ff
    set     tcr_el1, 0x2b5193519    // both halves 39 bits, 4 KB; IPA 40 bits
    set     ttbr0_el1, (1 << 48) + S1_L1
    set     ttbr1_el1, S1_L1
    tlbi    vmalle1
    dsb     sy
    isb
    set     sctlr_el1, 0x34d5d93d   // M, C, I, SA, UCI, UCT, DZE; alignment is not checked
    isb

// ---- Accesses --------------------------------------------------------------------------------------------------------

    hint    #0x72                   // a marker
    ldr     x2, =0x401000
    mov     x3, #0x1234
    str     x3, [x2]
    ldr     x4, [x2]
    stp     x3, x4, [x2, #16]
    str     q0, [x2, #64]
    ldp     q0, q1, [x2, #64]
    strb    w3, [x2, #7]
    add     x5, x2, #0xffc
    str     x3, [x5]                // crosses into 0x402000, which lies elsewhere
    ldr     x4, [x5]
    dc      zva, x2
    ldr     x5, =0xffffff8000401000 // the same by TTBR1
    ldr     x4, [x5]
    str     x4, [x5, #8]
    ldr     x6, =UART
    ldr     w4, [x6, #0x2c]
    sttr    x3, [x2]                // EL0 may
    ldr     x5, =0x407000
    sttr    x3, [x5]                // EL0 may not
    ldr     x5, =0x403000
    ldr     x4, [x5]                // Access flag fault
    ldr     x5, =0x404000
    ldr     x4, [x5]
    str     x4, [x5]                // Permission fault
    ldr     x5, =0x405000
    ldr     x4, [x5]                // stage 2: Translation fault
    str     x4, [x5, #0x23]
    ldr     x5, =0x406000
    ldr     x4, [x5]
    str     x4, [x5]                // stage 2: Permission fault
    ldr     x5, =0x408000
    ldr     x4, [x5]                // Translation fault, level 3
    ldr     x5, =0x600000
    ldr     x4, [x5]                // level 2
    ldr     x5, =0x40000000
    ldr     x4, [x5]                // level 1
    ldr     x5, =0x8000000000
    ldr     x4, [x5]                // level 0: beyond the half
    ldr     x5, =0x409000
    blr     x5                      // of an instruction

// ---- Answers of AT ---------------------------------------------------------------------------------------------------

    ask     s1e1r, 0x401008
    ask     s1e1w, 0x404008
    ask     s1e0r, 0x407008
    ask     s1e0w, 0x401008
    ask     s1e1r, 0x403000
    ask     s1e1r, 0x800123
    mov     x8, #1
    hvc     #0                      // those of EL2; UNDEFINED without one

// ---- Tables that change ----------------------------------------------------------------------------------------------

    mov     x7, #6
1:  ldr     x0, =S1_L3 + 8 * 7      // break, invalidate, make: two pages in turn
    ldr     x1, [x0]
    str     xzr, [x0]
    dsb     sy
    ldr     x2, =(1 << 48) + 0x407
    tlbi    vae1is, x2
    dsb     sy
    isb
    ldr     x5, =0x407000
    ldr     x4, [x5]                // Translation fault
    eor     x1, x1, #0x1000
    str     x1, [x0]
    dsb     sy
    isb
    ldr     x4, [x5]
    str     x4, [x5, #8]
    subs    x7, x7, #1
    b.ne    1b

    ldr     x0, =S1_L3C             // a table of whatever was there, zeroed
    mov     x1, #-1
    str     x1, [x0, #0x40]
    mov     x2, #64
1:  dc      zva, x0
    add     x0, x0, #64
    subs    x2, x2, #1
    b.ne    1b
    entry   S1_L2, 3, S1_L3C + TABLE
    dsb     sy
    isb
    ldr     x5, =0x608000
    ldr     x4, [x5]                // the word is zero now: level 3
    entry   S1_L3C, 8, 0x401000 + PAGE
    dsb     sy
    isb
    ldr     x4, [x5]
    mov     x8, #2
    hvc     #0                      // EL2 takes an IPA away, and gives it back

// ---- EL0, two address spaces -----------------------------------------------------------------------------------------

    mov     x7, #4
2:  set     spsr_el1, 0x3c0
    set     elr_el1, 0x400000
    adr     x20, 3f
    eret
3:  mrs     x0, ttbr0_el1
    ldr     x1, =((1 << 48) + S1_L1) ^ ((2 << 48) + S1_L1B)
    eor     x0, x0, x1
    msr     ttbr0_el1, x0
    isb
    ldr     x0, =1 << 48
    tbz     x7, #0, 4f
    tlbi    aside1is, x0
    dsb     sy
    isb
4:  subs    x7, x7, #1
    b.ne    2b

    ldr     x5, =0x800000           // a walk through a block
    mov     x7, #2000
5:  ldr     x4, [x5]
    add     x5, x5, #0x440
    and     x5, x5, #~0x200000
    str     x4, [x5, #8]
    subs    x7, x7, #1
    b.ne    5b

    hint    #0x71
6:  wfi
    b       6b
    .ltorg

// ---- Vectors: a fault is stepped over, a branch into nowhere returned from -------------------------------------------

    .macro  vector label
    .balign 0x80
    b       \label
    .endm

    .balign 0x800
vectors_el1:
    vector  6b
    vector  6b
    vector  6b
    vector  6b
    vector  fault_el1
    vector  6b
    vector  6b
    vector  6b
    vector  fault_el1
    vector  6b
    vector  6b
    vector  6b
    .balign 0x800
vectors_el2:
    vector  6b
    vector  6b
    vector  6b
    vector  6b
    vector  6b
    vector  6b
    vector  6b
    vector  6b
    vector  fault_el2
    vector  6b
    vector  6b
    vector  6b
    .balign 0x80

fault_el1:
    mrs     x9, esr_el1
    lsr     x9, x9, #26
    mrs     x10, elr_el1
    add     x10, x10, #4
    cmp     x9, #0x21               // Instruction Abort of EL1
    csel    x10, x30, x10, eq
    cmp     x9, #0x15               // SVC
    b.eq    1f
    msr     elr_el1, x10
    eret
1:  br      x20

fault_el2:
    mrs     x9, esr_el2
    lsr     x9, x9, #26
    cmp     x9, #0x16               // HVC has ELR behind it
    b.eq    1f
    mrs     x10, elr_el2
    add     x10, x10, #4
    msr     elr_el2, x10
    eret
1:  cmp     x8, #2
    b.eq    2f
    ask     s12e1r, 0x401008
    ask     s12e0r, 0x405008
    ask     s1e2r, 0x200000
    ask     s1e2r, 0x80000000
    eret
2:  ldr     x0, =S2_L3 + 8
    ldr     x1, [x0]
    str     xzr, [x0]
    dsb     sy
    ldr     x2, =0x401
    tlbi    ipas2e1is, x2
    dsb     sy
    tlbi    vmalle1is
    dsb     sy
    isb
    ask     s12e1r, 0x608000
    str     x1, [x0]
    dsb     sy
    isb
    ask     s12e1r, 0x608000
    eret
    .ltorg

// ---- EL0 -------------------------------------------------------------------------------------------------------------

    .balign 0x1000
at_el0:
    mov     x2, #0x1000             // no literals: the assembler would share those of EL1
    movk    x2, #0x40, lsl #16
    ldr     x3, [x2]
    add     x3, x3, #1
    str     x3, [x2]
    ldr     x4, [x2, #0x1000]
    mov     x5, #0x4000
    movk    x5, #0x40, lsl #16
    ldr     x4, [x5]                // EL1's
    str     x4, [x5]
    dc      zva, x2
    dc      cvac, x2
    svc     #0
    .balign 0x1000
end:
