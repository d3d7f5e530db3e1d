/* Samples of Linux perf with data addresses, as text: what
 *
 *     perf script -F tid,cpu,time,event,addr,ip
 *
 * prints, with or without comm, pid, data_src and phys_addr; perf's own order of the fields is
 * [comm] [pid/]tid [cpu] time: event: addr [data_src] ip [phys_addr].
 *
 * Samples are not all accesses. Each becomes the fetch of the instruction (4 bytes [choice], x86 does not tell) and its
 * access: a store when data_src or the event's name says so, else a load [choice]. A sample whose address is that of
 * the instruction (a page fault of a fetch) is the fetch alone; so is one without an address, which perf prints as
 * 0. */
#include "traces/readers/formats.h"

#include <ctype.h>
#include <string.h>

#define COMMAND "perf script -F tid,cpu,time,event,addr,ip"
#define FETCH_BYTES 4

/* The words of a sample that are read. */
struct sample {
    uint64_t cpu, addr, ip, pa;
    const char *event, *event_end;
    bool store, has_pa;
};

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Moves to behind `[cpu] time: `. A command's name may hold anything, so the last such place before an event counts. */
static bool take_head(const char **text, uint64_t *cpu)
{
    for (const char *at = *text; (at = strchr(at, '[')); at++) {
        const char *p = at + 1;
        uint64_t seconds;

        if (!foreign_number(&p, 10, cpu) || *p++ != ']')
            continue;
        p = skip_blanks(p);
        if (!foreign_number(&p, 10, &seconds) || *p++ != '.' || !foreign_number(&p, 10, &seconds) || *p++ != ':')
            continue;
        *text = skip_blanks(p);
        return true;
    }
    return false;
}

/* An event's name ends with a colon before a blank; it may hold colons and digits itself. A period may stand before
 * it. */
static bool take_event(const char **text, struct sample *s)
{
    const char *at = *text, *digits = at;
    uint64_t period;

    if (foreign_number(&digits, 10, &period) && isblank((unsigned char)*digits))
        at = skip_blanks(digits);
    s->event = at;
    at += strcspn(at, " \t");
    if (at - s->event < 2 || at[-1] != ':')
        return false;
    s->event_end = at - 1;
    *text = skip_blanks(at);
    return true;
}

static bool take_hex(const char **text, uint64_t *value)
{
    const char *at = *text;

    if (!foreign_address(&at, value) || (*at && !isblank((unsigned char)*at)))
        return false;
    *text = skip_blanks(at);
    return true;
}

/* data_src is a number and `|OP LOAD|LVL L1 hit|...`, padded with blanks; its words are no numbers. */
static void skip_data_source(const char **text, struct sample *s)
{
    const char *at = *text, *bar;
    uint64_t number;

    if (!take_hex(&at, &number) || *at != '|')
        return;
    s->store = strstr(at, "|OP STORE") != NULL;
    bar = strrchr(at, '|');
    for (at = bar + 1 + strcspn(bar + 1, " \t"); *(at = skip_blanks(at)); at += strcspn(at, " \t")) {
        const char *word = at;

        if (take_hex(&word, &number))
            break;
    }
    *text = at;
}

static bool names_store(const struct sample *s)
{
    for (const char *at = s->event; at + 5 <= s->event_end; at++)
        if (strncmp(at, "store", 5) == 0)
            return true;
    return false;
}

static bool take_fields(struct foreign *f, const char *at, struct sample *s)
{
    if (!take_event(&at, s))
        return foreign_fail(f, at, "wants the event's name here: `" COMMAND "` prints it");
    s->store = names_store(s);
    if (!take_hex(&at, &s->addr))
        return foreign_fail(f, at, "wants the address of the data here: `perf record -d`, then `" COMMAND "`");
    skip_data_source(&at, s);
    if (!take_hex(&at, &s->ip))
        return foreign_fail(f, at, "wants the ip here and no symbols: `" COMMAND "`");
    if (*at)
        s->has_pa = take_hex(&at, &s->pa) && s->pa != 0;
    return *at == '\0' || foreign_fail(f, at, "wants no more fields here: `" COMMAND "`");
}

static bool give(struct foreign *f, const struct sample *s)
{
    struct foreign_access a = { .op = REC_FETCH,
                                .core = foreign_core(s->cpu),
                                .el = foreign_el(s->ip),
                                .flags = REC_PA_UNKNOWN,
                                .bytes = FETCH_BYTES,
                                .va = s->ip };

    if (!foreign_access(f, &a))
        return false;
    if (s->addr == s->ip)
        return true;
    if (s->addr == 0)
        return foreign_skip(f, "data of a sample without an address");
    a.op = s->store ? REC_STORE : REC_LOAD;
    a.va = s->addr;
    a.bytes = foreign_size(s->addr);
    a.flags = s->has_pa ? 0 : REC_PA_UNKNOWN;
    a.pa = s->pa;
    if (!foreign_el(s->ip) && foreign_el(s->addr))
        return foreign_skip(f, "kernel data sampled at a user instruction");
    return foreign_access(f, &a);
}

static bool perf_take(struct foreign *f, const char *line)
{
    struct sample s = { .event = NULL };
    const char *at = line;

    if (*skip_blanks(line) == '\0')
        return foreign_skip(f, "empty line");
    if (*line == '#')
        return foreign_skip(f, "comment");
    if (!take_head(&at, &s.cpu))
        return foreign_skip(f, "no sample: no `[cpu] time:`");
    return take_fields(f, at, &s) && give(f, &s);
}

/* One of the lines has `[cpu] time: event:`. */
static bool perf_likely(const char *head, size_t bytes)
{
    char line[512];

    for (const char *end = head + bytes; head < end && strlen(head) == (size_t)(end - head);) {
        size_t length = strcspn(head, "\n"), kept = length < sizeof line ? length : sizeof line - 1;
        const char *at = line;
        struct sample s;

        memcpy(line, head, kept);
        line[kept] = '\0';
        if (take_head(&at, &s.cpu) && take_event(&at, &s))
            return true;
        head += length + 1;
    }
    return false;
}

const struct reader_format perf_script_format = {
    .name = "perf-script",
    .what = "Linux perf: perf record -d ... or perf mem record ..., then " COMMAND,
    .unknown = "accesses between samples, sizes, processes apart, EL but by half, registers and tables",
    .likely = perf_likely,
    .take_line = perf_take,
};
