/*
 * timer.c: dates, durations and cycles (SEMANTICS S17).
 *
 *     date       an instant; without offset UTC
 *     duration   calendar arithmetic from now, in UTC
 *     cycle      Rn/[start/]period[/end]: due = anchor + k * period.  Without
 *                start the anchor is now and k counts from 1; with one the
 *                first firing is the start itself.  None comes after the end
 *     cron       a cycle that does not begin with R: the first wall time that
 *                fits after the firing before, or after now
 *
 * A cycle that comes due several times while nobody looks fires once for all of
 * them (misfire policy fireOnce); those that were missed count.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/base/cron.h"
#include "engine/base/time.h"
#include "engine/exec/exec.h"

enum {
    MAX_MISSED = 100000, /* periods skipped one by one */
    MAX_MONTHS = 120000,
};

/* A period of months, of time, or of both ("P1MT5M"). */
struct period {
    int64_t months, ms;
};

static bool
add_times(int64_t at, int64_t k, int64_t ms, int64_t *out)
{
    return !__builtin_mul_overflow(ms, k, &ms)
           && !__builtin_add_overflow(at, ms, out);
}

static int
too_long(const struct wr_cycle *c, struct wr_err *err)
{
    return wr_fail(err, WR_EVALUE, "'%.60s' is too long", c->period);
}

static bool
is_cron(const char *period)
{
    return period[0] != 'P' && period[0] != '-';
}

/* The first after the firing before, and after now: what was missed is one. */
static int
next_of_cron(const struct wr_exec *x, const char *text, int64_t *due,
             struct wr_err *err)
{
    struct wr_cron c;
    int64_t from = *due > x->ev->now ? *due : x->ev->now;

    if (wr_cron_parse(&c, text, strlen(text), err) < 0
        || wr_cron_next(&c, from, due, err) < 0)
        return err->code;
    if (*due == INT64_MAX)
        return wr_fail(err, WR_EVALUE, "'%.60s' does not fire again", text);

    return 0;
}

/* anchor + k * period: parts of one kind are multiplied, so that the end of a
 * month does not drift; both kinds are added k times, which is once more to
 * *due, the firing before. */
static int
nth(struct wr_exec *x, const struct wr_cycle *c, int64_t k, int64_t *due,
    struct wr_err *err)
{
    const char *text = c->period;
    int64_t from = *due;
    struct period p = { 0 };

    if (is_cron(text))
        return next_of_cron(x, text, due, err);
    if (wr_duration_span(text, strlen(text), &p.months, &p.ms, err) < 0)
        return err->code;
    if (!p.months)
        return add_times(c->anchor, k, p.ms, due) ? 0 : too_long(c, err);
    if (!p.ms) {
        if (p.months > MAX_MONTHS || k > MAX_MONTHS)
            return too_long(c, err);
        from = c->anchor;
        text = wr_arena_printf(x->arena, "P%lldM", (long long)(k * p.months));
    }

    return wr_instant_add_duration(from, text, strlen(text), due, err);
}

static int
date(struct wr_exec *x, const char *text, int64_t *due, struct wr_err *err)
{
    const struct wr_value *v;

    if (wr_date_parse(x->arena, text, strlen(text), &v, err) == 0)
        text = wr_arena_printf(x->arena, "%sT00:00:00", text);
    if (wr_datetime_parse(x->arena, text, strlen(text), &v, err) < 0)
        return err->code;
    if (!wr_datetime_instant(v, due))
        return wr_fail(err, WR_EVALUE, "'%.60s' is out of range", text);

    return 0;
}

static int
repetitions(const char *text, int64_t *left, const char **rest,
            struct wr_err *err)
{
    char *end;

    *left = -1;
    end = (char *)(uintptr_t)(text + 1);
    if (text[1] != '/')
        *left = strtoll(text + 1, &end, 10);
    if (*end != '/' || (text[1] != '/' && *left < 1))
        return wr_fail(err, WR_EVALUE,
                       "'%.60s' does not say how often after 'R'", text);
    if (*left > 0)
        (*left)--;
    *rest = end + 1;

    return 0;
}

/* Months are counted one by one from the start: that it is not too far back. */
static bool
is_countable(const struct wr_exec *x, const struct wr_cycle *c, int64_t second)
{
    struct period p = { 0 };
    struct wr_err err;
    int64_t last;

    return wr_duration_span(c->period, strlen(c->period), &p.months, &p.ms,
                            &err)
               == 0
           && (!p.months
               || !add_times(c->anchor, MAX_MISSED, second - c->anchor, &last)
               || last > x->ev->now);
}

/* One without another firing is like a repetition whose end is over. */
static int
cron(struct wr_exec *x, const char *text, struct wr_cycle *c, int64_t *due,
     struct wr_err *err)
{
    struct wr_cron parsed;
    int64_t now = x->ev->now;

    if (wr_cron_parse(&parsed, text, strlen(text), err) < 0
        || wr_cron_next(&parsed, now, due, err) < 0)
        return err->code;
    c->period = wr_arena_strndup(x->i->arena, text, strlen(text));
    c->anchor = now;
    c->left = -1;
    if (*due == INT64_MAX) {
        *due = now;
        c->until = now - 1;
    }

    return 0;
}

static int
cycle(struct wr_exec *x, const char *text, struct wr_cycle *c, int64_t *due,
      struct wr_err *err)
{
    const char *rest = text, *slash;

    text += strspn(text, " \t\r\n");
    if (text[0] != 'R')
        return cron(x, text, c, due, err);
    if (repetitions(text, &c->left, &rest, err) < 0)
        return err->code;
    c->anchor = x->ev->now;
    c->k = 1;
    slash = strchr(rest, '/');
    if (slash && rest[0] != 'P') {
        const char *start = wr_arena_strndup(x->arena, rest,
                                             (size_t)(slash - rest));

        if (date(x, start, &c->anchor, err) < 0)
            return err->code;
        c->k = 0;
        rest = slash + 1;
        slash = strchr(rest, '/');
    }
    if (slash && date(x, slash + 1, &c->until, err) < 0)
        return err->code;
    c->period = wr_arena_strndup(x->i->arena, rest, strcspn(rest, "/"));
    /* Once forward, so that a period of nothing or backward is refused. */
    *due = c->anchor;
    if (nth(x, c, 1, due, err) < 0)
        return err->code;
    if (*due <= c->anchor)
        return wr_fail(err, WR_EVALUE, "'%.60s' repeats without a period",
                       text);
    if (!is_countable(x, c, *due))
        return wr_fail(err, WR_EVALUE, "'%.60s' began too long ago", text);
    if (c->k == 0)
        *due = c->anchor;

    return 0;
}

static int
parse(struct wr_exec *x, const struct wr_event_def *def, const char *text,
      struct wr_cycle *c, int64_t *due, struct wr_err *err)
{
    switch (def->timer_kind) {
    case WR_TIMER_DATE:
        return date(x, text, due, err);
    case WR_TIMER_DURATION:
        return wr_instant_add_duration(x->ev->now, text, strlen(text), due,
                                       err);
    case WR_TIMER_CYCLE:
        return cycle(x, text, c, due, err);
    }

    return 0;
}

/* An end that is said beside the cycle (flowable:endDate); the earlier counts. */
static int
ends(struct wr_exec *x, struct wr_activity *a, const struct wr_event_def *def,
     struct wr_cycle *c, struct wr_err *err)
{
    const char *text;
    int64_t until;

    if (!c->period || !def->until.text)
        return 0;
    if (wr_exec_text(x, a, &def->until, &text, err) < 0)
        return err->code;
    if (!text || !text[0])
        return 0;
    if (date(x, text, &until, err) < 0)
        return err->code;
    if (!c->until || until < c->until)
        c->until = until;

    return 0;
}

static bool
is_past(const struct wr_cycle *c, int64_t due)
{
    return c->until && due > c->until;
}

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
        || parse(x, def, text, &c, &due, &err) < 0
        || ends(x, from, def, &c, &err) < 0
        || (is_past(&c, due) && !beside
            && wr_fail(&err, WR_EVALUE, "it ends before it fires") < 0)) {
        (void)wr_exec_incident(
            x, "expression",
            wr_arena_printf(x->arena, "timer of %s'%s': %s",
                            like->hears ? "a listener of " : "", what,
                            err.text));
        return -1;
    }
    if (is_past(&c, due)) /* beside something else that goes on */
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

/* Firings missed since `due` whose instants need no calendar: passed over at
 * once, however long nobody looked. */
static void
pass_over(struct wr_exec *x, struct wr_cycle *c, int64_t due)
{
    struct period p = { 0 };
    int64_t n, late;
    struct wr_err err;

    if (wr_duration_span(c->period, strlen(c->period), &p.months, &p.ms, &err)
            < 0
        || p.months || p.ms <= 0
        || __builtin_sub_overflow(x->ev->now, due, &late) || late <= 0)
        return;
    n = late / p.ms;
    if (c->left >= 0 && n > c->left)
        n = c->left;
    c->k += n;
    if (c->left >= 0)
        c->left -= n;
}

bool
wr_timer_rearm(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_cycle c = w->cycle;
    int64_t due = w->timer.due_at;
    struct wr_err err;

    if (!c.period || !c.left)
        return false;
    pass_over(x, &c, due);
    for (int n = 0; n < MAX_MISSED; n++) {
        c.k++;
        if (nth(x, &c, c.k, &due, &err) < 0 || c.left == 0 || is_past(&c, due))
            return false;
        if (c.left > 0)
            c.left--;
        if (due > x->ev->now)
            break;
    }
    w->cycle = c;
    w->timer.due_at = due;
    wr_row_put(x, w, /* is_new= */ false);
    wr_timer_armed(x, w);

    return true;
}

/* ---- start events: no instance is there yet ---- */

struct before { /* enough of a step to evaluate what a start event says */
    struct wr_event ev;
    struct wr_step s;
    struct wr_exec x;
};

struct wr_exec *
wr_exec_before(struct wr_arena *a, const struct wr_model *m, int64_t now)
{
    struct before *b = wr_new(a, struct before);
    struct wr_uuid none = { { 0 } };

    b->ev.now = now;
    b->s = (struct wr_step){ .model = m, .arena = a };
    b->x = (struct wr_exec){ .s = &b->s,
                             .m = m,
                             .i = wr_instance_new(a, none, none, 0),
                             .arena = a,
                             .ev = &b->ev,
                             .operations = WR_EXPR_BUDGET };
    b->x.i->started_at = now;

    return &b->x;
}

int
wr_start_due(struct wr_arena *a, const struct wr_model *m,
             const struct wr_start *at, int64_t anchor, int64_t after,
             int64_t *due, struct wr_err *err)
{
    struct wr_exec *x = wr_exec_before(a, m, anchor);
    int n;
    const struct wr_event_def *def = wr_node_events(&m->nodes[at->node], &n)
                                     + at->part;
    struct wr_cycle c = { 0 };
    struct wr_event later;
    const char *text;

    *due = 0;
    if (wr_exec_text(x, x->i->root, &def->timer, &text, err) < 0)
        return err->code;
    if (!text)
        return wr_fail(err, WR_EVALUE, "its timer is null");
    if (parse(x, def, text, &c, due, err) < 0
        || ends(x, x->i->root, def, &c, err) < 0)
        return err->code;
    if (*due > after && !is_past(&c, *due))
        return 0;
    if (!c.period || !c.left || is_past(&c, *due)) {
        *due = 0;
        return 0;
    }
    later = *x->ev;
    later.now = after;
    x->ev = &later;
    pass_over(x, &c, *due);
    while (*due <= after) {
        if (c.left == 0 || nth(x, &c, ++c.k, due, err) < 0
            || is_past(&c, *due)) {
            *due = 0;
            return 0;
        }
        if (c.left > 0)
            c.left--;
    }

    return 0;
}

int
wr_start_name(struct wr_arena *a, const struct wr_model *m,
              const struct wr_start *at, const char **name, struct wr_err *err)
{
    struct wr_exec *x = wr_exec_before(a, m, 0);
    int n;
    const struct wr_event_def *def = wr_node_events(&m->nodes[at->node], &n)
                                     + at->part;

    if (wr_exec_text(x, x->i->root, &def->name, name, err) < 0)
        return err->code;
    if (!*name || !(*name)[0])
        return wr_fail(err, WR_EVALUE, "its name is empty");

    return 0;
}

void
wr_exec_given(struct wr_exec *x, const struct wr_value *variables)
{
    for (size_t k = 0; variables && k < variables->context.n; k++)
        wr_var_put(x->i, x->i->root, variables->context.entries[k].key,
                   variables->context.entries[k].value);
}

int
wr_start_met(struct wr_arena *a, const struct wr_model *m, int node,
             int64_t now, const struct wr_value *variables, bool *yes,
             struct wr_err *err)
{
    struct wr_exec *x = wr_exec_before(a, m, now);
    int n;
    const struct wr_event_def *e = wr_node_events(&m->nodes[node], &n);

    *yes = false;
    if (wr_variables_check(variables, err) < 0)
        return err->code;
    wr_exec_given(x, variables);
    for (int k = 0; k < n && !*yes; k++) {
        if (e[k].trigger == WR_TRIGGER_CONDITIONAL
            && wr_exec_met(x, x->i->root, e[k].condition, yes, err) < 0)
            return wr_wrap(err, "condition of '%s'", m->nodes[node].id);
    }

    return 0;
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
