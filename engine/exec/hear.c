/*
 * hear.c: signals within the instance (SEMANTICS S14).
 *
 * Who waits for a signal in the instance that throws it gets it within the step,
 * when the thrower has gone on, in the order in which they began to wait.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/exec/spill.h"

static int
by_age(const void *p, const void *q)
{
    return wr_uuid_age(p, q);
}

static bool
waits_for(const struct wr_wait *w, const struct wr_signal_out *t)
{
    return w->kind == WR_WAIT_SUBSCRIPTION
           && w->subscription.type
                  == (t->message ? WR_SUB_MESSAGE : WR_SUB_SIGNAL)
           && strcmp(w->subscription.name, t->name) == 0;
}

/* ---- what may wait for it, by the model ---- */

/* Its name may be anything when an expression gives it. */
static bool
catches(const struct wr_node *n, const struct wr_signal_out *t)
{
    const struct wr_event_def *e = wr_node_event(n, WR_TRIGGER_SIGNAL);

    return e && n->kind != WR_INTERMEDIATE_THROW && n->kind != WR_END_EVENT
           && (n->n_parts || e->name.expr || !e->name.text
               || strcmp(e->name.text, t->name) == 0);
}

/* Inside an iteration of `loop`, or of any that runs in parallel (-1)? */
static bool
is_inside(const struct wr_model *m, const struct wr_node *n, int loop)
{
    for (int s = n->scope; s > 0; s = m->scopes[s].parent) {
        const struct wr_node *around = &m->nodes[m->scopes[s].node];

        if (loop >= 0 ? m->scopes[s].node == loop
                      : around->loop && around->loop->kind == WR_LOOP_PARALLEL)
            return true;
    }

    return false;
}

/* Nothing in the iterations of `loop` (-1: of any in parallel) waits for it:
 * they need not be looked through, nor fetched. */
static bool
is_deaf(const struct wr_exec *x, int loop, const struct wr_signal_out *t)
{
    if (t->message || x->i->n_past) /* by names of another version */
        return false;
    for (int k = 0; k < x->m->n_nodes; k++) {
        const struct wr_node *n = &x->m->nodes[k];

        if (n->scope > 0 && catches(n, t) && is_inside(x->m, n, loop))
            return false;
    }

    return true;
}

/* ---- who waits ---- */

static struct wr_activity *
next(const struct wr_exec *x, struct wr_activity *a,
     const struct wr_signal_out *t)
{
    if (a->role != WR_ROLE_BODY || !is_deaf(x, a->node, t))
        return wr_activity_next(x->i->root, a);
    while (a->parent && !a->next)
        a = a->parent;

    return a->next;
}

static size_t
count(struct wr_exec *x, const struct wr_signal_out *t)
{
    size_t n = 0;

    for (struct wr_activity *a = x->i->root; a; a = next(x, a, t)) {
        for (const struct wr_wait *w = a->waits; w; w = w->next)
            n += waits_for(w, t);
    }

    return n;
}

/* Who waits for it, in the order in which they began to. */
static size_t
collect(struct wr_exec *x, const struct wr_signal_out *t, struct wr_uuid **out)
{
    size_t n = 0;

    *out = wr_newn(x->arena, struct wr_uuid, count(x, t));
    for (struct wr_activity *a = x->i->root; a; a = next(x, a, t)) {
        for (const struct wr_wait *w = a->waits; w; w = w->next) {
            if (waits_for(w, t))
                (*out)[n++] = w->id;
        }
    }
    if (n > 1)
        qsort(*out, n, sizeof(**out), by_age);

    return n;
}

void
wr_throw_settle(struct wr_exec *x)
{
    while (x->signals && x->i->state == WR_ACTIVE) {
        struct wr_signal_out *t = x->signals;
        struct wr_uuid *list;
        size_t n;

        if (wr_parts_are_away(x->i) && !is_deaf(x, -1, t))
            wr_spill_all(x);
        n = collect(x, t, &list);
        x->signals = t->next;
        if (!x->signals)
            x->signals_end = NULL;
        for (size_t k = 0; k < n; k++) {
            struct wr_wait *w = wr_wait_find(x->i, &list[k]);

            /* What came before may have closed it. */
            if (w && !(t->but && w->owner->key == t->but))
                wr_catch_fire(x, w, t->payload);
        }
    }
}

void
wr_hear_at(struct wr_exec *x, const struct wr_activity *body,
           const struct wr_signal_out *t)
{
    struct wr_uuid *ids;
    size_t n = 0;

    for (const struct wr_wait *w = body->waits; w; w = w->next)
        n += waits_for(w, t);
    ids = wr_newn(x->arena, struct wr_uuid, n);
    n = 0;
    for (const struct wr_wait *w = body->waits; w; w = w->next) {
        if (waits_for(w, t))
            ids[n++] = w->id;
    }
    for (size_t k = 0; k < n; k++) {
        struct wr_wait *w = wr_wait_find(x->i, &ids[k]);

        if (w)
            wr_catch_fire(x, w, t->payload);
    }
}
