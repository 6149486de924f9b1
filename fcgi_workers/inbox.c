/*
 * inbox: messages from outside correlate into processes, as by POST /messages.
 *
 * One with an id happens once: a row by that id is written in the commit that it
 * leads to.  What is refused becomes a dead letter, and that is done as well:
 * whoever took it from its queue may acknowledge it.
 */
#include "fcgi_workers/inbox.h"

#include <openssl/sha.h>
#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/err.h"
#include "engine/runtime/runtime.h"
#include "fcgi_workers/dead_letter.h"
#include "fcgi_workers/lookup.h"
#include "fcgi_workers/published.h"

enum {
    ID_SEEN_MS = 24 * 3600 * 1000, /* how long an id counts once */
    ITEMS_MAX = 1000
};

static const struct wr_idempotency_row *
seen_row(struct wr_request *rq, const char *message_id)
{
    struct wr_idempotency_row *row = wr_new(rq->arena,
                                            struct wr_idempotency_row);
    unsigned char hash[SHA256_DIGEST_LENGTH];
    struct wr_str name = { .arena = rq->arena };

    SHA256((const unsigned char *)message_id, strlen(message_id), hash);
    wr_base64url_put(&name, hash, sizeof(hash));
    row->key = wr_arena_printf(rq->arena, "inbox|%d|%s", rq->who.tenant,
                               wr_str_text(&name));
    row->body = (struct wr_blob){ "", 0 };
    row->answer = (struct wr_blob){ "", 0 };
    row->expires_at = wr_clock_now(&rq->service->clock) + ID_SEEN_MS;

    return row;
}

static int
was_seen(struct wr_request *rq, const struct wr_idempotency_row *row, bool *out,
         struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_IDEMPOTENCIES);
    struct wr_rows rows;

    q.key = row->key;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    *out = rows.n
           && rows.idempotencies[0].expires_at
                  > wr_clock_now(&rq->service->clock);

    return 0;
}

/* Correlate or publish it; 0 also when that happened before. */
static int
deliver(struct wr_request *rq, const void *message, const char *message_id,
        struct wr_err *err)
{
    void *answer = wr_arena_alloc(rq->arena, wr_message_answer_object.size);
    bool seen = false;
    int r;

    rq->idempotency = NULL;
    rq->stored = (struct wr_blob){ 0 };
    rq->who.user = "inbox";
    if (*message_id) {
        rq->idempotency = seen_row(rq, message_id);
        if (was_seen(rq, rq->idempotency, &seen, err) < 0)
            return (int)err->code;
    }
    if (seen)
        return 0;
    r = wr_message_post(rq, message, answer, err);
    if (r == WR_EINFLIGHT && rq->idempotency
        && was_seen(rq, rq->idempotency, &seen, err) == 0 && seen)
        return 0;

    return r;
}

int
wr_inbox_again(struct wr_request *rq, const struct wr_blob *body,
               const char *message_id, struct wr_err *err)
{
    const char *user = rq->who.user;
    const void *message;
    int r;

    if (wr_inbox_read(rq->arena, body->len ? body->p : "", body->len, &message,
                      err)
        < 0)
        return (int)err->code;
    r = deliver(rq, message, message_id, err);
    rq->who.user = user;

    return r;
}

/* ---- from the schedulers ---- */

struct item {
    const char *message_id, *body;
};
static const struct wr_field item_fields[] = {
    WR_FIELD(struct item, message_id, "messageId", WR_STRING, 0,
             "Its id, which counts once."),
    WR_FIELD(struct item, body, "body", WR_STRING, WR_REQUIRED,
             "Its body, base64."),
};
static const struct wr_object item_object = WR_OBJECT_ROWS(
    struct item, "InboxMessage", item_fields);

struct batch {
    struct wr_objects items;
};
static const struct wr_field batch_fields[] = {
    WR_FIELD_OF(struct batch, items, "items", WR_OBJECTS, &item_object,
                WR_REQUIRED, "Messages, 1 to 1000, in order."),
};
static const struct wr_object batch_object = WR_OBJECT_ROWS(
    struct batch, "InboxMessages", batch_fields);

struct result {
    const char *each;
};
static const struct wr_field result_fields[] = {
    WR_FIELD(struct result, each, "each", WR_STRING, WR_READONLY,
             "A letter for each: d: done, r: refused and kept as a dead "
             "letter, f: to be tried again."),
};
static const struct wr_object result_object = WR_OBJECT_ROWS(
    struct result, "InboxResult", result_fields);

static int
refuse(struct wr_request *rq, const struct wr_blob *body,
       const char *message_id, const struct wr_err *why, struct wr_err *err)
{
    const struct wr_dead d = {
        .queue = "inbox",
        .reason = "refused",
        .detail = wr_arena_printf(rq->arena, "%s: %s",
                                  wr_code_problem(why->code), why->text),
        .message_id = message_id,
        .body = *body,
        .size = (int64_t)body->len,
    };
    struct wr_uuid id;
    bool held;

    return wr_dead_keep(rq, &d, &id, &held, err);
}

static char
take(struct wr_request *rq, const struct item *it)
{
    const char *message_id = it->message_id ? it->message_id : "";
    struct wr_str text = { .arena = rq->arena };
    struct wr_err why = { 0 }, err = { 0 };
    struct wr_blob body;
    const void *message;

    if (wr_base64_get(&text, it->body, strlen(it->body), &why) < 0)
        return 'f';
    body = (struct wr_blob){ wr_str_text(&text), text.len };
    if (wr_inbox_read(rq->arena, body.p, body.len, &message, &why) == 0
        && deliver(rq, message, message_id, &why) == 0) {
        atomic_fetch_add(&rq->service->inbox_taken, 1);
        return 'd';
    }
    if (wr_code_retryable(why.code) || why.code == WR_EFULL)
        return 'f';
    if (refuse(rq, &body, message_id, &why, &err) < 0)
        return 'f';
    atomic_fetch_add(&rq->service->inbox_refused, 1);

    return 'r';
}

static int
receive(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct batch *b = in;
    const struct item *items = b->items.items;
    size_t n = b->items.n;
    struct result *r = out;
    char *each;

    if (n < 1 || n > ITEMS_MAX)
        return wr_fail(err, WR_ELIMIT, "items must be 1 to %d", ITEMS_MAX);
    each = wr_newn(rq->arena, char, n + 1);
    r->each = each;
    for (size_t i = 0; i < n; i++)
        each[i] = take(rq, &items[i]);
    rq->idempotency = NULL;

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/internal/inbox", "receiveInbox", WR_INTERNAL, NULL,
      &batch_object, &result_object, 200, receive,
      "Messages that came by queue", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_inbox = { "inbox", routes,
                                                WR_COUNT(routes) };
