/* Device trees of domains: whatever the bytes say, they are read and built, or refused with a message. The blob is both
 * the host's tree and the module that passes devices through. */
#include "platforms/xen/dom0less.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void build(const struct domu_config *c, struct trace_error *err)
{
    struct domu_host host;
    struct xen_domain d;

    domu_host_zynqmp(&host);
    if (ram_pool_add(&host.pool, (struct ram_range){ 0x60001000, 512 << 20 }))
        abort();
    if (!domu_build(&d, c, &host, 1, err) && err->text[0] == '\0')
        abort();
    domain_free(&d);
}

static void read_all(const struct dtree *t)
{
    struct trace_error err = { "" };
    int count = dom0less_count(t, &err);

    for (int i = 0; i < count; i++) {
        struct domu_config c;
        bool ok;

        err.text[0] = '\0';
        ok = dom0less_read(&c, xen_preset_by_name("xen-4.17"), t, i, &err);
        if (ok)
            dom0less_has_devices(t, i);
        if (ok && dom0less_pass(&c, t, &err))
            build(&c, &err);
        else if (err.text[0] == '\0')
            abort();
        domu_config_free(&c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace_error err = { "" };
    struct dtree t = { .name = "tree", .bytes = size };
    void *blob = malloc(size ? size : 1); /* aligned, and its end is watched */

    if (!blob)
        return 0;
    memcpy(blob, data, size);
    t.blob = blob;
    if (dtree_check(&t, &err))
        read_all(&t);
    else if (strncmp(err.text, "tree: ", 6) != 0)
        abort();
    free(blob);
    return 0;
}
