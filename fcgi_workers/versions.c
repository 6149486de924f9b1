/* versions: the life of a definition's versions: compared, deployed again,
 * suspended, resumed and deleted. */

#include <string.h>

#include "engine/dmn/dmn.h"
#include "engine/model/diff.h"
#include "fcgi_workers/definition_json.h"
#include "fcgi_workers/interventions.h"
#include "fcgi_workers/lookup.h"

enum {
    CANCEL_MAX = 1000 /* instances that go with a definition in one request */
};

WR_COUNTED_LIST_OBJECT(version_list, "VersionList", &wr_definition_object);

static int
row_of(struct wr_request *rq, const char *ref,
       const struct wr_definition_row **out, struct wr_err *err)
{
    return wr_runtime_definition_row(rq->service->runtime, ref, rq->who.tenant,
                                     rq->arena, out, err);
}

/* The version that a command is for, as If-Match wants it. */
int
wr_definition_own_row(struct wr_request *rq,
                      const struct wr_definition_row **out, struct wr_err *err)
{
    int64_t rev;

    if (row_of(rq, rq->param[0], out, err) < 0)
        return (int)err->code;
    rev = wr_definition_rev(*out);
    if (rq->if_match >= 0 && rq->if_match != rev)
        return wr_fail(err, WR_EPRECONDITION,
                       "definition '%s' is at revision %lld, not %lld",
                       rq->param[0], (long long)rev, (long long)rq->if_match);

    return 0;
}

int
wr_definition_answer(struct wr_request *rq, const struct wr_uuid *id, void *out,
                     struct wr_err *err)
{
    const struct wr_definition_row *row;
    struct wr_definition_json *d = out;
    char text[WR_UUID_TEXT];

    wr_uuid_text(id, text);
    if (row_of(rq, text, &row, err) < 0)
        return (int)err->code;
    wr_request_etag(rq, wr_definition_rev(row));
    *d = wr_definition_json(rq->arena, row);
    if (wr_definition_variables(rq, id, &d->variables, err) < 0)
        return (int)err->code;

    return wr_definition_counts(rq, id, d, 1, err);
}

/* ---- list ---- */

struct versions_query {
    const char *cursor, *total;
    int64_t limit;
};
static const struct wr_field versions_fields[] = {
    WR_FIELDS_PAGE(struct versions_query),
};
static const struct wr_object versions_query_object = WR_OBJECT_ROWS(
    struct versions_query, "ListVersions", versions_fields);

static int
versions(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct versions_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_DEFINITIONS);
    const struct wr_definition_row *row;
    struct wr_definition_json *items;
    struct wr_list *page = out;
    struct wr_rows rows;
    size_t n = 0;

    (void)in;
    if (row_of(rq, rq->param[0], &row, err) < 0)
        return (int)err->code;
    q.key = row->key;
    q.descending = true;
    if (wr_query_page(&q, p->limit, p->cursor, err) < 0
        || wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    items = wr_newn(rq->arena, struct wr_definition_json, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        if (rows.definitions[i].state != WR_DEF_DELETED)
            items[n++] = wr_definition_json(rq->arena, &rows.definitions[i]);
    if (wr_definition_counts(rq, NULL, items, n, err) < 0)
        return (int)err->code;
    page->items = (struct wr_objects){ .items = items, .n = n };
    page->next = rows.next;
    page->total = WR_INT_ABSENT;

    return p->total ? wr_definition_count(rq, &q, &page->total, err) : 0;
}

/* ---- compare ---- */

struct difference {
    const char *id, *name, *type;
    struct wr_strings changes;
};
static const struct wr_field difference_fields[] = {
    WR_FIELD(struct difference, id, "element", WR_STRING, WR_READONLY,
             "Id of the element."),
    WR_FIELD(struct difference, name, "name", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Its name."),
    WR_FIELD(struct difference, type, "type", WR_STRING, WR_READONLY,
             "BPMN element type, \"userTask\"."),
    WR_FIELD(struct difference, changes, "changes", WR_STRINGS, WR_READONLY,
             "Attributes and child elements that are different; none of an "
             "element that was added or removed."),
};
static const struct wr_object difference_object = WR_OBJECT_ROWS(
    struct difference, "ElementDifference", difference_fields);

struct comparison {
    const void *from, *to;
    struct wr_objects added, removed, changed;
    bool same;
    int64_t running;
};
static const struct wr_field comparison_fields[] = {
    WR_FIELD_OF(struct comparison, from, "from", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY, "The one version."),
    WR_FIELD_OF(struct comparison, to, "to", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY, "The other one."),
    WR_FIELD(struct comparison, same, "same", WR_BOOL, WR_READONLY,
             "There is no difference; drawings do not count."),
    WR_FIELD_OF(struct comparison, added, "added", WR_OBJECTS,
                &difference_object, WR_READONLY, "Only in `to`."),
    WR_FIELD_OF(struct comparison, removed, "removed", WR_OBJECTS,
                &difference_object, WR_READONLY, "Only in `from`."),
    WR_FIELD_OF(struct comparison, changed, "changed", WR_OBJECTS,
                &difference_object, WR_READONLY, "In both, but different."),
    WR_FIELD(struct comparison, running, "runningInstances", WR_INT,
             WR_READONLY,
             "Instances that run on `from`: those whom a migration to `to` "
             "would affect."),
};
static const struct wr_object comparison_object = WR_OBJECT_ROWS(
    struct comparison, "DefinitionDiff", comparison_fields);

struct diff_query {
    const char *to;
};
static const struct wr_field diff_fields[] = {
    WR_FIELD(struct diff_query, to, "to", WR_STRING, WR_REQUIRED,
             "The version to compare with: id, key (latest) or key:version."),
};
static const struct wr_object diff_query_object = WR_OBJECT_ROWS(
    struct diff_query, "DiffDefinitions", diff_fields);

static struct wr_objects
differences(struct wr_arena *a, const struct wr_diff_list *list)
{
    struct difference *items = wr_newn(a, struct difference, list->n);

    for (size_t i = 0; i < list->n; i++) {
        items[i] = (struct difference){
            .id = list->items[i].id,
            .name = list->items[i].name,
            .type = list->items[i].type,
            .changes = { list->items[i].changes, list->items[i].n_changes },
        };
    }

    return (struct wr_objects){ .items = items, .n = list->n };
}

static int
side_of(struct wr_request *rq, const char *ref, struct wr_diff_side *side,
        struct wr_definition_json *d, const void **name, struct wr_err *err)
{
    struct wr_definition_ref *r = wr_new(rq->arena, struct wr_definition_ref);
    const struct wr_definition_row *row;
    struct wr_blob file;

    if (row_of(rq, ref, &row, err) < 0
        || wr_request_file(rq, &row->deployment, row->resource, &file, err) < 0)
        return (int)err->code;
    *d = wr_definition_json(rq->arena, row);
    *r = (struct wr_definition_ref){ row->id, row->key, row->version };
    *name = r;
    *side = (struct wr_diff_side){ file.p, file.len, row->key };

    return 0;
}

static int
diff(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct diff_query *p = rq->query;
    struct wr_definition_json from, to;
    struct wr_diff_side old, new;
    struct comparison *c = out;
    struct wr_diff d;

    (void)in;
    *c = (struct comparison){ 0 };
    if (!p->to)
        return wr_fail(err, WR_EINVALID, "'to' says what to compare with");
    if (side_of(rq, rq->param[0], &old, &from, &c->from, err) < 0
        || side_of(rq, p->to, &new, &to, &c->to, err) < 0
        || wr_diff(rq->arena, &old, &new, &d, err) < 0
        || wr_definition_counts(rq, &from.id, &from, 1, err) < 0)
        return (int)err->code;
    c->added = differences(rq->arena, &d.added);
    c->removed = differences(rq->arena, &d.removed);
    c->changed = differences(rq->arena, &d.changed);
    c->same = d.added.n + d.removed.n + d.changed.n == 0;
    c->running = ((const struct wr_definition_counts *)from.instances)->active;

    return 0;
}

/* ---- restore ---- */

/* Does it make decisions that were deployed with it? */
static int
decides_with(struct wr_request *rq, const struct wr_definition_row *row,
             bool *out, struct wr_err *err)
{
    const struct wr_definition *d;
    char id[WR_UUID_TEXT];

    *out = false;
    wr_uuid_text(&row->id, id);
    if (wr_request_definition(rq, id, &d, err) < 0)
        return (int)err->code;
    for (int i = 0; i < d->model->n_nodes; i++) {
        const struct wr_decision_def *def = d->model->nodes[i].decision;

        *out = *out || (def && def->binding == WR_BIND_DEPLOYMENT);
    }

    return 0;
}

static bool
is_dmn(const struct wr_resource_row *r)
{
    const struct wr_xml_limits limits = { .max_bytes = r->bytes.len,
                                          .max_depth = 1 };

    return wr_dmn_is_file(r->bytes.p, r->bytes.len, &limits);
}

/* Its file, and what was deployed with it that is no process; decisions only
 * when they have to be of the same deployment. */
static int
files_of(struct wr_request *rq, const struct wr_definition_row *row,
         struct wr_file **files, int *n, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_RESOURCES);
    struct wr_rows rows;
    bool decisions;

    q.deployment = &row->deployment;
    if (decides_with(rq, row, &decisions, err) < 0
        || wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    *files = wr_newn(rq->arena, struct wr_file, rows.n);
    *n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_resource_row *r = &rows.resources[i];

        if (strcmp(r->name, row->resource) != 0
            && strcmp(r->name, wr_inputs_file(rq->arena, row->resource)) != 0
            && !wr_form_is_file(r->name) && !wr_script_is_file(r->name)
            && !(decisions && is_dmn(r)))
            continue;
        (*files)[(*n)++] = (struct wr_file){ r->name, r->bytes.p,
                                             r->bytes.len };
    }

    return 0;
}

static int
restore(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_definition_row *row;
    const struct wr_deployed *d;
    struct wr_file *files = NULL;
    int n = 0;

    (void)in;
    if (wr_definition_own_row(rq, &row, err) < 0
        || files_of(rq, row, &files, &n, err) < 0
        || wr_request_restore(rq, row->key, row->version, files, n, &d, err)
               < 0)
        return (int)err->code;
    for (int i = 0; i < d->n_definitions; i++)
        if (strcmp(d->definitions[i].key, row->key) == 0)
            return wr_definition_answer(rq, &d->definitions[i].id, out, err);

    return wr_fail(err, WR_ECORRUPT, "the file of '%s' does not define it",
                   rq->param[0]);
}

/* ---- suspend, resume, delete ---- */

static int
set_state(struct wr_request *rq, enum wr_definition_state state, void *out,
          struct wr_err *err)
{
    const struct wr_definition_row *row;

    if (wr_definition_own_row(rq, &row, err) < 0)
        return (int)err->code;
    if (row->state == WR_DEF_DELETED)
        return wr_fail(err, WR_ESTATE, "definition '%s' is deleted",
                       rq->param[0]);
    if (row->state != state
        && wr_runtime_set_definition_state(rq->service->runtime, row, state,
                                           err)
               < 0)
        return (int)err->code;

    return wr_definition_answer(rq, &row->id, out, err);
}

static int
with_instances(struct wr_request *rq, bool on, struct wr_standstill *s,
               void *out, struct wr_err *err)
{
    const struct wr_definition_row *row;

    s->actor = rq->who.user;
    if (wr_definition_own_row(rq, &row, err) < 0)
        return (int)err->code;
    if (row->state == WR_DEF_DELETED)
        return wr_fail(err, WR_ESTATE, "definition '%s' is deleted",
                       rq->param[0]);
    if (wr_runtime_stand_still(rq->service->runtime, row, on, s, err) < 0)
        return (int)err->code;

    return wr_definition_answer(rq, &row->id, out, err);
}

struct suspend_body {
    bool instances;
    const char *reason;
};
static const struct wr_field suspend_fields[] = {
    WR_FIELD(struct suspend_body, instances, "instances", WR_BOOL, 0,
             "Suspend what runs on it, too."),
    WR_FIELD(struct suspend_body, reason, "reason", WR_STRING, 0,
             "Why, for the history of the instances."),
};
static const struct wr_object suspend_object = WR_OBJECT_ROWS(
    struct suspend_body, "SuspendDefinition", suspend_fields);

static int
suspend(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct suspend_body *body = in;
    struct wr_standstill s = { .reason = body->reason };

    return body->instances ? with_instances(rq, true, &s, out, err)
                           : set_state(rq, WR_DEF_SUSPENDED, out, err);
}

struct resume_body {
    bool instances;
    const char *timers;
};
static const struct wr_field resume_fields[] = {
    WR_FIELD(struct resume_body, instances, "instances", WR_BOOL, 0,
             "Resume what was suspended with it, too."),
    WR_FIELD_ENUM(struct resume_body, timers, "timers", WR_TIMERS_AFTER, 0,
                  "Of these instances, as when one is resumed."),
};
static const struct wr_object resume_object = WR_OBJECT_ROWS(
    struct resume_body, "ResumeDefinition", resume_fields);

static int
resume(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct resume_body *body = in;
    struct wr_standstill s = { .catch_up = wr_catches_up(body->timers) };

    return body->instances ? with_instances(rq, false, &s, out, err)
                           : set_state(rq, WR_DEF_ACTIVE, out, err);
}

struct delete_query {
    bool cascade;
};
static const struct wr_field delete_fields[] = {
    WR_FIELD(struct delete_query, cascade, "cascade", WR_BOOL, 0,
             "Cancel the instances that run on it; without it a definition "
             "that has some is not deleted. 1000 at most in one request."),
};
const struct wr_object wr_definition_delete_query = WR_OBJECT_ROWS(
    struct delete_query, "DeleteDefinition", delete_fields);

static int
cancel_page(struct wr_request *rq, const struct wr_rows *rows,
            struct wr_err *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        struct wr_command c = { .instance = rows->instances[i].id,
                                .event = { .type = WR_EV_CANCEL,
                                           .text = "definition deleted" } };
        struct wr_outcome oc;

        rq->if_match = -1;
        if (wr_request_call(rq, &c, &oc, err) < 0 && err->code != WR_ESTATE)
            return wr_wrap(err, "cancel the instances that run on it");
        err->code = WR_OK; /* it ended by itself */
    }

    return 0;
}

/* What runs on it, and what is suspended, ends. */
static int
cancel_all(struct wr_request *rq, const struct wr_uuid *id, struct wr_err *err)
{
    static const int states[] = { WR_ACTIVE, WR_SUSPENDED };

    for (size_t k = 0; k < WR_COUNT(states); k++) {
        struct wr_query q = wr_request_query(rq, WR_INSTANCES);
        struct wr_rows rows;

        q.definition = id;
        q.state = states[k];
        q.limit = CANCEL_MAX;
        if (wr_request_find(rq, &q, &rows, err) < 0
            || cancel_page(rq, &rows, err) < 0)
            return (int)err->code;
    }

    return 0;
}

int
wr_definition_delete(struct wr_request *rq, const void *in, void *out,
                     struct wr_err *err)
{
    const struct delete_query *p = rq->query;
    const struct wr_definition_counts *counts;
    const struct wr_definition_row *row;
    struct wr_definition_json d;

    (void)in, (void)out;
    if (wr_definition_own_row(rq, &row, err) < 0)
        return (int)err->code;
    d = wr_definition_json(rq->arena, row);
    if (wr_definition_counts(rq, &row->id, &d, 1, err) < 0)
        return (int)err->code;
    counts = d.instances;
    if (row->state == WR_DEF_DELETED)
        return wr_fail(err, WR_ENOTFOUND, "no definition '%s'", rq->param[0]);
    if (counts->active > 0 && !p->cascade)
        return wr_fail(err, WR_ESTATE,
                       "%lld instances run on '%.100s:%d': cancel them first, "
                       "or delete it with cascade=true",
                       (long long)counts->active, row->key, (int)row->version);
    if (counts->active > CANCEL_MAX)
        return wr_fail(err, WR_ELIMIT,
                       "%lld instances run on '%.100s:%d', and at most %d go "
                       "with a definition: cancel some first",
                       (long long)counts->active, row->key, (int)row->version,
                       CANCEL_MAX);
    /* First, so that no new one starts meanwhile. */
    if (wr_runtime_set_definition_state(rq->service->runtime, row,
                                        WR_DEF_DELETED, err)
        < 0)
        return (int)err->code;

    if (cancel_all(rq, &row->id, err) < 0)
        return (int)err->code;
    rq->n_headers = 0; /* ETags of the instances */

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/definitions/{ref}/versions", "listVersions", WR_READERS,
      &versions_query_object, NULL, &version_list, 200, versions,
      "All versions of a definition with their numbers of instances, newest "
      "first", 0 },
    { "GET", "/api/v1/definitions/{ref}/diff", "diffDefinitions", WR_READERS,
      &diff_query_object, NULL, &comparison_object, 200, diff,
      "Compare a version with another one, element by element", 0 },
    { "POST", "/api/v1/definitions/{ref}/restore", "restoreDefinition",
      WR_DESIGNER, NULL, NULL, &wr_definition_object, 201, restore,
      "Deploy the file of a version again as the newest; 200 when it is the "
      "newest", WR_ROUTE_NATURAL | WR_ROUTE_UNCHANGED | WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/definitions/{ref}/suspend", "suspendDefinition",
      WR_OPERATOR | WR_DESIGNER, NULL, &suspend_object, &wr_definition_object,
      200, suspend, "Start no new instances of a version; those that run go on, "
      "unless they are to be suspended with it",
      WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/definitions/{ref}/resume", "resumeDefinition",
      WR_OPERATOR | WR_DESIGNER, NULL, &resume_object, &wr_definition_object,
      200, resume, "Start instances of it again",
      WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_IF_MATCH },
};
/* clang-format on */

const struct wr_route_table wr_routes_versions = { "definitions", routes,
                                                   WR_COUNT(routes) };
