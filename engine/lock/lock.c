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

int
wr_lock_share(struct wr_lock *l, const char *key,
              const struct wr_share_ask *ask, struct wr_share_answer *out,
              struct wr_err *err)
{
    return l->ops->share(l, key, ask, out, err);
}

bool
wr_buckets_any(const struct wr_buckets *s)
{
    for (int i = 0; i < WR_BUCKET_WORDS; i++)
        if (s->words[i])
            return true;

    return false;
}

int
wr_buckets_count(const struct wr_buckets *s)
{
    int n = 0;

    for (int i = 0; i < WR_BUCKET_WORDS; i++)
        n += __builtin_popcountll(s->words[i]);

    return n;
}
