/* instances: start, list, look at and cancel process instances. */

#include <string.h>

#include "fcgi_workers/bulk.h"
#include "fcgi_workers/definition_json.h"
#include "fcgi_workers/form_json.h"
#include "fcgi_workers/fresh.h"
#include "fcgi_workers/lookup.h"
#include "fcgi_workers/search.h"
#include "fcgi_workers/tags.h"

struct start_body {
    const char *definition, *business_key, *start_at;
    const struct wr_value *variables;
    struct wr_strings tags;
};
static const struct wr_field start_fields[] = {
    WR_FIELD(struct start_body, definition, "definition", WR_STRING,
             WR_REQUIRED, "Definition: id, key (latest) or key:version."),
    WR_FIELD(struct start_body, business_key, "businessKey", WR_STRING, 0,
             "Your own reference."),
    WR_FIELD(struct start_body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Variables by name."),
    WR_FIELD(struct start_body, start_at, "startAt", WR_STRING, 0,
             "Id of the start event, when there are several."),
    WR_FIELD(struct start_body, tags, "tags", WR_STRINGS, 0,
             "Words to find it by: up to 20, each once, of 1 to 64 "
             "characters, none a control character."),
};
static const struct wr_object start_object = WR_OBJECT_ROWS(
    struct start_body, "StartInstance", start_fields);

struct list_query {
    const char *definition, *state, *business_key, *tag, *cursor, *total;
    int64_t started_after, started_before, limit;
    struct wr_uuid parent;
    bool with_incidents;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, definition, "definition", WR_STRING, 0,
             "Definition: id, key (all versions) or key:version."),
    WR_FIELD_ENUM(struct list_query, state, "state",
                  "active|suspended|completed|failed|canceled", 0,
                  "Only in this state."),
    WR_FIELD(struct list_query, business_key, "businessKey", WR_STRING, 0,
             "Exactly this business key."),
    WR_FIELD(struct list_query, tag, "tag", WR_STRING, 0,
             "Only with this tag."),
    WR_FIELD(struct list_query, started_after, "startedAfter", WR_TIME, 0,
             "Started at or after."),
    WR_FIELD(struct list_query, started_before, "startedBefore", WR_TIME, 0,
             "Started before."),
    WR_FIELD(struct list_query, with_incidents, "withIncidents", WR_BOOL, 0,
             "Only with open incidents."),
    WR_FIELD(struct list_query, parent, "parent", WR_UUID, 0,
             "Only what this instance called."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListInstances", list_fields);

WR_FRESH_LIST_OBJECT(instance_list, "InstanceList", &wr_instance_object);

static void
start_command(const struct start_body *body, struct wr_command *c)
{
    *c = (struct wr_command){
        .definition = body->definition,
        .if_rev = -1,
        .event = {
            .type = WR_EV_START,
            .variables = body->variables,
            .business_key = body->business_key,
            .tags = body->tags.items,
            .n_tags = (int)body->tags.n,
            .start_at = body->start_at,
        },
    };
}

static int
start(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_outcome oc;
    struct wr_command c;

    start_command(in, &c);
    if (wr_tags_check(rq, "", c.event.tags, (size_t)c.event.n_tags, err) < 0)
        return (int)err->code;
    rq->if_match = -1;
    if (wr_request_call(rq, &c, &oc, err) < 0) {
        if (err->code == WR_EVALUE)
            wr_start_misfits(rq, c.definition, c.event.start_at,
                             c.event.variables);
        if (err->code == WR_EVALUE && rq->errors.n == 0)
            wr_definition_misfits(rq, c.definition, c.event.variables);
        return (int)err->code;
    }

    return wr_instance_json(rq, &oc.instance, out, err);
}

struct bulk_body {
    struct wr_objects items;
};
static const struct wr_field bulk_fields[] = {
    WR_FIELD_OF(struct bulk_body, items, "items", WR_OBJECTS, &start_object,
                WR_REQUIRED, "1 to 1000 starts."),
};
static const struct wr_object bulk_object = WR_OBJECT_ROWS(
    struct bulk_body, "BulkStart", bulk_fields);
static void
bulk_command(const void *items, size_t i, struct wr_command *out)
{
    start_command((const struct start_body *)items + i, out);
}

static int
start_bulk(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct bulk_body *body = in;
    const struct start_body *items = body->items.items;

    for (size_t i = 0; i < body->items.n; i++) {
        const struct wr_strings *tags = &items[i].tags;
        const char *at = wr_arena_printf(rq->arena, "/items/%zu", i);

        if (wr_tags_check(rq, at, tags->items, tags->n, err) < 0)
            return (int)err->code;
    }

    return wr_bulk(rq, &body->items, bulk_command, 201, out, err);
}

/* A reference that names one version becomes its id, a bare key stays one. */
static int
by_definition(struct wr_request *rq, const char *ref, struct wr_query *q,
              struct wr_err *err)
{
    const struct wr_definition *d;
    struct wr_err none = { 0 };
    struct wr_uuid *id = wr_new(rq->arena, struct wr_uuid);

    q->definition = id;
    if (wr_uuid_parse(ref, strlen(ref), id, &none) == 0)
        return 0;
    if (!strchr(ref, ':')) {
        q->definition = NULL;
        q->key = ref;
        return 0;
    }
    if (wr_runtime_definition(rq->service->runtime, ref, rq->who.tenant, &d,
                              err)
        < 0)
        return (int)err->code;
    *id = d->row.id;
    wr_definition_unref(d);

    return 0;
}

static int
item_json(struct wr_request *rq, const void *row, void *out, struct wr_err *err)
{
    return wr_instance_json(rq, row, out, err);
}

static const struct wr_listed listed = { sizeof(struct wr_instance_json),
                                         item_json };

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_INSTANCES);
    struct wr_paging page = { p->limit, p->cursor, p->total, NULL };

    (void)in;
    q.descending = true;
    q.business_key = p->business_key;
    /* the store looks behind the instant, the API says "at or after" */
    q.started_after = p->started_after ? p->started_after - 1 : 0;
    q.started_before = p->started_before;
    q.with_incidents = p->with_incidents;
    q.parent = wr_uuid_is_zero(&p->parent) ? NULL : &p->parent;
    if (p->state)
        q.state = wr_instance_state_parse(p->state);
    if (p->definition && by_definition(rq, p->definition, &q, err) < 0)
        return (int)err->code;
    if (p->tag)
        page.also = wr_tags_has(rq->arena, p->tag);

    return wr_list_page(rq, &q, &page, &listed, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_uuid id;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0)
        return (int)err->code;

    return wr_instance_out(rq, &id, out, err);
}

struct cancel_body {
    const char *reason;
};
static const struct wr_field cancel_fields[] = {
    WR_FIELD(struct cancel_body, reason, "reason", WR_STRING, 0,
             "Why, for the history."),
};
static const struct wr_object cancel_object = WR_OBJECT_ROWS(
    struct cancel_body, "CancelInstance", cancel_fields);

static int
cancel(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct cancel_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_CANCEL,
                                       .text = body->reason } };
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0
        || wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

/* ---- what had ended ---- */

struct compensate_body {
    const char *activity, *reason;
    bool parallel;
};
static const struct wr_field compensate_fields[] = {
    WR_FIELD(struct compensate_body, activity, "activity", WR_STRING, 0,
             "Id of an activity on the process's own level, whose completions "
             "alone are compensated; all of them without it."),
    WR_FIELD(struct compensate_body, parallel, "parallel", WR_BOOL, 0,
             "What no flow puts in order is undone at once."),
    WR_FIELD(struct compensate_body, reason, "reason", WR_STRING, 0,
             "Why, for the history."),
};
static const struct wr_object compensate_object = WR_OBJECT_ROWS(
    struct compensate_body, "CompensateInstance", compensate_fields);

static int
compensate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct compensate_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_COMPENSATE,
                                       .start_at = body->activity,
                                       .parallel = body->parallel,
                                       .text = body->reason } };
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0
        || wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

/* ---- ad-hoc sub-processes ---- */

struct activate_body {
    struct wr_strings elements;
    const char *ad_hoc;
    const char *scope;
    const struct wr_value *variables;
    bool complete;
};
static const struct wr_field activate_fields[] = {
    WR_FIELD(struct activate_body, elements, "elements", WR_STRINGS, 0,
             "Ids of elements to start, of one ad-hoc sub-process."),
    WR_FIELD(struct activate_body, ad_hoc, "adHoc", WR_STRING, 0,
             "Id of the ad-hoc sub-process; needed to complete it alone."),
    WR_FIELD(struct activate_body, scope, "scope", WR_STRING, 0,
             "Id of its token, when it is active several times."),
    WR_FIELD(struct activate_body, variables, "variables", WR_JSON,
             WR_VARIABLES, "Variables of each element started."),
    WR_FIELD(struct activate_body, complete, "complete", WR_BOOL, 0,
             "Nothing more is started after these: it ends when nothing runs "
             "in it."),
};
static const struct wr_object activate_object = WR_OBJECT_ROWS(
    struct activate_body, "ActivateElements", activate_fields);

static const struct wr_value *
texts(struct wr_arena *a, const struct wr_strings *list)
{
    const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                            list->n);

    for (size_t i = 0; i < list->n; i++)
        items[i] = wr_value_string(a, list->items[i]);

    return wr_value_list(a, items, list->n);
}

static int
activate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct activate_body *body = in;
    struct wr_command c = {
        .event = { .type = WR_EV_ACTIVATE,
                   .elements = texts(rq->arena, &body->elements),
                   .text = body->ad_hoc,
                   .variables = body->variables,
                   .close = body->complete },
    };
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0
        || wr_param_scope(body->scope, &c.event.scope_key, err) < 0
        || wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

/* ---- tokens ---- */

struct waiting {
    const char *type, *detail;
    struct wr_uuid id, incident;
};
static const struct wr_field waiting_fields[] = {
    WR_FIELD_ENUM(struct waiting, type, "type",
                  "task|job|timer|message|signal|events|condition|join|async|"
                  "child|children|incident|compensation|activation|suspension",
                  WR_READONLY, "What it waits for."),
    WR_FIELD(struct waiting, id, "id", WR_UUID, WR_READONLY | WR_OPTIONAL,
             "Id of that task, job, timer or subscription, or of the "
             "instance it called."),
    WR_FIELD(struct waiting, incident, "incident", WR_UUID,
             WR_READONLY | WR_OPTIONAL, "Id of the incident that stopped it."),
    WR_FIELD(struct waiting, detail, "detail", WR_STRING,
             WR_READONLY | WR_OPTIONAL,
             "Job type, name of message or signal, due instant, called "
             "process or condition; of several events, a line of all."),
};
static const struct wr_object waiting_object = WR_OBJECT_ROWS(
    struct waiting, "WaitingFor", waiting_fields);

struct token {
    const char *id, *element, *name, *lane, *type, *flow, *state, *scope;
    int64_t since;
    const void *waiting_for;
};
static const struct wr_field token_fields[] = {
    WR_FIELD(struct token, id, "id", WR_STRING, WR_READONLY,
             "Stable within the instance."),
    WR_FIELDS_ELEMENT(struct token, "Id of the element where it stands."),
    WR_FIELD(struct token, lane, "lane", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "The lane it is drawn in."),
    WR_FIELD(struct token, type, "type", WR_STRING, WR_READONLY,
             "BPMN element type, \"userTask\"."),
    WR_FIELD(struct token, flow, "flow", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "The sequence flow it came by, while it is queued at a join."),
    WR_FIELD_ENUM(struct token, state, "state",
                  "active|waiting|queued|incident|suspended|compensating",
                  WR_READONLY, "State of the token."),
    WR_FIELD(struct token, scope, "scope", WR_STRING, WR_READONLY,
             "Scope it stands in; \"0\" is the process."),
    WR_FIELD(struct token, since, "since", WR_TIME, WR_READONLY,
             "When it got there."),
    WR_FIELD_OF(struct token, waiting_for, "waitingFor", WR_OBJECT,
                &waiting_object, WR_READONLY | WR_OPTIONAL,
                "What it waits for."),
};
const struct wr_object wr_token_object = WR_OBJECT_ROWS(struct token, "Token",
                                                        token_fields);
WR_LIST_OBJECT(token_list, "TokenList", &wr_token_object);

static void
token_out(struct wr_arena *a, const struct wr_model *m,
          const struct wr_token_info *t, struct token *out)
{
    const struct wr_node *n = &m->nodes[t->node];
    struct waiting *w = wr_new(a, struct waiting);

    *w = (struct waiting){
        .type = t->waiting_for,
        .detail = t->detail,
        .id = t->id,
        .incident = t->incident,
    };
    *out = (struct token){
        .id = wr_arena_printf(a, "%lld", (long long)t->key),
        .element = n->id,
        .name = n->name,
        .lane = n->lane,
        .type = wr_kind_xml(n->kind),
        .flow = t->flow < 0 ? NULL : m->flows[t->flow].id,
        .state = wr_token_state_name(t->state),
        .scope = wr_arena_printf(a, "%lld", (long long)t->scope_key),
        .since = t->since,
        .waiting_for = t->waiting_for ? w : NULL,
    };
}

struct wr_objects
wr_tokens_json(struct wr_request *rq, const struct wr_view *view)
{
    const struct wr_model *m = view->definition->model;
    const struct wr_token_info *infos;
    int n = wr_instance_tokens(view->instance, m, rq->arena, &infos);
    struct token *items = wr_newn(rq->arena, struct token, (size_t)n);

    for (int i = 0; i < n; i++)
        token_out(rq->arena, m, &infos[i], &items[i]);

    return (struct wr_objects){ .items = items, .n = (size_t)n };
}

static int
tokens(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_list *page = out;
    struct wr_view view;
    struct wr_uuid id;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0
        || wr_runtime_view(rq->service->runtime, &id, rq->who.tenant, rq->arena,
                           &view, err)
               < 0)
        return (int)err->code;
    page->items = wr_tokens_json(rq, &view);
    wr_request_etag(rq, view.row->rev);
    wr_definition_unref(view.definition);

    return 0;
}

static int
search(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    return wr_search_page(rq, WR_INSTANCES, &listed, in, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances", "startInstance",
      WR_PARTICIPANT | WR_OPERATOR | WR_DESIGNER, NULL, &start_object,
      &wr_instance_object, 201, start, "Start a process instance",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_WAIT },
    { "POST", "/api/v1/instances/bulk", "startInstances",
      WR_PARTICIPANT | WR_OPERATOR | WR_DESIGNER, NULL, &bulk_object,
      &wr_bulk_object, 200, start_bulk,
      "Start many; each item has its own result. Repeated with its "
      "Idempotency-Key, only items that did not start are tried again",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_ITEMS },
    { "GET", "/api/v1/instances", "listInstances", WR_READERS,
      &list_query_object, NULL, &instance_list, 200, list,
      "List instances, newest first", 0 },
    { "GET", "/api/v1/instances/{id}", "getInstance", WR_READERS, NULL, NULL,
      &wr_instance_object, 200, get, "Read an instance", 0 },
    { "DELETE", "/api/v1/instances/{id}", "deleteInstance", WR_OPERATOR, NULL,
      NULL, NULL, 204, wr_instance_remove,
      "Delete an ended instance and what it called, with variables, history and "
      "whatever was folded from that; one that runs is 409: cancel it first",
      WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/instances/{id}/cancel", "cancelInstance", WR_OPERATOR,
      NULL, &cancel_object, &wr_instance_object, 200, cancel,
      "Cancel an instance", WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/instances/{id}/compensate", "compensateInstance",
      WR_OPERATOR, NULL, &compensate_object, &wr_instance_object, 200,
      compensate,
      "Compensate an ended instance, as long as its process keeps what can be",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/instances/{id}/activate", "activateElements",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &activate_object,
      &wr_instance_object, 200, activate,
      "Start elements of an ad-hoc sub-process, or complete it",
      WR_ROUTE_IDEMPOTENT },
    { "GET", "/api/v1/instances/{id}/tokens", "listTokens", WR_READERS, NULL,
      NULL, &token_list, 200, tokens, "Live tokens of an instance", 0 },
    { "POST", "/api/v1/instances/search", "searchInstances", WR_READERS, NULL,
      &wr_search_object, &instance_list, 200, search,
      "Search instances by conditions", WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY
      | WR_ROUTE_FOLDED },
};
/* clang-format on */

const struct wr_route_table wr_routes_instances = { "instances", routes,
                                                    WR_COUNT(routes) };
