/* lint_graph.c: warnings that need the finished graph. */

#include "engine/model/build.h"

static bool
has(const uint64_t *set, int i)
{
    return set[i / 64] >> (i % 64) & 1;
}

static void
visit(const struct wr_model *m, bool *seen, int *stack)
{
    int top = 0;

    for (int i = 0; i < m->n_nodes; i++) {
        if (seen[i])
            stack[top++] = i;
    }
    while (top > 0) {
        const struct wr_node *n = &m->nodes[stack[--top]];

        for (int i = 0; i < n->n_out; i++) {
            int to = m->flows[n->out[i]].target;

            if (!seen[to]) {
                seen[to] = true;
                stack[top++] = to;
            }
        }
        for (int i = 0; i < n->n_boundaries; i++) {
            if (!seen[n->boundaries[i]]) {
                seen[n->boundaries[i]] = true;
                stack[top++] = n->boundaries[i];
            }
        }
        if (n->handler >= 0 && !seen[n->handler]) {
            seen[n->handler] = true;
            stack[top++] = n->handler;
        }
    }
}

static void
unreachable(struct wr_build *b, const struct wr_model *m)
{
    bool *seen = wr_newn(b->arena, bool, m->n_nodes);
    int *stack = wr_newn(b->arena, int, m->n_nodes);

    for (int s = 0; s < m->n_scopes; s++) {
        for (int i = 0; i < m->scopes[s].n_starts; i++)
            seen[m->scopes[s].starts[i]] = true;
        for (int i = 0; i < m->scopes[s].n_event_subs; i++)
            seen[m->scopes[s].event_subs[i]] = true;
    }
    for (int i = 0; i < m->n_starts; i++)
        seen[m->starts[i].node] = true;
    visit(m, seen, stack);
    for (int i = 0; i < m->n_nodes; i++) {
        if (!seen[i])
            wr_build_found(b, WR_F_UNREACHABLE, b->node_xml[i],
                           "no token can get to '%s'", m->nodes[i].id);
    }
}

/* Can a token that left join `from` come to an incoming flow of `to`? */
static bool
feeds(const struct wr_model *m, const struct wr_node *from,
      const struct wr_node *to)
{
    const uint64_t *reach = m->joins[to->join].reach;

    for (int u = 0; u < to->n_in; u++, reach += m->n_flow_words) {
        for (int i = 0; i < from->n_out; i++) {
            if (has(reach, from->out[i]))
                return true;
        }
    }

    return false;
}

/* Bounded: the pairs of the first joins of a model. */
static void
circles(struct wr_build *b, const struct wr_model *m)
{
    int n = m->n_joins < 200 ? m->n_joins : 200;

    for (int i = 0; i < n; i++) {
        const struct wr_node *x = &m->nodes[m->joins[i].node];

        for (int k = i + 1; k < n; k++) {
            const struct wr_node *y = &m->nodes[m->joins[k].node];

            if (x->kind != WR_INCLUSIVE_GATEWAY
                || y->kind != WR_INCLUSIVE_GATEWAY || x->scope != y->scope)
                continue;
            if (feeds(m, x, y) && feeds(m, y, x))
                wr_build_found(b, WR_F_OR_CIRCLE, b->node_xml[m->joins[i].node],
                               "'%s' and '%s' can wait for each other", x->id,
                               y->id);
        }
    }
}

void
wr_build_lint(struct wr_build *b, const struct wr_model *m)
{
    unreachable(b, m);
    circles(b, m);
    for (int i = 0; i < m->n_nodes; i++) {
        const struct wr_node *n = &m->nodes[i];
        const struct wr_xml *e = b->node_xml[i];

        if ((e->is & WR_IS_GATEWAY) && n->n_out == 0)
            wr_build_found(b, WR_F_NO_WAY_OUT, e, NULL);
        if (n->default_flow >= 0 && m->flows[n->default_flow].condition)
            wr_build_found(b, WR_F_DEFAULT_CONDITION,
                           b->flow_xml[n->default_flow], NULL);
    }
}
