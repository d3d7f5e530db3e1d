/* What a property must be to be read. */
#include "platforms/xen/dtree_node.h"

#include "platforms/xen/domain.h"
#include "traces/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void dtree_node_path(struct dtree_node n, char path[DTREE_PATH_BYTES])
{
    char whole[1024];
    const char *name = fdt_get_name(n.tree->blob, n.offset, NULL);
    size_t length;

    path[0] = '\0';
    if (fdt_get_path(n.tree->blob, n.offset, whole, sizeof whole) != 0)
        snprintf(whole, sizeof whole, ".../%.900s", name ? name : "?");
    length = strlen(whole);
    if (length >= DTREE_PATH_BYTES) {
        domain_text(path, DTREE_PATH_BYTES / 2, whole);
        domain_text(path, DTREE_PATH_BYTES / 2 + 4, "...");
        domain_text(path, DTREE_PATH_BYTES, whole + length - (DTREE_PATH_BYTES / 2 - 4));
    } else {
        domain_text(path, DTREE_PATH_BYTES, whole);
    }
}

bool dtree_node_fail(struct dtree_node n, struct trace_error *err, const char *format, ...)
{
    char path[DTREE_PATH_BYTES], message[256];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dtree_node_path(n, path);
    return error_set(err, "%s: %s: %s", n.tree->name, path, message);
}

bool dtree_node_has(struct dtree_node n, const char *property)
{
    return fdt_getprop(n.tree->blob, n.offset, property, NULL) != NULL;
}

bool dtree_node_cells(struct dtree_node n, const char *property, unsigned least, struct dtree_cells *cells,
                      struct trace_error *err)
{
    int bytes;

    cells->cell = fdt_getprop(n.tree->blob, n.offset, property, &bytes);
    if (!cells->cell)
        return dtree_node_fail(n, err, "%s is missing", property);
    cells->left = (unsigned)bytes / sizeof *cells->cell;
    if ((unsigned)bytes % sizeof *cells->cell != 0 || cells->left < least)
        return dtree_node_fail(n, err, "%s is of %d bytes, but should be %u cells of 4%s", property, bytes, least,
                               least > 2 ? " or more" : "");
    return true;
}

uint64_t dtree_node_take(struct dtree_cells *cells, unsigned count)
{
    uint64_t value = 0;

    for (; count > 0; count--, cells->left--)
        value = value << 32 | fdt32_ld(cells->cell++);
    return value;
}

uint32_t dtree_node_u32(struct dtree_node n, const char *property, uint32_t missing)
{
    int bytes;
    const fdt32_t *cell = fdt_getprop(n.tree->blob, n.offset, property, &bytes);

    return cell && bytes == sizeof *cell ? fdt32_ld(cell) : missing;
}

bool dtree_node_check_widths(struct dtree_node n, struct dtree_widths w, struct trace_error *err)
{
    return (w.address >= 1 && w.address <= 2 && w.size >= 1 && w.size <= 2) ||
           dtree_node_fail(n, err, "#address-cells %u and #size-cells %u above it should be 1 or 2", w.address, w.size);
}
