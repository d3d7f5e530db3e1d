/* The tables of the new layout: where they lie, and words that are put into them.
 *
 * They lie in one range of physical memory, of which the hypervisor has a part and each guest one, at IPAs equal to the
 * PAs [choice]; a part is taken when it is needed. */
#pragma once

#include "sim/explore/relayout_world.h"

#define RELAYOUT_BUILT_MAX (1u << 22)   /* leaves of all tables: 16 GB in pages of 4 KB */
#define RELAYOUT_CHANGED_MAX (1u << 20) /* words that are written in the course of the trace */

/* A part of the range that belongs to one owner; page by page tables are taken from it. */
struct table_part {
    uint64_t next, end;
};

struct relayout_tables {
    struct relayout_world *world;
    const struct layout *layout;
    struct machine *fresh;                    /* the tables, and those of the input that stay */
    uint64_t base, next, end;                 /* the range, and what of it is not taken */
    uint64_t part_bytes;                      /* taken at once */
    struct table_part part[CONTEXTS_MAX + 1]; /* of each stage-2 context's guest; the last: the hypervisor's */
    struct trace_writer *writer;              /* each word that changes is written to the trace; NULL: not yet */
    struct trace_rec word;                    /* core and EL of such a record */
    uint64_t puts;                            /* leaves put, counted */
    char *why;                                /* a refusal */
};

/* Refuses the layout: false with a phrase. */
bool relayout_refuse(struct relayout_tables *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Finds the range: by the layout's word, or where nothing is mapped and nobody has been. Every context has been read.
 * `been` has a bit for each 2 MB of PAs that an access went to. */
bool relayout_tables_place(struct relayout_tables *t, const uint8_t *been);

/* Makes the empty root of a context whose `fresh` has all but the base. */
bool relayout_tables_root(struct relayout_tables *t, struct context *c);

/* Puts a leaf, without its type bits, into the table of a level, or nothing: 0. What is larger there is split, what is
 * smaller is forgotten. */
bool relayout_tables_put(struct relayout_tables *t, struct context *c, uint64_t ia, unsigned level, uint64_t leaf);
