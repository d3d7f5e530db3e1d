/* Handing in, and settling. */
#include "sim/replay/replay_cost.h"
#include "sim/replay/replay_batch.h"

#include "sim/replay/replay_detail.h"
#include "sim/replay/replay_hot.h"
#include "sim/replay/replay_rows.h"
#include "sim/tlm/engine.h"
#include "traces/error.h"

#include <stdlib.h>
#include <string.h>

/* What is to be done once an access's cycles are known; small enough to travel with it. */
struct ticket {
    uint8_t latency; /* enum latency_kind; LATENCY_KIND_COUNT: it has none */
    uint8_t row;     /* it has one */
    uint16_t domain; /* index of stats.domain; DOMAIN_COUNT: none */
    uint32_t hot;    /* of hot.h; 0: none. With a sample, which has no hot: its note */
};

_Static_assert(sizeof(struct ticket) == sizeof(uint64_t), "a ticket travels as a number");

static const struct ticket no_ticket = { .latency = LATENCY_KIND_COUNT, .domain = DOMAIN_COUNT };

static uint16_t domain_at(const struct replay *r, unsigned core, unsigned el)
{
    return (uint16_t)(r->core[core].domain[el] - r->stats.domain);
}

static uint16_t domain_of(const struct replay *r, const struct trace_rec *rec)
{
    return domain_at(r, rec->core, rec->el);
}

/* Where what a core's work took is written down. */
struct account {
    unsigned core;
    struct pending_row *row; /* with ticket.row */
    struct counts *count;
    struct latency *latency; /* by kind */
    struct domain *domain;
};

static struct account account_of(struct replay *r, unsigned core, struct pending_row *row)
{
    return (struct account){ core, row, &r->machine->cluster.core[core].mmu.count, r->stats.latency, r->stats.domain };
}

/* The cycles are known, of so many works that took the same: more than one with replay_cost_same alone. */
static inline void settle(struct replay *r, const struct account *to, struct ticket ticket, const struct charge *charge,
                          uint64_t times)
{
    const uint32_t hidden = r->machine->cluster.config.price.utlb; /* which is added for all accesses */
    uint32_t cycles = charge_add(to->count, charge, times);

    if (r->sample) {
        sample_told(r, to->core, ticket.hot, ticket.latency, charge);
        return;
    }
    if (ticket.domain < DOMAIN_COUNT) {
        to->domain[ticket.domain].xlat_wait += charge->xlat_wait * times;
        to->domain[ticket.domain].line_wait += charge->line_wait * times;
    }
    if (ticket.latency == LATENCY_KIND_COUNT)
        return;
    stats_latency(&to->latency[ticket.latency], cycles, times);
    if (r->detail)
        detail_cycles(r->detail, &(struct detail_who){ to->core, ticket.domain, (enum latency_kind)ticket.latency },
                      cycles, charge->xlat_wait);
    to->domain[ticket.domain].cycles += (cycles - hidden) * times;
    if (ticket.hot)
        hot_add_cycles(r->hot, ticket.hot, cycles - hidden);
    if (ticket.row)
        replay_rows_complete(r, to->core, to->row, cycles);
}

/* A core's works are told in their order: the row is the first that lacks its cycles. */
static void told(void *context, unsigned core, uint64_t token, const struct charge *charge)
{
    struct replay *r = context;
    const struct account to = account_of(r, core, r->core[core].first_row);
    struct ticket ticket;

    memcpy(&ticket, &token, sizeof ticket);
    settle(r, &to, ticket, charge, 1);
}

/* What is told on another thread, and nobody wants to know before the end. */
struct replay_aside {
    struct latency latency[LATENCY_KIND_COUNT];
    struct domain domain[DOMAIN_COUNT];
    struct counts count[CORES_MAX];
};

static void told_aside(void *context, unsigned core, uint64_t token, const struct charge *charge)
{
    struct replay *r = context;
    struct replay_aside *a = r->aside;
    const struct account to = { core, NULL, &a->count[core], a->latency, a->domain };
    struct ticket ticket;

    memcpy(&ticket, &token, sizeof ticket);
    settle(r, &to, ticket, charge, 1);
}

/* Adds it to the rest. */
static void join(struct replay *r)
{
    for (unsigned k = 0; k < LATENCY_KIND_COUNT; k++)
        stats_latency_add(&r->stats.latency[k], &r->aside->latency[k]);
    for (unsigned i = 0; i < DOMAIN_COUNT; i++)
        stats_domain_add_costs(&r->stats.domain[i], &r->aside->domain[i]);
    for (unsigned core = 0; core < CORES_MAX; core++) {
        for (unsigned i = 0; i < COUNT_COUNT; i++)
            r->machine->cluster.core[core].mmu.count.v[i] += r->aside->count[core].v[i];
    }
}

/* The instructions of a record: what is fetched is worked at behind its fetch. */
static uint64_t fetched_by(const struct trace_rec *rec)
{
    return rec->op == REC_FETCH ? rec->n : 0;
}

static uint64_t fetched_at(const struct dense *d)
{
    return LANE_KIND(d->what) == ACCESS_FETCH ? dense_n(d->what) + 1 : 0;
}

/* Hands a core's work to the engine, with the instructions that it has worked at since its last one, but for those
 * `behind` this. [choice: a run of instructions is worked at before the accesses it makes, each a cycle] */
static void post(struct replay *r, unsigned core, uint64_t behind, struct engine_work *work, struct ticket ticket)
{
    struct replay_core *k = &r->core[core];
    const uint64_t done = replay_batch_instructions(r, core) - behind;

    if (r->sample && !sample_is_timed(r->sample))
        return;
    work->core = (uint8_t)core;
    work->before = done - k->posted;
    if (work->kind == WORK_ACCESS || work->kind == WORK_AT)
        work->traffic = &r->machine->cluster.memsys.traffic;
    memcpy(&work->token, &ticket, sizeof ticket);
    k->posted = done;
    r->engine_failed |= !engine_post(r->engine, work);
}

bool replay_cost_begin(struct replay *r, struct trace_error *err)
{
    const struct replay_request *q = r->request;
    const struct trace_info *info = trace_get_info(r->reader);
    bool several = info->cores != 1; /* 0: not known in advance, as in a pipe */
    struct engine_options options = { q->quantum_ns, q->trace_order, info->core_mask, q->vcd, q->timeline, false };
    char why[256];

    r->tlm = q->engine == REPLAY_TLM || (q->engine == REPLAY_AUTO && several);
    r->cycles_alone = !(r->rows || r->hot || r->detail || r->sample);
    if (r->sample)
        sample_begin(r);
    if (!r->tlm)
        return true;
    r->aside = r->cycles_alone && q->threads > 1 ? calloc(1, sizeof *r->aside) : NULL;
    options.own_thread = r->aside != NULL;
    r->engine = engine_start(&r->machine->cluster.config, &options, why, sizeof why);
    if (!r->engine)
        return error_set(err, "%.150s: the tlm engine does not start: %s", q->path, why);
    engine_tell(r->engine, r->aside ? told_aside : told, r);
    return true;
}

void replay_cost_lines_of(struct replay *r, const struct trace_rec *rec)
{
    if (!r->request->tarmac)
        return;
    tarmac_out_event(&r->lines, rec);
    replay_rows_lines(r, rec->core);
}

/* The walk of an access that is not the trace's own. */
static void tell_walk(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o)
{
    if (r->request->tarmac)
        tarmac_out_walk(&r->lines, &r->machine->cluster.core[rec->core].mmu, rec, a, o);
}

/* True when there is nothing to price: it was done in its micro-TLB and its L1. */
static bool is_plain(const struct replay *r, const struct outcome *o)
{
    return o->x.steps.count == 0 && o->second.count == 0 && r->machine->cluster.memsys.traffic.count == 0;
}

/* Prices a work as if the core were alone. */
static void charge_now(struct replay *r, unsigned core, const struct engine_work *work, struct ticket ticket)
{
    struct cluster *c = &r->machine->cluster;
    const struct account to = account_of(r, core, r->core[core].last_row); /* which has just been kept */
    struct charge charge = work->kind == WORK_AT ? charge_at(c, work->outcome)
                                                 : charge_alone(c, (enum access_kind)work->access, work->outcome);

    settle(r, &to, ticket, &charge, 1);
}

/* post, or charge_now. */
static void hand_in(struct replay *r, unsigned core, uint64_t behind, struct engine_work *work, struct ticket ticket)
{
    if (r->sample && !sample_price(r, core, work, ticket.latency, &ticket.hot))
        return;
    if (r->tlm)
        post(r, core, behind, work, ticket);
    else
        charge_now(r, core, work, ticket);
}

void replay_cost_access(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o)
{
    struct engine_work work = { .kind = WORK_ACCESS, .access = a->kind, .outcome = o };
    struct ticket ticket = { .latency = (uint8_t)replay_latency_kind((enum rec_op)rec->op),
                             .domain = domain_of(r, rec) };

    if (r->request->records || r->request->tarmac)
        ticket.row = replay_rows_keep(r, rec, a, o);
    if (r->hot)
        ticket.hot = replay_hot_count(r, rec, o);
    if (r->detail)
        replay_detail_access(r, rec, a, o);
    if (!is_plain(r, o))
        hand_in(r, rec->core, fetched_by(rec), &work, ticket);
    else if (!r->sample) /* which has nothing to add to a micro-TLB hit */
        charge_now(r, rec->core, &work, ticket);
}

void replay_cost_same(struct replay *r, unsigned lane, const struct outcome *o, uint64_t times)
{
    const unsigned core = LANE_CORE(lane), latency = replay_latency_kind((enum rec_op)LANE_KIND(lane));
    const struct charge charge = charge_alone(&r->machine->cluster, (enum access_kind)LANE_KIND(lane), o);
    const struct account to = account_of(r, core, NULL);
    struct ticket ticket = { .latency = LATENCY_KIND_COUNT, .domain = domain_at(r, core, LANE_EL(lane)) };

    if (o) {
        ticket.latency = (uint8_t)latency;
        r->longer[latency] += times;
    }
    settle(r, &to, ticket, &charge, times);
}

void replay_cost_refill(struct replay *r, const struct dense *d, unsigned probes)
{
    const unsigned lane = d->what & DENSE_LANE_MASK, core = LANE_CORE(lane), kind = LANE_KIND(lane);
    const unsigned latency = replay_latency_kind((enum rec_op)kind);
    struct engine_work work = { .kind = WORK_REFILL, .access = (uint8_t)kind, .probes = (uint8_t)probes };

    r->longer[latency]++;
    post(r, core, fetched_at(d), &work,
         (struct ticket){ .latency = (uint8_t)latency, .domain = domain_at(r, core, LANE_EL(lane)) });
}

void replay_cost_unlisted(struct replay *r, const struct trace_rec *rec, const struct access *a,
                          const struct outcome *o)
{
    struct engine_work work = { .kind = WORK_ACCESS, .access = a->kind, .outcome = o };
    struct ticket ticket = no_ticket;

    tell_walk(r, rec, a, o);
    if (rec->op == REC_SYS) /* an exception record is of the level it goes to */
        ticket.domain = domain_of(r, rec);
    hand_in(r, rec->core, fetched_by(rec), &work, ticket);
}

void replay_cost_lines(struct replay *r, const struct dense *d)
{
    const unsigned lane = d->what & DENSE_LANE_MASK, core = LANE_CORE(lane);
    struct engine_work work = { .kind = WORK_ACCESS, .access = LANE_KIND(lane) };

    hand_in(r, core, fetched_at(d), &work,
            (struct ticket){ .latency = LATENCY_KIND_COUNT, .domain = domain_at(r, core, LANE_EL(lane)) });
}

void replay_cost_at(struct replay *r, const struct trace_rec *rec, const struct access *a, const struct outcome *o)
{
    struct engine_work work = { .kind = WORK_AT, .access = ACCESS_AT_READ, .outcome = o };
    struct ticket ticket = { .latency = LATENCY_KIND_COUNT, .domain = domain_of(r, rec) };

    tell_walk(r, rec, a, o);
    hand_in(r, rec->core, fetched_by(rec), &work, ticket);
}

void replay_cost_tlbi(struct replay *r, const struct trace_rec *rec, const struct tlbi *op)
{
    struct engine_work work = { .kind = WORK_TLBI,
                                .broadcast = op->broadcast,
                                .all = !tlbi_has_address((enum tlbi_op)op->op) };

    if (r->tlm)
        post(r, rec->core, 0, &work, no_ticket);
}

void replay_cost_dsb(struct replay *r, const struct trace_rec *rec)
{
    if (r->tlm)
        post(r, rec->core, 0, &(struct engine_work){ .kind = WORK_DSB }, no_ticket);
}

void replay_cost_sync(struct replay *r, const struct trace_rec *rec)
{
    if (r->tlm)
        post(r, rec->core, 0, &(struct engine_work){ .kind = WORK_SYNC }, no_ticket);
}

static bool fail(struct replay *r, struct trace_error *err)
{
    if (r->rows_lost)
        return error_set(err, "%.150s: out of memory for rows", r->request->path);
    return error_set(err, "%.150s: the tlm engine stopped: %.200s", r->request->path, engine_failure(r->engine));
}

bool replay_cost_batch(struct replay *r, struct trace_error *err)
{
    uint64_t since[CORES_MAX] = { 0 };

    if (r->sample && !sample_is_timed(r->sample) && !r->engine_failed) /* time stands still */
        return true;
    if (r->tlm && !r->engine_failed) {
        for (unsigned i = 0; i < CORES_MAX; i++)
            since[i] = replay_batch_instructions(r, i) - r->core[i].posted;
        r->engine_failed = !engine_run(r->engine, since);
    }
    return r->engine_failed || r->rows_lost ? fail(r, err) : true;
}

bool replay_cost_end(struct replay *r, struct trace_error *err)
{
    if (r->tlm && !r->engine_failed)
        r->engine_failed = !engine_stop(r->engine);
    for (unsigned i = 0; i < r->machine->cluster.config.cores && r->request->tarmac; i++) {
        tarmac_out_end(&r->lines, i);
        replay_rows_lines(r, i);
    }
    if (r->engine_failed || r->rows_lost)
        return fail(r, err);
    if (r->tlm)
        r->waits = *engine_waits(r->engine);
    if (r->aside)
        join(r);
    r->engine = NULL; /* which may be started for another replay */
    return true;
}

void replay_cost_free(struct replay *r)
{
    if (r->engine)
        engine_leave(r->engine);
    free(r->aside);
    replay_rows_free(r);
}
