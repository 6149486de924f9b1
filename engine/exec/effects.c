/* effects.c: the rows and the history of a step. */

#include <string.h>

#include "engine/exec/codec.h"
#include "engine/exec/spill.h"

struct op_head { /* how every struct wr_<kind>_op starts */
    enum wr_op op;
    bool is_new;
};

static const struct {
    size_t size, row, row_size; /* of the op; where its row is */
} shapes[] = {
#define SHAPE(kind, name)                                      \
    [WR_WAIT_##kind] = { sizeof(struct wr_##name##_op),        \
                         offsetof(struct wr_##name##_op, row), \
                         sizeof(struct wr_##name##_row) }
    SHAPE(TASK, task),         SHAPE(JOB, job),
    SHAPE(TIMER, timer),       SHAPE(SUBSCRIPTION, subscription),
    SHAPE(INCIDENT, incident),
#undef SHAPE
};

static struct op_head *
op_at(const struct wr_ops *ops, enum wr_wait_kind kind, int n)
{
    return (struct op_head *)((char *)ops->items
                              + (size_t)n * shapes[kind].size);
}

struct op_place {
    struct wr_index_link link;
    int n;
};

/* The place of a row's op; NULL when this commit has none yet. */
static struct op_place *
op_find(const struct wr_ops *ops, enum wr_wait_kind kind,
        const struct wr_uuid *id)
{
    struct wr_index_link *l = wr_index_find(&ops->index, wr_index_hash_id(id));

    for (; l; l = l->next) {
        struct op_place *place = l->owner;
        const char *op = (const char *)op_at(ops, kind, place->n);

        if (memcmp(op + shapes[kind].row, id, sizeof(*id)) == 0)
            return place;
    }

    return NULL;
}

static void
op_index(struct wr_exec *x, struct wr_ops *ops, int n, const struct wr_uuid *id)
{
    struct op_place *place = wr_new(x->arena, struct op_place);

    place->n = n;
    wr_index_add(&ops->index, x->arena, &place->link, wr_index_hash_id(id),
                 place);
}

static struct op_head *
op_add(struct wr_exec *x, struct wr_ops *ops, const struct wr_wait *w)
{
    enum wr_wait_kind kind = w->kind;
    void *grown;

    if (ops->n == ops->cap) {
        ops->cap = ops->cap ? 2 * ops->cap : 4;
        grown = wr_arena_allocn(x->arena, (size_t)ops->cap, shapes[kind].size);
        if (ops->n)
            memcpy(grown, ops->items, (size_t)ops->n * shapes[kind].size);
        ops->items = grown;
    }
    op_index(x, ops, ops->n, &w->id);

    return op_at(ops, kind, ops->n++);
}

/* The row was never written and will not be. */
static bool
is_void(const struct op_head *op)
{
    return op->op == WR_OP_DEL && op->is_new;
}

static void
op_drop(struct wr_ops *ops, enum wr_wait_kind kind, struct op_place *place)
{
    wr_index_remove(&ops->index, &place->link);
    if (place->n == ops->n - 1) {
        ops->n--;
        return;
    }
    op_at(ops, kind, place->n)->op = WR_OP_DEL;
    ops->n_void++;
}

static void
op_compact(struct wr_exec *x, struct wr_ops *ops, enum wr_wait_kind kind)
{
    int n = 0;

    if (!ops->n_void)
        return;
    ops->index = (struct wr_index){ 0 };
    for (int k = 0; k < ops->n; k++) {
        struct op_head *op = op_at(ops, kind, k);

        if (is_void(op))
            continue;
        if (n < k)
            memcpy(op_at(ops, kind, n), op, shapes[kind].size);
        op = op_at(ops, kind, n);
        op_index(x, ops, n++,
                 (struct wr_uuid *)((char *)op + shapes[kind].row));
    }
    ops->n = n;
    ops->n_void = 0;
}

static void
own(struct wr_exec *x, const char **text)
{
    if (*text)
        *text = wr_arena_strdup(x->arena, *text);
}

/* Rows outlive the instance they came from: their text moves to the step. */
static void
own_text(struct wr_exec *x, enum wr_wait_kind kind, void *row)
{
    struct wr_task_row *task = row;
    struct wr_job_row *job = row;
    struct wr_subscription_row *subscription = row;
    struct wr_incident_row *incident = row;

    switch (kind) {
    case WR_WAIT_TASK:
        own(x, &task->name);
        own(x, &task->assignee);
        task->candidate_users = wr_arena_strdups(
            x->arena, task->candidate_users, task->n_candidate_users);
        task->candidate_groups = wr_arena_strdups(
            x->arena, task->candidate_groups, task->n_candidate_groups);
        break;
    case WR_WAIT_JOB:
        own(x, &job->type);
        own(x, &job->error);
        break;
    case WR_WAIT_TIMER:
        break;
    case WR_WAIT_SUBSCRIPTION:
        own(x, &subscription->name);
        own(x, &subscription->key);
        break;
    case WR_WAIT_INCIDENT:
        own(x, &incident->type);
        own(x, &incident->message);
        break;
    case WR_WAIT_CHILD:
    case WR_WAIT_CONDITION:
    case WR_WAIT_PARKED: /* have none */
        break;
    }
}

static void
fill(struct wr_exec *x, struct op_head *op, const struct wr_wait *w)
{
    void *row = (char *)op + shapes[w->kind].row;

    memcpy(row, &w->id, shapes[w->kind].row_size);
    if ((x->i->state == WR_SUSPENDED || w->held || w->overdue)
        && w->kind == WR_WAIT_TIMER)
        ((struct wr_timer_row *)row)->due_at = WR_NEVER;
    if ((x->i->state == WR_SUSPENDED || w->held) && w->kind == WR_WAIT_JOB)
        ((struct wr_job_row *)row)->due_at = WR_NEVER;
    own_text(x, w->kind, row);
}

static bool
has_row(const struct wr_wait *w)
{
    return w->kind < WR_COUNT(shapes) && shapes[w->kind].size && !w->absent;
}

void
wr_row_put(struct wr_exec *x, const struct wr_wait *w, bool is_new)
{
    struct op_place *place;
    struct op_head *op;
    struct wr_ops *ops;

    if (!has_row(w))
        return;
    ops = &x->s->state->ops[w->kind];
    place = is_new ? NULL : op_find(ops, w->kind, &w->id);
    if (place) {
        op = op_at(ops, w->kind, place->n);
    } else {
        op = op_add(x, ops, w);
        op->is_new = is_new;
    }
    op->op = WR_OP_PUT;
    fill(x, op, w);
}

void
wr_row_back(struct wr_exec *x, const struct wr_wait *w)
{
    bool here = op_find(&x->s->state->ops[w->kind], w->kind, &w->id);

    wr_row_put(x, w, /* is_new= */ !here);
}

void
wr_row_del(struct wr_exec *x, const struct wr_wait *w)
{
    struct op_place *place;
    struct op_head *op;
    struct wr_ops *ops;

    if (!has_row(w))
        return;
    ops = &x->s->state->ops[w->kind];
    place = op_find(ops, w->kind, &w->id);
    if (place && op_at(ops, w->kind, place->n)->is_new) {
        op_drop(ops, w->kind, place);
        return;
    }
    op = place ? op_at(ops, w->kind, place->n) : op_add(x, ops, w);
    op->op = WR_OP_DEL;
    op->is_new = false;
    fill(x, op, w);
}

void
wr_emit(struct wr_exec *x, enum wr_history_type type, int element, int64_t key,
        const struct wr_uuid *id, const struct wr_value *data)
{
    struct wr_history_event e = {
        .type = type, .element = element, .key = key, .data = data
    };

    if (id)
        e.id = *id;
    wr_history_put(&x->events, &e);
    x->n_events++;
}

const struct wr_value *
wr_emit_text(struct wr_exec *x, const char *name, const char *text)
{
    struct wr_entry entry = { .key = name };

    if (!text)
        return NULL;
    entry.value = wr_value_string(x->arena, text);

    return wr_value_context(x->arena, &entry, 1);
}

void
wr_effects_owe(struct wr_exec *x, const struct wr_outbox_row *row)
{
    struct wr_step_state *s = x->s->state;
    struct wr_outbox_op *grown;

    if (s->n_outboxes == s->cap_outboxes) {
        s->cap_outboxes = s->cap_outboxes ? 2 * s->cap_outboxes : 2;
        grown = wr_newn(x->arena, struct wr_outbox_op, (size_t)s->cap_outboxes);
        for (int k = 0; k < s->n_outboxes; k++)
            grown[k] = s->outboxes[k];
        s->outboxes = grown;
    }
    s->outboxes[s->n_outboxes++] =
        (struct wr_outbox_op){ .op = WR_OP_PUT, .is_new = true, .row = *row };
}

static void
add_history(struct wr_exec *x)
{
    struct wr_step_state *state = x->s->state;
    struct wr_history_row *grown;

    if (state->n_histories == state->cap_histories) {
        state->cap_histories = state->cap_histories ? 2 * state->cap_histories
                                                    : 2;
        grown = wr_newn(x->arena, struct wr_history_row,
                        (size_t)state->cap_histories);
        for (int k = 0; k < state->n_histories; k++)
            grown[k] = state->histories[k];
        state->histories = grown;
    }
    state->histories[state->n_histories++] = (struct wr_history_row){
        .instance = x->i->id,
        .seq = x->i->rev + 1,
        .command = x->ev->command,
        .at = x->ev->now,
        .actor = x->ev->actor ? wr_arena_strdup(x->arena, x->ev->actor) : NULL,
        .events = { x->events.s, x->events.len },
    };
    x->i->rev += x->n_events;
}

static struct wr_instance_row
instance_row(struct wr_exec *x)
{
    const struct wr_instance *i = x->i;
    struct wr_str blob = { .arena = x->arena };
    struct wr_instance_row row = {
        .id = i->id,
        .definition = i->definition,
        .tenant = i->tenant,
        .rev = i->rev,
        .state = i->state,
        .business_key = i->business_key,
        .started_at = i->started_at,
        .ended_at = i->ended_at,
        .incidents = i->incidents,
        .parent = i->parent,
        .root = i->root_id,
        .tags = wr_arena_strdups(x->arena, i->tags, i->n_tags),
        .n_tags = i->n_tags,
        .singleton = i->singleton ? wr_arena_strdup(x->arena, i->singleton)
                                  : NULL,
    };

    own(x, &row.business_key);
    wr_instance_encode(i, x->m, &blob);
    row.blob = (struct wr_blob){ blob.s, blob.len };

    return row;
}

/* A task row says at which revision it was written. */
static void
date_tasks(struct wr_exec *x)
{
    struct wr_ops *ops = &x->s->state->ops[WR_WAIT_TASK];
    struct wr_task_op *tasks = ops->items;

    for (int n = 0; n < ops->n; n++) {
        if (tasks[n].op == WR_OP_PUT && tasks[n].row.rev == 0)
            tasks[n].row.rev = x->i->rev;
    }
}

void
wr_effects_finish(struct wr_exec *x)
{
    struct wr_step_state *state = x->s->state;
    struct wr_effects *fx = &x->s->effects;
    const struct wr_ops *ops = state->ops;

    /* A token that only came to its join leaves no trace, but two rows of the
     * history must never begin at the same number. */
    if (!x->n_events)
        wr_emit(x, WR_H_STEP_CONTINUED, 0, 0, NULL, NULL);
    for (int k = WR_WAIT_TASK; k <= WR_WAIT_INCIDENT; k++)
        op_compact(x, &x->s->state->ops[k], (enum wr_wait_kind)k);
    add_history(x);
    date_tasks(x);
    wr_spill_finish(x);
    *fx = (struct wr_effects){
        .instance = instance_row(x),
        .expected_rev = state->expected_rev,
        .history = state->histories[0],
        .more_histories = state->histories + 1,
        .n_more_histories = state->n_histories - 1,
        .tasks = ops[WR_WAIT_TASK].items,
        .jobs = ops[WR_WAIT_JOB].items,
        .timers = ops[WR_WAIT_TIMER].items,
        .subscriptions = ops[WR_WAIT_SUBSCRIPTION].items,
        .incidents = ops[WR_WAIT_INCIDENT].items,
        .n_tasks = ops[WR_WAIT_TASK].n,
        .n_jobs = ops[WR_WAIT_JOB].n,
        .n_timers = ops[WR_WAIT_TIMER].n,
        .n_subscriptions = ops[WR_WAIT_SUBSCRIPTION].n,
        .n_incidents = ops[WR_WAIT_INCIDENT].n,
        .outboxes = state->outboxes,
        .n_outboxes = state->n_outboxes,
        .from = state->from,
        .spills = state->spills,
        .n_spills = state->n_spills,
    };
}
