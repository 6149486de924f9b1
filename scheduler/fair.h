/*
 * fair.h: what waits for one slot in one lane, and whose turn it is.
 *
 * What came due just now goes first, so that a backlog does not delay it; what is
 * late has a quarter of each batch at least, and no more than a part of one, so
 * that whoever else wants the slot is not behind all of it.  What is late is taken
 * in turns by tenant and definition: many of one do not stand before few of
 * another.
 *
 * One thread at a time.
 */

#ifndef WR_FAIR_H
#define WR_FAIR_H

#include "engine/queue/item.h"

enum {
    WR_FAIR_FRESH_MS = 1000, /* later than that is late */
    WR_FAIR_LATE = 64        /* of what is late in one batch */
};

struct wr_posting { /* one thing to post */
    struct wr_due_item it;
    struct wr_queue_tag tag; /* of its delivery */
    bool taken;              /* from a queue, which wants to hear of it */
    bool alone;              /* in a post of its own */
    int tries;
    int64_t again_at; /* that waits for a next try */
};

struct wr_postings { /* first in, first out */
    struct wr_posting *items;
    size_t first, n, cap; /* items[first .. n) */
};

void wr_postings_add(struct wr_postings *l, const struct wr_posting *p);
size_t wr_postings_take(struct wr_postings *l, struct wr_posting *out,
                        size_t cap);
size_t wr_postings_count(const struct wr_postings *l);
void wr_postings_free(struct wr_postings *l);

struct wr_fair_group; /* of a tenant and definition */

struct wr_fair {
    struct wr_postings fresh, alone;
    struct wr_fair_group *turn; /* a ring; NULL: nothing is late */
    size_t n;                   /* of all */
};

/* Begins as zeros. */
void wr_fair_add(struct wr_fair *f, const struct wr_posting *p, int64_t now);
/* A batch of at most `cap`. */
size_t wr_fair_take(struct wr_fair *f, struct wr_posting *out, size_t cap);
void wr_fair_free(struct wr_fair *f);

#endif
