/* Reading and looking up errata. See errata.h. */
#include "tests/oracle/errata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PATH_BYTES = 4096, LINE_BYTES = 256 };

const char *errata_class_name(enum errata_class kind)
{
    switch (kind) {
    case ERRATA_DEPARTS:
        return "departs";
    case ERRATA_LATE:
        return "late";
    case ERRATA_CLASSES:
        break;
    }
    return "";
}

static struct erratum *append(struct errata *errata)
{
    if (errata->count == errata->room) {
        errata->room = errata->room == 0 ? 1024 : 2 * errata->room;
        errata->list = realloc(errata->list, errata->room * sizeof *errata->list);
        if (!errata->list) {
            fputs("errata: out of memory\n", stderr);
            exit(2);
        }
    }
    return &errata->list[errata->count++];
}

/* FILE LINE CLASS ANSWER. Lines about other files are passed over. */
static bool take_line(struct errata *errata, const char *text, const char *name)
{
    char file[64], line[16], kind[16], end, *rest;
    struct erratum e = { 0 };

    if (text[0] == '#')
        return true;
    if (sscanf(text, "%63s %15s %15s %39s %c", file, line, kind, e.answer, &end) != 4 || !strchr(e.answer, '='))
        return false;
    e.line = strtoul(line, &rest, 10);
    if (*rest != '\0')
        return false;
    while (e.kind < ERRATA_CLASSES && strcmp(kind, errata_class_name(e.kind)) != 0)
        e.kind++;
    if (e.kind == ERRATA_CLASSES)
        return false;
    if (strcmp(file, name) != 0)
        return true;
    if (errata->count != 0 && errata->list[errata->count - 1].line >= e.line)
        return false;
    *append(errata) = e;
    return true;
}

bool errata_load(struct errata *errata, const char *script_path, unsigned long *line)
{
    const char *slash = strrchr(script_path, '/');
    char path[PATH_BYTES], text[LINE_BYTES];
    bool good = true;
    gzFile in;

    *errata = (struct errata){ 0 };
    *line = 0;
    snprintf(path, sizeof path, "%.*s../errata.txt.gz", slash ? (int)(slash + 1 - script_path) : 0, script_path);
    in = gzopen(path, "rb");
    if (!in)
        return true;
    while (good && gzgets(in, text, sizeof text)) {
        ++*line;
        good = take_line(errata, text, slash ? slash + 1 : script_path);
    }
    good = good && gzeof(in);
    gzclose(in);
    return good;
}

static int by_line(const void *key, const void *erratum)
{
    const unsigned long a = *(const unsigned long *)key, b = ((const struct erratum *)erratum)->line;

    return (a > b) - (a < b);
}

const struct erratum *errata_of_line(const struct errata *errata, unsigned long line)
{
    if (errata->count == 0)
        return NULL;
    return bsearch(&line, errata->list, errata->count, sizeof *errata->list, by_line);
}

void errata_free(struct errata *errata)
{
    free(errata->list);
    *errata = (struct errata){ 0 };
}
