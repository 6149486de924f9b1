/*
 * inbox.h: messages from outside, by queue "inbox" (docs/queues.md).
 *
 * A body is what POST /api/v1/messages takes, whose mode is "publish" here when
 * it says none.
 */

#ifndef WR_INBOX_H
#define WR_INBOX_H

#include "fcgi_workers/field.h"

/* A body as wr_message_post() takes it, in `a`.  WR_EINVALID: `err` says what is
 * wrong with it, its first place by name. */
WR_MUST int wr_inbox_read(struct wr_arena *a, const char *body, size_t len,
                          const void **out, struct wr_err *err);

#endif
