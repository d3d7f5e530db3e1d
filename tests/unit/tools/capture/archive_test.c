/* The archive laid over an initrd, read back entry by entry as the kernel does. */
#include "tests/unit/models/rows.h"
#include "tests/unit/traces/trace_fixture.h"
#include "tools/capture/archive.h"

#define BYTES_MAX 65536

struct found {
    unsigned long mode, bytes;
    const uint8_t *content;
};

static uint8_t archive[BYTES_MAX];

static unsigned long field(const uint8_t *head, unsigned index)
{
    char text[9] = "";

    memcpy(text, head + 6 + 8 * index, 8);
    return strtoul(text, NULL, 16);
}

/* Walks the entries from `at` to the trailer. Returns true, with what the entry is, when there is one of that name. */
static bool find(size_t at, size_t end, const char *name, struct found *found)
{
    while (at + 110 <= end) {
        const uint8_t *head = archive + at;
        unsigned long name_bytes = field(head, 11), bytes = field(head, 6);
        const char *own = (const char *)head + 110;
        size_t content = (at + 110 + name_bytes + 3) & ~3ul;

        assert_memory_equal(head, "070701", 6);
        assert_int_equal(strlen(own) + 1, name_bytes);
        assert_true(content + bytes <= end);
        *found = (struct found){ field(head, 1), bytes, archive + content };
        if (strcmp(own, name) == 0)
            return true;
        if (strcmp(own, "TRAILER!!!") == 0)
            return false;
        at = (content + bytes + 3) & ~3ul;
    }
    fail_msg("no trailer");
    return false;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Writes an archive with one file and reads it. Returns its length. */
static size_t make(const char *initrd, const char *path)
{
    const struct archive_file file = { "stagewalk/init", path };
    const char *to = fixture_path("archive");
    struct trace_error err = { "" };
    struct out_file out;
    size_t count;
    FILE *f;

    assert_true(out_file_open(&out, to, &err));
    assert_true(archive_write(&out, initrd, &file, 1, &err));
    assert_true(out_file_commit(&out, &err));
    f = fopen(to, "rb");
    assert_non_null(f);
    count = fread(archive, 1, sizeof archive, f);
    fclose(f);
    unlink(to);
    return count;
}

static void check_entries(void **state)
{
    static const struct {
        const char *name;
        unsigned mode;
    } wanted[] = { { "dev", 040755 },
                   { "dev/console", 020666 },
                   { "dev/null", 020666 },
                   { "proc", 040755 },
                   { "stagewalk", 040755 },
                   { "stagewalk/bin", 040755 },
                   { "stagewalk/init", 0100755 },
                   { "stagewalk/open", 0100755 },
                   { "stagewalk/close", 0100755 },
                   { "TRAILER!!!", 0 } };
    const char *path = fixture_path("init");
    struct found found;
    size_t end;

    (void)state;
    write_file(path, "#!/bin/sh\n");
    end = make(NULL, path);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_true(find(0, end, wanted[i].name, &found));
        assert_int_equal(found.mode, wanted[i].mode);
    }
    assert_true(find(0, end, "stagewalk/init", &found));
    assert_int_equal(found.bytes, 10);
    assert_memory_equal(found.content, "#!/bin/sh\n", 10);
    assert_false(find(0, end, "stagewalk/none", &found));
    assert_int_equal(end % 4, 0);
    unlink(path);
}

/* The two programs differ in their HINT alone, and begin with it. */
static void check_marks(void **state)
{
    static const uint8_t open[] = { 0x1f, 0x2e, 0x03, 0xd5 }, close[] = { 0x3f, 0x2e, 0x03, 0xd5 };
    const char *path = fixture_path("init");
    struct found a, b;
    uint64_t entry;
    size_t end;

    (void)state;
    write_file(path, "");
    end = make(NULL, path);
    assert_true(find(0, end, "stagewalk/open", &a));
    assert_true(find(0, end, "stagewalk/close", &b));
    assert_int_equal(a.bytes, 136);
    assert_memory_equal(a.content, "\177ELF\2\1\1", 7);
    memcpy(&entry, a.content + 24, sizeof entry);
    assert_int_equal(entry, 0x400078);
    assert_memory_equal(a.content + 0x78, open, 4);
    assert_memory_equal(b.content + 0x78, close, 4);
    assert_memory_equal(a.content, b.content, 0x78);
    assert_memory_equal(a.content + 0x7c, b.content + 0x7c, 12);
    unlink(path);
}

/* Another initrd comes first, as it is, and ours begins at a multiple of four. */
static void check_behind(void **state)
{
    const char *path = fixture_path("init"), *initrd = fixture_path("initrd");
    struct found found;
    size_t end;

    (void)state;
    write_file(path, "x");
    write_file(initrd, "not mine");
    end = make(initrd, path);
    assert_memory_equal(archive, "not mine", 8);
    assert_true(find(8, end, "stagewalk/init", &found));
    write_file(initrd, "notmine");
    assert_int_equal(make(initrd, path), end);
    assert_memory_equal(archive, "notmine\0", 8);
    assert_true(find(8, end, "stagewalk/init", &found));
    unlink(path);
    unlink(initrd);
}

static void check_missing(void **state)
{
    const struct archive_file file = { "stagewalk/init", "/nonexistent/init" };
    const char *to = fixture_path("archive");
    struct trace_error err = { "" };
    struct out_file out;

    (void)state;
    assert_true(out_file_open(&out, to, &err));
    assert_false(archive_write(&out, NULL, &file, 1, &err));
    assert_non_null(strstr(err.text, "/nonexistent/init: cannot read: No such file"));
    assert_false(archive_write(&out, "/nonexistent/initrd", &file, 1, &err));
    assert_non_null(strstr(err.text, "/nonexistent/initrd: cannot read: No such file"));
    assert_false(archive_write(&out, "/", &file, 1, &err));
    assert_non_null(strstr(err.text, "/: cannot read: Is a directory"));
    out_file_discard(&out);
    assert_int_not_equal(access(to, F_OK), 0);
}

int main(void)
{
    static struct rows r;

    rows_add_test(&r, "every entry, with its mode", check_entries, NULL);
    rows_add_test(&r, "the programs that open and close the window", check_marks, NULL);
    rows_add_test(&r, "behind another initrd", check_behind, NULL);
    rows_add_test(&r, "a file that is not there", check_missing, NULL);
    return rows_run(&r, "archive");
}
