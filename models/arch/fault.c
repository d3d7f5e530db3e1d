/* Names and status codes of faults. */
#include "models/arch/fault.h"

const char *fault_name(enum fault_type type)
{
    static const char *const names[FAULT_TYPE_COUNT] = {
        [FAULT_NONE] = "none",
        [FAULT_ADDRESS_SIZE] = "address size",
        [FAULT_TRANSLATION] = "translation",
        [FAULT_ACCESS_FLAG] = "access flag",
        [FAULT_PERMISSION] = "permission",
        [FAULT_EXTERNAL_ON_WALK] = "external abort on walk",
        [FAULT_ALIGNMENT] = "alignment",
    };
    return names[type];
}

unsigned fault_status(const struct fault *f)
{
    switch ((enum fault_type)f->type) {
    case FAULT_ADDRESS_SIZE:
        return 0x00 | f->level;
    case FAULT_TRANSLATION:
        return 0x04 | f->level;
    case FAULT_ACCESS_FLAG:
        return 0x08 | f->level;
    case FAULT_PERMISSION:
        return 0x0C | f->level;
    case FAULT_EXTERNAL_ON_WALK:
        return 0x14 | f->level;
    case FAULT_ALIGNMENT:
        return 0x21;
    case FAULT_NONE:
    case FAULT_TYPE_COUNT:
        break;
    }
    return 0;
}
