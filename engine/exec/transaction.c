/*
 * transaction.c: transactions that are canceled (SEMANTICS S22).
 *
 * The cancel end event stays alone of all that ran in the transaction, whichever
 * sub-process it stood in: what that had done is noted, and it ends with all the
 * others, so that nothing of it sees what happens while the log is worked off.
 */

#include "engine/exec/spill.h"

static struct wr_activity *
transaction_of(const struct wr_exec *x, struct wr_activity *a)
{
    while (a->node < 0 || x->m->nodes[a->node].kind != WR_TRANSACTION)
        a = a->parent;

    return a;
}

/* Boundary events belong to all of the iterations. */
static struct wr_activity *
body_of(struct wr_activity *a)
{
    return a->role == WR_ROLE_ITERATION ? a->parent : a;
}

static int
cancel_boundary(const struct wr_exec *x, const struct wr_activity *host)
{
    const struct wr_node *n = &x->m->nodes[host->node];

    for (int k = 0; k < n->n_boundaries; k++) {
        int node = n->boundaries[k];

        if (wr_node_event(&x->m->nodes[node], WR_TRIGGER_CANCEL))
            return node;
    }

    return -1;
}

void
wr_transaction_leave(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *host = body_of(transaction_of(x, a));
    int node = cancel_boundary(x, host);

    if (node < 0) {
        (void)wr_exec_incident(x, "no-flow",
                               "the transaction was canceled and has no cancel"
                               " boundary event to leave by");
        wr_fault_handle(x, a);
        return;
    }
    wr_undo_say(x, WR_H_COMPENSATION_COMPLETED, a);
    a->undo = WR_UNDO_NONE;
    wr_run_done(x, a);
    wr_boundary_fire(x, host, node, NULL);
}

/* It will not complete, but what it did before it canceled has to be undone.
 * Whoever compensates and cancels meanwhile has done so. */
static void
give_up(struct wr_exec *x, struct wr_activity *s)
{
    if (s->undo == WR_UNDO_HANDLER || s->undo == WR_UNDO_EVENT_SUB)
        wr_undo_forget(s);
    if (s->log && !s->undo && !x->m->nodes[s->node].compensation) {
        wr_undo_note(x, s, /* with_log= */ true);
        s->parent->log->partly = true; /* the latest */
    }
}

/* One iteration cancels all of them: what was done in the others is undone, too,
 * whether they had completed or not. */
static void
give_up_iterations(struct wr_exec *x, struct wr_activity *body,
                   struct wr_activity *host, struct wr_activity *event)
{
    if (wr_spill_is_away(body))
        wr_spill_all(x);
    for (struct wr_activity *s = body->first; s; s = s->next) {
        if (s == host)
            continue;
        wr_cancel_children(x, s, NULL);
        give_up(x, s);
    }
    wr_cancel_children(x, body, host);
    wr_wait_close_all(x, body);
    wr_log_all(x, &body->log);
    wr_undo_move(body, event, -1);
}

enum wr_move
wr_cancel_transaction(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *host = transaction_of(x, a), *s = a;
    struct wr_activity *outer = x->survivor;

    if (!outer) /* the transaction goes, too, when all is undone */
        x->survivor = wr_interrupted_survivor(x, body_of(host)->parent);
    do {
        wr_cancel_children(x, s->parent, s);
        wr_wait_close_all(x, s->parent);
        s = s->parent;
        if (s != host)
            give_up(x, s);
    } while (s != host);
    if (a->parent != host) {
        wr_activity_move(a, host);
        wr_cancel_children(x, host, a);
    }
    if (body_of(host) != host)
        give_up_iterations(x, body_of(host), host, a);
    x->survivor = outer;
    host->interrupted = true; /* no event sub-process of it starts any more */
    wr_undo_move(host, a, -1);
    wr_run_started(x, a);
    a->undo = WR_UNDO_THROW;
    wr_undo_say(x, WR_H_COMPENSATION_STARTED, a);
    wr_touch(x, a);

    return WR_WAIT;
}
