/* Data between the two halves of the page. */
#include "sim/html/page.h"

#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/error.h"
#include "traces/out_file.h"

/* In page_text.S. Both are empty where the library was not to be had when the program was built. */
extern const char page_before[], page_before_end[], page_after[], page_after_end[];

static size_t bytes_of(const char *from, const char *end)
{
    return (size_t)(end - from);
}

int page_check(const char *path)
{
    if (!path || bytes_of(page_before, page_before_end) > 0)
        return 0;
    return say_error("--html: this program was built without D3, which draws the charts; `make install-deps` installs "
                     "it (node-d3 of Debian), then build again");
}

/* As JSON these three stand in strings alone. Without them nothing in an HTML page can end a script element, or begin a
 * comment in it. */
static int put_escaped(const char *text, size_t bytes, void *out)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '<' || text[i] == '>' || text[i] == '&')
            fprintf(out, "\\u%04x", (unsigned char)text[i]);
        else
            putc(text[i], out);
    }
    return 0;
}

bool page_print(FILE *out, const json_t *data)
{
    fwrite(page_before, 1, bytes_of(page_before, page_before_end), out);
    if (json_dump_callback(data, put_escaped, out, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15)) != 0)
        return false;
    fwrite(page_after, 1, bytes_of(page_after, page_after_end), out);
    return true;
}

static bool write_results(const struct page_result *r, struct out_file out[2], struct trace_error *err)
{
    json_t *data = json_pack("{s:s, s:O}", "page", r->page, "report", r->shown ? r->shown : r->report);
    bool good = data && (!r->word || json_object_set(data, r->word, r->value) == 0);

    good = good && (!r->json || result_file_print_json(out[0].stream, r->report)) &&
           (!r->html || page_print(out[1].stream, data));
    json_decref(data);
    return good || error_set(err, "out of memory");
}

static bool open_results(const struct page_result *r, struct out_file out[2], struct trace_error *err)
{
    return (!r->json || out_file_open(&out[0], r->json, err)) && (!r->html || out_file_open(&out[1], r->html, err));
}

int page_results(const struct page_result *r)
{
    struct out_file out[2] = { { NULL } };
    struct trace_error err = { "" };
    bool good = (r->report || error_set(&err, "out of memory")) && open_results(r, out, &err) &&
                write_results(r, out, &err) && out_file_commit_all(out, 2, &err);

    out_file_discard(&out[0]);
    out_file_discard(&out[1]);
    json_decref(r->report);
    json_decref(r->shown);
    json_decref(r->value);
    return good ? 0 : result_file_refuse(&err);
}
