/*
 * owed: rows of the outbox that this process has to settle, and when.
 *
 * Right after the commit that wrote a row it is this process; what it left
 * undone is tried again, by any slot, when the row is due.  A message nobody
 * waits for is also tried as soon as somebody does.
 *
 * A threaded runtime has a thread for this, because it calls the committer; an
 * inline one does it when the caller's command is done.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/outbox.h"

enum {
    PARKED = 256 /* rows that cannot happen yet that are kept in mind */
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

/* An instance ended that kept messages from starting another one. */
static bool
freed(const struct wr_effects *fx)
{
    return fx->instance.singleton && fx->instance.state >= WR_COMPLETED;
}

/* What somebody waits for now, or again. */
static void
unpark(struct wr_runtime *rt, const struct wr_effects *fx)
{
    struct wr_owed **at = &rt->parked;

    while (*at) {
        struct wr_owed *o = *at;
        bool wanted = freed(fx);

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
wr_outbox_committed(struct wr_runtime *rt, const struct wr_effects *fx)
{
    if (!fx->n_outboxes && !fx->n_subscriptions && !freed(fx))
        return;
    pthread_mutex_lock(&rt->lock);
    for (int i = 0; i < fx->n_outboxes; i++)
        push(rt, owed_new(&fx->outboxes[i].row));
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
        (void)wr_outbox_settle(rt, o->row, a, &n, &err);
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
