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
 * Backends: "memory", for the threads and slots of one process; Redis, where a
 * key is SET NX PX and comparing is done by the server.
 */

#ifndef WR_LOCK_H
#define WR_LOCK_H

#include "engine/net/redis.h"

struct wr_lock;

struct wr_lock_ops {
    const char *name;
    int (*take)(struct wr_lock *l, const char *key, const char *owner,
                int64_t ttl_ms, bool *got, struct wr_err *err);
    int (*renew)(struct wr_lock *l, const char *key, const char *owner,
                 int64_t ttl_ms, bool *held, struct wr_err *err);
    int (*release)(struct wr_lock *l, const char *key, const char *owner,
                   bool *held, struct wr_err *err);
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

#endif
