/* Files of results of `explore`, of any bytes: taken, or refused with a message; and what was taken is written as it
 * was read. The first byte says whether its last line may be cut off (bit 0), and whether the first two lines are right
 * (bit 1). */
#include "sim/explore/keep.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct space *space(void)
{
    static struct space s;
    struct config config;
    struct trace_error err;

    if (s.points > 0)
        return &s;
    params_default(&config);
    space_init(&s, &config);
    if (!space_add(&s, "cost.l1d=3..5", &err) || !space_add(&s, "stage2=as-captured,2M", &err) ||
        !space_close(&s, POINTS_MAX, &err))
        abort();
    return &s;
}

/* A taken result, written and read again, is the same. */
static void write_and_read(const struct point_result *r)
{
    static struct rows_reader row;
    struct trace_error err;
    struct point_result again;
    FILE *out = fmemopen(row.text, sizeof row.text, "w");

    if (!out)
        return;
    point_result_write(r, out);
    fclose(out);
    row.name = "again";
    if (!rows_split(&row, &err) || row.cells != POINT_RESULT_CELLS ||
        !point_result_read(&again, (const char *const *)row.cell, &err) || again.status != r->status)
        abort();
    for (int m = 0; m < METRIC_COUNT; m++) {
        if (isnan(r->value[m]) ? !isnan(again.value[m]) : r->value[m] != again.value[m])
            abort();
    }
    point_result_free(&again);
}

/* A file that begins rightly, or not at all, with these bytes behind. NULL: out of memory. */
static FILE *make_file(const struct keep *k, bool begun, const uint8_t *data, size_t size)
{
    FILE *file = fmemopen(NULL, size + 16384, "w+");

    if (!file)
        return NULL;
    if (begun) {
        rows_head_write(&k->head, file);
        rows_write_names(k->space, file);
    }
    fwrite(data, 1, size, file);
    rewind(file);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rows_reader r;
    struct keep k = { .space = space(), .head.fingerprint = 0xaa };
    struct point_result result[POINTS_MAX];
    struct trace_error err = { "" };

    if (size < 2)
        return 0;
    for (size_t p = 0; p < POINTS_MAX; p++)
        point_result_init(&result[p], POINT_OPEN);
    memset(&r, 0, sizeof r);
    rows_head_of(&k.head, k.space);
    r.name = "fuzz";
    r.torn_ends = data[0] % 2;
    r.in = make_file(&k, data[0] & 2, data + 1, size - 1);
    if (!r.in)
        return 0;
    if (keep_read(&k, &r, result, &err) == (err.text[0] != '\0') || r.whole > size + 16384)
        abort();
    for (size_t p = 0; p < POINTS_MAX; p++) {
        if (result[p].status != POINT_OPEN)
            write_and_read(&result[p]);
        point_result_free(&result[p]);
    }
    fclose(r.in);
    return 0;
}
