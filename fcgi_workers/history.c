/* history: what happened in an instance, event by event. */

#include "engine/runtime/level.h"
#include "fcgi_workers/lookup.h"

struct history_query {
    int64_t after, limit;
};
static const struct wr_field history_query_fields[] = {
    WR_FIELD(struct history_query, after, "after", WR_INT, 0,
             "Only events with a higher seq."),
    WR_FIELD(struct history_query, limit, "limit", WR_INT, 0,
             "Number of commands to read, 1 to 1000; 50."),
};
static const struct wr_object history_query_object = WR_OBJECT_ROWS(
    struct history_query, "ListHistory", history_query_fields);

struct event {
    int64_t seq, at;
    const char *type, *element, *actor;
    const struct wr_value *data;
};
/* clang-format off */
static const char event_types[] =
#define WR_HISTORY(id, number, name, pythmata) name "|"
#include "engine/exec/history.def"
#undef WR_HISTORY
    ;
/* clang-format on */
static const struct wr_field event_fields[] = {
    WR_FIELDS_EVENT(struct event,
                    "1 and up, without gaps at the history level full."),
    WR_FIELD_ENUM(struct event, type, "type", event_types, WR_READONLY,
                  "What happened."),
    WR_FIELD(struct event, element, "element", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Element or sequence flow."),
    WR_FIELD(struct event, actor, "actor", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Who caused it."),
    WR_FIELD(struct event, data, "data", WR_JSON, WR_READONLY | WR_VARIABLES,
             "Details."),
};
static const struct wr_object event_object = WR_OBJECT_ROWS(
    struct event, "HistoryEvent", event_fields);
WR_LIST_OBJECT(event_list, "HistoryEventList", &event_object);

struct reading {
    struct wr_request *rq;
    struct wr_versions versions;
    enum wr_history_level level;
    int64_t after;
    struct wr_pile events;
};

static int
add(void *data, const struct wr_past *p, struct wr_err *err)
{
    struct reading *r = data;
    struct wr_element_ref el;
    struct wr_history_event told;
    struct event *e;

    if (p->seq <= r->after
        || !wr_level_event(r->rq->arena, r->level, p->event, &told))
        return 0;
    if (wr_past_element(r->rq, &r->versions, p, &el, err) < 0)
        return (int)err->code;
    e = wr_pile_add(&r->events, r->rq->arena, sizeof(*e));
    *e = (struct event){
        .seq = p->seq,
        .at = p->at,
        .type = wr_history_name(p->event->type),
        .element = el.id,
        .actor = p->actor,
        .data = told.data ? told.data : wr_value_context(r->rq->arena, NULL, 0),
    };

    return 0;
}

/*
 * A command's events are one row, found by its first seq.  `after` may lie
 * inside of one: look back for the row that holds the event behind it.
 */
static int
history_inside(struct wr_request *rq, const struct wr_uuid *id, int64_t after,
               struct wr_history_row *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_HISTORIES);
    struct wr_rows rows;
    bool passed;

    q.instance = id;
    q.limit = 1000;
    for (int64_t back = 1000; out->seq == 0; back *= 16) {
        q.after_seq = after > back ? after - back : 0;
        q.cursor = NULL;
        passed = false;
        do {
            if (wr_request_find(rq, &q, &rows, err) < 0)
                return (int)err->code;
            for (size_t i = 0; i < rows.n && !passed; i++) {
                passed = rows.histories[i].seq > after;
                if (!passed)
                    *out = rows.histories[i];
            }
            q.cursor = rows.next;
        } while (rows.next && !passed);
        if (q.after_seq == 0)
            break;
    }

    return 0;
}

static int
read_page(struct reading *r, const struct wr_instance_row *i,
          struct wr_query *q, bool *more, struct wr_err *err)
{
    struct wr_history_row inside = { 0 };
    struct wr_rows rows;

    if (wr_request_find(r->rq, q, &rows, err) < 0)
        return (int)err->code;
    if (r->after > 0 && r->after < i->rev
        && (rows.n == 0 || rows.histories[0].seq > r->after + 1)) {
        if (history_inside(r->rq, &i->id, r->after, &inside, err) < 0
            || (inside.seq && wr_past_row(r->rq, &inside, add, r, err) < 0))
            return (int)err->code;
    }
    for (size_t k = 0; k < rows.n; k++)
        if (wr_past_row(r->rq, &rows.histories[k], add, r, err) < 0)
            return (int)err->code;
    *more = rows.next != NULL;

    return 0;
}

static int
history(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct history_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_HISTORIES);
    struct reading r = { .rq = rq };
    const struct wr_instance_row *row;
    struct wr_list *page = out;
    struct wr_uuid id;
    bool more = false;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0
        || wr_request_instance(rq, &id, &row, err) < 0
        || wr_versions_of(rq, row, &r.versions, err) < 0)
        return (int)err->code;
    if (wr_request_level(rq, &row->definition, &r.level, err) < 0)
        return (int)err->code;
    r.after = p->after == WR_INT_ABSENT ? 0 : p->after;
    q.instance = &id;
    q.after_seq = r.after;
    if (wr_query_page(&q, p->limit, NULL, err) < 0
        || read_page(&r, row, &q, &more, err) < 0)
        return (int)err->code;
    page->items = (struct wr_objects){ r.events.items, r.events.n };
    if (more && r.events.n) {
        const struct event *events = r.events.items;

        page->next = wr_arena_printf(rq->arena, "%lld",
                                     (long long)events[r.events.n - 1].seq);
    }

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/instances/{id}/history", "listHistory", WR_READERS,
      &history_query_object, NULL, &event_list, 200, history,
      "History of an instance, as far as the history level of its definition "
      "tells it; `next` is the value for `after`", 0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_history = { "history", routes,
                                                  WR_COUNT(routes) };
