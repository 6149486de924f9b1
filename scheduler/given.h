/*
 * given.h: what was given out, so that nobody is given it twice for nothing.
 *
 * Rows are the truth and are read again and again; what is due and still there
 * after it was given out may be on its way or lost.  It is taken for lost when
 *
 *  - its dispatch lease is over and its queue is (nearly) empty, or
 *  - the connection over which it was given out was lost.
 *
 * Giving out twice does no harm, work is done once; it only costs.  Any thread.
 */

#ifndef WR_GIVEN_H
#define WR_GIVEN_H

#include "engine/queue/item.h"

enum {
    WR_GIVEN_FEW = 64,     /* of a queue that does not lag */
    WR_GIVEN_PATIENCE = 20 /* leases that a lagging queue may take */
};

struct wr_given;

struct wr_given_rule {
    int64_t lease_ms;
    long epoch;  /* of the connection; what was given out before is lost */
    bool mine;   /* to give out what nobody did; else only what is overdue */
    bool broker; /* slots give out what is due at once */
    long depths[WR_QUEUES]; /* that wait in the queue; -1: not known */
};

struct wr_given *wr_given_new(void);
void wr_given_free(struct wr_given *g);

/* Is it to be given out now?  Then it is noted as being in this process;
 * *again: not for the first time. */
bool wr_given_take(struct wr_given *g, const struct wr_due_item *it,
                   int64_t now, const struct wr_given_rule *rule, bool *again);
/* A queue has it. */
void wr_given_sent(struct wr_given *g, const struct wr_uuid *id, int64_t now,
                   long epoch);
/* This firing of a timer happened: a row that was read before it, and comes now,
 * is not given out. */
void wr_given_done(struct wr_given *g, const struct wr_uuid *id, int64_t now);
/* What came of it is known; still there, it is given out again. */
void wr_given_forget(struct wr_given *g, const struct wr_uuid *id);

#endif
