/* A strict reader of the timelines that are written here. A line is an event, so that only one is held at a time. */
#pragma once

#include "tests/unit/sim/tlm/watched.h"

#include <jansson.h>

struct timeline_thread {
    int64_t outer_end, step_end; /* ns, as a viewer sees them */
    uint64_t inside;             /* fetches of the outer slice that are still to come */
    bool named;
};

struct timeline_counter {
    int64_t ns, requests, most;
};

struct timeline {
    struct timeline_thread thread[CORES_MAX][SIDE_COUNT];
    struct timeline_counter counter[RESOURCE_COUNT];
    uint64_t walk_cycles[CORES_MAX], walks, ats, fetches, counted;
    int64_t walk_ns; /* sum of the lengths of walks, as viewers see them */
    double cycle_ns; /* length of a cycle */
    unsigned utlb;   /* cycles that an outer slice tells of and does not show */
    struct watched *told;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (!text)
        fail_msg("no text \"%s\"", key);
    return text;
}

static uint64_t number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    assert_true(json_is_integer(value) && json_integer_value(value) >= 0);
    return (uint64_t)json_integer_value(value);
}

static uint64_t hex_of(const json_t *object, const char *key)
{
    const char *text = text_of(object, key);
    char *end;
    uint64_t value;

    assert_memory_equal(text, "0x", 2);
    value = strtoull(text, &end, 16);
    assert_string_equal(end, "");
    return value;
}

/* Perfetto's way from microseconds to nanoseconds. */
static int64_t viewed_ns(const json_t *event, const char *key)
{
    const json_t *us = json_object_get(event, key);

    assert_true(json_is_real(us));
    return (int64_t)(json_real_value(us) * 1000.0);
}

static void timeline_meta(struct timeline *t, const json_t *event)
{
    const char *name = text_of(json_object_get(event, "args"), "name");
    uint64_t pid = number_of(event, "pid"), tid = number_of(event, "tid");
    bool instruction = strcmp(name, "instruction side") == 0;
    char process[32];

    if (strcmp(text_of(event, "name"), "thread_name") == 0) {
        assert_true(instruction || strcmp(name, "data side") == 0);
        assert_in_range(pid, 1, CORES_MAX);
        assert_int_equal(tid, pid * 10 + (instruction ? 2 : 1));
        t->thread[pid - 1][instruction].named = true;
        return;
    }
    assert_string_equal(text_of(event, "name"), "process_name");
    snprintf(process, sizeof process, "core %" PRIu64, pid - 1);
    assert_string_equal(name, pid > CORES_MAX ? "shared resources" : process);
}

/* Begins and lengths that people see are those in cycles, to the nanosecond. */
static void timeline_agrees(const struct timeline *t, const json_t *event, unsigned hidden)
{
    const json_t *args = json_object_get(event, "args");
    double at = (double)number_of(args, "at") * t->cycle_ns;
    double length = (double)(number_of(args, "cycles") - hidden) * t->cycle_ns;

    assert_true(fabs((double)viewed_ns(event, "ts") - at) < 1.001);
    assert_true(fabs((double)viewed_ns(event, "dur") - length) < 1.001);
}

static void timeline_outer(struct timeline *t, unsigned core, unsigned side, const json_t *event)
{
    struct timeline_thread *thread = &t->thread[core][side];
    const json_t *args = json_object_get(event, "args");
    bool walk = strcmp(text_of(event, "name"), "walk") == 0;
    const char *kind = text_of(args, "kind");

    assert_true(viewed_ns(event, "ts") >= thread->outer_end);
    assert_int_equal(thread->inside, 0);
    timeline_agrees(t, event, walk ? t->utlb : 0);
    thread->step_end = viewed_ns(event, "ts");
    thread->outer_end = thread->step_end + viewed_ns(event, "dur");
    thread->inside = number_of(args, "fetches");
    assert_int_equal(strncmp(kind, "at_", 3) == 0, !walk);
    assert_int_equal(strcmp(kind, "fetch") == 0, side == SIDE_INSTRUCTION);
    if (walk) {
        t->walk_cycles[core] += number_of(args, "cycles");
        t->walk_ns += viewed_ns(event, "dur");
    }
    t->walks += walk;
    t->ats += !walk;
}

static void timeline_fetch(struct timeline *t, unsigned core, unsigned side, const json_t *event)
{
    struct fetching *sum = &t->told->fetching[core][side];
    const json_t *args = json_object_get(event, "args");
    uint64_t stage = number_of(args, "stage"), level = number_of(args, "level"), cycles = number_of(args, "cycles");
    const char *found = text_of(args, "found");
    char name[32];

    assert_in_range(stage, 1, 2);
    assert_in_range(level, 0, 3);
    snprintf(name, sizeof name, "S%" PRIu64 " L%" PRIu64, stage, level);
    assert_string_equal(text_of(event, "name"), name);
    assert_true(strcmp(found, "L1D") == 0 || strcmp(found, "L2") == 0 || strcmp(found, "memory") == 0);
    assert_true(json_is_true(json_object_get(args, "answered")));
    (void)hex_of(args, "desc");
    sum->cycles[stage][level] += cycles;
    sum->pa_cycles += cycles * hex_of(args, "pa");
    assert_true(t->thread[core][side].inside-- > 0);
    t->fetches++;
}

static void timeline_look_up(struct timeline *t, const json_t *event)
{
    static const char *const names[] = { "main TLB", "walk cache", "IPA cache" };
    const json_t *args = json_object_get(event, "args");
    unsigned i = 0;

    while (strcmp(text_of(event, "name"), names[i]) != 0)
        assert_true(++i < 3);
    assert_true(json_is_boolean(json_object_get(args, "hit")));
    assert_true(number_of(args, "probes") > 0);
    t->told->misses[i] += json_is_false(json_object_get(args, "hit"));
    if (i == 2)
        (void)hex_of(args, "ipa");
}

static void timeline_slice(struct timeline *t, const json_t *event)
{
    uint64_t pid = number_of(event, "pid"), tid = number_of(event, "tid");
    unsigned core = (unsigned)pid - 1, side = tid % 10 == 2;
    const char *name = text_of(event, "name");
    struct timeline_thread *thread;
    int64_t end = viewed_ns(event, "ts") + viewed_ns(event, "dur");

    assert_in_range(core, 0, CORES_MAX - 1);
    thread = &t->thread[core][side];
    assert_true(thread->named && tid / 10 == pid);
    if (strcmp(name, "walk") == 0 || strcmp(name, "AT") == 0) {
        timeline_outer(t, core, side, event);
        return;
    }
    timeline_agrees(t, event, 0);
    assert_true(viewed_ns(event, "ts") >= thread->step_end);
    assert_true(end <= thread->outer_end);
    thread->step_end = end;
    if (*name == 'S')
        timeline_fetch(t, core, side, event);
    else
        timeline_look_up(t, event);
}

static void timeline_count(struct timeline *t, const char *name, double us, int64_t requests)
{
    int resource = resource_by_name(name);
    int64_t ns = (int64_t)(us * 1000.0);
    struct timeline_counter *c;

    assert_true(resource >= 0);
    c = &t->counter[resource];
    assert_true(ns >= c->ns);
    assert_true(requests != c->requests);
    assert_in_range(requests, 0, 4096);
    c->ns = ns;
    c->requests = requests;
    c->most = requests > c->most ? requests : c->most;
    t->told->changes[resource]++;
    t->counted++;
}

/* Counters are most of a timeline, and all of one form: a line that has it, to the letter, need not be parsed to be
 * known as JSON. Returns false for other lines. */
static bool timeline_short_way(struct timeline *t, const char *line)
{
    static const char form[] = "{\"ph\":\"C\",\"pid\":5,\"ts\":%.4f,\"name\":\"%s\",\"args\":{\"requests\":%u}}";
    const char *name = strstr(line, "\"name\":\""), *value = strstr(line, "\"requests\":");
    char word[16], again[160];
    double us;
    unsigned requests;

    if (strncmp(line, form, 23) != 0 || !name || !value || sscanf(name + 8, "%15[a-z0-9_]", word) != 1)
        return false;
    us = strtod(line + 23, NULL);
    requests = (unsigned)strtoul(value + 11, NULL, 10);
    snprintf(again, sizeof again, form, us, word, requests);
    if (strncmp(again, line, strlen(again)) != 0 || strcspn(line, " \n") != strlen(again))
        return false;
    timeline_count(t, word, us, requests);
    return true;
}

static void timeline_event(struct timeline *t, const char *line)
{
    json_error_t why;
    json_t *event;

    if (t->counted % 64 != 0 && timeline_short_way(t, line))
        return;
    event = json_loads(line, JSON_REJECT_DUPLICATES, &why);
    if (!event)
        fail_msg("%s in: %s", why.text, line);
    switch (*text_of(event, "ph")) {
    case 'M':
        timeline_meta(t, event);
        break;
    case 'X':
        timeline_slice(t, event);
        break;
    case 'C':
        timeline_count(t, text_of(event, "name"), json_real_value(json_object_get(event, "ts")),
                       (int64_t)number_of(json_object_get(event, "args"), "requests"));
        break;
    default:
        fail_msg("not an event of ours: %s", line);
    }
    json_decref(event);
}

/* The document with its events taken out. */
static void timeline_frame(struct timeline *t, const char *head, const char *tail)
{
    char text[512];
    json_t *root;

    snprintf(text, sizeof text, "%s%s", head, tail);
    root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(text_of(root, "displayTimeUnit"), "ns");
    assert_int_equal(json_array_size(json_object_get(root, "traceEvents")), 0);
    assert_true(json_is_array(json_object_get(root, "traceEvents")));
    t->cycle_ns = (double)number_of(json_object_get(root, "otherData"), "cycle_fs") / 1e6;
    json_decref(root);
}

/* Reads a whole timeline: a head, events with a comma between each two, a tail. In the end all is idle. */
static void read_timeline(FILE *f, struct timeline *t)
{
    char head[256], line[512], *last;

    assert_non_null(fgets(head, sizeof head, f));
    timeline_frame(t, head, "]}");
    while (fgets(line, sizeof line, f)) {
        size_t n = strlen(line);

        assert_true(n > 3 && line[n - 1] == '\n');
        last = &line[n - 2];
        if (*last != ',') { /* the last one */
            assert_int_equal(*last, '}');
            timeline_event(t, line);
            assert_non_null(fgets(line, sizeof line, f));
            break;
        }
        *last = ' ';
        timeline_event(t, line);
    }
    assert_string_equal(line, "]}\n");
    assert_int_equal(fgetc(f), EOF);
    for (unsigned i = 0; i < RESOURCE_COUNT; i++)
        assert_int_equal(t->counter[i].requests, 0);
    for (unsigned i = 0; i < CORES_MAX; i++)
        assert_int_equal(t->thread[i][SIDE_DATA].inside + t->thread[i][SIDE_INSTRUCTION].inside, 0);
}
