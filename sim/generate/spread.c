/* Odd multiplications and shifted exclusive-ors are permutations of 2^bits numbers; what falls beyond n is permuted
 * again until it does not, which leaves a permutation of the n. */
#include "sim/generate/spread.h"

#include "sim/generate/random.h"

#define STREAM_SPREAD 0x5350

void spread_init(struct spread *s, uint64_t n, uint64_t seed)
{
    struct random r;

    random_init(&r, seed, STREAM_SPREAD);
    s->n = n;
    s->bits = n > 1 ? 64 - (unsigned)__builtin_clzll(n - 1) : 0;
    s->mask = (1ULL << s->bits) - 1;
    for (int i = 0; i < 3; i++)
        s->factor[i] = random_next(&r) | 1;
}

static uint64_t mix(const struct spread *s, uint64_t x)
{
    unsigned shift = s->bits / 2 + 1;

    for (int i = 0; i < 3; i++) {
        x = x * s->factor[i] & s->mask;
        x ^= x >> shift;
    }
    return x;
}

uint64_t spread_at(const struct spread *s, uint64_t i)
{
    if (s->n <= 1)
        return 0;
    do
        i = mix(s, i);
    while (i >= s->n);
    return i;
}
