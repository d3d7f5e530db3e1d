/* --xen PRESET: the version of Xen that a name means. */
#pragma once

#include "platforms/xen/preset.h"

/* Returns the preset, of NULL the default; NULL after a message that begins with the command's name. */
const struct xen_preset *preset_option(const char *command, const char *name);

/* Prints all of them: what `--xen list` is for. */
void preset_option_list(void);
