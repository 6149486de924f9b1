/*
 * check: what must hold of the store when everything has come to its end.
 *
 *   I1, I3, I9, I14   tests/crash/check.c
 *   I2                history without a gap, and the state is what it adds up to
 *   I8                every process has counted what it should
 *   I10               nothing is owed
 *   I12               one instance for each start that was acknowledged
 */
#include <string.h>

#include "engine/exec/replay.h"
#include "tests/crash/crash.h"
#include "tests/sim/sim.h"

struct check {
    struct wr_runtime *rt;
    struct wr_arena *arena;
    struct wr_rows instances;
};

static int
failed(const struct wr_instance_row *i, const char *what, struct wr_err *err)
{
    char id[WR_UUID_TEXT];

    wr_uuid_text(&i->id, id);

    return wr_fail(err, WR_ESTATE, "%s (instance %s, %s)", what, id,
                   i->business_key ? i->business_key : "started by another");
}

static const struct sim_model *
model_of(const struct wr_instance_row *i)
{
    size_t n = i->business_key ? strcspn(i->business_key, "-") : 0;

    for (size_t k = 0; k < sim_n_models; k++) {
        if (n && strlen(sim_models[k].key) == n
            && strncmp(sim_models[k].key, i->business_key, n) == 0)
            return &sim_models[k];
    }

    return NULL;
}

/* Called processes take their caller's key along. */
static bool
is_started(const struct wr_instance_row *i)
{
    return i->business_key && wr_uuid_is_zero(&i->parent);
}

static int
check_counted(const struct wr_view *v, struct wr_arena *a, struct wr_err *err)
{
    const struct sim_model *m = model_of(v->row);
    const struct wr_value *all = wr_instance_variables(v->instance, 0, a);
    const struct wr_value *n = m ? wr_value_get(all, m->check) : NULL;
    int64_t is = 0;

    if (v->row->state == WR_CANCELED && sim_may_be_canceled(&v->row->id))
        return 0;
    if (v->row->state != WR_COMPLETED)
        return failed(v->row, "I8: it did not complete", err);
    if (!m || !n || !wr_decimal_to_int(n->number, &is) || is != m->is)
        return failed(v->row,
                      wr_arena_printf(a, "I8: it has counted %lld, not %lld",
                                      (long long)is,
                                      (long long)(m ? m->is : 0)),
                      err);

    return 0;
}

static int
check_replay(struct check *c, const struct wr_view *v, struct wr_arena *a,
             struct wr_err *err)
{
    const struct wr_model *m = v->definition->model;
    struct wr_query q = { .noun = WR_HISTORIES,
                          .instance = &v->row->id,
                          .state = -1,
                          .limit = 10000 };
    struct wr_replay *r = wr_replay_new(a);
    struct wr_rows rows;

    if (wr_runtime_find(c->rt, &q, a, &rows, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < rows.n; i++) {
        if (wr_replay_add(r, m, &rows.histories[i], err) < 0)
            return (int)err->code;
    }

    return wr_replay_compare(r, m, v->instance, err);
}

static int
check_alone(struct check *c, const struct wr_instance_row *i)
{
    int n = 0;

    for (size_t k = 0; k < c->instances.n; k++) {
        const struct wr_instance_row *other = &c->instances.instances[k];

        n += is_started(other)
             && strcmp(other->business_key, i->business_key) == 0;
    }

    return n;
}

static int
check_instance(struct check *c, const struct wr_instance_row *i,
               struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct wr_view v;
    int r;

    if (wr_runtime_view(c->rt, &i->id, 0, a, &v, err) < 0)
        return (int)err->code;
    r = check_replay(c, &v, a, err);
    if (r < 0)
        wr_wrap(err, "I2");
    if (r == 0 && is_started(i)) {
        r = check_counted(&v, a, err);
        if (r == 0 && check_alone(c, i) != 1)
            r = failed(i, "I12: it was started twice", err);
    }
    wr_definition_unref(v.definition);

    return r;
}

static int
check_all(struct check *c, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1, .limit = 10000 };
    struct wr_query owed = { .noun = WR_OUTBOXES, .state = -1 };
    struct wr_rows rows;

    if (wr_runtime_find(c->rt, &q, c->arena, &c->instances, err) < 0
        || wr_runtime_find(c->rt, &owed, c->arena, &rows, err) < 0)
        return (int)err->code;
    if (rows.n)
        return wr_fail(err, WR_ESTATE, "I10: something is still owed");
    for (size_t i = 0; i < c->instances.n; i++) {
        if (check_instance(c, &c->instances.instances[i], err) < 0)
            return (int)err->code;
    }

    return 0;
}

/* The innermost wait of the first instance that is not at its end. */
static int
say_wait(struct check *c, struct wr_err *err)
{
    for (size_t k = 0; k < c->instances.n; k++) {
        const struct wr_instance_row *i = &c->instances.instances[k];
        struct wr_explanation e;

        if (i->state > WR_SUSPENDED)
            continue;
        if (wr_runtime_explain(c->rt, &i->id, i->tenant, c->arena, &e, err) < 0)
            return (int)err->code;
        wr_definition_unref(e.view.definition);

        return failed(i,
                      wr_arena_printf(c->arena, "I1: it has not ended: %s",
                                      e.n_waits
                                          ? e.waits[e.n_waits - 1].sentence
                                          : "it waits for nothing"),
                      err);
    }

    return wr_fail(err, WR_ESTATE, "I1: nobody has seen that all ended");
}

static int
say_left(struct check *c, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1, .limit = 10000 };
    struct wr_query owed = { .noun = WR_OUTBOXES, .state = -1 };
    struct wr_rows rows;

    if (wr_runtime_find(c->rt, &q, c->arena, &c->instances, err) < 0
        || wr_runtime_find(c->rt, &owed, c->arena, &rows, err) < 0)
        return (int)err->code;
    if (rows.n)
        return wr_fail(err, WR_ESTATE,
                       "I10: %zu are still owed, the first of kind %d, '%s',"
                       " due at %lld",
                       rows.n, rows.outboxes[0].kind, rows.outboxes[0].name,
                       (long long)rows.outboxes[0].due_at);

    return say_wait(c, err);
}

static int
with_runtime(int look(struct check *c, struct wr_err *err), struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    struct check c = { .arena = a };
    struct wr_runtime_options o = { .store_url = SIM_STORE,
                                    .clock = &sim.clock };
    int r;

    if (wr_runtime_open(&o, &c.rt, err) < 0)
        return (int)err->code;
    r = look(&c, err);
    wr_runtime_close(c.rt);

    return r;
}

int
sim_unended(struct wr_err *err)
{
    return with_runtime(say_left, err);
}

int
sim_check(struct wr_err *err)
{
    if (crash_check(SIM_STORE, NULL, 0, err) < 0)
        return (int)err->code;

    return with_runtime(check_all, err);
}
