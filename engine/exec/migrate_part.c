/*
 * migrate_part.c: what an instance stops waiting for, and what it will wait for,
 * when it goes to another version.
 */

#include <string.h>

#include "engine/exec/migrate.h"

/* ---- what there is to wait for ---- */

struct events {
    int *nodes;
    int n;
};

static void
add(struct events *e, int node)
{
    e->nodes[e->n++] = node;
}

/* The events that may hang on `a`, were it at `node` of `m`. */
static struct events
events_of(struct wr_arena *arena, const struct wr_model *m,
          const struct wr_activity *a, int node)
{
    struct wr_activity there = *a;
    struct events e = { .nodes = NULL };
    int scope;

    there.node = node;
    scope = wr_activity_scope(m, &there);
    e.nodes = wr_newn(arena, int, (size_t)m->n_nodes);
    for (int k = 0; node >= 0 && a->role != WR_ROLE_ITERATION
                    && k < m->nodes[node].n_boundaries;
         k++)
        add(&e, m->nodes[node].boundaries[k]);
    for (int k = 0; node >= 0 && m->nodes[node].kind == WR_EVENT_GATEWAY
                    && k < m->nodes[node].n_out;
         k++)
        add(&e, m->flows[m->nodes[node].out[k]].target);
    for (int k = 0; scope >= 0 && k < m->scopes[scope].n_event_subs; k++) {
        int sub = m->scopes[scope].event_subs[k];
        const struct wr_scope *s = &m->scopes[m->nodes[sub].inner];

        for (int n = 0; n < s->n_starts; n++)
            add(&e, s->starts[n]);
    }

    return e;
}

static bool
is_in(const struct events *e, int node)
{
    for (int k = 0; k < e->n; k++) {
        if (e->nodes[k] == node)
            return true;
    }

    return false;
}

static bool
same_text(const struct wr_attr *a, const struct wr_attr *b)
{
    if (!a->text || !b->text)
        return a->text == b->text;

    return strcmp(a->text, b->text) == 0;
}

static bool
differs(const struct wr_event_def *a, const struct wr_event_def *b)
{
    return a->timer_kind != b->timer_kind || !same_text(&a->timer, &b->timer)
           || !same_text(&a->until, &b->until) || !same_text(&a->name, &b->name)
           || !same_text(&a->correlation, &b->correlation);
}

/* Would it be armed for something else there? */
static bool
is_changed(const struct wr_migrate *g, int node)
{
    int n;
    const struct wr_event_def *a = wr_node_events(&g->from->nodes[node], &n);
    const struct wr_event_def *b = wr_node_events(&g->to->nodes[g->nodes[node]],
                                                  &n);

    for (int k = 0; k < n; k++) {
        if (differs(&a[k], &b[k]))
            return true;
    }

    return false;
}

/* ---- closing and arming ---- */

static void
arm_later(struct wr_migrate *g, struct wr_activity *a, int node, int hears)
{
    struct wr_arming *one = wr_new(g->x->arena, struct wr_arming);

    *one = (struct wr_arming){ .owner = a, .node = node, .hears = hears };
    *g->end = one;
    g->end = &one->next;
}

static void
close_node(struct wr_exec *x, struct wr_activity *a, int node)
{
    struct wr_wait *w = a->waits;

    while (w) {
        struct wr_wait *next = w->next;

        if (w->node == node)
            wr_wait_close(x, w, /* canceled= */ true, NULL);
        w = next;
    }
}

static bool
waits_at(const struct wr_activity *a, int node)
{
    for (const struct wr_wait *w = a->waits; w; w = w->next) {
        if (w->node == node
            && (w->kind == WR_WAIT_TIMER || w->kind == WR_WAIT_SUBSCRIPTION))
            return true;
    }

    return false;
}

/* Is what hangs on it armed, so that what comes new has to be, too? */
static bool
is_armed(const struct wr_migrate *g, const struct wr_activity *a, int node)
{
    const struct wr_node *n = &g->to->nodes[node];

    if (wr_undo_is_past(a))
        return false;
    if (n->host < 0) /* behind a gateway, or starts an event sub-process */
        return a->stage == WR_STAGE_ACTIVE && !a->interrupted;
    if (a->stage < WR_STAGE_ACTIVE)
        return a->armed;

    return a->stage == WR_STAGE_ACTIVE;
}

/* `there` has events that have no counterpart among `here`. */
static void
find_new(struct wr_migrate *g, struct wr_activity *a, const struct events *here,
         const struct events *there)
{
    for (int k = 0; k < there->n; k++) {
        int node = there->nodes[k];
        bool known = false;

        for (int j = 0; j < here->n; j++)
            known = known || g->nodes[here->nodes[j]] == node;
        if (!known && is_armed(g, a, node))
            arm_later(g, a, node, 0);
    }
}

/* ---- listeners of an open task that have a timer ---- */

/* The nth of the node; -1. */
static int
nth_timeout(const struct wr_node *n, int nth)
{
    for (int k = 0; k < n->listeners.n; k++) {
        if (n->listeners.items[k].moment == WR_MOMENT_TIMEOUT && nth-- == 0)
            return k;
    }

    return -1;
}

static struct wr_wait *
timer_of(const struct wr_activity *a, int place)
{
    struct wr_wait *w = a->waits;

    while (w && w->hears != place + 1)
        w = w->next;

    return w;
}

/* And what it failed with. */
static void
close_timeout(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_wait *incident = wr_incident_of(w->owner, &w->id);

    if (incident)
        wr_wait_close(x, incident, /* canceled= */ true, NULL);
    wr_wait_close(x, w, /* canceled= */ true, NULL);
}

/* Each has its counterpart in the order of the file; what fired for the last
 * time stays away. */
static void
pair_timeouts(struct wr_migrate *g, struct wr_activity *a)
{
    const struct wr_node *from = &g->from->nodes[a->node];
    const struct wr_node *to = &g->to->nodes[g->nodes[a->node]];

    for (int nth = 0;; nth++) {
        int here = nth_timeout(from, nth), there = nth_timeout(to, nth);
        struct wr_wait *w = here < 0 ? NULL : timer_of(a, here);

        if (here < 0 && there < 0)
            return;
        if (here < 0)
            arm_later(g, a, g->nodes[a->node], there + 1);
        if (!w)
            continue;
        if (there < 0) {
            close_timeout(g->x, w);
        } else if (g->update[a->node]
                   && differs(from->listeners.items[here].timer,
                              to->listeners.items[there].timer)) {
            close_timeout(g->x, w);
            arm_later(g, a, g->nodes[a->node], there + 1);
        } else {
            w->moved = there + 1;
        }
    }
}

static void
move_timeouts(struct wr_migrate *g, struct wr_activity *a)
{
    if (a->node < 0 || g->nodes[a->node] < 0 || !wr_wait_of(a, WR_WAIT_TASK))
        return;
    pair_timeouts(g, a);
    for (struct wr_wait *w = a->waits; w; w = w->next) {
        if (w->hears)
            w->hears = w->moved;
    }
}

/* Joins say again what they wait for in vain. */
static bool
is_kept(const struct wr_migrate *g, const struct wr_activity *a,
        const struct wr_wait *w, const struct events *there)
{
    int to = g->nodes[w->node];

    if (w->node == a->node)
        return true;

    return to >= 0 && is_in(there, to);
}

void
wr_migrate_part(struct wr_migrate *g, struct wr_activity *a)
{
    struct wr_exec *x = g->x;
    int to = a->node < 0 ? -1 : g->nodes[a->node];
    struct events here = events_of(x->arena, g->from, a, a->node);
    struct events there = events_of(x->arena, g->to, a, to);
    struct wr_wait *w = a->waits;

    while (w) {
        int node = w->node;

        if (!is_kept(g, a, w, &there)) {
            close_node(x, a, node);
            w = a->waits;
        } else if (g->update[node] && waits_at(a, node)
                   && is_changed(g, node)) {
            close_node(x, a, node);
            arm_later(g, a, g->nodes[node], 0);
            w = a->waits;
        } else {
            w = w->next;
        }
    }
    find_new(g, a, &here, &there);
    move_timeouts(g, a);
}
