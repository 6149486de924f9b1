/* published: messages that nobody has waited for yet (SEMANTICS S15). */

#include "fcgi_workers/published.h"

#include <string.h>

#include "fcgi_workers/search.h"

enum {
    SWEEP = 500, /* rows of one transaction */
    NONE = 204
};

struct message {
    struct wr_uuid id, instance;
    const char *name, *key, *message_id, *business_key, *target;
    const struct wr_value *variables;
    int64_t published_at, expires_at;
};
static const struct wr_field message_fields[] = {
    WR_FIELD(struct message, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct message, name, "name", WR_STRING, WR_READONLY,
             "Name of the message."),
    WR_FIELD(struct message, key, "correlationKey", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Its key; null: for any."),
    WR_FIELD(struct message, message_id, "messageId", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "As its sender called it."),
    WR_FIELD(struct message, business_key, "businessKey", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Only for these instances."),
    WR_FIELD(struct message, target, "target", WR_STRING,
             WR_READONLY | WR_OPTIONAL,
             "Only for this process, or this element of it."),
    WR_FIELD(struct message, instance, "instance", WR_UUID,
             WR_READONLY | WR_OPTIONAL, "Who threw it."),
    WR_FIELD(struct message, variables, "variables", WR_JSON,
             WR_READONLY | WR_OPTIONAL, "Payload by name."),
    WR_FIELD(struct message, published_at, "publishedAt", WR_TIME, WR_READONLY,
             "When."),
    WR_FIELD(struct message, expires_at, "expiresAt", WR_TIME, WR_READONLY,
             "It is not delivered after that."),
};
static const struct wr_object message_object = WR_OBJECT_ROWS(
    struct message, "WaitingMessage", message_fields);
WR_COUNTED_LIST_OBJECT(message_list, "WaitingMessageList", &message_object);

struct list_query {
    const char *name, *key, *cursor, *total;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, name, "name", WR_STRING, 0, "Of this name."),
    WR_FIELD(struct list_query, key, "correlationKey", WR_STRING, 0,
             "With this key."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListMessages", list_fields);

static int
message_json(struct wr_request *rq, const void *found, void *item,
             struct wr_err *err)
{
    const struct wr_message_row *row = found;
    struct message *out = item;

    *out = (struct message){
        .id = row->id,
        .instance = row->instance,
        .name = row->name,
        .key = row->key,
        .message_id = row->message_id,
        .business_key = row->business_key,
        .target = row->target,
        .published_at = row->published_at,
        .expires_at = row->expires_at,
    };
    if (!row->payload.len)
        return 0;

    return wr_value_decode(rq->arena, row->payload.p, row->payload.len,
                           &out->variables, err);
}

static const struct wr_listed listed = { sizeof(struct message), message_json };

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_MESSAGES);
    struct wr_paging page = { p->limit, p->cursor, p->total, NULL };

    (void)in;
    q.name = p->name;
    q.key = p->key;

    return wr_list_page(rq, &q, &page, &listed, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_uuid id;
    const void *row;

    (void)in;
    if (wr_request_row(rq, WR_MESSAGES, "message", &id, &row, err) < 0)
        return (int)err->code;

    return message_json(rq, row, out, err);
}

static int
remove_one(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_uuid id;
    const void *row;
    struct wr_change c = { .op = WR_OP_DEL, .noun = WR_MESSAGES };

    (void)in;
    (void)out;
    if (wr_request_row(rq, WR_MESSAGES, "message", &id, &row, err) < 0)
        return (int)err->code;
    c.message = row;

    return wr_runtime_change(rq->service->runtime, &c, 1, err);
}

bool
wr_message_was_kept(struct wr_request *rq, const struct wr_blob *answer,
                    struct wr_uuid *id)
{
    struct wr_uuid none;

    (void)rq;
    memset(none.b, 0xFF, sizeof(none.b));
    if (answer->len != 2 * sizeof(none.b)
        || memcmp(answer->p, none.b, sizeof(none.b)) != 0)
        return false;
    memcpy(id->b, (const uint8_t *)answer->p + sizeof(none.b), sizeof(id->b));

    return true;
}

int
wr_messages_sweep(struct wr_request *rq, int64_t *n, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_MESSAGES);
    struct wr_change *c = wr_newn(rq->arena, struct wr_change, SWEEP);
    struct wr_rows rows;

    q.due_before = wr_clock_now(&rq->service->clock);
    q.limit = SWEEP;
    do {
        int r;

        if (wr_request_find(rq, &q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++)
            c[i] = (struct wr_change){ .op = WR_OP_DEL,
                                       .noun = WR_MESSAGES,
                                       .message = &rows.messages[i] };
        r = rows.n ? wr_runtime_change(rq->service->runtime, c, rows.n, err)
                   : 0;
        if (r < 0 && r != WR_ENOTFOUND) /* somebody removed one of them: */
            return r;                   /* the next sweep does the others */
        *n += r == 0 ? (int64_t)rows.n : 0;
        q.cursor = rows.next;
    } while (rows.next);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/messages", "sendMessage",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &wr_message_object, &wr_message_answer_object, 200,
      wr_message_post, "Correlate or publish a message", 
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_REPLAYS | WR_ROUTE_WAIT },
    { "GET", "/api/v1/messages", "listMessages",
      WR_PARTICIPANT | WR_OPERATOR, &list_query_object, NULL, &message_list,
      200, list, "List messages that wait for somebody", 0 },
    { "GET", "/api/v1/messages/{id}", "getMessage",
      WR_PARTICIPANT | WR_OPERATOR, NULL, NULL, &message_object, 200, get,
      "Read a message that waits for somebody", 0 },
    { "DELETE", "/api/v1/messages/{id}", "deleteMessage", WR_OPERATOR, NULL,
      NULL, NULL, NONE, remove_one, "Remove a message that waits for somebody",
      WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_published = { "published", routes,
                                                    WR_COUNT(routes) };
