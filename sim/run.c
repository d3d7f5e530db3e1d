/* Statements to deeds. */
#include "sim/run.h"

#include "platforms/zynqmp/params.h"
#include "sim/answer.h"
#include "sim/machine.h"
#include "traces/error.h"
#include "traces/script.h"

#include <stdlib.h>
#include <string.h>

struct run {
    const struct run_request *request;
    struct run_result *result;
    struct trace_error *err;
    struct script *script;
    struct machine *machine;
    struct config config; /* as `param` has made it, since the last `set` */
    unsigned cpu;
    char set[128];
};

static bool complain(struct run *r, const char *what)
{
    script_complain(r->script, what, r->err);
    return false;
}

static bool do_set(struct run *r, const char *name)
{
    r->config = *r->request->config;
    r->cpu = 0;
    snprintf(r->set, sizeof r->set, "%s", name);
    machine_reset(r->machine, &r->config);
    return true;
}

/* mem.ram BASE,SIZE[,BASE,SIZE]: which memory exists. */
static bool do_mem_ram(struct run *r, const char *text)
{
    const char *p = text;

    r->machine->phys.ram_count = 0;
    for (;;) {
        char *end;
        uint64_t base = strtoull(p, &end, 0), bytes;

        if (end == p || *end != ',')
            return complain(r, "mem.ram wants BASE,SIZE[,BASE,SIZE...]");
        p = end + 1;
        bytes = strtoull(p, &end, 0);
        if (end == p || (*end != ',' && *end != '\0'))
            return complain(r, "mem.ram wants BASE,SIZE[,BASE,SIZE...]");
        if (!phys_add_ram(&r->machine->phys, base, bytes))
            return complain(r, "mem.ram takes 8 ranges at most");
        if (*end == '\0')
            return true;
        p = end + 1;
    }
}

/* A parameter changes the machine it is for: registers and memory stay, TLBs and caches start anew. */
static bool do_param(struct run *r, const struct script_stmt *s)
{
    char why[256];
    struct sysregs regs[CORES_MAX];

    if (strcmp(s->name, "mem.ram") == 0)
        return do_mem_ram(r, s->text);
    if (params_set(&r->config, s->name, s->text, why, sizeof why) || params_check(&r->config, why, sizeof why))
        return complain(r, why);
    for (unsigned i = 0; i < CORES_MAX; i++)
        regs[i] = r->machine->cluster.core[i].mmu.regs;
    cluster_init(&r->machine->cluster, &r->config, r->machine->cluster.core[0].mmu.mem);
    for (unsigned i = 0; i < CORES_MAX; i++) {
        for (int k = 0; k < SYSREG_COUNT; k++)
            mmu_write_sysreg(&r->machine->cluster.core[i].mmu, (enum sysreg)k, regs[i].v[k]);
    }
    return true;
}

static bool do_platform(struct run *r, const struct script_stmt *s)
{
    if (strcmp(s->name, "zynqmp") != 0)
        return complain(r, "unknown platform; there is zynqmp");
    if (s->text)
        return complain(r, "platform zynqmp takes no keys: tables and registers are the script's to write");
    return true;
}

static bool do_cpu(struct run *r, unsigned cpu)
{
    if (cpu >= r->config.cores)
        return complain(r, "no such core; cluster.cores says how many there are");
    r->cpu = cpu;
    return true;
}

static bool do_mem(struct run *r, const struct script_stmt *s)
{
    for (unsigned i = 0; i < s->words; i++) {
        const char *why = machine_write64(r->machine, PA(s->address + 8 * (uint64_t)i), s->word[i]);

        if (why)
            return complain(r, why);
    }
    return true;
}

static void make_answer(struct run *r, const struct script_stmt *s, struct answer *a)
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
    if (a->fault)
        cluster_take(c, r->cpu, &a->outcome.exception);
}

/* The line with what stands after its arrow replaced. */
static void annotate(struct run *r, const struct script_stmt *s, const struct answer *a)
{
    const char *line = script_line(r->script), *arrow = strstr(line, "=>");

    if (!s->answers || !arrow) {
        fprintf(r->request->annotated, "%s\n", line);
        return;
    }
    fprintf(r->request->annotated, "%.*s ", (int)(arrow + 2 - line), line);
    answer_print(r->request->annotated, a, s->expect.keys);
    fprintf(r->request->annotated, "\n");
}

static void do_question(struct run *r, const struct script_stmt *s)
{
    struct answer a;

    make_answer(r, s, &a);
    if (s->expect.keys) {
        r->result->answers++;
        if (!answer_agrees(&a, &s->expect)) {
            r->result->differences++;
            if (r->request->report) {
                fprintf(r->request->report, "%s:%u: [%s] %s\n    is ", r->request->path, s->line, r->set,
                        script_line(r->script));
                answer_print(r->request->report, &a, s->expect.keys);
                fprintf(r->request->report, "\n");
            }
        }
    }
    if (r->request->annotated)
        annotate(r, s, &a);
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
    case SCRIPT_ZERO:
        phys_zero(&r->machine->phys, PA(s->address), s->value);
        return true;
    case SCRIPT_AT:
    case SCRIPT_ACCESS:
        do_question(r, s);
        return true;
    case SCRIPT_TLBI:
        do_tlbi(r, s);
        return true;
    case SCRIPT_BARRIER: /* everything here happens in order, and at once */
    case SCRIPT_NONE:
        break;
    }
    return true;
}

static bool run_lines(struct run *r)
{
    struct script_stmt s;
    int got;

    while ((got = script_next(r->script, &s, r->err)) == 1) {
        r->result->statements += s.op != SCRIPT_NONE;
        if (!do_statement(r, &s))
            return false;
        if (r->request->annotated && s.op != SCRIPT_AT && s.op != SCRIPT_ACCESS)
            fprintf(r->request->annotated, "%s\n", script_line(r->script));
    }
    if (got == 0 && r->result->statements == 0)
        return complain(r, "no statement in it: is this a script?");
    return got == 0;
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
        good = run_lines(&r);
    else
        error_set(err, "%.150s: out of memory", request->path);
    machine_free(r.machine);
    script_close(r.script);
    return good;
}
