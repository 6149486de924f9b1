/* messages: a message to the one that waits for it, a signal to all of them
 * (SEMANTICS S14, S15). */

#include <string.h>

#include "fcgi_workers/idempotency.h"
#include "fcgi_workers/message_body.h"
#include "fcgi_workers/published.h"
#include "fcgi_workers/resource.h"

enum {
    SENT = 200 /* status of an answer */
};

struct delivery {
    struct wr_uuid instance;
    const char *element;
};
static const struct wr_field delivery_fields[] = {
    WR_FIELD(struct delivery, instance, "instance", WR_UUID, WR_READONLY,
             "Who got it."),
    WR_FIELD(struct delivery, element, "element", WR_STRING, WR_READONLY,
             "Where it waited."),
};
static const struct wr_object delivery_object = WR_OBJECT_ROWS(
    struct delivery, "Delivery", delivery_fields);

struct answer {
    struct wr_objects delivered;
    struct wr_uuid id;
    bool stored, duplicate;
};
static const struct wr_field answer_fields[] = {
    WR_FIELD_OF(struct answer, delivered, "delivered", WR_OBJECTS,
                &delivery_object, WR_READONLY, "Deliveries."),
    WR_FIELD(struct answer, stored, "stored", WR_BOOL, WR_READONLY,
             "Kept for somebody who comes later."),
    WR_FIELD(struct answer, id, "id", WR_UUID, WR_READONLY | WR_OPTIONAL,
             "Of the message that is kept."),
    WR_FIELD(struct answer, duplicate, "duplicate", WR_BOOL, WR_READONLY,
             "One of the same messageId was published before; nothing"
             " happened."),
};
const struct wr_object wr_message_answer_object = WR_OBJECT_ROWS(
    struct answer, "MessageAnswer", answer_fields);

static int
replay(struct wr_request *rq, struct answer *answer)
{
    struct delivery *d = wr_new(rq->arena, struct delivery);
    const char *bytes = rq->stored.p;

    if (wr_message_was_kept(rq, &rq->stored, &answer->id)) {
        answer->stored = true; /* as it was answered; it may be gone since */
        return 0;
    }
    memcpy(d->instance.b, bytes, sizeof(d->instance.b));
    d->element = wr_arena_strndup(rq->arena, bytes + sizeof(d->instance.b),
                                  rq->stored.len - sizeof(d->instance.b));
    answer->delivered = (struct wr_objects){ .items = d, .n = 1 };
    rq->waited = rq->stored;

    return 0;
}

/* What a replay is made from, too. */
static void
waits_for(struct wr_request *rq, const struct delivery *d)
{
    struct wr_str s = { .arena = rq->arena };

    wr_str_addn(&s, d->instance.b, sizeof(d->instance.b));
    wr_str_add(&s, d->element);
    rq->waited = (struct wr_blob){ s.s, s.len };
}

/* How long it is kept, in ms. */
static int
life(struct wr_request *rq, int64_t ttl, int64_t *out, struct wr_err *err)
{
    const struct wr_config *c = rq->service->config;
    int64_t most = wr_config_int(c, WR_SET_MESSAGE_TTL_MAX);

    *out = wr_config_int(c, WR_SET_MESSAGE_TTL);
    if (ttl == WR_INT_ABSENT)
        return 0;
    if (ttl < 0 || ttl > most / 1000)
        return wr_fail(err, WR_EVALUE,
                       "ttl: %lld s are not within 0 and %lld s, which"
                       " message_ttl_max allows",
                       (long long)ttl, (long long)(most / 1000));
    *out = ttl * 1000;

    return 0;
}

static int
publish(struct wr_request *rq, const struct wr_message_body *body,
        const struct wr_message *m, struct answer *answer, struct wr_err *err)
{
    bool one = body->cardinality && strcmp(body->cardinality, "one") == 0;
    struct wr_publication p = {
        .message = *m,
        .message_id = body->message_id,
        .reach = one ? WR_REACH_ONE : WR_REACH_PROCESSES,
    };
    struct wr_published got;
    struct delivery *d;

    if (m->instance)
        return wr_fail(err, WR_EUNSUPPORTED,
                       "instance: it needs mode 'correlate'");
    if (life(rq, body->ttl, &p.ttl_ms, err) < 0)
        return (int)err->code;
    if (wr_runtime_publish(rq->service->runtime, &p, rq->arena, &got, err)
        < 0) {
        if (err->code == WR_EFULL)
            atomic_fetch_add(&rq->service->messages_refused, 1);
        return (int)err->code;
    }
    atomic_fetch_add(&rq->service->messages_published, !got.duplicate);
    d = wr_newn(rq->arena, struct delivery, got.n + 1);
    for (size_t i = 0; i < got.n; i++)
        d[i] = (struct delivery){ .instance = got.deliveries[i].instance,
                                  .element = got.deliveries[i].element };
    if (got.n)
        waits_for(rq, d);
    answer->delivered = (struct wr_objects){ .items = d, .n = got.n };
    answer->stored = got.stored;
    answer->duplicate = got.duplicate;
    if (got.stored)
        answer->id = got.id;

    return 0;
}

static int
send_new(struct wr_request *rq, const struct wr_message_body *body,
         struct answer *answer, struct wr_err *err)
{
    struct delivery *d = wr_new(rq->arena, struct delivery);
    struct wr_message m = {
        .name = body->name,
        .key = body->key,
        .business_key = body->business_key,
        .instance = wr_uuid_is_zero(&body->instance) ? NULL : &body->instance,
        .variables = body->variables,
        .actor = rq->who.user,
        .tenant = rq->who.tenant,
        .idempotency = rq->idempotency,
    };
    struct wr_delivery got;

    atomic_fetch_add(&rq->service->commands, 1);
    if (body->mode && strcmp(body->mode, "publish") == 0)
        return publish(rq, body, &m, answer, err);
    if (body->ttl != WR_INT_ABSENT || body->message_id || body->cardinality)
        return wr_fail(err, WR_EUNSUPPORTED,
                       "ttl, messageId and cardinality: they need mode"
                       " 'publish'");
    if (wr_runtime_correlate(rq->service->runtime, &m, rq->arena, &got, err)
        < 0)
        return (int)err->code;
    *d = (struct delivery){ .instance = got.instance, .element = got.element };
    waits_for(rq, d);
    answer->delivered = (struct wr_objects){ .items = d, .n = 1 };

    return 0;
}

int
wr_message_post(struct wr_request *rq, const void *in, void *out,
                struct wr_err *err)
{
    return rq->stored.len ? replay(rq, out) : send_new(rq, in, out, err);
}

struct signal_body {
    const char *name;
    const struct wr_value *variables;
};
static const struct wr_field signal_fields[] = {
    WR_FIELD(struct signal_body, name, "name", WR_STRING, WR_REQUIRED,
             "Name of the signal."),
    WR_FIELD(struct signal_body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Payload by name."),
};
static const struct wr_object signal_object = WR_OBJECT_ROWS(
    struct signal_body, "Signal", signal_fields);

struct signal_answer {
    int64_t reached;
};
static const struct wr_field signal_answer_fields[] = {
    WR_FIELD(struct signal_answer, reached, "reached", WR_INT, WR_READONLY,
             "Who waited for it, and instances it started, so far."),
};
static const struct wr_object signal_answer_object = WR_OBJECT_ROWS(
    struct signal_answer, "SignalAnswer", signal_answer_fields);

/* The signal is out since its key was kept, whatever becomes of its count. */
static int
count_reached(struct wr_request *rq, struct wr_idempotency_row *row,
              const struct signal_answer *answer, struct wr_err *err)
{
    struct wr_change put = { .op = WR_OP_PUT,
                             .noun = WR_IDEMPOTENCIES,
                             .was = INT64_MAX, /* in place of what is there */
                             .idempotency = row };

    row->answer = wr_idempotency_pack(rq, SENT, answer);

    return wr_runtime_change(rq->service->runtime, &put, 1, err);
}

static int
signal_new(struct wr_request *rq, const struct signal_body *body,
           struct wr_idempotency_row *row, struct signal_answer *answer,
           struct wr_err *err)
{
    struct wr_signal s = { .name = body->name,
                           .variables = body->variables,
                           .tenant = rq->who.tenant,
                           .idempotency = row };
    int n;

    answer->reached = 0;
    if (row)
        row->answer = wr_idempotency_pack(rq, SENT, answer);
    atomic_fetch_add(&rq->service->commands, 1);
    if (wr_runtime_signal(rq->service->runtime, &s, rq->arena, &n, err) < 0)
        return (int)err->code;
    answer->reached = n;

    return row ? count_reached(rq, row, answer, err) : 0;
}

static int
send_signal(struct wr_request *rq, const void *in, void *out,
            struct wr_err *err)
{
    struct wr_str seen = { .arena = rq->arena };
    struct wr_idempotency_row row;
    struct wr_err late;
    int rc;

    if (!rq->idempotency_key)
        return signal_new(rq, in, NULL, out, err);
    wr_str_addn(&seen, rq->body, rq->body_len);
    rc = wr_idempotency_replay(rq, &seen, &row, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = signal_new(rq, in, &row, out, err);
    /* its twin was faster: answer as the twin did */
    if (rc == WR_EINFLIGHT
        && wr_idempotency_replay(rq, &seen, &row, &late) == 1)
        return 0;

    return rc;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/signals", "sendSignal", WR_PARTICIPANT | WR_OPERATOR,
      NULL, &signal_object, &signal_answer_object, 200, send_signal,
      "Broadcast a signal", WR_ROUTE_IDEMPOTENT | WR_ROUTE_OWN_KEY },
};
/* clang-format on */

const struct wr_route_table wr_routes_messages = { "messages", routes,
                                                   WR_COUNT(routes) };
