/*
 * retention.h: the slot's housekeeper, which removes ended instances whose time
 * is over (engine/runtime/retention.h) every cleanup_interval.
 *
 * A thread of slot 0; the others have none.  What went wrong shows in the log,
 * in the metrics and in /health/ready until it went right again.
 */

#ifndef WR_HOUSEKEEPER_H
#define WR_HOUSEKEEPER_H

#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/str.h"

struct wr_service;
struct wr_housekeeper;

WR_MUST int wr_housekeeper_open(struct wr_service *s,
                                struct wr_housekeeper **out,
                                struct wr_err *err);
/* Waits for what it is at; NULL: nothing. */
void wr_housekeeper_close(struct wr_housekeeper *h);

struct wr_housekeeping { /* since the slot started */
    long long runs, failures, instances, archived, archive_failures, months;
    long long oldest_ended; /* ms UTC, of the last run; 0: none is kept */
    long long since;        /* of the failure, or of having none */
    bool failing;           /* the last run did */
    char cause[256];
};
/* All zero for NULL. */
void wr_housekeeper_look(struct wr_housekeeper *h, struct wr_housekeeping *out);
/* Its samples, a line each. */
void wr_housekeeper_samples(struct wr_housekeeper *h, int slot,
                            struct wr_str *s);

#endif
