/* suspensions: elements of definitions, and job types, that people put on hold
 * (SEMANTICS S28). */

#include <string.h>

#include "fcgi_workers/interventions.h"

struct suspension {
    const char *kind, *name, *state, *by, *reason;
    const void *definition;
    int64_t at;
};
static const struct wr_field suspension_fields[] = {
    WR_FIELD_ENUM(struct suspension, kind, "kind", "element|job-type",
                  WR_READONLY, "What it is."),
    WR_FIELD(struct suspension, name, "name", WR_STRING, WR_READONLY,
             "Id of the element, or the job type."),
    WR_FIELD_OF(struct suspension, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY | WR_OPTIONAL,
                "The version the element is of."),
    WR_FIELD_ENUM(struct suspension, state, "state", "suspended|active",
                  WR_READONLY, "What it is now."),
    WR_FIELD(struct suspension, by, "by", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Who suspended it."),
    WR_FIELD(struct suspension, reason, "reason", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Why."),
    WR_FIELD(struct suspension, at, "at", WR_TIME, WR_READONLY | WR_OPTIONAL,
             "Since when."),
};
static const struct wr_object suspension_object = WR_OBJECT_ROWS(
    struct suspension, "Suspension", suspension_fields);
WR_LIST_OBJECT(suspension_list, "SuspensionList", &suspension_object);

static int
suspension_json(struct wr_request *rq, const struct wr_suspension_row *row,
                struct suspension *out, struct wr_err *err)
{
    *out = (struct suspension){
        .kind = row->kind == WR_SUSPENDED_ELEMENT ? "element" : "job-type",
        .name = row->name,
        .state = "suspended",
        .by = row->actor,
        .reason = row->reason,
        .at = row->at,
    };
    if (row->kind != WR_SUSPENDED_ELEMENT)
        return 0;

    return wr_definition_json_ref(rq, &row->definition, &out->definition, err);
}

/* ---- list ---- */

struct list_query {
    const char *kind, *definition, *cursor;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD_ENUM(struct list_query, kind, "kind", "element|job-type", 0,
                  "Only these."),
    WR_FIELD(struct list_query, definition, "definition", WR_STRING, 0,
             "Elements of this one: id, key or key:version."),
    WR_FIELD(struct list_query, limit, "limit", WR_INT, 0,
             "Page size, 1 to 1000; 50."),
    WR_FIELD(struct list_query, cursor, "cursor", WR_STRING, 0,
             "`next` of the page before."),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListSuspensions", list_fields);

static int
row_of(struct wr_request *rq, const char *ref,
       const struct wr_definition_row **out, struct wr_err *err)
{
    return wr_runtime_definition_row(rq->service->runtime, ref, rq->who.tenant,
                                     rq->arena, out, err);
}

static int
page_out(struct wr_request *rq, const struct wr_rows *rows, struct wr_list *out,
         struct wr_err *err)
{
    struct suspension *items = wr_newn(rq->arena, struct suspension, rows->n);
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++) {
        const struct wr_suspension_row *row = &rows->suspensions[i];

        if (row->kind == WR_SUSPENDED_EPOCH) /* the store's own */
            continue;
        if (suspension_json(rq, row, &items[n++], err) < 0)
            return (int)err->code;
    }
    out->items = (struct wr_objects){ .items = items, .n = n };
    out->next = rows->next;

    return 0;
}

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_SUSPENSIONS);
    const struct wr_definition_row *d;
    struct wr_rows rows;

    (void)in;
    if (p->kind)
        q.state = strcmp(p->kind, "element") == 0 ? WR_SUSPENDED_ELEMENT
                                                  : WR_SUSPENDED_JOB_TYPE;
    if (p->definition) {
        if (row_of(rq, p->definition, &d, err) < 0)
            return (int)err->code;
        q.definition = &d->id;
    }
    if (wr_query_page(&q, p->limit, p->cursor, err) < 0
        || wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err) < 0)
        return (int)err->code;

    return page_out(rq, &rows, out, err);
}

/* ---- suspend and resume ---- */

static int
answer(struct wr_request *rq, const struct wr_definition_row *d,
       const char *name, void *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_SUSPENSIONS);
    struct suspension *s = out;
    struct wr_rows rows;

    q.state = d ? WR_SUSPENDED_ELEMENT : WR_SUSPENDED_JOB_TYPE;
    q.definition = d ? &d->id : NULL;
    q.name = name;
    if (wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err) < 0)
        return (int)err->code;
    if (rows.n)
        return suspension_json(rq, &rows.suspensions[0], s, err);
    *s = (struct suspension){ .kind = d ? "element" : "job-type",
                              .name = name,
                              .state = "active" };

    return d ? wr_definition_json_ref(rq, &d->id, &s->definition, err) : 0;
}

/* Suspending what is suspended changes nothing, and the same the other way. */
static int
hold(struct wr_request *rq, const struct wr_definition_row *d, bool on,
     struct wr_standstill *s, void *out, struct wr_err *err)
{
    s->actor = rq->who.user;
    if (wr_runtime_hold(rq->service->runtime, d, rq->who.tenant, on, s, err) < 0
        && err->code != WR_ESTATE)
        return (int)err->code;

    return answer(rq, d, d ? s->element : s->type, out, err);
}

static int
hold_element(struct wr_request *rq, bool on, struct wr_standstill *s, void *out,
             struct wr_err *err)
{
    const struct wr_definition *d;
    const struct wr_definition_row *row;
    char id[WR_UUID_TEXT];
    int node;

    if (row_of(rq, rq->param[0], &row, err) < 0)
        return (int)err->code;
    wr_uuid_text(&row->id, id);
    if (wr_runtime_definition(rq->service->runtime, id, rq->who.tenant, &d, err)
        < 0)
        return (int)err->code;
    node = wr_model_node(d->model, rq->param[1]);
    wr_definition_unref(d);
    if (node < 0)
        return wr_fail(err, WR_ENOTFOUND, "'%.100s:%d' has no element '%.100s'",
                       row->key, (int)row->version, rq->param[1]);
    s->element = rq->param[1];

    return hold(rq, row, on, s, out, err);
}

static int
suspend_element(struct wr_request *rq, const void *in, void *out,
                struct wr_err *err)
{
    const struct wr_suspend_body *body = in;
    struct wr_standstill s = { .reason = body->reason };

    return hold_element(rq, true, &s, out, err);
}

static int
resume_element(struct wr_request *rq, const void *in, void *out,
               struct wr_err *err)
{
    const struct wr_resume_body *body = in;
    struct wr_standstill s = { .catch_up = wr_catches_up(body->timers) };

    return hold_element(rq, false, &s, out, err);
}

static int
suspend_type(struct wr_request *rq, const void *in, void *out,
             struct wr_err *err)
{
    const struct wr_suspend_body *body = in;
    struct wr_standstill s = { .type = rq->param[0], .reason = body->reason };

    return hold(rq, NULL, true, &s, out, err);
}

static int
resume_type(struct wr_request *rq, const void *in, void *out,
            struct wr_err *err)
{
    struct wr_standstill s = { .type = rq->param[0] };

    (void)in;

    return hold(rq, NULL, false, &s, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/suspensions", "listSuspensions", WR_READERS,
      &list_query_object, NULL, &suspension_list, 200, list,
      "List suspended elements and job types, oldest first", 0 },
    { "POST", "/api/v1/definitions/{ref}/elements/{element}/suspend",
      "suspendElement", WR_OPERATOR, NULL, &wr_suspend_object,
      &suspension_object, 200, suspend_element,
      "Suspend an element of a version: tokens park in front of it or in it, "
      "what comes for them is kept in order, people's and workers' requests "
      "answer 409", WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/definitions/{ref}/elements/{element}/resume",
      "resumeElement", WR_OPERATOR, NULL, &wr_resume_object,
      &suspension_object, 200, resume_element,
      "Resume an element: what parked goes on in the order it came",
      WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/job-types/{type}/suspend", "suspendJobType",
      WR_OPERATOR, NULL, &wr_suspend_object, &suspension_object, 200,
      suspend_type, "Hand out no more jobs of a type; who holds one may finish "
      "it", WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/job-types/{type}/resume", "resumeJobType",
      WR_OPERATOR, NULL, NULL, &suspension_object, 200, resume_type,
      "Hand out jobs of a type again", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_suspensions = { "suspensions", routes,
                                                      WR_COUNT(routes) };
