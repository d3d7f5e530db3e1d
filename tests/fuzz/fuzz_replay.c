/* The replay: whatever a well-formed trace tells, it is replayed or refused. The bytes are taken as records, those that
 * no reader would deliver are left out, the rest is packed and replayed by both engines, which agree in trace order. */
#include "platforms/zynqmp/params.h"
#include "sim/replay/replay.h"
#include "sim/replay/report_detail.h"
#include "tests/temp_file.h"

#include <stdio.h>
#include <stdlib.h>
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

/* Ends the process unless all counters agree. */
static void hold_against(const struct replay *a, const struct replay *b)
{
    if (!a != !b)
        abort();
    for (unsigned i = 0; a && i < CORES_MAX; i++) {
        const struct counts *x = &a->machine->cluster.core[i].mmu.count, *y = &b->machine->cluster.core[i].mmu.count;

        if (memcmp(x, y, sizeof *x) != 0)
            abort();
    }
}

/* No two alike, so that nothing priced for something else goes unseen. */
static void set_prices(struct prices *p)
{
    p->utlb = 1;
    p->probe = 3;
    p->level = 5;
    p->ipa_cache = 7;
    p->l1d = 4;
    p->l2 = 19;
    for (int i = 0; i < MEM_CLASS_COUNT; i++)
        p->memory[i] = 211 + 37u * (unsigned)i;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct replay_request request = { .config = &config, .verify = true, .engine = REPLAY_FAST };
    struct trace_error err;
    struct replay *fast, *tlm;
    char path[TEMP_PATH_BYTES];

    temp_name(path, "fuzz");
    if (!pack(path, data, size))
        return 0;
    params_default(&config);
    set_prices(&config.price);
    config.busy.l2 = config.busy.cci = config.busy.ddr_bank = size ? data[size - 1] : 0;
    request.path = path;
    fast = replay_trace(&request, &err);
    request.engine = REPLAY_TLM;
    request.trace_order = true;
    tlm = replay_trace(&request, &err);
    hold_against(fast, tlm);
    replay_free(fast);
    replay_free(tlm);
    request.trace_order = false;
    request.quantum_ns = size ? data[0] * 10u : 0;
    request.detail = true;
    fast = replay_trace(&request, &err);
    if (fast)
        json_decref(report_detail_json(fast));
    replay_free(fast);
    unlink(path);
    return 0;
}
