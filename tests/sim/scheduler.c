/*
 * scheduler: finds what is due, hands it over by the queue, takes it from there
 * and asks the slot that owns it.  With the queue away it asks at once.
 *
 * The protocol of weir-scheduler: a row is the truth, what the queue loses is
 * found again after REDISPATCH_MS, what it gives twice is done once.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

enum {
    SCAN_MS = 500,
    REDISPATCH_MS = 5000,
    PAGE = 50,
    KNOWN = 512,
    TAKE = 8,
    IDLE_MS = 60
};

struct due { /* body of a message */
    enum sim_kind kind;
    bool timer;
    struct wr_uuid id, instance;
    int64_t at;
};

static struct scheduler {
    struct wr_clock clock;
    struct wr_store *store;
    struct wr_queue *queue;
    struct {
        struct wr_uuid id;
        int64_t at;
    } known[KNOWN]; /* dispatched lately, by hash */
} schedulers[SIM_SCHEDULERS];

/* ---- asking the slot ---- */

/* Has it been dealt with? */
static bool
post(const struct due *d)
{
    struct sim_request *r = sim_request_new(d->kind);
    bool alone = wr_uuid_is_zero(&d->instance);
    char id[WR_UUID_TEXT];
    int code;

    r->target = d->id;
    r->report = true;
    r->command.instance = d->instance;
    r->command.event.type = d->timer ? WR_EV_TIMER : WR_EV_JOB_RUN;
    r->command.event.target = d->id;
    r->command.event.due = d->timer ? d->at : 0;
    r->command.event.actor = "scheduler";
    code = sim_ask(wr_uuid_bucket(alone ? &d->id : &d->instance), r);
    wr_uuid_text(&d->id, id);
    sim_log("due %s of %lld: %s", id, (long long)d->at,
            code ? wr_code_name((enum wr_code)code) : "done");

    return code == 0 || code == WR_ENOTFOUND || code == WR_ESTATE
           || code == WR_EHELD || code == WR_ELEASE;
}

/* ---- finding ---- */

static bool
is_known(struct scheduler *s, const struct wr_uuid *id)
{
    size_t h = (size_t)(id->b[15] << 8 | id->b[14]) % KNOWN;
    bool never_again = sim.sabotage == SIM_NO_SEARCH;

    if (wr_uuid_equal(&s->known[h].id, id)
        && (never_again || sim_now() < s->known[h].at + REDISPATCH_MS))
        return true;
    s->known[h].id = *id;
    s->known[h].at = sim_now();

    return false;
}

static void
dispatch(struct scheduler *s, enum wr_queue_name to, const struct due *d)
{
    struct wr_queue_item item = {
        .to = to, .id = d->id, .body = (const char *)d, .len = sizeof(*d)
    };
    struct wr_err err;

    if (sim.queue_away) {
        (void)post(d);
        return;
    }
    if (is_known(s, &d->id))
        return;
    sim.published++;
    for (int n = 1 + sim_chance(sim.faults.repeat); n > 0; n--) {
        if (wr_queue_publish(s->queue, &item, 1, &err) < 0)
            return;
    }
}

static bool
look(struct scheduler *s, struct wr_query *q, struct wr_arena *a,
     struct wr_rows *rows)
{
    struct wr_err err;

    q->state = -1;
    q->limit = PAGE;
    if (q->guard_before == 0)
        q->due_before = wr_clock_now(&s->clock);

    return wr_store_find(s->store, q, a, rows, &err) == 0;
}

static void
scan(struct scheduler *s)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct wr_query timers = { .noun = WR_TIMERS };
    struct wr_query jobs = { .noun = WR_JOBS, .type = "" };
    struct wr_query lost = { .noun = WR_JOBS,
                             .guard_before = wr_clock_now(&s->clock) };
    struct wr_query owed = { .noun = WR_OUTBOXES };
    struct wr_rows rows;

    if (look(s, &timers, a, &rows)) {
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_timer_row *t = &rows.timers[i];
            bool start = wr_uuid_is_zero(&t->instance);
            struct due d = { start ? SIM_START_DUE : SIM_CALL, true, t->id,
                             t->instance, t->due_at };

            dispatch(s, WR_QUEUE_TIMERS, &d);
        }
    }
    if (look(s, &jobs, a, &rows)) {
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_job_row *j = &rows.jobs[i];
            struct due d = { SIM_CALL, false, j->id, j->instance, j->due_at };

            if (j->kind == WR_JOB_ASYNC && j->retries > 0)
                dispatch(s, WR_QUEUE_SERVICES, &d);
        }
    }
    if (look(s, &lost, a, &rows)) {
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_job_row *j = &rows.jobs[i];
            struct due d = { SIM_LOSE, false, j->id, j->instance, j->guard_at };

            dispatch(s, WR_QUEUE_SERVICES, &d);
        }
    }
    if (look(s, &owed, a, &rows)) {
        for (size_t i = 0; i < rows.n; i++) {
            struct due d = { SIM_SETTLE,
                             false,
                             rows.outboxes[i].id,
                             { { 0 } },
                             rows.outboxes[i].due_at };

            dispatch(s, WR_QUEUE_MESSAGES, &d);
        }
    }
}

/* ---- working ---- */

static void
work(struct scheduler *s)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_queue_delivery got[TAKE];
    struct wr_err err;
    size_t n = 0;

    if (sim.queue_away
        || wr_queue_take(s->queue, 0, a, got, TAKE, &n, &err) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        struct due d;

        memcpy(&d, got[i].body, sizeof(d));
        sim.delivered++;
        if (wr_queue_settle(s->queue, &got[i].tag,
                            post(&d) ? WR_QUEUE_DONE : WR_QUEUE_RETURN, &err)
            < 0)
            sim_log("not settled: %s", err.text);
    }
}

static void
live(void *data)
{
    struct scheduler *s = data;
    int64_t scan_at = 0;
    struct wr_err err;

    sim_log("starts");
    s->clock = (struct wr_clock){ .offset = (int64_t)sim_draw(400) - 200 };
    s->queue = wr_queue_memory(sim.broker);
    wr_queue_consume(s->queue,
                     1U << WR_QUEUE_TIMERS | 1U << WR_QUEUE_MESSAGES
                         | 1U << WR_QUEUE_SERVICES,
                     TAKE);
    while (wr_store_open("sim:", &s->store, &err) < 0)
        sim_sleep(100);
    for (;;) {
        if (sim_now() >= scan_at) {
            scan(s);
            scan_at = sim_now() + SCAN_MS;
        }
        work(s);
        sim_sleep((int64_t)sim_draw(IDLE_MS));
    }
}

void
sim_scheduler_start(int k)
{
    if (sim.sabotage != SIM_NO_SEARCH) /* that one never forgets */
        memset(&schedulers[k], 0, sizeof(schedulers[k]));
    sim_spawn(SIM_NODES + k, live, &schedulers[k]);
}

/* The broker sees its connection end. */
void
sim_scheduler_gone(int k)
{
    if (schedulers[k].queue)
        wr_queue_close(schedulers[k].queue);
    schedulers[k].queue = NULL;
}
