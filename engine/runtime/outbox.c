/*
 * outbox: what committed steps owe to others (SEMANTICS S14, S15).
 *
 *     signal    one row for each who waits for it, and for each start of it
 *     message   to the one that waits, executions before starts
 *     deliver   a command whose commit deletes the row
 *     start     the same
 *
 * The row goes with the commit it led to, so each happens once however often it
 * is tried and by whomever (owed.c).  A message nobody waits for is tried again
 * until it has expired.  What is for a suspended instance waits until that is
 * resumed, which writes its subscriptions again.
 */
#include "engine/runtime/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "engine/runtime/seek.h"

enum {
    LOOKS = 20,      /* at who waits for a message */
    FIRST_MS = 1000, /* between tries of a message; doubled each time */
    LAST_MS = 60000,
};

/* It cannot happen any more: who waited is gone, or cannot take it. */
static bool
is_gone(int code)
{
    return code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_EVALUE;
}

/* ---- one row ---- */

static int
drop(struct wr_runtime *rt, const struct wr_outbox_row *row, struct wr_err *err)
{
    struct wr_change c = {
        .op = WR_OP_DEL, .noun = WR_OUTBOXES, .was = row->due_at, .outbox = row
    };
    int r = wr_runtime_change(rt, &c, 1, err);

    return r == WR_ECONFLICT ? 0 : r; /* somebody else did */
}

static int
payload(const struct wr_outbox_row *row, struct wr_arena *a,
        const struct wr_value **out, struct wr_err *err)
{
    *out = NULL;
    if (row->payload.len == 0)
        return 0;

    return wr_value_decode(a, row->payload.p, row->payload.len, out, err);
}

/* The id of the element to start at, in `a`; NULL when it is gone. */
static int
start_element(struct wr_runtime *rt, const struct wr_outbox_row *row,
              struct wr_arena *a, const char **out, struct wr_err *err)
{
    const struct wr_definition *d;
    int node;

    if (wr_definition_by_id(rt, &row->definition, row->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, row->element);
    *out = node < 0 ? NULL : wr_arena_strdup(a, d->model->nodes[node].id);
    wr_definition_unref(d);
    if (!*out)
        return wr_fail(err, WR_ENOTFOUND, "the start event is gone");

    return 0;
}

static int
command_of(struct wr_runtime *rt, const struct wr_outbox_row *row,
           struct wr_arena *a, struct wr_command *out, struct wr_err *err)
{
    char id[WR_UUID_TEXT];

    *out = (struct wr_command){ .tenant = row->tenant,
                                .if_rev = -1,
                                .outbox = row->id };
    if (payload(row, a, &out->event.variables, err) < 0)
        return err->code;
    if (row->kind == WR_OUT_DELIVER) {
        out->event.type = WR_EV_MESSAGE;
        out->event.target = row->target;
        out->instance = row->instance;
        return 0;
    }
    out->event.type = WR_EV_START;
    out->event.triggered = true;
    out->event.unasked = true;
    out->event.happened = row->name[0] ? WR_TRIGGER_SIGNAL : WR_TRIGGER_TIMER;
    out->event.happened_name = row->name;
    out->event.business_key = row->business_key;
    wr_uuid_text(&row->definition, id);
    out->definition = wr_arena_strdup(a, id);

    return start_element(rt, row, a, &out->event.start_at, err);
}

/* ---- what cannot happen yet ---- */

static int
put_off(struct wr_runtime *rt, const struct wr_outbox_row *row,
        struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock), wait = now - row->created_at;
    struct wr_outbox_row later = *row;
    struct wr_change c = { .op = WR_OP_PUT,
                           .noun = WR_OUTBOXES,
                           .was = row->due_at,
                           .outbox = &later };
    int r;

    if (wait < FIRST_MS)
        wait = FIRST_MS;
    later.due_at = now + (wait < LAST_MS ? wait : LAST_MS);
    if (later.due_at <= row->due_at)
        later.due_at = row->due_at + 1;
    r = wr_runtime_change(rt, &c, 1, err);
    if (r == WR_ECONFLICT)
        return 0;
    if (r == 0)
        wr_outbox_park(rt, &later);

    return r;
}

/* Nobody waits for it yet. */
static int
try_later(struct wr_runtime *rt, const struct wr_outbox_row *row,
          struct wr_err *err)
{
    if (wr_clock_now(rt->o.clock) >= row->expires_at)
        return drop(rt, row, err);

    return put_off(rt, row, err);
}

/* It cannot happen, or not before its instance is resumed (S28).  Who waited may
 * be gone; values that nobody takes are somebody's mistake. */
static int
refused(struct wr_runtime *rt, const struct wr_outbox_row *row,
        const struct wr_err *why, struct wr_err *err)
{
    if (row->kind == WR_OUT_DELIVER && why->code == WR_ESTATE)
        return put_off(rt, row, err);
    if (why->code == WR_EVALUE && rt->o.refused)
        rt->o.refused(rt->o.refused_data, row, why);

    return drop(rt, row, err);
}

static const struct wr_err *
copy_err(struct wr_arena *a, const struct wr_err *err)
{
    struct wr_err *copy = wr_new(a, struct wr_err);

    *copy = *err;

    return copy;
}

int
wr_outbox_run(struct wr_runtime *rt, const struct wr_outbox_row *rows, size_t n,
              struct wr_arena *a, int *n_done, struct wr_err *err)
{
    struct wr_call *calls = wr_newn(a, struct wr_call, n);
    const struct wr_outbox_row **of = wr_newn(a, const struct wr_outbox_row *,
                                              n);
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        int r = command_of(rt, &rows[i], a, &calls[k].command, err);

        if (r == 0)
            of[k++] = &rows[i];
        else if (!is_gone(r))
            return r;
        else if (refused(rt, &rows[i], copy_err(a, err), err) < 0)
            return err->code;
    }
    wr_runtime_call_many(rt, calls, k, a);
    for (size_t i = 0; i < k; i++) {
        *n_done += calls[i].err.code == WR_OK;
        if (is_gone(calls[i].err.code)
            && refused(rt, of[i], &calls[i].err, err) < 0)
            return err->code;
    }

    return 0;
}

/* ---- messages ---- */

/* A message with a key is not looked into: the sender knows. */
static int
seek_of(const struct wr_outbox_row *row, struct wr_arena *a,
        struct wr_seek *out, struct wr_err *err)
{
    *out = (struct wr_seek){ .name = row->name,
                             .key = row->key,
                             .to = row->business_key,
                             .thrown_at = row->created_at,
                             .tenant = row->tenant,
                             .oldest = true };

    return row->key ? 0 : payload(row, a, &out->variables, err);
}

/* Who waits longest, else a start; NULL: nobody. */
static int
find_waiting(struct wr_runtime *rt, const struct wr_seek *k, struct wr_arena *a,
             const struct wr_subscription_row **out, struct wr_err *err)
{
    struct wr_sought l;

    if (wr_seek_executions(rt, k, a, &l, err) < 0
        || (l.n == 0 && wr_seek_starts(rt, k, a, &l, err) < 0))
        return err->code;
    *out = l.n ? l.items[0] : NULL;

    return 0;
}

/* The same message for `s`. */
static struct wr_outbox_row
row_for(const struct wr_outbox_row *row, const struct wr_subscription_row *s)
{
    struct wr_outbox_row one = *row;
    bool start = wr_uuid_is_zero(&s->instance);

    one.instance = s->instance;
    one.definition = s->definition;
    one.target = s->id;
    one.element = s->element;
    one.business_key = NULL;
    one.kind = start ? WR_OUT_START : WR_OUT_DELIVER;

    return one;
}

/* The command that gives `one` to `s`. */
static int
handing(struct wr_runtime *rt, const struct wr_outbox_row *one,
        const struct wr_subscription_row *s, const struct wr_seek *k,
        struct wr_arena *a, struct wr_command *out, struct wr_err *err)
{
    bool start = one->kind == WR_OUT_START;

    if (command_of(rt, one, a, out, err) < 0)
        return err->code;
    out->event.happened = WR_TRIGGER_MESSAGE;
    out->event.key = one->key;

    return start ? wr_message_singleton(rt, s, k, a, &out->event.singleton, err)
                 : 0;
}

static int
send_message(struct wr_runtime *rt, const struct wr_outbox_row *row,
             struct wr_arena *a, int *n_done, struct wr_err *err)
{
    const struct wr_subscription_row *s = NULL;
    struct wr_seek k;

    if (seek_of(row, a, &k, err) < 0)
        return err->code;
    for (int look = 0; look < LOOKS; look++) {
        struct wr_outbox_row one;
        struct wr_command c;
        struct wr_outcome outcome;
        int r;

        r = find_waiting(rt, &k, a, &s, err);
        if (r == WR_EVALUE)
            return refused(rt, row, copy_err(a, err), err);
        if (r < 0)
            return r;
        if (!s)
            return try_later(rt, row, err);
        one = row_for(row, s);
        r = handing(rt, &one, s, &k, a, &c, err);
        if (r == 0)
            r = wr_runtime_call(rt, &c, a, &outcome, err);
        *n_done += r == 0;
        if (r == 0 || r == WR_ELEASE)
            return 0;
        if (r == WR_EVALUE)
            return refused(rt, &one, copy_err(a, err), err);
        if (!is_gone(r))
            return r;
    }

    return try_later(rt, row, err);
}

/* ---- any ---- */

int
wr_outbox_settle(struct wr_runtime *rt, const struct wr_outbox_row *row,
                 struct wr_arena *a, int *n_done, struct wr_err *err)
{
    switch (row->kind) {
    case WR_OUT_SIGNAL:
        return wr_outbox_spread(rt, row, a, n_done, err);
    case WR_OUT_MESSAGE:
        return send_message(rt, row, a, n_done, err);
    case WR_OUT_HOLDS:
    case WR_OUT_SUSPEND:
    case WR_OUT_RESUME:
        return wr_holds_tell(rt, row, a, err);
    case WR_OUT_DELIVER:
    case WR_OUT_START:
        return wr_outbox_run(rt, row, 1, a, n_done, err);
    }

    return wr_fail(err, WR_ECORRUPT, "an outbox row of kind %d",
                   (int)row->kind);
}

static int
find_row(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
         struct wr_arena *a, const struct wr_outbox_row **out,
         struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_OUTBOXES, .tenant = tenant, .id = id, .state = -1
    };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "it was settled before");
    *out = rows.outboxes;

    return 0;
}

int
wr_runtime_settle(struct wr_runtime *rt, const struct wr_uuid *id,
                  int32_t tenant, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_outbox_row *row = NULL;
    int n = 0;

    if (find_row(rt, id, tenant, a, &row, err) < 0)
        return err->code;

    return wr_outbox_settle(rt, row, a, &n, err);
}
