/* Plain CSV: a header that names the columns, one access a row. The plainest way in for whatever a script can print.
 *
 * Columns in any order: kind (I, fetch; L, R, load, read; S, W, store, write), va, size; and where known core, el, pa.
 * Others are not looked at. Rows are lines: a quoted cell does not reach over a newline. */
#include "traces/readers/formats.h"

#include <csv.h>
#include <string.h>
#include <strings.h>

#define CELLS_MAX 64
#define CELL_BYTES 24 /* a number of 64 bits, in octal */

enum column { COLUMN_CORE, COLUMN_EL, COLUMN_KIND, COLUMN_VA, COLUMN_SIZE, COLUMN_PA, COLUMN_TYPE, COLUMN_COUNT };

static const char *const column_names[COLUMN_COUNT] = { "core", "el", "kind", "va", "size", "pa", "type" };

#define REQUIRED (1u << COLUMN_KIND | 1u << COLUMN_VA | 1u << COLUMN_SIZE)

static const struct {
    const char *name;
    enum rec_op op;
} kinds[] = { { "i", REC_FETCH },     { "fetch", REC_FETCH }, { "l", REC_LOAD },  { "r", REC_LOAD },
              { "load", REC_LOAD },   { "read", REC_LOAD },   { "s", REC_STORE }, { "w", REC_STORE },
              { "store", REC_STORE }, { "write", REC_STORE } };

/* The cells of a line, as libcsv gives them. A cell that is too long for anything that is read here is cut. */
struct cells {
    struct csv_parser parser;
    bool ready;
    bool cut[CELLS_MAX];
    size_t count;
    char text[CELLS_MAX][CELL_BYTES];
};

struct state {
    struct cells cells;
    bool has_header;
    int at[COLUMN_COUNT]; /* place of each column; -1: there is none */
};

static void take_cell(void *cell, size_t bytes, void *context)
{
    struct cells *c = context;
    size_t kept = bytes < CELL_BYTES ? bytes : CELL_BYTES - 1;

    if (c->count < CELLS_MAX) {
        if (kept)
            memcpy(c->text[c->count], cell, kept);
        c->text[c->count][kept] = '\0';
        c->cut[c->count] = kept < bytes;
    }
    c->count++;
}

static void take_row(int end, void *context)
{
    (void)end;
    (void)context;
}

/* Where the cell of that place begins in the line, for a caret. */
static const char *cell_at(const char *line, int place)
{
    bool quoted = false;

    for (; *line && place > 0; line++) {
        quoted ^= *line == '"';
        place -= *line == ',' && !quoted;
    }
    return line + strspn(line, " \t");
}

static bool split(struct foreign *f, struct cells *c, const char *line)
{
    size_t length = strlen(line);

    if (!c->ready && csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return foreign_fail(f, NULL, "out of memory");
    c->ready = true;
    c->count = 0;
    if (csv_parse(&c->parser, line, length, take_cell, take_row, c) != length ||
        csv_fini(&c->parser, take_cell, take_row, c) != 0)
        return foreign_fail(f, NULL, "not CSV: %s", csv_strerror(csv_error(&c->parser)));
    return c->count <= CELLS_MAX || foreign_fail(f, NULL, "more than %d cells", CELLS_MAX);
}

static int column_of(const char *name)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (strcasecmp(name, column_names[i]) == 0)
            return i;
    return -1;
}

static bool take_header(struct foreign *f, struct state *s, const char *line)
{
    unsigned found = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        s->at[i] = -1;
    for (size_t i = 0; i < s->cells.count; i++) {
        int column = column_of(s->cells.text[i]);

        if (column < 0)
            continue;
        if (found >> column & 1)
            return foreign_fail(f, cell_at(line, (int)i), "column %s stands here twice", column_names[column]);
        found |= 1u << column;
        s->at[column] = (int)i;
    }
    if ((found & REQUIRED) != REQUIRED)
        return foreign_fail(f, NULL,
                            "the header wants the columns kind, va and size; core, el, pa may stand with them");
    s->has_header = true;
    return true;
}

/* Reads the number of a column, not above max; `value` stays as it is when there is no such column. */
static bool take_number(struct foreign *f, const char *line, enum column column, uint64_t max, uint64_t *value)
{
    struct state *s = foreign_state(f);
    const char *cell, *at;
    bool hex;

    if (s->at[column] < 0)
        return true;
    at = cell = s->cells.text[s->at[column]];
    hex = cell[0] == '0' && (cell[1] | 0x20) == 'x';
    at += hex ? 2 : 0;
    if (s->cells.cut[s->at[column]] || !foreign_number(&at, hex ? 16 : 10, value) || *at != '\0')
        return foreign_fail(f, cell_at(line, s->at[column]), "%s wants a number, 0x10 or 16", column_names[column]);
    if (*value > max)
        return foreign_fail(f, cell_at(line, s->at[column]), "%s is above %llu", column_names[column],
                            (unsigned long long)max);
    return true;
}

static bool take_kind(struct foreign *f, const char *line, uint8_t *op)
{
    struct state *s = foreign_state(f);
    const char *cell = s->cells.text[s->at[COLUMN_KIND]];

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcasecmp(cell, kinds[i].name) == 0) {
            *op = (uint8_t)kinds[i].op;
            return true;
        }
    }
    return foreign_fail(f, cell_at(line, s->at[COLUMN_KIND]), "kind wants fetch, load or store (I, L, S, R, W)");
}

/* An empty pa is one that is not known. */
static bool take_pa(struct foreign *f, const char *line, struct foreign_access *a)
{
    struct state *s = foreign_state(f);

    if (s->at[COLUMN_PA] < 0 || *s->cells.text[s->at[COLUMN_PA]] == '\0') {
        a->flags |= REC_PA_UNKNOWN;
        return true;
    }
    return take_number(f, line, COLUMN_PA, (1ULL << 48) - 1, &a->pa);
}

static bool take_access(struct foreign *f, struct state *s, const char *line)
{
    struct foreign_access a = { .op = 0 };
    uint64_t core = 0, el = 0, size = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        if (s->at[i] >= (int)s->cells.count)
            return foreign_fail(f, line + strlen(line), "no cell for %s: the header has more columns", column_names[i]);
    if (!take_kind(f, line, &a.op) || !take_number(f, line, COLUMN_CORE, TRACE_CORES_MAX - 1, &core) ||
        !take_number(f, line, COLUMN_EL, 1, &el) || !take_number(f, line, COLUMN_VA, UINT64_MAX, &a.va) ||
        !take_number(f, line, COLUMN_SIZE, FOREIGN_ACCESS_MAX, &size) || !take_pa(f, line, &a))
        return false;
    a.core = (uint8_t)core;
    a.el = s->at[COLUMN_EL] >= 0 ? (uint8_t)el : foreign_el(a.va);
    a.bytes = (uint32_t)size;
    return foreign_access(f, &a);
}

static bool csv_take(struct foreign *f, const char *line)
{
    struct state *s = foreign_state(f);

    if (line[strspn(line, " \t")] == '\0')
        return foreign_skip(f, "empty line");
    if (*line == '#')
        return foreign_skip(f, "comment");
    if (!split(f, &s->cells, line))
        return false;
    return s->has_header ? take_access(f, s, line) : take_header(f, s, line);
}

/* The first line that is no comment names kind, va and size between commas. */
static bool csv_likely(const char *head, size_t bytes)
{
    unsigned found = 0;

    (void)bytes;
    if (strncmp(head, "\xef\xbb\xbf", 3) == 0)
        head += 3;
    while (*head == '#' || *head == '\n' || *head == '\r')
        head += strcspn(head, "\n") + (strchr(head, '\n') != NULL);
    for (;;) {
        char name[8] = "";
        size_t blank = strspn(head, " \t\""), length = strcspn(head + blank, " \t\",\r\n");
        int column;

        if (length < sizeof name)
            memcpy(name, head + blank, length);
        column = column_of(name);
        if (column >= 0)
            found |= 1u << column;
        head += strcspn(head, ",\n");
        if (*head != ',')
            return (found & REQUIRED) == REQUIRED;
        head++;
    }
}

static void csv_close(void *state)
{
    struct state *s = state;

    if (s->cells.ready)
        csv_free(&s->cells.parser);
}

const struct reader_format csv_format = {
    .name = "csv",
    .what = "a header naming kind, va, size and where known core, el, pa; one access a row",
    .unknown = "what has no column; registers and tables",
    .state_bytes = sizeof(struct state),
    .likely = csv_likely,
    .take_line = csv_take,
    .close = csv_close,
};
