/* incidents: recorded, visible, retryable stops (SEMANTICS S27). */

#include <string.h>

#include "engine/exec/incident.h"
#include "fcgi_workers/search.h"

struct incident {
    struct wr_uuid id, instance, job;
    const void *definition;
    const char *type, *element, *message, *cause, *next_action, *state;
    int64_t created_at;
};
static const struct wr_field incident_fields[] = {
    WR_FIELD(struct incident, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct incident, type, "type", WR_STRING, WR_READONLY,
             "What kind of stop: a row of incidents.def."),
    WR_FIELD(struct incident, instance, "instance", WR_UUID, WR_READONLY,
             "Its instance."),
    WR_FIELD_OF(struct incident, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY,
                "The version its instance runs on."),
    WR_FIELD(struct incident, element, "element", WR_STRING, WR_READONLY,
             "Where."),
    WR_FIELD(struct incident, job, "job", WR_UUID, WR_READONLY | WR_OPTIONAL,
             "The job that failed, if one did."),
    WR_FIELD(struct incident, message, "message", WR_STRING, WR_READONLY,
             "What happened."),
    WR_FIELD(struct incident, cause, "cause", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Why this kind of stop happens."),
    WR_FIELD(struct incident, next_action, "nextAction", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "What to do about it."),
    WR_FIELD(struct incident, created_at, "createdAt", WR_TIME, WR_READONLY,
             "When."),
    WR_FIELD_ENUM(struct incident, state, "state", "open|resolved", WR_READONLY,
                  "State."),
};
static const struct wr_object incident_object = WR_OBJECT_ROWS(
    struct incident, "Incident", incident_fields);
WR_COUNTED_LIST_OBJECT(incident_list, "IncidentList", &incident_object);

struct list_query {
    const char *type, *cursor, *total;
    struct wr_uuid instance;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, instance, "instance", WR_UUID, 0,
             "Of this instance."),
    WR_FIELD(struct list_query, type, "type", WR_STRING, 0, "Of this type."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListIncidents", list_fields);

static int
incident_json(struct wr_request *rq, const void *found, void *item,
              struct wr_err *err)
{
    const struct wr_incident_row *row = found;
    struct incident *out = item;
    const struct wr_incident_kind *k = wr_incident_kind(row->type);
    struct wr_element_ref el;

    *out = (struct incident){
        .id = row->id,
        .instance = row->instance,
        .type = row->type,
        .message = row->message ? row->message : "",
        .cause = k ? k->cause : "",
        .next_action = k ? k->action : "",
        .state = "open",
        .created_at = row->created_at,
    };
    if (strcmp(row->type, "timer") != 0)
        out->job = row->job;
    if (wr_element_ref(rq, &row->definition, row->element, &el, err) < 0
        || wr_definition_json_ref(rq, &row->definition, &out->definition, err)
               < 0)
        return (int)err->code;
    out->element = el.id;

    return 0;
}

static const struct wr_listed listed = { sizeof(struct incident),
                                         incident_json };

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_INCIDENTS);
    struct wr_paging page = { p->limit, p->cursor, p->total, NULL };

    (void)in;
    q.type = p->type;
    q.descending = true;
    if (!wr_uuid_is_zero(&p->instance))
        q.instance = &p->instance;

    return wr_list_page(rq, &q, &page, &listed, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_uuid id;
    const void *row;

    (void)in;
    if (wr_request_row(rq, WR_INCIDENTS, "incident", &id, &row, err) < 0)
        return (int)err->code;

    return incident_json(rq, row, out, err);
}

struct resolve_body {
    int64_t retries;
    const struct wr_value *variables;
    bool skip;
};
static const struct wr_field resolve_fields[] = {
    WR_FIELD(struct resolve_body, retries, "retries", WR_INT, 0,
             "Tries for a failed job; 1 when absent."),
    WR_FIELD(struct resolve_body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Set these first; the element's output with skip."),
    WR_FIELD(struct resolve_body, skip, "skip", WR_BOOL, 0,
             "Leave the element instead of trying it again."),
};
static const struct wr_object resolve_object = WR_OBJECT_ROWS(
    struct resolve_body, "ResolveIncident", resolve_fields);

static int
resolve(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct resolve_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_INCIDENT_RESOLVE,
                                       .retries = 1,
                                       .variables = body->variables,
                                       .skip = body->skip } };
    struct wr_outcome oc;

    if (body->retries != WR_INT_ABSENT) {
        if (body->retries < 1 || body->retries > 10000)
            return wr_fail(err, WR_EINVALID, "retries must be 1 to 10000");
        c.event.retries = (int32_t)body->retries;
    }
    if (wr_param_id(rq, 0, "incident", &c.event.target, err) < 0
        || wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

static int
search(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    return wr_search_page(rq, WR_INCIDENTS, &listed, in, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/incidents", "listIncidents", WR_READERS,
      &list_query_object, NULL, &incident_list, 200, list,
      "List open incidents, newest first", 0 },
    { "GET", "/api/v1/incidents/{id}", "getIncident", WR_READERS, NULL, NULL,
      &incident_object, 200, get, "Read an open incident", 0 },
    { "POST", "/api/v1/incidents/{id}/resolve", "resolveIncident", WR_OPERATOR,
      NULL, &resolve_object, &wr_instance_object, 200, resolve,
      "Try again, or skip; answers the instance after run-to-stability",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/incidents/search", "searchIncidents", WR_READERS, NULL,
      &wr_search_object, &incident_list, 200, search,
      "Search open incidents by conditions", WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_incidents = { "incidents", routes,
                                                    WR_COUNT(routes) };
