/* Blobs that are to be refused: each with a message that names the blob and the node. */
#include "tests/temp_file.h"
#include "tests/unit/platforms/zynqmp/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is added to a tree that is right otherwise. */
static void nothing(void) {}

static void a_bus(uint32_t address, uint32_t size)
{
    open_node("bus");
    bus_cells(address, size);
    flag("ranges");
    open_node("child");
    CELLS("reg", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    close_node();
    close_node();
}

static void no_address_cells(void)
{
    a_bus(0, 1);
}

static void nine_address_cells(void)
{
    a_bus(9, 1);
}

static void nine_size_cells(void)
{
    a_bus(1, 9);
}

static void half_a_cell(void)
{
    open_node("bus");
    assert_int_equal(fdt_property(fdt, "#address-cells", "ab", 2), 0);
    close_node();
}

static void more_than_64_bits(void)
{
    open_node("bus");
    bus_cells(3, 1);
    flag("ranges");
    open_node("child");
    CELLS("reg", 1, 0, 0, 0x1000);
    close_node();
    close_node();
}

static void too_deep(void)
{
    for (int i = 0; i < 40; i++)
        open_node("n");
    for (int i = 0; i < 40; i++)
        close_node();
}

static void too_many_regions(void)
{
    char name[32];

    for (int i = 0; i <= BOARD_REGIONS_MAX; i++) {
        snprintf(name, sizeof name, "d@%d", i);
        leaf(name, "x", 0xA0000000, 0x1000);
    }
}

static void too_many_banks(void)
{
    char name[32];

    for (int i = 0; i < BOARD_RAM_MAX; i++) {
        snprintf(name, sizeof name, "m@%d", i);
        device(name, "x", 0x900000000 + ((uint64_t)i << 20), 0x100000);
        text("device_type", "memory");
        close_node();
    }
}

static void too_many_taken(void)
{
    char name[32];

    open_node("reserved-memory");
    bus_cells(2, 2);
    flag("ranges");
    for (int i = 0; i < BOARD_TAKEN_MAX; i++) {
        snprintf(name, sizeof name, "r@%d", i);
        leaf(name, "x", 0x1000, 0x1000);
    }
    close_node();
}

static void memory_far_away(void)
{
    device("m@far", "x", 0xFFFFFFF000, 0x2000);
    text("device_type", "memory");
    close_node();
}

static void memory_beyond_64_bits(void)
{
    device("m@far", "x", 0xFFFFFFFFFFFFF000, 0x2000);
    text("device_type", "memory");
    close_node();
}

static void long_names(void)
{
    static char name[600];

    memset(name, 'n', sizeof name - 1);
    open_node(name);
    open_node(name);
    close_node();
    close_node();
}

struct tree_row {
    const char *name;
    void (*add)(void);
    const char *message; /* NULL: is not refused */
};

static const struct tree_row tree_rows[] = {
    { "nothing wrong", nothing, NULL },
    { "0 address cells", no_address_cells, "board.dtb: /bus/child: has a reg, but #address-cells is 0" },
    { "9 address cells", nine_address_cells, "board.dtb: /bus: #address-cells is 9" },
    { "9 size cells", nine_size_cells, "board.dtb: /bus: #size-cells is 9" },
    { "half a cell", half_a_cell, "board.dtb: /bus: #address-cells is 2 bytes long" },
    { "more than 64 bits", more_than_64_bits, "board.dtb: /bus/child: reg entry 0 takes more than 64 bits" },
    { "too deep", too_deep, "deep" },
    { "too many regions", too_many_regions, "more than 3000 regions" },
    { "too many banks", too_many_banks, "board.dtb: /m@62: more than 64 banks" },
    { "too many areas taken", too_many_taken, "board.dtb: /reserved-memory/r@255: more than 256 areas" },
    { "memory beyond 40 bits", memory_far_away, "board.dtb: /m@far: memory at 0xfffffff000" },
    { "memory beyond 64 bits", memory_beyond_64_bits, "board.dtb: /m@far: memory at 0xfffffffffffff000" },
    { "names too long", long_names, "too long" },
};

static void refuse(const char *message)
{
    bool good = parse();

    board_free(&b);
    if (!message) {
        assert_true(good);
        return;
    }
    assert_false(good);
    if (!strstr(err.text, message))
        fail_msg("\"%s\" does not say \"%s\"", err.text, message);
}

static void check_tree(void **state)
{
    const struct tree_row *row = *state;

    begin();
    memory();
    gic();
    row->add();
    finish();
    refuse(row->message);
}

static void missing_parts(void **state)
{
    (void)state;
    begin();
    memory();
    finish();
    refuse("board.dtb: /: no node is compatible with arm,gic-400");
    begin();
    gic();
    finish();
    refuse("board.dtb: /: no node has device_type \"memory\"");
    begin();
    memory();
    leaf("gic", "arm,gic-400", 0xF9010000, 0x10000);
    finish();
    refuse("board.dtb: /: the GIC's reg has not the four entries");
}

/* Names come from the file, and go to a terminal. */
static void no_control_characters(void **state)
{
    (void)state;
    begin();
    memory();
    gic();
    leaf("\x1b[2J@1000", "\x07x", 0x1000, 0x1000);
    finish();
    assert_true(parse());
    assert_string_equal(b.region[b.count - 1].node, "/?[2J@1000");
    assert_string_equal(b.region[b.count - 1].compatible, "?x");
    board_free(&b);
}

static void old_version(void **state)
{
    (void)state;
    begin();
    memory();
    gic();
    finish();
    fdt_set_version(fdt, 3);
    fdt_set_last_comp_version(fdt, 2);
    refuse("board.dtb: a blob of version 3");
}

/* Cut anywhere: refused, as the blob says how long it is. */
static void truncated(void **state)
{
    size_t bytes;

    (void)state;
    begin();
    memory();
    gic();
    finish();
    bytes = fdt_totalsize(fdt);
    for (size_t i = 0; i < bytes; i++) {
        void *part = malloc(i + 1); /* so that a reader beyond its end is seen */

        memcpy(part, fdt, i);
        assert_false(board_parse_dtb(&b, part, i, "board.dtb", &err));
        assert_non_null(strstr(err.text, "board.dtb: not a device tree blob"));
        board_free(&b);
        free(part);
    }
}

/* Each word of it overwritten: whatever comes out, nobody crashes; of the header most are refused. */
static void overwritten(void **state)
{
    static const uint32_t evil[] = { 0, 1, 2, 3, 4, 9, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC, 0xFFFFFFF4 };
    size_t bytes, refused = 0;

    (void)state;
    begin();
    memory();
    gic();
    finish();
    bytes = fdt_totalsize(fdt);
    for (size_t i = 0; i + 4 <= bytes; i += 4) {
        for (size_t k = 0; k < sizeof evil / sizeof *evil; k++) {
            fdt32_t *word = malloc(bytes);

            memcpy(word, fdt, bytes);
            word[i / 4] = cpu_to_fdt32(evil[k]);
            refused += !board_parse_dtb(&b, word, bytes, "board.dtb", &err);
            board_free(&b);
            free(word);
        }
    }
    assert_true(refused > 100);
}

static void files(void **state)
{
    char path[TEMP_PATH_BYTES], text_of_it[] = "no blob";
    int fd = temp_file(path);

    (void)state;
    assert_true(fd >= 0);
    assert_false(board_read_dtb(&b, "/nowhere/board.dtb", &err));
    assert_string_equal(err.text, "/nowhere/board.dtb: No such file or directory");
    assert_false(board_read_dtb(&b, "/", &err));
    assert_string_equal(err.text, "/: Is a directory");
    assert_false(board_read_dtb(&b, path, &err)); /* empty */
    assert_non_null(strstr(err.text, "not a device tree blob"));
    assert_int_equal(write(fd, text_of_it, sizeof text_of_it), sizeof text_of_it);
    assert_false(board_read_dtb(&b, path, &err));
    assert_non_null(strstr(err.text, path));
    assert_int_equal(ftruncate(fd, BOARD_DTB_BYTES_MAX + 1), 0);
    assert_false(board_read_dtb(&b, path, &err));
    assert_non_null(strstr(err.text, "too large"));
    begin();
    memory();
    gic();
    finish();
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, fdt, fdt_totalsize(fdt), 0), fdt_totalsize(fdt));
    assert_true(board_read_dtb(&b, path, NULL));
    assert_int_equal(b.count, 6);
    board_free(&b);
    close(fd);
    unlink(path);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_tree, ROWS_OF(tree_rows));
    rows_add_test(&all, "missing parts", missing_parts, NULL);
    rows_add_test(&all, "no control characters", no_control_characters, NULL);
    rows_add_test(&all, "an old version", old_version, NULL);
    rows_add_test(&all, "truncated", truncated, NULL);
    rows_add_test(&all, "overwritten", overwritten, NULL);
    rows_add_test(&all, "files", files, NULL);
    return rows_run(&all, "zynqmp/board_bad_dtb");
}
