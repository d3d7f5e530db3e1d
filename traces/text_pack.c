/* Text to records: each line is read by the same tables that print it. */
#include "traces/error.h"
#include "traces/lines.h"
#include "traces/pack_format.h"
#include "traces/text.h"
#include "traces/text_utf8.h"
#include "traces/text_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct word {
    const char *at;
    size_t length;
};

#define WATCH_EVERY 4096 /* lines */

struct text_reader {
    struct lines lines;
    const char *at; /* what of the line at hand has not been read */
    struct trace_writer *writer;
    struct trace_error *err;
    uint64_t records;
    bool page_open;
    uint64_t page_pa;
    uint8_t page[TRACE_PAGE_BYTES];
};

/* False, with the message set. */
#define FAIL(t, at, ...) (lines_fail(&(t)->lines, at, (t)->err, __VA_ARGS__), false)

/* Takes the next word of the line. Returns false at its end, or where a comment begins. */
static bool next_word(struct text_reader *t, struct word *w)
{
    t->at += strspn(t->at, " \t");
    if (*t->at == '#')
        t->at += strlen(t->at);
    w->at = t->at;
    w->length = strcspn(t->at, " \t#");
    t->at += w->length;
    return w->length > 0;
}

static bool word_is(struct word w, const char *text)
{
    return w.length == strlen(text) && memcmp(w.at, text, w.length) == 0;
}

static bool line_ends(struct text_reader *t)
{
    struct word w;

    return !next_word(t, &w) || FAIL(t, w.at, "unexpected: the line should end here");
}

/* Reads a number, decimal or 0x.., that is not above max and fills the whole word. */
static bool get_number(struct text_reader *t, struct word w, uint64_t max, uint64_t *value)
{
    bool hex = w.length > 2 && w.at[0] == '0' && (w.at[1] | 0x20) == 'x';
    unsigned base = hex ? 16 : 10;
    uint64_t v = 0;

    for (size_t i = hex ? 2 : 0; i < w.length; i++) {
        const char *digits = "0123456789abcdef", *digit = strchr(digits, w.at[i] | (w.at[i] >= 'A' ? 0x20 : 0));

        if (!digit || digit - digits >= (int)base)
            return FAIL(t, w.at, "not a number");
        if (v > (UINT64_MAX - (uint64_t)(digit - digits)) / base)
            return FAIL(t, w.at, "number does not fit 64 bits");
        v = v * base + (uint64_t)(digit - digits);
    }
    if (w.length == 0)
        return FAIL(t, w.at, "number missing");
    if (v > max)
        return FAIL(t, w.at, "number is above %" PRIu64, max);
    *value = v;
    return true;
}

static bool get_size(struct text_reader *t, struct word w, struct trace_rec *rec)
{
    uint64_t bytes;

    if (!get_number(t, w, 64, &bytes))
        return false;
    if (bytes == 0 || (bytes & (bytes - 1)) != 0)
        return FAIL(t, w.at, "size is not a power of two");
    rec->size_log2 = (uint8_t)__builtin_ctzll(bytes);
    return true;
}

static bool get_register(struct text_reader *t, struct word w, struct trace_rec *rec)
{
    char name[TEXT_NAME_BYTES];

    if (w.length >= sizeof name)
        return FAIL(t, w.at, "not a system register");
    memcpy(name, w.at, w.length);
    name[w.length] = '\0';
    rec->n = text_words_register_by_name(name);
    return rec->n || FAIL(t, w.at, "not a system register; one without a name here is S3_0_C2_C0_0");
}

static bool get_value(struct text_reader *t, struct word w, enum text_field field, struct trace_rec *rec)
{
    uint64_t v;

    switch (field) {
    case TEXT_REGISTER:
        return get_register(t, w, rec);
    case TEXT_SIZE:
        return get_size(t, w, rec);
    case TEXT_N:
    case TEXT_N_HEX:
        if (!get_number(t, w, UINT32_MAX, &v))
            return false;
        rec->n = (uint32_t)v;
        return true;
    case TEXT_PA:
        if (word_is(w, "?") && rec->op <= REC_ZVA) {
            rec->flags |= REC_PA_UNKNOWN;
            return true;
        }
        return get_number(t, w, UINT64_MAX, &rec->pa);
    case TEXT_VA:
    case TEXT_VALUE:
    case TEXT_ELR:
    case TEXT_SPSR:
    case TEXT_PAR:
        return get_number(t, w, UINT64_MAX, text_words_field(rec, field));
    case TEXT_NONE:
        break;
    }
    return false;
}

/* Returns the index of the key that the word names, -1 when the operation has none of that name. */
static int find_key(const struct text_op *op, struct word name)
{
    for (int i = 0; op->keys[i].field != TEXT_NONE; i++)
        if (word_is(name, op->keys[i].name))
            return i;
    return -1;
}

/* Reads one `key=value` or flag. Sets its bit in *seen. */
static bool get_part(struct text_reader *t, struct word w, struct trace_rec *rec, unsigned *seen)
{
    const struct text_op *op = &text_ops[rec->op];
    const char *equals = memchr(w.at, '=', w.length);
    struct word name = { w.at, equals ? (size_t)(equals - w.at) : w.length };
    struct word value = { w.at + name.length + 1, w.length - name.length - 1 };
    int key = find_key(op, name);

    if (!equals && rec->op <= REC_ZVA && (word_is(w, "mmio") || word_is(w, "unpriv"))) {
        rec->flags |= word_is(w, "mmio") ? REC_MMIO : REC_UNPRIV;
        return true;
    }
    if (key < 0)
        return FAIL(t, w.at, "%s has no such key", op->name);
    if (!equals)
        return FAIL(t, w.at, "value missing: %s=...", op->keys[key].name);
    if (*seen & 1u << key)
        return FAIL(t, w.at, "given twice");
    *seen |= 1u << key;
    return get_value(t, value, op->keys[key].field, rec);
}

static bool get_parts(struct text_reader *t, struct trace_rec *rec)
{
    const struct text_key *keys = text_ops[rec->op].keys;
    const char *op_end = t->at;
    unsigned seen = 0;
    struct word w;

    while (next_word(t, &w))
        if (!get_part(t, w, rec, &seen))
            return false;
    for (int i = 0; keys[i].field != TEXT_NONE; i++)
        if (!(seen & 1u << i))
            return FAIL(t, op_end, "%s= is missing", keys[i].name);
    return true;
}

static bool get_op(struct text_reader *t, struct word w, struct trace_rec *rec)
{
    for (int i = 0; i < REC_OP_COUNT; i++) {
        if (word_is(w, text_ops[i].name)) {
            rec->op = (uint8_t)i;
            return true;
        }
    }
    return FAIL(t, w.at, "unknown operation; there are fetch, load, store, zva, sys, msr, par, exc, tabw");
}

static bool close_page(struct text_reader *t)
{
    bool ok = !t->page_open || trace_write_page(t->writer, t->page_pa, t->page, t->err);

    t->page_open = false;
    return ok;
}

static bool get_record(struct text_reader *t, struct word core_word)
{
    struct trace_rec rec = { 0 };
    struct word w;
    uint64_t core;

    if (!close_page(t) || !get_number(t, core_word, TRACE_CORES_MAX - 1, &core))
        return false;
    rec.core = (uint8_t)core;
    if (!next_word(t, &w) || w.length != 3 || memcmp(w.at, "el", 2) != 0 || w.at[2] < '0' || w.at[2] > '3')
        return FAIL(t, w.at, "el0, el1, el2 or el3 should stand here");
    rec.el = (uint8_t)(w.at[2] - '0');
    if (!next_word(t, &w))
        return FAIL(t, w.at, "operation missing");
    if (!get_op(t, w, &rec) || !get_parts(t, &rec))
        return false;
    if (record_problem(&rec))
        return FAIL(t, w.at, "%s", record_problem(&rec));
    t->records++;
    return trace_write(t->writer, &rec, t->err);
}

static bool get_page(struct text_reader *t)
{
    struct word w;

    if (!close_page(t))
        return false;
    if (!next_word(t, &w) || w.length < 3 || memcmp(w.at, "pa=", 3) != 0)
        return FAIL(t, w.at, "pa=... of the page should stand here");
    if (!get_number(t, (struct word){ w.at + 3, w.length - 3 }, UINT64_MAX, &t->page_pa))
        return false;
    if (t->page_pa % TRACE_PAGE_BYTES != 0)
        return FAIL(t, w.at + 3, "not 4 KB aligned");
    memset(t->page, 0, sizeof t->page);
    t->page_open = true;
    return line_ends(t);
}

/* Words of the page, from an offset on. */
static bool get_row(struct text_reader *t, struct word offset_word)
{
    struct word number = { offset_word.at + 1, offset_word.length - 1 }, w;
    uint64_t offset, v;

    if (!t->page_open)
        return FAIL(t, offset_word.at, "words of a page, but no page before them");
    if (!get_number(t, number, TRACE_PAGE_BYTES - 8, &offset))
        return false;
    if (offset % 8 != 0)
        return FAIL(t, number.at, "not 8-byte aligned");
    for (; next_word(t, &w); offset += 8) {
        if (offset == TRACE_PAGE_BYTES)
            return FAIL(t, w.at, "beyond the page");
        if (!get_number(t, w, UINT64_MAX, &v))
            return false;
        pack_put64(t->page + offset, v);
    }
    return true;
}

static bool get_line(struct text_reader *t)
{
    struct word w;

    t->at = t->lines.text;
    if (!next_word(t, &w))
        return true;
    if (*w.at == '+')
        return get_row(t, w);
    if (word_is(w, "page"))
        return get_page(t);
    if (*w.at >= '0' && *w.at <= '9')
        return get_record(t, w);
    return FAIL(t, w.at, "neither a record (`0 el1 load ...`), nor `page`, nor words of a page (`+0x000 ...`)");
}

/* Reads lines up to the first that is not empty. Returns 1, 0 at the end of the file, -1 with the error set. */
static int skip_empty(struct text_reader *t)
{
    struct word w;
    int got;

    while ((got = lines_next(&t->lines, t->err)) > 0) {
        t->at = t->lines.text;
        if (next_word(t, &w)) {
            t->at = t->lines.text;
            return 1;
        }
    }
    return got;
}

/* Reads the first two lines. The source text is what stands behind `source`. */
static bool get_head(struct text_reader *t, const char **source)
{
    const char *problem;
    struct word w;
    uint64_t version;
    int got = skip_empty(t);

    if (got < 0)
        return false;
    if (got == 0 || !next_word(t, &w) || !word_is(w, "trace"))
        return FAIL(t, t->lines.text, "not a trace text: its first line is `trace %d`", TEXT_VERSION);
    next_word(t, &w);
    if (!get_number(t, w, UINT64_MAX, &version) || !line_ends(t))
        return false;
    if (version != TEXT_VERSION)
        return FAIL(t, w.at, "version %" PRIu64 " of trace text: this program reads version %d", version, TEXT_VERSION);
    got = skip_empty(t);
    if (got < 0)
        return false;
    if (got == 0 || !next_word(t, &w) || !word_is(w, "source"))
        return FAIL(t, t->lines.text, "`source` and a line of text on where the trace comes from should stand here");
    *source = t->at + strspn(t->at, " \t");
    problem = text_utf8_source_problem(*source);
    return !problem || FAIL(t, *source, "%s", problem);
}

static bool get_lines(struct text_reader *t, const struct trace_watch *watch)
{
    int got;

    while ((got = lines_next(&t->lines, t->err)) > 0) {
        if (!get_line(t))
            return false;
        if (t->lines.number % WATCH_EVERY == 0)
            trace_watch_file(watch, t->lines.file, t->lines.path, t->records);
    }
    return got == 0 && close_page(t);
}

bool text_pack(const char *from, const char *to, const struct trace_watch *watch, struct trace_error *err)
{
    struct text_reader *t = calloc(1, sizeof *t);
    const char *source = "";
    bool ok = false;

    if (!t)
        return error_set(err, "%s: out of memory", from);
    t->err = err;
    if (lines_open(&t->lines, from, err)) {
        if (get_head(t, &source))
            t->writer = trace_create(to, source, err);
        ok = t->writer && get_lines(t, watch);
        if (ok)
            ok = trace_commit(t->writer, err);
        else
            trace_discard(t->writer);
        lines_close(&t->lines);
    }
    free(t);
    return ok;
}
