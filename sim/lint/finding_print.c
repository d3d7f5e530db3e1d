/* A report as text and as JSON. */
#include "sim/lint/finding.h"

#include "sim/result_file.h"

#include <inttypes.h>
#include <string.h>

#define COLUMNS 100

/* Prints a text in lines of at most COLUMNS columns, the second and later indented below the first. */
static void print_wrapped(FILE *out, const char *head, const char *text)
{
    int indent = (int)strlen(head), column = indent;

    fputs(head, out);
    while (*text) {
        int word = (int)strcspn(text, " ");

        if (column > indent && column + 1 + word > COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, (size_t)word, out);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_group(FILE *out, const struct lint_report *r, enum lint_code code, enum lint_severity severity)
{
    uint64_t found = r->found[code][severity], told = 0;
    const struct lint_rule *rule = lint_rule(code);

    fprintf(out, "%s %s: %s\n", lint_severity_name(severity), rule->name, rule->title);
    for (size_t i = 0; i < r->count; i++) {
        const struct lint_finding *f = &r->finding[i];

        if (f->code != code || f->severity != severity)
            continue;
        fprintf(out, "  %s: %s\n", f->place, f->detail);
        told++;
    }
    if (found > told)
        fprintf(out, "  and %" PRIu64 " more\n", found - told);
    print_wrapped(out, "  why: ", rule->reason);
    print_wrapped(out, "  do:  ", rule->remedy);
    fputc('\n', out);
}

static void print_count(FILE *out, uint64_t n, const char *name, const char *end)
{
    fprintf(out, "%" PRIu64 " %s%s%s", n, name, n == 1 ? "" : "s", end);
}

void lint_report_print(FILE *out, const struct lint_report *r)
{
    if (r->interrupted)
        fputs("interrupted: not all has been looked at; what follows is what was found until then\n\n", out);
    for (int severity = LINT_ERROR; severity >= LINT_NOTE; severity--) {
        for (int code = 0; code < LINT_CODE_COUNT; code++) {
            if (r->found[code][severity] > 0)
                print_group(out, r, (enum lint_code)code, (enum lint_severity)severity);
        }
    }
    print_count(out, lint_report_count(r, LINT_ERROR), "error", ", ");
    print_count(out, lint_report_count(r, LINT_WARNING), "warning", ", ");
    print_count(out, lint_report_count(r, LINT_NOTE), "note", "\n");
}

/* The rules of which something was found. */
static json_t *rules_json(const struct lint_report *r)
{
    json_t *rules = json_array();

    for (int code = 0; code < LINT_CODE_COUNT; code++) {
        const struct lint_rule *rule = lint_rule((enum lint_code)code);
        uint64_t n = r->found[code][LINT_NOTE] + r->found[code][LINT_WARNING] + r->found[code][LINT_ERROR];

        if (n == 0)
            continue;
        json_array_append_new(rules, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "code", rule->name, "severity",
                                               lint_severity_name(rule->severity), "title", rule->title, "reason",
                                               rule->reason, "remedy", rule->remedy, "found", (json_int_t)n));
    }
    return rules;
}

json_t *lint_report_json(const struct lint_report *r)
{
    json_t *findings = json_array();

    for (size_t i = 0; i < r->count; i++) {
        const struct lint_finding *f = &r->finding[i];

        json_array_append_new(findings,
                              json_pack("{s:s, s:s, s:o, s:o}", "code", lint_rule((enum lint_code)f->code)->name,
                                        "severity", lint_severity_name((enum lint_severity)f->severity), "place",
                                        result_file_text(f->place), "detail", result_file_text(f->detail)));
    }
    return json_pack("{s:s, s:b, s:I, s:I, s:I, s:o, s:o}", "schema", "stagewalk/lint/1", "interrupted",
                     (int)r->interrupted, "errors", (json_int_t)lint_report_count(r, LINT_ERROR), "warnings",
                     (json_int_t)lint_report_count(r, LINT_WARNING), "notes",
                     (json_int_t)lint_report_count(r, LINT_NOTE), "rules", rules_json(r), "findings", findings);
}

void lint_catalogue_print(FILE *out)
{
    for (int code = 0; code < LINT_CODE_COUNT; code++) {
        const struct lint_rule *rule = lint_rule((enum lint_code)code);

        fprintf(out, "%s%s (%s)\n", code ? "\n" : "", rule->name, lint_severity_name(rule->severity));
        print_wrapped(out, "  what: ", rule->title);
        print_wrapped(out, "  why:  ", rule->reason);
        print_wrapped(out, "  do:   ", rule->remedy);
    }
}
