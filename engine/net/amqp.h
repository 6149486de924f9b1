/*
 * amqp.h: connections to RabbitMQ (AMQP 0-9-1, by librabbitmq).
 *
 *     amqp://[user:password@]host[:port][/vhost], amqps:// with TLS
 *
 * struct wr_amqp is the server as this process knows it, with the link that
 * says how it is; any thread may call.  A connection of it, with its one channel,
 * belongs to one thread at a time.  Whoever publishes has another connection than
 * whoever consumes: a broker that wants no more messages stops reading.
 *
 * Nothing waits longer than `wait_ms`, but for the look-up of the host's name.
 */

#ifndef WR_AMQP_H
#define WR_AMQP_H

#include <amqp.h>
#include <amqp_framing.h>

#include "engine/base/time.h"
#include "engine/net/link.h"
#include "engine/net/stream.h"

enum {
    WR_AMQP_CHANNEL = 1
};

struct wr_amqp;
struct wr_amqp_conn;

struct wr_amqp_options {
    const char *url;
    const struct wr_tls_options *tls; /* of amqps:// */
    const struct wr_clock *clock;     /* outlives it */
    int wait_ms;                      /* for each answer */
    int64_t delay_ms, delay_max_ms;   /* struct wr_link */
};

/* Connects to nothing yet.  WR_EINVALID: the URL. */
WR_MUST int wr_amqp_new(const struct wr_amqp_options *o, struct wr_amqp **out,
                        struct wr_err *err);
/* After its connections. */
void wr_amqp_free(struct wr_amqp *a);
struct wr_link *wr_amqp_link(struct wr_amqp *a);
/* For each answer. */
int wr_amqp_wait(const struct wr_amqp *a);

/* What a connection needs before it is of use, on its channel.  WR_EIO: see
 * wr_amqp_answered(). */
typedef int (*wr_amqp_setup_fn)(struct wr_amqp_conn *c, void *data,
                                struct wr_err *err);

/* Connect, log in, open the channel, set up (NULL: nothing).  WR_ESTORE: the
 * server is away, or was a moment ago; the link knows. */
WR_MUST int wr_amqp_open(struct wr_amqp *a, wr_amqp_setup_fn setup, void *data,
                         struct wr_amqp_conn **out, struct wr_err *err);
/* Says good-bye.  NULL: nothing to do. */
void wr_amqp_close(struct wr_amqp_conn *c);
/* It failed for the reason in `err`, whose code becomes WR_ESTORE, which is
 * returned: end it and tell the link. */
int wr_amqp_broken(struct wr_amqp_conn *c, struct wr_err *err);

amqp_connection_state_t wr_amqp_state(struct wr_amqp_conn *c);
/* Did the last call of the library that waits for an answer get it?  Else WR_EIO,
 * and the connection is of no use any more. */
WR_MUST int wr_amqp_answered(struct wr_amqp_conn *c, const char *what,
                             struct wr_err *err);
/* The same of a call that gives a status. */
WR_MUST int wr_amqp_done(int status, const char *what, struct wr_err *err);
/* 1: the next frame, valid till amqp_maybe_release_buffers(); 0: none came until
 * `deadline` (wr_amqp_now()); WR_EIO: no more will come. */
WR_MUST int wr_amqp_frame(struct wr_amqp_conn *c, int64_t deadline,
                          amqp_frame_t *out, struct wr_err *err);
/* Monotonic, ms. */
int64_t wr_amqp_now(void);

/* Is it there?  Connects when need be, by a connection kept for this, and has the
 * server answer.  One thread.  WR_ESTORE: no. */
WR_MUST int wr_amqp_beat(struct wr_amqp *a, struct wr_err *err);

#endif
