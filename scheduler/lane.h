/* lane.h: what the files of the lanes share. */

#ifndef WR_LANE_H
#define WR_LANE_H

#include <pthread.h>

#include "scheduler/given.h"
#include "scheduler/lanes.h"

enum {
    WR_LANE_BATCH = 200, /* items of one post */
    WR_LANE_PREFETCH = 400,
    WR_LANE_TICK_MS = 100
};

struct wr_items { /* grows */
    struct wr_due_item *items;
    size_t first, n, cap; /* items[first .. n) */
};

struct wr_lane {
    struct wr_lanes *all;
    enum wr_queue_name name;
    pthread_t thread;
    bool running;
    struct wr_items here;   /* for the slots, by this process */
    struct wr_queue *queue; /* that it consumes; NULL: none */
    struct wr_lane_counts counts;
};

struct wr_lanes {
    struct wr_lanes_options o;
    struct wr_queue_options queue_options;
    struct wr_given *given;
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

/* Is the broker there?  Its connection's number in *epoch. */
bool wr_lanes_broker(struct wr_lanes *l, long *epoch);
bool wr_lanes_stopping(struct wr_lanes *l);
/* Till something comes or a tick has passed; with the mutex. */
void wr_lanes_wait(struct wr_lanes *l, int64_t ms);
/* Under the mutex. */
void wr_items_add(struct wr_items *list, const struct wr_due_item *it);
size_t wr_items_take(struct wr_items *list, struct wr_due_item *out,
                     size_t cap);

void *wr_lane_main(void *lane);
void *wr_publisher_main(void *lanes);

#endif
