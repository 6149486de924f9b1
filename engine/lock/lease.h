/*
 * lease.h: the buckets that this process owns, and locks of instances that it
 * does not.
 *
 * The buckets of a slot are one key, `<prefix>:slot:<slot>/<slots>`, held by the
 * process that serves them and renewed by its keeper with every beat.  It counts
 * as held until a third of its time before it runs out, by our own clock.
 *
 * Who has it works from memory.  Another process that is asked for an instance
 * of these buckets takes the instance's own lock, `<prefix>:instance:<id>`, and
 * so does the owner for a while after it found that somebody else had been there
 * (wr_lease_met).
 */

#ifndef WR_LEASE_H
#define WR_LEASE_H

#include <stdatomic.h>

#include "engine/base/uuid.h"
#include "engine/lock/lock.h"

struct wr_lease_options {
    struct wr_lock *lock; /* outlive it */
    const struct wr_clock *clock;
    const char *prefix;
    int slot, n_slots;
    int64_t ttl_ms;      /* of the buckets */
    int64_t lock_ttl_ms; /* of an instance's lock */
};

struct wr_lease_stats {
    bool held;
    long taken, lost; /* the buckets */
    long locks, busy; /* instances: taken, found taken */
    long waits;       /* until they were taken, or given up */
    long long wait_us;
};

struct wr_lease;

struct wr_lease *wr_lease_new(const struct wr_lease_options *o);
/* Gives the buckets back. */
void wr_lease_free(struct wr_lease *l);
/* Take the buckets or renew them; the keeper, three times in ttl_ms or more
 * often.  WR_ESTORE: the locks are away. */
WR_MUST int wr_lease_beat(struct wr_lease *l, struct wr_err *err);
bool wr_lease_held(struct wr_lease *l);

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
