/* lock: the locks of a Redis that may be away or forget all it knew. */
#include <stdlib.h>

#include "tests/sim/sim.h"

static struct wr_lock *kept; /* what it knows */

static int
away(struct wr_err *err)
{
    sim_sleep((int64_t)sim_draw(2));

    return sim.locks_away ? wr_fail(err, WR_ESTORE, "the locks are away") : 0;
}

static int
take(struct wr_lock *l, const char *key, const char *owner, int64_t ttl_ms,
     bool *got, struct wr_err *err)
{
    (void)l;

    return away(err) < 0 ? (int)err->code
                         : wr_lock_take(kept, key, owner, ttl_ms, got, err);
}

static int
renew(struct wr_lock *l, const char *key, const char *owner, int64_t ttl_ms,
      bool *held, struct wr_err *err)
{
    (void)l;

    return away(err) < 0 ? (int)err->code
                         : wr_lock_renew(kept, key, owner, ttl_ms, held, err);
}

static int
release(struct wr_lock *l, const char *key, const char *owner, bool *held,
        struct wr_err *err)
{
    (void)l;

    return away(err) < 0 ? (int)err->code
                         : wr_lock_release(kept, key, owner, held, err);
}

static int
share(struct wr_lock *l, const char *key, const struct wr_share_ask *ask,
      struct wr_share_answer *out, struct wr_err *err)
{
    (void)l;

    return away(err) < 0 ? (int)err->code
                         : wr_lock_share(kept, key, ask, out, err);
}

static void
close_lock(struct wr_lock *l)
{
    free(l);
}

static const struct wr_lock_ops ops = { .name = "sim",
                                        .take = take,
                                        .renew = renew,
                                        .release = release,
                                        .share = share,
                                        .close = close_lock };

void
sim_lock_flush(void)
{
    if (kept)
        wr_lock_close(kept);
    kept = wr_lock_memory(&sim.clock);
}

struct wr_lock *
sim_lock_new(void)
{
    struct wr_lock *l = calloc(1, sizeof(*l));

    if (!l)
        abort();
    l->ops = &ops;
    sim_lock_flush();

    return l;
}
