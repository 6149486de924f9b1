/*
 * retry.h: when failed work is tried again (SEMANTICS S27).
 *
 *     R5                          5 tries, one right after the other
 *     R5/PT10S                    10 s between them
 *     R5/PT10S*2                  10 s, 20 s, 40 s, ...
 *     R5/PT10S*2<PT5M             the same, never more than 5 minutes
 *     R5/PT10S*2<PT5M~50%         each pause up to half shorter or longer
 *     PT1M,PT10M,PT1H             a try more than pauses; the last stands for
 *                                 all that come later
 *
 * Durations are ISO 8601, months by the calendar where nothing multiplies them.
 */

#ifndef WR_RETRY_H
#define WR_RETRY_H

#include "engine/base/arena.h"
#include "engine/base/err.h"

enum {
    WR_RETRY_MOST = 1000 /* tries */
};

struct wr_retry {
    int32_t tries;
    const char *pause; /* of a list, the first; NULL: none */
    size_t len;        /* of `pause`; of a list, all of it */
    bool listed;
    int64_t factor;  /* 1: all pauses are the same */
    int64_t cap;     /* ms; 0: none */
    int32_t percent; /* a pause is so much longer or shorter by chance */
};

/* Borrows the text.  WR_EVALUE. */
WR_MUST int wr_retry_parse(const char *text, struct wr_retry *out,
                           struct wr_err *err);
/* The instant of the try after failure `n` (from 1) at `now`; `dice` decides
 * what is left to chance. */
int64_t wr_retry_at(const struct wr_retry *r, int32_t n, int64_t now,
                    uint64_t dice);

/* Policies by job type: "payment: R5/PT10S; mail: PT1M,PT5M". */
struct wr_retry_rule {
    const char *type;
    struct wr_retry retry;
};
struct wr_retry_rules {
    struct wr_retry usual; /* where no other says anything */
    const struct wr_retry_rule *rules;
    size_t n;
};
/* `usual` and `by_type` as the settings job_retries and job_retries_by_type; in
 * `a`.  WR_EVALUE. */
WR_MUST int wr_retry_rules(struct wr_arena *a, const char *usual,
                           const char *by_type, struct wr_retry_rules *out,
                           struct wr_err *err);
/* Of `rules` NULL: 3 tries, at once. */
const struct wr_retry *wr_retry_of(const struct wr_retry_rules *rules,
                                   const char *type);

#endif
