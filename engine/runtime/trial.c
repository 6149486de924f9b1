/* trial: what a command would do, without doing it. */
#include "engine/runtime/slot.h"

struct trial {
    struct wr_runtime *rt;
    const struct wr_definition *definition;
    const struct wr_definition *target; /* of a migration; NULL */
    const struct wr_decided *decided;
    const struct wr_problem *problems; /* why not */
    int n_problems;
};

static int
resolve(void *data, struct wr_step *s, struct wr_callee *c, struct wr_err *err)
{
    const struct trial *t = data;

    (void)s;

    return wr_definition_called(
        t->rt, &(t->target ? t->target : t->definition)->row, c, err);
}

static int
decides(void *data, struct wr_step *s, struct wr_decider *d, struct wr_err *err)
{
    struct trial *t = data;

    return wr_decisions_decide(t->rt, t->target ? t->target : t->definition, s,
                               &t->decided, d, err);
}

/* Its callers are not looked at. */
static enum wr_catch
catches(void *data, struct wr_step *s, enum wr_trigger trigger,
        const char *code)
{
    (void)data, (void)s, (void)trigger, (void)code;

    return WR_CATCH_NOT;
}

static int
fits(void *data, struct wr_step *s, int node, const struct wr_event *ev,
     struct wr_err *err)
{
    const struct trial *t = data;

    return wr_task_fits(t->rt, t->definition, s->instance, node, ev, err);
}

static int
takes(void *data, struct wr_step *s, const struct wr_uuid *definition,
      const struct wr_value *given, const struct wr_value **out,
      struct wr_err *err)
{
    const struct trial *t = data;

    return wr_definition_takes(t->rt, definition, t->definition->row.tenant,
                               s->arena, given, out, err);
}

static int
try_step(struct trial *t, const struct wr_command *c, struct wr_arena *a,
         struct wr_instance *instance, struct wr_effects *fx,
         struct wr_err *err)
{
    const struct wr_runtime_options *o = &t->rt->o;
    int64_t now = wr_clock_now(o->clock);
    int bucket = wr_uuid_bucket(&c->instance);
    struct wr_event ev = c->event;
    struct wr_outside outside = { .data = t,
                                  .resolve = resolve,
                                  .decides = decides,
                                  .catches = catches,
                                  .takes = takes,
                                  .fits = fits };
    struct wr_step s = { .model = t->definition->model,
                         .instance = instance,
                         .arena = a,
                         .budget = o->step_budget,
                         .auto_async = o->auto_async,
                         .compat = o->compat,
                         .retries = o->retries,
                         .outside = &outside };
    struct wr_holds holds;

    if (wr_runtime_holds(t->rt, t->target ? t->target : t->definition,
                         c->tenant, a, &holds, err)
        < 0)
        return err->code;
    s.holds = holds.items;
    s.n_holds = holds.n;
    if (t->target
        && wr_migration_fill(t->rt, &ev, &c->instance, t->definition, t->target,
                             a, err)
               < 0)
        return err->code;
    ev.now = now;
    ev.ids = wr_uuid_base(now, bucket);
    ev.command = wr_uuid_new(now, bucket);
    if (wr_step(&s, &ev, err) < 0) {
        t->problems = s.problems;
        t->n_problems = s.n_problems;
        return err->code;
    }
    *fx = s.effects;

    return 0;
}

static void
unref(void *definition)
{
    wr_definition_unref(definition);
}

/* The view is of the version it went to; who reads the effects needs both. */
static void
settle(struct trial *t, struct wr_arena *a, struct wr_view *out)
{
    if (!t->target)
        return;
    wr_arena_defer(a, unref, (void *)(uintptr_t)out->definition);
    out->definition = t->target;
    t->target = NULL;
}

static int
try_it(struct trial *t, const struct wr_command *c, struct wr_arena *a,
       struct wr_view *out, struct wr_effects *fx, struct wr_err *err)
{
    struct wr_instance *instance = NULL;

    if (wr_runtime_view(t->rt, &c->instance, c->tenant, a, out, err) < 0)
        return err->code;
    t->definition = out->definition;
    if (c->if_rev >= 0 && c->if_rev != out->row->rev)
        wr_fail(err, WR_EPRECONDITION, "it is at revision %lld, not %lld",
                (long long)out->row->rev, (long long)c->if_rev);
    else if (wr_runtime_decode(t->rt, t->definition->model, out->row, a,
                               &instance, err)
                 == 0
             && try_step(t, c, a, instance, fx, err) == 0) {
        out->row = &fx->instance;
        out->instance = instance;
        settle(t, a, out);
        return 0;
    }
    wr_definition_unref(out->definition);

    return err->code;
}

/* A start begins with an instance that is not there yet, and never will be. */
static int
try_start(struct trial *t, const struct wr_command *c, struct wr_arena *a,
          struct wr_view *out, struct wr_effects *fx, struct wr_err *err)
{
    struct wr_command start = *c;
    struct wr_instance *instance;

    if (wr_definition_to_start(t->rt, c->definition, c->tenant, &t->definition,
                               err)
        < 0)
        return err->code;
    start.instance = wr_uuid_new(wr_clock_now(t->rt->o.clock), t->rt->o.slot);
    instance = wr_instance_new(a, start.instance, t->definition->row.id,
                               c->tenant);
    if (wr_definition_takes(t->rt, &t->definition->row.id, c->tenant, a,
                            c->event.variables, &start.event.variables, err)
            < 0
        || try_step(t, &start, a, instance, fx, err) < 0) {
        wr_definition_unref(t->definition);
        return err->code;
    }
    *out = (struct wr_view){ .row = &fx->instance,
                             .definition = t->definition,
                             .instance = instance };

    return 0;
}

int
wr_runtime_try(struct wr_runtime *rt, const struct wr_command *c,
               struct wr_arena *a, struct wr_view *out, struct wr_effects *fx,
               struct wr_err *err)
{
    struct trial t = { .rt = rt };

    return (c->event.type == WR_EV_START ? try_start : try_it)(&t, c, a, out,
                                                               fx, err);
}

int
wr_runtime_try_migrate(struct wr_runtime *rt, const struct wr_command *c,
                       struct wr_arena *a, struct wr_view *out,
                       struct wr_effects *fx,
                       const struct wr_problem **problems, int *n,
                       struct wr_err *err)
{
    struct trial t = { .rt = rt };
    int r;

    *n = 0;
    if (wr_definition_to_start(rt, c->definition, c->tenant, &t.target, err)
        < 0)
        return err->code;
    r = try_it(&t, c, a, out, fx, err);
    wr_definition_unref(t.target);
    if (r != WR_EMIGRATE)
        return r;
    *problems = t.problems;
    *n = t.n_problems;

    return 0;
}
