/* Builds device tree blobs, and has them read: no dtc, no files. */
#pragma once

#include "platforms/zynqmp/board.h"
#include "tests/unit/models/rows.h"

#include <libfdt.h>

#define BLOB_BYTES (1 << 20)
#define GIC_PHANDLE 4

static uint64_t blob_words[BLOB_BYTES / 8];
static void *const fdt = blob_words;
static struct board b;
static struct trace_error err;

/* Writes cells up to the first END. */
#define END 0xFFFFFFFFFFULL
#define CELLS(name, ...) put_cells(name, (const uint64_t[]){ __VA_ARGS__, END })

static inline void put_cells(const char *name, const uint64_t *value)
{
    fdt32_t cell[64];
    int count = 0;

    for (; value[count] != END; count++)
        cell[count] = cpu_to_fdt32((uint32_t)value[count]);
    assert_int_equal(fdt_property(fdt, name, cell, count * 4), 0);
}

static inline void open_node(const char *name)
{
    assert_int_equal(fdt_begin_node(fdt, name), 0);
}

static inline void close_node(void)
{
    assert_int_equal(fdt_end_node(fdt), 0);
}

static inline void text(const char *name, const char *value)
{
    assert_int_equal(fdt_property(fdt, name, value, (int)strlen(value) + 1), 0);
}

static inline void flag(const char *name)
{
    assert_int_equal(fdt_property(fdt, name, NULL, 0), 0);
}

static inline void bus_cells(uint32_t address, uint32_t size)
{
    CELLS("#address-cells", address);
    CELLS("#size-cells", size);
}

/* A node with 64-bit addresses and one region, left open. */
static inline void device(const char *name, const char *compatible, uint64_t base, uint64_t bytes)
{
    open_node(name);
    text("compatible", compatible);
    CELLS("reg", base >> 32, base & UINT32_MAX, bytes >> 32, bytes & UINT32_MAX);
}

static inline void leaf(const char *name, const char *compatible, uint64_t base, uint64_t bytes)
{
    device(name, compatible, base, bytes);
    close_node();
}

static inline void begin(void)
{
    memset(blob_words, POISON, sizeof blob_words);
    memset(&err, 0, sizeof err);
    assert_int_equal(fdt_create(fdt, BLOB_BYTES), 0);
    assert_int_equal(fdt_add_reservemap_entry(fdt, 0x7FE00000, 0x1000), 0);
    assert_int_equal(fdt_finish_reservemap(fdt), 0);
    open_node("");
    bus_cells(2, 2);
}

static inline void memory(void)
{
    open_node("memory@0");
    text("device_type", "memory");
    CELLS("reg", 0, 0, 0, 0x80000000, 8, 0, 0, 0x80000000);
    close_node();
}

static inline void gic(void)
{
    open_node("interrupt-controller@f9010000");
    text("compatible", "arm,gic-400");
    CELLS("phandle", GIC_PHANDLE);
    CELLS("#interrupt-cells", 3);
    CELLS("interrupts", 1, 9, 0xF04);
    CELLS("reg", 0, 0xF9010000, 0, 0x10000, 0, 0xF9020000, 0, 0x20000, 0, 0xF9040000, 0, 0x20000, 0, 0xF9060000, 0,
          0x20000);
    close_node();
}

static inline void finish(void)
{
    close_node();
    assert_int_equal(fdt_finish(fdt), 0);
}

static inline bool parse(void)
{
    memset(&b, POISON, sizeof b);
    return board_parse_dtb(&b, fdt, fdt_totalsize(fdt), "board.dtb", &err);
}
