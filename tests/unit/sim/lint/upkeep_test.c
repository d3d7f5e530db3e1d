/* Scripts and traces that say at which of their lines what is found: `# finds: RULE` ends the line. */
#include "platforms/zynqmp/params.h"
#include "sim/lint/upkeep_report.h"
#include "sim/lint/upkeep_trace.h"
#include "sim/replay/replay.h"
#include "tests/temp_file.h"
#include "traces/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FOUND_MAX 4096

struct found {
    unsigned count;
    struct {
        uint64_t at;
        enum lint_code code;
        enum lint_severity severity;
        char text[1024];
    } of[FOUND_MAX];
};

static struct found found;

static void keep(void *context, const struct upkeep_finding *f)
{
    struct found *t = context;

    assert_true(t->count < FOUND_MAX);
    t->of[t->count].at = f->at;
    t->of[t->count].code = f->code;
    t->of[t->count].severity = f->severity;
    assert_int_equal(strcspn(f->text, "\n"), strlen(f->text));
    snprintf(t->of[t->count++].text, sizeof t->of[0].text, "%s", f->text);
}

static struct upkeep_result watch(const char *path, unsigned ignore)
{
    static struct config config;
    struct upkeep_request q = { .path = path, .config = &config, .ignore = ignore, .tell = keep, .context = &found };
    size_t n = strlen(path);
    struct upkeep_result result;
    struct trace_error err = { "" };

    memset(&found, 0, sizeof found);
    params_default(&config);
    if (!(n > 3 && strcmp(path + n - 3, ".sw") == 0 ? upkeep_script : upkeep_trace)(&q, &result, &err))
        fail_msg("%s", err.text);
    return result;
}

/* Takes a finding away. Returns false when there is none. */
static bool take(uint64_t at, const char *rule)
{
    for (unsigned i = 0; i < found.count; i++) {
        if (found.of[i].at != at || strcmp(lint_rule(found.of[i].code)->name, rule) != 0)
            continue;
        found.of[i] = found.of[--found.count];
        return true;
    }
    return false;
}

/* Holds the findings against the file's own words; of a text of a trace, the places are its records. */
static void compare(const char *path, bool records)
{
    FILE *f = fopen(path, "r");
    char line[1024];
    uint64_t number = 0, record = 0;

    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        const char *finds = strstr(line, "# finds: ");
        char rule[64] = "";

        number++;
        if (finds)
            sscanf(finds, "# finds: %63[a-z-]", rule);
        if (finds && !take(records ? record : number, rule))
            fail_msg("%s:%d: no %s is found", path, (int)number, rule);
        record += line[0] >= '0' && line[0] <= '9';
    }
    fclose(f);
    for (unsigned i = 0; i < found.count; i++)
        print_error("%s: %d: %s: %s\n", path, (int)found.of[i].at, lint_rule(found.of[i].code)->name, found.of[i].text);
    assert_int_equal(found.count, 0);
}

static void scripts_find_what_they_say(void **state)
{
    static const char *const names[] = { "break-before-make", "tlbi-missing", "barriers", "identifiers", "stage2" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];

        snprintf(path, sizeof path, "tests/golden/lint/upkeep/%s.sw", names[i]);
        watch(path, 0);
        compare(path, false);
    }
}

static void traces_find_what_they_say(void **state)
{
    static const char *const names[] = { "right", "wrong" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128], packed[TEMP_PATH_BYTES];
        int fd = temp_file(packed);
        struct trace_error err = { "" };

        assert_true(fd >= 0);
        close(fd);
        snprintf(path, sizeof path, "tests/golden/lint/upkeep/%s.txt", names[i]);
        if (!text_pack(path, packed, NULL, &err))
            fail_msg("%s", err.text);
        watch(packed, 0);
        unlink(packed);
        compare(path, true);
    }
}

/* What a finding says beside its rule. */
static void findings_tell_what_was_needed(void **state)
{
    static const struct {
        const char *file, *text;
    } rows[] = {
        { "break-before-make",
          "needed: TLBI VALE1 0x1000000000000, DSB between an invalid descriptor and the new one; none came" },
        { "break-before-make", "TLBI VALE1IS of core 0 (line 68), but it is for another ASID" },
        { "break-before-make", "(memory type)" },
        { "break-before-make", "(shareability)" },
        { "break-before-make", "(Contiguous bit)" },
        { "break-before-make", "(nG to global)" },
        { "break-before-make", "(output address, read-only before and after)" },
        { "break-before-make", "(block or page against table)" },
        { "break-before-make", "without an invalid descriptor between" },
        { "tlbi-missing", "but it is not Inner Shareable" },
        { "tlbi-missing", "but it takes last-level entries alone" },
        { "tlbi-missing", "(became invalid)" },
        { "tlbi-missing", "(fewer rights)" },
        { "tlbi-missing", "(more rights)" },
        { "stage2", "but it leaves entries that combine both stages" },
        { "stage2", "but it leaves entries of stage 2 alone" },
        { "stage2", "but it is for another VMID" },
        { "stage2", "needed: TLBI IPAS2LE1 0x1, DSB, TLBI VMALLE1, DSB" },
        { "identifiers", "ASID 1 had its tables at 0x44010000, now at 0x44000000" },
        { "identifiers", "VMID 1 had its tables at 0x50000000, now at 0x50010000" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[128];
        bool there = false;

        snprintf(path, sizeof path, "tests/golden/lint/upkeep/%s.sw", rows[i].file);
        watch(path, 0);
        for (unsigned n = 0; n < found.count; n++)
            there = there || strstr(found.of[n].text, rows[i].text);
        if (!there)
            fail_msg("%s: nothing says '%s'", path, rows[i].text);
    }
}

/* Linux and Xen keep their TLBs right, and would not without their TLBIs. */
static void samples_are_right(void **state)
{
    static const char *const samples[] = { "traces/samples/zcu102-dom0.swt", "traces/samples/zcu102-domU.swt" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct upkeep_result r = watch(samples[i], 0);

        assert_true(r.records > 100000);
        assert_true(r.judged > 1000);
        assert_int_equal(found.count, 0);
        watch(samples[i], REPLAY_IGNORE_TLBI);
        assert_true(found.count > 0);
    }
}

/* Severity and place, as the report of lint has them. */
static void findings_come_into_the_report(void **state)
{
    static const struct {
        const char *name;
        uint64_t errors, warnings, notes;
    } rows[] = { { "barriers", 3, 2, 1 }, { "break-before-make", 12, 1, 0 }, { "stage2", 3, 0, 0 } };
    static struct config config;

    (void)state;
    params_default(&config);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lint_report report;
        char path[128];
        struct machine *machine = NULL;
        struct trace_error err;

        lint_report_init(&report, LINT_KEPT);
        snprintf(path, sizeof path, "tests/golden/lint/upkeep/%s.sw", rows[i].name);
        assert_true(upkeep_report_script(path, &config, &report, i == 0 ? &machine : NULL, &err));
        assert_int_equal(lint_report_count(&report, LINT_ERROR), rows[i].errors);
        assert_int_equal(lint_report_count(&report, LINT_WARNING), rows[i].warnings);
        assert_int_equal(lint_report_count(&report, LINT_NOTE), rows[i].notes);
        if (i == 0)
            assert_string_equal(report.finding[0].place, "tests/golden/lint/upkeep/barriers.sw line 27 core 0");
        assert_true((machine != NULL) == (i == 0));
        machine_free(machine);
        lint_report_free(&report);
    }
}

/* A file that is none, and one that no machine of this platform made. */
static void bad_files_are_refused(void **state)
{
    static struct config config;
    struct upkeep_request q = { .path = "tests/golden/bad", .config = &config, .tell = keep, .context = &found };
    struct upkeep_result result;
    struct trace_error err = { "" };

    (void)state;
    params_default(&config);
    assert_false(upkeep_trace(&q, &result, &err));
    assert_non_null(strstr(err.text, "tests/golden/bad"));
    q.path = "traces/samples/zcu102-domU.swt";
    config.cores = 1;
    assert_false(upkeep_trace(&q, &result, &err));
    assert_non_null(strstr(err.text, "a core that the platform does not have"));
    q.path = "tests/golden/lint/upkeep/wrong.txt";
    assert_false(upkeep_script(&q, &result, &err));
    assert_non_null(strstr(err.text, "wrong.txt:1"));
}

/* More than there is room for is counted, and said once; what was there before is still judged. */
static void the_limit_is_told(void **state)
{
    static const uint64_t tables[][2] = { { 0x44000000, 0x44001003 },
                                          { 0x44001000, 0x44002003 },
                                          { 0x44002000, 0x80000F43 } };
    static const struct access load = { .va = VA(0), .size = 8, .kind = ACCESS_LOAD, .el = 1 };
    static struct config config;
    struct machine *m;
    struct upkeep_options options = { .place = "event", .tell = keep, .context = &found };
    struct upkeep *u;

    (void)state;
    memset(&found, 0, sizeof found);
    params_default(&config);
    options.machine = m = machine_new(&config);
    u = upkeep_new(&options);
    assert_non_null(u);
    for (int i = 0; i < 3; i++)
        assert_null(machine_write64(m, PA(tables[i][0]), tables[i][1]));
    mmu_write_sysreg(&m->cluster.core[0].mmu, SYSREG_TCR_EL1, 0x1200803519);
    mmu_write_sysreg(&m->cluster.core[0].mmu, SYSREG_SCTLR_EL1, 0x30d01805);
    for (uint64_t asid = 0; asid < 30000; asid++) { /* each keeps two tables and a page */
        uint64_t ttbr = asid << 48 | 0x44000000;

        upkeep_register(u, 0, SYSREG_TTBR0_EL1, ttbr);
        mmu_write_sysreg(&m->cluster.core[0].mmu, SYSREG_TTBR0_EL1, ttbr);
        upkeep_isb(u, 0);
        upkeep_access(u, 0, &load);
    }
    assert_int_equal(upkeep_most_copies(u), 65536);
    assert_int_equal(found.count, 0);
    upkeep_word(u, PA(0x44002000), 0x90000F43);
    upkeep_end(u);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.of[0].code, LINT_BREAK_BEFORE_MAKE);
    assert_int_equal(found.of[1].code, LINT_LIMIT);
    assert_non_null(strstr(found.of[1].text, "24464 could not be followed"));
    upkeep_free(u);
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_find_what_they_say),
        cmocka_unit_test(traces_find_what_they_say),
        cmocka_unit_test(findings_tell_what_was_needed),
        cmocka_unit_test(samples_are_right),
        cmocka_unit_test(findings_come_into_the_report),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(the_limit_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
