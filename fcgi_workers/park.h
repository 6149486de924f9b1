/*
 * park.h: answers that come later (`Prefer: wait=N`, RFC 7240).
 *
 * No thread waits.  A handler that has nothing to say yet leaves the topics that
 * would change that; the request goes back to nginx, which keeps it and sends it
 * here again when one of them moved.  What was done the first time is not done
 * again: the second answer is made from what nginx was given to bring along.
 *
 * The API calls an instance settled that has ended, is suspended, or has no job
 * left, own or called, that a worker or the engine will do.
 */

#ifndef WR_PARK_H
#define WR_PARK_H

#include "fcgi_workers/route.h"

/* Read Prefer; sets rq->wait_ms, 0 where nobody could keep the request.
 * WR_EINVALID: a wait that is no number of seconds. */
WR_MUST int wr_park_prefer(struct wr_request *rq, struct wr_err *err);

/* Wait for jobs of these types, `max` of them; false: it is not to wait. */
bool wr_park_jobs(struct wr_request *rq, const char *const *types, int n,
                  int max);

/* The handler has filled `out`: park while its instance is not settled. */
void wr_park_instance(struct wr_request *rq, const void *out);
/* The answer of a request that was parked on its instance, as it is now. */
WR_MUST int wr_park_resume(struct wr_request *rq, void *out,
                           struct wr_err *err);

/* What nginx reads in place of an answer. */
void wr_park_write(const struct wr_request *rq, struct wr_str *head);

/* The answer did not arrive: jobs that it leased can be had at once again. */
void wr_park_unsent(struct wr_request *rq);

#endif
