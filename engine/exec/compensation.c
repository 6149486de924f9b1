/*
 * compensation.c: logs of what completed, and undoing it (SEMANTICS S21, S22).
 *
 * Each scope has a log.  What completes and has a handler, or completed with a
 * log of its own, is an entry of the scope around it, latest first.  An event
 * that throws compensation takes its entries out of the logs into its own and
 * works them off; entries leave when their handler is done.  What had completed
 * with a log of its own is brought back as an activity with the variables it
 * had, to work off that log or to run its event sub-process.
 *
 *     scope                     a scope's children are its tokens
 *       throw event             its children are the handlers that run
 *         handler of a task
 *         sub-process, again
 *           handler of an inner task
 *
 * So whoever cancels the event cancels all of it, and joins of the scope see
 * one token, in the event.
 */

#include "engine/exec/exec.h"

bool
wr_undo_is_event(const struct wr_activity *a)
{
    return a->undo == WR_UNDO_THROW || a->undo == WR_UNDO_DETACHED;
}

static bool
is_driver(const struct wr_activity *a)
{
    return wr_undo_is_event(a) || a->undo == WR_UNDO_SCOPE
           || a->undo == WR_UNDO_BODY;
}

bool
wr_undo_is_past(const struct wr_activity *a)
{
    return a->undo == WR_UNDO_SCOPE || a->undo == WR_UNDO_EVENT_SUB
           || a->undo == WR_UNDO_DETACHED || a->undo == WR_UNDO_BODY
           || a->undo == WR_UNDO_CALL;
}

struct wr_activity *
wr_undo_scope(const struct wr_exec *x, struct wr_activity *a, int node)
{
    while (a->parent && wr_activity_scope(x->m, a) != x->m->nodes[node].scope)
        a = a->parent;

    return a;
}

static int
handler_of(const struct wr_model *m, int node)
{
    const struct wr_node *n = &m->nodes[node];

    for (int k = 0; k < n->n_boundaries; k++) {
        int handler = m->nodes[n->boundaries[k]].handler;

        if (handler >= 0)
            return handler;
    }

    return -1;
}

int
wr_undo_event_sub(const struct wr_model *m, int scope)
{
    for (int k = 0; k < m->scopes[scope].n_event_subs; k++) {
        int sub = m->scopes[scope].event_subs[k];
        const struct wr_scope *s = &m->scopes[m->nodes[sub].inner];

        for (int e = 0; e < s->n_starts; e++) {
            if (wr_node_event(&m->nodes[s->starts[e]], WR_TRIGGER_COMPENSATION))
                return s->starts[e];
        }
    }

    return -1;
}

static int
event_sub_of(const struct wr_model *m, int node)
{
    int inner = m->nodes[node].inner;

    return inner < 0 ? -1 : wr_undo_event_sub(m, inner);
}

bool
wr_undo_can(const struct wr_model *m, int node)
{
    return handler_of(m, node) >= 0 || event_sub_of(m, node) >= 0;
}

/* ---- the log ---- */

/* Latest first; what comes after `e` belongs behind the place returned. */
static struct wr_log_entry **
put(struct wr_log_entry **at, struct wr_log_entry *e)
{
    while (*at && (*at)->seq > e->seq)
        at = &(*at)->next;
    e->next = *at;
    *at = e;

    return &e->next;
}

void
wr_undo_note(struct wr_exec *x, struct wr_activity *a, bool with_log)
{
    struct wr_log_entry *e = wr_new(x->i->arena, struct wr_log_entry);

    *e = (struct wr_log_entry){
        .node = a->node,
        .seq = x->i->next_key++,
        .vars = wr_newn(x->i->arena, struct wr_var, (size_t)a->n_vars),
        .n_vars = a->n_vars,
        .log = with_log ? a->log : NULL,
        .called = with_log ? a->called : NULL,
    };
    wr_vars_here(a);
    for (int k = 0; k < a->n_vars; k++) {
        e->vars[k] = a->vars[k];
        e->vars[k].row = NULL; /* which goes with the activity */
    }
    if (!with_log)
        wr_log_all(x, &a->log); /* so that no row is left of it */
    a->log = NULL;
    put(&a->parent->log, e);
    wr_undo_look_again(a->parent);
}

void
wr_undo_log(struct wr_exec *x, struct wr_activity *a)
{
    bool body = a->role == WR_ROLE_BODY;
    int handler = body ? -1 : handler_of(x->m, a->node);

    if (x->m->nodes[a->node].compensation || wr_undo_is_past(a->parent))
        return;
    if (handler < 0 && !a->log && !a->called
        && (body || event_sub_of(x->m, a->node) < 0))
        return;
    wr_undo_note(x, a, handler < 0); /* the handler undoes all of it */
}

void
wr_undo_move(struct wr_activity *from, struct wr_activity *to, int node)
{
    struct wr_log_entry **at = &from->log, **to_at = &to->log;

    wr_undo_look_again(from);
    wr_undo_look_again(to);
    while (*at) {
        struct wr_log_entry *e = *at;

        if (e->handler || (node >= 0 && e->node != node)) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        to_at = put(to_at, e);
    }
}

void
wr_undo_merge(struct wr_log_entry **log, struct wr_log_entry *more)
{
    while (more) {
        struct wr_log_entry *e = more;

        more = e->next;
        log = put(log, e);
    }
}

/* From an event sub-process or a handler the scope around it is compensated,
 * what is just being compensated included. */
static bool
is_part(const struct wr_model *m, const struct wr_activity *scope)
{
    return scope->node >= 0
           && (m->nodes[scope->node].compensation
               || m->nodes[scope->node].event_sub);
}

static void
collect(struct wr_exec *x, struct wr_activity *a, int node)
{
    int until = node >= 0 ? x->m->nodes[node].scope : -1;

    for (struct wr_activity *s = a->parent; s; s = s->parent) {
        int scope = wr_activity_scope(x->m, s);

        /* The iterations of a loop that runs are not noted yet. */
        if (s->role != WR_ROLE_BODY || s->undo != WR_UNDO_NONE)
            wr_undo_move(s, a, node);
        if (node >= 0 ? scope == until : scope >= 0 && !is_part(x->m, s))
            break;
    }
}

/* Back to where they came from. */
static void
give_back(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *to = NULL;
    struct wr_log_entry **at = NULL;

    while (a->log) {
        struct wr_log_entry *e = a->log;
        struct wr_activity *scope = wr_undo_scope(x, a->parent, e->node);

        a->log = e->next;
        if (scope != to)
            at = &scope->log;
        to = scope;
        at = put(at, e);
        wr_undo_look_again(scope);
    }
}

static struct wr_log_entry **
entry_at(const struct wr_activity *a)
{
    struct wr_log_entry **at = &a->parent->log;

    while (*at && (*at)->handler != a->key)
        at = &(*at)->next;

    return at;
}

/* ---- working it off ---- */

void
wr_undo_say(struct wr_exec *x, enum wr_history_type type,
            const struct wr_activity *a)
{
    wr_emit(x, type, x->m->nodes[a->node].symbol, a->key, NULL, NULL);
}

/* Give it a key without saying that the element started: it did before. */
static void
come_back(struct wr_exec *x, struct wr_activity *a)
{
    a->key = x->i->next_key++;
    a->started = true;
    a->stage = WR_STAGE_ACTIVE;
    a->since = x->ev->now;
    wr_undo_say(x, WR_H_COMPENSATION_STARTED, a);
    wr_touch(x, a);
}

static void
restore(struct wr_exec *x, struct wr_activity *a, const struct wr_log_entry *e)
{
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry,
                                       (size_t)e->n_vars);

    for (int k = 0; k < e->n_vars; k++)
        entries[k] = (struct wr_entry){ e->vars[k].name, e->vars[k].value };
    wr_variables_local(x, a,
                       wr_value_context(x->arena, entries, (size_t)e->n_vars));
}

static void
run_handler(struct wr_exec *x, struct wr_activity *d, struct wr_log_entry *e,
            int handler)
{
    struct wr_activity *a = wr_activity_new(x->i, d, handler, -1);

    a->role = x->m->nodes[handler].loop ? WR_ROLE_BODY : WR_ROLE_PLAIN;
    a->undo = WR_UNDO_HANDLER;
    a->since = x->ev->now;
    wr_run_started(x, a);
    e->handler = a->key;
    restore(x, a, e);
    wr_run_start(x, a);
}

static void
bring_back(struct wr_exec *x, struct wr_activity *d, struct wr_log_entry *e)
{
    struct wr_activity *a = wr_activity_new(x->i, d, e->node, -1);
    bool body = e->log && e->log->node == e->node; /* no scope is in itself */
    int start = body || e->partly ? -1 : event_sub_of(x->m, e->node);

    a->called = e->called;
    a->undo = e->called   ? WR_UNDO_CALL
              : body      ? WR_UNDO_BODY
              : start < 0 ? WR_UNDO_SCOPE
                          : WR_UNDO_EVENT_SUB;
    a->log = e->log;
    e->log = NULL;
    come_back(x, a);
    e->handler = a->key;
    restore(x, a, e);
    if (start >= 0)
        wr_event_sub_fire(x, a, start, NULL);
}

bool
wr_undo_start(struct wr_exec *x, struct wr_activity *d, int node)
{
    struct wr_log_entry *e;
    int handler;

    /* An exception flow of a handler begins in its scope, too. */
    if (!is_driver(d) || x->m->nodes[node].kind == WR_BOUNDARY_EVENT)
        return false;
    wr_touch(x, d);
    e = wr_undo_next(x, d);
    if (!e)
        return true;
    d->ready = e->next_ready;
    handler = handler_of(x->m, e->node);
    if (handler >= 0 && !e->log)
        run_handler(x, d, e, handler);
    else
        bring_back(x, d, e);

    return true;
}

void
wr_undo_forget(struct wr_activity *a)
{
    struct wr_log_entry **at = entry_at(a);

    if (*at)
        *at = (*at)->next;
    wr_undo_look_again(a->parent);
}

void
wr_undo_ended(struct wr_exec *x, struct wr_activity *a)
{
    wr_undo_forget(a);
    a->undo = WR_UNDO_NONE;
    wr_touch(x, a->parent);
}

void
wr_undo_canceled(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_log_entry *e;

    if (a->undo != WR_UNDO_HANDLER)
        wr_undo_say(x, WR_H_COMPENSATION_CANCELED, a);
    if (wr_undo_is_event(a)) {
        give_back(x, a);
        return;
    }
    e = *entry_at(a);
    if (e) {
        e->handler = 0;
        wr_undo_look_again(a->parent);
        if (a->log)
            e->log = a->log;
    }
    a->undo = WR_UNDO_NONE;
}

void
wr_undo_over(struct wr_exec *x, struct wr_activity *a)
{
    wr_undo_say(x, WR_H_COMPENSATION_COMPLETED, a);
    wr_undo_ended(x, a);
    wr_run_drop(x, a);
}

static void
finish(struct wr_exec *x, struct wr_activity *a)
{
    if (!a->parent) {
        wr_reopen_done(x);
        return;
    }
    if (wr_node_event(&x->m->nodes[a->node], WR_TRIGGER_CANCEL)) {
        wr_transaction_leave(x, a);
        return;
    }
    if (!wr_undo_is_event(a)) {
        wr_undo_over(x, a);
        return;
    }
    wr_undo_say(x, WR_H_COMPENSATION_COMPLETED, a);
    if (a->undo == WR_UNDO_DETACHED) {
        wr_run_drop(x, a);
        return;
    }
    a->undo = WR_UNDO_NONE;
    wr_run_resume(x, a);
}

bool
wr_undo_go_on(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_log_entry *e;

    if (a->undo == WR_UNDO_HANDLER || a->pending
        || wr_wait_of(a, WR_WAIT_INCIDENT))
        return false;
    if (a->undo == WR_UNDO_CALL) {
        if (!a->waits)
            wr_call_undo(x, a);
        return false;
    }
    e = is_driver(a) ? wr_undo_next(x, a) : NULL;
    if (e) {
        wr_work_add(x->i, a, e->node, -1);
        return false;
    }
    if (a->first || (is_driver(a) && a->log))
        return false;
    finish(x, a);

    return true;
}

/* ---- what events ask for ---- */

enum wr_move
wr_compensate(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_event_def *def = wr_node_event(&x->m->nodes[a->node],
                                                   WR_TRIGGER_COMPENSATION);
    struct wr_activity *apart;

    collect(x, a, def->activity);
    if (!a->log)
        return WR_LEAVE;
    if (def->detached) {
        apart = wr_activity_new(x->i, a->parent, a->node, -1);
        apart->undo = WR_UNDO_DETACHED;
        apart->log = a->log;
        a->log = NULL;
        come_back(x, apart);
        return WR_LEAVE;
    }
    wr_run_started(x, a);
    a->undo = WR_UNDO_THROW;
    wr_undo_say(x, WR_H_COMPENSATION_STARTED, a);
    wr_touch(x, a);

    return WR_WAIT;
}
