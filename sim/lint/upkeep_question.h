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

/* A copy would answer otherwise than the tables: finds out why, and tells it or keeps it in mind. */
void question_stale(struct question *q, uint32_t i, enum answer answer);
