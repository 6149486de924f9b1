/* history: what happened in an instance, event by event. */

#include "engine/exec/history.h"

#include <string.h>

#include "fcgi_workers/resource.h"

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
    WR_FIELD(struct event, seq, "seq", WR_INT, WR_READONLY,
             "1 and up, without gaps."),
    WR_FIELD(struct event, at, "at", WR_TIME, WR_READONLY, "When."),
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

struct events {
    struct event *items;
    size_t n, cap;
};

static void
events_add(struct wr_arena *a, struct events *list, const struct event *e)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 64;
        struct event *more = wr_newn(a, struct event, cap);

        if (list->n)
            memcpy(more, list->items, list->n * sizeof(*more));
        list->items = more;
        list->cap = cap;
    }
    list->items[list->n++] = *e;
}

static int
history_row(struct wr_request *rq, const struct wr_uuid *definition,
            const struct wr_history_row *row, int64_t after,
            struct events *list, struct wr_err *err)
{
    const struct wr_history_event *packed;
    size_t n;

    if (wr_history_decode(rq->arena, row->events, &packed, &n, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < n; i++) {
        struct wr_element_ref el;
        struct event e;

        if (row->seq + (int64_t)i <= after)
            continue;
        if (wr_element_ref(rq, definition, packed[i].element, &el, err) < 0)
            return (int)err->code;
        e = (struct event){
            .seq = row->seq + (int64_t)i,
            .at = row->at,
            .type = wr_history_name(packed[i].type),
            .element = el.id,
            .actor = row->actor,
            .data = packed[i].data ? packed[i].data
                                   : wr_value_context(rq->arena, NULL, 0),
        };
        events_add(rq->arena, list, &e);
    }

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
            if (wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err)
                < 0)
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
history(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct history_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_INSTANCES);
    struct events list = { 0 };
    struct wr_list *page = out;
    struct wr_history_row inside = { 0 };
    struct wr_uuid id, definition;
    struct wr_rows rows;
    int64_t rev;

    (void)in;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0)
        return (int)err->code;
    q.id = &id;
    if (wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", rq->param[0]);
    definition = rows.instances[0].definition;
    rev = rows.instances[0].rev;

    q = wr_request_query(rq, WR_HISTORIES);
    q.instance = &id;
    q.after_seq = p->after == WR_INT_ABSENT ? 0 : p->after;
    if (wr_query_page(&q, p->limit, NULL, err) < 0
        || wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err) < 0)
        return (int)err->code;
    if (q.after_seq > 0 && q.after_seq < rev
        && (rows.n == 0 || rows.histories[0].seq > q.after_seq + 1)) {
        if (history_inside(rq, &id, q.after_seq, &inside, err) < 0
            || (inside.seq
                && history_row(rq, &definition, &inside, q.after_seq, &list,
                               err)
                       < 0))
            return (int)err->code;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (history_row(rq, &definition, &rows.histories[i], q.after_seq, &list,
                        err)
            < 0)
            return (int)err->code;
    }
    page->items = (struct wr_objects){ .items = list.items, .n = list.n };
    if (rows.next && list.n)
        page->next = wr_arena_printf(rq->arena, "%lld",
                                     (long long)list.items[list.n - 1].seq);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/instances/{id}/history", "listHistory", WR_READERS,
      &history_query_object, NULL, &event_list, 200, history,
      "History of an instance; `next` is the value for `after`", 0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_history = { "history", routes,
                                                  WR_COUNT(routes) };
