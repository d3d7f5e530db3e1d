/* The only file that knows of MPI. Its functions are looked up in Open MPI's library when mpirun has started the
 * program. */
#include "sim/explore/explore_mpi.h"

#include "sim/interrupt.h"
#include "sim/jobs.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Set by Open MPI's mpirun for each rank. */
static int number_of(const char *variable, int without)
{
    const char *text = getenv(variable);
    long value = text ? strtol(text, NULL, 10) : without;

    return value >= 0 && value < 1000000 ? (int)value : without;
}

int explore_mpi_size(void)
{
    return number_of("OMPI_COMM_WORLD_SIZE", 1);
}

#ifdef HAVE_MPI

#include <dlfcn.h>
#include <mpi.h>

#define MESSAGE_MAX (ROWS_LINE_MAX + 16)
#define PAUSE_NS 200000 /* between two looks for a message: who waits is not to take a processor [choice] */

enum tag { TAG_FREE = 1, TAG_RESULT, TAG_FAILURE, TAG_POINT, TAG_HOME };

static struct {
    void *library, *world, *bytes;
    int rank, size;
    __typeof__(MPI_Init) *init;
    __typeof__(MPI_Finalize) *finalize;
    __typeof__(MPI_Comm_rank) *comm_rank;
    __typeof__(MPI_Comm_size) *comm_size;
    __typeof__(MPI_Iprobe) *iprobe;
    __typeof__(MPI_Recv) *recv;
    __typeof__(MPI_Send) *send;
    __typeof__(MPI_Get_count) *get_count;
} mpi;

static bool load(struct trace_error *err)
{
    static const char *const names[] = { "libmpi.so.40", "libmpi.so" };
    const struct {
        const char *name;
        void **where;
    } symbols[] = {
        { "MPI_Init", (void **)&mpi.init },           { "MPI_Finalize", (void **)&mpi.finalize },
        { "MPI_Comm_rank", (void **)&mpi.comm_rank }, { "MPI_Comm_size", (void **)&mpi.comm_size },
        { "MPI_Iprobe", (void **)&mpi.iprobe },       { "MPI_Recv", (void **)&mpi.recv },
        { "MPI_Send", (void **)&mpi.send },           { "MPI_Get_count", (void **)&mpi.get_count },
        { "ompi_mpi_comm_world", &mpi.world },        { "ompi_mpi_byte", &mpi.bytes },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names && !mpi.library; i++)
        mpi.library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL); /* its own plug-ins look for its symbols */
    if (!mpi.library)
        return error_set(err, "mpirun has started this, but Open MPI's library is not there: %s", dlerror());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        *symbols[i].where = dlsym(mpi.library, symbols[i].name);
        if (!*symbols[i].where)
            return error_set(err, "Open MPI's library has no %s", symbols[i].name);
    }
    return true;
}

int explore_mpi_begin(struct trace_error *err)
{
    if (explore_mpi_size() <= 1)
        return 0;
    if (!load(err))
        return -1;
    if (mpi.init(NULL, NULL) != MPI_SUCCESS || mpi.comm_rank(mpi.world, &mpi.rank) != MPI_SUCCESS ||
        mpi.comm_size(mpi.world, &mpi.size) != MPI_SUCCESS) {
        error_set(err, "MPI cannot be started");
        return -1;
    }
    return mpi.rank;
}

/* Waits for a message and takes it, with a NUL behind it. Returns who sent it and its tag; -1: the user wants an end
 * first. */
static int receive(char text[MESSAGE_MAX + 1], int *tag)
{
    MPI_Status status;
    int there = 0, count = 0;

    for (;;) {
        if (mpi.iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, mpi.world, &there, &status) != MPI_SUCCESS)
            return -1;
        if (there)
            break;
        if (mpi.rank == 0 && interrupt_asked())
            return -1;
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
    }
    if (mpi.recv(text, MESSAGE_MAX, mpi.bytes, status.MPI_SOURCE, status.MPI_TAG, mpi.world, &status) != MPI_SUCCESS ||
        mpi.get_count(&status, mpi.bytes, &count) != MPI_SUCCESS)
        return -1;
    text[count] = '\0';
    *tag = status.MPI_TAG;
    return status.MPI_SOURCE;
}

static void send_text(int rank, enum tag tag, const char *text)
{
    size_t count = strlen(text);

    mpi.send(text, count < MESSAGE_MAX ? (int)count : MESSAGE_MAX, mpi.bytes, rank, (int)tag, mpi.world);
}

/* Sends the next point, as "NUMBER PATH". */
static void deal(const struct explore *e, size_t point, int rank)
{
    char *text;

    if (asprintf(&text, "%zu %s", point, e->layouts.row[e->layouts.of[point]].path) < 0)
        return;
    send_text(rank, TAG_POINT, text);
    free(text);
}

/* Every rank that is free says so once; each result says so as well. */
bool explore_mpi_run(struct explore *e, const size_t *todo, size_t count, struct tally *tally, struct trace_error *err)
{
    char *text = malloc(MESSAGE_MAX + 1);
    size_t *at_work = calloc((size_t)mpi.size, sizeof *at_work); /* the point of a rank, plus 1 */
    size_t dealt = 0, done = 0;
    bool good = text && at_work;

    if (!good)
        error_set(err, "out of memory");
    while (good && done < count) {
        int tag, rank = receive(text, &tag);

        if (rank < 0) {
            e->interrupted = true;
            break;
        }
        if (tag == TAG_RESULT || tag == TAG_FAILURE) {
            size_t point = at_work[rank] - 1;

            good = tag == TAG_RESULT ? explore_take(e, point, text, err) : explore_take_failure(e, point, text, err);
            tally_step(tally);
            done++;
        }
        at_work[rank] = dealt < count ? todo[dealt] + 1 : 0;
        if (dealt < count)
            deal(e, todo[dealt++], rank);
    }
    free(at_work);
    free(text);
    return good;
}

/* One point on a rank: in a process of its own, like everywhere. */
struct served {
    const struct explore *e;
    size_t point;
    const char *path;
};

static int work(void *context, size_t piece, FILE *result)
{
    const struct served *s = context;

    (void)piece;
    return explore_replay(s->e, s->point, s->path, result);
}

static bool take(void *context, const struct job_result *result)
{
    char reason[JOBS_REASON_BYTES];

    (void)context;
    if (result->end == JOB_RETURNED && result->status == 0)
        send_text(0, TAG_RESULT, result->bytes);
    else
        send_text(0, TAG_FAILURE, job_reason(result, reason));
    return true;
}

void explore_mpi_serve(struct explore *e)
{
    char *text = malloc(MESSAGE_MAX + 1);
    struct served s = { .e = e };
    struct jobs jobs = {
        .count = 1, .at_once = 1, .result_max = ROWS_LINE_MAX, .context = &s, .work = work, .take = take
    };
    struct trace_error err = { "" };
    int tag;

    send_text(0, TAG_FREE, "");
    while (text && receive(text, &tag) == 0 && tag == TAG_POINT) {
        char *path;

        s.point = strtoull(text, &path, 10);
        s.path = path + 1;
        if (s.point >= e->space.points || *path != ' ')
            send_text(0, TAG_FAILURE, "rank 0 has other points: all ranks want the same command line");
        else if (!jobs_run(&jobs, &err))
            send_text(0, TAG_FAILURE, err.text);
    }
    free(text);
}

void explore_mpi_end(void)
{
    if (!mpi.library)
        return;
    for (int rank = 1; mpi.rank == 0 && rank < mpi.size; rank++)
        send_text(rank, TAG_HOME, "");
    mpi.finalize();
}

#else /* built without MPI's header */

int explore_mpi_begin(struct trace_error *err)
{
    if (explore_mpi_size() <= 1)
        return 0;
    error_set(err,
              "mpirun has started this, but it is built without Open MPI: with libopenmpi-dev, `make` again, or share "
              "the points with --part");
    return -1;
}

bool explore_mpi_run(struct explore *e, const size_t *todo, size_t count, struct tally *tally, struct trace_error *err)
{
    (void)e, (void)todo, (void)count, (void)tally;
    return error_set(err, "built without MPI");
}

void explore_mpi_serve(struct explore *e)
{
    (void)e;
}

void explore_mpi_end(void) {}

#endif
