/*
 * topology.h: the queues in RabbitMQ, as docs/queues.md shows them.
 */

#ifndef WR_QUEUE_TOPOLOGY_H
#define WR_QUEUE_TOPOLOGY_H

#include "engine/queue/queue.h"

enum {
    WR_QUEUE_NAME = 200 /* bytes of a name with its prefix, NUL included */
};

/* "weir.timers", written to `text`. */
amqp_bytes_t wr_queue_full_name(const struct wr_queue_options *o,
                                enum wr_queue_name name,
                                char text[WR_QUEUE_NAME]);
/* All queues and the exchange of dead letters.  WR_EIO: the reason, which names
 * what the broker has otherwise. */
WR_MUST int wr_queue_declare(struct wr_amqp_conn *c,
                             const struct wr_queue_options *o,
                             struct wr_err *err);

#endif
