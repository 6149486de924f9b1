/*
 * bridge.h: what a commit moved, told to the hubs of other hosts.
 *
 *     committer -> hub -> nginx of this host
 *                   \--> bridge -- PUBLISH <prefix>:moved --> slot 0 of each
 *                                     other host -> its hub -> its nginx
 *
 * One slot of a host listens, as nginx hears every slot: each move is told once.
 * Nothing here is sure to arrive: when the listener connects (again) it tells its
 * hub that anything may have moved, and as long as Redis is away requests that
 * wait are asked again after `park_recheck`.  Never on the way of a commit.
 */

#ifndef WR_BRIDGE_H
#define WR_BRIDGE_H

#include "fcgi_workers/hub.h"
#include "fcgi_workers/servers.h"

struct wr_bridge;

/* Before the slots are forked: they are one host from now on. */
void wr_bridge_name_host(void);
/* NULL: no Redis.  The hub tells it what it hears, until wr_bridge_close().
 * `listens`: this is the slot that hears the others.  All outlive it. */
WR_MUST int wr_bridge_open(const struct wr_config *config,
                           const struct wr_clock *clock, struct wr_hub *hub,
                           bool listens, struct wr_bridge **out,
                           struct wr_err *err);
/* NULL: nothing to do. */
void wr_bridge_close(struct wr_bridge *b);

struct wr_bridge_stats {
    long told, heard, dropped; /* moves; heard: of other hosts */
};
void wr_bridge_look(struct wr_bridge *b, struct wr_bridge_stats *out);

#endif
