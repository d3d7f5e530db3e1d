/* The script language: whatever the bytes say, they are run or refused. */
#include "platforms/zynqmp/params.h"
#include "sim/script/run.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct run_result result;
    struct trace_error err;
    struct run_request request = { .config = &config };
    char path[64];
    int fd = memfd_create("script", 0);

    if (fd < 0)
        return 0;
    params_default(&config);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    request.path = path;
    if (write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0)
        run_script(&request, &result, &err);
    close(fd);
    return 0;
}
