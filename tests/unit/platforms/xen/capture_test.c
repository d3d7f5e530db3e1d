/* The stage-2 leaves of real guests of Xen 4.17 on a ZCU102, as traces carry them: for the same IPA, PA and size the
 * builder writes the same descriptor. Further traces can be named on the command line. */
#include "models/arch/sysreg.h"
#include "platforms/xen/p2m.h"
#include "tests/unit/models/rows.h"
#include "traces/reader.h"

#include <endian.h>
#include <stdlib.h>

#define PAGES_MAX 4096
#define ROOTS_MAX 16
#define ADDRESS 0x0000FFFFFFFFF000ULL

static struct page {
    uint64_t pa, word[512];
} pages[PAGES_MAX];
static size_t page_count;
static uint64_t roots[ROOTS_MAX];
static size_t root_count;

static const uint64_t *page_at(uint64_t pa)
{
    for (size_t i = 0; i < page_count; i++) {
        if (pages[i].pa == pa)
            return pages[i].word;
    }
    return NULL;
}

static void note_root(uint64_t vttbr)
{
    uint64_t root = vttbr & ADDRESS;

    for (size_t i = 0; i < root_count; i++) {
        if (roots[i] == root)
            return;
    }
    if (root != 0 && root_count < ROOTS_MAX)
        roots[root_count++] = root;
}

/* Table pages and every VTTBR_EL2 that the trace ever sets. */
static void load(const char *path)
{
    struct trace_error err = { "" };
    struct trace_reader *r = trace_open(path, 0, &err);
    struct trace_rec rec[256];
    uint8_t bytes[TRACE_PAGE_BYTES];
    uint64_t pa;
    int got;

    if (!r)
        fail_msg("%s", err.text);
    page_count = root_count = 0;
    while ((got = trace_read_page(r, &pa, bytes)) == 1) {
        assert_true(page_count < PAGES_MAX);
        memcpy(pages[page_count].word, bytes, sizeof bytes);
        for (unsigned i = 0; i < 512; i++)
            pages[page_count].word[i] = le64toh(pages[page_count].word[i]);
        pages[page_count++].pa = pa;
    }
    assert_int_equal(got, 0);
    while ((got = trace_read(r, rec, 256)) > 0) {
        for (int i = 0; i < got; i++) {
            if (rec[i].op == REC_MSR && sysreg_by_encoding(rec[i].n) == SYSREG_VTTBR_EL2)
                note_root(rec[i].value);
        }
    }
    assert_int_equal(got, 0);
    trace_close(r);
}

struct tally {
    size_t leaves[4], by_type[P2M_TYPE_COUNT], wrong, tables;
};

/* One leaf against the builder's, made for it alone. */
static void check_leaf(struct tally *t, uint64_t ipa, uint64_t leaf, unsigned level)
{
    const struct xen_preset *x = xen_preset_by_name("xen-4.17");
    enum p2m_type type = xen_preset_type_of(x, leaf);
    uint64_t bytes = 1ULL << (12 + 9 * (3 - level)), pa = leaf & ADDRESS & ~(bytes - 1);
    struct p2m_leaf is;
    struct p2m p;

    assert_int_equal(p2m_init(&p, x, 0x10000000), P2M_OK);
    assert_int_equal(p2m_map(&p, ipa, pa, bytes, type), P2M_OK);
    is = p2m_find(&p, ipa);
    t->leaves[level]++;
    t->by_type[type]++;
    if (type == P2M_INVALID || is.desc != leaf || is.level != level) {
        t->wrong++;
        print_error("IPA %#llx: %#llx of level %u in the trace, %#llx of level %u built\n", (unsigned long long)ipa,
                    (unsigned long long)leaf, level, (unsigned long long)is.desc, is.level);
    }
    p2m_free(&p);
}

static void check_table(struct tally *t, uint64_t ipa, uint64_t table, unsigned level)
{
    const struct xen_preset *x = xen_preset_by_name("xen-4.17");
    const uint64_t *word = page_at(table);

    for (unsigned i = 0; word && i < 512; i++) {
        uint64_t at = ipa + ((uint64_t)i << (12 + 9 * (3 - level)));

        if (!(word[i] & 1))
            continue;
        if (level == 3 || !(word[i] & 2)) {
            check_leaf(t, at, word[i], level);
            continue;
        }
        t->tables++;
        if (xen_preset_table(x, word[i] & ADDRESS) != word[i]) {
            t->wrong++;
            print_error("IPA %#llx: table %#llx, which would be built as %#llx\n", (unsigned long long)at,
                        (unsigned long long)word[i], (unsigned long long)xen_preset_table(x, word[i] & ADDRESS));
        }
        check_table(t, at, word[i] & ADDRESS, level + 1);
    }
}

static void check_trace(void **state)
{
    const char *path = *(const char **)*state;
    struct tally t = { 0 };

    load(path);
    assert_true(root_count > 0);
    for (size_t i = 0; i < root_count; i++) {
        check_table(&t, 0, roots[i], 1);
        check_table(&t, 1ULL << 39, roots[i] + 4096, 1);
    }
    print_message("%s: %zu roots, %zu tables, leaves: %zu of 1 GB, %zu of 2 MB, %zu of 4 KB\n", path, root_count,
                  t.tables, t.leaves[1], t.leaves[2], t.leaves[3]);
    for (int i = 0; i < P2M_TYPE_COUNT; i++) {
        if (t.by_type[i])
            print_message("  %s %zu\n", p2m_type_name((enum p2m_type)i), t.by_type[i]);
    }
    assert_int_equal(t.wrong, 0);
    assert_true(t.leaves[2] + t.leaves[3] > 0);
}

int main(int argc, char **argv)
{
    static const char *const samples[] = { "traces/samples/zcu102-dom0.swt", "traces/samples/zcu102-domU.swt" };
    static struct rows all;

    rows_add(&all, check_trace, ROWS_OF(samples));
    for (int i = 1; i < argc; i++)
        rows_add_test(&all, argv[i], check_trace, &argv[i]);
    return rows_run(&all, "xen/capture");
}
