/* Words of patterns: whatever they say, they are refused with a message, or what they make can be read, keeps a
 * record's promises, and is the same a second time. Large tables are left out: they take long, not other ways. */
#include "sim/generate/generate.h"
#include "sim/generate/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ 3000
#define TABLES_MAX (256ULL << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_small(const struct words *w)
{
    uint64_t spaces = w->pattern == PATTERN_CONTEXTS ? w->value[KEY_PROCESSES]
                      : w->pattern == PATTERN_WORLDS ? w->value[KEY_GUESTS]
                                                     : 1;

    return w->value[KEY_FOOTPRINT] <= TABLES_MAX / spaces;
}

static uint64_t read_some(const char *name)
{
    struct trace_error err = { "" };
    struct trace_reader *r = generate_open(name, &err);
    uint64_t sum = 0;
    struct trace_rec rec;

    if (!r) {
        if (err.text[0] == '\0')
            abort();
        return 0;
    }
    for (int i = 0; i < READ && trace_read(r, &rec, 1) == 1; i++) {
        if (record_problem(&rec))
            abort();
        sum = (sum ^ rec.va ^ rec.pa ^ rec.value ^ rec.n) * 0x9E3779B97F4A7C15ULL + rec.op;
    }
    trace_close(r);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace_error err = { "" };
    struct words w;
    char name[1024];

    if (size > 900)
        return 0;
    snprintf(name, sizeof name, "generate:%.*s", (int)size, (const char *)data);
    if (!words_parse(&w, name + strlen("generate:"), &err)) {
        if (err.text[0] == '\0' || generate_open(name, &err))
            abort();
        return 0;
    }
    if (is_small(&w)) {
        uint64_t once = read_some(name), again = read_some(name);

        if (once != again)
            abort();
    }
    return 0;
}
