/* The archive that is laid over a guest's initrd: what opens the window, runs the guest's work in it and closes it. */
#pragma once

#include "traces/out_file.h"

/* A file of the archive; all may be executed. */
struct archive_file {
    const char *name; /* as in "stagewalk/init" */
    const char *path; /* where its content is read from */
};

/* Writes a cpio archive to *out, behind the initrd of that path, if not NULL: Linux unpacks one after the other.
 * Besides the files it has /stagewalk/open and /stagewalk/close, which open and close the window. It is the same bytes
 * whenever it is made. Returns false and fills *err. */
bool archive_write(struct out_file *out, const char *initrd, const struct archive_file *files, size_t count,
                   struct trace_error *err);
