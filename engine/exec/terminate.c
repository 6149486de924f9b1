/*
 * terminate.c: terminate events (SEMANTICS S23).
 *
 *     the scope     everything else in the scope the event stands in; the scope
 *                   then ends as it does
 *     the loop      all iterations of the innermost activity around it that runs
 *                   several times: as if its completion condition held
 *     everything    the instance and, out to the first, its callers: they
 *                   complete, without what was still to be done
 *
 * The last two are flowable:terminateMultiInstance and flowable:terminateAll.
 */

#include "engine/exec/exec.h"

void
wr_terminate_all(struct wr_exec *x)
{
    struct wr_activity *root = x->i->root;

    x->i->ends_all = true;
    wr_cancel_children(x, root, NULL);
    wr_touch(x, root); /* its listeners, then it ends */
}

static struct wr_activity *
body_around(struct wr_activity *a)
{
    while (a && a->role != WR_ROLE_BODY)
        a = a->parent;

    return a;
}

enum wr_move
wr_terminate(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_event_def *e = wr_node_event(wr_exec_node(x, a),
                                                 WR_TRIGGER_TERMINATE);
    struct wr_activity *body = body_around(a);

    if (e->ends == WR_ENDS_ALL) {
        wr_run_done(x, a);
        wr_terminate_all(x);
        return WR_END;
    }
    if (e->ends == WR_ENDS_LOOP && body) {
        wr_run_done(x, a);
        wr_loop_finish(x, body);
        return WR_END;
    }
    wr_cancel_children(x, a->parent, a);

    return WR_LEAVE;
}
