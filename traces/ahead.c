/* Lanes, each a ring of blocks that a thread of its own fills; one caller empties them all. Lanes of a packed trace
 * take turns: whoever fetches a block of the file has the next one, and the caller goes by turns too. */
#include "traces/ahead.h"
#include "traces/pack_read.h"
#include "traces/processors.h"

#include <pthread.h>
#include <stdlib.h>

#define RING_PACKED (PACK_BLOCK_RECORDS / DENSE_BLOCK) /* so that no lane waits within a block for its turn */
#define RING (RING_PACKED * 3 / 4) /* of the one lane: while it inflates a block the caller has enough */

struct piece {
    struct dense_block records;
    int count; /* as trace_read_dense returned it; 0 and below: the lane has ended */
    uint64_t bytes_done;
    uint64_t turn;
    bool last; /* of its turn */
    struct trace_info counted;
};

struct lane {
    struct ahead *ahead;
    unsigned index;
    pthread_t thread;
    pthread_cond_t room;
    struct piece *ring;
    unsigned filled, emptied; /* pieces so far; under the lock */

    /* Of a packed trace. The caller has them once the lane has ended. */
    struct pack_work *work;
    bool good; /* the block that it ended with */
};

struct ahead {
    struct trace_reader *reader;
    struct pack_reader *pack; /* NULL: one lane, which calls trace_read_dense */
    int caller_cpu;           /* where the caller ran when the threads began */
    unsigned ring, lanes;     /* pieces of a lane; lanes that run */
    struct lane lane[AHEAD_THREADS_MAX];
    struct lane *at; /* where the caller's piece is, or was */
    bool holds;      /* the caller holds it */
    bool settled;    /* the end, as: */
    int end;

    pthread_mutex_t lock;
    pthread_cond_t arrived;
    uint64_t turn; /* whose pieces are taken now; under the lock, as is: */
    bool stop;

    pthread_mutex_t fetching;
    uint64_t fetched;        /* turns; under that lock, as are: */
    bool ended;              /* nothing more is to be fetched */
    struct pack_work *spare; /* the next block, which the caller has inflated while it waited; NULL: it does not, as
                                several lanes share the work, or reading might wait for a writer */
    bool spare_there, spare_good;
};

/* Waits for a free piece. Returns NULL when the caller wants no more. */
static struct piece *free_piece(struct lane *l)
{
    struct ahead *a = l->ahead;
    bool stop;

    pthread_mutex_lock(&a->lock);
    while (!a->stop && l->filled - l->emptied == a->ring)
        pthread_cond_wait(&l->room, &a->lock);
    stop = a->stop;
    pthread_mutex_unlock(&a->lock);
    return stop ? NULL : &l->ring[l->filled % a->ring];
}

static void deliver(struct lane *l, const struct piece *p)
{
    struct ahead *a = l->ahead;

    pthread_mutex_lock(&a->lock);
    l->filled++;
    if (p->turn == a->turn)
        pthread_cond_signal(&a->arrived);
    pthread_mutex_unlock(&a->lock);
}

static void *fill(void *context)
{
    struct lane *l = context;
    struct ahead *a = l->ahead;
    struct piece *p;
    int count = 1;

    processors_leave(l->ahead->caller_cpu, l->index);
    while (count > 0 && (p = free_piece(l))) {
        count = p->count = trace_read_dense(a->reader, &p->records);
        p->bytes_done = trace_bytes_done(a->reader);
        deliver(l, p);
    }
    return NULL;
}

/* Reads the next block of the file; under its lock. Returns false on damage. */
static bool fetch_into(struct ahead *a, struct pack_work *w)
{
    bool good = pack_work_fetch(w, pack_read_source(a->pack));

    a->ended = !good || w->block.kind != PACK_RECORDS;
    return good;
}

/* Takes the next block of the file. Returns false when there is none. */
static bool fetch(struct lane *l, uint64_t *turn)
{
    struct ahead *a = l->ahead;
    bool more;

    pthread_mutex_lock(&a->fetching);
    more = a->spare_there || !a->ended;
    if (more)
        *turn = a->fetched++;
    if (a->spare_there) {
        pack_work_swap(l->work, a->spare);
        l->good = a->spare_good;
        a->spare_there = false;
    } else if (more) {
        l->good = fetch_into(a, l->work);
    }
    pthread_mutex_unlock(&a->fetching);
    return more;
}

/* What a caller can do for a lane that is too slow for it: inflate the next block, a tenth of the lane's work. */
static void help(struct ahead *a)
{
    pthread_mutex_lock(&a->fetching);
    if (!a->ended && a->spare && !a->spare_there) {
        a->spare_good = fetch_into(a, a->spare) && pack_work_inflate(a->spare);
        a->spare_there = true;
    }
    pthread_mutex_unlock(&a->fetching);
}

/* Decodes a piece of the block that the lane has at work, or tells that it has ended. */
static void decode_piece(struct lane *l, struct piece *p)
{
    struct dense_block *b = &p->records;

    b->count = b->odd_count = 0;
    p->counted = (struct trace_info){ 0 };
    p->bytes_done = l->work->bytes_done;
    if (l->good && l->work->block.kind == PACK_RECORDS) {
        l->good = pack_work_decode(l->work, b, DENSE_BLOCK) > 0;
        if (l->good)
            p->counted = l->work->decoder.counted;
    }
    p->last = l->good && l->work->decoder.left == 0;
    p->count = b->count > 0 ? (int)b->count : -1; /* what came before damage is delivered first */
}

/* Returns false when it was the lane's last block. */
static bool decode_block(struct lane *l, uint64_t turn)
{
    struct piece *p;
    bool last = false, more = true;

    while (more && !last) {
        p = free_piece(l);
        if (!p)
            return false;
        p->turn = turn;
        decode_piece(l, p);
        more = p->count > 0;
        last = more && p->last;
        deliver(l, p); /* and the caller may have taken it already */
    }
    return more;
}

/* Nothing behind damage will be wanted. */
static void end_fetching(struct ahead *a)
{
    pthread_mutex_lock(&a->fetching);
    a->ended = true;
    pthread_mutex_unlock(&a->fetching);
}

static void *fill_packed(void *context)
{
    struct lane *l = context;
    uint64_t turn = 0;
    bool more = true;

    processors_leave(l->ahead->caller_cpu, l->index);
    if (l->index == 0 && l->work->decoder.left > 0) /* the reader's own block, begun or not */
        more = decode_block(l, turn);
    while (more && fetch(l, &turn)) {
        l->good = l->good && pack_work_open(l->work);
        more = decode_block(l, turn);
    }
    end_fetching(l->ahead);
    return NULL;
}

/* Starts a lane. Returns false when there is no memory or no thread to be had. */
static bool start_lane(struct ahead *a, unsigned index)
{
    struct lane *l = &a->lane[index];

    l->ahead = a;
    l->index = index;
    l->good = true;
    l->ring = calloc(a->ring, sizeof *l->ring);
    if (a->pack)
        l->work = index == 0 ? pack_read_work(a->pack) : calloc(1, sizeof *l->work);
    pthread_cond_init(&l->room, NULL);
    if (l->ring && (l->work || !a->pack) && pthread_create(&l->thread, NULL, a->pack ? fill_packed : fill, l) == 0)
        return true;
    pthread_cond_destroy(&l->room);
    free(l->ring);
    if (index > 0)
        free(l->work);
    return false;
}

struct ahead *ahead_start(struct trace_reader *r, unsigned threads)
{
    struct ahead *a = calloc(1, sizeof *a);
    unsigned lanes = threads < AHEAD_THREADS_MAX ? threads : AHEAD_THREADS_MAX;

    if (!a)
        return NULL;
    a->reader = r;
    a->caller_cpu = processors_here();
    a->pack = trace_get_pack(r);
    if (a->pack && !pack_read_to_records(a->pack))
        a->pack = NULL; /* there is nothing to share */
    a->ring = a->pack && lanes > 1 ? RING_PACKED : RING;
    if (a->pack && pack_read_work(a->pack)->decoder.left > 0)
        a->fetched = 1;
    if (a->pack && lanes == 1 && pack_read_source(a->pack)->bytes > 0)
        a->spare = calloc(1, sizeof *a->spare);
    pthread_mutex_init(&a->lock, NULL);
    pthread_mutex_init(&a->fetching, NULL);
    pthread_cond_init(&a->arrived, NULL);
    while (a->lanes < (a->pack ? lanes : 1) && start_lane(a, a->lanes))
        a->lanes++;
    a->at = a->lane;
    if (a->lanes > 0)
        return a;
    ahead_stop(a);
    return NULL;
}

/* Gives the caller's piece back to its lane; under the lock. */
static void give_back(struct ahead *a)
{
    struct lane *l = a->at;

    if (a->pack && l->ring[l->emptied % a->ring].last)
        a->turn++;
    l->emptied++;
    if (l->filled - l->emptied <= a->ring / 2) /* to be woken for each piece would take the thread's time */
        pthread_cond_signal(&l->room);
}

/* Finds the lane whose turn it is, if its piece is there; under the lock. */
static struct lane *find_lane(const struct ahead *a, struct lane *lanes)
{
    for (unsigned i = 0; i < a->lanes; i++) {
        struct lane *l = &lanes[i];

        if (l->filled != l->emptied && l->ring[l->emptied % a->ring].turn == a->turn)
            return l;
    }
    return NULL;
}

/* What the caller is told of a piece in its turn. */
static int settle(struct ahead *a, const struct piece *p)
{
    if (!a->pack)
        return p->count;
    if (p->count > 0) {
        pack_read_count(a->pack, &p->counted, p->bytes_done);
        return p->count;
    }
    if (!a->settled)
        a->end = pack_read_settle(a->pack, a->at->work, a->at->good);
    a->settled = true;
    return a->end;
}

int ahead_next(struct ahead *a, const struct dense_block **block, uint64_t *bytes_done)
{
    const struct piece *p;
    bool helped = false;
    struct lane *l;

    pthread_mutex_lock(&a->lock);
    if (a->holds)
        give_back(a);
    while (!(l = find_lane(a, a->lane))) {
        if (a->spare && !helped) {
            pthread_mutex_unlock(&a->lock);
            help(a);
            pthread_mutex_lock(&a->lock);
            helped = true;
        } else {
            pthread_cond_wait(&a->arrived, &a->lock);
        }
    }
    p = &l->ring[l->emptied % a->ring];
    a->at = l;
    a->holds = p->count > 0; /* the last one stays: whoever asks again is told the same */
    pthread_mutex_unlock(&a->lock);
    *block = &p->records;
    *bytes_done = p->bytes_done;
    return settle(a, p);
}

void ahead_stop(struct ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    for (unsigned i = 0; i < a->lanes; i++)
        pthread_cond_signal(&a->lane[i].room);
    pthread_mutex_unlock(&a->lock);
    for (unsigned i = 0; i < a->lanes; i++) {
        struct lane *l = &a->lane[i];

        pthread_join(l->thread, NULL);
        pthread_cond_destroy(&l->room);
        free(l->ring);
        if (i > 0 && l->work) {
            pack_work_free(l->work);
            free(l->work);
        }
    }
    if (a->spare)
        pack_work_free(a->spare);
    free(a->spare);
    pthread_cond_destroy(&a->arrived);
    pthread_mutex_destroy(&a->fetching);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
