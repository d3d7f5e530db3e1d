/* The words of `explore`: a space or a list of points of any bytes is made into points, each of which can be named and
 * found, or refused with a message. The first byte says which of both it is. */
#include "sim/explore/space.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define POINTS 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What every point must bear. */
static void use(const struct space *s)
{
    char text[4096];

    for (size_t p = 0; p < s->points; p += 1 + s->points / 16) {
        const char *values[SPACE_KNOBS_MAX];
        struct config config;
        struct layout layout;
        char why[200];
        FILE *out = fmemopen(text, sizeof text, "w");

        for (size_t i = 0; i < s->knob_count; i++)
            values[i] = space_value(s, p, i);
        if (space_find(s, values, p + 1) != p)
            abort();
        space_config(s, p, &config, why, sizeof why);
        space_layout(s, p, &layout, why);
        if (out) {
            space_print_point(s, p, out);
            fclose(out);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct trace_error err = { "" };
    struct space s;
    FILE *in = size > 1 ? fmemopen((void *)(uintptr_t)(data + 1), size - 1, "r") : NULL;
    bool good;

    if (!in)
        return 0;
    params_default(&config);
    space_init(&s, &config);
    good = data[0] % 2 ? space_read(&s, in, "fuzz", &err) : space_read_points(&s, in, "fuzz", &err);
    good = good && space_close(&s, POINTS, &err);
    if (good == (err.text[0] != '\0'))
        abort();
    if (good)
        use(&s);
    space_free(&s);
    fclose(in);
    return 0;
}
