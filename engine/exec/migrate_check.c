/*
 * migrate_check.c: what of an instance has no place in the other version.
 *
 * All problems are collected, so that people see at once what a plan has to
 * say.  Nothing changes here.
 */

#include "engine/exec/migrate.h"

static const struct wr_node *
node_of(const struct wr_migrate *g, int node)
{
    return &g->from->nodes[node];
}

/* Where `node` goes; -1 after a problem with what is at it, of key `token`. */
static int
place(struct wr_migrate *g, int node, int64_t token, const char *what)
{
    const char *id = node_of(g, node)->id;
    int to = g->nodes[node], same;

    if (to >= 0 && wr_migrate_stays(g, node, to))
        return to;
    if (to >= 0) {
        int owner = node_of(g, node)->scope;

        /* That of the sub-process around it is a problem of its own. */
        owner = g->from->scopes[owner].node;
        if (owner < 0 || g->nodes[owner] >= 0)
            wr_migrate_problem(g, "scope-differs", id, token,
                               "%s '%s', and '%s' is in another sub-process",
                               what, id, g->to->nodes[to].id);
        return -1;
    }
    same = wr_model_node(g->to, id);
    if (same >= 0 && !g->given[node])
        wr_migrate_problem(g, "kind-differs", id, token,
                           "%s '%s', which is a %s there, or does not wait for"
                           " the same",
                           what, id, wr_kind_xml(g->to->nodes[same].kind));
    else
        wr_migrate_problem(g, "unmapped", id, token,
                           "%s '%s', which has no counterpart", what, id);

    return -1;
}

static void
check_loop(struct wr_migrate *g, const struct wr_activity *a, int to)
{
    const struct wr_loop *l = node_of(g, a->node)->loop;
    const struct wr_loop *m = g->to->nodes[to].loop;

    if (wr_undo_is_past(a) || a->role == WR_ROLE_ITERATION)
        return;
    if (a->role == WR_ROLE_PLAIN ? m == NULL : m && m->kind == l->kind)
        return;
    wr_migrate_problem(g, "loop-differs", node_of(g, a->node)->id, a->key,
                       "'%s' does not run several times in the same way as"
                       " '%s'",
                       g->to->nodes[to].id, node_of(g, a->node)->id);
}

/* A token with an async job in front of a join still has to arrive by a flow. */
static void
check_arrival(struct wr_migrate *g, const struct wr_activity *a, int to)
{
    if (a->stage == WR_STAGE_BEFORE && a->flow >= 0
        && g->to->nodes[to].join >= 0 && !wr_migrate_flow_fits(g, a->flow))
        wr_migrate_problem(g, "unmapped-flow", g->from->flows[a->flow].id,
                           a->key,
                           "a token is to arrive by '%s', which has no"
                           " counterpart that leads to such a join",
                           g->from->flows[a->flow].id);
}

bool
wr_migrate_flow_fits(const struct wr_migrate *g, int flow)
{
    int to = g->flows[flow];
    int a = g->from->flows[flow].target, b;

    if (to < 0)
        return false;
    b = g->to->flows[to].target;

    return wr_join_waits(g->to, b) && wr_migrate_alike(g->from, a, g->to, b)
           && wr_migrate_stays(g, a, b);
}

static void
check_flow(struct wr_migrate *g, const struct wr_activity *scope, int flow)
{
    const struct wr_flow *f = &g->from->flows[flow];
    int64_t key = -((scope->key << 32) + ((int64_t)f->symbol << 12) + 1);

    if (g->flows[flow] < 0)
        wr_migrate_problem(g, "unmapped-flow", f->id, key,
                           "a token waits on '%s', which has no counterpart",
                           f->id);
    else if (!wr_migrate_flow_fits(g, flow))
        wr_migrate_problem(g, "flow-differs", f->id, key,
                           "a token waits on '%s', and '%s' leads to no such"
                           " join of the same sub-process",
                           f->id, g->to->flows[g->flows[flow]].id);
}

/* As deep as sub-processes nest. */
static void
check_log(struct wr_migrate *g, const struct wr_log_entry *e)
{
    for (; e; e = e->next) {
        const char *id = node_of(g, e->node)->id;
        int to = g->nodes[e->node];

        if (to < 0 || !wr_migrate_stays(g, e->node, to))
            wr_migrate_problem(g, "unmapped-log", id, 0,
                               "'%s' completed and could be compensated, and"
                               " has no counterpart",
                               id);
        else if (!e->log && !e->called && !wr_undo_can(g->to, to))
            wr_migrate_problem(g, "no-handler", id, 0,
                               "'%s' completed and could be compensated, and"
                               " nothing compensates '%s'",
                               id, g->to->nodes[to].id);
        check_log(g, e->log);
    }
}

static void
check_activity(struct wr_migrate *g, struct wr_activity *a)
{
    int to;

    /* It is in the middle of a list that may be another one there. */
    if (a->node < 0 && wr_unfit_is(a))
        wr_migrate_problem(g, "not-begun", g->from->process_id, a->key,
                           "it has not begun: its variables do not fit");
    if (wr_interrupted_waits(a))
        wr_migrate_problem(
            g, "listening",
            a->node < 0 ? g->from->process_id : node_of(g, a->node)->id, a->key,
            "a listener of what was interrupted in it is not"
            " done");
    if (wr_listen_pending(g->x, a))
        wr_migrate_problem(
            g, "listening",
            a->node < 0 ? g->from->process_id : node_of(g, a->node)->id, a->key,
            "its listener '%s' is not done", wr_listen_event(g->x, a));
    for (int k = 0; k < a->n_queues; k++) {
        if (wr_migrate_flow_leaves(g, a->queues[k].flow))
            wr_migrate_find_queue(g, a, a->queues[k].flow);
        else
            check_flow(g, a, a->queues[k].flow);
    }
    for (int k = 0; k < a->n_drawn; k++)
        check_flow(g, a, a->drawn[k]);
    for (int k = 0; k < a->n_planned; k++)
        (void)place(g, a->planned[k], a->key, "what is to start next is");
    check_log(g, a->log);
    if (a->node < 0 || a->role == WR_ROLE_ITERATION)
        return;
    if (wr_migrate_goes(g, a))
        return;
    if (a->start >= 0)
        (void)place(g, a->start, a->key, "what started it is");
    if (wr_migrate_leaves(g, a)) {
        to = g->nodes[a->node];
        wr_migrate_find_place(g, a);
    } else {
        to = place(g, a->node, a->key, "a token is at");
    }
    if (to < 0)
        return;
    check_loop(g, a, to);
    check_arrival(g, a, to);
}

/* A token of a step that is not over yet, or of a suspended instance. */
static void
check_work(struct wr_migrate *g, const struct wr_work *w)
{
    int to = place(g, w->node, w->scope->key, "a token is on its way to");

    if (to < 0 || w->flow < 0 || !wr_join_waits(g->to, to)
        || wr_migrate_flow_fits(g, w->flow))
        return;
    wr_migrate_problem(g, "unmapped-flow", g->from->flows[w->flow].id,
                       w->scope->key,
                       "a token is on its way by '%s', which has no"
                       " counterpart that leads to such a join",
                       g->from->flows[w->flow].id);
}

void
wr_migrate_check(struct wr_migrate *g)
{
    struct wr_activity *root = g->x->i->root, *a = root;

    for (; a; a = wr_activity_next(root, a))
        check_activity(g, a);
    for (const struct wr_work *w = g->x->i->work; w; w = w->next)
        check_work(g, w);
    wr_migrate_check_left(g);
}
