/* definitions: list, look at and count deployed definitions. */

#include "config.h"

#include <string.h>
#include <strings.h>

#include "engine/model/diagram.h"
#include "engine/runtime/level.h"
#include "fcgi_workers/definition_json.h"
#include "fcgi_workers/lookup.h"

static const struct wr_field counts_fields[] = {
    WR_FIELD(struct wr_definition_counts, active, "active", WR_INT, WR_REQUIRED,
             "Running ones."),
    WR_FIELD(struct wr_definition_counts, total, "total", WR_INT, WR_REQUIRED,
             "All that are kept."),
    WR_FIELD(struct wr_definition_counts, incidents, "incidents", WR_INT,
             WR_REQUIRED, "Those with open incidents."),
};
static const struct wr_object counts_object = WR_OBJECT_ROWS(
    struct wr_definition_counts, "InstanceCounts", counts_fields);

static const struct wr_field definition_fields[] = {
    WR_FIELD(struct wr_definition_json, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct wr_definition_json, key, "key", WR_STRING, WR_READONLY,
             "The process id; the same for all versions."),
    WR_FIELD(struct wr_definition_json, version, "version", WR_INT, WR_READONLY,
             "1 and up."),
    WR_FIELD_ENUM(struct wr_definition_json, kind, "kind",
                  "bpmn|dag|steps|python", WR_READONLY, "What it is."),
    WR_FIELD(struct wr_definition_json, name, "name", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Its name."),
    WR_FIELD(struct wr_definition_json, version_tag, "versionTag", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Tag of the model."),
    WR_FIELD(struct wr_definition_json, deployment, "deploymentId", WR_UUID,
             WR_READONLY, "The deployment it came with."),
    WR_FIELD(struct wr_definition_json, resource, "resource", WR_STRING,
             WR_READONLY, "Its file in the deployment."),
    WR_FIELD(struct wr_definition_json, deployed_at, "deployedAt", WR_TIME,
             WR_READONLY, "When."),
    WR_FIELD_ENUM(struct wr_definition_json, state, "state",
                  "active|suspended|deleted", WR_READONLY, "State."),
    WR_FIELD(struct wr_definition_json, executable, "executable", WR_BOOL,
             WR_READONLY, "isExecutable of the model."),
    WR_FIELD(struct wr_definition_json, startable, "startable", WR_BOOL,
             WR_READONLY, "Can be started."),
    WR_FIELD(
        struct wr_definition_json, ttl, "historyTtl", WR_STRING,
        WR_READONLY | WR_OPTIONAL,
        "How long ended instances are kept: a duration or \"never\"; absent: "
        "as the setting says."),
    WR_FIELD_ENUM(
        struct wr_definition_json, level, "historyLevel",
        "none|activity|audit|full", WR_READONLY | WR_OPTIONAL,
        "What is told of their history, and stays of it after the end; "
        "absent: as the setting says."),
    WR_FIELD_OF(struct wr_definition_json, instances, "instances", WR_OBJECT,
                &counts_object, WR_READONLY | WR_OPTIONAL,
                "Numbers of instances, with counts=true."),
    WR_FIELD_OF(struct wr_definition_json, variables, "variables", WR_OBJECTS,
                &wr_input_object, WR_READONLY,
                "What a start has to give; filled where one definition is "
                "read."),
};
const struct wr_object wr_definition_object = WR_OBJECT_ROWS(
    struct wr_definition_json, "Definition", definition_fields);
WR_COUNTED_LIST_OBJECT(definition_list, "DefinitionList",
                       &wr_definition_object);

static const char *
state_name(enum wr_definition_state s)
{
    switch (s) {
    case WR_DEF_ACTIVE:
        return "active";
    case WR_DEF_SUSPENDED:
        return "suspended";
    case WR_DEF_DELETED:
        return "deleted";
    }

    return "deleted";
}

static int
state_parse(const char *name)
{
    if (strcmp(name, "active") == 0)
        return WR_DEF_ACTIVE;

    return strcmp(name, "suspended") == 0 ? WR_DEF_SUSPENDED : WR_DEF_DELETED;
}

struct wr_definition_json
wr_definition_json(struct wr_arena *a, const struct wr_definition_row *row)
{
    return (struct wr_definition_json){
        .id = row->id,
        .deployment = row->deployment,
        .key = row->key,
        .kind = row->kind,
        .name = row->name,
        .version_tag = row->version_tag,
        .state = state_name(row->state),
        .resource = row->resource,
        .version = row->version,
        .deployed_at = row->deployed_at,
        .executable = row->executable,
        .startable = row->state == WR_DEF_ACTIVE,
        .ttl = wr_keeping_ttl(a, row->history_ttl),
        .level = wr_level_name(row->history_level),
    };
}

int64_t
wr_definition_rev(const struct wr_definition_row *row)
{
    return 4 * (int64_t)row->version + row->state;
}

struct list_query {
    const char *key, *text, *state, *cursor, *total;
    bool latest, counts;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, key, "key", WR_STRING, 0,
             "All versions of this key."),
    WR_FIELD(struct list_query, text, "q", WR_STRING, 0,
             "Key or name contains this, upper and lower case alike."),
    WR_FIELD_ENUM(struct list_query, state, "state", "active|suspended|deleted",
                  0, "In this state; all but the deleted ones when absent."),
    WR_FIELD(struct list_query, latest, "latest", WR_BOOL, 0,
             "Only the newest version of each key."),
    WR_FIELD(struct list_query, counts, "counts", WR_BOOL, 0,
             "With the numbers of instances."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListDefinitions", list_fields);

static bool
contains(const char *text, const char *part)
{
    return text && strcasestr(text, part);
}

/* One page of at most `want`, reading on while `q` filters rows away. */
static int
page_of(struct wr_request *rq, struct wr_query *q, const char *text,
        struct wr_definition_json *items, size_t *n, const char **next,
        struct wr_err *err)
{
    size_t want = (size_t)q->limit;
    struct wr_rows rows;

    *n = 0;
    do {
        q->limit = (int)(want - *n);
        if (wr_request_find(rq, q, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_definition_row *d = &rows.definitions[i];

            if ((d->state != WR_DEF_DELETED || q->state == WR_DEF_DELETED)
                && (!text || contains(d->key, text) || contains(d->name, text)))
                items[(*n)++] = wr_definition_json(rq->arena, d);
        }
        q->cursor = rows.next;
    } while (rows.next && *n < want);
    *next = rows.next;

    return 0;
}

/* All pages, without making items of them. */
static int
count_of(struct wr_request *rq, struct wr_query q, const char *text,
         int64_t *out, struct wr_err *err)
{
    struct wr_definition_json *items;
    const char *next = NULL;
    size_t n;

    q.cursor = NULL;
    q.limit = 1000;
    items = wr_newn(rq->arena, struct wr_definition_json, (size_t)q.limit);
    *out = 0;
    do {
        q.cursor = next;
        q.limit = 1000;
        if (page_of(rq, &q, text, items, &n, &next, err) < 0)
            return (int)err->code;
        *out += (int64_t)n;
    } while (next);

    return 0;
}

/* The numbers of every definition of the page, by one look-up. */
int
wr_definition_counts(struct wr_request *rq, const struct wr_uuid *only,
                     struct wr_definition_json *items, size_t n,
                     struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_COUNTS);
    struct wr_rows rows;

    q.definition = only;
    q.limit = 10000;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < n; i++) {
        struct wr_definition_counts *c = wr_new(rq->arena,
                                                struct wr_definition_counts);

        for (size_t k = 0; k < rows.n; k++) {
            const struct wr_count_row *r = &rows.counts[k];

            if (wr_uuid_equal(&r->definition, &items[i].id))
                *c = (struct wr_definition_counts){ r->active, r->total,
                                                    r->incidents };
        }
        items[i].instances = c;
    }

    return 0;
}

int
wr_definition_count(struct wr_request *rq, const struct wr_query *q,
                    int64_t *out, struct wr_err *err)
{
    return count_of(rq, *q, NULL, out, err);
}

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_DEFINITIONS);
    struct wr_list *page = out;
    struct wr_definition_json *items;
    size_t n;

    (void)in;
    q.key = p->key;
    q.latest = p->latest;
    if (p->state)
        q.state = state_parse(p->state);
    q.descending = p->key != NULL;
    if (wr_query_page(&q, p->limit, p->cursor, err) < 0)
        return (int)err->code;
    page->total = WR_INT_ABSENT;
    if (p->total && count_of(rq, q, p->text, &page->total, err) < 0)
        return (int)err->code;
    items = wr_newn(rq->arena, struct wr_definition_json, (size_t)q.limit);
    if (page_of(rq, &q, p->text, items, &n, &page->next, err) < 0
        || (p->counts && wr_definition_counts(rq, NULL, items, n, err) < 0))
        return (int)err->code;
    page->items = (struct wr_objects){ .items = items, .n = n };

    return 0;
}

static int
find(struct wr_request *rq, const struct wr_definition_row **out,
     struct wr_err *err)
{
    return wr_runtime_definition_row(rq->service->runtime, rq->param[0],
                                     rq->who.tenant, rq->arena, out, err);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_definition_row *row;
    struct wr_definition_json *d = out;

    (void)in;
    if (find(rq, &row, err) < 0)
        return (int)err->code;
    wr_request_etag(rq, wr_definition_rev(row));
    *d = wr_definition_json(rq->arena, row);
    if (wr_definition_variables(rq, &row->id, &d->variables, err) < 0)
        return (int)err->code;

    return wr_definition_counts(rq, &row->id, d, 1, err);
}

static int
xml(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_definition_row *row;
    struct wr_blob file;

    (void)in, (void)out;
    if (find(rq, &row, err) < 0
        || wr_request_file(rq, &row->deployment, row->resource, &file, err) < 0)
        return (int)err->code;
    rq->raw_type = "application/xml";
    wr_str_addn(&rq->raw, file.p, file.len);

    return 0;
}

static int
diagram(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_definition_row *row;
    struct wr_blob file;

    (void)in, (void)out;
    if (find(rq, &row, err) < 0
        || wr_request_file(rq, &row->deployment, row->resource, &file, err) < 0)
        return (int)err->code;
    rq->raw_type = "image/svg+xml";

    return wr_diagram_svg(rq->arena, file.p, file.len, row->key, &rq->raw, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/definitions", "listDefinitions", WR_READERS,
      &list_query_object, NULL, &definition_list, 200, list,
      "List definitions by key and version", 0 },
    { "GET", "/api/v1/definitions/{ref}", "getDefinition", WR_READERS, NULL,
      NULL, &wr_definition_object, 200, get,
      "Read a definition by id, key (latest) or key:version", 0 },
    { "PATCH", "/api/v1/definitions/{ref}", "changeDefinition",
      WR_OPERATOR | WR_DESIGNER, NULL, &wr_definition_keep_object,
      &wr_definition_object, 200, wr_definition_keep,
      "Change how long ended instances of a version are kept, and how much of "
      "their history", WR_ROUTE_NATURAL | WR_ROUTE_IF_MATCH },
    { "DELETE", "/api/v1/definitions/{ref}", "deleteDefinition", WR_DESIGNER,
      &wr_definition_delete_query, NULL, NULL, 204, wr_definition_delete,
      "Delete a version; what its instances left stays readable",
      WR_ROUTE_IF_MATCH },
    { "GET", "/api/v1/definitions/{ref}/xml", "readDefinitionXml", WR_READERS,
      NULL, NULL, NULL, 200, xml, "The file, byte for byte",
      WR_ROUTE_RAW_OUT },
    { "GET", "/api/v1/definitions/{ref}/diagram.svg", "readDefinitionDiagram",
      WR_READERS, NULL, NULL, NULL, 200, diagram,
      "Its drawing; groups carry data-element", WR_ROUTE_RAW_OUT },
};
/* clang-format on */

const struct wr_route_table wr_routes_definitions = { "definitions", routes,
                                                      WR_COUNT(routes) };
