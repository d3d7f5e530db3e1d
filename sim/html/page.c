/* Data between the two halves of the page. */
#include "sim/html/page.h"

#include "sim/result_file.h"
#include "sim/say.h"

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

static bool print_page(FILE *out, const void *data)
{
    return page_print(out, data);
}

int page_file(const char *path, json_t *data)
{
    int status = data ? result_file_print(path, print_page, data) : say_error("%s: out of memory", path);

    json_decref(data);
    return status;
}
