/* What was told of a memory type against what results. */
#include "sim/replay/replay_type.h"

#include "sim/replay/replay_event.h"

#include <inttypes.h>

#define TYPE_SH(type) ((type) >> 8 & 3)

bool replay_type_agrees(uint16_t told, struct memattr result)
{
    struct memattr want = { .attr = (uint8_t)told, .sh = (uint8_t)TYPE_SH(told) };

    if (told & REC_TYPE_DEVICE)
        return memattr_is_device(result) && result.attr == want.attr;
    if (!(told & REC_TYPE_NORMAL))
        return true;
    if (memattr_is_device(result))
        return false;
    if ((told & REC_TYPE_INNER) && attr_inner(result) != attr_inner(want))
        return false;
    if ((told & REC_TYPE_OUTER) && attr_outer(result) != attr_outer(want))
        return false;
    return !(told & REC_TYPE_SH) || result.sh == want.sh || result.attr == ATTR_NORMAL_NC;
}

static const char *cache_text(uint16_t told, unsigned flag, enum cacheability c)
{
    static const char *const names[] = { "NC", "WT", "WB" };

    return told & flag ? names[c] : "?";
}

void replay_type_compare(struct replay *r, const struct trace_rec *rec, struct memattr result)
{
    struct memattr want = { .attr = (uint8_t)rec->type, .sh = (uint8_t)TYPE_SH(rec->type) };

    r->verify.types_compared++;
    if (replay_type_agrees(rec->type, result))
        return;
    r->verify.types_mismatched++;
    if (rec->type & REC_TYPE_DEVICE)
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": %s in the trace, %s %s here", rec->el, rec->va, attr_name(want),
                    attr_name(result), attr_sh_name(result.sh));
    else
        replay_tell(r, rec, "EL%u VA 0x%" PRIx64 ": Normal, inner %s, outer %s, %s in the trace, %s %s here", rec->el,
                    rec->va, cache_text(rec->type, REC_TYPE_INNER, attr_inner(want)),
                    cache_text(rec->type, REC_TYPE_OUTER, attr_outer(want)),
                    rec->type & REC_TYPE_SH ? attr_sh_name(want.sh) : "?", attr_name(result), attr_sh_name(result.sh));
}
