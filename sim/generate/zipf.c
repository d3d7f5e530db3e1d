/* Logarithm and power by bits, the groups, and the draw. */
#include "sim/generate/zipf.h"

#include <assert.h>

#define FRACTION 40         /* bits of a logarithm behind the point */
#define ONE_BITS 62         /* a weight of 1 is 2^62 */
#define GROUPS_PER_DOUBLE 8 /* the lid is at most (9/8)^alpha above the curve */

typedef unsigned __int128 wide;

static uint64_t square_root(wide x)
{
    uint64_t root = 0;

    for (int i = 63; i >= 0; i--) {
        uint64_t more = root | 1ULL << i;

        if ((wide)more * more <= x)
            root = more;
    }
    return root;
}

/* log2 in units of 2^-40: squaring a number of [1, 2) doubles its logarithm, a bit of which shows each time. */
static uint64_t log2_of(uint64_t k)
{
    unsigned whole = 63 - (unsigned)__builtin_clzll(k);
    uint64_t x = k << (63 - whole), result = whole;

    for (int i = 0; i < FRACTION; i++) {
        wide square = (wide)x * x >> 63;
        unsigned doubled = (unsigned)(square >> 64);

        x = (uint64_t)(square >> doubled);
        result = result << 1 | doubled;
    }
    return result;
}

uint64_t zipf_weight(const struct zipf *z, uint64_t k)
{
    uint64_t exponent = (uint64_t)((wide)log2_of(k) * z->alpha / ZIPF_ALPHA_ONE);
    uint64_t whole = exponent >> FRACTION, weight = 1ULL << ONE_BITS;

    for (int i = 1; i <= FRACTION; i++) {
        if (exponent >> (FRACTION - i) & 1)
            weight = (uint64_t)((wide)weight * z->root[i] >> ONE_BITS);
    }
    return whole > ONE_BITS ? 0 : weight >> whole;
}

void zipf_init(struct zipf *z, uint64_t n, uint64_t alpha)
{
    wide end = 0;

    assert(n >= 1 && n <= 1ULL << 40 && alpha <= ZIPF_ALPHA_MAX);
    z->alpha = alpha;
    z->groups = 0;
    z->root[0] = 1ULL << (ONE_BITS - 1);
    for (int i = 1; i <= FRACTION; i++)
        z->root[i] = square_root((wide)z->root[i - 1] << ONE_BITS);
    for (uint64_t first = 1, count; first <= n; first += count) {
        struct zipf_group *g = &z->group[z->groups++];

        count = first < 2 * GROUPS_PER_DOUBLE ? 1 : first / GROUPS_PER_DOUBLE;
        count = count > n - first + 1 ? n - first + 1 : count;
        assert(z->groups <= ZIPF_GROUPS_MAX);
        *g = (struct zipf_group){ .first = first, .count = count, .lid = zipf_weight(z, first) };
        end += (wide)g->lid * count;
        g->end = end;
    }
}

/* A number below the whole area, each as likely: as many bits as it has, until they are below. */
static wide draw_area(const struct zipf *z, struct random *r)
{
    wide all = z->group[z->groups - 1].end, mask = all - 1, area;

    for (int shift = 1; shift < 128; shift *= 2)
        mask |= mask >> shift;
    do {
        area = (wide)random_next(r) << 64;
        area = (area | random_next(r)) & mask;
    } while (area >= all);
    return area;
}

static const struct zipf_group *find_group(const struct zipf *z, wide area)
{
    unsigned low = 0, high = z->groups - 1;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (area < z->group[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    return &z->group[low];
}

uint64_t zipf_draw(const struct zipf *z, struct random *r)
{
    for (;;) {
        const struct zipf_group *g = find_group(z, draw_area(z, r));
        uint64_t k;

        if (g->count == 1)
            return g->first;
        k = g->first + random_below(r, g->count);
        if ((uint64_t)((wide)random_next(r) * g->lid >> 64) < zipf_weight(z, k))
            return k;
    }
}
