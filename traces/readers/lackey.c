/* Valgrind's example tool lackey with --trace-mem=yes: `I 00401500,2`, ` L 1fff000710,8`, ` S ...`, ` M ...`, address
 * in hexadecimal, size in decimal; between them messages of Valgrind and what the program prints.
 *
 * One process, its threads not told apart; an M (modify) is a load and a store. */
#include "traces/readers/formats.h"

#include <ctype.h>
#include <string.h>

/* Returns the letter of an access, and where its address begins; 0 for another line. */
static char kind_of(const char *line, const char **address)
{
    bool fetch = line[0] == 'I' && line[1] == ' ' && line[2] == ' ';
    bool data = line[0] == ' ' && line[1] && strchr("LSM", line[1]) && line[2] == ' ';

    if ((!fetch && !data) || !isxdigit((unsigned char)line[3]))
        return 0;
    *address = line + 3;
    return fetch ? 'I' : line[1];
}

static bool lackey_take(struct foreign *f, const char *line)
{
    struct foreign_access a = { .flags = REC_PA_UNKNOWN };
    const char *at;
    char kind = kind_of(line, &at);
    uint64_t size;

    if (!kind && strncmp(line, "==", 2) == 0)
        return foreign_skip(f, "message of Valgrind");
    if (!kind)
        return foreign_skip(f, *line ? "output of another program" : "empty line");
    if (!foreign_number(&at, 16, &a.va))
        return foreign_fail(f, at, "the address does not fit 64 bits");
    if (*at++ != ',' || !foreign_number(&at, 10, &size) || *at != '\0')
        return foreign_fail(f, at - 1, "wants ADDRESS,SIZE as in `%c  04025310,8`", kind);
    if (size == 0 || size > FOREIGN_ACCESS_MAX)
        return foreign_fail(f, line + 3, "size is not from 1 to %d", FOREIGN_ACCESS_MAX);
    a.bytes = (uint32_t)size;
    a.el = foreign_el(a.va);
    a.op = kind == 'I' ? REC_FETCH : kind == 'S' ? REC_STORE : REC_LOAD;
    if (!foreign_access(f, &a))
        return false;
    a.op = REC_STORE;
    return kind != 'M' || foreign_access(f, &a);
}

/* One of the lines has the shape of an access, ADDRESS,SIZE. */
static bool lackey_likely(const char *head, size_t bytes)
{
    const char *at, *end = head + bytes;
    uint64_t number;

    while (head < end && strlen(head) == (size_t)(end - head)) {
        if (kind_of(head, &at) && foreign_number(&at, 16, &number) && *at++ == ',' &&
            foreign_number(&at, 10, &number) && (*at == '\n' || *at == '\r' || *at == '\0'))
            return true;
        head += strcspn(head, "\n") + 1;
    }
    return false;
}

const struct reader_format lackey_format = {
    .name = "lackey",
    .what = "Valgrind: --tool=lackey --trace-mem=yes --log-file=FILE",
    .unknown = "PA, EL, core, thread, registers and tables; instructions of the kernel",
    .one_core = true,
    .likely = lackey_likely,
    .take_line = lackey_take,
};
