#include <string.h>

#include "fcgi_workers/lookup.h"

static const struct wr_field definition_ref_fields[] = {
    WR_FIELD(struct wr_definition_ref, id, "id", WR_UUID, WR_READONLY,
             "Id of the deployed version."),
    WR_FIELD(struct wr_definition_ref, key, "key", WR_STRING, WR_READONLY,
             "Key of the definition: the process id."),
    WR_FIELD(struct wr_definition_ref, version, "version", WR_INT, WR_READONLY,
             "Version, 1 and up."),
};
const struct wr_object wr_definition_ref_object = WR_OBJECT_ROWS(
    struct wr_definition_ref, "DefinitionRef", definition_ref_fields);

static const struct wr_field instance_fields[] = {
    WR_INSTANCE_FIELDS(struct wr_instance_json, ),
};
const struct wr_object wr_instance_object = WR_OBJECT_ROWS(
    struct wr_instance_json, "Instance", instance_fields);

int
wr_param_id(const struct wr_request *rq, int n, const char *noun,
            struct wr_uuid *out, struct wr_err *err)
{
    if (wr_uuid_parse(rq->param[n], strlen(rq->param[n]), out, err) < 0)
        return wr_fail(err, WR_EINVALID, "'%s' is no %s id", rq->param[n],
                       noun);

    return 0;
}

int
wr_param_scope(const char *text, int64_t *out, struct wr_err *err)
{
    struct wr_decimal d;

    *out = 0;
    if (!text)
        return 0;
    if (strcmp(text, "all") == 0) {
        *out = -1;
        return 0;
    }
    if (wr_decimal_parse(text, strlen(text), &d, err) < 0
        || !wr_decimal_to_int(d, out) || *out < 0)
        return wr_fail(err, WR_EINVALID, "'%s' is no scope", text);

    return 0;
}

static int
definition(struct wr_request *rq, const struct wr_uuid *id,
           const struct wr_definition **out, struct wr_err *err)
{
    char text[WR_UUID_TEXT];

    wr_uuid_text(id, text);

    return wr_request_definition(rq, text, out, err);
}

int
wr_definition_json_ref(struct wr_request *rq, const struct wr_uuid *id,
                       const void **out, struct wr_err *err)
{
    struct wr_definition_ref *ref = wr_new(rq->arena, struct wr_definition_ref);
    const struct wr_definition *d;

    if (definition(rq, id, &d, err) < 0)
        return (int)err->code;
    *ref = (struct wr_definition_ref){
        .id = d->row.id,
        .key = d->row.key,
        .version = d->row.version,
    };
    *out = ref;

    return 0;
}

int
wr_element_ref(struct wr_request *rq, const struct wr_uuid *definition_id,
               int32_t symbol, struct wr_element_ref *out, struct wr_err *err)
{
    const struct wr_definition *d;
    int node, flow;

    *out = (struct wr_element_ref){ 0 };
    if (symbol == 0)
        return 0;
    if (definition(rq, definition_id, &d, err) < 0)
        return (int)err->code;
    node = wr_model_node_of(d->model, symbol);
    flow = node < 0 ? wr_model_flow_of(d->model, symbol) : -1;
    if (node >= 0) {
        out->id = d->model->nodes[node].id;
        out->name = d->model->nodes[node].name;
        out->lane = d->model->nodes[node].lane;
        if (d->model->nodes[node].task)
            out->form_key = d->model->nodes[node].task->form_key;
    } else if (flow >= 0) {
        out->id = d->model->flows[flow].id;
        out->name = d->model->flows[flow].name;
    }

    return 0;
}

int
wr_instance_json(struct wr_request *rq, const struct wr_instance_row *row,
                 struct wr_instance_json *out, struct wr_err *err)
{
    *out = (struct wr_instance_json){
        .id = row->id,
        .state = wr_instance_state_name(row->state),
        .rev = row->rev,
        .business_key = row->business_key,
        .started_at = row->started_at,
        .ended_at = row->ended_at,
        .incidents = row->incidents,
        .tags = { row->tags, (size_t)row->n_tags },
        .parent = row->parent,
        .root = row->root,
    };

    return wr_definition_json_ref(rq, &row->definition, &out->definition, err);
}

void
wr_request_etag(struct wr_request *rq, int64_t rev)
{
    wr_request_header(rq, "ETag",
                      wr_arena_printf(rq->arena, "\"%lld\"", (long long)rev));
}

enum {
    CHILDREN = 100
};

static int
children(struct wr_request *rq, const struct wr_uuid *id,
         struct wr_strings *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_INSTANCES);
    struct wr_rows rows;
    const char **ids;
    char text[WR_UUID_TEXT];

    q.parent = id;
    q.limit = CHILDREN;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return 0;
    ids = wr_newn(rq->arena, const char *, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        wr_uuid_text(&rows.instances[i].id, text);
        ids[i] = wr_arena_strdup(rq->arena, text);
    }
    *out = (struct wr_strings){ .items = ids, .n = rows.n };

    return 0;
}

int
wr_instance_out(struct wr_request *rq, const struct wr_uuid *id, void *out,
                struct wr_err *err)
{
    const struct wr_instance_row *row;

    if (wr_request_instance(rq, id, &row, err) < 0)
        return (int)err->code;
    wr_request_etag(rq, row->rev);
    if (wr_instance_json(rq, row, out, err) < 0)
        return (int)err->code;

    return children(rq, id, &((struct wr_instance_json *)out)->children, err);
}

int
wr_request_call(struct wr_request *rq, struct wr_command *c,
                struct wr_outcome *out, struct wr_err *err)
{
    c->tenant = rq->who.tenant;
    c->if_rev = rq->if_match;
    c->idempotency = rq->idempotency;
    c->event.actor = rq->who.user;
    atomic_fetch_add(&rq->service->commands, 1);
    if (wr_runtime_call(rq->service->runtime, c, rq->arena, out, err) < 0)
        return (int)err->code;
    wr_request_etag(rq, out->instance.rev);

    return 0;
}

struct wr_query
wr_request_query(const struct wr_request *rq, enum wr_noun noun)
{
    return (struct wr_query){
        .noun = noun,
        .tenant = rq->who.tenant,
        .state = -1,
    };
}

int
wr_query_page(struct wr_query *q, int64_t limit, const char *cursor,
              struct wr_err *err)
{
    if (limit == WR_INT_ABSENT)
        limit = 50;
    if (limit < 1 || limit > 1000)
        return wr_fail(err, WR_EINVALID, "limit must be 1 to 1000");
    q->limit = (int)limit;
    q->cursor = cursor;

    return 0;
}
