/* lane: a thread that takes from its queue what is then posted, and settles it. */
#include "scheduler/lane.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/crash.h"

/* ---- what slots said ---- */

static void
add_answered(struct wr_lane *lane, const struct wr_posting *p,
             enum wr_posted what)
{
    if (lane->n_answered == lane->answered_cap) {
        lane->answered_cap = lane->answered_cap ? 2 * lane->answered_cap : 256;
        lane->answered = reallocarray(lane->answered, lane->answered_cap,
                                      sizeof(*lane->answered));
        if (!lane->answered)
            abort();
    }
    lane->answered[lane->n_answered++] = (struct wr_answered){ p->tag, what };
}

void
wr_lane_done(void *data, enum wr_queue_name name, const struct wr_posting *p,
             enum wr_posted what)
{
    struct wr_lanes *l = data;
    struct wr_lane *lane = &l->lanes[name];

    atomic_fetch_add(what == WR_POSTED_DONE ? &lane->counts.done
                     : what == WR_POSTED_GONE || what == WR_POSTED_UNKNOWN
                         ? &lane->counts.gone
                         : &lane->counts.later,
                     1);
    if (!p->taken && name == WR_QUEUE_TIMERS && what == WR_POSTED_DONE)
        wr_given_done(l->given, &p->it.id, wr_clock_now(l->o.clock));
    else if (!p->taken)
        wr_given_forget(l->given, &p->it.id);
    if (!p->taken)
        return;
    pthread_mutex_lock(&l->mutex);
    add_answered(lane, p, what);
    pthread_mutex_unlock(&l->mutex);
}

void
wr_lane_posted(void *data, enum wr_queue_name name, size_t n,
               const struct wr_err *why)
{
    struct wr_lanes *l = data;
    struct wr_lane_counts *c = &l->lanes[name].counts;

    atomic_fetch_add(&c->posts, 1);
    atomic_fetch_add(&c->posted, (long)n);
    pthread_mutex_lock(&l->mutex);
    l->cut_off = why != NULL;
    if (why)
        l->why = *why;
    pthread_mutex_unlock(&l->mutex);
}

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

/* What could not be done now is still due: a scan finds it again.  What found no
 * slot is given up only as this process ends. */
void
wr_lane_settle(struct wr_lane *lane)
{
    struct wr_answered *answered;
    size_t n;

    pthread_mutex_lock(&lane->all->mutex);
    answered = lane->answered;
    n = lane->n_answered;
    lane->answered = NULL;
    lane->n_answered = lane->answered_cap = 0;
    pthread_mutex_unlock(&lane->all->mutex);
    for (size_t i = 0; i < n; i++) {
        if (answered[i].what != WR_POSTED_NOBODY)
            settle(lane, &answered[i].tag,
                   answered[i].what == WR_POSTED_BROKE     ? WR_QUEUE_RETURN
                   : answered[i].what == WR_POSTED_UNKNOWN ? WR_QUEUE_REJECT
                                                           : WR_QUEUE_DONE);
        lane->open--;
    }
    free(answered);
    if (n)
        WEIR_CRASH("queue-acked"); /* C12 */
}

/* ---- what is posted ---- */

void
wr_lanes_here(struct wr_lanes *l, const struct wr_due_item *items, size_t n)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_posting *p = wr_newn(a, struct wr_posting, n ? n : 1);

    for (int lane = 0; n && lane < WR_LANES; lane++) {
        size_t k = 0;

        for (size_t i = 0; i < n; i++) {
            if ((int)items[i].lane == lane)
                p[k++] = (struct wr_posting){ .it = items[i] };
        }
        atomic_fetch_add(&l->lanes[lane].counts.polled, (long)k);
        wr_posts_add(l->posts, (enum wr_queue_name)lane, p, k);
    }
}

/* What is no work item is a dead letter. */
static void
post_deliveries(struct wr_lane *lane, struct wr_arena *a,
                const struct wr_queue_delivery *d, size_t n)
{
    struct wr_posting *p = wr_newn(a, struct wr_posting, n ? n : 1);
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        struct wr_err err;

        p[k] = (struct wr_posting){ .tag = d[i].tag, .taken = true };
        if (d[i].cut
            || wr_item_read(a, d[i].body, d[i].len, &p[k].it, &err) < 0)
            settle(lane, &d[i].tag, WR_QUEUE_REJECT);
        else
            k++;
    }
    if (k)
        WEIR_CRASH("queue-taken"); /* C8 */
    lane->open += (long)k;
    wr_posts_add(lane->all->posts, lane->name, p, k);
}

/* false: nothing can be taken. */
static bool
serve_queue(struct wr_lane *lane)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_queue_delivery *d = wr_newn(a, struct wr_queue_delivery,
                                          WR_LANE_BATCH);
    int64_t wait = lane->open ? WR_LANE_BUSY_MS : WR_LANE_TICK_MS;
    struct wr_err err;
    long epoch;
    size_t n;

    if (!wr_lanes_broker(lane->all, &epoch)
        || wr_queue_take(lane->queue, wait, a, d, WR_LANE_BATCH, &n, &err) < 0)
        return false;
    atomic_fetch_add(&lane->counts.taken, (long)n);
    post_deliveries(lane, a, d, n);

    return true;
}

void *
wr_lane_main(void *data)
{
    struct wr_lane *lane = data;
    struct wr_lanes *l = lane->all;

    while (!wr_lanes_stopping(l)) {
        wr_lane_settle(lane);
        if (!serve_queue(lane)) {
            pthread_mutex_lock(&l->mutex);
            wr_lanes_wait(l, WR_LANE_TICK_MS);
            pthread_mutex_unlock(&l->mutex);
        }
    }

    return NULL;
}
