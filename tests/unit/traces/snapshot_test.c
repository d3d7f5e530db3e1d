/* Snapshots as ELF files hold them: which memory is where, what the notes say, and what is refused.
 *
 * The files are made by hand (elf_made.h); a dump by QEMU 7.2 of a bare-metal guest has been read once beside them. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/snapshot_made.h"
#include "tests/unit/traces/trace_fixture.h"

#include "traces/snapshot.h"

#include <sys/stat.h>

static struct elf_made made;

static struct snapshot *open_made(struct trace_error *err)
{
    struct fixture_file f = fixture_file(made.bytes, made.count);
    struct snapshot *s;

    err->text[0] = '\0';
    s = snapshot_open(f.path, err);
    fixture_close(f);
    return s;
}

static struct snapshot *must_open(void)
{
    struct trace_error err;
    struct snapshot *s = open_made(&err);

    if (!s)
        fail_msg("%s", err.text);
    return s;
}

static uint64_t word_at(const struct snapshot *s, uint64_t pa)
{
    uint64_t word[SNAPSHOT_PAGE_WORDS];

    assert_int_equal(snapshot_read_page(s, pa & ~0xFFFULL, word), 1);
    return word[(pa & 0xFFF) / 8];
}

static void has_tables(const struct snapshot *s)
{
    uint64_t word[MADE_TABLE_BYTES / 8];

    made_tables(word);
    for (uint64_t i = 0; i < MADE_TABLE_BYTES / 8; i++)
        assert_int_equal(word_at(s, MADE_TABLES + 8 * i), word[i]);
}

static void machine_core(void **state)
{
    struct snapshot *s;
    uint64_t word[SNAPSHOT_PAGE_WORDS];

    (void)state;
    made_core(&made, NULL);
    s = must_open();
    assert_int_equal(s->kind, SNAPSHOT_CORE);
    assert_int_equal(s->cpus, 2);
    assert_int_equal(s->cpu[1].pc, MADE_KERNEL + 0x2468);
    assert_int_equal(s->cpu[1].pstate, 0x3C5);
    assert_false(s->cpu[0].has_mmu);
    assert_false(s->has_kernel);
    assert_int_equal(snapshot_bytes(s), 0x300000);
    has_tables(s);
    assert_int_equal(word_at(s, 0x40000000), 0);
    assert_int_equal(word_at(s, 0x402FFFF8), 0);
    assert_int_equal(snapshot_read_page(s, 0x40300000, word), 0);
    assert_int_equal(snapshot_read_page(s, 0x3FFFF000, word), 0);
    snapshot_close(s);
}

/* Zeroes that a segment ends in give way to what another one stores, whichever comes first, and go on behind it. */
static void stored_before_zeroes(void **state)
{
    static const uint64_t first[512] = { 1 }, second[512] = { 2 };

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct snapshot *s;

        made_begin(&made, ET_CORE, EM_AARCH64);
        for (int i = 0; i < 2; i++) {
            if (i == turn)
                made_segment(&made, PT_LOAD, 0x40000000, first, sizeof first, 0x4000);
            else
                made_segment(&made, PT_LOAD, 0x40002000, second, sizeof second, sizeof second);
        }
        made_end(&made);
        s = must_open();
        assert_int_equal(snapshot_bytes(s), 0x4000);
        assert_int_equal(word_at(s, 0x40000000), 1);
        assert_int_equal(word_at(s, 0x40001000), 0);
        assert_int_equal(word_at(s, 0x40002000), 2);
        assert_int_equal(word_at(s, 0x40003000), 0);
        snapshot_close(s);
    }
}

static void kernel_info(void **state)
{
    struct snapshot *s;

    (void)state;
    made_core(&made, MADE_KERNEL_INFO);
    s = must_open();
    assert_true(s->has_kernel);
    assert_string_equal(s->kernel.release, "6.1.0-13-arm64");
    assert_int_equal(s->kernel.swapper_pg_dir, 0xFFFFFF8008080000);
    assert_int_equal(s->kernel.kimage_voffset, 0xFFFFFF7FC8000000);
    assert_int_equal(s->kernel.va_bits, 39);
    assert_int_equal(s->kernel.t1sz, 25);
    assert_int_equal(s->kernel.page_bytes, 4096);
    snapshot_close(s);
}

static void xen_core(void **state)
{
    struct snapshot *s;
    uint64_t word[SNAPSHOT_PAGE_WORDS];

    (void)state;
    made_xen(&made);
    s = must_open();
    assert_int_equal(s->kind, SNAPSHOT_XEN);
    assert_int_equal(s->cpus, 1);
    assert_true(s->cpu[0].has_mmu);
    assert_int_equal(s->cpu[0].pc, MADE_KERNEL + 0x88);
    assert_int_equal(s->cpu[0].sctlr_el1, 0x34D5D91D);
    assert_int_equal(s->cpu[0].tcr_el1, MADE_TCR);
    assert_int_equal(s->cpu[0].ttbr0_el1, 0x7A0000);
    assert_int_equal(s->cpu[0].ttbr1_el1, MADE_TABLES);
    assert_int_equal(snapshot_bytes(s), 0x3000);
    has_tables(s);
    assert_int_equal(snapshot_read_page(s, 0x40083000, word), 0);
    snapshot_close(s);
}

/* Pieces that are no pages, one page of several pieces, and a piece that another has already. */
static void pieces(void **state)
{
    const uint64_t a[3] = { 1, 2, 3 }, b[2] = { 2, 3 }, c = 9;
    struct snapshot *s;

    (void)state;
    made_begin(&made, ET_EXEC, EM_AARCH64);
    made_segment(&made, PT_LOAD, 0x1FF8, &c, 8, 24);
    made_segment(&made, PT_LOAD, 0x1010, b, 16, 16);
    made_segment(&made, PT_LOAD, 0x1008, a, 24, 24);
    made_end(&made);
    s = must_open();
    assert_int_equal(s->kind, SNAPSHOT_IMAGE);
    assert_int_equal(snapshot_bytes(s), 48);
    assert_int_equal(word_at(s, 0x1000), 0);
    assert_int_equal(word_at(s, 0x1008), 1);
    assert_int_equal(word_at(s, 0x1018), 3);
    assert_int_equal(word_at(s, 0x1020), 0);
    assert_int_equal(word_at(s, 0x1FF8), 9);
    assert_int_equal(word_at(s, 0x2000), 0);
    snapshot_close(s);
}

/* More segments than the header can count: their number stands in the first section's sh_info. */
static void segments_beyond_the_header(void **state)
{
    struct snapshot *s;

    (void)state;
    made_begin(&made, ET_CORE, EM_AARCH64);
    made_ram(&made);
    made_section(&made, ".x", SHT_PROGBITS, NULL, 0);
    made.section[0].sh_info = 2;
    made_end(&made);
    ((Elf64_Ehdr *)made.bytes)->e_phnum = PN_XNUM;
    s = must_open();
    assert_int_equal(snapshot_bytes(s), 0x300000);
    has_tables(s);
    snapshot_close(s);
}

static void file_cut_later(void **state)
{
    struct fixture_file f;
    struct trace_error err;
    struct snapshot *s;
    uint64_t word[SNAPSHOT_PAGE_WORDS];

    (void)state;
    made_core(&made, NULL);
    f = fixture_file(made.bytes, made.count);
    s = snapshot_open(f.path, &err);
    assert_non_null(s);
    assert_int_equal(ftruncate(f.fd, 0x900), 0);
    assert_int_equal(snapshot_read_page(s, MADE_TABLES + 0x2000, word), -1);
    snapshot_close(s);
    fixture_close(f);
}

/* ---- What is refused ---- */

enum base { BASE_CORE, BASE_XEN, BASE_IMAGE, BASE_PROCESS, BASE_EMPTY };

static const struct refusal {
    const char *name;
    enum base base;
    size_t at; /* a byte that is another: */
    uint8_t byte;
    size_t cut; /* bytes kept; 0: all */
    const char *says;
} refusals[] = {
    { "no ELF", BASE_CORE, 1, 'F', 0, "byte 0: not an ELF file" },
    { "nothing", BASE_CORE, 0, 0x7F, 1, "byte 0: not an ELF file" },
    { "32-bit", BASE_CORE, EI_CLASS, ELFCLASS32, 0, "byte 4: a 32-bit ELF file" },
    { "big-endian", BASE_CORE, EI_DATA, ELFDATA2MSB, 0, "byte 5: a big-endian ELF file" },
    { "x86", BASE_CORE, 18, EM_X86_64, 0, "byte 18: an ELF file of another machine" },
    { "AArch32", BASE_CORE, 18, EM_ARM, 0, "byte 18: an ELF file of AArch32" },
    { "cut in the tables", BASE_CORE, 0, 0x7F, 0x1000, "cut short?" },
    { "cut in the header", BASE_IMAGE, 0, 0x7F, 60, "byte 0" },
    { "xen cut", BASE_XEN, 0, 0x7F, 0x2000, "a Xen domain's core that has been cut short" },
    { "core of a process", BASE_PROCESS, 0, 0x7F, 0, "a core of a process" },
    { "no segment", BASE_EMPTY, 0, 0x7F, 0, "no memory in it" },
};

static void make_base(enum base base)
{
    switch (base) {
    case BASE_CORE:
        made_core(&made, NULL);
        return;
    case BASE_XEN:
        made_xen(&made);
        return;
    case BASE_IMAGE:
        made_image(&made);
        return;
    case BASE_PROCESS:
        made_begin(&made, ET_CORE, EM_AARCH64);
        made_segment(&made, PT_LOAD, 0, "12345678", 8, 8);
        made.segment[0].p_vaddr = 0x400000;
        made_end(&made);
        return;
    case BASE_EMPTY:
        made_begin(&made, ET_EXEC, EM_AARCH64);
        made_end(&made);
        return;
    }
}

static void refuse(void **state)
{
    const struct refusal *row = *state;
    struct trace_error err;

    make_base(row->base);
    made.bytes[row->at] = row->byte;
    made.count = row->cut ? row->cut : made.count;
    assert_null(open_made(&err));
    assert_ptr_equal(strstr(err.text, "/proc/self/fd/"), err.text);
    if (!strstr(err.text, row->says))
        fail_msg("not '%s' in: %s", row->says, err.text);
}

static void refuse_segments(void **state)
{
    static const struct {
        uint64_t pa, filesz, offset;
        const char *says;
    } rows_of[] = { { 0xFFFFFF8008000000, 8, 0,
                      "program header 0: physical address 0xffffff8008000000 is beyond 2^48" },
                    { 1ULL << 48, 8, 0, "beyond 2^48" },
                    { 0, 1ULL << 40, 0, "cut short?" },
                    { 0, 8, 1ULL << 62, "cut short?" } };

    (void)state;
    for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
        struct trace_error err;

        made_begin(&made, ET_EXEC, EM_AARCH64);
        made_segment(&made, PT_LOAD, rows_of[i].pa, "12345678", 8, 1ULL << 41);
        made.segment[0].p_filesz = rows_of[i].filesz;
        made.segment[0].p_offset += rows_of[i].offset;
        made_end(&made);
        assert_null(open_made(&err));
        if (!strstr(err.text, rows_of[i].says))
            fail_msg("not '%s' in: %s", rows_of[i].says, err.text);
    }
}

static void xen_of_a_32_bit_guest(void **state)
{
    struct trace_error err;
    uint64_t at;

    (void)state;
    made_xen(&made);
    at = made.section[2].sh_offset + 264;
    made.bytes[at] = 0xD3;
    assert_null(open_made(&err));
    assert_non_null(strstr(err.text, "vCPU 0 executes a 32-bit kernel"));
    made.bytes[at] = 0x10; /* a 32-bit process of a 64-bit one */
    snapshot_close(must_open());
}

static void other_dumps(void **state)
{
    static const char *const heads[][2] = { { "KDUMP   12345678", "makedumpfile -E -d 31" },
                                            { "DISKDUMP12345678", "makedumpfile -E -d 31" },
                                            { "makedumpfile\0\0\0\0", "without -z, -l or -s" } };

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct fixture_file f = fixture_file(heads[i][0], 16);
        struct trace_error err;

        assert_true(snapshot_is(f.path));
        assert_null(snapshot_open(f.path, &err));
        assert_non_null(strstr(err.text, heads[i][1]));
        fixture_close(f);
    }
    assert_false(snapshot_is("Makefile"));
    assert_false(snapshot_is("-"));
    assert_false(snapshot_is("/nowhere/x"));
}

static void pipe_is_refused(void **state)
{
    struct fixture_file f = fixture_pipe("\x7f"
                                         "ELF",
                                         4);
    struct trace_error err;

    (void)state;
    assert_null(snapshot_open(f.path, &err));
    assert_non_null(strstr(err.text, "wants a regular file"));
    fixture_close(f);
}

/* A pipe with a name, which nobody writes to: who opens it to read waits. */
static void named_pipe_is_refused_at_once(void **state)
{
    const char *path = fixture_path("pipe");
    struct trace_error err;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(10); /* ends the test, should it wait */
    assert_null(snapshot_open(path, &err));
    alarm(0);
    assert_non_null(strstr(err.text, "wants a regular file"));
    unlink(path);
    rmdir(fixture_path(""));
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "a core of a machine", machine_core, NULL);
    rows_add_test(&all, "stored before zeroes", stored_before_zeroes, NULL);
    rows_add_test(&all, "VMCOREINFO", kernel_info, NULL);
    rows_add_test(&all, "a core of a Xen domain", xen_core, NULL);
    rows_add_test(&all, "pieces that are no pages", pieces, NULL);
    rows_add_test(&all, "segments beyond the header", segments_beyond_the_header, NULL);
    rows_add_test(&all, "a file that is cut later", file_cut_later, NULL);
    rows_add(&all, refuse, ROWS_OF(refusals));
    rows_add_test(&all, "segments that cannot be", refuse_segments, NULL);
    rows_add_test(&all, "xen: a 32-bit guest", xen_of_a_32_bit_guest, NULL);
    rows_add_test(&all, "dumps that are no ELF", other_dumps, NULL);
    rows_add_test(&all, "a pipe", pipe_is_refused, NULL);
    rows_add_test(&all, "a pipe with a name", named_pipe_is_refused_at_once, NULL);
    return rows_run(&all, "traces/snapshot");
}
