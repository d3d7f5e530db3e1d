/* The matrix and the rows; every cell asks models/arch/attr.h. */
#include "sim/merge/merge_list.h"

#include "sim/merge/merge_field.h"
#include "sim/merge/merge_text.h"

#include <string.h>

#define MAIR_COUNT 256
#define MEMATTR_COUNT 16
#define SH_COUNT 4
#define CELL_WIDTH 8
#define TYPE_INDENT 9
#define BYTE_INDENT 15

/* A MAIR byte for each type that has a name, its hints Read- and Write-Allocate. */
static const uint8_t named_bytes[] = { 0x00, 0x04, 0x08, 0x0c, 0x44, 0x4b, 0x4f, 0xb4, 0xbb, 0xbf, 0xf4, 0xfb, 0xff };

/* Prints the cells of a line, each but the last filled up with spaces. */
static void print_cells(FILE *stream, const char *const cells[], size_t count)
{
    int fill = 0;

    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "%*s%s", fill, "", cells[i]);
        fill = CELL_WIDTH - (int)strlen(cells[i]);
    }
    putc('\n', stream);
}

/* The legal values of MemAttr, from which the columns are made. */
struct columns {
    uint8_t memattr[MEMATTR_COUNT];
    size_t count;
};

static struct columns find_columns(void)
{
    struct columns c = { .count = 0 };

    for (unsigned m = 0; m < MEMATTR_COUNT; m++) {
        if (attr_stage2_is_legal(m))
            c.memattr[c.count++] = (uint8_t)m;
    }
    return c;
}

static void print_head(FILE *stream, const struct columns *c, int indent)
{
    const char *names[MEMATTR_COUNT], *codes[MEMATTR_COUNT];
    char text[MEMATTR_COUNT][8];

    for (size_t i = 0; i < c->count; i++) {
        snprintf(text[i], sizeof text[i], "0x%x", c->memattr[i] & 0xfu);
        codes[i] = text[i];
        names[i] = merge_short_name(attr_decode_stage2(c->memattr[i], SH_NSH));
    }
    fprintf(stream, "%*s", indent, "");
    print_cells(stream, names, c->count);
    fprintf(stream, "%*s", indent, "");
    print_cells(stream, codes, c->count);
}

static void print_shareability(FILE *stream)
{
    static const uint8_t order[] = { SH_NSH, SH_ISH, SH_OSH };

    fputs(
        "Shareability (stage 1 down, stage 2 across), of results cacheable in a half at least:\n      nsh  ish  osh\n",
        stream);
    for (int i = 0; i < 3; i++) {
        fprintf(stream, "%s ", attr_sh_name(order[i]));
        for (int j = 0; j < 3; j++) {
            struct merge_inputs in = {
                .mair = ATTR_NORMAL_WB_RAWA, .s1_sh = order[i], .memattr = 0xf, .s2_sh = order[j]
            };

            fprintf(stream, "  %s", attr_sh_name(merge_result(in).sh));
        }
        putc('\n', stream);
    }
    fputs("Device, and what is Non-cacheable in both halves, is always osh.\n", stream);
}

void merge_list_types(FILE *stream)
{
    const struct columns c = find_columns();
    const char *cells[MEMATTR_COUNT];

    fputs("Type (stage 1 down, stage 2 and its MemAttr across; one name for both halves, or i inner and o outer):\n",
          stream);
    print_head(stream, &c, TYPE_INDENT);
    for (size_t i = 0; i < sizeof named_bytes; i++) {
        for (size_t j = 0; j < c.count; j++)
            cells[j] = merge_short_name(
                merge_result((struct merge_inputs){ .mair = named_bytes[i], .memattr = c.memattr[j] }));
        fprintf(stream, "%-*s", TYPE_INDENT, merge_short_name(attr_decode_mair(named_bytes[i], SH_NSH)));
        print_cells(stream, cells, c.count);
    }
    putc('\n', stream);
    print_shareability(stream);
    fputs("The A53 caches what is WB in both halves, and nothing else.\n", stream);
}

void merge_list_bytes(FILE *stream)
{
    const struct columns c = find_columns();
    const char *cells[MEMATTR_COUNT];
    char text[MEMATTR_COUNT][8];

    fputs("MAIR byte of the result (stage 1 down, stage 2 and its MemAttr across):\n", stream);
    print_head(stream, &c, BYTE_INDENT);
    for (unsigned mair = 0; mair < MAIR_COUNT; mair++) {
        if (!attr_mair_is_legal(mair))
            continue;
        for (size_t j = 0; j < c.count; j++) {
            struct merge_inputs in = { .mair = (uint8_t)mair, .memattr = c.memattr[j] };

            snprintf(text[j], sizeof text[j], "0x%02x", merge_result(in).attr);
            cells[j] = text[j];
        }
        fprintf(stream, "0x%02x  %-9s", mair, merge_short_name(attr_decode_mair(mair, SH_NSH)));
        print_cells(stream, cells, c.count);
    }
}

static void print_note(FILE *stream, struct merge_inputs in)
{
    struct memattr result = merge_result(in);
    const char *const notes[] = {
        in.s1_sh == SH_RESERVED ? "S1_SH_RESERVED" : NULL,
        attr_stage2_is_legal(in.memattr) ? NULL : "S2_MEMATTR_RESERVED",
        in.s2_sh == SH_RESERVED ? "S2_SH_RESERVED" : NULL,
        memattr_is_device(result) || result.attr == ATTR_NORMAL_NC ? "SH_FORCED_OSH" : NULL,
    };
    const char *separator = "";

    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        if (notes[i]) {
            fprintf(stream, "%s%s", separator, notes[i]);
            separator = " ";
        }
    }
}

static void print_row(FILE *stream, struct merge_inputs in)
{
    struct memattr result = merge_result(in);
    char text[MERGE_TEXT_BYTES];

    fprintf(stream, "0x%02x,%s,0x%x,%s,", in.mair, merge_sh_name(in.s1_sh), in.memattr, merge_sh_name(in.s2_sh));
    for (int i = 0; i < MERGE_FIELD_COUNT; i++)
        fprintf(stream, "%s,", merge_field_text((enum merge_field)i, result, text));
    print_note(stream, in);
    putc('\n', stream);
}

bool merge_list_csv(FILE *stream, const void *context)
{
    (void)context;
    fputs("s1_attr,s1_sh,s2_memattr,s2_sh,", stream);
    for (int i = 0; i < MERGE_FIELD_COUNT; i++)
        fprintf(stream, "%s,", merge_field_name((enum merge_field)i));
    fputs("note\n", stream);
    for (unsigned i = 0; i < MAIR_COUNT * SH_COUNT * MEMATTR_COUNT * SH_COUNT && !ferror(stream); i++) {
        struct merge_inputs in = {
            .mair = (uint8_t)(i >> 8),
            .s1_sh = i >> 6 & 3,
            .memattr = i >> 2 & 15,
            .s2_sh = i & 3,
        };

        if (attr_mair_is_legal(in.mair))
            print_row(stream, in);
    }
    return true;
}
