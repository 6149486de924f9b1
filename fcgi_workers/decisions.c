/* decisions: list, look at, restore and delete deployed decisions. */

#include "config.h"

#include <string.h>
#include <strings.h>

#include "fcgi_workers/decision_json.h"
#include "fcgi_workers/lookup.h"

static const struct wr_field input_fields[] = {
    WR_FIELD(struct wr_dmn_input, name, "name", WR_STRING, WR_READONLY,
             "Its name among the variables."),
    WR_FIELD(struct wr_dmn_input, type, "type", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Type reference; null: any."),
};
static const struct wr_object input_object = WR_OBJECT_ROWS(
    struct wr_dmn_input, "DecisionInput", input_fields);

static const struct wr_field decision_fields[] = {
    WR_FIELD(struct wr_decision_json, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct wr_decision_json, key, "key", WR_STRING, WR_READONLY,
             "Its id in the file; the same for all versions."),
    WR_FIELD(struct wr_decision_json, version, "version", WR_INT, WR_READONLY,
             "1 and up."),
    WR_FIELD_ENUM(struct wr_decision_json, kind, "kind", "decision|service",
                  WR_READONLY, "What it is."),
    WR_FIELD(struct wr_decision_json, name, "name", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Its name."),
    WR_FIELD(struct wr_decision_json, version_tag, "versionTag", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Tag of the model."),
    WR_FIELD(struct wr_decision_json, graph, "graphId", WR_STRING,
             WR_READONLY | WR_NULLABLE,
             "Id of the file's definitions, its requirements graph."),
    WR_FIELD(struct wr_decision_json, graph_name, "graphName", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Name of the graph."),
    WR_FIELD(struct wr_decision_json, deployment, "deploymentId", WR_UUID,
             WR_READONLY, "The deployment it came with."),
    WR_FIELD(struct wr_decision_json, resource, "resource", WR_STRING,
             WR_READONLY, "Its file in the deployment."),
    WR_FIELD(struct wr_decision_json, deployed_at, "deployedAt", WR_TIME,
             WR_READONLY, "When."),
    WR_FIELD_ENUM(struct wr_decision_json, state, "state", "active|deleted",
                  WR_READONLY, "State."),
    WR_FIELD_OF(struct wr_decision_json, inputs, "inputs", WR_OBJECTS,
                &input_object, WR_READONLY,
                "The input data that it requires; filled where one decision is "
                "read. Tables may use variables that they do not declare."),
};
const struct wr_object wr_decision_object = WR_OBJECT_ROWS(
    struct wr_decision_json, "Decision", decision_fields);
WR_COUNTED_LIST_OBJECT(decision_list, "DecisionList", &wr_decision_object);

struct wr_decision_json
wr_decision_json(const struct wr_decision_row *row)
{
    return (struct wr_decision_json){
        .id = row->id,
        .deployment = row->deployment,
        .key = row->key,
        .kind = row->kind,
        .name = row->name,
        .version_tag = row->version_tag,
        .state = row->state == WR_DEF_ACTIVE ? "active" : "deleted",
        .resource = row->resource,
        .graph = row->graph,
        .graph_name = row->graph_name,
        .version = row->version,
        .deployed_at = row->deployed_at,
    };
}

/* What its ETag says: another one for each version and state. */
static int64_t
rev_of(const struct wr_decision_row *row)
{
    return 4 * (int64_t)row->version + row->state;
}

/* ---- lists ---- */

struct list_query {
    const char *key, *text, *tag, *state, *cursor, *total;
    bool latest;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, key, "key", WR_STRING, 0,
             "All versions of this key, newest first."),
    WR_FIELD(struct list_query, text, "q", WR_STRING, 0,
             "Key or name contains this, upper and lower case alike."),
    WR_FIELD(struct list_query, tag, "tag", WR_STRING, 0,
             "Versions with this tag."),
    WR_FIELD_ENUM(struct list_query, state, "state", "active|deleted", 0,
                  "In this state; active ones when absent."),
    WR_FIELD(struct list_query, latest, "latest", WR_BOOL, 0,
             "Only the newest version of each key."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListDecisions", list_fields);

static bool
contains(const char *text, const char *part)
{
    return text && strcasestr(text, part);
}

static bool
is_wanted(const struct wr_decision_row *d, const struct list_query *p)
{
    if (p->tag && (!d->version_tag || strcmp(d->version_tag, p->tag) != 0))
        return false;

    return !p->text || contains(d->key, p->text) || contains(d->name, p->text);
}

/* One page of at most q->limit, reading on while rows are filtered away. */
static int
page_of(struct wr_request *rq, struct wr_query *q, const struct list_query *p,
        struct wr_decision_json *items, size_t *n, const char **next,
        struct wr_err *err)
{
    size_t want = (size_t)q->limit;
    struct wr_rows rows;

    *n = 0;
    do {
        q->limit = (int)(want - *n);
        if (wr_request_find(rq, q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++)
            if (is_wanted(&rows.decisions[i], p))
                items[(*n)++] = wr_decision_json(&rows.decisions[i]);
        q->cursor = rows.next;
    } while (rows.next && *n < want);
    *next = rows.next;

    return 0;
}

/* All pages, without making items of them. */
static int
count_of(struct wr_request *rq, struct wr_query q, const struct list_query *p,
         int64_t *out, struct wr_err *err)
{
    struct wr_rows rows;

    q.cursor = NULL;
    q.limit = 1000;
    *out = 0;
    do {
        if (wr_request_find(rq, &q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++)
            *out += is_wanted(&rows.decisions[i], p);
        q.cursor = rows.next;
    } while (q.cursor);

    return 0;
}

static int
list_of(struct wr_request *rq, const char *key, const struct list_query *p,
        struct wr_list *page, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_DECISIONS);
    struct wr_decision_json *items;
    size_t n;

    q.key = key;
    q.latest = p->latest;
    q.state = p->state && strcmp(p->state, "deleted") == 0 ? WR_DEF_DELETED
                                                           : WR_DEF_ACTIVE;
    q.descending = key != NULL;
    if (wr_query_page(&q, p->limit, p->cursor, err) < 0)
        return (int)err->code;
    page->total = WR_INT_ABSENT;
    if (p->total && count_of(rq, q, p, &page->total, err) < 0)
        return (int)err->code;
    items = wr_newn(rq->arena, struct wr_decision_json, (size_t)q.limit);
    if (page_of(rq, &q, p, items, &n, &page->next, err) < 0)
        return (int)err->code;
    page->items = (struct wr_objects){ .items = items, .n = n };

    return 0;
}

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;

    (void)in;

    return list_of(rq, p->key, p, out, err);
}

/* ---- one ---- */

static int
row_of(struct wr_request *rq, const struct wr_decision_row **out,
       struct wr_err *err)
{
    return wr_runtime_decision_row(rq->service->runtime, rq->param[0],
                                   rq->who.tenant, rq->arena, out, err);
}

static void
unref(void *decision)
{
    wr_deployed_decision_unref(decision);
}

int
wr_request_decision(struct wr_request *rq, const char *ref,
                    const struct wr_deployed_decision **out, struct wr_err *err)
{
    if (wr_runtime_decision(rq->service->runtime, ref, rq->who.tenant, out, err)
        < 0)
        return (int)err->code;
    wr_arena_defer(rq->arena, unref, (void *)(uintptr_t)*out);

    return 0;
}

static int
answer(struct wr_request *rq, const struct wr_decision_row *row, void *out,
       struct wr_err *err)
{
    const struct wr_deployed_decision *d;
    const struct wr_dmn_input *inputs;
    struct wr_decision_json *json = out;
    char id[WR_UUID_TEXT];

    wr_request_etag(rq, rev_of(row));
    *json = wr_decision_json(row);
    if (row->state == WR_DEF_DELETED)
        return 0;
    wr_uuid_text(&row->id, id);
    if (wr_request_decision(rq, id, &d, err) < 0)
        return (int)err->code;
    json->inputs.n = wr_dmn_inputs(rq->arena, d->model, d->element, &inputs);
    json->inputs.items = inputs;

    return 0;
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_decision_row *row;

    (void)in;
    if (row_of(rq, &row, err) < 0)
        return (int)err->code;

    return answer(rq, row, out, err);
}

static int
xml(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_decision_row *row;
    struct wr_blob file;

    (void)in, (void)out;
    if (row_of(rq, &row, err) < 0
        || wr_request_file(rq, &row->deployment, row->resource, &file, err) < 0)
        return (int)err->code;
    rq->raw_type = "application/xml";
    wr_str_addn(&rq->raw, file.p, file.len);

    return 0;
}

struct versions_query {
    const char *cursor, *total;
    int64_t limit;
};
static const struct wr_field versions_fields[] = {
    WR_FIELDS_PAGE(struct versions_query),
};
static const struct wr_object versions_query_object = WR_OBJECT_ROWS(
    struct versions_query, "ListDecisionVersions", versions_fields);

static int
versions(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct versions_query *p = rq->query;
    const struct list_query all = { .cursor = p->cursor,
                                    .total = p->total,
                                    .limit = p->limit };
    const struct wr_decision_row *row;

    (void)in;
    if (row_of(rq, &row, err) < 0)
        return (int)err->code;

    return list_of(rq, row->key, &all, out, err);
}

/* ---- restore, delete ---- */

/* The row that a command is for, as If-Match wants it. */
static int
own_row(struct wr_request *rq, const struct wr_decision_row **out,
        struct wr_err *err)
{
    int64_t rev;

    if (row_of(rq, out, err) < 0)
        return (int)err->code;
    rev = rev_of(*out);
    if (rq->if_match >= 0 && rq->if_match != rev)
        return wr_fail(err, WR_EPRECONDITION,
                       "decision '%s' is at revision %lld, not %lld",
                       rq->param[0], (long long)rev, (long long)rq->if_match);
    if ((*out)->state == WR_DEF_DELETED)
        return wr_fail(err, WR_ENOTFOUND, "no decision '%s'", rq->param[0]);

    return 0;
}

/* Its file and those it imports. */
static int
files_of(struct wr_request *rq, const struct wr_decision_row *row,
         struct wr_file **files, int *n, struct wr_err *err)
{
    const struct wr_deployed_decision *d;
    char id[WR_UUID_TEXT];
    size_t n_files = 0;

    wr_uuid_text(&row->id, id);
    if (wr_request_decision(rq, id, &d, err) < 0)
        return (int)err->code;
    while (wr_dmn_source_name(d->model, n_files))
        n_files++;
    *files = wr_newn(rq->arena, struct wr_file, n_files);
    *n = (int)n_files;
    for (size_t i = 0; i < n_files; i++) {
        struct wr_blob bytes;

        (*files)[i].name = wr_dmn_source_name(d->model, i);
        if (wr_request_file(rq, &row->deployment, (*files)[i].name, &bytes, err)
            < 0)
            return (int)err->code;
        (*files)[i].bytes = bytes.p;
        (*files)[i].len = bytes.len;
    }

    return 0;
}

static int
restore(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_decision_row *row;
    const struct wr_deployed *d;
    struct wr_file *files = NULL;
    int n = 0;

    (void)in;
    if (own_row(rq, &row, err) < 0 || files_of(rq, row, &files, &n, err) < 0
        || wr_request_restore(rq, row->key, row->version, files, n, &d, err)
               < 0)
        return (int)err->code;
    for (int i = 0; i < d->n_decisions; i++)
        if (strcmp(d->decisions[i].key, row->key) == 0)
            return answer(rq, &d->decisions[i], out, err);

    return wr_fail(err, WR_ECORRUPT, "the file of '%s' does not define it",
                   rq->param[0]);
}

static int delete (struct wr_request *rq, const void *in, void *out,
                   struct wr_err *err)
{
    const struct wr_decision_row *row;

    (void)in, (void)out;
    if (own_row(rq, &row, err) < 0)
        return (int)err->code;

    return wr_runtime_delete_decision(rq->service->runtime, row, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/decisions", "listDecisions", WR_READERS,
      &list_query_object, NULL, &decision_list, 200, list,
      "List decisions by key and version", 0 },
    { "GET", "/api/v1/decisions/{ref}", "getDecision", WR_READERS, NULL, NULL,
      &wr_decision_object, 200, get,
      "Read a decision by id, key (latest) or key:version", 0 },
    { "DELETE", "/api/v1/decisions/{ref}", "deleteDecision", WR_DESIGNER,
      NULL, NULL, NULL, 204, delete,
      "Delete a version; nobody decides by it any more, its file stays "
      "readable by its id", WR_ROUTE_IF_MATCH },
    { "GET", "/api/v1/decisions/{ref}/versions", "listDecisionVersions",
      WR_READERS, &versions_query_object, NULL, &decision_list, 200, versions,
      "All versions of a decision, newest first", 0 },
    { "GET", "/api/v1/decisions/{ref}/xml", "readDecisionXml", WR_READERS,
      NULL, NULL, NULL, 200, xml, "The file, byte for byte",
      WR_ROUTE_RAW_OUT },
    { "POST", "/api/v1/decisions/{ref}/restore", "restoreDecision",
      WR_DESIGNER, NULL, NULL, &wr_decision_object, 201, restore,
      "Deploy the file of a version again, with those it imports, as the "
      "newest one; 200 when it is the newest",
      WR_ROUTE_NATURAL | WR_ROUTE_UNCHANGED | WR_ROUTE_IF_MATCH },
};
/* clang-format on */

const struct wr_route_table wr_routes_decisions = { "decisions", routes,
                                                    WR_COUNT(routes) };
