/* step.c: from an event to what it does to the tree. */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/spill.h"

enum {
    DEFAULT_BUDGET = 10000,
    OPERATIONS = 20 * WR_EXPR_BUDGET /* of expressions in one step */
};

/* What an event is applied to; found and checked before anything changes. */
struct target {
    struct wr_wait *wait;
    struct wr_activity *scope;    /* SET_VARIABLES */
    int node;                     /* START: -1, the process's own starts */
    struct wr_migrate *migration; /* MIGRATE */
};

/* ---- checks: nothing has changed yet ---- */

static int
check_start(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    const char *id = x->ev->start_at;

    if (x->i->rev)
        return wr_fail(err, WR_ESTATE, "the instance was started before");
    t->node = -1;
    if (!id && x->m->scopes[0].n_starts == 0 && !x->ev->plan)
        return wr_fail(err, WR_ESTATE,
                       "process '%s' has no none start event: say which one"
                       " with startAt, such as '%s'",
                       x->m->process_id,
                       x->m->n_starts ? x->m->nodes[x->m->starts[0].node].id
                                      : "");
    if (!id)
        return 0;
    t->node = wr_model_node(x->m, id);
    if (t->node < 0 || x->m->nodes[t->node].scope != 0)
        return wr_fail(err, WR_ENOTFOUND,
                       "no element '%.80s' on the process's own level", id);

    return 0;
}

static const char *
wait_name(enum wr_wait_kind kind)
{
    switch (kind) {
    case WR_WAIT_TASK:
        return "task";
    case WR_WAIT_JOB:
        return "job";
    case WR_WAIT_TIMER:
        return "timer";
    case WR_WAIT_SUBSCRIPTION:
        return "subscription";
    case WR_WAIT_INCIDENT:
        return "incident";
    case WR_WAIT_CHILD:
        return "call of";
    case WR_WAIT_CONDITION:
        return "condition";
    case WR_WAIT_PARKED:
        return "parked token";
    }

    return "";
}

static int
check_wait(struct wr_exec *x, enum wr_wait_kind kind, struct target *t,
           struct wr_err *err)
{
    char id[WR_UUID_TEXT];

    t->wait = wr_wait_find(x->i, &x->ev->target);
    if (!t->wait)
        t->wait = wr_spill_find(x, &x->ev->target);
    if (t->wait && t->wait->kind == kind
        && (!wr_job_is_continue(t->wait) || x->ev->type == WR_EV_JOB_RUN
            || x->ev->type == WR_EV_JOB_FAIL))
        return kind == WR_WAIT_TASK && x->ev->asker
                   ? wr_task_allows(&t->wait->task, x->ev->asker, err)
                   : 0;
    wr_uuid_text(&x->ev->target, id);

    return wr_fail(err, WR_ENOTFOUND, "no open %s %s", wait_name(kind), id);
}

/* Nothing happens to a task while its listeners are told of what did. */
static int
check_open(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    if (check_wait(x, WR_WAIT_TASK, t, err) < 0)
        return err->code;
    if (wr_listen_pending(x, t->wait->owner))
        return wr_fail(err, WR_ESTATE, "the task waits for its listener '%s'",
                       wr_listen_event(x, t->wait->owner));

    return 0;
}

static int
check_assign(struct wr_exec *x, const struct target *t, struct wr_err *err)
{
    const char *have = t->wait->task.assignee;

    if (x->ev->claim && have && x->ev->text && strcmp(have, x->ev->text) != 0)
        return wr_fail(err, WR_ESTATE, "the task is claimed by '%.80s'", have);

    return 0;
}

static int
check_job(struct wr_exec *x, enum wr_job_kind kind, struct target *t,
          struct wr_err *err)
{
    if (check_wait(x, WR_WAIT_JOB, t, err) < 0)
        return err->code;
    if (t->wait->job.kind != kind)
        return wr_fail(err, WR_ESTATE,
                       kind == WR_JOB_ASYNC ? "the job is one for workers"
                                            : "the job is the engine's own");

    return 0;
}

static int
check_set(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    const struct wr_value *names = x->ev->remove;

    t->scope = wr_activity_by_key(x->i, x->ev->scope_key);
    if (!t->scope)
        return wr_fail(err, WR_ENOTFOUND, "no scope %lld",
                       (long long)x->ev->scope_key);
    if (!names)
        return 0;
    for (size_t k = 0; names->type == WR_V_LIST && k < names->list.n; k++) {
        if (names->list.items[k]->type != WR_V_STRING)
            return wr_fail(err, WR_EVALUE, "a %s is no name of a variable",
                           wr_value_type_name(names->list.items[k]->type));
    }
    if (names->type != WR_V_LIST)
        return wr_fail(err, WR_EVALUE, "names to remove are no list");

    return 0;
}

/* A repetition keeps its id: a firing asked for twice is not the next one. */
static int
check_timer(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    if (check_wait(x, WR_WAIT_TIMER, t, err) < 0)
        return err->code;
    if (x->ev->due && x->ev->due != t->wait->timer.due_at)
        return wr_fail(err, WR_ENOTFOUND, "the timer fired already");

    return 0;
}

static int
check_timer_set(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    if (check_wait(x, WR_WAIT_TIMER, t, err) < 0)
        return err->code;
    if (wr_cut_is_mark(x->m, t->wait) || t->wait->overdue)
        return wr_fail(err, WR_ESTATE, "it has come due already");

    return 0;
}

static int
check_target(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    switch (x->ev->type) {
    case WR_EV_START:
        return check_start(x, t, err);
    case WR_EV_TASK_COMPLETE:
    case WR_EV_TASK_DELEGATE:
    case WR_EV_TASK_RESOLVE:
    case WR_EV_TASK_CHANGE:
    case WR_EV_TASK_COMMENT:
    case WR_EV_TASK_DRAFT:
        if (check_open(x, t, err) < 0)
            return err->code;
        return wr_task_check(x, t->wait, err);
    case WR_EV_TASK_ERROR:
        if (!x->ev->text)
            return wr_fail(err, WR_EVALUE, "an error needs a code");
        return check_wait(x, WR_WAIT_TASK, t, err);
    case WR_EV_TASK_ESCALATE:
        if (!x->ev->text)
            return wr_fail(err, WR_EVALUE, "an escalation needs a code");
        return check_wait(x, WR_WAIT_TASK, t, err);
    case WR_EV_TASK_ASSIGN:
        if (check_open(x, t, err) < 0)
            return err->code;
        return check_assign(x, t, err);
    case WR_EV_JOB_COMPLETE:
        return check_job(x, WR_JOB_EXTERNAL, t, err);
    case WR_EV_JOB_ERROR:
        if (!x->ev->text)
            return wr_fail(err, WR_EVALUE, "an error needs a code");
        return check_job(x, WR_JOB_EXTERNAL, t, err);
    case WR_EV_JOB_FAIL:
        return check_wait(x, WR_WAIT_JOB, t, err);
    case WR_EV_JOB_CHANGE:
        if (check_wait(x, WR_WAIT_JOB, t, err) < 0)
            return err->code;
        return wr_job_check_change(x, t->wait, err);
    case WR_EV_JOB_RUN:
        return check_job(x, WR_JOB_ASYNC, t, err);
    case WR_EV_TIMER:
        return check_timer(x, t, err);
    case WR_EV_TIMER_SET:
        return check_timer_set(x, t, err);
    case WR_EV_TIMER_FAIL:
        return check_wait(x, WR_WAIT_TIMER, t, err);
    case WR_EV_MESSAGE:
        return check_wait(x, WR_WAIT_SUBSCRIPTION, t, err);
    case WR_EV_SET_VARIABLES:
        return check_set(x, t, err);
    case WR_EV_INCIDENT_RESOLVE:
        if (check_wait(x, WR_WAIT_INCIDENT, t, err) < 0)
            return err->code;
        return wr_incident_check(x, t->wait, err);
    case WR_EV_CHILD_ENDED:
    case WR_EV_CHILD_ESCALATED:
        return check_wait(x, WR_WAIT_CHILD, t, err);
    case WR_EV_ACTIVATE:
        return wr_ad_hoc_check(x, &t->scope, err);
    case WR_EV_CANCEL:
    case WR_EV_SUSPEND:
    case WR_EV_MODIFY:
        return 0;
    case WR_EV_COMPENSATE:
        return wr_reopen_check(x, err);
    case WR_EV_MIGRATE:
        return wr_migrate_plan(x, &t->migration, err);
    case WR_EV_RESUME:
        return wr_resume_check(x, err);
    case WR_EV_HOLDS:
        return wr_hold_changes(x, err);
    case WR_EV_CONTINUE:
        if (!x->i->work)
            return wr_fail(err, WR_ESTATE, "there is nothing to continue");
        return 0;
    }

    return wr_fail(err, WR_EINVALID, "unknown event %d", (int)x->ev->type);
}

/* At a suspended element nothing is done; what comes for an event parks. */
static int
check_hold(const struct wr_exec *x, const struct target *t, struct wr_err *err)
{
    int node = t->scope ? t->scope->node : -1;

    if (x->ev->type == WR_EV_ACTIVATE && node >= 0 && wr_hold_is(x, node))
        return wr_fail(err, WR_EHELD, "element '%.80s' is suspended",
                       x->m->nodes[node].id);
    if (!t->wait || wr_job_is_continue(t->wait) || wr_cut_is_mark(x->m, t->wait)
        || x->ev->type == WR_EV_MESSAGE || t->wait->kind == WR_WAIT_CHILD)
        return 0;

    return wr_hold_check(x, t->wait, err);
}

static int
check(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    if (x->ev->type == WR_EV_COMPENSATE)
        return check_target(x, t, err);
    if (x->i->reopened.on
        && (x->ev->type == WR_EV_MODIFY || x->ev->type == WR_EV_MIGRATE))
        return wr_fail(err, WR_ESTATE,
                       "the instance had ended and is being compensated");
    /* What an ended instance waited for is gone, whoever asks and whenever. */
    if (x->i->state != WR_ACTIVE && x->i->state != WR_SUSPENDED
        && !wr_uuid_is_zero(&x->ev->target))
        return check_target(x, t, err);
    if (x->i->state != WR_ACTIVE
        && !(x->i->state == WR_SUSPENDED && wr_suspended_takes(x->ev)))
        return wr_fail(err, WR_ESTATE, "the instance is %s",
                       wr_instance_state_name(x->i->state));
    if (!x->i->rev && x->ev->type != WR_EV_START)
        return wr_fail(err, WR_ESTATE, "the instance was not started");
    if (check_target(x, t, err) < 0 || check_hold(x, t, err) < 0)
        return err->code;

    return wr_variables_check(x->ev->variables, err);
}

/* ---- changes ---- */

/* The work came back: its row goes, its variables are the result. */
static void
complete(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    const char *name;
    bool is_job = w->kind == WR_WAIT_JOB;

    if (w->told) {
        wr_listen_completed(x, w);
        return;
    }
    if (is_job && wr_outcome_is_error(x, w))
        return;
    name = x->m->nodes[a->node].result_variable;
    if (!is_job) {
        x->done = wr_arena_memdup(x->arena, &w->task, sizeof(w->task));
        x->done_by = a;
    }
    wr_wait_close(x, w, /* canceled= */ false, NULL);
    if (!is_job)
        wr_timeouts_close(x, a);
    if (x->ev->variables && is_job && name)
        wr_exec_result(x, a, name, x->ev->variables);
    else if (x->ev->variables)
        a->result = wr_value_copy(x->i->arena, x->ev->variables);
    if (is_job && x->m->nodes[a->node].triggerable)
        (void)wr_exec_await(x, a); /* its own id can be waited for */
    else
        wr_run_resume(x, a);
}

static void
continue_async(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner, *scope = a->parent;

    wr_wait_close(x, w, /* canceled= */ false, NULL);
    wr_touch(x, scope);
    wr_run_again(x, a);
}

static void
timer(struct wr_exec *x, struct wr_wait *w)
{
    if (wr_timer_skips(x, w))
        return;
    if (w->hears)
        wr_timeout_fire(x, w);
    else if (!wr_cut_is_mark(x->m, w)) /* else the work is there */
        wr_catch_fire(x, w, NULL);
}

static void
set_variables(struct wr_exec *x, struct wr_activity *scope)
{
    wr_variables_local(x, scope, x->ev->variables);
    wr_variables_remove(x, scope, x->ev->remove);
    if (!x->n_events) /* nothing to do: still a command with its row */
        wr_emit(x, WR_H_VARIABLE_SET, 0, 0, NULL, NULL);
}

static void
apply(struct wr_exec *x, const struct target *t)
{
    switch (x->ev->type) {
    case WR_EV_START:
        wr_start(x, t->node);
        break;
    case WR_EV_TASK_COMPLETE:
    case WR_EV_JOB_COMPLETE:
        complete(x, t->wait);
        break;
    case WR_EV_TASK_ASSIGN:
        wr_task_assign(x, t->wait);
        wr_listen_task(x, t->wait->owner, WR_MOMENT_ASSIGN);
        break;
    case WR_EV_TASK_DELEGATE:
    case WR_EV_TASK_RESOLVE:
        wr_task_act(x, t->wait);
        wr_listen_task(x, t->wait->owner, WR_MOMENT_ASSIGN);
        break;
    case WR_EV_TASK_CHANGE:
        wr_task_act(x, t->wait);
        wr_listen_task(x, t->wait->owner, WR_MOMENT_UPDATE);
        break;
    case WR_EV_TASK_COMMENT:
    case WR_EV_TASK_DRAFT:
        wr_task_act(x, t->wait);
        break;
    case WR_EV_TASK_ERROR:
    case WR_EV_JOB_ERROR:
        wr_fault_reported(x, t->wait, x->ev->text, x->ev->message);
        break;
    case WR_EV_TASK_ESCALATE:
        (void)wr_fault_escalate(x, t->wait->owner, x->ev->text,
                                x->ev->variables);
        break;
    case WR_EV_JOB_FAIL:
        if (!wr_outcome_is_error(x, t->wait))
            wr_job_failed(x, t->wait);
        break;
    case WR_EV_JOB_CHANGE:
        wr_job_change(x, t->wait);
        break;
    case WR_EV_JOB_RUN:
        if (t->wait) /* else what is left of a cut step goes on */
            continue_async(x, t->wait);
        break;
    case WR_EV_TIMER:
        timer(x, t->wait);
        break;
    case WR_EV_TIMER_SET:
        wr_timer_set(x, t->wait);
        break;
    case WR_EV_TIMER_FAIL:
        wr_timer_failed(x, t->wait);
        break;
    case WR_EV_MESSAGE:
        wr_catch_fire(x, t->wait, x->ev->variables);
        break;
    case WR_EV_SET_VARIABLES:
        set_variables(x, t->scope);
        break;
    case WR_EV_ACTIVATE:
        wr_ad_hoc_activate(x, t->scope);
        break;
    case WR_EV_INCIDENT_RESOLVE:
        wr_incident_resolve(x, t->wait);
        break;
    case WR_EV_CANCEL:
        wr_run_end_instance(x, WR_CANCELED, WR_H_INSTANCE_CANCELED,
                            wr_emit_text(x, "reason", x->ev->text));
        break;
    case WR_EV_SUSPEND:
        wr_suspend(x);
        break;
    case WR_EV_RESUME:
        wr_resume(x);
        break;
    case WR_EV_HOLDS:
        wr_hold_release(x);
        break;
    case WR_EV_COMPENSATE:
        wr_reopen(x);
        break;
    case WR_EV_MODIFY: /* wr_step() */
    case WR_EV_MIGRATE:
        break;
    case WR_EV_CHILD_ENDED:
        wr_call_ended(x, t->wait);
        break;
    case WR_EV_CHILD_ESCALATED:
        wr_call_escalated(x, t->wait);
        break;
    case WR_EV_CONTINUE:
        break;
    }
}

/* Does it mean one thing alone, by its id?  What looks for others by itself
 * asks for them. */
static bool
is_aimed(const struct wr_event *ev)
{
    if (ev->type == WR_EV_COMPENSATE)
        return false;

    return !wr_uuid_is_zero(&ev->target) || ev->type == WR_EV_CONTINUE
           || ev->type == WR_EV_START
           || (ev->type == WR_EV_SET_VARIABLES && !ev->scope_key);
}

static struct wr_step_state *
state_of(struct wr_step *s)
{
    if (!s->state) {
        s->state = wr_new(s->arena, struct wr_step_state);
        s->state->expected_rev = s->instance->rev;
    }

    return s->state;
}

/* A step was cut: it touched more than is known, and its job is done with. */
static void
go_on(struct wr_exec *x, struct target *t)
{
    wr_touch_all(x);
    if (t->wait && wr_job_is_continue(t->wait))
        t->wait = NULL;
    wr_job_disarm_continue(x, t->wait);
}

/* What is left of a cut step failed: it stays where it is. */
static bool
is_stuck(const struct wr_exec *x, const struct target *t)
{
    if (x->ev->type == WR_EV_TIMER_FAIL)
        return wr_cut_is_mark(x->m, t->wait);

    return x->ev->type == WR_EV_JOB_FAIL && t->wait
           && wr_job_is_continue(t->wait);
}

/* What may be refused when part of it has happened already. */
static int
intervene(struct wr_exec *x, struct target *t, struct wr_err *err)
{
    const struct wr_event *ev = x->ev;

    if (ev->type == WR_EV_MIGRATE)
        return wr_migrate(t->migration, err);
    apply(x, t);
    if (ev->type == WR_EV_START && ev->plan && wr_listen_pending(x, x->i->root))
        return wr_fail(err, WR_ESTATE,
                       "the process has listeners that come first: start it"
                       " as usual and modify it then");
    if (ev->type == WR_EV_MODIFY || (ev->type == WR_EV_START && ev->plan))
        return wr_modify(x, err);

    return 0;
}

/* A part of the state did not come: what was done without it is nothing. */
static int
lost(struct wr_exec *x, struct wr_err *err)
{
    x->s->broken = true;
    *err = x->lost;

    return err->code;
}

static int
step(struct wr_exec *x, struct wr_err *err)
{
    struct wr_step *s = x->s;
    const struct wr_event *ev = x->ev;
    struct target t = { 0 };
    bool stuck;

    s->broken = false;
    x->i->wrote = false;
    if (!is_aimed(ev) || s->n_holds) /* what is held may be in any part */
        wr_spill_all(x);
    if (check(x, &t, err) < 0)
        return x->lost.code ? lost(x, err) : (int)err->code;
    stuck = is_stuck(x, &t);
    state_of(s)->running = x;
    s->cut = false;
    s->sent = NULL;
    wr_tlv_format(&x->events, WR_HISTORY_FORMAT);
    if (x->i->work && !stuck)
        go_on(x, &t);
    if (intervene(x, &t, err) < 0) {
        s->broken = true;
        return err->code;
    }
    if (x->i->state == WR_ACTIVE && !stuck)
        wr_run(x);
    wr_hold_mark(x);
    if (!s->cut) /* else what was touched comes again, and stays in the blob */
        wr_untouch_all(x);
    s->state->running = NULL;
    if (wr_arena_over(s->arena))
        return wr_fail(err, WR_ELIMIT, "the step needs too much memory");
    if (x->lost.code)
        return lost(x, err);
    if (wr_limits_check(x, err) < 0) {
        s->broken = true;
        return err->code;
    }
    wr_effects_finish(x);
    wr_untouch_all(x);

    return 0;
}

int
wr_step(struct wr_step *s, const struct wr_event *ev, struct wr_err *err)
{
    struct wr_exec x = {
        .s = s,
        .m = s->model,
        .i = s->instance,
        .arena = s->arena,
        .ev = ev,
        .ids = ev->ids,
        .left = s->budget ? s->budget : DEFAULT_BUDGET,
        .operations = OPERATIONS,
        .events = { .arena = s->arena },
    };
    int r;

    wr_far_begin(&x);
    s->at = -1;
    r = step(&x, err);
    s->ran = (s->budget ? s->budget : DEFAULT_BUDGET) - x.left;
    wr_far_end(&x);

    return r;
}
