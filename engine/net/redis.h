/*
 * redis.h: one connection to Redis, made when it is needed and again when it
 * broke.
 *
 *     redis://[user:password@]host[:port][/database], rediss:// with TLS,
 *     unix:///path/to.sock[?db=N]
 *
 * Any thread may call; one command is under way at a time.  Its link says how
 * the server is: while that is away a command fails at once.
 */

#ifndef WR_REDIS_H
#define WR_REDIS_H

#include <hiredis/hiredis.h>

#include "engine/base/time.h"
#include "engine/net/link.h"
#include "engine/net/stream.h"

struct wr_redis;

struct wr_redis_options {
    const char *url;
    const struct wr_tls_options *tls; /* of rediss:// */
    const struct wr_clock *clock;     /* outlives it */
    int wait_ms;                      /* for each answer */
    int64_t delay_ms, delay_max_ms;   /* struct wr_link */
};

/* Connects to nothing yet.  WR_EINVALID: the URL. */
WR_MUST int wr_redis_new(const struct wr_redis_options *o,
                         struct wr_redis **out, struct wr_err *err);
void wr_redis_free(struct wr_redis *r);
struct wr_link *wr_redis_link(struct wr_redis *r);

/*
 * Send the words (16 at most), give the answer: freeReplyObject() when done.  WR_ESTORE: the
 * server is away, whether it did it is not known.  WR_EVALUE: it refused, in
 * its words.
 */
WR_MUST int wr_redis_do(struct wr_redis *r, const char *const *words,
                        size_t n_words, redisReply **out, struct wr_err *err);
/*
 * The next message of this channel (freeReplyObject()); a connection that hears
 * has no other use.  *fresh: it has just subscribed, there is none (*out NULL) and
 * what was said before is not known.  WR_ESTORE: as wr_redis_do(), also when
 * nothing was said within wait_ms: somebody has to say something more often.
 */
WR_MUST int wr_redis_hear(struct wr_redis *r, const char *channel, bool *fresh,
                          redisReply **out, struct wr_err *err);

#endif
