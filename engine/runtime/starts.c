/*
 * starts: the start events of definitions that wait for something.
 *
 * They belong to no instance: rows with the definition's id, written by the
 * deployment in place of the older version's.  A timer that fires moves on, or
 * goes, in the same change that owes the start; so each fires once.
 */
#include <string.h>

#include "engine/runtime/slot.h"

enum {
    GRACE_MS = 10000
};

static void
grow(struct wr_arena *a, struct wr_start_rows *s)
{
    struct wr_subscription_row *subscriptions;
    struct wr_timer_row *timers;

    if (s->n_subscriptions < s->cap && s->n_timers < s->cap)
        return;
    s->cap = s->cap ? 2 * s->cap : 8;
    subscriptions = wr_newn(a, struct wr_subscription_row, (size_t)s->cap);
    timers = wr_newn(a, struct wr_timer_row, (size_t)s->cap);
    for (int i = 0; i < s->n_subscriptions; i++)
        subscriptions[i] = s->subscriptions[i];
    for (int i = 0; i < s->n_timers; i++)
        timers[i] = s->timers[i];
    s->subscriptions = subscriptions;
    s->timers = timers;
}

static int
add_timer(struct wr_arena *a, const struct wr_definition_row *d,
          const struct wr_model *m, const struct wr_start *at,
          struct wr_start_rows *out, struct wr_err *err)
{
    const struct wr_start_when when = { .anchor = d->deployed_at,
                                        .fired = INT64_MIN };
    struct wr_missed missed;
    int64_t due;

    if (wr_start_due(a, m, at, &when, &due, &missed, err) < 0)
        return err->code;
    if (due)
        out->timers[out->n_timers++] = (struct wr_timer_row){
            .id = wr_uuid_new(d->deployed_at, wr_uuid_bucket(&d->id)),
            .definition = d->id,
            .tenant = d->tenant,
            .element = m->nodes[at->node].symbol,
            .due_at = due,
        };

    return 0;
}

/* All conditions of one event are asked together. */
static bool
has_condition(const struct wr_model *m, const struct wr_start *at,
              const struct wr_start_rows *s)
{
    const struct wr_subscription_row *last;

    if (s->n_subscriptions == 0)
        return false;
    last = &s->subscriptions[s->n_subscriptions - 1];

    return last->type == WR_SUB_CONDITION
           && last->element == m->nodes[at->node].symbol;
}

static int
add_start(struct wr_arena *a, const struct wr_definition_row *d,
          const struct wr_model *m, const struct wr_start *at,
          struct wr_start_rows *out, struct wr_err *err)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&m->nodes[at->node], &n)
                                   + at->part;
    const char *name;

    if (e->trigger == WR_TRIGGER_CONDITIONAL && has_condition(m, at, out))
        return 0;
    grow(a, out);
    if (e->trigger == WR_TRIGGER_TIMER)
        return add_timer(a, d, m, at, out, err);
    if (e->trigger == WR_TRIGGER_CONDITIONAL)
        name = "";
    else if (wr_start_name(a, m, at, &name, err) < 0)
        return err->code;
    out->subscriptions[out->n_subscriptions++] = (struct wr_subscription_row){
        .id = wr_uuid_new(d->deployed_at, wr_uuid_bucket(&d->id)),
        .definition = d->id,
        .tenant = d->tenant,
        .element = m->nodes[at->node].symbol,
        .type = e->trigger == WR_TRIGGER_SIGNAL        ? WR_SUB_SIGNAL
                : e->trigger == WR_TRIGGER_CONDITIONAL ? WR_SUB_CONDITION
                                                       : WR_SUB_MESSAGE,
        .name = name,
        .created_at = d->deployed_at,
    };

    return 0;
}

int
wr_starts_add(struct wr_arena *a, const struct wr_definition_row *d,
              const struct wr_model *m, struct wr_start_rows *out,
              struct wr_err *err)
{
    for (int k = 0; k < m->n_starts; k++) {
        if (add_start(a, d, m, &m->starts[k], out, err) < 0)
            return wr_wrap(err, "start event '%s'",
                           m->nodes[m->starts[k].node].id);
    }

    return 0;
}

/* ---- firing ---- */

static int
find_timer(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
           struct wr_arena *a, const struct wr_timer_row **out,
           struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_TIMERS, .tenant = tenant, .id = id, .state = -1
    };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n == 0 || wr_uuid_is_zero(&rows.timers[0].definition))
        return wr_fail(err, WR_ENOTFOUND, "no start timer of that id");
    *out = rows.timers;

    return 0;
}

/* Which start of the definition the timer's element is; NULL. */
static const struct wr_start *
start_of(const struct wr_model *m, const struct wr_timer_row *t)
{
    for (int k = 0; k < m->n_starts; k++) {
        const struct wr_node *n = &m->nodes[m->starts[k].node];
        int n_events;
        const struct wr_event_def *e = wr_node_events(n, &n_events);

        if (n->symbol == t->element
            && e[m->starts[k].part].trigger == WR_TRIGGER_TIMER)
            return &m->starts[k];
    }

    return NULL;
}

struct firing { /* of a start event's timer */
    const struct wr_timer_row *timer;
    bool starts;
    int64_t next; /* 0: none */
    struct wr_missed missed;
};

static int
look(const struct wr_definition *d, int64_t now, struct wr_arena *a,
     struct firing *f, struct wr_err *err)
{
    const struct wr_timer_row *t = f->timer;
    const struct wr_start *s = start_of(d->model, t);
    const struct wr_start_when when = { .anchor = d->row.deployed_at,
                                        .fired = t->due_at,
                                        .now = now };

    f->starts = d->row.state == WR_DEF_ACTIVE;
    if (!s)
        return 0;
    if (wr_start_due(a, d->model, s, &when, &f->next, &f->missed, err) < 0)
        return err->code;
    if (f->starts && wr_start_skips(d->model, s, t->due_at, now)) {
        f->starts = false;
        f->missed.n++;
        f->missed.first = t->due_at;
    }

    return 0;
}

/* The timer moves on and the start is owed: both or neither. */
static int
write_firing(struct wr_runtime *rt, const struct firing *f,
             struct wr_outbox_row *row, struct wr_err *err)
{
    struct wr_timer_row moved = *f->timer;
    struct wr_change changes[2] = {
        { .op = f->next ? WR_OP_PUT : WR_OP_DEL,
          .noun = WR_TIMERS,
          .was = f->timer->due_at,
          .timer = &moved },
        { .op = WR_OP_PUT, .noun = WR_OUTBOXES, .outbox = row },
    };
    int r;

    moved.due_at = f->next;
    r = wr_runtime_change(rt, changes, f->starts ? 2 : 1, err);
    if (r == WR_ECONFLICT)
        return wr_fail(err, WR_ENOTFOUND, "the timer fired already");

    return r;
}

int
wr_runtime_start_due(struct wr_runtime *rt, const struct wr_uuid *id,
                     int32_t tenant, int64_t due, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    int64_t now = wr_clock_now(rt->o.clock);
    const struct wr_timer_row *t = NULL;
    const struct wr_definition *d;
    struct wr_outbox_row row;
    struct firing f = { 0 };

    if (find_timer(rt, id, tenant, a, &t, err) < 0)
        return err->code;
    if (due ? t->due_at != due : t->due_at > now)
        return wr_fail(err, WR_ENOTFOUND, "the timer fired already");
    if (wr_definition_current(rt, &t->definition, tenant, &d, err) < 0)
        return err->code;
    row = (struct wr_outbox_row){
        .id = wr_uuid_new(now, wr_uuid_bucket(&t->id)),
        .due_at = now + GRACE_MS,
        .created_at = now,
        .expires_at = now,
        .tenant = tenant,
        .element = t->element,
        .kind = WR_OUT_START,
        .definition = t->definition,
        .target = t->id,
        .name = "",
    };
    f.timer = t;
    if (look(d, now, a, &f, err) < 0 || write_firing(rt, &f, &row, err) < 0) {
        wr_definition_unref(d);
        return err->code;
    }
    if (f.missed.n && rt->o.missed)
        rt->o.missed(rt->o.missed_data, d, t->element, &f.missed);
    wr_definition_unref(d);

    return f.starts ? wr_runtime_settle(rt, &row.id, tenant, err) : 0;
}
