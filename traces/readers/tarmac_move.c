/* Lines of data that moved: contiguous bytes with their virtual and physical address, or windows of 16 bytes, as RTL
 * prints them, with the memory type. */
#include "traces/readers/tarmac_line.h"

#include "models/arch/attr.h"

#include <string.h>

/* `MR8 0000c7c8:00000000c7c8 00000000_0000ca68`, `MW4X ...`, `MR4 dfdfdfcf (ABORTED)`, `W04 X ffffffbdc3c15c30
 * 010c010b` */
void tarmac_line_move(struct tarmac_line *l, const char *at)
{
    const char *word = *at == 'M' ? at + 1 : at, *digit = word + 1, *end = tarmac_line_past(at);
    uint32_t bytes = 0;

    for (; *digit >= '0' && *digit <= '9' && bytes < 1000; digit++)
        bytes = bytes * 10 + (uint32_t)(*digit - '0');
    if (digit + strspn(digit, "XTL") != end)
        return; /* another tool's line: of no kind known here */
    l->kind = TARMAC_MOVE;
    l->writes = *word == 'W';
    l->unprivileged = memchr(digit, 'T', (size_t)(end - digit)) != NULL;
    l->bytes = bytes;
    if (bytes == 0 || bytes > 64) {
        tarmac_line_bad(l, at, "an access of 1 to 64 bytes is read");
        return;
    }
    at = tarmac_line_skip(end);
    if (tarmac_line_is(at, "X"))
        at = tarmac_line_next(at);
    if (!tarmac_line_address(l, &at)) {
        tarmac_line_bad(l, at, "the address should stand here, in hexadecimal");
        return;
    }
    at = tarmac_line_skip(at);
    l->aborted = tarmac_line_is(at, "(ABORTED)");
    if (!*at)
        tarmac_line_bad(l, at, "the data should stand here");
}

/* Reads 16 bytes, the one at the highest address first: `..` for one that did not move. Returns what follows, NULL when
 * they are not there. */
static const char *take_bytes(struct tarmac_line *l, const char *at)
{
    int left = 2 * TARMAC_WINDOW_BYTES;

    l->mask = 0;
    for (; left > 0 && *at; at++) {
        if (*at == ' ' || *at == '\t')
            continue;
        if (!strchr("0123456789abcdefABCDEF.#", *at))
            return NULL;
        left--;
        if (*at != '.')
            l->mask |= (uint16_t)(1u << left / 2);
    }
    return left == 0 && (*at == ' ' || *at == '\t' || *at == '\0') ? tarmac_line_skip(at) : NULL;
}

/* `S:0004001b60`, `NS:...` or the number alone; the line may end without. */
static const char *take_pa(struct tarmac_line *l, const char *at)
{
    const char *colon = at + strcspn(at, ": \t"), *digits = *colon == ':' ? colon + 1 : at;

    l->pa_known = tarmac_line_hex(&digits, &l->pa) > 0 && digits == tarmac_line_past(at);
    return l->pa_known ? tarmac_line_next(at) : at;
}

/* Policy of one level: NC, WB or WT with hints, which are not compared. Returns the MAIR nibble; -1: none. */
static int policy_of(const char *at)
{
    if (tarmac_line_is(at, "NC"))
        return ATTR_NORMAL_NC & 0xF;
    if (strncmp(at, "WB", 2) == 0)
        return ATTR_NORMAL_WB_RAWA & 0xF;
    return strncmp(at, "WT", 2) == 0 ? ATTR_NORMAL_WT_RA & 0xF : -1;
}

/* Words of Device memory: ARMv7's names, which are those of nGnRnE and nGnRE [A.g: B2.7.2], and ARMv8's. */
static int device_of(const char *at)
{
    static const struct {
        const char *word;
        enum device_type type;
    } devices[] = { { "SO", DEVICE_nGnRnE },   { "DV", DEVICE_nGnRE },  { "nGnRnE", DEVICE_nGnRnE },
                    { "nGnRE", DEVICE_nGnRE }, { "nGRE", DEVICE_nGRE }, { "GRE", DEVICE_GRE } };

    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (tarmac_line_is(at, devices[i].word))
            return (int)devices[i].type << 2;
    return -1;
}

static unsigned share_of(const char *at)
{
    if (tarmac_line_is(at, "ISH"))
        return REC_TYPE_SH | SH_ISH << 8;
    if (tarmac_line_is(at, "OSH"))
        return REC_TYPE_SH | SH_OSH << 8;
    return tarmac_line_is(at, "NSH") ? REC_TYPE_SH | SH_NSH << 8 : 0;
}

/* `NM ISH IWBRWA OWBRWA`, `nGnRnE OSH`, `SO ISH INC`. A word that is not known here makes the type unknown. */
static uint16_t type_of(const char *at)
{
    int device = device_of(at);
    unsigned type = 0;

    if (device >= 0)
        return (uint16_t)(REC_TYPE_DEVICE | (unsigned)device);
    if (!tarmac_line_is(at, "NM"))
        return 0;
    for (at = tarmac_line_next(at); *at; at = tarmac_line_next(at)) {
        int policy = *at == 'I' || *at == 'O' ? policy_of(at + 1) : -1;

        if (policy >= 0 && *at == 'I')
            type |= REC_TYPE_INNER | (unsigned)policy;
        else if (policy >= 0)
            type |= REC_TYPE_OUTER | (unsigned)policy << 4;
        else if (share_of(at))
            type |= share_of(at);
        else
            return 0;
    }
    return (uint16_t)(type | REC_TYPE_NORMAL);
}

void tarmac_line_window(struct tarmac_line *l, const char *at)
{
    const char *bytes;

    l->kind = TARMAC_WINDOW;
    l->writes = *at == 'S';
    if (!l->continued)
        at = tarmac_line_next(at);
    if (!tarmac_line_hex(&at, &l->va) || l->va % TARMAC_WINDOW_BYTES != 0) {
        tarmac_line_bad(l, at, "the address of 16 bytes should stand here, in hexadecimal");
        return;
    }
    bytes = tarmac_line_skip(at);
    at = take_bytes(l, bytes);
    if (!at) {
        tarmac_line_bad(l, bytes, "16 bytes should stand here: digits, .. or ##");
        return;
    }
    at = take_pa(l, at);
    l->type = type_of(at);
}
