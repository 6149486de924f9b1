/*
 * outbox: what committed steps owe to others (SEMANTICS S14, S15).
 *
 *     signal    one row for each who waits for it, and for each start of it
 *     message   to the one that waits, executions before starts (buffer.c)
 *     match     messages that wait, to whoever waits for them (match.c)
 *     deliver   a command whose commit deletes the row
 *     start     the same
 *
 * The row goes with the commit it led to, so each happens once however often it
 * is tried and by whomever (owed.c).  A message nobody waits for is kept in the
 * store until somebody does, or it has expired.  What is for a suspended instance waits until that is
 * resumed, which writes its subscriptions again.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/give.h"

enum {
    FIRST_MS = 1000, /* between tries of what waits; doubled each time */
    LAST_MS = 60000,
};

/* It cannot happen any more: who waited is gone, or cannot take it. */
bool
wr_outbox_is_gone(int code)
{
    return code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_EVALUE;
}

/* ---- one row ---- */

int
wr_outbox_drop(struct wr_runtime *rt, const struct wr_outbox_row *row,
               struct wr_err *err)
{
    struct wr_change c = {
        .op = WR_OP_DEL, .noun = WR_OUTBOXES, .was = row->due_at, .outbox = row
    };
    int r = wr_runtime_change(rt, &c, 1, err);

    return r == WR_ECONFLICT ? 0 : r; /* somebody else did */
}

int
wr_outbox_payload(const struct wr_outbox_row *row, struct wr_arena *a,
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

int
wr_outbox_command(struct wr_runtime *rt, const struct wr_outbox_row *row,
                  struct wr_arena *a, struct wr_command *out,
                  struct wr_err *err)
{
    char id[WR_UUID_TEXT];

    *out = (struct wr_command){ .tenant = row->tenant,
                                .if_rev = -1,
                                .outbox = row->id };
    if (wr_outbox_payload(row, a, &out->event.variables, err) < 0)
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

    return wr_outbox_drop(rt, row, err);
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
        int r = wr_outbox_command(rt, &rows[i], a, &calls[k].command, err);

        if (r == 0)
            of[k++] = &rows[i];
        else if (!wr_outbox_is_gone(r))
            return r;
        else if (refused(rt, &rows[i], copy_err(a, err), err) < 0)
            return err->code;
    }
    wr_runtime_call_many(rt, calls, k, a);
    for (size_t i = 0; i < k; i++) {
        *n_done += calls[i].err.code == WR_OK;
        if (wr_outbox_is_gone(calls[i].err.code)
            && refused(rt, of[i], &calls[i].err, err) < 0)
            return err->code;
        if (calls[i].err.code == WR_EFULL && put_off(rt, of[i], err) < 0)
            return err->code; /* there will be room again */
    }

    return 0;
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
        return wr_message_send(rt, row, a, n_done, err);
    case WR_OUT_MATCH:
        return wr_match_serve(rt, row, NULL, a, n_done, err);
    case WR_OUT_HOLDS:
    case WR_OUT_SUSPEND:
    case WR_OUT_RESUME:
        return wr_holds_tell(rt, row, a, err);
    case WR_OUT_ITEM:
        return wr_batch_item(rt, row, a, n_done, err);
    case WR_OUT_NOTICE: /* who notifies does that */
        return 0;
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
wr_runtime_put_aside(struct wr_runtime *rt, const struct wr_uuid *id,
                     int32_t tenant, int64_t ms, const struct wr_err *why,
                     struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_outbox_row *row = NULL;
    struct wr_outbox_row later;
    struct wr_change c = { .op = WR_OP_PUT,
                           .noun = WR_OUTBOXES,
                           .outbox = &later };
    int r;

    if (find_row(rt, id, tenant, a, &row, err) < 0)
        return err->code;
    if (row->kind == WR_OUT_ITEM)
        return wr_batch_item_failed(rt, row, why, err);
    later = *row;
    later.due_at = wr_clock_now(rt->o.clock) + ms;
    c.was = row->due_at;
    r = wr_runtime_change(rt, &c, 1, err);
    if (r == WR_ECONFLICT)
        return wr_fail(err, WR_ENOTFOUND, "somebody else settled it");

    return r;
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
