/*
 * replay_joins.c: tokens in front of joins, by the history (S6, S7).
 *
 * An event names its element and its activity, not the scope instance around
 * it.  While one instance alone of a scope is there, what passes in the scope's
 * elements is of that one: each element puts tokens on the flows it took, each
 * join that fires takes one from each flow, an inclusive one from each that has
 * any.  With the second instance of a scope its counts are given up until all of
 * them are gone; for good after a modification or migration, which put tokens
 * where they are told, and once an element was suspended.  The rest of what is
 * left out is in is_known().
 */

#include "engine/exec/replay_fold.h"

enum wr_replay_sure {
    NOT_THERE = 0,
    SURE,
    GIVEN_UP
};

static int
scope_of(const struct wr_model *m, const struct wr_replay_activity *a)
{
    int node = wr_model_node_of(m, a->element);

    return node < 0 || a->body || a->past ? -1 : m->nodes[node].inner;
}

static void
prepare(struct wr_replay *r)
{
    const struct wr_model *m = r->model;

    if (r->tokens)
        return;
    r->tokens = wr_newn(r->arena, int64_t, (size_t)m->n_flows + 1);
    r->live = wr_newn(r->arena, int, (size_t)m->n_scopes);
    r->sure = wr_newn(r->arena, int, (size_t)m->n_scopes);
    r->live[0] = 1;
    r->sure[0] = SURE;
}

void
wr_replay_opens(struct wr_replay *r, const struct wr_replay_activity *a)
{
    const struct wr_model *m = r->model;
    int scope = scope_of(m, a);

    if (scope < 0 || r->lost)
        return;
    prepare(r);
    r->sure[scope] = r->live[scope]++ ? GIVEN_UP : SURE;
    for (int k = 0; k < m->n_flows; k++) {
        if (m->nodes[m->flows[k].target].scope == scope)
            r->tokens[k] = 0;
    }
}

void
wr_replay_closes(struct wr_replay *r, const struct wr_replay_activity *a)
{
    int scope = scope_of(r->model, a);

    if (scope < 0 || r->lost)
        return;
    prepare(r);
    r->live[scope]--;
}

/* ---- what moves ---- */

static void
put(struct wr_replay *r, int flow)
{
    const struct wr_model *m = r->model;

    r->tokens[flow] += m->nodes[m->flows[flow].source].completion_quantity;
}

/* A join that fires: it starts, or has passed at once. */
static void
take(struct wr_replay *r, const struct wr_node *n)
{
    bool all = n->kind == WR_PARALLEL_GATEWAY;

    for (int k = 0; k < n->n_in; k++) {
        if (all || r->tokens[n->in[k]] > 0)
            r->tokens[n->in[k]]--;
    }
}

/* Is it the end of the element, not of an iteration? */
static bool
is_end(const struct wr_node *n, enum wr_history_type type)
{
    if (n->loop)
        return type == WR_H_LOOP_COMPLETED;

    return type == WR_H_ELEMENT_COMPLETED || type == WR_H_ELEMENT_PASSED;
}

static void
moved(struct wr_replay *r, int node, enum wr_history_type type)
{
    const struct wr_model *m = r->model;
    const struct wr_node *n = &m->nodes[node];

    if (n->join >= 0
        && (type == WR_H_ELEMENT_STARTED || type == WR_H_ELEMENT_PASSED))
        take(r, n);
    if (!is_end(n, type) || wr_run_chooses(m, n))
        return;
    for (int k = 0; k < n->n_out; k++)
        put(r, n->out[k]);
}

void
wr_replay_moves(struct wr_replay *r, const struct wr_history_event *e)
{
    const struct wr_model *m = r->model;
    int node, flow;

    if (r->lost)
        return;
    prepare(r);
    switch ((int)e->type) {
    case WR_H_INSTANCE_MODIFIED:
    case WR_H_INSTANCE_MIGRATED:
    case WR_H_TOKEN_PARKED:
    case WR_H_ELEMENT_SUSPENDED:
        r->lost = true;
        break;
    case WR_H_FLOW_TAKEN:
        flow = wr_model_flow_of(m, e->element);
        if (flow >= 0)
            put(r, flow);
        break;
    case WR_H_INCIDENT_RESOLVED: /* it may have been skipped: by which flow? */
        node = wr_model_node_of(m, e->element);
        if (node >= 0)
            r->sure[m->nodes[node].scope] = GIVEN_UP;
        break;
    default:
        node = wr_model_node_of(m, e->element);
        if (node >= 0)
            moved(r, node, e->type);
        break;
    }
}

/* ---- comparing ---- */

static bool
is_complex(const struct wr_node *n)
{
    return n->kind == WR_COMPLEX_GATEWAY && n->join >= 0;
}

/* A complex gateway does not say what it took and passes a second time, without
 * its flows, when it resets; a listener holds a token on its flow or in the
 * gateway; in an ad-hoc sub-process an element may end without taking its
 * flows. */
static bool
is_known(const struct wr_model *m, int flow)
{
    const struct wr_node *n = &m->nodes[m->flows[flow].target];
    int around = m->scopes[n->scope].node;

    if (n->join < 0 || is_complex(n) || n->async_before || n->listeners.n)
        return false;
    for (int k = 0; k < n->n_in; k++) {
        const struct wr_flow *f = &m->flows[n->in[k]];

        if (f->listeners.n || is_complex(&m->nodes[f->source]))
            return false;
    }

    return around < 0 || !m->nodes[around].ad_hoc;
}

/* In front of the join, or still on the way there after a step that was cut. */
static int64_t
tokens_on(const struct wr_instance *i, const struct wr_activity *scope,
          int flow)
{
    int64_t n = 0;

    for (int k = 0; k < scope->n_queues; k++) {
        if (scope->queues[k].flow == flow)
            n += scope->queues[k].n;
    }
    for (const struct wr_work *w = i->work; w; w = w->next)
        n += w->scope == scope && w->flow == flow;

    return n;
}

int
wr_replay_compare_joins(const struct wr_replay *r, const struct wr_instance *i,
                        const struct wr_activity *a, struct wr_err *err)
{
    const struct wr_model *m = r->model;
    int scope = wr_activity_scope(m, a);

    if (!r->tokens || r->lost || scope < 0 || r->sure[scope] != SURE
        || a->interrupted || wr_undo_is_past(a))
        return 0;
    for (int k = 0; k < m->n_flows; k++) {
        const struct wr_node *n = &m->nodes[m->flows[k].target];
        int64_t have;

        if (n->scope != scope || !is_known(m, k))
            continue;
        have = tokens_on(i, a, k);
        if (have != r->tokens[k])
            return wr_fail(err, WR_ECORRUPT,
                           "state and history differ at '%s': %lld tokens by"
                           " flow '%s', by the history %lld",
                           n->id, (long long)have, m->flows[k].id,
                           (long long)r->tokens[k]);
    }

    return 0;
}
