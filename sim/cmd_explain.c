/* `stagewalk explain`: a script or a trace in, one translation told step by step. */
#include "sim/commands.h"
#include "sim/explain/explain.h"
#include "sim/input.h"
#include "sim/options.h"
#include "sim/replay/replay.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/script/run.h"
#include "sim/snapshot/snapshot_state.h"
#include "sim/suggest.h"
#include "traces/error.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_BYTES 64
#define SOURCE_BYTES 512

static void print_help(void)
{
    puts("usage: stagewalk explain [options] SCRIPT|TRACE|SNAPSHOT VA\n"
         "\n"
         "Tells one translation step by step, and who decided what: the registers that steer it, each\n"
         "descriptor of a fresh walk with its fields, the memory type and the permissions and which stage\n"
         "they are from; of a fault the check that refused, the syndrome, and what Xen makes of it.\n"
         "Exit status: 0 translated, 1 the access faults, 2 bad input.\n"
         "\n"
         "SCRIPT (.sw) is run to its end, its answers not compared; of TRACE (.swt) tables and registers are\n"
         "those with which the core begins. - is a script from standard input. SNAPSHOT is an ELF file with a\n"
         "machine's memory: QEMU's dump-guest-memory, a vmcore, xl dump-core, an executable; registers that it\n"
         "does not carry come from VMCOREINFO or --reg.\n"
         "\n"
         "  --cpu N               the core (0)\n"
         "  --el 0|1|2            the exception level of the access (1)\n"
         "  --kind load|store|fetch\n"
         "                        what the access does (load)\n"
         "  --size BYTES          1, 2, 4 ... 64 (8; a fetch: 4): what must be aligned in Device memory\n"
         "  --at N                of a trace: as it is after record N, counted from 0\n"
         "  --reg NAME=VALUE      of a snapshot: a register that it does not carry; may be repeated\n"
         "  --config FILE         of a snapshot, with --xen: its memory is that of this xl.cfg's domU, under\n"
         "                        its stage 2\n"
         "  --xen PRESET          name the p2m types of stage-2 leaves, as this version of Xen writes them:");
    printf("                       ");
    for (size_t i = 0; xen_preset_at(i); i++)
        printf(" %s%s", xen_preset_at(i)->name, xen_preset_at(i + 1) ? "," : "\n");
    options_print_help(OPTION_MACHINE | OPTION_JSON);
    puts("\n"
         "Examples:\n"
         "  stagewalk explain --el 0 tests/golden/nested-walk.sw 0x10\n"
         "  stagewalk explain --xen xen-4.8.0 tests/golden/xen-passthrough.sw 0x1000\n"
         "  stagewalk explain --kind fetch --el 0 traces/samples/zcu102-domU.swt 0x53cd8c\n"
         "  stagewalk explain --cpu 1 --kind store --size 4 --at 29900 traces/samples/zcu102-domU.swt \\\n"
         "      0xffff800008005f00\n"
         "  stagewalk explain --json why.json mine.sw 0xffff000000080000\n"
         "  stagewalk explain vmcore 0xffff800008000000\n"
         "  stagewalk explain --xen xen-4.17 --config guest.cfg guest.core 0xffff000000080000\n"
         "  stagewalk explain --reg TTBR0_EL1=0x40080000 --reg TCR_EL1=0x200803519 image.elf 0x1000");
}

/* The command line: NULL is what was not given. */
struct words {
    struct options common;
    const char *kind, *xen, *at, *config;
    const char *regs[SNAPSHOT_WORDS_MAX + 1]; /* up to a NULL */
    uint64_t cpu, el, size;
    const char *path, *va;
};

/* A number and nothing else. */
static bool parse_number(const char *text, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 0);
    return isdigit((unsigned char)*text) && *end == '\0' && errno == 0;
}

/* Each returns 0, or 2 after a message. */

static int parse_kind(const struct words *w, struct access *a)
{
    const char *kind = w->kind ? w->kind : "load";

    if (strcmp(kind, "load") == 0)
        a->kind = ACCESS_LOAD;
    else if (strcmp(kind, "store") == 0)
        a->kind = ACCESS_STORE;
    else if (strcmp(kind, "fetch") == 0)
        a->kind = ACCESS_FETCH;
    else
        return say_error("explain: --kind wants load, store or fetch, not '%s'", kind);
    return 0;
}

static int parse_access(const struct words *w, struct access *a)
{
    uint64_t va, size;

    if (parse_kind(w, a) != 0)
        return 2;
    size = w->size ? w->size : a->kind == ACCESS_FETCH ? 4 : 8;
    if (!parse_number(w->va, &va))
        return say_error("explain: the VA '%s' is not a number; wants 0x... or decimal, up to 64 bits", w->va);
    if (w->el > 2)
        return say_error("explain: --el wants 0, 1 or 2, not %" PRIu64 "; EL3 is not modelled", w->el);
    if (size > SIZE_MAX_BYTES || (size & (size - 1)) != 0)
        return say_error("explain: --size wants 1, 2, 4, 8, 16, 32 or 64, not %" PRIu64, size);
    if (a->kind == ACCESS_FETCH && (va & 3) != 0)
        return say_error("explain: no instruction is fetched at 0x%" PRIx64 ": wants a multiple of 4", va);
    if (w->cpu >= w->common.config.cores)
        return say_error("explain: no core %" PRIu64 ": cluster.cores is %u, so --cpu wants 0 to %u", w->cpu,
                         w->common.config.cores, w->common.config.cores - 1);
    a->va = VA(va);
    a->size = (uint32_t)size;
    a->el = (uint8_t)w->el;
    return 0;
}

static int parse_xen(const char *name, const struct xen_preset **xen)
{
    struct suggest near;
    char hint[128];

    if (!name)
        return 0;
    *xen = xen_preset_by_name(name);
    if (*xen)
        return 0;
    suggest_init(&near, name);
    for (size_t i = 0; xen_preset_at(i); i++)
        suggest_offer(&near, xen_preset_at(i)->name);
    if (!near.best)
        return say_error("explain: --xen: no preset '%s'; `stagewalk explain --help` lists them", name);
    return say_error("explain: --xen: no preset '%s'%s", name, suggest_text(&near, hint, sizeof hint));
}

/* ---- The machine ---- */

static struct machine *run_to_its_end(const struct words *w, struct trace_error *err)
{
    struct run_request q = { .path = w->path, .config = &w->common.config, .keep = true };
    struct run_result result;

    return run_script(&q, &result, err) ? result.machine : NULL;
}

/* True when nothing has been written to a core's registers. */
static bool has_no_registers(const struct machine *m, unsigned core)
{
    static const struct sysregs none;

    return memcmp(&m->cluster.core[core].mmu.regs, &none, sizeof none) == 0;
}

/* What is wrong with the state that a replay has come to; false with *err. */
static bool replay_fits(const struct words *w, const struct replay *r, struct trace_error *err)
{
    unsigned core = (unsigned)w->cpu;

    if (w->at && r->record < r->request->records_max)
        return error_set(err, "%.150s: --at %s: it has %" PRIu64 " records, so --at wants 0 to %" PRIu64, w->path,
                         w->at, r->record, r->record - 1);
    if (!w->at && !r->started)
        return error_set(err, "%.150s: core %u does nothing in it; `stagewalk trace info` lists the cores", w->path,
                         core);
    if (w->at && has_no_registers(r->machine, core))
        return error_set(err,
                         "%.150s: core %u has no registers yet after record %s; without --at it is asked as it begins",
                         w->path, core, w->at);
    return true;
}

/* Takes the machine out of a replay, and says which state it is in. Returns NULL with *err. */
static struct machine *replay_to(const struct words *w, uint64_t at, char source[SOURCE_BYTES], struct trace_error *err)
{
    struct replay_request q = { .path = w->path, .config = &w->common.config, .engine = REPLAY_FAST };
    struct machine *m = NULL;
    struct replay *r;

    q.part = w->at ? REPLAY_FIRST : REPLAY_START;
    q.records_max = at + 1;
    q.start_core = (unsigned)w->cpu;
    r = replay_trace(&q, err);
    if (!r)
        return NULL;
    if (replay_fits(w, r, err)) {
        if (w->at)
            snprintf(source, SOURCE_BYTES, "%.400s after record %" PRIu64, w->path, at);
        else
            snprintf(source, SOURCE_BYTES, "%.400s as core %u begins, before record %" PRIu64, w->path, q.start_core,
                     r->record);
        m = r->machine;
        r->machine = NULL;
    }
    replay_free(r);
    return m;
}

/* A machine with a snapshot beneath, and its registers, as far as the access needs them. */
static struct machine *snapshot_machine(const struct words *w, const struct explain_request *q,
                                        struct snapshot_state *state, struct trace_error *err)
{
    struct world_request world = { .preset = q->xen, .config = { w->config } };
    struct machine *m = machine_new(&w->common.config);

    if (!m)
        error_set(err, "%.150s: out of memory", w->path);
    else if (snapshot_state_read(state, m, w->path, err) && (!w->config || snapshot_state_under(state, &world, err)) &&
             snapshot_state_finish(state, w->regs, err) && snapshot_state_serves(state, q->core, &q->access, err))
        return m;
    machine_free(m);
    return NULL;
}

/* ---- The command ---- */

static json_t *to_json(const struct explanation *e, const struct snapshot_state *state)
{
    json_t *o = explain_json(e);

    if (o && state)
        json_object_set_new(o, "snapshot", snapshot_state_json(state, e->request->core));
    return o;
}

/* `state`: of a snapshot; else NULL. */
static int tell(const struct words *w, struct machine *m, const struct explain_request *q,
                const struct snapshot_state *state)
{
    struct explanation *e = explain(m, q);
    int status;

    if (!e)
        return say_error("explain: out of memory");
    status = explain_faulted(e) ? 1 : 0;
    if (!w->common.json) {
        if (state)
            snapshot_state_print(stdout, state, q->core);
        explain_print(stdout, e);
    } else if (result_file_json(w->common.json, to_json(e, state)) != 0) {
        status = 2;
    }
    free(e);
    if (state && backing_failed(m->backing))
        return say_error("%s: a page of it can no longer be read", w->path);
    return status;
}

static int explain_snapshot(const struct words *w, struct explain_request q)
{
    struct snapshot_state state;
    struct trace_error err;
    struct machine *m;
    int status;

    q.source = w->path;
    m = snapshot_machine(w, &q, &state, &err);
    if (!m)
        return result_file_refuse(&err);
    status = tell(w, m, &q, &state);
    machine_free(m);
    return status;
}

static int explain_machine(const struct words *w, struct explain_request q, uint64_t at)
{
    char source[SOURCE_BYTES];
    struct trace_error err;
    struct machine *m;
    int status;

    snprintf(source, sizeof source, "%.400s at its end", w->path);
    q.source = source;
    m = q.of_trace ? replay_to(w, at, source, &err) : run_to_its_end(w, &err);
    if (!m)
        return result_file_refuse(&err);
    if (q.core >= m->cluster.config.cores)
        status = say_error("explain: no core %u: the script sets cluster.cores to %u", q.core, m->cluster.config.cores);
    else
        status = tell(w, m, &q, NULL);
    machine_free(m);
    return status;
}

static int explain_words(const struct words *w)
{
    struct explain_request q = { .core = (unsigned)w->cpu };
    uint64_t at = 0;

    if (parse_access(w, &q.access) != 0 || parse_xen(w->xen, &q.xen) != 0)
        return 2;
    if (result_file_check_input(w->common.json, w->path) != 0 ||
        (w->config && result_file_check_input(w->common.json, w->config) != 0))
        return 2;
    q.of_trace = input_is_trace(w->path);
    q.of_snapshot = !q.of_trace && (snapshot_is(w->path) || w->regs[0] || w->config);
    if (q.of_trace && (w->regs[0] || w->config))
        return say_error("explain: --reg and --config go with a snapshot; '%s' is a trace", w->path);
    if (w->config && !q.xen)
        return say_error("explain: --config wants --xen PRESET beside it");
    if (w->at && !q.of_trace)
        return say_error("explain: --at goes with a packed trace (.swt); '%s' is none", w->path);
    if (w->at && (!parse_number(w->at, &at) || at == UINT64_MAX))
        return say_error("explain: --at wants the number of a record, not '%s'", w->at);
    return q.of_snapshot ? explain_snapshot(w, q) : explain_machine(w, q, at);
}

int cmd_explain(int argc, char **argv)
{
    struct words w = { .el = 1 };
    const struct option_spec own[] = { { "cpu", .number = &w.cpu },
                                       { "el", .number = &w.el },
                                       { "kind", .text = &w.kind },
                                       { "size", .number = &w.size },
                                       { "at", .text = &w.at },
                                       { "xen", .text = &w.xen },
                                       { "reg", .list = w.regs, .list_max = SNAPSHOT_WORDS_MAX },
                                       { "config", .text = &w.config } };
    const struct option_set set = { OPTION_MACHINE | OPTION_JSON, own, sizeof own / sizeof *own };
    int first = options_parse(&w.common, argc, argv, &set);

    if (first < 0)
        return 2;
    if (w.common.help) {
        print_help();
        return 0;
    }
    if (argc - first != 2)
        return say_error("explain wants SCRIPT, TRACE or SNAPSHOT, and a VA; `stagewalk help explain` tells more");
    w.path = argv[first];
    w.va = argv[first + 1];
    if (*w.path == '\0')
        return say_error("explain: empty file name");
    return explain_words(&w);
}
