/*
 * timeout.c: who is told that a user task is open for so long.
 *
 * Each such listener has a timer beside the task, armed as the task opens and
 * gone with it.  When it is due the listener is told as those of what is done to
 * the task are, which goes on; a timer that repeats is armed again.  One that
 * comes due while the task is at another listener waits until that was told:
 * `overdue` says in which order, and its row is due never.
 */

#include "engine/exec/exec.h"

int
wr_timeouts_arm(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_listeners *list = &x->m->nodes[a->node].listeners;

    for (int k = 0; k < list->n; k++) {
        if (list->items[k].moment != WR_MOMENT_TIMEOUT
            || wr_timer_arm_listener(x, a, k) == 0)
            continue;
        wr_timeouts_close(x, a);
        return -1;
    }

    return 0;
}

void
wr_timeouts_close(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_wait *w = a->waits;

    while (w) {
        struct wr_wait *next = w->next;

        if (w->hears)
            wr_wait_close(x, w, /* canceled= */ true, NULL);
        w = next;
    }
}

static void
hear(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    int place = w->hears - 1;

    w->overdue = 0;
    wr_catch_keep(x, w);
    wr_listen_timeout(x, a, place);
}

void
wr_timeout_fire(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;

    if (!wr_wait_of(a, WR_WAIT_TASK)) { /* it was done, and stopped since */
        wr_wait_close(x, w, /* canceled= */ true, NULL);
        return;
    }
    if (!wr_listen_pending(x, a)) {
        hear(x, w);
        return;
    }
    if (!w->overdue)
        w->overdue = x->i->rev + x->n_events + 1;
    wr_row_put(x, w, /* is_new= */ false);
    wr_emit(x, WR_H_TIMER_OVERDUE, w->timer.element, a->key, &w->id, NULL);
}

void
wr_timeouts_go_on(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_wait *first = NULL;

    if (!wr_wait_of(a, WR_WAIT_TASK))
        return;
    for (struct wr_wait *w = a->waits; w; w = w->next) {
        if (w->overdue && (!first || w->overdue < first->overdue))
            first = w;
    }
    if (first)
        hear(x, first);
}
