/* Reads a blob once from front to back before libfdt does, whose fdt_check_full never comes back from a property of
 * 0xfffffff4 bytes (1.6.1), and takes a structure block that is not aligned. */
#include "platforms/dtree.h"

#include "traces/error.h"

#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 17
#define TAG_BYTES sizeof(fdt32_t)

/* The structure block, and how far it has been read. */
struct scan {
    const char *block, *strings;
    size_t bytes, at;
    uint32_t string_bytes;
    unsigned depth, nodes;
};

static bool within(uint64_t offset, uint64_t bytes, uint64_t all)
{
    return offset <= all && bytes <= all - offset;
}

static const char *check_header(const struct dtree *t)
{
    const void *b = t->blob;
    uint32_t all;

    if (t->bytes < sizeof(struct fdt_header) || fdt_magic(b) != FDT_MAGIC)
        return "it does not begin as one";
    all = fdt_totalsize(b);
    if (all > t->bytes || all < sizeof(struct fdt_header))
        return "cut off: it says that it is longer";
    if (fdt_last_comp_version(b) > VERSION)
        return "of a version that is not known yet";
    if ((fdt_off_dt_struct(b) | fdt_size_dt_struct(b)) % TAG_BYTES || fdt_off_mem_rsvmap(b) % 8)
        return "its blocks are not aligned";
    if (!within(fdt_off_dt_struct(b), fdt_size_dt_struct(b), all) ||
        !within(fdt_off_dt_strings(b), fdt_size_dt_strings(b), all))
        return "a block reaches beyond its end";
    return NULL;
}

/* Takes `bytes` bytes, rounded up to a whole tag. */
static const char *take(struct scan *s, size_t bytes)
{
    const char *from = s->block + s->at;

    if (!within(s->at, bytes, s->bytes))
        return NULL;
    s->at += (bytes + TAG_BYTES - 1) & ~(TAG_BYTES - 1);
    return from;
}

/* True for a name that ends within `room` bytes and is no longer than names are. */
static bool is_name(const char *name, size_t room)
{
    size_t most = room < DTREE_NAME_MAX + 1 ? room : DTREE_NAME_MAX + 1;

    return strnlen(name, most) < most;
}

static bool take_node_name(struct scan *s)
{
    const char *name = s->block + s->at;

    return is_name(name, s->bytes - s->at) && take(s, strlen(name) + 1);
}

static bool take_property(struct scan *s)
{
    const char *head = take(s, 2 * TAG_BYTES);
    uint32_t name;

    if (!head || !take(s, fdt32_ld((const fdt32_t *)head)))
        return false;
    name = fdt32_ld((const fdt32_t *)(head + TAG_BYTES));
    return name < s->string_bytes && is_name(s->strings + name, s->string_bytes - name);
}

/* Takes what belongs to a tag. Returns false where it must not stand. */
static bool take_tag(struct scan *s, uint32_t kind)
{
    switch (kind) {
    case FDT_NOP:
        return true;
    case FDT_BEGIN_NODE:
        if (s->depth == 0 && s->nodes > 0)
            return false; /* a second root */
        s->nodes++;
        s->depth++;
        return s->depth <= DTREE_DEPTH_MAX && take_node_name(s);
    case FDT_PROP:
        return s->depth > 0 && take_property(s);
    case FDT_END_NODE:
        if (s->depth == 0)
            return false;
        s->depth--;
        return true;
    default:
        return false;
    }
}

/* Returns what is wrong with the structure block, or NULL. */
static const char *check_structure(struct scan *s)
{
    static const char nonsense[] = "its structure makes no sense";
    const char *tag;

    while ((tag = take(s, TAG_BYTES)) != NULL) {
        uint32_t kind = fdt32_ld((const fdt32_t *)tag);

        if (kind == FDT_END)
            return s->depth == 0 && s->nodes > 0 ? NULL : nonsense;
        if (!take_tag(s, kind))
            return s->depth > DTREE_DEPTH_MAX ? "its nodes are nested too deep" : nonsense;
    }
    return nonsense;
}

bool dtree_check(const struct dtree *t, struct trace_error *err)
{
    const char *problem;
    struct scan s;
    int result;

    if (t->bytes > DTREE_BYTES_MAX)
        return error_set(err, "%s: more than %u MB: not a device tree of a board", t->name, DTREE_BYTES_MAX >> 20);
    problem = check_header(t);
    if (!problem && fdt_version(t->blob) < VERSION)
        return error_set(err, "%s: a blob of version %u; only %u and later are read", t->name,
                         (unsigned)fdt_version(t->blob), VERSION);
    if (!problem) {
        s = (struct scan){ .block = (const char *)t->blob + fdt_off_dt_struct(t->blob),
                           .strings = (const char *)t->blob + fdt_off_dt_strings(t->blob),
                           .bytes = fdt_size_dt_struct(t->blob),
                           .string_bytes = fdt_size_dt_strings(t->blob) };
        problem = check_structure(&s);
    }
    result = problem ? 0 : fdt_check_full(t->blob, t->bytes);
    if (result)
        problem = fdt_strerror(result);
    return !problem || error_set(err, "%s: not a device tree blob, or a damaged one: %s", t->name, problem);
}

bool dtree_read(struct dtree *t, const char *path, struct trace_error *err)
{
    FILE *f = fopen(path, "rb");
    int problem;

    *t = (struct dtree){ .name = path, .own = f ? malloc(DTREE_BYTES_MAX + 1) : NULL };
    t->blob = t->own;
    problem = errno;
    if (t->own) {
        t->bytes = fread(t->own, 1, DTREE_BYTES_MAX + 1, f);
        problem = ferror(f) ? errno : t->bytes > DTREE_BYTES_MAX ? EFBIG : 0;
    }
    if (f)
        fclose(f);
    if (!t->own || problem)
        return error_set(err, "%s: %s", path, strerror(problem));
    return dtree_check(t, err);
}

void dtree_free(struct dtree *t)
{
    free(t->own);
    t->own = NULL;
    t->blob = NULL;
}
