/*
 * lease.h: the buckets that this process owns, and locks of instances that it
 * does not.
 *
 * A bucket has one owner, of all processes on all hosts that serve it, whatever
 * the number of their slots.  Who should have it follows from the members alone
 * (the highest of their hashes with the bucket), so that all agree without a
 * word.  The table `<prefix>:buckets` says who has it (wr_lock_share), and each
 * beat is one call for all buckets.  What we have counts as ours until a third of
 * its time before it runs out, by our own clock.
 *
 * When a member comes, the buckets that it should have go over to it: their
 * owner stops working on them without locks at one beat and gives them back at
 * the next one, when what it had under way is over.
 *
 * Who has the bucket works from memory.  Another process that is asked for one of
 * its instances takes the instance's own lock, `<prefix>:instance:<id>`, and so
 * does the owner for a while after it found that somebody else had been there
 * (wr_lease_met).
 */

#ifndef WR_LEASE_H
#define WR_LEASE_H

#include <stdatomic.h>

#include "engine/base/uuid.h"
#include "engine/lock/lock.h"

struct wr_lease_options {
    struct wr_lock *lock;         /* outlive it */
    const struct wr_clock *clock; /* no other process may set it */
    const char *prefix;
    int slot, n_slots;
    int64_t ttl_ms;      /* of the buckets */
    int64_t lock_ttl_ms; /* of an instance's lock */
};

struct wr_lease_stats {
    int held;         /* buckets, now */
    long taken, lost; /* ... ever; lost: not given back */
    long given;       /* to another member */
    int members;      /* alive at the last beat, us included */
    long locks, busy; /* instances: taken, found taken */
    long waits;       /* until they were taken, or given up */
    long long wait_us;
};

struct wr_lease;

struct wr_lease *wr_lease_new(const struct wr_lease_options *o);
/* Gives the buckets back. */
void wr_lease_free(struct wr_lease *l);
/* Renew what we have, take and give what is to be; the keeper, three times in
 * ttl_ms or more often.  WR_ESTORE: the locks are away. */
WR_MUST int wr_lease_beat(struct wr_lease *l, struct wr_err *err);
bool wr_lease_has(struct wr_lease *l, int bucket);
/* One of our buckets for a new instance, `dice` says which; where we have none,
 * one of those that we serve. */
int wr_lease_draw(struct wr_lease *l, uint32_t dice);
/* Differs whenever the bucket was not ours in between; 0: it is not ours. */
uint32_t wr_lease_term(struct wr_lease *l, const struct wr_uuid *instance);

/* Does a command need the instance's own lock? */
bool wr_lease_must_lock(struct wr_lease *l, const struct wr_uuid *instance);
/* Somebody else moved the instance: lock it from now on, for a while. */
void wr_lease_met(struct wr_lease *l, const struct wr_uuid *instance);
/* false: somebody else has it (which is meeting them), or (*away) there are no
 * locks now. */
bool wr_lease_lock(struct wr_lease *l, const struct wr_uuid *instance,
                   bool *away);
void wr_lease_unlock(struct wr_lease *l, const struct wr_uuid *instance);
/* A lock was waited for so long, whether it came or not. */
void wr_lease_waited(struct wr_lease *l, int64_t us);
void wr_lease_look(struct wr_lease *l, struct wr_lease_stats *out);

#endif
