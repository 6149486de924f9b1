/*
 * lanes.h: work that is due goes to the slots in four lanes, so that none waits
 * for another (docs/queues.md).
 *
 *                    published to its queue --> taken by any scheduler
 *     dispatched --<                                                 >-- posted
 *                    (no RabbitMQ) ----------> in this process
 *
 * Posts go out by posts.h.  A lane with a broker has a thread, which acknowledges
 * what it took when the slot has answered.
 * Rows are the truth: what a slot cannot do now, and what a broker loses, is
 * found by the next scan.
 */

#ifndef WR_LANES_H
#define WR_LANES_H

#include <stdatomic.h>

#include "engine/base/time.h"
#include "engine/queue/item.h"
#include "scheduler/post.h"

enum {
    WR_LANES = WR_QUEUE_DEAD /* timers, messages, scripts, services */
};

struct wr_lane_counts {
    atomic_long published, confirmed, again;      /* to the queue */
    atomic_long taken, acked, returned, rejected; /* from it */
    atomic_long polled;                           /* without it */
    atomic_long posts, posted;                    /* to slots; their items */
    atomic_long done, gone, later;                /* what slots said */
    atomic_long depth;                            /* -1: not known */
};

struct wr_lanes_options {
    const struct wr_config *config;
    const struct wr_clock *clock;
    struct wr_poster poster;
    struct wr_amqp *amqp; /* NULL: none */
};

struct wr_lanes;

/* All outlive it. */
WR_MUST int wr_lanes_open(const struct wr_lanes_options *o,
                          struct wr_lanes **out, struct wr_err *err);
/* What is under way is finished. */
void wr_lanes_close(struct wr_lanes *l);

/* These are due; those on their way already stay there. */
void wr_lanes_dispatch(struct wr_lanes *l, const struct wr_due_item *items,
                       size_t n);
/* How many of a lane are given out by this process and not answered. */
long wr_lanes_under_way(struct wr_lanes *l, enum wr_queue_name lane);
/* Is the broker there?  Its connection's number in *epoch. */
bool wr_lanes_broker(struct wr_lanes *l, long *epoch);
/* Did the last post of any lane find no slot?  `why` then says more. */
bool wr_lanes_cut_off(struct wr_lanes *l, struct wr_err *why);
/* Does it hand out for all schedulers of this broker? */
bool wr_lanes_lead(struct wr_lanes *l);
/* How many dead letters there are; -1: not known. */
long wr_lanes_dead(struct wr_lanes *l);
struct wr_lane_counts *wr_lanes_counts(struct wr_lanes *l,
                                       enum wr_queue_name lane);

#endif
