/* timers: what waits for its time, and firing it before (SEMANTICS S17). */

#include <string.h>

#include "fcgi_workers/search.h"

struct timer {
    struct wr_uuid id, instance;
    const void *definition;
    const char *element, *kind;
    int64_t due_at;
};
static const struct wr_field timer_fields[] = {
    WR_FIELD(struct timer, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD_ENUM(struct timer, kind, "kind", "instance|start", WR_READONLY,
                  "Of a running instance, or of a start event."),
    WR_FIELD(struct timer, instance, "instance", WR_UUID,
             WR_READONLY | WR_OPTIONAL, "Its instance."),
    WR_FIELD_OF(struct timer, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY,
                "The version its instance runs on, or that it starts."),
    WR_FIELD(struct timer, element, "element", WR_STRING, WR_READONLY,
             "Where it is armed."),
    WR_FIELD(struct timer, due_at, "dueAt", WR_TIME, WR_READONLY | WR_OPTIONAL,
             "When it fires; absent while it stands still."),
};
static const struct wr_object timer_object = WR_OBJECT_ROWS(
    struct timer, "Timer", timer_fields);
WR_COUNTED_LIST_OBJECT(timer_list, "TimerList", &timer_object);

struct list_query {
    const char *cursor, *total;
    struct wr_uuid instance, definition;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, instance, "instance", WR_UUID, 0,
             "Of this instance."),
    WR_FIELD(struct list_query, definition, "definition", WR_UUID, 0,
             "Of the start events of this definition."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListTimers", list_fields);

static int
definition_of(struct wr_request *rq, const struct wr_timer_row *row,
              struct wr_uuid *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_INSTANCES);
    struct wr_rows rows;

    *out = row->definition;
    if (wr_uuid_is_zero(&row->instance))
        return 0;
    q.id = &row->instance;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0) /* it ended since */
        return wr_fail(err, WR_ENOTFOUND, "its instance is gone");
    *out = rows.instances[0].definition;

    return 0;
}

static int
timer_json(struct wr_request *rq, const void *found, void *item,
           struct wr_err *err)
{
    const struct wr_timer_row *row = found;
    struct timer *out = item;
    struct wr_element_ref el;
    struct wr_uuid definition;

    *out = (struct timer){
        .id = row->id,
        .kind = wr_uuid_is_zero(&row->instance) ? "start" : "instance",
        .instance = row->instance,
        .due_at = row->due_at == WR_NEVER ? 0 : row->due_at,
    };
    if (definition_of(rq, row, &definition, err) < 0
        || wr_element_ref(rq, &definition, row->element, &el, err) < 0
        || wr_definition_json_ref(rq, &definition, &out->definition, err) < 0)
        return (int)err->code;
    out->element = el.id;

    return 0;
}

static const struct wr_listed listed = { sizeof(struct timer), timer_json };

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_TIMERS);
    struct wr_paging page = { p->limit, p->cursor, p->total, NULL };

    (void)in;
    if (!wr_uuid_is_zero(&p->instance))
        q.instance = &p->instance;
    if (!wr_uuid_is_zero(&p->definition))
        q.definition = &p->definition;

    return wr_list_page(rq, &q, &page, &listed, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_uuid id;
    const void *row;

    (void)in;
    if (wr_request_row(rq, WR_TIMERS, "timer", &id, &row, err) < 0)
        return (int)err->code;

    return timer_json(rq, row, out, err);
}

/* The firing that is armed now: asked for twice, it happens once. */
static int
fire(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_runtime *rt = rq->service->runtime;
    const struct wr_timer_row *t;
    const void *row;
    struct wr_uuid id;
    struct wr_outcome oc;

    (void)in, (void)out;
    if (wr_request_row(rq, WR_TIMERS, "timer", &id, &row, err) < 0)
        return (int)err->code;
    t = row;
    if (wr_uuid_is_zero(&t->instance))
        return wr_runtime_start_due(rt, &t->id, t->tenant, t->due_at, err);
    if (t->due_at == WR_NEVER)
        return wr_fail(err, WR_ESTATE, "the timer stands still");

    return wr_request_call(
        rq,
        &(struct wr_command){ .instance = t->instance,
                              .event = { .type = WR_EV_TIMER,
                                         .target = t->id,
                                         .due = t->due_at } },
        &oc, err);
}

struct set_body {
    int64_t due_at;
};
static const struct wr_field set_fields[] = {
    WR_FIELD(struct set_body, due_at, "dueAt", WR_TIME, WR_REQUIRED,
             "When it fires instead; at once when that is over."),
};
static const struct wr_object set_object = WR_OBJECT_ROWS(
    struct set_body, "SetTimer", set_fields);

/* A start event's timer is a row alone. */
static int
set_start(struct wr_request *rq, const struct wr_timer_row *t, int64_t due,
          struct wr_err *err)
{
    struct wr_timer_row moved = *t;
    struct wr_change c = {
        .op = WR_OP_PUT, .noun = WR_TIMERS, .was = t->due_at, .timer = &moved
    };
    int rc;

    if (due == t->due_at)
        return 0;
    moved.due_at = due;
    rc = wr_runtime_change(rq->service->runtime, &c, 1, err);

    return rc == WR_ECONFLICT
               ? wr_fail(err, WR_ENOTFOUND, "the timer fired already")
               : rc;
}

static int
set(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct set_body *body = in;
    const struct wr_timer_row *t;
    struct wr_outcome oc;
    struct wr_uuid id;
    const void *row;
    int rc;

    if (wr_request_row(rq, WR_TIMERS, "timer", &id, &row, err) < 0)
        return (int)err->code;
    t = row;
    rc = wr_uuid_is_zero(&t->instance)
             ? set_start(rq, t, body->due_at, err)
             : wr_request_call(
                 rq,
                 &(struct wr_command){ .instance = t->instance,
                                       .event = { .type = WR_EV_TIMER_SET,
                                                  .target = t->id,
                                                  .due = body->due_at } },
                 &oc, err);

    return rc < 0 ? rc : get(rq, NULL, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/timers", "listTimers", WR_READERS, &list_query_object,
      NULL, &timer_list, 200, list,
      "List armed timers, those of start events included", 0 },
    { "GET", "/api/v1/timers/{id}", "getTimer", WR_READERS, NULL, NULL,
      &timer_object, 200, get, "Read an armed timer", 0 },
    { "PATCH", "/api/v1/timers/{id}", "setTimer", WR_OPERATOR, NULL,
      &set_object, &timer_object, 200, set,
      "Change when a timer fires; a repetition goes on as planned after that",
      WR_ROUTE_NATURAL },
    { "POST", "/api/v1/timers/{id}/fire", "fireTimer", WR_OPERATOR, NULL, NULL,
      NULL, 204, fire,
      "Fire a timer before its time; a repetition goes on as planned",
      0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_timers = { "timers", routes,
                                                 WR_COUNT(routes) };
