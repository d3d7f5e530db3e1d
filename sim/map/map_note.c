/* Notes, one after the other. */
#include "sim/map/map_note.h"

#include "sim/map/map_view.h"

#include <stdio.h>

static bool note_missing(const struct world *w, char *text)
{
    char size[MAP_TEXT_BYTES];

    if (w->asked != &w->domain[0] || w->ram.missing == 0)
        return false;
    snprintf(text, MAP_NOTE_BYTES, "%s of dom0_mem were not to be had; this Xen warns and goes on",
             map_size_text(w->ram.missing, size));
    return true;
}

static bool note_untranslated(const struct world *w, char *text)
{
    if (w->board.untranslated == 0)
        return false;
    snprintf(text, MAP_NOTE_BYTES,
             "%zu entries of reg lie in no range of their bus, the first at %s: Xen would build no dom0",
             w->board.untranslated, w->board.untranslated_node);
    return true;
}

static bool note_devices(const struct world *w, char *text)
{
    if (!w->asked->lacks_devices)
        return false;
    snprintf(text, MAP_NOTE_BYTES,
             "%s has a module of devices, which are not shown: --pass %s=FILE, a device tree blob, gives them",
             w->asked->map.name, w->asked->map.name);
    return true;
}

/* The i-th setting that the map does not depend on. */
static bool note_ignored(const struct world *w, size_t i, char *text)
{
    const struct xlcfg_setting *s = w->asked->has_xl ? xl_domu_ignored(&w->asked->xl, i) : NULL;
    char key[64] = "";

    if (!s)
        return false;
    domain_text(key, sizeof key, s->key);
    snprintf(text, MAP_NOTE_BYTES, "%.200s:%zu: %s has no effect on the map", w->asked->xl.cfg.text.path,
             s->at.line + 1, key);
    return true;
}

bool map_note(const struct world *w, size_t i, char text[MAP_NOTE_BYTES])
{
    bool (*const single[])(const struct world *w, char *text) = { note_missing, note_untranslated, note_devices };

    for (size_t n = 0; n < sizeof single / sizeof *single; n++) {
        if (single[n](w, text) && i-- == 0)
            return true;
    }
    return note_ignored(w, i, text);
}
