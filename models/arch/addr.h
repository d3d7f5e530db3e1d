/* Three address types that the compiler will not mix, and the one way to name a bit field.
 *
 * A virtual, an intermediate physical and a physical address are one-member structs: passing an IPA where a PA
 * is due does not compile. This file knows nothing of translation. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t v;
} va_t;

typedef struct {
    uint64_t v;
} ipa_t;

typedef struct {
    uint64_t v;
} pa_t;

#define VA(x) ((va_t){ (x) })
#define IPA(x) ((ipa_t){ (x) })
#define PA(x) ((pa_t){ (x) })

/* Returns x[msb:lsb], right-justified. A field is its msb and lsb as the book writes it:
 * `#define TCR_EL1_TG0 15, 14`, used as `bits(tcr, TCR_EL1_TG0)`. 63 >= msb >= lsb. */
static inline uint64_t bits(uint64_t x, unsigned msb, unsigned lsb)
{
    return (x >> lsb) & (~0ULL >> (63 - (msb - lsb)));
}

/* Returns x[n] as a truth value. */
static inline bool bit(uint64_t x, unsigned n)
{
    return (x >> n) & 1;
}

/* Returns a mask of the n lowest bits; n in 0..64. */
static inline uint64_t low_mask(unsigned n)
{
    return n >= 64 ? ~0ULL : (1ULL << n) - 1;
}

/* Returns x with its n lowest bits cleared; n in 0..64. */
static inline uint64_t align_down(uint64_t x, unsigned n)
{
    return x & ~low_mask(n);
}

/* Returns x[msb:0] sign-extended to 64 bits. */
static inline uint64_t sign_extend(uint64_t x, unsigned msb)
{
    return (uint64_t)((int64_t)(x << (63 - msb)) >> (63 - msb));
}
