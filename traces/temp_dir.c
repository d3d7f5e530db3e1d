/* Making and clearing; a handler of a signal has no opendir. */
#include "traces/temp_dir.h"

#include "traces/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES_BYTES 4096

static char *volatile made;

/* What the kernel writes for each entry [Linux: include/linux/dirent.h@v6.1, struct linux_dirent64]. */
struct entry {
    uint64_t inode, offset;
    uint16_t bytes;
    uint8_t type;
    char name[];
};

/* Each change may move what has not been read yet: returns whether anything went, for the caller to look again. */
static bool remove_some(int directory)
{
    _Alignas(struct entry) char entries[ENTRIES_BYTES];
    bool gone = false;
    long got;

    lseek(directory, 0, SEEK_SET);
    while ((got = syscall(SYS_getdents64, directory, entries, sizeof entries)) > 0) {
        for (long at = 0; at < got;) {
            const struct entry *e = (const struct entry *)(entries + at);

            gone |= unlinkat(directory, e->name, 0) == 0; /* fails of . and .. */
            at += e->bytes;
        }
    }
    return gone;
}

void temp_dir_remove_in_handler(void)
{
    const char *path = made;
    int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    while (remove_some(fd))
        ;
    close(fd);
    rmdir(path);
}

void temp_dir_remove(void)
{
    char *path = made;

    temp_dir_remove_in_handler();
    made = NULL;
    free(path);
}

const char *temp_dir_base(void)
{
    const char *base = getenv("TMPDIR");

    return base && *base ? base : "/tmp";
}

const char *temp_dir_make(struct trace_error *err)
{
    sigset_t ending, old;
    char *path;

    if (asprintf(&path, "%s/stagewalk-XXXXXX", temp_dir_base()) < 0) {
        error_set(err, "out of memory");
        return NULL;
    }
    sigemptyset(&ending);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, &old);
    if (mkdtemp(path))
        made = path;
    else
        error_set(err, "%.150s: no directory can be made: %s", path, strerror(errno));
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (!made)
        free(path);
    return made;
}
