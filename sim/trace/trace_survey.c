/* Rows of those that occur. */
#include "sim/trace/trace_survey.h"

#include <inttypes.h>

static const char *const size_names[SURVEY_SIZE_COUNT] = { "4K", "64K", "2M", "1G" };

static void who_name(unsigned who, char name[16])
{
    if (who < SURVEY_EL2)
        snprintf(name, 16, "VMID %u", who);
    else
        snprintf(name, 16, "%s", who == SURVEY_EL2 ? "EL2" : "EL3");
}

static bool is_there(const struct survey_who *w)
{
    return w->cores != 0 || w->tlbis + w->table_writes + w->exceptions > 0;
}

/* "translation, level 3" of a status code, [Arm: ESR_ELx.DFSC]. */
static void fault_text(unsigned code, char text[48])
{
    static const char *const kinds[] = { "address size", "translation", "access flag", "permission" };

    if (code < 0x10)
        snprintf(text, 48, "%s, level %u", kinds[code >> 2], code & 3);
    else if (code >= 0x14 && code < 0x18)
        snprintf(text, 48, "external abort on a walk, level %u", code & 3);
    else
        snprintf(text, 48, "%s", code == 0x10 ? "external abort" : code == 0x21 ? "alignment" : "other");
}

static void print_who(FILE *out, const struct survey *s)
{
    fprintf(out, "\n%-9s %-8s %11s %11s %11s %10s %10s %7s %6s %6s  touched %4s %7s %5s %4s\n", "who", "cores",
            "instr. EL0", "EL1", "EL2", "loads", "stores", "except.", "TLBIs", "tables", "4K", "64K", "2M", "1G");
    for (unsigned i = 0; i < SURVEY_WHO_COUNT; i++) {
        const struct survey_who *w = &s->who[i];
        char name[16], cores[TRACE_CORES_MAX + 1];
        int n = 0;

        if (!is_there(w))
            continue;
        who_name(i, name);
        for (int c = 0; c < TRACE_CORES_MAX; c++) {
            if (w->cores >> c & 1)
                cores[n++] = (char)('0' + c);
        }
        cores[n] = '\0';
        fprintf(out,
                "%-9s %-8s %11" PRIu64 " %11" PRIu64 " %11" PRIu64 " %10" PRIu64 " %10" PRIu64 " %7" PRIu64 " %6" PRIu64
                " %6" PRIu64 " %12" PRIu64 " %7" PRIu64 " %5" PRIu64 " %4" PRIu64 "\n",
                name, cores, w->instructions[0], w->instructions[1], w->instructions[2], w->loads, w->stores,
                w->exceptions, w->tlbis, w->table_writes, w->touched[SURVEY_4K], w->touched[SURVEY_64K],
                w->touched[SURVEY_2M], w->touched[SURVEY_1G]);
    }
    if (s->at_least)
        fputs("(touched: at least; there were more pages than are kept apart)\n", out);
}

static void print_rows(FILE *out, const struct survey *s)
{
    char text[48];

    fputs("\nTLB maintenance:", out);
    for (unsigned i = 0; i < 2 * TLBI_OP_COUNT; i++) {
        if (s->tlbi[i / 2][i % 2])
            fprintf(out, " %s%s %" PRIu64 ";", tlbi_name((enum tlbi_op)(i / 2)), i % 2 ? "IS" : "",
                    s->tlbi[i / 2][i % 2]);
    }
    fprintf(out, " AT %" PRIu64 "\nexceptions:     ", s->at);
    for (unsigned i = 0; i < SURVEY_EXCEPTION_COUNT; i++) {
        if (s->exception[i])
            fprintf(out, " %s %" PRIu64 ";", survey_exception_name((enum survey_exception)i), s->exception[i]);
    }
    fputs("\naborts:\n", out);
    for (unsigned i = 0; i < 64; i++) {
        fault_text(i, text);
        if (s->fault[i])
            fprintf(out, "  0x%02x %-36s %" PRIu64 "\n", i, text, s->fault[i]);
    }
}

void trace_survey_print(FILE *out, const struct survey *s)
{
    print_who(out, s);
    print_rows(out, s);
}

static void set_number(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *json_who(const struct survey_who *w, unsigned who)
{
    json_t *row = json_object(), *cores = json_array(), *touched = json_object();
    char name[16];

    who_name(who, name);
    json_object_set_new(row, "who", json_string(name));
    for (int c = 0; c < TRACE_CORES_MAX; c++) {
        if (w->cores >> c & 1)
            json_array_append_new(cores, json_integer(c));
    }
    json_object_set_new(row, "cores", cores);
    set_number(row, "instructions_el0", w->instructions[0]);
    set_number(row, "instructions_el1", w->instructions[1]);
    set_number(row, "instructions_el2", w->instructions[2]);
    set_number(row, "instructions_el3", w->instructions[3]);
    set_number(row, "loads", w->loads);
    set_number(row, "stores", w->stores);
    set_number(row, "exceptions", w->exceptions);
    set_number(row, "tlbis", w->tlbis);
    set_number(row, "table_writes", w->table_writes);
    for (int i = 0; i < SURVEY_SIZE_COUNT; i++)
        set_number(touched, size_names[i], w->touched[i]);
    json_object_set_new(row, "touched", touched);
    return row;
}

void trace_survey_json(json_t *object, const struct survey *s)
{
    json_t *who = json_array(), *tlbi = json_object(), *exceptions = json_object(), *aborts = json_array();
    char name[48];

    for (unsigned i = 0; i < SURVEY_WHO_COUNT; i++) {
        if (is_there(&s->who[i]))
            json_array_append_new(who, json_who(&s->who[i], i));
    }
    for (unsigned i = 0; i < 2 * TLBI_OP_COUNT; i++) {
        snprintf(name, sizeof name, "%s%s", tlbi_name((enum tlbi_op)(i / 2)), i % 2 ? "IS" : "");
        if (s->tlbi[i / 2][i % 2])
            set_number(tlbi, name, s->tlbi[i / 2][i % 2]);
    }
    for (unsigned i = 0; i < SURVEY_EXCEPTION_COUNT; i++)
        set_number(exceptions, survey_exception_name((enum survey_exception)i), s->exception[i]);
    for (unsigned i = 0; i < 64; i++) {
        fault_text(i, name);
        if (s->fault[i])
            json_array_append_new(
                aborts, json_pack("{s:i, s:s, s:I}", "status", (int)i, "what", name, "count", (json_int_t)s->fault[i]));
    }
    json_object_set_new(object, "domains", who);
    json_object_set_new(object, "touched_at_least", json_boolean(s->at_least));
    json_object_set_new(object, "tlbi", tlbi);
    set_number(object, "at", s->at);
    json_object_set_new(object, "exceptions", exceptions);
    json_object_set_new(object, "aborts", aborts);
}
