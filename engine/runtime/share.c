/* share: load one instance and step the commands that wait for it. */
#include "engine/runtime/share.h"

#include <stdlib.h>

bool
wr_request_is_start(const struct wr_request *r)
{
    return r->command.event.type == WR_EV_START;
}

static void
refuse_all(struct wr_runtime *rt, struct wr_share *w, const struct wr_err *err)
{
    while (w->requests) {
        struct wr_request *r = w->requests;

        w->requests = r->next;
        wr_request_refuse(rt, r, err);
    }
    w->end = &w->requests;
    w->n_stepped = 0;
}

/* ---- loading ---- */

static int
load(struct wr_share *w, int32_t tenant, struct wr_err *err)
{
    struct wr_runtime *rt = w->rt;
    struct wr_hot *hot = wr_hot_trusted(rt, &w->instance);
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = tenant,
                          .id = &w->instance,
                          .state = -1,
                          .limit = 1 };
    char text[WR_UUID_TEXT];
    struct wr_rows rows;

    w->arena = wr_arena_new(1024);
    if (hot) {
        w->row = hot->row; /* outlives the step: only a commit replaces it */
        w->definition = hot->definition;
        wr_definition_ref(w->definition);
        w->from_memory = true;
        return 0;
    }
    rt->pending.reloads++;
    wr_uuid_text(&w->instance, text);
    if (wr_slot_find(rt, &q, w->arena, &rows, err) < 0)
        return wr_wrap(err, "instance '%s'", text);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", text);
    w->row = rows.instances[0];

    return wr_definition_by_id(rt, &w->row.definition, w->row.tenant,
                               &w->definition, err);
}

/* Takes the reference over. */
static void
load_new(struct wr_share *w, const struct wr_definition *d, int32_t tenant,
         bool latest)
{
    w->definition = d;
    w->check = latest ? WR_CHECK_LATEST : WR_CHECK_ACTIVE;
    w->row = (struct wr_instance_row){ .id = w->instance,
                                       .definition = d->row.id,
                                       .tenant = tenant };
}

static int
load_for(struct wr_share *w, const struct wr_request *r, struct wr_err *err)
{
    if (!wr_request_is_start(r))
        return load(w, r->command.tenant, err);
    wr_definition_ref(r->definition);
    load_new(w, r->definition, r->command.tenant, r->latest);

    return 0;
}

void
wr_share_unload(struct wr_share *w)
{
    wr_result_unref(w->result);
    wr_definition_unref(w->definition);
    wr_definition_unref(w->became);
    if (w->arena)
        wr_arena_free(w->arena);
    w->result = NULL;
    w->definition = w->became = NULL;
    w->arena = NULL;
    w->said = NULL;
    w->decided = NULL;
    w->from_memory = false;
    w->n_stepped = w->n_told = 0;
}

/* ---- stepping ---- */

static int
check(const struct wr_share *w, const struct wr_request *r, int64_t rev,
      struct wr_err *err)
{
    const struct wr_command *c = &r->command;
    char text[WR_UUID_TEXT];

    wr_uuid_text(&w->instance, text);
    if (c->tenant != w->row.tenant)
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", text);
    if (c->if_rev >= 0 && c->if_rev != rev)
        return wr_fail(err, WR_EPRECONDITION,
                       "instance '%s' is at revision %lld, not %lld", text,
                       (long long)rev, (long long)c->if_rev);

    return 0;
}

static int
fresh_step(struct wr_share *w, struct wr_err *err)
{
    struct wr_runtime *rt = w->rt;
    struct wr_step *s = &w->step;
    struct wr_holds holds;

    wr_result_unref(w->result);
    wr_definition_unref(w->became);
    w->became = NULL;
    w->said = NULL;
    w->decided = NULL;
    w->result = wr_result_new();
    *s = (struct wr_step){
        .model = w->definition->model,
        .arena = w->result->arena,
        .budget = rt->o.step_budget,
        .auto_async = rt->o.auto_async,
        .compat = rt->o.compat,
        .retries = rt->o.retries,
        .notices = rt->o.notices,
        .limits = &rt->o.limits,
        .shuffle = rt->o.shuffle,
        .spill_from = rt->o.spill_from,
        .handler = rt->o.handler,
        .handler_data = rt->o.handler_data,
        .outside = &w->outside,
    };
    wr_holds_of(rt, w->definition, s->arena, &holds);
    s->holds = holds.items;
    s->n_holds = holds.n;
    wr_arena_set_cap(s->arena, rt->o.step_memory);
    if (w->row.rev > 0)
        return wr_instance_decode(s->arena, s->model, &w->row, &s->instance,
                                  err);
    s->instance = wr_instance_new(s->arena, w->instance, w->row.definition,
                                  w->row.tenant);

    return 0;
}

/* These leave the instance as it was; after others it is undefined. */
static bool
is_clean_refusal(int code)
{
    return code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_EVALUE
           || code == WR_EMIGRATE || code == WR_EHELD || code == WR_EFORBIDDEN;
}

/* Does `r` have to wait for the next batch?  An item has room for one lease and
 * one idempotency row, a step that was cut has had its share of time, an item
 * knows two versions at most, and nobody pays for the memory of those before. */
static bool
must_wait(const struct wr_runtime *rt, const struct wr_share *w,
          const struct wr_request *r)
{
    if (w->n_stepped == 0)
        return false;
    if (rt->o.step_memory
        && wr_arena_used(w->result->arena) > rt->o.step_memory / 4)
        return true;
    if (w->cut || w->became || r->alone || w->requests->alone)
        return true;
    if (w->idempotency && r->command.idempotency)
        return true;

    return (!wr_uuid_is_zero(&w->lease) || !wr_uuid_is_zero(&w->outbox))
           && (!wr_uuid_is_zero(&r->command.lease)
               || !wr_uuid_is_zero(&r->command.outbox));
}

static void
listen(struct wr_share *w, const struct wr_event *ev)
{
    struct wr_said **end = &w->said;

    while (*end)
        end = &(*end)->next;
    for (const struct wr_sent *s = w->step.sent; s; s = s->next) {
        *end = wr_new(w->result->arena, struct wr_said);
        **end = (struct wr_said){ .sent = s, .cause = ev };
        end = &(*end)->next;
    }
    w->cut = w->step.cut;
    wr_spent_add(w);
    w->result->effects = w->step.effects;
}

static void
stepped(struct wr_share *w, struct wr_request *r)
{
    w->n_stepped++;
    if (r->command.event.type == WR_EV_MIGRATE) {
        w->became = r->definition;
        wr_definition_ref(w->became);
    }
    listen(w, &r->command.event);
    r->created = w->step.created;
    if (!wr_uuid_is_zero(&r->command.lease)) {
        w->job = r->command.event.target;
        w->lease = r->command.lease;
    }
    if (!wr_uuid_is_zero(&r->command.outbox))
        w->outbox = r->command.outbox;
    if (r->command.idempotency)
        w->idempotency = r->command.idempotency;
}

/* Take the request at `at` out and tell its caller. */
static void
take_out(struct wr_runtime *rt, struct wr_share *w, struct wr_request **at,
         const struct wr_err *err)
{
    struct wr_request *r = *at;

    *at = r->next;
    if (!*at)
        w->end = at;
    wr_request_refuse(rt, r, err);
}

/* It takes the instance where other elements are suspended. */
static int
migrate_one(struct wr_share *w, struct wr_request *r, struct wr_err *err)
{
    struct wr_event *ev = &r->command.event;
    struct wr_step *s = &w->step;
    const struct wr_hold *had = s->holds;
    int n_had = s->n_holds;
    struct wr_holds there;

    if (wr_migration_fill(w->rt, ev, &w->instance, w->definition, r->definition,
                          w->result->arena, err)
        < 0)
        return err->code;
    wr_holds_of(w->rt, r->definition, s->arena, &there);
    s->holds = there.items;
    s->n_holds = there.n;
    if (wr_step(s, ev, err) == 0)
        return 0;
    s->holds = had;
    s->n_holds = n_had;

    return err->code;
}

static int
step_one(struct wr_share *w, struct wr_request *r, struct wr_err *err)
{
    if (r->command.event.type == WR_EV_MIGRATE)
        return migrate_one(w, r, err);
    if (wr_job_fill(w->rt, &r->command.event, r->command.tenant,
                    w->result->arena, err)
        < 0)
        return err->code;

    return wr_step(&w->step, &r->command.event, err);
}

/* It happened after all, by a commit whose outcome was not known. */
static bool
was_done(struct wr_runtime *rt, struct wr_request *r)
{
    bool happened = false;
    struct wr_err err;

    return r->tried
           && wr_effects_happened(rt, &r->tried->effects, &happened, &err) == 0
           && happened;
}

static void
take_done(struct wr_runtime *rt, struct wr_share *w, struct wr_request **at)
{
    struct wr_request *r = *at;

    *at = r->next;
    if (!*at)
        w->end = at;
    r->err.code = WR_OK;
    r->result = wr_steal(r->tried);
    wr_request_answer(rt, r);
}

/*
 * Step the requests in order; false when they must be stepped again from the
 * start: one broke the instance and was taken out, or a copy in memory refused
 * one.  A stale copy shows at a commit, but a refusal commits nothing.
 */
static bool
step_requests(struct wr_share *w, struct wr_err *err)
{
    struct wr_runtime *rt = w->rt;
    struct wr_request **at = &w->requests;
    int64_t rev = w->n_told ? w->step.effects.instance.rev : w->row.rev;

    while (*at && !must_wait(rt, w, *at)) {
        struct wr_request *r = *at;

        if (was_done(rt, r)) {
            take_done(rt, w, at);
            continue;
        }
        if (check(w, r, rev, err) < 0) {
            if (w->from_memory)
                return false;
            take_out(rt, w, at, err);
            continue;
        }
        rt->pending.steps++;
        if (step_one(w, r, err) < 0) {
            bool clean = !w->step.broken && is_clean_refusal(err->code);

            if (w->from_memory
                || ((err->code == WR_EHELD
                     || r->command.event.type == WR_EV_HOLDS)
                    && wr_holds_renewed(rt)))
                return false;
            take_out(rt, w, at, err);
            if (!clean)
                return false;
            continue;
        }
        stepped(w, r);
        rev = w->step.effects.instance.rev;
        at = &r->next;
    }

    return true;
}

static bool
step_once(struct wr_share *w, struct wr_err *err)
{
    w->n_stepped = 0;
    w->cut = false;
    w->lease = (struct wr_uuid){ { 0 } };
    w->outbox = (struct wr_uuid){ { 0 } };
    w->idempotency = NULL;
    if (fresh_step(w, err) < 0) {
        refuse_all(w->rt, w, err);
        return true;
    }

    return step_requests(w, err);
}

/* The copy in memory refused: ask the store. */
static int
reload(struct wr_share *w, struct wr_err *err)
{
    wr_share_unload(w);
    wr_hot_drop(w->rt, &w->instance);

    return load_for(w, w->requests, err);
}

void
wr_share_step(struct wr_share *w)
{
    struct wr_err err = { 0 };
    bool done = false;

    if (w->broken || !w->requests)
        return;
    if (w->result) { /* its family was there first */
        if (!step_requests(w, &err))
            wr_family_break(w);
        return;
    }
    if (load_for(w, w->requests, &err) < 0) {
        refuse_all(w->rt, w, &err);
        return;
    }
    while (w->requests && !done) {
        done = step_once(w, &err);
        if (!done && w->from_memory && reload(w, &err) < 0) {
            refuse_all(w->rt, w, &err);
            done = true;
        }
    }
}

/* ---- for its family ---- */

int
wr_share_open(struct wr_share *w, int32_t tenant, struct wr_err *err)
{
    if (load(w, tenant, err) < 0 || fresh_step(w, err) < 0) {
        wr_share_unload(w);
        return err->code;
    }

    return 0;
}

void
wr_share_open_new(struct wr_share *w, const struct wr_definition *d,
                  int32_t tenant, bool latest)
{
    struct wr_err err;

    load_new(w, d, tenant, latest);
    if (fresh_step(w, &err) < 0)
        abort(); /* there is nothing to decode */
}

int
wr_share_tell(struct wr_share *w, const struct wr_event *ev, int budget,
              struct wr_err *err)
{
    int r;

    w->rt->pending.steps++;
    w->step.budget = budget;
    r = wr_step(&w->step, ev, err);
    w->step.budget = w->rt->o.step_budget;
    if (r < 0)
        return r;
    w->n_told++;
    listen(w, ev);

    return 0;
}
