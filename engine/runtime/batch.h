/*
 * batch.h: one act on many instances, jobs or incidents.
 *
 * A batch and its items are rows; each item that is to be done has one in the
 * outbox, too, which goes in the commit that does it.  So each is done once,
 * whoever tries and however often processes die, and what works off the outbox
 * works off batches.
 */

#ifndef WR_BATCH_H
#define WR_BATCH_H

#include "engine/runtime/runtime.h"

enum {
    WR_BATCH_MOST = 100000 /* items */
};

struct wr_act {
    const char *name;
    enum wr_noun noun; /* of its targets */
};
/* All of them; NULL behind the last, or by name when there is none. */
const struct wr_act *wr_act_at(size_t i);
const struct wr_act *wr_act_named(const char *name);

struct wr_batch_order {
    const char *act; /* a row of the acts */
    /* A context: reason, variables, retries, priority, skip, catchUp,
     * definition, plan; what the act does not know of it ignores. */
    const struct wr_value *params;
    const char *actor;
    int32_t tenant;
    const struct wr_uuid *targets;
    size_t n; /* 1 to WR_BATCH_MOST */
    /* Kept with the batch, its answer becomes the batch's id; NULL: none.
     * WR_EINFLIGHT when it is taken. */
    const struct wr_idempotency_row *idempotency;
};
/* Durable when it returns; its items are worked off by and by. */
WR_MUST int wr_runtime_batch(struct wr_runtime *rt,
                             const struct wr_batch_order *o, struct wr_uuid *id,
                             struct wr_err *err);
/* The row, counted; its end is noted when it has come.  WR_ENOTFOUND. */
WR_MUST int wr_runtime_batch_row(struct wr_runtime *rt,
                                 const struct wr_uuid *id, int32_t tenant,
                                 struct wr_arena *a,
                                 const struct wr_batch_row **out,
                                 struct wr_err *err);
/* To PAUSED, RUNNING or CANCELED.  WR_ESTATE when it is not in a state to. */
WR_MUST int wr_runtime_batch_move(struct wr_runtime *rt,
                                  const struct wr_uuid *id, int32_t tenant,
                                  enum wr_batch_state to, struct wr_err *err);

#endif
