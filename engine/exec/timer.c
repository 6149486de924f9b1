/*
 * timer.c: timers that are armed, fire and repeat (SEMANTICS S17).
 *
 * A repetition that comes due several times while nobody looks does as its
 * misfire policy says: it fires once for all of them, not at all, or as often;
 * what is passed over is in the history.
 */

#include "engine/base/time.h"
#include "engine/exec/exec.h"

static const struct wr_listener *
listener(const struct wr_exec *x, const struct wr_wait *w)
{
    return w->hears ? &x->m->nodes[w->node].listeners.items[w->hears - 1]
                    : NULL;
}

static const struct wr_value *
due_data(struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_listener *l = listener(x, w);
    struct wr_entry e[2] = { { "due", NULL }, { "listener", NULL } };
    char text[WR_INSTANT_TEXT];

    wr_instant_text(w->timer.due_at, text);
    e[0].value = wr_value_string(x->arena, text);
    if (l)
        e[1].value = wr_value_string(x->arena, l->event);

    return wr_value_context(x->arena, e, l ? 2 : 1);
}

/* As `like` says: of its node and part, or of a listener. */
static int
arm(struct wr_exec *x, struct wr_activity *a, const struct wr_event_def *def,
    const struct wr_wait *like)
{
    struct wr_cycle c = { 0 };
    int node = like->node;
    const char *text, *what = x->m->nodes[node].id;
    /* A boundary event's timer sees what is around its host. */
    struct wr_activity *from = wr_trigger_scope(x, a, node);
    bool beside = like->hears || node != a->node;
    int64_t due;
    struct wr_err err;
    struct wr_wait *w;

    if (wr_exec_text(x, from, &def->timer, &text, &err) < 0
        || (!text && wr_fail(&err, WR_EVALUE, "it is null") < 0)
        || wr_timer_read(x, from, def, text, &c, &due, &err) < 0
        || (wr_cycle_is_past(&c, due) && !beside
            && wr_fail(&err, WR_EVALUE, "it ends before it fires") < 0)) {
        (void)wr_exec_incident(
            x, "expression",
            wr_arena_printf(x->arena, "timer of %s'%s': %s",
                            like->hears ? "a listener of " : "", what,
                            err.text));
        return -1;
    }
    if (wr_cycle_is_past(&c, due)) /* beside something else that goes on */
        return 0;
    w = wr_wait_open(x, a, WR_WAIT_TIMER, node);
    w->part = like->part;
    w->hears = like->hears;
    w->timer.due_at = due;
    w->cycle = c;
    if (x->i->state == WR_SUSPENDED)
        w->armed = x->ev->now;
    wr_wait_opened(x, w, due_data(x, w));

    return 0;
}

int
wr_timer_arm(struct wr_exec *x, struct wr_activity *a, int node, int part)
{
    const struct wr_wait like = { .node = node, .part = part };
    int n;

    return arm(x, a, wr_node_events(&x->m->nodes[node], &n) + part, &like);
}

int
wr_timer_arm_listener(struct wr_exec *x, struct wr_activity *a, int place)
{
    const struct wr_wait like = { .node = a->node, .hears = place + 1 };

    return arm(x, a, listener(x, &like)->timer, &like);
}

void
wr_timer_armed(struct wr_exec *x, const struct wr_wait *w)
{
    wr_emit(x, WR_H_TIMER_ARMED, w->timer.element, w->owner->key, &w->id,
            due_data(x, w));
}

/* Which definition the timer is armed of. */
static const struct wr_event_def *
def_of(const struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_listener *l = listener(x, w);
    int n;

    return l ? l->timer : wr_node_events(&x->m->nodes[w->node], &n) + w->part;
}

static void
say_missed(struct wr_exec *x, const struct wr_wait *w,
           const struct wr_missed *missed)
{
    char first[WR_INSTANT_TEXT], last[WR_INSTANT_TEXT];
    struct wr_entry e[4] = { { "missed", NULL },
                             { "first", NULL },
                             { "last", NULL },
                             { "listener", NULL } };
    const struct wr_listener *l = listener(x, w);

    if (missed->n == 0)
        return;
    wr_instant_text(missed->first, first);
    wr_instant_text(missed->last, last);
    e[0].value = wr_value_int(x->arena, missed->n);
    e[1].value = wr_value_string(x->arena, first);
    e[2].value = wr_value_string(x->arena, last);
    if (l)
        e[3].value = wr_value_string(x->arena, l->event);
    wr_emit(x, WR_H_TIMER_MISSED, w->timer.element, w->owner->key, &w->id,
            wr_value_context(x->arena, e, l ? 4 : 3));
}

/* It goes on to its next firing; false: that was the last. */
static bool
go_on(struct wr_exec *x, struct wr_wait *w, struct wr_missed *missed)
{
    const struct wr_timing *timing = &def_of(x, w)->timing;
    struct wr_cycle c = w->cycle;
    int64_t due = w->timer.due_at;

    if (!wr_cycle_after(&c, timing, x->ev->now, &due, missed))
        return false;
    w->cycle = c;
    w->timer.due_at = due;

    return true;
}

bool
wr_timer_rearm(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_missed missed = { 0 };
    bool on;

    if (!w->cycle.period)
        return false;
    on = go_on(x, w, &missed);
    if (on)
        wr_row_put(x, w, /* is_new= */ false);
    if (on)
        wr_timer_armed(x, w);
    say_missed(x, w, &missed);

    return on;
}

bool
wr_timer_skips(struct wr_exec *x, struct wr_wait *w)
{
    int64_t due = w->timer.due_at;
    struct wr_missed missed = { .n = 1, .first = due, .last = due };

    if (!w->cycle.period || (!w->hears && !wr_catch_lasts(x, w))
        || !wr_timing_skips(&def_of(x, w)->timing, due, x->ev->now))
        return false;
    if (!go_on(x, w, &missed)) {
        say_missed(x, w, &missed);
        wr_wait_close(x, w, /* canceled= */ true, NULL);
        return true;
    }
    say_missed(x, w, &missed);
    wr_row_put(x, w, /* is_new= */ false);
    wr_timer_armed(x, w);

    return true;
}

void
wr_timer_set(struct wr_exec *x, struct wr_wait *w)
{
    w->timer.due_at = x->ev->due;
    wr_row_put(x, w, /* is_new= */ false);
    wr_timer_armed(x, w);
}

void
wr_timer_failed(struct wr_exec *x, struct wr_wait *w)
{
    if (wr_cut_is_mark(x->m, w)) { /* its job counts the tries */
        wr_cut_forget(x);
        wr_emit(x, WR_H_STEP_CUT, 0, 0, NULL, NULL);
        return;
    }
    w->timer.due_at = WR_NEVER;
    wr_row_put(x, w, /* is_new= */ false);
    if (wr_incident_of(w->owner, &w->id))
        wr_emit(x, WR_H_VARIABLE_SET, 0, 0, NULL, NULL); /* a command's row */
    else
        wr_incident_open(x, w->owner, w->node, "timer",
                         x->ev->text ? x->ev->text : "the timer failed",
                         &w->id);
}

void
wr_timer_retry(struct wr_exec *x, struct wr_wait *w)
{
    if (x->ev->skip) {
        wr_wait_close(x, w, /* canceled= */ true, NULL);
        return;
    }
    w->timer.due_at = x->ev->now;
    wr_row_put(x, w, /* is_new= */ false);
    wr_timer_armed(x, w);
}
