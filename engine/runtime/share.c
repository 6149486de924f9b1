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
load_row(struct wr_runtime *rt, struct wr_share *w, struct wr_err *err)
{
    struct wr_hot *hot = wr_hot_find(rt, &w->instance);
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = w->requests->command.tenant,
                          .id = &w->instance,
                          .state = -1,
                          .limit = 1 };
    char text[WR_UUID_TEXT];
    struct wr_rows rows;

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

static int
load(struct wr_runtime *rt, struct wr_share *w, struct wr_err *err)
{
    struct wr_request *r = w->requests;

    w->arena = wr_arena_new(1024);
    if (!wr_request_is_start(r))
        return load_row(rt, w, err);
    w->definition = r->definition;
    wr_definition_ref(w->definition);
    w->check_latest = r->latest;
    w->row = (struct wr_instance_row){ .id = w->instance,
                                       .definition = w->definition->row.id,
                                       .tenant = r->command.tenant };

    return 0;
}

void
wr_share_unload(struct wr_share *w)
{
    wr_result_unref(w->result);
    wr_definition_unref(w->definition);
    if (w->arena)
        wr_arena_free(w->arena);
    w->result = NULL;
    w->definition = NULL;
    w->arena = NULL;
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
fresh_step(struct wr_runtime *rt, struct wr_share *w, struct wr_step *s,
           struct wr_err *err)
{
    wr_result_unref(w->result);
    w->result = wr_result_new();
    *s = (struct wr_step){
        .model = w->definition->model,
        .arena = w->result->arena,
        .budget = rt->o.step_budget,
        .auto_async = rt->o.auto_async,
        .shuffle = rt->o.shuffle,
        .handler = rt->o.handler,
        .handler_data = rt->o.handler_data,
    };
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
    return code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_EVALUE;
}

/* Does `r` have to wait for the next batch?  An item has room for one lease and
 * one idempotency row, a step that was cut goes on before anything else, and
 * nobody pays for the memory of those before. */
static bool
must_wait(const struct wr_runtime *rt, const struct wr_share *w,
          const struct wr_request *r)
{
    if (w->n_stepped == 0)
        return false;
    if (rt->o.step_memory
        && wr_arena_used(w->result->arena) > rt->o.step_memory / 4)
        return true;
    if (w->cut || r->alone || w->requests->alone)
        return true;
    if (w->idempotency && r->command.idempotency)
        return true;

    return !wr_uuid_is_zero(&w->lease) && !wr_uuid_is_zero(&r->command.lease);
}

static void
stepped(struct wr_share *w, struct wr_request *r, const struct wr_step *s)
{
    w->n_stepped++;
    w->cut = s->cut;
    r->created = s->created;
    if (!wr_uuid_is_zero(&r->command.lease)) {
        w->job = r->command.event.target;
        w->lease = r->command.lease;
    }
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

/*
 * Step the requests in order; false when they must be stepped again from the
 * start: one broke the instance and was taken out, or a copy in memory refused
 * one.  A stale copy shows at a commit, but a refusal commits nothing.
 */
static bool
step_requests(struct wr_runtime *rt, struct wr_share *w, struct wr_step *s,
              struct wr_err *err)
{
    struct wr_request **at = &w->requests;
    int64_t rev = w->row.rev;

    while (*at && !must_wait(rt, w, *at)) {
        struct wr_request *r = *at;

        if (check(w, r, rev, err) < 0) {
            if (w->from_memory)
                return false;
            take_out(rt, w, at, err);
            continue;
        }
        rt->pending.steps++;
        if (wr_step(s, &r->command.event, err) < 0) {
            bool clean = is_clean_refusal(err->code);

            if (w->from_memory)
                return false;
            take_out(rt, w, at, err);
            if (!clean)
                return false;
            continue;
        }
        stepped(w, r, s);
        rev = s->effects.instance.rev;
        at = &r->next;
    }
    w->result->effects = s->effects;

    return true;
}

static bool
step_once(struct wr_runtime *rt, struct wr_share *w, struct wr_err *err)
{
    struct wr_step s;

    w->n_stepped = 0;
    w->cut = false;
    w->lease = (struct wr_uuid){ { 0 } };
    w->idempotency = NULL;
    if (fresh_step(rt, w, &s, err) < 0) {
        refuse_all(rt, w, err);
        return true;
    }

    return step_requests(rt, w, &s, err);
}

/* The copy in memory refused: ask the store. */
static int
reload(struct wr_runtime *rt, struct wr_share *w, struct wr_err *err)
{
    wr_share_unload(w);
    wr_hot_drop(rt, &w->instance);
    w->from_memory = false;
    w->n_stepped = 0;

    return load(rt, w, err);
}

void
wr_share_step(struct wr_runtime *rt, struct wr_share *w)
{
    struct wr_err err = { 0 };
    bool done = false;

    if (load(rt, w, &err) < 0) {
        refuse_all(rt, w, &err);
        return;
    }
    while (w->requests && !done) {
        done = step_once(rt, w, &err);
        if (!done && w->from_memory && reload(rt, w, &err) < 0) {
            refuse_all(rt, w, &err);
            done = true;
        }
    }
}
