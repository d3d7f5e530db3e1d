/* The command line: what is understood, and what is said of what is not. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"

#include "sim/options.h"

static bool verify;
static const char *domain;
static uint64_t limit;
#define EACH_MAX 64
static const char *each[EACH_MAX + 1];

static const struct option_spec own[] = {
    { "verify", .flag = &verify },
    { "domain", 'd', .text = &domain },
    { "limit", 'n', .number = &limit },
    { "each", .list = each, .list_max = EACH_MAX },
};
static const struct option_set everything = { OPTION_COMMON, own, 4 };

static int parse(struct options *o, struct capture_args *args, const char *line)
{
    capture_split(args, line);
    verify = false;
    domain = NULL;
    limit = 0;
    each[0] = NULL;
    memset(o, POISON, sizeof *o);
    return options_parse(o, args->argc, args->argv, &everything);
}

static void nothing_given_is_the_platform_with_its_defaults(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    assert_int_equal(parse(&o, &args, "replay"), 1);
    assert_null(o.json);
    assert_null(o.csv);
    assert_null(o.records);
    assert_false(o.quiet);
    assert_false(o.help);
    assert_int_equal(o.config.cores, 4);
    assert_int_equal(o.config.mmu.main_tlb.entries, 512);
    assert_true(o.config.map_count > 0);
}

static void all_common_options_are_kept(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    assert_int_equal(parse(&o, &args, "replay -p zynqmp --json - --csv a.csv --records=r --html h -q -- x"), 12);
    assert_string_equal(o.json, "-");
    assert_string_equal(o.csv, "a.csv");
    assert_string_equal(o.records, "r");
    assert_string_equal(o.html, "h");
    assert_true(o.quiet);
    assert_string_equal(args.argv[12], "x");
}

static void own_options_are_stored_where_they_say(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    assert_int_equal(parse(&o, &args, "replay --verify --domain dom0 --limit 0x10"), 6);
    assert_true(verify);
    assert_string_equal(domain, "dom0");
    assert_int_equal(limit, 16);
    assert_int_equal(parse(&o, &args, "replay -n 3 -d domU -ddom1"), 6);
    assert_false(verify);
    assert_string_equal(domain, "dom1");
    assert_int_equal(limit, 3);
}

static void a_list_takes_all(void **state)
{
    char *argv[2 * EACH_MAX + 4];
    struct options o;
    struct capture_args args;
    struct capture err;
    char *text;
    int argc = 0;

    (void)state;
    assert_int_equal(parse(&o, &args, "replay --each a x --each=b --each a"), 6);
    assert_string_equal(each[0], "a");
    assert_string_equal(each[1], "b");
    assert_string_equal(each[2], "a");
    assert_null(each[3]);
    for (argv[argc++] = "replay"; argc < 2 * EACH_MAX + 1;) {
        argv[argc++] = "--each";
        argv[argc++] = "a";
    }
    argv[argc] = NULL;
    each[0] = NULL;
    assert_int_equal(options_parse(&o, argc, argv, &everything), argc);
    each[1] = NULL; /* one is there */
    err = capture_start(stderr);
    assert_int_equal(options_parse(&o, argc, argv, &everything), -1);
    text = capture_end(&err);
    assert_says(text, "--each is given more than 64 times");
    free(text);
}

static void operands_between_options_come_last(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    assert_int_equal(parse(&o, &args, "replay one -q two --verify"), 3);
    assert_string_equal(args.argv[3], "one");
    assert_string_equal(args.argv[4], "two");
    assert_true(o.quiet && verify);
}

static void parameters_are_set_in_order(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    assert_int_equal(parse(&o, &args, "run -C mmu.main_tlb.entries=256 -C cost.ddr=0xff -Ccost.ddr=99"), 6);
    assert_int_equal(o.config.mmu.main_tlb.entries, 256);
    assert_int_equal(o.config.price.memory[MEM_DDR], 99);
}

static void parameters_are_held_against_each_other_only_together(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    /* 96 entries in 4 ways would not do */
    assert_int_equal(parse(&o, &args, "run -C mmu.main_tlb.entries=96 -C mmu.main_tlb.ways=6"), 5);
}

static void help_ends_the_parse(void **state)
{
    struct options o;
    struct capture_args args;

    (void)state;
    assert_true(parse(&o, &args, "run --help --nonsense") > 0);
    assert_true(o.help);
    assert_true(parse(&o, &args, "run -h") > 0);
    assert_true(o.help);
}

static void help_lines_are_those_of_the_group(void **state)
{
    struct capture out = capture_start(stdout);
    char *text;

    (void)state;
    options_print_help(OPTION_JSON);
    text = capture_end(&out);
    assert_says(text, "--json FILE");
    assert_says(text, "--help");
    assert_null(strstr(text, "--csv"));
    free(text);
}

static void an_option_of_another_group_is_unknown(void **state)
{
    static const struct option_set few = { OPTION_JSON, NULL, 0 };
    struct options o;
    struct capture_args args;
    struct capture err = capture_start(stderr);
    int first;
    char *text;

    (void)state;
    capture_split(&args, "merge -C cost.ddr=1");
    first = options_parse(&o, args.argc, args.argv, &few);
    text = capture_end(&err);
    assert_int_equal(first, -1);
    assert_says(text, "unknown option '-C'");
    free(text);
}

static const struct {
    const char *line, *says;
} refused[] = {
    { "run -C", "-C wants a value" },
    { "run --json", "--json wants a value" },
    { "run --json=", "--json: empty file name" },
    { "run --quiet=yes", "--quiet takes no value" },
    { "run --verify=1", "--verify takes no value" },
    { "run -x", "unknown option '-x'" },
    { "run -qx", "unknown option '-x'" },
    { "run --record-s x", "unknown option '--record-s'; did you mean '--records'?" },
    { "run --jsno=x", "unknown option '--jsno'; did you mean '--json'?" },
    { "run --zzzzzzzz", "unknown option '--zzzzzzzz'; --help" },
    { "run -p zcu102", "unknown platform 'zcu102'" },
    { "run -C cost.ddr", "-C cost.ddr: wants KEY=VALUE" },
    { "run -C =3", "-C =3: wants KEY=VALUE" },
    { "run -C cost.drd=3", "-C cost.drd=3: unknown parameter 'cost.drd'; did you mean 'cost.ddr'?" },
    { "run -C main_tlb.ways=3", "did you mean 'mmu.main_tlb.ways'?" },
    { "run -C utterly.different=3", "unknown parameter 'utterly.different'; `stagewalk params`" },
    { "run -C cost.ddr=-1", "-C cost.ddr=-1: cost.ddr wants a number from 0 to 100000, not '-1'" },
    { "run -C cost.ddr=", "-C cost.ddr=: " },
    { "run -C cost.ddr=1=2", "-C cost.ddr=1=2: " },
    { "run -C cluster.cores=5", "cluster.cores wants a number from 1 to 4" },
    { "run -C cache.l2.policy=fifo", "wants rr, random or lru" },
    { "run -C mmu.main_tlb.entries=96", "mmu.main_tlb" },
    { "run --limit x", "--limit wants a number, not 'x'" },
    { "run --limit -3", "--limit wants a number, not '-3'" },
    { "run --limit 99999999999999999999", "--limit wants a number" },
    { "run --json - --csv -", "--json and --csv both write to '-'" },
    { "run --csv a --records a", "--csv and --records both write to 'a'" },
    { "run --csv a --records ./a", "--csv and --records both write to 'a'" },
    { "run --json tests/../a --csv a", "--json and --csv both write to 'tests/../a'" },
    { "run --json README.md --csv ./README.md", "--json and --csv both write to 'README.md'" },
    { "run --json nowhere/a --csv nowhere/a", "--json and --csv both write to 'nowhere/a'" },
};

static void check_refused(void **state)
{
    const struct {
        const char *line, *says;
    } *row = *state;
    struct options o;
    struct capture_args args;
    struct capture err = capture_start(stderr);
    int first = parse(&o, &args, row->line);
    char *text = capture_end(&err);

    assert_int_equal(first, -1);
    assert_says(text, row->says);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
}

int main(void)
{
    static struct rows r;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_is_the_platform_with_its_defaults),
        cmocka_unit_test(all_common_options_are_kept),
        cmocka_unit_test(own_options_are_stored_where_they_say),
        cmocka_unit_test(a_list_takes_all),
        cmocka_unit_test(operands_between_options_come_last),
        cmocka_unit_test(parameters_are_set_in_order),
        cmocka_unit_test(parameters_are_held_against_each_other_only_together),
        cmocka_unit_test(help_ends_the_parse),
        cmocka_unit_test(help_lines_are_those_of_the_group),
        cmocka_unit_test(an_option_of_another_group_is_unknown),
    };

    rows_add(&r, check_refused, ROWS_OF(refused));
    return (cmocka_run_group_tests(tests, NULL, NULL) != 0) | rows_run(&r, "refused");
}
