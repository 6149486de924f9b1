/*
 * servers.h: the servers a process of Weir stands on, and how they are.
 *
 * PostgreSQL has a link that its handles report to (engine/store); Redis has its
 * connection, the locks on it and the lease of the slot's buckets; RabbitMQ is
 * asked whether it is there.  A thread, a keeper, renews the lease, and logs once
 * when a server goes away or comes back; another one asks RabbitMQ, whose answer
 * the lease must not wait for.  Without Redis the lease and the locks are those of
 * this process alone.
 */

#ifndef WR_SERVERS_H
#define WR_SERVERS_H

#include "engine/base/config.h"
#include "engine/lock/lease.h"
#include "engine/net/amqp.h"

enum {
    WR_SERVER_LINKS = 3,
    WR_NO_SLOT = -1
};
#define WR_SERVER_STORE "postgresql"

struct wr_servers {
    struct wr_link *store;  /* NULL: the store is no server */
    struct wr_redis *redis; /* NULL: none */
    struct wr_lock *lock;   /* NULL with `lease` */
    struct wr_lease *lease; /* NULL: of a server store without Redis, where
                                nobody knows who else works on it */
    struct wr_amqp *amqp;   /* NULL: none */
    struct wr_keeper *keeper, *asker;
};

/* For `slot`, or with WR_NO_SLOT for a process that owns no buckets: it has no
 * lease, and its keeper asks Redis whether it is there.  What does not answer yet
 * is no error.  WR_EINVALID: a setting. */
WR_MUST int wr_servers_open(struct wr_arena *a, const struct wr_config *config,
                            const struct wr_clock *clock, int slot,
                            struct wr_servers **out, struct wr_err *err);
/* After all that uses them: the lease is given back. */
void wr_servers_close(struct wr_servers *s);
/* The number of links, each copied. */
int wr_servers_look(const struct wr_servers *s,
                    struct wr_link_view out[WR_SERVER_LINKS]);

/* The link of a PostgreSQL store, told to engine/store; NULL for another one. */
struct wr_link *wr_servers_store_link(struct wr_arena *a,
                                      const struct wr_config *config,
                                      const struct wr_clock *clock);
/* A connection of its own to the Redis of the settings; wait_ms 0: as they say.
 * *out NULL: there is none. */
WR_MUST int wr_servers_redis(const struct wr_config *config,
                             const struct wr_clock *clock, int wait_ms,
                             struct wr_redis **out, struct wr_err *err);
/* The same for its RabbitMQ. */
WR_MUST int wr_servers_amqp(const struct wr_config *config,
                            const struct wr_clock *clock, struct wr_amqp **out,
                            struct wr_err *err);

#endif
