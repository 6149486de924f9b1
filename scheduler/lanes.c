#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scheduler/lane.h"

/* ---- lists ---- */

void
wr_items_add(struct wr_items *list, const struct wr_due_item *it)
{
    if (list->first == list->n)
        list->first = list->n = 0;
    if (list->n == list->cap && list->first > list->cap / 2) {
        memmove(list->items, list->items + list->first,
                (list->n - list->first) * sizeof(*list->items));
        list->n -= list->first;
        list->first = 0;
    }
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 256;
        list->items = realloc(list->items, list->cap * sizeof(*list->items));
        if (!list->items)
            abort();
    }
    list->items[list->n++] = *it;
}

size_t
wr_items_take(struct wr_items *list, struct wr_due_item *out, size_t cap)
{
    size_t n = list->n - list->first;

    if (n > cap)
        n = cap;
    if (n)
        memcpy(out, list->items + list->first, n * sizeof(*out));
    list->first += n;

    return n;
}

/* ---- what threads ask ---- */

bool
wr_lanes_broker(struct wr_lanes *l, long *epoch)
{
    struct wr_link_view v;

    *epoch = 0;
    if (!l->o.amqp)
        return false;
    wr_link_look(wr_amqp_link(l->o.amqp), &v);
    *epoch = v.losses;

    return v.state == WR_LINK_READY;
}

bool
wr_lanes_stopping(struct wr_lanes *l)
{
    bool stopping;

    pthread_mutex_lock(&l->mutex);
    stopping = l->stopping;
    pthread_mutex_unlock(&l->mutex);

    return stopping;
}

void
wr_lanes_wait(struct wr_lanes *l, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    if (!l->stopping)
        pthread_cond_timedwait(&l->came, &l->mutex, &until);
}

bool
wr_lanes_cut_off(struct wr_lanes *l, struct wr_err *why)
{
    bool cut_off;

    pthread_mutex_lock(&l->mutex);
    cut_off = l->cut_off;
    *why = l->why;
    pthread_mutex_unlock(&l->mutex);

    return cut_off;
}

long
wr_lanes_under_way(struct wr_lanes *l, enum wr_queue_name lane)
{
    long n = wr_posts_count(l->posts, lane);

    pthread_mutex_lock(&l->mutex);
    for (size_t i = l->outgoing.first; i < l->outgoing.n; i++)
        n += l->outgoing.items[i].lane == lane;
    pthread_mutex_unlock(&l->mutex);

    return n;
}

bool
wr_lanes_lead(struct wr_lanes *l)
{
    return atomic_load(&l->leads);
}

long
wr_lanes_dead(struct wr_lanes *l)
{
    return atomic_load(&l->dead);
}

struct wr_lane_counts *
wr_lanes_counts(struct wr_lanes *l, enum wr_queue_name lane)
{
    return &l->lanes[lane].counts;
}

/* ---- open, close ---- */

static int
start(struct wr_lanes *l, struct wr_err *err)
{
    for (int i = 0; l->out && i < WR_LANES; i++) {
        struct wr_lane *lane = &l->lanes[i];

        lane->running = pthread_create(&lane->thread, NULL, wr_lane_main, lane)
                        == 0;
        if (!lane->running)
            return wr_fail(err, WR_EIO, "no thread for a lane");
    }
    l->publishing = l->out
                    && pthread_create(&l->publisher, NULL, wr_publisher_main, l)
                           == 0;
    if (l->out && !l->publishing)
        return wr_fail(err, WR_EIO, "no thread to publish");

    return 0;
}

static void
open_queues(struct wr_lanes *l)
{
    l->queue_options = (struct wr_queue_options){
        .prefix = wr_config_text(l->o.config, WR_SET_KEY_PREFIX),
        .delivery_limit = WR_QUEUE_RETURNS,
    };
    l->out = wr_queue_amqp(l->o.amqp, &l->queue_options);
    l->lead = wr_queue_amqp(l->o.amqp, &l->queue_options);
    wr_queue_consume(l->lead, 1U << WR_QUEUE_DISPATCH, 1);
    for (int i = 0; i < WR_LANES; i++) {
        l->lanes[i].queue = wr_queue_amqp(l->o.amqp, &l->queue_options);
        wr_queue_consume(l->lanes[i].queue, 1U << i, WR_LANE_PREFETCH);
    }
}

int
wr_lanes_open(const struct wr_lanes_options *o, struct wr_lanes **out,
              struct wr_err *err)
{
    struct wr_lanes *l = calloc(1, sizeof(*l));
    const struct wr_posts_options posts = { .poster = o->poster,
                                            .clock = o->clock,
                                            .done = wr_lane_done,
                                            .posted = wr_lane_posted,
                                            .data = l };
    pthread_condattr_t attr;

    if (!l)
        abort();
    l->o = *o;
    atomic_store(&l->dead, -1);
    l->given = wr_given_new();
    pthread_mutex_init(&l->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->came, &attr);
    pthread_condattr_destroy(&attr);
    for (int i = 0; i < WR_LANES; i++) {
        l->lanes[i].all = l;
        l->lanes[i].name = (enum wr_queue_name)i;
        atomic_store(&l->lanes[i].counts.depth, -1);
    }
    l->posts = wr_posts_new(&posts);
    if (o->amqp)
        open_queues(l);
    if (start(l, err) < 0) {
        wr_lanes_close(l);
        return err->code;
    }
    *out = l;

    return 0;
}

void
wr_lanes_close(struct wr_lanes *l)
{
    pthread_mutex_lock(&l->mutex);
    l->stopping = true;
    pthread_cond_broadcast(&l->came);
    pthread_mutex_unlock(&l->mutex);
    if (l->publishing)
        pthread_join(l->publisher, NULL);
    for (int i = 0; i < WR_LANES; i++) {
        if (l->lanes[i].running)
            pthread_join(l->lanes[i].thread, NULL);
    }
    wr_posts_free(l->posts);
    for (int i = 0; i < WR_LANES; i++) {
        if (l->lanes[i].running)
            wr_lane_settle(&l->lanes[i]);
        wr_queue_close(l->lanes[i].queue);
        free(l->lanes[i].answered);
    }
    wr_queue_close(l->out);
    wr_queue_close(l->lead);
    free(l->outgoing.items);
    wr_given_free(l->given);
    pthread_cond_destroy(&l->came);
    pthread_mutex_destroy(&l->mutex);
    free(l);
}
