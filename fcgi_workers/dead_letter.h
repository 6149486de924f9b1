/* dead_letter.h: messages that nobody could work on, as slots keep them. */

#ifndef WR_DEAD_LETTER_H
#define WR_DEAD_LETTER_H

#include "fcgi_workers/route.h"

enum {
    WR_LETTER_BODY_MAX = 1 << 18 /* bytes that are kept */
};

/* One that died, in the words of whoever found it so. */
struct wr_dead {
    const char *queue, *reason;
    const char *detail;     /* NULL: no more is known */
    const char *message_id; /* "": none */
    struct wr_blob body;    /* all of it, or its beginning */
    int64_t size;           /* of all of it */
};

/* Keep it; what was kept before is counted.  When it is the work item of a row
 * that is still there, *held says that this row is not given out meanwhile. */
WR_MUST int wr_dead_keep(struct wr_request *rq, const struct wr_dead *d,
                         struct wr_uuid *id, bool *held, struct wr_err *err);
/* Have the instance of such a row know: it gets an incident, which holds the row
 * in place of the letter. */
WR_MUST int wr_dead_report(struct wr_request *rq, const struct wr_uuid *id,
                           struct wr_err *err);
/* Remove those that hold nothing and are older than dead_letter_ttl. */
WR_MUST int wr_dead_sweep(struct wr_request *rq, int64_t *n,
                          struct wr_err *err);

/* What a retry of a message for the inbox does (inbox.c). */
WR_MUST int wr_inbox_again(struct wr_request *rq, const struct wr_blob *body,
                           const char *message_id, struct wr_err *err);

#endif
