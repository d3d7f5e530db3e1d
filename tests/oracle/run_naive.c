/* Runs oracle scripts on the naive walker and compares every answer (`=>`) with the walker's own.
 *
 *     run_naive [--device-fetch=fault|nc] SCRIPT[.gz]...      (- is the standard input)
 *
 * It understands the part of the script language that the oracle files use: set, param mem.ram, mem, zero, reg, at,
 * fetch, load, store, tlbi, dsb, isb. The walker has no TLB: scripts whose answers need a stale entry are not for it.
 * Where an erratum lies beside a script (errata.h), the walker must give its answer and not the recorded one.
 * Exit status: 0 all answers reproduced; 1 differences; 2 bad input. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/oracle/errata.h"
#include "tests/oracle/oracle_memory.h"
#include "tests/oracle/outcome.h"

enum { LINE_BYTES = 1 << 16, WORDS_MAX = 4096, SHOWN_MAX = 10 };

struct script {
    const char *path;
    unsigned long line;
    char set[128];
    char *words[WORDS_MAX]; /* of the current line, comment removed */
    unsigned word_count;
    struct oracle_memory memory;
    struct naive_machine machine;
    struct errata errata;
    unsigned long answers, differences, amended[ERRATA_CLASSES];
};

__attribute__((noreturn, format(printf, 2, 3))) static void bad(const struct script *s, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%lu: ", s->path, s->line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

static uint64_t number(const struct script *s, const char *text)
{
    char *end;
    const uint64_t value = strtoull(text, &end, 0);

    if (end == text || *end != '\0')
        bad(s, "not a number: %s", text);
    return value;
}

static const char *word(const struct script *s, unsigned i)
{
    if (i >= s->word_count)
        bad(s, "%s: operand missing", s->words[0]);
    return s->words[i];
}

/* --- statements that build the machine ---------------------------------------------------------------------- */

static void do_set(struct script *s)
{
    snprintf(s->set, sizeof s->set, "%s", word(s, 1));
    oracle_memory_reset(&s->memory);
    memset(&s->machine.regs, 0, sizeof s->machine.regs);
}

static void do_param(struct script *s)
{
    char *at;

    if (strcmp(word(s, 1), "mem.ram") != 0)
        bad(s, "param %s is not for the naive walker", s->words[1]);
    word(s, 2);
    s->memory.range_count = 0;
    for (char *pair = strtok_r(s->words[2], ",", &at); pair; pair = strtok_r(NULL, ",", &at)) {
        const char *bytes = strtok_r(NULL, ",", &at);

        if (!bytes || !oracle_memory_add_range(&s->memory, number(s, pair), number(s, bytes)))
            bad(s, "mem.ram wants at most %d pairs BASE,SIZE", (int)ORACLE_MEMORY_RANGES_MAX);
    }
}

static void do_mem(struct script *s)
{
    const uint64_t pa = number(s, word(s, 1));

    word(s, 2);
    if (pa % 8 != 0)
        bad(s, "mem address is not a multiple of 8");
    for (unsigned i = 2; i < s->word_count; i++)
        oracle_memory_write(&s->memory, pa + 8 * (i - 2), number(s, s->words[i]));
}

static void do_zero(struct script *s)
{
    const uint64_t pa = number(s, word(s, 1)), bytes = number(s, word(s, 2));

    if (pa % 8 != 0 || bytes % 8 != 0)
        bad(s, "zero wants multiples of 8");
    oracle_memory_zero(&s->memory, pa, bytes);
}

static void do_reg(struct script *s)
{
    static const struct {
        const char *name;
        size_t offset;
    } known[] = {
        { "SCTLR_EL1", offsetof(struct naive_regs, sctlr_el1) },
        { "TCR_EL1", offsetof(struct naive_regs, tcr_el1) },
        { "TTBR0_EL1", offsetof(struct naive_regs, ttbr0_el1) },
        { "TTBR1_EL1", offsetof(struct naive_regs, ttbr1_el1) },
        { "MAIR_EL1", offsetof(struct naive_regs, mair_el1) },
        { "HCR_EL2", offsetof(struct naive_regs, hcr_el2) },
        { "VTCR_EL2", offsetof(struct naive_regs, vtcr_el2) },
        { "VTTBR_EL2", offsetof(struct naive_regs, vttbr_el2) },
        { "SCTLR_EL2", offsetof(struct naive_regs, sctlr_el2) },
        { "TCR_EL2", offsetof(struct naive_regs, tcr_el2) },
        { "TTBR0_EL2", offsetof(struct naive_regs, ttbr0_el2) },
        { "MAIR_EL2", offsetof(struct naive_regs, mair_el2) },
    };
    const uint64_t value = number(s, word(s, 2));

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(s->words[1], known[i].name) == 0) {
            memcpy((char *)&s->machine.regs + known[i].offset, &value, sizeof value);
            return;
        }
    }
    if (strncmp(s->words[1], "VBAR_EL", 7) != 0) /* where an exception goes is not asked */
        bad(s, "unknown register %s", s->words[1]);
}

/* --- comparing ---------------------------------------------------------------------------------------------- */

/* Returns the first answer from word `first` on that the walker does not give, or NULL. */
static const char *first_difference(const struct script *s, unsigned first, const struct outcome *o)
{
    for (unsigned i = first; i < s->word_count; i++) {
        switch (outcome_check(o, s->words[i])) {
        case OUTCOME_SAME:
            break;
        case OUTCOME_DIFFERS:
            return s->words[i];
        case OUTCOME_NO_ANSWER:
            bad(s, "not an answer: %s", s->words[i]);
        }
    }
    return NULL;
}

/* Puts an erratum's answer in place of the one with its key. */
static void amend(struct script *s, unsigned first, struct erratum *erratum)
{
    const size_t key_bytes = strcspn(erratum->answer, "=") + 1;

    for (unsigned i = first; i < s->word_count; i++) {
        if (strncmp(s->words[i], erratum->answer, key_bytes) == 0) {
            s->words[i] = erratum->answer;
            return;
        }
    }
    bad(s, "no answer to amend with %s", erratum->answer);
}

static void show(const struct script *s, const struct outcome *o, const char *what)
{
    printf("%s:%lu: %s: %s %s %s: %s; here ", s->path, s->line, s->set, s->words[0], s->words[1], s->words[2], what);
    if (o->has_par)
        printf("par=0x%016llx\n", (unsigned long long)o->par);
    else if (o->exception)
        printf("esr=0x%08llx far=0x%llx hpfar=0x%llx%s el=%u\n", (unsigned long long)o->exception->esr,
               (unsigned long long)o->exception->far, (unsigned long long)o->exception->hpfar,
               o->exception->hpfar_valid ? "" : " (UNKNOWN)", o->exception->el);
    else
        printf("ok pa=0x%llx\n", (unsigned long long)o->walk->pa);
}

/* Compares the answers from word `first` on; there may be none. */
static void judge(struct script *s, unsigned first, const struct outcome *o)
{
    const struct erratum *erratum = errata_of_line(&s->errata, s->line);
    struct erratum copy;
    const char *difference;

    if (first >= s->word_count)
        return;
    if (strcmp(s->words[first], "=>") != 0)
        bad(s, "expected => before %s", s->words[first]);
    s->answers++;
    difference = first_difference(s, first + 1, o);
    if (erratum && !difference) {
        difference = "an erratum that is not needed";
    } else if (erratum) {
        copy = *erratum;
        amend(s, first + 1, &copy);
        difference = first_difference(s, first + 1, o);
        s->amended[erratum->kind] += !difference;
    }
    if (difference && s->differences++ < SHOWN_MAX)
        show(s, o, difference);
}

/* --- statements that ask ------------------------------------------------------------------------------------ */

static void do_at(struct script *s)
{
    static const char *const names[] = {
        [NAIVE_AT_S1E1R] = "S1E1R",   [NAIVE_AT_S1E1W] = "S1E1W",   [NAIVE_AT_S1E0R] = "S1E0R",
        [NAIVE_AT_S1E0W] = "S1E0W",   [NAIVE_AT_S1E2R] = "S1E2R",   [NAIVE_AT_S1E2W] = "S1E2W",
        [NAIVE_AT_S12E1R] = "S12E1R", [NAIVE_AT_S12E1W] = "S12E1W", [NAIVE_AT_S12E0R] = "S12E0R",
        [NAIVE_AT_S12E0W] = "S12E0W",
    };
    const uint64_t va = number(s, word(s, 2));
    struct naive_at_result r;
    unsigned op = 0;

    while (op < sizeof names / sizeof names[0] && strcmp(names[op], s->words[1]) != 0)
        op++;
    if (op == sizeof names / sizeof names[0])
        bad(s, "unknown AT operation %s", s->words[1]);
    naive_at(&s->machine, (enum naive_at_op)op, 2, va, &r);
    judge(s, 3, &(struct outcome){ r.has_par, r.walk.ok, r.par, r.has_par ? NULL : &r.exception, &r.walk });
}

static void do_access(struct script *s, enum naive_kind kind)
{
    const char *el = word(s, 1);
    const bool is_fetch = kind == NAIVE_FETCH;
    struct naive_access a = { .kind = kind, .va = number(s, word(s, 2)), .size = 4 };
    struct naive_result r;

    if (strncmp(el, "el", 2) != 0 || el[2] < '0' || el[2] > '2' || el[3] != '\0')
        bad(s, "not el0, el1 or el2: %s", el);
    a.el = (unsigned)(el[2] - '0');
    if (!is_fetch)
        a.size = number(s, word(s, 3));
    if (a.size == 0 || (a.size & (a.size - 1)) != 0)
        bad(s, "size is not a power of two");
    naive_access(&s->machine, &a, &r);
    judge(s, is_fetch ? 3 : 4, &(struct outcome){ false, r.ok, 0, r.ok ? NULL : &r.exception, &r });
}

static void do_line(struct script *s)
{
    const char *verb = s->words[0];

    if (strcmp(verb, "mem") == 0)
        do_mem(s);
    else if (strcmp(verb, "reg") == 0)
        do_reg(s);
    else if (strcmp(verb, "at") == 0)
        do_at(s);
    else if (strcmp(verb, "zero") == 0)
        do_zero(s);
    else if (strcmp(verb, "fetch") == 0)
        do_access(s, NAIVE_FETCH);
    else if (strcmp(verb, "load") == 0)
        do_access(s, NAIVE_LOAD);
    else if (strcmp(verb, "store") == 0)
        do_access(s, NAIVE_STORE);
    else if (strcmp(verb, "set") == 0)
        do_set(s);
    else if (strcmp(verb, "param") == 0)
        do_param(s);
    else if (strcmp(verb, "tlbi") != 0 && strcmp(verb, "dsb") != 0 && strcmp(verb, "isb") != 0)
        bad(s, "unknown statement %s", verb);
}

static void split(struct script *s, char *line)
{
    char *at;

    line[strcspn(line, "#\n")] = '\0';
    s->word_count = 0;
    for (char *w = strtok_r(line, " \t\r", &at); w; w = strtok_r(NULL, " \t\r", &at)) {
        if (s->word_count == WORDS_MAX)
            bad(s, "more than %d words", (int)WORDS_MAX);
        s->words[s->word_count++] = w;
    }
}

static void report(struct script *s)
{
    unsigned long amended = 0;

    for (unsigned c = 0; c < ERRATA_CLASSES; c++)
        amended += s->amended[c];
    if (amended + s->differences < s->errata.count) {
        printf("%s: %lu errata, of which some are for no answer\n", s->path, s->errata.count);
        s->differences++;
    }
    printf("%s: %lu answers: %lu as recorded, %lu amended (%lu departs, %lu late), %lu differences\n", s->path,
           s->answers, s->answers - amended - s->differences, amended, s->amended[ERRATA_DEPARTS],
           s->amended[ERRATA_LATE], s->differences);
}

/* Returns whether every answer was reproduced. */
static bool run_file(const char *path, enum naive_device_fetch device_fetch)
{
    static struct script s;
    static char line[LINE_BYTES];
    const bool is_stdin = strcmp(path, "-") == 0;
    gzFile in = is_stdin ? gzdopen(STDIN_FILENO, "rb") : gzopen(path, "rb");
    int error;

    memset(&s, 0, sizeof s);
    s.path = is_stdin ? "(stdin)" : path;
    s.machine.device_fetch = device_fetch;
    s.machine.read64 = oracle_memory_read;
    s.machine.ctx = &s.memory;
    if (!in || !errata_load(&s.errata, s.path, &s.line))
        bad(&s, in ? "this line of its errata is damaged" : "cannot open");
    s.line = 0;
    while (gzgets(in, line, sizeof line)) {
        s.line++;
        if (!strchr(line, '\n') && !gzeof(in))
            bad(&s, "line longer than %d bytes", (int)LINE_BYTES);
        split(&s, line);
        if (s.word_count != 0)
            do_line(&s);
    }
    if (gzerror(in, &error)[0] != '\0' && error != Z_OK)
        bad(&s, "damaged");
    gzclose(in);
    oracle_memory_reset(&s.memory);
    report(&s);
    errata_free(&s.errata);
    return s.differences == 0;
}

int main(int argc, char **argv)
{
    enum naive_device_fetch device_fetch = NAIVE_DEVICE_FETCH_FAULTS;
    bool same = true;
    int first = 1;

    if (first < argc && strcmp(argv[first], "--device-fetch=nc") == 0) {
        device_fetch = NAIVE_DEVICE_FETCH_IS_NC;
        first++;
    } else if (first < argc && strcmp(argv[first], "--device-fetch=fault") == 0) {
        first++;
    }
    if (first == argc || strncmp(argv[first], "--", 2) == 0) {
        fputs("usage: run_naive [--device-fetch=fault|nc] SCRIPT[.gz]...\n", stderr);
        return 2;
    }
    for (; first < argc; first++)
        same = run_file(argv[first], device_fetch) && same;
    return same ? 0 : 1;
}
