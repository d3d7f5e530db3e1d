/* What `explain` says is what the MMU does: its verdict against an ordinary access's, on random machines and for every
 * question of the golden scripts. What it says in words stands in tests/golden/explain. */
#include "tests/temp_file.h"
#include "tests/unit/models/rounds.h"
#include "tests/unit/models/rows.h"

#include "platforms/zynqmp/params.h"
#include "sim/explain/explain.h"
#include "sim/script/answer.h"
#include "sim/script/run.h"
#include "tests/oracle/random_steps.h"

#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Against an ordinary access ---- */

/* Fails when the fresh walk that is told and an access with empty TLBs come to different ends. */
static void assert_same_end(const struct explanation *e)
{
    const struct xlat *walk = &e->walk.x, *cold = &e->cold.x;

    assert_int_equal(walk->fault.type, cold->fault.type);
    if (walk->fault.type == FAULT_NONE) {
        assert_int_equal(walk->pa.v, cold->pa.v);
        assert_int_equal(walk->ipa.v, cold->ipa.v);
        assert_memory_equal(&walk->type, &cold->type, sizeof walk->type);
        return;
    }
    assert_int_equal(walk->fault.stage, cold->fault.stage);
    assert_int_equal(walk->fault.level, cold->fault.level);
    assert_int_equal(walk->fault.s1ptw, cold->fault.s1ptw);
    assert_int_equal(e->walk.exception.esr, e->cold.exception.esr);
    assert_int_equal(e->walk.exception.hpfar, e->cold.exception.hpfar);
}

/* The address that a leaf descriptor makes of its input. */
static uint64_t output_of(const struct explanation *e, const struct explain_fetch *f, uint64_t input)
{
    return f->output | (input & low_mask(ttw_level_bits(explain_params(e, f->step.stage), f->step.level)));
}

/* True when a descriptor was fetched where it is told to lie: under stage 2 where the fetches before it put it. */
static bool place_holds(const struct explanation *e, const struct explain_fetch *before, const struct explain_fetch *f)
{
    if (f->step.stage == 2 || !e->regime.stage2_on)
        return f->place == f->step.address;
    return before && before->type == DESC_LEAF && before->input == f->place &&
           output_of(e, before, f->place) == f->step.address;
}

/* Fails when an address that is told is not the one that was walked. */
static void assert_chain_holds(const struct explanation *e)
{
    const struct explain_fetch *last = explain_last(e);

    for (unsigned i = 0; i < e->fetch_count; i++)
        assert_true(place_holds(e, i > 0 ? &e->fetch[i - 1] : NULL, &e->fetch[i]));
    if (!explain_faulted(e) && last)
        assert_int_equal(output_of(e, last, last->input), e->walk.x.pa.v);
}

static const struct explain_note *note_named(const struct explain_notes *n, const char *name)
{
    for (unsigned i = 0; i < n->count; i++) {
        if (strcmp(n->note[i].name, name) == 0)
            return &n->note[i];
    }
    return NULL;
}

/* Fails when the answer lacks its reason. */
static void assert_reasoned(const struct explanation *e)
{
    const struct explain_note *why = note_named(&e->fault, "why"), *result = note_named(&e->type, "result");

    if (explain_faulted(e)) {
        assert_non_null(why);
        assert_true(why->text[0] != '\0');
        assert_null(result);
    } else {
        assert_null(why);
        assert_non_null(result);
        assert_string_equal(result->value, attr_name(e->walk.x.type.result));
        assert_non_null(note_named(&e->type, "A53"));
    }
}

/* Fails when the rights that are told are not those that the access met. */
static void assert_rights_hold(const struct explanation *e)
{
    const struct explain_note *told = note_named(&e->permissions, "together");
    const struct fault *f = &e->walk.x.fault;
    const char *letters;
    bool may;

    if (!told || f->s1ptw || (f->type != FAULT_NONE && f->type != FAULT_PERMISSION))
        return;
    letters = strstr(told->value, e->access.el == 0 ? "EL0 " : e->access.el == 1 ? "EL1 " : "EL2 ");
    assert_non_null(letters);
    may = letters[4 + (e->access.kind == ACCESS_LOAD ? 0 : e->access.kind == ACCESS_STORE ? 1 : 2)] != '-';
    assert_int_equal(may, f->type == FAULT_NONE);
}

static void ask(struct machine *m, const struct explain_request *q)
{
    struct explanation *e = explain(m, q);

    assert_non_null(e);
    assert_same_end(e);
    assert_chain_holds(e);
    assert_reasoned(e);
    assert_rights_hold(e);
    free(e);
}

enum { MACHINES = SLOW_BUILD ? 20 : 150, SEED = 8 };

static struct random_machine machine;
static struct random_tally tally;

/* Asks in each way after a page of random offset. */
static unsigned ask_all_ways(unsigned core, uint64_t page, unsigned el)
{
    static const uint8_t kinds[] = { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };
    const struct xen_preset *xen = xen_preset_at(dice_below(&machine.dice, 2));

    for (unsigned k = 0; k < 3; k++) {
        uint64_t offset = dice_below(&machine.dice, 0x1000);
        struct explain_request q = { .source = "a random machine", .core = core, .xen = xen };

        q.access = (struct access){ .va = VA(page | offset), .size = 8, .kind = kinds[k], .el = (uint8_t)el };
        if (kinds[k] == ACCESS_FETCH)
            q.access =
                (struct access){ .va = VA(page | (offset & ~3ULL)), .size = 4, .kind = kinds[k], .el = q.access.el };
        ask(machine.model, &q);
    }
    return 3;
}

static unsigned ask_addresses(unsigned core, const struct random_addresses *a, unsigned el)
{
    unsigned asked = 0;

    for (unsigned i = 0; i < a->count; i++)
        asked += ask_all_ways(core, a->v[i], el);
    return asked;
}

static void random_machines_come_to_the_same_end(void **state)
{
    struct config config;
    unsigned asked = 0;

    (void)state;
    params_default(&config);
    machine.tally = &tally;
    machine.model = machine_new(&config);
    assert_non_null(machine.model);
    for (unsigned long i = 0; i < MACHINES; i++) {
        assert_true(random_live(&machine, SEED, i));
        for (unsigned core = 0; core < machine.core_count; core++) {
            const struct random_world *w = &machine.world[machine.core[core].world];

            asked += ask_addresses(core, &w->space[machine.core[core].space].va, dice_below(&machine.dice, 2));
            asked += ask_addresses(core, &w->upper, dice_below(&machine.dice, 2));
            asked += ask_addresses(core, &machine.el2[0], 2);
        }
    }
    print_message("%u questions\n", asked);
    assert_true(asked > 20u * MACHINES);
    machine_free(machine.model);
    oracle_memory_reset(&machine.memory);
}

/* ---- Every question of the golden scripts ---- */

/* The machine as the first lines of a script leave it. */
static struct machine *machine_before(const char *path, unsigned line, const struct config *config)
{
    char head[TEMP_PATH_BYTES], text[65536];
    FILE *in = fopen(path, "r"), *out = temp_stream(head);
    struct run_request q = { .path = head, .config = config, .keep = true };
    struct run_result result;
    struct trace_error err;

    assert_non_null(in);
    assert_non_null(out);
    for (unsigned i = 1; i < line && fgets(text, sizeof text, in); i++)
        fputs(text, out);
    fclose(in);
    fclose(out);
    if (!run_script(&q, &result, &err))
        fail_msg("%s", err.text);
    remove(head);
    return result.machine;
}

/* Holds the explanation of an access against what the script expects of it, as far as it does not depend on what the
 * TLBs held. */
static void check_script(const struct explanation *e, const struct script_stmt *s)
{
    const uint32_t fresh = 1u << KEY_OK | 1u << KEY_PA | 1u << KEY_IPA | 1u << KEY_ATTR | 1u << KEY_SH |
                           1u << KEY_TYPE | 1u << KEY_ESR | 1u << KEY_FAR | 1u << KEY_HPFAR | 1u << KEY_EL;
    struct answer a = { .fault = explain_faulted(e), .outcome = e->walk };
    struct script_expect expect = s->expect;

    if (!(expect.keys & 1u << KEY_HIT) || strcmp(expect.word[KEY_HIT], "walk") != 0)
        return;
    expect.keys &= fresh;
    assert_true(answer_agrees(&a, &expect));
}

/* An AT of both stages asks what an access of its kind does, alignment and execution apart. */
static void check_at(struct machine *m, const struct explanation *e, const struct script_stmt *s)
{
    struct at_request at = { .op = (uint8_t)s->at, .el = 2, .va = s->access.va };
    struct at_result result;
    struct xlat x;

    mmu_at(&m->cluster.core[e->request->core].mmu, &at, &x, &result);
    assert_int_equal(e->walk.x.fault.type, result.fault.type);
    if (!explain_faulted(e))
        assert_int_equal(syndrome_par_ok(e->walk.x.pa, e->walk.x.type.result), result.par);
}

static bool is_question(const struct script_stmt *s, struct access *a)
{
    struct at_query q;

    if (s->op == SCRIPT_ACCESS) {
        *a = s->access;
        return a->kind == ACCESS_LOAD || a->kind == ACCESS_STORE || a->kind == ACCESS_FETCH;
    }
    if (s->op != SCRIPT_AT)
        return false;
    q = at_query(s->at);
    *a = (struct access){ .va = s->access.va, .size = 1, .kind = q.write ? ACCESS_STORE : ACCESS_LOAD, .el = q.el };
    return q.both_stages || q.regime == REGIME_EL2;
}

static void explain_question(const char *path, unsigned core, const struct script_stmt *s, const struct access *a)
{
    struct explain_request q = { .source = path, .core = core, .access = *a };
    struct config config;
    struct machine *m;
    struct explanation *e;

    params_default(&config);
    m = machine_before(path, s->line, &config);
    e = explain(m, &q);
    assert_non_null(e);
    assert_same_end(e);
    assert_chain_holds(e);
    assert_reasoned(e);
    assert_rights_hold(e);
    if (s->op == SCRIPT_AT)
        check_at(m, e, s);
    else
        check_script(e, s);
    free(e);
    machine_free(m);
}

static unsigned explain_script(const char *path)
{
    struct trace_error err;
    struct script *script = script_open(path, &err);
    struct script_stmt s;
    unsigned core = 0, asked = 0;

    assert_non_null(script);
    while (script_next(script, &s, &err) == 1) {
        struct access a;

        if (s.op == SCRIPT_CPU)
            core = s.cpu;
        if (s.op == SCRIPT_SET)
            core = 0;
        if (!is_question(&s, &a))
            continue;
        explain_question(path, core, &s, &a);
        asked++;
    }
    script_close(script);
    return asked;
}

static void golden_questions_come_to_the_same_end(void **state)
{
    unsigned asked = 0;
    glob_t found;

    (void)state;
    assert_int_equal(glob("tests/golden/*.sw", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        asked += explain_script(found.gl_pathv[i]);
    globfree(&found);
    print_message("%u questions\n", asked);
    assert_true(asked > 40);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "random machines come to the same end", random_machines_come_to_the_same_end, NULL);
    rows_add_test(&r, "golden questions come to the same end", golden_questions_come_to_the_same_end, NULL);
    return rows_run(&r, "explain");
}
