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
};

struct wr_wait *
wr_wait_open(struct wr_exec *x, struct wr_activity *a, enum wr_wait_kind kind,
             int node)
{
    struct wr_wait *w = wr_wait_new(x->i, a, kind, node);
    struct wr_uuid id = wr_uuid_next(&x->ids);
    int32_t element = x->m->nodes[node].symbol, tenant = x->i->tenant;
    struct wr_uuid instance = x->i->id, definition = x->i->definition;
    int64_t now = x->ev->now;

    wr_run_started(x, a);
    switch (kind) {
    case WR_WAIT_TASK:
        w->task = (struct wr_task_row){ .instance = instance,
                                        .definition = definition,
                                        .tenant = tenant,
                                        .element = element,
                                        .created_at = now };
        break;
    case WR_WAIT_JOB:
        w->job = (struct wr_job_row){ .instance = instance,
                                      .definition = definition,
                                      .tenant = tenant,
                                      .element = element,
                                      .created_at = now };
        break;
    case WR_WAIT_TIMER:
        w->timer = (struct wr_timer_row){ .instance = instance,
                                          .tenant = tenant,
                                          .element = element };
        break;
    case WR_WAIT_SUBSCRIPTION:
        w->subscription =
            (struct wr_subscription_row){ .instance = instance,
                                          .definition = definition,
                                          .tenant = tenant,
                                          .element = element,
                                          .created_at = now };
        break;
    case WR_WAIT_INCIDENT:
        w->incident = (struct wr_incident_row){ .instance = instance,
                                                .definition = definition,
                                                .tenant = tenant,
                                                .element = element,
                                                .created_at = now };
        x->i->incidents++;
        break;
    }
    w->id = id;

    return w;
}

void
wr_wait_opened(struct wr_exec *x, struct wr_wait *w,
               const struct wr_value *data)
{
    wr_row_put(x, w, /* is_new= */ true);
    wr_emit(x, events[w->kind].opened, x->m->nodes[w->node].symbol,
            w->owner->key, &w->id, data);
}

void
wr_wait_close(struct wr_exec *x, struct wr_wait *w, bool canceled,
              const struct wr_value *data)
{
    wr_row_del(x, w);
    wr_emit(x, canceled ? events[w->kind].canceled : events[w->kind].closed,
            x->m->nodes[w->node].symbol, w->owner->key, &w->id, data);
    if (w->kind == WR_WAIT_INCIDENT)
        x->i->incidents--;
    wr_wait_drop(x->i, w);
}

void
wr_wait_close_all(struct wr_exec *x, struct wr_activity *a)
{
    while (a->waits)
        wr_wait_close(x, a->waits, /* canceled= */ true, NULL);
}
