/* Running a command within the test, as main would, and keeping what it printed. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define CAPTURE_ARGS_MAX 32

/* A stream that goes to memory for a while. */
struct capture {
    FILE *stream;
    int saved, memory;
};

static inline struct capture capture_start(FILE *stream)
{
    struct capture c = { .stream = stream, .saved = dup(fileno(stream)), .memory = memfd_create("capture", 0) };

    fflush(stream);
    dup2(c.memory, fileno(stream));
    return c;
}

/* Puts the stream back. Returns what was printed; the caller frees it. */
static inline char *capture_end(struct capture *c)
{
    off_t bytes;
    char *text;
    ssize_t got;

    fflush(c->stream);
    bytes = lseek(c->memory, 0, SEEK_END);
    text = calloc(1, (size_t)bytes + 1);
    got = pread(c->memory, text, (size_t)bytes, 0);
    dup2(c->saved, fileno(c->stream));
    close(c->saved);
    close(c->memory);
    assert_int_equal(got, bytes);
    return text;
}

/* Arguments from a line of words parted by single spaces, as a shell without quotes would pass them. */
struct capture_args {
    char text[1024];
    char *argv[CAPTURE_ARGS_MAX + 1];
    int argc;
};

static inline void capture_split(struct capture_args *a, const char *line)
{
    char *rest = a->text, *word;

    memset(a, 0, sizeof *a);
    assert_true(strlen(line) < sizeof a->text);
    memcpy(a->text, line, strlen(line) + 1);
    while ((word = strsep(&rest, " ")) && a->argc < CAPTURE_ARGS_MAX)
        a->argv[a->argc++] = word;
}

/* What a command did. */
struct capture_result {
    int status;
    char *out, *err;
};

static inline struct capture_result capture_command(int (*command)(int, char **), const char *line)
{
    struct capture_args args;
    struct capture_result r;

    capture_split(&args, line);
    struct capture out = capture_start(stdout), err = capture_start(stderr);

    r.status = command(args.argc, args.argv);
    r.err = capture_end(&err);
    r.out = capture_end(&out);
    return r;
}

static inline void capture_free(struct capture_result *r)
{
    free(r->out);
    free(r->err);
}

/* Fails, and shows the text, unless it contains the part; an empty part asks that the text be empty. */
static inline void assert_says(const char *text, const char *part)
{
    if (*part == '\0' ? *text != '\0' : !strstr(text, part))
        fail_msg("not '%s' in: %s", part, text);
}
