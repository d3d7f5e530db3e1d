/* Snapshots: whatever the bytes say, they are read and walked, or refused with a message that names the file. */
#include "platforms/zynqmp/params.h"
#include "sim/map/table_leaves.h"
#include "sim/snapshot/snapshot_state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_BYTES_MAX (1u << 20)
#define WALKS 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take_leaf(void *context, const struct table_leaf *leaf)
{
    uint64_t *last = context;

    if (leaf->bytes == 0 || (*last != 0 && leaf->va <= *last))
        abort();
    *last = leaf->va;
    return true;
}

static void walk(struct machine *m)
{
    for (unsigned i = 0; i < 3; i++) {
        struct table_leaves t = { &m->cluster.core[0].mmu, i < 2 ? REGIME_EL10 : REGIME_EL2, i & 1, WALKS };
        uint64_t last = 0;

        table_leaves_each(&t, take_leaf, &last);
    }
}

/* Each run's first and last page is there, and runs ascend. */
static void read_runs(const struct snapshot *s)
{
    uint64_t word[SNAPSHOT_PAGE_WORDS];

    for (size_t i = 0; i < s->runs && i < 100; i++) {
        const struct snapshot_run *run = &s->run[i];

        if (run->bytes == 0 || (i > 0 && run->pa < run[-1].pa + run[-1].bytes))
            abort();
        if (snapshot_read_page(s, run->pa & ~0xFFFULL, word) != 1 ||
            snapshot_read_page(s, (run->pa + run->bytes - 1) & ~0xFFFULL, word) != 1)
            abort();
    }
}

/* A machine over the file, which can be read. */
static void walk_file(const char *path)
{
    static const char *const regs[] = { "TTBR0_EL1=0x40080000", "TTBR0_EL2=0x40080000", "TCR_EL1=0x200803519",
                                        "TCR_EL2=0x23519",      "SCTLR_EL2=0x5",        NULL };
    static struct machine *m; /* to make one takes longer than all else */
    static struct config config;
    struct snapshot_state state;
    struct trace_error err = { "" };

    if (!m) {
        params_default(&config);
        m = machine_new(&config);
    }
    if (!m)
        return;
    if (snapshot_state_read(&state, m, path, &err)) {
        if (!snapshot_state_finish(&state, regs, &err))
            abort();
        walk(m);
    } else if (strncmp(err.text, path, strlen(path)) != 0) {
        abort();
    }
    machine_reset(m, &config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace_error err = { "" };
    struct snapshot *s;
    char path[64];
    int fd;

    if (size > FILE_BYTES_MAX || (fd = memfd_create("snapshot", 0)) < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (write(fd, data, size) == (ssize_t)size) {
        s = snapshot_open(path, &err);
        if (s) {
            read_runs(s);
            walk_file(path);
        } else if (strncmp(err.text, path, strlen(path)) != 0) {
            abort();
        }
        snapshot_close(s);
    }
    close(fd);
    return 0;
}
