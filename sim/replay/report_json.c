/* The report as JSON and CSV. */
#include "sim/replay/report.h"

#include "sim/replay/report_hot.h"
#include "sim/replay/report_part.h"
#include "sim/replay/report_sample.h"
#include "sim/result_file.h"
#include "sim/version.h"

#include <csv.h>
#include <inttypes.h>
#include <string.h>

/* JSON integers are signed; counters stay far below. */
json_t *report_part_number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

json_t *report_param(const struct param *p, uint32_t value)
{
    const char *word = params_word(p, value);

    return word ? json_string(word) : json_integer(value);
}

/* What tells two runs of one trace apart: all parameters that are not the default. */
json_t *report_part_params(const struct config *config)
{
    size_t count;
    const struct param *params = params_table(&count);
    json_t *changed = json_object();

    for (size_t i = 0; i < count; i++) {
        uint32_t value = params_get(config, &params[i]);

        if (value != params[i].value && json_object_set_new(changed, params[i].key, report_param(&params[i], value))) {
            json_decref(changed);
            return NULL;
        }
    }
    return changed;
}

json_t *report_part_trace(const struct replay *r)
{
    uint64_t n[LATENCY_KIND_COUNT];

    for (int k = 0; k < LATENCY_KIND_COUNT; k++)
        n[k] = r->hits[k];
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "path", result_file_text(r->request->path),
                     "source", result_file_text(r->info.source), "records", report_part_number(r->record), "accesses",
                     report_part_number(n[LATENCY_FETCH] + n[LATENCY_LOAD] + n[LATENCY_STORE]), "fetches",
                     report_part_number(n[LATENCY_FETCH]), "loads", report_part_number(n[LATENCY_LOAD]), "stores",
                     report_part_number(n[LATENCY_STORE]), "exceptions", report_part_number(r->exceptions), "recovered",
                     (int)r->recovered, "interrupted", (int)r->interrupted);
}

json_t *report_part_verify(const struct replay *r)
{
    const struct verify *v = &r->verify;

    return json_pack(
        "{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "requested", (int)r->request->verify,
        "types_compared", report_part_number(v->types_compared), "types_mismatched",
        report_part_number(v->types_mismatched), "pa_compared", report_part_number(v->pa_compared), "pa_mismatched",
        report_part_number(v->pa_mismatched), "faults_compared", report_part_number(v->faults_compared),
        "faults_mismatched", report_part_number(v->faults_mismatched), "at_compared",
        report_part_number(v->at_compared), "at_mismatched", report_part_number(v->at_mismatched),
        "at_attributes_differ", report_part_number(v->at_attributes_differ), "faults_injected",
        report_part_number(v->faults_injected), "unprivileged_guessed", report_part_number(v->unprivileged_guessed),
        "absent_reads", report_part_number(r->machine->phys.absent_reads));
}

static json_t *core_object(const struct core *core, unsigned index)
{
    json_t *pmu = json_object(), *own = json_object();

    for (int i = 0; i < COUNT_COUNT; i++) {
        const struct count_row *row = count_row((enum count)i);

        json_object_set_new(row->number < 0x1000 ? pmu : own, row->name, report_part_number(core->mmu.count.v[i]));
    }
    return json_pack("{s:i, s:o, s:o}", "core", (int)index, "pmu", pmu, "model", own);
}

static json_t *cores_array(const struct replay *r)
{
    json_t *cores = json_array();

    for (unsigned i = 0; i < r->machine->cluster.config.cores; i++)
        json_array_append_new(cores, core_object(&r->machine->cluster.core[i], i));
    return cores;
}

static json_t *domains_array(const struct replay *r)
{
    json_t *domains = json_array();

    for (unsigned i = 0; i < DOMAIN_COUNT; i++) {
        const struct domain *d = &r->stats.domain[i];

        if (d->accesses == 0)
            continue;
        json_array_append_new(domains, json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "vmid",
                                                 i == DOMAIN_EL2 ? json_null() : report_part_number(i), "regime",
                                                 i == DOMAIN_EL2 ? "EL2" : "EL1&0", "accesses",
                                                 report_part_number(d->accesses), "translation_cycles",
                                                 report_part_number(d->cycles), "walks", report_part_number(d->walks),
                                                 "translation_wait_cycles", report_part_number(d->xlat_wait),
                                                 "line_wait_cycles", report_part_number(d->line_wait)));
    }
    return domains;
}

/* Bins that are not empty, as [cycles, accesses]; the last holds all longer latencies. */
static json_t *histogram_array(const struct latency *l)
{
    json_t *bins = json_array();

    for (uint32_t i = 0; i < LATENCY_BINS; i++) {
        if (l->bin[i] > 0)
            json_array_append_new(bins, json_pack("[i, o]", (int)i, report_part_number(l->bin[i])));
    }
    return bins;
}

static json_t *latency_object(const struct replay *r)
{
    json_t *all = json_object();

    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        const struct latency *l = &r->stats.latency[k];
        uint64_t count = stats_count(l);

        json_object_set_new(all, stats_kind_name((enum latency_kind)k),
                            json_pack("{s:o, s:o, s:f, s:i, s:i, s:i, s:i, s:i, s:o}", "accesses",
                                      report_part_number(count), "cycles", report_part_number(stats_sum(l)), "mean",
                                      count ? (double)stats_sum(l) / (double)count : 0.0, "p50",
                                      (int)stats_percentile(l, 0.5), "p90", (int)stats_percentile(l, 0.9), "p99",
                                      (int)stats_percentile(l, 0.99), "p999", (int)stats_percentile(l, 0.999), "max",
                                      (int)l->max, "histogram", histogram_array(l)));
    }
    return all;
}

static json_t *walks_array(const struct replay *r)
{
    json_t *rows = json_array();

    for (unsigned stage = 0; stage < 2; stage++) {
        for (unsigned level = 0; level < 4; level++) {
            json_t *row = json_pack("{s:i, s:i}", "stage", (int)stage + 1, "level", (int)level);
            uint64_t all = 0;

            for (unsigned w = 0; w < LEVEL_COUNT; w++) {
                uint64_t sum = 0;

                for (unsigned i = 0; i < CORES_MAX; i++)
                    sum += r->machine->cluster.core[i].fetch_at[stage][level][w];
                json_object_set_new(row, memsys_level_name((enum mem_level)w), report_part_number(sum));
                all += sum;
            }
            json_object_set_new(row, "fetches", report_part_number(all));
            json_array_append_new(rows, row);
        }
    }
    return rows;
}

static void add_wait(json_t *rows, const struct wait_cell *cell, enum resource resource, enum asker asker,
                     const unsigned core[2])
{
    if (cell->times > 0)
        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "resource", waits_resource_name(resource), "asker",
                            waits_asker_name(asker), "core", (int)core[0], "for_core", (int)core[1], "times",
                            report_part_number(cell->times), "cycles", report_part_number(cell->cycles)));
}

/* Who waited for whom: pairs that did; a core may wait for its own other side. */
static json_t *contention_array(const struct replay *r)
{
    json_t *rows = json_array();

    for (unsigned i = 0; i < RESOURCE_COUNT; i++) {
        for (unsigned k = 0; k < ASKER_COUNT; k++) {
            for (unsigned pair = 0; pair < CORES_MAX * CORES_MAX; pair++) {
                const unsigned core[2] = { pair / CORES_MAX, pair % CORES_MAX };

                add_wait(rows, &r->waits.cell[i][k][core[0]][core[1]], (enum resource)i, (enum asker)k, core);
            }
        }
    }
    return rows;
}

static json_t *types_array(const struct replay *r)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < TYPE_ROWS; i++) {
        const struct mem_type *t = &r->stats.type[i].type;

        if (r->stats.type[i].count == 0)
            continue;
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:o, s:s, s:o}", "stage1",
                                              t->stages & TLB_STAGE1 ? attr_name(t->s1) : "off", "stage2",
                                              t->stages & TLB_STAGE2 ? attr_name(t->s2) : "off", "result",
                                              attr_name(t->result), "attr", json_sprintf("0x%02x", t->result.attr),
                                              "shareability", attr_sh_name(t->result.sh), "count",
                                              report_part_number(r->stats.type[i].count)));
    }
    return rows;
}

json_t *report_part_faults(const struct replay *r)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < FAULT_ROWS; i++) {
        const struct fault_row *f = &r->stats.fault[i];

        if (f->count == 0)
            continue;
        json_array_append_new(rows, json_pack("{s:s, s:s, s:i, s:i, s:b, s:i, s:i, s:o}", "fault",
                                              fault_name((enum fault_type)f->key.type), "kind",
                                              access_kind_name((enum access_kind)f->key.kind), "stage",
                                              (int)f->key.stage, "level", (int)f->key.level, "s1ptw", (int)f->key.s1ptw,
                                              "from_el", (int)f->key.from_el, "to_el", (int)f->key.el, "count",
                                              report_part_number(f->count)));
    }
    return rows;
}

json_t *report_part_run(const struct replay *r)
{
    uint64_t accesses = 0;

    for (int k = 0; k < LATENCY_KIND_COUNT; k++)
        accesses += r->hits[k];
    return json_pack("{s:s, s:s, s:o, s:f, s:f, s:I}", "engine", r->tlm ? "tlm" : "fast", "order",
                     r->tlm && !r->request->trace_order ? "free" : "trace", "quantum_ns",
                     r->tlm ? report_part_number(r->request->quantum_ns) : json_null(), "wall_s", r->wall_s,
                     "accesses_per_s", r->wall_s > 0 ? (double)accesses / r->wall_s : 0.0, "peak_rss_kib",
                     (json_int_t)r->peak_rss_kib);
}

json_t *report_json(const struct replay *r)
{
    json_t *report;

    if (r->sample)
        return report_sample_json(r);
    report = json_pack("{s:s, s:{s:s, s:s}, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema",
                       "stagewalk/replay/1", "program", "name", "stagewalk", "version", STAGEWALK_VERSION, "platform",
                       "zynqmp", "params", report_part_params(r->request->config), "trace", report_part_trace(r),
                       "verify", report_part_verify(r), "cores", cores_array(r), "domains", domains_array(r), "latency",
                       latency_object(r), "walks", walks_array(r), "contention", contention_array(r), "memory_types",
                       types_array(r), "faults", report_part_faults(r), "run", report_part_run(r));

    if (report && r->request->top > 0 && json_object_set_new(report, "hot", report_hot_json(r, r->request->top)) != 0) {
        json_decref(report);
        report = NULL;
    }
    return report;
}

void report_csv(FILE *out, const struct replay *r)
{
    for (unsigned i = 0; i < r->machine->cluster.config.cores; i++) {
        for (int k = 0; k < COUNT_COUNT; k++) {
            const struct count_row *row = count_row((enum count)k);

            csv_fwrite(out, r->request->path, strlen(r->request->path));
            fprintf(out, ",%u,%s,0x%02x,%" PRIu64 "\n", i, row->name, row->number,
                    r->machine->cluster.core[i].mmu.count.v[k]);
        }
    }
}
