/*
 * boundary.c: events attached to an activity (SEMANTICS S10).
 *
 * Armed when the host becomes active, before its asynchronous continuation runs,
 * so that a timeout covers the time in the queue; closed when the host leaves.
 */

#include "engine/exec/exec.h"

static bool
is_armed(const struct wr_activity *a, int node)
{
    for (const struct wr_wait *w = a->waits; w; w = w->next) {
        if (w->node == node)
            return true;
    }

    return false;
}

int
wr_boundary_arm(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *host = &x->m->nodes[a->node];

    if (a->role == WR_ROLE_ITERATION) /* they are its body's */
        return 0;
    if (a->armed) /* what fired since then is not armed again */
        return 0;
    for (int k = 0; k < host->n_boundaries; k++) {
        int node = host->boundaries[k];

        if (!is_armed(a, node) && wr_trigger_arm(x, a, node) < 0)
            return -1;
    }
    a->armed = host->n_boundaries > 0;

    return 0;
}

void
wr_boundary_fire(struct wr_exec *x, struct wr_activity *host, int node,
                 const struct wr_value *result)
{
    struct wr_activity *scope = wr_undo_scope(x, host->parent, node);

    if (x->m->nodes[node].interrupting) {
        if (host->undo == WR_UNDO_HANDLER)
            wr_undo_ended(x, host); /* the exception flow takes its place */
        wr_cancel(x, host);
    }
    wr_touch(x, scope);
    if (x->dispatching) /* what it writes must not be endless: condition.c */
        wr_work_add(x->i, scope, node, -1);
    else
        wr_run_spawn(x, scope, node, -1, result);
}

int
wr_boundary_catching(struct wr_exec *x, struct wr_activity *host,
                     enum wr_trigger trigger, const char *code)
{
    const struct wr_node *n = &x->m->nodes[host->node];
    int any = -1;

    if (host->role == WR_ROLE_ITERATION || host->stage > WR_STAGE_LEAVE
        || wr_undo_is_past(host)
        || (host->moment == WR_MOMENT_TAKE
            && host->stage == WR_STAGE_BEFORE)) /* it is still on its flow */
        return -1;
    for (int k = 0; k < n->n_boundaries; k++) {
        int node = n->boundaries[k];
        enum wr_match match = wr_trigger_match(x->m, node, trigger, code);

        if (match == WR_MATCH_CODE)
            return node;
        if (match == WR_MATCH_ANY && any < 0)
            any = node;
    }

    return any;
}
