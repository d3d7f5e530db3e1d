/* The report of a sampled replay, as text and as JSON. */
#include "sim/replay/report_sample.h"

#include "sim/replay/report_part.h"
#include "sim/version.h"

#include <inttypes.h>

static const char *const basis_names[] = { "counted", "walks timed, hits sampled", "sampled" };

static void print_plan(FILE *out, const struct replay *r)
{
    const struct sample *s = r->sample;
    const struct sample_plan *p = s->plan;
    double all = (double)r->record / 100;

    fprintf(out,
            "\nSAMPLED: %.3f %% of the records were measured, in %" PRIu64 " windows of %" PRIu64
            ", one of each %" PRIu64 " (seed %" PRIu64 ")\n",
            (double)s->records[SAMPLE_MEASURE] / all, s->windows, p->window, p->period, p->seed);
    fprintf(
        out,
        "  %.3f %% went through TLBs and caches without being measured, %.3f %% were skipped but for their events\n",
        (double)(s->records[SAMPLE_WARM] + s->records[SAMPLE_LEAD]) / all, (double)s->records[SAMPLE_SKIP] / all);
    if (s->dear > 0)
        fprintf(out, "  the %.3f %% that walked or went beyond the L2 were timed wherever they are\n",
                (double)s->dear / all);
    fprintf(out,
            sample_is_counted(s)
                ? "  what happened is counted, what it took is estimated from the windows; intervals are of 95 %%\n"
                : "  rates and totals are estimates from the windows; intervals are of 95 %%\n");
    if (!sample_is_counted(s))
        fprintf(out,
                "  they do not tell what a warm-up too short for TLBs and L2 adds (%" PRIu64
                " records were asked for)\n",
                p->warmup);
}

static void print_rate(FILE *out, const struct sample_rate *rate, const struct sample_result *x)
{
    double unit = rate->unit[0] == 'm' ? 100 : 1; /* misses: per cent */

    fprintf(out, "  %-22s %10.4f", rate->text, x->rate.value * unit);
    if (x->rate.bounded)
        fprintf(out, " %10.4f %10.4f", x->rate.low * unit, x->rate.high * unit);
    else
        fprintf(out, " %10s %10s", "unknown", "unknown");
    fprintf(out, " %14.0f", x->total.value);
    if (x->total.bounded)
        fprintf(out, " %12.0f %12.0f", x->total.low, x->total.high);
    else
        fprintf(out, " %12s %12s", "unknown", "unknown");
    fprintf(out, "  %s\n", basis_names[x->basis]);
}

static void print_rates(FILE *out, const struct replay *r)
{
    const struct sample_rate *rate;
    bool unknown = false;

    for (size_t i = 0; (rate = report_sample_rate(i)); i++) {
        struct sample_result x = report_sample_result(r, rate);

        if (rate->first)
            fprintf(out, "\n%-24s %10s %10s %10s %14s %12s %12s\n",
                    rate->unit[0] == 'c'   ? "Latency (cycles)"
                    : rate->unit[0] == 'm' ? "Miss rate (%)"
                                           : "Fetches of descriptors",
                    "mean", "low", "high", "est. total", "low", "high");
        print_rate(out, rate, &x);
        unknown |= !x.rate.bounded;
    }
    if (unknown)
        fprintf(out, "  unknown: met, or waited for, in fewer than %d windows; a smaller PERIOD measures more\n",
                ESTIMATE_TOLD_MIN);
}

void report_sample_text(FILE *out, const struct replay *r)
{
    report_part_print_trace(out, r);
    print_plan(out, r);
    print_rates(out, r);
    report_part_print_faults(out, r);
    report_part_print_verify(out, r);
    if (r->request->verify && r->sample->accesses_skipped > 0)
        fprintf(out, "  %" PRIu64 " accesses were skipped, and not compared\n", r->sample->accesses_skipped);
    report_part_print_run(out, r);
}

/* A bound, null when there is none. */
static json_t *bound(const struct estimate *e, double value)
{
    return e->bounded ? json_real(value) : json_null();
}

static json_t *estimate_object(const struct replay *r, const struct sample_rate *rate)
{
    struct sample_result x = report_sample_result(r, rate);

    return json_pack("{s:s, s:s, s:s, s:f, s:o, s:o, s:I, s:{s:f, s:o, s:o}}", "name", rate->name, "unit", rate->unit,
                     "basis", basis_names[x.basis], "estimate", x.rate.value, "low", bound(&x.rate, x.rate.low), "high",
                     bound(&x.rate, x.rate.high), "windows", (json_int_t)r->sample->windows, "total_estimate",
                     "estimate", x.total.value, "low", bound(&x.total, x.total.low), "high",
                     bound(&x.total, x.total.high));
}

static json_t *estimates_array(const struct replay *r)
{
    const struct sample_rate *rate;
    json_t *rows = json_array();

    for (size_t i = 0; (rate = report_sample_rate(i)); i++)
        json_array_append_new(rows, estimate_object(r, rate));
    return rows;
}

static json_t *sample_object(const struct replay *r)
{
    const struct sample *s = r->sample;
    const struct sample_plan *p = s->plan;

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:f}", "period",
                     report_part_number(p->period), "window", report_part_number(p->window), "warmup",
                     p->warmup >= p->period ? json_null() : report_part_number(p->warmup), "seed",
                     report_part_number(p->seed), "windows", report_part_number(s->windows), "records_measured",
                     report_part_number(s->records[SAMPLE_MEASURE]), "records_warmed",
                     report_part_number(s->records[SAMPLE_WARM] + s->records[SAMPLE_LEAD]), "records_skipped",
                     report_part_number(s->records[SAMPLE_SKIP]), "timed_everywhere", report_part_number(s->dear),
                     "fraction_measured", (double)s->records[SAMPLE_MEASURE] / (double)r->record, "accesses_skipped",
                     report_part_number(s->accesses_skipped), "confidence", 0.95);
}

json_t *report_sample_json(const struct replay *r)
{
    return json_pack("{s:s, s:b, s:{s:s, s:s}, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema",
                     "stagewalk/replay-sample/1", "sampled", 1, "program", "name", "stagewalk", "version",
                     STAGEWALK_VERSION, "platform", "zynqmp", "params", report_part_params(r->request->config), "trace",
                     report_part_trace(r), "sample", sample_object(r), "verify", report_part_verify(r), "estimates",
                     estimates_array(r), "faults", report_part_faults(r), "run", report_part_run(r));
}
