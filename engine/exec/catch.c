/*
 * catch.c: events that wait: for one thing, any of several, or all of them.
 *
 * Whatever an event waits for is a wait of the activity it belongs to: its own
 * activity, the host of a boundary event, the gateway before it, or the scope
 * of an event sub-process.  A parallel multiple event has one wait less with
 * each part that came; what the parts brought travels with those still open.
 */

#include "engine/exec/exec.h"

enum wr_move
wr_catch_open(struct wr_exec *x, struct wr_activity *a)
{
    return wr_trigger_arm(x, a, a->node) < 0 ? WR_THROW : WR_WAIT;
}

enum wr_move
wr_catch_rest(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_wait *w;

    if (!a->came)
        return WR_LEAVE;
    if (wr_trigger_arm(x, a, a->node) < 0)
        return WR_THROW;
    w = a->waits;
    while (w && (w->node != a->node || w->kind == WR_WAIT_INCIDENT))
        w = w->next;
    if (!w)
        return WR_LEAVE;
    w->payload = a->result;

    return WR_WAIT;
}

enum wr_move
wr_branches_open(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];

    for (int k = 0; k < n->n_out; k++) {
        int target = x->m->flows[n->out[k]].target;

        if (wr_trigger_arm(x, a, target) == 0)
            continue;
        for (int done = 0; done < k; done++)
            wr_catch_close(x, a, x->m->flows[n->out[done]].target);
        return WR_THROW;
    }

    return WR_WAIT;
}

/* ---- what comes in ---- */

static struct wr_wait *
other_part(const struct wr_wait *w)
{
    for (struct wr_wait *o = w->owner->waits; o; o = o->next) {
        if (o != w && o->node == w->node && o->kind != WR_WAIT_INCIDENT)
            return o;
    }

    return NULL;
}

/* `first` and what came after it; the later value counts. */
static const struct wr_value *
merged(struct wr_exec *x, const struct wr_value *first,
       const struct wr_value *then)
{
    struct wr_entry *entries;
    size_t n = 0;

    if (!first || !then)
        return first ? first : then;
    entries = wr_newn(x->arena, struct wr_entry,
                      first->context.n + then->context.n);
    for (size_t k = 0; k < first->context.n; k++) {
        if (!wr_value_get(then, first->context.entries[k].key))
            entries[n++] = first->context.entries[k];
    }
    for (size_t k = 0; k < then->context.n; k++)
        entries[n++] = then->context.entries[k];

    return wr_value_context(x->arena, entries, n);
}

void
wr_catch_keep(struct wr_exec *x, struct wr_wait *w)
{
    enum wr_history_type type = WR_H_TIMER_FIRED;

    if (w->kind == WR_WAIT_CONDITION)
        type = WR_H_CONDITION_MET;
    else if (w->kind == WR_WAIT_SUBSCRIPTION)
        type = w->subscription.type == WR_SUB_SIGNAL ? WR_H_SIGNAL_RECEIVED
                                                     : WR_H_MESSAGE_RECEIVED;
    wr_emit(x, type, x->m->nodes[w->node].symbol, w->owner->key, &w->id,
            w->kind == WR_WAIT_CONDITION ? wr_condition_part(x, w) : NULL);
    if (w->kind != WR_WAIT_TIMER || wr_timer_rearm(x, w))
        return;
    wr_row_del(x, w);
    wr_wait_drop(x->i, w);
}

/* Boundary events and event sub-processes that do not interrupt. */
static bool
is_lasting(const struct wr_exec *x, int node)
{
    const struct wr_node *n = &x->m->nodes[node];

    return !n->interrupting && (n->host >= 0 || wr_trigger_is_sub(x->m, node));
}

bool
wr_catch_lasts(const struct wr_exec *x, const struct wr_wait *w)
{
    return is_lasting(x, w->node)
           && x->m->nodes[w->node].event.trigger != WR_TRIGGER_PARALLEL_MULTIPLE
           && (w->kind != WR_WAIT_TIMER || w->cycle.period);
}

/* The event happened: what is open for it was closed or goes on. */
static void
happened(struct wr_exec *x, struct wr_activity *a, int node,
         const struct wr_value *payload)
{
    bool all = x->m->nodes[node].event.trigger == WR_TRIGGER_PARALLEL_MULTIPLE;

    if (node == a->node) {
        wr_catch_close(x, a, node);
        if (payload)
            a->result = wr_value_copy(x->i->arena, payload);
        wr_run_resume(x, a);
        return;
    }
    if (all && is_lasting(x, node))
        wr_trigger_again(x, a, node);
    else if (!is_lasting(x, node))
        wr_catch_close(x, a, node);
    wr_trigger_fire(x, a, node, payload);
}

void
wr_catch_fire(struct wr_exec *x, struct wr_wait *w,
              const struct wr_value *payload)
{
    struct wr_activity *a = w->owner;
    int node = w->node;
    bool all = x->m->nodes[node].event.trigger == WR_TRIGGER_PARALLEL_MULTIPLE;
    struct wr_wait *other = all ? other_part(w) : NULL;

    if (w->kind == WR_WAIT_SUBSCRIPTION
        && w->subscription.type == WR_SUB_MESSAGE)
        wr_talk_received(x, wr_trigger_scope(x, a, node), wr_trigger_part(x, w),
                         payload);
    if (wr_hold_trigger(x, w, payload))
        return;
    payload = merged(x, w->payload, payload);
    if (wr_catch_lasts(x, w))
        wr_catch_keep(x, w);
    else
        wr_wait_close(x, w, /* canceled= */ false, NULL);
    if (!other) {
        happened(x, a, node, payload);
        return;
    }
    if (payload)
        other->payload = wr_value_copy(x->i->arena,
                                       merged(x, other->payload, payload));
}

void
wr_catch_close(struct wr_exec *x, struct wr_activity *a, int node)
{
    struct wr_wait *w = a->waits;

    while (w) {
        struct wr_wait *next = w->next;

        if (w->node == node
            && (w->kind == WR_WAIT_TIMER || w->kind == WR_WAIT_SUBSCRIPTION
                || w->kind == WR_WAIT_CONDITION))
            wr_wait_close(x, w, /* canceled= */ true, NULL);
        w = next;
    }
}
