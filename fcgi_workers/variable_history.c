/* What a variable of an instance was over time, from the history. */

#include <string.h>

#include "engine/base/json.h"
#include "engine/runtime/level.h"
#include "fcgi_workers/lookup.h"

struct change {
    int64_t seq, at;
    const char *type, *scope, *element, *actor;
    const struct wr_value *value;
};
static const struct wr_field change_fields[] = {
    WR_FIELDS_EVENT(struct change, "Of the event in the history."),
    WR_FIELD_ENUM(struct change, type, "type", "set|removed", WR_READONLY,
                  "What happened to it."),
    WR_FIELD(struct change, value, "value", WR_JSON, WR_READONLY | WR_NULLABLE,
             "What it is from then on; null when it was removed."),
    WR_FIELD(struct change, scope, "scope", WR_STRING, WR_READONLY,
             "Scope whose variable it is; \"0\" is the process."),
    WR_FIELD(struct change, element, "element", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Element of that scope."),
    WR_FIELD(struct change, actor, "actor", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Who caused it."),
};
static const struct wr_object change_object = WR_OBJECT_ROWS(
    struct change, "VariableChange", change_fields);
WR_LIST_OBJECT(change_list, "VariableChangeList", &change_object);

struct changes_query {
    int64_t after, limit;
    bool typed;
};
static const struct wr_field changes_fields[] = {
    WR_FIELD(struct changes_query, after, "after", WR_INT, 0,
             "Only changes with a higher seq."),
    WR_FIELD(struct changes_query, limit, "limit", WR_INT, 0,
             "Page size, 1 to 1000; 50."),
    WR_FIELD(struct changes_query, typed, "typed", WR_BOOL, 0,
             "Dates, durations and bytes as {\"$type\",\"value\"}."),
};
static const struct wr_object changes_query_object = WR_OBJECT_ROWS(
    struct changes_query, "ListVariableChanges", changes_fields);

struct reading {
    struct wr_request *rq;
    struct wr_versions versions;
    const char *name;
    int64_t after;
    struct change *items;
    size_t n, max;
    bool more;
};

static bool
is_among(const struct wr_value *names, const char *name)
{
    for (size_t i = 0; names && names->type == WR_V_LIST && i < names->list.n;
         i++) {
        const struct wr_value *v = names->list.items[i];

        if (v->type == WR_V_STRING && strcmp(v->string.s, name) == 0)
            return true;
    }

    return false;
}

/* Does this event say something of the variable? */
static bool
is_change(const struct reading *r, const struct wr_history_event *e,
          struct change *out)
{
    *out = (struct change){ 0 };
    if (!e->data)
        return false;
    if (e->type == WR_H_VARIABLE_SET) {
        out->type = "set";
        out->value = wr_value_get(e->data, r->name);
        return out->value != NULL;
    }
    out->type = "removed";

    return e->type == WR_H_VARIABLE_REMOVED
           && is_among(wr_value_get(e->data, "names"), r->name);
}

static int
add(void *data, const struct wr_past *p, struct wr_err *err)
{
    struct reading *r = data;
    struct wr_element_ref el;
    struct change c;

    if (p->seq <= r->after || !is_change(r, p->event, &c))
        return 0;
    if (r->n == r->max) {
        r->more = true;
        return 1;
    }
    if (wr_past_element(r->rq, &r->versions, p, &el, err) < 0)
        return (int)err->code;
    c.seq = p->seq;
    c.at = p->at;
    c.actor = p->actor;
    c.element = el.id;
    c.scope = wr_arena_printf(r->rq->arena, "%lld", (long long)p->event->key);
    r->items[r->n++] = c;

    return 0;
}

static int
changes(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct changes_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_HISTORIES);
    struct reading r = { .rq = rq, .name = rq->param[1] };
    const struct wr_instance_row *row;
    struct wr_list *page = out;
    enum wr_history_level level;
    struct wr_uuid id;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0
        || wr_request_instance(rq, &id, &row, err) < 0
        || wr_versions_of(rq, row, &r.versions, err) < 0
        || wr_query_page(&q, p->limit, NULL, err) < 0)
        return (int)err->code;
    if (wr_request_level(rq, &row->definition, &level, err) < 0)
        return (int)err->code;
    if (level < WR_LEVEL_FULL)
        return wr_fail(err, WR_ESTATE,
                       "at the history level '%s' of its definition no values "
                       "of variables are told",
                       wr_level_name(level));
    r.after = p->after == WR_INT_ABSENT ? 0 : p->after;
    r.max = (size_t)q.limit;
    r.items = wr_newn(rq->arena, struct change, r.max);
    if (wr_past(rq, &id, add, &r, err) < 0)
        return (int)err->code;
    rq->json_flags = p->typed ? WR_JSON_TYPED : WR_JSON_PLAIN;
    page->items = (struct wr_objects){ .items = r.items, .n = r.n };
    if (r.more)
        page->next = wr_arena_printf(rq->arena, "%lld",
                                     (long long)r.items[r.n - 1].seq);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/instances/{id}/variables/{name}/history",
      "listVariableChanges", WR_READERS, &changes_query_object, NULL,
      &change_list, 200, changes,
      "What a variable was over time, in all scopes; `next` is the value for "
      "`after`", 0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_variable_history = { "variables", routes,
                                                           WR_COUNT(routes) };
