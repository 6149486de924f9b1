/*
 * outbox_signal: a signal to everybody who waited for it when it was thrown.
 *
 * A page of subscribers at a time: rows for them and, in the same commit, the
 * signal's own row moves on or, after the last, goes.
 */
#include "engine/runtime/outbox.h"

enum {
    PAGE = 500 /* subscribers of one commit */
};

static struct wr_outbox_row
row_for(struct wr_runtime *rt, const struct wr_outbox_row *signal,
        const struct wr_subscription_row *s)
{
    bool start = wr_uuid_is_zero(&s->instance);
    int64_t now = wr_clock_now(rt->o.clock);
    const struct wr_uuid *near = start ? &s->id : &s->instance;

    return (struct wr_outbox_row){
        .id = wr_uuid_new(now, wr_uuid_bucket(near)),
        .due_at = now + WR_GRACE_MS,
        .created_at = now,
        .expires_at = signal->expires_at,
        .tenant = s->tenant,
        .element = s->element,
        .kind = start ? WR_OUT_START : WR_OUT_DELIVER,
        .instance = s->instance,
        .definition = s->definition,
        .target = s->id,
        .name = signal->name,
        .business_key = start ? signal->business_key : NULL,
        .payload = signal->payload,
    };
}

/* Did it begin to wait before the signal was thrown?  Within a millisecond the
 * ids of one slot tell; what another slot did then counts as before. */
static bool
was_there(const struct wr_runtime *rt, const struct wr_outbox_row *signal,
          const struct wr_subscription_row *s)
{
    int slots = rt->o.n_slots;

    if (s->created_at != signal->created_at || wr_uuid_is_zero(&s->instance)
        || wr_uuid_ms(&s->id) != wr_uuid_ms(&signal->id)
        || wr_uuid_bucket(&s->id) % slots
               != wr_uuid_bucket(&signal->id) % slots)
        return s->created_at <= signal->created_at;

    return wr_uuid_age(&s->id, &signal->id) < 0;
}

/* The thrower's own had it already. */
static bool
receives(const struct wr_runtime *rt, const struct wr_outbox_row *signal,
         const struct wr_subscription_row *s)
{
    bool start = wr_uuid_is_zero(&s->instance);

    return was_there(rt, signal, s) && wr_uuid_cmp(&s->id, &signal->passed) > 0
           && (start || !wr_uuid_equal(&s->instance, &signal->instance));
}

/* One page: rows for its subscribers, and the signal's own moves on or, after
 * the last, goes.  WR_ECONFLICT: somebody else does it. */
static int
write_page(struct wr_runtime *rt, struct wr_outbox_row *signal,
           const struct wr_rows *page, struct wr_arena *a,
           struct wr_outbox_row **rows, size_t *n, struct wr_err *err)
{
    struct wr_change *changes = wr_newn(a, struct wr_change, page->n + 1);
    struct wr_outbox_row moved = *signal;

    *n = 0;
    *rows = wr_newn(a, struct wr_outbox_row, page->n);
    for (size_t i = 0; i < page->n; i++) {
        const struct wr_subscription_row *s = &page->subscriptions[i];
        bool begun = false;

        if (!receives(rt, signal, s))
            continue;
        if (wr_uuid_is_zero(&s->instance)
            && wr_start_is_begun(rt, s, a, &begun, err) < 0)
            return err->code;
        if (begun)
            continue;
        (*rows)[*n] = row_for(rt, signal, s);
        changes[*n] = (struct wr_change){ .op = WR_OP_PUT,
                                          .noun = WR_OUTBOXES,
                                          .outbox = &(*rows)[*n] };
        (*n)++;
    }
    if (page->n)
        moved.passed = page->subscriptions[page->n - 1].id;
    moved.due_at = signal->due_at + 1;
    changes[*n] = (struct wr_change){ .op = page->next ? WR_OP_PUT : WR_OP_DEL,
                                      .noun = WR_OUTBOXES,
                                      .was = signal->due_at,
                                      .outbox = &moved };
    if (wr_runtime_change(rt, changes, *n + 1, err) < 0)
        return err->code;
    *signal = moved;

    return 0;
}

int
wr_outbox_spread(struct wr_runtime *rt, const struct wr_outbox_row *row,
                 struct wr_arena *a, int *n_done, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = row->tenant,
                          .name = row->name,
                          .key_exact = true, /* they have none */
                          .state = -1,
                          .subscription = 1 + WR_SUB_SIGNAL,
                          .limit = PAGE };
    struct wr_outbox_row signal = *row;
    struct wr_outbox_row *all[2];
    size_t n[2], k = 0;
    struct wr_rows page;
    int r;

    /* One page behind: who the first ones start must not be among the next. */
    for (;; k++) {
        if (wr_runtime_find(rt, &q, a, &page, err) < 0)
            return err->code;
        r = write_page(rt, &signal, &page, a, &all[k % 2], &n[k % 2], err);
        if (r == WR_ECONFLICT)
            return 0;
        if (r < 0
            || (k > 0
                && wr_outbox_run(rt, all[(k - 1) % 2], n[(k - 1) % 2], a,
                                 n_done, err)
                       < 0))
            return err->code;
        if (!page.next)
            break;
        q.cursor = page.next;
    }

    return wr_outbox_run(rt, all[k % 2], n[k % 2], a, n_done, err);
}

int
wr_runtime_signal(struct wr_runtime *rt, const struct wr_signal *s,
                  struct wr_arena *a, int *n_reached, struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock);
    struct wr_str bytes = { .arena = a };
    struct wr_outbox_row row = {
        .id = wr_uuid_base(now, rt->o.slot),
        .due_at = now + WR_GRACE_MS,
        .created_at = now,
        .expires_at = now,
        .tenant = s->tenant,
        .kind = WR_OUT_SIGNAL,
        .name = s->name,
    };
    struct wr_change c[] = {
        { .op = WR_OP_PUT, .noun = WR_OUTBOXES, .outbox = &row },
        { .op = WR_OP_PUT,
          .noun = WR_IDEMPOTENCIES,
          .was = now,
          .idempotency = s->idempotency },
    };

    *n_reached = 0;
    if (!s->name || !s->name[0])
        return wr_fail(err, WR_EVALUE, "a signal without a name");
    if (wr_variables_check(s->variables, err) < 0
        || wr_admit_values(rt, s->variables, err) < 0)
        return err->code;
    if (s->variables) {
        wr_value_encode(&bytes, s->variables);
        row.payload = (struct wr_blob){ bytes.s, bytes.len };
    }
    if (wr_runtime_change(rt, c, s->idempotency ? 2 : 1, err) < 0)
        return wr_wrap(err, "signal '%s'", s->name);

    return wr_outbox_settle(rt, &row, a, n_reached, err);
}
