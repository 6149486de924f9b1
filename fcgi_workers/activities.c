/* activities: what elements did, one by one and in numbers. */

#include <string.h>

#include "engine/store/project.h"
#include "fcgi_workers/fresh.h"
#include "fcgi_workers/search.h"

struct activity {
    struct wr_uuid id, instance;
    const void *definition;
    const char *element, *name, *type, *kind, *state, *token;
    int64_t started_at, ended_at, duration;
};
static const struct wr_field activity_fields[] = {
    WR_FIELD(struct activity, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct activity, instance, "instance", WR_UUID, WR_READONLY,
             "Its instance."),
    WR_FIELD_OF(struct activity, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY,
                "The version it ran on, or runs on."),
    WR_FIELDS_ELEMENT(struct activity, "Id of the element."),
    WR_FIELD(struct activity, type, "type", WR_STRING, WR_READONLY,
             "BPMN element type, \"userTask\"."),
    WR_FIELD_ENUM(struct activity, kind, "kind", "element|loop|passed",
                  WR_READONLY,
                  "loop: around iterations, each of which is an activity, too; "
                  "passed: gone through at once."),
    WR_FIELD_ENUM(struct activity, state, "state", "active|completed|canceled",
                  WR_READONLY, "State."),
    WR_FIELD(struct activity, token, "token", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Id of its token."),
    WR_FIELD(struct activity, started_at, "startedAt", WR_TIME, WR_READONLY,
             "When it was entered."),
    WR_FIELD(struct activity, ended_at, "endedAt", WR_TIME,
             WR_READONLY | WR_NULLABLE, "When it was left; null while active."),
    WR_FIELD(struct activity, duration, "durationMs", WR_INT,
             WR_READONLY | WR_OPTIONAL, "From one to the other."),
};
static const struct wr_object activity_object = WR_OBJECT_ROWS(
    struct activity, "Activity", activity_fields);
WR_FRESH_LIST_OBJECT(activity_list, "ActivityList", &activity_object);

/* The element type of a symbol; the process itself has none. */
static int
type_of(struct wr_request *rq, const struct wr_uuid *definition, int32_t symbol,
        const char **out, struct wr_err *err)
{
    const struct wr_definition *d;
    char ref[WR_UUID_TEXT];
    int node;

    *out = "process";
    if (symbol == 0)
        return 0;
    wr_uuid_text(definition, ref);
    if (wr_request_definition(rq, ref, &d, err) < 0)
        return (int)err->code;
    node = wr_model_node_of(d->model, symbol);
    *out = node < 0 ? "" : wr_kind_xml(d->model->nodes[node].kind);

    return 0;
}

static int
activity_json(struct wr_request *rq, const void *found, void *item,
              struct wr_err *err)
{
    static const char *const kinds[] = { "element", "loop", "passed" };
    static const char *const states[] = { "active", "completed", "canceled" };
    const struct wr_activity_row *row = found;
    struct wr_element_ref el;
    struct activity *out = item;

    *out = (struct activity){
        .id = row->id,
        .instance = row->instance,
        .kind = kinds[row->kind],
        .state = states[row->state],
        .started_at = row->started_at,
        .ended_at = row->ended_at,
        .duration = row->duration < 0 ? WR_INT_ABSENT : row->duration,
    };
    if (row->key)
        out->token = wr_arena_printf(rq->arena, "%lld", (long long)row->key);
    if (wr_element_ref(rq, &row->definition, row->element, &el, err) < 0
        || type_of(rq, &row->definition, row->element, &out->type, err) < 0
        || wr_definition_json_ref(rq, &row->definition, &out->definition, err)
               < 0)
        return (int)err->code;
    out->element = el.id ? el.id : "";
    out->name = el.name;

    return 0;
}

static const struct wr_listed listed = { sizeof(struct activity),
                                         activity_json };

/* ---- lists ---- */

struct list_query {
    const char *definition, *element, *state, *cursor, *total;
    struct wr_uuid instance;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, definition, "definition", WR_STRING, 0,
             "Of this version: id, key (latest) or key:version."),
    WR_FIELD(struct list_query, element, "element", WR_STRING, 0,
             "Of this element of that version."),
    WR_FIELD_ENUM(struct list_query, state, "state",
                  "active|completed|canceled", 0, "In this state."),
    WR_FIELD(struct list_query, instance, "instance", WR_UUID, 0,
             "Of this instance."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListActivities", list_fields);

struct asking {
    struct wr_request *rq;
    const struct wr_condition *parts[4];
    size_t n;
};

static void
ask(struct asking *q, const char *field, struct wr_datum d)
{
    const struct wr_search_field *f = wr_search_field(WR_ACTIVITIES, field,
                                                      strlen(field));

    d.kind = wr_search_kind(WR_ACTIVITIES, f);
    q->parts[q->n++] = wr_where(q->rq->arena, WR_S_EQ, f, &d, 1);
}

static int
ask_definition(struct asking *q, const struct list_query *p, struct wr_err *err)
{
    const struct wr_definition *d;
    int node;

    if (p->element && !p->definition)
        return wr_fail(err, WR_EINVALID, "'element' needs 'definition'");
    if (!p->definition)
        return 0;
    if (wr_request_definition(q->rq, p->definition, &d, err) < 0)
        return (int)err->code;
    ask(q, "definition",
        (struct wr_datum){ .p = d->row.id.b, .len = sizeof(d->row.id.b) });
    if (!p->element)
        return 0;
    node = wr_model_node(d->model, p->element);
    if (node < 0)
        return wr_fail(err, WR_EINVALID, "'%.100s' has no element '%.100s'",
                       p->definition, p->element);
    ask(q, "symbol", (struct wr_datum){ .i = d->model->nodes[node].symbol });

    return 0;
}

static int
list_of(struct wr_request *rq, const struct list_query *p,
        const struct wr_uuid *instance, struct wr_list *out, struct wr_err *err)
{
    static const char *const states[] = { "active", "completed", "canceled" };
    static const char newest[] = "startedAt";
    struct wr_query page = wr_request_query(rq, WR_ACTIVITIES);
    struct wr_search s = { .noun = WR_ACTIVITIES,
                           .tenant = rq->who.tenant,
                           .n_order = 1 };
    struct asking q = { .rq = rq };
    struct wr_rows rows;

    out->total = WR_INT_ABSENT;
    if (instance)
        ask(&q, "instance",
            (struct wr_datum){ .p = instance->b, .len = sizeof(instance->b) });
    for (int64_t i = 0; p->state && i < 3; i++)
        if (strcmp(states[i], p->state) == 0)
            ask(&q, "state", (struct wr_datum){ .i = i });
    if (ask_definition(&q, p, err) < 0
        || wr_query_page(&page, p->limit, p->cursor, err) < 0
        || wr_list_fresh(rq, out, err) < 0)
        return (int)err->code;
    s.where = wr_where_all(rq->arena, q.parts, q.n);
    s.order[0] = (struct wr_order){
        wr_search_field(WR_ACTIVITIES, newest, strlen(newest)), true
    };
    s.limit = page.limit;
    s.cursor = page.cursor;
    if (wr_runtime_search(rq->service->runtime, &s, rq->arena, &rows,
                          p->total ? &out->total : NULL, err)
        < 0)
        return (int)err->code;

    return wr_page(rq, &rows, &listed, out, err);
}

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;

    (void)in;

    return list_of(rq, p, wr_uuid_is_zero(&p->instance) ? NULL : &p->instance,
                   out, err);
}

struct of_query {
    const char *state, *cursor, *total;
    int64_t limit;
};
static const struct wr_field of_fields[] = {
    WR_FIELD_ENUM(struct of_query, state, "state", "active|completed|canceled",
                  0, "In this state."),
    WR_FIELDS_PAGE(struct of_query),
};
static const struct wr_object of_query_object = WR_OBJECT_ROWS(
    struct of_query, "ListInstanceActivities", of_fields);

static int
of_instance(struct wr_request *rq, const void *in, void *out,
            struct wr_err *err)
{
    const struct of_query *p = rq->query;
    struct list_query q = { .state = p->state,
                            .cursor = p->cursor,
                            .total = p->total,
                            .limit = p->limit };
    const struct wr_instance_row *row;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &q.instance, err) < 0
        || wr_request_instance(rq, &q.instance, &row, err) < 0)
        return (int)err->code;

    return list_of(rq, &q, &q.instance, out, err);
}

static int
search(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    return wr_search_page(rq, WR_ACTIVITIES, &listed, in, out, err);
}

/* ---- statistics ---- */

struct numbers {
    const char *element, *name, *type;
    int64_t running, incidents, completed, failed, canceled;
    int64_t total_ms, least_ms, most_ms, mean_ms;
    const struct wr_value *histogram;
};
static const struct wr_field numbers_fields[] = {
    WR_FIELD(struct numbers, element, "element", WR_STRING,
             WR_READONLY | WR_NULLABLE,
             "Id of the element; null: the process itself."),
    WR_FIELD(struct numbers, name, "name", WR_STRING, WR_READONLY | WR_NULLABLE,
             "Its name."),
    WR_FIELD(struct numbers, type, "type", WR_STRING, WR_READONLY,
             "BPMN element type, \"userTask\", or \"process\"."),
    WR_FIELD(struct numbers, running, "running", WR_INT, WR_READONLY,
             "Activities there now; of a loop its iterations."),
    WR_FIELD(struct numbers, incidents, "incidents", WR_INT, WR_READONLY,
             "Open incidents."),
    WR_FIELD(struct numbers, completed, "completed", WR_INT, WR_READONLY,
             "How many completed."),
    WR_FIELD(struct numbers, failed, "failed", WR_INT,
             WR_READONLY | WR_OPTIONAL, "Of the process: how many failed."),
    WR_FIELD(struct numbers, canceled, "canceled", WR_INT, WR_READONLY,
             "How many were canceled."),
    WR_FIELD(struct numbers, total_ms, "totalMs", WR_INT, WR_READONLY,
             "How long those that completed took together."),
    WR_FIELD(struct numbers, mean_ms, "meanMs", WR_INT,
             WR_READONLY | WR_OPTIONAL, "The mean of that."),
    WR_FIELD(struct numbers, least_ms, "leastMs", WR_INT,
             WR_READONLY | WR_OPTIONAL, "The shortest."),
    WR_FIELD(struct numbers, most_ms, "mostMs", WR_INT,
             WR_READONLY | WR_OPTIONAL, "The longest."),
    WR_FIELD(struct numbers, histogram, "histogram", WR_JSON, WR_READONLY,
             "How many took 0 ms, below 2, 4, 8, ... ms; up to the last that "
             "is not 0."),
};
static const struct wr_object numbers_object = WR_OBJECT_ROWS(
    struct numbers, "ElementStatistics", numbers_fields);

struct statistics {
    const void *definition, *process;
    struct wr_objects items;
    int64_t as_of, lag;
};
static const struct wr_field statistics_fields[] = {
    WR_FIELD_OF(struct statistics, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY, "The version."),
    WR_FIELD_OF(struct statistics, process, "process", WR_OBJECT,
                &numbers_object, WR_READONLY, "Of its instances."),
    WR_FIELD_OF(struct statistics, items, "items", WR_OBJECTS, &numbers_object,
                WR_READONLY,
                "Of each element that anything came to, or has an incident."),
    WR_FIELDS_FRESH(struct statistics),
};
static const struct wr_object statistics_object = WR_OBJECT_ROWS(
    struct statistics, "DefinitionStatistics", statistics_fields);

static const struct wr_value *
histogram(struct wr_arena *a, const struct wr_blob *b)
{
    const struct wr_value *counts[WR_DURATIONS];
    const uint8_t *p = b->p;
    size_t n = 0;

    for (size_t i = 0;
         b->len >= sizeof(int64_t) * WR_DURATIONS && i < WR_DURATIONS; i++) {
        uint64_t count = 0;

        for (size_t k = 0; k < 8; k++)
            count = count << 8 | p[8 * i + k];
        counts[i] = wr_value_int(a, (int64_t)count);
        if (count)
            n = i + 1;
    }

    return wr_value_list(a, counts, n);
}

static const struct wr_condition *
of_definition(struct wr_request *rq, enum wr_noun noun,
              const struct wr_definition *d)
{
    struct wr_datum id = { .kind = WR_D_UUID,
                           .p = d->row.id.b,
                           .len = sizeof(d->row.id.b) };

    return wr_where(rq->arena, WR_S_EQ, wr_search_field(noun, "definition", 10),
                    &id, 1);
}

struct tally { /* by symbol; 0: the process */
    struct wr_request *rq;
    const struct wr_definition *d;
    struct numbers *all;
    bool *seen;
    int n;
};

static void
count_row(struct tally *t, const struct wr_element_count_row *c)
{
    struct numbers *n = &t->all[c->element];

    n->running = c->running;
    n->completed = c->completed;
    n->canceled = c->canceled;
    n->total_ms = c->total_ms;
    if (c->element == 0)
        n->failed = c->failed;
    if (c->completed > 0) {
        n->mean_ms = c->total_ms / c->completed;
        n->least_ms = c->least_ms;
        n->most_ms = c->most_ms;
    }
    n->histogram = histogram(t->rq->arena, &c->histogram);
    t->seen[c->element] = true;
}

/* Pages of a search, each row given to `fn`. */
static int
tally_all(struct tally *t, enum wr_noun noun,
          void (*fn)(struct tally *t, const struct wr_rows *rows),
          struct wr_err *err)
{
    struct wr_search s = { .noun = noun,
                           .tenant = t->rq->who.tenant,
                           .where = of_definition(t->rq, noun, t->d),
                           .limit = 10000 };
    struct wr_rows rows;

    do {
        if (wr_runtime_search(t->rq->service->runtime, &s, t->rq->arena, &rows,
                              NULL, err)
            < 0)
            return (int)err->code;
        fn(t, &rows);
        s.cursor = rows.next;
    } while (rows.next);

    return 0;
}

static void
add_counts(struct tally *t, const struct wr_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->element_counts[i].element < t->n)
            count_row(t, &rows->element_counts[i]);
}

static void
add_incidents(struct tally *t, const struct wr_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        int32_t at = rows->incidents[i].element;

        t->all[0].incidents++;
        if (at <= 0 || at >= t->n)
            continue;
        t->all[at].incidents++;
        t->seen[at] = true;
    }
}

static void
begin(struct tally *t)
{
    const struct wr_model *m = t->d->model;

    for (int i = 0; i < m->n_nodes; i++)
        if (m->nodes[i].symbol >= t->n)
            t->n = m->nodes[i].symbol + 1;
    t->n += t->n == 0;
    t->all = wr_newn(t->rq->arena, struct numbers, (size_t)t->n);
    t->seen = wr_newn(t->rq->arena, bool, (size_t)t->n);
    for (int i = 0; i < t->n; i++)
        t->all[i] = (struct numbers){
            .failed = WR_INT_ABSENT,
            .mean_ms = WR_INT_ABSENT,
            .least_ms = WR_INT_ABSENT,
            .most_ms = WR_INT_ABSENT,
            .histogram = wr_value_list(t->rq->arena, NULL, 0),
        };
    t->all[0].type = "process";
    t->all[0].name = t->d->row.name;
    t->all[0].failed = 0;
}

static int
statistics(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct statistics *s = out;
    struct tally t = { .rq = rq };
    struct numbers *items;
    struct wr_fresh fresh;

    (void)in;
    if (wr_request_definition(rq, rq->param[0], &t.d, err) < 0
        || wr_request_fresh(rq, &fresh, err) < 0)
        return (int)err->code;
    begin(&t);
    if (tally_all(&t, WR_ELEMENT_COUNTS, add_counts, err) < 0
        || tally_all(&t, WR_INCIDENTS, add_incidents, err) < 0
        || wr_definition_json_ref(rq, &t.d->row.id, &s->definition, err) < 0)
        return (int)err->code;
    items = wr_newn(rq->arena, struct numbers, (size_t)t.n);
    s->items.items = items;
    for (int i = 1; i < t.n; i++) {
        int node = wr_model_node_of(t.d->model, i);

        if (!t.seen[i] || node < 0)
            continue;
        t.all[i].element = t.d->model->nodes[node].id;
        t.all[i].name = t.d->model->nodes[node].name;
        t.all[i].type = wr_kind_xml(t.d->model->nodes[node].kind);
        items[s->items.n++] = t.all[i];
    }
    s->process = &t.all[0];
    s->as_of = fresh.as_of;
    s->lag = fresh.lag;

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/activities", "listActivities", WR_READERS,
      &list_query_object, NULL, &activity_list, 200, list,
      "What elements did, the last that began first", WR_ROUTE_FOLDED },
    { "POST", "/api/v1/activities/search", "searchActivities", WR_READERS,
      NULL, &wr_search_object, &activity_list, 200, search,
      "Search activities by conditions",
      WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_FOLDED },
    { "GET", "/api/v1/instances/{id}/activities", "listInstanceActivities",
      WR_READERS, &of_query_object, NULL, &activity_list, 200, of_instance,
      "What the elements of an instance did", WR_ROUTE_FOLDED },
    { "GET", "/api/v1/definitions/{ref}/statistics", "readStatistics",
      WR_READERS, NULL, NULL, &statistics_object, 200, statistics,
      "How often and how long, for each element of a version",
      WR_ROUTE_FOLDED },
};
/* clang-format on */

const struct wr_route_table wr_routes_activities = { "activities", routes,
                                                     WR_COUNT(routes) };
