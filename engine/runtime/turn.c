/*
 * turn: an instance that other processes work on, too, is worked on in turns.
 *
 * Its requests wait in the queue while another process has its lock, and are
 * then stepped together.  Who waits too long goes on without: the revision
 * decides, as always.
 */
#include <time.h>

#include "engine/runtime/share.h"

static int64_t
now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
waited(struct wr_share *w, int64_t us)
{
    wr_lease_waited(w->rt->o.lease, us);
    for (struct wr_request *r = w->requests; r; r = r->next)
        r->waits_since = 0;
}

bool
wr_turn_take(struct wr_share *w)
{
    struct wr_runtime *rt = w->rt;
    struct wr_request *r = w->requests;
    int64_t now;
    bool away;

    if (!rt->o.lease || wr_request_is_start(r)
        || !wr_lease_must_lock(rt->o.lease, &w->instance))
        return true;
    now = now_us();
    if (!r->waits_since)
        r->waits_since = now;
    w->locked = wr_lease_lock(rt->o.lease, &w->instance, &away);
    /* What we remember of it is older than what others did meanwhile. */
    if (w->locked)
        wr_hot_drop(rt, &w->instance);
    else if (!away && now - r->waits_since < rt->o.lock_wait_ms * 1000)
        return false;
    waited(w, now_us() - r->waits_since);

    return true;
}

void
wr_turn_end(struct wr_share *w)
{
    if (w->locked)
        wr_lease_unlock(w->rt->o.lease, &w->instance);
    w->locked = false;
}

void
wr_turn_met(struct wr_share *w)
{
    if (w->rt->o.lease && !(w->requests && wr_request_is_start(w->requests)))
        wr_lease_met(w->rt->o.lease, &w->instance);
}
