/* dead_letters: messages that nobody could work on, for who repairs things. */

#include <string.h>

#include "engine/base/base64.h"
#include "engine/runtime/runtime.h"
#include "fcgi_workers/dead_letter.h"
#include "fcgi_workers/lookup.h"

enum {
    NONE = 204
};

struct letter {
    struct wr_uuid id, target, instance;
    const char *queue, *reason, *kind, *detail, *message_id, *body, *base64;
    int64_t count, first_at, last_at, size;
    bool held;
};
static const struct wr_field letter_fields[] = {
    WR_FIELD(struct letter, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct letter, queue, "queue", WR_STRING, WR_READONLY,
             "Where it died, without the prefix."),
    WR_FIELD(struct letter, reason, "reason", WR_STRING, WR_READONLY,
             "rejected: nobody could make anything of it; delivery_limit: it "
             "was given back too often; refused: what it asks for was not "
             "done; or as the broker says it."),
    WR_FIELD(struct letter, detail, "detail", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "What more is known."),
    WR_FIELD_ENUM(struct letter, kind, "kind", "timer|job|outbox|lost",
                  WR_READONLY | WR_OPTIONAL, "What work it asked for."),
    WR_FIELD(struct letter, target, "target", WR_UUID,
             WR_READONLY | WR_OPTIONAL, "The timer, job or row of that."),
    WR_FIELD(struct letter, instance, "instance", WR_UUID,
             WR_READONLY | WR_OPTIONAL, "Its instance."),
    WR_FIELD(struct letter, held, "held", WR_BOOL, WR_READONLY,
             "Its work is not given out again until it is retried."),
    WR_FIELD(struct letter, count, "count", WR_INT, WR_READONLY,
             "How often it came; one that comes at the same time twice may be "
             "counted twice."),
    WR_FIELD(struct letter, first_at, "firstAt", WR_TIME, WR_READONLY,
             "When it came first."),
    WR_FIELD(struct letter, last_at, "lastAt", WR_TIME, WR_READONLY,
             "When it came last."),
    WR_FIELD(struct letter, message_id, "messageId", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "As its sender called it."),
    WR_FIELD(struct letter, size, "size", WR_INT, WR_READONLY,
             "Bytes of its body; the first 262144 are kept."),
    WR_FIELD(struct letter, body, "body", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Its body, when that is text; not in lists."),
    WR_FIELD(struct letter, base64, "bodyBase64", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Its body, else; not in lists."),
};
static const struct wr_object letter_object = WR_OBJECT_ROWS(
    struct letter, "DeadLetter", letter_fields);
WR_LIST_OBJECT(letter_list, "DeadLetterList", &letter_object);

struct list_query {
    const char *queue, *cursor;
    struct wr_uuid instance;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, queue, "queue", WR_STRING, 0,
             "That died in this queue."),
    WR_FIELD(struct list_query, instance, "instance", WR_UUID, 0,
             "Of this instance."),
    WR_FIELD(struct list_query, limit, "limit", WR_INT, 0,
             "Page size, 1 to 1000; 50."),
    WR_FIELD(struct list_query, cursor, "cursor", WR_STRING, 0,
             "`next` of the page before."),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListDeadLetters", list_fields);

static int
letter_json(struct wr_request *rq, const void *found, void *item,
            struct wr_err *err)
{
    const struct wr_dead_letter_row *row = found;

    (void)rq, (void)err;
    *(struct letter *)item = (struct letter){
        .id = row->id,
        .target = row->target,
        .instance = row->instance,
        .queue = row->queue,
        .reason = row->reason,
        .kind = row->kind,
        .detail = row->detail,
        .message_id = row->message_id,
        .count = row->count,
        .first_at = row->first_at,
        .last_at = row->last_at,
        .size = row->size,
        .held = row->held,
    };

    return 0;
}

static const struct wr_listed listed = { sizeof(struct letter), letter_json };

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_DEAD_LETTERS);

    (void)in;
    q.name = p->queue;
    q.descending = true;
    if (!wr_uuid_is_zero(&p->instance))
        q.instance = &p->instance;

    return wr_find_page(rq, &q, p->limit, p->cursor, &listed, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_dead_letter_row *row;
    struct wr_str text = { .arena = rq->arena };
    struct letter *l = out;
    const void *found;
    struct wr_uuid id;
    const char *body;

    (void)in;
    if (wr_request_row(rq, WR_DEAD_LETTERS, "dead letter", &id, &found, err) < 0
        || letter_json(rq, found, out, err) < 0)
        return (int)err->code;
    row = found;
    body = wr_arena_strndup(rq->arena, row->body.len ? row->body.p : "",
                            row->body.len);
    if (strlen(body) == row->body.len
        && wr_utf8_valid(body, row->body.len) == row->body.len) {
        l->body = body;
    } else {
        wr_base64_put(&text, row->body.p, row->body.len);
        l->base64 = wr_str_text(&text);
    }

    return 0;
}

/* ---- what can be done ---- */

static int
drop(struct wr_request *rq, const struct wr_dead_letter_row *row,
     struct wr_err *err)
{
    struct wr_change c = { .op = WR_OP_DEL,
                           .noun = WR_DEAD_LETTERS,
                           .dead_letter = row };

    return wr_runtime_change(rq->service->runtime, &c, 1, err);
}

static bool
is_own_work(const struct wr_dead_letter_row *l)
{
    return l->kind
           && (strcmp(l->kind, "timer") == 0 || strcmp(l->kind, "job") == 0);
}

/* The incident of the instance that stands for it. */
static int
resolve(struct wr_request *rq, const struct wr_dead_letter_row *l,
        struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_INCIDENTS);
    struct wr_command c = { .event = { .type = WR_EV_INCIDENT_RESOLVE,
                                       .retries = 1 } };
    struct wr_outcome outcome;
    struct wr_rows rows;

    q.instance = &l->instance;
    rows.n = 0;
    if (is_own_work(l) && wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++) {
        if (!wr_uuid_equal(&rows.incidents[i].job, &l->target))
            continue;
        c.event.target = rows.incidents[i].id;
        return wr_request_call(rq, &c, &outcome, err);
    }

    return wr_fail(err, WR_ESTATE,
                   "the %s it asks for was done or canceled: delete it",
                   l->kind);
}

static int
retry(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_dead_letter_row *l;
    const void *found;
    struct wr_uuid id;

    (void)in, (void)out;
    if (wr_request_row(rq, WR_DEAD_LETTERS, "dead letter", &id, &found, err)
        < 0)
        return (int)err->code;
    l = found;
    if (strcmp(l->queue, "inbox") == 0) {
        if (l->size != (int64_t)l->body.len)
            return wr_fail(err, WR_ESTATE,
                           "only a part of its body is kept: send it again, "
                           "then delete it");
        if (wr_inbox_again(rq, &l->body, l->message_id ? l->message_id : "",
                           err)
            < 0)
            return (int)err->code;
    } else if (!l->kind) {
        return wr_fail(err, WR_ESTATE,
                       "it is no work item, nobody can work on it: delete it");
    } else if (!l->held && resolve(rq, l, err) < 0) {
        return (int)err->code;
    }

    return drop(rq, l, err); /* what it held is due again */
}

static int
remove_one(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_dead_letter_row *l;
    struct wr_query q;
    struct wr_rows rows;
    const void *found;
    struct wr_uuid id;

    (void)in, (void)out;
    if (wr_request_row(rq, WR_DEAD_LETTERS, "dead letter", &id, &found, err)
        < 0)
        return (int)err->code;
    l = found;
    q = wr_request_query(
        rq, l->kind && strcmp(l->kind, "timer") == 0    ? WR_TIMERS
            : l->kind && strcmp(l->kind, "outbox") == 0 ? WR_OUTBOXES
                                                        : WR_JOBS);
    q.id = &l->target;
    if (l->held && wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (l->held && rows.n)
        return wr_fail(err, WR_ESTATE,
                       "it holds a %s that is still to be done: retry it",
                       l->kind);

    return drop(rq, l, err);
}

/* ---- from the schedulers ---- */

struct dead {
    const char *queue, *reason, *detail, *message_id, *body;
    int64_t size;
};
static const struct wr_field dead_fields[] = {
    WR_FIELD(struct dead, queue, "queue", WR_STRING, WR_REQUIRED,
             "Where it died."),
    WR_FIELD(struct dead, reason, "reason", WR_STRING, WR_REQUIRED, "Why."),
    WR_FIELD(struct dead, detail, "detail", WR_STRING, 0,
             "What more is known."),
    WR_FIELD(struct dead, message_id, "messageId", WR_STRING, 0,
             "As its sender called it."),
    WR_FIELD(struct dead, body, "body", WR_STRING, WR_REQUIRED,
             "Its body or the beginning of it, base64."),
    WR_FIELD(struct dead, size, "size", WR_INT, WR_REQUIRED,
             "Bytes of its body."),
};
static const struct wr_object dead_object = WR_OBJECT_ROWS(
    struct dead, "DeadMessage", dead_fields);

struct kept {
    struct wr_uuid id;
    bool held;
};
static const struct wr_field kept_fields[] = {
    WR_FIELD(struct kept, id, "id", WR_UUID, WR_READONLY, "Of the letter."),
    WR_FIELD(struct kept, held, "held", WR_BOOL, WR_READONLY,
             "Its instance is to be told."),
};
static const struct wr_object kept_object = WR_OBJECT_ROWS(
    struct kept, "KeptDeadMessage", kept_fields);

static int
keep(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct dead *d = in;
    struct wr_str body = { .arena = rq->arena };
    struct wr_dead dead = { .queue = d->queue,
                            .reason = d->reason,
                            .detail = d->detail,
                            .message_id = d->message_id ? d->message_id : "",
                            .size = d->size };
    struct kept *k = out;

    if (wr_base64_get(&body, d->body, strlen(d->body), err) < 0)
        return wr_wrap(err, "body");
    dead.body = (struct wr_blob){ wr_str_text(&body), body.len };

    return wr_dead_keep(rq, &dead, &k->id, &k->held, err);
}

struct told {
    struct wr_uuid letter;
};
static const struct wr_field told_fields[] = {
    WR_FIELD(struct told, letter, "letter", WR_UUID, WR_REQUIRED,
             "Of which letter."),
};
static const struct wr_object told_object = WR_OBJECT_ROWS(
    struct told, "ReportDeadLetter", told_fields);

static int
report(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct told *t = in;

    *(struct told *)out = *t;

    return wr_dead_report(rq, &t->letter, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/dead-letters", "listDeadLetters", WR_OPERATOR,
      &list_query_object, NULL, &letter_list, 200, list,
      "List messages of queues that nobody could work on, newest first", 0 },
    { "GET", "/api/v1/dead-letters/{id}", "getDeadLetter", WR_OPERATOR, NULL,
      NULL, &letter_object, 200, get, "Read a dead letter and its body", 0 },
    { "POST", "/api/v1/dead-letters/{id}/retry", "retryDeadLetter",
      WR_OPERATOR, NULL, NULL, NULL, NONE, retry,
      "Have its work done after all; the letter goes",
      WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_NATURAL },
    { "DELETE", "/api/v1/dead-letters/{id}", "deleteDeadLetter", WR_OPERATOR,
      NULL, NULL, NULL, NONE, remove_one,
      "Remove a dead letter that holds no work", WR_ROUTE_NATURAL },
    { "POST", "/internal/dead-letters", "keepDeadLetter", WR_INTERNAL, NULL,
      &dead_object, &kept_object, 200, keep, "Keep a dead letter",
      WR_ROUTE_NATURAL },
    { "POST", "/internal/dead-letters/report", "reportDeadLetter", WR_INTERNAL,
      NULL, &told_object, &told_object, 200, report,
      "Have its instance know of a dead letter", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_dead_letters = { "dead letters", routes,
                                                       WR_COUNT(routes) };
