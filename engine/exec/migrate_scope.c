/*
 * migrate_scope.c: a token goes into a sub-process, or out of one (SEMANTICS
 * S29).
 *
 * Only what the plan names does, so that nothing happens by a likeness of ids:
 *
 *     into    the sub-process in which its counterpart stands: the one around
 *             it, the one that is active, else a new one; new ones begin with
 *             inputs, boundary events and event sub-processes, but without
 *             their own starts, and are shared by all that go there
 *     out of  what is left empty is cancelled; a sub-process without
 *             counterpart can be left by all that is in it, and goes
 *
 * What runs several times, is ad-hoc, was taken over or undoes something is
 * neither entered nor left.
 */

#include <string.h>

#include "engine/exec/migrate.h"

struct wr_opening { /* a sub-process that is to begin there */
    struct wr_opening *next;
    int scope; /* of `to` */
    struct wr_place in;
    struct wr_activity *made;
};

struct wr_moving { /* a token leaves the scope it stands in */
    struct wr_moving *next;
    struct wr_activity
        *a;   /* NULL: `n` that wait on `flow` in front of a join */
    int flow; /* of `from` */
    int64_t n;
    struct wr_activity *left;
    int64_t left_key; /* 0: the root */
    struct wr_place to;
};

/* Who crosses a border, and for people: from where to where. */
struct crossing {
    struct wr_activity *scope, *a; /* NULL: at a join */
    int64_t key;
    const char *from, *to; /* ids */
};

/* ---- who goes ---- */

bool
wr_migrate_leaves(const struct wr_migrate *g, const struct wr_activity *a)
{
    int to = a->node < 0 ? -1 : g->nodes[a->node];

    return to >= 0 && a->role != WR_ROLE_ITERATION && g->given[a->node]
           && !wr_migrate_stays(g, a->node, to);
}

/* A scope like any other, in which tokens simply stand. */
static bool
is_plain(const struct wr_model *m, const struct wr_activity *a, int node)
{
    const struct wr_node *n = node < 0 ? NULL : &m->nodes[node];

    return a->role == WR_ROLE_PLAIN && a->stage == WR_STAGE_ACTIVE && !a->undo
           && !a->interrupted && !(n && (n->ad_hoc || n->compensation));
}

bool
wr_migrate_flow_leaves(const struct wr_migrate *g, int flow)
{
    int to = g->flows[flow], a = g->from->flows[flow].target, b;

    if (to < 0 || !g->flow_given[flow])
        return false;
    b = g->to->flows[to].target;

    return wr_join_waits(g->to, b) && wr_migrate_alike(g->from, a, g->to, b)
           && !wr_migrate_stays(g, a, b);
}

/* Nothing stays in it but activities. */
static bool
is_free(const struct wr_migrate *g, const struct wr_activity *a)
{
    for (int k = 0; k < a->n_queues; k++) {
        if (!wr_migrate_flow_leaves(g, a->queues[k].flow))
            return false;
    }

    return !a->n_drawn && !a->n_planned && !a->pending;
}

/* Does all that is in it go elsewhere?  As deep as sub-processes nest. */
static bool
is_left(const struct wr_migrate *g, const struct wr_activity *a)
{
    if (!is_free(g, a))
        return false;
    for (const struct wr_activity *c = a->first; c; c = c->next) {
        if (!wr_migrate_leaves(g, c) && !wr_migrate_goes(g, c))
            return false;
    }

    return true;
}

/* Somebody would have to be told of an element that is nowhere any more. */
static bool
is_listened_to(const struct wr_migrate *g, const struct wr_activity *a)
{
    const struct wr_listeners *list = &g->from->nodes[a->node].listeners;

    for (int k = 0; k < list->n; k++) {
        if (list->items[k].late)
            return true;
    }

    return false;
}

bool
wr_migrate_goes(const struct wr_migrate *g, const struct wr_activity *a)
{
    return a->node >= 0 && g->nodes[a->node] < 0 && (a->first || a->n_queues)
           && wr_activity_scope(g->from, a) >= 0
           && !g->from->nodes[a->node].event_sub && !is_listened_to(g, a)
           && is_plain(g->from, a, a->node) && is_left(g, a);
}

/* ---- where to ---- */

static bool
is_above(const struct wr_activity *above, const struct wr_activity *a)
{
    while (a && a != above)
        a = a->parent;

    return a != NULL;
}

/* Which scope of `to` it will be; -1. */
static int
scope_there(const struct wr_migrate *g, const struct wr_activity *a)
{
    if (a->node < 0)
        return 0;
    if (g->nodes[a->node] < 0 || wr_activity_scope(g->from, a) < 0
        || a->stage != WR_STAGE_ACTIVE || wr_undo_is_past(a))
        return -1;

    return g->to->nodes[g->nodes[a->node]].inner;
}

/* The one around it, else the only one; how many there are. */
static int
find_active(const struct wr_migrate *g, const struct crossing *c, int scope,
            struct wr_activity **out)
{
    struct wr_activity *root = g->x->i->root, *q = c->scope;
    int n = 0;

    while (q && scope_there(g, q) != scope)
        q = q->parent;
    *out = q;
    if (q)
        return 1;
    for (q = root; q; q = wr_activity_next(root, q)) {
        if (scope_there(g, q) != scope)
            continue;
        *out = q;
        n += c->a && is_above(c->a, q) ? 2 : 1; /* nothing goes into itself */
    }

    return n;
}

static struct wr_opening *
open_later(struct wr_migrate *g, int scope, struct wr_place in)
{
    struct wr_opening **end = &g->openings, *o;

    for (; *end; end = &(*end)->next) {
        if ((*end)->scope == scope && (*end)->in.base == in.base
            && (*end)->in.opening == in.opening)
            return *end;
    }
    o = wr_new(g->x->arena, struct wr_opening);
    *o = (struct wr_opening){ .scope = scope, .in = in };
    *end = o; /* behind those around it */

    return o;
}

/* Why not; NULL. */
static const char *
cannot_open(const struct wr_model *m, int scope)
{
    const struct wr_node *n = &m->nodes[m->scopes[scope].node];

    if (n->loop)
        return "runs several times";
    if (n->ad_hoc)
        return "is ad-hoc";
    if (n->event_sub)
        return "is started by its event";
    if (n->compensation)
        return "undoes what completed";

    return NULL;
}

static const char *
scope_name(const struct wr_model *m, int scope)
{
    int node = m->scopes[scope].node;

    return node < 0 ? m->process_id : m->nodes[node].id;
}

static void
refuse(struct wr_migrate *g, const struct crossing *c, const char *scope,
       const char *why)
{
    wr_migrate_problem(g, c->a ? "scope-differs" : "flow-differs", c->from,
                       c->key,
                       "the token at '%s' cannot go where '%s' is: '%s' %s",
                       c->from, c->to, scope, why);
}

/* false after a problem.  As deep as sub-processes nest. */
static bool
find_place(struct wr_migrate *g, const struct crossing *c, int scope,
           struct wr_place *out)
{
    struct wr_place around = { .base = NULL };
    const char *why;
    int n = find_active(g, c, scope, &out->base);

    out->opening = NULL;
    if (n == 1)
        return true;
    why = n ? "is active several times" : cannot_open(g->to, scope);
    if (why) {
        refuse(g, c, scope_name(g->to, scope), why);
        return false;
    }
    if (!find_place(g, c, g->to->scopes[scope].parent, &around))
        return false;
    *out = (struct wr_place){ .opening = open_later(g, scope, around) };

    return true;
}

/* What is around it as far as it leaves it, and what it enters. */
static bool
may_cross(struct wr_migrate *g, const struct crossing *c,
          const struct wr_activity *base)
{
    static const char why[] =
        "runs several times, is ad-hoc, was interrupted or"
        " is being undone";
    const struct wr_activity *q = c->scope;

    if (c->a && (c->a->undo || g->from->nodes[c->a->node].event_sub)) {
        refuse(g, c, c->from, "belongs to the sub-process it stands in");
        return false;
    }
    for (; !is_above(q, base); q = q->parent) {
        if (is_plain(g->from, q, q->node))
            continue;
        refuse(g, c, g->from->nodes[q->node].id, why);
        return false;
    }
    if (base->interrupted
        || (base->node >= 0 && g->from->nodes[base->node].ad_hoc)) {
        refuse(g, c, scope_name(g->from, wr_activity_scope(g->from, base)),
               why);
        return false;
    }

    return true;
}

static bool
find_way(struct wr_migrate *g, const struct crossing *c, int node,
         struct wr_place *out)
{
    struct wr_activity *base;

    if (!find_place(g, c, g->to->nodes[node].scope, out))
        return false;
    base = out->base;
    for (const struct wr_opening *o = out->opening; o; o = o->in.opening)
        base = o->in.base;

    return may_cross(g, c, base);
}

static void
move_later(struct wr_migrate *g, struct wr_moving m)
{
    struct wr_moving **end = &g->movings;

    while (*end)
        end = &(*end)->next;
    m.left_key = m.left->key;
    *end = wr_new(g->x->arena, struct wr_moving);
    **end = m;
}

void
wr_migrate_find_place(struct wr_migrate *g, struct wr_activity *a)
{
    int node = g->nodes[a->node];
    struct crossing c = { .scope = a->parent,
                          .a = a,
                          .key = a->key,
                          .from = g->from->nodes[a->node].id,
                          .to = g->to->nodes[node].id };
    struct wr_place to = { .base = NULL };

    if (find_way(g, &c, node, &to))
        move_later(g, (struct wr_moving){
                          .a = a, .flow = -1, .left = a->parent, .to = to });
}

void
wr_migrate_find_queue(struct wr_migrate *g, struct wr_activity *scope, int flow)
{
    int there = g->flows[flow];
    int64_t symbol = g->from->flows[flow].symbol;
    struct crossing c = { .scope = scope,
                          .key = -((scope->key << 32) + (symbol << 12) + 1),
                          .from = g->from->flows[flow].id,
                          .to = g->to->flows[there].id };
    struct wr_place to = { .base = NULL };

    if (find_way(g, &c, g->to->flows[there].target, &to))
        move_later(g, (struct wr_moving){ .flow = flow,
                                          .n = wr_queue_count(scope, flow),
                                          .left = scope,
                                          .to = to });
}

/* Nobody comes in place of those that leave it. */
static bool
is_entered(const struct wr_migrate *g, const struct wr_activity *scope)
{
    for (const struct wr_moving *m = g->movings; m; m = m->next) {
        if (m->to.base && is_above(scope, m->to.base))
            return true;
    }
    for (const struct wr_opening *o = g->openings; o; o = o->next) {
        if (o->in.base && is_above(scope, o->in.base))
            return true;
    }

    return false;
}

/* Is it left empty, and cancelled then?  As deep as sub-processes nest. */
static bool
vanishes(const struct wr_migrate *g, const struct wr_activity *a)
{
    if (a->node < 0 || !(a->first || a->n_queues)
        || wr_activity_scope(g->from, a) < 0 || a->role != WR_ROLE_PLAIN
        || !is_free(g, a) || is_entered(g, a))
        return false;
    for (const struct wr_activity *c = a->first; c; c = c->next) {
        if (!wr_migrate_leaves(g, c) && !vanishes(g, c))
            return false;
    }

    return true;
}

static bool
is_said(const struct wr_migrate *g, const char *code, const char *element)
{
    for (int k = 0; k < g->n_problems; k++) {
        if (strcmp(g->problems[k].code, code) == 0
            && strcmp(g->problems[k].element, element) == 0)
            return true;
    }

    return false;
}

void
wr_migrate_check_left(struct wr_migrate *g)
{
    for (const struct wr_moving *m = g->movings; m; m = m->next) {
        for (const struct wr_activity *p = m->left; vanishes(g, p);
             p = p->parent) {
            const char *id = p->log ? g->from->nodes[p->log->node].id : NULL;

            if (id && !is_said(g, "unmapped-log", id))
                wr_migrate_problem(g, "unmapped-log", id, 0,
                                   "'%s' completed and could be compensated,"
                                   " and nothing would be left in '%s'",
                                   id, g->from->nodes[p->node].id);
        }
    }
}

/* ---- going ---- */

/* What has no counterpart is empty now; inner ones first. */
static void
cancel_gone(struct wr_migrate *g, struct wr_activity *a)
{
    struct wr_activity *c = a->first;

    while (c) {
        struct wr_activity *next = c->next;

        cancel_gone(g, c);
        c = next;
    }
    if (a->node >= 0 && g->nodes[a->node] < 0
        && wr_activity_scope(g->from, a) >= 0)
        wr_cancel(g->x, a);
}

void
wr_migrate_leave(struct wr_migrate *g)
{
    for (struct wr_moving *m = g->movings; m; m = m->next) {
        struct wr_place at = m->to;

        while (at.opening)
            at = at.opening->in;
        if (m->a)
            wr_activity_move(m->a, at.base);
        else
            wr_queue_add(g->x->i, m->left, m->flow, -m->n);
    }
    if (g->movings)
        cancel_gone(g, g->x->i->root);
}

static struct wr_activity *
place_of(const struct wr_place *p)
{
    return p->opening ? p->opening->made : p->base;
}

static bool
open_scope(struct wr_migrate *g, struct wr_opening *o)
{
    struct wr_exec *x = g->x;
    int node = x->m->scopes[o->scope].node;
    struct wr_activity *a = wr_activity_new(x->i, place_of(&o->in), node, -1);

    o->made = a;
    a->since = x->ev->now;
    if (wr_boundary_arm(x, a) < 0 || wr_mapping_in(x, a) < 0) {
        wr_migrate_problem(g, "cannot-arm", x->m->nodes[node].id, 0, "%s",
                           x->fault.message);
        x->fault = (struct wr_fault){ 0 };
        return false;
    }
    wr_run_started(x, a);
    a->stage = WR_STAGE_ACTIVE;
    wr_touch(x, a);
    wr_event_sub_open(x, a);

    return true;
}

void
wr_migrate_enter(struct wr_migrate *g)
{
    for (struct wr_opening *o = g->openings; o; o = o->next)
        if (!open_scope(g, o))
            return;
    for (struct wr_moving *m = g->movings; m; m = m->next)
        if (m->a)
            wr_activity_move(m->a, place_of(&m->to));
        else
            wr_queue_add(g->x->i, place_of(&m->to), g->flows[m->flow], m->n);
}

static bool
is_empty(const struct wr_activity *a)
{
    return !a->first && !a->pending && !a->n_queues && !a->n_drawn;
}

void
wr_migrate_close_left(struct wr_migrate *g)
{
    struct wr_exec *x = g->x;

    for (const struct wr_moving *m = g->movings; m; m = m->next) {
        struct wr_activity *a = wr_activity_by_key(x->i, m->left_key);

        while (a && a->node >= 0 && wr_activity_scope(x->m, a) >= 0
               && is_empty(a)) {
            struct wr_activity *parent = a->parent;

            wr_touch(x, parent);
            wr_cancel(x, a);
            a = parent;
        }
    }
}
