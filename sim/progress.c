/* Drawing and removing the bar. */
#include "sim/progress.h"

#include "sim/jobs.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_COLUMNS 30
#define FIRST_AFTER_S 0.5
#define AGAIN_AFTER_S 0.1
#define WIPE "\r\033[K"
#define TIME_AFTER_S 2 /* before that nobody can tell how long it will take */

static volatile sig_atomic_t shown;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *p, bool wanted, const char *what)
{
    *p = (struct progress){ .unit = "records", .on = wanted && isatty(STDERR_FILENO) && !jobs_is_child() };
    snprintf(p->what, sizeof p->what, "%s", what);
    for (char *c = p->what; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    }
    if (p->on)
        p->start = p->last = now();
}

static void draw_share(double share)
{
    int full = (int)(share * BAR_COLUMNS);

    fprintf(stderr, " [%.*s%*s] %3.0f %%", full, "########################################", BAR_COLUMNS - full, "",
            100 * share);
}

static void draw_left(double seconds)
{
    uint64_t s = (uint64_t)(seconds + 0.5);

    if (s >= 3600)
        fprintf(stderr, ", %" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " left", s / 3600, s / 60 % 60, s % 60);
    else
        fprintf(stderr, ", %" PRIu64 ":%02" PRIu64 " left", s / 60, s % 60);
}

/* `took` seconds so far; share < 0: nobody knows of how much. */
static void draw(const struct progress *p, double share, uint64_t records, double took)
{
    fprintf(stderr, WIPE "%s", p->what);
    if (share >= 0)
        draw_share(share);
    if (records > 0 && (double)records < 1e6 * took)
        fprintf(stderr, " %.0f thousand %s/s", (double)records / took / 1e3, p->unit);
    else if (records > 0)
        fprintf(stderr, " %.1f million %s/s", (double)records / took / 1e6, p->unit);
    if (share > 0 && took >= TIME_AFTER_S)
        draw_left(took * (1 - share) / share);
}

void progress_step(struct progress *p, uint64_t done, uint64_t total, uint64_t records)
{
    double t, share = total == 0 ? -1 : done < total ? (double)done / (double)total : 1;

    if (jobs_is_child())
        jobs_tell(done, total, records);
    if (!p->on || (total == 0 && records == 0))
        return;
    t = now();
    if (t - p->start < FIRST_AFTER_S || t - p->last < AGAIN_AFTER_S)
        return;
    p->last = t;
    shown = true;
    draw(p, share, records, t - p->start);
}

void progress_end(struct progress *p)
{
    if (p->on)
        progress_hide();
    p->on = false;
}

void progress_hide(void)
{
    if (shown)
        fprintf(stderr, WIPE);
    shown = false;
}

void progress_wipe(void)
{
    if (shown && write(STDERR_FILENO, WIPE, sizeof WIPE - 1) > 0)
        shown = false;
}
