/* Pages of bytes to pages of words. */
#include "sim/trace/trace_pages.h"

#include "traces/error.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

bool trace_pages_load(struct trace_reader *r, struct machine *m, struct trace_error *err)
{
    uint8_t page[TRACE_PAGE_BYTES];
    uint64_t word[PHYS_PAGE_WORDS], pa;
    int got;

    while ((got = trace_read_page(r, &pa, page)) == 1) {
        const char *why;

        memcpy(word, page, sizeof word);
        for (unsigned i = 0; i < PHYS_PAGE_WORDS; i++)
            word[i] = le64toh(word[i]);
        why = machine_write_page(m, PA(pa), word);
        if (why)
            return error_set(err, "%.150s: page 0x%" PRIx64 ": %s", trace_get_path(r), pa, why);
    }
    if (got < 0)
        *err = *trace_get_error(r);
    return got == 0;
}
