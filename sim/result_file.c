/* Results onto output files. */
#include "sim/result_file.h"

#include "sim/say.h"
#include "traces/out_file.h"

#include <string.h>

static bool print_json(FILE *stream, const void *value)
{
    bool told = json_dumpf(value, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) == 0 || ferror(stream);

    putc('\n', stream);
    return told;
}

int result_file_print(const char *path, result_printer *print, const void *context)
{
    struct out_file out;
    struct trace_error err;

    if (strcmp(path, "-") == 0)
        return print(stdout, context) ? 0 : say_error("out of memory");
    if (!out_file_open(&out, path, &err))
        return say_error("%s", err.text);
    if (!print(out.stream, context)) {
        out_file_discard(&out);
        return say_error("%s: out of memory", path);
    }
    return out_file_commit(&out, &err) ? 0 : say_error("%s", err.text);
}

int result_file_json(const char *path, json_t *value)
{
    int status = value ? result_file_print(path, print_json, value) : say_error("%s: out of memory", path);

    json_decref(value);
    return status;
}
