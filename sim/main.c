/* The program: which command, and whether its output arrived. The only file that ends the process.
 *
 * Standard output is checked once, here: what could not be written makes exit status 2 with a message, except when the
 * reader of a pipe has left (`stagewalk ... | head`): then exit status 2 without one, and never a signal. */
#include "sim/commands.h"
#include "sim/say.h"
#include "sim/suggest.h"
#include "sim/version.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define HINT_BYTES 128

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    { "replay", cmd_replay, "replay traces; report translation latency and resulting memory types" },
    { "run", cmd_run, "run scripts and compare their answers" },
    { "merge", cmd_merge, "combine stage-1 and stage-2 attributes; check expected outcomes" },
    { "trace", cmd_trace, "inspect, print, pack, import and cut traces" },
    { "params", cmd_params, "list every parameter with its value, range and source" },
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_usage(FILE *stream)
{
    fputs("Usage: stagewalk COMMAND [OPTION...] [FILE...]\n"
          "       stagewalk help COMMAND\n"
          "       stagewalk --help | --version\n"
          "\n"
          "A cycle-approximate simulator of the two-stage MMU of the ZynqMP's Cortex-A53.\n"
          "\n"
          "Commands:\n",
          stream);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-8s  %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "Examples:\n"
          "  stagewalk replay --json report.json guest.swt\n"
          "  stagewalk merge Normal-WB/ish Device-nGnRE\n"
          "  stagewalk params --guesses\n"
          "\n"
          "Exit status: 0 all well; 1 a check failed; 2 usage, bad input, or output that could not be written.\n",
          stream);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    struct suggest near;
    char hint[HINT_BYTES];

    if (*name == '-')
        return say_error("unknown option '%s'; `stagewalk --help` tells the usage", name);
    suggest_init(&near, name);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        suggest_offer(&near, commands[i].name);
    suggest_offer(&near, "help");
    if (!near.best)
        return say_error("unknown command '%s'; `stagewalk --help` lists them", name);
    return say_error("unknown command '%s'%s", name, suggest_text(&near, hint, sizeof hint));
}

static int help(int argc, char **argv)
{
    const struct command *command;
    char option[] = "--help";
    char *help_argv[] = { argc > 1 ? argv[1] : NULL, option, NULL };

    if (argc > 2)
        return say_error("help wants one command");
    if (argc < 2) {
        print_usage(stdout);
        return 0;
    }
    command = find(argv[1]);
    return command ? command->run(2, help_argv) : unknown_command(argv[1]);
}

/* Runs the command argv[0]. Returns the exit status. */
static int dispatch(int argc, char **argv)
{
    const struct command *command;

    if (argc < 1) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[0], "--version") == 0) {
        printf("stagewalk %s\n", STAGEWALK_VERSION);
        return 0;
    }
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "help") == 0)
        return help(argc, argv);
    command = find(argv[0]);
    return command ? command->run(argc, argv) : unknown_command(argv[0]);
}

/* Gives each closed standard stream a descriptor on which its use fails, lest a file that is opened later take its
 * number and receive what is meant for the user. */
static bool occupy_standard_streams(void)
{
    static const int flags[3] = { O_WRONLY, O_RDONLY, O_RDONLY };

    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) != fd)
            return false;
    }
    return true;
}

static bool reader_has_left(void)
{
    struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

    return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

/* Returns the exit status: the command's unless its output was lost. */
static int finish_output(int status)
{
    bool failed = ferror(stdout);
    int reason = 0;

    if (fflush(stdout) != 0) {
        failed = true;
        reason = errno;
    }
    if (!failed)
        return status;
    if (!reader_has_left())
        say_error("cannot write to standard output%s%s", reason ? ": " : "", reason ? strerror(reason) : "");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (!occupy_standard_streams())
        return EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN); /* a write then fails with EPIPE */
    exit(finish_output(argc > 0 ? dispatch(argc - 1, argv + 1) : EXIT_USAGE));
}
