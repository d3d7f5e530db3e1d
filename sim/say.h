/* How the program tells the user what went wrong. */
#pragma once

/* Prints "stagewalk: ", the message and a newline to standard error; control characters other than newline and tab come
 * out as '?', since much of a message is somebody's file. Returns 2, the exit status of usage errors and bad input. */
int say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says that work was interrupted, so that there is no file of this name. For a signal handler: async-signal-safe. */
void say_unwritten(const char *path);
