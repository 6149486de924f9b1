/*
 * migrate.c: an instance goes on with another version (SEMANTICS S29).
 *
 *     plan     tables from one model to the other, and all that is in the way
 *     part     what waits for events that are not there any more is closed,
 *              still in terms of the old model
 *     move     every index in the state becomes one of the new model
 *     meet     rows are written anew, events that came with it are armed,
 *              joins look at the tokens they have
 *
 * Tasks, jobs, timers, subscriptions and called processes stay what they are,
 * ids included.  What changed about an event counts only where the plan says
 * so (updateTrigger); it is closed and armed anew then.
 */

#include "engine/exec/migrate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
wr_migrate_problem(struct wr_migrate *g, const char *code, const char *element,
                   int64_t token, const char *fmt, ...)
{
    struct wr_problem *grown;
    char detail[300];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(detail, sizeof(detail), fmt, args);
    va_end(args);
    if (g->n_problems == g->cap_problems) {
        g->cap_problems = g->cap_problems ? 2 * g->cap_problems : 8;
        grown = wr_newn(g->x->arena, struct wr_problem,
                        (size_t)g->cap_problems);
        for (int k = 0; k < g->n_problems; k++)
            grown[k] = g->problems[k];
        g->problems = grown;
    }
    g->problems[g->n_problems++] = (struct wr_problem){
        .code = code,
        .element = wr_arena_strdup(g->x->arena, element),
        .token = token,
        .detail = wr_arena_strdup(g->x->arena, detail),
    };
}

static int
refuse(struct wr_migrate *g, struct wr_err *err)
{
    g->x->s->problems = g->problems;
    g->x->s->n_problems = g->n_problems;

    return wr_fail(err, WR_EMIGRATE, "%d problem%s, the first: %s",
                   g->n_problems, g->n_problems == 1 ? "" : "s",
                   g->problems[0].detail);
}

static bool
says_something(const struct wr_value *plan)
{
    const struct wr_value *nodes = wr_value_get(plan, "mappings");
    const struct wr_value *flows = wr_value_get(plan, "flows");

    return (nodes && nodes->type == WR_V_LIST && nodes->list.n)
           || (flows && flows->type == WR_V_LIST && flows->list.n);
}

int
wr_migrate_plan(struct wr_exec *x, struct wr_migrate **out, struct wr_err *err)
{
    const struct wr_event *ev = x->ev;
    struct wr_migrate *g = wr_new(x->arena, struct wr_migrate);

    if (!ev->to.model || !ev->plan || ev->plan->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EINVALID, "a migration without a target");
    if (wr_uuid_equal(&ev->from.id, &ev->to.id) && !says_something(ev->plan))
        return wr_fail(err, WR_ESTATE,
                       "the instance is on version %d of '%s' already",
                       (int)ev->to.version, ev->to.key);
    for (struct wr_activity *a = x->i->root; a;
         a = wr_activity_next(x->i->root, a))
        wr_log_all(x, &a->log); /* in rows elements have the old numbers */
    *g = (struct wr_migrate){ .x = x, .from = x->m, .to = ev->to.model };
    if (wr_migrate_map(g, err) < 0)
        return err->code;
    wr_migrate_check(g);
    *out = g;

    return g->n_problems ? refuse(g, err) : 0;
}

/* ---- meet ---- */

/* Whoever works on a job goes on. */
static void
keep_lease(struct wr_exec *x, struct wr_job_row *j)
{
    for (size_t k = 0; k < x->ev->n_jobs; k++) {
        const struct wr_job_row *have = &x->ev->jobs[k];

        if (!wr_uuid_equal(&have->id, &j->id) || !have->lease_owner)
            continue;
        j->lease_owner = wr_arena_strdup(x->arena, have->lease_owner);
        j->lease = have->lease;
        j->lease_until = have->lease_until;
        j->claims = have->claims;
        j->guard_at = have->guard_at;
    }
}

static void
put_row(struct wr_exec *x, struct wr_wait *w)
{
    int32_t element = x->m->nodes[w->node].symbol;
    struct wr_uuid definition = x->i->definition;

    switch (w->kind) {
    case WR_WAIT_TASK:
        w->task.element = element;
        w->task.definition = definition;
        break;
    case WR_WAIT_JOB:
        w->job.element = element;
        w->job.definition = definition;
        keep_lease(x, &w->job);
        break;
    case WR_WAIT_TIMER:
        w->timer.element = element;
        break;
    case WR_WAIT_SUBSCRIPTION:
        w->subscription.element = element;
        w->subscription.definition = definition;
        break;
    case WR_WAIT_INCIDENT:
        w->incident.element = element;
        w->incident.definition = definition;
        break;
    case WR_WAIT_PARKED:
    case WR_WAIT_CHILD:
    case WR_WAIT_CONDITION: /* have no row */
        return;
    }
    wr_row_put(x, w, /* is_new= */ false);
}

static void
meet(struct wr_migrate *g)
{
    struct wr_exec *x = g->x;
    struct wr_activity *root = x->i->root, *a;

    for (a = root; a; a = wr_activity_next(root, a)) {
        for (struct wr_wait *w = a->waits; w; w = w->next)
            put_row(x, w);
    }
    wr_migrate_enter(g);
    for (const struct wr_arming *one = g->armings; one; one = one->next) {
        if ((one->hears ? wr_timer_arm_listener(x, one->owner, one->hears - 1)
                        : wr_trigger_arm(x, one->owner, one->node))
            == 0)
            continue;
        wr_migrate_problem(g, "cannot-arm", x->m->nodes[one->node].id,
                           one->owner->key, "%s", x->fault.message);
        x->fault = (struct wr_fault){ 0 };
    }
    for (a = root; a; a = wr_activity_next(root, a)) {
        if (wr_activity_scope(x->m, a) >= 0 && a->stage == WR_STAGE_ACTIVE
            && !wr_undo_is_past(a))
            wr_data_declare(x, a);
    }
}

/* ---- all of it ---- */

static const struct wr_value *
version(struct wr_exec *x, const struct wr_version *v)
{
    char id[WR_UUID_TEXT];
    struct wr_entry e[3] = { { "definition", NULL },
                             { "key", wr_value_string(x->arena, v->key) },
                             { "version",
                               wr_value_int(x->arena, v->version) } };

    wr_uuid_text(&v->id, id);
    e[0].value = wr_value_string(x->arena, id);

    return wr_value_context(x->arena, e, WR_COUNT(e));
}

static void
say(struct wr_exec *x)
{
    static const char *const names[] = { "mappings", "flows",
                                         "updateTriggers" };
    struct wr_entry e[WR_COUNT(names) + 3] = {
        { "from", version(x, &x->ev->from) },
        { "to", version(x, &x->ev->to) },
    };
    size_t n = 2;

    for (size_t k = 0; k < WR_COUNT(names); k++) {
        const struct wr_value *v = wr_value_get(x->ev->plan, names[k]);

        if (v)
            e[n++] = (struct wr_entry){ names[k], v };
    }
    if (x->ev->text)
        e[n++] = (struct wr_entry){ "reason",
                                    wr_value_string(x->arena, x->ev->text) };
    wr_earlier_add(x->i, (struct wr_earlier){ x->i->rev + x->n_events + 1,
                                              x->i->definition });
    x->s->state->from = x->m;
    wr_emit(x, WR_H_INSTANCE_MIGRATED, 0, 0, NULL,
            wr_value_context(x->arena, e, n));
}

int
wr_migrate(struct wr_migrate *g, struct wr_err *err)
{
    struct wr_exec *x = g->x;
    struct wr_activity *a = x->i->root;

    g->end = &g->armings;
    wr_cut_forget(x);
    wr_job_disarm_continue(x, NULL);
    for (; a; a = wr_activity_next(x->i->root, a))
        if (!wr_migrate_goes(g, a))
            wr_migrate_part(g, a);
    wr_migrate_leave(g);
    say(x);
    wr_migrate_move(g);
    meet(g);
    if (g->n_problems)
        return refuse(g, err);
    wr_migrate_close_left(g);
    if (x->i->state == WR_ACTIVE)
        wr_hold_release(x); /* what the other version does not suspend */
    wr_touch_all(x);
    if (x->i->state == WR_ACTIVE)
        wr_join_settle(x);
    wr_condition_look_all(x);

    return 0;
}
