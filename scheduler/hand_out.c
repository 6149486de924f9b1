/* hand_out: what is due goes to its queue, or without a broker to its lane. */
#include <string.h>

#include "engine/base/crash.h"
#include "scheduler/lane.h"

enum {
    ROUND = 1024, /* items at once */
    LOOK_MS = 500,
    OFFER_MS = 1000
};

static int64_t
now_of(const struct wr_lanes *l)
{
    return wr_clock_now(l->o.clock);
}

static struct wr_given_rule
rule_of(struct wr_lanes *l)
{
    struct wr_given_rule rule = {
        .lease_ms = wr_config_int(l->o.config, WR_SET_DISPATCH_LEASE),
    };

    rule.broker = wr_lanes_broker(l, &rule.epoch);
    rule.mine = !rule.broker || wr_lanes_lead(l);
    for (int i = 0; i < WR_LANES; i++)
        rule.depths[i] = rule.broker ? atomic_load(&l->lanes[i].counts.depth)
                                     : 0;

    return rule;
}

void
wr_lanes_dispatch(struct wr_lanes *l, const struct wr_due_item *items, size_t n)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_due_item *here = wr_newn(a, struct wr_due_item, n ? n : 1);
    struct wr_given_rule rule = rule_of(l);
    int64_t now = now_of(l);
    size_t n_here = 0;

    pthread_mutex_lock(&l->mutex);
    for (size_t i = 0; i < n; i++) {
        bool again;

        if (!wr_given_take(l->given, &items[i], now, &rule, &again))
            continue;
        if (again)
            atomic_fetch_add(&l->lanes[items[i].lane].counts.again, 1);
        if (l->out && rule.broker)
            wr_items_add(&l->outgoing, &items[i]);
        else
            here[n_here++] = items[i];
    }
    pthread_cond_broadcast(&l->came);
    pthread_mutex_unlock(&l->mutex);
    wr_lanes_here(l, here, n_here);
}

/* ---- the publisher ---- */

static void
publish(struct wr_lanes *l, const struct wr_due_item *items, size_t n)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_queue_item *out = wr_newn(a, struct wr_queue_item, n);
    struct wr_err err;
    long epoch;
    bool broker = wr_lanes_broker(l, &epoch);

    for (size_t i = 0; i < n; i++) {
        struct wr_str body = { .arena = a };

        wr_item_json(&body, &items[i]);
        out[i] = (struct wr_queue_item){ .to = items[i].lane,
                                         .id = items[i].id,
                                         .body = body.s,
                                         .len = body.len };
        atomic_fetch_add(&l->lanes[items[i].lane].counts.published, broker);
    }
    /* What is not confirmed goes on by itself. */
    if (broker && wr_queue_publish(l->out, out, n, &err) < 0)
        atomic_store(&l->leads, false); /* as look_who_leads() will find */
    WEIR_CRASH("queue-published");      /* C7 */
    for (size_t i = 0; i < n; i++) {
        if (!out[i].confirmed) {
            wr_lanes_here(l, &items[i], 1);
            continue;
        }
        wr_given_sent(l->given, &items[i].id, now_of(l), epoch);
        atomic_fetch_add(&l->lanes[items[i].lane].counts.confirmed, 1);
    }
}

/* Whoever has the message of queue "dispatch" hands out for all; the broker gives
 * it to the next one when the connection that holds it is gone. */
static void
look_who_leads(struct wr_lanes *l)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_queue_item offer = { .to = WR_QUEUE_DISPATCH, .body = "" };
    struct wr_queue_delivery d;
    struct wr_err err;
    size_t n = 0;
    long epoch;

    if (!wr_lanes_broker(l, &epoch)
        || wr_queue_take(l->lead, 0, a, &d, 1, &n, &err) < 0) {
        atomic_store(&l->leads, false);
        return;
    }
    if (n)
        atomic_store(&l->leads, true);
    if (atomic_load(&l->leads) || now_of(l) < l->offered_at + OFFER_MS)
        return;
    /* Refused when there is one. */
    l->offered_at = now_of(l);
    if (wr_queue_publish(l->out, &offer, 1, &err) < 0)
        atomic_store(&l->leads, false);
}

static void
look_at_depths(struct wr_lanes *l)
{
    bool broker;
    long epoch;

    if (now_of(l) < l->looked_at + LOOK_MS)
        return;
    l->looked_at = now_of(l);
    for (int i = 0; i <= WR_QUEUE_DEAD; i++) {
        long depth = -1;
        struct wr_err err;

        broker = wr_lanes_broker(l, &epoch);
        if (!broker
            || wr_queue_depth(l->out, (enum wr_queue_name)i, &depth, &err) < 0)
            depth = -1;
        atomic_store(i < WR_LANES ? &l->lanes[i].counts.depth : &l->dead,
                     depth);
    }
}

void *
wr_publisher_main(void *data)
{
    struct wr_lanes *l = data;
    struct wr_due_item items[ROUND];
    bool stopping = false;

    while (!stopping) {
        size_t n;

        pthread_mutex_lock(&l->mutex);
        if (l->outgoing.first == l->outgoing.n)
            wr_lanes_wait(l, WR_LANE_TICK_MS);
        n = wr_items_take(&l->outgoing, items, ROUND);
        stopping = l->stopping;
        pthread_mutex_unlock(&l->mutex);
        if (n)
            publish(l, items, n);
        if (stopping)
            break;
        look_who_leads(l);
        look_at_depths(l);
    }

    return NULL;
}
