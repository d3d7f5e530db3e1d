/* A strict reader of the Value Change Dumps that are written here: what a standard reader may be lenient about
 * fails. */
#pragma once

#include "tests/unit/sim/tlm/watched.h"

#define VCD_IDS (95 * 95)

struct vcd_var {
    char name[24];
    int core, side; /* -1: shared */
    unsigned bits;  /* 0: no such identifier */
    uint64_t value;
    bool known, z;
    uint64_t changed; /* the time of its last change */
};

/* The signals of one side that the reader follows. */
struct vcd_side {
    struct vcd_var *fetching, *stage, *level, *pa;
};

struct vcd {
    struct vcd_var var[VCD_IDS];
    struct vcd_side side[CORES_MAX][SIDE_COUNT];
    int core, at_side; /* scopes while the head is read */
    unsigned depth, vars;
    uint64_t time, cycle_fs;
    bool dumping;
    struct watched *told;
};

static struct vcd_var *vcd_by_id(struct vcd *v, const char *id)
{
    size_t n = strlen(id);

    assert_in_range(n, 1, 2);
    for (size_t i = 0; i < n; i++)
        assert_in_range((unsigned char)id[i], '!', '~');
    return &v->var[(id[0] - '!') * 95 + (n > 1 ? id[1] - '!' + 1 : 0)];
}

static void vcd_follow(struct vcd *v, struct vcd_var *var)
{
    struct vcd_side *side = &v->side[var->core][var->side];

    if (strcmp(var->name, "fetching") == 0)
        side->fetching = var;
    else if (strcmp(var->name, "stage") == 0)
        side->stage = var;
    else if (strcmp(var->name, "level") == 0)
        side->level = var;
    else if (strcmp(var->name, "pa") == 0)
        side->pa = var;
}

static void vcd_declare(struct vcd *v, const char *line)
{
    struct vcd_var *var;
    char id[8], name[24], range[16] = "", expected[16] = "", end[8] = "";
    unsigned bits;

    if (sscanf(line, "$var wire %u %7s %23s %15s %7s", &bits, id, name, range, end) == 4)
        memcpy(end, range, sizeof end);
    else
        snprintf(expected, sizeof expected, "[%u:0]", bits - 1);
    assert_string_equal(end, "$end");
    if (bits > 1)
        assert_string_equal(range, expected);
    assert_in_range(bits, 1, 40);
    var = vcd_by_id(v, id);
    assert_int_equal(var->bits, 0); /* declared once */
    assert_int_equal(v->depth, v->at_side < 0 ? 1 : 2);
    *var = (struct vcd_var){ .bits = bits, .core = v->core, .side = v->at_side };
    memcpy(var->name, name, sizeof name);
    v->vars++;
    if (v->core >= 0)
        vcd_follow(v, var);
    else
        assert_true(resource_by_name(name) >= 0);
}

static void vcd_scope(struct vcd *v, const char *name)
{
    v->depth++;
    if (strncmp(name, "core", 4) == 0)
        v->core = atoi(name + 4);
    else if (strcmp(name, "data") == 0)
        v->at_side = SIDE_DATA;
    else if (strcmp(name, "instruction") == 0)
        v->at_side = SIDE_INSTRUCTION;
    else
        assert_string_equal(name, "shared");
}

static void vcd_head(struct vcd *v, FILE *f)
{
    char line[256], name[32];
    bool comment = false, scaled = false;

    v->core = v->at_side = -1;
    while (fgets(line, sizeof line, f) && strcmp(line, "$enddefinitions $end\n") != 0) {
        if (comment) {
            sscanf(line, " One core cycle is %" SCNu64, &v->cycle_fs);
            comment = strcmp(line, "$end\n") != 0;
        } else if (sscanf(line, "$scope module %31s $end", name) == 1) {
            vcd_scope(v, name);
        } else if (strcmp(line, "$upscope $end\n") == 0) {
            assert_true(v->depth-- > 0);
            if (v->at_side < 0)
                v->core = -1;
            v->at_side = -1;
        } else if (strncmp(line, "$var ", 5) == 0) {
            vcd_declare(v, line);
        } else if (strcmp(line, "$timescale 1 fs $end\n") == 0) {
            scaled = true;
        } else {
            comment = strcmp(line, "$comment\n") == 0;
            assert_true(comment || strcmp(line, "$version stagewalk $end\n") == 0);
        }
    }
    assert_true(scaled && !comment && v->depth == 0 && v->cycle_fs > 0 && !feof(f));
}

/* What has been so since the last time. */
static void vcd_pass(struct vcd *v, uint64_t until)
{
    uint64_t cycles = (until - v->time) / v->cycle_fs;

    for (unsigned core = 0; core < CORES_MAX; core++) {
        for (unsigned s = 0; s < SIDE_COUNT; s++) {
            const struct vcd_side *side = &v->side[core][s];
            struct fetching *sum = &v->told->fetching[core][s];

            if (!side->fetching)
                continue;
            assert_int_equal(side->fetching->value, side->stage->value != 0);
            assert_int_equal(side->fetching->value, !side->level->z);
            assert_int_equal(side->fetching->value, !side->pa->z);
            if (side->fetching->value) {
                sum->cycles[side->stage->value][side->level->value] += cycles;
                sum->pa_cycles += cycles * side->pa->value;
            }
        }
    }
}

static void vcd_time(struct vcd *v, const char *text)
{
    char *end;
    uint64_t time = strtoull(text, &end, 10);

    assert_string_equal(end, "");
    assert_int_equal(time % v->cycle_fs, 0);
    assert_true(time > v->time);
    assert_false(v->dumping);
    vcd_pass(v, time);
    v->time = time;
}

static void vcd_count(struct vcd *v, const struct vcd_var *var)
{
    static const char *const misses[] = { "main_tlb_miss", "walk_cache_miss", "ipa_cache_miss" };
    int resource = resource_by_name(var->name);

    for (unsigned i = 0; i < 3; i++)
        v->told->misses[i] += var->value && strcmp(var->name, misses[i]) == 0;
    if (resource >= 0)
        v->told->changes[resource]++;
}

static void vcd_change(struct vcd *v, struct vcd_var *var, const char *digits)
{
    size_t n = strlen(digits);
    bool z = strcmp(digits, "z") == 0;
    uint64_t value = z ? 0 : strtoull(digits, NULL, 2);

    assert_true(var->bits > 0); /* it is declared, */
    assert_in_range(n, 1, var->bits);
    assert_true(z || strspn(digits, "01") == n);
    assert_true(var->known != v->dumping); /* dumped once, before all changes, */
    if (var->known) {
        assert_true(var->value != value || var->z != z); /* and each is one */
        assert_true(var->changed < v->time || v->time == 0);
    }
    var->value = value;
    var->z = z;
    var->changed = v->time;
    if (var->known)
        vcd_count(v, var);
    var->known = true;
}

static void vcd_line(struct vcd *v, char *line)
{
    size_t n = strlen(line);
    char *id;

    assert_true(n > 1 && line[n - 1] == '\n');
    line[n - 1] = '\0';
    if (*line == '#') {
        vcd_time(v, line + 1);
    } else if (*line == '$') {
        assert_string_equal(line, v->dumping ? "$end" : "$dumpvars");
        v->dumping = !v->dumping;
    } else if (*line == 'b') {
        id = strchr(line, ' ');
        assert_non_null(id);
        *id++ = '\0';
        assert_true(vcd_by_id(v, id)->bits > 1);
        vcd_change(v, vcd_by_id(v, id), line + 1);
    } else {
        char digit[2] = { *line, '\0' };

        assert_int_equal(vcd_by_id(v, line + 1)->bits, 1);
        vcd_change(v, vcd_by_id(v, line + 1), digit);
    }
}

/* Reads a whole dump. In the end all is idle. */
static void read_vcd(FILE *f, struct watched *told)
{
    struct vcd *v = calloc(1, sizeof *v);
    char line[256];
    unsigned dumped = 0;

    assert_non_null(v);
    v->told = told;
    vcd_head(v, f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_string_equal(line, "#0\n");
    while (fgets(line, sizeof line, f))
        vcd_line(v, line);
    for (unsigned i = 0; i < VCD_IDS; i++) {
        dumped += v->var[i].known;
        assert_true(v->var[i].z || v->var[i].value == 0);
    }
    assert_int_equal(dumped, v->vars);
    free(v);
}
