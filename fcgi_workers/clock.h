/*
 * clock.h: the process's clock goes by the database's (RELIABILITY R4).
 *
 * now = monotonic + offset to the database, measured at once and every 10 s, so
 * that steps of the machine's own clock move no timer.  How far that clock is
 * from the database's is the skew: past a second a node is not ready.  A file
 * has no clock: time is the machine's as it was when the process began.
 */

#ifndef WR_CLOCK_H
#define WR_CLOCK_H

#include "engine/base/time.h"

enum {
    WR_SKEW_MS = 1000 /* what a node may be off */
};

struct wr_clock_keeper;

/* A thread of its own, with a connection; NULL for a store without a clock.
 * `clock` and `url` outlive it.  WR_EIO. */
WR_MUST int wr_clock_keep(const char *url, struct wr_clock *clock,
                          struct wr_clock_keeper **out, struct wr_err *err);
void wr_clock_keep_end(struct wr_clock_keeper *k);
/* How far the database is ahead of this machine, in ms; false: not known (also
 * of NULL).  Any thread. */
bool wr_clock_skew(const struct wr_clock_keeper *k, int64_t *ms);

#endif
