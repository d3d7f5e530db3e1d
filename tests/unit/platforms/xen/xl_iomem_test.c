/* iomem strings: what xl reads of them, what it refuses, and the C library's sscanf as the judge of random ones. */
#include "platforms/xen/xl_iomem.h"
#include "tests/unit/models/rows.h"

#include <inttypes.h>
#include <stdio.h>

struct good_row {
    const char *name; /* the string */
    uint64_t start, count, gfn;
    enum iomem_policy policy;
};

// clang-format off
static const struct good_row good_rows[] = {
    { "0xff0e0,1", 0xff0e0, 1, 0xff0e0, IOMEM_DEFAULT }, /* [Xen: passthrough.txt@4.17.0:130] */
    { "ff0e0,1", 0xff0e0, 1, 0xff0e0, IOMEM_DEFAULT },
    { "0x80000,10", 0x80000, 16, 0x80000, IOMEM_DEFAULT }, /* ten pages would be "a" */
    { "010,010", 16, 16, 16, IOMEM_DEFAULT },             /* no octal here */
    { "0x80000,1000@40000", 0x80000, 4096, 0x40000, IOMEM_DEFAULT },
    { " ff0e0, 1@ 2", 0xff0e0, 1, 2, IOMEM_DEFAULT }, /* %lx skips blanks before a number */
    { "0XFF0E0,+1", 0xff0e0, 1, 0xff0e0, IOMEM_DEFAULT },
    { "fffffff,1", 0xfffffff, 1, 0xfffffff, IOMEM_DEFAULT },
    { "0,10000000@0", 0, 0x10000000, 0, IOMEM_DEFAULT },
    { "0x70000,1@0x70000,memory", 0x70000, 1, 0x70000, IOMEM_MEMORY }, /* [xlnx-xen: dom0_shared_mem.txt] */
    { "0x70000,1@0x80000,devmem", 0x70000, 1, 0x80000, IOMEM_DEVMEM },
};

struct bad_row {
    const char *name; /* the string */
    enum iomem_dialect dialect;
    size_t offset;
    const char *text;
};

static const struct bad_row bad_rows[] = {
    { "", IOMEM_OF_XEN, 0, "expected the first frame" },
    { "0xff0e0", IOMEM_OF_XEN, 7, "expected `,' and the number of pages" },
    { "0xff0e0,", IOMEM_OF_XEN, 8, "expected the number of pages" },
    { "0xff0e0 ,1", IOMEM_OF_XEN, 7, "expected `,'" },
    { "0xff0e0,1 ", IOMEM_OF_XEN, 9, "expected `@' or the end" }, /* a blank at the end [Xen: xl_parse.c@4.17.0:2010] */
    { "0xff0e0,1@", IOMEM_OF_XEN, 10, "expected the guest's frame" },
    { "0xff0e0,1 @2", IOMEM_OF_XEN, 9, "expected `@' or the end" },
    { "0xff0e0,1@2 ", IOMEM_OF_XEN, 11, "expected the end of the string" },
    { "0xff0e0,1g", IOMEM_OF_XEN, 9, "expected `@' or the end" },
    { "0x,1", IOMEM_OF_XEN, 1, "expected `,'" },
    { "1,1@0x", IOMEM_OF_XEN, 5, "expected the end of the string" }, /* no digit [choice: glibc's sscanf takes it for 0] */
    { "0xff0e0-0xff0e1", IOMEM_OF_XEN, 7, "expected `,'" },
    { "0xff0e0000,1", IOMEM_OF_XEN, 0, "numbers of 4 KB frames are asked for, not addresses" },
    { "10000000,1", IOMEM_OF_XEN, 0, "beyond 2^40" },
    { "fffffff,2", IOMEM_OF_XEN, 0, "beyond 2^40" },
    { "0,10000001", IOMEM_OF_XEN, 0, "beyond 2^40" },
    { "0,1@10000000", IOMEM_OF_XEN, 0, "the guest's frames" },
    { "0,2@fffffff", IOMEM_OF_XEN, 0, "the guest's frames" },
    { "-1,1", IOMEM_OF_XEN, 0, "beyond 2^40" },
    { "1,ffffffffffffffffff", IOMEM_OF_XEN, 0, "beyond 2^40" },
    { "0xff0e0,0", IOMEM_OF_XEN, 0, "no pages" },
    { "0x70000,1@0x70000,memory", IOMEM_OF_XEN, 17, "choose a preset of Xilinx's tree" },
    { "0x70000,1@0x70000,devmem", IOMEM_OF_XEN, 17, "choose a preset of Xilinx's tree" },
    { "0x70000,1,memory", IOMEM_OF_XEN, 9, "a third field needs @GFN" },
    { "0x70000,1,memory", IOMEM_OF_XILINX, 9, "a third field needs @GFN" },
    { "0x70000,1@0x70000,cached", IOMEM_OF_XILINX, 17, "expected the end of the string, ,memory or ,devmem" },
    { "0x70000,1@0x70000,memory ", IOMEM_OF_XILINX, 17, "expected the end of the string" },
};
// clang-format on

static void check_good(void **state)
{
    const struct good_row *row = *state;
    struct iomem_complaint bad;
    struct iomem m;

    memset(&m, POISON, sizeof m);
    assert_true(xl_iomem_read(row->name, IOMEM_OF_XILINX, &m, &bad));
    assert_int_equal(m.start, row->start);
    assert_int_equal(m.count, row->count);
    assert_int_equal(m.gfn, row->gfn);
    assert_int_equal(m.policy, row->policy);
    assert_int_equal(xl_iomem_read(row->name, IOMEM_OF_XEN, &m, &bad), row->policy == IOMEM_DEFAULT);
}

static void check_bad(void **state)
{
    const struct bad_row *row = *state;
    struct iomem_complaint bad = { 999, "" };
    struct iomem m;

    assert_false(xl_iomem_read(row->name, row->dialect, &m, &bad));
    assert_int_equal(bad.offset, row->offset);
    assert_non_null(strstr(bad.text, row->text));
}

/* What xl itself does [Xen: xl_parse.c@4.17.0:2004], and the limits that Xen's hypercalls add. */
static bool judge(const char *text, struct iomem *m)
{
    const uint64_t end = 1ULL << 28;
    int used = 0;
    /* NOLINTNEXTLINE(cert-err34-c): the very call whose behaviour is asked for */
    int got = sscanf(text, "%" SCNx64 ",%" SCNx64 "%n@%" SCNx64 "%n", &m->start, &m->count, &used, &m->gfn, &used);

    if (got < 2 || text[used] != '\0')
        return false;
    if (got == 2)
        m->gfn = m->start;
    return m->count > 0 && m->count <= end && m->start <= end - m->count && m->gfn <= end - m->count;
}

/* "0x" without a digit, which C libraries differ in: glibc takes it for 0 at the end of a string, others refuse it. */
static bool has_bare_prefix(const char *text)
{
    for (const char *x = strpbrk(text, "xX"); x; x = strpbrk(x + 1, "xX")) {
        if (x > text && x[-1] == '0' && (x[1] == '\0' || !strchr("01fFa", x[1])))
            return true;
    }
    return false;
}

static void random_strings(void **state)
{
    static const char letters[] = "01fFax,,@@ x+-\tm";
    uint64_t dice = 0x9E3779B97F4A7C15;
    struct sweep s = { 0, 0 };
    unsigned taken = 0, tried = 0;

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        struct iomem ours = { 0 }, theirs = { 0 };
        struct iomem_complaint bad;
        char text[16] = "0x1,1@0x1";
        unsigned length;

        dice = dice * 6364136223846793005 + 1442695040888963407;
        length = (unsigned)(dice >> 60) % 12;
        for (unsigned j = dice >> 59 & 1 ? 3 : 0; j < length; j++) {
            text[j] = letters[dice >> (4 * j) & 15];
            text[j + 1] = '\0';
        }
        if (has_bare_prefix(text))
            continue;
        tried++;
        if (judge(text, &theirs)) {
            taken++;
            sweep_point(&s, xl_iomem_read(text, IOMEM_OF_XEN, &ours, &bad), true, "\"%s\" taken", text);
            sweep_point(&s, ours.start ^ ours.count << 20 ^ ours.gfn << 40,
                        theirs.start ^ theirs.count << 20 ^ theirs.gfn << 40, "\"%s\"", text);
        } else {
            sweep_point(&s, xl_iomem_read(text, IOMEM_OF_XEN, &ours, &bad), false, "\"%s\" refused", text);
        }
    }
    assert_in_range(taken, 1000, 200000);
    sweep_end(&s, tried + taken);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_good, ROWS_OF(good_rows));
    rows_add(&all, check_bad, ROWS_OF(bad_rows));
    rows_add_test(&all, "random strings, as sscanf", random_strings, NULL);
    return rows_run(&all, "xen/xl_iomem");
}
