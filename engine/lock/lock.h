/*
 * lock.h: who works on what, among processes and hosts.
 *
 * A lock saves work, it proves nothing: the revision of an instance decides who
 * wins (DESIGN.md section 4).  So a lock that was lost, stolen or outlived is
 * never an error of the work it was for, and where the backend is away work goes
 * on without.
 *
 * Contract
 *  - A key is held by one owner, until the owner gives it back or its time is
 *    over.  Owners are told apart by their token alone.
 *  - Renewing and giving back touch nothing that another owner holds.
 *  - Any thread may call.
 *
 * The buckets of all instances are shared out among the processes that serve
 * them, the members: one table for all of them (wr_lock_share).
 *
 * Backends: "memory", for the threads and slots of one process; Redis, where a
 * key is SET NX PX and comparing is done by the server.
 */

#ifndef WR_LOCK_H
#define WR_LOCK_H

#include "engine/base/uuid.h"
#include "engine/net/redis.h"

struct wr_lock;

/* ---- the table of buckets ---- */

enum {
    WR_BUCKET_WORDS = WR_BUCKETS / 64,
    WR_MEMBERS = 1024 /* told; whoever has more neighbours sees the first */
};

struct wr_buckets { /* a set of them */
    uint64_t words[WR_BUCKET_WORDS];
};

struct wr_member { /* serves the buckets b with b % n_slots == slot */
    char owner[WR_UUID_TEXT];
    int slot, n_slots;
};

struct wr_share_ask {
    struct wr_member me;
    int64_t ttl_ms;         /* 0: leave, and give back all there is */
    struct wr_buckets give; /* those that are ours */
    struct wr_buckets want; /* those that are nobody's */
    long version;           /* of the table as we know it; 0: we do not */
};

struct wr_share_answer {
    long version;
    bool same; /* as at the version that was asked with: `mine` is not set */
    struct wr_buckets mine;
    int n;
    struct wr_member members[WR_MEMBERS]; /* alive, us included */
};

struct wr_lock_ops {
    const char *name;
    int (*take)(struct wr_lock *l, const char *key, const char *owner,
                int64_t ttl_ms, bool *got, struct wr_err *err);
    int (*renew)(struct wr_lock *l, const char *key, const char *owner,
                 int64_t ttl_ms, bool *held, struct wr_err *err);
    int (*release)(struct wr_lock *l, const char *key, const char *owner,
                   bool *held, struct wr_err *err);
    int (*share)(struct wr_lock *l, const char *key,
                 const struct wr_share_ask *ask, struct wr_share_answer *out,
                 struct wr_err *err);
    void (*close)(struct wr_lock *l);
};

struct wr_lock {
    const struct wr_lock_ops *ops;
};

/* Both outlive the lock. */
struct wr_lock *wr_lock_memory(const struct wr_clock *clock);
struct wr_lock *wr_lock_redis(struct wr_redis *r);
void wr_lock_close(struct wr_lock *l);

/* *got: it is ours, for ttl_ms from now; also when it was already.  WR_ESTORE:
 * the backend is away. */
WR_MUST int wr_lock_take(struct wr_lock *l, const char *key, const char *owner,
                         int64_t ttl_ms, bool *got, struct wr_err *err);
/* *held: it is still ours, for ttl_ms from now. */
WR_MUST int wr_lock_renew(struct wr_lock *l, const char *key, const char *owner,
                          int64_t ttl_ms, bool *held, struct wr_err *err);
/* *held: it was ours till now.  One that could not be given back runs out. */
int wr_lock_release(struct wr_lock *l, const char *key, const char *owner,
                    bool *held, struct wr_err *err);
/* One sign of life, in one call: we are a member of the table `key` for ttl_ms
 * from now; what members left that are silent is nobody's. */
WR_MUST int wr_lock_share(struct wr_lock *l, const char *key,
                          const struct wr_share_ask *ask,
                          struct wr_share_answer *out, struct wr_err *err);

static inline bool
wr_buckets_has(const struct wr_buckets *s, int bucket)
{
    return s->words[bucket / 64] >> (bucket % 64) & 1;
}

static inline void
wr_buckets_add(struct wr_buckets *s, int bucket)
{
    s->words[bucket / 64] |= UINT64_C(1) << (bucket % 64);
}

bool wr_buckets_any(const struct wr_buckets *s);
int wr_buckets_count(const struct wr_buckets *s);

#endif
