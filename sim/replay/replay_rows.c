/* A list of each core's rows, in the order of its records. */
#include "sim/replay/replay_rows.h"

#include "sim/replay/records.h"

#include <stdlib.h>

/* A row that waits for its cycles, or for those of a row before it. */
struct pending_row {
    struct pending_row *next;
    bool known;
    bool access;             /* it has a row of --records; else lines alone */
    struct tarmac_text text; /* lines of --tarmac */
    struct records_row row;
};

/* Writes a core's rows up to the first whose cycles are not known. */
static void write_rows(struct replay *r, unsigned core)
{
    struct replay_core *k = &r->core[core];
    uint64_t stalled = r->machine->cluster.core[core].mmu.count.v[COUNT_CPU_CYCLES];

    while (k->first_row && k->first_row->known) {
        struct pending_row *first = k->first_row;

        k->first_row = first->next;
        if (first->access && r->request->records)
            records_write(r->request->records, &first->row);
        if (r->request->tarmac)
            tarmac_text_write(&first->text, r->request->tarmac->stream, core, stalled);
        tarmac_text_free(&first->text);
        free(first);
    }
}

void replay_rows_complete(struct replay *r, unsigned core, struct pending_row *row, uint32_t cycles)
{
    row->known = true;
    row->row.cycles = cycles;
    write_rows(r, core);
}

/* Returns a core's new last row, with the lines so far; NULL when there is no memory. */
static struct pending_row *add_row(struct replay *r, unsigned core)
{
    struct replay_core *k = &r->core[core];
    struct pending_row *row = calloc(1, sizeof *row);

    r->rows_lost |= !row;
    if (!row)
        return NULL;
    row->text = tarmac_out_take(&r->lines);
    r->rows_lost |= row->text.lost;
    if (k->first_row)
        k->last_row->next = row;
    else
        k->first_row = row;
    k->last_row = row;
    return row;
}

bool replay_rows_keep(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o)
{
    struct pending_row *row;

    if (r->request->tarmac)
        tarmac_out_access(&r->lines, &r->machine->cluster.core[rec->core].mmu, rec, a, o);
    row = add_row(r, rec->core);
    if (!row)
        return false;
    row->access = true;
    records_fill(&row->row, r->record, a, o);
    row->row.core = rec->core;
    return true;
}

void replay_rows_lines(struct replay *r, unsigned core)
{
    struct pending_row *row = add_row(r, core);

    if (!row)
        return;
    row->known = true;
    write_rows(r, core);
}

void replay_rows_free(struct replay *r)
{
    for (unsigned i = 0; i < CORES_MAX; i++) {
        while (r->core[i].first_row) {
            struct pending_row *next = r->core[i].first_row->next;

            tarmac_text_free(&r->core[i].first_row->text);
            free(r->core[i].first_row);
            r->core[i].first_row = next;
        }
    }
    tarmac_text_free(&r->lines.text);
}
