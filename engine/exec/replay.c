/*
 * replay.c: a fold over history; replay_compare.c holds a state against it.
 *
 * Activities are known by their key, open things by their id.  The root has the
 * key 0 and is always there.
 */

#include <string.h>

#include "engine/exec/replay_fold.h"

/* ---- what is there ---- */

struct wr_replay_activity *
wr_replay_activity(const struct wr_replay *r, int64_t key)
{
    struct wr_index_link *l = wr_index_find(&r->activities,
                                            wr_index_hash_key(key));

    for (; l; l = l->next) {
        struct wr_replay_activity *a = l->owner;

        if (a->key == key)
            return a;
    }

    return NULL;
}

struct wr_replay_wait *
wr_replay_wait(const struct wr_replay *r, const struct wr_uuid *id)
{
    struct wr_index_link *l = wr_index_find(&r->waits, wr_index_hash_id(id));

    for (; l; l = l->next) {
        struct wr_replay_wait *w = l->owner;

        if (wr_uuid_cmp(&w->id, id) == 0)
            return w;
    }

    return NULL;
}

static struct wr_replay_activity *
add_activity(struct wr_replay *r, int64_t key, int32_t element)
{
    struct wr_replay_activity *a = wr_new(r->arena, struct wr_replay_activity);

    a->key = key;
    a->element = element;
    a->vars.arena = r->arena;
    a->talks.arena = r->arena;
    wr_index_add(&r->activities, r->arena, &a->link, wr_index_hash_key(key), a);

    return a;
}

struct wr_replay *
wr_replay_new(struct wr_arena *a)
{
    struct wr_replay *r = wr_new(a, struct wr_replay);

    r->arena = a;
    r->root = add_activity(r, 0, 0);

    return r;
}

const char *
wr_replay_name(const struct wr_replay *r, int32_t element)
{
    int node = wr_model_node_of(r->model, element);

    return node < 0 ? "the process" : r->model->nodes[node].id;
}

static int
bad(const struct wr_replay *r, const struct wr_history_event *e,
    const char *what, struct wr_err *err)
{
    return wr_fail(err, WR_ECORRUPT, "history: '%s' of '%s' %s",
                   wr_history_name(e->type), wr_replay_name(r, e->element),
                   what);
}

/* ---- activities ---- */

static int
opened(struct wr_replay *r, const struct wr_history_event *e,
       struct wr_err *err)
{
    struct wr_replay_activity *a;

    if (!e->key || wr_replay_activity(r, e->key))
        return bad(r, e, "comes twice", err);
    a = add_activity(r, e->key, e->element);
    a->body = e->type == WR_H_LOOP_STARTED;
    wr_replay_opens(r, a);

    return 0;
}

static bool
is_passed(const struct wr_history_event *e)
{
    return e->type == WR_H_ELEMENT_PASSED
           || (e->type == WR_H_LOOP_COMPLETED && !e->key);
}

static int
closed(struct wr_replay *r, const struct wr_history_event *e,
       struct wr_err *err)
{
    struct wr_replay_activity *a;

    if (is_passed(e))
        return 0;
    a = wr_replay_activity(r, e->key);
    if (!a || a == r->root || a->element != e->element)
        return bad(r, e, "ends what was not there", err);
    wr_replay_closes(r, a);
    wr_index_remove(&r->activities, &a->link);

    return 0;
}

static int
planned(struct wr_replay *r, const struct wr_history_event *e,
        struct wr_err *err)
{
    struct wr_replay_activity *a = wr_replay_activity(r, e->key);
    const struct wr_value *n = e->data ? wr_value_get(e->data, "instances")
                                       : NULL;

    if (!a || !a->body || !n)
        return bad(r, e, "is of no loop", err);
    a->planned = n;

    return 0;
}

/* ---- compensation ---- */

/* What had completed comes back to be undone; an event that undoes is there. */
static int
undone(struct wr_replay *r, const struct wr_history_event *e,
       struct wr_err *err)
{
    struct wr_replay_activity *a = wr_replay_activity(r, e->key);

    if (!e->key)
        return bad(r, e, "is of nothing", err);
    if (!a)
        add_activity(r, e->key, e->element)->past = true;

    return 0;
}

static int
undone_ended(struct wr_replay *r, const struct wr_history_event *e,
             struct wr_err *err)
{
    struct wr_replay_activity *a = wr_replay_activity(r, e->key);

    if (!a || a->element != e->element)
        return bad(r, e, "ends what was not there", err);
    if (a->past)
        wr_index_remove(&r->activities, &a->link);

    return 0;
}

/* ---- variables ---- */

static int
wrote(struct wr_replay *r, const struct wr_history_event *e, struct wr_err *err)
{
    struct wr_replay_activity *a = wr_replay_activity(r, e->key);

    if (!a)
        return bad(r, e, "writes where nothing is", err);
    for (size_t k = 0; e->data && k < e->data->context.n; k++) {
        const struct wr_entry *v = &e->data->context.entries[k];

        (void)wr_map_put(&a->vars, v->key, wr_value_copy(r->arena, v->value));
    }

    return 0;
}

static int
removed(struct wr_replay *r, const struct wr_history_event *e,
        struct wr_err *err)
{
    struct wr_replay_activity *a = wr_replay_activity(r, e->key);
    const struct wr_value *names = e->data ? wr_value_get(e->data, "names")
                                           : NULL;

    if (!a || !names)
        return bad(r, e, "removes where nothing is", err);
    for (size_t k = 0; k < names->list.n; k++) {
        const char *name = names->list.items[k]->string.s;

        if (!wr_map_get(&a->vars, name))
            return bad(r, e, "removes what was not there", err);
        (void)wr_map_put(&a->vars, name, NULL);
    }

    return 0;
}

static int
keyed(struct wr_replay *r, const struct wr_history_event *e, struct wr_err *err)
{
    struct wr_replay_activity *a = wr_replay_activity(r, e->key);
    const struct wr_value *key, *value;

    if (!a || !e->data)
        return bad(r, e, "is of nothing", err);
    key = wr_value_get(e->data, "correlationKey");
    value = wr_value_get(e->data, "value");
    if (!key || !value)
        return bad(r, e, "says no key", err);
    (void)wr_map_put(&a->talks, wr_arena_strdup(r->arena, key->string.s),
                     wr_arena_strdup(r->arena, value->string.s));

    return 0;
}

/* ---- what is open outside ---- */

static void
give(struct wr_replay *r, struct wr_replay_wait *w,
     const struct wr_history_event *e)
{
    const struct wr_value *v = e->data ? wr_value_get(e->data, "assignee")
                                       : NULL;

    if (v)
        w->assignee = v->type == WR_V_STRING
                          ? wr_arena_strdup(r->arena, v->string.s)
                          : NULL;
}

static void
set_due(struct wr_replay *r, struct wr_replay_wait *w,
        const struct wr_history_event *e)
{
    const struct wr_value *v = e->data ? wr_value_get(e->data, "due") : NULL;

    if (v && w->kind == WR_WAIT_TIMER)
        w->due = wr_arena_strdup(r->arena, v->string.s);
}

static int
waits(struct wr_replay *r, const struct wr_history_event *e,
      enum wr_wait_kind kind, struct wr_err *err)
{
    struct wr_replay_wait *w = wr_replay_wait(r, &e->id);

    if (w && kind == WR_WAIT_TIMER && w->key == e->key) {
        set_due(r, w, e); /* resumed or retried, it has another instant */
        return 0;
    }
    if (w)
        return bad(r, e, "opens what is open", err);
    if (!wr_replay_activity(r, e->key))
        return bad(r, e, "hangs on nothing", err);
    w = wr_new(r->arena, struct wr_replay_wait);
    w->id = e->id;
    w->kind = kind;
    w->element = e->element;
    w->key = e->key;
    give(r, w, e);
    set_due(r, w, e);
    wr_index_add(&r->waits, r->arena, &w->link, wr_index_hash_id(&w->id), w);

    return 0;
}

/* A boundary event or event sub-process that does not interrupt is still open
 * when a message or signal came; of several events, none is. */
bool
wr_replay_listens_on(const struct wr_replay *r,
                     const struct wr_history_event *e)
{
    int node = wr_model_node_of(r->model, e->element);
    const struct wr_node *n = &r->model->nodes[node < 0 ? 0 : node];

    return node >= 0 && !n->interrupting
           && (n->host >= 0 || wr_trigger_is_sub(r->model, node))
           && n->event.trigger != WR_TRIGGER_PARALLEL_MULTIPLE;
}

static int
over(struct wr_replay *r, const struct wr_history_event *e,
     enum wr_wait_kind kind, struct wr_err *err)
{
    struct wr_replay_wait *w = wr_replay_wait(r, &e->id);

    if (!w || w->kind != kind || w->key != e->key || w->element != e->element)
        return bad(r, e, "ends what was not open", err);
    if ((e->type == WR_H_MESSAGE_RECEIVED || e->type == WR_H_SIGNAL_RECEIVED)
        && wr_replay_listens_on(r, e))
        return 0;
    wr_index_remove(&r->waits, &w->link);

    return 0;
}

/* Something happened to an open one: it is there. */
static int
about(struct wr_replay *r, const struct wr_history_event *e,
      enum wr_wait_kind kind, struct wr_err *err)
{
    struct wr_replay_wait *w = wr_replay_wait(r, &e->id);

    if (!w || w->kind != kind || w->key != e->key)
        return bad(r, e, "is about nothing that is open", err);
    give(r, w, e);

    return 0;
}

/* ---- the fold ---- */

static int
became(struct wr_replay *r, const struct wr_history_event *e,
       struct wr_err *err)
{
    (void)err;
    if (e->type == WR_H_INSTANCE_COMPENSATING && r->state > WR_SUSPENDED)
        r->was = r->state;
    if (e->type == WR_H_INSTANCE_COMPLETED)
        r->state = WR_COMPLETED;
    else if (e->type == WR_H_INSTANCE_COMPENSATED
             || e->type == WR_H_INSTANCE_KEPT)
        r->state = r->was;
    else if (e->type == WR_H_INSTANCE_FAILED)
        r->state = WR_FAILED;
    else if (e->type == WR_H_INSTANCE_CANCELED)
        r->state = WR_CANCELED;
    else if (e->type == WR_H_INSTANCE_SUSPENDED)
        r->state = WR_SUSPENDED;
    else
        r->state = WR_ACTIVE;

    return 0;
}

/* ---- migration ---- */

/* What the element is there: by the mapping, else by its id; 0: nothing. */
static int32_t
moved_element(const struct wr_replay *r, const struct wr_history_event *e,
              int32_t element)
{
    const struct wr_value *list = wr_value_get(e->data, "mappings");
    const char *id = wr_replay_name(r, element), *to = id;
    int node;

    if (!element)
        return 0;
    for (size_t k = 0; list && k < list->list.n; k++) {
        const struct wr_value *one = list->list.items[k];

        if (strcmp(wr_value_get(one, "from")->string.s, id) == 0)
            to = wr_value_get(one, "to")->string.s;
    }
    node = wr_model_node(r->to, to);

    return node < 0 ? 0 : r->to->nodes[node].symbol;
}

static int
migrated(struct wr_replay *r, const struct wr_history_event *e,
         struct wr_err *err)
{
    struct wr_index_link *l;

    if (!r->to || !e->data)
        return bad(r, e, "goes nowhere", err);
    for (size_t k = 0; k < r->activities.n_slots; k++) {
        for (l = r->activities.slots[k]; l; l = l->next) {
            struct wr_replay_activity *a = l->owner;

            a->element = moved_element(r, e, a->element);
        }
    }
    for (size_t k = 0; k < r->waits.n_slots; k++) {
        for (l = r->waits.slots[k]; l; l = l->next) {
            struct wr_replay_wait *w = l->owner;

            w->element = moved_element(r, e, w->element);
        }
    }
    for (struct wr_replay_condition *c = r->conditions; c; c = c->next)
        c->element = moved_element(r, e, c->element);
    r->model = r->to;
    r->moved = true;

    return 0;
}

void
wr_replay_goes_to(struct wr_replay *r, const struct wr_model *to)
{
    r->to = to;
    r->moved = false;
}

typedef int fold_fn(struct wr_replay *r, const struct wr_history_event *e,
                    struct wr_err *err);

/* What is in neither list says what happened and changes nothing that is
 * compared. */
static const struct {
    enum wr_history_type type;
    fold_fn *fold;
} folds[] = {
    { WR_H_INSTANCE_STARTED, became },
    { WR_H_INSTANCE_COMPLETED, became },
    { WR_H_INSTANCE_FAILED, became },
    { WR_H_INSTANCE_CANCELED, became },
    { WR_H_INSTANCE_SUSPENDED, became },
    { WR_H_INSTANCE_RESUMED, became },
    { WR_H_INSTANCE_COMPENSATING, became },
    { WR_H_INSTANCE_COMPENSATED, became },
    { WR_H_INSTANCE_KEPT, became },
    { WR_H_ELEMENT_STARTED, opened },
    { WR_H_LOOP_STARTED, opened },
    { WR_H_ELEMENT_COMPLETED, closed },
    { WR_H_ELEMENT_CANCELED, closed },
    { WR_H_ELEMENT_PASSED, closed },
    { WR_H_LOOP_COMPLETED, closed },
    { WR_H_LOOP_CANCELED, closed },
    { WR_H_LOOP_PLANNED, planned },
    { WR_H_COMPENSATION_STARTED, undone },
    { WR_H_COMPENSATION_COMPLETED, undone_ended },
    { WR_H_COMPENSATION_CANCELED, undone_ended },
    { WR_H_CONVERSATION_KEYED, keyed },
    { WR_H_VARIABLE_SET, wrote },
    { WR_H_VARIABLE_REMOVED, removed },
    { WR_H_INSTANCE_MIGRATED, migrated },
};

typedef int wait_fn(struct wr_replay *r, const struct wr_history_event *e,
                    enum wr_wait_kind kind, struct wr_err *err);

static const struct {
    enum wr_history_type type;
    enum wr_wait_kind kind;
    wait_fn *fold;
} wait_folds[] = {
    { WR_H_TASK_CREATED, WR_WAIT_TASK, waits },
    { WR_H_TASK_COMPLETED, WR_WAIT_TASK, over },
    { WR_H_TASK_CANCELED, WR_WAIT_TASK, over },
    { WR_H_TASK_ASSIGNED, WR_WAIT_TASK, about },
    { WR_H_TASK_DELEGATED, WR_WAIT_TASK, about },
    { WR_H_TASK_RESOLVED, WR_WAIT_TASK, about },
    { WR_H_TASK_CHANGED, WR_WAIT_TASK, about },
    { WR_H_TASK_COMMENTED, WR_WAIT_TASK, about },
    { WR_H_TASK_DRAFTED, WR_WAIT_TASK, about },
    { WR_H_JOB_CREATED, WR_WAIT_JOB, waits },
    { WR_H_JOB_COMPLETED, WR_WAIT_JOB, over },
    { WR_H_JOB_CANCELED, WR_WAIT_JOB, over },
    { WR_H_JOB_FAILED, WR_WAIT_JOB, about },
    { WR_H_JOB_CHANGED, WR_WAIT_JOB, about },
    { WR_H_TIMER_ARMED, WR_WAIT_TIMER, waits },
    { WR_H_TIMER_FIRED, WR_WAIT_TIMER, over },
    { WR_H_TIMER_CANCELED, WR_WAIT_TIMER, over },
    { WR_H_TIMER_OVERDUE, WR_WAIT_TIMER, about },
    { WR_H_SUBSCRIPTION_OPENED, WR_WAIT_SUBSCRIPTION, waits },
    { WR_H_MESSAGE_RECEIVED, WR_WAIT_SUBSCRIPTION, over },
    { WR_H_SIGNAL_RECEIVED, WR_WAIT_SUBSCRIPTION, over },
    { WR_H_SUBSCRIPTION_CLOSED, WR_WAIT_SUBSCRIPTION, over },
    { WR_H_INCIDENT_CREATED, WR_WAIT_INCIDENT, waits },
    { WR_H_INCIDENT_RESOLVED, WR_WAIT_INCIDENT, over },
    { WR_H_CALL_STARTED, WR_WAIT_CHILD, waits },
    { WR_H_CALL_COMPLETED, WR_WAIT_CHILD, over },
    { WR_H_CALL_FAILED, WR_WAIT_CHILD, over },
    { WR_H_CALL_CANCELED, WR_WAIT_CHILD, over },
    { WR_H_CALL_COMPENSATING, WR_WAIT_CHILD, waits },
    { WR_H_CALL_COMPENSATED, WR_WAIT_CHILD, over },
    { WR_H_TOKEN_PARKED, WR_WAIT_PARKED, waits },
    { WR_H_TOKEN_RELEASED, WR_WAIT_PARKED, over },
    { WR_H_TRIGGER_PARKED, WR_WAIT_SUBSCRIPTION, about },
};

static int
add(struct wr_replay *r, const struct wr_history_event *e, struct wr_err *err)
{
    wr_replay_moves(r, e);
    wr_replay_logs(r, e);
    for (size_t k = 0; k < WR_COUNT(folds); k++) {
        if (folds[k].type == e->type)
            return folds[k].fold(r, e, err);
    }
    for (size_t k = 0; k < WR_COUNT(wait_folds); k++) {
        if (wait_folds[k].type == e->type)
            return wait_folds[k].fold(r, e, wait_folds[k].kind, err);
    }

    return wr_replay_conditions(r, e, err);
}

int
wr_replay_add(struct wr_replay *r, const struct wr_model *m,
              const struct wr_history_row *row, struct wr_err *err)
{
    const struct wr_history_event *events;
    size_t n;

    r->model = r->moved ? r->to : m;
    if (row->seq != r->seq + 1)
        return wr_fail(err, WR_ECORRUPT,
                       "history: a row begins at %lld, the one before it ended"
                       " at %lld",
                       (long long)row->seq, (long long)r->seq);
    if (wr_history_decode(r->arena, row->events, &events, &n, err) < 0)
        return err->code;
    for (size_t k = 0; k < n; k++) {
        if (add(r, &events[k], err) < 0)
            return wr_wrap(err, "event %lld", (long long)r->seq + 1);
        r->seq++;
    }

    return 0;
}
