/* `stagewalk replay` as a user meets it: outputs that belong together, what stands in them, what is said. */
#include "tests/unit/models/rows.h"
#include "tests/unit/sim/capture.h"
#include "tests/unit/traces/snapshot_made.h"
#include "tests/unit/traces/trace_fixture.h"

#include "models/arch/sysreg.h"
#include "sim/commands.h"

#include <jansson.h>
#include <sys/stat.h>

/* A trace of a few records that disagrees with itself: with the MMU off, the PA is the VA. */
static const char *odd_trace(const char *name)
{
    static char path[300];
    struct trace_rec recs[5] = { { .op = REC_FETCH, .el = 1, .n = 1, .va = 0x1000, .pa = 0x1000 } };

    for (uint64_t i = 1; i < 5; i++)
        recs[i] = (struct trace_rec){ .op = REC_LOAD, .el = 1, .va = i, .pa = 0x5000 + i };
    snprintf(path, sizeof path, "%s", fixture_path(name));
    fixture_write(path, recs, 5, 0);
    return path;
}

static struct capture_result replay(const char *format, const char *a, const char *b)
{
    char line[1024];

    snprintf(line, sizeof line, format, a, b);
    return capture_command(cmd_replay, line);
}

static const struct row {
    const char *name; /* the command line; %s: the trace */
    int status;
    const char *out, *err;
} rows[] = {
    { "replay", 2, "", "replay: no trace given" },
    { "replay ", 2, "", "replay: empty file name" },
    { "replay --help", 0, "usage: stagewalk replay [options] TRACE...\n", "" },
    { "replay --ignore x y", 2, "", "--ignore wants tlbi or tabw, not 'x'" },
    { "replay --engine slow x", 2, "", "--engine wants tlm or fast, not 'slow'" },
    { "replay --order up x", 2, "", "--order wants free or trace, not 'up'" },
    { "replay --quantum long x", 2, "", "--quantum wants a number, not 'long'" },
    { "replay --quantum -1 x", 2, "", "--quantum wants a number, not '-1'" },
    { "replay --quantum 1000001 x", 2, "", "--quantum wants 0 to 1000000 ns, not 1000001" },
    { "replay --engine fast --order trace x", 2, "", "fast knows no time" },
    { "replay --engine fast --vcd y x", 2, "", "fast knows no time" },
    { "replay --sample 100 x", 2, "", "--sample wants PERIOD,WINDOW[,WARMUP]: counts of records" },
    { "replay --sample 100,10,5,1 x", 2, "", "--sample wants PERIOD,WINDOW[,WARMUP]: counts of records" },
    { "replay --sample 100,30 x", 2, "", "--sample wants a PERIOD that is a multiple of WINDOW, and a larger one" },
    { "replay --sample 100,10 --top 1 x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --sample 100,10 --elf y x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --sample 100,10 --html y x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --sample 100,10 --csv y x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --sample 100,10 --records y x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --sample 100,10 --tarmac y x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --sample 100,10 --vcd y x", 2, "", "--sample measures a few: leave out one or the other" },
    { "replay --seed 2 x", 2, "", "--seed draws the windows of --sample, which is not given" },
    { "replay --sample 2,1 --verify %s", 1, "\nSAMPLED: ", "record 2" },
    { "replay --sample 2,1,0 %s", 0, "unknown: met, or waited for, in fewer than 5 windows", "" },
    { "replay -q --sample 2,1 --json - %s", 0, "\"schema\": \"stagewalk/replay-sample/1\",\n  \"sampled\": true", "" },
    { "replay --top 1001 x", 2, "", "--top wants 0 to 1000, not 1001" },
    { "replay --elf Makefile x", 2, "", "Makefile: byte 0: not an ELF file" },
    { "replay --memory Makefile %s", 2, "", "Makefile: byte 0: not an ELF file" },
    { "replay --memory /nowhere/core %s", 2, "", "/nowhere/core: cannot open" },
    { "replay --top 1 %s", 0, "\nCode that waits for translations, cycles beyond micro-TLB hits\n", "" },
    { "replay --top 1 %s", 0, " 0x0000000000001000  page\n", "" },
    { "replay -q --top 1 --json - %s", 0, "\"hot\": {\n    \"code\": {\n      \"top\": [\n        {\n", "" },
    { "replay --timeline y %1$s %1$s", 2, "", "--timeline wants one trace, not 2" },
    { "replay --timeline y --vcd y x", 2, "", "--vcd and --timeline both write to 'y'" },
    { "replay --json y --html y x", 2, "", "--json and --html both write to 'y'" },
    { "replay --json y --vcd y x", 2, "", "--json and --vcd both write to 'y'" },
    { "replay -q --vcd %1$s %1$s", 2, "", ": is also an input" },
    { "replay -q --vcd %1$s --dtb %1$s y", 2, "", ": is also an input" },
    { "replay -q --json %1$s --config %1$s y", 2, "", ": is also an input" },
    { "replay -q --tarmac %1$s --memory %1$s y", 2, "", ": is also an input" },
    { "replay -q --vcd /nowhere/y %s", 2, "", "/nowhere/y" },
    { "replay --engine tlm %s", 0, "tlm engine, free order, quantum 1000 ns: ", "" },
    { "replay --engine tlm --order trace --quantum 0 %s", 0, "tlm engine, trace order, quantum 0 ns: ", "" },
    { "replay %s", 0, "fast engine, each core as if alone: ", "" },
    { "replay -q %s", 0, "", "" },
    { "replay %s", 0, "\nTranslation latency (cycles)\n", "" },
    { "replay -q --json %1$s %1$s", 2, "", ": is also an input" },
    { "replay -q --records x %1$s %1$s", 2, "", "--records wants one trace, not 2" },
    { "replay -q --verify %s", 1,
      ": 5 records; mismatched: 4 of 5 physical addresses, 0 of 0 faults, 0 of 0 AT results\n", ": record 4: " },
    { "replay -q --verify --show 1 %s", 1, "mismatched", ": and 3 more\n" },
    { "replay --csv - %s", 0, "trace,core,counter,number,value\n\"", "\nTranslation latency (cycles)\n" },
    { "replay --records - %s", 0, "record,core,el,kind,", "\nTranslation latency (cycles)\n" },
    { "replay -q --json - %s", 0, "\n  \"params\": {},\n", "" },
    { "replay -q --json - -C cache.l2.policy=rr -C cost.ddr=7 %s", 0,
      "\n  \"params\": {\n    \"cache.l2.policy\": \"rr\",\n    \"cost.ddr\": 7\n  },\n", "" },
    { "replay -q --json - %s", 0, "\"platform\": \"zynqmp\"", "" },
    { "replay -q --json - %s", 0, "\"attr\": \"0x00\"", "" },
    { "replay -q --json /dev/full %s", 2, "", "/dev/full: cannot write: No space left on device\n" },
    { "replay -q --csv /dev/full %s", 2, "", "/dev/full: cannot write: No space left on device\n" },
    { "replay -q --records /dev/full %s", 2, "", "/dev/full: cannot write: No space left on device\n" },
};

static void check(void **state)
{
    const struct row *row = *state;
    const char *path = odd_trace("odd.swt");
    struct capture_result r = replay(row->name, path, "");

    unlink(path);
    assert_int_equal(r.status, row->status);
    assert_says(r.out, row->out);
    assert_says(r.err, row->err);
    capture_free(&r);
}

/* Whatever fails, and whichever comes first: no output has its name. */
static void all_outputs_appear_or_none(void **state)
{
    static const char *const lines[] = {
        "replay -q --records %2$s/r --csv %2$s/c --json /nonexist/x %1$s",
        "replay -q --records %2$s/r --csv %2$s/c --json /dev/full %1$s",
        "replay -q --csv %2$s/c --json %2$s/j %1$s LICENSE",
        "replay -q --records /dev/full --csv %2$s/c --json %2$s/j %1$s",
    };
    static const char *const names[] = { "r", "c", "j" };
    const char *path = odd_trace("odd.swt");
    char dir[300];

    (void)state;
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct capture_result r = replay(lines[i], path, dir);

        assert_int_equal(r.status, 2);
        for (int k = 0; k < 3; k++)
            assert_int_equal(access(fixture_path(names[k]), F_OK), -1);
        capture_free(&r);
    }
    unlink(path); /* the directory must be empty at the end of the program */
}

/* Tables that the trace does not carry come from a snapshot; what the trace changes in them is changed. */
static void memory_of_a_snapshot(void **state)
{
    static struct elf_made made;
    static const struct {
        enum sysreg reg;
        uint64_t value;
    } regs[] = { { SYSREG_TTBR1_EL1, MADE_TABLES },
                 { SYSREG_TCR_EL1, MADE_TCR },
                 { SYSREG_MAIR_EL1, 0xFF },
                 { SYSREG_SCTLR_EL1, 0x1005 } };
    static const uint32_t encodings[] = { REC_SYSREG(3, 0, 2, 0, 1), REC_SYSREG(3, 0, 2, 0, 2),
                                          REC_SYSREG(3, 0, 10, 2, 0), REC_SYSREG(3, 0, 1, 0, 0) };
    const char *trace = fixture_path("tables.swt"), *core = fixture_path("image.elf");
    struct trace_rec recs[8];
    struct capture_result r;
    unsigned n = 0;

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        recs[n++] = (struct trace_rec){ .op = REC_MSR, .el = 1, .n = encodings[i], .value = regs[i].value };
    recs[n++] = (struct trace_rec){ .op = REC_LOAD, .el = 1, .va = MADE_KERNEL + 0x10, .pa = 0x40000010 };
    recs[n++] =
        (struct trace_rec){ .op = REC_TABW, .el = 1, .pa = MADE_TABLES + 0x2018, .value = 0x40207003 | MADE_NORMAL };
    recs[n++] = (struct trace_rec){ .op = REC_LOAD, .el = 1, .va = MADE_KERNEL + 0x203008, .pa = 0x40207008 };
    recs[n++] = (struct trace_rec){ .op = REC_LOAD, .el = 1, .va = MADE_KERNEL + 0x204008, .pa = 0x40203008 };
    fixture_write(trace, recs, n, 0);
    made_image(&made);
    assert_int_equal(made_write(&made, core), 0);
    r = replay("replay --verify --memory %s %s", core, trace);
    assert_int_equal(r.status, 0);
    assert_says(r.out, "physical addresses            3, 0 mismatched");
    capture_free(&r);
    r = replay("replay -q --verify %s", trace, "");
    assert_int_equal(r.status, 1);
    capture_free(&r);
    unlink(trace);
    unlink(core);
}

static void any_name_can_be_reported(void **state)
{
    const char *path = odd_trace("\"t\xe9.swt");
    struct capture_result r;
    json_t *all, *reports;

    (void)state;
    r = replay("replay -q --csv - %s", path, "");
    assert_says(r.out, "/\"\"t\xe9.swt\",0,");
    capture_free(&r);
    r = replay("replay -q --json - %1$s %1$s", path, "");
    all = json_loads(r.out, 0, NULL);
    reports = json_object_get(all, "reports");
    assert_int_equal(json_array_size(reports), 2);
    assert_says(json_string_value(json_object_get(json_object_get(json_array_get(reports, 1), "trace"), "path")),
                "/\"t?.swt");
    json_decref(all);
    capture_free(&r);
    unlink(path);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    rows_add_test(&r, "all outputs appear or none", all_outputs_appear_or_none, NULL);
    rows_add_test(&r, "any name can be reported", any_name_can_be_reported, NULL);
    rows_add_test(&r, "memory of a snapshot", memory_of_a_snapshot, NULL);
    return rows_run(&r, "replay command") + rmdir(fixture_path(""));
}
