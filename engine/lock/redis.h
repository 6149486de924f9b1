/* redis.h: the two halves of the locks on Redis; private to this folder. */

#ifndef WR_LOCK_REDIS_H
#define WR_LOCK_REDIS_H

#include "engine/lock/lock.h"

struct wr_lock_on_redis {
    struct wr_lock base; /* first */
    struct wr_redis *server;
};

/* share.c */
WR_MUST int wr_redis_share(struct wr_lock *l, const char *key,
                           const struct wr_share_ask *ask,
                           struct wr_share_answer *out, struct wr_err *err);

#endif
