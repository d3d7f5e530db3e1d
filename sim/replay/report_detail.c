/* The gathered as JSON: short rows, for there may be thousands. */
#include "sim/replay/report_detail.h"

#include "sim/replay/report_hot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SPACES_TOLD 1500
#define TABLES_TOLD 40
#define HOT_TOLD 25

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *vmid(unsigned domain)
{
    return domain == DOMAIN_EL2 ? json_null() : number(domain);
}

static json_t *address(uint64_t a)
{
    return json_sprintf("0x%" PRIx64, a);
}

/* ---- Latencies ---- */

/* Plain micro-TLB hits have no bin of their own in a cell: they are what is left. */
static json_t *bins_array(const struct detail_cell *cell, uint32_t hit)
{
    json_t *bins = json_array();
    uint64_t hits = cell->accesses;

    for (unsigned i = 0; i < DETAIL_BINS; i++)
        hits -= cell->bin[i];
    for (unsigned i = 0; i < DETAIL_BINS; i++) {
        uint64_t n = cell->bin[i] + (i == detail_bin(hit) ? hits : 0);

        if (n > 0)
            json_array_append_new(bins, json_pack("[I, o]", (json_int_t)detail_bin_least(i), number(n)));
    }
    return bins;
}

static json_t *latency_object(const struct replay *r)
{
    const struct detail *d = r->detail;
    json_t *rows = json_array();

    for (unsigned i = 0; i < CORES_MAX * DOMAIN_COUNT * LATENCY_KIND_COUNT; i++) {
        const unsigned kind = i % LATENCY_KIND_COUNT, domain = i / LATENCY_KIND_COUNT % DOMAIN_COUNT;
        const unsigned core = i / LATENCY_KIND_COUNT / DOMAIN_COUNT;
        const struct detail_cell *cell = d->cell[core][domain][kind];

        if (cell && cell->accesses > 0)
            json_array_append_new(rows, json_pack("{s:i, s:o, s:s, s:o, s:o}", "core", (int)core, "vmid", vmid(domain),
                                                  "kind", stats_kind_name((enum latency_kind)kind), "accesses",
                                                  number(cell->accesses), "bins",
                                                  bins_array(cell, r->machine->cluster.config.price.utlb)));
    }
    return json_pack("{s:o, s:o}", "rows", rows, "accesses_left_off", number(d->cells_lost));
}

/* ---- Cycles ---- */

/* Cycles of the fetches of one stage and level, by where they were found. */
struct fetch_cycles {
    uint64_t at[LEVEL_COUNT];
};

static json_t *fetches_array(const struct replay *r, uint64_t left)
{
    const struct prices *p = &r->machine->cluster.config.price;
    json_t *rows = json_array();
    uint64_t memory = 0;

    for (unsigned i = 0; i < 8; i++)
        memory += r->detail->steps.fetches[i / 4][i % 4][LEVEL_MEMORY];
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t *n = r->detail->steps.fetches[i / 4][i % 4];
        uint64_t part = memory ? (uint64_t)((double)left * (double)n[LEVEL_MEMORY] / (double)memory) : 0;

        left -= part;
        memory -= n[LEVEL_MEMORY];
        json_array_append_new(rows, json_pack("{s:i, s:i, s:o, s:o, s:o}", "stage", (int)i / 4 + 1, "level", (int)i % 4,
                                              memsys_level_name(LEVEL_L1), number(n[LEVEL_L1] * p->l1d),
                                              memsys_level_name(LEVEL_L2), number(n[LEVEL_L2] * p->l2),
                                              memsys_level_name(LEVEL_MEMORY), number(part)));
    }
    return rows;
}

static json_t *cycles_object(const struct replay *r)
{
    const struct detail_steps *s = &r->detail->steps;
    const struct prices *p = &r->machine->cluster.config.price;
    uint64_t all = 0, accesses = 0, longer = 0, utlb, known;

    for (int k = 0; k < LATENCY_KIND_COUNT; k++) {
        all += stats_sum(&r->stats.latency[k]);
        accesses += stats_count(&r->stats.latency[k]);
        longer += r->longer[k];
    }
    utlb = p->utlb * (accesses - longer + s->translations);
    known = utlb + s->main_tlb + s->walk_cache + s->ipa_cache + s->walk + s->wait;
    for (unsigned i = 0; i < 8; i++)
        known += s->fetches[i / 4][i % 4][LEVEL_L1] * p->l1d + s->fetches[i / 4][i % 4][LEVEL_L2] * p->l2;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "all", number(all), "micro_tlb", number(utlb),
                     "main_tlb", number(s->main_tlb), "walk_cache", number(s->walk_cache), "ipa_cache",
                     number(s->ipa_cache), "walk", number(s->walk), "wait", number(s->wait), "fetches",
                     fetches_array(r, all > known ? all - known : 0));
}

/* ---- Time ---- */

static json_t *core_object(const struct detail *d, unsigned core)
{
    json_t *object = json_pack("{s:i}", "core", (int)core);

    for (unsigned k = 0; k < DETAIL_FOLLOWED; k++) {
        json_t *growth = json_array();
        uint64_t before = 0;

        for (unsigned i = 0; i < d->samples; i++) {
            json_array_append_new(growth, number(d->sample[i].count[core][k] - before));
            before = d->sample[i].count[core][k];
        }
        json_object_set_new(object, count_row(detail_followed[k])->name, growth);
    }
    return object;
}

static json_t *time_object(const struct replay *r)
{
    const struct detail *d = r->detail;
    json_t *records = json_array(), *cores = json_array();

    for (unsigned i = 0; i < d->samples; i++)
        json_array_append_new(records, number(d->sample[i].records));
    for (unsigned i = 0; i < r->machine->cluster.config.cores; i++) {
        if (r->machine->cluster.core[i].mmu.count.v[COUNT_INST_RETIRED] > 0)
            json_array_append_new(cores, core_object(d, i));
    }
    return json_pack("{s:o, s:o, s:o}", "every", number(d->sample_every), "records", records, "cores", cores);
}

/* ---- Address spaces ---- */

static uint64_t misses(const struct spaces_row *row)
{
    return row->fetches + row->data;
}

static int by_misses(const void *a, const void *b)
{
    const struct spaces_row *x = a, *y = b;
    int order = (misses(x) < misses(y)) - (misses(x) > misses(y));

    return order ? order : memcmp(&x->key, &y->key, sizeof x->key);
}

static json_t *types_array(const struct replay *r, int16_t number_of[TYPE_ROWS])
{
    json_t *types = json_array();

    for (size_t i = 0; i < TYPE_ROWS; i++) {
        const struct mem_type *t = &r->stats.type[i].type;

        number_of[i] = -1;
        if (r->stats.type[i].count == 0)
            continue;
        number_of[i] = (int16_t)json_array_size(types);
        json_array_append_new(types, json_pack("{s:s, s:s, s:s, s:s}", "stage1",
                                               t->stages & TLB_STAGE1 ? attr_name(t->s1) : "off", "stage2",
                                               t->stages & TLB_STAGE2 ? attr_name(t->s2) : "off", "result",
                                               attr_name(t->result), "shareability", attr_sh_name(t->result.sh)));
    }
    return types;
}

static json_t *space_array(const struct spaces_row *row, int type)
{
    return json_pack("[o, o, o, o, i, i, i, i, o, o, o]", address(row->key.va), address(row->key.ipa),
                     address(row->key.pa), vmid(row->key.domain), (int)row->key.asid, type, (int)row->leaves[0],
                     (int)row->leaves[1], number(row->fetches), number(row->data), number(row->walks));
}

static json_t *spaces_object(const struct replay *r)
{
    struct spaces *s = &r->detail->spaces;
    json_t *rows = json_array(), *types;
    uint64_t left = misses(&s->rest);
    int16_t number_of[TYPE_ROWS];

    spaces_coarsen(s, SPACES_TOLD);
    qsort(s->row, s->count, sizeof *s->row, by_misses);
    types = types_array(r, number_of);
    for (uint32_t i = 0; i < s->count; i++) {
        uint16_t type = s->row[i].key.type;

        if (i < SPACES_TOLD)
            json_array_append_new(rows, space_array(&s->row[i], type < TYPE_ROWS ? number_of[type] : -1));
        else
            left += misses(&s->row[i]);
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "piece", s->bits < 63 ? number(1ULL << s->bits) : json_null(), "types",
                     types, "rows", rows, "misses_left_off", number(left));
}

/* ---- Tables ---- */

static uint64_t fetches(const struct detail_table *t)
{
    return t->fetches[LEVEL_L1] + t->fetches[LEVEL_L2] + t->fetches[LEVEL_MEMORY];
}

static int by_fetches(const void *a, const void *b)
{
    const struct detail_table *x = a, *y = b;
    int order = (fetches(x) < fetches(y)) - (fetches(x) > fetches(y));

    return order ? order : (x->pa > y->pa) - (x->pa < y->pa);
}

static json_t *tables_object(const struct replay *r)
{
    struct detail *d = r->detail;
    json_t *rows = json_array();
    uint64_t left = d->tables_lost;

    qsort(d->table, DETAIL_TABLES, sizeof *d->table, by_fetches);
    for (unsigned i = 0; i < d->tables; i++) {
        const struct detail_table *t = &d->table[i];

        if (i < TABLES_TOLD)
            json_array_append_new(rows, json_pack("{s:o, s:o, s:i, s:i, s:o, s:o, s:o, s:o}", "pa", address(t->pa),
                                                  "vmid", vmid(t->domain), "stage", (int)t->stage, "level",
                                                  (int)t->level, "fetches", number(fetches(t)),
                                                  memsys_level_name(LEVEL_L1), number(t->fetches[LEVEL_L1]),
                                                  memsys_level_name(LEVEL_L2), number(t->fetches[LEVEL_L2]),
                                                  memsys_level_name(LEVEL_MEMORY), number(t->fetches[LEVEL_MEMORY])));
        else
            left += fetches(t);
    }
    return json_pack("{s:i, s:o, s:o}", "pages", (int)d->tables, "rows", rows, "fetches_left_off", number(left));
}

json_t *report_detail_json(const struct replay *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "latency", latency_object(r), "cycles", cycles_object(r), "time",
                     time_object(r), "spaces", spaces_object(r), "tables", tables_object(r), "hot",
                     report_hot_json(r, HOT_TOLD));
}
