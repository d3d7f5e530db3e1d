/* What the scheduler is asked for and told. */
#include "traces/processors.h"

#include <sched.h>
#include <stddef.h>

unsigned processors_count(void)
{
    cpu_set_t allowed;

    return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? (unsigned)CPU_COUNT(&allowed) : 1;
}

int processors_here(void)
{
    return sched_getcpu();
}

void processors_leave(int from, unsigned skip)
{
    cpu_set_t allowed, others;

    if (from < 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0 || !CPU_ISSET((size_t)from, &allowed) ||
        CPU_COUNT(&allowed) < 2 + (int)skip)
        return;
    others = allowed;
    CPU_CLR((size_t)from, &others);
    for (size_t cpu = 0; skip > 0; cpu++) {
        if (CPU_ISSET(cpu, &others)) {
            CPU_CLR(cpu, &others);
            skip--;
        }
    }
    if (sched_setaffinity(0, sizeof others, &others) == 0)
        sched_setaffinity(0, sizeof allowed, &allowed);
}
