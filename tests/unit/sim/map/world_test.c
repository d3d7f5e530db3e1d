/* Worlds on boards as a user's device tree may have them: RAM at odd places, little of it, none. Each is built, or
 * refused with a message; the tables lie where tables can. */
#include "sim/map/world.h"
#include "tests/temp_file.h"
#include "tests/unit/platforms/zynqmp/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MB(n) ((uint64_t)(n) << 20)

struct board_row {
    const char *name;
    uint64_t base, bytes; /* of the only RAM; 0 bytes: none */
    const char *preset, *config;
    bool built;
};

#define GUEST "platforms/xen/examples/shared-page.cfg"

static const struct board_row board_rows[] = {
    { "2 GB", 0, MB(2048), "xen-4.17", NULL, true },
    { "2 GB, a domU", 0, MB(2048), "xen-4.17", GUEST, false }, /* dom0 has half, and no aligned GB is left */
    { "4 GB, a domU", 0, MB(4096), "xen-4.17", GUEST, true },
    { "256 MB at an odd page", 0x1000, MB(256), "seed", NULL, false },           /* no first bank of 128 MB */
    { "256 MB at an odd page, 4.17", 0x1000, MB(256), "xen-4.17", NULL, false }, /* wants all of dom0_mem */
    { "at an odd byte", 0x1234567, MB(300) + 0x89, "seed", NULL, true },
    { "at the end of 40 bits", (1ULL << 40) - MB(512), MB(512), "seed", NULL, false }, /* Xen wants some below 4 GB */
    { "a page", MB(64), 0x1000, "seed", NULL, false },
    { "none", 0, 0, "seed", NULL, false },
};

static const char *board_file(const struct board_row *row)
{
    static char path[TEMP_PATH_BYTES];
    FILE *f;

    begin();
    text("compatible", "xlnx,zynqmp");
    if (row->bytes) {
        device("memory", "", row->base, row->bytes);
        text("device_type", "memory");
        close_node();
    }
    gic();
    finish();
    f = temp_stream(path);
    assert_non_null(f);
    assert_int_equal(fwrite(fdt, 1, fdt_totalsize(fdt), f), fdt_totalsize(fdt));
    assert_int_equal(fclose(f), 0);
    return path;
}

static void check_board(void **state)
{
    const struct board_row *row = *state;
    struct world_request q = { .preset = xen_preset_by_name(row->preset),
                               .dtb = board_file(row),
                               .config = { row->config } };
    struct world *w = calloc(1, sizeof *w);
    struct trace_error why = { "" };
    bool built;

    assert_non_null(w);
    built = world_open(w, &q, &why);
    if (built != row->built)
        fail_msg("built %d: %s", built, why.text);
    if (built) {
        assert_int_equal(w->asked->p2m.base & 0x1FFF, 0);
        assert_true(w->asked->p2m.count >= P2M_ROOT_PAGES);
        assert_true(w->asked->p2m.base + 4096 * w->asked->p2m.count <= 1ULL << 40);
    } else {
        assert_true(why.text[0] != '\0');
    }
    world_close(w);
    free(w);
    unlink(q.dtb);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_board, ROWS_OF(board_rows));
    return rows_run(&all, "sim/world");
}
