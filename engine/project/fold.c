#include "engine/project/fold.h"

#include <string.h>

#include "engine/runtime/level.h"

const char *
wr_fold_text(const struct wr_value *context, const char *name)
{
    const struct wr_value *v = context ? wr_value_get(context, name) : NULL;

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

/* ---- activities ---- */

struct wr_element_count_row *
wr_fold_count_of(const struct wr_fold_at *x, const struct wr_activity_row *a)
{
    return wr_fold_count(x->f, &a->definition, a->tenant, a->element);
}

static struct wr_activity_row *
new_activity(const struct wr_fold_at *x, enum wr_activity_kind kind)
{
    const struct wr_uuid id = wr_fold_activity_id(
        &x->i->id, kind == WR_ACT_PASSED ? 0 : x->e->key, x->seq);
    struct wr_activity_row *a = wr_fold_put(x->f, WR_FOLD_ACTIVITIES, &id,
                                            sizeof(*a));

    *a = (struct wr_activity_row){ .id = id,
                                   .instance = x->i->id,
                                   .definition = x->i->definition,
                                   .tenant = x->i->tenant,
                                   .element = x->e->element,
                                   .key = x->e->key,
                                   .kind = kind,
                                   .started_at = x->row->history.at,
                                   .duration = -1 };

    return a;
}

static void
opened(const struct wr_fold_at *x)
{
    bool loop = x->e->type == WR_H_LOOP_STARTED;
    struct wr_activity_row *a = new_activity(x, loop ? WR_ACT_LOOP
                                                     : WR_ACT_ELEMENT);

    if (!loop)
        wr_fold_count_of(x, a)->running++;
}

/* It took no time and has no token: a gateway, a loop without iterations. */
static void
passed(const struct wr_fold_at *x)
{
    struct wr_activity_row *a = new_activity(x, WR_ACT_PASSED);
    struct wr_element_count_row *c = wr_fold_count_of(x, a);

    a->state = WR_ACT_COMPLETED;
    a->ended_at = a->started_at;
    a->duration = 0;
    c->completed++;
    wr_fold_duration(x->f, c, 0, 1);
}

static int64_t
since(int64_t start, int64_t end)
{
    return end > start ? end - start : 0;
}

static void
closed(const struct wr_fold_at *x)
{
    bool canceled = x->e->type == WR_H_ELEMENT_CANCELED
                    || x->e->type == WR_H_LOOP_CANCELED;
    struct wr_uuid id = wr_fold_activity_id(&x->i->id, x->e->key, 0);
    struct wr_activity_row *a = wr_fold_row(x->f, WR_FOLD_ACTIVITIES, &id);
    struct wr_element_count_row *c;

    if (!x->e->key || x->e->type == WR_H_ELEMENT_PASSED) {
        passed(x);
        return;
    }
    if (!a || a->state != WR_ACT_ACTIVE)
        return;
    a->state = canceled ? WR_ACT_CANCELED : WR_ACT_COMPLETED;
    a->ended_at = x->row->history.at;
    a->duration = since(a->started_at, a->ended_at);
    wr_fold_changed(x->f, WR_FOLD_ACTIVITIES, &id);
    if (a->kind == WR_ACT_LOOP)
        return;
    c = wr_fold_count_of(x, a);
    c->running--;
    if (canceled) {
        c->canceled++;
        return;
    }
    c->completed++;
    wr_fold_duration(x->f, c, a->duration, 1);
}

/* ---- tasks ---- */

static void
task_created(const struct wr_fold_at *x)
{
    const char *assignee = wr_fold_text(x->e->data, "assignee");
    struct wr_past_task_row *t = wr_fold_put(x->f, WR_FOLD_TASKS, &x->e->id,
                                             sizeof(*t));

    *t = (struct wr_past_task_row){
        .id = x->e->id,
        .instance = x->i->id,
        .definition = x->i->definition,
        .tenant = x->i->tenant,
        .element = x->e->element,
        .state = assignee ? WR_PAST_TASK_CLAIMED : WR_PAST_TASK_CREATED,
        .assignee = assignee,
        .created_at = x->row->history.at,
        .duration = -1,
        .rev = x->seq,
    };
}

static struct wr_past_task_row *
open_task(const struct wr_fold_at *x)
{
    struct wr_past_task_row *t = wr_fold_row(x->f, WR_FOLD_TASKS, &x->e->id);

    if (!t || t->state >= WR_PAST_TASK_COMPLETED)
        return NULL;
    t->rev = x->seq;
    wr_fold_changed(x->f, WR_FOLD_TASKS, &x->e->id);

    return t;
}

static void
task_given(const struct wr_fold_at *x)
{
    struct wr_past_task_row *t = open_task(x);

    if (!t)
        return;
    t->assignee = wr_fold_text(x->e->data, "assignee");
    t->state = t->assignee ? WR_PAST_TASK_CLAIMED : WR_PAST_TASK_CREATED;
}

static void
task_ended(const struct wr_fold_at *x)
{
    struct wr_past_task_row *t = open_task(x);

    if (!t)
        return;
    t->state = x->e->type == WR_H_TASK_COMPLETED ? WR_PAST_TASK_COMPLETED
                                                 : WR_PAST_TASK_CANCELED;
    t->ended_at = x->row->history.at;
    t->duration = since(t->created_at, t->ended_at);
    t->ended_by = x->row->history.actor;
}

/* ---- instances ---- */

static void
add_state(struct wr_element_count_row *c, enum wr_instance_state s, int n)
{
    if (s == WR_COMPLETED)
        c->completed += n;
    else if (s == WR_FAILED)
        c->failed += n;
    else if (s == WR_CANCELED)
        c->canceled += n;
    else
        c->running += n;
}

/* The process counts as element 0. */
void
wr_fold_instance(const struct wr_fold_at *x, int n)
{
    const struct wr_past_instance_row *i = x->i;
    struct wr_element_count_row *c = wr_fold_count(x->f, &i->definition,
                                                   i->tenant, 0);

    add_state(c, i->state, n);
    if (i->state == WR_COMPLETED)
        wr_fold_duration(x->f, c, since(i->started_at, i->ended_at), n);
}

static enum wr_instance_state
next_state(const struct wr_fold_at *x)
{
    switch (x->e->type) {
    case WR_H_INSTANCE_COMPLETED:
        return WR_COMPLETED;
    case WR_H_INSTANCE_FAILED:
        return WR_FAILED;
    case WR_H_INSTANCE_CANCELED:
        return WR_CANCELED;
    case WR_H_INSTANCE_SUSPENDED:
        return WR_SUSPENDED;
    case WR_H_INSTANCE_COMPENSATED:
    case WR_H_INSTANCE_KEPT:
        return x->i->was;
    default:
        return WR_ACTIVE;
    }
}

/* One that is compensated after its end keeps that. */
static void
became(const struct wr_fold_at *x)
{
    bool again = x->e->type == WR_H_INSTANCE_COMPENSATING
                 || x->e->type == WR_H_INSTANCE_COMPENSATED
                 || x->e->type == WR_H_INSTANCE_KEPT;

    wr_fold_instance(x, -1);
    if (x->e->type == WR_H_INSTANCE_COMPENSATING && x->i->state > WR_SUSPENDED)
        x->i->was = x->i->state;
    x->i->state = next_state(x);
    if (!again && x->i->state > WR_SUSPENDED)
        x->i->ended_at = x->row->history.at;
    wr_fold_instance(x, 1);
    if (x->i->state > WR_SUSPENDED)
        wr_fold_ended(x->f, x->i);
}

static void
variables_set(const struct wr_fold_at *x)
{
    const struct wr_value *v = x->e->data;

    if (x->e->key || wr_level_left_out(x->e))
        return;
    for (size_t k = 0; v && k < v->context.n; k++)
        wr_fold_variable(x->f, x->row, v->context.entries[k].key,
                         v->context.entries[k].value);
}

static void
variables_removed(const struct wr_fold_at *x)
{
    const struct wr_value *names = x->e->data
                                       ? wr_value_get(x->e->data, "names")
                                       : NULL;

    for (size_t k = 0; !x->e->key && names && k < names->list.n; k++)
        wr_fold_variable(x->f, x->row, names->list.items[k]->string.s, NULL);
}

/* ---- one event ---- */

typedef void fold_fn(const struct wr_fold_at *x);

static const struct {
    enum wr_history_type type;
    fold_fn *fold;
} folds[] = {
    { WR_H_ELEMENT_STARTED, opened },
    { WR_H_LOOP_STARTED, opened },
    { WR_H_ELEMENT_COMPLETED, closed },
    { WR_H_ELEMENT_CANCELED, closed },
    { WR_H_ELEMENT_PASSED, closed },
    { WR_H_LOOP_COMPLETED, closed },
    { WR_H_LOOP_CANCELED, closed },
    { WR_H_TASK_CREATED, task_created },
    { WR_H_TASK_ASSIGNED, task_given },
    { WR_H_TASK_DELEGATED, task_given },
    { WR_H_TASK_RESOLVED, task_given },
    { WR_H_TASK_COMPLETED, task_ended },
    { WR_H_TASK_CANCELED, task_ended },
    { WR_H_VARIABLE_SET, variables_set },
    { WR_H_VARIABLE_REMOVED, variables_removed },
    { WR_H_INSTANCE_COMPLETED, became },
    { WR_H_INSTANCE_FAILED, became },
    { WR_H_INSTANCE_CANCELED, became },
    { WR_H_INSTANCE_SUSPENDED, became },
    { WR_H_INSTANCE_RESUMED, became },
    { WR_H_INSTANCE_COMPENSATING, became },
    { WR_H_INSTANCE_COMPENSATED, became },
    { WR_H_INSTANCE_KEPT, became },
};

static fold_fn *
fold_of(enum wr_history_type type)
{
    for (size_t k = 0; k < WR_COUNT(folds); k++)
        if (folds[k].type == type)
            return folds[k].fold;

    return NULL;
}

/* ---- the batch ---- */

/* What the events are about, to be read at once. */
static void
mention(struct wr_fold *f, const struct wr_followed_row *row,
        const struct wr_history_event *e)
{
    const struct wr_uuid *instance = &row->history.instance;
    fold_fn *fold = fold_of(e->type);
    struct wr_uuid id;

    if (fold == task_given || fold == task_ended)
        (void)wr_fold_slot(f, WR_FOLD_TASKS, &e->id);
    if (fold != closed || !e->key || e->type == WR_H_ELEMENT_PASSED)
        return;
    id = wr_fold_activity_id(instance, e->key, 0);
    (void)wr_fold_slot(f, WR_FOLD_ACTIVITIES, &id);
}

static int
decode(struct wr_fold *f, const struct wr_followed_row *rows, size_t n,
       struct wr_err *err)
{
    const struct wr_history_event **events = wr_newn(
        f->arena, const struct wr_history_event *, n + 1);
    size_t *counts = wr_newn(f->arena, size_t, n + 1), all = 0;

    for (size_t i = 0; i < n; i++) {
        if (wr_history_decode(f->arena, rows[i].history.events, &events[i],
                              &counts[i], err)
            < 0)
            return err->code;
        all += counts[i];
    }
    f->events = wr_newn(f->arena, struct wr_fold_event, all + 1);
    for (size_t i = 0; i < n; i++) {
        (void)wr_fold_slot(f, WR_FOLD_INSTANCES, &rows[i].history.instance);
        for (size_t k = 0; k < counts[i]; k++) {
            f->events[f->n_events++] = (struct wr_fold_event){
                &rows[i], &events[i][k], rows[i].history.seq + (int64_t)k
            };
            mention(f, &rows[i], &events[i][k]);
        }
    }

    return 0;
}

static int
read_all(struct wr_fold *f, struct wr_err *err)
{
    if (wr_fold_read(f, WR_FOLD_INSTANCES, err) < 0
        || wr_fold_read(f, WR_FOLD_ACTIVITIES, err) < 0
        || wr_fold_read(f, WR_FOLD_TASKS, err) < 0)
        return err->code;
    for (size_t k = 0; k < f->n_events; k++) {
        const struct wr_fold_event *e = &f->events[k];

        if (e->event->type != WR_H_INSTANCE_MIGRATED)
            continue;
        if (wr_fold_read_open(f, WR_ACTIVITIES, WR_FOLD_ACTIVITIES, e->from,
                              sizeof(struct wr_activity_row), err)
                < 0
            || wr_fold_read_open(f, WR_PAST_TASKS, WR_FOLD_TASKS, e->from,
                                 sizeof(struct wr_past_task_row), err)
                   < 0)
            return err->code;
    }

    return 0;
}

/* The version it began on: that of now, unless it moved on since. */
static int
began_on(struct wr_fold *f, size_t at, struct wr_uuid *out, struct wr_err *err)
{
    const struct wr_followed_row *row = f->events[at].from;
    const struct wr_instance_row *now;
    const struct wr_earlier *earlier;
    int n;

    *out = row->definition;
    for (size_t k = at; k < f->n_events; k++) {
        const struct wr_fold_event *e = &f->events[k];

        if (!wr_uuid_equal(&e->from->history.instance, &row->history.instance))
            continue;
        if (e->event->type == WR_H_INSTANCE_MIGRATED)
            break;
        if (e->seq == row->rev)
            return 0; /* all of its events are here */
    }
    if (wr_store_instance(f->store, &row->history.instance, row->tenant,
                          f->arena, &now, err)
            < 0
        || wr_instance_earlier(f->arena, now, &earlier, &n, err) < 0)
        return err->code;
    *out = *wr_earlier_definition(earlier, n, 1, &now->definition);

    return 0;
}

static int
begin(struct wr_fold *f, size_t at, struct wr_past_instance_row **out,
      struct wr_err *err)
{
    const struct wr_followed_row *row = f->events[at].from;
    struct wr_past_instance_row *i;
    struct wr_uuid definition;
    struct wr_fold_at x = { .f = f, .row = row };

    *out = NULL;
    /* Gone, or its beginning is: nothing is told of it. */
    if (f->events[at].event->type != WR_H_INSTANCE_STARTED
        || wr_uuid_is_zero(&row->definition))
        return 0;
    if (began_on(f, at, &definition, err) < 0)
        return err->code == WR_ENOTFOUND ? 0 : err->code;
    i = wr_fold_put(f, WR_FOLD_INSTANCES, &row->history.instance, sizeof(*i));
    *i = (struct wr_past_instance_row){ .id = row->history.instance,
                                        .definition = definition,
                                        .tenant = row->tenant,
                                        .state = WR_ACTIVE,
                                        .started_at = row->history.at };
    x.i = i;
    wr_fold_instance(&x, 1);
    *out = i;

    return 0;
}

static int
fold_event(struct wr_fold *f, size_t at, struct wr_err *err)
{
    const struct wr_fold_event *e = &f->events[at];
    const struct wr_uuid *id = &e->from->history.instance;
    struct wr_past_instance_row *i = wr_fold_row(f, WR_FOLD_INSTANCES, id);
    struct wr_fold_at x = { f, e->from, e->event, i, e->seq };
    fold_fn *fold = fold_of(e->event->type);

    if (!i && begin(f, at, &i, err) < 0)
        return err->code;
    if (!i || e->seq <= i->seq)
        return 0;
    x.i = i;
    i->seq = e->seq;
    wr_fold_changed(f, WR_FOLD_INSTANCES, id);
    if (fold)
        fold(&x);

    return e->event->type == WR_H_INSTANCE_MIGRATED ? wr_fold_migrated(&x, err)
                                                    : 0;
}

int
wr_fold(struct wr_fold *f, const struct wr_followed_row *rows, size_t n,
        int64_t from, int64_t pos, struct wr_err *err)
{
    struct wr_position to = { .pos = pos };

    if (decode(f, rows, n, err) < 0 || read_all(f, err) < 0)
        return err->code;
    for (size_t k = 0; k < f->n_events; k++)
        if (fold_event(f, k, err) < 0)
            return err->code;
    for (size_t i = 0; i < n; i++)
        if (rows[i].history.at > to.at)
            to.at = rows[i].history.at;
    to.events = (int64_t)f->n_events;

    return wr_fold_levels(f, err) < 0 ? err->code
                                      : wr_fold_write(f, from, &to, err);
}
