/* Which UART Xen prints to: the node that dtuart= names, else /chosen stdout-path [Xen:
 * drivers/char/arm-uart.c@4.17.0]. */
#include "platforms/zynqmp/dtb.h"

#include <ctype.h>
#include <string.h>

#define NAME_BYTES 128

/* Returns a property that is text, or NULL. */
static const char *text_of(const struct dtb *t, const char *node_path, const char *name)
{
    int bytes, node = fdt_path_offset(t->fdt, node_path);
    const char *p = node < 0 ? NULL : dtb_property(t, node, name, &bytes);

    return p && bytes > 0 && p[bytes - 1] == 0 ? p : NULL;
}

/* Copies a name up to a ':' (the line's settings), ',' or blank. Returns false when it is empty or too long. */
static bool name_of(const char *text, char name[NAME_BYTES])
{
    size_t length = strcspn(text, ":, \t");

    if (length == 0 || length >= NAME_BYTES)
        return false;
    memcpy(name, text, length);
    name[length] = 0;
    return true;
}

/* Finds the last dtuart= of a command line. */
static const char *dtuart_of(const char *line)
{
    const char *found = NULL;

    for (const char *p = line; (p = strstr(p, "dtuart=")); p += 7) {
        if (p == line || isspace((unsigned char)p[-1]))
            found = p + 7;
    }
    return found;
}

int dtb_find_console(const struct dtb *t)
{
    const char *line = text_of(t, "/chosen", "xen,xen-bootargs"), *named = line ? dtuart_of(line) : NULL, *alias;
    char name[NAME_BYTES];

    if (!named)
        named = text_of(t, "/chosen", "stdout-path");
    if (!named || !name_of(named, name))
        return -1;
    if (name[0] == '/')
        return fdt_path_offset(t->fdt, name);
    /* fdt_path_offset would follow an alias of itself for ever: only a path is taken for one. */
    alias = text_of(t, "/aliases", name);
    return alias && alias[0] == '/' && strlen(alias) < NAME_BYTES ? fdt_path_offset(t->fdt, alias) : -1;
}
