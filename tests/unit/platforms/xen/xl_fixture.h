/* Texts as files for the readers of xl's configuration, and messages that must come of them. */
#pragma once

#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"

/* Asserts that a message is PATH:LINE:COLUMN: TEXT..., then the line, then a caret in that column. */
static inline void assert_complaint(const char *message, const char *path, const char *text, const char *file)
{
    char shown[256] = "", under[256] = "";
    const char *at = message, *line = file;
    unsigned number, column;

    assert_int_equal(strncmp(at, path, strlen(path)), 0);
    at += strlen(path) + 1;
    if (strncmp(at, text, strlen(text)) != 0)
        assert_string_equal(at, text);
    number = (unsigned)strtoul(text, NULL, 10);
    column = (unsigned)strtoul(strchr(text, ':') + 1, NULL, 10);
    for (unsigned i = 1; i < number; i++)
        line = strchr(line, '\n') + 1;
    snprintf(shown, sizeof shown, "\n  %.*s\n", (int)strcspn(line, "\n"), line);
    snprintf(under, sizeof under, "\n  %*s", (int)column, "^");
    assert_non_null(strstr(at, shown));
    for (char *tab = under + 3; column > 1; column--, tab++)
        *tab = shown[tab - under] == '\t' ? '\t' : ' ';
    assert_non_null(strstr(at, under));
}
