/*
 * crash.h: a workload that is killed, and what must hold afterwards.
 *
 * crash_load() works on a store with several threads until it is killed or its
 * time is over, and writes down every command that was acknowledged.
 * crash_check() looks at the store with fresh eyes.
 */

#ifndef CRASH_H
#define CRASH_H

#include "engine/base/uuid.h"
#include "engine/runtime/runtime.h"

struct crash_ack { /* one acknowledged command, as it stands in the file */
    struct wr_uuid instance, command;
};

/* Deploy the model and start `n` instances. */
WR_MUST int crash_prepare(const char *url, int n, struct wr_err *err);
/* The killed side; returns its exit status. */
int crash_load(const char *url, unsigned seed, int ms, int ack_fd);
/* 0 when all invariants hold; `err` says which does not (RELIABILITY 2.9:
 * I1, I2, I3, I4, I9, I12; callers and called go together). */
WR_MUST int crash_check(const char *url, const struct crash_ack *acks, size_t n,
                        struct wr_err *err);
/* The killed side, too: one instance that calls another, which is compensated,
 * and whatever is left of those before, until nothing is active. */
int crash_saga(const char *url, int ack_fd);
/* Bring everything to its end; an instance that cannot get there is stuck. */
WR_MUST int crash_finish(const char *url, struct wr_err *err);

#endif
