/* What results say together: who is on the Pareto front, and what each knob does. Pure arithmetic on measured points;
 * those that are not POINT_OK do not count. */
#pragma once

#include "sim/explore/metric.h"
#include "sim/explore/space.h"

/* Marks the points that no other is as good as in the mean latency and in `cost`, and better in one of them. Returns
 * false when out of memory. */
bool analyse_front(const struct point_result *r, size_t points, enum metric cost, bool *on);

/* True when the points differ in a metric. */
bool analyse_varies(const struct point_result *r, size_t points, enum metric m);

/* One value of a knob: the mean of a metric over all points with it. */
struct effect_value {
    double mean; /* NAN without points */
    size_t points;
};

struct effect {
    double share; /* of the knob's values in the variance of the metric: the main effect, 0 to 1 */
    size_t best;  /* the value with the best mean */
    struct effect_value *value;
};

struct effects {
    enum metric metric;
    size_t points;
    struct effect knob[SPACE_KNOBS_MAX];
    size_t rank[SPACE_KNOBS_MAX]; /* knobs, that with the largest share first */
};

/* Finds what each knob does to a metric, over the points asked for. Returns false when out of memory: *e is then
 * free. */
bool analyse_effects(const struct space *s, const struct point_result *r, enum metric m, struct effects *e);
void analyse_free(struct effects *e);

/* Sorts the points by a metric, the best first, equals by number, those that are not ok last. `order` has s->points.
 * Returns how many are ok. */
size_t analyse_order(const struct space *s, const struct point_result *r, enum metric m, size_t *order);

/* The cheapest in `cost` of the points within `slack` (0.05: 5 %) of the best mean latency; equals: the better one.
 * Returns its index, s->points without any. */
size_t analyse_cheapest(const struct space *s, const struct point_result *r, enum metric cost, double slack);
