/*
 * schedulers.h: what the schedulers of this home say of themselves, in files
 * (scheduler/status.h).
 */

#ifndef WR_SCHEDULERS_H
#define WR_SCHEDULERS_H

#include "engine/base/value.h"

struct wr_scheduler {
    long pid;
    bool up;             /* it wrote lately */
    int64_t at, since;   /* last written, started */
    const char *broken;  /* "rabbitmq: connect: ..."; NULL: all is well */
    const char *samples; /* of /metrics, a line each */
};

/* In `a`, the eldest first; those that cannot be read are left out. */
size_t wr_schedulers_read(struct wr_arena *a, const char *home, int64_t now,
                          const struct wr_scheduler **out);

#endif
