/* Results onto output files. */
#include "sim/result_file.h"

#include "sim/say.h"
#include "traces/out_file.h"
#include "traces/text_utf8.h"

#include <stdlib.h>
#include <string.h>

bool result_file_print_json(FILE *stream, const void *value)
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
        return result_file_refuse(&err);
    if (!print(out.stream, context)) {
        out_file_discard(&out);
        return say_error("%s: out of memory", path);
    }
    return out_file_commit(&out, &err) ? 0 : result_file_refuse(&err);
}

int result_file_json(const char *path, json_t *value)
{
    int status = value ? result_file_print(path, result_file_print_json, value) : say_error("%s: out of memory", path);

    json_decref(value);
    return status;
}

json_t *result_file_text(const char *text)
{
    char *copy = strdup(text);
    json_t *string;

    for (char *at = copy; at && *at;) {
        size_t bytes = text_utf8_bytes(at);

        if (bytes == 0)
            *at = '?';
        at += bytes ? bytes : 1;
    }
    string = copy ? json_string(copy) : NULL;
    free(copy);
    return string;
}

int result_file_check_input(const char *output, const char *input)
{
    if (!output || !out_file_replaces(output, input))
        return 0;
    return say_error("%s: is also an input", strcmp(output, "-") == 0 ? "standard output" : output);
}

int result_file_refuse(const struct trace_error *err)
{
    return ferror(stdout) ? 2 : say_error("%s", err->text);
}
