/*
 * uuid.h: UUIDv7 whose 12 bits of rand_a are the bucket (DESIGN.md section 4).
 *
 * Every id of an instance's tree carries the root's bucket, so nginx can route
 * by any of them.  The engine draws no randomness: an id base comes in with each
 * event and wr_uuid_next() derives the ids of that step from it.
 */

#ifndef WR_UUID_H
#define WR_UUID_H

#include "engine/base/err.h"

enum {
    WR_BUCKETS = 4096,
    WR_UUID_TEXT = 37
};

struct wr_uuid {
    uint8_t b[16];
};

/* Random (getrandom), at `ms`, in `bucket`. */
struct wr_uuid wr_uuid_new(int64_t ms, int bucket);

/* The same with ids in order: of two calls of one process for the same `ms` the
 * later one is the younger, whatever their buckets, and so are the first 8
 * million successors of each.  For everything whose age counts; easier to guess
 * than wr_uuid_new(). */
struct wr_uuid wr_uuid_base(int64_t ms, int bucket);

/* Which is older: < 0: x, 0: the same, > 0: y.  By their milliseconds, then, for
 * ids that come of wr_uuid_base(), by the order in which they were made. */
int wr_uuid_age(const struct wr_uuid *x, const struct wr_uuid *y);

/* Deterministic successor of *base within the same millisecond and bucket:
 * increments the low 62 bits and returns the new value. */
struct wr_uuid wr_uuid_next(struct wr_uuid *base);

int wr_uuid_bucket(const struct wr_uuid *u);
int64_t wr_uuid_ms(const struct wr_uuid *u);
bool wr_uuid_is_zero(const struct wr_uuid *u);
int wr_uuid_cmp(const struct wr_uuid *x, const struct wr_uuid *y);
bool wr_uuid_equal(const struct wr_uuid *x, const struct wr_uuid *y);

/* "0190e2a0-....", lower case, NUL-terminated. */
void wr_uuid_text(const struct wr_uuid *u, char out[WR_UUID_TEXT]);
/* Canonical 36-character form only; WR_EINVALID otherwise. */
WR_MUST int wr_uuid_parse(const char *s, size_t len, struct wr_uuid *out,
                          struct wr_err *err);

#endif
