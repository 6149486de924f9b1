/* tree.c: the tree of activities and what hangs on them (state.h). */

#include <string.h>

#include "engine/exec/state.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/* What was dropped is used again.  Under the address sanitizer it is not, so
 * that whoever looks at it then is found. */
static bool
is_poisoned(void *p, size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    __asan_poison_memory_region(p, size);
    return true;
#else
    (void)p, (void)size;
    return false;
#endif
}

static void
link_last(struct wr_activity *a, struct wr_activity *parent)
{
    a->parent = parent;
    a->prev = parent->last;
    a->next = NULL;
    if (parent->last)
        parent->last->next = a;
    else
        parent->first = a;
    parent->last = a;
}

static void
unlink_from(struct wr_activity *parent, struct wr_activity *a)
{
    if (a->prev)
        a->prev->next = a->next;
    else
        parent->first = a->next;
    if (a->next)
        a->next->prev = a->prev;
    else
        parent->last = a->prev;
}

struct wr_activity *
wr_activity_new(struct wr_instance *i, struct wr_activity *parent, int node,
                int flow)
{
    struct wr_activity *a = i->free_activities;

    if (a) {
        i->free_activities = a->next;
        *a = (struct wr_activity){ .vars = a->vars,
                                   .cap_vars = a->cap_vars,
                                   .queues = a->queues,
                                   .cap_queues = a->cap_queues,
                                   .drawn = a->drawn,
                                   .cap_drawn = a->cap_drawn };
    } else {
        a = wr_new(i->arena, struct wr_activity);
    }
    a->node = node;
    a->flow = flow;
    a->start = -1;
    a->stage = WR_STAGE_ENTER;
    if (parent)
        link_last(a, parent);

    return a;
}

void
wr_activity_move(struct wr_activity *a, struct wr_activity *parent)
{
    unlink_from(a->parent, a);
    link_last(a, parent);
}

void
wr_activity_place(struct wr_activity *a)
{
    struct wr_activity *parent = a->parent, *before = a->prev;

    while (before && before->index > a->index)
        before = before->prev;
    if (before == a->prev)
        return;
    unlink_from(parent, a);
    a->prev = before;
    a->next = before ? before->next : parent->first;
    a->next->prev = a;
    if (before)
        before->next = a;
    else
        parent->first = a;
}

void
wr_activity_drop(struct wr_instance *i, struct wr_activity *a)
{
    for (struct wr_spilled *r = a->rows; r; r = r->more)
        r->of = NULL;
    unlink_from(a->parent, a);
    wr_index_remove(&i->keys, &a->link);
    if (is_poisoned(a, sizeof(*a)))
        return;
    a->next = i->free_activities;
    i->free_activities = a;
}

void
wr_activity_key(struct wr_instance *i, struct wr_activity *a, int64_t key)
{
    wr_index_remove(&i->keys, &a->link);
    a->key = key;
    if (key)
        wr_index_add(&i->keys, i->arena, &a->link, wr_index_hash_key(key), a);
}

struct wr_activity *
wr_activity_next(struct wr_activity *top, struct wr_activity *a)
{
    if (a->first)
        return a->first;
    while (a != top && !a->next)
        a = a->parent;

    return a == top ? NULL : a->next;
}

struct wr_activity *
wr_activity_by_key(const struct wr_instance *i, int64_t key)
{
    struct wr_index_link *l = wr_index_find(&i->keys, wr_index_hash_key(key));

    if (key == 0)
        return i->root;
    for (; l; l = l->next) {
        struct wr_activity *a = l->owner;

        if (a->key == key)
            return a;
    }

    return NULL;
}

int
wr_activity_scope(const struct wr_model *m, const struct wr_activity *a)
{
    if (a->node < 0)
        return 0;

    return a->role == WR_ROLE_BODY || a->undo == WR_UNDO_BODY
               ? -1
               : m->nodes[a->node].inner;
}

/* The row's head, and what is usual where nothing else is said. */
static void
start_row(const struct wr_instance *i, struct wr_wait *w, int32_t element,
          int64_t created_at)
{
    struct wr_uuid id = i->id, definition = i->definition;
    int32_t tenant = i->tenant;

    switch (w->kind) {
    case WR_WAIT_TASK:
        w->task = (struct wr_task_row){ .instance = id,
                                        .definition = definition,
                                        .tenant = tenant,
                                        .element = element,
                                        .priority = WR_USUAL_PRIORITY,
                                        .created_at = created_at };
        break;
    case WR_WAIT_JOB:
        w->job = (struct wr_job_row){ .instance = id,
                                      .definition = definition,
                                      .tenant = tenant,
                                      .element = element,
                                      .type = "",
                                      .retries = WR_USUAL_RETRIES,
                                      .created_at = created_at };
        break;
    case WR_WAIT_TIMER:
        w->timer = (struct wr_timer_row){ .instance = id,
                                          .tenant = tenant,
                                          .element = element };
        break;
    case WR_WAIT_SUBSCRIPTION:
        w->subscription =
            (struct wr_subscription_row){ .instance = id,
                                          .definition = definition,
                                          .tenant = tenant,
                                          .element = element,
                                          .name = "",
                                          .created_at = created_at };
        break;
    case WR_WAIT_INCIDENT:
        w->incident = (struct wr_incident_row){ .instance = id,
                                                .definition = definition,
                                                .tenant = tenant,
                                                .element = element,
                                                .type = "",
                                                .message = "",
                                                .created_at = created_at };
        break;
    case WR_WAIT_CHILD:
        w->child = (struct wr_child){ .process = "", .created_at = created_at };
        break;
    case WR_WAIT_CONDITION:
    case WR_WAIT_PARKED:
        break;
    }
}

static void
enlist(struct wr_instance *i, struct wr_wait *w)
{
    w->place = i->n_places++;
    w->next_condition = i->conditions;
    if (i->conditions)
        i->conditions->prev_condition = w;
    i->conditions = w;
    i->n_conditions++;
}

static void
delist(struct wr_instance *i, struct wr_wait *w)
{
    if (w->prev_condition)
        w->prev_condition->next_condition = w->next_condition;
    else
        i->conditions = w->next_condition;
    if (w->next_condition)
        w->next_condition->prev_condition = w->prev_condition;
    if (w->seat)
        *w->seat = NULL;
    i->n_conditions--;
}

struct wr_wait *
wr_wait_new(struct wr_instance *i, struct wr_activity *owner,
            enum wr_wait_kind kind, const struct wr_wait_at *at)
{
    struct wr_wait *w = i->free_waits, **end = &owner->waits;

    if (w)
        i->free_waits = w->next;
    else
        w = wr_new(i->arena, struct wr_wait);
    *w = (struct wr_wait){ .owner = owner, .kind = kind, .node = at->node };
    start_row(i, w, at->element, at->created_at);
    w->id = at->id;
    if (!wr_uuid_is_zero(&w->id))
        wr_index_add(&i->ids, i->arena, &w->link, wr_index_hash_id(&w->id), w);
    if (kind == WR_WAIT_INCIDENT)
        i->incidents++;
    if (kind == WR_WAIT_CONDITION)
        enlist(i, w);
    while (*end)
        end = &(*end)->next;
    *end = w;

    return w;
}

void
wr_wait_drop(struct wr_instance *i, struct wr_wait *w)
{
    struct wr_wait **at = &w->owner->waits;

    if (w->kind == WR_WAIT_INCIDENT)
        i->incidents--;
    if (w->kind == WR_WAIT_CONDITION)
        delist(i, w);
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    wr_index_remove(&i->ids, &w->link);
    if (is_poisoned(w, sizeof(*w)))
        return;
    w->next = i->free_waits;
    i->free_waits = w;
}

struct wr_wait *
wr_wait_find(const struct wr_instance *i, const struct wr_uuid *id)
{
    struct wr_index_link *l = wr_index_find(&i->ids, wr_index_hash_id(id));

    if (wr_uuid_is_zero(id))
        return NULL;
    for (; l; l = l->next) {
        struct wr_wait *w = l->owner;

        if (wr_uuid_equal(&w->id, id))
            return w;
    }

    return NULL;
}

struct wr_wait *
wr_wait_of(const struct wr_activity *a, enum wr_wait_kind kind)
{
    for (struct wr_wait *w = a->waits; w; w = w->next) {
        if (w->kind == kind && w->node == a->node)
            return w;
    }

    return NULL;
}

void
wr_work_add(struct wr_instance *i, struct wr_activity *scope, int node,
            int flow)
{
    struct wr_work *w = i->free_work;

    if (w)
        i->free_work = w->next;
    else
        w = wr_new(i->arena, struct wr_work);
    *w = (struct wr_work){ .scope = scope, .node = node, .flow = flow };
    *i->work_end = w;
    i->work_end = &w->next;
    scope->pending++;
}

bool
wr_work_take(struct wr_instance *i, struct wr_work *out)
{
    struct wr_work *w = i->work;

    if (!w)
        return false;
    *out = *w;
    i->work = w->next;
    if (!i->work)
        i->work_end = &i->work;
    w->next = i->free_work;
    i->free_work = w;
    out->scope->pending--;

    return true;
}

void
wr_work_draw(struct wr_instance *i, uint64_t dice)
{
    struct wr_work **at = &i->work, *w;
    uint64_t n = 0;

    for (w = i->work; w; w = w->next)
        n++;
    if (n < 2)
        return;
    for (dice %= n; dice > 0; dice--)
        at = &(*at)->next;
    w = *at;
    *at = w->next;
    if (!w->next)
        i->work_end = at;
    w->next = i->work;
    i->work = w;
}

void
wr_work_drop(struct wr_instance *i, const struct wr_activity *scope)
{
    struct wr_work **at = &i->work;

    while (*at && scope->pending) {
        struct wr_work *w = *at;

        if (w->scope != scope) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        w->scope->pending--;
        w->next = i->free_work;
        i->free_work = w;
    }
    if (!*at)
        i->work_end = at;
}

/* Position of `flow` in the sorted queues, or where it would be. */
static int
queue_at(const struct wr_activity *scope, int flow)
{
    int at = 0;

    while (at < scope->n_queues && scope->queues[at].flow < flow)
        at++;

    return at;
}

int64_t
wr_queue_count(const struct wr_activity *scope, int flow)
{
    int at = queue_at(scope, flow);

    if (at == scope->n_queues || scope->queues[at].flow != flow)
        return 0;

    return scope->queues[at].n;
}

static void
queue_insert(struct wr_instance *i, struct wr_activity *scope, int at)
{
    struct wr_queue *grown;

    if (scope->n_queues == scope->cap_queues) {
        scope->cap_queues = scope->cap_queues ? 2 * scope->cap_queues : 4;
        grown = wr_newn(i->arena, struct wr_queue, (size_t)scope->cap_queues);
        for (int k = 0; k < scope->n_queues; k++)
            grown[k] = scope->queues[k];
        scope->queues = grown;
    }
    for (int k = scope->n_queues++; k > at; k--)
        scope->queues[k] = scope->queues[k - 1];
}

void
wr_queue_add(struct wr_instance *i, struct wr_activity *scope, int flow,
             int64_t n)
{
    int at = queue_at(scope, flow);

    if (at == scope->n_queues || scope->queues[at].flow != flow) {
        queue_insert(i, scope, at);
        scope->queues[at] = (struct wr_queue){ .flow = flow };
    }
    scope->queues[at].n += n;
    if (scope->queues[at].n > 0)
        return;
    scope->n_queues--;
    for (int k = at; k < scope->n_queues; k++)
        scope->queues[k] = scope->queues[k + 1];
}

void
wr_planned_add(struct wr_instance *i, struct wr_activity *scope, int node)
{
    int *grown;

    if (scope->n_planned == scope->cap_planned) {
        scope->cap_planned = scope->cap_planned ? 2 * scope->cap_planned : 4;
        grown = wr_newn(i->arena, int, (size_t)scope->cap_planned);
        for (int k = 0; k < scope->n_planned; k++)
            grown[k] = scope->planned[k];
        scope->planned = grown;
    }
    scope->planned[scope->n_planned++] = node;
}

static int
drawn_at(const struct wr_activity *scope, int flow)
{
    int at = 0;

    while (at < scope->n_drawn && scope->drawn[at] != flow)
        at++;

    return at;
}

bool
wr_drawn_has(const struct wr_activity *scope, int flow)
{
    return drawn_at(scope, flow) < scope->n_drawn;
}

void
wr_drawn_add(struct wr_instance *i, struct wr_activity *scope, int flow)
{
    int *grown;

    if (scope->n_drawn == scope->cap_drawn) {
        scope->cap_drawn = scope->cap_drawn ? 2 * scope->cap_drawn : 4;
        grown = wr_newn(i->arena, int, (size_t)scope->cap_drawn);
        for (int k = 0; k < scope->n_drawn; k++)
            grown[k] = scope->drawn[k];
        scope->drawn = grown;
    }
    scope->drawn[scope->n_drawn++] = flow;
}

void
wr_drawn_remove(struct wr_activity *scope, int flow)
{
    int at = drawn_at(scope, flow);

    if (at < scope->n_drawn)
        scope->drawn[at] = scope->drawn[--scope->n_drawn];
}
