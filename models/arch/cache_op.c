/* The DC and IC operations by VA as a table. */
#include "models/arch/cache_op.h"

#include <stddef.h>

bool cache_op_decode(uint32_t opcode, enum access_kind *kind)
{
    static const struct {
        uint32_t opcode; /* with Xt = 0 */
        enum access_kind kind;
    } rows[] = {
        { 0xD5087620, ACCESS_CACHE_WRITE }, /* DC IVAC: needs write permission [Arm: D8.15.3] */
        { 0xD50B7420, ACCESS_ZVA },         /* DC ZVA */
        { 0xD50B7A20, ACCESS_CACHE_READ },  /* DC CVAC */
        { 0xD50B7B20, ACCESS_CACHE_READ },  /* DC CVAU */
        { 0xD50B7E20, ACCESS_CACHE_READ },  /* DC CIVAC */
        { 0xD50B7520, ACCESS_CACHE_READ },  /* IC IVAU */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((opcode & ~31u) == rows[i].opcode) {
            *kind = rows[i].kind;
            return true;
        }
    }
    return false;
}
