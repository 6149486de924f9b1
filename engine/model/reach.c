/*
 * reach.c: the sets that decide when a join fires (SEMANTICS S7).
 *
 * For each incoming flow u of a join: the flows from which u is reachable, found
 * by walking backwards.  The walk stops at the join itself, goes from a boundary
 * event on to its host, and never leaves the scope because flows never do.
 */

#include "engine/model/build.h"

static bool
joins(const struct wr_node *n)
{
    return n->n_in > 1
           && (n->kind == WR_INCLUSIVE_GATEWAY || n->kind == WR_PARALLEL_GATEWAY
               || n->kind == WR_COMPLEX_GATEWAY);
}

static void
mark(const struct wr_node *n, uint64_t *set, int *stack, int *top)
{
    for (int i = 0; i < n->n_in; i++) {
        int f = n->in[i];

        if (set[f / 64] & UINT64_C(1) << (f % 64))
            continue;
        set[f / 64] |= UINT64_C(1) << (f % 64);
        stack[(*top)++] = f;
    }
}

static void
walk_back(const struct wr_model *m, int join, int flow, uint64_t *set,
          int *stack)
{
    int top = 0;

    set[flow / 64] |= UINT64_C(1) << (flow % 64);
    stack[top++] = flow;
    while (top > 0) {
        int node = m->flows[stack[--top]].source;
        const struct wr_node *n = &m->nodes[node];

        if (node == join)
            continue;
        mark(n, set, stack, &top);
        if (n->host >= 0 && n->host != join)
            mark(&m->nodes[n->host], set, stack, &top);
    }
}

void
wr_model_reach(struct wr_arena *a, struct wr_model *m, struct wr_node *nodes)
{
    struct wr_join *all;
    int *stack;

    m->n_flow_words = (m->n_flows + 63) / 64;
    for (int i = 0; i < m->n_nodes; i++) {
        nodes[i].join = joins(&nodes[i]) ? m->n_joins++ : -1;
    }
    if (m->n_joins == 0)
        return;
    all = wr_newn(a, struct wr_join, m->n_joins);
    stack = wr_newn(a, int, m->n_flows);
    for (int i = 0; i < m->n_nodes; i++) {
        const struct wr_node *n = &nodes[i];
        uint64_t *reach;

        if (n->join < 0)
            continue;
        reach = wr_newn(a, uint64_t, (size_t)n->n_in * m->n_flow_words);
        for (int k = 0; k < n->n_in; k++)
            walk_back(m, i, n->in[k], reach + (size_t)k * m->n_flow_words,
                      stack);
        all[n->join] = (struct wr_join){ .node = i, .reach = reach };
    }
    m->joins = all;
}
