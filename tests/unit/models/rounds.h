/* How many rounds a long test goes: all of them where code is fast; one in four where it is not, under a sanitizer or
 * without optimization. STAGEWALK_ROUNDS=N in the environment: one in N; 1 is all. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || !defined(__OPTIMIZE__)
#define SLOW_BUILD 1
#else
#define SLOW_BUILD 0
#endif

/* Returns N of `one round in N`. Says it, when it is not every round, in the line that tools/run-tests.sh looks for. */
static inline unsigned rounds_one_in(void)
{
    static unsigned one_in;
    const char *text = getenv("STAGEWALK_ROUNDS");

    if (one_in == 0) {
        one_in = text ? (unsigned)strtoul(text, NULL, 10) : SLOW_BUILD ? 4 : 1;
        one_in += one_in == 0;
        if (one_in > 1)
            print_message("rounds: one in %u\n", one_in);
    }
    return one_in;
}

/* Returns whether the round with this number is one to go. Of any N successive numbers it takes one. */
static inline bool rounds_take(unsigned number)
{
    return number % rounds_one_in() == 0;
}
