/*
 * post.h: commands of the clock, to the slots that own their instances.
 */

#ifndef WR_POST_H
#define WR_POST_H

#include "scheduler/due.h"

/* An unreachable slot is no failure of the call: `err` then says why and
 * *unreachable is set. */
void wr_post(struct wr_due *d, const struct wr_due_item *from, size_t n,
             bool *unreachable, struct wr_err *err);

/* Have slot 0 remove stored answers and sessions that have run out. */
WR_MUST int wr_post_sweep(struct wr_due *d, struct wr_err *err);

#endif
