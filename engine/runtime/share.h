/* share.h: one instance's share of a batch; private to this folder. */

#ifndef WR_SHARE_H
#define WR_SHARE_H

#include "engine/runtime/slot.h"

struct wr_share { /* one instance's share of a batch; at most one item */
    struct wr_uuid instance;
    struct wr_request *requests, **end; /* arrival order */
    int n_stepped;                      /* of them in the item */
    const struct wr_definition *definition;
    struct wr_instance_row row; /* as loaded; rev 0: to be started */
    struct wr_arena *arena;     /* holds it */
    bool from_memory;           /* perhaps stale: it must not refuse */
    struct wr_result *result;   /* NULL: no item */
    struct wr_uuid job, lease;  /* of the one command that has a lease */
    const struct wr_idempotency_row *idempotency;
    bool check_latest;
    bool cut;
};

/* Load the instance and step as many of the requests as fit one item; those
 * that fail are answered and taken out.  n_stepped 0: there is no item. */
void wr_share_step(struct wr_runtime *rt, struct wr_share *w);
void wr_share_unload(struct wr_share *w);

#endif
