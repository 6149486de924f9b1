#include <stdlib.h>
#include <string.h>

#include "engine/exec/history.h"
#include "fcgi_workers/task_json.h"

struct record { /* one event of a task */
    struct wr_uuid task;
    int64_t seq, at, rev;
    const char *actor;
    const struct wr_history_event *event;
};

struct records {
    struct record *items;
    size_t n, cap;
};

static bool
ends(enum wr_history_type t)
{
    return t == WR_H_TASK_COMPLETED || t == WR_H_TASK_CANCELED;
}

static void
add(struct wr_arena *a, struct records *list, const struct record *r)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 64;
        struct record *more = wr_newn(a, struct record, cap);

        if (list->n)
            memcpy(more, list->items, list->n * sizeof(*more));
        list->items = more;
        list->cap = cap;
    }
    list->items[list->n++] = *r;
}

static int
add_row(struct wr_arena *a, const struct wr_history_row *row,
        struct records *list, struct wr_err *err)
{
    const struct wr_history_event *events;
    size_t n;

    if (wr_history_decode(a, row->events, &events, &n, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < n; i++) {
        struct record r = {
            .task = events[i].id,
            .seq = row->seq + (int64_t)i,
            .at = row->at,
            .rev = row->seq + (int64_t)n - 1,
            .actor = row->actor,
            .event = &events[i],
        };

        if (ends(events[i].type) || events[i].type == WR_H_TASK_CREATED
            || events[i].type == WR_H_TASK_ASSIGNED
            || events[i].type == WR_H_TASK_DELEGATED
            || events[i].type == WR_H_TASK_RESOLVED)
            add(a, list, &r);
    }

    return 0;
}

static int
read_all(struct wr_request *rq, const struct wr_uuid *instance,
         struct records *list, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_HISTORIES);
    struct wr_rows rows;

    q.instance = instance;
    q.limit = 1000;
    do {
        if (wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err)
            < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (add_row(rq->arena, &rows.histories[i], list, err) < 0)
                return (int)err->code;
        }
        q.cursor = rows.next;
    } while (rows.next && !wr_arena_over(rq->arena));

    return 0;
}

/* The events of each task together, in order. */
static int
by_task(const void *x, const void *y)
{
    const struct record *a = x, *b = y;
    int c = wr_uuid_cmp(&b->task, &a->task);

    if (c != 0)
        return c;

    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static const char *
assignee_of(const struct wr_history_event *e)
{
    const struct wr_value *v = e->data ? wr_value_get(e->data, "assignee")
                                       : NULL;

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

static int
by_end(const void *x, const void *y)
{
    const struct wr_task_json *a = x, *b = y;

    if (a->rev != b->rev)
        return a->rev > b->rev ? -1 : 1;

    return wr_uuid_cmp(&b->id, &a->id);
}

/* What the events of one task say about it. */
static int
fold(struct wr_request *rq, const struct wr_instance_row *i,
     const struct record *r, size_t n, struct wr_task_json *out,
     struct wr_err *err)
{
    const struct record *last = &r[n - 1];
    struct wr_element_ref el;

    *out = (struct wr_task_json){
        .id = r->task,
        .instance = i->id,
        .created_at = r->at,
        .ended_at = last->at,
        .ended_by = last->actor,
        .rev = last->rev,
        .state = last->event->type == WR_H_TASK_COMPLETED ? "completed"
                                                          : "canceled",
    };
    for (size_t k = 0; k + 1 < n; k++)
        out->assignee = assignee_of(r[k].event);
    if (wr_element_ref(rq, &i->definition, r->event->element, &el, err) < 0
        || wr_definition_json_ref(rq, &i->definition, &out->definition, err)
               < 0)
        return (int)err->code;
    out->element = el.id ? el.id : "";
    out->name = el.name;
    out->form_key = el.form_key;
    out->lane = el.lane;

    return 0;
}

int
wr_ended_tasks(struct wr_request *rq, const struct wr_uuid *instance,
               const struct wr_task_json **out, size_t *n, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_INSTANCES);
    struct records list = { 0 };
    struct wr_task_json *items;
    char text[WR_UUID_TEXT];
    struct wr_rows rows;
    size_t from = 0;

    q.id = instance;
    if (wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, err) < 0)
        return (int)err->code;
    wr_uuid_text(instance, text);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", text);
    if (read_all(rq, instance, &list, err) < 0)
        return (int)err->code;
    if (list.n)
        qsort(list.items, list.n, sizeof(*list.items), by_task);
    items = wr_newn(rq->arena, struct wr_task_json, list.n + 1);
    *n = 0;
    for (size_t k = 1; k <= list.n; k++) {
        if (k < list.n
            && wr_uuid_equal(&list.items[k].task, &list.items[from].task))
            continue;
        if (ends(list.items[k - 1].event->type)
            && fold(rq, &rows.instances[0], &list.items[from], k - from,
                    &items[(*n)++], err)
                   < 0)
            return (int)err->code;
        from = k;
    }
    qsort(items, *n, sizeof(*items), by_end);
    *out = items;

    return 0;
}
