/*
 * event_sub.c: event sub-processes (SEMANTICS S11).
 *
 * They stand in a scope like a sub-process, but no flow leads to them: they are
 * armed when the scope opens, before anything runs in it.  What they wait for
 * hangs on the scope's activity, one wait for each start event.
 *
 *     interrupting        once: every other token of the scope goes, sibling
 *                         event sub-processes too, and nothing is armed any
 *                         more; the scope ends when the handler does
 *     non-interrupting    as often as it comes; the scope waits for them.  When
 *                         nothing else is left in it, no further one starts
 */

#include "engine/exec/exec.h"

static const struct wr_scope *
scope_of(const struct wr_exec *x, const struct wr_activity *a)
{
    return &x->m->scopes[wr_activity_scope(x->m, a)];
}

void
wr_event_sub_open(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_scope *s = scope_of(x, a);

    for (int k = 0; k < s->n_event_subs; k++) {
        int inner = x->m->nodes[s->event_subs[k]].inner;
        const struct wr_scope *sub = &x->m->scopes[inner];

        for (int e = 0; e < sub->n_starts; e++)
            wr_trigger_again(x, a, sub->starts[e]);
    }
    wr_condition_dispatch(x);
}

/* Timers, subscriptions and incidents of what could start here. */
static void
close_waits(struct wr_exec *x, struct wr_activity *a, bool joins)
{
    struct wr_wait *w = a->waits;

    while (w) {
        struct wr_wait *next = w->next;
        bool stuck = w->kind == WR_WAIT_INCIDENT
                     && x->m->nodes[w->node].join >= 0;

        if (w->node != a->node
            && (wr_trigger_is_sub(x->m, w->node) || (joins && stuck)))
            wr_wait_close(x, w, /* canceled= */ true, NULL);
        w = next;
    }
}

void
wr_event_sub_fire(struct wr_exec *x, struct wr_activity *scope, int start,
                  const struct wr_value *result)
{
    const struct wr_node *n = &x->m->nodes[start];
    int sub = x->m->scopes[n->scope].node;
    struct wr_activity *a;

    if (n->interrupting) {
        scope->interrupted = true;
        scope->result = NULL; /* of an event that did not start */
        wr_cancel_children(x, scope, NULL);
        close_waits(x, scope, /* joins= */ true);
    }
    wr_touch(x, scope);
    a = wr_activity_new(x->i, scope, sub, -1);
    a->since = x->ev->now;
    a->start = start;
    if (result)
        a->result = wr_value_copy(x->i->arena, result);
    a->stage = WR_STAGE_BEFORE;
    if (wr_hold_token(x, a))
        return;
    if (x->m->nodes[sub].async_before)
        wr_run_retry(x, a);
    else
        wr_run_again(x, a);
}

/* Nothing but event sub-processes is left to run in this scope. */
static bool
is_completing(const struct wr_exec *x, const struct wr_activity *scope)
{
    if (scope->pending || scope->n_queues || scope->n_drawn || !scope->first
        || wr_ad_hoc_is_open(x, scope))
        return false;
    for (const struct wr_activity *a = scope->first; a; a = a->next) {
        if (!x->m->nodes[a->node].event_sub)
            return false;
    }

    return true;
}

void
wr_event_sub_settle(struct wr_exec *x, struct wr_activity *scope)
{
    if (scope->waits && scope_of(x, scope)->n_event_subs
        && is_completing(x, scope))
        close_waits(x, scope, /* joins= */ false);
}

int
wr_event_sub_catching(struct wr_exec *x, struct wr_activity *scope,
                      const struct wr_activity *from, enum wr_trigger trigger,
                      const char *code)
{
    const struct wr_scope *s;
    int any = -1;

    if (wr_activity_scope(x->m, scope) < 0 || scope->interrupted
        || wr_undo_is_past(scope)
        || (trigger != WR_TRIGGER_ERROR && is_completing(x, scope)))
        return -1;
    s = scope_of(x, scope);
    for (int k = 0; k < s->n_event_subs; k++) {
        int inner = x->m->nodes[s->event_subs[k]].inner;
        const struct wr_scope *sub = &x->m->scopes[inner];

        if (from && from->node == s->event_subs[k])
            continue;
        for (int e = 0; e < sub->n_starts; e++) {
            int match = wr_trigger_match(x->m, sub->starts[e], trigger, code);

            if (match == WR_MATCH_CODE)
                return sub->starts[e];
            if (match == WR_MATCH_ANY && any < 0)
                any = sub->starts[e];
        }
    }

    return any;
}
