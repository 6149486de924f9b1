/*
 * listen.c: who is told when an element begins and ends (listeners).
 *
 * An activity is at one listener of one moment of its life; the moments come in
 * the order of enum wr_moment, and both are stored, so that what stopped at a
 * listener goes on there:
 *
 *     moment  NONE -> TAKE -> BEFORE_ALL | START -> CREATE -> ... -> END
 *     heard   how many of the element's listeners are behind it
 *
 * What can be evaluated is, at once; everything else is a job that the activity
 * waits for.  The root's listeners are the process's: its tokens are born when
 * those of START were heard, and it ends when those of END were.
 */

#include "engine/exec/exec.h"

static const struct wr_listeners *
listeners_of(const struct wr_exec *x, const struct wr_activity *a,
             enum wr_moment m)
{
    static const struct wr_listeners none;

    if (a->node < 0)
        return &x->m->scopes[0].listeners;
    if (m == WR_MOMENT_TAKE)
        return a->flow >= 0 ? &x->m->flows[a->flow].listeners : &none;
    if ((a->role == WR_ROLE_BODY) != (m == WR_MOMENT_BEFORE_ALL))
        return &none;

    return &x->m->nodes[a->node].listeners;
}

bool
wr_moment_is_done(enum wr_moment m)
{
    return m >= WR_MOMENT_COMPLETE && m != WR_MOMENT_TIMEOUT;
}

static bool
is_before(enum wr_moment a, enum wr_moment b)
{
    return a == WR_MOMENT_TIMEOUT ? wr_moment_is_done(b) : a < b;
}

static const struct wr_listener *
find(const struct wr_listeners *list, int from, enum wr_moment m)
{
    for (int k = from; k < list->n; k++) {
        if (list->items[k].moment == m)
            return &list->items[k];
    }

    return NULL;
}

static const struct wr_listener *
next(const struct wr_exec *x, const struct wr_activity *a)
{
    return find(listeners_of(x, a, a->moment), a->heard, a->moment);
}

static bool
has(const struct wr_exec *x, const struct wr_activity *a, enum wr_moment m)
{
    return find(listeners_of(x, a, m), 0, m) != NULL;
}

/* It is behind `l`; the others of TIMEOUT have a time of their own. */
static void
heard(const struct wr_exec *x, struct wr_activity *a,
      const struct wr_listener *l)
{
    const struct wr_listeners *list = listeners_of(x, a, l->moment);

    a->heard = l->moment == WR_MOMENT_TIMEOUT ? list->n
                                              : (int)(l - list->items) + 1;
}

bool
wr_listen_pending(const struct wr_exec *x, const struct wr_activity *a)
{
    return a->moment != WR_MOMENT_NONE && next(x, a);
}

const char *
wr_listen_event(const struct wr_exec *x, const struct wr_activity *a)
{
    const struct wr_listener *l = a->moment ? next(x, a) : NULL;

    return l ? l->event : NULL;
}

const struct wr_listener *
wr_instance_listener(const struct wr_instance *i, const struct wr_model *m,
                     const struct wr_uuid *job, bool *gone)
{
    const struct wr_exec x = { .m = m };
    const struct wr_wait *w = wr_wait_find(i, job);

    *gone = w && w->late;
    if (!w || w->kind != WR_WAIT_JOB || !w->told)
        return NULL;

    return w->late ? wr_interrupted_listener(m, w) : next(&x, w->owner);
}

/* ---- hearing them ---- */

enum wr_move
wr_listen_evaluate(struct wr_exec *x, struct wr_activity *a,
                   const struct wr_listener *l)
{
    struct wr_entry e = { .key = l->variable };
    struct wr_err err;

    if (l->throws)
        return wr_throw_told(x, a, l->throws);
    if (!l->expr)
        return WR_LEAVE;
    if (wr_exec_eval(x, a, l->expr, &e.value, &err) < 0)
        return wr_exec_incident(x, "expression",
                                wr_arena_printf(x->arena,
                                                "listener of '%s': %s",
                                                l->event, err.text));
    if (!l->variable)
        return WR_LEAVE;
    if (l->local)
        wr_variables_local(x, a, wr_value_context(x->arena, &e, 1));
    else
        wr_variables_write(x, a, wr_value_context(x->arena, &e, 1));

    return WR_LEAVE;
}

enum wr_move
wr_listen(struct wr_exec *x, struct wr_activity *a, enum wr_moment m)
{
    const struct wr_listener *l;

    if (is_before(a->moment, m) && has(x, a, m)) {
        a->moment = m;
        a->heard = 0;
    }
    if (a->moment != m)
        return WR_LEAVE;
    while ((l = next(x, a))) {
        enum wr_move move;

        /* What its outputs were made of stays for a while: say so. */
        if (l->job && wr_moment_is_done(m))
            wr_variables_tell(x, a);
        move = l->job ? wr_job_tell(
                   x, a, a->node < 0 ? wr_listen_node(x) : a->node, l)
                      : wr_listen_evaluate(x, a, l);
        if (move != WR_LEAVE)
            return move;
        heard(x, a, l);
    }

    return WR_LEAVE;
}

/* What happened to the open task, from where it stopped. */
static void
tell_task(struct wr_exec *x, struct wr_activity *a)
{
    switch (wr_listen(x, a, a->moment)) {
    case WR_LEAVE:
    case WR_END: /* and it may be told again */
        a->moment = WR_MOMENT_CREATE;
        a->heard = x->m->nodes[a->node].listeners.n;
        wr_timeouts_go_on(x, a);
        break;
    case WR_WAIT:
        break;
    case WR_THROW:
        wr_fault_handle(x, a);
        break;
    }
}

void
wr_listen_task(struct wr_exec *x, struct wr_activity *a, enum wr_moment m)
{
    if (m != WR_MOMENT_NONE) {
        if (!has(x, a, m))
            return;
        a->moment = m;
        a->heard = 0;
    }
    tell_task(x, a);
}

void
wr_listen_timeout(struct wr_exec *x, struct wr_activity *a, int place)
{
    a->moment = WR_MOMENT_TIMEOUT;
    a->heard = place;
    tell_task(x, a);
}

/* ---- the process ---- */

int
wr_listen_node(const struct wr_exec *x)
{
    return x->m->scopes[0].nodes[0];
}

enum wr_move
wr_listen_root(struct wr_exec *x, enum wr_moment m)
{
    enum wr_move move = wr_listen(x, x->i->root, m);
    struct wr_fault f = x->fault;

    if (move != WR_THROW)
        return move;
    x->fault = (struct wr_fault){ 0 };
    wr_incident_open(x, x->i->root, wr_listen_node(x), f.type, f.message, NULL);

    return WR_WAIT;
}

/* ---- going on ---- */

static void
go_on(struct wr_exec *x, struct wr_activity *a)
{
    bool is_root = a->node < 0;

    switch (a->moment) {
    case WR_MOMENT_NONE:
    case WR_MOMENT_CANCEL: /* interrupted.c */
        break;
    case WR_MOMENT_TAKE:
        wr_run_start(x, a);
        break;
    case WR_MOMENT_BEFORE_ALL:
    case WR_MOMENT_START:
    case WR_MOMENT_CREATE:
        if (is_root)
            wr_start_begin(x);
        else if (a->stage == WR_STAGE_LEAVE)
            wr_run_arrived(x, a);
        else
            wr_run_enter(x, a);
        break;
    case WR_MOMENT_ASSIGN:
    case WR_MOMENT_UPDATE:
    case WR_MOMENT_TIMEOUT:
        wr_listen_task(x, a, WR_MOMENT_NONE);
        break;
    case WR_MOMENT_COMPLETE:
    case WR_MOMENT_END:
        if (!is_root)
            wr_run_leave(x, a);
        else if (wr_listen_root(x, WR_MOMENT_END) == WR_LEAVE)
            wr_touch(x, a); /* and it ends */
        break;
    }
}

/* Zeebe: what comes back at the start is the element's own. */
static bool
is_local(const struct wr_exec *x, const struct wr_activity *a)
{
    return x->m->dialect == WR_DIALECT_ZEEBE && a->moment <= WR_MOMENT_START;
}

void
wr_listen_completed(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    const struct wr_listener *l;

    if (w->late) {
        wr_interrupted_completed(x, w);
        return;
    }
    l = next(x, a);
    wr_wait_close(x, w, /* canceled= */ false, NULL);
    if (is_local(x, a))
        wr_variables_local(x, a, x->ev->variables);
    else
        wr_variables_write(x, a, x->ev->variables);
    if (l)
        heard(x, a, l);
    go_on(x, a);
}

int32_t
wr_listen_retries(struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_listener *l = next(x, w->owner);

    return wr_job_tries(x, w->owner, l ? l->job : NULL, w->job.type);
}

bool
wr_listen_resolve(struct wr_exec *x, struct wr_activity *a, int node,
                  const struct wr_uuid *job)
{
    const struct wr_listener *l = a->moment ? next(x, a) : NULL;
    struct wr_wait *w = wr_wait_find(x->i, job);

    if (!l || node != (a->node < 0 ? wr_listen_node(x) : a->node))
        return false;
    if (w && !x->ev->skip) {
        wr_job_retry(x, w,
                     x->ev->retries > 0 ? x->ev->retries
                                        : wr_listen_retries(x, w));
        return true;
    }
    if (w)
        wr_wait_close(x, w, /* canceled= */ true, NULL);
    if (x->ev->skip)
        heard(x, a, l);
    go_on(x, a);

    return true;
}
