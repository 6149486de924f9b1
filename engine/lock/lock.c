#include "engine/lock/lock.h"

void
wr_lock_close(struct wr_lock *l)
{
    if (l)
        l->ops->close(l);
}

int
wr_lock_take(struct wr_lock *l, const char *key, const char *owner,
             int64_t ttl_ms, bool *got, struct wr_err *err)
{
    return l->ops->take(l, key, owner, ttl_ms, got, err);
}

int
wr_lock_renew(struct wr_lock *l, const char *key, const char *owner,
              int64_t ttl_ms, bool *held, struct wr_err *err)
{
    return l->ops->renew(l, key, owner, ttl_ms, held, err);
}

int
wr_lock_release(struct wr_lock *l, const char *key, const char *owner,
                bool *held, struct wr_err *err)
{
    return l->ops->release(l, key, owner, held, err);
}
