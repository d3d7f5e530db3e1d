/* `stagewalk replay`: traces in; latency, memory types and mismatches out. */
#include "sim/commands.h"
#include "sim/interrupt.h"
#include "sim/jobs.h"
#include "sim/options.h"
#include "sim/replay/replay_set.h"
#include "sim/say.h"
#include "sim/tlm/engine.h"
#include "traces/processors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void print_examples(void)
{
    printf("Examples:\n"
           "  stagewalk replay --verify traces/samples/zcu102-dom0.swt\n"
           "  stagewalk replay -q --json report.json --records accesses.csv traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay -q --html report.html traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay -j 0 --json all.json dom0.swt domU.swt domV.swt\n"
           "  stagewalk replay --timeline walks.json --vcd walks.vcd traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay --xen xen-4.17 traces/samples/foreign/pages.lackey.gz\n"
           "  stagewalk replay --tarmac - -q traces/samples/zcu102-domU.swt | grep -e ' TTW ' -e ' TLB '\n"
           "  stagewalk replay --sample 2K,100 --verify traces/samples/zcu102-domU.swt\n"
           "  stagewalk replay --sample 20M,1M,200K --json estimates.json guest.swt\n"
           "  stagewalk replay --elf vmlinux@0x1f0000,vmid=2 --elf app@0xaaaae0000000,asid=7 guest.swt\n"
           "  stagewalk replay -C mmu.main_tlb.entries=1024 -C cost.ddr=150 traces/samples/zcu102-dom0.swt\n");
}

static void print_help(void)
{
    printf("usage: stagewalk replay [options] TRACE...\n"
           "\n"
           "Replays traces (.swt, or a format of others; - is standard input) through the modelled MMU and\n"
           "caches, each on a machine of its own, and reports translation latency and the memory types that\n"
           "result. TRACE may be generate:PATTERN[,KEY=VALUE...], too: trace generate --list tells the words.\n"
           "The first Ctrl-C or SIGTERM ends the replay and reports what came before it: --json says\n"
           "\"interrupted\": true, other outputs are FILE.interrupted then. The second ends the program at once.\n"
           "Exit status: 0 all well, 1 something compared has mismatched, 2 a trace cannot be replayed or an\n"
           "output cannot be written.\n"
           "\n"
           "  --verify              compare physical addresses, faults and AT results with those of the trace\n"
           "  --ignore tlbi|tabw    leave out TLB maintenance or changes of table words: what a negative control\n"
           "                        does to see that --verify notices\n"
           "  --recover             replay a damaged trace up to its damage\n"
           "  --format FORMAT       what TRACE is read as, else its content tells; `list` prints all there are\n"
           "  --xen PRESET          a trace without tables gets Linux's on demand, in this Xen's dom0, or with\n"
           "                        --config FILE in that domU; --domain, --dom0-mem and --dtb are as for `map`\n"
           "  --memory SNAPSHOT     table pages that the trace does not carry are those of a core or ELF image\n"
           "  --top N               tell which N pages of code and of data make translation slow, for each VMID\n"
           "  --elf FILE[@BIAS][,vmid=N|el2][,asid=N]\n"
           "                        by function and data object, as the symbols of this ELF file name them;\n"
           "                        BIAS is added to its addresses. May be repeated; --top is 10 then\n"
           "  -j, --jobs N          replay N traces at once, each in a process of its own; 0: as many as there\n"
           "                        are processors. Reports and their order are those of -j 1, the default\n"
           "  --show N              tell the first N mismatches of each trace on standard error (10)\n"
           "\n"
           "  --engine tlm|fast     tlm: SystemC carries time, and cores that share the L2, the interconnect and\n"
           "                        DDR wait for each other; fast: each core as if alone. Without it tlm for a\n"
           "                        trace of several cores, fast for one of a single core\n"
           "  --quantum NS          tlm: how far a core may run ahead of the others (1000); 0 is exact, slower\n"
           "  --order free|trace    tlm: free, each core in its own time (the default); trace, one record after\n"
           "                        the other and nothing at once: the cycles of fast\n"
           "  --vcd FILE            tlm: what each walker does, as signals, for GTKWave\n"
           "  --timeline FILE       tlm: walks and queues as a Chrome trace, for ui.perfetto.dev\n"
           "  --sample PERIOD,WINDOW[,WARMUP]\n"
           "                        time WINDOW records of each PERIOD (20K: 20000, 1M) and estimate the rest,\n"
           "                        with 95 %% intervals. What lies between goes through TLBs and caches, or with\n"
           "                        WARMUP only so many records before each window; of the others registers, TLB\n"
           "                        maintenance, table words and exceptions alone are carried out\n"
           "  --seed N              --sample: draws other windows (1)\n"
           "  --tarmac FILE         the replay as Tarmac text of Fast Models: IT, MR, MW, R, E, TTW, TLB and\n"
           "                        WALKCACHE lines; opcodes and data, which no trace has, are zeros\n");
    options_print_help(OPTION_COMMON);
    printf("\n"
           "--records: one CSV row an access, of one trace; --csv: every counter of every core; --json: the\n"
           "whole report; --html: that in charts and tables, and what went on over time and in the address\n"
           "spaces. With one of them on standard output, the report for people goes to standard error.\n"
           "\n");
    print_examples();
}

/* The engine, as the command line has it; NULL: not said. */
struct engine_words {
    const char *engine, *order, *vcd, *timeline;
    uint64_t quantum;
};

/* --sample and --seed, likewise. */
struct sample_words {
    const char *plan;
    uint64_t seed;
};

static bool parse_ignore(const char *what, unsigned *ignore)
{
    if (!what)
        return true;
    if (strcmp(what, "tlbi") == 0)
        *ignore = REPLAY_IGNORE_TLBI;
    else if (strcmp(what, "tabw") == 0)
        *ignore = REPLAY_IGNORE_TABW;
    else
        return false;
    return true;
}

/* Words to numbers, and what goes with what. Returns 0, or 2 after a message. */
static int parse_engine(struct replay_set *set, const struct engine_words *words)
{
    struct replay_request *q = &set->request;
    bool fast = words->engine && strcmp(words->engine, "fast") == 0;

    if (words->engine && !fast && strcmp(words->engine, "tlm") != 0)
        return say_error("replay: --engine wants tlm or fast, not '%s'", words->engine);
    if (words->order && strcmp(words->order, "free") != 0 && strcmp(words->order, "trace") != 0)
        return say_error("replay: --order wants free or trace, not '%s'", words->order);
    if (words->quantum > ENGINE_QUANTUM_MAX)
        return say_error("replay: --quantum wants 0 to %d ns, not %" PRIu64, ENGINE_QUANTUM_MAX, words->quantum);
    if (fast && (words->order || words->vcd || words->timeline))
        return say_error("replay: --order, --vcd and --timeline are of --engine tlm: fast knows no time");
    q->trace_order = words->order && strcmp(words->order, "trace") == 0;
    q->quantum_ns = words->quantum;
    q->engine = fast                                                             ? REPLAY_FAST
                : words->engine || words->order || words->vcd || words->timeline ? REPLAY_TLM
                                                                                 : REPLAY_AUTO;
    set->path[OUT_VCD] = words->vcd;
    set->path[OUT_TIMELINE] = words->timeline;
    return 0;
}

/* What --sample and --seed say, and what a sample cannot tell of. Returns 0, or 2 after a message. */
static int parse_sample(struct replay_set *set, const struct sample_words *words, struct sample_plan *plan)
{
    static const enum replay_output whole[] = { OUT_RECORDS, OUT_CSV, OUT_HTML, OUT_TARMAC, OUT_VCD, OUT_TIMELINE };
    bool tells_all = set->request.top > 0;
    const char *why;

    if (!words->plan)
        return words->seed == 1 ? 0 : say_error("replay: --seed draws the windows of --sample, which is not given");
    why = sample_parse(words->plan, plan);
    if (why)
        return say_error("replay: --sample wants %s, not '%s'", why, words->plan);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        tells_all |= set->path[whole[i]] != NULL;
    if (tells_all)
        return say_error("replay: --records, --csv, --html, --tarmac, --vcd, --timeline, --top and --elf tell of every "
                         "access, --sample measures a few: leave out one or the other");
    plan->seed = words->seed;
    set->request.sample = plan;
    return 0;
}

/* What the options of all commands say. */
static void take_common(struct replay_set *set, const struct options *o)
{
    set->quiet = o->quiet;
    set->path[OUT_RECORDS] = o->records;
    set->path[OUT_CSV] = o->csv;
    set->path[OUT_JSON] = o->json;
    set->path[OUT_HTML] = o->html;
    set->request.detail = o->html != NULL;
    set->request.progress = !o->quiet;
}

int cmd_replay(int argc, char **argv)
{
    struct options o;
    struct replay_set set = { .request.config = &o.config };
    struct engine_words words = { .quantum = 1000 };
    const char *ignore = NULL;
    uint64_t show = 10, top = UINT64_MAX, jobs = 1;
    const char *elf[SYMBOLS_FILES_MAX + 1] = { NULL };
    struct trace_input in = { NULL };
    struct sample_words sampled = { .seed = 1 };
    struct sample_plan plan;
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),
                                       { "verify", .flag = &set.request.verify },
                                       { "ignore", .text = &ignore },
                                       { "recover", .flag = &set.request.recover },
                                       { "show", .number = &show },
                                       { "engine", .text = &words.engine },
                                       { "quantum", .number = &words.quantum },
                                       { "order", .text = &words.order },
                                       { "vcd", .text = &words.vcd },
                                       { "timeline", .text = &words.timeline },
                                       { "tarmac", .text = &set.path[OUT_TARMAC] },
                                       { "memory", .text = &set.request.memory },
                                       { "top", .number = &top },
                                       { "sample", .text = &sampled.plan },
                                       { "seed", .number = &sampled.seed },
                                       { "jobs", 'j', .number = &jobs },
                                       { "elf", .list = elf, .list_max = SYMBOLS_FILES_MAX } };
    const struct option_set all = { OPTION_COMMON, own, sizeof own / sizeof *own };
    int first = options_parse(&o, argc, argv, &all);

    if (first < 0)
        return 2;
    if (o.help) {
        print_help();
        return 0;
    }
    if (trace_input_listed(&in))
        return 0;
    if (first == argc)
        return say_error("replay: no trace given; `stagewalk replay --help` shows how");
    if (!parse_ignore(ignore, &set.request.ignore))
        return say_error("replay: --ignore wants tlbi or tabw, not '%s'", ignore);
    if (parse_engine(&set, &words) != 0)
        return 2;
    if (top != UINT64_MAX && top > HOT_TOP_MAX)
        return say_error("replay: --top wants 0 to %d, not %" PRIu64, HOT_TOP_MAX, top);
    set.request.top = top != UINT64_MAX ? (unsigned)top : elf[0] ? 10 : 0;
    set.request.mismatches_shown = show > 1000000 ? 1000000 : (unsigned)show;
    set.at_once = jobs_at_once(jobs, (size_t)(argc - first));
    if (set.at_once == 0)
        return 2;
    set.elf = elf;
    take_common(&set, &o);
    if (parse_sample(&set, &sampled, &plan) != 0)
        return 2;
    set.request.threads = processors_count() / set.at_once;
    set.request.input = &in;
    interrupt_watch(true);
    return replay_set_run(&set, argv + first, argc - first);
}
