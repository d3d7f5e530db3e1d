/* Statements to deeds. */
#include "sim/script/run.h"

#include "platforms/zynqmp/params.h"
#include "sim/interrupt.h"
#include "sim/machine.h"
#include "sim/map/world_words.h"
#include "sim/progress.h"
#include "sim/script/answer.h"
#include "sim/snapshot/snapshot_state.h"
#include "sim/tlm/engine.h"
#include "traces/error.h"
#include "traces/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct run {
    const struct run_request *request;
    struct run_result *result;
    struct trace_error *err;
    struct script *script;
    struct machine *machine;
    struct config config; /* as `param` has made it, since the last `set` */
    bool config_changed;  /* and the machine does not have it yet */
    unsigned cpu;
    struct engine *engine; /* NULL: prices added up at once */
    struct charge charge;  /* of the work told last */
    char set[128];
};

static bool complain(struct run *r, unsigned word, const char *what)
{
    script_complain(r->script, word, what, r->err);
    return false;
}

static void told(void *context, unsigned core, uint64_t token, const struct charge *charge)
{
    struct run *r = context;

    (void)core;
    (void)token;
    r->charge = *charge;
}

/* Starts the engine over, if one is asked for: one statement after the other, nothing at a time. */
static bool start_engine(struct run *r)
{
    const struct engine_options options = { .trace_order = true, .core_mask = ~0u };
    char why[256];

    if (!r->request->tlm)
        return true;
    r->engine = engine_start(&r->machine->cluster.config, &options, why, sizeof why);
    if (!r->engine)
        return error_set(r->err, "%.150s: the tlm engine does not start: %s", r->request->path, why);
    engine_tell(r->engine, told, r);
    return true;
}

static bool do_set(struct run *r, const char *name)
{
    r->config = *r->request->config;
    r->cpu = 0;
    r->config_changed = false;
    snprintf(r->set, sizeof r->set, "%s", name);
    machine_reset(r->machine, &r->config);
    return start_engine(r);
}

/* Reads a number that ends at `end` or at the end of the text. */
static bool read_number(const char **p, char end, uint64_t *value)
{
    char *stop;

    errno = 0;
    *value = strtoull(*p, &stop, 0);
    if (!isdigit((unsigned char)**p) || errno != 0 || (*stop != end && *stop != '\0'))
        return false;
    *p = *stop == end ? stop + 1 : stop;
    return true;
}

/* mem.ram BASE,SIZE[,BASE,SIZE]: which memory exists. */
static bool do_mem_ram(struct run *r, const char *text)
{
    r->machine->phys.ram_count = 0;
    do {
        uint64_t base, bytes;

        if (!read_number(&text, ',', &base) || !read_number(&text, ',', &bytes) || bytes == 0)
            return complain(r, 2, "mem.ram wants BASE,SIZE[,BASE,SIZE...], no size 0");
        if (!phys_add_ram(&r->machine->phys, base, bytes))
            return complain(r, 2, "mem.ram takes 8 ranges at most");
    } while (*text != '\0');
    return true;
}

static bool do_param(struct run *r, const struct script_stmt *s)
{
    char why[256];

    if (strcmp(s->name, "mem.ram") == 0)
        return do_mem_ram(r, s->text);
    if (params_set(&r->config, s->name, s->text, why, sizeof why))
        return complain(r, 1, why);
    r->config_changed = true;
    return true;
}

/* Parameters take effect before the next statement that is none, when they can be held against each other. They change
 * the machine they are for: registers and memory stay, TLBs and caches start anew. */
static bool apply_params(struct run *r)
{
    char why[256];

    if (!r->config_changed)
        return true;
    if (params_check(&r->config, why, sizeof why))
        return complain(r, 0, why);
    if (r->cpu >= r->config.cores)
        return complain(r, 0, "the core chosen by `cpu` is gone: cluster.cores is lower now");
    r->config_changed = false;
    machine_restart(r->machine, &r->config);
    return start_engine(r);
}

/* The tables and registers of a domain, as the words of the statement describe it. */
static bool install_world(struct run *r, const char *text)
{
    char words[1024], why[256];
    struct world_request q;
    struct world *w;
    struct trace_error err = { "" };
    const char *wrong;
    bool asked;

    if (snprintf(words, sizeof words, "%s", text) >= (int)sizeof words)
        return complain(r, 2, "more than 1023 characters");
    wrong = world_words_parse(words, &q, &asked, why, sizeof why);
    if (wrong || !asked)
        return wrong ? complain(r, 2, wrong) : true;
    w = calloc(1, sizeof *w);
    if (!w)
        return complain(r, 0, "out of memory");
    wrong = world_open(w, &q, &err) ? world_words_install(w, &q.guest, r->machine, &err) : err.text;
    if (wrong)
        complain(r, 2, wrong);
    world_close(w);
    free(w);
    return !wrong;
}

static bool do_platform(struct run *r, const struct script_stmt *s)
{
    if (strcmp(s->name, "zynqmp") != 0)
        return complain(r, 1, "unknown platform; there is zynqmp");
    return !s->text || install_world(r, s->text);
}

static bool do_cpu(struct run *r, unsigned cpu)
{
    if (cpu >= r->config.cores)
        return complain(r, 1, "no such core; cluster.cores says how many there are");
    r->cpu = cpu;
    return true;
}

static bool do_mem(struct run *r, const struct script_stmt *s)
{
    for (unsigned i = 0; i < s->words; i++) {
        const char *why = machine_write64(r->machine, PA(s->address + 8 * (uint64_t)i), s->word[i]);

        if (why)
            return complain(r, 1, why);
    }
    return true;
}

/* The file's memory beneath what the script writes, and the registers that it tells of. */
static bool do_memory(struct run *r, const struct script_stmt *s)
{
    static const char *const none[] = { NULL };
    struct snapshot_state state;
    struct trace_error err;

    if (snapshot_state_read(&state, r->machine, s->name, &err) && snapshot_state_finish(&state, none, &err))
        return start_engine(r);
    return complain(r, 1, err.text);
}

static bool do_zero(struct run *r, const struct script_stmt *s)
{
    const char *why = machine_zero(r->machine, PA(s->address), s->value);

    return !why || complain(r, 2, why);
}

/* What a question took: o->cycles. Returns false when the engine has failed. */
static bool price(struct run *r, const struct script_stmt *s, struct outcome *o)
{
    struct cluster *c = &r->machine->cluster;
    bool is_at = s->op == SCRIPT_AT;
    enum access_kind kind = is_at ? ACCESS_AT_READ : (enum access_kind)s->access.kind;
    struct engine_work work = { .kind = is_at ? WORK_AT : WORK_ACCESS,
                                .access = (uint8_t)kind,
                                .core = (uint8_t)r->cpu,
                                .outcome = o,
                                .traffic = &c->memsys.traffic };

    if (!r->engine)
        r->charge = is_at ? charge_at(c, o) : charge_alone(c, kind, o);
    else if (!engine_post(r->engine, &work))
        return error_set(r->err, "%.150s: the tlm engine stopped: %.200s", r->request->path, engine_failure(r->engine));
    o->cycles = charge_count(c, r->cpu, &r->charge);
    return true;
}

static bool make_answer(struct run *r, const struct script_stmt *s, struct answer *a)
{
    struct cluster *c = &r->machine->cluster;

    a->is_at = s->op == SCRIPT_AT;
    if (a->is_at) {
        struct at_request at = { .op = (uint8_t)s->at, .el = 2, .va = s->access.va };

        cluster_at(c, r->cpu, &at, &a->outcome, &a->at);
        a->fault = a->at.aborts;
    } else {
        cluster_access(c, r->cpu, &s->access, &a->outcome);
        a->fault = a->outcome.x.fault.type != FAULT_NONE;
    }
    if (!price(r, s, &a->outcome))
        return false;
    if (a->fault)
        cluster_take(c, r->cpu, &a->outcome.exception);
    return true;
}

/* The line with what stands after its arrow replaced, its comment kept. */
static void annotate(struct run *r, const struct script_stmt *s, const struct answer *a)
{
    const char *line = script_line(r->script), *arrow = strstr(line, "=>"), *comment = strchr(line, '#');

    if (!s->answers) {
        fprintf(r->request->annotated, "%s\n", line);
        return;
    }
    fprintf(r->request->annotated, "%.*s ", (int)(arrow + 2 - line), line);
    answer_print(r->request->annotated, a, s->expect.keys);
    fprintf(r->request->annotated, "%s%s\n", comment ? " " : "", comment ? comment : "");
}

static bool do_question(struct run *r, const struct script_stmt *s)
{
    const char *problem = answer_problem(&s->expect);
    struct answer a;

    if (problem)
        return complain(r, 0, problem);
    if (!make_answer(r, s, &a))
        return false;
    if (s->expect.keys) {
        r->result->answers++;
        if (!answer_agrees(&a, &s->expect)) {
            r->result->differences++;
            if (r->request->report) {
                progress_hide();
                fprintf(r->request->report, "%s:%u: [%s] %s\n    is ", r->request->path, s->line, r->set,
                        script_line(r->script));
                answer_print(r->request->report, &a, s->expect.keys);
                fprintf(r->request->report, "\n");
            }
        }
    }
    if (r->request->annotated)
        annotate(r, s, &a);
    return true;
}

static void do_tlbi(struct run *r, const struct script_stmt *s)
{
    struct cluster *c = &r->machine->cluster;
    struct tlbi t = tlbi_make(s->tlbi, s->broadcast, s->value, 2, &c->core[r->cpu].mmu.regs);

    cluster_tlbi(c, r->cpu, &t);
}

static bool do_statement(struct run *r, const struct script_stmt *s)
{
    switch (s->op) {
    case SCRIPT_SET:
        return do_set(r, s->name);
    case SCRIPT_PLATFORM:
        return do_platform(r, s);
    case SCRIPT_PARAM:
        return do_param(r, s);
    case SCRIPT_CPU:
        return do_cpu(r, s->cpu);
    case SCRIPT_REG:
        mmu_write_sysreg(&r->machine->cluster.core[r->cpu].mmu, s->reg, s->value);
        return true;
    case SCRIPT_MEM:
        return do_mem(r, s);
    case SCRIPT_MEMORY:
        return do_memory(r, s);
    case SCRIPT_ZERO:
        return do_zero(r, s);
    case SCRIPT_AT:
    case SCRIPT_ACCESS:
        return do_question(r, s);
    case SCRIPT_TLBI:
        do_tlbi(r, s);
        return true;
    case SCRIPT_BARRIER: /* everything here happens in order, and at once */
    case SCRIPT_NONE:
        break;
    }
    return true;
}

static bool show(struct run *r, const struct script_stmt *s)
{
    const struct run_watch *w = r->request->watch;
    const char *why = w && s->op != SCRIPT_NONE ? w->statement(w->context, s, r->cpu, r->machine) : NULL;

    return !why || complain(r, 0, why);
}

/* One line. Returns false and fills *r->err when it makes no sense, now or here. */
static bool run_line(struct run *r, const struct script_stmt *s)
{
    r->result->statements += s->op != SCRIPT_NONE;
    if (s->op != SCRIPT_PARAM && s->op != SCRIPT_SET && s->op != SCRIPT_NONE && !apply_params(r))
        return false;
    if (!show(r, s) || !do_statement(r, s))
        return false;
    if (r->request->annotated && s->op != SCRIPT_AT && s->op != SCRIPT_ACCESS)
        fprintf(r->request->annotated, "%s\n", script_line(r->script));
    return true;
}

static void show_progress(const struct run *r)
{
    const struct run_request *q = r->request;

    if (q->bar && r->result->statements % 256 == 0)
        progress_step(q->bar, q->bar_done, q->bar_total, q->bar_before + r->result->statements);
}

/* All of them, or as many as there are until the user wants an end. */
static bool run_lines(struct run *r)
{
    struct script_stmt s;
    int got;

    while ((got = script_next(r->script, &s, r->err)) == 1) {
        show_progress(r);
        if (interrupt_asked()) {
            r->result->interrupted = true;
            return true;
        }
        if (!run_line(r, &s))
            return false;
        if (r->request->in_place && script_is_gzipped(r->script))
            return complain(r, 0, "a gzipped script is not annotated in place: gunzip it first");
    }
    if (got == 0 && r->result->statements == 0)
        return error_set(r->err, "%s:1: no statement in it: is this a script?", r->request->path);
    if (r->machine->backing && backing_failed(r->machine->backing))
        return error_set(r->err, "%.150s: a page of its memory file can no longer be read", r->request->path);
    return got == 0 && apply_params(r);
}

bool run_script(const struct run_request *request, struct run_result *result, struct trace_error *err)
{
    struct run r = { .request = request, .result = result, .err = err, .config = *request->config, .set = "-" };
    bool good = false;

    *result = (struct run_result){ 0 };
    r.script = script_open(request->path, err);
    if (!r.script)
        return false;
    r.machine = machine_new(&r.config);
    if (r.machine)
        good = start_engine(&r) && run_lines(&r);
    else
        error_set(err, "%.150s: out of memory", request->path);
    if (good && request->keep)
        result->machine = r.machine;
    else
        machine_free(r.machine);
    script_close(r.script);
    return good;
}
