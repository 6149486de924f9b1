#include <stdlib.h>
#include <string.h>

#include "fcgi_workers/lookup.h"
#include "fcgi_workers/task_json.h"

struct record { /* one event of a task */
    struct wr_uuid task;
    struct wr_past past;
};

struct reading {
    struct wr_request *rq;
    struct wr_pile records;
};

static bool
ends(enum wr_history_type t)
{
    return t == WR_H_TASK_COMPLETED || t == WR_H_TASK_CANCELED;
}

static int
add(void *data, const struct wr_past *p, struct wr_err *err)
{
    struct reading *r = data;
    struct record *record;

    (void)err;
    if (!ends(p->event->type) && p->event->type != WR_H_TASK_CREATED
        && p->event->type != WR_H_TASK_ASSIGNED
        && p->event->type != WR_H_TASK_DELEGATED
        && p->event->type != WR_H_TASK_RESOLVED)
        return 0;
    record = wr_pile_add(&r->records, r->rq->arena, sizeof(*record));
    *record = (struct record){ .task = p->event->id, .past = *p };

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

    return a->past.seq < b->past.seq ? -1 : a->past.seq > b->past.seq;
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
fold(struct wr_request *rq, const struct wr_uuid *instance,
     const struct wr_versions *versions, const struct record *r, size_t n,
     struct wr_task_json *out, struct wr_err *err)
{
    const struct wr_past *first = &r->past, *last = &r[n - 1].past;
    const struct wr_uuid *definition;
    struct wr_element_ref el;

    *out = (struct wr_task_json){
        .id = r->task,
        .instance = *instance,
        .created_at = first->at,
        .ended_at = last->at,
        .ended_by = last->actor,
        .rev = last->rev,
        .state = last->event->type == WR_H_TASK_COMPLETED ? "completed"
                                                          : "canceled",
    };
    for (size_t k = 0; k + 1 < n; k++)
        out->assignee = assignee_of(r[k].past.event);
    definition = wr_earlier_definition(versions->earlier, versions->n,
                                       last->seq, &versions->now);
    if (wr_past_element(rq, versions, last, &el, err) < 0
        || wr_definition_json_ref(rq, definition, &out->definition, err) < 0)
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
    struct reading r = { .rq = rq };
    const struct wr_instance_row *row;
    struct wr_versions versions;
    struct wr_task_json *items;
    struct record *records;
    size_t from = 0, n_records;

    if (wr_request_instance(rq, instance, &row, err) < 0
        || wr_versions_of(rq, row, &versions, err) < 0
        || wr_past(rq, instance, add, &r, err) < 0)
        return (int)err->code;
    records = r.records.items;
    n_records = r.records.n;
    if (n_records)
        qsort(records, n_records, sizeof(*records), by_task);
    items = wr_newn(rq->arena, struct wr_task_json, n_records + 1);
    *n = 0;
    for (size_t k = 1; k <= n_records; k++) {
        if (k < n_records
            && wr_uuid_equal(&records[k].task, &records[from].task))
            continue;
        if (ends(records[k - 1].past.event->type)
            && fold(rq, instance, &versions, &records[from], k - from,
                    &items[(*n)++], err)
                   < 0)
            return (int)err->code;
        from = k;
    }
    qsort(items, *n, sizeof(*items), by_end);
    *out = items;

    return 0;
}
