/* An access in one page beside what the tables say of it: what the parts of the judgement share. Private to upkeep. */
#pragma once

#include "sim/lint/upkeep_state.h"

/* What is judged. */
struct question {
    struct upkeep *u;
    unsigned core;
    const struct regime *r;
    const struct access *a;
    uint64_t va; /* canonical */
    struct path path;
};

enum answer { ANSWER_SAME, ANSWER_OTHER, ANSWER_GRANTED, ANSWER_REFUSED };

/* Returns a word of the path as copies keep it. */
struct copy_word question_word(const struct question *q, const struct path_word *w);

/* True when an access flag was cleared and no more: who keeps the old does not fault, which harms nobody. */
bool question_is_harmless(const struct question *q, uint32_t i);

/* A copy would answer otherwise than the tables: finds out why, and tells it or keeps it in mind. Returns false when it
 * is all right: another core is about to take it away, and it is gone by then. */
bool question_stale(struct question *q, uint32_t i, enum answer answer);
