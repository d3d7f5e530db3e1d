/* Long work and a terminal: a bar is drawn on it, none anywhere else, and a signal leaves neither a bar nor half a
 * file. */
#include "tests/unit/sim/main_program.h"

#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define LONG "random,accesses=1000000000"
#define WAIT_MS 60000 /* for a bar that comes after half a second */
#define QUIET_MS 900

/* ---- Input without an end, by a named pipe ---- */

enum feed { FEED_NONE, FEED_TEXT, FEED_LACKEY, FEED_RAW, FEED_SCRIPT };

static void write_all(int fd, const void *bytes, size_t count)
{
    if (write(fd, bytes, count) != (ssize_t)count)
        _exit(1);
}

/* A raw capture's registers, and then one fetch for ever. */
static void feed_raw(int fd)
{
    uint8_t context[32 + 20 * 8] = { 4, 0, 1 }, fetch[32] = { 1, 0, 1, 0, 1 };
    static uint8_t many[1000][sizeof fetch];

    for (size_t i = 0; i < 1000; i++)
        memcpy(many[i], fetch, sizeof fetch);
    write_all(fd, context, sizeof context);
    for (;;)
        write_all(fd, many, sizeof many);
}

static void feed_lines(int fd, const char *head, const char *line)
{
    static char many[65536];
    size_t length = strlen(line), count = 0;

    for (; count + length <= sizeof many; count += length)
        memcpy(many + count, line, length);
    write_all(fd, head, strlen(head));
    for (;;)
        write_all(fd, many, count);
}

/* Returns the process that feeds, until it is killed. */
static pid_t feed_begin(enum feed feed, const char *path)
{
    pid_t child;
    int fd;

    assert_int_equal(mkfifo(path, 0600), 0);
    child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* should the test fail */
    fd = open(path, O_WRONLY);
    if (feed == FEED_TEXT)
        feed_lines(fd, "trace 1\nsource made\n", "0 el1 fetch va=0x1000 pa=0x1000 n=1\n");
    if (feed == FEED_LACKEY)
        feed_lines(fd, "", "I  04001000,4\n L 1ffeffe810,8\n S 1ffeffe818,8\n");
    if (feed == FEED_SCRIPT)
        feed_lines(fd, "", "load el1 0x1000 8 => pa=0x1000\n");
    if (feed == FEED_RAW)
        feed_raw(fd);
    _exit(1);
}

static void feed_end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* ---- Programs at work ---- */

static const struct work_row {
    const char *name;
    const char *words; /* OUT and IN stand for names */
    enum feed feed;
    bool makes; /* a file */
} works[] = {
    { "trace import FILE", "trace import -o OUT IN", FEED_LACKEY, true },
    { "trace import DIR", "trace import -o OUT IN", FEED_RAW, true },
    { "trace pack", "trace pack -o OUT IN", FEED_TEXT, true },
    { "trace cut", "trace cut --records : -o OUT generate:" LONG, FEED_NONE, true },
    { "trace cat -o", "trace cat -o OUT generate:" LONG, FEED_NONE, true },
    { "trace relayout", "trace relayout --stage1 pages -o OUT generate:" LONG, FEED_NONE, true },
    { "trace generate", "trace generate -o OUT " LONG, FEED_NONE, true },
    { "trace info", "trace info generate:" LONG, FEED_NONE, false },
    { "replay", "replay generate:" LONG, FEED_NONE, false },
    { "lint", "lint generate:" LONG, FEED_NONE, false },
    { "run", "run IN", FEED_SCRIPT, false },
};

struct work {
    pid_t program, feeder;
    char out[256], in[256], fifo[300];
    bool is_dir;
    int terminal; /* the other end of its standard error, unless -1 */
    int err;      /* its standard error, unless a terminal */
    char text[1 << 16];
    size_t length;
};

static void compose(const struct work *w, const char *words, char *line, size_t bytes)
{
    size_t length = strlen(line);

    for (; *words && length + sizeof w->out < bytes; length = strlen(line)) {
        if (strncmp(words, "OUT", 3) == 0 || strncmp(words, "IN", 2) == 0) {
            snprintf(line + length, bytes - length, "%s", *words == 'O' ? w->out : w->in);
            words += *words == 'O' ? 3 : 2;
        } else {
            line[length++] = *words++;
            line[length] = '\0';
        }
    }
}

/* `letter` tells its files from those of another. */
static struct work *work_begin(const struct work_row *row, char letter, bool on_terminal)
{
    struct work *w = calloc(1, sizeof *w);
    char name[] = { letter, '-', 'x', '\0' }, line[1024] = "stagewalk ";
    int null = open("/dev/null", O_WRONLY), terminal = -1;

    assert_non_null(w);
    name[2] = 'o';
    snprintf(w->out, sizeof w->out, "%s", fixture_path(name));
    name[2] = 'i';
    snprintf(w->in, sizeof w->in, "%s", fixture_path(name));
    w->is_dir = row->feed == FEED_RAW;
    if (w->is_dir) {
        assert_int_equal(mkdir(w->in, 0700), 0);
        snprintf(w->fifo, sizeof w->fifo, "%s/tables.bin", w->in);
        close(open(w->fifo, O_WRONLY | O_CREAT, 0600));
    }
    snprintf(w->fifo, sizeof w->fifo, "%s%s", w->in, w->is_dir ? "/trace.bin" : "");
    if (row->feed != FEED_NONE)
        w->feeder = feed_begin(row->feed, w->fifo);
    w->terminal = w->err = -1;
    if (on_terminal)
        assert_int_equal(openpty(&w->terminal, &terminal, NULL, NULL, NULL), 0);
    else
        w->err = memfd_create("err", 0);
    compose(w, row->words, line, sizeof line);
    w->program = start(line, null, on_terminal ? terminal : w->err);
    close(null);
    if (on_terminal)
        close(terminal);
    return w;
}

/* Takes what comes to the terminal, for at most so long. Returns false at the end. */
static bool work_hear(struct work *w, int ms)
{
    struct pollfd p = { .fd = w->terminal, .events = POLLIN };
    ssize_t got;

    if (poll(&p, 1, ms) == 0)
        return true;
    assert_true(w->length + 1 < sizeof w->text);
    got = read(w->terminal, w->text + w->length, sizeof w->text - 1 - w->length);
    if (got <= 0)
        return false;
    w->length += (size_t)got;
    return true;
}

/* Ends it by a signal, and hears the rest. */
static void work_end(struct work *w)
{
    int status;
    char *text;

    kill(w->program, SIGINT);
    if (w->terminal >= 0) {
        while (work_hear(w, WAIT_MS))
            ;
        close(w->terminal);
    }
    status = end_of(w->program);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGINT);
    if (w->err >= 0) {
        text = text_of(w->err);
        snprintf(w->text, sizeof w->text, "%s", text);
        free(text);
    }
    if (w->feeder) {
        feed_end(w->feeder);
        unlink(w->fifo);
    }
    if (w->is_dir) {
        snprintf(w->fifo, sizeof w->fifo, "%s/tables.bin", w->in);
        unlink(w->fifo);
        assert_int_equal(rmdir(w->in), 0);
    }
    assert_int_equal(access(w->out, F_OK), -1);
}

/* A bar tells how many a second; when the length is known, a share as well. */
static bool bar_is_drawn(const struct work *w, bool share)
{
    return strstr(w->text, "s/s") && (!share || strstr(w->text, " % "));
}

static void a_bar_is_drawn_on_a_terminal_alone(void **state)
{
    const struct work_row *row = *state;
    struct work *piped = work_begin(row, 'p', false), *seen = work_begin(row, 't', true);
    char expected[512] = "";
    const char *last;

    for (int waited = 0; !bar_is_drawn(seen, row->feed == FEED_NONE); waited += 10) {
        assert_true(waited < WAIT_MS);
        assert_true(work_hear(seen, 10));
    }
    work_end(seen);
    work_end(piped);
    for (const char *at = last = seen->text; (at = strstr(at, "s/s")); at++)
        last = at;
    assert_non_null(strstr(last, "\r\033[K")); /* it goes */
    if (row->makes)
        snprintf(expected, sizeof expected,
                 "\r\033[K"
                 "stagewalk: interrupted: %s is not written\r\n",
                 seen->out);
    assert_non_null(strstr(last, expected));
    assert_null(strchr(piped->text, '\033'));
    assert_null(strstr(piped->text, "s/s"));
    if (row->makes) {
        snprintf(expected, sizeof expected, "stagewalk: interrupted: %s is not written\n", piped->out);
        assert_string_equal(piped->text, expected);
    }
    assert_int_equal(files_there(), 0);
    free(piped);
    free(seen);
}

static const struct work_row quiets[] = {
    { "-q: trace cut", "trace cut -q --records : -o OUT generate:" LONG, FEED_NONE, true },
    { "-q: trace relayout", "trace relayout -q --stage1 pages -o OUT generate:" LONG, FEED_NONE, true },
    { "-q: lint", "lint -q generate:" LONG, FEED_NONE, false },
    { "-q: run", "run -q IN", FEED_SCRIPT, false },
    { "text to standard output: trace cat", "trace cat generate:" LONG, FEED_NONE, false },
};

static void no_bar_is_drawn(void **state)
{
    struct work *w = work_begin(*state, 't', true);

    for (int waited = 0; waited < QUIET_MS && w->length == 0; waited += 10)
        assert_true(work_hear(w, 10));
    assert_int_equal(w->length, 0);
    work_end(w);
    assert_null(strchr(w->text, '\033'));
    assert_int_equal(files_there(), 0);
    free(w);
}

int main(void)
{
    static struct rows r;

    signal(SIGPIPE, SIG_IGN);
    rows_add(&r, a_bar_is_drawn_on_a_terminal_alone, ROWS_OF(works));
    rows_add(&r, no_bar_is_drawn, ROWS_OF(quiets));
    return rows_run(&r, "progress") + rmdir(fixture_path(""));
}
