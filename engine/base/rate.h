/*
 * rate.h: so many in a second, and so many at once after a pause.
 *
 * One number is all there is to it: the instant at which everything taken so far
 * would be paid for.  It lies in memory that processes may share, and nobody
 * waits for anybody.
 */

#ifndef WR_RATE_H
#define WR_RATE_H

#include <stdatomic.h>

#include "engine/base/base.h"

struct wr_rate {
    atomic_llong paid_at; /* ns; 0: nothing was taken yet */
};

/* Take one at instant `now` (ns, of a clock that does not go back); false: too
 * many were. `burst` 0: those of a second. */
bool wr_rate_take(struct wr_rate *r, int64_t per_second, int64_t burst,
                  int64_t now);

/* One that this process and those it forks from now on have in common; NULL when
 * there is no memory for it. */
struct wr_rate *wr_rate_share(void);

#endif
