/*
 * post.h: commands of the clock, to the slots that own their instances.
 *
 * Any thread may call.
 */

#ifndef WR_POST_H
#define WR_POST_H

#include "engine/base/config.h"
#include "engine/queue/item.h"

struct wr_value;

struct wr_poster {
    const char *home;
    int n_slots;
};

enum wr_posted {
    WR_POSTED_DONE,
    WR_POSTED_GONE,    /* somebody did it, or it was canceled */
    WR_POSTED_UNKNOWN, /* its instance is not in the store */
    WR_POSTED_LATER,   /* it may do better next time */
    WR_POSTED_NOBODY,  /* no slot listens */
    WR_POSTED_BROKE    /* the slot did not answer for it: perhaps it ended */
};

struct wr_poster wr_poster_of(const struct wr_config *config);

/* Does any slot listen? */
bool wr_post_listens(const struct wr_poster *p);
/* The slot that owns it. */
int wr_post_slot(const struct wr_poster *p, const struct wr_due_item *it);

/* Items of one slot.  out[i]: what came of items[i]; of NOBODY, BROKE and LATER
 * `err` says why. */
void wr_post(const struct wr_poster *p, int slot,
             const struct wr_due_item *items, size_t n, enum wr_posted *out,
             struct wr_err *err);

/* Ask a slot, or one after it that listens; the answer, JSON, in `a`.  WR_EBUSY:
 * nobody listens. */
WR_MUST int wr_post_ask(const struct wr_poster *p, int slot, const char *path,
                        const struct wr_str *body, struct wr_arena *a,
                        const struct wr_value **out, struct wr_err *err);

/* Have a slot remove stored answers and sessions that have run out. */
WR_MUST int wr_post_sweep(const struct wr_poster *p, struct wr_err *err);

#endif
