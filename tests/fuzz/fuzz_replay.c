/* The replay: whatever a well-formed trace tells, it is replayed or refused. The bytes are taken as records, those that no
 * reader would deliver are left out, the rest is packed and replayed. */
#include "platforms/zynqmp/params.h"
#include "sim/replay.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small numbers for what a reader bounds, so that most records are well-formed. */
static struct trace_rec record_at(const uint8_t *data)
{
    struct trace_rec rec;

    memcpy(&rec, data, sizeof rec);
    rec.op %= REC_OP_COUNT;
    rec.core &= 3;
    rec.el %= 3;
    rec.flags &= 7;
    rec.size_log2 %= 7;
    if (rec.op == REC_FETCH) {
        rec.n = 1 + rec.n % 8;
        rec.va &= ~63ULL;
    }
    if (rec.op == REC_TABW)
        rec.pa &= ~7ULL;
    return rec;
}

static bool pack(const char *path, const uint8_t *data, size_t size)
{
    struct trace_error err;
    struct trace_writer *w = trace_create(path, "fuzz", &err);

    if (!w)
        return false;
    for (; size >= sizeof(struct trace_rec); size -= sizeof(struct trace_rec), data += sizeof(struct trace_rec)) {
        struct trace_rec rec = record_at(data);

        if (record_problem(&rec) || trace_write(w, &rec, &err))
            continue;
        trace_discard(w);
        return false;
    }
    return trace_commit(w, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct replay_request request = { .config = &config, .verify = true };
    struct trace_error err;
    char path[64];

    snprintf(path, sizeof path, "/tmp/stagewalk-fuzz-%d.swt", (int)getpid());
    if (!pack(path, data, size))
        return 0;
    params_default(&config);
    request.path = path;
    replay_free(replay_trace(&request, &err));
    unlink(path);
    return 0;
}
