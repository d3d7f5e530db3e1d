/* Words of a line. Numbers are hexadecimal without 0x, but for times. */
#include "traces/readers/tarmac_line.h"

#include <ctype.h>
#include <string.h>

#define CORES_A_CLUSTER 4 /* [guess: clusterK.cpuN is core 4 K + N] */

void tarmac_line_bad(struct tarmac_line *l, const char *at, const char *why)
{
    l->kind = TARMAC_BAD;
    l->at = at;
    l->why = why;
}

const char *tarmac_line_skip(const char *at)
{
    return at + strspn(at, " \t");
}

const char *tarmac_line_past(const char *at)
{
    return at + strcspn(at, " \t");
}

const char *tarmac_line_next(const char *at)
{
    return tarmac_line_skip(tarmac_line_past(at));
}

bool tarmac_line_is(const char *at, const char *word)
{
    size_t length = strlen(word);

    return strncmp(at, word, length) == 0 && tarmac_line_past(at) == at + length;
}

int tarmac_line_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

unsigned tarmac_line_hex(const char **at, uint64_t *value)
{
    const char *start = *at;
    uint64_t v = 0;

    for (; tarmac_line_digit(**at) >= 0; ++*at) {
        if (v >> 60)
            return 0;
        v = v << 4 | (unsigned)tarmac_line_digit(**at);
    }
    *value = v;
    return (unsigned)(*at - start);
}

bool tarmac_line_address(struct tarmac_line *l, const char **at)
{
    if (!tarmac_line_hex(at, &l->va))
        return false;
    l->pa_known = **at == ':';
    if (l->pa_known) {
        ++*at;
        if (!tarmac_line_hex(at, &l->pa))
            return false;
    }
    /* what follows is the security state, and the second half of a Thumb instruction */
    *at = tarmac_line_past(*at);
    return true;
}

/* Reads a number at the end of a prefix somewhere in the word: the N of "FVP.cluster0.cpuN". */
static bool number_behind(const char *word, size_t length, const char *prefix, unsigned *value)
{
    size_t prefix_length = strlen(prefix);
    bool found = false;

    for (size_t i = 0; i + prefix_length < length; i++) {
        const char *digit = word + i + prefix_length;

        if (strncmp(word + i, prefix, prefix_length) != 0 || !isdigit((unsigned char)*digit))
            continue;
        found = true;
        for (*value = 0; digit < word + length && isdigit((unsigned char)*digit) && *value < 1000; digit++)
            *value = *value * 10 + (unsigned)(*digit - '0');
    }
    return found;
}

/* Returns what follows the component's name, if one stands there. */
static const char *take_core(struct tarmac_line *l, const char *at)
{
    size_t length = strcspn(at, " \t");
    unsigned cpu, cluster = 0;

    l->core = -1;
    if (!number_behind(at, length, "cpu", &cpu))
        return at;
    number_behind(at, length, "cluster", &cluster);
    l->core = (int)(cluster * CORES_A_CLUSTER + cpu);
    return tarmac_line_next(at);
}

static bool is_unit(const char *at)
{
    static const char *const units[] = { "clk", "ns", "cs", "cyc", "tic", "ps" };

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (tarmac_line_is(at, units[i]))
            return true;
    return false;
}

/* Returns what follows a time and its unit, if they stand there, with or without a space between them. */
static const char *take_time(struct tarmac_line *l, const char *at)
{
    size_t digits = strspn(at, "0123456789");
    const char *unit = at + digits;

    if (*unit == ' ' || *unit == '\t')
        unit = tarmac_line_skip(unit);
    l->timed = digits > 0 && is_unit(unit);
    return l->timed ? tarmac_line_next(unit) : at;
}

static void read_note(struct tarmac_line *l, const char *at)
{
    (void)at;
    l->kind = TARMAC_NOTE;
}

static const struct {
    const char *word;
    void (*read)(struct tarmac_line *l, const char *at);
} kinds[] = {
    { "IT", tarmac_line_it },
    { "R", tarmac_line_register },
    { "IS", tarmac_line_it },
    { "IF", tarmac_line_it },
    { "ES", tarmac_line_es },
    { "LD", tarmac_line_window },
    { "ST", tarmac_line_window },
    { "TTW", tarmac_line_descriptor },
    { "E", tarmac_line_event },
    { "EXC", tarmac_line_exception },
    { "BR", read_note },
    { "TLB", read_note },
    { "WALKCACHE", read_note },
    { "CACHE", read_note },
    { "GPTW", read_note },
    { "P", read_note },
    { "CADI", read_note },
    { "SIGNAL", read_note },
    { "INFO_EXCEPTION_REASON", read_note },
    { "Tarmac", read_note },
};

/* `MR4X`, `R08`: what moves contiguous bytes. */
static bool is_move(const char *at)
{
    if (*at == 'M')
        at++;
    else if (at[1] != '0')
        return false;
    return (*at == 'R' || *at == 'W') && isdigit((unsigned char)at[1]);
}

/* A window of data without LD or ST: five words, of which the second to fifth are 4 bytes of data. */
static bool is_window(const char *at)
{
    if (strspn(at, "0123456789abcdefABCDEF") != strcspn(at, " \t"))
        return false;
    for (int i = 0; i < 4; i++) {
        at = tarmac_line_next(at);
        if (strspn(at, "0123456789abcdefABCDEF.#") != 8 || tarmac_line_past(at) != at + 8)
            return false;
    }
    return true;
}

void tarmac_line_read(struct tarmac_line *l, const char *line)
{
    const char *at = tarmac_line_skip(line);

    *l = (struct tarmac_line){ .kind = TARMAC_UNKNOWN, .core = -1, .el = TARMAC_EL_UNKNOWN };
    if (*at == '\0') {
        l->kind = TARMAC_NOTE;
        return;
    }
    if (is_window(at)) {
        l->continued = true;
        tarmac_line_window(l, at);
        return;
    }
    at = take_core(l, take_time(l, at));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (tarmac_line_is(at, kinds[i].word)) {
            kinds[i].read(l, at);
            return;
        }
    }
    if (is_move(at))
        tarmac_line_move(l, at);
}
