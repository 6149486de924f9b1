/*
 * people: who starts processes, works on what they ask for, and what they were
 * told.
 *
 * Each start has a business key of its own and an Idempotency-Key, and is asked
 * again until it is acknowledged; so there is one instance for each.
 */
#define _GNU_SOURCE 1 /* asprintf */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum {
    STARTERS = 3,
    STARTS = 8, /* of each */
    WORKERS = 2,
    LEASE_MS = 4000,
    PAUSE_MS = 400
};

bool sim_all_ended;

static bool all_started[STARTERS];

struct claimed { /* the newest lease of each job */
    struct wr_uuid job, lease;
};
enum {
    CLAIMS = 4096
};
static struct claimed claims[CLAIMS];
static int n_claims;
enum {
    CANCELS = 64
};
static struct wr_uuid canceled[CANCELS];
static int n_canceled;
static char broken[256]; /* what must not happen was seen */

static int
draw_bucket(void)
{
    return (int)sim_draw(WR_BUCKETS);
}

/* ---- starting ---- */

static const struct wr_value *
first_variables(struct wr_arena *a, const char *key)
{
    struct wr_entry e[] = { { "done", wr_value_int(a, 0) },
                            { "undone", wr_value_int(a, 0) },
                            { "key", wr_value_string(a, key) } };

    return wr_value_context(a, e, WR_COUNT(e));
}

/* Has somebody stored its answer? */
static bool
was_answered(const char *key)
{
    struct sim_request *r = sim_request_new(SIM_FIND);

    r->query =
        (struct wr_query){ .noun = WR_IDEMPOTENCIES, .key = key, .state = -1 };

    return sim_ask(draw_bucket(), r) == 0 && r->rows.n == 1;
}

static struct sim_request *
start_request(const struct sim_model *m, const char *key)
{
    struct sim_request *r = sim_request_new(m->by_message ? SIM_CORRELATE
                                                          : SIM_CALL);
    struct wr_idempotency_row *once = wr_new(r->arena,
                                             struct wr_idempotency_row);

    *once = (struct wr_idempotency_row){ .key = key,
                                         .body = { "b", 1 },
                                         .expires_at = INT64_MAX };
    r->command.event.type = WR_EV_START;
    r->command.event.variables = first_variables(r->arena, key);
    r->command.event.business_key = key;
    r->command.definition = m->key;
    r->command.idempotency = once;
    r->message = (struct wr_message){
        .name = wr_arena_printf(r->arena, "begin-%s", m->key),
        .business_key = key,
        .variables = r->command.event.variables,
        .idempotency = once,
        .starts_only = true,
    };

    return r;
}

static void
start_one(int starter, int k)
{
    const struct sim_model *m = &sim_models[sim_draw(sim_n_models)];
    char *key = NULL;

    if (asprintf(&key, "%s-%d-%d", m->key, starter, k) < 0)
        abort();
    for (;;) {
        int code;

        if (was_answered(key))
            break;
        code = sim_ask(draw_bucket(), start_request(m, key));
        if (code == 0)
            break;
        sim_log("start of %s: %s", key, wr_code_name((enum wr_code)code));
        sim_sleep(200 + (int64_t)sim_draw(PAUSE_MS));
    }
    sim_log("started %s", key);
}

static void
starter(void *data)
{
    int me = (int)(intptr_t)data;

    for (int k = 0; k < STARTS; k++) {
        start_one(me, k);
        sim_sleep((int64_t)sim_draw(3000));
    }
    all_started[me] = true;
}

/* ---- workers ---- */

static void
remember(const struct wr_job_row *j)
{
    if (n_claims == CLAIMS)
        abort();
    claims[n_claims++] = (struct claimed){ j->id, j->lease };
}

static bool
is_newest(const struct wr_job_row *j)
{
    for (int i = n_claims - 1; i >= 0; i--) {
        if (wr_uuid_equal(&claims[i].job, &j->id))
            return wr_uuid_equal(&claims[i].lease, &j->lease);
    }

    return false;
}

static void
answer_job(const struct wr_job_row *j)
{
    struct sim_request *r = sim_request_new(SIM_CALL);
    struct wr_event *ev = &r->command.event;
    bool newest;

    r->command.instance = j->instance;
    r->command.lease = j->lease;
    ev->target = j->id;
    ev->type = WR_EV_JOB_COMPLETE;
    if (!sim.ending && sim_draw(8) == 0) {
        ev->type = WR_EV_JOB_FAIL;
        ev->message = "no";
        ev->retries = -1;
        ev->retry_in_ms = 100;
    } else if (strcmp(j->type, "erring") == 0 && sim_draw(3) == 0) {
        ev->type = WR_EV_JOB_ERROR;
        ev->text = "no";
    }
    /* Somebody else may get it while this one dreams. */
    if (!sim.ending && sim_draw(6) == 0)
        sim_sleep((int64_t)sim_draw(3 * LEASE_MS));
    newest = is_newest(j);
    if (sim_ask(wr_uuid_bucket(&j->instance), r) == 0 && !newest)
        snprintf(broken, sizeof(broken),
                 "the result of a job that somebody else has was taken");
}

static void
work_once(int slot)
{
    static const char *const types[] = { "work", "erring" };
    struct sim_request *r = sim_request_new(SIM_CLAIM);
    int64_t now = sim_now() + INT64_C(1700000000000);

    r->claim = (struct wr_claim){
        .types = types,
        .n_types = WR_COUNT(types),
        .max = 1 + (int)sim_draw(3),
        .worker = "w",
        .now = now,
        .until = now + LEASE_MS,
        .lease = wr_uuid_base(now, slot),
    };
    if (sim_ask(slot, r) < 0)
        return;
    for (size_t i = 0; i < r->rows.n; i++)
        remember(&r->rows.jobs[i]);
    for (size_t i = 0; i < r->rows.n; i++)
        answer_job(&r->rows.jobs[i]);
}

static void
worker(void *data)
{
    (void)data;
    for (;;) {
        for (int slot = 0; slot < SIM_SLOTS; slot++)
            work_once(slot);
        sim_sleep((int64_t)sim_draw(PAUSE_MS));
    }
}

/* ---- people at their tasks ---- */

static bool
list(enum wr_noun noun, struct sim_request **out)
{
    *out = sim_request_new(SIM_FIND);
    (*out)->query =
        (struct wr_query){ .noun = noun, .state = -1, .limit = 100 };

    return sim_ask(draw_bucket(), *out) == 0;
}

static bool
is_never(const struct wr_task_row *t)
{
    return t->assignee && strcmp(t->assignee, "nobody") == 0;
}

static void
person(void *data)
{
    (void)data;
    for (;;) {
        struct sim_request *r;
        size_t n = list(WR_TASKS, &r) ? r->rows.n : 0;

        for (size_t i = 0; i < n; i++) {
            const struct wr_task_row *t = &r->rows.tasks[i];
            struct sim_request *c = sim_request_new(SIM_CALL);

            if (is_never(t) || sim_draw(3) == 0)
                continue;
            c->command.instance = t->instance;
            c->command.event.type = WR_EV_TASK_COMPLETE;
            c->command.event.target = t->id;
            (void)sim_ask(wr_uuid_bucket(&t->instance), c);
        }
        sim_sleep((int64_t)sim_draw(PAUSE_MS));
    }
}

/* ---- operators ---- */

static void
resolve(void)
{
    struct sim_request *r;
    size_t n = list(WR_INCIDENTS, &r) ? r->rows.n : 0;

    for (size_t i = 0; i < n; i++) {
        const struct wr_incident_row *in = &r->rows.incidents[i];
        struct sim_request *c = sim_request_new(SIM_CALL);

        c->command.instance = in->instance;
        c->command.event.type = WR_EV_INCIDENT_RESOLVE;
        c->command.event.target = in->id;
        c->command.event.retries = 3;
        (void)sim_ask(wr_uuid_bucket(&in->instance), c);
    }
}

/* Stand still and go on. */
static void
pause_one(const struct wr_instance_row *i)
{
    static const enum wr_event_type types[] = { WR_EV_SUSPEND, WR_EV_RESUME };
    struct sim_request *c = sim_request_new(SIM_CALL);

    if (i->state > WR_SUSPENDED)
        return;
    c->command.instance = i->id;
    c->command.event.type = types[i->state];
    (void)sim_ask(wr_uuid_bucket(&i->id), c);
}

/* It may have been too late, and it may happen later. */
static void
cancel(const struct wr_instance_row *i)
{
    struct sim_request *c = sim_request_new(SIM_CALL);

    if (n_canceled == CANCELS || !wr_uuid_is_zero(&i->parent))
        return;
    canceled[n_canceled++] = i->id;
    c->command.instance = i->id;
    c->command.event.type = WR_EV_CANCEL;
    (void)sim_ask(wr_uuid_bucket(&i->id), c);
}

bool
sim_may_be_canceled(const struct wr_uuid *id)
{
    for (int i = 0; i < n_canceled; i++) {
        if (wr_uuid_equal(&canceled[i], id))
            return true;
    }

    return false;
}

static void
say_go(const struct wr_subscription_row *s)
{
    struct sim_request *r = sim_request_new(SIM_CORRELATE);

    r->message = (struct wr_message){ .name = s->name, .key = s->key };
    (void)sim_ask(wr_uuid_bucket(&s->instance), r);
}

/* In the end what stands still goes on, and nothing else is done to it. */
static void
operator(void *data)
{
    (void)data;
    for (;;) {
        struct sim_request *r;
        bool ended = true;
        size_t n;

        resolve();
        n = list(WR_SUBSCRIPTIONS, &r) ? r->rows.n : 0;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(r->rows.subscriptions[i].name, "go") == 0
                && sim_draw(6) == 0)
                say_go(&r->rows.subscriptions[i]);
        }
        n = list(WR_INSTANCES, &r) ? r->rows.n : 0;
        for (size_t i = 0; i < n; i++) {
            const struct wr_instance_row *row = &r->rows.instances[i];

            ended &= row->state > WR_SUSPENDED;
            if (row->state == WR_SUSPENDED
                || (!sim.ending && sim_draw(20) == 0))
                pause_one(row);
            if (!sim.ending && row->state == WR_ACTIVE && sim_draw(80) == 0)
                cancel(row);
        }
        for (int i = 0; i < STARTERS; i++)
            ended &= all_started[i];
        if (ended && sim.ending && n && list(WR_OUTBOXES, &r) && r->rows.n == 0)
            sim_all_ended = true;
        sim_sleep(500 + (int64_t)sim_draw(PAUSE_MS));
    }
}

void
sim_people_start(void)
{
    for (intptr_t i = 0; i < STARTERS; i++)
        sim_spawn(SIM_NOBODY, starter, (void *)i);
    for (int i = 0; i < WORKERS; i++)
        sim_spawn(SIM_NOBODY, worker, NULL);
    sim_spawn(SIM_NOBODY, person, NULL);
    sim_spawn(SIM_NOBODY, operator, NULL);
}

int
sim_people_check(struct wr_err *err)
{
    return broken[0] ? wr_fail(err, WR_ESTATE, "%s", broken) : 0;
}
