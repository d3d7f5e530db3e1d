/* What a sample of windows says of a whole: a ratio of two sums, and how far it may be off.
 *
 * Pure arithmetic on sums that somebody has gathered window by window; it does not know of what. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct estimate {
    double value;
    double low, high; /* the 95 % interval */
    bool bounded;     /* there is one; else too little was met to tell, and both are `value` */
};

#define ESTIMATE_TOLD_MIN 5 /* windows in which something was met, for an interval [choice] */

/* Returns the t of Student's distribution that 97.5 % do not exceed, for so many degrees of freedom, 1 or more. */
double estimate_student(size_t freedom);

/* Estimates sum(y) / sum(z) over a population of which `count` windows were drawn, the fraction `drawn` of it, from
 * what was met in each; no y or z is negative. Without any z the value is 0.
 *
 * The ratio estimator, its variance that of the residuals y - value * z between the windows, less what has been drawn
 * already [Cochran: 2.11, 6.4]. Windows that are one each of a stratum vary less than that says, never more on average
 * [Cochran: 5A.12]: the interval errs on the wide side [choice: that of differences between neighbours covers 1 to 4 %
 * less of the captures]. Its ends are moved for skewness by Hall's transformation [Hall]: of rare and costly events a
 * sample that has too few has too little variance as well, and a symmetric interval would lie too low. */
struct estimate estimate_ratio(const double *y, const double *z, size_t count, double drawn);

/* The same of what takes y where it would take z alone, and mostly does take z. Where fewer than ESTIMATE_TOLD_MIN
 * windows took longer, their variance says nothing; the interval is then from alone to as many such windows as there
 * may be for these few to have been met [Garwood], each as much longer as those that were met or, if that is more, a
 * window's whole z [choice: who waits for another of its kind waits about as long as it takes itself]. */
struct estimate estimate_longer(const double *y, const double *z, size_t count, double drawn);

/* The ratio of what was met in all there is, not in a sample, and where it would lie if all of it happened again: y as
 * often and as large, but by another chance. The variance is that of two such sums, which differ to both sides
 * alike. */
struct estimate estimate_again(const double *y, const double *z, size_t count);

/* Returns an estimate of the sum of two things. Both may be off to the same side, so that their intervals add up. */
struct estimate estimate_sum(struct estimate a, struct estimate b);

/* Returns an estimate of something `factor` times as large; factor >= 0. */
struct estimate estimate_scaled(struct estimate e, double factor);

/* Returns one that is known without sampling. */
struct estimate estimate_exact(double value);
