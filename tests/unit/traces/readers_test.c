/* Traces in formats of others: good lines and entries become these records, bad ones these messages. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "traces/text.h"

#include <zlib.h>

#define TEXT_BYTES 4096

/* Prints the records of a trace, and behind them `skip COUNT WHY @FIRST` and what ended it. Returns false when it could
 * not be opened. */
static void print(const char *path, const char *format, char *text)
{
    FILE *out = fmemopen(text, TEXT_BYTES, "w");
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open_as(path, format, 0, &err);
    struct trace_skip skip;
    struct trace_rec rec;
    int got = -1;

    assert_non_null(out);
    while (r && (got = trace_read(r, &rec, 1)) > 0) {
        assert_null(record_problem(&rec));
        text_put_record(out, &rec);
        fputc('\n', out);
    }
    for (size_t i = 0; r && trace_get_skip(r, i, &skip); i++)
        fprintf(out, "skip %d %s @%d\n", (int)skip.count, skip.why, (int)skip.first);
    if (got < 0)
        fprintf(out, "%s\n", r ? trace_get_error(r)->text : err.text);
    trace_close(r);
    fclose(out);
}

static void print_bytes(const void *bytes, size_t count, const char *format, char *text)
{
    struct fixture_file f = fixture_file(bytes, count);

    print(f.path, format, text);
    fixture_close(f);
}

static const struct text_row {
    const char *name;
    const char *format; /* NULL: to be told by content */
    const char *input;
    const char *words; /* what stands in the output */
} text_rows[] = {
    /* fetches and their data */
    { "instructions that follow each other are one run", NULL, "kind,va,size\nI,0x1000,4\nI,0x1004,4\nI,0x1008,4\n",
      "0 el0 fetch va=0x1000 pa=? n=3\n" },
    { "a gap begins a run", NULL, "kind,va,size\nI,0x1000,4\nI,0x1008,4\n",
      "0 el0 fetch va=0x1000 pa=? n=1\n0 el0 fetch va=0x1008 pa=? n=1\n" },
    { "a run ends with its page", NULL, "kind,va,size\nI,0x1ffc,4\nI,0x2000,4\n",
      "0 el0 fetch va=0x1ffc pa=? n=1\n0 el0 fetch va=0x2000 pa=? n=1\n" },
    { "lengths that are no multiple of 4 touch whole words", NULL, "kind,va,size\nI,0x1003,2\nI,0x1005,7\nI,0x100c,1\n",
      "0 el0 fetch va=0x1000 pa=? n=4\n" },
    { "an instruction in two pages is two runs", NULL, "kind,va,size\nI,0x1ffe,5\nL,0x9000,4\n",
      "0 el0 fetch va=0x1ffc pa=? n=1\n0 el0 fetch va=0x2000 pa=? n=1\n0 el0 load  va=0x9000 pa=? size=4 at=0x0\n" },
    { "data stand behind their run, with the word of their instruction", NULL,
      "kind,va,size\nI,0x1001,2\nL,0x9000,8\nI,0x1003,6\nS,0x9008,4\n",
      "0 el0 fetch va=0x1000 pa=? n=3\n0 el0 load  va=0x9000 pa=? size=8 at=0x0\n"
      "0 el0 store va=0x9008 pa=? size=4 at=0x0\n" },
    { "the word of a later instruction", NULL, "kind,va,size\nI,0x1000,4\nI,0x1004,4\nS,0x9008,4\n",
      "n=2\n0 el0 store va=0x9008 pa=? size=4 at=0x4\n" },
    { "10 bytes are 8 and 2", NULL, "kind,va,size\nS,0x9000,10\n",
      "va=0x9000 pa=? size=8 at=0x0\n0 el0 store va=0x9008 pa=? size=2 at=0x0\n" },
    { "64 bytes are one access", NULL, "kind,va,size\nS,0x9000,64\n", "0 el0 store va=0x9000 pa=? size=64 at=0x0\n" },
    { "65 bytes are two", NULL, "kind,va,size\nS,0x9000,65\n", "0 el0 store va=0x9040 pa=? size=1 at=0x0\n" },
    { "the PA ends with the page", NULL, "kind,va,size,pa\nS,0x9ff8,16,0x5ff8\n",
      "0 el0 store va=0x9ff8 pa=0x5ff8 size=16 at=0x0\n" },
    { "a piece in the next page has no PA", NULL, "kind,va,size,pa\nS,0x9ff8,12,0x5ff8\n",
      "0 el0 store va=0xa000 pa=? size=4 at=0x0\n" },
    { "cores have runs of their own", NULL, "core,kind,va,size\n0,I,0x1000,4\n1,I,0x1004,4\n1,L,0x8,4\n0,L,0x8,4\n",
      "0 el0 fetch va=0x1000 pa=? n=1\n1 el0 fetch va=0x1004 pa=? n=1\n1 el0 load  va=0x8 pa=? size=4 at=0x0\n"
      "0 el0 load  va=0x8 pa=? size=4 at=0x0\n" },
    { "EL ends a run", NULL, "el,kind,va,size\n0,I,0x1000,4\n1,I,0x1004,4\n",
      "0 el0 fetch va=0x1000 pa=? n=1\n0 el1 fetch va=0x1004 pa=? n=1\n" },
    { "below the hole", NULL, "kind,va,size\nL,0x0000fffffffffff8,8\n", "va=0xfffffffffff8 " },
    { "into the hole", NULL, "kind,va,size\nL,8,1\nL,0x0000fffffffffff9,8\n",
      "skip 1 access to a non-canonical address @3\n" },
    { "above the hole", NULL, "kind,va,size\nL,0xffff000000000000,8\n", "0 el1 load  va=0xffff000000000000 " },
    { "the last byte", NULL, "kind,va,size\nL,0xffffffffffffffff,1\n", "0 el1 load  va=0xffffffffffffffff " },
    { "beyond the last byte", NULL, "kind,va,size\nL,8,1\nL,0xffffffffffffffff,2\n",
      "skip 1 access to a non-canonical" },

    /* csv */
    { "csv: any order and case, other columns, quotes", NULL,
      "note,SIZE,Va,\"kind\",core,el,pa\nx,8,16,Load,3,1,0x1010\n", "3 el1 load  va=0x10 pa=0x1010 size=8 at=0x0\n" },
    { "csv: a byte order mark", NULL, "\xef\xbb\xbfkind,va,size\r\nL,16,8\r\n", "0 el0 load  va=0x10 pa=? size=8" },
    { "csv: comments and empty lines", NULL, "# a\nkind,va,size\n\n#\nL,1,1\n",
      "skip 2 comment @1\nskip 1 empty line @3" },
    { "csv: an empty pa is not known", NULL, "kind,va,size,pa\nL,1,1,\n", "pa=? size=1" },
    { "csv: no va", "csv", "kind,size\nL,1\n", ":1:1: the header wants the columns kind, va and size" },
    { "csv: a column twice", NULL, "kind,va,size,va\nL,1,1,1\n", ":1:14: column va stands here twice" },
    { "csv: not a kind", NULL, "kind,va,size\nX,1,1\n", ":2:1: kind wants fetch, load or store" },
    { "csv: not a number", NULL, "kind,va,size\nL,0x,1\n", ":2:3: va wants a number" },
    { "csv: 65 bits", NULL, "kind,va,size\nL,0x10000000000000000,1\n", ":2:3: va wants a number" },
    { "csv: a cell missing", NULL, "kind,va,size\nL,1\n", ":2:4: no cell for size" },
    { "csv: size 0", NULL, "kind,va,size\nL,1,0\n", ":2:1: access of 0 bytes" },
    { "csv: size 4097", NULL, "kind,va,size\nL,1,4097\n", ":2:5: size is above 4096" },
    { "csv: core 8", NULL, "kind,va,size,core\nL,1,1,8\n", ":2:7: core is above 7" },
    { "csv: EL2", NULL, "kind,va,size,el\nL,1,1,2\n", ":2:7: el is above 1" },
    { "csv: a quote left open", NULL, "kind,va,size\nL,\"1,1\n", ":2:1: not CSV" },
    { "csv: no rows", NULL, "kind,va,size\n# none\n", "read as csv, it holds no access: 1 lines skipped" },

    /* lackey */
    { "lackey", NULL, "==1== Lackey\nI  04001000,4\n L 1ffefff710,8\n S 04001010,4\n M 04222000,2\n",
      "0 el0 fetch va=0x4001000 pa=? n=1\n0 el0 load  va=0x1ffefff710 pa=? size=8 at=0x0\n"
      "0 el0 store va=0x4001010 pa=? size=4 at=0x0\n0 el0 load  va=0x4222000 pa=? size=2 at=0x0\n"
      "0 el0 store va=0x4222000 pa=? size=2 at=0x0\nskip 1 message of Valgrind @1\n" },
    { "lackey: what the program prints", NULL, "hello\nI  04001000,4\r\n Larry\n",
      "skip 2 output of another program @1\n" },
    { "lackey: nothing behind the address", NULL, " L 8,8\nI  04001000\n", ":2:12: wants ADDRESS,SIZE" },
    { "lackey: no comma", "lackey", "I  04001000 4\n", ":1:12: wants ADDRESS,SIZE" },
    { "lackey: no size", NULL, "I  04001000,4\nI  04001000,\n", ":2:12: wants ADDRESS,SIZE" },
    { "lackey: more behind it", NULL, "I  04001000,4\nI  04001000,4 x\n", ":2:13: wants ADDRESS,SIZE" },
    { "lackey: size 0", NULL, "I  04001000,4\n L 04001000,0\n", ":2:4: size is not from 1 to 4096" },
    { "lackey: 17 digits", NULL, "I  04001000,4\n L 14001000040010000,8\n", ":2:4: the address does not fit 64 bits" },

    /* drmemtrace, view */
    { "view", NULL,
      "Output format:\n<--record#-> <--instr#->: <---tid---> <record details>\n"
      "           1           0:     1159769 <marker: tid 1159769 on core 6>\n"
      "           2           1:     1159769 ifetch       1 byte(s) @ 0x00007fc2c3aa91e9 5b  pop %rbx\n"
      "           3           1:     1159769 read         8 byte(s) @ 0x00007fff8044f6c0 by PC 0x00007fc2c3aa91e9\n",
      "2 el0 fetch va=0x7fc2c3aa91e8 pa=? n=1\n2 el0 load  va=0x7fff8044f6c0 pa=? size=8 at=0x0\n"
      "skip 2 heading, or more bytes of an instruction @1\nskip 1 marker: CPU @3\n" },
    { "view: older, without numbers of instructions", NULL,
      "   1: T77 ifetch 4 byte(s) @ 0x0000aaaa00001000 non-branch\n", "0 el0 fetch va=0xaaaa00001000 pa=? n=1\n" },
    { "view: size 0", NULL, " 1 1: 7 read 0 byte(s) @ 0x10 by PC 0x10\n", ":1:14: size is not from 1 to 4096" },
    { "view: no address", NULL, " 1 1: 7 read 8 byte(s) @ here\n", ":1:26: not an address" },
    { "view: no unit", NULL, " 1 1: 7 write 8 bytes at 0x10\n", ":1:16: wants `write SIZE byte(s) @ 0xADDRESS`" },

    /* perf script */
    { "perf script", NULL, "  12/12 [001] 17770.735073: page-faults:u:           4ab210           4027e1\n",
      "1 el0 fetch va=0x4027e0 pa=? n=2\n1 el0 load  va=0x4ab210 pa=? size=8 at=0x0\n" },
    { "perf script: a name with blanks and brackets", NULL, "a [3] b 12/12 [006] 1.000001: faults:  1001 2000\n",
      "2 el0 load  va=0x1001 pa=? size=1 at=0x0\n" },
    { "perf script: period, data_src, phys_addr", NULL,
      "p 7 [002] 9.5:  1 cpu/mem-stores/P:  7ffe10 68100242 |OP STORE|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  "
      "N/A"
      "   401000  1234e10\n",
      "2 el0 store va=0x7ffe10 pa=0x1234e10 size=8 at=0x0\n" },
    { "perf script: a fetch that faulted", NULL, " 7 [000] 9.5: page-faults: 401500 401500\n",
      "0 el0 fetch va=0x401500 pa=? n=1\n" },
    { "perf script: no address was sampled", NULL, " 7 [000] 9.5: mem-loads: 0 401500\n",
      "n=1\nskip 1 data of a sample without an address @1\n" },
    { "perf script: the kernel", NULL, " 7 [000] 9.5: page-faults: 4a6270 ffffffff817554ea\n",
      "0 el1 fetch va=0xffffffff817554e8 pa=? n=2\n0 el1 load  va=0x4a6270 " },
    { "perf script: no addr", NULL, " 7 [000] 9.5: page-faults: 401500\n",
      "wants the ip here and no symbols: `perf script -F" },
    { "perf script: symbols", NULL, " 7 [000] 9.5: page-faults: 401500 main 401500 main\n",
      ":1:35: wants the ip here" },
    { "perf script: no time", "perf-script", " 7 [000] page-faults: 401500 401500\n",
      "it holds no access: 1 lines skipped" },

    /* what no format is */
    { "an unknown text", NULL, "hello\n",
      "not a packed trace (.swt): unknown signature at byte 0, nor a known format" },
    { "an unknown name", "lakcey", "hello\n", "--format lakcey: unknown; `stagewalk trace --format list`" },
    { "all is skipped", "lackey", "hello\nyou\n", "read as lackey, it holds no access: 2 lines skipped" },
    { "zstd", NULL, "\x28\xb5\x2f\xfd....", "zstd at byte 0: of compressed traces gzip alone is read" },
    { "a control character", NULL, "I  04001000,4\n\033[1mx\n", "skip 1 line with control characters @2\n" },
};

static void a_text_reads_so(void **state)
{
    const struct text_row *row = *state;
    char text[TEXT_BYTES];

    print_bytes(row->input, strlen(row->input), row->format, text);
    if (!strstr(text, row->words))
        fail_msg("wants:\n%s\nin:\n%s", row->words, text);
}

/* ---- Binary formats ---------------------------------------------------------------------------------------------- */

static const struct binary_row {
    const char *name;
    const char *format;
    const char *input; /* in hexadecimal; blanks and `_` are passed over, `*N` repeats the last byte N times in all */
    const char *words;
} binary_rows[] = {
#define CHAMPSIM_TAIL "00*6 "
#define NONE "00*8 "
    { "champsim", NULL,
      "01104000_00000000 00 00 " CHAMPSIM_TAIL NONE NONE "1090000000000000 " NONE NONE NONE
      "04104000_00000000 01 01 " CHAMPSIM_TAIL "0490000000000000 " NONE NONE NONE NONE NONE
      "00204000_00000000 00 00 " CHAMPSIM_TAIL NONE NONE NONE NONE NONE NONE,
      "0 el0 fetch va=0x401000 pa=? n=2\n0 el0 load  va=0x9010 pa=? size=8 at=0x0\n"
      "0 el0 store va=0x9004 pa=? size=4 at=0x4\n0 el0 fetch va=0x402000 pa=? n=1\n" },
    { "champsim: is_branch 2", "champsim", "00104000_00000000 02 00 " CHAMPSIM_TAIL "00*48",
      "entry at byte 0: is_branch and" },
    { "champsim: cut short", "champsim", "00104000_00000000 00 00 " CHAMPSIM_TAIL "00*48 00*63",
      "entry at byte 64: truncated: wants 64 bytes, 63 are left" },
    { "champsim: big-endian", "champsim", "00007fff_80001000 00 00 " CHAMPSIM_TAIL "00*48",
      "skip 1 instruction at 0 or at a non-canonical address @0\n" },
    { "champsim: data nowhere", NULL, "00104000_00000000 00 00 " CHAMPSIM_TAIL NONE NONE "00*7 80 " NONE NONE NONE,
      "unknown" },
    { "champsim: data nowhere, forced", "champsim",
      "00104000_00000000 00 00 " CHAMPSIM_TAIL NONE NONE "00*7 80 " NONE NONE NONE,
      "n=1\nskip 1 access to a non-canonical address @0\n" },

#define HEADER "1900 0000 07*1 00*7 1600 0400 2a*1 00*7 1c00 0300 0500*1 00*6 "
    { "drmemtrace", NULL,
      HEADER "0a00 0400 00104000_00000000 0000 0800 1090000000000000 0100 0200 2090000000000000 2f00 0400 00*8 "
             "1a00 0000 00*8",
      "1 el0 fetch va=0x401000 pa=? n=1\n1 el0 load  va=0x9010 pa=? size=8 at=0x0\n"
      "1 el0 store va=0x9020 pa=? size=2 at=0x0\nskip 2 header or footer @0\nskip 1 thread @12\n"
      "skip 1 marker: CPU @24\nskip 1 bytes of an instruction @72\n" },
    { "drmemtrace: a bundle", NULL, HEADER "0a00 0400 00104000_00000000 1100 0200 0401 00*6",
      "fetch va=0x401000 pa=? n=3\n" },
    { "drmemtrace: a bundle of 9", NULL, HEADER "1100 0900 01*8", "entry at byte 36: bundle of 9 instructions" },
    { "drmemtrace: 18 bytes", NULL, HEADER "0a00 1200 00104000_00000000", "entry at byte 36: instruction of 18 bytes" },
    { "drmemtrace: type 64", NULL, HEADER "4000 0400 00*8", "entry at byte 36: type 64: not a drmemtrace, or damaged" },
    { "drmemtrace: cut short", NULL, HEADER "0000 0800 00*7",
      "entry at byte 36: truncated: wants 12 bytes, 11 are left" },
    { "drmemtrace: big-endian", NULL, "0019 0000 00*7 07 0016 0004 00*8", "entry at byte 0: big-endian" },
    { "drmemtrace: no header", "drmemtrace", "0a00 0400 00*8", "type 10: the first entry is no header" },
    { "drmemtrace: 4097 bytes", NULL, HEADER "0000 0110 00*8", "access of 4097 bytes" },
    { "drmemtrace: nothing in it", NULL, HEADER, "read as drmemtrace, it holds no access: 3 entries skipped" },
    { "a line of NULs", "lackey", "00*40 0a", ":1:1: NUL byte: not a text file" },
    { "xz", NULL, "fd377a585a00 00*20",
      "xz at byte 0: of compressed traces gzip alone is read; `xz -dc FILE | stagewalk" },
    { "damaged gzip", NULL, "1f8b080000000000 0003 ff*9", "gzip is damaged before byte" },
};

/* Reads the bytes of a row. Returns how many. */
static size_t unhex(const char *from, uint8_t *to)
{
    size_t count = 0;

    while (*from) {
        if (*from == '*') {
            for (long times = strtol(from + 1, (char **)&from, 10); times > 1; times--, count++)
                to[count] = count ? to[count - 1] : 0;
        } else if (*from == ' ' || *from == '_') {
            from++;
        } else {
            const char byte[] = { from[0], from[1], '\0' };

            to[count++] = (uint8_t)strtoul(byte, NULL, 16);
            from += 2;
        }
    }
    return count;
}

static void bytes_read_so(void **state)
{
    const struct binary_row *row = *state;
    char text[TEXT_BYTES];
    uint8_t bytes[1024] = { 0 };

    print_bytes(bytes, unhex(row->input, bytes), row->format, text);
    if (!strstr(text, row->words))
        fail_msg("wants:\n%s\nin:\n%s", row->words, text);
}

/* ---- Files and pipes --------------------------------------------------------------------------------------------- */

static size_t gzip(const char *text, uint8_t *to, size_t room)
{
    z_stream z = {
        .next_in = (uint8_t *)(uintptr_t)text, .avail_in = (uInt)strlen(text), .next_out = to, .avail_out = (uInt)room
    };

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static const char two_lines[] = "I  04001000,4\n L 04002000,8\n";

static void gzip_is_read(void **state)
{
    uint8_t bytes[1024];
    char text[TEXT_BYTES], plain[TEXT_BYTES];
    size_t count = gzip(two_lines, bytes, sizeof bytes), both;

    (void)state;
    print_bytes(two_lines, strlen(two_lines), NULL, plain);
    print_bytes(bytes, count, NULL, text);
    assert_string_equal(text, plain);
    for (size_t cut = 3; cut < count; cut++) {
        print_bytes(bytes, cut, NULL, text);
        assert_non_null(strstr(text, "truncated: the file ends at byte"));
    }
    both = count + gzip(" S 04002000,8\n", bytes + count, sizeof bytes - count);
    print_bytes(bytes, both, NULL, text);
    assert_non_null(strstr(text, "store va=0x4002000"));
    bytes[count] = 'x';
    print_bytes(bytes, both, NULL, text);
    assert_non_null(strstr(text, "but the file goes on"));
}

static void a_gzipped_packed_trace_is_named(void **state)
{
    uint8_t bytes[1024];
    char text[TEXT_BYTES];
    size_t count = gzip("\x89SWT\r\n\x1a\n", bytes, sizeof bytes);

    (void)state;
    print_bytes(bytes, count, NULL, text);
    assert_non_null(strstr(text, "a gzipped packed trace (.swt): it is compressed as it is, gunzip it"));
}

static void a_pipe_is_read(void **state)
{
    struct fixture_file f = fixture_pipe(two_lines, strlen(two_lines));
    char text[TEXT_BYTES], plain[TEXT_BYTES];

    (void)state;
    print_bytes(two_lines, strlen(two_lines), NULL, plain);
    print(f.path, NULL, text);
    assert_string_equal(text, plain);
    fixture_close(f);
}

/* 65,536 bytes are a line, one more is none; of a line of megabytes no more is read than that. */
static void long_lines_are_refused(void **state)
{
    static const size_t lengths[] = { 65535, 65536, 65537, 5000000 };
    char text[TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t count = strlen(two_lines) + lengths[i];
        char *bytes = malloc(count + 1);

        assert_non_null(bytes);
        strcpy(bytes, two_lines);
        memset(bytes + strlen(two_lines), 'x', lengths[i]);
        bytes[count] = '\n';
        print_bytes(bytes, count + 1, NULL, text);
        assert_true((strstr(text, ":3: line of more than 65536 bytes") != NULL) == (lengths[i] > 65536));
        free(bytes);
    }
}

/* More than a window of lines: none is lost or torn where the window moves. */
static void windows_join(void **state)
{
    enum { LINES = 40000 };
    char *bytes = malloc(LINES * 16), *at = bytes;
    struct fixture_file f;
    struct fixture_trace t;

    (void)state;
    assert_non_null(bytes);
    for (int i = 0; i < LINES; i++)
        at += sprintf(at, " L %08x,8\n", i * 8);
    f = fixture_file(bytes, (size_t)(at - bytes));
    t = fixture_read(f.path, 0);
    assert_false(t.failed);
    assert_int_equal(t.count, LINES);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(t.recs[i].va, i * 8);
    fixture_free(&t);
    fixture_close(f);
    free(bytes);
}

/* What came before the damage is delivered first, and with TRACE_RECOVER it is all. */
static void damage_ends_the_stream(void **state)
{
    static const char damaged[] = " L 04002000,8\n L 04002000,0\n L 04002000,8\n";
    struct fixture_file f = fixture_file(damaged, strlen(damaged));
    struct fixture_trace t = fixture_read(f.path, 0);

    (void)state;
    assert_true(t.failed);
    assert_int_equal(t.count, 1);
    assert_non_null(strstr(t.message, ":2:4: size is not"));
    fixture_free(&t);
    t = fixture_read(f.path, TRACE_RECOVER);
    assert_false(t.failed);
    assert_true(t.recovered);
    assert_int_equal(t.count, 1);
    fixture_free(&t);
    fixture_close(f);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, a_text_reads_so, ROWS_OF(text_rows));
    rows_add(&r, bytes_read_so, ROWS_OF(binary_rows));
    rows_add_test(&r, "gzip is read", gzip_is_read, NULL);
    rows_add_test(&r, "a gzipped packed trace is named", a_gzipped_packed_trace_is_named, NULL);
    rows_add_test(&r, "a pipe is read", a_pipe_is_read, NULL);
    rows_add_test(&r, "long lines are refused", long_lines_are_refused, NULL);
    rows_add_test(&r, "windows join", windows_join, NULL);
    rows_add_test(&r, "damage ends the stream", damage_ends_the_stream, NULL);
    return rows_run(&r, "readers");
}
