/* The published generators, in the names of their paper. */
#include "sim/generate/random.h"

#define STREAM 0xD1B54A32D192ED03ULL /* odd: streams begin at different places of splitmix64's circle */

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = *x += 0x9E3779B97F4A7C15ULL;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

void random_init(struct random *r, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed, apart = stream * STREAM;

    x = splitmix64(&x) ^ splitmix64(&apart);
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix64(&x);
}

uint64_t random_next(struct random *r)
{
    uint64_t *s = r->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

uint64_t random_below(struct random *r, uint64_t n)
{
    unsigned __int128 m = (unsigned __int128)random_next(r) * n;

    if ((uint64_t)m < n) {
        for (uint64_t refused = -n % n; (uint64_t)m < refused;)
            m = (unsigned __int128)random_next(r) * n;
    }
    return (uint64_t)(m >> 64);
}

bool random_percent(struct random *r, uint64_t percent)
{
    return percent > 0 && random_below(r, 100) < percent;
}
