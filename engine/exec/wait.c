/*
 * wait.c: what is open outside: the state, its row and its history together.
 *
 * Opening and closing in one step leaves no row, only history.
 */

#include "engine/exec/exec.h"

static const struct {
    enum wr_history_type opened, closed, canceled;
} events[] = {
    [WR_WAIT_TASK] = { WR_H_TASK_CREATED, WR_H_TASK_COMPLETED,
                       WR_H_TASK_CANCELED },
    [WR_WAIT_JOB] = { WR_H_JOB_CREATED, WR_H_JOB_COMPLETED, WR_H_JOB_CANCELED },
    [WR_WAIT_TIMER] = { WR_H_TIMER_ARMED, WR_H_TIMER_FIRED,
                        WR_H_TIMER_CANCELED },
    [WR_WAIT_SUBSCRIPTION] = { WR_H_SUBSCRIPTION_OPENED, WR_H_MESSAGE_RECEIVED,
                               WR_H_SUBSCRIPTION_CLOSED },
    [WR_WAIT_INCIDENT] = { WR_H_INCIDENT_CREATED, WR_H_INCIDENT_RESOLVED,
                           WR_H_INCIDENT_RESOLVED },
    [WR_WAIT_CHILD] = { WR_H_CALL_STARTED, WR_H_CALL_COMPLETED,
                        WR_H_CALL_CANCELED },
    [WR_WAIT_CONDITION] = { WR_H_CONDITION_ARMED, WR_H_CONDITION_MET,
                            WR_H_CONDITION_CLOSED },
    [WR_WAIT_PARKED] = { WR_H_TOKEN_PARKED, WR_H_TOKEN_RELEASED,
                         WR_H_TOKEN_RELEASED },
};

struct wr_wait *
wr_wait_open(struct wr_exec *x, struct wr_activity *a, enum wr_wait_kind kind,
             int node)
{
    struct wr_wait_at at = {
        .id = wr_uuid_next(&x->ids),
        .node = node,
        .element = x->m->nodes[node].symbol,
        .created_at = x->ev->now,
    };

    wr_run_started(x, a);

    return wr_wait_new(x->i, a, kind, &at);
}

void
wr_wait_opened(struct wr_exec *x, struct wr_wait *w,
               const struct wr_value *data)
{
    wr_row_put(x, w, /* is_new= */ true);
    wr_emit(x, events[w->kind].opened, x->m->nodes[w->node].symbol,
            w->owner->key, &w->id, data);
}

static enum wr_history_type
closing(const struct wr_wait *w, bool canceled)
{
    if (canceled)
        return events[w->kind].canceled;
    if (w->kind == WR_WAIT_SUBSCRIPTION
        && w->subscription.type == WR_SUB_SIGNAL)
        return WR_H_SIGNAL_RECEIVED;
    if (w->undoing)
        return WR_H_CALL_COMPENSATED;

    return events[w->kind].closed;
}

void
wr_wait_close(struct wr_exec *x, struct wr_wait *w, bool canceled,
              const struct wr_value *data)
{
    enum wr_history_type type = closing(w, canceled);

    wr_row_del(x, w);
    if (canceled && w->kind == WR_WAIT_CHILD)
        wr_call_cancel(x, w);
    if (w->kind == WR_WAIT_CONDITION)
        data = wr_condition_part(x, w);
    wr_emit(x, type, x->m->nodes[w->node].symbol, w->owner->key, &w->id, data);
    wr_wait_drop(x->i, w);
}

void
wr_wait_close_all(struct wr_exec *x, struct wr_activity *a)
{
    while (a->waits)
        wr_wait_close(x, a->waits, /* canceled= */ true, NULL);
}

/* The root's other timers belong to event sub-processes; the mark names a node
 * that is in none. */
bool
wr_cut_is_mark(const struct wr_model *m, const struct wr_wait *w)
{
    return w->kind == WR_WAIT_TIMER && w->owner->node < 0
           && !wr_trigger_is_sub(m, w->node);
}

void
wr_cut_forget(struct wr_exec *x)
{
    struct wr_wait *w = x->i->root->waits;

    while (w && !wr_cut_is_mark(x->m, w))
        w = w->next;
    if (!w)
        return;
    wr_row_del(x, w);
    wr_wait_drop(x->i, w);
}
