/* /chosen/domU* of the board's tree, and the trees of devices that stand for its modules. */
#include "sim/map/world_dom0less.h"

#include "traces/error.h"

#include <inttypes.h>
#include <string.h>

/* Returns the file of NAME=FILE when NAME is the domain's, else NULL. */
static const char *file_for(const char *pass, const char *name)
{
    size_t length = strlen(name);

    return strncmp(pass, name, length) == 0 && pass[length] == '=' ? pass + length + 1 : NULL;
}

static bool pass_file(struct world_dom0less_domain *d, const char *path, struct trace_error *err)
{
    struct dtree module;
    bool good = dtree_read(&module, path, err) && dom0less_pass(&d->config, &module, err);

    dtree_free(&module);
    return good;
}

/* Gives a domain the devices of the request's files for it; an empty name of a file: it is to go without. */
static bool pass_devices(struct world_dom0less_domain *d, const struct world_request *q, struct trace_error *err)
{
    for (size_t i = 0; q->pass[i]; i++) {
        const char *path = file_for(q->pass[i], d->config.name);

        if (!path)
            continue;
        if (*path && !d->lacks_devices)
            return error_set(err, "%s: domain %s has no \"multiboot,device-tree\" module, or is given two: %.100s",
                             q->dtb, d->config.name, path);
        d->lacks_devices = false;
        if (*path && !pass_file(d, path, err))
            return false;
    }
    return true;
}

/* Static memory must be RAM; Xen keeps it from its heap [Xen: dt_unreserved_regions, setup.c@4.17.0]. */
static bool take_static(const struct domu_config *c, struct board *b, struct trace_error *err)
{
    for (size_t i = 0; i < c->static_count; i++) {
        struct board_range r = { c->static_mem[i].base, c->static_mem[i].bytes };
        bool inside = false;

        for (size_t j = 0; j < b->ram_count; j++)
            inside |= r.base >= b->ram[j].base && r.base - b->ram[j].base < b->ram[j].bytes &&
                      r.bytes <= b->ram[j].bytes - (r.base - b->ram[j].base);
        if (!inside)
            return error_set(err, "%s: xen,static-mem: 0x%" PRIx64 ", size 0x%" PRIx64 ", is in no RAM of the board",
                             c->name, r.base, r.bytes);
        for (size_t j = 0; j < b->taken_count; j++) {
            const struct board_range *o = &b->taken[j].range;

            if (r.base < o->base + o->bytes && o->base < r.base + r.bytes)
                return error_set(err, "%s: xen,static-mem: 0x%" PRIx64 ", size 0x%" PRIx64 ", is taken already",
                                 c->name, r.base, r.bytes);
        }
    }
    for (size_t i = 0; i < c->static_count; i++) {
        if (!board_take(b, (struct board_range){ c->static_mem[i].base, c->static_mem[i].bytes }, BOARD_OF_GUEST))
            return error_set(err, "%s: xen,static-mem: with it, more than %d ranges of RAM are taken", c->name,
                             BOARD_TAKEN_MAX);
    }
    return true;
}

static bool read_tree(struct world_dom0less *d, const struct world_request *q, const struct dtree *t,
                      struct trace_error *err)
{
    int count = dom0less_count(t, err);

    if (count < 0)
        return false;
    if (count > WORLD_DOMUS_MAX)
        return error_set(err, "%s: /chosen: %d domains; a world has %d beside dom0 at most", t->name, count,
                         WORLD_DOMUS_MAX);
    while (d->count < (size_t)count) {
        int i = (int)d->count++;
        struct world_dom0less_domain *to = &d->domain[i];

        to->lacks_devices = dom0less_has_devices(t, i);
        if (!dom0less_read(&to->config, q->preset, t, i, err) || !pass_devices(to, q, err))
            return false;
    }
    return true;
}

/* Every file that is passed is for some domain. */
static bool check_passed(const struct world_dom0less *d, const struct world_request *q, struct trace_error *err)
{
    for (size_t i = 0; q->pass[i]; i++) {
        bool found = false;

        for (size_t j = 0; j < d->count; j++)
            found |= file_for(q->pass[i], d->domain[j].config.name) != NULL;
        if (!found)
            return error_set(err, "--pass %.60s: NAME=FILE is wanted, NAME of a domain in the device tree (--dtb)",
                             q->pass[i]);
    }
    return true;
}

bool world_dom0less_read(struct world_dom0less *d, const struct world_request *q, struct board *b,
                         struct trace_error *err)
{
    struct dtree t;
    bool good;

    if (!q->dtb)
        return check_passed(d, q, err);
    good = dtree_read(&t, q->dtb, err) && read_tree(d, q, &t, err) && check_passed(d, q, err);
    dtree_free(&t);
    for (size_t i = 0; good && i < d->count; i++)
        good = take_static(&d->domain[i].config, b, err);
    return good;
}

void world_dom0less_free(struct world_dom0less *d)
{
    for (size_t i = 0; i < d->count; i++)
        domu_config_free(&d->domain[i].config);
    d->count = 0;
}
