/* stagewalk trace relayout: a trace for another page-table layout. */
#include "sim/trace/cmd_trace.h"

#include "sim/explore/relayout.h"
#include "sim/map/map_view.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/out_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 16

static const char help[] =
    "usage: stagewalk trace relayout [options] TRACE -o FILE\n"
    "\n"
    "Rewrites a trace for other page tables of EL1&0 with the same effect: each access keeps its VA, PA,\n"
    "memory type and permissions, each fault its kind; `replay --verify` of FILE proves the PAs. Table\n"
    "pages, their changes, TTBR0_EL1, TTBR1_EL1, TCR_EL1, VTTBR_EL2 and VTCR_EL2 are the new layout's.\n"
    "EL2's own tables stay. Prints what the new tables come to.\n"
    "Exit status: 0 all well, 2 bad input, or a layout that is impossible for it: the reason is told.\n"
    "\n"
    "  --stage1 LEAVES    as-captured; pages; blocks: the largest that addresses, attributes and\n"
    "                     permissions allow; linear-blocks: those in the upper half, the lower as captured\n"
    "  --stage2 LEAVES    as-captured; pages (4K); 2M; blocks (1G); xen: as Xen chooses them\n"
    "  --layout WORDS     those and the rest, parted by spaces or commas; may stand several times:\n"
    "                       stage1=, stage2=         as above\n"
    "                       granule1=, granule2=     4K or 64K\n"
    "                       contiguous1=, contiguous2=  yes: the contiguous bit wherever it may stand\n"
    "                       va_bits=, ipa_bits=      input sizes, 25 to 48 and 25 to 40\n"
    "                       start2=                  first level of stage 2; else the lowest possible\n"
    "                       holes=cover              stage 2: blocks also over what is not mapped, unless\n"
    "                                                it is mapped otherwise, changes, or faults; strict\n"
    "                       ahead=yes                what is mapped once, where no fault is recorded, is\n"
    "                                                mapped from the start: for tables on demand\n"
    "                       tables=                  ddr: free RAM; ocm; an address\n"
    "                       walks=                   cached, uncached: IRGN, ORGN, SH of the TCRs\n"
    "  --json FILE        the result as data\n" TRACE_INPUT_HELP "  -q, --quiet        print nothing\n"
    "  -o, --output FILE  write to FILE\n"
    "  -h, --help         this text\n"
    "\n"
    "What changes in the course of the trace keeps leaves no larger than what changes. A table that the\n"
    "trace does not carry maps nothing.\n"
    "\n"
    "Examples:\n"
    "  stagewalk trace relayout --stage1 pages traces/samples/zcu102-dom0.swt -o pages.swt\n"
    "  stagewalk trace relayout --stage2 blocks --layout holes=cover zcu102-dom0.swt -o 1g.swt\n"
    "  stagewalk trace relayout --layout 'contiguous1=yes walks=uncached' zcu102-domU.swt -o slow.swt\n";

struct words {
    const char *stage1, *stage2, *output;
    const char *layout[WORDS_MAX + 1];
};

static bool read_option(struct layout *l, const char *key, const char *value)
{
    char why[LAYOUT_WHY_BYTES], word[64];

    if (!value)
        return true;
    snprintf(word, sizeof word, "%s=%s", key, value);
    return layout_word(l, word, why) || (say_error("--%s", why), false);
}

/* Returns false after a message. */
static bool read_words(const struct words *w, struct layout *l)
{
    char why[LAYOUT_WHY_BYTES];

    layout_default(l);
    if (!read_option(l, "stage1", w->stage1) || !read_option(l, "stage2", w->stage2))
        return false;
    for (const char *const *at = w->layout; *at; at++) {
        if (!layout_words(l, *at, why)) {
            say_error("--layout: %s", why);
            return false;
        }
    }
    return true;
}

static void print_context(const struct relayout_context *c, uint64_t counted, FILE *out)
{
    char size[MAP_TEXT_BYTES];

    fprintf(out, "%4u  %-7s 0x%010" PRIx64 " 0x%010" PRIx64 " %6" PRIu64 " %6" PRIu64 "  %10s", c->vmid,
            c->stage == 2 ? "stage 2"
            : c->upper    ? "TTBR1"
                          : "TTBR0",
            c->old_root, c->root, c->old_tables >> 12, c->tables >> 12, map_size_text(c->mapped, size));
    for (int level = 1; level < RELAYOUT_LEVELS; level++)
        fprintf(out, " %6" PRIu64, c->old_leaves[level]);
    fprintf(out, "  ->");
    for (int level = 1; level < RELAYOUT_LEVELS; level++)
        fprintf(out, " %6" PRIu64, c->leaves[level]);
    fprintf(out, "  %8s\n", counted ? map_size_text((c->mapped + c->covered) / counted & ~4095ULL, size) : "-");
}

static void print_result(const struct layout *l, const struct relayout_result *r, FILE *out)
{
    char text[LAYOUT_TEXT_BYTES], size[MAP_TEXT_BYTES];
    uint64_t covered = 0, unknown = 0;

    fprintf(
        out,
        "layout:  %s\n\nVMID  tables  old root     new root      pages of tables    mapped  leaves at level 1, 2, 3\n",
        layout_text(l, text));
    for (size_t i = 0; i < r->count; i++) {
        const struct relayout_context *c = &r->context[i];

        print_context(c, c->leaves[1] + c->leaves[2] + c->leaves[3], out);
        covered += c->covered;
        unknown += c->unknown;
    }
    fprintf(out,
            "\n%" PRIu64 " records; changed table words: %" PRIu64 " of the trace are %" PRIu64
            "; fault levels rewritten: %" PRIu64 "; register writes added: %" PRIu64 "\n",
            r->records, r->old_changes, r->changes, r->levels_rewritten, r->registers_added);
    if (covered)
        fprintf(out, "holes covered: %s that nothing was mapped to\n", map_size_text(covered, size));
    if (unknown)
        fprintf(out, "tables that the trace does not carry: %" PRIu64 "; they map nothing\n", unknown);
    if (r->unsupported)
        fprintf(out, "left as they are: %" PRIu64 ", the first: %s\n", r->unsupported, r->unsupported_first);
}

static json_t *levels_json(const uint64_t level[RELAYOUT_LEVELS])
{
    return json_pack("[I, I, I]", (json_int_t)level[1], (json_int_t)level[2], (json_int_t)level[3]);
}

static json_t *context_json(const struct relayout_context *c)
{
    return json_pack(
        "{s:i, s:i, s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "vmid", c->vmid, "stage", c->stage,
        "half", c->upper ? "upper" : "lower", "old_root", json_sprintf("0x%" PRIx64, c->old_root), "root",
        json_sprintf("0x%" PRIx64, c->root), "old_table_bytes", (json_int_t)c->old_tables, "table_bytes",
        (json_int_t)c->tables, "old_leaves", levels_json(c->old_leaves), "leaves", levels_json(c->leaves),
        "contiguous_groups", (json_int_t)c->contiguous, "mapped_bytes", (json_int_t)c->mapped, "mapped_later_bytes",
        (json_int_t)c->ahead, "covered_bytes", (json_int_t)c->covered, "unknown_tables", (json_int_t)c->unknown);
}

static int write_json(const char *path, const struct layout *l, const struct relayout_result *r)
{
    char text[LAYOUT_TEXT_BYTES];
    json_t *contexts = json_array();

    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(contexts, context_json(&r->context[i]));
    return result_file_json(path, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:o}", "schema",
                                            "stagewalk/relayout/1", "layout", layout_text(l, text), "records",
                                            (json_int_t)r->records, "table_words", (json_int_t)r->changes,
                                            "old_table_words", (json_int_t)r->old_changes, "levels_rewritten",
                                            (json_int_t)r->levels_rewritten, "registers_added",
                                            (json_int_t)r->registers_added, "unsupported", (json_int_t)r->unsupported,
                                            "unsupported_first", r->unsupported_first, "contexts", contexts));
}

/* Where people read what else goes to standard output. */
static FILE *people(const struct relayout_request *q, const char *json)
{
    return strcmp(q->output, "-") == 0 || (json && strcmp(json, "-") == 0) ? stderr : stdout;
}

/* Returns the exit status. */
static int relayout(const struct relayout_request *q, const char *json, bool quiet)
{
    struct relayout_result result;
    struct trace_error err;
    char text[LAYOUT_TEXT_BYTES];
    int status = 2;

    switch (relayout_trace(q, &result, &err)) {
    case RELAYOUT_DONE:
        status = json ? write_json(json, &q->layout, &result) : 0;
        if (status == 0 && !quiet)
            print_result(&q->layout, &result, people(q, json));
        break;
    case RELAYOUT_REFUSED:
        say_error("%s: %s is impossible: %s", q->path, layout_text(&q->layout, text), err.text);
        break;
    case RELAYOUT_FAILED:
        result_file_refuse(&err);
        break;
    }
    relayout_free(&result);
    return status;
}

int cmd_trace_relayout(int argc, char **argv)
{
    struct words w = { NULL };
    const char *json = NULL;
    bool quiet = false;
    struct trace_input in = { NULL };
    const struct option_spec own[] = { TRACE_INPUT_OPTIONS(in),
                                       { "output", 'o', .text = &w.output },
                                       { "stage1", .text = &w.stage1 },
                                       { "stage2", .text = &w.stage2 },
                                       { "layout", .list = w.layout, .list_max = WORDS_MAX },
                                       { "json", .text = &json },
                                       { "quiet", 'q', .flag = &quiet } };
    const struct option_set set = { 0, own, sizeof own / sizeof *own };
    struct relayout_request q = { .input = &in };
    const struct cmd_trace_line line = { &set, &in, help };
    int status;

    q.path = cmd_trace_operand(argc, argv, &line, &status);
    if (!q.path)
        return status;
    if (!w.output || *w.output == '\0')
        return say_error("trace relayout: -o FILE says where the new trace goes");
    if (!cmd_trace_output_fits(w.output, q.path) || trace_input_check_output(&in, w.output) != 0 ||
        trace_input_check_output(&in, json) != 0 || result_file_check_input(json, q.path) != 0)
        return 2;
    if (json && out_file_same(json, w.output))
        return say_error("trace relayout: --json and -o both write to '%s'", json);
    if (!read_words(&w, &q.layout))
        return 2;
    q.output = w.output;
    q.progress = !quiet && strcmp(w.output, "-") != 0;
    return relayout(&q, json, quiet);
}
