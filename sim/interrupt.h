/* Whether the user wants long work to end: the first SIGINT or SIGTERM asks for it, the next ends the program at once.
 *
 * Only a command that can tell what it has done so far watches; for the others the first signal is the last. Knows
 * nothing of files: what a program's end must remove is main's. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* Starts or ends watching. What has been asked for before is forgotten. */
void interrupt_watch(bool watch);

/* The signal that has asked for an end since interrupt_watch; 0: none. A flag is looked at: cheap, yet for each block
 * of records rather than for each record. */
int interrupt_asked(void);

/* For the handler of a signal. Returns true when the program goes on, false when the signal is to end it.
 * Async-signal-safe. */
bool interrupt_take(int number);

/* Blocks the signals that end the program, lest one comes between a look and what follows from it. */
void interrupt_hold(sigset_t *old);
void interrupt_release(const sigset_t *old);

/* In a process that works for this one, signals being held: none of them ends the program here. While it watches,
 * SIGINT and SIGTERM, as often as they come, ask this process for an end; else they and SIGHUP end this process alone.
 * Those that are ignored stay so. */
void interrupt_become_worker(void);
