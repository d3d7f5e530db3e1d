/* Ratios of sums, and intervals. */
#include "sim/replay/estimate.h"

#include <math.h>
#include <string.h>

#define NORMAL 1.959963984540054 /* 97.5 % of the normal distribution */

double estimate_student(size_t freedom)
{
    static const double exact[] = { 12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281 };
    const double z = NORMAL, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
    double n = (double)freedom;

    if (freedom == 0)
        return INFINITY;
    if (freedom <= sizeof exact / sizeof *exact)
        return exact[freedom - 1];
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n); /* Cornish and Fisher's expansion */
}

/* The statistic whose transformed value is t [Hall: with a = 1/3, b = 1/6 for a mean]. `skew` is of one window, `n` the
 * number of them. */
static double untransform(double t, double skew, double n)
{
    const double a = 1.0 / 3, b = 1.0 / 6;

    if (fabs(skew) < 1e-6)
        return t;
    return sqrt(n) / (a * skew) * (cbrt(1 + 3 * a * skew * (t / sqrt(n) - b * skew / n)) - 1);
}

struct estimate estimate_exact(double value)
{
    return (struct estimate){ .value = value, .low = value, .high = value, .bounded = true };
}

/* Sums of y and z. Returns in how many windows y is not 0. */
static size_t sums(const double *y, const double *z, size_t count, double sum[2])
{
    size_t told = 0;

    sum[0] = sum[1] = 0;
    for (size_t i = 0; i < count; i++) {
        sum[0] += y[i];
        sum[1] += z[i];
        told += y[i] > 0;
    }
    return told;
}

/* Second to fourth moment of the residuals, of which the sum is 0. */
static void moments(const double *y, const double *z, size_t count, double ratio, double moment[3])
{
    moment[0] = moment[1] = moment[2] = 0;
    for (size_t i = 0; i < count; i++) {
        double d = y[i] - ratio * z[i];

        moment[0] += d * d;
        moment[1] += d * d * d;
        moment[2] += d * d * d * d;
    }
    for (int i = 0; i < 3; i++)
        moment[i] /= (double)count;
}

/* Degrees of freedom of a variance found from so many windows: as many as a normal distribution's would have that is
 * known as well. `kurtosis` is 3 for that, and large when few windows make up nearly all of the variance. */
static size_t freedom_of(size_t count, double kurtosis)
{
    double freedom = 2 * (double)count / fmax(kurtosis - 1, 2);

    return freedom < 2 ? 2 : freedom < (double)(count - 1) ? (size_t)freedom : count - 1;
}

static double student_of(size_t count, const double moment[3])
{
    return estimate_student(freedom_of(count, moment[2] / (moment[0] * moment[0])));
}

/* The ratio, without an interval yet; with the sums and the moments that it is from. moment[0] is 0 where there is none
 * to be had. */
static struct estimate point_of(const double *y, const double *z, size_t count, double sum[2], double moment[3])
{
    size_t told = sums(y, z, count, sum);
    struct estimate e = estimate_exact(sum[1] > 0 ? sum[0] / sum[1] : 0);

    e.bounded = count > 1 && sum[1] > 0 && told >= ESTIMATE_TOLD_MIN;
    memset(moment, 0, 3 * sizeof *moment);
    if (e.bounded)
        moments(y, z, count, e.value, moment);
    return e;
}

struct estimate estimate_ratio(const double *y, const double *z, size_t count, double drawn)
{
    double sum[2], moment[3], n = (double)count, spread, skew, t;
    struct estimate e = point_of(y, z, count, sum, moment);

    if (moment[0] <= 0)
        return e;
    t = student_of(count, moment);
    skew = moment[1] / (moment[0] * sqrt(moment[0]));
    spread = sqrt(moment[0] * n / (n - 1) * (1 - drawn) / n) / (sum[1] / n);
    e.low = fmax(0, e.value - spread * untransform(t, skew, n));
    e.high = e.value - spread * untransform(-t, skew, n);
    return e;
}

struct estimate estimate_longer(const double *y, const double *z, size_t count, double drawn)
{
    /* the mean number of which 0 to 4 are met, or fewer, with a chance of 2.5 % [Garwood] */
    static const double most[ESTIMATE_TOLD_MIN] = { 3.689, 5.572, 7.225, 8.767, 10.242 };
    struct estimate e = estimate_ratio(y, z, count, drawn);
    size_t longer = 0, any = 0;
    double sum[2], each;

    for (size_t i = 0; i < count; i++) {
        longer += y[i] > z[i] || y[i] < z[i];
        any += z[i] > 0;
    }
    if (longer >= ESTIMATE_TOLD_MIN || any == 0)
        return e;
    sums(y, z, count, sum);
    each = fmax(sum[1] / (double)any, longer > 0 ? (sum[0] - sum[1]) / (double)longer : 0);
    e.bounded = any >= ESTIMATE_TOLD_MIN;
    e.low = e.bounded ? fmin(1, e.value) : e.value;
    e.high = e.bounded ? fmax(e.value, 1 + most[longer] * each / sum[1]) : e.value;
    return e;
}

struct estimate estimate_again(const double *y, const double *z, size_t count)
{
    double sum[2], moment[3], half;
    struct estimate e = point_of(y, z, count, sum, moment);

    if (moment[0] <= 0)
        return e;
    half = student_of(count, moment) * sqrt(2 * moment[0] * (double)count) / sum[1];
    e.low = fmax(0, e.value - half);
    e.high = e.value + half;
    return e;
}

struct estimate estimate_sum(struct estimate a, struct estimate b)
{
    return (struct estimate){ a.value + b.value, a.low + b.low, a.high + b.high, a.bounded && b.bounded };
}

struct estimate estimate_scaled(struct estimate e, double factor)
{
    return (struct estimate){ e.value * factor, e.low * factor, e.high * factor, e.bounded };
}
