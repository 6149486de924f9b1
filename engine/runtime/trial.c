/* trial: what a command would do, without doing it. */
#include "engine/runtime/slot.h"

struct trial {
    struct wr_runtime *rt;
    const struct wr_definition *definition;
};

static int
resolve(void *data, struct wr_step *s, struct wr_callee *c, struct wr_err *err)
{
    const struct trial *t = data;

    (void)s;

    return wr_definition_called(t->rt, &t->definition->row, c, err);
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
try_step(const struct trial *t, const struct wr_command *c, struct wr_arena *a,
         struct wr_instance *instance, struct wr_effects *fx,
         struct wr_err *err)
{
    const struct wr_runtime_options *o = &t->rt->o;
    int64_t now = wr_clock_now(o->clock);
    int bucket = wr_uuid_bucket(&c->instance);
    struct wr_event ev = c->event;
    struct wr_outside outside = { .data = (void *)(uintptr_t)t,
                                  .resolve = resolve,
                                  .catches = catches };
    struct wr_step s = { .model = t->definition->model,
                         .instance = instance,
                         .arena = a,
                         .budget = o->step_budget,
                         .auto_async = o->auto_async,
                         .outside = &outside };

    ev.now = now;
    ev.ids = wr_uuid_new(now, bucket);
    ev.command = wr_uuid_new(now, bucket);
    if (wr_step(&s, &ev, err) < 0)
        return err->code;
    *fx = s.effects;

    return 0;
}

int
wr_runtime_try(struct wr_runtime *rt, const struct wr_command *c,
               struct wr_arena *a, struct wr_view *out, struct wr_effects *fx,
               struct wr_err *err)
{
    struct trial t = { .rt = rt };
    struct wr_instance *instance = NULL;

    if (wr_runtime_view(rt, &c->instance, c->tenant, a, out, err) < 0)
        return err->code;
    t.definition = out->definition;
    if (c->if_rev >= 0 && c->if_rev != out->row->rev)
        wr_fail(err, WR_EPRECONDITION, "it is at revision %lld, not %lld",
                (long long)out->row->rev, (long long)c->if_rev);
    else if (wr_instance_decode(a, t.definition->model, out->row, &instance,
                                err)
                 == 0
             && try_step(&t, c, a, instance, fx, err) == 0) {
        out->row = &fx->instance;
        out->instance = instance;
        return 0;
    }
    wr_definition_unref(out->definition);

    return err->code;
}
