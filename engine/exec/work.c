/*
 * work.c: tokens move until every one of them waits (SEMANTICS S1).
 *
 * The work list is FIFO.  A token that was taken off it runs through its node
 * in one go and puts what follows at the end of the list; scopes that ran empty
 * end; when nothing moves any more inclusive joins are looked at, one firing at
 * a time (S7), and at last what is stuck for good becomes an incident.
 */

#include "engine/exec/exec.h"

/* One expression may always finish: what it took counts for the next node. */
static bool
is_spent(struct wr_exec *x)
{
    return x->left-- <= 0 || x->operations <= 0 || wr_arena_over(x->arena);
}

/* Tests: the next token is any that is ready, not the oldest (S1 is an order
 * among several that BPMN allows). */
static void
shuffle(struct wr_exec *x)
{
    uint64_t dice = x->s->shuffle * 0x9e3779b97f4a7c15u
                    ^ (uint64_t)x->i->next_key << 32 ^ (uint64_t)x->left;

    /* splitmix64: of any two draws, and seeds, nothing is alike */
    dice = (dice ^ dice >> 30) * 0xbf58476d1ce4e5b9u;
    dice = (dice ^ dice >> 27) * 0x94d049bb133111ebu;
    dice ^= dice >> 31;
    wr_work_draw(x->i, dice >> 11);
}

/* What an event sub-process was started with goes to its start event. */
static const struct wr_value *
brought(const struct wr_exec *x, const struct wr_work *w)
{
    const struct wr_value *result = w->scope->result;

    if (w->flow >= 0 || !result || !wr_trigger_is_sub(x->m, w->node))
        return NULL;
    w->scope->result = NULL;

    return result;
}

/* false: the budget is spent. */
static bool
drain(struct wr_exec *x)
{
    struct wr_work w;

    wr_condition_dispatch(x);
    while (x->i->work) {
        x->s->at = x->i->work->node;
        if (is_spent(x))
            return false;
        if (x->s->shuffle)
            shuffle(x);
        (void)wr_work_take(x->i, &w);
        wr_touch(x, w.scope);
        if (w.flow >= 0 || !wr_undo_start(x, w.scope, w.node))
            wr_run_spawn(x, w.scope, w.node, w.flow, brought(x, &w));
        wr_throw_settle(x);
        wr_condition_dispatch(x);
        do
            wr_throw_settle(x); /* before the scopes it was thrown in end */
        while (wr_scope_end(x));
    }

    return true;
}

void
wr_run(struct wr_exec *x)
{
    bool moving;

    wr_cut_forget(x);
    wr_throw_settle(x);
    do {
        if (!drain(x)) {
            x->s->cut = true;
            wr_emit(x, WR_H_STEP_CUT, 0, 0, NULL, NULL);
            wr_job_arm_continue(x);
            return;
        }
        moving = wr_scope_end(x) || wr_join_fire_any(x) || wr_transient_end(x);
    } while (moving || x->i->work);
    wr_scope_report(x);
}
