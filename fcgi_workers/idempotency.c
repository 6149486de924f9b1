#include "fcgi_workers/idempotency.h"

#include <openssl/sha.h>
#include <string.h>

#include "fcgi_workers/lookup.h"

enum {
    KEPT_MS = 24 * 3600 * 1000,
    NO_ITEM = -1,
    STATUS_DIGITS = 3,
    LEAST = sizeof(struct wr_uuid) /* no answer is shorter */
};

static struct wr_idempotency_row *
row_of(struct wr_request *rq, int64_t item, const struct wr_str *seen)
{
    struct wr_idempotency_row *row = wr_new(rq->arena,
                                            struct wr_idempotency_row);
    unsigned char *hash = wr_arena_alloc(rq->arena, SHA256_DIGEST_LENGTH);

    SHA256((const unsigned char *)seen->s, seen->len, hash);
    row->key = wr_arena_printf(rq->arena, "%d|%s|%s|%s", rq->who.tenant,
                               rq->who.user ? rq->who.user : "", rq->route->id,
                               rq->idempotency_key);
    if (item != NO_ITEM)
        row->key = wr_arena_printf(rq->arena, "%s|%lld", row->key,
                                   (long long)item);
    row->body = (struct wr_blob){ hash, SHA256_DIGEST_LENGTH };
    row->expires_at = wr_clock_now(&rq->service->clock) + KEPT_MS;

    return row;
}

/* What must be the same when the key is sent again. */
static struct wr_str
body_of(struct wr_request *rq)
{
    struct wr_str seen = { .arena = rq->arena };

    wr_str_printf(&seen, "%s\n", rq->param[0] ? rq->param[0] : "");
    wr_str_addn(&seen, rq->body, rq->body_len);

    return seen;
}

/* The answer stored under the row's key; empty when there is none. */
static int
stored_answer(struct wr_request *rq, const struct wr_idempotency_row *row,
              struct wr_blob *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_IDEMPOTENCIES);
    const struct wr_idempotency_row *found;
    struct wr_rows rows;

    *out = (struct wr_blob){ 0 };
    q.key = row->key;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return 0;
    found = &rows.idempotencies[0];
    if (found->body.len != row->body.len
        || memcmp(found->body.p, row->body.p, row->body.len) != 0)
        return wr_fail(err, WR_EIDEMPOTENCY,
                       "Idempotency-Key '%s' was used with another body",
                       rq->idempotency_key);
    if (found->answer.len < LEAST)
        return wr_fail(err, WR_ECORRUPT, "idempotency row of '%s'",
                       rq->idempotency_key);
    *out = found->answer;

    return 0;
}

int
wr_idempotency(struct wr_request *rq, void *out, struct wr_err *err)
{
    const struct wr_route *r = rq->route;
    struct wr_blob answer;
    struct wr_str seen;

    if (!rq->idempotency_key || strcmp(r->method, "GET") == 0
        || (r->flags & (WR_ROUTE_NATURAL | WR_ROUTE_ITEMS | WR_ROUTE_OWN_KEY)))
        return 0;
    if (!(r->flags & WR_ROUTE_IDEMPOTENT))
        return wr_fail(err, WR_EUNSUPPORTED, "Idempotency-Key on %s", r->id);
    seen = body_of(rq);
    rq->idempotency = row_of(rq, NO_ITEM, &seen);
    if (stored_answer(rq, rq->idempotency, &answer, err) < 0)
        return (int)err->code;
    if (!answer.len)
        return 0;
    wr_request_header(rq, "Idempotency-Replayed", "true");
    rq->stored = answer;

    return (r->flags & WR_ROUTE_REPLAYS
                ? r->handler(rq, NULL, out, err)
                : wr_instance_out(rq, answer.p, out, err))
                   < 0
               ? (int)err->code
               : 1;
}

int
wr_idempotency_item(struct wr_request *rq, size_t item,
                    const struct wr_idempotency_row **row,
                    struct wr_blob *stored, struct wr_err *err)
{
    struct wr_str seen;

    *row = NULL;
    *stored = (struct wr_blob){ 0 };
    if (!rq->idempotency_key)
        return 0;
    seen = body_of(rq);
    *row = row_of(rq, (int64_t)item, &seen);

    return stored_answer(rq, *row, stored, err);
}

int
wr_idempotency_replay(struct wr_request *rq, const struct wr_str *seen,
                      struct wr_idempotency_row *row, struct wr_err *err)
{
    struct wr_blob answer;
    const char *p;

    *row = *row_of(rq, NO_ITEM, seen);
    if (stored_answer(rq, row, &answer, err) < 0)
        return (int)err->code;
    if (!answer.len)
        return 0;
    p = answer.p;
    rq->status = 0;
    for (int i = 0; i < STATUS_DIGITS; i++)
        rq->status = rq->status * 10 + (p[i] - '0');
    rq->raw_type = "application/json";
    rq->raw = (struct wr_str){ .arena = rq->arena };
    wr_str_addn(&rq->raw, p + STATUS_DIGITS, answer.len - STATUS_DIGITS);
    wr_request_header(rq, "Idempotency-Replayed", "true");

    return 1;
}

struct wr_blob
wr_idempotency_pack(struct wr_request *rq, int status, const void *out)
{
    struct wr_str text = { .arena = rq->arena };

    wr_str_printf(&text, "%0*d", STATUS_DIGITS, status);
    wr_field_encode(&text, rq->route->out, out, rq->json_flags);

    return (struct wr_blob){ text.s, text.len };
}
