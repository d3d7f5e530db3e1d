/* An answer of an oracle script against what the naive walker came to. */
#pragma once

#include "tests/oracle/naive.h"

/* What an `at` or an access came to, in one shape. */
struct outcome {
    bool has_par, ok;
    uint64_t par;
    const struct naive_exception *exception; /* NULL: none */
    const struct naive_result *walk;
};

enum outcome_verdict { OUTCOME_SAME, OUTCOME_DIFFERS, OUTCOME_NO_ANSWER };

/* Compares one word after `=>`: `ok`, or KEY=VALUE with one of the keys par, pa, ipa, attr, sh, esr, far, hpfar, el.
 * Bits that are UNKNOWN or IMPLEMENTATION DEFINED do not count, nor does the instruction's own syndrome. */
enum outcome_verdict outcome_check(const struct outcome *o, const char *text);
