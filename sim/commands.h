/* The commands of the program. argv[0] is the command's name, argv[argc] is NULL.
 *
 * Each returns the exit status: 0 all well; 1 a check failed; 2 usage or bad input, after a message. It prints its
 * results to standard output without checking each write: main sees a failure in the end. A command whose output is
 * long stops when ferror(stdout). */
#pragma once

int cmd_explain(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_map(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_params(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_trace(int argc, char **argv);
