/*
 * runtime: opening, closing, and how a command gets to the committer.
 *
 * A caller resolves what its command speaks of (definition, instance) on its
 * own thread, queues a copy and waits.  An inline runtime works the queue off
 * itself.
 */
#include "engine/runtime/runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/runtime/share.h"

enum {
    COMMAND_WAIT_MS = 10000
};

/* ---- open and close ---- */

static void
stop(struct wr_runtime *rt, bool *flag, pthread_cond_t *changed,
     pthread_t thread)
{
    pthread_mutex_lock(&rt->lock);
    *flag = true;
    pthread_cond_broadcast(changed);
    pthread_mutex_unlock(&rt->lock);
    pthread_join(thread, NULL);
}

static int
open_parts(struct wr_runtime *rt, struct wr_err *err)
{
    if (wr_store_open(rt->store_url, &rt->store, err) < 0
        || wr_store_migrate(rt->store, err) < 0 || wr_read_open(rt, err) < 0)
        return err->code;
    if (rt->o.threaded
        && pthread_create(&rt->committer, NULL, wr_committer_main, rt) != 0)
        return wr_fail(err, WR_EIO, "no thread for the committer");
    if (rt->o.threaded
        && pthread_create(&rt->courier, NULL, wr_outbox_main, rt) != 0) {
        stop(rt, &rt->closing, &rt->work, rt->committer);
        return wr_fail(err, WR_EIO, "no thread for the outbox");
    }

    return 0;
}

static void
release(struct wr_runtime *rt)
{
    wr_outbox_close(rt);
    wr_holds_clear(rt);
    wr_hot_clear(rt);
    wr_large_clear(rt);
    wr_admit_free(rt);
    wr_definitions_clear(rt);
    wr_decisions_clear(rt);
    wr_read_close(rt);
    if (rt->store)
        wr_store_close(rt->store);
    pthread_cond_destroy(&rt->reader_free);
    pthread_cond_destroy(&rt->work);
    pthread_cond_destroy(&rt->owing);
    pthread_mutex_destroy(&rt->lock);
    pthread_mutex_destroy(&rt->writing);
    free(rt->owners);
    wr_round_free(rt);
    free(rt->hot);
    free((void *)(uintptr_t)rt->store_url);
    free(rt);
}

static struct wr_runtime *
make(const struct wr_runtime_options *o)
{
    struct wr_runtime *rt = calloc(1, sizeof(*rt));

    if (!rt)
        abort();
    rt->o = *o;
    rt->store_url = strdup(o->store_url);
    rt->hot = calloc(WR_HOT, sizeof(struct wr_hot *));
    rt->owners = calloc(WR_OWNERS, sizeof(*rt->owners));
    if (!rt->store_url || !rt->hot || !rt->owners)
        abort();
    rt->queue_end = &rt->queue;
    rt->owed_end = &rt->owed;
    if (rt->o.n_slots < 1)
        rt->o.n_slots = 1;
    if (rt->o.command_wait_ms <= 0)
        rt->o.command_wait_ms = COMMAND_WAIT_MS;
    pthread_mutex_init(&rt->writing, NULL);
    pthread_mutex_init(&rt->lock, NULL);
    pthread_cond_init(&rt->work, NULL);
    pthread_cond_init(&rt->owing, NULL);
    pthread_cond_init(&rt->reader_free, NULL);

    return rt;
}

int
wr_runtime_open(const struct wr_runtime_options *o, struct wr_runtime **out,
                struct wr_err *err)
{
    struct wr_runtime *rt = make(o);

    if (open_parts(rt, err) < 0) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);

        release(rt);
        return wr_wrap(err, "open '%s'", wr_store_public_url(a, o->store_url));
    }
    *out = rt;

    return 0;
}

void
wr_runtime_close(struct wr_runtime *rt)
{
    if (rt->o.threaded) {
        stop(rt, &rt->resting, &rt->owing,
             rt->courier); /* it calls the other */
        stop(rt, &rt->closing, &rt->work, rt->committer);
    } else {
        wr_committer_drain(rt);
    }
    release(rt);
}

void
wr_runtime_stats(struct wr_runtime *rt, struct wr_runtime_stats *out)
{
    pthread_mutex_lock(&rt->lock);
    *out = rt->stats;
    pthread_mutex_unlock(&rt->lock);
    pthread_mutex_lock(&rt->writing);
    out->store = rt->store->stats;
    pthread_mutex_unlock(&rt->writing);
}

/* ---- requests ---- */

/* A bucket of ours: they are the numbers that leave `slot` when divided. */
static int
draw_bucket(const struct wr_runtime *rt, int64_t now)
{
    struct wr_uuid dice = wr_uuid_new(now, 0);
    int share = (WR_BUCKETS - rt->o.slot + rt->o.n_slots - 1) / rt->o.n_slots;
    uint32_t random;

    memcpy(&random, dice.b + 12, sizeof(random));
    if (rt->o.lease)
        return wr_lease_draw(rt->o.lease, random);

    return (int)(random % (uint32_t)share) * rt->o.n_slots + rt->o.slot;
}

static int
prepare_start(struct wr_runtime *rt, struct wr_request *r, int64_t now,
              struct wr_err *err)
{
    const struct wr_command *c = &r->command;

    if (!c->definition)
        return wr_fail(err, WR_EINVALID, "start without a definition");
    if (wr_definition_to_start(rt, c->definition, c->tenant, &r->definition,
                               err)
        < 0)
        return err->code;
    r->given = c->event.variables;
    if (wr_definition_fit(rt, r, err) < 0)
        return err->code;
    r->latest = wr_definition_ref_is_key(c->definition);
    r->instance = wr_uuid_new(now, draw_bucket(rt, now));

    return wr_admit_start(rt, r, err);
}

/* Noun and word of what an event's target is; false when it has none. */
static bool
target_of(enum wr_event_type type, enum wr_noun *noun, const char **word)
{
    static const struct {
        enum wr_noun noun;
        const char *word;
    } targets[] = {
        [WR_EV_TASK_COMPLETE] = { WR_TASKS, "task" },
        [WR_EV_TASK_ASSIGN] = { WR_TASKS, "task" },
        [WR_EV_TASK_ERROR] = { WR_TASKS, "task" },
        [WR_EV_TASK_DELEGATE] = { WR_TASKS, "task" },
        [WR_EV_TASK_RESOLVE] = { WR_TASKS, "task" },
        [WR_EV_TASK_CHANGE] = { WR_TASKS, "task" },
        [WR_EV_TASK_COMMENT] = { WR_TASKS, "task" },
        [WR_EV_TASK_DRAFT] = { WR_TASKS, "task" },
        [WR_EV_JOB_COMPLETE] = { WR_JOBS, "job" },
        [WR_EV_JOB_FAIL] = { WR_JOBS, "job" },
        [WR_EV_JOB_ERROR] = { WR_JOBS, "job" },
        [WR_EV_JOB_RUN] = { WR_JOBS, "job" },
        [WR_EV_JOB_CHANGE] = { WR_JOBS, "job" },
        [WR_EV_TIMER] = { WR_TIMERS, "timer" },
        [WR_EV_TIMER_SET] = { WR_TIMERS, "timer" },
        [WR_EV_TIMER_FAIL] = { WR_TIMERS, "timer" },
        [WR_EV_MESSAGE] = { WR_SUBSCRIPTIONS, "subscription" },
        [WR_EV_INCIDENT_RESOLVE] = { WR_INCIDENTS, "incident" },
    };

    if ((size_t)type >= WR_COUNT(targets) || !targets[type].word)
        return false;
    *noun = targets[type].noun;
    *word = targets[type].word;

    return true;
}

static const struct wr_uuid *
instance_of(const struct wr_rows *rows, enum wr_noun noun)
{
    if (noun == WR_TASKS)
        return &rows->tasks[0].instance;
    if (noun == WR_JOBS)
        return &rows->jobs[0].instance;
    if (noun == WR_TIMERS)
        return &rows->timers[0].instance;
    if (noun == WR_SUBSCRIPTIONS)
        return &rows->subscriptions[0].instance;

    return &rows->incidents[0].instance;
}

static int
find_instance(struct wr_runtime *rt, struct wr_request *r, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    const struct wr_uuid *target = &r->command.event.target;
    struct wr_query q = {
        .tenant = r->command.tenant, .id = target, .state = -1, .limit = 1
    };
    char text[WR_UUID_TEXT];
    struct wr_rows rows;
    const char *word;
    bool known;

    if (!target_of(r->command.event.type, &q.noun, &word))
        return wr_fail(err, WR_EINVALID, "command without an instance");
    pthread_mutex_lock(&rt->lock);
    known = wr_owners_find(rt, target, &r->instance);
    pthread_mutex_unlock(&rt->lock);
    if (known)
        return 0;
    if (wr_runtime_find(rt, &q, scratch, &rows, err) < 0)
        return err->code;
    wr_uuid_text(target, text);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no %s '%s'", word, text);
    r->instance = *instance_of(&rows, q.noun);

    return 0;
}

/* What was taken on before is let through, however small the limit is now. */
static int
check_values(struct wr_runtime *rt, const struct wr_command *c,
             struct wr_err *err)
{
    const struct wr_value *plan = c->event.plan;

    if (!wr_uuid_is_zero(&c->outbox))
        return 0;
    if (wr_values_check(&rt->o.limits, c->event.variables, err) < 0)
        return err->code;
    for (size_t k = 0; plan && plan->type == WR_V_LIST && k < plan->list.n;
         k++) {
        if (wr_values_check(&rt->o.limits,
                            wr_value_get(plan->list.items[k], "variables"), err)
            < 0)
            return err->code;
    }

    return 0;
}

static int
prepare(struct wr_runtime *rt, struct wr_request *r, struct wr_err *err)
{
    struct wr_event *ev = &r->command.event;
    int64_t now = wr_clock_now(rt->o.clock);
    int bucket;

    if (check_values(rt, &r->command, err) < 0)
        return err->code;
    if (ev->type == WR_EV_START) {
        if (prepare_start(rt, r, now, err) < 0)
            return err->code;
    } else if (ev->type == WR_EV_MIGRATE) {
        if (wr_definition_to_start(rt, r->command.definition, r->command.tenant,
                                   &r->definition, err)
            < 0)
            return err->code;
    } else if (wr_uuid_is_zero(&r->instance)) {
        if (find_instance(rt, r, err) < 0)
            return err->code;
    }
    bucket = wr_uuid_bucket(&r->instance);
    ev->now = now;
    ev->ids = wr_uuid_base(now, bucket);
    if (wr_uuid_is_zero(&ev->command))
        ev->command = wr_uuid_new(now, bucket);

    return 0;
}

static void
enqueue(struct wr_runtime *rt, struct wr_request *r)
{
    pthread_mutex_lock(&rt->lock);
    r->next = NULL;
    *rt->queue_end = r;
    rt->queue_end = &r->next;
    pthread_cond_signal(&rt->work);
    pthread_mutex_unlock(&rt->lock);
}

/* ---- waiting ---- */

static struct timespec
deadline_after(int64_t ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }

    return t;
}

/* false: time is up and the request is the committer's alone. */
static bool
wait_for(struct wr_runtime *rt, struct wr_request *r,
         const struct timespec *deadline)
{
    bool done;

    pthread_mutex_lock(&rt->lock);
    while (!r->done
           && pthread_cond_timedwait(&r->changed, &rt->lock, deadline)
                  != ETIMEDOUT)
        ;
    done = r->done;
    r->abandoned = !done;
    pthread_mutex_unlock(&rt->lock);

    return done;
}

static void
unref_result(void *result)
{
    wr_result_unref(result);
}

/* Hand the request's end to its caller and free it. */
static int
take_outcome(const struct wr_runtime *rt, struct wr_request *r,
             struct wr_arena *a, struct wr_outcome *out, struct wr_err *err)
{
    int code = r->err.code;

    if (rt->spent.code) {
        *err = rt->spent;
        code = err->code;
    } else if (r->result) {
        out->instance = r->result->effects.instance;
        out->instance.blob = (struct wr_blob){ 0 };
        out->created = r->created;
        out->effects = r->result->effects;
        wr_arena_defer(a, unref_result, wr_steal(r->result));
    } else {
        *err = r->err;
    }
    wr_request_free(r);

    return code;
}

static int
finish(struct wr_runtime *rt, struct wr_request *r,
       const struct timespec *deadline, struct wr_arena *a,
       struct wr_outcome *out, struct wr_err *err)
{
    if (rt->o.threaded && !wait_for(rt, r, deadline))
        return wr_fail(err, WR_EBUSY, "no answer after %lld ms",
                       (long long)rt->o.command_wait_ms);

    return take_outcome(rt, r, a, out, err);
}

static struct wr_request *
submit(struct wr_runtime *rt, const struct wr_command *c, struct wr_err *err)
{
    struct wr_request *r = wr_request_new(c, /* copy= */ rt->o.threaded);

    if (rt->spent.code)
        *err = rt->spent;
    if (rt->spent.code || prepare(rt, r, err) < 0) {
        wr_limit_count(err);
        wr_admit_done(rt, r);
        wr_request_free(r);
        return NULL;
    }
    enqueue(rt, r);

    return r;
}

int
wr_runtime_call(struct wr_runtime *rt, const struct wr_command *c,
                struct wr_arena *a, struct wr_outcome *out, struct wr_err *err)
{
    struct timespec deadline = deadline_after(rt->o.command_wait_ms);
    struct wr_request *r = submit(rt, c, err);
    int code;

    if (!r)
        return err->code;
    if (!rt->o.threaded)
        wr_committer_drain(rt);
    code = finish(rt, r, &deadline, a, out, err);
    if (!rt->o.threaded)
        wr_outbox_work(rt);
    if (code == 0 && rt->spent.code) {
        *err = rt->spent;
        code = err->code;
    }

    return code;
}

void
wr_runtime_call_many(struct wr_runtime *rt, struct wr_call *calls, size_t n,
                     struct wr_arena *a)
{
    struct timespec deadline = deadline_after(rt->o.command_wait_ms);
    struct wr_request **requests = wr_newn(a, struct wr_request *, n ? n : 1);

    for (size_t i = 0; i < n; i++) {
        calls[i].err.code = WR_OK;
        requests[i] = submit(rt, &calls[i].command, &calls[i].err);
    }
    if (!rt->o.threaded)
        wr_committer_drain(rt);
    for (size_t i = 0; i < n; i++)
        if (requests[i])
            finish(rt, requests[i], &deadline, a, &calls[i].outcome,
                   &calls[i].err);
    if (!rt->o.threaded)
        wr_outbox_work(rt);
}
