/* The program: which command, and whether its output arrived. The only file that ends the process.
 *
 * Standard output is checked once, here: what could not be written makes exit status 2 with a message, except when the
 * reader of a pipe has left (`stagewalk ... | head`): then exit status 2 without one, and never a signal. */
#include "sim/commands.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/progress.h"
#include "sim/say.h"
#include "sim/suggest.h"
#include "sim/version.h"
#include "traces/out_file.h"
#include "traces/temp_dir.h"

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
    { "explain", cmd_explain, "tell one translation step by step, and who decided what" },
    { "map", cmd_map, "build the stage-2 map of a domain as a version of Xen does; compare versions" },
    { "explore", cmd_explore, "replay a trace on many machines and under many page-table layouts; compare" },
    { "lint", cmd_lint, "find mapping mistakes of domains and tables: types, permissions, overlaps, encodings" },
    { "trace", cmd_trace, "inspect, print, pack, import, cut, rewrite and generate traces" },
    { "params", cmd_params, "list every parameter with its value, range and source" },
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_usage(FILE *stream)
{
    fputs("usage: stagewalk COMMAND [options] [FILE...]\n"
          "       stagewalk help [--options] COMMAND\n"
          "       stagewalk --help | --version\n"
          "\n"
          "A cycle-approximate simulator of the two-stage MMU of the ZynqMP's Cortex-A53.\n"
          "\n"
          "Commands:\n",
          stream);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-8s  %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "help --options: what the command accepts, an option a line, before its help.\n"
          "\n"
          "Examples:\n"
          "  stagewalk replay --json report.json guest.swt\n"
          "  stagewalk merge Normal-WB/ish Device-nGnRE\n"
          "  stagewalk explain --el 0 tests/golden/nested-walk.sw 0x10\n"
          "  stagewalk params --guesses\n"
          "\n"
          "Exit status: 0 all well; 1 a check failed, or what was explained is a fault; 2 usage, bad input,\n"
          "or output that could not be written.\n",
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

    if (argc > 1 && strcmp(argv[1], "--options") == 0) {
        options_tell(stdout);
        argc--;
        argv++;
    }
    char *help_argv[] = { argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : option, argc > 2 ? option : NULL, NULL };

    if (argc < 2) {
        print_usage(stdout);
        return 0;
    }
    command = find(argv[1]);
    if (command && argc > (command->run == cmd_trace ? 3 : 2)) /* `help trace cat` is help on a part */
        return say_error("help wants one command");
    return command ? command->run(argc, help_argv) : unknown_command(argv[1]);
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

/* Returns errno of why standard output fails, 0 when it does so no more. What could not be written may have been
 * dropped with its reason; one byte more then meets the same. */
static int failure_of_output(void)
{
    if (fflush(stdout) != 0)
        return errno;
    if (out_file_stdout_reason() != 0)
        return out_file_stdout_reason();
    putchar('\n');
    return fflush(stdout) != 0 ? errno : 0;
}

/* Returns the exit status: the command's unless its output was lost. */
static int finish_output(int status)
{
    int reason;

    if (!ferror(stdout) && fflush(stdout) == 0)
        return status;
    reason = failure_of_output();
    if (reason != EPIPE && !reader_has_left())
        say_error("cannot write to standard output%s%s", reason ? ": " : "", reason ? strerror(reason) : "");
    return EXIT_USAGE;
}

/* Ends the program by the signal that it is, once nothing unfinished is left; unless a command is to end its work
 * first. */
static void end(int number)
{
    if (interrupt_take(number))
        return;
    progress_wipe();
    out_file_remove_unfinished(say_unwritten);
    temp_dir_remove_in_handler();
    signal(number, SIG_DFL);
    raise(number);
}

static void set_signals(void)
{
    static const int ending[] = { SIGHUP, SIGINT, SIGTERM };
    struct sigaction old, action = { .sa_handler = end, .sa_flags = SA_RESTART };

    signal(SIGPIPE, SIG_IGN); /* a write then fails with EPIPE */
    signal(SIGXFSZ, SIG_IGN); /* ... with EFBIG */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&action.sa_mask, ending[i]);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup stays so */
            sigaction(ending[i], &action, NULL);
    }
}

int main(int argc, char **argv)
{
    int status;

    if (!occupy_standard_streams())
        return EXIT_USAGE;
    set_signals();
    status = finish_output(argc > 0 ? dispatch(argc - 1, argv + 1) : EXIT_USAGE);
    if (interrupt_asked()) /* whoever has started the program is to know that it was interrupted */
        end(interrupt_asked());
    exit(status);
}
