/* Numbers of foreign formats, and what stands for what they do not tell. */
#include "traces/readers/foreign.h"

#define CLUSTER_CORES 4

bool foreign_number(const char **text, unsigned base, uint64_t *value)
{
    const char *at = *text;
    uint64_t v = 0;

    for (;; at++) {
        unsigned c = (unsigned char)*at, digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

        if ((c > '9' && (c | 0x20) < 'a') || c < '0' || digit >= base)
            break;
        if (v > (UINT64_MAX - digit) / base)
            return false;
        v = v * base + digit;
    }
    if (at == *text)
        return false;
    *text = at;
    *value = v;
    return true;
}

bool foreign_address(const char **text, uint64_t *value)
{
    const char *at = *text;

    if (at[0] == '0' && (at[1] | 0x20) == 'x')
        at += 2;
    if (!foreign_number(&at, 16, value))
        return false;
    *text = at;
    return true;
}

bool foreign_canonical(uint64_t va)
{
    uint64_t top = va >> FOREIGN_VA_BITS;

    return top == 0 || top == UINT64_MAX >> FOREIGN_VA_BITS;
}

uint8_t foreign_el(uint64_t va)
{
    return (uint8_t)(va >> 63);
}

uint32_t foreign_size(uint64_t va)
{
    return 1u << __builtin_ctzll(va | 8);
}

uint8_t foreign_core(uint64_t cpu)
{
    return cpu % CLUSTER_CORES;
}
