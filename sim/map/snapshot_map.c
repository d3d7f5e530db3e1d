/* Leaves to rows: joined where they go on alike, or each by itself. */
#include "sim/map/snapshot_map.h"

#include "platforms/zynqmp/params.h"
#include "sim/html/page.h"
#include "sim/map/map_view.h"
#include "sim/map/table_leaves.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "traces/error.h"

#include <inttypes.h>
#include <string.h>

#define REGIONS_JSON_MAX 100000 /* some 60 MB of JSON */

/* Leaves joined, on their way to the output. */
struct rows {
    const struct snapshot_map *request;
    const struct mmu *mmu;
    const struct phys *phys;
    FILE *out;       /* NULL: to `json` */
    json_t *json;    /* regions */
    bool has_region; /* `region` is one */
    struct table_leaf region;
    uint64_t count[4]; /* leaves in it by level; of stage 1 or the finer stage */
    uint64_t leaves, regions, lost;
    unsigned halves; /* bits: lower, upper */
};

/* ---- A row ---- */

static const char *rights_text(const struct rows *r, const struct table_leaf *l, char text[12])
{
    const struct regime *g = &r->mmu->regime[r->request->el == 2 ? REGIME_EL2 : REGIME_EL10];
    unsigned rights = g->id == REGIME_EL2 ? perm_rights_el2(l->perm_s1, g->wxn) : perm_rights_el10(l->perm_s1, g->wxn);

    if (g->stage2_on)
        rights &= l->fault_stage == 2 && l->fault != FAULT_PERMISSION ? 0 : perm_rights_stage2(l->perm_s2);
    if (l->fault == FAULT_ACCESS_FLAG && l->fault_stage == 1)
        rights = 0;
    snprintf(text, 12, "%c%c%c %c%c%c", rights & RIGHT_R1 ? 'r' : '-', rights & RIGHT_W1 ? 'w' : '-',
             rights & RIGHT_X1 ? 'x' : '-', rights & RIGHT_R0 ? 'r' : '-', rights & RIGHT_W0 ? 'w' : '-',
             rights & RIGHT_X0 ? 'x' : '-');
    return text;
}

/* What the row comes to: a memory type, or why nothing. */
static const char *result_text(const struct table_leaf *l, char text[MAP_TEXT_BYTES])
{
    if (l->fault == FAULT_NONE)
        snprintf(text, MAP_TEXT_BYTES, "%s %s", attr_name(l->result), attr_sh_name(l->result.sh));
    else
        snprintf(text, MAP_TEXT_BYTES, "%s fault, stage %u", fault_name((enum fault_type)l->fault), l->fault_stage);
    return text;
}

static const char *pa_text(const struct table_leaf *l, char text[24])
{
    if (l->fault == FAULT_NONE)
        snprintf(text, 24, "0x%010" PRIx64, l->pa);
    else
        snprintf(text, 24, "-");
    return text;
}

static void print_row(const struct rows *r, const struct table_leaf *l)
{
    char pa[24], size[MAP_TEXT_BYTES], rights[12], result[MAP_TEXT_BYTES];

    fprintf(r->out, "0x%016" PRIx64 " 0x%010" PRIx64 " %-12s %9s  %s  %-28s", l->va, l->ipa, pa_text(l, pa),
            map_size_text(l->bytes, size), rights_text(r, l, rights), result_text(l, result));
    if (!r->request->leaves)
        fprintf(r->out, " %4" PRIu64 " %5" PRIu64 " %6" PRIu64 "\n", r->count[1], r->count[2], r->count[3]);
    else if (l->level_s2)
        fprintf(r->out, " %u 0x%016" PRIx64 "  %u 0x%016" PRIx64 "\n", l->level_s1, l->desc_s1, l->level_s2,
                l->desc_s2);
    else
        fprintf(r->out, " %u 0x%016" PRIx64 "\n", l->level_s1, l->desc_s1);
}

static void append_row(struct rows *r, const struct table_leaf *l)
{
    char rights[12], result[MAP_TEXT_BYTES];

    if (json_array_size(r->json) >= REGIONS_JSON_MAX) {
        r->lost++;
        return;
    }
    json_array_append_new(r->json,
                          json_pack("{s:o, s:o, s:o, s:I, s:s, s:s, s:s, s:[I, I, I]}", "va",
                                    json_sprintf("0x%" PRIx64, l->va), "ipa", json_sprintf("0x%" PRIx64, l->ipa), "pa",
                                    l->fault == FAULT_NONE ? json_sprintf("0x%" PRIx64, l->pa) : json_null(), "bytes",
                                    (json_int_t)l->bytes, "rights", rights_text(r, l, rights), "result",
                                    result_text(l, result), "stage1", attr_name(l->s1), "leaves",
                                    (json_int_t)r->count[1], (json_int_t)r->count[2], (json_int_t)r->count[3]));
}

/* ---- Joining ---- */

static void finish_region(struct rows *r)
{
    if (!r->has_region)
        return;
    r->regions++;
    if (r->out)
        print_row(r, &r->region);
    else
        append_row(r, &r->region);
    r->has_region = false;
    memset(r->count, 0, sizeof r->count);
}

static bool same_attr(struct memattr a, struct memattr b)
{
    return a.attr == b.attr && a.sh == b.sh;
}

/* True when a leaf goes on where the region ends, and alike. */
static bool goes_on(const struct table_leaf *a, const struct table_leaf *b)
{
    return b->va == a->va + a->bytes && b->ipa == a->ipa + a->bytes &&
           (a->fault != FAULT_NONE || b->pa == a->pa + a->bytes) && a->fault == b->fault &&
           a->fault_stage == b->fault_stage && a->perm_s1 == b->perm_s1 && a->perm_s2 == b->perm_s2 &&
           same_attr(a->s1, b->s1) && same_attr(a->result, b->result);
}

static bool take_leaf(void *context, const struct table_leaf *leaf)
{
    struct rows *r = context;
    unsigned level = leaf->level_s2 > leaf->level_s1 ? leaf->level_s2 : leaf->level_s1;

    r->leaves++;
    if (r->request->leaves && r->out) {
        print_row(r, leaf);
        return !ferror(r->out);
    }
    if (r->has_region && goes_on(&r->region, leaf)) {
        r->region.bytes += leaf->bytes;
    } else {
        finish_region(r);
        r->region = *leaf;
        r->has_region = true;
    }
    r->count[level & 3]++;
    return !r->out || !ferror(r->out);
}

/* ---- The command ---- */

/* Returns the halves whose registers are known, as bits; 0 with *err: none. */
static unsigned served(const struct rows *r, const struct snapshot_state *state, struct trace_error *err)
{
    unsigned halves = 0;

    for (unsigned half = 0; half < (r->request->el == 2 ? 1u : 2u); half++) {
        struct access a = { .va = VA(half ? UINT64_MAX : 0), .el = (uint8_t)r->request->el, .kind = ACCESS_LOAD };

        halves |= (unsigned)snapshot_state_serves(state, (unsigned)r->request->core, &a, err) << half;
    }
    return halves;
}

static bool walk_halves(struct rows *r, struct trace_error *err)
{
    for (unsigned half = 0; half < 2; half++) {
        struct table_leaves t = { r->mmu, r->request->el == 2 ? REGIME_EL2 : REGIME_EL10, half, TABLE_WALKS_MAX };

        if (!(r->halves >> half & 1))
            continue;
        if (!table_leaves_each(&t, take_leaf, r))
            return error_set(err, "%.150s: its tables map more than %u pieces, or refer to each other in a circle",
                             r->request->path, TABLE_WALKS_MAX);
        finish_region(r);
    }
    return true;
}

static void print_head(const struct rows *r, const struct snapshot_state *state)
{
    snapshot_state_print(r->out, state, (unsigned)r->request->core);
    fprintf(r->out, "%-18s %-12s %-12s %9s  EL%c EL0  %-28s %s\n", "VA", "IPA", "PA", "size",
            r->request->el == 2 ? '2' : '1', "result",
            r->request->leaves ? "leaf descriptors: level, word" : "  1G    2M     4K");
}

static bool tell_text(struct rows *r, const struct snapshot_state *state, struct trace_error *err)
{
    print_head(r, state);
    if (!walk_halves(r, err))
        return false;
    fprintf(r->out, "\n%" PRIu64 " leaves", r->leaves);
    if (!r->request->leaves)
        fprintf(r->out, " in %" PRIu64 " regions", r->regions);
    if (r->mmu->regime[r->request->el == 2 ? REGIME_EL2 : REGIME_EL10].stage2_on)
        fprintf(r->out, ", each as large as the smaller of both stages'");
    fprintf(r->out, "\n");
    if (r->phys->absent_reads > 0)
        fprintf(r->out,
                "tables at pages that the snapshot does not have were read as zero, the first at PA 0x%" PRIx64 "\n",
                r->phys->first_absent.v);
    if (r->request->el == 1 && r->halves != 3)
        fprintf(r->out, "the %s half is left out: TTBR%c_EL1 is not known; --reg gives it\n",
                r->halves == 1 ? "upper" : "lower", r->halves == 1 ? '1' : '0');
    return true;
}

static int tell_json(struct rows *r, const struct snapshot_state *state, struct trace_error *err)
{
    r->json = json_array();
    if (!walk_halves(r, err)) {
        json_decref(r->json);
        return result_file_refuse(err);
    }
    return page_results(&(struct page_result){
        .json = r->request->json,
        .html = r->request->html,
        .page = "map",
        .report = json_pack("{s:s, s:o, s:I, s:I, s:I, s:o}", "schema", "stagewalk/map-snapshot/1", "snapshot",
                            snapshot_state_json(state, (unsigned)r->request->core), "leaves", (json_int_t)r->leaves,
                            "absent_reads", (json_int_t)r->phys->absent_reads, "regions_left_off", (json_int_t)r->lost,
                            "regions", r->json),
        .word = "input",
        .value = result_file_text(r->request->path),
    });
}

static int tell(const struct snapshot_map *s, struct machine *m, struct trace_error *err)
{
    struct snapshot_state state;
    struct rows rows = {
        .request = s, .mmu = &m->cluster.core[s->core].mmu, .phys = &m->phys, .out = s->json || s->html ? NULL : stdout
    };
    int status;

    if (!snapshot_state_read(&state, m, s->path, err) || (s->world && !snapshot_state_under(&state, s->world, err)) ||
        !snapshot_state_finish(&state, s->regs, err))
        return result_file_refuse(err);
    rows.halves = served(&rows, &state, err);
    if (rows.halves == 0)
        return result_file_refuse(err);
    if (!rows.mmu->regime[s->el == 2 ? REGIME_EL2 : REGIME_EL10].stage1_on)
        return say_error("map: %s: stage 1 of EL%u is off: every VA is its own IPA; --reg SCTLR_EL%u=0x1005 has it on",
                         s->path, (unsigned)s->el, (unsigned)s->el);
    status = s->json || s->html              ? tell_json(&rows, &state, err)
             : tell_text(&rows, &state, err) ? 0
                                             : result_file_refuse(err);
    if (status == 0 && backing_failed(m->backing))
        status = say_error("%s: a page of it can no longer be read", s->path);
    return status;
}

int snapshot_map_tell(const struct snapshot_map *s)
{
    struct trace_error err = { "" };
    struct config config;
    struct machine *m;
    int status;

    params_default(&config);
    if (s->el != 1 && s->el != 2)
        return say_error("map: --el wants 1 or 2, not %" PRIu64, s->el);
    if (s->core >= config.cores)
        return say_error("map: --cpu wants 0 to %u, not %" PRIu64, config.cores - 1, s->core);
    if (*s->path == '\0')
        return say_error("map: empty file name");
    if (result_file_check_input(s->json, s->path) != 0 || result_file_check_input(s->html, s->path) != 0)
        return 2;
    m = machine_new(&config);
    status = m ? tell(s, m, &err) : say_error("map: out of memory");
    machine_free(m);
    return status;
}
