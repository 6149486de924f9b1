/*
 * scope.c: scopes begin and end, and what a step remembers of them.
 *
 * A scope in which something changed is "touched": it may have run empty, one
 * of its joins may fire, and in the end it may hold nothing but tokens that are
 * stuck.  Each question has a line of its own that scopes leave when they were
 * asked and join again when they are touched again, so that a step over many
 * scopes never looks through all of them for the one that changed.
 */

#include "engine/exec/exec.h"

static void
line_add(struct wr_exec *x, enum wr_line which, struct wr_activity *a)
{
    struct wr_line_ends *line = &x->lines[which];
    struct wr_line_place *at = &a->lines[which];

    if (at->in)
        return;
    *at = (struct wr_line_place){ .prev = line->last, .in = true };
    if (line->last)
        line->last->lines[which].next = a;
    else
        line->first = a;
    line->last = a;
}

static void
line_remove(struct wr_exec *x, enum wr_line which, struct wr_activity *a)
{
    struct wr_line_ends *line = &x->lines[which];
    struct wr_line_place *at = &a->lines[which];

    if (!at->in)
        return;
    if (at->prev)
        at->prev->lines[which].next = at->next;
    else
        line->first = at->next;
    if (at->next)
        at->next->lines[which].prev = at->prev;
    else
        line->last = at->prev;
    *at = (struct wr_line_place){ 0 };
}

void
wr_touch(struct wr_exec *x, struct wr_activity *scope)
{
    for (int k = 0; k < WR_LINES; k++)
        line_add(x, k, scope);
}

void
wr_untouch(struct wr_exec *x, struct wr_activity *scope)
{
    for (int k = 0; k < WR_LINES; k++)
        line_remove(x, k, scope);
}

void
wr_untouch_all(struct wr_exec *x)
{
    while (x->lines[WR_LINE_TOUCHED].first)
        wr_untouch(x, x->lines[WR_LINE_TOUCHED].first);
}

void
wr_touch_all(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a))
        wr_touch(x, a);
}

struct wr_activity *
wr_scope_with_joins(struct wr_exec *x)
{
    struct wr_activity *a = x->lines[WR_LINE_JOINS].first;

    while (a && !a->n_queues && !a->n_drawn) {
        line_remove(x, WR_LINE_JOINS, a);
        a = x->lines[WR_LINE_JOINS].first;
    }

    return a;
}

void
wr_scope_joins_done(struct wr_exec *x, struct wr_activity *scope)
{
    line_remove(x, WR_LINE_JOINS, scope);
}

void
wr_scope_open(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_scope *scope = &x->m->scopes[wr_activity_scope(x->m, a)];

    wr_run_started(x, a);
    a->stage = WR_STAGE_ACTIVE;
    wr_touch(x, a);
    wr_data_declare(x, a);
    wr_event_sub_open(x, a);
    if (a->start >= 0 && !a->interrupted)
        wr_work_add(x->i, a, a->start, -1);
    for (int k = 0; k < scope->n_starts && a->start < 0; k++) {
        if (!a->interrupted && !x->m->nodes[a->node].ad_hoc)
            wr_work_add(x->i, a, scope->starts[k], -1);
    }
    a->start = -1;
}

static bool
is_scope(const struct wr_exec *x, const struct wr_activity *a)
{
    return wr_activity_scope(x->m, a) >= 0 && a->stage == WR_STAGE_ACTIVE;
}

static bool
is_idle(const struct wr_exec *x, const struct wr_activity *a)
{
    return is_scope(x, a) && !a->first && !a->pending
           && !(a->node < 0 && (wr_listen_pending(x, a) || wr_unfit_is(a)))
           && !wr_interrupted_waits(a);
}

bool
wr_scope_end(struct wr_exec *x)
{
    struct wr_activity *a;

    while ((a = x->lines[WR_LINE_ENDS].first)) {
        line_remove(x, WR_LINE_ENDS, a); /* until it is touched again */
        if (a->undo && wr_undo_go_on(x, a))
            return true;
        if (is_scope(x, a)) {
            wr_event_sub_settle(x, a);
            wr_ad_hoc_next(x, a);
        }
        if (wr_ad_hoc_is_open(x, a))
            continue;
        if (!is_idle(x, a) || a->n_queues || a->n_drawn || wr_undo_is_past(a))
            continue;
        if (a->node >= 0) {
            wr_run_resume(x, a);
            return true;
        }
        if (x->i->state == WR_ACTIVE
            && wr_listen_root(x, WR_MOMENT_END) == WR_LEAVE)
            wr_run_end_instance(x, WR_COMPLETED, WR_H_INSTANCE_COMPLETED, NULL);
        return false;
    }

    return false;
}

static bool
is_reported(const struct wr_model *m, const struct wr_activity *scope)
{
    for (const struct wr_wait *w = scope->waits; w; w = w->next) {
        if (w->kind == WR_WAIT_INCIDENT && w->node != scope->node
            && wr_join_waits(m, w->node))
            return true;
    }

    return false;
}

void
wr_scope_report(struct wr_exec *x)
{
    struct wr_activity *a = x->lines[WR_LINE_TOUCHED].first;

    for (; a; a = a->lines[WR_LINE_TOUCHED].next) {
        int node;

        if (!is_idle(x, a) || !a->n_queues || wr_ad_hoc_is_open(x, a)
            || is_reported(x->m, a))
            continue;
        node = wr_join_marked(x->m, a);
        if (wr_hold_is(x, node))
            continue;
        wr_incident_open(x, a, node, "join-deadlock",
                         x->m->nodes[node].join < 0
                             ? "there are not as many tokens as startQuantity"
                               " wants"
                             : "nothing else runs in its scope",
                         NULL);
    }
}
