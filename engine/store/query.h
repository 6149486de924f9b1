/*
 * query.h: a lookup, checked and made ready for a backend.
 *
 * A query's members decide its access path: one named statement of sql/queries.
 * A member that the noun does not know is refused here, for every backend.  Rows
 * of a noun have one order: by text, then by instant or number, then by id, of
 * which a noun uses one or two; a cursor is those of the last row given.
 */

#ifndef WR_QUERY_H
#define WR_QUERY_H

#include "engine/store/columns.h"
#include "sql/queries.h"

struct wr_key {
    const char *text; /* never NULL */
    int64_t at;
    struct wr_uuid id;
};

/* What statements are given; the columns of wr_record_query. */
struct wr_lookup {
    const struct wr_query *query;
    enum wr_sql sql;
    int limit; /* as asked for; statements get one more */

    int32_t tenant, state, version, subscription, element, bucket, bucket_from,
        bucket_to;
    struct wr_uuid id, instance, definition, deployment, parent, batch;
    const char *key, *name, *business_key, *singleton, *assignee,
        *candidate_user, *candidate_group, *type;
    bool latest, with_incidents, key_exact, places;
    int64_t due_before, guard_before, started_after, started_before, after_seq,
        rows;
    struct wr_key c; /* rows start after it */
};
extern const struct wr_record wr_record_query;

/* WR_EUNSUPPORTED for a member that does not apply, WR_EINVALID for a cursor
 * that is not ours or a bad limit. */
WR_MUST int wr_lookup_init(const struct wr_query *q, struct wr_arena *a,
                           struct wr_lookup *out, struct wr_err *err);

struct wr_key wr_row_key(enum wr_noun noun, const void *row);
int wr_key_cmp(const struct wr_key *x, const struct wr_key *y);

/* Rows as found, up to limit + 1 of them, into the answer: cuts the one too
 * many off and makes the cursor. */
void wr_lookup_answer(const struct wr_lookup *l, struct wr_arena *a,
                      const void *rows, size_t n, struct wr_rows *out);

/* Bytes as the text of a cursor, and back: their number, -1 when it is none. */
const char *wr_cursor_text(struct wr_arena *a, const void *bytes, size_t n);
int wr_cursor_bytes(struct wr_arena *a, const char *text, uint8_t **out);

/* Where a list that goes by instants begins with `at`. */
const char *wr_cursor_from(const struct wr_query *q, int64_t at,
                           struct wr_arena *a);

enum {
    WR_PRIORITY_MS = 30000 /* a step of priority is worth this much waiting */
};

/* The order jobs are offered in (S26): by since when they are offered, less
 * their priority, then by id.  It does not change while they wait. */
int64_t wr_offer_rank(const struct wr_job_row *j);
int wr_offer_cmp(const void *x, const void *y);
/* The job as it is when it has been claimed; texts are the claim's. */
void wr_claim_take(const struct wr_claim *c, struct wr_uuid *base,
                   struct wr_job_row *j);

#endif
