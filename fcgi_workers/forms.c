/* forms: the forms of tasks and starts, and the deployed ones. */

#include <stdlib.h>
#include <string.h>

#include "fcgi_workers/form_json.h"
#include "fcgi_workers/lookup.h"
#include "fcgi_workers/task_json.h"

/* ---- of a task, of a start ---- */

struct shown {
    const char *kind, *key;
    int64_t version;
    const struct wr_value *schema, *data;
};
static const struct wr_field shown_fields[] = {
    WR_FIELD_ENUM(struct shown, kind, "kind",
                  "form-js|json-schema|external|generated", WR_READONLY,
                  "What `schema` is. External: it is somebody else's, and "
                  "nothing is checked."),
    WR_FIELD(struct shown, key, "key", WR_STRING, WR_READONLY | WR_NULLABLE,
             "Its key; null: it is part of the process."),
    WR_FIELD(struct shown, version, "version", WR_INT,
             WR_READONLY | WR_OPTIONAL,
             "Of the form, or of the process that it is part of."),
    WR_FIELD(struct shown, schema, "schema", WR_JSON, WR_READONLY | WR_OPTIONAL,
             "The document; one of form-js when it was generated."),
    WR_FIELD(struct shown, data, "data", WR_JSON, WR_READONLY | WR_VARIABLES,
             "What it shows at first: variables, else default values, with "
             "the draft over them."),
};
static const struct wr_object shown_object = WR_OBJECT_ROWS(
    struct shown, "Form", shown_fields);

static int
show(struct wr_request *rq, const struct wr_definition *d, int node,
     const struct wr_value *seen, const struct wr_value *draft,
     struct shown *out, struct wr_err *err)
{
    struct wr_form form;

    if (wr_runtime_form(rq->service->runtime, d, node, rq->arena, &form, err)
        < 0)
        return (int)err->code;
    if (form.kind == WR_FORM_NONE)
        return wr_fail(err, WR_ENOTFOUND, "'%s' has no form",
                       d->model->nodes[node].id);
    *out = (struct shown){
        .kind = wr_form_kind_name(form.kind),
        .key = form.key,
        .version = form.version ? form.version : WR_INT_ABSENT,
        .schema = form.schema,
        .data = wr_form_data(rq->arena, &form, seen, draft),
    };

    return 0;
}

static void
unref(void *definition)
{
    wr_definition_unref(definition);
}

/* The open task of the path, and where it stands; -1: that is no node. */
static int
view_task(struct wr_request *rq, struct wr_uuid *id, struct wr_view *v,
          int *node, struct wr_err *err)
{
    const struct wr_task_row *row;

    if (wr_task_find(rq, id, &row, err) < 0
        || wr_runtime_view_wait(rq->service->runtime, &row->instance, id,
                                rq->who.tenant, rq->arena, v, err)
               < 0)
        return (int)err->code;
    wr_arena_defer(rq->arena, unref, (void *)(uintptr_t)v->definition);
    *node = wr_model_node_of(v->definition->model, row->element);
    if (*node < 0)
        return wr_fail(err, WR_ENOTFOUND, "no open task '%s'", rq->param[0]);

    return 0;
}

static int
of_task(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_view v;
    struct wr_uuid id;
    int node;

    (void)in;
    if (view_task(rq, &id, &v, &node, err) < 0)
        return (int)err->code;

    return show(rq, v.definition, node,
                wr_instance_visible(v.instance, &id, rq->arena),
                wr_instance_draft(v.instance, &id, rq->arena), out, err);
}

static int
of_start(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_definition *d;
    int node;

    (void)in;
    if (wr_request_definition(rq, rq->param[0], &d, err) < 0)
        return (int)err->code;
    node = wr_runtime_start_node(d->model, NULL);
    if (node < 0)
        return wr_fail(err, WR_ENOTFOUND, "'%s' has no start event to ask",
                       rq->param[0]);

    return show(rq, d, node, NULL, NULL, out, err);
}

/* ---- what was wrong ---- */

static void
judge(struct wr_request *rq, const struct wr_definition *d, int node,
      const struct wr_value *given, const struct wr_value *seen, int64_t now)
{
    struct wr_form_errors errors;
    struct wr_form form;
    struct wr_err ignored;

    if (wr_runtime_form(rq->service->runtime, d, node, rq->arena, &form,
                        &ignored)
        < 0)
        return;
    if (d->model->nodes[node].kind == WR_START_EVENT) {
        given = wr_form_fill(rq->arena, &form, given);
        seen = wr_form_fill(rq->arena, &form, NULL);
    }
    if (wr_form_check(rq->arena, &form, given, seen, now, &errors, &ignored)
        == 0)
        return;
    for (size_t i = 0;
         i < errors.n && i < WR_COUNT(rq->errors.items) && i < WR_FORM_ERRORS;
         i++)
        rq->errors.items[i] = (struct wr_field_error){
            .pointer = wr_arena_printf(rq->arena, "/variables%s",
                                       errors.items[i].pointer),
            .code = errors.items[i].code,
            .detail = errors.items[i].detail,
        };
    rq->errors.n = errors.n;
}

void
wr_task_misfits(struct wr_request *rq, const struct wr_value *given)
{
    struct wr_err ignored;
    struct wr_view v;
    struct wr_uuid id;
    int node;

    if (view_task(rq, &id, &v, &node, &ignored) == 0)
        judge(rq, v.definition, node, given,
              wr_instance_visible(v.instance, &id, rq->arena),
              wr_clock_now(&rq->service->clock));
}

void
wr_start_misfits(struct wr_request *rq, const char *ref, const char *start_at,
                 const struct wr_value *given)
{
    const struct wr_definition *d;
    struct wr_err ignored;
    int node;

    if (wr_request_definition(rq, ref, &d, &ignored) < 0)
        return;
    node = wr_runtime_start_node(d->model, start_at);
    if (node >= 0 && d->model->nodes[node].form)
        judge(rq, d, node, given, NULL, wr_clock_now(&rq->service->clock));
}

/* ---- deployed ---- */

static const struct wr_field row_fields[] = {
    WR_FIELD(struct wr_form_json, key, "key", WR_STRING, WR_READONLY,
             "Its key; the same for all versions."),
    WR_FIELD(struct wr_form_json, version, "version", WR_INT, WR_READONLY,
             "1 and up; unchanged content keeps its version."),
    WR_FIELD_ENUM(struct wr_form_json, kind, "kind", "form-js|json-schema",
                  WR_READONLY, "What it is."),
    WR_FIELD(struct wr_form_json, resource, "resource", WR_STRING, WR_READONLY,
             "Its file in the deployment."),
    WR_FIELD(struct wr_form_json, deployment, "deploymentId", WR_UUID,
             WR_READONLY, "The deployment it came with."),
    WR_FIELD(struct wr_form_json, deployed_at, "deployedAt", WR_TIME,
             WR_READONLY, "When."),
};
const struct wr_object wr_form_object = WR_OBJECT_ROWS(
    struct wr_form_json, "DeployedForm", row_fields);
WR_LIST_OBJECT(form_list, "DeployedFormList", &wr_form_object);

void
wr_form_json(const struct wr_form_row *row, struct wr_form_json *out)
{
    *out = (struct wr_form_json){
        .key = row->key,
        .kind = row->kind,
        .resource = row->resource,
        .version = row->version,
        .deployed_at = row->deployed_at,
        .deployment = row->deployment,
    };
}

static int
item(struct wr_request *rq, const void *row, void *out, struct wr_err *err)
{
    (void)rq, (void)err;
    wr_form_json(row, out);

    return 0;
}
static const struct wr_listed listed = { sizeof(struct wr_form_json), item };

struct list_query {
    const char *key, *cursor;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, key, "key", WR_STRING, 0,
             "All versions of this key, newest first."),
    WR_FIELD(struct list_query, limit, "limit", WR_INT, 0,
             "Page size, 1 to 1000; 50."),
    WR_FIELD(struct list_query, cursor, "cursor", WR_STRING, 0,
             "`next` of the page before."),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListForms", list_fields);

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_FORMS);

    (void)in;
    q.key = p->key;
    q.descending = p->key != NULL;

    return wr_find_page(rq, &q, p->limit, p->cursor, &listed, out, err);
}

/* "key" is the newest version, "key:3" that one; a key may have colons, too. */
static int
row_of(struct wr_request *rq, const char *ref, const struct wr_form_row **out,
       struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_FORMS);
    const char *colon = strrchr(ref, ':');
    char *end = NULL;
    long version = colon ? strtol(colon + 1, &end, 10) : 0;
    struct wr_rows rows;

    q.key = ref;
    if (end && end != colon + 1 && !*end && version > 0
        && version <= INT32_MAX) {
        q.key = wr_arena_strndup(rq->arena, ref, (size_t)(colon - ref));
        q.version = (int32_t)version;
    }
    q.descending = true;
    q.limit = 1;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no form '%s'", ref);
    *out = &rows.forms[0];

    return 0;
}

static int
file(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_RESOURCES);
    const struct wr_form_row *row = NULL;
    struct wr_rows rows;

    (void)in, (void)out;
    if (row_of(rq, rq->param[0], &row, err) < 0)
        return (int)err->code;
    q.deployment = &row->deployment;
    q.name = row->resource;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no file of form '%s'", row->key);
    rq->raw_type = "application/json";
    wr_str_addn(&rq->raw, rows.resources[0].bytes.p,
                rows.resources[0].bytes.len);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/tasks/{id}/form", "getTaskForm", WR_READERS, NULL, NULL,
      &shown_object, 200, of_task,
      "The form of a task as its binding has it now, with what it shows", 0 },
    { "GET", "/api/v1/definitions/{ref}/start-form", "getStartForm",
      WR_READERS, NULL, NULL, &shown_object, 200, of_start,
      "The form that a start has to fill in", 0 },
    { "GET", "/api/v1/forms", "listForms", WR_READERS, &list_query_object,
      NULL, &form_list, 200, list, "List deployed forms by key and version",
      0 },
    { "GET", "/api/v1/forms/{ref}/file", "readFormFile", WR_READERS, NULL,
      NULL, NULL, 200, file,
      "The file of a form by key (newest) or key:version, byte for byte",
      WR_ROUTE_RAW_OUT },
};
/* clang-format on */

const struct wr_route_table wr_routes_forms = { "forms", routes,
                                                WR_COUNT(routes) };
