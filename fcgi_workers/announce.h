/*
 * announce.h: tells others what a slot committed, after the commit.
 *
 *  - Jobs that are due at once go to their queue in RabbitMQ, so that they need
 *    not wait for a scheduler's scan.
 *  - Committed steps go to Redis by PUBLISH, for whoever follows instances.
 *
 * Neither is on the way of a commit, and neither is sure to arrive: what does not
 * fit, and what a server that is away does not take, is dropped and counted.  The
 * rows of jobs are found by the schedulers; who follows instances reads them.
 */

#ifndef WR_ANNOUNCE_H
#define WR_ANNOUNCE_H

#include <stdatomic.h>

#include "engine/runtime/runtime.h"
#include "fcgi_workers/servers.h"

struct wr_announcer;

struct wr_announced {
    atomic_long published, confirmed; /* jobs */
    atomic_long notified, dropped;    /* steps; of either kind */
};

/* NULL: neither Redis nor RabbitMQ.  All outlive it. */
WR_MUST int wr_announcer_open(const struct wr_config *config,
                              const struct wr_clock *clock,
                              struct wr_servers *servers,
                              struct wr_announcer **out, struct wr_err *err);
/* NULL: nothing to do. */
void wr_announcer_close(struct wr_announcer *an);
/* wr_committed_fn; `data` is the announcer. */
void wr_announce(void *data, const struct wr_definition *d,
                 const struct wr_effects *fx);
const struct wr_announced *wr_announcer_counts(const struct wr_announcer *an);

#endif
