/*
 * queue.h: work that is handed over, at least once each (DESIGN.md section 5).
 *
 * A queue saves looking for work, it proves nothing: the row of a timer, a job or
 * a message is the truth, and whoever does the work asks the row.  So what a queue
 * loses is found by looking, and what it gives twice is done once.
 *
 * Contract
 *  - What was published and confirmed is delivered until it is settled: again after
 *    it was given back, or after the consumer that had it went away.
 *  - What was given back more often than the limit, or rejected, goes to the dead
 *    letters with the reason; there it stays until somebody takes and settles it.
 *  - A consumer holds no more than `prefetch` unsettled deliveries of each queue.
 *  - No order.
 *
 * Threads: any may publish; consuming, taking and settling are for one at a time.
 *
 * Backends: "memory", a broker within the process; "amqp", RabbitMQ, whose
 * topology is in docs/queues.md.
 */

#ifndef WR_QUEUE_H
#define WR_QUEUE_H

#include "engine/base/uuid.h"
#include "engine/net/amqp.h"

enum wr_queue_name {
    WR_QUEUE_TIMERS,
    WR_QUEUE_MESSAGES,
    WR_QUEUE_SCRIPTS,
    WR_QUEUE_SERVICES,
    WR_QUEUE_DEAD,     /* not to be published to */
    WR_QUEUE_DISPATCH, /* keeps one message, and one consumer at a time gets it:
                          who holds it hands out the work */
    WR_QUEUE_INBOX,    /* messages of others, for processes */
    WR_QUEUES
};

enum {
    WR_QUEUE_BODY_MAX = 1 << 20, /* bytes */
    WR_QUEUE_RETURNS = 5 /* the usual delivery limit: of one broker all clients
                            must have the same */
};

struct wr_queue_item { /* to publish */
    enum wr_queue_name to;
    struct wr_uuid id; /* of the row */
    const char *body;
    size_t len;
    bool confirmed; /* out: it is kept by the broker */
};

struct wr_queue_tag { /* of a delivery; opaque */
    uint64_t epoch, number;
};

struct wr_queue_delivery {
    enum wr_queue_name from;
    struct wr_uuid id;      /* zero: what was published had none */
    const char *body;       /* NUL behind it */
    size_t len;             /* at most WR_QUEUE_BODY_MAX, the rest is */
    bool cut;               /* ... cut off */
    uint64_t size;          /* with the rest */
    const char *message_id; /* as it was published; NULL: none */
    int returns;        /* how often it was given back, or its consumer lost */
    const char *reason; /* dead letters: "rejected", "delivery_limit"; NULL */
    const char *origin; /* dead letters: the word of the queue; NULL */
    struct wr_queue_tag tag;
};

enum wr_queue_verdict {
    WR_QUEUE_DONE,   /* forget it */
    WR_QUEUE_RETURN, /* give it to somebody again */
    WR_QUEUE_REJECT  /* nobody can do it: a dead letter */
};

struct wr_queue;

struct wr_queue_ops {
    const char *name;
    int (*publish)(struct wr_queue *q, struct wr_queue_item *items, size_t n,
                   struct wr_err *err);
    void (*consume)(struct wr_queue *q, unsigned queues, int prefetch);
    int (*take)(struct wr_queue *q, int64_t wait_ms, struct wr_arena *a,
                struct wr_queue_delivery *out, size_t cap, size_t *n,
                struct wr_err *err);
    int (*settle)(struct wr_queue *q, const struct wr_queue_tag *tag,
                  enum wr_queue_verdict verdict, struct wr_err *err);
    int (*depth)(struct wr_queue *q, enum wr_queue_name name, long *out,
                 struct wr_err *err);
    void (*close)(struct wr_queue *q);
};

struct wr_queue {
    const struct wr_queue_ops *ops;
};

struct wr_queue_options {
    const char *prefix; /* of all names: "weir" */
    int delivery_limit; /* how often one may be given back */
};

/* A broker in memory; after its queues it is freed. */
struct wr_queue_broker *wr_queue_broker_new(int delivery_limit);
void wr_queue_broker_free(struct wr_queue_broker *b);
struct wr_queue *wr_queue_memory(struct wr_queue_broker *b);
/* Connects when it is used.  The server and the prefix outlive it. */
struct wr_queue *wr_queue_amqp(struct wr_amqp *server,
                               const struct wr_queue_options *o);
/* What is unsettled goes back. */
void wr_queue_close(struct wr_queue *q);

/* "timers", "dead" */
const char *wr_queue_word(enum wr_queue_name name);

/* Returns when each item is confirmed or refused.  WR_ESTORE: the broker is away,
 * those that are not confirmed may have come or not.  WR_ELIMIT: a body is too
 * long; nothing was sent. */
WR_MUST int wr_queue_publish(struct wr_queue *q, struct wr_queue_item *items,
                             size_t n, struct wr_err *err);
/* From now on take from these queues, 1 << WR_QUEUE_TIMERS | ...; once. */
void wr_queue_consume(struct wr_queue *q, unsigned queues, int prefetch);
/* Up to `cap` deliveries, texts in `a`; waits for the first so long.  WR_ESTORE:
 * the broker is away; tags of before are void. */
WR_MUST int wr_queue_take(struct wr_queue *q, int64_t wait_ms,
                          struct wr_arena *a, struct wr_queue_delivery *out,
                          size_t cap, size_t *n, struct wr_err *err);
/* WR_ENOTFOUND: the tag is void, the message comes again or was settled.
 * WR_ESTORE: the same, for the broker went away. */
WR_MUST int wr_queue_settle(struct wr_queue *q, const struct wr_queue_tag *tag,
                            enum wr_queue_verdict verdict, struct wr_err *err);
/* How many wait there and are with nobody; any thread, as publishing. */
WR_MUST int wr_queue_depth(struct wr_queue *q, enum wr_queue_name name,
                           long *out, struct wr_err *err);

#endif
