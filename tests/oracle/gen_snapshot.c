/* Writes the hand-made snapshots of tests/unit/traces/snapshot_made.h to files, for the golden answers to questions
 * about them: core.elf, vmcore, xen.core, image.elf and kdump in the directory that is its argument; and names.elf, a
 * file of symbols with names of our own for places that are hot in traces/samples/zcu102-domU.swt, 0x1000000 below
 * them.
 *
 * Exit status: 0; 1 when a file cannot be written. */
#include "tests/unit/sim/symbols_made.h"

static struct elf_made made;

static int write_as(const char *dir, const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return made_write(&made, path);
}

static const uint64_t bases[2] = { 0xFFFF800007200000, 0xFFFF800009700000 };

static const struct made_symbol names[] = {
    { "first_function", 0xFFFF800007308000, 0x2000, STT_FUNC, STB_GLOBAL, 1 },
    { "second_function", 0xFFFF8000072B2000, 0x800, STT_FUNC, STB_LOCAL, 1 },
    { "some_label", 0xFFFF8000072B2800, 0, STT_NOTYPE, STB_LOCAL, 1 },
    { "an_object", 0xFFFF80000979B000, 0x1000, STT_OBJECT, STB_GLOBAL, 2 },
};

int main(int argc, char **argv)
{
    const char *dir = argc > 1 ? argv[1] : ".";
    int failed = 0;

    made_core(&made, NULL);
    failed |= write_as(dir, "core.elf");
    made_core(&made, MADE_KERNEL_INFO);
    failed |= write_as(dir, "vmcore");
    made_xen(&made);
    failed |= write_as(dir, "xen.core");
    made_image(&made);
    failed |= write_as(dir, "image.elf");
    memcpy(made.bytes, "KDUMP   ", 8);
    failed |= write_as(dir, "kdump");
    made_program(&made, ET_DYN, ".symtab", bases, names, sizeof names / sizeof *names);
    failed |= write_as(dir, "names.elf");
    return failed;
}
