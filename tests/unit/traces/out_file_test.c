/* Files that appear whole or not at all, and the writer of traces on top of them. */
#include "tests/unit/traces/trace_fixture.h"
#include "traces/out_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int teardown(void **state)
{
    (void)state;
    return rmdir(fixture_path(""));
}

/* Names in the test's directory, without . and .. */
static int files_there(void)
{
    DIR *dir = opendir(fixture_path(""));
    int count = -2;

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void assert_content(const char *path, const char *want)
{
    size_t count;
    uint8_t *bytes = fixture_bytes(path, &count);

    assert_int_equal(count, strlen(want));
    assert_memory_equal(bytes, want, count);
    free(bytes);
}

static void write_file(const char *path, const char *text)
{
    struct out_file out;

    assert_true(out_file_open(&out, path, NULL));
    assert_true(out_file_write(&out, text, strlen(text), NULL));
    assert_true(out_file_commit(&out, NULL));
}

static void a_file_appears_with_its_name_when_whole(void **state)
{
    const char *path = fixture_path("out");
    struct out_file out;

    (void)state;
    assert_true(out_file_open(&out, path, NULL));
    assert_true(out_file_write(&out, "whole", 5, NULL));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(out_file_commit(&out, NULL));
    assert_content(path, "whole");
    assert_int_equal(files_there(), 1);
    unlink(path);
}

static void a_discarded_file_leaves_nothing(void **state)
{
    struct out_file out;

    (void)state;
    assert_true(out_file_open(&out, fixture_path("out"), NULL));
    assert_true(out_file_write(&out, "half", 4, NULL));
    out_file_discard(&out);
    assert_int_equal(files_there(), 0);
}

static void what_was_there_stays_until_then(void **state)
{
    const char *path = fixture_path("out");
    struct out_file out;

    (void)state;
    write_file(path, "old");
    assert_true(out_file_open(&out, path, NULL));
    assert_true(out_file_write(&out, "new", 3, NULL));
    out_file_discard(&out);
    assert_content(path, "old");
    write_file(path, "new");
    assert_content(path, "new");
    assert_int_equal(files_there(), 1);
    unlink(path);
}

static void a_link_stays_a_link(void **state)
{
    const char *link = fixture_path("link"), *target = fixture_path("target");
    struct stat st;

    (void)state;
    write_file(target, "old");
    assert_int_equal(symlink("target", link), 0);
    write_file(link, "new");
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_content(target, "new");
    unlink(target);
    unlink(link);
}

static void permissions_are_as_of_any_file(void **state)
{
    const char *path = fixture_path("out");
    mode_t mask = umask(027);
    struct stat st;

    (void)state;
    write_file(path, "x");
    umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    unlink(path);
}

/* Renaming a file over /dev/null would be a disaster. */
static void devices_are_written_to(void **state)
{
    struct stat st;

    (void)state;
    write_file("/dev/null", "gone");
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void a_directory_that_is_not_there_is_named(void **state)
{
    struct trace_error err;
    struct out_file out;

    (void)state;
    assert_false(out_file_open(&out, "/nonexistent/out", &err));
    assert_string_equal(err.text, "/nonexistent/out: cannot create: No such file or directory");
    assert_null(trace_create("/nonexistent/out.swt", "", &err));
    assert_contains(err.text, "/nonexistent/out.swt: cannot create");
}

static struct trace_writer *writer(const char *path, struct trace_error *err)
{
    struct trace_writer *w = trace_create(path, "a test", err);
    struct trace_rec recs[50];
    size_t count = fixture_story(recs, 50);

    assert_non_null(w);
    for (size_t i = 0; i < count; i++)
        assert_true(trace_write(w, &recs[i], err));
    return w;
}

static void a_discarded_trace_leaves_nothing(void **state)
{
    struct trace_error err;

    (void)state;
    trace_discard(writer(fixture_path("out.swt"), &err));
    trace_discard(NULL);
    assert_int_equal(files_there(), 0);
}

static void a_full_device_is_an_error(void **state)
{
    struct trace_error err;
    struct trace_writer *w = writer("/dev/full", &err);

    (void)state;
    assert_false(trace_commit(w, &err));
    assert_string_equal(err.text, "/dev/full: cannot write: No space left on device");
}

/* A disk that fills up while a long trace is written, seen through a limit on file sizes. */
static void a_full_disk_leaves_nothing(void **state)
{
    struct rlimit old, small = { 2000, RLIM_INFINITY };
    struct trace_error err = { "" };
    struct trace_writer *w = NULL;
    uint64_t seed = 5;
    bool ok = true;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    w = trace_create(fixture_path("out.swt"), "a test", &err);
    assert_non_null(w);
    for (int i = 0; ok && i < 1000; i++) {
        struct trace_rec rec = fixture_record(REC_EXC, &seed);

        ok = trace_write(w, &rec, &err);
    }
    if (ok)
        ok = trace_commit(w, &err);
    else
        trace_discard(w);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_false(ok);
    assert_contains(err.text, "out.swt: cannot write: File too large");
    assert_int_equal(files_there(), 0);
}

static void what_cannot_be_written_is_refused(void **state)
{
    struct trace_error err = { "" };
    struct trace_writer *w = trace_create("/dev/null", "a test", &err);
    struct trace_rec rec = { .op = REC_FETCH, .n = 0 };
    uint8_t page[TRACE_PAGE_BYTES] = { 0 };

    (void)state;
    assert_non_null(w);
    assert_false(trace_write_page(w, 0x1008, page, &err));
    assert_contains(err.text, "table page at 0x1008 is not 4 KB aligned");
    assert_true(trace_write_page(w, 0x1000, page, &err));
    assert_false(trace_write(w, &rec, &err));
    assert_contains(err.text, "record 0: fetched run is empty");
    rec.n = 1;
    assert_true(trace_write(w, &rec, &err));
    assert_false(trace_write_page(w, 0x2000, page, &err));
    assert_contains(err.text, "table page 0x2000 after the first record");
    assert_true(trace_commit(w, &err));
}

static void a_file_that_is_replaced_keeps_its_mode(void **state)
{
    const char *path = fixture_path("out");
    struct stat st;

    (void)state;
    write_file(path, "old");
    assert_int_equal(chmod(path, 0604), 0);
    write_file(path, "new");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    assert_content(path, "new");
    unlink(path);
}

static void a_link_that_leads_nowhere_stays_a_link(void **state)
{
    const char *link = fixture_path("link"), *next = fixture_path("next"), *target = fixture_path("target");
    struct stat st;

    (void)state;
    assert_int_equal(symlink("next", link), 0);
    assert_int_equal(symlink(target, next), 0);
    write_file(link, "new");
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat(target, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_content(target, "new");
    unlink(target);
    unlink(next);
    assert_int_equal(symlink("link", next), 0);
    assert_false(out_file_open(&(struct out_file){ 0 }, link, NULL)); /* in circles */
    unlink(next);
    unlink(link);
}

/* In a process of its own, that is not root. */
static void a_file_that_may_not_be_written_is_not_replaced(void **state)
{
    const char *path = fixture_path("out");
    int status = -1;
    pid_t child;

    (void)state;
    write_file(path, "old");
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(fixture_path(""), 0777), 0);
    child = fork();
    if (child == 0) {
        struct trace_error err = { "" };
        struct out_file out;
        char want[300];

        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(3);
        snprintf(want, sizeof want, "%s: cannot replace: Permission denied", path);
        _exit(out_file_open(&out, path, &err) ? 1 : strcmp(err.text, want) != 0 ? 2 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_content(path, "old");
    unlink(path);
}

static void several_get_their_names_together_or_not_at_all(void **state)
{
    struct out_file outs[3] = { 0 };
    struct trace_error err = { "" };

    (void)state;
    assert_true(out_file_open(&outs[0], fixture_path("a"), NULL));
    assert_true(out_file_open(&outs[2], "/dev/full", NULL));
    assert_true(out_file_write(&outs[0], "a", 1, NULL));
    assert_true(out_file_write(&outs[2], "b", 1, NULL));
    assert_false(out_file_commit_all(outs, 3, &err));
    assert_string_equal(err.text, "/dev/full: cannot write: No space left on device");
    assert_int_equal(files_there(), 0);
    assert_true(out_file_open(&outs[0], fixture_path("a"), NULL));
    assert_true(out_file_open(&outs[1], fixture_path("b"), NULL));
    assert_int_equal(access(fixture_path("a"), F_OK), -1);
    assert_true(out_file_commit_all(outs, 3, &err));
    assert_int_equal(files_there(), 2);
    unlink(fixture_path("a"));
    unlink(fixture_path("b"));
}

static void the_unfinished_can_be_removed_at_once(void **state)
{
    struct out_file a, b, done;

    (void)state;
    assert_true(out_file_open(&done, fixture_path("done"), NULL));
    assert_true(out_file_commit(&done, NULL));
    assert_true(out_file_open(&a, fixture_path("a"), NULL));
    assert_true(out_file_open(&b, fixture_path("b"), NULL));
    assert_int_equal(files_there(), 3);
    out_file_remove_unfinished(NULL);
    assert_int_equal(files_there(), 1);
    out_file_discard(&a);
    out_file_discard(&b);
    out_file_remove_unfinished(NULL);
    unlink(fixture_path("done"));
}

static void files_are_the_same_by_what_they_are(void **state)
{
    const char *file = fixture_path("file"), *link = fixture_path("link"), *none = fixture_path("none");
    char other[300];

    (void)state;
    write_file(file, "x");
    assert_int_equal(symlink("file", link), 0);
    assert_true(out_file_same(file, link));
    assert_false(out_file_same(file, none));
    assert_true(out_file_replaces(link, file));
    assert_false(out_file_replaces(none, file));
    assert_false(out_file_replaces("/dev/null", "/dev/null"));
    snprintf(other, sizeof other, "%.*s/./none", (int)(strrchr(none, '/') - none), none);
    assert_true(out_file_same(other, none));
    unlink(link);
    assert_int_equal(symlink("none", link), 0);
    assert_true(out_file_same(link, none));
    assert_true(out_file_same("-", "-"));
    assert_false(out_file_same("-", none));
    unlink(link);
    unlink(file);
}

static void a_file_without_a_name_is_refused(void **state)
{
    struct trace_error err;
    struct out_file out;

    (void)state;
    assert_false(out_file_open(&out, "", &err));
    assert_string_equal(err.text, "empty file name");
    assert_false(out_file_open(&out, fixture_path("none/"), &err));
    assert_contains(err.text, "none/: cannot create: Is a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_with_its_name_when_whole),
        cmocka_unit_test(a_discarded_file_leaves_nothing),
        cmocka_unit_test(what_was_there_stays_until_then),
        cmocka_unit_test(a_link_stays_a_link),
        cmocka_unit_test(permissions_are_as_of_any_file),
        cmocka_unit_test(devices_are_written_to),
        cmocka_unit_test(a_directory_that_is_not_there_is_named),
        cmocka_unit_test(a_discarded_trace_leaves_nothing),
        cmocka_unit_test(a_full_device_is_an_error),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(a_file_that_is_replaced_keeps_its_mode),
        cmocka_unit_test(a_link_that_leads_nowhere_stays_a_link),
        cmocka_unit_test(a_file_that_may_not_be_written_is_not_replaced),
        cmocka_unit_test(several_get_their_names_together_or_not_at_all),
        cmocka_unit_test(the_unfinished_can_be_removed_at_once),
        cmocka_unit_test(files_are_the_same_by_what_they_are),
        cmocka_unit_test(a_file_without_a_name_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
