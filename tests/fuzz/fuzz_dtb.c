/* Fuzzes the reader of device tree blobs, and what is made of a board: dom0's regions by two versions of Xen, and their
 * tables. */
#include "platforms/xen/dom0.h"
#include "platforms/xen/p2m.h"

#include <stdlib.h>
#include <string.h>

#define BLOB_BYTES_MAX 65536
#define MAPPED_MAX (1ULL << 31) /* of more, tables take longer than a fuzzer waits */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_tables(const struct xen_domain *d)
{
    struct p2m p;
    uint64_t mapped = 0;

    for (size_t i = 0; i < d->count; i++) {
        const struct domain_region *r = &d->region[i];

        if ((r->ipa | r->pa | r->bytes) % 4096 != 0)
            abort();
        if (r->type != P2M_INVALID && (r->bytes > 1ULL << 40 || r->ipa > (1ULL << 40) - r->bytes))
            abort();
        mapped += r->type == P2M_INVALID ? 0 : r->bytes;
    }
    if (mapped > MAPPED_MAX)
        return;
    if (p2m_init(&p, d->preset, 0x7FE00000) == P2M_OK)
        p2m_map_domain(&p, d);
    p2m_free(&p);
}

static void build(const struct board *b, const char *preset)
{
    static struct dom0_ram ram;
    struct dom0_options o = { .mem = 256ULL << 20, .xen_pa = DOM0_XEN_ANYWHERE };
    struct trace_error err;
    struct xen_domain d;

    domain_init(&d, xen_preset_by_name(preset), "dom0", DOM0_VMID);
    if (dom0_build(&d, b, &o, &ram, &err))
        make_tables(&d);
    domain_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct board b;
    struct trace_error err = { "" };
    void *blob;

    if (size > BLOB_BYTES_MAX)
        return 0;
    blob = malloc(size + 1); /* of the right size, so that a read beyond it is seen */
    if (!blob)
        return 0;
    memcpy(blob, data, size);
    if (board_parse_dtb(&b, blob, size, "fuzz.dtb", &err)) {
        build(&b, "xen-4.8.0");
        build(&b, "xen-4.17");
    } else if (err.text[0] == 0) {
        abort();
    }
    board_free(&b);
    free(blob);
    return 0;
}
