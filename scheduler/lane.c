/* lane: a thread that posts what is here, and what it takes from its queue. */
#include "scheduler/lane.h"

#include <string.h>

#include "engine/base/crash.h"

enum {
    TRIES = 4,     /* of what a slot cannot do now */
    PAUSE_MS = 50, /* between them; doubles */
    PAUSE_MAX_MS = 800
};

static void
note(struct wr_lane *lane, const struct wr_due_item *items,
     const enum wr_posted *what, size_t n, const struct wr_err *why)
{
    struct wr_lanes *l = lane->all;
    bool cut_off = false;

    (void)items;
    for (size_t i = 0; i < n; i++) {
        if (what[i] == WR_POSTED_DONE)
            atomic_fetch_add(&lane->counts.done, 1);
        else if (what[i] == WR_POSTED_GONE)
            atomic_fetch_add(&lane->counts.gone, 1);
        else
            atomic_fetch_add(&lane->counts.later, 1);
        cut_off |= what[i] == WR_POSTED_NOBODY || what[i] == WR_POSTED_BROKE;
    }
    pthread_mutex_lock(&l->mutex);
    l->cut_off = cut_off;
    if (cut_off)
        l->why = *why;
    pthread_mutex_unlock(&l->mutex);
}

static void
pause_lane(struct wr_lane *lane, int64_t ms)
{
    pthread_mutex_lock(&lane->all->mutex);
    wr_lanes_wait(lane->all, ms);
    pthread_mutex_unlock(&lane->all->mutex);
}

/* ---- without a broker ---- */

/* What was not done is still due: the next scan brings it. */
static void
post_here(struct wr_lane *lane, const struct wr_due_item *items, size_t n)
{
    enum wr_posted what[WR_LANE_BATCH];
    struct wr_err why = { 0 };

    wr_post(&lane->all->o.poster, items, n, what, &why);
    atomic_fetch_add(&lane->counts.polled, (long)n);
    note(lane, items, what, n, &why);
    for (size_t i = 0; i < n; i++)
        wr_given_forget(lane->all->given, &items[i].id);
}

static size_t
take_here(struct wr_lane *lane, struct wr_due_item *out)
{
    struct wr_lanes *l = lane->all;
    size_t n;

    pthread_mutex_lock(&l->mutex);
    n = wr_items_take(&lane->here, out, WR_LANE_BATCH);
    pthread_mutex_unlock(&l->mutex);

    return n;
}

/* ---- with one ---- */

struct taken {
    struct wr_due_item items[WR_LANE_BATCH];
    struct wr_queue_tag tags[WR_LANE_BATCH];
    enum wr_posted what[WR_LANE_BATCH];
    size_t n;
};

/* Void when the connection went: the broker gives it to somebody again. */
static void
settle(struct wr_lane *lane, const struct wr_queue_tag *tag,
       enum wr_queue_verdict verdict)
{
    struct wr_err err;

    if (wr_queue_settle(lane->queue, tag, verdict, &err) < 0)
        return;
    atomic_fetch_add(verdict == WR_QUEUE_DONE     ? &lane->counts.acked
                     : verdict == WR_QUEUE_RETURN ? &lane->counts.returned
                                                  : &lane->counts.rejected,
                     1);
}

/* What is no work item is a dead letter. */
static void
read_deliveries(struct wr_lane *lane, struct wr_arena *a,
                const struct wr_queue_delivery *d, size_t n, struct taken *t)
{
    t->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct wr_err err;

        if (d[i].cut
            || wr_item_read(a, d[i].body, d[i].len, &t->items[t->n], &err) < 0)
            settle(lane, &d[i].tag, WR_QUEUE_REJECT);
        else
            t->tags[t->n++] = d[i].tag;
    }
}

/* Those that came to `what` once more: together, or each by itself. */
static void
post_again(struct wr_lane *lane, struct taken *t, enum wr_posted what,
           bool together, struct wr_err *why)
{
    struct wr_due_item items[WR_LANE_BATCH];
    enum wr_posted now[WR_LANE_BATCH];
    size_t at[WR_LANE_BATCH], n = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (t->what[i] != what)
            continue;
        at[n] = i;
        items[n++] = t->items[i];
    }
    if (together && n)
        wr_post(&lane->all->o.poster, items, n, now, why);
    for (size_t i = 0; i < n && !together; i++)
        wr_post(&lane->all->o.poster, &items[i], 1, &now[i], why);
    for (size_t i = 0; i < n; i++)
        t->what[at[i]] = now[i];
}

static bool
has(const struct taken *t, enum wr_posted what)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->what[i] == what)
            return true;
    }

    return false;
}

/* A slot that ends while it works on a batch may have been ended by one of its
 * items: alone, each shows whether it was that.  Without a slot they stay in
 * hand. */
static void
post_taken(struct wr_lane *lane, struct taken *t)
{
    int64_t pause = PAUSE_MS;
    struct wr_err why = { 0 };
    int tries = 1;

    wr_post(&lane->all->o.poster, t->items, t->n, t->what, &why);
    note(lane, t->items, t->what, t->n, &why);
    if (t->n > 1 && has(t, WR_POSTED_BROKE))
        post_again(lane, t, WR_POSTED_BROKE, /* together= */ false, &why);
    while (has(t, WR_POSTED_NOBODY)
           || (has(t, WR_POSTED_LATER) && tries++ < TRIES)) {
        pause_lane(lane, pause);
        if (wr_lanes_stopping(lane->all))
            return;
        pause = 2 * pause < PAUSE_MAX_MS ? 2 * pause : PAUSE_MAX_MS;
        post_again(lane, t, WR_POSTED_LATER, /* together= */ true, &why);
        post_again(lane, t, WR_POSTED_NOBODY, /* together= */ true, &why);
        note(lane, t->items, t->what, t->n, &why);
    }
}

/* What could not be done now is still due: a scan finds it again. */
static void
work_off(struct wr_lane *lane, struct taken *t)
{
    if (t->n == 0)
        return;
    WEIR_CRASH("queue-taken");
    post_taken(lane, t);
    WEIR_CRASH("queue-posted");
    for (size_t i = 0; i < t->n; i++) {
        if (t->what[i] == WR_POSTED_NOBODY) /* it stops */
            continue;
        settle(lane, &t->tags[i],
               t->what[i] == WR_POSTED_BROKE ? WR_QUEUE_RETURN : WR_QUEUE_DONE);
    }
    WEIR_CRASH("queue-acked");
}

/* false: nothing can be taken. */
static bool
serve_queue(struct wr_lane *lane, struct taken *t)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_queue_delivery *d = wr_newn(a, struct wr_queue_delivery,
                                          WR_LANE_BATCH);
    struct wr_err err;
    long epoch;
    size_t n;

    if (!lane->queue || !wr_lanes_broker(lane->all, &epoch)
        || wr_queue_take(lane->queue, WR_LANE_TICK_MS, a, d, WR_LANE_BATCH, &n,
                         &err)
               < 0)
        return false;
    atomic_fetch_add(&lane->counts.taken, (long)n);
    read_deliveries(lane, a, d, n, t);
    work_off(lane, t);

    return true;
}

void *
wr_lane_main(void *data)
{
    struct wr_lane *lane = data;
    struct wr_lanes *l = lane->all;
    struct taken t;

    while (!wr_lanes_stopping(l)) {
        size_t n = take_here(lane, t.items);

        if (n) {
            post_here(lane, t.items, n);
        } else if (!serve_queue(lane, &t)) {
            pthread_mutex_lock(&l->mutex);
            if (lane->here.first == lane->here.n)
                wr_lanes_wait(l, WR_LANE_TICK_MS);
            pthread_mutex_unlock(&l->mutex);
        }
    }

    return NULL;
}
