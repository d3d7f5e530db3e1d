/* The bits by name, in the order of their place. */
#include "sim/map/hcr_text.h"

#include "models/arch/addr.h"

#include <stdio.h>

/* [A.g: HCR_EL2] */
static const struct {
    const char *name;
    uint8_t msb, lsb;
} fields[] = {
    { "VM", 0, 0 },     { "SWIO", 1, 1 },   { "PTW", 2, 2 },    { "FMO", 3, 3 },   { "IMO", 4, 4 },
    { "AMO", 5, 5 },    { "VF", 6, 6 },     { "VI", 7, 7 },     { "VSE", 8, 8 },   { "FB", 9, 9 },
    { "BSU", 11, 10 },  { "DC", 12, 12 },   { "TWI", 13, 13 },  { "TWE", 14, 14 }, { "TID0", 15, 15 },
    { "TID1", 16, 16 }, { "TID2", 17, 17 }, { "TID3", 18, 18 }, { "TSC", 19, 19 }, { "TIDCP", 20, 20 },
    { "TACR", 21, 21 }, { "TSW", 22, 22 },  { "TPC", 23, 23 },  { "TPU", 24, 24 }, { "TTLB", 25, 25 },
    { "TVM", 26, 26 },  { "TGE", 27, 27 },  { "TDZ", 28, 28 },  { "HCD", 29, 29 }, { "TRVM", 30, 30 },
    { "RW", 31, 31 },   { "CD", 32, 32 },   { "ID", 33, 33 },
};

const char *hcr_text(uint64_t hcr, char text[HCR_TEXT_BYTES])
{
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        uint64_t value = bits(hcr, fields[i].msb, fields[i].lsb);
        const char *space = at ? " " : "";

        if (value == 0)
            continue;
        if (fields[i].msb == fields[i].lsb)
            at += (size_t)snprintf(text + at, HCR_TEXT_BYTES - at, "%s%s", space, fields[i].name);
        else
            at += (size_t)snprintf(text + at, HCR_TEXT_BYTES - at, "%s%s=%u", space, fields[i].name, (unsigned)value);
    }
    return text;
}
