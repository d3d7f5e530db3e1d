/* Where threads run. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* The processors that this process may run on: what there can be of use of threads. */
unsigned processors_count(void);

/* The one that the caller runs on; below 0: unknown. */
int processors_here(void);

/* Moves the caller to another processor than `from` and than the first `skip` others, if it may and there are so many:
 * a scheduler leaves a new thread where its creator is for longer than many traces take. Later it may go where it
 * will. */
void processors_leave(int from, unsigned skip);

#ifdef __cplusplus
}
#endif
