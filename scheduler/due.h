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
#include "engine/store/store.h"
#include "scheduler/heap.h"
#include "scheduler/peers.h"

enum {
    WR_DUE_AHEAD = 5000, /* rows of one kind that one look reads */
    WR_DUE_BATCH = 1000
};

struct wr_due {
    const struct wr_config *config;
    struct wr_store *store; /* read only */
    struct wr_arena *arena; /* of a look; reset by each */
    struct wr_heap heap;
    struct wr_due_item out[WR_DUE_BATCH];
    struct wr_peers peers;
    bool alone;     /* a broker has all schedulers work together */
    int hints;      /* the socket; -1: nobody tells */
    int64_t far_at; /* when to read the whole horizon again */
};

/* Join the schedulers of this machine, and listen. */
void wr_due_open(struct wr_due *d);
void wr_due_close(struct wr_due *d);

/* Read what is due soon, and now and then all of the horizon (scan.c). */
WR_MUST int wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err);
/* What slots told since. */
void wr_due_hear(struct wr_due *d, int64_t now);

/* What is due and this scheduler's to fire, earliest first; till the next
 * call. */
struct wr_due_item *wr_due_now(struct wr_due *d, int64_t now, size_t *n);

/* When to look again: the next item's instant or `scan_at`. */
int64_t wr_due_next(const struct wr_due *d, int64_t scan_at);

#endif
