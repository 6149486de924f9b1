/*
 * peers.h: the schedulers of one machine, and who fires what.
 *
 * Each holds a lock on run/scheduler-N.lock while it lives, the first that is
 * free; the buckets are spread over those that live by rendezvous hashing.  Two
 * that have not seen each other yet fire the same twice, which does no harm;
 * what one that died has left is fired by any of the others two seconds late.
 */

#ifndef WR_PEERS_H
#define WR_PEERS_H

#include "engine/base/hint.h"

enum {
    WR_PEERS = WR_HINT_LISTENERS,
    WR_PEERS_LATE_MS = 2000, /* then it is anybody's */
};

struct wr_peers {
    int number;        /* -1: there are too many, this one fires all */
    int fds[WR_PEERS]; /* of the lock files; -1 */
    unsigned live;     /* bit N */
    int64_t looked_at;
};

void wr_peers_join(struct wr_peers *p, const char *home);
void wr_peers_leave(struct wr_peers *p);
/* Look who lives, once a second. */
void wr_peers_look(struct wr_peers *p, int64_t now);
bool wr_peers_mine(const struct wr_peers *p, int bucket);

#endif
