/*
 * explain.c: what an instance waits for, in sentences for people.
 *
 * One entry for whatever is open: a task, job, timer, subscription, condition,
 * called process or incident, wherever it hangs, tokens at joins, loops and
 * compensation.  Each says what to do about it.  The flows tests/flows/explain*
 * hold all texts.
 */

#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/exec.h"

struct teller {
    const struct wr_holds *holds;
    const struct wr_instance *i;
    const struct wr_model *m;
    struct wr_arena *a;
    struct wr_explained *items;
    int n, cap;
};

static const char *
label(const struct teller *t, int node)
{
    const struct wr_node *n = &t->m->nodes[node];

    return n->name && n->name[0] ? n->name : n->id;
}

static void
tell(struct teller *t, const struct wr_explained *e)
{
    struct wr_explained *grown;

    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 16;
        grown = wr_newn(t->a, struct wr_explained, (size_t)t->cap);
        for (int k = 0; k < t->n; k++)
            grown[k] = t->items[k];
        t->items = grown;
    }
    t->items[t->n] = *e;
    if (t->i->state == WR_SUSPENDED)
        t->items[t->n].action = "Resume the instance: while it is suspended"
                                " nothing happens here.";
    t->n++;
}

static const char *
instant(const struct teller *t, int64_t at)
{
    char text[WR_INSTANT_TEXT];

    wr_instant_text(at, text);

    return wr_arena_strdup(t->a, text);
}

const char *
wr_explain_expr(const struct wr_expr *e)
{
    const char *text = wr_expr_text(e);

    return text + strspn(text, " \t\r\n");
}

/* ---- what a wait waits for: the words behind the element ---- */

static void
add_list(struct wr_str *s, const char *what, const char *const *names, int n)
{
    for (int k = 0; k < n; k++)
        wr_str_printf(s, "%s%s", k ? ", " : what, names[k]);
}

static const char *
task_text(const struct teller *t, const struct wr_task_row *task)
{
    struct wr_str s = { .arena = t->a };
    int n = task->n_candidate_users + task->n_candidate_groups;

    if (task->assignee)
        return wr_arena_printf(t->a, "waits for %s to complete the task",
                               task->assignee);
    wr_str_add(&s, "waits for somebody to complete the task");
    if (n)
        wr_str_add(&s, ", offered to");
    add_list(&s, " ", task->candidate_users, task->n_candidate_users);
    add_list(&s, task->n_candidate_users ? " and the groups " : " the groups ",
             task->candidate_groups, task->n_candidate_groups);

    return wr_str_text(&s);
}

static const char *
job_text(const struct teller *t, const struct wr_job_row *j)
{
    const char *again = "", *failed = "";

    if (j->due_at)
        again = wr_arena_printf(t->a, ", not before %s", instant(t, j->due_at));
    if (j->attempt)
        failed = wr_arena_printf(t->a, ", after %d %s%s%s", (int)j->attempt,
                                 j->attempt == 1 ? "try" : "tries",
                                 j->error ? ": " : "",
                                 j->error ? j->error : "");
    if (j->kind == WR_JOB_ASYNC)
        return wr_arena_printf(t->a, "waits for the engine to go on%s%s", again,
                               failed);

    return wr_arena_printf(t->a,
                           "waits for a worker to do the job of type '%s'%s,"
                           " with %d %s left%s",
                           j->type, again, (int)j->retries,
                           j->retries == 1 ? "try" : "tries", failed);
}

static const char *
subscription_text(const struct teller *t, const struct wr_wait *w)
{
    const struct wr_subscription_row *s = &w->subscription;
    const char *key = "";

    if (s->key)
        key = wr_arena_printf(t->a, " with the key '%s'", s->key);
    else if (wr_message_talks(t->m, w->node, s->name))
        key = ", which begins its conversation";
    switch (s->type) {
    case WR_SUB_SIGNAL:
        return wr_arena_printf(t->a, "waits for the signal '%s'", s->name);
    case WR_SUB_TRIGGER:
        return "waits to be triggered";
    case WR_SUB_CONDITION: /* a definition's, no instance's */
    case WR_SUB_MESSAGE:
        break;
    }

    return wr_arena_printf(t->a, "waits for the message '%s'%s", s->name, key);
}

static const char *
timer_text(const struct teller *t, const struct wr_wait *w,
           struct wr_explained *e)
{
    const char *due = instant(t, w->timer.due_at), *event;

    if (!w->hears)
        return wr_arena_printf(t->a, "waits until %s", due);
    event = t->m->nodes[w->node].listeners.items[w->hears - 1].event;
    if (!w->overdue)
        return wr_arena_printf(t->a, "tells its listener '%s' at %s", event,
                               due);
    e->action = "Nothing: it is told behind the listener that is being told.";

    return wr_arena_printf(t->a, "was to tell its listener '%s' at %s", event,
                           due);
}

static const char *
condition_text(const struct teller *t, const struct wr_wait *w)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&t->m->nodes[w->node], &n);

    if (!e[w->part].condition)
        return wr_arena_printf(t->a, "waits until '%s' is written",
                               e[w->part].watched[0]);

    return wr_arena_printf(t->a, "waits until %s is true",
                           wr_explain_expr(e[w->part].condition));
}

/* ---- entries ---- */

static void
tell_incident(struct teller *t, const struct wr_wait *w, struct wr_explained e)
{
    const struct wr_incident_kind *kind = wr_incident_kind(w->incident.type);

    e.kind = "incident";
    e.sentence = wr_arena_printf(
        t->a, "'%s' is stopped: %s.%s%s", label(t, w->node),
        w->incident.message ? w->incident.message : w->incident.type,
        kind ? " " : "", kind ? kind->cause : "");
    e.action = kind ? kind->action : "Retry it, or cancel the instance.";
    tell(t, &e);
}

/* What the event would do to the activity it is attached to. */
static const char *
consequence(const struct teller *t, const struct wr_wait *w)
{
    const struct wr_node *n = &t->m->nodes[w->node];

    if (w->told) /* a listener's job, whatever stands there */
        return "";
    if (n->host >= 0)
        return wr_arena_printf(t->a,
                               n->interrupting ? "; it would interrupt '%s'"
                                               : "; '%s' would go on beside it",
                               label(t, n->host));
    if (n->kind == WR_START_EVENT)
        return n->interrupting ? "; it would interrupt what runs there"
                               : "; what runs there would go on beside it";

    return "";
}

/* Without its words: incidents have their own. */
static const char *
wait_text(const struct teller *t, const struct wr_wait *w,
          struct wr_explained *e)
{
    switch (w->kind) {
    case WR_WAIT_TASK:
        e->kind = "task";
        e->action = "Complete the task.";
        return task_text(t, &w->task);
    case WR_WAIT_JOB:
        e->kind = w->job.kind == WR_JOB_ASYNC ? "async" : "job";
        e->action = w->job.kind == WR_JOB_ASYNC
                        ? "Nothing: the scheduler runs it. If it stays, see"
                          " whether the scheduler runs."
                        : "Run a worker for this type.";
        return job_text(t, &w->job);
    case WR_WAIT_TIMER:
        e->kind = "timer";
        e->action = "Nothing: it fires by itself.";
        return timer_text(t, w, e);
    case WR_WAIT_SUBSCRIPTION:
        e->kind = w->subscription.type == WR_SUB_SIGNAL ? "signal" : "message";
        e->action = w->subscription.type == WR_SUB_SIGNAL ? "Send the signal."
                                                          : "Send the message.";
        return subscription_text(t, w);
    case WR_WAIT_CONDITION:
        e->kind = "condition";
        e->action = "Set the variables it speaks of.";
        return condition_text(t, w);
    case WR_WAIT_CHILD:
        e->kind = "child";
        e->action = "See what that instance waits for.";
        return wr_arena_printf(t->a,
                               w->undoing
                                   ? "waits until the called process '%s' is"
                                     " compensated"
                                   : "waits for the called process '%s' to end",
                               w->child.process);
    case WR_WAIT_PARKED:
        e->kind = "suspension";
        return "waits in front of the element";
    case WR_WAIT_INCIDENT:
        break;
    }

    return "";
}

/* ---- what is suspended ---- */

static const struct wr_hold *
hold_at(const struct teller *t, int node)
{
    for (; node >= 0; node = t->m->scopes[t->m->nodes[node].scope].node) {
        for (int k = 0; k < t->holds->n; k++) {
            if (t->holds->items[k].node == node)
                return &t->holds->items[k];
        }
    }

    return NULL;
}

static const struct wr_hold *
hold_of_type(const struct teller *t, const struct wr_wait *w)
{
    for (int k = 0; w->kind == WR_WAIT_JOB && k < t->holds->n; k++) {
        if (t->holds->items[k].node < 0
            && strcmp(t->holds->items[k].element, w->job.type) == 0)
            return &t->holds->items[k];
    }

    return NULL;
}

static const char *
who_and_why(const struct teller *t, const struct wr_hold *h)
{
    return wr_arena_printf(t->a, "%s%s at %s%s%s", h->actor ? " by " : "",
                           h->actor ? h->actor : "", instant(t, h->at),
                           h->reason ? ": " : "", h->reason ? h->reason : "");
}

static const char *
parked_text(const struct teller *t, const struct wr_wait *w)
{
    int n = 0;

    for (const struct wr_parked *p = w->parked; p; p = p->next)
        n++;
    if (n == 0 || w->kind == WR_WAIT_PARKED)
        return "";

    return wr_arena_printf(t->a, " What came for it meanwhile is kept (%d).",
                           n);
}

/* The element counts before the type: it stops more. */
static void
tell_hold(struct teller *t, const struct wr_wait *w, struct wr_explained *e)
{
    const struct wr_hold *h = hold_at(t, w->owner->node);

    h = h ? h : hold_at(t, w->node);
    if (h) {
        e->sentence = wr_arena_printf(
            t->a, "%s Element '%s' was suspended%s.%s", e->sentence, h->element,
            who_and_why(t, h), parked_text(t, w));
        e->action = wr_arena_printf(t->a, "Resume the element '%s'.",
                                    h->element);
        return;
    }
    h = hold_of_type(t, w);
    if (!h)
        return;
    e->sentence = wr_arena_printf(t->a, "%s The job type '%s' was suspended%s.",
                                  e->sentence, h->element, who_and_why(t, h));
    e->action = wr_arena_printf(t->a, "Resume the job type '%s'.", h->element);
}

static void
tell_wait(struct teller *t, const struct wr_wait *w)
{
    struct wr_explained e = { .token = w->owner->key,
                              .node = w->node,
                              .since = w->owner->since,
                              .id = w->id };
    const char *text;

    if (w->kind == WR_WAIT_JOB && w->job.retries == 0)
        return; /* its incident says it */
    if (w->kind == WR_WAIT_INCIDENT) {
        tell_incident(t, w, e);
        return;
    }
    text = wait_text(t, w, &e);
    e.sentence = wr_arena_printf(t->a, "'%s' %s%s.", label(t, w->node), text,
                                 consequence(t, w));
    tell_hold(t, w, &e);
    tell(t, &e);
}

static void
tell_loop(struct teller *t, const struct wr_activity *a)
{
    const struct wr_iterations *l = a->loop;
    struct wr_explained e = { .token = a->key,
                              .node = a->node,
                              .since = a->since,
                              .kind = "children",
                              .action = "See what its iterations wait for." };

    if (l->total < 0)
        e.sentence = wr_arena_printf(
            t->a, "'%s' repeats: %lld of its runs have ended.",
            label(t, a->node), (long long)l->completed);
    else
        e.sentence = wr_arena_printf(
            t->a, "'%s' waits for its iterations: %lld of %lld have ended.",
            label(t, a->node), (long long)l->completed, (long long)l->total);
    tell(t, &e);
}

static void
tell_undoing(struct teller *t, const struct wr_activity *a)
{
    struct wr_explained e = { .token = a->key,
                              .node = a->node,
                              .since = a->since,
                              .kind = "compensation",
                              .action = "See what the handlers wait for." };

    e.sentence = wr_arena_printf(
        t->a, "'%s' waits until what completed is undone.", label(t, a->node));
    tell(t, &e);
}

/* Nothing starts by itself in an ad-hoc sub-process. */
static void
tell_ad_hoc(struct teller *t, const struct wr_activity *a)
{
    struct wr_explained e = {
        .token = a->key,
        .node = a->node,
        .since = a->since,
        .kind = "activation",
        .action = "Start one of its elements, or complete it.",
    };

    if (a->node < 0 || !t->m->nodes[a->node].ad_hoc
        || a->stage != WR_STAGE_ACTIVE || a->first || a->n_queues
        || wr_activity_scope(t->m, a) < 0)
        return;
    e.sentence = wr_arena_printf(
        t->a, "'%s' waits for somebody to start something in it.",
        label(t, a->node));
    tell(t, &e);
}

/* ---- joins ---- */

static const char *
missing_flows(const struct teller *t, const struct wr_activity *scope,
              const struct wr_node *n)
{
    struct wr_str s = { .arena = t->a };
    int missing = 0;

    for (int k = 0; k < n->n_in; k++) {
        if (!wr_queue_count(scope, n->in[k]))
            wr_str_printf(&s, "%s'%s'", missing++ ? ", " : "",
                          t->m->flows[n->in[k]].id);
    }

    return wr_str_text(&s);
}

static const char *
join_text(const struct teller *t, const struct wr_activity *scope, int node)
{
    const struct wr_node *n = &t->m->nodes[node];

    if (n->kind == WR_PARALLEL_GATEWAY)
        return wr_arena_printf(t->a, "waits for a token on %s",
                               missing_flows(t, scope, n));
    if (n->kind == WR_INCLUSIVE_GATEWAY)
        return wr_arena_printf(t->a,
                               "waits for tokens that can still come to it by"
                               " %s",
                               missing_flows(t, scope, n));
    if (n->kind == WR_COMPLEX_GATEWAY)
        return "waits until its activation condition is true";

    return wr_arena_printf(t->a, "waits for %d tokens to start with",
                           n->start_quantity);
}

/* Its incident says it. */
static bool
is_stuck(const struct wr_activity *scope, int node)
{
    for (const struct wr_wait *w = scope->waits; w; w = w->next) {
        if (w->kind == WR_WAIT_INCIDENT && w->node == node)
            return true;
    }

    return false;
}

static void
tell_queue(struct teller *t, const struct wr_activity *scope,
           const struct wr_queue *q)
{
    int node = t->m->flows[q->flow].target;
    struct wr_explained e = { .token = scope->key,
                              .node = node,
                              .since = scope->since,
                              .kind = "join",
                              .action = "See what the other tokens wait for." };

    if (is_stuck(scope, node))
        return;
    e.sentence = wr_arena_printf(t->a, "'%s' %s; %lld came by '%s'.",
                                 label(t, node), join_text(t, scope, node),
                                 (long long)q->n, t->m->flows[q->flow].id);
    tell(t, &e);
}

int
wr_instance_explain(const struct wr_instance *i, const struct wr_model *m,
                    const struct wr_holds *holds, struct wr_arena *a,
                    const struct wr_explained **out)
{
    struct teller t = { .holds = holds, .i = i, .m = m, .a = a };
    struct wr_activity *s = i->root;

    for (; s; s = wr_activity_next(i->root, s)) {
        if (s->loop)
            tell_loop(&t, s);
        tell_ad_hoc(&t, s);
        if (s->undo == WR_UNDO_THROW || s->undo == WR_UNDO_DETACHED)
            tell_undoing(&t, s);
        for (const struct wr_wait *w = s->waits; w; w = w->next) {
            if (!wr_cut_is_mark(m, w) && !wr_job_is_continue(w))
                tell_wait(&t, w);
        }
        for (int k = 0; k < s->n_queues; k++)
            tell_queue(&t, s, &s->queues[k]);
    }
    *out = t.items;

    return t.n;
}
