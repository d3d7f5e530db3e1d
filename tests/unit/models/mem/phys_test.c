/* Sparse memory: what was never written, growing, zeroing, where RAM is. */
#include "models/mem/phys.h"
#include "tests/unit/models/rows.h"

#define CAPACITY 64

static struct phys m;
static struct phys_page small_page[4], page[CAPACITY];
static uint32_t small_slot[8], slot[2 * CAPACITY];

static void start(void)
{
    memset(&m, POISON, sizeof m);
    memset(page, POISON, sizeof page);
    memset(slot, POISON, sizeof slot);
    phys_init(&m, page, slot, CAPACITY);
}

static uint64_t read_at(uint64_t pa)
{
    uint64_t value = 0xCDCDCDCDCDCDCDCDULL;

    assert_true(phys_read64(&m, PA(pa), &value));
    return value;
}

static void write_at(uint64_t pa, uint64_t value)
{
    assert_true(phys_write64(&m, PA(pa), value));
}

static void written_words(void **state)
{
    (void)state;
    start();
    write_at(0x1000, 1);
    write_at(0x1FF8, 2);
    write_at(0x8000000000, 3);
    write_at(0x1000, 4);
    assert_int_equal(read_at(0x1000), 4);
    assert_int_equal(read_at(0x1008), 0);
    assert_int_equal(read_at(0x1FF8), 2);
    assert_int_equal(read_at(0x8000000000), 3);
    assert_int_equal(m.count, 2);
    assert_int_equal(m.absent_reads, 0);
}

/* Reads of what no one wrote are zero, counted, and the first is remembered; they take no room. */
static void absent_reads(void **state)
{
    (void)state;
    start();
    write_at(0x1000, 1);
    assert_int_equal(read_at(0x0FF8), 0);
    assert_int_equal(read_at(0x2000), 0);
    assert_int_equal(read_at(0x1FF8), 0); /* the page is there */
    assert_int_equal(m.absent_reads, 2);
    assert_int_equal(m.first_absent.v, 0x0FF8);
    assert_int_equal(m.count, 1);
    phys_reset(&m);
    assert_int_equal(m.absent_reads, 0);
    assert_int_equal(read_at(0x1000), 0);
    assert_int_equal(m.first_absent.v, 0x1000);
}

/* When there is no room a write changes nothing; with larger storage it goes through, and all content has come along.
 * */
static void growth(void **state)
{
    (void)state;
    memset(&m, POISON, sizeof m);
    memset(small_page, POISON, sizeof small_page);
    memset(small_slot, POISON, sizeof small_slot);
    assert_int_equal(phys_slot_bytes(4), sizeof small_slot);
    phys_init(&m, small_page, small_slot, 4);
    for (uint64_t i = 0; i < 4; i++)
        write_at(i << 20, 100 + i);
    assert_false(phys_write64(&m, PA(4 << 20), 104));
    assert_int_equal(m.count, 4);
    assert_int_equal(read_at(4 << 20), 0);
    write_at(3 << 20 | 8, 203); /* a page that is there needs no room */
    memset(page, POISON, sizeof page);
    memset(slot, POISON, sizeof slot);
    phys_move(&m, page, slot, 8);
    memset(small_page, POISON, sizeof small_page);
    memset(small_slot, POISON, sizeof small_slot);
    write_at(4 << 20, 104);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(read_at(i << 20), 100 + i);
    assert_int_equal(read_at(3 << 20 | 8), 203);
    assert_int_equal(m.count, 5);
}

/* An empty memory may move too. */
static void growth_from_nothing(void **state)
{
    (void)state;
    start();
    phys_move(&m, page, slot, 8);
    assert_int_equal(read_at(0x1000), 0);
    write_at(0x1000, 1);
    assert_int_equal(read_at(0x1000), 1);
}

/* Full to the last page, with page numbers that share their low or their high bits. */
struct stride_row {
    const char *name;
    unsigned shift;
};

static const struct stride_row stride_rows[] = {
    { "pages in a row", 12 }, { "pages 2 MB apart", 21 }, { "pages 1 GB apart", 30 }, { "pages 16 GB apart", 34 }
};

static void check_stride(void **state)
{
    const struct stride_row *row = *state;

    start();
    for (uint64_t i = 0; i < CAPACITY; i++)
        write_at(i << row->shift, ~i);
    assert_false(phys_write64(&m, PA(0xFFFFFFF000), 1));
    for (uint64_t i = 0; i < CAPACITY; i++)
        assert_int_equal(read_at(i << row->shift), ~i);
    assert_int_equal(read_at(0xFFFFFFF000), 0);
    assert_int_equal(m.absent_reads, 1);
}

/* Words at 0x1FF8, 0x2000, 0x2008, 0x2FF8, 0x3000 as a picture: '#' kept, '.' zeroed */
struct zero_row {
    const char *name;
    uint64_t pa, bytes;
    const char *want;
};

static const struct zero_row zero_rows[] = {
    { "zero nothing", 0x2000, 0, "#####" },
    { "zero one word: the last below", 0x1FF8, 8, ".####" },
    { "zero one word: the first of a page", 0x2000, 8, "#.###" },
    { "zero one word: the second", 0x2008, 8, "##.##" },
    { "zero one word: the last of a page", 0x2FF8, 8, "###.#" },
    { "zero across a boundary", 0x1FF8, 16, "..###" },
    { "zero a page", 0x2000, 0x1000, "#...#" },
    { "zero a page and a word below", 0x1FF8, 0x1008, "....#" },
    { "zero a page and a word above", 0x2000, 0x1008, "#...." },
    { "zero between the words", 0x2010, 0xFE8, "#####" },
    { "zero the 40-bit space", 0, 1ULL << 40, "....." },
    { "zero the 48-bit space", 0, 1ULL << 48, "....." },
};

static void check_zero(void **state)
{
    static const uint64_t at[5] = { 0x1FF8, 0x2000, 0x2008, 0x2FF8, 0x3000 };
    const struct zero_row *row = *state;
    char got[6] = "";

    start();
    for (unsigned i = 0; i < 5; i++)
        write_at(at[i], 0x1111111111111111ULL);
    phys_zero(&m, PA(row->pa), row->bytes);
    for (unsigned i = 0; i < 5; i++)
        got[i] = read_at(at[i]) ? '#' : '.';
    assert_string_equal(got, row->want);
    assert_int_equal(m.count, 3);
    assert_int_equal(m.absent_reads, 0); /* what was zeroed was written */
}

/* Two ranges: [0x10000, 0x12000) and [0x8_0000_0000, 0x8_0000_0008) */
struct ram_row {
    const char *name;
    uint64_t pa;
    bool there;
};

static const struct ram_row ram_rows[] = {
    { "RAM: below the first range", 0x0FFF8, false },
    { "RAM: at its start", 0x10000, true },
    { "RAM: above its start", 0x10008, true },
    { "RAM: below its end", 0x11FF8, true },
    { "RAM: at its end", 0x12000, false },
    { "RAM: above its end", 0x12008, false },
    { "RAM: below the second", 0x7FFFFFFF8, false },
    { "RAM: a range of one word", 0x800000000, true },
    { "RAM: behind it", 0x800000008, false },
    { "RAM: address 0", 0, false },
    { "RAM: top of 40 bits", 0xFFFFFFFFF8, false },
};

static void check_ram(void **state)
{
    const struct ram_row *row = *state;
    uint64_t value;

    start();
    assert_true(phys_read64(&m, PA(row->pa), &value)); /* memory is everywhere until a range says otherwise */
    assert_true(phys_add_ram(&m, 0x10000, 0x2000));
    assert_true(phys_add_ram(&m, 0x800000000, 8));
    write_at(row->pa, 5);
    value = 7;
    assert_int_equal(phys_read64(&m, PA(row->pa), &value), row->there);
    if (row->there)
        assert_int_equal(value, 5);
    assert_int_equal(m.absent_reads, 1);
    phys_reset(&m);
    assert_true(phys_read64(&m, PA(row->pa), &value)); /* everywhere again */
}

static void ram_ranges_run_out(void **state)
{
    uint64_t value;

    (void)state;
    start();
    for (uint64_t i = 0; i < PHYS_RAM_MAX; i++)
        assert_true(phys_add_ram(&m, i << 20, 0x1000));
    assert_false(phys_add_ram(&m, PHYS_RAM_MAX << 20, 0x1000));
    assert_true(phys_read64(&m, PA((PHYS_RAM_MAX - 1) << 20), &value));
    assert_false(phys_read64(&m, PA(PHYS_RAM_MAX << 20), &value));
    phys_move(&m, page, slot, CAPACITY); /* ranges come along */
    assert_false(phys_read64(&m, PA(PHYS_RAM_MAX << 20), &value));
}

/* The port is what the models see. */
static void port(void **state)
{
    struct mem_port p = { &m, phys_read64 };
    uint64_t value;

    (void)state;
    start();
    write_at(0x1008, 0x1122334455667788ULL);
    assert_true(mem_read64(&p, PA(0x1008), &value));
    assert_int_equal(value, 0x1122334455667788ULL);
    assert_true(phys_add_ram(&m, 0x2000, 0x1000));
    assert_false(mem_read64(&p, PA(0x1008), &value));
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "words come back, others are zero", written_words, NULL);
    rows_add_test(&all, "absent reads are counted", absent_reads, NULL);
    rows_add_test(&all, "growth", growth, NULL);
    rows_add_test(&all, "growth from nothing", growth_from_nothing, NULL);
    rows_add(&all, check_stride, ROWS_OF(stride_rows));
    rows_add(&all, check_zero, ROWS_OF(zero_rows));
    rows_add(&all, check_ram, ROWS_OF(ram_rows));
    rows_add_test(&all, "RAM ranges run out", ram_ranges_run_out, NULL);
    rows_add_test(&all, "port", port, NULL);
    return rows_run(&all, "mem/phys");
}
