/*
 * due.h: what is due (DESIGN.md section 5).
 *
 * Rows are the truth.  What they say of the near future is held in a heap: read
 * from the store again and again, and told by the slots when they write what is
 * due soon (engine/base/hint.h).  What is due goes to the slots that own its
 * instances (lanes.h), and firing deletes the row, or moves it on, in the step
 * that moves the token, so each fires once however often it is given out.
 */

#ifndef WR_DUE_H
#define WR_DUE_H

#include "engine/base/config.h"
#include "engine/base/time.h"
#include "engine/queue/item.h"
#include "scheduler/heap.h"
#include "scheduler/peers.h"
#include "scheduler/scan.h"
#include "scheduler/shares.h"

enum {
    WR_DUE_BATCH = 1000
};

struct wr_due {
    const struct wr_config *config;
    struct wr_scan *scan;
    struct wr_heap heap;
    struct wr_due_item out[WR_DUE_BATCH];
    struct wr_peers peers;    /* of this machine */
    struct wr_shares *shares; /* of all; NULL: there is no Redis */
    bool alone;               /* a broker has all schedulers work together */
    int hints;                /* the socket; -1: nobody tells */
};

/* Join the schedulers of this machine, and listen. */
void wr_due_open(struct wr_due *d);
void wr_due_close(struct wr_due *d);

/* What slots told since. */
void wr_due_hear(struct wr_due *d, int64_t now);

/* What is due and this scheduler's to give out, earliest first; till the next
 * call. */
struct wr_due_item *wr_due_now(struct wr_due *d, int64_t now, size_t *n);

/* When the next item is due; INT64_MAX: none is known. */
int64_t wr_due_next(const struct wr_due *d);

#endif
