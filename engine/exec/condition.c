/*
 * condition.c: conditional events (SEMANTICS S16).
 *
 * A condition is looked at when it is armed and when a variable it can see was
 * written.  Writes are noted as they happen and worked off at the end of a phase
 * of an element (inputs, work, outputs): for each write the conditions in and
 * below the scope that holds the variable, the outer before the inner.  What
 * fires may take others with it; they are not looked at any more.
 *
 * A condition fires when it becomes true: one that stays true does not fire
 * again.  Whatever runs because of it waits in the work list, so that conditions
 * that set each other off spend the step's budget like any other loop.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/exec/exec.h"

struct wr_candidate {
    struct wr_wait *wait; /* NULL: gone */
    int depth;
};

static void
note(struct wr_exec *x, struct wr_activity *holder, const char *name,
     enum wr_write_kind kind)
{
    struct wr_write *w = wr_new(x->arena, struct wr_write);

    *w = (struct wr_write){ .holder = holder, .name = name, .kind = kind };
    if (x->writes)
        x->last_write->next = w;
    else
        x->writes = w;
    x->last_write = w;
}

/* One look at all that was armed at `a` will do. */
static bool
is_noted(const struct wr_exec *x, const struct wr_activity *a)
{
    return x->writes && x->last_write != x->writes && x->last_write->holder == a
           && !x->last_write->name;
}

void
wr_condition_wrote(struct wr_exec *x, struct wr_activity *holder,
                   const char *name, enum wr_write_kind kind)
{
    if (x->i->conditions)
        note(x, holder, wr_arena_strdup(x->arena, name), kind);
}

void
wr_condition_forget(struct wr_exec *x, const struct wr_activity *a)
{
    for (struct wr_write *w = x->writes; w; w = w->next) {
        if (w->holder == a)
            w->holder = NULL;
    }
}

const struct wr_value *
wr_condition_part(struct wr_exec *x, const struct wr_wait *c)
{
    struct wr_entry e = { "part", NULL };

    if (!c->part)
        return NULL;
    e.value = wr_value_int(x->arena, c->part);

    return wr_value_context(x->arena, &e, 1);
}

static void
say(struct wr_exec *x, enum wr_history_type type, const struct wr_wait *c)
{
    wr_emit(x, type, x->m->nodes[c->node].symbol, c->owner->key, NULL,
            wr_condition_part(x, c));
}

void
wr_condition_arm(struct wr_exec *x, struct wr_activity *a, int node, int part)
{
    struct wr_wait_at at = { .node = node, .created_at = x->ev->now };
    struct wr_wait *c;

    wr_run_started(x, a);
    c = wr_wait_new(x->i, a, WR_WAIT_CONDITION, &at);
    c->part = part;
    say(x, WR_H_CONDITION_ARMED, c);
    if (!is_noted(x, a))
        note(x, a, NULL, 0);
}

void
wr_condition_look_all(struct wr_exec *x)
{
    const struct wr_activity *noted = NULL;

    for (struct wr_wait *c = x->i->conditions; c; c = c->next_condition) {
        if (c->owner != noted)
            note(x, c->owner, NULL, 0);
        noted = c->owner;
    }
}

/* ---- looking ---- */

static const struct wr_event_def *
definition(const struct wr_exec *x, const struct wr_wait *c)
{
    int n;

    return &wr_node_events(&x->m->nodes[c->node], &n)[c->part];
}

/* Does it happen with every write, without a condition? */
static bool
is_each(const struct wr_exec *x, const struct wr_wait *c)
{
    return !definition(x, c)->condition;
}

/* 1, 0, or -1 after wr_exec_incident(). */
static int
test(struct wr_exec *x, const struct wr_wait *c)
{
    struct wr_err err;
    bool yes;

    if (wr_exec_met(x, c->owner, definition(x, c)->condition, &yes, &err) == 0)
        return yes;
    (void)wr_exec_incident(x, "expression",
                           wr_arena_printf(x->arena, "condition of '%s': %s",
                                           x->m->nodes[c->node].id, err.text));

    return -1;
}

static bool
names(const struct wr_event_def *e, const char *name)
{
    for (int k = 0; k < e->n_watched; k++) {
        if (strcmp(e->watched[k], name) == 0)
            return true;
    }

    return false;
}

static int
depth_of(const struct wr_activity *a)
{
    int depth = 0;

    for (; a->parent; a = a->parent)
        depth++;

    return depth;
}

static bool
is_within(const struct wr_activity *a, const struct wr_activity *scope)
{
    while (a && a != scope)
        a = a->parent;

    return a != NULL;
}

/* Does this write concern it?  Not when an inner variable hides the one that was
 * written. */
static bool
concerns(const struct wr_exec *x, const struct wr_write *w,
         const struct wr_wait *c)
{
    const struct wr_event_def *e = definition(x, c);
    struct wr_activity *holder = w->holder;

    if (!w->name) /* `met`: written while its element was suspended */
        return c->owner == w->holder && (!is_each(x, c) || c->met);
    if (!names(e, w->name) || (e->events && !(e->events & w->kind))
        || !is_within(c->owner, w->holder))
        return false;
    (void)wr_var_find(c->owner, w->name, strlen(w->name), &holder);

    return holder == w->holder || w->kind == WR_WRITE_DELETE;
}

/* Outer before inner, older before younger. */
static int
by_place(const void *pa, const void *pb)
{
    const struct wr_candidate *a = pa, *b = pb;

    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    if (a->wait->owner != b->wait->owner)
        return a->wait->owner->key < b->wait->owner->key ? -1 : 1;

    return a->wait->place < b->wait->place ? -1 : 1;
}

static struct wr_candidate *
room(struct wr_exec *x, int n)
{
    if (x->cap_candidates < n) {
        x->cap_candidates = 2 * n;
        x->candidates = wr_newn(x->arena, struct wr_candidate,
                                (size_t)x->cap_candidates);
    }

    return x->candidates;
}

static struct wr_candidate *
gather(struct wr_exec *x, const struct wr_write *w, int *n)
{
    struct wr_candidate *all = room(x, x->i->n_conditions);

    *n = 0;
    for (struct wr_wait *c = x->i->conditions; c; c = c->next_condition) {
        if (concerns(x, w, c))
            all[(*n)++] = (struct wr_candidate){ c, depth_of(c->owner) };
    }
    if (*n > 1)
        qsort(all, (size_t)*n, sizeof(*all), by_place);
    for (int k = 0; k < *n; k++)
        all[k].wait->seat = &all[k].wait;

    return all;
}

static struct wr_wait *
incident_of(const struct wr_wait *c)
{
    struct wr_wait *w = c->owner->waits;

    while (w && !(w->kind == WR_WAIT_INCIDENT && w->node == c->node))
        w = w->next;

    return w;
}

static void
failed(struct wr_exec *x, const struct wr_wait *c)
{
    struct wr_fault f = x->fault;

    if (!incident_of(c))
        wr_incident_open(x, c->owner, c->node, f.type, f.message, NULL);
}

static void
written(struct wr_exec *x, struct wr_wait *c)
{
    c->met = wr_hold_stops(x, c);
    if (c->met)
        return;
    wr_touch(x, c->owner);
    wr_catch_fire(x, c, NULL);
}

void
wr_condition_look(struct wr_exec *x, struct wr_wait *c)
{
    int met = is_each(x, c) || wr_hold_stops(x, c) ? c->met : test(x, c);
    struct wr_wait *incident = incident_of(c);
    bool was = c->met;

    if (is_each(x, c)) {
        written(x, c);
        return;
    }
    if (met < 0) {
        failed(x, c);
        return;
    }
    if (incident)
        wr_wait_close(x, incident, /* canceled= */ false,
                      wr_emit_text(x, "by", "retry"));
    c->met = met;
    if (was && !met)
        say(x, WR_H_CONDITION_LAPSED, c);
    if (!met || was)
        return;
    wr_touch(x, c->owner);
    wr_catch_fire(x, c, NULL);
}

static void
work_off(struct wr_exec *x, const struct wr_write *w)
{
    struct wr_candidate *all;
    int n;

    if (!w->holder)
        return;
    all = gather(x, w, &n);
    for (int k = 0; k < n; k++) {
        struct wr_wait *c = all[k].wait;

        if (!c) /* gone with one that fired */
            continue;
        c->seat = NULL;
        wr_condition_look(x, c);
    }
}

void
wr_condition_dispatch(struct wr_exec *x)
{
    struct wr_fault fault = x->fault;
    struct wr_activity *current = x->current;

    if (x->dispatching || !x->writes)
        return;
    x->dispatching = true;
    while (x->writes) {
        work_off(x, x->writes);
        x->writes = x->writes->next;
    }
    x->dispatching = false;
    x->fault = fault;
    x->current = current;
}
