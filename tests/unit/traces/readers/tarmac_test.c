/* Tarmac and execlog text as streams of records: what lines mean after those before them. */
#include "tests/unit/models/rows.h"
#include "traces/reader.h"
#include "traces/readers/a64_size.h"
#include "traces/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define IT(n, va, opcode) #n " clk IT (" #n ") " va " " opcode " O EL1h_n : x\n"

static const struct stream {
    const char *name, *text;
    const char *records; /* as trace text */
    const char *skipped; /* the reason of the first; NULL: nothing is */
} streams[] = {
    { "instructions join to a run", IT(1, "00001000", "d503201f") IT(2, "00001004", "d503201f"),
      "0 el1 fetch va=0x1000 pa=? n=2\n", NULL },
    { "a core of its own", "1 clk cpu3 IT (1) 00001000 d503201f O EL2h_n : NOP\n1 clk MR4 00002000 0\n",
      "3 el2 fetch va=0x1000 pa=? n=1\n3 el2 load  va=0x2000 pa=? size=4 at=0x0\n", NULL },
    { "operand by the R line", IT(1, "00001000", "d5088323") "1 clk R TLBI VAE1IS 00000000:00000401\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 sys   opcode=0xd5088323 x=0x401  # TLBI VAE1IS\n", NULL },
    { "operand by a register, once",
      "0 clk R X3 0000000000000401\n" IT(1, "00001000", "d5088323") "1 clk R TLBI VAE1IS 00000000:00000401\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 sys   opcode=0xd5088323 x=0x401  # TLBI VAE1IS\n", NULL },
    { "operand by a W register", "0 clk R W3 00000401\n" IT(1, "00001000", "d5088323"),
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 sys   opcode=0xd5088323 x=0x401  # TLBI VAE1IS\n", NULL },
    { "no operand", IT(1, "00001000", "d5088323") IT(2, "00001004", "d503201f"), "0 el1 fetch va=0x1000 pa=? n=2\n",
      "maintenance or AT whose operand is not traced" },
    { "no operand at the end", IT(1, "00001000", "d5088323"), "0 el1 fetch va=0x1000 pa=? n=1\n",
      "maintenance or AT whose operand is not traced" },
    { "maintenance without the opcode", IT(1, "00001000", "00000000") "1 clk R TLBI VMALLE1IS 00000000:00000000\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 sys   opcode=0xd5088300 x=0x0  # TLBI VMALLE1IS\n", NULL },
    { "maintenance that is unknown", IT(1, "00001000", "00000000") "1 clk R TLBI RVAE1OS 00000000:00000000\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n", "maintenance or AT that is not modelled" },
    { "PAR_EL1 after an AT",
      "0 clk R X4 0000000000001000\n" IT(1, "00001000", "d5087804") "1 clk R PAR_EL1 00000000:00000b80\n" IT(
          2, "00001004", "d518740e") "2 clk R PAR_EL1 00000000:00000001\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 sys   opcode=0xd5087804 x=0x1000  # AT S1E1R\n0 el1 par   value=0xb80\n"
      "0 el1 fetch va=0x1004 pa=? n=1\n0 el1 msr   reg=PAR_EL1 value=0x1\n",
      NULL },
    { "EL by cpsr", "0 clk R cpsr 600003c9\n1 cs IT (0000000000001000) d503201f O ---_- : NOP\n",
      "0 el2 fetch va=0x1000 pa=? n=1\n", NULL },
    { "cpsr of AArch32 says nothing", "0 clk R cpsr 000001d3\n" IT(1, "00001000", "d503201f"),
      "0 el1 fetch va=0x1000 pa=? n=1\n", NULL },
    { "AArch32 is left out, with its data",
      "1 clk IT (1) 00001000 e59ff018 A svc_s : x\n1 clk MR4 00002000 00000000\n" IT(2, "00001004", "d503201f"),
      "0 el1 fetch va=0x1004 pa=? n=1\n", "instruction of AArch32, which is not modelled" },
    { "EL3 is left out", "1 clk IT (1) 00001000 d503201f O EL3h_s : x\n" IT(2, "00001004", "d503201f"),
      "0 el1 fetch va=0x1004 pa=? n=1\n", "instruction at EL3, which is not modelled" },
    { "data before anything", "1 clk MR4 00002000 00000000\n" IT(2, "00001004", "d503201f"),
      "0 el1 fetch va=0x1004 pa=? n=1\n", "access before the first instruction" },
    { "an aborted access", IT(1, "00001000", "b9400040") "1 clk MR4 00002000 (ABORTED)\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n", "access that aborted" },
    { "a descriptor told twice is one word",
      "1 clk TTW ITLB LPAE 1:3 000000003008 0000000000001403 : BLOCK\n1 clk TTW ITLB LPAE 1:3 000000003008 "
      "0000000000001403 : BLOCK\n" IT(1, "00001000", "d503201f"),
      "0 el0 tabw  pa=0x3008 value=0x1403\n0 el1 fetch va=0x1000 pa=? n=1\n", NULL },
    { "an exception with its registers",
      IT(1, "00001000", "b9400040") "1 clk R ESR_EL1 96000007\n1 clk R FAR_EL1 2000\n1 clk E 00001000 00000084 "
                                    "CoreEvent_CURRENT_SPx_SYNC\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 msr   reg=ESR_EL1 value=0x96000007\n0 el1 msr   reg=FAR_EL1 value=0x2000\n"
      "0 el1 exc   vector=0x200 esr=0x96000007 far=0x2000 hpfar=0x0 elr=0x0 spsr=0x0 par=0x0\n",
      NULL },
    { "an exception without", IT(1, "00001000", "b9400040") "1 clk E 00001000 00000084 CoreEvent_CURRENT_SPx_SYNC\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n", "exception whose vector and registers are not traced" },
    { "ERET and barriers", IT(1, "00001000", "d5033f9f") IT(2, "00001004", "d69f03e0"),
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 sys   opcode=0xd5033f9f x=0x0  # DSB\n0 el1 fetch va=0x1004 pa=? n=1\n"
      "0 el1 sys   opcode=0xd69f03e0 x=0x0  # ERET\n",
      NULL },
    { "bytes apart in a window",
      "Tarmac Text Rev 3t\n1 ns ES (00001000:f9400000) O el1h_ns: x\n"
      " LD 00002000 ........ 44444444 ........ 2222..11 NS:00002000 NM ISH IWBRWA\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 load  va=0x2000 pa=0x2000 size=1 at=0x0\n"
      "0 el1 load  va=0x2002 pa=0x2002 size=2 at=0x0\n0 el1 load  va=0x2008 pa=0x2008 size=4 at=0x0\n",
      NULL },
    { "a window that goes on stores, too",
      "Tarmac Text Rev 3t\n1 ns ES (00001000:a90d8be1) O el1h_ns: x\n"
      " ST 00002010 ........ ........ 00000000 000000fe NS:00002010 NM\n"
      "    00002000 00000000 00000007 ........ ........ NS:00002000 NM\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n0 el1 store va=0x2010 pa=0x2010 size=8 at=0x0\n"
      "0 el1 store va=0x2008 pa=0x2008 size=8 at=0x0\n",
      NULL },
    { "a window that goes on nothing",
      "Tarmac Text Rev 3t\n1 ns ES (00001000:a90d8be1) O el1h_ns: x\n"
      "    00002000 00000000 00000007 ........ ........ NS:00002000 NM\n",
      "0 el1 fetch va=0x1000 pa=? n=1\n", "line of no kind known here" },
    { "execlog: a pair in two accesses",
      "0, 0x1000, 0xa9be7bfd, \"stp x29, x30, [sp, #-0x20]!\", store, 0x2000, store, "
      "0x2008\n",
      "0 el0 fetch va=0x1000 pa=? n=1\n0 el0 store va=0x2000 pa=? size=8 at=0x0\n"
      "0 el0 store va=0x2008 pa=? size=8 at=0x0\n",
      NULL },
    { "execlog: a pair in one access, registers",
      "1, 0x1000, 0xa9400400, \"ldp x0, x1, [x0]\", load, 0x2000, x0 -> 0x1\n",
      "1 el0 fetch va=0x1000 pa=? n=1\n1 el0 load  va=0x2000 pa=? size=16 at=0x0\n", NULL },
    { "execlog: system emulation", "0, 0xffff800000001000, 0xb9400001, \"ldr w1, [x0]\", load, 0x09000018, pl011\n",
      "0 el1 fetch va=0xffff800000001000 pa=? n=1\n", "access by its physical address alone (system emulation)" },
    { "execlog: a size that is not known", "0, 0x1000, 0x0c407000, \"ld1 {v0.16b}, [x0]\", load, 0x2000\n",
      "0 el0 fetch va=0x1000 pa=? n=1\n0 el0 load  va=0x2000 pa=? size=1 at=0x0\n", NULL },
    { "execlog: messages between", "0, 0x1000, 0xd503201f, \"nop\"\nqemu: hello\n", "0 el0 fetch va=0x1000 pa=? n=1\n",
      "line of something else than the plugin" },
};

/* Opens a text as a trace. The descriptor is to be closed after. */
static struct trace_reader *open_text(const char *text, struct trace_error *err, int *fd)
{
    char path[64];

    *fd = memfd_create("text", 0);
    assert_true(*fd >= 0);
    assert_int_equal(write(*fd, text, strlen(text)), strlen(text));
    snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
    return trace_open(path, 0, err);
}

/* Prints all records. Returns what trace_read did in the end. */
static int print_all(struct trace_reader *r, FILE *out)
{
    struct trace_rec rec;
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa;
    int got;

    assert_int_equal(trace_read_page(r, &pa, page), 0);
    while ((got = trace_read(r, &rec, 1)) > 0) {
        text_put_record(out, &rec);
        fputc('\n', out);
    }
    return got;
}

static void stream_is_read(void **state)
{
    const struct stream *row = *state;
    struct trace_error err = { "" };
    struct trace_skip skip;
    char *printed = NULL;
    size_t bytes;
    FILE *out = open_memstream(&printed, &bytes);
    int fd;
    struct trace_reader *r = open_text(row->text, &err, &fd);

    if (!r)
        fail_msg("%s", err.text);
    assert_int_equal(print_all(r, out), 0);
    fclose(out);
    assert_string_equal(printed, row->records);
    assert_int_equal(trace_get_skip(r, 0, &skip), row->skipped != NULL);
    if (row->skipped)
        assert_string_equal(skip.why, row->skipped);
    free(printed);
    trace_close(r);
    close(fd);
}

static const struct refusal {
    const char *name, *text, *message;
} refusals[] = {
    { "line and column", IT(1, "00001000", "d503201f") "2 clk MR4 0000200x 0\n3 clk MR0 00002000 0\n",
      ":3:7: an access of" },
    { "core 8", IT(1, "00001000", "d503201f") "1 clk cpu8 IT (1) 00001000 d503201f O EL1h_n : NOP\n", ":2:1: core 8" },
    { "execlog: no address", "0, 0x1000, 0xd503201f, \"nop\"\n0, 1000, 0xd503201f, \"nop\"\n", ":2:4: a line is" },
    { "execlog: no end of the instruction", "0, 0x1000, 0xd503201f, \"nop\"\n0, 0x1004, 0xd503201f, \"nop\n",
      ":2:24:" },
    { "execlog: access without address", "0, 0x1000, 0xd503201f, \"nop\", load, x\n", ":1:37: the access's address" },
    { "execlog: something behind", "0, 0x1000, 0xd503201f, \"nop\" x\n", ":1:29: a comma" },
};

static void error_names_the_place(void **state)
{
    const struct refusal *row = *state;
    struct trace_error err = { "" };
    FILE *out = fopen("/dev/null", "w");
    int fd;
    struct trace_reader *r = open_text(row->text, &err, &fd);

    if (!r)
        fail_msg("%s", err.text);
    assert_int_equal(print_all(r, out), -1);
    if (!strstr(trace_get_error(r)->text, row->message))
        fail_msg("%s", trace_get_error(r)->text);
    fclose(out);
    trace_close(r);
    close(fd);
}

/* [Arm: C4.1, "Loads and Stores"] */
static const struct size {
    const char *name;
    uint32_t opcode;
    uint32_t bytes, registers;
} sizes[] = {
    { "LDRB w", 0x39400000, 1, 1 },
    { "STRH w", 0x79000000, 2, 1 },
    { "LDR w", 0xb9400000, 4, 1 },
    { "LDR x", 0xf9400000, 8, 1 },
    { "LDRSW", 0xb9800000, 4, 1 },
    { "LDR q", 0x3dc00000, 16, 1 },
    { "LDR b", 0x3d400000, 1, 1 },
    { "LDR d", 0xfd400000, 8, 1 },
    { "LDUR x", 0xf8400000, 8, 1 },
    { "LDR x, register", 0xf8606800, 8, 1 },
    { "LDTR w", 0xb8400800, 4, 1 },
    { "LDP w", 0x29400000, 4, 2 },
    { "LDP x", 0xa9400000, 8, 2 },
    { "LDPSW", 0x69400000, 4, 2 },
    { "STP q", 0xad000000, 16, 2 },
    { "STNP x", 0xa8000000, 8, 2 },
    { "LDR x, literal", 0x58000000, 8, 1 },
    { "LDRSW, literal", 0x98000000, 4, 1 },
    { "LDR q, literal", 0x9c000000, 16, 1 },
    { "PRFM, literal", 0xd8000000, 0, 1 },
    { "PRFM", 0xf9800000, 0, 1 },
    { "LDXR x", 0xc85f7c00, 8, 1 },
    { "LDXP x", 0xc87f0000, 8, 2 },
    { "STLR w", 0x889ffc00, 4, 1 },
    { "LDARB", 0x08dffc00, 1, 1 },
    { "LD1", 0x0c407000, 0, 1 },
    { "ADD", 0x910003fd, 0, 1 },
};

static void size_is_known(void **state)
{
    const struct size *row = *state;
    unsigned registers;

    assert_int_equal(a64_size(row->opcode, &registers), row->bytes);
    assert_int_equal(registers, row->registers);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, stream_is_read, ROWS_OF(streams));
    rows_add(&r, error_names_the_place, ROWS_OF(refusals));
    rows_add(&r, size_is_known, ROWS_OF(sizes));
    return rows_run(&r, "tarmac");
}
