/* Stretches of a map: how far they go, what they say, when two are the same. */
#include "sim/map/map_view.h"
#include "tests/unit/models/rows.h"

#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)
#define TOP (1ULL << 40)

static struct p2m p;

static void start(const char *preset)
{
    assert_int_equal(p2m_init(&p, xen_preset_by_name(preset), 0x10000000), P2M_OK);
}

/* A hole, RAM in blocks and pages that follow each other, RAM from elsewhere, a device, a hole. */
static void stretches(void **state)
{
    struct map_stretch s;
    char text[MAP_TEXT_BYTES];

    (void)state;
    start("xen-4.17");
    assert_int_equal(p2m_map(&p, GB(1), GB(33), MB(4), P2M_RAM_RW), P2M_OK);
    assert_int_equal(p2m_map(&p, GB(1) + MB(4), GB(33) + MB(4), 0x3000, P2M_RAM_RW), P2M_OK);
    assert_int_equal(p2m_map(&p, GB(1) + MB(4) + 0x3000, GB(34), 0x1000, P2M_RAM_RW), P2M_OK);
    assert_int_equal(p2m_map(&p, GB(1) + MB(4) + 0x4000, 0xF906F000, 0x2000, P2M_MMIO_DIRECT_DEV), P2M_OK);

    s = map_stretch_at(&p, 0, TOP);
    assert_false(s.mapped);
    assert_int_equal(s.bytes, GB(1));
    assert_string_equal(map_attr_text(&s, text), "not mapped");
    s = map_stretch_at(&p, GB(1), TOP);
    assert_int_equal(s.bytes, MB(4) + 0x3000);
    assert_int_equal(s.pa, GB(33));
    assert_int_equal(s.leaves[2], 2);
    assert_int_equal(s.leaves[3], 3);
    assert_string_equal(map_attr_text(&s, text), "Normal-WB ish RWX");
    s = map_stretch_at(&p, s.ipa + s.bytes, TOP);
    assert_int_equal(s.bytes, 0x1000);
    s = map_stretch_at(&p, s.ipa + s.bytes, TOP);
    assert_int_equal(s.bytes, 0x2000);
    assert_int_equal(s.type, P2M_MMIO_DIRECT_DEV);
    assert_string_equal(map_attr_text(&s, text), "Device-nGnRE osh RW-");
    s = map_stretch_at(&p, s.ipa + s.bytes, TOP);
    assert_false(s.mapped);
    assert_int_equal(s.ipa + s.bytes, TOP);
    p2m_free(&p);
}

/* From the middle of a leaf, to the middle of one. */
static void cut(void **state)
{
    struct map_stretch s;

    (void)state;
    start("xen-4.17");
    assert_int_equal(p2m_map(&p, GB(1), GB(33), GB(1), P2M_RAM_RW), P2M_OK);
    s = map_stretch_at(&p, GB(1) + 0x5000, GB(1) + MB(3));
    assert_int_equal(s.ipa, GB(1) + 0x5000);
    assert_int_equal(s.pa, GB(33) + 0x5000);
    assert_int_equal(s.bytes, MB(3) - 0x5000);
    p2m_free(&p);
}

/* What the seed's words change: shareability; not the software type. */
static void sameness(void **state)
{
    struct map_stretch seed, xen, other;

    (void)state;
    start("seed");
    assert_int_equal(p2m_map(&p, GB(1), GB(33), GB(1), P2M_RAM_RW), P2M_OK);
    seed = map_stretch_at(&p, GB(1), TOP);
    p2m_free(&p);
    start("xen-4.17");
    assert_int_equal(p2m_map(&p, GB(1), GB(33), GB(1), P2M_RAM_RW), P2M_OK);
    xen = map_stretch_at(&p, GB(1), TOP);
    other = xen;
    other.pa += 0x1000;
    assert_false(map_stretch_same(&seed, &xen));
    assert_true(map_stretch_same(&xen, &xen));
    assert_false(map_stretch_same(&xen, &other));
    other = xen;
    other.type = P2M_GRANT_MAP_RW;
    assert_true(map_stretch_same(&xen, &other));
    p2m_free(&p);
}

static void sizes(void **state)
{
    char text[MAP_TEXT_BYTES];

    (void)state;
    assert_string_equal(map_size_text(GB(1), text), "1 GB");
    assert_string_equal(map_size_text(GB(1) + 0x1000, text), "1048580 KB");
    assert_string_equal(map_size_text(MB(1536), text), "1536 MB");
    assert_string_equal(map_size_text(TOP, text), "1 TB");
    assert_string_equal(map_size_text(100, text), "100 B");
}

int main(void)
{
    static struct rows all;

    rows_add_test(&all, "stretches", stretches, NULL);
    rows_add_test(&all, "cut", cut, NULL);
    rows_add_test(&all, "sameness", sameness, NULL);
    rows_add_test(&all, "sizes", sizes, NULL);
    return rows_run(&all, "sim/map_view");
}
