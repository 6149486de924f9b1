/*
 * outbox: what committed steps owe to others (SEMANTICS S14, S15).
 *
 *     signal    one row for each who waits for it, and for each start of it
 *     message   to the one that waits, executions before starts
 *     deliver   a command whose commit deletes the row
 *     start     the same
 *
 * The row goes with the commit it led to, so each happens once however often it
 * is tried and by whomever.  Right after the commit it is this process; what it
 * left undone is tried again when the row is due.  A message nobody waits for
 * is tried again until it has expired, and as soon as somebody waits for it.
 * What is for a suspended instance waits until that is resumed, which writes its
 * subscriptions again.
 *
 * A threaded runtime has a thread for this, because it calls the committer; an
 * inline one does it when the caller's command is done.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/slot.h"

enum {
    PAGE = 500,       /* subscribers of one commit */
    LOOKS = 20,       /* at who waits for a message */
    GRACE_MS = 10000, /* to who made a row, before others try */
    FIRST_MS = 1000,  /* between tries of a message; doubled each time */
    LAST_MS = 60000,
    PARKED = 256, /* rows that cannot happen yet that are kept in mind */
};

struct wr_owed {
    struct wr_owed *next;
    struct wr_arena *arena; /* holds this, too */
    const struct wr_outbox_row *row;
};

/* It cannot happen any more: who waited is gone, or cannot take it. */
static bool
is_gone(int code)
{
    return code == WR_ENOTFOUND || code == WR_ESTATE || code == WR_EVALUE;
}

/* ---- what is kept in mind ---- */

static void
push(struct wr_owed **list, struct wr_owed *o)
{
    while (*list)
        list = &(*list)->next;
    o->next = NULL;
    *list = o;
}

static struct wr_owed *
owed_new(const struct wr_outbox_row *row)
{
    struct wr_arena *a = wr_arena_new(1024);
    struct wr_owed *o = wr_new(a, struct wr_owed);

    o->arena = a;
    o->row = wr_record_copy(wr_record_of(WR_OUTBOXES), a, row);

    return o;
}

static void
free_list(struct wr_owed *o)
{
    while (o) {
        struct wr_owed *next = o->next;

        wr_arena_free(o->arena);
        o = next;
    }
}

/* What somebody waits for now, or again. */
static void
unpark(struct wr_runtime *rt, const struct wr_effects *fx)
{
    struct wr_owed **at = &rt->parked;

    while (*at) {
        struct wr_owed *o = *at;
        bool wanted = false;

        for (int i = 0; i < fx->n_subscriptions && !wanted; i++)
            wanted = fx->subscriptions[i].op == WR_OP_PUT
                     && strcmp(fx->subscriptions[i].row.name, o->row->name)
                            == 0;
        if (!wanted) {
            at = &o->next;
            continue;
        }
        *at = o->next;
        rt->n_parked--;
        push(&rt->owed, o);
    }
}

void
wr_outbox_committed(struct wr_runtime *rt, const struct wr_effects *fx)
{
    if (!fx->n_outboxes && !fx->n_subscriptions)
        return;
    pthread_mutex_lock(&rt->lock);
    for (int i = 0; i < fx->n_outboxes; i++)
        push(&rt->owed, owed_new(&fx->outboxes[i].row));
    if (rt->parked)
        unpark(rt, fx);
    if (rt->owed)
        pthread_cond_signal(&rt->owing);
    pthread_mutex_unlock(&rt->lock);
}

static void
park(struct wr_runtime *rt, const struct wr_outbox_row *row)
{
    pthread_mutex_lock(&rt->lock);
    if (rt->n_parked < PARKED) {
        push(&rt->parked, owed_new(row));
        rt->n_parked++;
    }
    pthread_mutex_unlock(&rt->lock);
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
        park(rt, &later);

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

/* Rows that are commands, in one batch as far as they fit. */
static int
run_commands(struct wr_runtime *rt, const struct wr_outbox_row *rows, size_t n,
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

static int
find_waiting(struct wr_runtime *rt, const struct wr_outbox_row *row,
             struct wr_arena *a, const struct wr_subscription_row **out,
             struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = row->tenant,
                          .name = row->name,
                          .key = row->key,
                          .state = -1,
                          .subscription = 1 + WR_SUB_MESSAGE };
    const struct wr_subscription_row *start = NULL;
    const struct wr_value *variables = NULL;
    struct wr_rows rows;

    *out = NULL;
    if (payload(row, a, &variables, err) < 0)
        return err->code;
    if (row->key) /* the sender knows */
        variables = NULL;
    do {
        if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_subscription_row *s = &rows.subscriptions[i];

            bool meant;

            if (wr_message_is_meant(rt, s, row->business_key, row->key,
                                    variables, a, &meant, err)
                < 0)
                return err->code;
            if (meant && !wr_uuid_is_zero(&s->instance)) {
                *out = s;
                return 0;
            }
            start = start || !meant ? start : s;
        }
        q.cursor = rows.next;
    } while (rows.next);
    *out = start;
    if (start || !row->key)
        return 0;
    q.key = NULL; /* starts have no key */
    q.key_exact = true;
    q.cursor = NULL;
    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n && !*out; i++) {
        const struct wr_subscription_row *s = &rows.subscriptions[i];
        bool meant = false;

        if (wr_uuid_is_zero(&s->instance)
            && wr_message_is_meant(rt, s, row->business_key, row->key,
                                   variables, a, &meant, err)
                   < 0)
            return err->code;
        if (meant)
            *out = s;
    }

    return 0;
}

static int
send_message(struct wr_runtime *rt, const struct wr_outbox_row *row,
             struct wr_arena *a, int *n_done, struct wr_err *err)
{
    const struct wr_subscription_row *s;

    for (int look = 0; look < LOOKS; look++) {
        struct wr_outbox_row one = *row;
        struct wr_command c;
        struct wr_outcome outcome;
        int r;

        if (find_waiting(rt, row, a, &s, err) < 0)
            return err->code;
        if (!s)
            return try_later(rt, row, err);
        one.instance = s->instance;
        one.definition = s->definition;
        one.target = s->id;
        one.element = s->element;
        one.business_key = NULL;
        one.kind = wr_uuid_is_zero(&s->instance) ? WR_OUT_START
                                                 : WR_OUT_DELIVER;
        r = command_of(rt, &one, a, &c, err);
        c.event.happened = WR_TRIGGER_MESSAGE;
        if (r == 0)
            r = wr_runtime_call(rt, &c, a, &outcome, err);
        *n_done += r == 0;
        if (r == 0 || r == WR_ELEASE)
            return 0;
        if (r == WR_EVALUE)
            return refused(rt, row, copy_err(a, err), err);
        if (!is_gone(r))
            return r;
    }

    return try_later(rt, row, err);
}

/* ---- signals ---- */

static struct wr_outbox_row
row_for(struct wr_runtime *rt, const struct wr_outbox_row *signal,
        const struct wr_subscription_row *s)
{
    bool start = wr_uuid_is_zero(&s->instance);
    int64_t now = wr_clock_now(rt->o.clock);
    const struct wr_uuid *near = start ? &s->id : &s->instance;

    return (struct wr_outbox_row){
        .id = wr_uuid_new(now, wr_uuid_bucket(near)),
        .due_at = now + GRACE_MS,
        .created_at = now,
        .expires_at = signal->expires_at,
        .tenant = s->tenant,
        .element = s->element,
        .kind = start ? WR_OUT_START : WR_OUT_DELIVER,
        .instance = s->instance,
        .definition = s->definition,
        .target = s->id,
        .name = signal->name,
        .payload = signal->payload,
    };
}

/* Who began to wait before it was thrown; the thrower's own had it already. */
static bool
receives(const struct wr_outbox_row *signal,
         const struct wr_subscription_row *s)
{
    bool start = wr_uuid_is_zero(&s->instance);

    return s->created_at <= signal->created_at
           && wr_uuid_cmp(&s->id, &signal->passed) > 0
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

        if (!receives(signal, s))
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

static int
spread(struct wr_runtime *rt, const struct wr_outbox_row *row,
       struct wr_arena *a, int *n_done, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = row->tenant,
                          .name = row->name,
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
                && run_commands(rt, all[(k - 1) % 2], n[(k - 1) % 2], a, n_done,
                                err)
                       < 0))
            return err->code;
        if (!page.next)
            break;
        q.cursor = page.next;
    }

    return run_commands(rt, all[k % 2], n[k % 2], a, n_done, err);
}

static int
settle(struct wr_runtime *rt, const struct wr_outbox_row *row,
       struct wr_arena *a, int *n_done, struct wr_err *err)
{
    switch (row->kind) {
    case WR_OUT_SIGNAL:
        return spread(rt, row, a, n_done, err);
    case WR_OUT_MESSAGE:
        return send_message(rt, row, a, n_done, err);
    case WR_OUT_DELIVER:
    case WR_OUT_START:
        return run_commands(rt, row, 1, a, n_done, err);
    }

    return wr_fail(err, WR_ECORRUPT, "an outbox row of kind %d",
                   (int)row->kind);
}

/* ---- when ---- */

static struct wr_owed *
pop(struct wr_runtime *rt)
{
    struct wr_owed *o = rt->owed;

    if (o)
        rt->owed = o->next;

    return o;
}

/* What fails stays in the store and is tried again when it is due. */
void
wr_outbox_work(struct wr_runtime *rt)
{
    struct wr_owed *o;

    pthread_mutex_lock(&rt->lock);
    while (!rt->settling && (o = pop(rt))) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
        struct wr_err err;
        int n = 0;

        rt->settling = true;
        pthread_mutex_unlock(&rt->lock);
        (void)settle(rt, o->row, a, &n, &err);
        wr_arena_free(o->arena);
        pthread_mutex_lock(&rt->lock);
        rt->settling = false;
    }
    pthread_mutex_unlock(&rt->lock);
}

void *
wr_outbox_main(void *data)
{
    struct wr_runtime *rt = data;
    bool closing = false;

    while (!closing) {
        pthread_mutex_lock(&rt->lock);
        while (!rt->owed && !rt->resting)
            pthread_cond_wait(&rt->owing, &rt->lock);
        closing = rt->resting;
        pthread_mutex_unlock(&rt->lock);
        if (!closing)
            wr_outbox_work(rt);
    }

    return NULL;
}

void
wr_outbox_close(struct wr_runtime *rt)
{
    free_list(rt->owed);
    free_list(rt->parked);
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

    return settle(rt, row, a, &n, err);
}

int
wr_runtime_signal(struct wr_runtime *rt, const struct wr_signal *s,
                  struct wr_arena *a, int *n_reached, struct wr_err *err)
{
    int64_t now = wr_clock_now(rt->o.clock);
    struct wr_str bytes = { .arena = a };
    struct wr_outbox_row row = {
        .id = wr_uuid_new(now, rt->o.slot),
        .due_at = now + GRACE_MS,
        .created_at = now,
        .expires_at = now,
        .tenant = s->tenant,
        .kind = WR_OUT_SIGNAL,
        .name = s->name,
    };
    struct wr_change c = { .op = WR_OP_PUT,
                           .noun = WR_OUTBOXES,
                           .outbox = &row };

    *n_reached = 0;
    if (!s->name || !s->name[0])
        return wr_fail(err, WR_EVALUE, "a signal without a name");
    if (wr_variables_check(s->variables, err) < 0)
        return err->code;
    if (s->variables) {
        wr_value_encode(&bytes, s->variables);
        row.payload = (struct wr_blob){ bytes.s, bytes.len };
    }
    if (wr_runtime_change(rt, &c, 1, err) < 0)
        return wr_wrap(err, "signal '%s'", s->name);

    return settle(rt, &row, a, n_reached, err);
}
