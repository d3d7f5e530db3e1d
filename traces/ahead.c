/* A ring of blocks between one thread that fills and one that empties. */
#include "traces/ahead.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define BLOCKS 16
#define BLOCKS_LOW                                                                                                     \
    (BLOCKS / 2) /* the thread sleeps until so few are left: to be woken for each block would take its time */

struct block {
    struct dense_block records;
    int count; /* as trace_read_dense returned it */
    uint64_t bytes_done;
};

struct ahead {
    struct trace_reader *reader;
    int caller_cpu; /* where the caller ran when the thread began */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned filled, emptied; /* blocks so far; under the lock, as is: */
    bool stop;
    bool holds; /* the caller holds block `emptied` */
    struct block block[BLOCKS];
};

/* Waits for a free block. Returns NULL when the caller wants no more. */
static struct block *free_block(struct ahead *a)
{
    bool stop;

    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->filled - a->emptied == BLOCKS)
        pthread_cond_wait(&a->changed, &a->lock);
    stop = a->stop;
    pthread_mutex_unlock(&a->lock);
    return stop ? NULL : &a->block[a->filled % BLOCKS];
}

/* Moves this thread to another processor than the caller's, if it may: a scheduler leaves it there for longer than many
 * traces take. */
static void move_away(int from)
{
    cpu_set_t allowed, others;

    if (from < 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0 || !CPU_ISSET((size_t)from, &allowed) ||
        CPU_COUNT(&allowed) < 2)
        return;
    others = allowed;
    CPU_CLR((size_t)from, &others);
    if (sched_setaffinity(0, sizeof others, &others) == 0)
        sched_setaffinity(0, sizeof allowed, &allowed);
}

static void *fill(void *context)
{
    struct ahead *a = context;
    struct block *b;
    int count = 1;

    move_away(a->caller_cpu);

    while (count > 0 && (b = free_block(a))) {
        count = b->count = trace_read_dense(a->reader, &b->records);
        b->bytes_done = trace_bytes_done(a->reader);
        pthread_mutex_lock(&a->lock);
        a->filled++;
        pthread_cond_signal(&a->changed);
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

struct ahead *ahead_start(struct trace_reader *r)
{
    struct ahead *a = malloc(sizeof *a);

    if (!a)
        return NULL;
    a->reader = r;
    a->caller_cpu = sched_getcpu();
    a->filled = a->emptied = 0;
    a->stop = a->holds = false;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (pthread_create(&a->thread, NULL, fill, a) == 0)
        return a;
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a);
    return NULL;
}

int ahead_next(struct ahead *a, const struct dense_block **block, uint64_t *bytes_done)
{
    struct block *b;

    pthread_mutex_lock(&a->lock);
    if (a->holds) {
        a->emptied++;
        if (a->filled - a->emptied <= BLOCKS_LOW)
            pthread_cond_signal(&a->changed);
    }
    while (a->filled == a->emptied)
        pthread_cond_wait(&a->changed, &a->lock);
    b = &a->block[a->emptied % BLOCKS];
    a->holds = b->count > 0; /* the last one stays: whoever asks again is told the same */
    pthread_mutex_unlock(&a->lock);
    *block = &b->records;
    *bytes_done = b->bytes_done;
    return b->count;
}

void ahead_stop(struct ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
