/* Lines of Tarmac in each dialect: made from the documentation [Tarmac, TTU, gem5, islet]. */
#include "models/arch/attr.h"
#include "tests/unit/models/rows.h"
#include "traces/readers/tarmac_line.h"

#include <string.h>

static struct tarmac_line read_line(const char *text)
{
    struct tarmac_line l;

    memset(&l, 0xCD, sizeof l);
    tarmac_line_read(&l, text);
    return l;
}

#define UNKNOWN TARMAC_EL_UNKNOWN

static const struct instruction {
    const char *name, *line;
    uint64_t va, pa;
    uint32_t opcode;
    int core;
    uint8_t el;
    bool pa_known, a64;
} instructions[] = {
    { "IT without PA", "0 clk IT (0) 00008000 940011de O EL3h_s : BL", 0x8000, 0, 0x940011de, -1, 3, false, true },
    { "IT with PA", "5 clk cpu2 IT (5) 40080010:000040080014_NS d5033fdf O EL1h_n : ISB", 0x40080010, 0x40080014,
      0xd5033fdf, 2, 1, true, true },
    { "IS was fetched, too", "483 clk IS (483) 0000c7ec 54ffffa1 O EL2h_n : B.NE", 0xc7ec, 0, 0x54ffffa1, -1, 2, false,
      true },
    { "cluster and cpu", "1 ps cluster1.cpu2 IT (1) fdc01870 a94031ad O EL2h_rl : LDP", 0xfdc01870, 0, 0xa94031ad, 6, 2,
      false, true },
    { "gem5", "6000 clk cpu0 IT (1) 40080000:000040080000 d53800a1 O EL1h_ns : MRS", 0x40080000, 0x40080000, 0xd53800a1,
      0, 1, true, true },
    { "Thumb, two halves", "23 clk IT (23) 0000815c:00000000815c_NS,00000000815e_NS f7ffef76 T hyp_n : BLX", 0x815c,
      0x815c, 0xf7ffef76, -1, UNKNOWN, true, false },
    { "A32", "0 clk IT (0) 00008000 fa000000 A svc_s : BLX", 0x8000, 0, 0xfa000000, -1, UNKNOWN, false, false },
    { "address in brackets", "    6000000 cs IT (00000000004d6eb8) 54fffea1 O  ---_- :        b.ne", 0x4d6eb8, 0,
      0x54fffea1, -1, UNKNOWN, false, true },
    { "ES", "     541533 ns  ES  (00000000000001b0:a9be7bfd) O el3h_s:         STP", 0x1b0, 0, 0xa9be7bfd, -1, 3, false,
      true },
    { "unit without a blank", "271ns ES (0000000000000004:d3483c20) O el1t_ns:", 4, 0, 0xd3483c20, -1, 1, false, true },
    { "ES of A32", " 41000 ns  ES  (00000000:e59ff018) A svc:            LDR", 0, 0, 0xe59ff018, -1, UNKNOWN, false,
      false },
};

static void instruction_is_read(void **state)
{
    const struct instruction *row = *state;
    struct tarmac_line l = read_line(row->line);

    assert_int_equal(l.kind, TARMAC_INSTRUCTION);
    assert_int_equal(l.va, row->va);
    assert_int_equal(l.pa_known, row->pa_known);
    if (row->pa_known)
        assert_int_equal(l.pa, row->pa);
    assert_int_equal(l.opcode, row->opcode);
    assert_int_equal(l.opcode_known, row->a64);
    assert_int_equal(l.core, row->core);
    assert_int_equal(l.el, row->el);
    assert_int_equal(l.a64, row->a64);
}

#define NORMAL REC_TYPE_NORMAL
#define ISH (REC_TYPE_SH | SH_ISH << 8)

static const struct move {
    const char *name, *line;
    uint64_t va, pa;
    uint32_t bytes; /* of a window: its mask */
    uint16_t type;
    bool writes, pa_known, unprivileged, aborted;
} moves[] = {
    { "MR4", "2 clk MR4 00008034 000029b4", 0x8034, 0, 4, 0, false, false, false, false },
    { "MW8 with PA", "494 clk MW8 0000cbf0:00000000dbf0 00000000_0000cbd0", 0xcbf0, 0xdbf0, 8, 0, true, true, false,
      false },
    { "wide VA, Non-secure PA", "180000140000 ps MR8 0000010006fffcc0:010116fffcc0_NS 00000100_05101000", 0x10006fffcc0,
      0x10116fffcc0, 8, 0, false, true, false, false },
    { "unprivileged", "8 clk MW4T 00401010:000044001010_NS 00000012", 0x401010, 0x44001010, 4, 0, true, true, true,
      false },
    { "exclusive", "9 clk cpu1 MR8X 00401010:000044001010_NS 00000000_00000012", 0x401010, 0x44001010, 8, 0, false,
      true, false, false },
    { "aborted", "28491 clk MR4 dfdfdfcf (ABORTED)", 0xdfdfdfcf, 0, 4, 0, false, false, false, true },
    { "R08", "    6000001 cs R08 0000007f99d14af4 4305000042ea0000", 0x7f99d14af4, 0, 8, 0, false, false, false,
      false },
    { "W04 X", "    6379085 cs W04 X ffffffbdc3c15c30 010c010b", 0xffffffbdc3c15c30, 0, 4, 0, true, false, false,
      false },
    { "LD, ARMv7's Normal", "   LD 00000300  ........ ........ 00000800 ........     0000000300    NM ISH INC", 0x300,
      0x300, 0xF0, NORMAL | REC_TYPE_INNER | ISH | 4, false, true, false, false },
    { "LD, one byte", "   LD 00000370  ........ ......48 ........ ........     0000000370    NM ISH IWBRWA", 0x370,
      0x370, 1 << 8, NORMAL | REC_TYPE_INNER | ISH | 0xF, false, true, false, false },
    { "ST to Device", "   ST b0080100  ........ ........ ........ 00000001     00b0080100    DV ISH INC", 0xb0080100,
      0xb0080100, 0xF, REC_TYPE_DEVICE | DEVICE_nGnRE << 2, true, true, false, false },
    { "ST, data not known", "   ST b0000000  ........ ........ ........ ......##     00b0000000    SO ISH INC",
      0xb0000000, 0xb0000000, 1, REC_TYPE_DEVICE, true, true, false, false },
    { "ST of a pair", "   ST 0000000004001b60 02000000 00000000 00000000 00000020    S:0004001b60    nGnRnE OSH",
      0x4001b60, 0x4001b60, 0xFFFF, REC_TYPE_DEVICE, true, true, false, false },
    { "inner and outer",
      "   ST 000000009ffdb810 ........ ........ 00...... ........    S:009ffdb810    NM NSH IWTNA OWBRA", 0x9ffdb810,
      0x9ffdb810, 1 << 7, NORMAL | REC_TYPE_INNER | REC_TYPE_OUTER | REC_TYPE_SH | 0xFA, true, true, false, false },
    { "bytes apart", "   LD 000000007ff80fe0 ........ 44444444 ........ 2222..11    S:007ff80fe0    nGRE OSH",
      0x7ff80fe0, 0x7ff80fe0, 0xF0D, REC_TYPE_DEVICE | DEVICE_nGRE << 2, false, true, false, false },
    { "a window without LD",
      "      000000009884cfa0  00000000 00000007 ........ ........  NS:000000009884cfa0   NM ISH", 0x9884cfa0,
      0x9884cfa0, 0xFF00, NORMAL | ISH, false, true, false, false },
    { "its address looks like a time", "    00004010  3e000a73 ........ ........ ........   S:0000000000004010  NM NSH",
      0x4010, 0x4010, 0xF000, NORMAL | REC_TYPE_SH, false, true, false, false },
    { "a word of the type is strange", "   LD 00000300  ........ ........ 00000800 ........  0000000300  NM ISH QQ",
      0x300, 0x300, 0xF0, 0, false, true, false, false },
    { "no PA, no type", "   LD 00000300  ........ ........ 00000800 ........", 0x300, 0, 0xF0, 0, false, false, false,
      false },
};

static void move_is_read(void **state)
{
    const struct move *row = *state;
    struct tarmac_line l = read_line(row->line);

    assert_true(l.kind == TARMAC_MOVE || l.kind == TARMAC_WINDOW);
    assert_int_equal(l.va, row->va);
    assert_int_equal(l.pa_known, row->pa_known);
    if (row->pa_known)
        assert_int_equal(l.pa, row->pa);
    assert_int_equal(l.kind == TARMAC_MOVE ? l.bytes : l.mask, row->bytes);
    assert_int_equal(l.type, row->type);
    assert_int_equal(l.writes, row->writes);
    assert_int_equal(l.unprivileged, row->unprivileged);
    assert_int_equal(l.aborted, row->aborted);
}

static const struct content {
    const char *name, *line;
    enum tarmac_kind kind;
    const char *text;
    uint64_t value;
} contents[] = {
    { "cpsr", "0 clk R cpsr 600003c5", TARMAC_REGISTER, "CPSR", 0x600003c5 },
    { "cpsr with flags in words", "    6000017 cs R cpsr 20000000 __C_", TARMAC_REGISTER, "CPSR", 0x20000000 },
    { "cpsr with more than 32 bits", "8677000000 ps R cpsr 1220023cd", TARMAC_REGISTER, "CPSR", 0x1220023cd },
    { "64 bits", "0 clk R X30 0000000000008004", TARMAC_REGISTER, "X30", 0x8004 },
    { "halves", "3 clk R TTBR0_EL1 01230123:23452345", TARMAC_REGISTER, "TTBR0_EL1", 0x0123012323452345 },
    { "halves with a blank", "R X0 01234567 89abcdef", TARMAC_REGISTER, "X0", 0x0123456789abcdef },
    { "gem5's spelling", "7500 clk R ttbr0_el1 40001000", TARMAC_REGISTER, "TTBR0_EL1", 0x40001000 },
    { "a bank of AArch32", "                    R SCTLR (AARCH32) 00c50878", TARMAC_NOTE, NULL, 0 },
    { "a part of a vector", "                    R V0<127:64> ffeeddccbbaa9988", TARMAC_NOTE, NULL, 0 },
    { "a vector", "608 clk R q0 93c467e37db0c7a4_d1be3f810152cb56", TARMAC_NOTE, NULL, 0 },
    { "bytes not known", "R X0 -------- --------", TARMAC_NOTE, NULL, 0 },
    { "TLBI", "35977 clk R TLBI VAE1IS 00010000:00000401", TARMAC_OPERATION, "TLBI VAE1IS", 0x0001000000000401 },
    { "AT", "39319 clk R AT S12E1W 00000000:00000004", TARMAC_OPERATION, "AT S12E1W", 4 },
    { "IC, seven digits", "1678 clk R IC IALLU 00000000:0000000", TARMAC_OPERATION, "IC IALLU", 0 },
    { "descriptor of stage 1",
      "1 ps cluster0.cpu0 TTW ITLB LPAE 1:1 0000fdc14018 00000000fdc1572f : TABLE PXN=0 XN=0 AP=0 NS=0 ADDR=0x0",
      TARMAC_DESCRIPTOR, NULL, 0xfdc1572f },
    { "descriptor of stage 2",
      "441711990000 ps TTW DTLB LPAE 2:3 0000fdc7e190 00000000883327db : BLOCK MEMATTR=6 HAP=3", TARMAC_DESCRIPTOR,
      NULL, 0x883327db },
    { "exception", "39000000 ps E 00008100 00000084 CoreEvent_CURRENT_SPx_SYNC", TARMAC_EXCEPTION, NULL, 4 },
    { "another event", "0 clk cpu0 E DebugEvent_HaltingDebugState 00000000", TARMAC_NOTE, NULL, 0 },
    { "RTL's exception", "                    EXC [0x200] Synchronous Current EL with SP_ELx", TARMAC_EXCEPTION, NULL,
      0 },
    { "RTL's reset", "          0 tic ES  EXC Reset", TARMAC_EXCEPTION, NULL, 0 },
    { "a fetch that failed", "     307754 tic ES  (0000aaaaabaf59f0:--------) O el0t_ns:", TARMAC_FETCH_FAILED, NULL,
      0 },
    { "title", "Tarmac Text Rev 3t", TARMAC_NOTE, NULL, 0 },
    { "a TLB's fill", "18 clk cpu2 TLB FILL cpu2.S1TLB 64K 0x2000000000_NS vmid=0", TARMAC_NOTE, NULL, 0 },
    { "branch", "                    BR (0000000040080000) O", TARMAC_NOTE, NULL, 0 },
    { "nothing", "   ", TARMAC_NOTE, NULL, 0 },
    { "Cortex-M's bus", "      3039 cyc MNW4___D 2002fa00 efbeefbe", TARMAC_UNKNOWN, NULL, 0 },
    { "another text", "hello, world", TARMAC_UNKNOWN, NULL, 0 },
};

static void content_is_read(void **state)
{
    const struct content *row = *state;
    struct tarmac_line l = read_line(row->line);

    assert_int_equal(l.kind, row->kind);
    if (row->text)
        assert_string_equal(l.name, row->text);
    if (row->kind != TARMAC_NOTE && row->kind != TARMAC_UNKNOWN && (row->kind != TARMAC_EXCEPTION || l.told))
        assert_int_equal(l.value, row->value);
    if (row->kind == TARMAC_EXCEPTION)
        assert_int_equal(l.told, row->value != 0);
}

static const struct bad {
    const char *name, *line, *why;
    size_t column; /* from 0 */
} bads[] = {
    { "IT without an address", "0 clk IT (0)", "address", 12 },
    { "IT with a strange address", "0 clk IT (0) xyz 0 O EL1h_n", "address", 13 },
    { "IT without an opcode", "0 clk IT (0) 00008000", "opcode", 21 },
    { "IT with a strange opcode", "0 clk IT (0) 00008000 ? O EL1h_n", "opcode", 22 },
    { "IT without instruction set", "0 clk IT (0) 00008000 940011de EL1h_n", "instruction set", 31 },
    { "A64 at an odd address", "0 clk IT (0) 00008002 940011de O EL1h_n", "multiple of 4", 31 },
    { "address of 68 bits", "0 clk IT (0) 10000000000008000 940011de O EL1h_n", "address", 13 },
    { "ES without brackets", "0 ns ES 00008000", "(address:opcode)", 8 },
    { "ES without opcode", "0 ns ES (00008000) O", "(address:opcode)", 17 },
    { "ES that does not end", "0 ns ES (00008000:12345678 O", "opcode", 26 },
    { "access of nothing", "0 clk MR0 00008000 00", "1 to 64", 6 },
    { "access of too much", "0 clk MR65 00008000 00", "1 to 64", 6 },
    { "access without address", "0 clk MR4", "address", 9 },
    { "access with a strange PA", "0 clk MR4 00008000:x 00", "address", 19 },
    { "access without data", "0 clk MR4 00008000", "data", 18 },
    { "window off its boundary", " LD 00000308 ........ ........ 00000800 ........", "address", 12 },
    { "window without bytes", " LD 00000300", "16 bytes", 12 },
    { "window with a strange byte", " LD 00000300 ........ ........ 0000080x ........", "16 bytes", 13 },
    { "register without a name", "0 clk R", "name", 7 },
    { "register without content", "0 clk R cpsr", "content", 12 },
    { "descriptor of no stage", "0 clk TTW DTLB LPAE 3:1 000000001000 0000000000000003", "stage:level", 20 },
    { "descriptor at 4", "0 clk TTW DTLB LPAE 1:1 000000001004 0000000000000003", "multiple of 8", 36 },
    { "no descriptor", "0 clk TTW DTLB LPAE 1:1 000000001008", "descriptor", 36 },
};

static void bad_line_is_refused(void **state)
{
    const struct bad *row = *state;
    struct tarmac_line l = read_line(row->line);

    assert_int_equal(l.kind, TARMAC_BAD);
    assert_non_null(strstr(l.why, row->why));
    assert_int_equal(l.at - row->line, row->column);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, instruction_is_read, ROWS_OF(instructions));
    rows_add(&r, move_is_read, ROWS_OF(moves));
    rows_add(&r, content_is_read, ROWS_OF(contents));
    rows_add(&r, bad_line_is_refused, ROWS_OF(bads));
    return rows_run(&r, "tarmac_line");
}
