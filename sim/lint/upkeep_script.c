/* The statements of a script. */
#include "models/arch/barrier.h"
#include "sim/lint/upkeep_trace.h"
#include "sim/replay/replay.h"
#include "sim/script/run.h"
#include "traces/script.h"

struct watched {
    const struct upkeep_request *request;
    struct upkeep *upkeep;
};

static void store(struct upkeep *u, unsigned cpu, const struct script_stmt *s)
{
    upkeep_store(u, cpu, PA(s->address), s->op == SCRIPT_ZERO ? s->value : 8 * (uint64_t)s->words);
    for (unsigned i = 0; s->op == SCRIPT_MEM && i < s->words; i++)
        upkeep_word(u, PA(s->address + 8 * (uint64_t)i), s->word[i]);
    if (s->op == SCRIPT_ZERO) /* invalid, wherever it is: nothing is made of it at once, and one word stands for all */
        upkeep_word(u, PA(s->address), 0);
}

static void tlbi(const struct watched *w, unsigned cpu, const struct script_stmt *s, const struct machine *m)
{
    struct tlbi t = tlbi_make(s->tlbi, s->broadcast, s->value, 2, &m->cluster.core[cpu].mmu.regs);

    if (!(w->request->ignore & REPLAY_IGNORE_TLBI))
        upkeep_tlbi(w->upkeep, cpu, &t);
}

/* Without a watcher there is none to begin with: the machine is not known before the first statement. */
static bool begin(struct watched *w, struct machine *m)
{
    struct upkeep_options options = { .machine = m, .place = "line", .exact = true };

    options.tell = w->request->tell;
    options.context = w->request->context;
    if (!w->upkeep)
        w->upkeep = upkeep_new(&options);
    return w->upkeep != NULL;
}

static const char *statement(void *context, const struct script_stmt *s, unsigned cpu, struct machine *m)
{
    struct watched *w = context;

    if (!begin(w, m))
        return "out of memory";
    if (s->op == SCRIPT_SET)
        upkeep_end(w->upkeep);
    upkeep_at(w->upkeep, s->line);
    switch (s->op) {
    case SCRIPT_REG:
        upkeep_register(w->upkeep, cpu, s->reg, s->value);
        break;
    case SCRIPT_MEM:
    case SCRIPT_ZERO:
        store(w->upkeep, cpu, s);
        break;
    case SCRIPT_ACCESS:
        upkeep_access(w->upkeep, cpu, &s->access);
        break;
    case SCRIPT_TLBI:
        tlbi(w, cpu, s, m);
        break;
    case SCRIPT_BARRIER:
        if (barrier_is_dsb(s->opcode))
            upkeep_dsb(w->upkeep, cpu, s->opcode);
        else
            upkeep_isb(w->upkeep, cpu);
        break;
    case SCRIPT_PLATFORM: /* its tables and registers, like those of a snapshot, are where a machine starts */
    case SCRIPT_MEMORY:
    case SCRIPT_NONE:
    case SCRIPT_SET:
    case SCRIPT_PARAM:
    case SCRIPT_CPU:
    case SCRIPT_AT:
        break;
    }
    return NULL;
}

bool upkeep_script(const struct upkeep_request *q, struct upkeep_result *result, struct trace_error *err)
{
    struct watched w = { .request = q };
    const struct run_watch watch = { .statement = statement, .context = &w };
    const struct run_request request = { .path = q->path, .config = q->config, .keep = q->keep, .watch = &watch };
    struct run_result ran;
    bool good = run_script(&request, &ran, err);

    *result =
        (struct upkeep_result){ .records = ran.statements, .interrupted = ran.interrupted, .machine = ran.machine };
    if (good && w.upkeep)
        upkeep_end(w.upkeep);
    if (w.upkeep) {
        result->judged = upkeep_judged(w.upkeep);
        result->copies = upkeep_most_copies(w.upkeep);
    }
    upkeep_free(w.upkeep);
    return good;
}
