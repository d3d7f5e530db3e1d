/* Device tree blobs: whole ones are taken, broken ones are refused, whatever is broken, before libfdt reads them. */
#include "platforms/dtree.h"
#include "tests/unit/platforms/xen/tree_fixture.h"

static struct tree tree;
static struct trace_error err;

static struct dtree small_tree(void)
{
    tree_begin(&tree);
    tree_text(&tree, "compatible", "xlnx,zynqmp");
    tree_node(&tree, "chosen");
    tree_cell(&tree, "cpus", 2);
    tree_end_node(&tree);
    return tree_end(&tree, "host.dtb");
}

static void put(size_t offset, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    memcpy(tree.blob + offset, &cell, sizeof cell);
}

static void whole(void **state)
{
    struct dtree t = small_tree();

    (void)state;
    assert_true(dtree_check(&t, &err));
    t.bytes = TREE_BYTES; /* what follows the blob is not its own */
    assert_true(dtree_check(&t, &err));
}

struct header_row {
    const char *name;
    size_t offset; /* in the header */
    uint32_t value;
    const char *text;
};

// clang-format off
static const struct header_row header_rows[] = {
    { "magic", 0, 0xd00dfeee, "it does not begin as one" },
    { "longer than it is", 4, TREE_BYTES, "cut off" },
    { "shorter than its header", 4, 39, "cut off" },
    { "structure not aligned", 8, 0x3a, "its blocks are not aligned" }, /* github.com/dgibson/dtc issue 178 */
    { "structure beyond the end", 8, 0x10000, "reaches beyond its end" },
    { "structure far beyond", 8, 0xfffffff0, "reaches beyond its end" },
    { "strings beyond the end", 12, 0xfffffff0, "reaches beyond its end" },
    { "reservations not aligned", 16, 0x2c, "its blocks are not aligned" },
    { "reservations beyond the end", 16, 0xfffffff0, "damaged one: " },
    { "version 16", 20, 16, "a blob of version 16; only 17 and later are read" },
    { "compatible with none before 18", 24, 18, "of a version that is not known yet" },
    { "strings too long", 32, 0xffffffff, "reaches beyond its end" },
    { "structure too long", 36, 0xfffffffc, "reaches beyond its end" },
    { "structure cut", 36, 8, "its structure makes no sense" },
    { "no strings", 32, 0, "its structure makes no sense" },
};
// clang-format on

static void check_header(void **state)
{
    const struct header_row *row = *state;
    struct dtree t = small_tree();

    put(row->offset, row->value);
    assert_false(dtree_check(&t, &err));
    assert_ptr_equal(strstr(err.text, "host.dtb: "), err.text);
    assert_non_null(strstr(err.text, row->text));
}

struct structure_row {
    const char *name;
    unsigned count;
    uint32_t word[12]; /* the structure block; names are at offset 0 of the strings, "a" */
    bool good;
};

// clang-format off
static const struct structure_row structure_rows[] = {
    { "a root", 4, { 1, 0, 2, 9 }, true },
    { "a property", 8, { 1, 0, 3, 4, 0, 5, 2, 9 }, true },
    { "a gap", 5, { 1, 0, 4, 2, 9 }, true },
    { "nothing", 0, { 0 }, false },
    { "only its end", 1, { 9 }, false },
    { "no end", 3, { 1, 0, 2 }, false },
    { "the root does not end", 3, { 1, 0, 9 }, false },
    { "ends more than begin", 5, { 1, 0, 2, 2, 9 }, false },
    { "two roots", 7, { 1, 0, 2, 1, 0, 2, 9 }, false },
    { "a property outside", 8, { 3, 4, 0, 5, 1, 0, 2, 9 }, false },
    { "a property behind the root", 8, { 1, 0, 2, 3, 4, 0, 5, 9 }, false },
    { "no such tag", 5, { 1, 0, 5, 2, 9 }, false },
    { "a name that does not end", 3, { 1, 0x61616161, 0x61616161 }, false },
    { "a property's name beyond the strings", 8, { 1, 0, 3, 4, 2, 5, 2, 9 }, false },
    { "a property beyond the end", 8, { 1, 0, 3, 20, 0, 5, 2, 9 }, false },
    { "a property that libfdt loops in", 8, { 1, 0, 3, 0xfffffff4, 0, 5, 2, 9 }, false },
    { "a property of -1 bytes", 8, { 1, 0, 3, 0xffffffff, 0, 5, 2, 9 }, false },
};
// clang-format on

static void check_structure(void **state)
{
    const struct structure_row *row = *state;
    struct dtree t = { .name = "host.dtb", .blob = tree.blob, .bytes = 60 + 4 * row->count };
    const uint32_t header[10] = {
        FDT_MAGIC, (uint32_t)t.bytes, 60, 56, 40, 17, 16, 0, 2, 4 * row->count, /* reservations 40, strings 56 */
    };

    memset(&tree, 0, sizeof tree);
    for (unsigned i = 0; i < 10; i++)
        put(4 * i, header[i]);
    tree.blob[56] = 'a';
    for (unsigned i = 0; i < row->count; i++)
        put(60 + 4 * i, row->word[i]);
    assert_int_equal(dtree_check(&t, &err), row->good);
    if (!row->good)
        assert_string_equal(err.text,
                            "host.dtb: not a device tree blob, or a damaged one: its structure makes no sense");
}

static struct dtree tree_of_depth(int depth)
{
    tree_begin(&tree);
    for (int i = 1; i < depth; i++)
        tree_node(&tree, "a");
    for (int i = 1; i < depth; i++)
        tree_end_node(&tree);
    return tree_end(&tree, "host.dtb");
}

static void limits(void **state)
{
    static char name[DTREE_NAME_MAX + 2];
    struct dtree t = tree_of_depth(DTREE_DEPTH_MAX);

    (void)state;
    assert_true(dtree_check(&t, &err));
    t = tree_of_depth(DTREE_DEPTH_MAX + 1);
    assert_false(dtree_check(&t, &err));
    assert_string_equal(err.text, "host.dtb: not a device tree blob, or a damaged one: its nodes are nested too deep");
    t.bytes = DTREE_BYTES_MAX + 1;
    assert_false(dtree_check(&t, &err));
    assert_non_null(strstr(err.text, "more than 16 MB"));
    for (size_t longer = 0; longer < 2; longer++) {
        memset(name, 'a', DTREE_NAME_MAX + longer);
        tree_begin(&tree);
        tree_node(&tree, name);
        tree_end_node(&tree);
        t = tree_end(&tree, "host.dtb");
        assert_int_equal(dtree_check(&t, &err), !longer);
    }
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "whole", whole, NULL);
    rows_add(&all, check_header, ROWS_OF(header_rows));
    rows_add(&all, check_structure, ROWS_OF(structure_rows));
    rows_add_test(&all, "limits", limits, NULL);
    return rows_run(&all, "dtree");
}
