/* What tells results of one exploration from those of another. */
#include "sim/explore/explore.h"
#include "traces/error.h"

#include <string.h>

/* Adds what a file holds to a fingerprint. Returns false when it cannot be read. */
static bool hash_file(uint64_t *hash, const char *path)
{
    FILE *in = fopen(path, "rb");
    char bytes[1 << 16];
    size_t count;
    bool good;

    if (!in)
        return false;
    while ((count = fread(bytes, 1, sizeof bytes, in)) > 0)
        *hash = rows_hash(*hash, bytes, count);
    good = !ferror(in);
    fclose(in);
    return good;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return rows_hash(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

bool explore_fingerprint(const struct explore *e, uint64_t *hash, struct trace_error *err)
{
    const struct trace_input *in = e->request.input;
    const char *words[] = { e->engine_name, in->format, in->xen, in->domain, in->dom0_mem };
    const char *files[] = { e->layouts.trace, in->dtb, in->config };
    size_t count;
    const struct param *params = params_table(&count);

    *hash = rows_hash(ROWS_HASH, &e->request.quantum_ns, sizeof e->request.quantum_ns);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        *hash = hash_text(*hash, words[i]);
    for (size_t i = 0; i < count; i++) {
        uint32_t value = params_get(&e->space.base, &params[i]);

        *hash = rows_hash(*hash, &value, sizeof value);
    }
    for (size_t i = 0; i < e->space.knob_count; i++)
        *hash = hash_text(*hash, e->space.knob[i].key);
    for (int m = 0; m < METRIC_COUNT; m++)
        *hash = hash_text(*hash, metric_row((enum metric)m)->name);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] && !hash_file(hash, files[i]))
            return error_set(err, "%.150s: cannot be read", files[i]);
    }
    return true;
}
