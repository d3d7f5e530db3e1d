/* stagewalk merge: what stage 1 and stage 2 make of a location together. */
#include "sim/commands.h"

#include "sim/merge/merge_check.h"
#include "sim/merge/merge_explain.h"
#include "sim/merge/merge_list.h"
#include "sim/options.h"
#include "sim/result_file.h"
#include "sim/say.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct request {
    struct options common;
    bool table, all;
    const char *check;
};

static void print_help(void)
{
    puts("usage: stagewalk merge [options] S1 S2\n"
         "       stagewalk merge [options] --table\n"
         "       stagewalk merge [options] --check FILE\n"
         "\n"
         "Combines the memory attributes of stage 1 and stage 2 and says which stage decided what.\n"
         "Exit status: 0 all well, 1 an expected outcome is another, 2 bad input or an output that could not\n"
         "be written.\n"
         "\n"
         "  S1  MAIR[/SH]: a MAIR byte such as 0xff, or a name\n"
         "  S2  MEMATTR[/SH]: MemAttr[3:0] of a stage-2 descriptor, 0x0 to 0xf, or a name\n"
         "\n"
         "Names: Device-nGnRnE, Device-nGnRE, Device-nGRE, Device-GRE, Normal-NC, Normal-WT, Normal-WB, and\n"
         "with inner and outer apart Normal-iWB-oWT and the like; Device- and Normal- may be left out. A name\n"
         "means Read- and Write-Allocate. SH is nsh, ish or osh; without it, nsh, which leaves the decision\n"
         "to the other stage.\n");
    puts("  --table               print all types against all types\n"
         "  -a, --all             with --table: print all 229 MAIR bytes against all types\n"
         "  --check FILE          compare a table of expected outcomes; - is standard input\n"
         "  --json FILE           with S1 S2: write the result as JSON; - is standard output\n"
         "  --csv FILE            with --table: write all 58624 combinations as CSV rows, reserved\n"
         "                        encodings included; - is standard output\n"
         "  -q, --quiet           with --check: print mismatches, and a summary only if there are any");
    options_print_help(0);
    puts("\n"
         "FILE is CSV with a header row that names its columns: the inputs s1_attr, s1_sh, s2_memattr, s2_sh,\n"
         "and any of type, inner, outer, inner_alloc, outer_alloc, transient, sh, attr, par_sh, cached, and\n"
         "note, which is passed over. (s1_mair_attr, result_type, result_inner, result_outer, result_sh,\n"
         "par_attr mean the same as their short forms.) An expected cell that is empty or UNPREDICTABLE is\n"
         "not compared.\n"
         "\n"
         "Examples:\n"
         "  stagewalk merge Normal-WB/ish 0x1      # Linux RAM as Xen maps passed-through devices\n"
         "  stagewalk merge 0x04 Normal-WB/osh\n"
         "  stagewalk merge --table --csv all.csv\n"
         "  stagewalk merge --check tests/golden/merge-xen.csv");
}

static int merge_two(const struct request *r, const char *s1, const char *s2)
{
    struct merge_inputs in;
    const char *wrong;

    wrong = merge_parse_stage1(s1, &in);
    if (wrong)
        return say_error("stage 1: '%s': unknown %s; wants MAIR[/SH], such as 0xff/ish or Normal-WB/ish", s1, wrong);
    wrong = merge_parse_stage2(s2, &in);
    if (wrong)
        return say_error("stage 2: '%s': unknown %s; wants MEMATTR[/SH], such as 0xf/ish or Device-nGnRE", s2, wrong);
    if (r->common.json)
        return result_file_json(r->common.json, merge_explain_json(in));
    merge_explain_print(stdout, in);
    return 0;
}

static int print_table(const struct request *r)
{
    if (r->common.csv)
        return result_file_print(r->common.csv, merge_list_csv, NULL);
    if (r->all)
        merge_list_bytes(stdout);
    else
        merge_list_types(stdout);
    return 0;
}

static int check(const struct request *r)
{
    bool is_stdin = strcmp(r->check, "-") == 0;
    struct merge_table table = { .in = is_stdin ? stdin : fopen(r->check, "r"),
                                 .name = is_stdin ? "<stdin>" : r->check };
    struct merge_totals totals;
    struct trace_error err;
    bool whole;

    if (!table.in)
        return say_error("%s: cannot open: %s", table.name, strerror(errno));
    whole = merge_check(&table, stdout, &totals, &err);
    if (!is_stdin)
        fclose(table.in);
    if (!whole)
        return say_error("%s", err.text);
    if (!r->common.quiet || totals.mismatches > 0)
        printf("%s: %" PRIu64 " rows, %" PRIu64 " compared cells, %" PRIu64 " mismatches\n", table.name, totals.rows,
               totals.cells, totals.mismatches);
    return totals.mismatches > 0 ? 1 : 0;
}

/* Returns 0, or 2 after a message: options that do not go together. */
static int check_request(const struct request *r, int operands)
{
    if (r->check && *r->check == '\0')
        return say_error("--check: empty file name");
    if (r->table && r->check)
        return say_error("--table and --check exclude each other");
    if ((r->table || r->check) && operands > 0)
        return say_error("%s wants no operands", r->table ? "--table" : "--check");
    if (!r->table && !r->check && operands != 2)
        return say_error("merge wants S1 and S2, --table or --check; `stagewalk help merge` tells more");
    if (r->all && !r->table)
        return say_error("--all goes with --table");
    if (r->all && r->common.csv)
        return say_error("--csv writes all bytes already, without --all");
    if (r->common.csv && !r->table)
        return say_error("--csv goes with --table");
    if (r->common.json && (r->table || r->check))
        return say_error("--json goes with S1 and S2");
    return 0;
}

int cmd_merge(int argc, char **argv)
{
    struct request r = { .table = false };
    const struct option_spec own[] = {
        { "table", .flag = &r.table },
        { "all", 'a', .flag = &r.all },
        { "check", .text = &r.check },
    };
    const struct option_set set = { OPTION_JSON | OPTION_CSV | OPTION_QUIET, own, sizeof own / sizeof *own };
    int first = options_parse(&r.common, argc, argv, &set);

    if (first < 0)
        return 2;
    if (r.common.help) {
        print_help();
        return 0;
    }
    if (check_request(&r, argc - first) != 0)
        return 2;
    if (r.table)
        return print_table(&r);
    return r.check ? check(&r) : merge_two(&r, argv[first], argv[first + 1]);
}
