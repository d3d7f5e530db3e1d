/* Names of presets, and what was meant by those that are none. */
#include "sim/preset_option.h"

#include "sim/say.h"
#include "sim/suggest.h"

#include <stdio.h>

void preset_option_list(void)
{
    const struct xen_preset *x;

    for (size_t i = 0; (x = xen_preset_at(i)); i++)
        printf("%-12s %s\n", x->name, x->what);
}

const struct xen_preset *preset_option(const char *command, const char *name)
{
    const struct xen_preset *x = name ? xen_preset_by_name(name) : xen_preset_at(0);
    struct suggest near;
    char hint[128];

    if (x)
        return x;
    suggest_init(&near, name);
    for (size_t i = 0; xen_preset_at(i); i++)
        suggest_offer(&near, xen_preset_at(i)->name);
    say_error("%s: unknown preset '%s'%s", command, name,
              near.best ? suggest_text(&near, hint, sizeof hint) : "; `stagewalk map --xen list` lists them");
    return NULL;
}
