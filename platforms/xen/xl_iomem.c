/* xl's sscanf("%lx,%lx%n@%lx%n") without sscanf, so as to know what did not fit. */
#include "platforms/xen/xl_iomem.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_END (1ULL << 28) /* of 40 bits */

struct reader {
    const char *text, *next;
    struct iomem_complaint *bad;
};

static bool refuse(const struct reader *r, const char *text)
{
    r->bad->offset = (size_t)(r->next - r->text);
    r->bad->text = text;
    return false;
}

/* %lx */
static bool number(struct reader *r, uint64_t *value, const char *what)
{
    char *end;

    *value = strtoull(r->next, &end, 16);
    if (end == r->next)
        return refuse(r, what);
    r->next = end;
    return true;
}

static bool policy(struct reader *r, enum iomem_dialect dialect, enum iomem_policy *which)
{
    static const char *const fields[] = { [IOMEM_MEMORY] = ",memory", [IOMEM_DEVMEM] = ",devmem" };

    for (unsigned i = IOMEM_MEMORY; i <= IOMEM_DEVMEM; i++) {
        if (strcmp(r->next, fields[i]) != 0)
            continue;
        if (dialect == IOMEM_OF_XEN)
            return refuse(r, "this version's xl knows no third field: choose a preset of Xilinx's tree that does");
        *which = (enum iomem_policy)i;
        return true;
    }
    return refuse(r, dialect == IOMEM_OF_XEN ? "expected the end of the string: no blank, no third field"
                                             : "expected the end of the string, ,memory or ,devmem");
}

static bool check_range(const struct reader *r, const struct iomem *m)
{
    if (m->count == 0)
        return refuse(r, "no pages: Xen refuses to give access to none");
    if (m->start >= FRAMES_END || m->count > FRAMES_END - m->start)
        return refuse(r, "beyond 2^40 bytes: numbers of 4 KB frames are asked for, not addresses");
    if (m->gfn >= FRAMES_END || m->count > FRAMES_END - m->gfn)
        return refuse(r, "the guest's frames lie beyond 2^40 bytes: the number of a 4 KB frame is asked for");
    return true;
}

bool xl_iomem_read(const char *text, enum iomem_dialect dialect, struct iomem *m, struct iomem_complaint *bad)
{
    struct reader r = { text, text, bad };

    m->policy = IOMEM_DEFAULT;
    if (!number(&r, &m->start, "expected the first frame, in hexadecimal"))
        return false;
    if (*r.next != ',')
        return refuse(&r, "expected `,' and the number of pages, in hexadecimal");
    r.next++;
    if (!number(&r, &m->count, "expected the number of pages, in hexadecimal"))
        return false;
    m->gfn = m->start;
    if (*r.next == '@') {
        r.next++;
        if (!number(&r, &m->gfn, "expected the guest's frame, in hexadecimal"))
            return false;
        if (*r.next && !policy(&r, dialect, &m->policy))
            return false;
    } else if (*r.next) {
        return refuse(&r, *r.next == ',' ? "expected `@' or the end of the string: a third field needs @GFN before it"
                                         : "expected `@' or the end of the string");
    }
    r.next = text;
    return check_range(&r, m);
}
