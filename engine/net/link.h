/*
 * link.h: one life for the connection to any server.
 *
 *     CONNECTING --ready--> READY --broken--> BROKEN --ready--> READY
 *          \--broken--> BROKEN
 *
 * A link is what a process knows about one server, however many connections it
 * has there.  Who is about to connect asks wr_link_may_try(): in BROKEN that is
 * true once per pause, for one caller, the others are told at once that the
 * server is away.  The pause doubles from `delay_ms` to `delay_max_ms`; each is
 * drawn between half and all of it, so that clients do not come back together.
 *
 * Any thread may call.
 */

#ifndef WR_LINK_H
#define WR_LINK_H

#include <pthread.h>

#include "engine/base/time.h"

enum wr_link_state {
    WR_LINK_CONNECTING,
    WR_LINK_READY,
    WR_LINK_BROKEN
};

struct wr_link_view { /* a copy to look at */
    const char *name;
    enum wr_link_state state;
    int64_t since;         /* of this state */
    int64_t next;          /* BROKEN: when it may be tried again */
    int failures;          /* in a row */
    long connects, losses; /* ever: to READY, from READY */
    char cause[160];       /* why it broke; "" */
};

struct wr_link {
    pthread_mutex_t lock;
    const struct wr_clock *clock;
    int64_t delay_ms, delay_max_ms;
    int64_t failed_at;
    uint64_t dice;
    struct wr_link_view now;
};

/* `name` ("redis") and the clock outlive the link.  delay_ms > 0. */
void wr_link_init(struct wr_link *l, const char *name,
                  const struct wr_clock *clock, int64_t delay_ms,
                  int64_t delay_max_ms);
void wr_link_done(struct wr_link *l);

/* May this caller connect (or, READY, connect once more) now?  Else WR_ESTORE
 * with the reason the server is away. */
WR_MUST int wr_link_may_try(struct wr_link *l, struct wr_err *err);
void wr_link_ready(struct wr_link *l);
/* Callers that find the same at the same time count once. */
void wr_link_broken(struct wr_link *l, const struct wr_err *why);
void wr_link_look(struct wr_link *l, struct wr_link_view *out);
/* "up", "connecting" or "down". */
const char *wr_link_word(enum wr_link_state s);

#endif
