/*
 * owed: rows of the outbox that this process has to settle, and when.
 *
 * Right after the commit that wrote a row it is this process; what it left
 * undone is tried again, by any slot, when the row is due.  What stands still
 * with an instance is also tried as soon as that waits again.
 *
 * A threaded runtime has a thread for this, because it calls the committer; an
 * inline one does it when the caller's command is done.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/crash.h"
#include "engine/runtime/give.h"

enum {
    PARKED = 256, /* rows that cannot happen yet that are kept in mind */
    TOGETHER = 16 /* matches of one commit, the oldest message first */
};

struct wr_owed {
    struct wr_owed *next;
    struct wr_arena *arena; /* holds this, too */
    const struct wr_outbox_row *row;
};

static void
push(struct wr_runtime *rt, struct wr_owed *o)
{
    o->next = NULL;
    *rt->owed_end = o;
    rt->owed_end = &o->next;
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
        push(rt, o);
    }
}

void
wr_outbox_committed(struct wr_runtime *rt, const struct wr_item *item)
{
    const struct wr_effects *fx = item->effects;

    if (!fx->n_outboxes && !fx->n_subscriptions && !item->matched)
        return;
    pthread_mutex_lock(&rt->lock);
    for (int i = 0; i < fx->n_outboxes; i++)
        if (fx->outboxes[i].row.kind != WR_OUT_NOTICE)
            push(rt, owed_new(&fx->outboxes[i].row));
    for (int i = 0; item->matched && i < item->n_matches; i++)
        push(rt, owed_new(&item->matches[i]));
    if (item->matched)
        WEIR_CRASH("waiting-kept"); /* C16 */
    if (rt->parked)
        unpark(rt, fx);
    if (rt->owed)
        pthread_cond_signal(&rt->owing);
    pthread_mutex_unlock(&rt->lock);
}

void
wr_outbox_park(struct wr_runtime *rt, const struct wr_outbox_row *row)
{
    struct wr_owed **end = &rt->parked;

    pthread_mutex_lock(&rt->lock);
    if (rt->n_parked < PARKED) {
        while (*end)
            end = &(*end)->next;
        *end = owed_new(row);
        rt->n_parked++;
    }
    pthread_mutex_unlock(&rt->lock);
}

/* ---- when ---- */

static struct wr_owed *
pop(struct wr_runtime *rt)
{
    struct wr_owed *o = rt->owed;

    if (o)
        rt->owed = o->next;
    if (!rt->owed)
        rt->owed_end = &rt->owed;

    return o;
}

/* What one commit began to wait for: an event gateway, say. */
static bool
is_together(const struct wr_owed *o, const struct wr_owed *next)
{
    return next && o->row->kind == WR_OUT_MATCH
           && next->row->kind == WR_OUT_MATCH
           && !wr_uuid_is_zero(&o->row->instance)
           && wr_uuid_equal(&o->row->instance, &next->row->instance);
}

/* The first that is owed and what belongs to it; their number. */
static size_t
pop_some(struct wr_runtime *rt, struct wr_owed *out[TOGETHER])
{
    size_t n = 0;

    do
        out[n] = pop(rt);
    while (out[n++] && n < TOGETHER && is_together(out[n - 1], rt->owed));

    return out[0] ? n : 0;
}

/* What fails stays in the store and is tried again when it is due. */
static void
settle_some(struct wr_runtime *rt, struct wr_owed *some[TOGETHER], size_t n)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_outbox_row *rows[TOGETHER];
    struct wr_err err;
    int n_done = 0;

    for (size_t i = 0; i < n; i++)
        rows[i] = some[i]->row;
    if (n > 1 && wr_matches_order(rt, rows, n, a, &err) < 0)
        err.code = WR_OK; /* in any order, then */
    for (size_t i = 0; i < n; i++)
        (void)wr_outbox_settle(rt, rows[i], a, &n_done, &err);
    for (size_t i = 0; i < n; i++)
        wr_arena_free(some[i]->arena);
}

void
wr_outbox_work(struct wr_runtime *rt)
{
    struct wr_owed *some[TOGETHER];
    size_t n;

    pthread_mutex_lock(&rt->lock);
    while (!rt->settling && (n = pop_some(rt, some)) > 0) {
        rt->settling = true;
        pthread_mutex_unlock(&rt->lock);
        settle_some(rt, some, n);
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
