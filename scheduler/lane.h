/* lane.h: what the files of the lanes share. */

#ifndef WR_LANE_H
#define WR_LANE_H

#include <pthread.h>

#include "scheduler/given.h"
#include "scheduler/lanes.h"
#include "scheduler/posts.h"

enum {
    WR_LANE_BATCH = 200, /* items taken at once */
    WR_LANE_PREFETCH = 400,
    WR_LANE_TICK_MS = 100,
    WR_LANE_BUSY_MS = 5 /* while answers of slots are awaited */
};

struct wr_items { /* grows */
    struct wr_due_item *items;
    size_t first, n, cap; /* items[first .. n) */
};

struct wr_answered { /* a delivery of which is known what came of it */
    struct wr_queue_tag tag;
    enum wr_posted what;
};

struct wr_lane {
    struct wr_lanes *all;
    enum wr_queue_name name;
    pthread_t thread;
    bool running;
    struct wr_queue *queue;       /* that it consumes; NULL: none */
    struct wr_answered *answered; /* to settle; under the mutex */
    size_t n_answered, answered_cap;
    long open; /* deliveries that are not settled; of its thread */
    struct wr_lane_counts counts;
};

struct wr_lanes {
    struct wr_lanes_options o;
    struct wr_queue_options queue_options;
    struct wr_given *given;
    struct wr_posts *posts;
    struct wr_lane lanes[WR_LANES];

    /* hand_out.c */
    struct wr_queue *out;  /* to publish to; NULL: none */
    struct wr_queue *lead; /* whoever holds its message leads */
    pthread_t publisher;
    bool publishing; /* the thread runs */
    atomic_bool leads;
    atomic_long dead;              /* letters; -1: not known */
    int64_t looked_at, offered_at; /* at depths; the message */

    pthread_mutex_t mutex; /* over the lists, `cut_off`, `why` */
    pthread_cond_t came;
    struct wr_items outgoing;
    bool stopping, cut_off;
    struct wr_err why;
};

bool wr_lanes_stopping(struct wr_lanes *l);
/* Till something comes or a tick has passed; with the mutex. */
void wr_lanes_wait(struct wr_lanes *l, int64_t ms);
/* Under the mutex. */
void wr_items_add(struct wr_items *list, const struct wr_due_item *it);
size_t wr_items_take(struct wr_items *list, struct wr_due_item *out,
                     size_t cap);

void *wr_lane_main(void *lane);
/* Of wr_posts: `data` are the lanes. */
void wr_lane_done(void *data, enum wr_queue_name lane,
                  const struct wr_posting *p, enum wr_posted what);
void wr_lane_posted(void *data, enum wr_queue_name lane, size_t n,
                    const struct wr_err *why);
/* For the slots, by this process. */
void wr_lanes_here(struct wr_lanes *l, const struct wr_due_item *items,
                   size_t n);
/* Tell the queue what slots answered. */
void wr_lane_settle(struct wr_lane *lane);
void *wr_publisher_main(void *lanes);

#endif
