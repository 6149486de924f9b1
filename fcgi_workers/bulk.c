#include "fcgi_workers/bulk.h"

#include <string.h>

#include "fcgi_workers/idempotency.h"

static const struct wr_field result_fields[] = {
    WR_BULK_FIELDS(struct wr_bulk_result, ),
};
static const struct wr_object result_object = WR_OBJECT_ROWS(
    struct wr_bulk_result, "BulkResult", result_fields);
static const struct wr_field answer_fields[] = {
    WR_FIELD_OF(struct wr_bulk_answer, items, "items", WR_OBJECTS,
                &result_object, WR_READONLY, "One result an item, in order."),
};
const struct wr_object wr_bulk_object = WR_OBJECT_ROWS(
    struct wr_bulk_answer, "BulkAnswer", answer_fields);

struct item {
    struct wr_call *call; /* NULL: answered before, under the same key */
    struct wr_uuid instance;
};

static int
fill_result(struct wr_request *rq, const struct item *item, int status,
            struct wr_bulk_result *r, struct wr_err *err)
{
    const struct wr_call *call = item->call;
    struct wr_instance_json *json;

    if (call && call->err.code != WR_OK) {
        *r = (struct wr_bulk_result){
            .status = wr_code_http(call->err.code),
            .code = wr_code_problem(call->err.code),
            .detail = call->err.text,
        };
        return 0;
    }
    json = wr_new(rq->arena, struct wr_instance_json);
    *r = (struct wr_bulk_result){ .status = status, .instance = json };

    return call ? wr_instance_json(rq, &call->outcome.instance, json, err)
                : wr_instance_out(rq, &item->instance, json, err);
}

/* Look the item up under the request's key; its command, when it is to run. */
static int
prepare(struct wr_request *rq, size_t i, struct wr_call *call,
        struct item *item, struct wr_err *err)
{
    const struct wr_idempotency_row *row;
    struct wr_blob stored;

    if (wr_idempotency_item(rq, i, &row, &stored, err) < 0)
        return (int)err->code;
    item->call = stored.len ? NULL : call;
    if (stored.len)
        memcpy(item->instance.b, stored.p, sizeof(item->instance.b));
    call->command.tenant = rq->who.tenant;
    call->command.event.actor = rq->who.user;
    call->command.idempotency = row;
    call->command.if_rev = -1;

    return 0;
}

int
wr_bulk(struct wr_request *rq, const struct wr_objects *in, wr_bulk_fn *command,
        int status, struct wr_bulk_answer *out, struct wr_err *err)
{
    size_t n = in->n, n_calls = 0;
    struct wr_bulk_result *results;
    struct wr_call *calls;
    struct item *items;

    if (n < 1 || n > 1000)
        return wr_fail(err, WR_ELIMIT, "items must be 1 to 1000");
    calls = wr_newn(rq->arena, struct wr_call, n);
    items = wr_newn(rq->arena, struct item, n);
    results = wr_newn(rq->arena, struct wr_bulk_result, n);
    for (size_t i = 0; i < n; i++) {
        command(in->items, i, &calls[n_calls].command);
        if (prepare(rq, i, &calls[n_calls], &items[i], err) < 0)
            return (int)err->code;
        n_calls += items[i].call != NULL;
    }
    atomic_fetch_add(&rq->service->commands, (long)n_calls);
    wr_runtime_call_many(rq->service->runtime, calls, n_calls, rq->arena);
    if (n_calls == 0)
        wr_request_header(rq, "Idempotency-Replayed", "true");
    for (size_t i = 0; i < n; i++) {
        if (fill_result(rq, &items[i], status, &results[i], err) < 0)
            return (int)err->code;
    }
    out->items = (struct wr_objects){ .items = results, .n = n };

    return 0;
}
