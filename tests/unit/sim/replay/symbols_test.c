/* Names of addresses: which symbol it is, whose, and what is no file of symbols. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/symbols_made.h"
#include "tests/unit/traces/trace_fixture.h"

#include "sim/replay/stats.h"
#include "sim/replay/symbols.h"

#define UPPER 0xFFFF800000000000ULL

static struct elf_made made;
static const uint64_t bases[2] = { 0x10000, 0x200000 };

static const struct made_symbol usual[] = {
    { "outer", 0x10000, 0x100, STT_FUNC, STB_GLOBAL, 1 },
    { "inner", 0x10040, 0x10, STT_FUNC, STB_LOCAL, 1 },
    { "label", 0x10200, 0, STT_NOTYPE, STB_LOCAL, 1 },
    { "$x", 0x10210, 0, STT_NOTYPE, STB_LOCAL, 1 },
    { "next", 0x10280, 0x20, STT_FUNC, STB_GLOBAL, 1 },
    { "alias_local", 0x10280, 0x20, STT_FUNC, STB_LOCAL, 1 },
    { "alias_label", 0x10280, 0, STT_NOTYPE, STB_GLOBAL, 1 },
    { "last", 0x10FF000, 0, STT_NOTYPE, STB_LOCAL, 1 },
    { "object", 0x200010, 8, STT_OBJECT, STB_GLOBAL, 2 },
    { "undefined", 0x200020, 8, STT_OBJECT, STB_GLOBAL, SHN_UNDEF },
    { "absolute", 0x200030, 8, STT_NOTYPE, STB_GLOBAL, SHN_ABS },
    { "thread", 0x200040, 8, STT_TLS, STB_GLOBAL, 2 },
    { "b\x1b[d\xff", 0x200050, 8, STT_OBJECT, STB_GLOBAL, 2 },
};

static const struct place_row {
    const char *name;
    const char *words; /* %s: the file */
    struct symbols_place place;
    const char *symbol; /* NULL: none */
} place_rows[] = {
    { "begin", "%s", { 0x10000, 1, 0 }, "outer" },
    { "end", "%s", { 0x100FF, 1, 0 }, "outer" },
    { "beyond", "%s", { 0x10100, 1, 0 }, ".text" },
    { "below all", "%s", { 0xFFFF, 1, 0 }, NULL },
    { "nested", "%s", { 0x1004F, 1, 0 }, "inner" },
    { "behind the nested", "%s", { 0x10050, 1, 0 }, "outer" },
    { "a label goes on to the next", "%s", { 0x1027F, 1, 0 }, "label" },
    { "a mark is no label", "%s", { 0x10210, 1, 0 }, "label" },
    { "of three the sized and global", "%s", { 0x10284, 1, 0 }, "next" },
    { "a label beyond its section", "%s", { 0x10FF001, 1, 0 }, NULL },
    { "object", "%s", { 0x200017, 1, 0 }, "object" },
    { "behind the object", "%s", { 0x200018, 1, 0 }, ".data" },
    { "undefined", "%s", { 0x200020, 1, 0 }, ".data" },
    { "absolute", "%s", { 0x200030, 1, 0 }, ".data" },
    { "thread's", "%s", { 0x200040, 1, 0 }, ".data" },
    { "what cannot be shown", "%s", { 0x200050, 1, 0 }, "b?[d?" },
    { "bias", "%s@0xffff800000000000", { UPPER + 0x10280, 1, 0 }, "next" },
    { "bias, not without", "%s@0xffff800000000000", { 0x10280, 1, 0 }, NULL },
    { "decimal bias", "%s@4096", { 0x11280, 1, 0 }, "next" },
    { "another's VMID", "%s,vmid=2", { 0x10280, 1, 0 }, NULL },
    { "its VMID", "%s,vmid=2", { 0x10280, 2, 9 }, "next" },
    { "EL2", "%s,vmid=el2", { 0x10280, DOMAIN_EL2, 0 }, "next" },
    { "not EL2", "%s,vmid=0", { 0x10280, DOMAIN_EL2, 0 }, NULL },
    { "another's ASID", "%s,asid=7", { 0x10280, 1, 8 }, NULL },
    { "its ASID", "%s,asid=7", { 0x10280, 1, 7 }, "next" },
    { "the upper half has none", "%s@0xffff800000000000,asid=7", { UPPER + 0x10280, 1, 0 }, "next" },
    { "all of it", "%s@0x1000,asid=7,vmid=3", { 0x11280, 3, 7 }, "next" },
};

static struct symbols *read_usual(const char *words, const char *table, struct trace_error *err)
{
    struct fixture_file f;
    struct symbols *s = symbols_new();
    char text[256];

    made_program(&made, ET_EXEC, table, bases, usual, sizeof usual / sizeof *usual);
    f = fixture_file(made.bytes, made.count);
    snprintf(text, sizeof text, words, f.path);
    if (!symbols_add(s, text, err)) {
        symbols_free(s);
        s = NULL;
    }
    fixture_close(f);
    return s;
}

static void check_place(void **state)
{
    static const char *const tables[] = { ".symtab", ".dynsym" };
    const struct place_row *row = *state;

    for (unsigned i = 0; i < 2; i++) {
        struct trace_error err;
        struct symbols *s = read_usual(row->words, tables[i], &err);
        const char *file = NULL;
        const struct symbol *found;

        if (!s)
            fail_msg("%s", err.text);
        found = symbols_find(s, &row->place, &file);
        if (row->symbol) {
            assert_non_null(found);
            assert_string_equal(found->name, row->symbol);
            assert_true(found->start <= row->place.va && row->place.va < found->end);
            assert_true(*file >= '0' && *file <= '9'); /* /proc/self/fd/N */
        } else {
            assert_null(found);
        }
        symbols_free(s);
    }
}

static void sections_alone(void **state)
{
    struct trace_error err;
    struct symbols *s = read_usual("%s", NULL, &err);
    const char *file;

    (void)state;
    assert_string_equal(symbols_find(s, &(struct symbols_place){ 0x10000, 1, 0 }, &file)->name, ".text");
    symbols_free(s);
}

/* A symbol of a later file comes before a section of an earlier one. */
static void several_files(void **state)
{
    static const struct made_symbol other = { "other", 0x10100, 0x10, STT_FUNC, STB_GLOBAL, 1 };
    struct trace_error err;
    struct symbols *s = read_usual("%s", ".symtab", &err);
    struct fixture_file f;
    const char *file;

    (void)state;
    made_program(&made, ET_DYN, ".symtab", bases, &other, 1);
    f = fixture_file(made.bytes, made.count);
    assert_true(symbols_add(s, f.path, &err));
    assert_string_equal(symbols_file(s, 1), f.path);
    assert_null(symbols_file(s, 2));
    fixture_close(f);
    assert_string_equal(symbols_find(s, &(struct symbols_place){ 0x10108, 1, 0 }, &file)->name, "other");
    assert_string_equal(symbols_find(s, &(struct symbols_place){ 0x10000, 1, 0 }, &file)->name, "outer");
    symbols_free(s);
}

static const struct refusal {
    const char *name, *words, *says;
} refusals[] = {
    { "no file", "/nowhere/x", "/nowhere/x: cannot open" },
    { "no name", "", "--elf wants FILE[@BIAS]" },
    { "a bias alone", "@0x1000", "--elf wants FILE[@BIAS]" },
    { "no bias", "x@0xz", "the bias '0xz' is no number" },
    { "bias of 65 bits", "x@0x10000000000000000", "is no number of up to 64 bits" },
    { "VMID", "x,vmid=256", "vmid= wants 0 to 255 or el2, not '256'" },
    { "ASID", "x,asid=65536", "asid= wants 0 to 65535, not '65536'" },
    { "no ASID", "x,asid=", "asid= wants 0 to 65535" },
    { "a name with a comma", "/nowhere/a,b", "/nowhere/a,b: cannot open" },
    { "a name with an @", "/nowhere/a@b", "/nowhere/a@b: cannot open" },
    { "no ELF", "Makefile", "Makefile: byte 0: not an ELF file" },
};

static void refuse(void **state)
{
    const struct refusal *row = *state;
    struct symbols *s = symbols_new();
    struct trace_error err;

    assert_false(symbols_add(s, row->words, &err));
    if (!strstr(err.text, row->says))
        fail_msg("not '%s' in: %s", row->says, err.text);
    symbols_free(s);
}

static void refuse_kinds(void **state)
{
    struct trace_error err;
    struct fixture_file f;
    struct symbols *s = symbols_new();

    (void)state;
    made_program(&made, ET_REL, ".symtab", bases, usual, 1);
    f = fixture_file(made.bytes, made.count);
    assert_false(symbols_add(s, f.path, &err));
    assert_non_null(strstr(err.text, "wants an executable or a shared object"));
    fixture_close(f);
    made_image(&made);
    f = fixture_file(made.bytes, made.count);
    assert_false(symbols_add(s, f.path, &err));
    assert_non_null(strstr(err.text, "has it been stripped?"));
    fixture_close(f);
    symbols_free(s);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_place, ROWS_OF(place_rows));
    rows_add_test(&all, "sections alone", sections_alone, NULL);
    rows_add_test(&all, "several files", several_files, NULL);
    rows_add(&all, refuse, ROWS_OF(refusals));
    rows_add_test(&all, "files of another kind", refuse_kinds, NULL);
    return rows_run(&all, "sim/symbols");
}
