/* A flag, and whose it is. */
#include "sim/interrupt.h"

#include <string.h>

static volatile sig_atomic_t watching, asked;

void interrupt_watch(bool watch)
{
    watching = watch;
    asked = 0;
}

int interrupt_asked(void)
{
    return asked;
}

bool interrupt_take(int number)
{
    if (!watching || asked || number == SIGHUP)
        return false;
    asked = number;
    return true;
}

void interrupt_hold(sigset_t *old)
{
    sigset_t ending;

    sigemptyset(&ending);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, old);
}

void interrupt_release(const sigset_t *old)
{
    pthread_sigmask(SIG_SETMASK, old, NULL);
}

static void ask(int number)
{
    asked = number;
}

void interrupt_become_worker(void)
{
    static const int ending[] = { SIGHUP, SIGINT, SIGTERM };

    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        struct sigaction old, action = { .sa_flags = SA_RESTART };

        action.sa_handler = watching && ending[i] != SIGHUP ? ask : SIG_DFL;
        if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(ending[i], &action, NULL);
    }
}
