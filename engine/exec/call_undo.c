/*
 * call_undo.c: compensating called processes that have ended (SEMANTICS S21).
 *
 * A call activity without a handler of its own is an entry of the log of its
 * scope when what it called left something that can be compensated.  That stays
 * with the called instance, which is opened again for it (reopen.c):
 *
 *     caller  --- COMPENSATE ---------> goes on where it had ended
 *             --- CANCEL -------------> ends again, what is left stays noted
 *             <-- ENDED --------------- WR_EV_CHILD_ENDED
 */

#include "engine/exec/exec.h"

void
wr_call_note(struct wr_exec *x, struct wr_activity *a, const struct wr_wait *w)
{
    struct wr_called *c;

    if (!x->ev->keeps || x->m->nodes[w->node].call->forgets)
        return;
    c = wr_new(x->i->arena, struct wr_called);
    c->id = w->id;
    c->process = w->child.process;
    a->called = c;
}

void
wr_call_undo(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    const struct wr_wait_at at = {
        .id = a->called->id,
        .node = a->node,
        .element = n->symbol,
        .created_at = x->ev->now,
    };
    struct wr_wait *w = wr_wait_new(x->i, a, WR_WAIT_CHILD, &at);

    w->undoing = true;
    w->child.process = a->called->process;
    wr_emit(x, WR_H_CALL_COMPENSATING, n->symbol, a->key, &w->id,
            wr_emit_text(x, "process", w->child.process));
    wr_call_send(x, WR_SENT_COMPENSATE, &w->id)->parallel = wr_undo_is_parallel(
        x, a);
}

/* An error that nothing in it caught goes on from here.  Whoever canceled the
 * compensation of the called process alone has done what was to be done. */
void
wr_call_undone(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    const struct wr_event *ev = x->ev;

    if (ev->state != WR_FAILED) {
        wr_wait_close(x, w, /* canceled= */ false, NULL);
        wr_undo_over(x, a);
        return;
    }
    wr_emit(x, WR_H_CALL_FAILED, x->m->nodes[w->node].symbol, a->key, &w->id,
            wr_emit_text(x, "code", ev->text));
    wr_wait_drop(x->i, w);
    if (ev->text) {
        wr_call_throw(x, a);
        return;
    }
    (void)wr_exec_incident(x, "called-definition", ev->message);
    wr_fault_handle(x, a);
}
