/* variables: read and edit the variables of an instance. */

#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/resource.h"

struct variables_query {
    const char *scope;
    bool typed;
};
static const struct wr_field variables_query_fields[] = {
    WR_FIELD(struct variables_query, scope, "scope", WR_STRING, 0,
             "Id of a scope (see tokens), or \"all\"; the root when absent."),
    WR_FIELD(struct variables_query, typed, "typed", WR_BOOL, 0,
             "Dates, durations and bytes as {\"$type\",\"value\"}."),
};
static const struct wr_object variables_query_object = WR_OBJECT_ROWS(
    struct variables_query, "ReadVariables", variables_query_fields);

static const struct wr_value *
all_scopes(const struct wr_view *v, struct wr_arena *a)
{
    const struct wr_scope_info *scopes;
    int n = wr_instance_scopes(v->instance, a, &scopes);
    struct wr_entry *entries = wr_newn(a, struct wr_entry, (size_t)n);

    for (int i = 0; i < n; i++) {
        entries[i].key = wr_arena_printf(a, "%lld", (long long)scopes[i].key);
        entries[i].value = scopes[i].variables;
    }

    return wr_value_context(a, entries, (size_t)n);
}

static int
read_variables(struct wr_request *rq, const void *in, void *out,
               struct wr_err *err)
{
    const struct variables_query *p = rq->query;
    const struct wr_value **value = out;
    struct wr_uuid id;
    struct wr_view v;
    int64_t key;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0
        || wr_param_scope(p->scope, &key, err) < 0
        || wr_runtime_view(rq->service->runtime, &id, rq->who.tenant, rq->arena,
                           &v, err)
               < 0)
        return (int)err->code;
    rq->json_flags = p->typed ? WR_JSON_TYPED : WR_JSON_PLAIN;
    *value = key < 0 ? all_scopes(&v, rq->arena)
                     : wr_instance_variables(v.instance, key, rq->arena);
    wr_request_etag(rq, v.row->rev);
    wr_definition_unref(v.definition);
    if (!*value)
        return wr_fail(err, WR_ENOTFOUND, "no scope '%s'", p->scope);

    return 0;
}

struct edit_query {
    const char *scope;
};
static const struct wr_field edit_query_fields[] = {
    WR_FIELD(struct edit_query, scope, "scope", WR_STRING, 0,
             "Id of a scope; the root when absent."),
};
static const struct wr_object edit_query_object = WR_OBJECT_ROWS(
    struct edit_query, "EditVariables", edit_query_fields);

static int
edit(struct wr_request *rq, const struct wr_value *set,
     const struct wr_value *remove, void *out, struct wr_err *err)
{
    const struct edit_query *p = rq->query;
    struct wr_command c = { .event = { .type = WR_EV_SET_VARIABLES,
                                       .variables = set,
                                       .remove = remove } };
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0
        || wr_param_scope(p->scope, &c.event.scope_key, err) < 0)
        return (int)err->code;
    if (c.event.scope_key < 0)
        return wr_fail(err, WR_EINVALID, "edit one scope at a time");
    if (wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

static int
merge(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    return edit(rq, in, NULL, out, err);
}

struct value_body {
    const struct wr_value *value;
};
static const struct wr_field value_fields[] = {
    WR_FIELD(struct value_body, value, "value", WR_JSON, WR_REQUIRED,
             "The new value; null is a value."),
};
static const struct wr_object value_object = WR_OBJECT_ROWS(
    struct value_body, "VariableValue", value_fields);

static int
put(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct value_body *body = in;
    struct wr_entry *e = wr_new(rq->arena, struct wr_entry);

    e->key = rq->param[1];
    e->value = body->value;

    return edit(rq, wr_value_context(rq->arena, e, 1), NULL, out, err);
}

static int delete (struct wr_request *rq, const void *in, void *out,
                   struct wr_err *err)
{
    const struct wr_value **names = wr_newn(rq->arena, const struct wr_value *,
                                            1);

    (void)in;
    names[0] = wr_value_string(rq->arena, rq->param[1]);

    return edit(rq, NULL, wr_value_list(rq->arena, names, 1), out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/instances/{id}/variables", "readVariables", WR_READERS,
      &variables_query_object, NULL, NULL, 200, read_variables,
      "Variables by name", WR_ROUTE_VALUE_OUT },
    { "PATCH", "/api/v1/instances/{id}/variables", "mergeVariables",
      WR_OPERATOR, &edit_query_object, NULL, &wr_instance_object, 200, merge,
      "Set several variables", WR_ROUTE_VALUE_IN | WR_ROUTE_IF_MATCH },
    { "PUT", "/api/v1/instances/{id}/variables/{name}", "setVariable",
      WR_OPERATOR, &edit_query_object, &value_object, &wr_instance_object, 200,
      put, "Set one variable", WR_ROUTE_IF_MATCH },
    { "DELETE", "/api/v1/instances/{id}/variables/{name}", "deleteVariable",
      WR_OPERATOR, &edit_query_object, NULL, &wr_instance_object, 200, delete,
      "Remove one variable", WR_ROUTE_IF_MATCH },
};
/* clang-format on */

const struct wr_route_table wr_routes_variables = { "variables", routes,
                                                    WR_COUNT(routes) };
