/* Records to text. */
#include "traces/pack_format.h"
#include "traces/text.h"
#include "traces/text_words.h"

#include <inttypes.h>

#define WORDS_PER_ROW 4

void text_put_head(FILE *out, const char *source)
{
    fprintf(out, "trace %d\nsource %s\n", TEXT_VERSION, source);
}

static void put_row(FILE *out, const uint8_t *page, int offset)
{
    uint64_t any = 0;

    for (int i = 0; i < WORDS_PER_ROW; i++)
        any |= pack_get64(page + offset + 8 * i);
    if (!any)
        return;
    fprintf(out, "  +0x%03x", (unsigned)offset);
    for (int i = 0; i < WORDS_PER_ROW; i++)
        fprintf(out, " 0x%" PRIx64, pack_get64(page + offset + 8 * i));
    fputc('\n', out);
}

void text_put_page(FILE *out, uint64_t pa, const uint8_t page[TRACE_PAGE_BYTES])
{
    fprintf(out, "page pa=0x%" PRIx64 "\n", pa);
    for (int offset = 0; offset < TRACE_PAGE_BYTES; offset += 8 * WORDS_PER_ROW)
        put_row(out, page, offset);
}

static void put_value(FILE *out, struct trace_rec *rec, enum text_field field)
{
    char name[TEXT_NAME_BYTES];

    switch (field) {
    case TEXT_N:
        fprintf(out, "%" PRIu32, rec->n);
        return;
    case TEXT_N_HEX:
        fprintf(out, "0x%" PRIx32, rec->n);
        return;
    case TEXT_REGISTER:
        text_words_register(rec->n, name);
        fputs(name, out);
        return;
    case TEXT_SIZE:
        fprintf(out, "%u", 1u << rec->size_log2);
        return;
    case TEXT_PA:
        if (rec->flags & REC_PA_UNKNOWN) {
            fputc('?', out);
            return;
        }
        fprintf(out, "0x%" PRIx64, rec->pa);
        return;
    case TEXT_VA:
    case TEXT_VALUE:
    case TEXT_ELR:
    case TEXT_SPSR:
    case TEXT_PAR:
        fprintf(out, "0x%" PRIx64, *text_words_field(rec, field));
        return;
    case TEXT_NONE:
        return;
    }
}

void text_put_record(FILE *out, const struct trace_rec *record)
{
    struct trace_rec rec = record_canonical(record);
    const struct text_op *op = &text_ops[rec.op];

    fprintf(out, "%u el%u %-5s", rec.core, rec.el, op->name);
    for (const struct text_key *key = op->keys; key->field != TEXT_NONE; key++) {
        fprintf(out, " %s=", key->name);
        put_value(out, &rec, key->field);
    }
    if (rec.flags & REC_MMIO)
        fputs(" mmio", out);
    if (rec.flags & REC_UNPRIV)
        fputs(" unpriv", out);
    if (rec.op == REC_SYS) {
        char name[TEXT_NAME_BYTES];

        text_words_instruction(rec.n, name);
        fprintf(out, "%s%s", *name ? "  # " : "", name);
    }
}
