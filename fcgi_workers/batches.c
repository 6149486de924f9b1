/* batches: one act on many instances, jobs or incidents; it goes on by itself. */

#include <string.h>

#include "engine/runtime/batch.h"
#include "engine/store/columns.h"
#include "fcgi_workers/filter.h"
#include "fcgi_workers/instructions.h"
#include "fcgi_workers/interventions.h"
#include "fcgi_workers/lookup.h"

enum {
    PAGE = 1000 /* of a search whose ids are taken down */
};

#define ACTS                                              \
    "cancel|suspend|resume|set-variables|modify|migrate|" \
    "resolve-incidents|retry-jobs|set-priority"
#define STATES "creating|running|paused|canceled|completed"

struct body {
    const char *act, *reason, *timers;
    struct wr_strings ids;
    const struct wr_value *filter, *variables;
    struct wr_objects instructions;
    const void *migration;
    int64_t retries, priority;
    bool skip;
};
static const struct wr_field body_fields[] = {
    WR_FIELD_ENUM(struct body, act, "act", ACTS, WR_REQUIRED,
                  "What to do with each: of instances, but resolve-incidents "
                  "of incidents, retry-jobs and set-priority of jobs."),
    WR_FIELD(struct body, ids, "ids", WR_STRINGS, 0, "Of which, by their ids."),
    WR_FIELD(struct body, filter, "filter", WR_JSON, WR_VARIABLES,
             "Of all that a search with this filter finds now; at most "
             "100000."),
    WR_FIELD(struct body, reason, "reason", WR_STRING, 0,
             "Why, for the histories."),
    WR_FIELD(struct body, variables, "variables", WR_JSON, WR_VARIABLES,
             "set-variables: these. resolve-incidents: set these first."),
    WR_FIELD(struct body, retries, "retries", WR_INT, 0,
             "resolve-incidents, retry-jobs: new tries; 1 when absent."),
    WR_FIELD(struct body, skip, "skip", WR_BOOL, 0,
             "resolve-incidents: leave the elements instead."),
    WR_FIELD(struct body, priority, "priority", WR_INT, 0,
             "set-priority: this one."),
    WR_FIELD_ENUM(struct body, timers, "timers", WR_TIMERS_AFTER, 0,
                  "resume: as for a single instance."),
    WR_FIELD_OF(struct body, instructions, "instructions", WR_OBJECTS,
                &wr_instruction_object, 0, "modify: these."),
    WR_FIELD_OF(struct body, migration, "migration", WR_OBJECT,
                &wr_migration_object, 0, "migrate: where to and how."),
};
static const struct wr_object body_object = WR_OBJECT_ROWS(
    struct body, "CreateBatch", body_fields);

struct batch {
    struct wr_uuid id;
    const char *act, *state, *actor;
    int64_t total, done, failed, canceled, pending, created_at, ended_at;
};
static const struct wr_field batch_fields[] = {
    WR_FIELD(struct batch, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD_ENUM(struct batch, act, "act", ACTS, WR_READONLY,
                  "What is done with each."),
    WR_FIELD_ENUM(struct batch, state, "state", STATES, WR_READONLY,
                  "Where it is. Completed: nothing is left to do, also when "
                  "some failed. Creating for long: who wrote it died; cancel "
                  "it."),
    WR_FIELD(struct batch, total, "total", WR_INT, WR_READONLY, "Items."),
    WR_FIELD(struct batch, done, "done", WR_INT, WR_READONLY, "Done."),
    WR_FIELD(struct batch, failed, "failed", WR_INT, WR_READONLY,
             "Failed for good: each says why."),
    WR_FIELD(struct batch, canceled, "canceled", WR_INT, WR_READONLY,
             "Not begun when the batch was canceled."),
    WR_FIELD(struct batch, pending, "pending", WR_INT, WR_READONLY,
             "Still to be done."),
    WR_FIELD(struct batch, actor, "actor", WR_STRING, WR_READONLY | WR_NULLABLE,
             "Whose act it is."),
    WR_FIELD(struct batch, created_at, "createdAt", WR_TIME, WR_READONLY,
             "When it was created."),
    WR_FIELD(struct batch, ended_at, "endedAt", WR_TIME,
             WR_READONLY | WR_NULLABLE, "When nothing was left to do."),
};
static const struct wr_object batch_object = WR_OBJECT_ROWS(
    struct batch, "Batch", batch_fields);
WR_LIST_OBJECT(batch_list, "BatchList", &batch_object);

static const char *const states[] = { "creating", "running", "paused",
                                      "canceled", "completed" };

static int
state_parse(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;

    return -1;
}

static int
batch_json(struct wr_request *rq, const void *found, void *item,
           struct wr_err *err)
{
    const struct wr_batch_row *row = found;
    bool over = row->state == WR_BATCH_RUNNING && !row->pending;
    bool begun = row->state != WR_BATCH_CREATING;

    (void)rq, (void)err;
    *(struct batch *)item = (struct batch){
        .id = row->id,
        .act = row->kind,
        .state = states[over ? WR_BATCH_ENDED : row->state],
        .actor = row->actor,
        .total = row->total,
        .pending = begun ? row->pending : row->total,
        .failed = row->failed,
        .canceled = row->canceled,
        .done = begun ? row->total - row->pending - row->failed - row->canceled
                      : 0,
        .created_at = row->created_at,
        .ended_at = row->ended_at,
    };

    return 0;
}

static const struct wr_listed listed = { sizeof(struct batch), batch_json };

static int
show(struct wr_request *rq, const struct wr_uuid *id, void *out,
     struct wr_err *err)
{
    const struct wr_batch_row *row;

    if (wr_runtime_batch_row(rq->service->runtime, id, rq->who.tenant,
                             rq->arena, &row, err)
        < 0)
        return (int)err->code;

    return batch_json(rq, row, out, err);
}

/* ---- creation ---- */

static int
wrong(struct wr_request *rq, const char *pointer, const char *detail,
      struct wr_err *err)
{
    wr_field_wrong(&rq->errors, pointer, "value", detail);

    return wr_fail(err, WR_EINVALID, "%s: %s", pointer, detail);
}

/* What the act needs is there, and in bounds. */
static int
check(struct wr_request *rq, const struct body *b, struct wr_err *err)
{
    bool job = strcmp(b->act, "retry-jobs") == 0
               || strcmp(b->act, "resolve-incidents") == 0;

    if ((b->ids.items != NULL) == (b->filter != NULL))
        return wrong(rq, "/ids", "give either 'ids' or 'filter'", err);
    if (b->retries != WR_INT_ABSENT
        && (!job || b->retries < 1 || b->retries > 10000))
        return wrong(rq, "/retries",
                     "1 to 10000, of resolve-incidents and retry-jobs", err);
    if ((strcmp(b->act, "set-priority") == 0) != (b->priority != WR_INT_ABSENT))
        return wrong(rq, "/priority", "goes with set-priority, which needs it",
                     err);
    if ((strcmp(b->act, "migrate") == 0) != (b->migration != NULL))
        return wrong(rq, "/migration", "goes with migrate, which needs it",
                     err);
    if ((strcmp(b->act, "modify") == 0) != (b->instructions.n > 0))
        return wrong(rq, "/instructions", "go with modify, which needs some",
                     err);
    if (strcmp(b->act, "set-variables") == 0 && !b->variables)
        return wrong(rq, "/variables", "set-variables needs some", err);

    return 0;
}

static const struct wr_value *
params(struct wr_arena *a, const struct body *b)
{
    const struct wr_value *plan = NULL;
    const char *definition = NULL;
    struct wr_entry e[8];
    size_t n = 0;

    if (b->migration)
        plan = wr_migration_plan(a, b->migration, &definition);
    if (b->instructions.n)
        plan = wr_instructions(a, &b->instructions);
    if (plan)
        e[n++] = (struct wr_entry){ "plan", plan };
    if (definition)
        e[n++] = (struct wr_entry){ "definition",
                                    wr_value_string(a, definition) };
    if (b->reason)
        e[n++] = (struct wr_entry){ "reason", wr_value_string(a, b->reason) };
    if (b->variables)
        e[n++] = (struct wr_entry){ "variables", b->variables };
    if (b->retries != WR_INT_ABSENT)
        e[n++] = (struct wr_entry){ "retries", wr_value_int(a, b->retries) };
    if (b->priority != WR_INT_ABSENT)
        e[n++] = (struct wr_entry){ "priority", wr_value_int(a, b->priority) };
    e[n++] = (struct wr_entry){ "skip", wr_value_bool(b->skip) };
    e[n++] = (struct wr_entry){ "catchUp",
                                wr_value_bool(wr_catches_up(b->timers)) };

    return wr_value_context(a, e, n);
}

static int
by_ids(struct wr_request *rq, const struct wr_strings *ids,
       struct wr_batch_order *order, struct wr_err *err)
{
    struct wr_uuid *targets = wr_newn(rq->arena, struct wr_uuid, ids->n + 1);

    for (size_t i = 0; i < ids->n; i++)
        if (wr_uuid_parse(ids->items[i], strlen(ids->items[i]), &targets[i],
                          err)
            < 0)
            return wrong(rq, wr_arena_printf(rq->arena, "/ids/%zu", i), "no id",
                         err);
    order->targets = targets;
    order->n = ids->n;

    return 0;
}

/* All that it finds now: what comes later is not meant. */
static int
by_filter(struct wr_request *rq, const struct body *b, enum wr_noun noun,
          struct wr_batch_order *order, struct wr_err *err)
{
    struct wr_search s = { .noun = noun,
                           .tenant = rq->who.tenant,
                           .limit = PAGE };
    struct wr_pile found = { 0 };
    struct wr_rows rows;

    if (wr_filter_parse(noun, b->filter, wr_clock_now(&rq->service->clock),
                        &s.where, &rq->errors, err)
        < 0)
        return (int)err->code;
    do {
        size_t size = wr_record_of(noun)->size;

        if (wr_runtime_search(rq->service->runtime, &s, rq->arena, &rows, NULL,
                              err)
            < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) /* the id stands in front */
            memcpy(wr_pile_add(&found, rq->arena, sizeof(struct wr_uuid)),
                   (const char *)rows.any + i * size, sizeof(struct wr_uuid));
        s.cursor = rows.next;
    } while (rows.next && found.n <= WR_BATCH_MOST);
    order->targets = found.items;
    order->n = found.n;

    return 0;
}

static int
create(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct body *b = in;
    struct wr_batch_order order = { .actor = rq->who.user,
                                    .tenant = rq->who.tenant,
                                    .idempotency = rq->idempotency };
    enum wr_noun noun;
    struct wr_uuid id;

    if (rq->stored.len) {
        memcpy(id.b, rq->stored.p, sizeof(id.b));
        return show(rq, &id, out, err);
    }
    if (check(rq, b, err) < 0)
        return (int)err->code;
    noun = wr_act_named(b->act)->noun;
    if ((b->filter ? by_filter(rq, b, noun, &order, err)
                   : by_ids(rq, &b->ids, &order, err))
        < 0)
        return (int)err->code;
    order.act = b->act;
    order.params = params(rq->arena, b);
    if (wr_runtime_batch(rq->service->runtime, &order, &id, err) < 0)
        return (int)err->code;

    return show(rq, &id, out, err);
}

/* ---- reading ---- */

struct list_query {
    const char *state, *cursor;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD_ENUM(struct list_query, state, "state", STATES, 0,
                  "In this state."),
    WR_FIELD(struct list_query, limit, "limit", WR_INT, 0,
             "Page size, 1 to 1000; 50."),
    WR_FIELD(struct list_query, cursor, "cursor", WR_STRING, 0,
             "`next` of the page before."),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListBatches", list_fields);

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_BATCHES);

    (void)in;
    q.descending = true;
    if (p->state)
        q.state = state_parse(states, WR_COUNT(states), p->state);

    return wr_find_page(rq, &q, p->limit, p->cursor, &listed, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_uuid id;

    (void)in;
    if (wr_param_id(rq, 0, "batch", &id, err) < 0)
        return (int)err->code;

    return show(rq, &id, out, err);
}

struct item {
    int64_t number, at;
    struct wr_uuid target;
    const char *state, *code, *detail;
};
static const struct wr_field item_fields[] = {
    WR_FIELD(struct item, number, "number", WR_INT, WR_READONLY,
             "Its place, from 0."),
    WR_FIELD(struct item, target, "target", WR_UUID, WR_READONLY,
             "The instance, job or incident."),
    WR_FIELD_ENUM(struct item, state, "state", "pending|done|failed|canceled",
                  WR_READONLY, "What became of it."),
    WR_FIELD(struct item, code, "code", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Failed: code of the problem, as a single act would answer it."),
    WR_FIELD(struct item, detail, "detail", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Failed: why."),
    WR_FIELD(struct item, at, "at", WR_TIME, WR_READONLY | WR_OPTIONAL,
             "Failed or canceled: when."),
};
static const struct wr_object item_object = WR_OBJECT_ROWS(
    struct item, "BatchItem", item_fields);
WR_LIST_OBJECT(item_list, "BatchItemList", &item_object);

static const char *const item_states[] = { "pending", "done", "failed",
                                           "canceled" };

static int
item_json(struct wr_request *rq, const void *found, void *out,
          struct wr_err *err)
{
    const struct wr_batch_item_row *row = found;

    (void)rq, (void)err;
    *(struct item *)out = (struct item){ .number = row->number,
                                         .target = row->target,
                                         .state = item_states[row->state],
                                         .code = row->code,
                                         .detail = row->message,
                                         .at = row->at };

    return 0;
}

static const struct wr_listed items_listed = { sizeof(struct item), item_json };

static const struct wr_field items_query_fields[] = {
    WR_FIELD_ENUM(struct list_query, state, "state",
                  "pending|done|failed|canceled", 0, "In this state."),
    WR_FIELD(struct list_query, limit, "limit", WR_INT, 0,
             "Page size, 1 to 1000; 50."),
    WR_FIELD(struct list_query, cursor, "cursor", WR_STRING, 0,
             "`next` of the page before."),
};
static const struct wr_object items_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListBatchItems", items_query_fields);

static int
items(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_BATCH_ITEMS);
    const struct wr_batch_row *row;
    struct wr_uuid id;

    (void)in;
    if (wr_param_id(rq, 0, "batch", &id, err) < 0
        || wr_runtime_batch_row(rq->service->runtime, &id, rq->who.tenant,
                                rq->arena, &row, err)
               < 0)
        return (int)err->code;
    q.batch = &id;
    if (p->state)
        q.state = state_parse(item_states, WR_COUNT(item_states), p->state);

    return wr_find_page(rq, &q, p->limit, p->cursor, &items_listed, out, err);
}

/* ---- steering ---- */

static int
move(struct wr_request *rq, enum wr_batch_state to, void *out,
     struct wr_err *err)
{
    struct wr_uuid id;

    if (wr_param_id(rq, 0, "batch", &id, err) < 0
        || wr_runtime_batch_move(rq->service->runtime, &id, rq->who.tenant, to,
                                 err)
               < 0)
        return (int)err->code;

    return show(rq, &id, out, err);
}

static int
pause_it(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return move(rq, WR_BATCH_PAUSED, out, err);
}

static int
resume(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return move(rq, WR_BATCH_RUNNING, out, err);
}

static int
cancel(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return move(rq, WR_BATCH_CANCELED, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/batches", "createBatch", WR_OPERATOR, NULL, &body_object,
      &batch_object, 202, create,
      "Do one thing with many; answers before it is done",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_REPLAYS },
    { "GET", "/api/v1/batches", "listBatches", WR_READERS, &list_query_object,
      NULL, &batch_list, 200, list, "List batches, newest first", 0 },
    { "GET", "/api/v1/batches/{id}", "getBatch", WR_READERS, NULL, NULL,
      &batch_object, 200, get, "Read a batch and how far it is", 0 },
    { "GET", "/api/v1/batches/{id}/items", "listBatchItems", WR_READERS,
      &items_query_object, NULL, &item_list, 200, items,
      "What became of each item, in order", 0 },
    { "POST", "/api/v1/batches/{id}/pause", "pauseBatch", WR_OPERATOR, NULL,
      NULL, &batch_object, 200, pause_it, "Begin no further item",
      WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/batches/{id}/resume", "resumeBatch", WR_OPERATOR, NULL,
      NULL, &batch_object, 200, resume, "Go on with a paused batch",
      WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/batches/{id}/cancel", "cancelBatch", WR_OPERATOR, NULL,
      NULL, &batch_object, 200, cancel,
      "Give up what is not done; what is done stays", WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_batches = { "batches", routes,
                                                  WR_COUNT(routes) };
