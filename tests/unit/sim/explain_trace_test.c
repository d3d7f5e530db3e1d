/* `explain` of a trace: the state it asks is the one at the record, and the PA it tells the one that was recorded. */
#include "tests/unit/models/rows.h"

#include "platforms/zynqmp/params.h"
#include "sim/explain/explain.h"
#include "sim/replay/replay.h"

#include <stdlib.h>

static const struct row {
    const char *name, *path;
    uint64_t record; /* the first that may be asked after */
} rows[] = {
    { "dom0, at its start", "traces/samples/zcu102-dom0.swt", 100 },
    { "dom0, later", "traces/samples/zcu102-dom0.swt", 150001 },
    { "domU, at its start", "traces/samples/zcu102-domU.swt", 100 },
    { "domU, later", "traces/samples/zcu102-domU.swt", 150001 },
};

/* Finds the first access of a trace from a record on. Returns its number. */
static uint64_t read_until(const struct row *row, struct trace_rec *found)
{
    struct trace_error err;
    struct trace_reader *r = trace_open(row->path, 0, &err);
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t pa, record = 0;

    assert_non_null(r);
    while (trace_read_page(r, &pa, page) == 1)
        ;
    while (trace_read(r, found, 1) == 1 && (record < row->record || found->op > REC_STORE))
        record++;
    trace_close(r);
    return record;
}

static void check_trace(void **state)
{
    static const uint8_t kinds[] = { [REC_FETCH] = ACCESS_FETCH, [REC_LOAD] = ACCESS_LOAD, [REC_STORE] = ACCESS_STORE };
    const struct row *row = *state;
    struct config config;
    struct trace_rec rec;
    struct trace_error err;
    struct replay_request q = { .path = row->path, .config = &config, .engine = REPLAY_FAST, .part = REPLAY_FIRST };
    struct explain_request ask_for = { .source = row->path, .of_trace = true };
    struct explanation *e;
    struct replay *r;

    params_default(&config);
    q.records_max = read_until(row, &rec);
    r = replay_trace(&q, &err);
    assert_non_null(r);
    assert_int_equal(r->record, q.records_max);
    ask_for.core = rec.core;
    ask_for.access = (struct access){ .va = VA(rec.va), .size = 1, .kind = kinds[rec.op], .el = rec.el };
    e = explain(r->machine, &ask_for);
    assert_non_null(e);
    assert_int_equal(e->walk.x.fault.type, FAULT_NONE);
    assert_int_equal(e->walk.x.pa.v, rec.pa);
    for (unsigned i = 0; i < e->fetch_count; i++)
        assert_false(e->fetch[i].absent);
    free(e);
    replay_free(r);
}

/* A core begins with its registers, and has done nothing. */
static void a_core_begins_with_its_registers(void **state)
{
    struct config config;
    struct replay_request q = { .path = rows[2].path, .config = &config, .engine = REPLAY_FAST };
    struct trace_error err;

    (void)state;
    params_default(&config);
    q.part = REPLAY_START;
    for (q.start_core = 0; q.start_core < 3; q.start_core++) {
        struct replay *r = replay_trace(&q, &err);
        const struct mmu *m;

        assert_non_null(r);
        assert_true(r->started);
        m = &r->machine->cluster.core[q.start_core].mmu;
        assert_true(m->regs.v[SYSREG_HCR_EL2] != 0);
        assert_int_equal(m->count.v[COUNT_INST_RETIRED], 0);
        replay_free(r);
    }
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check_trace, ROWS_OF(rows));
    rows_add_test(&r, "a core begins with its registers", a_core_begins_with_its_registers, NULL);
    return rows_run(&r, "explain_trace");
}
