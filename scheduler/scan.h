/*
 * scan.h: a thread that reads from the store what is due soon.
 *
 * It looks every `timer_scan`, and reads beside the loop that gives out what is
 * due, which does not wait for a store that is slow or away.  Of a backlog it
 * reads a page, and the next when most of that is done with; what comes due
 * now it reads in any case.
 */

#ifndef WR_SCAN_H
#define WR_SCAN_H

#include "engine/base/config.h"
#include "engine/base/time.h"
#include "scheduler/heap.h"

enum {
    WR_SCAN_PAGE = 5000 /* rows of one kind that one look reads */
};

struct wr_scan;

/* All outlive it.  WR_EIO: no thread. */
WR_MUST int wr_scan_new(const struct wr_config *config,
                        const struct wr_clock *clock, const char *url,
                        struct wr_scan **out, struct wr_err *err);
void wr_scan_free(struct wr_scan *s);

/* Readable when there is something to merge. */
int wr_scan_fd(const struct wr_scan *s);
/* So many timers are given out and not answered. */
void wr_scan_under_way(struct wr_scan *s, long timers);

/* When the first of all timers was due, as of the last look; INT64_MAX: none is
 * due soon. */
int64_t wr_scan_oldest(const struct wr_scan *s);

/* What was read since replaces what the heap knew of it; true: there was
 * something, or `err`, unless its code is WR_OK: the store is away. */
bool wr_scan_merge(struct wr_scan *s, struct wr_heap *h, struct wr_err *err);

#endif
