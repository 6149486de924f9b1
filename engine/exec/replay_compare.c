/* replay_compare.c: is a state what its history adds up to? */

#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/replay_fold.h"

static int
differs(const struct wr_replay *r, int32_t element, const char *what,
        struct wr_err *err)
{
    return wr_fail(err, WR_ECORRUPT, "state and history differ at '%s': %s",
                   wr_replay_name(r, element), what);
}

static bool
same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* What a loop counts is told by its plan and the ends of its iterations. */
static bool
is_counted(const struct wr_loop *l, const char *name)
{
    const char *const own[] = { l->counter, l->element, l->output_item };

    for (size_t k = 0; k < WR_COUNT(own); k++) {
        if (own[k] && strcmp(own[k], name) == 0)
            return true;
    }

    return strncmp(name, "nrOf", 4) == 0 || strncmp(name, "numberOf", 8) == 0;
}

static int
compare_variables(const struct wr_replay *r, const struct wr_activity *a,
                  const struct wr_replay_activity *said, struct wr_err *err)
{
    const struct wr_loop *l = a->node < 0 ? NULL
                                          : r->model->nodes[a->node].loop;

    for (int k = 0; k < a->n_vars; k++) {
        const char *name = a->vars[k].name;
        const struct wr_value *v = wr_map_get(&said->vars, name);

        if (!v && l && is_counted(l, name))
            continue;
        if (!v || !wr_value_equal(v, a->vars[k].value))
            return wr_fail(err, WR_ECORRUPT,
                           "state and history differ at '%s': variable '%s'",
                           wr_replay_name(r, said->element), name);
    }
    for (size_t k = 0; k < said->vars.n; k++) {
        const struct wr_map_entry *e = &said->vars.entries[k];
        int at = 0;

        while (e->value && at < a->n_vars
               && strcmp(a->vars[at].name, e->key) != 0)
            at++;
        if (e->value && at == a->n_vars)
            return wr_fail(err, WR_ECORRUPT,
                           "state and history differ at '%s': variable '%s' is"
                           " gone",
                           wr_replay_name(r, said->element), e->key);
    }

    return 0;
}

static int
compare_talks(const struct wr_replay *r, const struct wr_activity *a,
              const struct wr_replay_activity *said, struct wr_err *err)
{
    bool same = said->talks.n == (size_t)a->n_talks;

    for (int k = 0; k < a->n_talks && same; k++)
        same = same_text(wr_map_get(&said->talks, a->talks[k].key),
                         a->talks[k].value);

    return same ? 0 : differs(r, said->element, "key of a conversation", err);
}

/* Marks of a step that was cut are in no history. */
static bool
is_mark(const struct wr_replay *r, const struct wr_wait *w)
{
    return wr_cut_is_mark(r->model, w) || wr_job_is_continue(w)
           || w->kind == WR_WAIT_CONDITION;
}

/* One that failed is due never; its incident says so. */
static bool
due_as(const struct wr_replay_wait *said, const struct wr_wait *w)
{
    char text[WR_INSTANT_TEXT];

    if (w->timer.due_at == WR_NEVER)
        return true;
    wr_instant_text(w->timer.due_at, text);

    return same_text(said->due, text);
}

static int
compare_wait(const struct wr_replay *r, const struct wr_wait *w,
             struct wr_err *err)
{
    const struct wr_replay_wait *said = wr_replay_wait(r, &w->id);
    int32_t element = r->model->nodes[w->node].symbol;

    if (!said || said->kind != w->kind)
        return differs(r, element, "open, but not in the history", err);
    if (said->element != element || said->key != w->owner->key)
        return differs(r, element, "open elsewhere", err);
    if (w->kind == WR_WAIT_TASK && !same_text(said->assignee, w->task.assignee))
        return differs(r, element, "whose task it is", err);
    if (w->kind == WR_WAIT_TIMER && !due_as(said, w))
        return differs(r, element, "when its timer is due", err);

    return 0;
}

static bool
planned_as(const struct wr_replay_activity *said, const struct wr_iterations *l)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);

    if (!l || l->total < 0)
        return !said->planned;

    return said->planned
           && wr_value_equal(said->planned, wr_value_int(a, l->total));
}

static int
compare_activity(const struct wr_replay *r, struct wr_activity *a, int *n_waits,
                 struct wr_err *err)
{
    const struct wr_replay_activity *said = wr_replay_activity(r, a->key);
    int32_t element = a->node < 0 ? 0 : r->model->nodes[a->node].symbol;

    if (!said)
        return differs(r, element, "active, but not in the history", err);
    if (said->element != element || said->body != (a->role == WR_ROLE_BODY))
        return differs(r, element, "another activity than in the history", err);
    if (!planned_as(said, a->loop))
        return differs(r, element, "number of iterations", err);
    for (const struct wr_wait *w = a->waits; w; w = w->next) {
        if (is_mark(r, w))
            continue;
        if (compare_wait(r, w, err) < 0)
            return err->code;
        ++*n_waits;
    }

    if (compare_talks(r, a, said, err) < 0)
        return err->code;

    return compare_variables(r, a, said, err);
}

int
wr_replay_compare(struct wr_replay *r, const struct wr_model *m,
                  const struct wr_instance *i, struct wr_err *err)
{
    size_t n_activities = 0;
    int n_waits = 0;

    r->model = m;
    r->to = NULL;
    r->moved = false;
    if (r->state != i->state)
        return wr_fail(
            err, WR_ECORRUPT, "the instance is %s, by its history %s",
            wr_instance_state_name(i->state), wr_instance_state_name(r->state));
    if (r->seq != i->rev)
        return wr_fail(err, WR_ECORRUPT,
                       "the instance is at revision %lld, its history at %lld",
                       (long long)i->rev, (long long)r->seq);
    for (struct wr_activity *a = i->root; a; a = wr_activity_next(i->root, a)) {
        if (a->node >= 0 && !a->started)
            continue;
        if (compare_activity(r, a, &n_waits, err) < 0
            || (i->state == WR_ACTIVE
                && wr_replay_compare_joins(r, i, a, err) < 0))
            return err->code;
        n_activities++;
    }
    if (wr_replay_compare_conditions(r, i, err) < 0)
        return err->code;
    if (i->state == WR_ACTIVE && wr_replay_compare_log(r, i, err) < 0)
        return err->code;
    if (n_activities != r->activities.n)
        return wr_fail(err, WR_ECORRUPT,
                       "%zu activities, by the history %zu: a token is lost",
                       n_activities, r->activities.n);
    if ((size_t)n_waits != r->waits.n)
        return wr_fail(err, WR_ECORRUPT,
                       "%d open things, by the history %zu: one is lost",
                       n_waits, r->waits.n);

    return 0;
}
