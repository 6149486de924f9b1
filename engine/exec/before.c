/*
 * before.c: what start events say before an instance is there: when they are
 * due, what they wait for and whether it is met.
 */

#include "engine/exec/exec.h"

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

/* From the first firing at *due to the one after `fired`. */
static bool
goes_on(struct wr_cycle *c, const struct wr_timing *timing,
        const struct wr_start_when *when, int64_t *due,
        struct wr_missed *missed)
{
    struct wr_missed earlier = { 0 };

    if (!c->period
        || (*due < when->fired
            && !wr_cycle_go(c, when->fired - 1, due, &earlier)))
        return false;
    if (*due == when->fired)
        return wr_cycle_after(c, timing, when->now, due, missed);

    /* somebody moved it, or it is said in another way now */
    return *due > when->now || wr_cycle_go(c, when->now, due, missed);
}

int
wr_start_due(struct wr_arena *a, const struct wr_model *m,
             const struct wr_start *at, const struct wr_start_when *when,
             int64_t *due, struct wr_missed *missed, struct wr_err *err)
{
    int64_t fired = when->fired;
    struct wr_exec *x = wr_exec_before(a, m, when->anchor);
    int n;
    const struct wr_event_def *def = wr_node_events(&m->nodes[at->node], &n)
                                     + at->part;
    struct wr_cycle c = { 0 };
    const char *text;

    *due = 0;
    *missed = (struct wr_missed){ 0 };
    if (wr_exec_text(x, x->i->root, &def->timer, &text, err) < 0)
        return err->code;
    if (!text)
        return wr_fail(err, WR_EVALUE, "its timer is null");
    if (wr_timer_read(x, x->i->root, def, text, &c, due, err) < 0)
        return err->code;
    if (wr_cycle_is_past(&c, *due)
        || (*due <= fired && !goes_on(&c, &def->timing, when, due, missed)))
        *due = 0;

    return 0;
}

bool
wr_start_skips(const struct wr_model *m, const struct wr_start *at, int64_t due,
               int64_t now)
{
    int n;
    const struct wr_event_def *def = wr_node_events(&m->nodes[at->node], &n)
                                     + at->part;

    return def->timer_kind == WR_TIMER_CYCLE
           && wr_timing_skips(&def->timing, due, now);
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
