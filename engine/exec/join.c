/*
 * join.c: parallel and inclusive joins (SEMANTICS S6, S7).
 *
 * A token at a join waits on the flow it came by, not in a node.  Parallel: one
 * token of every incoming flow goes together, surplus stays.  Inclusive: the
 * model holds, for every incoming flow u, the flows R[u] from which u can be
 * reached without passing the gateway; then
 *
 *     Red = union of R[u] over flows without token
 *     Green = union of R[m] over flows with token
 *     a token that can be at flows F holds the join back
 *         when F meets Red and does not meet Green
 */

#include "engine/exec/exec.h"

static bool
all_marked(const struct wr_node *n, const struct wr_activity *scope)
{
    for (int k = 0; k < n->n_in; k++) {
        if (!wr_queue_count(scope, n->in[k]))
            return false;
    }

    return true;
}

/* Take up to `want` tokens off the flows into `n`, in document order. */
static void
consume(struct wr_exec *x, struct wr_activity *scope, const struct wr_node *n,
        int64_t want)
{
    for (int k = 0; k < n->n_in && want > 0; k++) {
        int64_t have = wr_queue_count(scope, n->in[k]);
        int64_t take = have < want ? have : want;

        if (take > 0)
            wr_queue_add(x->i, scope, n->in[k], -take);
        want -= take;
    }
}

void
wr_join_force(struct wr_exec *x, struct wr_activity *scope, int node)
{
    const struct wr_node *n = &x->m->nodes[node];
    struct wr_activity *a;

    if (n->join < 0) { /* an activity that waits for more tokens */
        consume(x, scope, n, n->start_quantity);
        wr_touch(x, scope);
        wr_run_spawn(x, scope, node, -1, NULL);
        return;
    }
    if (n->kind == WR_COMPLEX_GATEWAY) {
        wr_complex_start(x, scope, node);
        return;
    }
    for (int k = 0; k < n->n_in; k++) {
        if (wr_queue_count(scope, n->in[k]))
            wr_queue_add(x->i, scope, n->in[k], -1);
    }
    wr_touch(x, scope);
    a = wr_activity_new(x->i, scope, node, -1);
    a->since = x->ev->now;
    wr_run_enter(x, a);
}

void
wr_join_arrive(struct wr_exec *x, struct wr_activity *scope, int node, int flow)
{
    const struct wr_node *n = &x->m->nodes[node];

    wr_queue_add(x->i, scope, flow, 1);
    wr_touch(x, scope);
    if (n->kind == WR_PARALLEL_GATEWAY && all_marked(n, scope))
        wr_join_force(x, scope, node);
    else if (n->kind == WR_COMPLEX_GATEWAY)
        wr_complex_look(x, scope, node);
}

static bool
has(const uint64_t *set, int flow)
{
    return set[flow / 64] >> (flow % 64) & 1;
}

struct join_sets {
    const struct wr_model *m;
    const struct wr_node *node;
    const uint64_t *reach;
    const struct wr_activity *scope;
};

/* A flow that a complex gateway has drawn from counts as marked (S8). */
static bool
is_marked(const struct wr_activity *scope, int flow)
{
    return wr_queue_count(scope, flow) > 0 || wr_drawn_has(scope, flow);
}

/* Is `flow` in the union of R over the incoming flows that are (not) marked? */
static bool
reaches(const struct join_sets *j, int flow, bool marked)
{
    for (int k = 0; k < j->node->n_in; k++) {
        const uint64_t *set = j->reach + (size_t)k * j->m->n_flow_words;

        if (has(set, flow) && is_marked(j->scope, j->node->in[k]) == marked)
            return true;
    }

    return false;
}

struct sight { /* what one token can still come to */
    bool red, green;
};

static void
look(const struct join_sets *j, int flow, struct sight *s)
{
    s->red = s->red || reaches(j, flow, false);
    s->green = s->green || reaches(j, flow, true);
}

static void
look_out(const struct join_sets *j, const struct wr_node *n, struct sight *s)
{
    for (int k = 0; k < n->n_out; k++)
        look(j, n->out[k], s);
}

/* A token inside a node: the flows out of it and, while they are armed, out of
 * its boundary events; one that has not entered yet is still on its flow. */
static bool
held_by(const struct join_sets *j, const struct wr_activity *a)
{
    const struct wr_node *n = &j->m->nodes[a->node];
    struct sight s = { false, false };

    if (a->undo == WR_UNDO_HANDLER || wr_undo_is_past(a))
        return false; /* no token of a flow */
    if (a->stage == WR_STAGE_BEFORE && a->flow >= 0)
        look(j, a->flow, &s);
    else
        look_out(j, n, &s);
    for (int k = 0; k < n->n_boundaries && a->stage <= WR_STAGE_LEAVE; k++)
        look_out(j, &j->m->nodes[n->boundaries[k]], &s);

    return s.red && !s.green;
}

bool
wr_join_enabled(const struct wr_model *m, const struct wr_activity *scope,
                int join)
{
    const struct wr_node *n = &m->nodes[m->joins[join].node];
    struct join_sets j = { m, n, m->joins[join].reach, scope };
    bool marked = false;

    for (int k = 0; k < n->n_in; k++)
        marked = marked || is_marked(scope, n->in[k]);
    if (!marked)
        return false;
    for (int k = 0; k < scope->n_queues; k++) {
        struct sight s = { false, false };

        look(&j, scope->queues[k].flow, &s);
        if (s.red && !s.green)
            return false;
    }
    for (const struct wr_activity *a = scope->first; a; a = a->next) {
        if (held_by(&j, a))
            return false;
    }

    return true;
}

static bool
fire_in(struct wr_exec *x, struct wr_activity *scope)
{
    for (int k = 0; k < x->m->n_joins; k++) {
        int node = x->m->joins[k].node;
        const struct wr_node *n = &x->m->nodes[node];

        if (n->scope != wr_activity_scope(x->m, scope) || wr_hold_is(x, node))
            continue;
        if (n->kind == WR_INCLUSIVE_GATEWAY && wr_join_enabled(x->m, scope, k))
            wr_join_force(x, scope, node);
        else if (n->kind == WR_COMPLEX_GATEWAY
                 && wr_complex_resets(x->m, scope, k))
            wr_complex_reset(x, scope, node);
        else
            continue;
        x->left--;
        return true;
    }

    return false;
}

bool
wr_join_fire_any(struct wr_exec *x)
{
    struct wr_activity *scope;

    while ((scope = wr_scope_with_joins(x))) {
        if (fire_in(x, scope))
            return true;
        wr_scope_joins_done(x, scope);
    }

    return false;
}

bool
wr_join_waits(const struct wr_model *m, int node)
{
    return m->nodes[node].join >= 0 || m->nodes[node].start_quantity > 1;
}

int
wr_join_marked(const struct wr_model *m, const struct wr_activity *scope)
{
    int first = -1;

    for (int k = 0; k < scope->n_queues; k++) {
        int node = m->flows[scope->queues[k].flow].target;

        if (first < 0 || node < first)
            first = node;
    }

    return first;
}

/* ---- startQuantity ---- */

static int64_t
waiting(const struct wr_node *n, const struct wr_activity *scope)
{
    int64_t sum = 0;

    for (int k = 0; k < n->n_in; k++)
        sum += wr_queue_count(scope, n->in[k]);

    return sum;
}

bool
wr_quantity_reached(struct wr_exec *x, struct wr_activity *scope, int node,
                    int flow)
{
    const struct wr_node *n = &x->m->nodes[node];

    if (flow < 0 || n->start_quantity < 2)
        return true;
    wr_queue_add(x->i, scope, flow, 1);
    wr_touch(x, scope);
    if (waiting(n, scope) < n->start_quantity)
        return false;
    consume(x, scope, n, n->start_quantity);

    return true;
}

/* ---- the model changed ---- */

/* What waits in `scope` for no more than is there; -1. */
static int
complete_in(const struct wr_exec *x, const struct wr_activity *scope)
{
    for (int k = 0; k < scope->n_queues; k++) {
        int node = x->m->flows[scope->queues[k].flow].target;
        const struct wr_node *n = &x->m->nodes[node];

        if (n->join < 0
                ? waiting(n, scope) >= n->start_quantity
                : n->kind == WR_PARALLEL_GATEWAY && all_marked(n, scope))
            return node;
    }

    return -1;
}

static int64_t
queued(const struct wr_activity *scope)
{
    int64_t sum = 0;

    for (int k = 0; k < scope->n_queues; k++)
        sum += scope->queues[k].n;

    return sum;
}

/* Did one of its complex gateways start? */
static bool
start_complex(struct wr_exec *x, struct wr_activity *scope)
{
    int64_t before = queued(scope);

    for (int k = 0; k < scope->n_queues; k++) {
        int node = x->m->flows[scope->queues[k].flow].target;

        if (x->m->nodes[node].kind != WR_COMPLEX_GATEWAY)
            continue;
        wr_complex_look(x, scope, node);
        if (queued(scope) != before)
            return true;
    }

    return false;
}

void
wr_join_settle(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    while (a) {
        int node = complete_in(x, a);

        if (node >= 0)
            wr_join_force(x, a, node);
        /* Whatever fired may have taken others with it: from the start. */
        a = node >= 0 || start_complex(x, a) ? x->i->root
                                             : wr_activity_next(x->i->root, a);
    }
}
