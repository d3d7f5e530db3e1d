/* The first of each domain, as text and as JSON. */
#include "sim/replay/report_hot.h"

#include "sim/result_file.h"

#include <inttypes.h>
#include <stdlib.h>

/* Takes a sum that is to be told. */
typedef void sum_teller(void *to, const struct replay *r, const struct hot_sum *sum);

/* Hands on the first `top` of each domain. Returns false when out of memory. */
static bool each_top(const struct replay *r, enum hot_side side, unsigned top, sum_teller *tell, void *to)
{
    struct hot_sum *sums;
    long count = hot_rank(r->hot, side, r->request->symbols, &sums);
    unsigned told = 0;

    for (long i = 0; i < count; i++) {
        if (i > 0 && sums[i].place.domain != sums[i - 1].place.domain)
            told = 0;
        if (told++ < top && sums[i].misses > 0)
            tell(to, r, &sums[i]);
    }
    free(sums);
    return count >= 0;
}

static void print_sum(void *to, const struct replay *r, const struct hot_sum *s)
{
    const struct domain *d = &r->stats.domain[s->place.domain];
    char domain[16];

    snprintf(domain, sizeof domain, "%u", s->place.domain);
    fprintf(to, "  %-4s %12" PRIu64 " %6.2f %% %10" PRIu64 " %10" PRIu64 "  0x%016" PRIx64 "  ",
            s->place.domain == DOMAIN_EL2 ? "EL2" : domain, s->cycles,
            d->cycles ? 100.0 * (double)s->cycles / (double)d->cycles : 0.0, s->misses, s->walks, s->place.va);
    if (s->symbol)
        fprintf(to, "%s (%s)", s->symbol->name, s->file);
    else
        fprintf(to, "page");
    if (s->place.asid)
        fprintf(to, ", ASID %u", s->place.asid);
    fputc('\n', to);
}

static void print_side(FILE *out, const struct replay *r, enum hot_side side, const char *title)
{
    struct hot_row rest = hot_rest(r->hot, side);

    fprintf(out, "\n%s, cycles beyond micro-TLB hits\n", title);
    fprintf(out, "  %-4s %12s %8s %10s %10s  %-18s  %s\n", "VMID", "cycles", "of all", "misses", "walks", "from",
            "what");
    if (!each_top(r, side, r->request->top, print_sum, out))
        fprintf(out, "  (out of memory)\n");
    if (rest.misses > 0)
        fprintf(out, "  %12" PRIu64 " cycles of %" PRIu64 " misses in further places that had no room\n", rest.cycles,
                rest.misses);
}

void report_hot_text(FILE *out, const struct replay *r)
{
    print_side(out, r, HOT_CODE, "Code that waits for translations");
    print_side(out, r, HOT_DATA, "Data that translations are waited for");
}

static void append_sum(void *to, const struct replay *r, const struct hot_sum *s)
{
    json_t *domain = s->place.domain == DOMAIN_EL2 ? json_null() : json_integer(s->place.domain);

    (void)r;
    json_array_append_new(to, json_pack("{s:o, s:i, s:o, s:o, s:o, s:I, s:I, s:I}", "vmid", domain, "asid",
                                        (int)s->place.asid, "va", json_sprintf("0x%" PRIx64, s->place.va), "name",
                                        s->symbol ? result_file_text(s->symbol->name) : json_null(), "elf",
                                        s->symbol ? result_file_text(s->file) : json_null(), "cycles",
                                        (json_int_t)s->cycles, "misses", (json_int_t)s->misses, "walks",
                                        (json_int_t)s->walks));
}

static json_t *side_json(const struct replay *r, enum hot_side side, unsigned top)
{
    struct hot_row rest = hot_rest(r->hot, side);
    json_t *rows = json_array();

    if (rows && each_top(r, side, top, append_sum, rows))
        return json_pack("{s:o, s:{s:I, s:I, s:I}}", "top", rows, "rest", "cycles", (json_int_t)rest.cycles, "misses",
                         (json_int_t)rest.misses, "walks", (json_int_t)rest.walks);
    json_decref(rows);
    return NULL;
}

json_t *report_hot_json(const struct replay *r, unsigned top)
{
    return json_pack("{s:o, s:o}", "code", side_json(r, HOT_CODE, top), "data", side_json(r, HOT_DATA, top));
}
