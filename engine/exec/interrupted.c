/*
 * interrupted.c: who is told that an element was interrupted (S10).
 *
 * The element is gone when they hear of it.  What can be evaluated is, while it
 * still has its variables; a job becomes one of the scope around it that
 * remains, which does not end before it is done.  `late` of the wait says which
 * listener the job or incident is for; those after it follow:
 *
 *     0 ... n - 1      listeners of CANCEL, of an open task
 *     n ... 2n - 1     listeners of END
 *
 * each the place in the element's list of n, and one more in `late`.  An
 * instance that is cancelled or fails has no scope that remains: what would be
 * a job is not told.
 */

#include "engine/exec/exec.h"

static const struct wr_listeners *
listeners_of(const struct wr_model *m, int node)
{
    return &m->nodes[node].listeners;
}

/* The next at or behind *place; NULL: that were all. */
static const struct wr_listener *
find(const struct wr_listeners *list, int *place)
{
    for (; *place < 2 * list->n; (*place)++) {
        const struct wr_listener *l = &list->items[*place % list->n];
        enum wr_moment m = *place < list->n ? WR_MOMENT_CANCEL : WR_MOMENT_END;

        if (l->late && l->moment == m)
            return l;
    }

    return NULL;
}

static const struct wr_listener *
at(const struct wr_model *m, int node, int late)
{
    int place = late - 1;

    return find(listeners_of(m, node), &place);
}

const struct wr_listener *
wr_interrupted_listener(const struct wr_model *m, const struct wr_wait *w)
{
    return w->late ? at(m, w->node, w->late) : NULL;
}

bool
wr_interrupted_waits(const struct wr_activity *a)
{
    const struct wr_wait *w = a->waits;

    while (w && !w->late)
        w = w->next;

    return w != NULL;
}

struct wr_activity *
wr_interrupted_survivor(const struct wr_exec *x, struct wr_activity *a)
{
    while (a->node >= 0
           && (wr_activity_scope(x->m, a) < 0 || wr_undo_is_past(a)))
        a = a->parent;

    return a;
}

/* Where to begin; -1: it has not begun, or its end was told. */
static int
first_place(const struct wr_exec *x, const struct wr_activity *a)
{
    int n = listeners_of(x->m, a->node)->n;

    if (!n || !a->started || a->role == WR_ROLE_BODY || wr_undo_is_past(a)
        || a->stage < WR_STAGE_ENTER || a->stage > WR_STAGE_LEAVE)
        return -1;
    if (a->stage == WR_STAGE_LEAVE)
        return a->moment == WR_MOMENT_END ? n + a->heard : n;

    return wr_wait_of(a, WR_WAIT_TASK) ? 0 : n;
}

int
wr_interrupted_tell(struct wr_exec *x, struct wr_activity *a)
{
    int place = a->node < 0 ? -1 : first_place(x, a);
    const struct wr_listeners *list;
    const struct wr_listener *l;

    if (place < 0)
        return 0;
    list = listeners_of(x->m, a->node);
    while ((l = find(list, &place)) && !l->job) {
        struct wr_fault before = x->fault;
        bool failed = wr_listen_evaluate(x, a, l) == WR_THROW;

        x->fault = before;
        if (failed) /* the scope has the incident */
            break;
        place++;
    }

    return l ? place + 1 : 0;
}

static void
mark(struct wr_activity *scope, int late)
{
    struct wr_wait *w = scope->waits;

    while (w->next)
        w = w->next;
    w->late = late;
}

void
wr_interrupted_go_on(struct wr_exec *x, struct wr_activity *scope, int node,
                     int late)
{
    const struct wr_listeners *list = listeners_of(x->m, node);
    struct wr_fault before = x->fault, f;
    int place = late - 1;
    const struct wr_listener *l;

    if (!late || x->over)
        return;
    while ((l = find(list, &place))) {
        enum wr_move move = l->job ? wr_job_tell(x, scope, node, l)
                                   : wr_listen_evaluate(x, scope, l);

        if (move == WR_LEAVE) {
            place++;
            continue;
        }
        f = x->fault;
        x->fault = before;
        if (move == WR_THROW)
            wr_incident_open(x, scope, node, f.type, f.message, NULL);
        mark(scope, place + 1);
        return;
    }
    wr_touch(x, scope); /* it may end now */
}

struct wr_late *
wr_interrupted_hand_over(struct wr_exec *x, const struct wr_activity *a)
{
    struct wr_late *first = NULL, **end = &first;

    for (const struct wr_wait *w = a->waits; w; w = w->next) {
        if (!w->late)
            continue;
        *end = wr_new(x->arena, struct wr_late);
        (*end)->node = w->node;
        (*end)->late = w->late;
        end = &(*end)->next;
    }

    return first;
}

void
wr_interrupted_completed(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *scope = w->owner;
    int node = w->node, late = w->late;

    wr_wait_close(x, w, /* canceled= */ false, NULL);
    wr_variables_write(x, scope, x->ev->variables);
    wr_interrupted_go_on(x, scope, node, late + 1);
}

bool
wr_interrupted_resolve(struct wr_exec *x, struct wr_activity *scope, int node,
                       int late, const struct wr_uuid *job)
{
    struct wr_wait *w = wr_wait_find(x->i, job);
    const struct wr_listener *l;

    if (w && w->late && !x->ev->skip) {
        l = at(x->m, node, w->late);
        wr_job_retry(
            x, w,
            x->ev->retries > 0
                ? x->ev->retries
                : wr_job_tries(x, scope, l ? l->job : NULL, w->job.type));
        return true;
    }
    if (w && w->late) {
        late = w->late;
        wr_wait_close(x, w, /* canceled= */ true, NULL);
    }
    if (!late)
        return false;
    wr_interrupted_go_on(x, scope, node, late + x->ev->skip);

    return true;
}
