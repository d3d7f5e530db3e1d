/* DynamoRIO's memory traces as its tool `view` prints them [DynamoRIO: view.cpp]:
 *
 *     801396      601855:     1159769 ifetch       1 byte(s) @ 0x00007fc2c3aa91e9 5b  pop %rbx
 *     801397      601855:     1159769 read         8 byte(s) @ 0x00007fff8044f6c0 by PC 0x00007fc2c3aa91e9
 *
 * number of the record, of the instruction (not in older versions), thread, what, size, address. */
#include "traces/readers/drmemtrace_threads.h"
#include "traces/readers/formats.h"

#include <string.h>

#define BYTES_AT " byte(s) @ "

/* Moves past blanks, and a word that has to stand there. */
static bool take_word(const char **at, const char *word)
{
    size_t length = strlen(word);

    *at += strspn(*at, " ");
    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

/* `record instr: tid ` or, older, `record: Ttid `. Moves past it. */
static bool take_prefix(const char **text, uint64_t *tid)
{
    const char *at = *text + strspn(*text, " ");
    uint64_t number;

    if (!foreign_number(&at, 10, &number))
        return false;
    at += strspn(at, " ");
    foreign_number(&at, 10, &number);
    if (*at++ != ':')
        return false;
    at += strspn(at, " ");
    at += *at == 'T';
    if (!foreign_number(&at, 10, tid) || *at != ' ')
        return false;
    *text = at + strspn(at, " ");
    return true;
}

static bool take_marker(struct foreign *f, const char *at, uint64_t tid)
{
    uint64_t number, core;

    if (take_word(&at, "<marker: tid ") && foreign_number(&at, 10, &number) && take_word(&at, "on core ") &&
        foreign_number(&at, 10, &core)) {
        drmemtrace_threads_set(foreign_state(f), tid, core);
        return foreign_skip(f, "marker: CPU");
    }
    return foreign_skip(f, "marker");
}

static bool take_access(struct foreign *f, const char *at, const char *what, struct foreign_access *a)
{
    const char *number = at += strspn(at, " ");
    uint64_t size;

    if (!foreign_number(&at, 10, &size) || size == 0 || size > FOREIGN_ACCESS_MAX)
        return foreign_fail(f, number, "size is not from 1 to %d bytes", FOREIGN_ACCESS_MAX);
    if (strncmp(at, BYTES_AT, strlen(BYTES_AT)) != 0)
        return foreign_fail(f, at, "wants `%sSIZE byte(s) @ 0xADDRESS`", what);
    at += strlen(BYTES_AT);
    if (!foreign_address(&at, &a->va) || (*at != ' ' && *at != '\0'))
        return foreign_fail(f, at, "not an address of 64 bits");
    a->bytes = (uint32_t)size;
    a->el = foreign_el(a->va);
    return foreign_access(f, a);
}

static bool view_take(struct foreign *f, const char *line)
{
    static const struct {
        const char *word;
        enum rec_op op;
    } kinds[] = { { "ifetch ", REC_FETCH }, { "read ", REC_LOAD }, { "write ", REC_STORE } };
    struct foreign_access a = { .flags = REC_PA_UNKNOWN };
    const char *at = line;
    uint64_t tid;

    if (!take_prefix(&at, &tid))
        return foreign_skip(f, "heading, or more bytes of an instruction");
    if (*at == '<')
        return take_marker(f, at, tid);
    a.core = drmemtrace_threads_core(foreign_state(f), tid);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strncmp(at, kinds[i].word, strlen(kinds[i].word)) == 0) {
            a.op = (uint8_t)kinds[i].op;
            return take_access(f, at + strlen(kinds[i].word), kinds[i].word, &a);
        }
    }
    return foreign_skip(f, "prefetch or cache maintenance");
}

/* One of the lines has the prefix and an access or a marker behind it. */
static bool view_likely(const char *head, size_t bytes)
{
    const char *end = head + bytes, *at;
    uint64_t tid;

    while (head < end && strlen(head) == (size_t)(end - head)) {
        at = head;
        if (take_prefix(&at, &tid) && (strncmp(at, "<marker: ", 9) == 0 || strncmp(at, "ifetch ", 7) == 0 ||
                                       strncmp(at, "read ", 5) == 0 || strncmp(at, "write ", 6) == 0))
            return true;
        head += strcspn(head, "\n") + 1;
    }
    return false;
}

const struct reader_format drmemtrace_view_format = {
    .name = "drmemtrace-view",
    .what = "DynamoRIO: drrun -t drmemtrace -tool view -indir DIR 2> FILE",
    .unknown = "EL, registers and tables; PA is not taken from markers; instructions of the kernel",
    .state_bytes = sizeof(struct drmemtrace_threads),
    .likely = view_likely,
    .take_line = view_take,
};
