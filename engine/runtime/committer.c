/*
 * committer: turns waiting requests into one batch after the other.
 *
 *     queue --> work per instance --> step --> wr_store_commit --> answers
 *       ^                                            |
 *       +------- conflict, failed store, left over --+
 *
 * What always holds: an instance has at most one item in flight; its requests
 * are stepped in arrival order; a request is answered only after its own data
 * is durable, or when it is known not to happen; a request that fails is left
 * out and its neighbours' item is stepped without it.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/crash.h"
#include "engine/runtime/share.h"

/* Put what is left of a work back to the head of the queue, in order. */
static void
requeue(struct wr_runtime *rt, struct wr_share *w)
{
    if (!w->requests)
        return;
    pthread_mutex_lock(&rt->lock);
    *w->end = rt->queue;
    if (!rt->queue)
        rt->queue_end = w->end;
    rt->queue = w->requests;
    pthread_mutex_unlock(&rt->lock);
    w->requests = NULL;
    w->end = &w->requests;
}

/* ---- taking ---- */

static struct wr_share *
share_of(struct wr_round *b, struct wr_request *r)
{
    struct wr_share *w = wr_round_find(b, &r->instance);

    return w ? w : wr_round_add(b, &r->instance);
}

/* One that has to be alone waits for a batch of its own. */
static bool
fits(const struct wr_round *b, const struct wr_request *r)
{
    return b->n == 0 || (!r->alone && !b->shares[0]->requests->alone);
}

/* Move what waits into the round; false when there is nothing. */
static bool
take(struct wr_round *b)
{
    struct wr_runtime *rt = b->rt;
    int n = 0;

    pthread_mutex_lock(&rt->lock);
    while (rt->queue && n < WR_BATCH && fits(b, rt->queue)) {
        struct wr_request *r = rt->queue;
        struct wr_share *w;

        rt->queue = r->next;
        if (!rt->queue)
            rt->queue_end = &rt->queue;
        r->next = NULL;
        if (r->abandoned && !r->started) {
            pthread_mutex_unlock(&rt->lock);
            wr_request_free(r); /* nobody heard yes: it does not happen */
            pthread_mutex_lock(&rt->lock);
            continue;
        }
        r->started = true;
        w = share_of(b, r);
        *w->end = r;
        w->end = &r->next;
        n++;
    }
    pthread_mutex_unlock(&rt->lock);

    return n > 0;
}

/* Does the answer name the instance?  That of a start has room for it. */
static bool
is_known(const struct wr_blob *answer)
{
    static const uint8_t none[sizeof(struct wr_uuid)];

    return answer->len
           && (answer->len < sizeof(none)
               || memcmp(answer->p, none, sizeof(none)) != 0);
}

/* What a replay shows: the instance (16 bytes) and its revision (8, big-endian),
 * unless the caller gave an answer of its own. */
static const struct wr_idempotency_row *
idempotency_of(const struct wr_share *w)
{
    const struct wr_instance_row *i = &w->result->effects.instance;
    struct wr_idempotency_row *row;
    uint8_t *answer;

    if (!w->idempotency || is_known(&w->idempotency->answer))
        return w->idempotency;
    row = wr_new(w->result->arena, struct wr_idempotency_row);
    if (w->idempotency->answer.len) {
        *row = *w->idempotency;
        answer = wr_arena_memdup(w->result->arena, row->answer.p,
                                 row->answer.len);
        memcpy(answer, i->id.b, sizeof(i->id.b));
        row->answer.p = answer;
        return row;
    }
    answer = wr_arena_alloc(w->result->arena, sizeof(i->id.b) + 8);
    memcpy(answer, i->id.b, sizeof(i->id.b));
    for (int k = 0; k < 8; k++)
        answer[sizeof(i->id.b) + (size_t)k] = (uint8_t)(i->rev >> (56 - 8 * k));
    *row = *w->idempotency;
    row->answer = (struct wr_blob){ answer, sizeof(i->id.b) + 8 };

    return row;
}

static void
add_item(struct wr_round *b, struct wr_share *w)
{
    b->items[b->n_items] = (struct wr_item){
        .effects = &w->result->effects,
        .group = w->family,
        .check = w->check,
        .job = w->job,
        .lease = w->lease,
        .epoch = b->rt->epoch,
        .outbox = w->outbox,
        .idempotency = idempotency_of(w),
        .result = WR_ESTORE,
    };
    wr_matches_of(w, &b->items[b->n_items]);
    b->item_shares[b->n_items++] = w;
}

/* ---- after the commit ---- */

static struct wr_request *
pop(struct wr_share *w)
{
    struct wr_request *r = w->requests;

    w->requests = r->next;
    if (!w->requests)
        w->end = &w->requests;
    w->n_stepped--;

    return r;
}

static bool
is_closing(struct wr_runtime *rt)
{
    bool closing;

    pthread_mutex_lock(&rt->lock);
    closing = rt->closing;
    pthread_mutex_unlock(&rt->lock);

    return closing;
}

static bool
will_continue(const struct wr_share *w)
{
    const struct wr_request *r = w->requests;

    while (r && r->command.event.type != WR_EV_CONTINUE)
        r = r->next;

    return r != NULL;
}

/* A cut step goes on as a command of its own, in turn with those that wait: one
 * without end could not be cancelled otherwise.  Should this process end before,
 * a timer in the store makes another one go on. */
static void
push_continue(struct wr_runtime *rt, struct wr_share *w)
{
    struct wr_request **at = w->requests ? &w->requests->next : &w->requests;
    int64_t now = wr_clock_now(rt->o.clock);
    int bucket = wr_uuid_bucket(&w->instance);
    struct wr_request *r;

    if (will_continue(w))
        return;
    r = calloc(1, sizeof(*r));
    if (!r)
        abort();
    *r = (struct wr_request){
        .next = *at,
        .command = { .event = { .type = WR_EV_CONTINUE,
                                .now = now,
                                .ids = wr_uuid_base(now, bucket),
                                .command = wr_uuid_new(now, bucket) },
                     .tenant = w->row.tenant,
                     .if_rev = -1 },
        .instance = w->instance,
        .abandoned = true,
        .started = true,
    };
    pthread_cond_init(&r->changed, NULL);
    if (!*at)
        w->end = &r->next;
    *at = r;
}

/* Nobody is answered who would do it. */
static void
remember(struct wr_runtime *rt, const struct wr_effects *fx)
{
    pthread_mutex_lock(&rt->lock);
    wr_owners_add(rt, fx);
    pthread_mutex_unlock(&rt->lock);
}

static void
committed(struct wr_runtime *rt, struct wr_share *w, const struct wr_item *item)
{
    const struct wr_effects *fx = &w->result->effects;

    wr_hot_put(rt, &fx->instance, wr_share_definition(w));
    wr_large_committed(rt, fx);
    wr_admit_committed(rt, &w->row, fx, w->requests);
    if (w->n_stepped == 0)
        remember(rt, fx);
    wr_outbox_committed(rt, item);
    if (rt->o.committed)
        rt->o.committed(rt->o.committed_data, wr_share_definition(w), fx);
    while (w->n_stepped > 0) {
        struct wr_request *r = pop(w);

        r->err.code = WR_OK;
        r->result = w->result;
        atomic_fetch_add(&w->result->refs, 1);
        wr_request_answer(rt, r);
    }
    /* a loop without end ends here, too */
    if (w->cut && !is_closing(rt) && !rt->spent.code)
        push_continue(rt, w);
}

/* A start whose version is not the latest any more takes the latest; one of a
 * named version that is not active any more is refused. */
static int
find_again(struct wr_runtime *rt, struct wr_request *r, struct wr_err *err)
{
    const struct wr_definition *d;

    if (r->latest)
        wr_definitions_forget_latest(rt, r->command.tenant,
                                     r->definition->row.key);
    else
        wr_definitions_forget(rt, &r->definition->row);
    if (wr_definition_to_start(rt, r->command.definition, r->command.tenant, &d,
                               err)
        < 0)
        return err->code;
    wr_definition_unref(r->definition);
    r->definition = d;

    return wr_definition_fit(rt, r, err);
}

/* Another active instance has to itself what this start wants; or that cannot be
 * asked. */
static bool
is_held(struct wr_runtime *rt, const struct wr_request *r, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = r->command.tenant,
                          .singleton = r->command.event.singleton,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    *err = (struct wr_err){ 0 };
    if (!q.singleton)
        return false;
    if (wr_slot_find(rt, &q, a, &rows, err) == 0 && rows.n)
        wr_fail(err, WR_ESTATE, "an instance with '%s' still runs",
                q.singleton);

    return err->code != WR_OK;
}

static void
conflicted(struct wr_runtime *rt, struct wr_share *w)
{
    struct wr_request *r = w->requests;
    struct wr_err err;

    rt->pending.conflicts++;
    rt->holds_known = false; /* perhaps it was that */
    wr_turn_met(w);
    wr_hot_drop(rt, &w->instance);
    if (w->n_stepped == 0) { /* told by its family, which comes again */
        if (w->check)
            wr_definitions_forget(rt, &w->definition->row);
        return;
    }
    if (++r->misses > WR_MISSES) {
        wr_fail(&err, WR_EBUSY, "too many others change this instance");
        wr_request_refuse(rt, pop(w), &err);
        return;
    }
    if (wr_request_is_start(r)
        && (is_held(rt, r, &err) || find_again(rt, r, &err) < 0))
        wr_request_refuse(rt, pop(w), &err);
}

/* The request with the lease; NULL when none of those stepped has one. */
static struct wr_request **
leased(struct wr_share *w)
{
    struct wr_request **at = &w->requests;

    for (int n = 0; n < w->n_stepped; n++, at = &(*at)->next)
        if (!wr_uuid_is_zero(&(*at)->command.lease)
            || !wr_uuid_is_zero(&(*at)->command.outbox))
            return at;

    return NULL;
}

static void
lease_lost(struct wr_runtime *rt, struct wr_share *w)
{
    struct wr_request **at = leased(w), *r;
    struct wr_err err;

    wr_hot_drop(rt, &w->instance);
    if (!at)
        return;
    if (wr_family_stepped(w) > w->n_stepped) { /* it may be another one's */
        (*at)->alone = true;
        return;
    }
    r = *at;
    *at = r->next;
    if (!*at)
        w->end = at;
    wr_fail(&err, WR_ELEASE,
            wr_uuid_is_zero(&r->command.lease)
                ? "somebody else did it"
                : "the lease of this job was lost");
    wr_request_refuse(rt, r, &err);
}

/* The item alone was refused.  Its requests go one by one from now on, so that
 * only the one that cannot be stored is told. */
static void
failed(struct wr_runtime *rt, struct wr_share *w, enum wr_code code,
       const struct wr_err *why)
{
    struct wr_err err = *why;

    wr_hot_drop(rt, &w->instance);
    if (w->n_stepped == 0)
        return;
    if (wr_family_stepped(w) > 1) {
        for (struct wr_request *r = w->requests; r; r = r->next)
            r->alone = true;
        return;
    }
    if (++w->requests->attempts < WR_ATTEMPTS)
        return;
    if (err.code == WR_OK)
        wr_fail(&err, code, "the store refused it");
    wr_request_refuse(rt, pop(w), &err);
}

static void
settle(struct wr_round *b, struct wr_item *item, struct wr_share *w,
       const struct wr_err *err)
{
    switch ((int)item->result) {
    case WR_OK:
        committed(b->rt, w, item);
        break;
    case WR_ECONFLICT:
        conflicted(b->rt, w);
        break;
    case WR_ELEASE:
        lease_lost(b->rt, w);
        break;
    default:
        failed(b->rt, w, item->result, err);
        break;
    }
}

/* ---- an unknown outcome ---- */

static void
pause_ms(long ms)
{
    struct timespec t = { .tv_nsec = ms * 1000000 };

    nanosleep(&t, NULL);
}

/* A server that lost us may still be about to commit: that is looked at once
 * more before its requests are stepped again. */
static void
doubt(const struct wr_share *w)
{
    struct wr_request *r = w->requests;

    for (int n = 0; n < w->n_stepped; n++, r = r->next) {
        wr_result_unref(r->tried);
        r->tried = w->result;
        atomic_fetch_add(&w->result->refs, 1);
    }
}

/* The commit call failed: history decides, item by item, and nothing else may:
 * stepped again, a command that did happen would be refused.  A store that is
 * away is asked until it is back; callers stop waiting by themselves.  Without
 * threads, and at the end, command_wait is the bound. */
static void
decide(struct wr_round *b)
{
    const long every_ms = 50;
    int64_t left = b->rt->o.command_wait_ms;
    bool threaded = b->rt->o.threaded;

    for (int i = 0; i < b->n_items; i++) {
        struct wr_err err;
        bool ours = false;

        while (wr_effects_happened(b->rt, b->items[i].effects, &ours, &err) < 0
               && left > 0) {
            pause_ms(every_ms);
            if (!threaded || is_closing(b->rt))
                left -= every_ms;
        }
        b->items[i].result = ours ? WR_OK : WR_ESTORE;
        b->items[i].matched = ours; /* for all we know */
        if (!ours)
            doubt(b->item_shares[i]);
    }
}

/* ---- the round ---- */

static void
commit(struct wr_round *b)
{
    struct wr_runtime *rt = b->rt;
    struct wr_err err = { 0 };
    int r;

    if (b->n_items == 0)
        return;
    WEIR_CRASH("commit-before"); /* C2 */
    pthread_mutex_lock(&rt->writing);
    r = wr_store_commit(rt->store, b->items, (size_t)b->n_items, &err);
    pthread_mutex_unlock(&rt->writing);
    WEIR_CRASH("commit-after"); /* C3, C4 */
    rt->pending.batches++;
    if (r < 0)
        decide(b);
    else
        err.code = WR_OK;
    for (int i = 0; i < b->n_items; i++)
        settle(b, &b->items[i], b->item_shares[i], &err);
    WEIR_CRASH("answer-after"); /* C5 */
}

static void
add_stats(struct wr_runtime *rt)
{
    struct wr_runtime_stats *p = &rt->pending;

    pthread_mutex_lock(&rt->lock);
    rt->stats.batches += p->batches;
    rt->stats.conflicts += p->conflicts;
    rt->stats.reloads += p->reloads;
    rt->stats.steps += p->steps;
    pthread_mutex_unlock(&rt->lock);
    *p = (struct wr_runtime_stats){ 0 };
}

/* When others have all of them, there is nothing to do for a moment. */
static void
take_turns(struct wr_round *b, int n)
{
    int deferred = 0;

    for (int i = 0; i < n; i++) {
        b->shares[i]->deferred = !wr_turn_take(b->shares[i]);
        deferred += b->shares[i]->deferred;
    }
    if (deferred == n)
        pause_ms(1);
}

static bool
run_round(struct wr_round *b)
{
    int n;

    wr_round_begin(b);
    if (!take(b))
        return false;
    wr_holds_begin(b->rt);
    n = b->n; /* more come by families */
    take_turns(b, n);
    for (int i = 0; i < n; i++) {
        if (b->shares[i]->deferred)
            continue;
        wr_share_step(b->shares[i]);
        wr_family_settle(b->shares[i]);
    }
    for (int i = 0; i < b->n; i++)
        if (wr_share_has_item(b->shares[i]))
            add_item(b, b->shares[i]);
    commit(b);
    for (int i = b->n - 1; i >= 0; i--) {
        wr_turn_end(b->shares[i]);
        requeue(b->rt, b->shares[i]);
        wr_share_unload(b->shares[i]);
    }
    wr_round_end(b);
    add_stats(b->rt);

    return true;
}

void
wr_committer_drain(struct wr_runtime *rt)
{
    while (run_round(wr_round_of(rt)))
        ;
}

void *
wr_committer_main(void *data)
{
    struct wr_runtime *rt = data;
    struct wr_round *b = wr_round_of(rt);

    for (;;) {
        bool closing;

        pthread_mutex_lock(&rt->lock);
        while (!rt->queue && !rt->closing)
            pthread_cond_wait(&rt->work, &rt->lock);
        closing = rt->closing && !rt->queue;
        pthread_mutex_unlock(&rt->lock);
        if (closing)
            break;
        run_round(b);
    }

    return NULL;
}
