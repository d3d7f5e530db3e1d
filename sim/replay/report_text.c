/* The report as text. */
#include "sim/replay/report.h"

#include "sim/replay/report_hot.h"
#include "sim/replay/report_part.h"
#include "sim/replay/report_sample.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static double share(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static uint64_t total(const struct replay *r, enum count c)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < CORES_MAX; i++)
        sum += r->machine->cluster.core[i].mmu.count.v[c];
    return sum;
}

void report_part_print_trace(FILE *out, const struct replay *r)
{
    uint64_t accesses = 0;

    for (int k = 0; k < LATENCY_KIND_COUNT; k++)
        accesses += r->hits[k];
    fprintf(out, "%s: %s\n", r->request->path, r->info.source);
    fprintf(out, "  %" PRIu64 " records, %" PRIu64 " accesses on %u cores, %" PRIu64 " exceptions\n", r->record,
            accesses, r->info.cores, r->exceptions);
    if (r->interrupted)
        fprintf(out, "  interrupted after %" PRIu64 " records: what follows is of these alone\n", r->record);
}

static void print_latency(FILE *out, const struct replay *r)
{
    fprintf(out, "\nTranslation latency (cycles)\n");
    fprintf(out, "  %-6s %12s %9s %6s %6s %6s %6s %6s\n", "kind", "accesses", "mean", "p50", "p90", "p99", "p99.9",
            "max");
    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        const struct latency *l = &r->stats.latency[k];
        uint64_t count = stats_count(l);

        fprintf(out, "  %-6s %12" PRIu64 " %9.3f %6u %6u %6u %6u %6u\n", stats_kind_name((enum latency_kind)k), count,
                count ? (double)stats_sum(l) / (double)count : 0.0, stats_percentile(l, 0.5), stats_percentile(l, 0.9),
                stats_percentile(l, 0.99), stats_percentile(l, 0.999), l->max);
    }
}

static void print_structure(FILE *out, const char *name, uint64_t lookups, uint64_t misses)
{
    fprintf(out, "  %-22s %12" PRIu64 " %12" PRIu64 " %9.3f %%\n", name, lookups, misses, share(misses, lookups));
}

static void print_structures(FILE *out, const struct replay *r)
{
    uint64_t fetches = stats_count(&r->stats.latency[LATENCY_FETCH]);

    fprintf(out, "\nWhere translations were found\n");
    fprintf(out, "  %-22s %12s %12s %11s\n", "structure", "look-ups", "misses", "miss rate");
    print_structure(out, "instruction micro-TLB", fetches, total(r, COUNT_L1I_TLB_REFILL));
    print_structure(out, "data micro-TLB", total(r, COUNT_MEM_ACCESS), total(r, COUNT_L1D_TLB_REFILL));
    print_structure(out, "main TLB", total(r, COUNT_MAIN_TLB), total(r, COUNT_MAIN_TLB_REFILL));
    print_structure(out, "walk cache", total(r, COUNT_WALK_CACHE), total(r, COUNT_WALK_CACHE_REFILL));
    print_structure(out, "IPA cache", total(r, COUNT_IPA_CACHE), total(r, COUNT_IPA_CACHE_REFILL));
}

static void print_walks(FILE *out, const struct replay *r)
{
    uint64_t walks = total(r, COUNT_WALK), fetches = total(r, COUNT_WALK_FETCH);

    fprintf(out, "\nWalks: %" PRIu64 ", %.2f descriptor fetches and %.1f cycles each\n", walks,
            walks ? (double)fetches / (double)walks : 0.0,
            walks ? (double)total(r, COUNT_WALK_CYCLES) / (double)walks : 0.0);
    for (unsigned stage = 0; stage < 2; stage++) {
        for (unsigned level = 0; level < 4; level++) {
            uint64_t at[LEVEL_COUNT] = { 0 };

            for (unsigned i = 0; i < CORES_MAX; i++) {
                for (unsigned w = 0; w < LEVEL_COUNT; w++)
                    at[w] += r->machine->cluster.core[i].fetch_at[stage][level][w];
            }
            if (at[LEVEL_L1] + at[LEVEL_L2] + at[LEVEL_MEMORY] > 0)
                fprintf(out, "  stage %u level %u: %10" PRIu64 " L1D %10" PRIu64 " L2 %10" PRIu64 " memory\n",
                        stage + 1, level, at[LEVEL_L1], at[LEVEL_L2], at[LEVEL_MEMORY]);
        }
    }
}

static int types_by_count(const void *a, const void *b)
{
    uint64_t x = ((const struct type_row *)a)->count, y = ((const struct type_row *)b)->count;

    return x < y ? 1 : x > y ? -1 : 0;
}

static void print_types(FILE *out, const struct replay *r)
{
    struct type_row rows[TYPE_ROWS];
    size_t count = 0;

    for (size_t i = 0; i < TYPE_ROWS; i++) {
        if (r->stats.type[i].count > 0)
            rows[count++] = r->stats.type[i];
    }
    qsort(rows, count, sizeof *rows, types_by_count);
    fprintf(out, "\nMemory types\n  %-16s %-16s %-16s %-5s %-4s %12s\n", "stage 1", "stage 2", "result", "attr", "sh",
            "accesses");
    for (size_t i = 0; i < count; i++) {
        const struct mem_type *t = &rows[i].type;

        fprintf(out, "  %-16s %-16s %-16s 0x%02x  %-4s %12" PRIu64 "\n",
                t->stages & TLB_STAGE1 ? attr_name(t->s1) : "off", t->stages & TLB_STAGE2 ? attr_name(t->s2) : "off",
                attr_name(t->result), t->result.attr, attr_sh_name(t->result.sh), rows[i].count);
    }
    if (r->stats.types_lost > 0)
        fprintf(out, "  and %" PRIu64 " accesses of further combinations\n", r->stats.types_lost);
}

static void print_domains(FILE *out, const struct replay *r)
{
    fprintf(out, "\nDomains\n  %-8s %12s %14s %12s %12s %12s\n", "VMID", "accesses", "cycles", "walks", "of it waited",
            "for lines");
    for (unsigned i = 0; i < DOMAIN_COUNT; i++) {
        const struct domain *d = &r->stats.domain[i];
        char name[16];

        if (d->accesses == 0)
            continue;
        snprintf(name, sizeof name, "%u", i);
        fprintf(out, "  %-8s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n",
                i == DOMAIN_EL2 ? "EL2" : name, d->accesses, d->cycles, d->walks, d->xlat_wait, d->line_wait);
    }
}

/* Sums of a resource over the pairs of cores: *others of it for another core. */
static struct wait_cell wait_sum(const struct waits *w, unsigned resource, unsigned asker, uint64_t *others)
{
    struct wait_cell sum = { 0 };

    for (unsigned i = 0; i < CORES_MAX; i++) {
        for (unsigned k = 0; k < CORES_MAX; k++) {
            const struct wait_cell *cell = &w->cell[resource][asker][i][k];

            sum.times += cell->times;
            sum.cycles += cell->cycles;
            *others += i == k ? 0 : cell->cycles;
        }
    }
    return sum;
}

static void print_pairs(FILE *out, const struct replay *r)
{
    fprintf(out, "  %-22s", "core waits for core");
    for (unsigned k = 0; k < r->machine->cluster.config.cores; k++)
        fprintf(out, " %11u", k);
    fprintf(out, "\n");
    for (unsigned i = 0; i < r->machine->cluster.config.cores; i++) {
        fprintf(out, "  %-22u", i);
        for (unsigned k = 0; k < r->machine->cluster.config.cores; k++) {
            uint64_t sum = 0;

            for (unsigned n = 0; n < RESOURCE_COUNT * ASKER_COUNT; n++)
                sum += r->waits.cell[n / ASKER_COUNT][n % ASKER_COUNT][i][k].cycles;
            fprintf(out, " %11" PRIu64, sum);
        }
        fprintf(out, "\n");
    }
}

static void print_contention(FILE *out, const struct replay *r)
{
    if (!r->tlm || r->request->trace_order)
        return;
    fprintf(out, "\nWaiting for what another access had taken (cycles)\n");
    fprintf(out, "  %-10s %-11s %11s %11s %11s\n", "at", "by", "times", "cycles", "other cores");
    for (unsigned i = 0; i < RESOURCE_COUNT; i++) {
        for (unsigned k = 0; k < ASKER_COUNT; k++) {
            uint64_t others = 0;
            struct wait_cell sum = wait_sum(&r->waits, i, k, &others);

            if (sum.times > 0)
                fprintf(out, "  %-10s %-11s %11" PRIu64 " %11" PRIu64 " %11" PRIu64 "\n",
                        waits_resource_name((enum resource)i), waits_asker_name((enum asker)k), sum.times, sum.cycles,
                        others);
        }
    }
    print_pairs(out, r);
}

static const char *el_name(unsigned el)
{
    static const char *const names[] = { "EL0", "EL1", "EL2" };
    return names[el];
}

static int faults_by_count(const void *a, const void *b)
{
    uint64_t x = ((const struct fault_row *)a)->count, y = ((const struct fault_row *)b)->count;

    return x < y ? 1 : x > y ? -1 : 0;
}

void report_part_print_faults(FILE *out, const struct replay *r)
{
    struct fault_row rows[FAULT_ROWS];
    size_t count = 0;

    for (size_t i = 0; i < FAULT_ROWS; i++) {
        if (r->stats.fault[i].count > 0)
            rows[count++] = r->stats.fault[i];
    }
    qsort(rows, count, sizeof *rows, faults_by_count);
    if (count > 0)
        fprintf(out, "\nFaults\n  %-28s %5s %5s %-6s %4s %4s %12s\n", "fault", "stage", "level", "kind", "from", "to",
                "times");
    for (size_t i = 0; i < count; i++) {
        const struct fault_key *f = &rows[i].key;

        fprintf(out, "  %-14s%-14s %5u %5u %-6s %4s %4s %12" PRIu64 "\n", fault_name((enum fault_type)f->type),
                f->s1ptw ? " (s1 walk)" : "", f->stage, f->level, access_kind_name((enum access_kind)f->kind),
                el_name(f->from_el), el_name(f->el), rows[i].count);
    }
    if (r->stats.faults_lost > 0)
        fprintf(out, "  and %" PRIu64 " of further kinds\n", r->stats.faults_lost);
}

void report_part_print_verify(FILE *out, const struct replay *r)
{
    const struct verify *v = &r->verify;

    if (r->request->verify) {
        fprintf(out, "\nCompared with the trace\n");
        fprintf(out, "  physical addresses %12" PRIu64 ", %" PRIu64 " mismatched\n", v->pa_compared, v->pa_mismatched);
        if (v->types_compared > 0)
            fprintf(out, "  memory types       %12" PRIu64 ", %" PRIu64 " mismatched\n", v->types_compared,
                    v->types_mismatched);
        fprintf(out, "  faults             %12" PRIu64 ", %" PRIu64 " mismatched\n", v->faults_compared,
                v->faults_mismatched);
        fprintf(out,
                "  AT results         %12" PRIu64 ", %" PRIu64 " mismatched; %" PRIu64 " differ in memory attributes\n",
                v->at_compared, v->at_mismatched, v->at_attributes_differ);
        if (v->faults_injected > 0)
            fprintf(out, "  %" PRIu64 " aborts that a hypervisor made up for its guest were not compared\n",
                    v->faults_injected);
        if (v->unprivileged_guessed > 0)
            fprintf(out, "  %" PRIu64 " faults were taken for those of LDTR or STTR\n", v->unprivileged_guessed);
    }
    if (r->machine->phys.absent_reads > 0)
        fprintf(out,
                "  %" PRIu64 " descriptor reads of pages that the trace does not carry, the first at 0x%" PRIx64 "\n",
                r->machine->phys.absent_reads, r->machine->phys.first_absent.v);
}

void report_part_print_run(FILE *out, const struct replay *r)
{
    if (r->tlm)
        fprintf(out, "\ntlm engine, %s order, quantum %" PRIu64 " ns: ", r->request->trace_order ? "trace" : "free",
                r->request->quantum_ns);
    else
        fprintf(out, "\nfast engine, each core as if alone: ");
    fprintf(out, "%.2f s, %.1f million records/s, %ld KiB\n", r->wall_s, (double)r->record / r->wall_s / 1e6,
            r->peak_rss_kib);
}

void report_mismatches(FILE *out, const struct replay *r)
{
    const struct verify *v = &r->verify;

    fprintf(out, "%s: %" PRIu64 " records; mismatched: %" PRIu64 " of %" PRIu64 " physical addresses, ",
            r->request->path, r->record, v->pa_mismatched, v->pa_compared);
    if (v->types_compared > 0)
        fprintf(out, "%" PRIu64 " of %" PRIu64 " memory types, ", v->types_mismatched, v->types_compared);
    fprintf(out, "%" PRIu64 " of %" PRIu64 " faults, %" PRIu64 " of %" PRIu64 " AT results\n", v->faults_mismatched,
            v->faults_compared, v->at_mismatched, v->at_compared);
}

void report_text(FILE *out, const struct replay *r)
{
    if (r->sample) {
        report_sample_text(out, r);
        return;
    }
    report_part_print_trace(out, r);
    print_latency(out, r);
    print_structures(out, r);
    print_walks(out, r);
    print_contention(out, r);
    print_types(out, r);
    print_domains(out, r);
    if (r->request->top > 0)
        report_hot_text(out, r);
    report_part_print_faults(out, r);
    report_part_print_verify(out, r);
    report_part_print_run(out, r);
}
