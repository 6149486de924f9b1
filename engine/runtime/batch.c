#include "engine/runtime/batch.h"

#include <string.h>

#include "engine/runtime/outbox.h"

enum {
    CHUNK = 500 /* items of one transaction, when a batch is written */
};

static const struct wr_act acts[] = {
    { "cancel", WR_INSTANCES },
    { "suspend", WR_INSTANCES },
    { "resume", WR_INSTANCES },
    { "set-variables", WR_INSTANCES },
    { "modify", WR_INSTANCES },
    { "migrate", WR_INSTANCES },
    { "resolve-incidents", WR_INCIDENTS },
    { "retry-jobs", WR_JOBS },
    { "set-priority", WR_JOBS },
};

const struct wr_act *
wr_act_at(size_t i)
{
    return i < WR_COUNT(acts) ? &acts[i] : NULL;
}

const struct wr_act *
wr_act_named(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(acts); i++)
        if (strcmp(acts[i].name, name) == 0)
            return &acts[i];

    return NULL;
}

/* ---- writing one ---- */

static struct wr_batch_row
batch_of(const struct wr_batch_order *o, int64_t now, int slot,
         struct wr_arena *a)
{
    struct wr_str params = { .arena = a };
    struct wr_batch_row b = {
        .id = wr_uuid_base(now, slot),
        .tenant = o->tenant,
        .state = WR_BATCH_CREATING,
        .total = (int32_t)o->n,
        .created_at = now,
        .kind = o->act,
        .actor = o->actor,
    };

    wr_value_encode(&params, o->params);
    b.params = (struct wr_blob){ params.s, params.len };

    return b;
}

static int
write_head(struct wr_runtime *rt, const struct wr_batch_order *o,
           const struct wr_batch_row *b, struct wr_err *err)
{
    struct wr_idempotency_row key = { 0 };
    struct wr_change c[2] = {
        { .op = WR_OP_PUT, .noun = WR_BATCHES, .batch = b },
        { .op = WR_OP_PUT,
          .noun = WR_IDEMPOTENCIES,
          .was = b->created_at,
          .idempotency = &key },
    };

    if (o->idempotency) {
        key = *o->idempotency;
        key.answer = (struct wr_blob){ b->id.b, sizeof(b->id.b) };
    }

    return wr_runtime_change(rt, c, o->idempotency ? 2 : 1, err);
}

/* Items from..to, due never: nothing is done before all of them are there. */
static int
write_chunk(struct wr_runtime *rt, const struct wr_batch_order *o,
            const struct wr_batch_row *b, size_t from, size_t to,
            struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    size_t n = to - from;
    struct wr_batch_item_row *items = wr_newn(a, struct wr_batch_item_row, n);
    struct wr_outbox_row *owed = wr_newn(a, struct wr_outbox_row, n);
    struct wr_change *c = wr_newn(a, struct wr_change, 2 * n);

    for (size_t k = 0; k < n; k++) {
        const struct wr_uuid *target = &o->targets[from + k];
        struct wr_uuid id = wr_uuid_new(b->created_at, wr_uuid_bucket(target));

        items[k] = (struct wr_batch_item_row){ .id = id,
                                               .batch = b->id,
                                               .tenant = b->tenant,
                                               .number = (int32_t)(from + k),
                                               .target = *target };
        owed[k] = (struct wr_outbox_row){ .id = id,
                                          .due_at = WR_NEVER,
                                          .created_at = b->created_at,
                                          .expires_at = WR_NEVER,
                                          .tenant = b->tenant,
                                          .kind = WR_OUT_ITEM,
                                          .definition = b->id,
                                          .target = *target,
                                          .name = "" };
        c[2 * k] = (struct wr_change){ .op = WR_OP_PUT,
                                       .noun = WR_BATCH_ITEMS,
                                       .batch_item = &items[k] };
        c[2 * k + 1] = (struct wr_change){ .op = WR_OP_PUT,
                                           .noun = WR_OUTBOXES,
                                           .outbox = &owed[k] };
    }

    return wr_runtime_change(rt, c, 2 * n, err);
}

static int
move(struct wr_runtime *rt, const struct wr_batch_row *row,
     enum wr_batch_state to, struct wr_err *err)
{
    struct wr_batch_row b = *row;
    struct wr_change c = { .op = WR_OP_PUT,
                           .noun = WR_BATCHES,
                           .was = 1 + (int64_t)row->state,
                           .batch = &b };

    b.state = to;
    b.created_at = wr_clock_now(rt->o.clock);
    b.ended_at = to == WR_BATCH_CANCELED || to == WR_BATCH_ENDED ? b.created_at
                                                                 : 0;

    return wr_runtime_change(rt, &c, 1, err);
}

int
wr_runtime_batch(struct wr_runtime *rt, const struct wr_batch_order *o,
                 struct wr_uuid *id, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_batch_row b;

    if (!wr_act_named(o->act))
        return wr_fail(err, WR_EINVALID, "'%.60s' is no act of batches",
                       o->act);
    if (o->n == 0)
        return wr_fail(err, WR_EVALUE, "the batch has no items");
    if (o->n > WR_BATCH_MOST)
        return wr_fail(err, WR_ELIMIT, "%zu items; a batch has at most %d",
                       o->n, WR_BATCH_MOST);
    b = batch_of(o, wr_clock_now(rt->o.clock), rt->o.slot, a);
    *id = b.id;
    if (write_head(rt, o, &b, err) < 0)
        return err->code;
    for (size_t from = 0; from < o->n; from += CHUNK) {
        size_t to = from + CHUNK < o->n ? from + CHUNK : o->n;

        if (write_chunk(rt, o, &b, from, to, err) < 0)
            return err->code;
    }

    return move(rt, &b, WR_BATCH_RUNNING, err);
}

/* ---- reading and steering ---- */

static int
find_batch(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
           bool counted, struct wr_arena *a, const struct wr_batch_row **out,
           struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_BATCHES, .tenant = tenant, .id = id, .state = -1
    };
    struct wr_rows rows;
    char text[WR_UUID_TEXT];

    if (!counted)
        q.batch = id;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    wr_uuid_text(id, text);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no batch '%s'", text);
    *out = rows.batches;

    return 0;
}

/* Whoever did the last item may have died before it could note the end. */
static int
note_end(struct wr_runtime *rt, const struct wr_batch_row *b,
         struct wr_err *err)
{
    int r = move(rt, b, WR_BATCH_ENDED, err);

    return r == WR_ECONFLICT || r == WR_ENOTFOUND ? 0 : r;
}

int
wr_runtime_batch_row(struct wr_runtime *rt, const struct wr_uuid *id,
                     int32_t tenant, struct wr_arena *a,
                     const struct wr_batch_row **out, struct wr_err *err)
{
    if (find_batch(rt, id, tenant, true, a, out, err) < 0)
        return err->code;
    if ((*out)->state != WR_BATCH_RUNNING || (*out)->pending)
        return 0;
    if (note_end(rt, *out, err) < 0)
        return err->code;

    return find_batch(rt, id, tenant, true, a, out, err);
}

int
wr_runtime_batch_move(struct wr_runtime *rt, const struct wr_uuid *id,
                      int32_t tenant, enum wr_batch_state to,
                      struct wr_err *err)
{
    static const char *const words[] = { "being written", "running", "paused",
                                         "canceled", "completed" };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_batch_row *b;
    bool good;

    if (wr_runtime_batch_row(rt, id, tenant, a, &b, err) < 0)
        return err->code;
    good = to == WR_BATCH_PAUSED    ? b->state == WR_BATCH_RUNNING
           : to == WR_BATCH_RUNNING ? b->state == WR_BATCH_PAUSED
                                    : b->state < WR_BATCH_CANCELED;
    if (!good)
        return wr_fail(err, WR_ESTATE, "the batch is %s", words[b->state]);

    return move(rt, b, to, err);
}

/* ---- one item ---- */

static int64_t
number(const struct wr_value *params, const char *name, int64_t dflt)
{
    const struct wr_value *v = wr_value_get(params, name);
    int64_t n;

    if (!v || v->type != WR_V_NUMBER || !wr_decimal_to_int(v->number, &n))
        return dflt;

    return n;
}

static const char *
text(const struct wr_value *params, const char *name)
{
    const struct wr_value *v = wr_value_get(params, name);

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

static bool
flag(const struct wr_value *params, const char *name)
{
    const struct wr_value *v = wr_value_get(params, name);

    return v && v->type == WR_V_BOOL && v->boolean;
}

static void
act_on_job(const char *act, const struct wr_value *params,
           const struct wr_uuid *target, struct wr_event *ev)
{
    ev->target = *target;
    if (strcmp(act, "resolve-incidents") == 0) {
        ev->type = WR_EV_INCIDENT_RESOLVE;
        ev->retries = (int32_t)number(params, "retries", 0);
        ev->variables = wr_value_get(params, "variables");
        ev->skip = flag(params, "skip");
        return;
    }
    ev->type = WR_EV_JOB_CHANGE;
    ev->retries = (int32_t)number(params, "retries", 1);
    ev->priority = (int32_t)number(params, "priority", 0);
    ev->change = strcmp(act, "retry-jobs") == 0 ? WR_CHANGE_RETRIES
                                                : WR_CHANGE_PRIORITY;
}

static void
act_on_instance(const char *act, const struct wr_value *params,
                struct wr_event *ev)
{
    static const struct {
        const char *act;
        enum wr_event_type type;
    } types[] = {
        { "cancel", WR_EV_CANCEL }, { "suspend", WR_EV_SUSPEND },
        { "resume", WR_EV_RESUME }, { "set-variables", WR_EV_SET_VARIABLES },
        { "modify", WR_EV_MODIFY }, { "migrate", WR_EV_MIGRATE },
    };

    for (size_t i = 0; i < WR_COUNT(types); i++)
        if (strcmp(types[i].act, act) == 0)
            ev->type = types[i].type;
    ev->text = text(params, "reason");
    ev->plan = wr_value_get(params, "plan");
    ev->catch_up = flag(params, "catchUp");
    if (ev->type == WR_EV_SET_VARIABLES)
        ev->variables = wr_value_get(params, "variables");
}

static int
command_of(const struct wr_batch_row *b, const struct wr_outbox_row *row,
           struct wr_arena *a, struct wr_command *out, struct wr_err *err)
{
    const struct wr_act *act = wr_act_named(b->kind);
    const struct wr_value *params = NULL;

    if (!act)
        return wr_fail(err, WR_ECORRUPT, "a batch of act '%.60s'", b->kind);
    if (wr_value_decode(a, b->params.p, b->params.len, &params, err) < 0)
        return err->code;
    *out = (struct wr_command){ .tenant = b->tenant,
                                .if_rev = -1,
                                .outbox = row->id,
                                .event = { .actor = b->actor } };
    if (act->noun != WR_INSTANCES) {
        act_on_job(b->kind, params, &row->target, &out->event);
        return 0;
    }
    out->instance = row->target;
    out->definition = text(params, "definition");
    act_on_instance(b->kind, params, &out->event);

    return 0;
}

/* Somebody else may have done it, or the batch stands still now. */
int
wr_batch_item_failed(struct wr_runtime *rt, const struct wr_outbox_row *row,
                     const struct wr_err *why, struct wr_err *err)
{
    struct wr_batch_item_row item = { .id = row->id,
                                      .batch = row->definition,
                                      .tenant = row->tenant,
                                      .state = WR_ITEM_FAILED,
                                      .at = wr_clock_now(rt->o.clock),
                                      .target = row->target,
                                      .code = wr_code_problem(why->code),
                                      .message = why->text };
    struct wr_change c[] = {
        { .op = WR_OP_DEL,
          .noun = WR_OUTBOXES,
          .was = row->due_at,
          .outbox = row },
        { .op = WR_OP_PUT,
          .noun = WR_BATCH_ITEMS,
          .was = 1,
          .batch_item = &item },
    };
    int r = wr_runtime_change(rt, c, WR_COUNT(c), err);

    return r == WR_ECONFLICT ? 0 : r;
}

static int
look_for_end(struct wr_runtime *rt, const struct wr_batch_row *b,
             struct wr_arena *a, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_OUTBOXES,
                          .tenant = b->tenant,
                          .batch = &b->id,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (b->state != WR_BATCH_RUNNING)
        return 0;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;

    return rows.n ? 0 : note_end(rt, b, err);
}

int
wr_batch_item(struct wr_runtime *rt, const struct wr_outbox_row *row,
              struct wr_arena *a, int *n_done, struct wr_err *err)
{
    const struct wr_batch_row *b;
    struct wr_outcome outcome;
    struct wr_command c;
    struct wr_err why;
    int r;

    if (row->due_at >= WR_NEVER) /* paused, or not all of them are there */
        return 0;
    if (find_batch(rt, &row->definition, row->tenant, false, a, &b, err) < 0
        || command_of(b, row, a, &c, err) < 0)
        return err->code;
    r = wr_runtime_call(rt, &c, a, &outcome, err);
    *n_done += r == 0;
    if (r == WR_ELEASE)
        return 0;
    if (r < 0 && wr_code_retryable((enum wr_code)r))
        return r;
    why = *err;
    if (r < 0 && wr_batch_item_failed(rt, row, &why, err) < 0)
        return err->code;

    return look_for_end(rt, b, a, err);
}
