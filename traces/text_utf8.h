/* UTF-8 (RFC 3629): what of a text is well formed. */
#pragma once

#include <stddef.h>

/* Returns how many bytes the character at `at` has, 1 to 4; 0 when what stands there is none, or the text ends. */
size_t text_utf8_bytes(const char *at);

/* Returns NULL when the text can be the source text of a trace (one line, PACK_SOURCE_MAX bytes at most, no control
 * characters), or why not. */
const char *text_utf8_source_problem(const char *text);
