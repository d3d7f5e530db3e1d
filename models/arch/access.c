/* Names of accesses. */
#include "models/arch/access.h"

const char *access_kind_name(enum access_kind kind)
{
    static const char *const names[ACCESS_KIND_COUNT] = {
        "fetch", "load", "store", "zva", "cache_read", "cache_write", "at_read", "at_write",
    };
    return names[kind];
}
