/*
 * shares.h: which buckets this scheduler fires, among those of all hosts.
 *
 * Who lives stands in Redis, `<prefix>:schedulers`, each by a name of its own and
 * until its lease (`lease_ttl`) runs out; the buckets are spread over them by
 * rendezvous hashing.  A thread renews the lease and reads who else is there, four
 * times in that time.  One that ends takes its name away; what one that was killed
 * would have fired is fired by the others when its lease has run out.  So is what
 * belongs to one that could not fire anyway: none of its slots listens, its store
 * is away or its loop stands still.
 *
 * Two that see different others fire the same twice for a moment, which does no
 * harm.  While Redis is away nothing is known.
 */

#ifndef WR_SHARES_H
#define WR_SHARES_H

#include "engine/net/redis.h"
#include "engine/queue/item.h"
#include "scheduler/post.h"

struct wr_shares;

struct wr_shares_options { /* all outlive it */
    struct wr_redis *redis;
    const struct wr_clock *clock;
    struct wr_poster poster;
    const char *prefix;
    int64_t ttl_ms;
};

/* WR_EIO: no thread. */
WR_MUST int wr_shares_new(const struct wr_shares_options *o,
                          struct wr_shares **out, struct wr_err *err);
void wr_shares_free(struct wr_shares *s);

/* The loop is alive; can it fire what is due? */
void wr_shares_beat(struct wr_shares *s, int64_t now, bool fit);

/* Is it known who is there?  Without (NULL) it is not. */
bool wr_shares_known(struct wr_shares *s, int64_t now);
/* When it is: is this bucket for this scheduler to fire? */
bool wr_shares_mine(struct wr_shares *s, int bucket);
/* How many schedulers there are, and how many buckets are its own. */
void wr_shares_count(struct wr_shares *s, int *schedulers, int *buckets);

/* By names alone, the lower index wins a tie: whose is the bucket? */
size_t wr_shares_owner(const uint64_t *names, size_t n, int bucket);
uint64_t wr_shares_name(const char *text);

#endif
