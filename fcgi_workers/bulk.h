/*
 * bulk.h: many commands in one request, each with its own result.
 *
 * With an Idempotency-Key each item has a row of its own: repeated, the request
 * does again only what did not happen.
 */

#ifndef WR_BULK_H
#define WR_BULK_H

#include "fcgi_workers/resource.h"

struct wr_bulk_answer {
    struct wr_objects items;
};
extern const struct wr_object wr_bulk_object;

/* The command of item `i`; tenant, actor and idempotency are filled in. */
typedef void wr_bulk_fn(const void *items, size_t i, struct wr_command *out);

/* Run 1 to 1000 items; `status` is that of an item that worked. */
WR_MUST int wr_bulk(struct wr_request *rq, const struct wr_objects *items,
                    wr_bulk_fn *command, int status, struct wr_bulk_answer *out,
                    struct wr_err *err);

#endif
