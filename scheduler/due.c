/* due: what is known of the near future is given out when its time has come. */
#include "scheduler/due.h"

#include <unistd.h>

#include "engine/base/crash.h"
#include "engine/base/log.h"

enum {
    HEARD_AT_ONCE = 64 /* datagrams */
};

void
wr_due_open(struct wr_due *d)
{
    struct wr_err err = { 0 };

    d->hints = -1;
    wr_peers_join(&d->peers, wr_config_home(d->config));
    if (d->peers.number >= 0
        && wr_hints_listen(wr_config_home(d->config), d->peers.number,
                           &d->hints, &err)
               < 0)
        wr_log(WR_LOG_WARN, "no slot can tell what is new", "cause", err.text,
               NULL);
}

void
wr_due_close(struct wr_due *d)
{
    if (d->hints >= 0)
        close(d->hints);
    wr_peers_leave(&d->peers);
    wr_heap_free(&d->heap);
}

static void
hear(struct wr_due *d, const struct wr_hint *h, int64_t now, int64_t until)
{
    struct wr_due_item it = {
        .type = h->type == WR_HINT_JOB ? "job" : "timer",
        .lane = h->type == WR_HINT_JOB ? WR_QUEUE_SERVICES : WR_QUEUE_TIMERS,
        .id = h->id,
        .instance = h->instance,
        .tenant = h->tenant,
        .at = h->at,
        .known_at = now,
        .at_once = h->type == WR_HINT_JOB && h->at <= now,
        .definition = h->definition,
        .element = h->element,
    };

    if (it.at_once)
        it.at = now; /* a row's 0 would look long overdue */
    if (h->at <= until)
        wr_heap_push(&d->heap, &it);
}

void
wr_due_hear(struct wr_due *d, int64_t now)
{
    int64_t until = now + wr_config_int(d->config, WR_SET_TIMER_HORIZON);
    struct wr_hint hints[WR_HINTS];
    size_t n;

    for (int k = 0; d->hints >= 0 && k < HEARD_AT_ONCE; k++) {
        n = wr_hints_take(d->hints, hints);
        for (size_t i = 0; i < n; i++)
            hear(d, &hints[i], now, until);
        if (n == 0)
            break;
    }
}

/* With shares in Redis one that died has no share, and what is not in ours comes
 * again with the next look.  Without, what is long overdue is anybody's. */
static bool
is_mine(struct wr_due *d, const struct wr_due_item *it, bool shared,
        int64_t now)
{
    const struct wr_uuid *id = wr_uuid_is_zero(&it->instance) ? &it->id
                                                              : &it->instance;

    if (d->alone)
        return true;
    if (shared)
        return wr_shares_mine(d->shares, wr_uuid_bucket(id));

    return now - it->at > WR_PEERS_LATE_MS
           || wr_peers_mine(&d->peers, wr_uuid_bucket(id));
}

struct wr_due_item *
wr_due_now(struct wr_due *d, int64_t now, size_t *n)
{
    size_t due = wr_heap_pop(&d->heap, now, d->out, WR_DUE_BATCH);
    bool shared = wr_shares_known(d->shares, now);

    if (due)
        WEIR_CRASH("timer-popped"); /* C14 */
    wr_peers_look(&d->peers, now);
    *n = 0;
    for (size_t i = 0; i < due; i++) {
        if (is_mine(d, &d->out[i], shared, now))
            d->out[(*n)++] = d->out[i];
    }

    return d->out;
}

int64_t
wr_due_next(const struct wr_due *d)
{
    const struct wr_due_item *top = wr_heap_top(&d->heap);

    return top ? top->at : INT64_MAX;
}
