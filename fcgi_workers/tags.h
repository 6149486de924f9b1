/* tags.h: words that instances are started with and found by. */

#ifndef WR_TAGS_H
#define WR_TAGS_H

#include "fcgi_workers/lookup.h"

enum {
    WR_TAGS = 20,
    WR_TAG_LENGTH = 64 /* characters */
};

/* WR_EVALUE, and rq->errors says which, unless they are few, each there once,
 * of 1 to WR_TAG_LENGTH characters and none of them a control character.  `at`
 * is the place of the object whose member "tags" they are. */
WR_MUST int wr_tags_check(struct wr_request *rq, const char *at,
                          const char *const *tags, size_t n,
                          struct wr_err *err);

/* An instance with this tag. */
const struct wr_condition *wr_tags_has(struct wr_arena *a, const char *tag);

#endif
