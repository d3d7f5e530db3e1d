/* xl's configuration files: whatever the bytes say, they are read and built, or refused with a message that tells
 * where. */
#include "platforms/xen/xl_domu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void build(const struct domu_config *c)
{
    struct domu_host host;
    struct xen_domain d;
    struct trace_error err = { "" };
    uint64_t mapped = 0;

    domu_host_zynqmp(&host);
    if (ram_pool_add(&host.pool, (struct ram_range){ 0x60001000, 64 << 20 }))
        abort();
    if (domu_build(&d, c, &host, 2, &err)) {
        for (size_t i = 0; i < d.count; i++)
            mapped += d.region[i].kind == REGION_RAM ? d.region[i].bytes : 0;
        if (mapped < c->ram_bytes)
            abort();
    } else if (err.text[0] == '\0') {
        abort();
    }
    domain_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("xlcfg", 0);
    char path[64];

    if (fd < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (size_t i = 0; write(fd, data, size) == (ssize_t)size && xen_preset_at(i); i++) {
        struct trace_error err = { "" };
        struct xl_domu x;

        if (ftruncate(fd, (off_t)size) != 0 || lseek(fd, 0, SEEK_SET) != 0)
            abort();
        if (xl_domu_read(&x, path, xen_preset_at(i), &err))
            build(&x.domu);
        else if (strncmp(err.text, path, strlen(path)) != 0)
            abort();
        for (size_t j = 0; xl_domu_ignored(&x, j);)
            j++;
        xl_domu_free(&x);
        if (lseek(fd, 0, SEEK_SET) != 0)
            abort();
    }
    close(fd);
    return 0;
}
