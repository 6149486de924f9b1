/* published.h: messages that wait for somebody. */

#ifndef WR_PUBLISHED_H
#define WR_PUBLISHED_H

#include "fcgi_workers/message_body.h"
#include "fcgi_workers/route.h"

/* messages.c: POST /messages, whose other verbs are in published.c. */
extern const struct wr_object wr_message_answer_object;
WR_MUST int wr_message_post(struct wr_request *rq, const void *in, void *out,
                            struct wr_err *err);

/* Does the answer stored for a key say that the message was kept? */
bool wr_message_was_kept(struct wr_request *rq, const struct wr_blob *answer,
                         struct wr_uuid *id);
/* Remove what has expired, a page at a time; how many. */
WR_MUST int wr_messages_sweep(struct wr_request *rq, int64_t *n,
                              struct wr_err *err);

#endif
