/*
 * idempotency.h: a command that is repeated with its Idempotency-Key happens
 * once and is answered as before (API.md).
 *
 * The row with the answer is written in the command's own batch, so it exists
 * exactly when the command happened.  Its scope is tenant, principal, route and
 * key; the path's id and the whole body must be the same, else 422.
 */

#ifndef WR_IDEMPOTENCY_H
#define WR_IDEMPOTENCY_H

#include "fcgi_workers/route.h"

/* 1: `out` is answered from the stored row; 0: go on, with rq->idempotency to
 * hand to the command.  WR_EUNSUPPORTED where the route knows no key. */
WR_MUST int wr_idempotency(struct wr_request *rq, void *out,
                           struct wr_err *err);

/*
 * The same for one item of a request with WR_ROUTE_ITEMS, whose items are
 * commands of their own: *row for the item's command, NULL without a key;
 * *stored its answer, empty when it did not happen yet.
 */
WR_MUST int wr_idempotency_item(struct wr_request *rq, size_t item,
                                const struct wr_idempotency_row **row,
                                struct wr_blob *stored, struct wr_err *err);

/*
 * For a route with WR_ROUTE_OWN_KEY and a key.  1: the request is answered from
 * the row of its key; 0: act, and keep *row with the packed answer in the same
 * transaction.  `seen` is what a repetition must have in common.
 */
WR_MUST int wr_idempotency_replay(struct wr_request *rq,
                                  const struct wr_str *seen,
                                  struct wr_idempotency_row *row,
                                  struct wr_err *err);
/* Status and body, of the route's `out`, in the request's arena. */
struct wr_blob wr_idempotency_pack(struct wr_request *rq, int status,
                                   const void *out);

#endif
