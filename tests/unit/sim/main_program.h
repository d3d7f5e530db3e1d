/* The whole program in processes of its own: to be included once in a test. */
#pragma once

#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/trace_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

int stagewalk_main(int argc, char **argv);
#define main stagewalk_main
#include "sim/main.c" /* NOLINT(bugprone-suspicious-include) */
#undef main

/* Starts the program; what it prints goes to these descriptors. */
static inline pid_t start(const char *line, int out, int err)
{
    struct capture_args args;
    pid_t child;

    capture_split(&args, line);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        signal(SIGINT, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
        _exit(stagewalk_main(args.argc, args.argv));
    }
    assert_true(child > 0);
    return child;
}

/* Returns the program's wait status. */
static inline int end_of(pid_t child)
{
    int status = -1;

    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static inline char *text_of(int fd)
{
    char *text = calloc(1, 65536);

    assert_non_null(text);
    assert_true(pread(fd, text, 65535, 0) >= 0);
    close(fd);
    return text;
}

/* Names in the test's directory, without . and .. */
static inline int files_there(void)
{
    DIR *dir = opendir(fixture_path(""));
    int count = -2;

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}
