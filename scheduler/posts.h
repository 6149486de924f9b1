/*
 * posts.h: posts to the slots, several under way at once.
 *
 * Each lane has for each slot what waits (fair.h) and a window of posts.  While
 * one is under way the next gathers, so that a slot that is slow delays only what
 * is its own, and one that is busy gets fewer and larger posts.  Threads are
 * started as they are needed.
 *
 * What comes of it is told by `done`, on one of these threads:
 *
 *  - a slot that ends while it works on a batch may have been ended by one of its
 *    items: each is posted again alone, which shows whether it was that;
 *  - what was taken from a queue and can not be done now is tried again, and stays
 *    in hand while no slot listens; anything else is found by the next scan.
 */

#ifndef WR_POSTS_H
#define WR_POSTS_H

#include "engine/base/time.h"
#include "scheduler/fair.h"
#include "scheduler/post.h"

enum {
    WR_POSTS_BATCH = 200, /* items of one post */
    WR_POSTS_WIDE = 2     /* posts under way: timers to one slot */
};

struct wr_posts;

struct wr_posts_options {
    struct wr_poster poster;
    const struct wr_clock *clock;
    /* Known for good. */
    void (*done)(void *data, enum wr_queue_name lane,
                 const struct wr_posting *p, enum wr_posted what);
    /* Of each post: `why`, when it found no slot or lost it. */
    void (*posted)(void *data, enum wr_queue_name lane, size_t n,
                   const struct wr_err *why);
    void *data;
};

struct wr_posts *wr_posts_new(const struct wr_posts_options *o);
/* After those under way; what waits is forgotten. */
void wr_posts_free(struct wr_posts *p);

/* Never waits; any thread. */
void wr_posts_add(struct wr_posts *p, enum wr_queue_name lane,
                  const struct wr_posting *items, size_t n);
/* How many of a lane wait or are under way. */
long wr_posts_count(struct wr_posts *p, enum wr_queue_name lane);

#endif
