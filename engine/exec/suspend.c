/*
 * suspend.c: an instance that was told to stand still (SEMANTICS S28).
 *
 * Nothing moves a token then: timers do not fire and jobs are not offered, as
 * their rows are due never, and what comes in from outside is refused; signals
 * are kept for it.  The state keeps the true instants.  A step that was cut keeps its work for later,
 * and so does what is begun in the meantime, a called process that ends say.
 *
 * Called processes stand still with their caller and go on with it, unless
 * somebody had suspended them alone.
 */

#include "engine/exec/exec.h"

bool
wr_suspended_takes(const struct wr_event *ev)
{
    switch (ev->type) {
    case WR_EV_RESUME:
    case WR_EV_CANCEL:
    case WR_EV_MODIFY:
    case WR_EV_MIGRATE:
    case WR_EV_SET_VARIABLES:
    case WR_EV_JOB_CHANGE:
    case WR_EV_CHILD_ENDED:
    case WR_EV_CHILD_ESCALATED:
        return true;
    case WR_EV_START:
    case WR_EV_TASK_COMPLETE:
    case WR_EV_TASK_ASSIGN:
    case WR_EV_TASK_DELEGATE:
    case WR_EV_TASK_RESOLVE:
    case WR_EV_TASK_CHANGE:
    case WR_EV_TASK_COMMENT:
    case WR_EV_TASK_DRAFT:
    case WR_EV_TASK_ERROR:
    case WR_EV_TASK_ESCALATE:
    case WR_EV_JOB_COMPLETE:
    case WR_EV_JOB_FAIL:
    case WR_EV_JOB_ERROR:
    case WR_EV_JOB_RUN:
    case WR_EV_TIMER:
    case WR_EV_TIMER_SET:
    case WR_EV_TIMER_FAIL:
    case WR_EV_MESSAGE:
    case WR_EV_INCIDENT_RESOLVE:
    case WR_EV_ACTIVATE:
    case WR_EV_CONTINUE:
    case WR_EV_SUSPEND:
    case WR_EV_COMPENSATE:
    case WR_EV_HOLDS: /* done when it is resumed */
        break;
    }

    return false;
}

int
wr_resume_check(const struct wr_exec *x, struct wr_err *err)
{
    if (x->i->state != WR_SUSPENDED)
        return wr_fail(err, WR_ESTATE, "the instance is not suspended");
    if (x->i->by_caller && !x->ev->by_caller)
        return wr_fail(err, WR_ESTATE,
                       "the instance is suspended with its caller, which has"
                       " to be resumed");
    if ((x->ev->by_caller && !x->i->by_caller)
        || (x->ev->by_definition && !x->i->by_definition))
        return wr_fail(err, WR_ESTATE, "the instance was suspended by itself");

    return 0;
}

/* Its row changes.  What came for a subscription in the meantime is tried again
 * when the row is written. */
static bool
has_to_know(const struct wr_exec *x, const struct wr_wait *w)
{
    return w->kind == WR_WAIT_TIMER || w->kind == WR_WAIT_JOB
           || (w->kind == WR_WAIT_SUBSCRIPTION && x->i->state == WR_ACTIVE);
}

void
wr_timer_shift(struct wr_exec *x, struct wr_wait *w, int64_t paused)
{
    int64_t due;

    if (paused <= 0 || __builtin_add_overflow(w->timer.due_at, paused, &due))
        return;
    w->timer.due_at = due;
    if (w->cycle.period) {
        w->cycle.anchor += paused;
        w->cycle.wall += paused;
    }
    wr_timer_armed(x, w);
}

/* The time it stood still is added, from when it was there. */
static void
shift(struct wr_exec *x, struct wr_wait *w)
{
    int64_t from = x->i->suspended_at;

    if (w->owner->since > from)
        from = w->owner->since;
    if (w->armed > from)
        from = w->armed;
    if (!w->held)
        wr_timer_shift(x, w, x->ev->now - from);
    else if (w->held > from) /* its element goes on standing still */
        w->held = from;
}

static void
put_rows(struct wr_exec *x, struct wr_activity *a, bool shifting)
{
    for (struct wr_wait *w = a->waits; w; w = w->next) {
        if (!has_to_know(x, w))
            continue;
        if (shifting && w->kind == WR_WAIT_TIMER)
            shift(x, w);
        if (x->i->state == WR_ACTIVE)
            w->armed = 0;
        wr_row_put(x, w, /* is_new= */ false);
    }
}

static void
put_all(struct wr_exec *x, bool shifting)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a))
        put_rows(x, a, shifting);
}

void
wr_suspend(struct wr_exec *x)
{
    struct wr_instance *i = x->i;

    wr_cut_forget(x);
    wr_job_disarm_continue(x, NULL);
    i->state = WR_SUSPENDED;
    i->suspended_at = x->ev->now;
    i->by_caller = x->ev->by_caller;
    i->by_definition = x->ev->by_definition;
    wr_emit(x, WR_H_INSTANCE_SUSPENDED, 0, 0, NULL,
            wr_emit_text(x, "reason", x->ev->text));
    put_all(x, /* shifting= */ false);
    wr_call_tell(x, WR_SENT_SUSPEND);
}

void
wr_resume(struct wr_exec *x)
{
    struct wr_instance *i = x->i;

    i->state = WR_ACTIVE;
    i->by_caller = i->by_definition = false;
    wr_emit(x, WR_H_INSTANCE_RESUMED, 0, 0, NULL,
            wr_emit_text(x, "timers", x->ev->catch_up ? "catch-up" : NULL));
    put_all(x, !x->ev->catch_up);
    i->suspended_at = 0;
    wr_call_tell(x, WR_SENT_RESUME);
    wr_hold_release(x);
    wr_touch_all(x);
    wr_join_settle(x);        /* it may have been migrated */
    wr_condition_look_all(x); /* variables may have been written */
}
