/* What can be said of a combined attribute, one field at a time: the columns of the tables that `stagewalk merge`
 * writes and of those that it checks. */
#pragma once

#include "models/arch/attr.h"
#include <stddef.h>

enum merge_field {
    MERGE_TYPE,  /* Device-nGnRE, Normal-iWB-oWT, ... */
    MERGE_INNER, /* NC, WT, WB; - for Device; so in the next */
    MERGE_OUTER,
    MERGE_INNER_ALLOC, /* RA+WA, RA, WA, none */
    MERGE_OUTER_ALLOC,
    MERGE_TRANSIENT, /* inner/outer: T, N, or - where nothing is cacheable */
    MERGE_SH,        /* nsh, ish, osh */
    MERGE_ATTR,      /* PAR_EL1.ATTR: the MAIR byte */
    MERGE_PAR_SH,    /* PAR_EL1.SH */
    MERGE_CACHED,    /* yes when the A53 keeps it in its caches */
    MERGE_FIELD_COUNT
};

#define MERGE_TEXT_BYTES 32

/* Returns the field that a column of this name holds, or MERGE_FIELD_COUNT. Some have a second name: result_type,
 * result_inner, result_outer, result_sh, par_attr. */
enum merge_field merge_field_find(const char *name);

/* Returns the field's (first) name, and what its cells may hold, for messages. */
const char *merge_field_name(enum merge_field field);
const char *merge_field_wants(enum merge_field field);

/* Writes the field of an attribute. Returns text. */
const char *merge_field_text(enum merge_field field, struct memattr a, char text[MERGE_TEXT_BYTES]);

enum merge_verdict { MERGE_AGREES, MERGE_DIFFERS, MERGE_UNREADABLE };

/* Compares by meaning, not by spelling: the type Normal agrees with every Normal, 0b10 with osh, N with a transience
 * that has no meaning. */
enum merge_verdict merge_field_compare(enum merge_field field, const char *expected, struct memattr a);
