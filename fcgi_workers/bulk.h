/*
 * bulk.h: many commands in one request, each with its own result.
 *
 * With an Idempotency-Key each item has a row of its own: repeated, the request
 * does again only what did not happen.
 */

#ifndef WR_BULK_H
#define WR_BULK_H

#include "fcgi_workers/resource.h"

struct wr_bulk_result {
    int64_t status;
    const void *instance;
    const char *code, *detail;
};
/* clang-format off */
/* `at`: where it is in T, "of." or nothing. */
#define WR_BULK_FIELDS(T, at)                                              \
    WR_FIELD(T, at status, "status", WR_INT, WR_READONLY,                     \
             "HTTP status of this item."),                                 \
    WR_FIELD_OF(T, at instance, "instance", WR_OBJECT, &wr_instance_object,   \
                WR_READONLY | WR_OPTIONAL, "When it worked."),             \
    WR_FIELD(T, at code, "code", WR_STRING, WR_READONLY | WR_OPTIONAL,        \
             "Problem code when it did not."),                             \
    WR_FIELD(T, at detail, "detail", WR_STRING, WR_READONLY | WR_OPTIONAL,    \
             "What was wrong.")
/* clang-format on */

struct wr_bulk_answer {
    struct wr_objects items; /* struct wr_bulk_result each */
};
extern const struct wr_object wr_bulk_object;

/* The command of item `i`; tenant, actor and idempotency are filled in. */
typedef void wr_bulk_fn(const void *items, size_t i, struct wr_command *out);

/* Run 1 to 1000 items; `status` is that of an item that worked. */
WR_MUST int wr_bulk(struct wr_request *rq, const struct wr_objects *items,
                    wr_bulk_fn *command, int status, struct wr_bulk_answer *out,
                    struct wr_err *err);

#endif
