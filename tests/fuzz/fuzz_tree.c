/* Fuzzes the device tree that is changed for Xen: the input is the blob. */
#include "tools/capture/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tree_request request = {
    .xen_arguments = "dom0_mem=512M",
    .dom0 = { "console=hvc0", { 0x20000000, 100 }, { 0x22000000, 200 } },
    .domu = { "console=ttyAMA0", { 0x24000000, 300 }, { 0x26000000, 400 }, .memory_kib = 262144, .cpus = 1 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    char path[64];
    struct trace_error err = { "" };
    struct out_file out;

    if (fd < 0)
        fd = memfd_create("blob", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    if (!out_file_open(&out, "/dev/null", &err))
        abort();
    if (!tree_write(&out, path, &request, &err) && strlen(err.text) < 10)
        abort();
    out_file_discard(&out);
    return 0;
}
