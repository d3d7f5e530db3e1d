/* `make calibrate`: micro-benchmarks through the simulator, beside what has been measured on A53s. */
#include "tools/calibrate/rows.h"

#include "traces/out_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[ROW_KINDS] = { "", "fitted", "open", "prediction", "check" };

/* What of a row there is to see. */
struct verdict {
    double here, error; /* error in percent; NAN where there is none */
    bool judged, good;
};

static struct verdict judge(const struct row *row, double here)
{
    struct verdict v = { .here = here, .error = NAN, .good = true };

    if (row->kind == ROW_PREDICTION)
        return v;
    if (fabs(row->published) > 0.5) /* a percentage of next to nothing says nothing */
        v.error = 100 * (here - row->published) / row->published;
    v.judged = row->kind != ROW_OPEN;
    v.good = !v.judged || (here >= row->low - 1e-9 && here <= row->high + 1e-9);
    return v;
}

static void print_row(const struct row *row, const struct verdict *v)
{
    char published[16] = "-", error[16] = "-", allowed[32] = "-";

    if (row->kind != ROW_PREDICTION)
        snprintf(published, sizeof published, "%.1f", row->published);
    if (!isnan(v->error))
        snprintf(error, sizeof error, "%+.1f", v->error);
    if (v->judged)
        snprintf(allowed, sizeof allowed, "%.1f to %.1f", row->low, row->high);
    printf("  %-4s %-36s %-6s %9s %8.2f %7s  %-15s %s%s%s\n",
           !v->judged ? ""
           : v->good  ? "ok"
                      : "FAIL",
           row->name, row->unit, published, v->here, error, allowed, kinds[row->kind], *kinds[row->kind] ? ": " : "",
           row->source);
}

static void write_csv(FILE *csv, const char *heading, const struct row *row, const struct verdict *v)
{
    fprintf(csv, "\"%s\",\"%s\",%s,", heading, row->name, row->unit);
    if (row->kind == ROW_PREDICTION)
        fprintf(csv, ",%.3f,,,,", v->here);
    else
        fprintf(csv, "%.3f,%.3f,%.3f,", row->published, v->here, v->here - row->published);
    if (v->judged)
        fprintf(csv, "%.3f,%.3f", row->low, row->high);
    else if (row->kind != ROW_PREDICTION)
        fprintf(csv, ",");
    fprintf(csv, ",%s,\"%s\"\n", v->judged ? v->good ? "ok" : "fail" : kinds[row->kind], row->source);
}

/* Returns 0, 1 when a row has left its bound, 2 when one cannot be had. */
static int run(struct lab *lab, FILE *csv)
{
    size_t count;
    const struct row_group *group = rows_groups(&count);
    unsigned passed = 0, failed = 0;

    printf("       %-36s %-6s %9s %8s %7s  %-15s %s\n", "", "", "published", "here", "error %", "allowed", "source");
    for (const struct row_group *end = group + count; group < end; group++) {
        printf("%s\n", group->heading);
        for (size_t i = 0; i < group->count; i++) {
            const struct row *row = &group->row[i];
            struct verdict v;
            double here = 0;

            if (!rows_measure(lab, row, &here)) {
                fprintf(stderr, "calibrate: %s: %s\n", row->name, lab->err.text);
                return 2;
            }
            v = judge(row, here);
            passed += v.judged && v.good;
            failed += !v.good;
            print_row(row, &v);
            if (csv)
                write_csv(csv, group->heading, row, &v);
        }
    }
    printf("calibrate: %u passed, %u failed\n", passed, failed);
    return failed > 0;
}

int main(int argc, char **argv)
{
    static struct lab lab;
    struct out_file csv = { 0 };
    int status = 2;

    if (argc != 1 && !(argc == 3 && strcmp(argv[1], "--csv") == 0)) {
        fprintf(stderr, "usage: calibrate [--csv FILE]\n");
        return 2;
    }
    if ((argc == 3 && !out_file_open(&csv, argv[2], &lab.err)) || !lab_open(&lab)) {
        fprintf(stderr, "calibrate: %s\n", lab.err.text);
        out_file_discard(&csv);
        return 2;
    }
    if (csv.stream)
        fprintf(csv.stream, "group,row,unit,published,here,difference,low,high,verdict,source\n");
    status = run(&lab, csv.stream);
    lab_close(&lab);
    if (csv.stream && status != 2 && !out_file_commit(&csv, &lab.err)) {
        fprintf(stderr, "calibrate: %s\n", lab.err.text);
        status = 2;
    }
    out_file_discard(&csv);
    return status;
}
